//! `crossclaim eval --articles` and `--corpora`: the whole tool on corpora with gold conflicts, also in variants.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crossclaim::article::Article;
use crossclaim::article::ingest::{IngestOptions, ingest};
use crossclaim::eval::corpus::{self, CorpusFigures, Ran};
use crossclaim::eval::gold::{GoldCorpus, Quote};
use crossclaim::eval::lost::{self, Losses, Missed};
use crossclaim::eval::table::{self, Section};
use crossclaim::eval::vary::{Variant, Vary, each_run};
use crossclaim::pipeline::{Pipeline, Stages};

use super::EvalArgs;
use crate::cli::options::progress_bar;
use crate::cli::{Outcome, tell};

/// A corpus and its annotation.
#[derive(Debug, Clone)]
pub(crate) struct CorpusArg {
    pub(crate) folder: PathBuf,
    pub(crate) gold: PathBuf,
}

impl CorpusArg {
    /// What tables call it.
    pub(crate) fn name(&self) -> String {
        self.folder.display().to_string().trim_end_matches('/').to_owned()
    }
}

impl FromStr for CorpusArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (folder, gold) = match text.split_once('=') {
            Some((folder, gold)) => (PathBuf::from(folder), PathBuf::from(gold)),
            None => (PathBuf::from(text), Path::new(text).join("gold.json")),
        };
        match gold.is_file() {
            true => Ok(CorpusArg { folder, gold }),
            false => Err(format!(
                "there is no annotation {}; name it as FOLDER=GOLD.json (a corpus without conflicts has one with an \
                 empty list)",
                gold.display()
            )),
        }
    }
}

/// A corpus as it was read.
struct Corpus {
    name: String,
    articles: Vec<Article>,
    gold: GoldCorpus,
}

pub(super) fn run(args: &EvalArgs) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Done;
    let mut corpora = Vec::new();
    let gold = args.gold.as_deref();
    if !args.articles.is_empty() {
        let paths: Vec<String> = args.articles.iter().map(|p| p.display().to_string()).collect();
        corpora.push((paths.join(" "), args.articles.clone(), gold));
    }
    for corpus in &args.corpora {
        corpora.push((corpus.name(), vec![corpus.folder.clone()], Some(&corpus.gold)));
    }
    let variants = match (args.vary, args.lost) {
        (Some(vary), _) => vary.variants(),
        (None, true) => Vary::Gates.variants(),
        (None, false) => vec![Variant::default()],
    };
    let mut pipeline = args.pipeline()?;
    // By variant, then by corpus.
    let mut figures: Vec<Vec<CorpusFigures>> = vec![Vec::new(); variants.len()];
    for (name, paths, gold) in corpora {
        let Some(corpus) = read(args, name, &paths, gold, &mut outcome)? else { continue };
        let of_corpus = evaluate(args, &mut pipeline, &corpus, &variants)?;
        for (all, one) in figures.iter_mut().zip(of_corpus) {
            all.push(one);
        }
    }
    if figures.iter().all(Vec::is_empty) {
        return Ok(outcome);
    }
    for of_variant in figures.iter_mut().filter(|all| all.len() > 1) {
        of_variant.extend(corpus::pooled(of_variant));
    }
    let sections = sections(args, &figures);
    let shown = if args.lost { 1 } else { figures.len() };
    let all: Vec<CorpusFigures> = figures.into_iter().take(shown).flatten().collect();
    args.write("corpus", &all, sections)?;
    Ok(outcome)
}

/// Reads a corpus; none, and the user told why, where there is no article in it.
fn read(
    args: &EvalArgs,
    name: String,
    paths: &[PathBuf],
    gold: Option<&Path>,
    outcome: &mut Outcome,
) -> anyhow::Result<Option<Corpus>> {
    let gold = gold.map_or_else(|| Ok(GoldCorpus::default()), GoldCorpus::read)?;
    let options = IngestOptions { assume_date: args.assume_date, ..IngestOptions::default() };
    let read = ingest(paths, &options)?;
    for problem in &read.problems {
        tell(format_args!("warning: {problem}"));
        *outcome = Outcome::Problems;
    }
    if read.articles.is_empty() {
        tell(format_args!("error: no articles found in {name}"));
        if *outcome == Outcome::Done {
            *outcome = Outcome::NoInput;
        }
        return Ok(None);
    }
    let known = |quote: &Quote| read.articles.iter().any(|article| article.id == quote.article);
    let quotes = gold.conflicts.iter().flat_map(|c| [&c.a, &c.b]);
    let quotes = quotes.chain(gold.negatives.iter().flat_map(|n| [&n.a, &n.b]));
    if let Some(quote) = quotes.into_iter().find(|quote| !known(quote)) {
        tell(format_args!(
            "warning: the annotation names the article {}, which is not among those read: what lies in it \
             counts as missed",
            quote.article
        ));
    }
    Ok(Some(Corpus { name, articles: read.articles, gold }))
}

/// The figures of a corpus in every variant. Where losses are asked for, the variants are the whole tool and each
/// gate left open, and the first figures say what the others let through.
fn evaluate(
    args: &EvalArgs,
    pipeline: &mut Pipeline,
    corpus: &Corpus,
    variants: &[Variant],
) -> anyhow::Result<Vec<CorpusFigures>> {
    let bar = progress_bar();
    let progress = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let mut number = 0;
    let mut losses = Losses { conflicts: corpus.gold.conflicts.len(), ..Losses::default() };
    let look = |pipeline: &Pipeline, stages: &Stages| {
        let variant = &variants[number];
        number += 1;
        if args.lost {
            note_losses(&mut losses, &corpus.gold, variant, stages);
        }
        let mut without = args.without();
        without.extend(variant.without.iter().map(ToString::to_string));
        let ran = Ran {
            corpus: corpus.name.clone(),
            model: pipeline.scorer.as_ref().map_or("none", |scorer| scorer.name()).to_owned(),
            without,
            tool: variant.name(),
        };
        corpus::evaluate(ran, stages, &corpus.gold)
    };
    let own_weights = args.calibration.is_some();
    let mut figures = each_run(pipeline, &corpus.articles, variants, own_weights, &progress, look)?;
    bar.finish_and_clear();
    if args.lost {
        losses.wrongly_shown = figures[0].unexplained;
        figures[0].losses = Some(losses);
    }
    Ok(figures)
}

/// Notes what the whole tool misses, then which of that a gate left open lets through.
fn note_losses(losses: &mut Losses, gold: &GoldCorpus, variant: &Variant, stages: &Stages) {
    let shown = |id: &str| {
        let conflict = gold.conflicts.iter().find(|conflict| conflict.id == id);
        conflict.is_some_and(|c| stages.findings.iter().any(|finding| c.is_answered_by(finding)))
    };
    match variant.gate() {
        None => {
            let missed = gold.conflicts.iter().filter(|conflict| !shown(&conflict.id));
            losses.missed = missed
                .map(|conflict| Missed {
                    id: conflict.id.clone(),
                    lost: lost::conflict(stages, conflict),
                    gates: Vec::new(),
                })
                .collect();
        }
        Some(gate) => {
            for missed in losses.missed.iter_mut().filter(|missed| shown(&missed.id)) {
                missed.gates.push(gate);
            }
        }
    }
}

fn sections(args: &EvalArgs, figures: &[Vec<CorpusFigures>]) -> Vec<Section> {
    let Some(whole) = figures.first() else { return Vec::new() };
    if args.lost {
        return vec![table::corpus_losses(whole)];
    }
    if args.vary.is_none() {
        let pooled = usize::from(whole.len() > 1);
        let mut sections = table::corpora(&whole[..whole.len() - pooled], !args.brief);
        if pooled > 0 {
            // The details are of each corpus; the sum stands in the first table alone.
            let sum = table::corpora(&whole[whole.len() - 1..], false);
            sections[0].rows.extend(sum.into_iter().flat_map(|section| section.rows));
        }
        return sections;
    }
    // All corpora together, then each if it is asked for.
    let last = figures.iter().filter_map(|all| all.last().cloned()).collect::<Vec<_>>();
    let mut sections = vec![table::variants(&last)];
    if !args.brief && whole.len() > 1 {
        for at in 0..whole.len() - 1 {
            let one: Vec<CorpusFigures> = figures.iter().map(|all| all[at].clone()).collect();
            sections.push(table::variants(&one));
        }
    }
    sections
}
