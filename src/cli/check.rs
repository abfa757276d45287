//! `crossclaim check`: a batch of new articles against the archive, and a verdict.

use std::io::{self, ErrorKind, IsTerminal};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use crossclaim::archive::{AddOptions, Archive};
use crossclaim::article::PartialDate;
use crossclaim::article::ingest::{IngestOptions, Ingested, ingest};
use crossclaim::check::{
    Baseline, CheckInput, CheckOptions, CheckSummary, Persona, Thresholds, Verdict, check,
};
use crossclaim::judge::{Kind, Relation, Severity};
use crossclaim::language::Languages;
use crossclaim::pipeline::Pipeline;
use crossclaim::report::{Locale, RenderOptions, Report, ReportFormat, render};
use serde::de::DeserializeOwned;

use super::archive::{article_bar, open};
use super::options::{InputArgs, ModelArgs, locale, progress_bar};
use super::output::Output;
use super::report::{here, terminal_width};
use super::{Outcome, tell};

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    compare: CompareArgs,
    /// Findings that were looked at and accepted, TOML or JSON; see `crossclaim baseline`.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Entries of the baseline whose finding is gone do not fail the check.
    #[arg(long)]
    allow_stale: bool,
    /// What is shown beside what fails: regular (contradictions and divergent accounts), pedantic (also
    /// updates, corrections, finer and coarser, other scope), or auditor (everything).
    #[arg(long, value_name = "PERSONA", default_value = "regular", value_parser = named::<Persona>)]
    persona: Persona,
    /// How to write the report on standard output.
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
    /// Where to write the report instead of standard output; as FORMAT=FILE, where to write it in that
    /// format as well. May be given several times.
    #[arg(long, short, value_name = "[FORMAT=]FILE", value_parser = target)]
    output: Vec<Target>,
    /// Language of questions and labels: en or fr.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = locale)]
    locale: Locale,
}

/// What is compared, and what fails: what `check` and `baseline` share.
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// What the new articles are compared with beside each other: a file of `crossclaim archive`, or a
    /// folder of articles.
    #[arg(long, value_name = "ARCHIVE")]
    against: Option<PathBuf>,
    /// Least severity that fails: low, medium, high, or never.
    #[arg(long, value_name = "SEVERITY", default_value = "medium", value_parser = fail_on)]
    fail_on: FailOn,
    /// Least confidence that fails, and that is shown: 0 to 1.
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = probability)]
    min_confidence: f64,
    /// Look for these kinds only: time, actor, participant, quantity, place, outcome, denial, claim.
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = named::<Kind>)]
    kinds: Vec<Kind>,
    /// Relations that fail: contradiction, divergent-account, update, correction, granularity, scope.
    #[arg(long, value_name = "RELATIONS", value_delimiter = ',', default_value = "contradiction")]
    #[arg(value_parser = named::<Relation>)]
    relations: Vec<Relation>,
    /// Leave out archived articles that are known to be older: 2017, 2017-11 or 2017-11-08.
    #[arg(long, value_name = "DATE")]
    since: Option<PartialDate>,
    /// Stop after so many seconds. What was not compared by then is named, and the exit status is 2.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    max_time: Option<Duration>,
    /// Candidate pairs kept for each claim.
    #[arg(long, value_name = "N", default_value_t = 20)]
    budget: usize,
    /// Archived articles compared with each new one, at most.
    #[arg(long, value_name = "N", default_value_t = crossclaim::archive::RetrievalOptions::default().per_article)]
    per_article: usize,
}

/// `--fail-on`; none for never.
#[derive(Debug, Clone, Copy)]
struct FailOn(Option<Severity>);

/// `--output`.
#[derive(Debug, Clone)]
struct Target {
    /// None for that of `--format`.
    format: Option<ReportFormat>,
    file: PathBuf,
}

pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<Outcome> {
    // Whatever goes wrong inside, also where a report is written, never passes for a clean check.
    catch_unwind(AssertUnwindSafe(|| run_uncontained(args)))
        .unwrap_or_else(|_| anyhow::bail!("internal error: nothing is certain of this run"))
}

fn run_uncontained(args: &CheckArgs) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let mut errors = Vec::new();
    let outputs = open_outputs(args, &mut errors);
    let baseline = match args.baseline.as_deref().map(Baseline::read) {
        Some(Ok(baseline)) => Some(baseline),
        Some(Err(error)) => {
            errors.push(error.to_string());
            None
        }
        None => None,
    };
    let shown = Shown {
        persona: args.persona,
        allow_stale: args.allow_stale,
        names_in: args.locale.code(),
    };
    let mut report = args.compare.run(baseline.as_ref(), errors, shown, started)?;
    report.relative_to(&here());
    let Some(summary) = &report.check else {
        anyhow::bail!("internal error: the check has no verdict")
    };
    tell_summary(summary);
    let mut outcome = match summary.verdict {
        Verdict::Clean => Outcome::Done,
        Verdict::Conflicts => Outcome::Conflicts,
        Verdict::Error => Outcome::Problems,
        Verdict::NoInput => Outcome::NoInput,
    };
    for (format, output) in outputs {
        if let Err(error) = write(&report, format, args, output) {
            tell(format_args!("error: {error:#}"));
            outcome = Outcome::Problems;
        }
    }
    Ok(outcome)
}

/// What only some commands ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'l> {
    pub(crate) persona: Persona,
    pub(crate) allow_stale: bool,
    /// The language in which countries and known cities are called.
    pub(crate) names_in: &'l str,
}

impl CompareArgs {
    /// Reads, compares and judges. What goes wrong with the input is in the report's summary.
    pub(crate) fn run(
        &self,
        baseline: Option<&Baseline>,
        mut errors: Vec<String>,
        shown: Shown<'_>,
        started: Instant,
    ) -> anyhow::Result<Report> {
        let ingest_options = self.input.options()?;
        let Ingested { articles, problems, warnings } = ingest(&self.input.paths, &ingest_options)?;
        for warning in &warnings {
            tell(format_args!("note: {warning}"));
        }
        errors.extend(problems.iter().map(ToString::to_string));
        let mut pipeline = self.model.pipeline()?;
        pipeline.names_in = shown.names_in.to_owned();
        pipeline.pairing.budget = self.budget;
        let archive = match &self.against {
            Some(path) => match open_archive(path, &ingest_options, &pipeline, &mut errors) {
                Ok(archive) => Some((archive, path.display().to_string())),
                Err(error) => {
                    errors.push(format!("{error:#}"));
                    None
                }
            },
            None => None,
        };
        let mut options = CheckOptions::new(jiff::Zoned::now().date());
        options.thresholds = Thresholds {
            fail_on: self.fail_on.0,
            min_confidence: self.min_confidence,
            kinds: self.kinds.clone(),
            relations: self.relations.clone(),
            since: self.since,
            allow_stale: shown.allow_stale,
        };
        options.persona = shown.persona;
        options.retrieval.per_article = self.per_article;
        options.started = started;
        options.max_time = self.max_time;
        let input = CheckInput {
            batch: articles,
            archive: archive.as_ref().map(|(archive, name)| (archive, name.clone())),
            baseline,
            errors,
        };
        let bar = progress_bar();
        let report = check(&pipeline, input, &options, &|done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        self.model.tell_stats(pipeline.scorer.as_deref());
        Ok(report?)
    }
}

/// An archive's file, or one made for this run of a folder of articles.
fn open_archive(
    path: &Path,
    options: &IngestOptions,
    pipeline: &Pipeline,
    errors: &mut Vec<String>,
) -> anyhow::Result<Archive> {
    let named_so = path.extension().is_some_and(|ending| ending == "redb");
    if !path.is_dir() && (named_so || is_database(path)) {
        return Ok(open(path, "check"));
    }
    let Ingested { articles, problems, warnings } = ingest(&[path.to_owned()], options)?;
    for warning in &warnings {
        tell(format_args!("note: {warning}"));
    }
    errors.extend(problems.iter().map(ToString::to_string));
    let archive = Archive::in_memory()?;
    let bar = article_bar("reading");
    let languages: &Languages = &pipeline.languages;
    let added = archive.add(articles, languages, &AddOptions::default(), &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    added?;
    Ok(archive)
}

/// Whether a file begins as redb's do.
fn is_database(path: &Path) -> bool {
    use std::io::Read;
    let mut begin = [0; 4];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut begin)).is_ok()
        && begin == *b"redb"
}

/// The outputs, opened before anything is compared, so that one that cannot be written is known to the verdict.
fn open_outputs(args: &CheckArgs, errors: &mut Vec<String>) -> Vec<(ReportFormat, Output)> {
    let mut outputs = Vec::new();
    if args.output.iter().all(|target| target.format.is_some()) {
        outputs.push((args.format, Output::standard()));
    }
    for target in &args.output {
        match Output::open(Some(&target.file)) {
            Ok(output) => outputs.push((target.format.unwrap_or(args.format), output)),
            Err(error) => errors.push(format!("{error:#}")),
        }
    }
    outputs
}

fn write(
    report: &Report,
    format: ReportFormat,
    args: &CheckArgs,
    mut output: Output,
) -> anyhow::Result<()> {
    let colour = output.is_standard()
        && io::stdout().is_terminal()
        && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let options = RenderOptions { locale: args.locale.clone(), colour, width: terminal_width() };
    let written = render(report, format, &options, &mut output).map_err(anyhow::Error::from);
    match written.and_then(|()| output.finish()) {
        // A reader that has seen enough changes no verdict.
        Err(error) if error.chain().any(is_closed_pipe) => Ok(()),
        written => written,
    }
}

fn is_closed_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// What decided, on standard error: there in every log, whatever the format.
pub(crate) fn tell_summary(summary: &CheckSummary) {
    for error in &summary.errors {
        tell(format_args!("error: {error}"));
    }
    if let Some(left) = &summary.uncompared {
        tell(format_args!("note: not compared in full: {}", left.articles.join(", ")));
    }
    for entry in &summary.reopened {
        tell(format_args!(
            "note: the baseline's entry {} counts no more, since {} now reads {:?} where it read {:?}; its finding is {}",
            entry.entry.fingerprint,
            entry.changed.article,
            entry.changed.after,
            entry.changed.before,
            entry.fingerprint
        ));
    }
    for entry in &summary.expired {
        tell(format_args!(
            "note: the baseline's entry {} expired on {}, and accepts nothing: {}",
            entry.fingerprint,
            entry.expires.as_deref().unwrap_or("?"),
            entry.reason
        ));
    }
    let level = if summary.thresholds.allow_stale { "note" } else { "error" };
    for entry in &summary.stale {
        tell(format_args!(
            "{level}: the baseline's entry {} is stale, since its finding is gone; `crossclaim baseline prune` takes it out: {}",
            entry.fingerprint, entry.reason
        ));
    }
    let verdict = match summary.verdict {
        Verdict::Clean => "clean",
        Verdict::Conflicts => "failed",
        Verdict::Error => "not certain, since something went wrong",
        Verdict::NoInput => "no new article found in the paths given",
    };
    let against = match &summary.archive {
        Some(archive) => {
            format!(" against {} of {} in {archive}", summary.compared, summary.archived)
        }
        None => String::new(),
    };
    tell(format_args!(
        "check: {verdict}; {} new articles{against}; {} findings fail, {} accepted, {} hidden",
        summary.new_articles.len(),
        summary.failing.len(),
        summary.accepted.len(),
        summary.hidden
    ));
}

/// Reads a value by its name in reports.
fn named<T: DeserializeOwned>(name: &str) -> Result<T, String> {
    // serde lists what there is, in the words of a programmer.
    serde_json::from_value(serde_json::Value::from(name)).map_err(|error| {
        let text = error.to_string();
        text.replace("unknown variant", "there is no").replace(", expected one of", "; use one of")
    })
}

fn fail_on(name: &str) -> Result<FailOn, String> {
    if name == "never" {
        return Ok(FailOn(None));
    }
    named(name)
        .map(|severity| FailOn(Some(severity)))
        .map_err(|_| "use low, medium, high or never".to_owned())
}

fn probability(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "give a number from 0 to 1".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse::<f64>().ok();
    let duration = number.and_then(|number| Duration::try_from_secs_f64(number).ok());
    duration.ok_or_else(|| "give a number of seconds, such as 90 or 0.5".to_owned())
}

fn target(text: &str) -> Result<Target, String> {
    // `./a=b` is a file; a misspelt format is none.
    let is_word = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    match text.split_once('=').filter(|(format, _)| is_word(format)) {
        Some((_, "")) => Err("name a file after the =".to_owned()),
        Some((format, file)) => Ok(Target { format: Some(format.parse()?), file: file.into() }),
        None => Ok(Target { format: None, file: text.into() }),
    }
}
