//! `crossclaim report`: articles in, conflict report out.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use crossclaim::article::ingest::{Ingested, ingest};
use crossclaim::pipeline::Pipeline;
use crossclaim::report::{RenderOptions, ReportFormat, render};
use serde::Serialize;

use super::Outcome;
use super::options::{InputArgs, ModelArgs, locale, progress_bar};

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// How to write the report.
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
    /// Where to write it; standard output if not given.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Language of questions and labels: en or fr.
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    locale: String,
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
    let locale = locale(&args.locale)?;
    let Ingested { articles, problems, warnings } =
        ingest(&args.input.paths, &args.input.options())?;
    for warning in &warnings {
        eprintln!("note: {warning}");
    }
    for problem in &problems {
        eprintln!("warning: {problem}");
    }
    if articles.is_empty() {
        if problems.is_empty() {
            eprintln!(
                "error: no articles found in the paths given; supported are .txt, .md, .html, .jsonl, .json and .csv"
            );
            return Ok(Outcome::NoInput);
        }
        eprintln!("error: none of the files given could be read");
        return Ok(Outcome::Problems);
    }
    if articles.len() == 1 && !args.within {
        eprintln!(
            "note: only one article; contradictions lie between articles (--within compares the sentences of one)"
        );
    }
    let mut pipeline = args.model.pipeline()?;
    pipeline.judging.nli_alone = args.nli_alone;
    pipeline.pairing.within = args.within;
    pipeline.pairing.budget = args.budget;
    let outcome = if problems.is_empty() { Outcome::Done } else { Outcome::Problems };
    let mut out = Output::open(args.output.as_deref())?;
    if let Some(stage) = args.dump {
        dump(&pipeline, articles, stage, &mut out)?;
        out.finish()?;
        return Ok(outcome);
    }
    let bar = progress_bar();
    let stages = pipeline.run(articles, &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    let problems = problems.iter().map(ToString::to_string).collect();
    let report = pipeline.report(stages, problems);
    let terminal = args.output.is_none() && io::stdout().is_terminal();
    let colour =
        terminal && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let options = RenderOptions { locale, colour, width: terminal_width() };
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
        serde_json::to_writer(&mut *out, item).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Columns of the terminal; 100 where there is none.
fn terminal_width() -> usize {
    let size = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    size.map_or(100, |(width, _)| usize::from(width.0).clamp(40, 120))
}

/// Standard output, or a file that appears under its name only when it is whole.
enum Output {
    Standard(BufWriter<io::Stdout>),
    File { temporary: BufWriter<File>, path: PathBuf, target: PathBuf },
}

impl Output {
    fn open(target: Option<&Path>) -> anyhow::Result<Self> {
        let Some(target) = target else {
            return Ok(Output::Standard(BufWriter::new(io::stdout())));
        };
        let path = target.with_extension("crossclaim-partial");
        let file = File::create(&path).with_context(|| {
            format!(
                "{}: cannot write there; check that the folder exists and is writable",
                target.display()
            )
        })?;
        Ok(Output::File { temporary: BufWriter::new(file), path, target: target.to_owned() })
    }

    fn finish(self) -> anyhow::Result<()> {
        match self {
            Output::Standard(mut out) => out.flush()?,
            Output::File { mut temporary, path, target } => {
                temporary.flush()?;
                drop(temporary);
                std::fs::rename(&path, &target)
                    .with_context(|| format!("{}: cannot write the report", target.display()))?;
            }
        }
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Output::Standard(out) => out.write(bytes),
            Output::File { temporary, .. } => temporary.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::Standard(out) => out.flush(),
            Output::File { temporary, .. } => temporary.flush(),
        }
    }
}
