//! `crossclaim compare`: groups of articles against each other.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use crossclaim::compare::groups::By;
use crossclaim::compare::pairs::Unit;
use crossclaim::compare::render::{self, StudyFormat};
use crossclaim::compare::{CompareOptions, compare, page};
use crossclaim::eval::bootstrap::Resampling;
use crossclaim::report::Locale;

use super::Outcome;
use super::articles::{self, Read};
use super::options::{InputArgs, ModelArgs, locale};
use super::output::Output;
use super::report::terminal_width;

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    study: StudyArgs,
    /// How to write it: text, markdown, json or html.
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    format: StudyFormat,
    /// Where to write it; standard output if not given.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Also write every chart as an SVG file into this folder.
    #[arg(long, value_name = "DIR")]
    svg: Option<PathBuf>,
    /// Language of questions and labels: en or fr.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = locale)]
    locale: Locale,
    /// Entries of each list in text and Markdown.
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
}

/// What rates are made of, and how their intervals are drawn.
#[derive(Debug, Args)]
pub(crate) struct StudyArgs {
    /// What to compare: outlet, country, language or month.
    #[arg(long, value_name = "WHAT", default_value = "outlet")]
    by: By,
    /// Contradictions less sure than this, 0 to 1, are counted apart.
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = probability)]
    min_confidence: f64,
    /// What the bootstrap draws: story, or event for a corpus of one story.
    #[arg(long, value_name = "UNIT", default_value = "story")]
    resample: Unit,
    /// Bootstrap resamples; 0 gives no intervals.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    resamples: usize,
    /// Permutations of the labels; 0 gives no p-values.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    permutations: usize,
    /// Seed of resamples and permutations.
    #[arg(long, value_name = "SEED", default_value_t = 13)]
    seed: u64,
}

impl StudyArgs {
    pub(crate) fn options(&self) -> CompareOptions {
        CompareOptions {
            by: self.by,
            resampling: Resampling { resamples: self.resamples, seed: self.seed },
            permutations: self.permutations,
            unit: self.resample,
            min_confidence: self.min_confidence,
        }
    }
}

pub(crate) fn run(args: &CompareArgs) -> anyhow::Result<Outcome> {
    let (articles, outcome) = match articles::read(&args.input)? {
        Read::Articles(articles, outcome) => (articles, outcome),
        Read::Nothing(outcome) => return Ok(outcome),
    };
    let mut pipeline = args.model.pipeline()?;
    pipeline.names_in = args.locale.code().to_owned();
    let mut out = Output::open(args.output.as_deref())?;
    let stages = articles::run(&pipeline, articles)?;
    args.model.tell_stats(pipeline.scorer.as_deref());
    let study = compare(&pipeline, &stages, &args.study.options(), &args.locale);
    match args.format {
        StudyFormat::Text => {
            render::text(&study, &args.locale, args.top, terminal_width(), &mut out)?;
        }
        StudyFormat::Markdown => render::markdown(&study, &args.locale, args.top, &mut out)?,
        StudyFormat::Json => render::json(&study, &mut out)?,
        StudyFormat::Html => {}
    }
    if args.format == StudyFormat::Html || args.svg.is_some() {
        let corpus = stages.corpus.clone();
        let report = pipeline.report(stages, Vec::new());
        if args.format == StudyFormat::Html {
            page::write(&study, &report, &corpus, &args.locale, &mut out)?;
        }
        if let Some(folder) = &args.svg {
            fs::create_dir_all(folder)
                .with_context(|| format!("{}: cannot make this folder", folder.display()))?;
            for chart in page::charts(&study, &report, &corpus, &args.locale)? {
                let path = folder.join(chart.name);
                fs::write(&path, chart.svg)
                    .with_context(|| format!("{}: cannot write there", path.display()))?;
            }
        }
    }
    out.finish()?;
    Ok(outcome)
}

/// Reads a probability.
pub(crate) fn probability(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(p) if (0.0..=1.0).contains(&p) => Ok(p),
        _ => Err("give a number from 0 to 1".to_owned()),
    }
}
