//! Comparing outlets (or countries, languages, months): how often they contradict each other where they can, what one
//! tells and another leaves out, who reports first, who changes its story.
//!
//! Rates are conflicts per comparable pair of statements, never raw counts: see [`pairs`] for what is counted and
//! [`crate::judge::comparable`] for what is comparable. `docs/compare.md` is the reference.

mod charts;
pub mod groups;
pub mod page;
pub mod pairs;
pub mod questions;
pub mod rates;
pub mod render;

use serde::Serialize;

use crate::claim::time::DateInterval;
use crate::eval::bootstrap::Resampling;
use crate::pipeline::{Pipeline, Stages};
use crate::report::Locale;
use crate::resolve::clusters::bounds;
use crate::resolve::{Corpus, CorpusArticle};
use crate::span::Span;

use groups::{By, Grouping, Origins};
use pairs::Unit;
use rates::Rates;

/// How to compare.
#[derive(Debug, Clone, Copy)]
pub struct CompareOptions {
    /// What articles are grouped by.
    pub by: By,
    /// Bootstrap resamples and the seed of all draws.
    pub resampling: Resampling,
    /// Permutations of the group labels; 0 leaves the p-values out.
    pub permutations: usize,
    /// What is resampled: stories or events.
    pub unit: Unit,
    /// Contradictions less sure than this are counted apart, as unsure.
    pub min_confidence: f64,
}

impl Default for CompareOptions {
    fn default() -> Self {
        CompareOptions {
            by: By::Outlet,
            resampling: Resampling::default(),
            permutations: 1000,
            unit: Unit::Story,
            min_confidence: 0.0,
        }
    }
}

/// Everything that a comparison shows. Texts are in one reader's language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Study {
    /// What articles are grouped by.
    pub by: By,
    /// Number of articles, outlets, independent origins and stories.
    pub corpus: CorpusFigures,
    /// How the figures were made.
    pub method: Method,
    /// The groups, by name; articles of no known group last.
    pub groups: Vec<GroupFigures>,
    /// Rates: overall, by kind, by pair of groups.
    pub rates: Rates,
    /// What most outlets that cover a thing tell and some leave out; what most tell first.
    pub omissions: Vec<questions::Omission>,
    /// Who answered each question first.
    pub first: Vec<questions::FirstReport>,
    /// How often each outlet was first.
    pub first_tally: Vec<questions::FirstTally>,
    /// Where an outlet's later article tells it differently.
    pub changes: Vec<questions::Change>,
    /// Disputed questions, those with most independent origins against the leading answer first.
    pub disputed: Vec<questions::Disputed>,
    /// Copies and near-copies by origin.
    pub copies: Vec<groups::Chain>,
}

/// How much was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CorpusFigures {
    /// Articles read.
    pub articles: usize,
    /// Outlets among them; an article that names none is one of its own.
    pub outlets: usize,
    /// Articles that are no copies.
    pub origins: usize,
    /// Stories.
    pub stories: usize,
    /// Claims read off the articles.
    pub claims: usize,
    /// Candidate pairs that were judged.
    pub candidates: usize,
}

/// How the figures were made, so that they can be made again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Method {
    /// Version of crossclaim.
    pub version: String,
    /// The NLI model's name; none without one.
    pub model: Option<String>,
    /// Its digest.
    pub model_digest: Option<String>,
    /// Language of the texts.
    pub locale: String,
    /// Bootstrap resamples.
    pub resamples: usize,
    /// Permutations of the labels.
    pub permutations: usize,
    /// Seed of both.
    pub seed: u64,
    /// What is resampled.
    pub unit: Unit,
    /// Contradictions less sure than this are unsure.
    pub min_confidence: f64,
}

/// One group of articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupFigures {
    /// Its name; none for articles of which it is not known.
    pub name: Option<String>,
    /// Articles.
    pub articles: usize,
    /// Independent origins, each counted with the group that published it first.
    pub origins: usize,
}

/// A sentence with the value that it gives, as the study quotes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quote {
    /// The article's id.
    pub article: String,
    /// The outlet, or the article's id.
    pub outlet: String,
    /// Publication day or stretch of days; none where nothing is known.
    pub published: Option<DateInterval>,
    /// The value, for a reader.
    pub value: String,
    /// Where the sentence stands in the article's text.
    pub span: Span,
    /// The sentence, byte for byte.
    pub sentence: String,
}

/// Compares the groups of a finished run. The same stages and options give the same study.
pub fn compare(
    pipeline: &Pipeline,
    stages: &Stages,
    options: &CompareOptions,
    locale: &Locale,
) -> Study {
    let corpus = &stages.corpus;
    let frames = &pipeline.languages.frames;
    let all = pipeline.comparable(stages);
    let origins = Origins::of(corpus);
    let grouping = Grouping::new(corpus, &origins, options.by);
    let counted = pairs::count(corpus, &origins, &all, options.min_confidence);
    let questions = questions::Questions::new(corpus, &stages.values, frames, locale);
    let first = questions.first();
    Study {
        by: options.by,
        corpus: CorpusFigures {
            articles: corpus.articles.len(),
            outlets: groups::outlets(corpus).len(),
            origins: origins.list.len(),
            stories: groups::stories(corpus).len(),
            claims: corpus.claims.len(),
            candidates: stages.scored.len(),
        },
        method: Method {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model: pipeline.scorer.as_ref().map(|scorer| scorer.name().to_owned()),
            model_digest: pipeline.scorer.as_ref().map(|scorer| scorer.digest().to_owned()),
            locale: locale.code().to_owned(),
            resamples: options.resampling.resamples,
            permutations: options.permutations,
            seed: options.resampling.seed,
            unit: options.unit,
            min_confidence: options.min_confidence,
        },
        groups: grouping.figures(),
        rates: rates::rates(&grouping, &counted, options),
        omissions: questions.omissions(),
        first_tally: questions::tally(&first),
        first,
        changes: questions::changes(corpus, frames, &all, locale),
        disputed: questions::disputed(corpus, &stages.dossiers, &stages.findings, locale),
        copies: origins.chains(corpus),
    }
}

/// The first and last day on which an article can have come out.
pub(crate) fn published(article: &CorpusArticle) -> Option<DateInterval> {
    bounds(&article.publication)
}

/// Whether one article surely came out before another.
pub(crate) fn surely_before(a: Option<DateInterval>, b: Option<DateInterval>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.last < b.first)
}

/// An interval as people and tables write it: a day, or `first/last`.
pub(crate) fn days_text(days: DateInterval) -> String {
    if days.first == days.last {
        days.first.to_string()
    } else {
        format!("{}/{}", days.first, days.last)
    }
}

/// The position of an article in the corpus.
pub(crate) fn article_index(corpus: &Corpus, id: &str) -> Option<usize> {
    corpus.articles.binary_search_by(|a| a.article.id.as_str().cmp(id)).ok()
}
