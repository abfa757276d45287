//! Tokenization and scoring with the built-in model: `cargo bench --bench nli`.
//!
//! For comparing two versions of this code on one machine; against other engines see `scripts/bench_nli.sh`.

#![allow(clippy::panic, reason = "a benchmark stops where the model does not open")]

use crossclaim::nli::{NliModel, NliPair, Scorer};
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// Pairs with about as many words on each side.
const WORDS: [usize; 3] = [8, 16, 32];

fn texts(words: usize, count: usize) -> Vec<(String, String)> {
    const BANK: &str = "the old bridge over the river collapsed on Tuesday night after three days of heavy rain and \
        nobody was hurt because the road had been closed since noon le vieux pont s'est effondré mardi soir selon \
        la préfecture qui promet un passage provisoire avant l'hiver";
    let bank: Vec<&str> = BANK.split(' ').collect();
    let text = |start: usize| {
        (start..start + words).map(|i| bank[i * 7 % bank.len()]).collect::<Vec<_>>().join(" ")
    };
    (0..count).map(|i| (text(i), text(3 * i + 1))).collect()
}

fn pairs(texts: &[(String, String)]) -> Vec<NliPair<'_>> {
    texts.iter().map(|(premise, hypothesis)| NliPair { premise, hypothesis }).collect()
}

fn model() -> NliModel {
    NliModel::builtin().unwrap_or_else(|error| panic!("the built-in model: {error}"))
}

#[divan::bench(args = WORDS)]
fn tokenize(bencher: divan::Bencher, words: usize) {
    let (model, texts) = (model(), texts(words, 256));
    let pairs = pairs(&texts);
    bencher.counter(ItemsCount::new(pairs.len())).bench_local(|| model.encode(&pairs));
}

#[divan::bench(args = WORDS, sample_count = 10, sample_size = 1)]
fn score_many(bencher: divan::Bencher, words: usize) {
    let (model, texts) = (model(), texts(words, 128));
    let pairs = pairs(&texts);
    bencher.counter(ItemsCount::new(pairs.len())).bench_local(|| model.score(&pairs, &|_| ()));
}

#[divan::bench(args = WORDS, sample_count = 10, sample_size = 4)]
fn score_one(bencher: divan::Bencher, words: usize) {
    let (model, texts) = (model(), texts(words, 1));
    let pairs = pairs(&texts);
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| model.score(&pairs, &|_| ()));
}
