//! `crossclaim score`: premise–hypothesis pairs in, scores out.
//!
//! Rows are read, scored and written a window at a time, so that memory is bounded and a pipe flows whatever
//! the number of rows. docs/formats.md is the reference of both formats.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{Args, ValueEnum};
use crossclaim::error::Error;
use crossclaim::nli::{NliPair, NliScores, Scorer};
use indicatif::{ProgressBar, ProgressStyle};

use super::options::ModelArgs;
use super::output::Output;
use super::{Outcome, tell};

mod rows;
mod write;

use rows::{Row, Rows};
use write::ScoreWriter;

/// Text in a window, in bytes, after which it is scored even if it has few rows.
const WINDOW_BYTES: usize = 16 * 1024 * 1024;

/// Bad rows that are told one by one; the rest is counted.
const TOLD: u64 = 20;

/// Pairs of languages that are counted for the note on validation.
const LANGUAGE_PAIRS: usize = 100;

#[derive(Debug, Args)]
pub(crate) struct ScoreArgs {
    /// Tables with tabs (.tsv) or JSON Lines with a premise and a hypothesis in each row; - or nothing
    /// for standard input.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Format of the input; if not given, by the file's name or content.
    #[arg(long, short, value_name = "FORMAT")]
    format: Option<PairFormat>,
    /// Format of the output; if not given, that of the first file.
    #[arg(long, value_name = "FORMAT")]
    output_format: Option<PairFormat>,
    /// Where to write; standard output if not given.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Score the other direction too (…_reverse), and give the mean of both (…_mean).
    #[arg(long)]
    both: bool,
    /// Put before the names of the columns that are added.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    prefix: String,
    /// Rows to score at a time; the output lags behind the input by no more.
    #[arg(long, value_name = "ROWS", default_value_t = 4096)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    window: u32,
    #[command(flatten)]
    model: ModelArgs,
}

/// How pairs are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PairFormat {
    /// One row a line, columns separated by tabs, named in the first line.
    Tsv,
    /// One JSON object a line.
    Jsonl,
}

pub(crate) fn run(args: &ScoreArgs) -> anyhow::Result<Outcome> {
    if !args.model.packs.is_empty() {
        bail!("score reads no language, so it takes no --pack; leave it out");
    }
    let Some(scorer) = args.model.scorer()? else {
        bail!("--model none gives no scores; name a model, or `lexical` for word overlap");
    };
    let standard_input = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &standard_input[..] } else { &args.files };
    let mut run = Run {
        args,
        scorer: scorer.as_ref(),
        writer: ScoreWriter::new(args.output_format, &args.prefix, args.both),
        out: Output::open(args.output.as_deref())?,
        window: Vec::new(),
        window_bytes: 0,
        read: 0,
        problems: 0,
        unvalidated: BTreeMap::new(),
        bar: counter(),
    };
    for file in files {
        if let Err(error) = run.file(file)? {
            run.problem(&error);
        }
    }
    run.score_window()?;
    run.finish()
}

/// A run under way.
struct Run<'a> {
    args: &'a ScoreArgs,
    scorer: &'a dyn Scorer,
    writer: ScoreWriter,
    out: Output,
    /// Rows that wait to be scored.
    window: Vec<Row>,
    window_bytes: usize,
    read: u64,
    problems: u64,
    /// Rows in languages that the model was not validated on.
    unvalidated: BTreeMap<(String, String), u64>,
    bar: ProgressBar,
}

impl Run<'_> {
    /// Reads one file. The inner error is the file's, and the others go on; the outer one ends the run.
    fn file(&mut self, file: &Path) -> anyhow::Result<Result<(), Error>> {
        let mut rows = match Rows::open(file, self.args.format) {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        if let Err(error) = self.writer.begin(&rows, &mut self.out)? {
            return Ok(Err(error));
        }
        while let Some(row) = rows.next_row() {
            let row = match row {
                Ok(row) => row,
                Err(error) => {
                    self.problem(&error);
                    continue;
                }
            };
            if let Err((problem, remedy)) = self.writer.accept(&row, &mut self.out)? {
                self.problem(&rows.problem(Some(row.line), problem, remedy));
                continue;
            }
            self.read += 1;
            self.check_languages(&row);
            self.window_bytes += row.bytes();
            self.window.push(row);
            if self.window.len() >= self.args.window as usize || self.window_bytes >= WINDOW_BYTES {
                self.score_window()?;
            }
        }
        Ok(Ok(()))
    }

    /// Scores and writes the rows that wait.
    fn score_window(&mut self) -> anyhow::Result<()> {
        let mut pairs = Vec::new();
        for Row { premise, hypothesis, .. } in &self.window {
            pairs.push(NliPair { premise, hypothesis });
            if self.args.both {
                pairs.push(NliPair { premise: hypothesis, hypothesis: premise });
            }
        }
        let before = self.bar.position();
        let scores: Vec<NliScores> =
            self.scorer.score(&pairs, &|done| self.bar.set_position(before + done as u64))?;
        let ways = if self.args.both { 2 } else { 1 };
        for (row, scores) in self.window.iter().zip(scores.chunks_exact(ways)) {
            self.writer.write(row, scores, &mut self.out)?;
        }
        self.out.flush()?;
        self.window.clear();
        self.window_bytes = 0;
        Ok(())
    }

    fn check_languages(&mut self, row: &Row) {
        let Some((premise, hypothesis)) = &row.languages else { return };
        if self.scorer.validated_for(premise, hypothesis) {
            return;
        }
        let languages = (premise.clone(), hypothesis.clone());
        let full = self.unvalidated.len() >= LANGUAGE_PAIRS;
        if !full || self.unvalidated.contains_key(&languages) {
            *self.unvalidated.entry(languages).or_default() += 1;
        }
    }

    fn problem(&mut self, error: &Error) {
        self.problems += 1;
        if self.problems <= TOLD {
            self.bar.suspend(|| tell(format_args!("error: {error}")));
        }
    }

    fn finish(self) -> anyhow::Result<Outcome> {
        self.bar.finish_and_clear();
        if self.problems > TOLD {
            tell(format_args!("error: {} more rows or files like these", self.problems - TOLD));
        }
        for ((premise, hypothesis), rows) in &self.unvalidated {
            let languages = if premise == hypothesis {
                premise.clone()
            } else {
                format!("{premise}–{hypothesis}")
            };
            tell(format_args!(
                "note: {} was not validated on {languages} ({rows} rows); its scores may mean little there",
                self.scorer.name()
            ));
        }
        self.args.model.tell_stats(Some(self.scorer));
        if self.read == 0 && self.problems == 0 {
            tell(format_args!("error: no pairs in the input"));
            return Ok(Outcome::NoInput);
        }
        self.out.finish()?;
        Ok(if self.problems > 0 { Outcome::Problems } else { Outcome::Done })
    }
}

/// Pairs scored so far, on a terminal only: how many will come is not known.
fn counter() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("scored {pos} pairs, {per_sec}");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
