//! Reading articles and running the pipeline over them, for the commands that compare, export and sample.

use crossclaim::article::Article;
use crossclaim::article::ingest::{Ingested, ingest};
use crossclaim::pipeline::{Pipeline, Stages};

use super::options::{InputArgs, progress_bar};
use super::{Outcome, tell};

/// What was read.
pub(crate) enum Read {
    /// Articles, and whether everything could be read.
    Articles(Vec<Article>, Outcome),
    /// Nothing; the user was told why.
    Nothing(Outcome),
}

/// Reads what the paths lead to and tells the user what could not be read, and what to know of the rest.
pub(crate) fn ingest_telling(input: &InputArgs) -> anyhow::Result<Ingested> {
    let read = ingest(&input.paths, &input.options()?)?;
    for warning in &read.warnings {
        tell(format_args!("note: {warning}"));
    }
    for problem in &read.problems {
        tell(format_args!("warning: {problem}"));
    }
    Ok(read)
}

/// Reads articles, for the commands that have nothing to do without any.
pub(crate) fn read(input: &InputArgs) -> anyhow::Result<Read> {
    let Ingested { articles, problems, .. } = ingest_telling(input)?;
    let outcome = if problems.is_empty() { Outcome::Done } else { Outcome::Problems };
    Ok(match (articles.is_empty(), problems.is_empty()) {
        (false, _) => Read::Articles(articles, outcome),
        (true, true) => {
            tell(format_args!(
                "error: no articles found in the paths given; see docs/formats.md for what is read"
            ));
            Read::Nothing(Outcome::NoInput)
        }
        (true, false) => {
            tell(format_args!("error: none of the files given could be read"));
            Read::Nothing(Outcome::Problems)
        }
    })
}

/// Runs the pipeline, with a progress bar on a terminal.
pub(crate) fn run(pipeline: &Pipeline, articles: Vec<Article>) -> anyhow::Result<Stages> {
    let bar = progress_bar();
    let stages = pipeline.run(articles, &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    Ok(stages)
}
