//! Candidate pairs: which claims of different articles are worth scoring, and why.
//!
//! Claims of one story are paired by what they share, through an inverted index, and by how alike they are
//! ([`similar`]): the sides of a conflict often share no name and no word, and seldom a language.

mod editions;
mod similar;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::claim::Claim;
use crate::claim::mentions::stem;
use crate::nli::WordVectors;
use crate::resolve::Corpus;
use crate::syntax::{is_long, tokenize};
use editions::Editions;

/// Why two claims are a candidate pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason", content = "what")]
pub enum Reason {
    /// Both have an event of this course of events.
    SameEvent(String),
    /// Both stand on a side of this opposition.
    SameOpposition(String),
    /// Both name this entity.
    SharedEntity(String),
    /// Both count this.
    SameCount(String),
    /// Both use this rare word.
    SharedWord(String),
    /// Each is among the claims of its story that are most like the other: the cosine of their static vectors,
    /// in hundredths.
    Similar(u8),
}

/// Two claims worth scoring: indices into `Corpus::claims`, `a` before `b`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidatePair {
    /// The earlier claim.
    pub a: usize,
    /// The later claim.
    pub b: usize,
    /// Why, strongest first.
    pub reasons: Vec<Reason>,
}

impl CandidatePair {
    /// Whether the two share no event, count, name or word to speak of, and are merely alike.
    pub fn is_of_likeness_alone(&self) -> bool {
        matches!(self.reasons.as_slice(), [Reason::Similar(_)])
    }
}

/// How many candidates to keep, and between what.
#[derive(Debug, Clone)]
pub struct PairOptions {
    /// Pairs kept for each claim, strongest first.
    pub budget: usize,
    /// Also pairs inside one article.
    pub within: bool,
    /// Keeps pairs however little they share; for evaluations.
    pub any_weight: bool,
    /// Only pairs with a claim of one of these articles, by id; all pairs where there are none.
    pub only_with: Option<BTreeSet<String>>,
}

impl Default for PairOptions {
    fn default() -> Self {
        PairOptions { budget: 20, within: false, any_weight: false, only_with: None }
    }
}

/// Sentences that share an index entry with more claims than this are compared to the first
/// ones only: an entry that common tells nothing.
const MAX_POSTINGS: usize = 200;
/// Weight that a pair needs to be kept: one shared event or count, or a rare name, or several names and words.
const MIN_WEIGHT: f64 = 0.6;
/// What a cosine of 1 weighs. Two claims of one story have some 0.4 in the mean.
const SIMILAR_WEIGHT: f64 = 3.0;
/// Pairs of less weight than the least that are kept all the same: so many of the best of each claim.
const SPARE: usize = 8;

/// Pairs by claim indices, with their weight and what it is made of.
type Weights = BTreeMap<(usize, usize), (f64, Vec<Reason>)>;

/// The candidate pairs of a corpus, sorted by claim indices. The number of pairs grows linearly
/// with the number of claims: every index entry is cut, and every claim has a budget. Without
/// `vectors` no pair is made of similarity.
pub fn pair(
    corpus: &Corpus,
    options: &PairOptions,
    vectors: Option<&WordVectors>,
) -> Vec<CandidatePair> {
    let stories: Vec<Option<usize>> =
        corpus.claims.iter().map(|c| corpus.article_of(c).map(|a| a.story)).collect();
    let editions = Editions::of(corpus);
    let is_wanted = |claim: usize| {
        let article = &corpus.claims[claim].article;
        options.only_with.as_ref().is_none_or(|wanted| wanted.contains(article))
    };
    let mut weights = Weights::new();
    for (reason, mut claims) in index(corpus, &stories) {
        claims.sort_unstable();
        claims.dedup();
        let rarity = 1.0 / (claims.len() as f64).sqrt();
        let weight = match &reason {
            Reason::SameEvent(_) => 2.0 + rarity,
            Reason::SameCount(_) => 1.5 + rarity,
            Reason::SameOpposition(_) => 0.6 + rarity,
            Reason::SharedEntity(_) => 1.2 * rarity,
            Reason::SharedWord(_) => 0.8 * rarity,
            Reason::Similar(_) => 0.0,
        };
        // Claims that are wanted on one side at least, and those that are good for the other side only.
        let (mut wanted, mut others): (Vec<usize>, Vec<usize>) =
            claims.into_iter().partition(|&claim| is_wanted(claim));
        wanted.truncate(MAX_POSTINGS);
        others.truncate(MAX_POSTINGS);
        for (i, &x) in wanted.iter().enumerate() {
            for &y in wanted[i + 1..].iter().chain(&others) {
                let (a, b) = (x.min(y), x.max(y));
                if comparable(corpus, &stories, &editions, a, b, options) {
                    let entry = weights.entry((a, b)).or_default();
                    entry.0 += weight;
                    entry.1.push(reason.clone());
                }
            }
        }
    }
    if let Some(vectors) = vectors {
        let may = |a, b| {
            (is_wanted(a) || is_wanted(b)) && comparable(corpus, &stories, &editions, a, b, options)
        };
        for ((a, b), cosine) in similar::pairs(corpus, &stories, vectors, &may) {
            let entry = weights.entry((a, b)).or_default();
            entry.0 += SIMILAR_WEIGHT * f64::from(cosine);
            entry.1.push(Reason::Similar((cosine * 100.0).round().clamp(0.0, 100.0) as u8));
        }
    }
    within_budget(weights, corpus.claims.len(), options)
}

/// The claims that share an event, a count, an opposition, a name, or a word.
fn index(corpus: &Corpus, stories: &[Option<usize>]) -> BTreeMap<Reason, Vec<usize>> {
    let mut index: BTreeMap<Reason, Vec<usize>> = BTreeMap::new();
    for cluster in &corpus.clusters {
        let entry = index.entry(Reason::SameEvent(cluster.course.clone())).or_default();
        entry.extend(cluster.events.iter().map(|event| event.claim));
    }
    for (i, claim) in corpus.claims.iter().enumerate() {
        let story = stories[i].unwrap_or_default();
        for of in claim.quantities.iter().filter_map(|q| q.of.as_deref()) {
            index.entry(Reason::SameCount(format!("{of}@{story}"))).or_default().push(i);
        }
        for pole in &claim.poles {
            let reason = Reason::SameOpposition(format!("{}@{story}", pole.of));
            index.entry(reason).or_default().push(i);
        }
        for mention in claim.mentions.iter().filter(|m| !m.entity.starts_with("group:")) {
            index.entry(Reason::SharedEntity(mention.entity.clone())).or_default().push(i);
        }
        for word in content_words(claim) {
            index.entry(Reason::SharedWord(word)).or_default().push(i);
        }
    }
    index
}

fn comparable(
    corpus: &Corpus,
    stories: &[Option<usize>],
    editions: &Editions<'_>,
    a: usize,
    b: usize,
    options: &PairOptions,
) -> bool {
    let (left, right) = (&corpus.claims[a], &corpus.claims[b]);
    if left.article == right.article {
        return options.within;
    }
    let origin = |claim| corpus.article_of(claim).map(|article| article.origin.as_str());
    stories[a] == stories[b] && (origin(left) != origin(right) || editions.changed(a, b))
}

/// Keeps each pair that is among the strongest of either claim: first those that share enough, then some of
/// those that are merely alike.
fn within_budget(weights: Weights, claims: usize, options: &PairOptions) -> Vec<CandidatePair> {
    let (mut enough, mut alike): (Vec<_>, Vec<_>) = weights
        .into_iter()
        .partition(|(_, (weight, reasons))| options.any_weight || is_enough(*weight, reasons));
    let is_likeness = |reason: &Reason| matches!(reason, Reason::Similar(_));
    alike.retain(|(_, (_, reasons))| reasons.iter().any(is_likeness));
    let mut used = vec![0; claims];
    let mut kept = Vec::new();
    let mut spare = vec![0; claims];
    for (list, is_spare) in [(&mut enough, false), (&mut alike, true)] {
        list.sort_by(|x, y| y.1.0.total_cmp(&x.1.0).then_with(|| x.0.cmp(&y.0)));
        for ((a, b), (_, mut reasons)) in list.drain(..) {
            let room =
                |claim: usize| used[claim] < options.budget && (!is_spare || spare[claim] < SPARE);
            if !room(a) && !room(b) {
                continue;
            }
            for claim in [a, b] {
                used[claim] += 1;
                spare[claim] += usize::from(is_spare);
            }
            if is_spare {
                // The little that they share is not why they are a pair.
                reasons.retain(is_likeness);
            }
            reasons.sort();
            kept.push(CandidatePair { a, b, reasons });
        }
    }
    kept.sort_by_key(|pair| (pair.a, pair.b));
    kept
}

/// Whether what two claims share, leaving similarity out, makes them a pair by itself.
fn is_enough(weight: f64, reasons: &[Reason]) -> bool {
    let by_likeness: f64 = reasons
        .iter()
        .map(|reason| match reason {
            Reason::Similar(hundredths) => SIMILAR_WEIGHT * f64::from(*hundredths) / 100.0,
            _ => 0.0,
        })
        .sum();
    weight - by_likeness >= MIN_WEIGHT
}

/// The longer words of a claim, cut to stems: a cheap lemma filter.
fn content_words(claim: &Claim) -> BTreeSet<String> {
    let tokens = tokenize(&claim.language, &claim.text, 0);
    tokens.into_iter().filter(is_long(&claim.language)).map(|token| stem(&token.lower)).collect()
}
