//! Trains and measures the syntax models: `cargo run --release --example train_syntax -- …`.
//! scripts/train_syntax.sh runs it for every language; docs/syntax.md describes the method.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a tool for developers")]

mod conllu;
mod evaluate;
mod learn;
mod perceptron;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use conllu::{Sentence, UdSentence, as_tokens, as_words};
use crossclaim::syntax::Model;

/// Trains and measures the syntax models.
#[derive(Parser)]
struct Args {
    /// Folder of LANG-train.conllu and LANG-dev.conllu.
    #[arg(long, default_value = "../shared/data/ud")]
    data: PathBuf,
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
        /// By how much the right move must win to be left alone.
        #[arg(long, default_value_t = 8.0)]
        margin: f32,
        /// Weights kept of the tagger, the moves and the labels.
        #[arg(long, num_args = 3, default_values_t = [150_000, 250_000, 250_000])]
        keep: Vec<usize>,
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
        } => {
            let start = Instant::now();
            let say = |text: &str| {
                eprintln!("{language} {:6.1}s  {text}", start.elapsed().as_secs_f64());
            };
            let sentences = sentences(&args, language, "train")?;
            let settings = learn::Settings {
                seed: *seed,
                tagger_epochs: *tagger_epochs,
                parser_epochs: *parser_epochs,
                needed: *needed,
                margin: *margin,
                keep: [keep[0], keep[1], keep[2]],
            };
            let parts = learn::learn(sentences, settings, &say);
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
    let read = conllu::read(&args.data.join(format!("{language}-{part}.conllu")))?;
    Ok(read
        .into_iter()
        .filter(|s| s.id.contains(&args.ids))
        .filter(|s| !args.leave_out.iter().any(|start| s.id.starts_with(start)))
        .collect())
}

fn sentences(args: &Args, language: &str, part: &str) -> Result<Vec<Sentence>> {
    let wanted = read(args, language, part)?;
    let laid: Vec<Sentence> = if args.words {
        wanted.iter().map(as_words).collect()
    } else {
        wanted.iter().filter_map(as_tokens).collect()
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
