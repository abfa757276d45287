//! `crossclaim eval`: quality, measured on labelled pairs and on corpora with gold conflicts.

mod coreference;
pub(super) mod corpora;
mod names;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use crossclaim::article::PartialDate;
use crossclaim::eval::bootstrap::{Random, Resampling};
use crossclaim::eval::labelled::LabelledSet;
use crossclaim::eval::pairs::{self, PairFigures, PairOptions};
use crossclaim::eval::table::{self, Style};
use crossclaim::eval::vary::{Variant, Vary, each_run};
use crossclaim::eval::{judged, lost, pages, rows};
use crossclaim::judge::calibration::Calibration;
use crossclaim::judge::gates::Ablation;
use crossclaim::nli::{Direction, LexicalScorer, NliScores, Scorer};
use crossclaim::pipeline::{Pipeline, Stages};
use indicatif::ProgressBar;
use serde::Serialize;

use super::articles::run as run_pipeline;
use super::options::{ModelArgs, progress_bar};
use super::output::Output;
use super::{Outcome, tell};
use corpora::CorpusArg;

/// Measures quality. Six forms: labelled pair files; articles with gold conflicts (--articles); several corpora at
/// once (--corpora); a pair set told as articles (--from-pairs); pairs of names (--names); stories with
/// gold event ids (--events).
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["files", "articles", "corpora", "from_pairs", "names", "events"]))]
pub(crate) struct EvalArgs {
    /// Labelled pairs: .tsv or .csv with premise, hypothesis, label and lang; .jsonl with these, or as
    /// seeds/pairs.jsonl.
    files: Vec<PathBuf>,
    /// Articles: files, folders, globs.
    #[arg(long, value_name = "PATH", num_args = 1.., requires = "annotation")]
    articles: Vec<PathBuf>,
    /// Corpora, each a folder that holds its annotation as gold.json, or FOLDER=GOLD.json: a row each, and one for all.
    #[arg(long, value_name = "FOLDER", num_args = 1..)]
    corpora: Vec<CorpusArg>,
    /// Labelled pairs to tell as articles: all premises of a source page as one article, all its hypotheses
    /// as another.
    #[arg(long, value_name = "FILE")]
    from_pairs: Option<PathBuf>,
    /// Tables of pairs of names that mean one thing or do not: a, b, language_a, language_b, same (yes or
    /// no) and split, with tabs between.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    names: Vec<PathBuf>,
    /// Stories whose sentences say which event they speak of, as those of tests/events: how well sentences of different
    /// articles that speak of one event are found.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    events: Vec<PathBuf>,
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
    #[arg(long, value_name = "SYSTEM", default_value = "nli", conflicts_with_all = ["articles", "corpora", "from_pairs"])]
    system: System,
    /// Also score labelled pairs without a model: lexical (word overlap), majority (the commonest label).
    #[arg(long, value_name = "NAME", conflicts_with_all = ["articles", "corpora", "from_pairs"])]
    baseline: Vec<Baseline>,
    /// Direction of the pairs that counts: forward, reverse, mean, max or min; forward if not given, and for
    /// the judge the one it was fitted with.
    #[arg(long, value_name = "DIRECTION")]
    direction: Option<Direction>,
    /// Leave something out, to see what it is worth: slots, nli, or gate:NAME. May be repeated.
    #[arg(long, value_name = "WHAT")]
    ablate: Vec<Ablation>,
    /// Run in variants, a row each: parts (slots and NLI, slots alone, NLI alone), directions (forward, reverse, mean,
    /// max, min), gates (each left open).
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["ablate", "direction", "from_pairs", "names"])]
    vary: Option<Vary>,
    /// Also say at which stage missed conflicts were lost, and which gate alone keeps one back.
    #[arg(long, conflicts_with_all = ["vary", "ablate", "from_pairs", "names"])]
    lost: bool,
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
    #[arg(long, value_name = "FILE", requires = "files", conflicts_with_all = ["vary", "lost"])]
    rows: Option<PathBuf>,
    /// Leave out the tables of classes, kinds and thresholds; with --events what baselines say of single files.
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
    if !args.events.is_empty() {
        return coreference::run(args);
    }
    if !args.names.is_empty() {
        return names::run(args);
    }
    if let Some(file) = &args.from_pairs {
        return from_pairs(args, file);
    }
    if args.articles.is_empty() && args.corpora.is_empty() {
        labelled(args)
    } else {
        corpora::run(args)
    }
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
        let mut set =
            LabelledSet::read(file, self.language.as_deref())?.told_apart(file, &self.files);
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
    let mut scorer = Scores::open(args)?;
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
        figures.extend(scorer.figures(&set, args, &options, &bar)?);
        bar.finish_and_clear();
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
            if args.lost {
                bail!("--lost says where the judge lost a conflict; add --system judge");
            }
            if args.vary.is_some_and(|vary| vary != Vary::Directions) {
                bail!("--vary parts and gates are parts of the judge; add --system judge");
            }
            let Some(scorer) = args.model.scorer()? else {
                bail!("--model none scores no pair; name a model, or add --system judge");
            };
            let direction = args.direction.unwrap_or(Direction::Forward);
            let name = scorer.name().to_owned();
            return Ok(Scores { name, direction, by: Scoring::Model(scorer) });
        }
        let mut pipeline = args.pipeline()?;
        pipeline.compare_chosen_pairs();
        let model = pipeline.scorer.as_ref().map_or("none", |scorer| scorer.name()).to_owned();
        let mut name = format!("judge, {model}");
        for part in args.without().iter().filter(|part| *part != "nli") {
            name += &format!(", without {part}");
        }
        let direction = pipeline.calibration.direction;
        Ok(Scores { name, direction, by: Scoring::Judge(Box::new(pipeline)) })
    }

    /// The figures of a set, of each variant that is asked for.
    fn figures(
        &mut self,
        set: &LabelledSet,
        args: &EvalArgs,
        options: &PairOptions,
        bar: &ProgressBar,
    ) -> anyhow::Result<Vec<PairFigures>> {
        let progress = |done: usize| bar.set_position(done as u64);
        let evaluate = |name: &str, direction: Direction, scores: &[NliScores]| {
            pairs::evaluate(set, name, Some(direction), scores, options)
        };
        match &mut self.by {
            Scoring::Model(scorer) if args.vary.is_some() => {
                bar.set_length(pairs::inputs(set.pairs.len(), Direction::Mean) as u64);
                let both =
                    pairs::score_both(scorer.as_ref(), &set.pairs, Direction::Mean, &progress)?;
                let combined = |direction: Direction| -> Vec<NliScores> {
                    both.iter().map(|(ahead, back)| direction.combine(*ahead, *back)).collect()
                };
                let all = Direction::ALL.into_iter();
                Ok(all.flat_map(|of| evaluate(&self.name, of, &combined(of))).collect())
            }
            Scoring::Model(scorer) => {
                bar.set_length(pairs::inputs(set.pairs.len(), self.direction) as u64);
                let scores = pairs::score(scorer.as_ref(), &set.pairs, self.direction, &progress)?;
                Ok(evaluate(&self.name, self.direction, &scores))
            }
            Scoring::Judge(pipeline) if args.vary.is_some() || args.lost => {
                let variants = args.vary.unwrap_or(Vary::Gates).variants();
                bar.set_length(set.pairs.len() as u64);
                let mut became = judge_in_variants(pipeline, set, args, &variants, &progress)?;
                if args.lost {
                    became.truncate(1);
                }
                let mut figures = Vec::new();
                for (variant, became) in variants.iter().zip(&became) {
                    let name = match variant == &Variant::default() {
                        true => self.name.clone(),
                        false => format!("{}, {}", self.name, variant.name()),
                    };
                    let direction = variant.direction.unwrap_or(self.direction);
                    let scores: Vec<NliScores> =
                        became.iter().map(|pair| judged::scores(pair.probability)).collect();
                    let mut of_variant = evaluate(&name, direction, &scores);
                    if args.lost {
                        let missed: Vec<Option<lost::Missed>> =
                            became.iter().map(|pair| pair.missed.clone()).collect();
                        let shown: Vec<bool> = became.iter().map(|pair| pair.shown).collect();
                        pairs::with_losses(&mut of_variant, set, &missed, &shown);
                    }
                    figures.extend(of_variant);
                }
                Ok(figures)
            }
            Scoring::Judge(pipeline) => {
                bar.set_length(set.pairs.len() as u64);
                let runs = judged::run(pipeline, &set.pairs, &progress)?;
                if let Some(file) = &args.rows {
                    let mut out = Output::open(Some(file))?;
                    for row in rows::rows(pipeline, &set.pairs, &runs) {
                        writeln!(out, "{}", serde_json::to_string(&row)?)?;
                    }
                    out.finish()?;
                }
                let probability = |stages| judged::scores(judged::probability(pipeline, stages));
                let scores: Vec<NliScores> = runs.iter().map(probability).collect();
                Ok(evaluate(&self.name, self.direction, &scores))
            }
        }
    }
}

/// What the judge says of a pair in one variant.
struct Became {
    probability: f64,
    /// Whether a contradiction is shown.
    shown: bool,
    /// What became of a conflict that is not shown.
    missed: Option<lost::Missed>,
}

/// What became of every pair of a set, by variant. The first variant's also says which gate alone keeps a missed
/// conflict back, of the gates that are among the variants.
fn judge_in_variants(
    pipeline: &mut Pipeline,
    set: &LabelledSet,
    args: &EvalArgs,
    variants: &[Variant],
    progress: &dyn Fn(usize),
) -> anyhow::Result<Vec<Vec<Became>>> {
    let languages = pipeline.languages.clone();
    let known: Vec<&str> = languages.iter().map(|l| l.pack.code.as_str()).collect();
    let mut by_variant: Vec<Vec<Became>> = variants.iter().map(|_| Vec::new()).collect();
    for (number, pair) in set.pairs.iter().enumerate() {
        let articles = judged::articles(pair, &known);
        let look = |pipeline: &Pipeline, stages: &Stages| {
            let shown = judged::contradiction(&stages.findings).is_some();
            let missed = (pair.gold.is_contradiction() && !shown).then(|| lost::Missed {
                id: pair.columns.get("id").cloned().unwrap_or_else(|| pair.line.to_string()),
                lost: lost::pair(stages),
                gates: Vec::new(),
            });
            Became { probability: judged::probability(pipeline, stages), shown, missed }
        };
        let own_weights = args.calibration.is_some();
        let mut of_pair = each_run(pipeline, &articles, variants, own_weights, &|_, _| (), look)?;
        let letting = variants.iter().zip(&of_pair).filter(|(_, became)| became.shown);
        let gates: Vec<_> = letting.filter_map(|(variant, _)| variant.gate()).collect();
        if let Some(missed) = of_pair.first_mut().and_then(|became| became.missed.as_mut()) {
            missed.gates = gates;
        }
        for (all, became) in by_variant.iter_mut().zip(of_pair) {
            all.push(became);
        }
        progress(number + 1);
    }
    Ok(by_variant)
}

fn from_pairs(args: &EvalArgs, file: &Path) -> anyhow::Result<Outcome> {
    let (set, whole) = args.read(file)?;
    if set.pairs.is_empty() {
        bail!("{}: no labelled pair in it", file.display());
    }
    let pipeline = args.pipeline()?;
    let group = args.group.as_deref();
    let known: Vec<&str> = pipeline.languages.codes().collect();
    let mut told = pages::Pages::new(&set, group, &known);
    let stages = run_pipeline(&pipeline, std::mem::take(&mut told.articles))?;
    let without = args.without();
    let figures =
        vec![pages::evaluate(&set, &told, &pipeline, &stages, without, group, args.resampling())];
    args.write("pages", &figures, table::pages(&figures, !args.brief))?;
    Ok(if whole { Outcome::Done } else { Outcome::Problems })
}

/// What `read` makes of each file, with the file's stem; a file that cannot be read is told, and the rest goes on.
fn read_each<T>(
    files: &[PathBuf],
    read: impl Fn(&Path) -> crossclaim::error::Result<T>,
) -> (Vec<(String, T)>, Outcome) {
    let mut tables = Vec::new();
    let mut outcome = Outcome::Done;
    for file in files {
        match read(file) {
            Ok(table) => {
                let name = file.file_stem().unwrap_or(file.as_os_str());
                tables.push((name.to_string_lossy().into_owned(), table));
            }
            Err(error) => {
                tell(format_args!("error: {error}"));
                outcome = Outcome::Problems;
            }
        }
    }
    (tables, outcome)
}
