//! `crossclaim report`: articles in, conflict report out.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use crossclaim::article::drop_replaced;
use crossclaim::article::ingest::Ingested;
use crossclaim::pipeline::Pipeline;
use crossclaim::report::visible::escaped_json;
use crossclaim::report::{Locale, RenderOptions, ReportFormat, render};
use serde::Serialize;

use super::articles::{ingest_telling, run as run_pipeline};
use super::names::NamesArgs;
use super::options::{InputArgs, ModelArgs, locale};
use super::output::Output;
use super::{Outcome, tell};

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    names: NamesArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// How to write the report.
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
    /// Where to write it; standard output if not given.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Language of questions and labels: en or fr.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = locale)]
    locale: Locale,
    /// Also show what the NLI model alone takes for a contradiction (kind `claim`).
    #[arg(long)]
    nli_alone: bool,
    /// Also pair claims of one article.
    #[arg(long)]
    within: bool,
    /// Candidate pairs kept for each claim.
    #[arg(long, value_name = "N", default_value_t = 20)]
    budget: usize,
    /// Print a stage as JSON Lines instead of the report.
    #[arg(long, value_name = "STAGE")]
    dump: Option<Stage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Stage {
    Articles,
    Claims,
    Corpus,
    Pairs,
    Scores,
    Findings,
}

pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<Outcome> {
    let Ingested { mut articles, problems, .. } = ingest_telling(&args.input)?;
    for (old, new) in drop_replaced(&mut articles) {
        tell(format_args!("note: {old} is replaced by {new}, and not compared"));
    }
    if articles.is_empty() {
        if problems.is_empty() {
            tell(format_args!(
                "error: no articles found in the paths given; supported are .txt, .md, .html, .jsonl, .json, .csv, feeds and .warc"
            ));
            return Ok(Outcome::NoInput);
        }
        tell(format_args!("error: none of the files given could be read"));
        return Ok(Outcome::Problems);
    }
    if articles.len() == 1 && !args.within {
        tell(format_args!(
            "note: only one article; contradictions lie between articles (--within compares the sentences of one)"
        ));
    }
    let mut pipeline = args.model.pipeline()?;
    pipeline.names_in = args.locale.code().to_owned();
    args.names.extend(&mut pipeline, &args.model.packs)?;
    pipeline.judging.nli_alone = args.nli_alone;
    pipeline.pairing.within = args.within;
    pipeline.pairing.budget = args.budget;
    let outcome = if problems.is_empty() { Outcome::Done } else { Outcome::Problems };
    let mut out = Output::open(args.output.as_deref())?;
    if let Some(stage) = args.dump {
        dump(&pipeline, articles, stage, &mut out)?;
        args.model.tell_stats(pipeline.scorer.as_deref());
        out.finish()?;
        return Ok(outcome);
    }
    let stages = run_pipeline(&pipeline, articles)?;
    args.model.tell_stats(pipeline.scorer.as_deref());
    let problems = problems.iter().map(ToString::to_string).collect();
    let mut report = pipeline.report(stages, problems);
    report.relative_to(&here());
    let terminal = args.output.is_none() && io::stdout().is_terminal();
    let colour =
        terminal && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let options = RenderOptions { locale: args.locale.clone(), colour, width: terminal_width() };
    render(&report, args.format, &options, &mut out)?;
    out.finish()?;
    Ok(outcome)
}

fn dump(
    pipeline: &Pipeline,
    articles: Vec<crossclaim::article::Article>,
    stage: Stage,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    match stage {
        Stage::Articles => return lines(&articles, out),
        Stage::Claims => return lines(&pipeline.annotate(&articles), out),
        _ => {}
    }
    if stage == Stage::Findings {
        return lines(&pipeline.run(articles, &|_, _| ())?.findings, out);
    }
    let corpus = pipeline.resolve(articles);
    if stage == Stage::Corpus {
        // One kind of line for each list of the corpus: articles, claims, entities, clusters.
        #[derive(Serialize)]
        #[serde(rename_all = "kebab-case", tag = "record")]
        enum Line<'c, A, C, E, K> {
            Article(&'c A),
            Claim(&'c C),
            Entity(&'c E),
            Cluster(&'c K),
        }
        let mut all: Vec<Line<'_, _, _, _, _>> = Vec::new();
        all.extend(corpus.articles.iter().map(Line::Article));
        all.extend(corpus.claims.iter().map(Line::Claim));
        all.extend(corpus.entities.iter().map(Line::Entity));
        all.extend(corpus.clusters.iter().map(Line::Cluster));
        return lines(&all, out);
    }
    let pairs = pipeline.pair(&corpus);
    if stage == Stage::Pairs {
        return lines(&pairs, out);
    }
    lines(&pipeline.score(&corpus, pairs, &|_, _| ())?, out)
}

fn lines<T: Serialize>(items: &[T], out: &mut dyn Write) -> anyhow::Result<()> {
    for item in items {
        let line = serde_json::to_string(item).map_err(io::Error::from)?;
        writeln!(out, "{}", escaped_json(&line))?;
    }
    Ok(())
}

/// The folder that paths in a report are told from, with forward slashes; nothing where it cannot be told.
pub(crate) fn here() -> String {
    let here = std::env::current_dir().unwrap_or_default();
    here.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// Columns of the terminal; 100 where there is none.
pub(super) fn terminal_width() -> usize {
    let size = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    size.map_or(100, |(width, _)| usize::from(width.0).clamp(40, 120))
}
