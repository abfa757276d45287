//! Options that several subcommands share.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueHint};
use crossclaim::article::PartialDate;
use crossclaim::article::ingest::{DEFAULT_MAX_BYTES, IngestOptions};
use crossclaim::article::reading::{FieldNames, Reading};
use crossclaim::judge::calibration::Calibration;
use crossclaim::language::{Languages, frames};
use crossclaim::nli::checkpoint::Checkpoint;
use crossclaim::nli::{
    self, BackendKind, Device, Label, ModelOptions, NliModel, ScoreStats, Scorer,
    lexical::LexicalScorer,
};
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
    /// Table of metadata (file, outlet, country, url, date, title, language); articles.csv in the folders
    /// given is found without this.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// Fields that the input calls otherwise, for tables and JSON: text=body,date=meta.published. Fields are id,
    /// outlet, title, url, country, date, language and text.
    #[arg(long, value_name = "FIELD=NAME,…")]
    map: Vec<FieldNames>,
    /// The outlets' time zone, as in Europe/Paris: publication times that are given in UTC are days there.
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    zone: Option<jiff::tz::TimeZone>,
    /// Largest file to read, in MiB (1024 × 1024 bytes).
    #[arg(long, value_name = "MIB", default_value_t = DEFAULT_MAX_BYTES / MIB)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    max_size: u64,
}

impl InputArgs {
    pub(crate) fn options(&self) -> anyhow::Result<IngestOptions> {
        let mut names = FieldNames::default();
        for map in &self.map {
            names.add(map.clone()).map_err(|problem| anyhow::anyhow!("--map: {problem}"))?;
        }
        Ok(IngestOptions {
            reading: Reading { names, zone: self.zone.clone() },
            outlet: self.outlet.clone(),
            assume_date: self.assume_date,
            sidecar: self.metadata.clone(),
            max_bytes: self.max_size.saturating_mul(MIB),
        })
    }
}

/// Languages beside the built-in ones.
#[derive(Debug, Args)]
pub(crate) struct PackArgs {
    /// Language pack to add, or to use in place of the built-in one of its code; may be given several
    /// times. docs/languages.md says how to write one.
    #[arg(long = "pack", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pack_files: Vec<PathBuf>,
}

impl PackArgs {
    /// Whether none is given.
    pub(crate) fn is_empty(&self) -> bool {
        self.pack_files.is_empty()
    }

    /// Adds the packs to `languages`, in the order given.
    pub(crate) fn load(&self, languages: &mut Languages) -> anyhow::Result<()> {
        for file in &self.pack_files {
            let name = file.display().to_string();
            let toml = std::fs::read_to_string(file).with_context(|| {
                format!("{name}: this language pack cannot be read; give a TOML file in UTF-8")
            })?;
            languages.add(&name, &toml)?;
        }
        Ok(())
    }

    pub(crate) fn add_to(&self, pipeline: &mut Pipeline) -> anyhow::Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let mut languages = Languages::builtin()?;
        self.load(&mut languages)?;
        pipeline.languages = Arc::new(languages);
        Ok(())
    }
}

/// Which NLI model scores the pairs.
#[derive(Debug, Args)]
pub(crate) struct ModelArgs {
    /// `builtin`, a model that `models pull` downloaded, a model folder in the Hugging Face layout,
    /// `lexical` (word overlap), or `none`.
    #[arg(long, value_name = "MODEL", default_value = "builtin", value_hint = ValueHint::AnyPath)]
    model: String,
    #[command(flatten)]
    manifest: ManifestArgs,
    /// Labels of the model's outputs in their order, where its config.json does not name them, as in
    /// entailment,neutral,contradiction.
    #[arg(long, value_name = "LABELS", value_parser = labels)]
    labels: Option<Labels>,
    /// What runs the model: rten, onnxruntime or libtorch; auto takes rten, or what fits the device
    /// and the model's files.
    #[arg(long, value_name = "BACKEND", default_value = "auto", value_parser = backend)]
    backend: Backend,
    /// Where the model runs: cpu, cuda or cuda:N.
    #[arg(long, value_name = "DEVICE", default_value_t = Device::Cpu)]
    device: Device,
    #[command(flatten)]
    cache: CacheArgs,
    #[command(flatten)]
    pub(crate) packs: PackArgs,
    /// Say on standard error how many pairs were scored, and how many came from the cache.
    #[arg(long, short)]
    verbose: bool,
}

/// `--labels`; a type of its own, since clap takes a list for an option that is given several times.
#[derive(Debug, Clone)]
struct Labels(Vec<Label>);

/// `--backend`; none for auto.
#[derive(Debug, Clone, Copy)]
struct Backend(Option<BackendKind>);

impl ModelArgs {
    /// The name as it was given.
    pub(crate) fn name(&self) -> &str {
        &self.model
    }

    /// The model behind the cache; nothing for `none`.
    pub(crate) fn scorer(&self) -> anyhow::Result<Option<Box<dyn Scorer>>> {
        let scorer: Box<dyn Scorer> = match self.model.as_str() {
            "none" => return Ok(None),
            "lexical" => Box::new(LexicalScorer),
            "builtin" => nli::builtin_with(&self.options(ModelOptions::default()))?,
            named => {
                let (folder, of_manifest) = self.manifest.locate(named)?;
                nli::open_with(&folder, &self.options(of_manifest))?
            }
        };
        Ok(Some(self.cache.wrap(scorer)))
    }

    /// The temperature that the model has now; none for what is no model.
    pub(crate) fn temperature(&self) -> anyhow::Result<Option<f32>> {
        Ok(match self.model.as_str() {
            "none" | "lexical" => None,
            "builtin" => Some(NliModel::builtin()?.checkpoint().temperature),
            named => {
                let (folder, of_manifest) = self.manifest.locate(named)?;
                Some(Checkpoint::read(&folder, &self.options(of_manifest))?.temperature)
            }
        })
    }

    /// The weights that were fitted for the model; none where it was not calibrated.
    pub(crate) fn calibration(&self) -> anyhow::Result<Option<Calibration>> {
        Ok(match self.model.as_str() {
            "none" => Some(Calibration::without_nli()?),
            "lexical" => None,
            "builtin" => Some(Calibration::builtin()?),
            named => Calibration::of_model(&self.manifest.locate(named)?.0)?,
        })
    }

    pub(crate) fn pipeline(&self) -> anyhow::Result<Pipeline> {
        let mut pipeline = Pipeline::builtin(self.scorer()?)?;
        self.packs.add_to(&mut pipeline)?;
        match self.calibration()? {
            Some(calibration) => pipeline.calibration = calibration,
            None => {
                pipeline.calibration = Calibration::without_nli()?;
                pipeline.calibrated = false;
            }
        }
        Ok(pipeline)
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

    /// What the options say, beside what the manifest says of the model.
    fn options(&self, of_manifest: ModelOptions) -> ModelOptions {
        ModelOptions {
            labels: self.labels.as_ref().map(|labels| labels.0.clone()).or(of_manifest.labels),
            backend: self.backend.0,
            device: self.device,
            onnxruntime_library: onnxruntime_library(),
            ..of_manifest
        }
    }
}

/// ONNX Runtime's shared library: the one that `ORT_DYLIB_PATH` names, or one beside the program.
fn onnxruntime_library() -> Option<PathBuf> {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    if let Some(path) = std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()) {
        return Some(path.into());
    }
    let name = format!("{DLL_PREFIX}onnxruntime{DLL_SUFFIX}");
    let program = std::env::current_exe().and_then(|path| path.canonicalize()).ok()?;
    Some(program.with_file_name(name)).filter(|path| path.is_file())
}

/// Reads `--labels`.
fn labels(text: &str) -> Result<Labels, String> {
    let names: Vec<&str> = text.split(',').collect();
    nli::parse_labels(&names).map(Labels).ok_or_else(|| {
        "give entailment, neutral and contradiction in the order of the model's outputs, separated by commas; for a \
         model with two outputs give two, of which one may be not_entailment or not_contradiction"
            .into()
    })
}

/// Reads `--zone`.
fn zone(name: &str) -> Result<jiff::tz::TimeZone, String> {
    jiff::tz::TimeZone::get(name)
        .map_err(|_| "this zone is not known; use a name such as Europe/Paris or UTC".to_owned())
}

/// Reads `--backend`.
fn backend(text: &str) -> Result<Backend, String> {
    if text == "auto" {
        return Ok(Backend(None));
    }
    let kind = BackendKind::ALL.into_iter().find(|kind| kind.name() == text);
    kind.map(|kind| Backend(Some(kind))).ok_or_else(|| {
        let names: Vec<&str> = BackendKind::ALL.iter().map(|kind| kind.name()).collect();
        format!("there is no such backend; use auto, {}", names.join(", "))
    })
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
