//! `crossclaim export`: tidy tables of a run, with a codebook and a manifest.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Parser};
use crossclaim::export::manifest::{Asked, Manifest, inputs};
use crossclaim::export::names::Names;
use crossclaim::export::{ExportOptions, Format, tables};
use crossclaim::report::Locale;
use serde_json::json;

use super::articles::{self, Read};
use super::compare::probability;
use super::options::{InputArgs, ModelArgs, locale};
use super::{Outcome, tell};

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// Folder for the tables; made if it does not exist.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Form of the tables: csv, parquet or jsonl.
    #[arg(long, short, value_name = "FORMAT", default_value = "csv")]
    format: Format,
    /// Language of questions and labels: en or fr.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = locale)]
    locale: Locale,
    /// Candidate pairs kept for each claim.
    #[arg(long, value_name = "N", default_value_t = 20)]
    budget: usize,
    /// Contradictions less sure than this, 0 to 1, are `unsure` in the table of pairs.
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = probability)]
    min_confidence: f64,
    /// Replace outlets and articles by pseudonyms; leave out texts, addresses and paths.
    #[arg(long, requires = "salt_file")]
    anonymize: bool,
    /// File with the secret that pseudonyms are made with: the same one gives the same pseudonyms.
    #[arg(long, value_name = "FILE")]
    salt_file: Option<PathBuf>,
    /// Keep texts with --anonymize. They name people, outlets and places.
    #[arg(long, requires = "anonymize")]
    with_text: bool,
    /// Repeat the run of a manifest, which is the first path given; further paths are its articles, where it names
    /// none (--anonymize). Fails if anything that went in or came out differs.
    #[arg(long)]
    repeat: bool,
}

/// The arguments of a manifest, as if they were typed.
#[derive(Debug, Parser)]
#[command(name = "crossclaim export")]
struct Typed {
    #[command(flatten)]
    args: ExportArgs,
}

pub(crate) fn run(args: &ExportArgs) -> anyhow::Result<Outcome> {
    if args.repeat {
        return repeat(args);
    }
    let typed: Vec<String> = std::env::args().skip(2).collect();
    Ok(export(args, typed, None)?.0)
}

fn repeat(args: &ExportArgs) -> anyhow::Result<Outcome> {
    let (file, further) = args.input.paths.split_first().context("no manifest is given")?;
    let manifest = Manifest::read(file)?;
    if manifest.anonymized && (further.is_empty() || args.salt_file.is_none()) {
        bail!(
            "{}: its run was anonymized, so it names no articles; give their paths after the manifest, and --salt-file",
            file.display()
        );
    }
    let mut typed = vec!["crossclaim export".to_owned()];
    typed.extend(manifest.arguments.iter().cloned());
    typed.extend(further.iter().map(|path| path.display().to_string()));
    if let Some(salt) = args.salt_file.as_ref().filter(|_| manifest.anonymized) {
        typed.extend(["--salt-file".to_owned(), salt.display().to_string()]);
    }
    typed.extend(["--out".to_owned(), args.out.display().to_string()]);
    let again = Typed::try_parse_from(&typed)
        .map_err(|e| anyhow::anyhow!("{}: its arguments cannot be read: {e}", file.display()))?;
    let (outcome, now) = export(&again.args, typed[1..].to_vec(), Some(&manifest))?;
    let Some(now) = now else { return Ok(outcome) };
    let changed = manifest.changed_files(&now);
    if !changed.is_empty() {
        bail!(
            "the inputs are the same, but {} came out differently; was it another machine or backend?",
            changed.join(", ")
        );
    }
    tell(format_args!("repeated: {} files, byte for byte the same", now.files.len()));
    Ok(outcome)
}

/// Exports, and says what went in and came out. With `expected`, nothing is written unless what goes in is the same.
fn export(
    args: &ExportArgs,
    typed: Vec<String>,
    expected: Option<&Manifest>,
) -> anyhow::Result<(Outcome, Option<Manifest>)> {
    let (articles, outcome) = match articles::read(&args.input)? {
        Read::Articles(articles, outcome) => (articles, outcome),
        Read::Nothing(outcome) => return Ok((outcome, None)),
    };
    let mut pipeline = args.model.pipeline()?;
    pipeline.names_in = args.locale.code().to_owned();
    pipeline.pairing.budget = args.budget;
    let salt = match &args.salt_file {
        Some(file) if args.anonymize => Some(fs::read(file).with_context(|| {
            format!(
                "{}: cannot read the salt; make one with: head -c 32 /dev/urandom > FILE",
                file.display()
            )
        })?),
        _ => None,
    };
    fs::create_dir_all(&args.out)
        .with_context(|| format!("{}: cannot make this folder", args.out.display()))?;
    let stages = articles::run(&pipeline, articles)?;
    args.model.tell_stats(pipeline.scorer.as_deref());
    let names = match (&salt, &args.salt_file) {
        (Some(salt), Some(file)) => Names::pseudonyms(&stages.corpus, salt, file)?,
        _ => Names::plain(),
    };
    let asked = Asked { options: effective(args), arguments: arguments(args, typed) };
    let read = inputs(stages.corpus.articles.iter().map(|entry| &entry.article), &names);
    let manifest = Manifest::new(&pipeline, asked, read, &names);
    if let Some(expected) = expected {
        let differences = expected.differences(&manifest);
        if !differences.is_empty() {
            bail!("the run cannot be repeated: {}", differences.join("; "));
        }
    }
    let options = ExportOptions {
        locale: args.locale.clone(),
        min_confidence: args.min_confidence,
        with_text: args.with_text,
    };
    let tables = tables(&pipeline, &stages, &names, &options);
    let manifest = manifest.write(&tables, args.format, &args.out)?;
    Ok((outcome, Some(manifest)))
}

/// The options as they took effect, for a reader.
fn effective(args: &ExportArgs) -> BTreeMap<String, serde_json::Value> {
    let mut options = BTreeMap::from([
        ("format".to_owned(), json!(args.format.name())),
        ("locale".to_owned(), json!(args.locale.code())),
        ("budget".to_owned(), json!(args.budget)),
        ("min_confidence".to_owned(), json!(args.min_confidence)),
        ("anonymize".to_owned(), json!(args.anonymize)),
        ("with_text".to_owned(), json!(args.with_text)),
    ]);
    if !args.anonymize {
        options.insert("model".to_owned(), json!(args.model.name()));
    }
    options
}

/// What was typed, without the folder and, with pseudonyms, without anything that may name someone.
fn arguments(args: &ExportArgs, typed: Vec<String>) -> Vec<String> {
    if args.anonymize {
        let mut kept: Vec<String> =
            ["--format", args.format.name(), "--locale", args.locale.code()]
                .map(str::to_owned)
                .to_vec();
        kept.extend(["--budget".to_owned(), args.budget.to_string()]);
        kept.extend(["--min-confidence".to_owned(), args.min_confidence.to_string()]);
        // A name, no path.
        if !args.model.name().contains(['/', '\\']) {
            kept.extend(["--model".to_owned(), args.model.name().to_owned()]);
        }
        kept.push("--anonymize".to_owned());
        if args.with_text {
            kept.push("--with-text".to_owned());
        }
        return kept;
    }
    let mut kept = Vec::new();
    let mut typed = typed.into_iter();
    while let Some(argument) = typed.next() {
        if argument == "--out" {
            typed.next();
        } else if !argument.starts_with("--out=") {
            kept.push(argument);
        }
    }
    kept
}
