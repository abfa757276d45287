//! Options that several subcommands share.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use crossclaim::article::PartialDate;
use crossclaim::article::ingest::{DEFAULT_MAX_BYTES, IngestOptions};
use crossclaim::language::frames;
use crossclaim::nli::{self, NliModel, ScoreStats, Scorer, lexical::LexicalScorer};
use crossclaim::pipeline::Pipeline;
use crossclaim::report::locale::Locale;
use indicatif::{ProgressBar, ProgressStyle};

use super::cache::CacheArgs;
use super::hub::ManifestArgs;
use super::tell;

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
    /// `builtin`, a model that `models pull` downloaded, a model folder in the Hugging Face layout,
    /// `lexical` (word overlap), or `none`.
    #[arg(long, value_name = "MODEL", default_value = "builtin")]
    model: String,
    #[command(flatten)]
    manifest: ManifestArgs,
    #[command(flatten)]
    cache: CacheArgs,
    /// Say on standard error how many pairs were scored, and how many came from the cache.
    #[arg(long, short)]
    verbose: bool,
}

impl ModelArgs {
    /// The model behind the cache; nothing for `none`.
    pub(crate) fn scorer(&self) -> anyhow::Result<Option<Box<dyn Scorer>>> {
        let scorer: Box<dyn Scorer> = match self.model.as_str() {
            "none" => return Ok(None),
            "lexical" => Box::new(LexicalScorer),
            "builtin" => nli::builtin()?,
            named => {
                let (folder, options) = self.manifest.locate(named)?;
                Box::new(NliModel::open_with(&folder, &options)?)
            }
        };
        Ok(Some(self.cache.wrap(scorer)))
    }

    pub(crate) fn pipeline(&self) -> anyhow::Result<Pipeline> {
        Ok(Pipeline::builtin(self.scorer()?)?)
    }

    /// With `--verbose`, what a scorer has done.
    pub(crate) fn tell_stats(&self, scorer: Option<&dyn Scorer>) {
        let Some(scorer) = scorer.filter(|_| self.verbose) else { return };
        let ScoreStats { asked, identical, cached, scored, truncated, batches, tokens, padding } =
            scorer.stats();
        tell(format_args!(
            "{}: {asked} pairs asked, {cached} from the cache, {identical} of identical texts, {scored} scored \
             ({truncated} cut to the model's length) in {batches} batches of {tokens} tokens and {padding} of padding",
            scorer.name()
        ));
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
