//! Options that several subcommands share.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use crossclaim::article::PartialDate;
use crossclaim::article::ingest::{DEFAULT_MAX_BYTES, IngestOptions};
use crossclaim::judge::calibration::Calibration;
use crossclaim::language::frames;
use crossclaim::nli::{self, Scorer, lexical::LexicalScorer};
use crossclaim::pipeline::Pipeline;
use crossclaim::report::locale::Locale;
use indicatif::{ProgressBar, ProgressStyle};

const MIB: u64 = 1024 * 1024;

/// Which articles to read, and what to assume of them.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Files, folders, globs, or - for standard input.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Outlet of articles that name none.
    #[arg(long, value_name = "NAME")]
    outlet: Option<String>,
    /// Publication date of articles that have none: 2017, 2017-11 or 2017-11-08.
    #[arg(long, value_name = "DATE")]
    assume_date: Option<PartialDate>,
    /// Table of metadata (file, outlet, url, date, title, language); articles.csv in the folders
    /// given is found without this.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// Largest file to read, in MiB (1024 × 1024 bytes).
    #[arg(long, value_name = "MIB", default_value_t = DEFAULT_MAX_BYTES / MIB)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    max_size: u64,
}

impl InputArgs {
    pub(crate) fn options(&self) -> IngestOptions {
        IngestOptions {
            outlet: self.outlet.clone(),
            assume_date: self.assume_date,
            sidecar: self.metadata.clone(),
            max_bytes: self.max_size.saturating_mul(MIB),
        }
    }
}

/// Which NLI model scores the pairs.
#[derive(Debug, Args)]
pub(crate) struct ModelArgs {
    /// Model folder in the Hugging Face layout, `builtin`, `lexical` (word overlap), or `none`.
    #[arg(long, value_name = "MODEL", default_value = "builtin")]
    model: String,
}

impl ModelArgs {
    /// No model, whatever was asked for.
    pub(crate) fn none() -> Self {
        ModelArgs { model: "none".to_owned() }
    }

    /// The name as it was given.
    pub(crate) fn name(&self) -> &str {
        &self.model
    }

    pub(crate) fn scorer(&self) -> anyhow::Result<Option<Box<dyn Scorer>>> {
        Ok(match self.model.as_str() {
            "none" => None,
            "lexical" => Some(Box::new(LexicalScorer)),
            "builtin" => Some(nli::builtin()?),
            folder => Some(nli::open(folder.as_ref())?),
        })
    }

    /// The weights that were fitted for the model; none where it was not calibrated.
    fn calibration(&self) -> anyhow::Result<Option<Calibration>> {
        Ok(match self.model.as_str() {
            "none" => Some(Calibration::without_nli()?),
            "lexical" => None,
            "builtin" => Some(Calibration::builtin()?),
            folder => Calibration::of_model(folder.as_ref())?,
        })
    }

    pub(crate) fn pipeline(&self) -> anyhow::Result<Pipeline> {
        let mut pipeline = Pipeline::builtin(self.scorer()?)?;
        match self.calibration()? {
            Some(calibration) => pipeline.calibration = calibration,
            None => {
                pipeline.calibration = Calibration::without_nli()?;
                pipeline.calibrated = false;
            }
        }
        Ok(pipeline)
    }
}

/// Reads `--locale`: the report's language, with the questions of the built-in frames.
pub(crate) fn locale(code: &str) -> Result<Locale, String> {
    let locale = Locale::builtin(code).map_err(|_| {
        let known: Vec<&str> = Locale::codes().collect();
        format!("reports are not written in that language; use one of {}", known.join(", "))
    })?;
    locale.with_frames("frames.toml", frames::BUILTIN).map_err(|error| error.to_string())
}

/// A progress bar on standard error, on a terminal only.
pub(crate) fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = "scoring {bar:30} {pos}/{len} pairs, {eta} left";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}
