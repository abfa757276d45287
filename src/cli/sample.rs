//! `crossclaim sample`: drawing a sample for annotation, and scoring it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{Args, Subcommand};
use crossclaim::eval::bootstrap::{Measured, Resampling};
use crossclaim::report::Locale;
use crossclaim::sample::draw::{DrawOptions, Stratify, draw, write};
use crossclaim::sample::items::{Item, of_report, of_run};
use crossclaim::sample::score::{Score, Share, score};

use super::articles::{self, Read};
use super::compare::probability;
use super::options::{InputArgs, ModelArgs, locale};
use super::output::Output;
use super::{Outcome, tell};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct SampleArgs {
    #[command(subcommand)]
    command: Option<SampleCommand>,
    #[command(flatten)]
    draw: DrawArgs,
}

#[derive(Debug, Subcommand)]
enum SampleCommand {
    /// Score one or two annotated samples by their key.
    Score(ScoreArgs),
}

#[derive(Debug, Args)]
struct DrawArgs {
    /// Articles, or one report that `crossclaim report --format json` wrote.
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// Items to draw.
    #[arg(long, short = 'n', value_name = "N", default_value_t = 100)]
    n: usize,
    /// What the sample is stratified by: kind, language, or both.
    #[arg(long, value_name = "WHAT", value_delimiter = ',', default_value = "kind,language")]
    by: Vec<Stratify>,
    /// Share of pairs that agree, mixed in so that nobody can guess; 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 0.3, value_parser = probability)]
    negatives: f64,
    /// Seed of the draw.
    #[arg(long, value_name = "SEED", default_value_t = 13)]
    seed: u64,
    /// Language of the questions: en or fr.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = locale)]
    locale: Locale,
    /// The sample, for annotators. The key is written beside it: sample.csv gives sample-key.csv.
    #[arg(long, short, value_name = "FILE", default_value = "sample.csv")]
    output: PathBuf,
}

#[derive(Debug, Args)]
struct ScoreArgs {
    /// The key of the sample.
    key: PathBuf,
    /// The annotated sample, of one or two annotators.
    #[arg(required = true, num_args = 1..=2)]
    annotated: Vec<PathBuf>,
    /// text or json.
    #[arg(long, short, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    format: String,
    /// Bootstrap resamples; 0 gives no intervals over strata.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    resamples: usize,
    /// Seed of the resamples.
    #[arg(long, value_name = "SEED", default_value_t = 13)]
    seed: u64,
}

pub(crate) fn run(args: &SampleArgs) -> anyhow::Result<Outcome> {
    match &args.command {
        Some(SampleCommand::Score(args)) => run_score(args),
        None => run_draw(&args.draw),
    }
}

fn run_draw(args: &DrawArgs) -> anyhow::Result<Outcome> {
    let (items, outcome) = match items(args)? {
        Ok(found) => found,
        Err(outcome) => return Ok(outcome),
    };
    if items.is_empty() {
        bail!("there is no conflict and no agreement to draw from");
    }
    let options = DrawOptions {
        size: args.n,
        by: args.by.clone(),
        negatives: args.negatives,
        seed: args.seed,
    };
    let (sample, strata) = draw(items, &options);
    let key = key_beside(&args.output);
    write(&sample, &args.output, &key)?;
    for stratum in &strata {
        tell(format_args!("{}: {} of {}", stratum.name, stratum.drawn, stratum.size));
    }
    tell(format_args!(
        "{} items in {}; the key is {}: keep it from annotators",
        sample.len(),
        args.output.display(),
        key.display()
    ));
    if sample.len() < args.n {
        tell(format_args!("note: there are no more than {} items to draw from", sample.len()));
    }
    Ok(outcome)
}

/// Items of a report or of articles; or how the run ends where there is nothing.
fn items(args: &DrawArgs) -> anyhow::Result<Result<(Vec<Item>, Outcome), Outcome>> {
    if let [path] = &args.input.paths[..]
        && path.extension().is_some_and(|ending| ending == "json")
        && let Ok(text) = fs::read_to_string(path)
        && let Some(items) = of_report(path, &text)?
    {
        return Ok(Ok((items, Outcome::Done)));
    }
    let (articles, outcome) = match articles::read(&args.input)? {
        Read::Articles(articles, outcome) => (articles, outcome),
        Read::Nothing(outcome) => return Ok(Err(outcome)),
    };
    let pipeline = args.model.pipeline()?;
    let stages = articles::run(&pipeline, articles)?;
    args.model.tell_stats(pipeline.scorer.as_deref());
    Ok(Ok((of_run(&pipeline, &stages, &args.locale), outcome)))
}

fn key_beside(sample: &Path) -> PathBuf {
    let stem = sample.file_stem().unwrap_or_default().to_string_lossy();
    sample.with_file_name(format!("{stem}-key.csv"))
}

fn run_score(args: &ScoreArgs) -> anyhow::Result<Outcome> {
    let annotated: Vec<&Path> = args.annotated.iter().map(PathBuf::as_path).collect();
    let how = Resampling { resamples: args.resamples, seed: args.seed };
    let score = match score(&args.key, &annotated, how) {
        Ok(score) => score,
        Err(problems) => {
            for problem in &problems {
                tell(format_args!("error: {problem}"));
            }
            return Ok(Outcome::Problems);
        }
    };
    let mut out = Output::standard();
    if args.format == "json" {
        serde_json::to_writer_pretty(&mut out, &score).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        text(&score, &mut out)?;
    }
    out.finish()?;
    Ok(Outcome::Done)
}

fn text(score: &Score, out: &mut dyn Write) -> anyhow::Result<()> {
    for judged in &score.annotators {
        writeln!(
            out,
            "{}: {} of {} items labelled, {} unclear, {} open",
            judged.file, judged.labelled, score.items, judged.unclear, judged.open
        )?;
        writeln!(out, "  precision            {}", measured(judged.precision))?;
        writeln!(
            out,
            "  conflicts missed     {} of pairs taken to agree",
            measured(judged.missed)
        )?;
        let width = judged.strata.iter().map(|s| s.stratum.chars().count()).max().unwrap_or(0);
        for stratum in &judged.strata {
            writeln!(out, "    {:width$}  {}", stratum.stratum, share(&stratum.conflicts))?;
        }
    }
    let Some(agreement) = &score.agreement else { return Ok(()) };
    writeln!(out, "both: {} items", agreement.items)?;
    writeln!(
        out,
        "  equal labels         {}",
        agreement.observed.map_or_else(|| "–".to_owned(), |share| format!("{share:.3}"))
    )?;
    writeln!(out, "  Cohen's kappa        {}", measured(agreement.kappa))?;
    writeln!(out, "  precision where equal {}", measured(agreement.precision))?;
    writeln!(out, "  {} disagreements", agreement.disagreements.len())?;
    for item in &agreement.disagreements {
        writeln!(
            out,
            "    {}  {} / {}  ({})",
            item.item,
            item.first.name(),
            item.second.name(),
            item.stratum
        )?;
    }
    Ok(())
}

fn measured(figure: Option<Measured>) -> String {
    match figure {
        None => "–".to_owned(),
        Some(Measured { value, low: Some(low), high: Some(high) }) => {
            format!("{value:.3} [{low:.3}, {high:.3}]")
        }
        Some(Measured { value, .. }) => format!("{value:.3}"),
    }
}

fn share(share: &Share) -> String {
    let interval = match (share.value, share.low, share.high) {
        (Some(value), Some(low), Some(high)) => format!("{value:.3} [{low:.3}, {high:.3}]"),
        _ => "–".to_owned(),
    };
    format!("{:>3}/{:<3} conflicts  {interval}", share.yes, share.of)
}
