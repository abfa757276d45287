//! Trains and measures the syntax models: `cargo run --release --example train_syntax -- …`.
//! scripts/train_syntax.sh runs it for every language; docs/syntax.md describes the method.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a tool for developers")]

mod conllu;
mod evaluate;
mod learn;
mod perceptron;
mod segment;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use conllu::{Sentence, UdSentence, as_words, given_tokens, over_tokens};
use crossclaim::syntax::variants::Variants;
use crossclaim::syntax::{Model, Parts};

/// Trains and measures the syntax models.
#[derive(Parser)]
struct Args {
    /// Folder of LANG-train.conllu and LANG-dev.conllu.
    #[arg(long, default_value = "../shared/data/ud")]
    data: PathBuf,
    /// Folder of LANG.tsv, the characters that a language writes in two ways.
    #[arg(long, default_value = "models/syntax/variants")]
    variants: PathBuf,
    /// Learn and measure on the treebank's own words, not on our tokens.
    #[arg(long)]
    words: bool,
    /// Of both files, only sentences whose id contains this.
    #[arg(long, default_value = "")]
    ids: String,
    /// Leave out sentences whose id begins with one of these.
    #[arg(long, value_delimiter = ',')]
    leave_out: Vec<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Learns a language's model and writes it.
    Train {
        /// The language's code.
        language: String,
        /// The model's file.
        #[arg(long)]
        out: PathBuf,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[arg(long, default_value_t = 8)]
        tagger_epochs: usize,
        #[arg(long, default_value_t = 12)]
        parser_epochs: usize,
        /// Updates that a feature needs before it counts.
        #[arg(long, default_value_t = 3)]
        needed: u32,
        /// By how much the right move, or the right end of a word, must win to be left alone.
        #[arg(long, default_value_t = 8.0)]
        margin: f32,
        /// Weights kept of the tagger, the moves, the labels and the segmenter.
        #[arg(long, num_args = 4, default_values_t = [150_000, 250_000, 250_000, 150_000])]
        keep: Vec<usize>,
        #[arg(long, default_value_t = 12)]
        segmenter_epochs: usize,
    },
    /// Measures models on the development files.
    Eval {
        /// Codes of languages.
        languages: Vec<String>,
        /// Folder of the models.
        #[arg(long, default_value = "models/syntax")]
        models: PathBuf,
    },
}

fn main() -> Result<()> {
    let args = Args::parse();
    match &args.command {
        Command::Train {
            language,
            out,
            seed,
            tagger_epochs,
            parser_epochs,
            needed,
            margin,
            keep,
            segmenter_epochs,
        } => {
            let start = Instant::now();
            let say = |text: &str| {
                eprintln!("{language} {:6.1}s  {text}", start.elapsed().as_secs_f64());
            };
            let settings = learn::Settings {
                seed: *seed,
                tagger_epochs: *tagger_epochs,
                parser_epochs: *parser_epochs,
                needed: *needed,
                margin: *margin,
                keep: [keep[0], keep[1], keep[2], keep[3]],
                segmenter_epochs: *segmenter_epochs,
            };
            let treebank = read(&args, language, "train")?;
            let segmenter = segment::is_needed(&treebank)
                .then(|| variants(&args, language))
                .transpose()?
                .map(|variants| segment::learn(&treebank, variants, settings));
            let sentences = sentences(&args, language, "train")?;
            let parts = Parts { segmenter, ..learn::learn(sentences, settings, &say) };
            let bytes = Model::write(&parts)?;
            std::fs::write(out, &bytes).with_context(|| format!("{}", out.display()))?;
            let model = Model::read(&out.display().to_string(), &bytes)?;
            say(&format!(
                "{} bytes, rows {:?}, {} lemma rules for {} suffixes",
                bytes.len(),
                model.sizes(),
                parts.lemmas.rules.len(),
                parts.lemmas.by_suffix.len()
            ));
            report(&args, language, &model)?;
        }
        Command::Eval { languages, models } => {
            println!(
                "| language | sentences | words | UPOS | lemma | UAS | LAS | raw: tokens | UPOS | UAS \
                 | LAS | sentences/s |"
            );
            println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
            for language in languages {
                let path = models.join(format!("{language}.bin"));
                let bytes = std::fs::read(&path).with_context(|| format!("{}", path.display()))?;
                let model = Model::read(&path.display().to_string(), &bytes)?;
                report(&args, language, &model)?;
            }
        }
    }
    Ok(())
}

fn read(args: &Args, language: &str, part: &str) -> Result<Vec<UdSentence>> {
    let path = args.data.join(format!("{language}-{part}.conllu"));
    let read = conllu::read(&path, &variants(args, language)?)?;
    Ok(read
        .into_iter()
        .filter(|s| s.id.contains(&args.ids))
        .filter(|s| !args.leave_out.iter().any(|start| s.id.starts_with(start)))
        .collect())
}

/// The characters that a language writes in two ways; none for most.
fn variants(args: &Args, language: &str) -> Result<Variants> {
    let path = args.variants.join(format!("{language}.tsv"));
    if !path.exists() {
        return Ok(Variants::default());
    }
    let table = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let pair = |line: &str| {
        let (variant, stands) = line.split_once('\t')?;
        Some((variant.parse().ok()?, stands.parse().ok()?))
    };
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.map(|line| {
        pair(line).with_context(|| format!("{}: {line:?} is no pair of characters", path.display()))
    });
    Ok(Variants::new(pairs.collect::<Result<Vec<_>>>()?))
}

fn sentences(args: &Args, language: &str, part: &str) -> Result<Vec<Sentence>> {
    let wanted = read(args, language, part)?;
    let laid: Vec<Sentence> = if args.words {
        wanted.iter().map(as_words).collect()
    } else {
        wanted.iter().filter_map(|s| over_tokens(s, &given_tokens(s))).collect()
    };
    if laid.len() < wanted.len() {
        eprintln!(
            "{language} {part}: {} of {} sentences do not fit our tokens and are left out",
            wanted.len() - laid.len(),
            wanted.len()
        );
    }
    Ok(laid)
}

/// One row of the table: figures on the development file with its words given, then on its raw
/// sentences.
fn report(args: &Args, language: &str, model: &Model) -> Result<()> {
    let sentences = sentences(args, language, "dev")?;
    let start = Instant::now();
    let f = evaluate::evaluate(model, &sentences);
    let speed = sentences.len() as f64 / start.elapsed().as_secs_f64();
    let [tokens, upos, heads, labelled] =
        evaluate::evaluate_raw(model, &read(args, language, "dev")?);
    println!(
        "| {language} | {} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {tokens:.1} | {upos:.1} | {heads:.1} \
         | {labelled:.1} | {speed:.0} |",
        sentences.len(),
        f.words,
        f.percent(f.upos),
        f.percent_of_lemmas(),
        f.percent(f.heads),
        f.percent(f.labelled),
    );
    Ok(())
}
