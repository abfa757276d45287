//! Annotation of the sample corpora, whole and by stage, in sentences a second on all cores:
//! `cargo bench --bench annotate`.

#![allow(clippy::panic, reason = "a benchmark stops where the samples cannot be read")]

use std::path::{Path, PathBuf};

use crossclaim::article::Article;
use crossclaim::article::ingest::{IngestOptions, ingest};
use crossclaim::claim::annotate::annotate;
use crossclaim::claim::sentences;
use crossclaim::claim::tokens::{Token, tokenize};
use crossclaim::language::{Language, Languages};
use crossclaim::span::Span;
use crossclaim::syntax;
use divan::Bencher;
use divan::counter::ItemsCount;
use rayon::prelude::*;

fn main() {
    divan::main();
}

/// An article with its sentences.
struct Sample {
    article: Article,
    sentences: Vec<(Span, Vec<Token>)>,
}

struct Samples {
    languages: Languages,
    samples: Vec<Sample>,
}

impl Samples {
    fn read() -> Self {
        let languages = Languages::builtin().unwrap_or_else(|error| panic!("{error}"));
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let paths: Vec<PathBuf> = ["seeds", "tests/corpus"].map(|at| root.join(at)).to_vec();
        let read = ingest(&paths, &IngestOptions::default()).unwrap_or_else(|e| panic!("{e}"));
        let samples = read.articles.into_iter().filter_map(|article| {
            let pack = &languages.get(&article.language)?.pack;
            let split = sentences::split(&article.text, article.body, pack).into_iter();
            let sentences =
                split.map(|span| (span, tokenize(span.of(&article.text), span.start))).collect();
            Some(Sample { article, sentences })
        });
        let samples = samples.collect();
        Samples { languages, samples }
    }

    fn sentences(&self) -> usize {
        self.samples.iter().map(|sample| sample.sentences.len()).sum()
    }

    /// Runs a stage over every article, articles in parallel as a run does.
    fn stage(self, bencher: Bencher<'_, '_>, stage: impl Fn(&Sample, &Language) -> usize + Sync) {
        bencher.counter(ItemsCount::new(self.sentences())).bench_local(|| {
            let each = self.samples.par_iter().map(|sample| {
                self.languages.get(&sample.article.language).map_or(0, |l| stage(sample, l))
            });
            each.sum::<usize>()
        });
    }
}

#[divan::bench]
fn whole(bencher: Bencher<'_, '_>) {
    let samples = Samples::read();
    bencher.counter(ItemsCount::new(samples.sentences())).bench_local(|| {
        let articles = samples.samples.par_iter();
        articles.map(|s| annotate(&s.article, &samples.languages).len()).sum::<usize>()
    });
}

#[divan::bench]
fn sentences_and_tokens(bencher: Bencher<'_, '_>) {
    Samples::read().stage(bencher, |sample, language| {
        let text = &sample.article.text;
        let spans = sentences::split(text, sample.article.body, &language.pack);
        spans.iter().map(|span| tokenize(span.of(text), span.start).len()).sum()
    });
}

#[divan::bench]
fn syntax_trees(bencher: Bencher<'_, '_>) {
    Samples::read().stage(bencher, |sample, language| {
        let Some(model) = syntax::model(&language.pack.code) else { return 0 };
        let trees = sample.sentences.iter().map(|(_, t)| model.parse(&sample.article.text, t));
        trees.filter(|tree| tree.word(0).is_some()).count()
    });
}

#[divan::bench]
fn times(bencher: Bencher<'_, '_>) {
    Samples::read().stage(bencher, |sample, language| {
        let text = &sample.article.text;
        sample.sentences.iter().map(|(_, tokens)| language.time.find(text, tokens).len()).sum()
    });
}

#[divan::bench]
fn quantities(bencher: Bencher<'_, '_>) {
    Samples::read().stage(bencher, |sample, language| {
        let text = &sample.article.text;
        let found = sample
            .sentences
            .iter()
            .map(|(_, t)| language.quantity.find(text, t, &[], &[], None).len());
        found.sum()
    });
}

#[divan::bench]
fn sources(bencher: Bencher<'_, '_>) {
    Samples::read().stage(bencher, |sample, language| {
        language.attribution.find(&sample.article.text, &sample.sentences).len()
    });
}

#[divan::bench]
fn mentions(bencher: Bencher<'_, '_>) {
    Samples::read().stage(bencher, |sample, language| {
        let names = Default::default();
        let text = &sample.article.text;
        sample
            .sentences
            .iter()
            .map(|(_, t)| language.mentions.find(text, t, &names, None).len())
            .sum()
    });
}

#[divan::bench]
fn factuality(bencher: Bencher<'_, '_>) {
    Samples::read().stage(bencher, |sample, language| {
        let read = sample.sentences.iter().filter(|(span, tokens)| {
            let read =
                language.factuality.cues(&sample.article.text, tokens, None).read(*span, false);
            read.cue.is_some()
        });
        read.count()
    });
}
