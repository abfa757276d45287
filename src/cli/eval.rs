//! `crossclaim eval`: quality, measured on labelled pairs and on corpora with gold conflicts.

mod names;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use crossclaim::article::PartialDate;
use crossclaim::article::ingest::{IngestOptions, ingest};
use crossclaim::eval::bootstrap::{Random, Resampling};
use crossclaim::eval::gold::GoldCorpus;
use crossclaim::eval::labelled::LabelledSet;
use crossclaim::eval::pairs::{self, PairFigures, PairOptions};
use crossclaim::eval::table::{self, Style};
use crossclaim::eval::{corpus, judged, pages, rows};
use crossclaim::judge::calibration::Calibration;
use crossclaim::judge::gates::Ablation;
use crossclaim::nli::{Direction, LexicalScorer, NliScores, Scorer};
use crossclaim::pipeline::Pipeline;
use indicatif::ProgressBar;
use serde::Serialize;

use super::articles::run as run_pipeline;
use super::options::{ModelArgs, progress_bar};
use super::output::Output;
use super::{Outcome, tell};

/// Measures quality. Four forms: labelled pair files; articles with gold conflicts (--articles); a pair set
/// told as articles (--from-pairs); pairs of names (--names).
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["files", "articles", "from_pairs", "names"]))]
pub(crate) struct EvalArgs {
    /// Labelled pairs: .tsv or .csv with premise, hypothesis, label and lang; .jsonl with these, or as
    /// seeds/pairs.jsonl.
    files: Vec<PathBuf>,
    /// Articles: files, folders, globs.
    #[arg(long, value_name = "PATH", num_args = 1.., requires = "annotation")]
    articles: Vec<PathBuf>,
    /// Labelled pairs to tell as articles: all premises of a source page as one article, all its hypotheses
    /// as another.
    #[arg(long, value_name = "FILE")]
    from_pairs: Option<PathBuf>,
    /// Tables of pairs of names that mean one thing or do not: a, b, language_a, language_b, same (yes or
    /// no) and split, with tabs between.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    names: Vec<PathBuf>,
    /// With --names, also the pairs judged wrongly.
    #[arg(long, requires = "names")]
    misses: bool,
    /// The conflicts of --articles, in the form of seeds/gold.json.
    #[arg(long, value_name = "FILE", group = "annotation")]
    gold: Option<PathBuf>,
    /// There are no conflicts in --articles: all that is shown is a false alarm.
    #[arg(long, group = "annotation")]
    no_conflicts: bool,
    #[command(flatten)]
    model: ModelArgs,
    /// The judge's weights, instead of those of the model.
    #[arg(long, value_name = "FILE")]
    calibration: Option<PathBuf>,
    /// What gives a labelled pair its score: the NLI model, or the judge, who compares slots too.
    #[arg(long, value_name = "SYSTEM", default_value = "nli", conflicts_with_all = ["articles", "from_pairs"])]
    system: System,
    /// Also score labelled pairs without a model: lexical (word overlap), majority (the commonest label).
    #[arg(long, value_name = "NAME", conflicts_with_all = ["articles", "from_pairs"])]
    baseline: Vec<Baseline>,
    /// Direction of the pairs that counts: forward, reverse, mean, max or min; forward if not given, and for
    /// the judge the one it was fitted with.
    #[arg(long, value_name = "DIRECTION")]
    direction: Option<Direction>,
    /// Leave something out, to see what it is worth: slots, nli, or gate:NAME. May be repeated.
    #[arg(long, value_name = "WHAT")]
    ablate: Vec<Ablation>,
    /// Also what the NLI model alone takes for a contradiction.
    #[arg(long)]
    nli_alone: bool,
    /// Break the figures down by this column. May be repeated.
    #[arg(long, value_name = "COLUMN", default_value = "lang")]
    by: Vec<String>,
    /// Column of rows that depend on each other; group, url or the premise if not given.
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,
    /// Language of rows that name none.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Publication date of --articles that have none.
    #[arg(long, value_name = "DATE", requires = "articles")]
    assume_date: Option<PartialDate>,
    /// Probability of contradiction from which a pair of a two-class set counts as one.
    #[arg(long, value_name = "P", default_value_t = 0.5)]
    threshold: f64,
    /// Take a random sample of N rows of each file.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Bootstrap resamples; 0 leaves the intervals out.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    resamples: usize,
    /// Seed of the sample and of the resamples.
    #[arg(long, value_name = "SEED", default_value_t = 13)]
    seed: u64,
    /// Also write what the judge says of every pair, and where a missed conflict was lost, as JSON Lines.
    #[arg(long, value_name = "FILE", requires = "files")]
    rows: Option<PathBuf>,
    /// Leave out the tables of classes, kinds and thresholds.
    #[arg(long)]
    brief: bool,
    /// How to write the figures.
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    format: EvalFormat,
    /// Where to write them; standard output if not given.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum System {
    Nli,
    Judge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Baseline {
    Lexical,
    Majority,
}

/// The forms of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvalFormat {
    /// Tables for a terminal.
    Text,
    /// Tables as Markdown.
    Markdown,
    /// Everything, for programs.
    Json,
}

pub(crate) fn run(args: &EvalArgs) -> anyhow::Result<Outcome> {
    if !(0.0..=1.0).contains(&args.threshold) {
        bail!("--threshold {}: give a probability between 0 and 1", args.threshold);
    }
    if !args.names.is_empty() {
        return names::run(args);
    }
    if let Some(file) = &args.from_pairs {
        return from_pairs(args, file);
    }
    if !args.articles.is_empty() { articles(args) } else { labelled(args) }
}

impl EvalArgs {
    fn resampling(&self) -> Resampling {
        Resampling { resamples: self.resamples, seed: self.seed }
    }

    fn without(&self) -> Vec<String> {
        self.ablate.iter().map(ToString::to_string).collect()
    }

    fn pipeline(&self) -> anyhow::Result<Pipeline> {
        let mut pipeline = if self.ablate.contains(&Ablation::Nli) {
            let mut pipeline = Pipeline::builtin(None)?;
            self.model.packs.add_to(&mut pipeline)?;
            pipeline
        } else {
            self.model.pipeline()?
        };
        if let Some(file) = &self.calibration {
            let name = file.display().to_string();
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{name}: cannot read the judge's weights"))?;
            pipeline.calibration = Calibration::parse(&name, &text)?;
        }
        if let Some(direction) = self.direction {
            pipeline.calibration.direction = direction;
        }
        pipeline.judging.nli_alone = self.nli_alone;
        pipeline.ablate(&self.ablate);
        Ok(pipeline)
    }

    /// Reads labelled pairs, tells what could not be read, and samples.
    fn read(&self, file: &Path) -> anyhow::Result<(LabelledSet, bool)> {
        let mut set = LabelledSet::read(file, self.language.as_deref())?;
        for problem in &set.problems {
            tell(format_args!("warning: {problem}"));
        }
        if set.unlabelled > 0 {
            tell(format_args!(
                "note: {}: {} rows without a label that annotators agree on (-) are left out",
                file.display(),
                set.unlabelled
            ));
        }
        let whole = set.problems.is_empty();
        if let Some(limit) = self.limit {
            let size = usize::try_from(limit).unwrap_or(usize::MAX);
            let kept = Random::new(self.seed, u64::MAX).sample(set.pairs.len(), size);
            set.pairs = kept.into_iter().map(|row| set.pairs[row].clone()).collect();
        }
        Ok((set, whole))
    }

    fn write<T: Serialize>(
        &self,
        what: &str,
        figures: &T,
        sections: Vec<table::Section>,
    ) -> anyhow::Result<()> {
        write(self.format, self.output.as_deref(), what, figures, &sections)
    }
}

/// Writes figures in one of their forms.
pub(crate) fn write<T: Serialize>(
    format: EvalFormat,
    output: Option<&std::path::Path>,
    what: &str,
    figures: &T,
    sections: &[table::Section],
) -> anyhow::Result<()> {
    let mut out = Output::open(output)?;
    let text = match format {
        EvalFormat::Text => table::render(sections, Style::Text),
        EvalFormat::Markdown => table::render(sections, Style::Markdown),
        EvalFormat::Json => table::json(what, figures)?,
    };
    out.write_all(text.as_bytes())?;
    out.finish()
}

fn labelled(args: &EvalArgs) -> anyhow::Result<Outcome> {
    let options = PairOptions {
        threshold: args.threshold,
        group: args.group.clone(),
        by: args.by.clone(),
        resampling: args.resampling(),
    };
    let scorer = Scores::open(args)?;
    let mut outcome = Outcome::Done;
    let mut figures: Vec<PairFigures> = Vec::new();
    for file in &args.files {
        let (set, whole) = match args.read(file) {
            Ok(read) => read,
            Err(error) => {
                tell(format_args!("warning: {error}"));
                outcome = Outcome::Problems;
                continue;
            }
        };
        if !whole {
            outcome = Outcome::Problems;
        }
        if set.pairs.is_empty() {
            tell(format_args!("warning: {}: no labelled pair in it", file.display()));
            outcome = Outcome::Problems;
            continue;
        }
        if let Some(column) = &args.group
            && let Some(pair) = set.pairs.iter().find(|pair| !pair.columns.contains_key(column))
        {
            bail!(
                "{}:{}: no column `{column}` to group by; name one of the file",
                file.display(),
                pair.line
            );
        }
        for baseline in &args.baseline {
            let (name, scores) = match baseline {
                Baseline::Majority => ("majority", pairs::majority(&set.pairs)),
                Baseline::Lexical => {
                    let direction = args.direction.unwrap_or(Direction::Forward);
                    let scores = pairs::score(&LexicalScorer, &set.pairs, direction, &|_| ())?;
                    ("lexical", scores)
                }
            };
            let direction = (*baseline == Baseline::Lexical)
                .then_some(args.direction.unwrap_or(Direction::Forward));
            figures.extend(pairs::evaluate(&set, name, direction, &scores, &options));
        }
        let bar = progress_bar();
        let scores = scorer.of(&set, &bar, args.rows.as_deref())?;
        bar.finish_and_clear();
        figures.extend(pairs::evaluate(
            &set,
            &scorer.name,
            Some(scorer.direction),
            &scores,
            &options,
        ));
    }
    if figures.is_empty() {
        return Ok(Outcome::Problems);
    }
    args.write("pairs", &figures, table::pairs(&figures, !args.brief))?;
    Ok(outcome)
}

/// What gives labelled pairs their scores.
struct Scores {
    name: String,
    direction: Direction,
    by: Scoring,
}

enum Scoring {
    Model(Box<dyn Scorer>),
    Judge(Box<Pipeline>),
}

impl Scores {
    fn open(args: &EvalArgs) -> anyhow::Result<Self> {
        if args.system == System::Nli {
            if args.rows.is_some() {
                bail!("--rows says what the judge makes of each pair; add --system judge");
            }
            if !args.ablate.is_empty() {
                bail!("--ablate leaves a part of the judge out; add --system judge");
            }
            let Some(scorer) = args.model.scorer()? else {
                bail!("--model none scores no pair; name a model, or add --system judge");
            };
            let direction = args.direction.unwrap_or(Direction::Forward);
            let name = scorer.name().to_owned();
            return Ok(Scores { name, direction, by: Scoring::Model(scorer) });
        }
        let mut pipeline = args.pipeline()?;
        pipeline.one_story = true;
        let model = pipeline.scorer.as_ref().map_or("none", |scorer| scorer.name()).to_owned();
        let mut name = format!("judge, {model}");
        for part in args.without().iter().filter(|part| *part != "nli") {
            name += &format!(", without {part}");
        }
        let direction = pipeline.calibration.direction;
        Ok(Scores { name, direction, by: Scoring::Judge(Box::new(pipeline)) })
    }

    fn of(
        &self,
        set: &LabelledSet,
        bar: &ProgressBar,
        rows_file: Option<&Path>,
    ) -> anyhow::Result<Vec<NliScores>> {
        let progress = |done: usize| bar.set_position(done as u64);
        match &self.by {
            Scoring::Model(scorer) => {
                bar.set_length(pairs::inputs(set.pairs.len(), self.direction) as u64);
                Ok(pairs::score(scorer.as_ref(), &set.pairs, self.direction, &progress)?)
            }
            Scoring::Judge(pipeline) => {
                bar.set_length(set.pairs.len() as u64);
                let runs = judged::run(pipeline, &set.pairs, &progress)?;
                if let Some(file) = rows_file {
                    let mut out = Output::open(Some(file))?;
                    for row in rows::rows(pipeline, &set.pairs, &runs) {
                        writeln!(out, "{}", serde_json::to_string(&row)?)?;
                    }
                    out.finish()?;
                }
                let probability = |stages| judged::probability(pipeline, stages);
                Ok(runs.iter().map(|stages| judged::scores(probability(stages))).collect())
            }
        }
    }
}

fn articles(args: &EvalArgs) -> anyhow::Result<Outcome> {
    let gold = match &args.gold {
        Some(file) => GoldCorpus::read(file)?,
        None => GoldCorpus::default(),
    };
    let options = IngestOptions { assume_date: args.assume_date, ..IngestOptions::default() };
    let read = ingest(&args.articles, &options)?;
    for problem in &read.problems {
        tell(format_args!("warning: {problem}"));
    }
    if read.articles.is_empty() {
        tell(format_args!("error: no articles found in the paths given"));
        return Ok(if read.problems.is_empty() { Outcome::NoInput } else { Outcome::Problems });
    }
    let known = |quote: &crossclaim::eval::gold::Quote| {
        read.articles.iter().any(|article| article.id == quote.article)
    };
    let quotes = gold.conflicts.iter().flat_map(|c| [&c.a, &c.b]);
    let quotes = quotes.chain(gold.negatives.iter().flat_map(|n| [&n.a, &n.b]));
    if let Some(quote) = quotes.into_iter().find(|quote| !known(quote)) {
        tell(format_args!(
            "warning: the annotation names the article {}, which is not among those read: what lies in it \
             counts as missed",
            quote.article
        ));
    }
    let pipeline = args.pipeline()?;
    let stages = run_pipeline(&pipeline, read.articles)?;
    let paths: Vec<String> = args.articles.iter().map(|p| p.display().to_string()).collect();
    let model = pipeline.scorer.as_ref().map_or("none", |scorer| scorer.name()).to_owned();
    let figures = vec![corpus::evaluate(paths.join(" "), model, args.without(), &stages, &gold)];
    args.write("corpus", &figures, table::corpora(&figures, !args.brief))?;
    Ok(if read.problems.is_empty() { Outcome::Done } else { Outcome::Problems })
}

fn from_pairs(args: &EvalArgs, file: &Path) -> anyhow::Result<Outcome> {
    let (set, whole) = args.read(file)?;
    if set.pairs.is_empty() {
        bail!("{}: no labelled pair in it", file.display());
    }
    let pipeline = args.pipeline()?;
    let group = args.group.as_deref();
    let known: Vec<&str> = pipeline.languages.iter().map(|l| l.pack.code.as_str()).collect();
    let mut told = pages::Pages::new(&set, group, &known);
    let stages = run_pipeline(&pipeline, std::mem::take(&mut told.articles))?;
    let without = args.without();
    let figures =
        vec![pages::evaluate(&set, &told, &pipeline, &stages, without, group, args.resampling())];
    args.write("pages", &figures, table::pages(&figures, !args.brief))?;
    Ok(if whole { Outcome::Done } else { Outcome::Problems })
}
