//! Subcommands, one file each, and what they share: options, progress, exit codes.

mod archive;
mod articles;
mod baseline;
mod cache;
mod calibrate;
mod check;
mod compare;
mod completions;
mod config;
mod eval;
mod explain;
mod export;
mod hub;
mod languages;
mod models;
mod names;
mod options;
mod output;
mod pair;
#[cfg(feature = "download")]
mod progress;
mod report;
mod sample;
mod score;

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use crossclaim::report::visible::visible;

/// Finds where news articles contradict each other, and shows who says what, with the sentences.
#[derive(Debug, Parser)]
#[command(name = "crossclaim", version, max_term_width = 100)]
#[command(
    after_help = "Exit status: 0 done, 1 a check found conflicts, 2 usage or input error (what \
could be read is still reported), 3 nothing to read."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read articles and write the conflict report.
    Report(report::ReportArgs),
    /// Explain a kind, a relation or a severity, or show one finding in full.
    Explain(explain::ExplainArgs),
    /// Check new articles against an archive, for CI: report and verdict.
    Check(Box<check::CheckArgs>),
    /// Keep articles' claims on disk, for `check --against`.
    Archive(archive::ArchiveArgs),
    /// Write down which findings are accepted, and why.
    Baseline(baseline::BaselineArgs),
    /// Show what every stage makes of one pair of claims, and which gate stops it.
    Pair(pair::PairArgs),
    /// Compare outlets, countries, languages or months: conflict rates, omissions, who was first.
    Compare(compare::CompareArgs),
    /// Write tidy tables (CSV, Parquet, JSON Lines) with a codebook and a manifest.
    Export(export::ExportArgs),
    /// Measure quality on labelled pairs, or on articles with gold conflicts.
    Eval(Box<eval::EvalArgs>),
    /// Fit a model's temperature and the judge's weights on labelled pairs.
    Calibrate(calibrate::CalibrateArgs),
    /// List the languages, and what the pack of each covers.
    Languages(languages::LanguagesArgs),
    /// NLI models to download: list, pull, verify, remove, path.
    Models(models::ModelsArgs),
    /// Draw a blinded sample for human annotation, or score one that came back.
    Sample(sample::SampleArgs),
    /// Score premise–hypothesis pairs from tables or JSON Lines.
    Score(score::ScoreArgs),
    /// Look at the scores that are kept from run to run, or drop them.
    Cache(cache::CacheCommand),
    /// Print the options of report and check as they are, and where each value comes from.
    Config(config::ConfigCommand),
    /// Print completions for a shell.
    Completions(completions::CompletionsArgs),
    /// Write the manual's pages.
    Man(completions::ManArgs),
}

/// The command line's definition.
fn command() -> clap::Command {
    let command = config::with_config_options(Cli::command());
    // A word of the vocabulary needs no articles.
    let command = command.mut_subcommand("explain", |explain| {
        explain.mut_arg("paths", |paths| paths.required(false))
    });
    // Scoring reads no language: the option is an error there.
    command.mut_subcommand("score", |score| score.mut_arg("pack_files", |pack| pack.hide(true)))
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything was read and written.
    Done,
    /// A check found what fails.
    Conflicts,
    /// Something could not be read; the rest was reported.
    Problems,
    /// There was nothing to read.
    NoInput,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(match outcome {
            Outcome::Done => 0,
            Outcome::Conflicts => 1,
            Outcome::Problems => 2,
            Outcome::NoInput => 3,
        })
    }
}

pub(crate) fn main() -> ExitCode {
    let result = config::parse(std::env::args_os().collect()).and_then(|cli| match cli.command {
        Command::Report(args) => report::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Archive(args) => archive::run(&args),
        Command::Baseline(args) => baseline::run(&args),
        Command::Pair(args) => pair::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Calibrate(args) => calibrate::run(&args),
        Command::Languages(args) => languages::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Sample(args) => sample::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Cache(args) => cache::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => completions::man(&args),
    });
    match result {
        Ok(outcome) => outcome.into(),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            tell(format_args!("error: {error}"));
            for cause in error.chain().skip(1) {
                tell(format_args!("  caused by: {cause}"));
            }
            ExitCode::from(2)
        }
    }
}

/// A message to the user. One whose reader has left (`2>&1 | head`) stops nothing.
pub(crate) fn tell(message: fmt::Arguments<'_>) {
    // File names and quoted bits of articles are in it.
    for line in message.to_string().lines() {
        let text = line.trim_start();
        let indent = &line[..line.len() - text.len()];
        let _ = writeln!(io::stderr(), "{indent}{}", visible(text));
    }
}

/// A reader that has seen enough ("| head") is no error.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    })
}
