//! Candidate pairs: which claims of different articles are worth scoring, and why.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::claim::Claim;
use crate::claim::mentions::stem;
use crate::claim::tokens::{TokenKind, tokenize};
use crate::resolve::Corpus;

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

/// The candidate pairs of a corpus, sorted by claim indices. The number of pairs grows linearly
/// with the number of claims: every index entry is cut, and every claim has a budget.
pub fn pair(corpus: &Corpus, options: &PairOptions) -> Vec<CandidatePair> {
    let mut index: BTreeMap<Reason, Vec<usize>> = BTreeMap::new();
    let stories: Vec<Option<usize>> =
        corpus.claims.iter().map(|c| corpus.article_of(c).map(|a| a.story)).collect();
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
    let is_wanted = |claim: usize| {
        let article = &corpus.claims[claim].article;
        options.only_with.as_ref().is_none_or(|wanted| wanted.contains(article))
    };
    let mut weights: BTreeMap<(usize, usize), (f64, Vec<Reason>)> = BTreeMap::new();
    for (reason, mut claims) in index {
        claims.sort_unstable();
        claims.dedup();
        let rarity = 1.0 / (claims.len() as f64).sqrt();
        let weight = match &reason {
            Reason::SameEvent(_) => 2.0 + rarity,
            Reason::SameCount(_) => 1.5 + rarity,
            Reason::SameOpposition(_) => 0.6 + rarity,
            Reason::SharedEntity(_) => 1.2 * rarity,
            Reason::SharedWord(_) => 0.8 * rarity,
        };
        // Claims that are wanted on one side at least, and those that are good for the other side only.
        let (mut wanted, mut others): (Vec<usize>, Vec<usize>) =
            claims.into_iter().partition(|&claim| is_wanted(claim));
        wanted.truncate(MAX_POSTINGS);
        others.truncate(MAX_POSTINGS);
        for (i, &x) in wanted.iter().enumerate() {
            for &y in wanted[i + 1..].iter().chain(&others) {
                let (a, b) = (x.min(y), x.max(y));
                if comparable(corpus, &stories, a, b, options) {
                    let entry = weights.entry((a, b)).or_default();
                    entry.0 += weight;
                    entry.1.push(reason.clone());
                }
            }
        }
    }
    within_budget(weights, corpus.claims.len(), options)
}

fn comparable(
    corpus: &Corpus,
    stories: &[Option<usize>],
    a: usize,
    b: usize,
    options: &PairOptions,
) -> bool {
    let (left, right) = (&corpus.claims[a], &corpus.claims[b]);
    if left.article == right.article {
        return options.within;
    }
    let origin = |claim| corpus.article_of(claim).map(|article| article.origin.as_str());
    stories[a] == stories[b] && origin(left) != origin(right)
}

/// Keeps each pair that is among the strongest of either claim.
fn within_budget(
    weights: BTreeMap<(usize, usize), (f64, Vec<Reason>)>,
    claims: usize,
    options: &PairOptions,
) -> Vec<CandidatePair> {
    let mut order: Vec<(&(usize, usize), f64)> = weights
        .iter()
        .map(|(pair, (weight, _))| (pair, *weight))
        .filter(|(_, weight)| options.any_weight || *weight >= MIN_WEIGHT)
        .collect();
    order.sort_by(|x, y| y.1.total_cmp(&x.1).then_with(|| x.0.cmp(y.0)));
    let mut used = vec![0; claims];
    let mut kept = BTreeSet::new();
    for ((a, b), _) in order {
        if used[*a] < options.budget || used[*b] < options.budget {
            used[*a] += 1;
            used[*b] += 1;
            kept.insert((*a, *b));
        }
    }
    weights
        .into_iter()
        .filter(|(pair, _)| kept.contains(pair))
        .map(|((a, b), (_, mut reasons))| {
            reasons.sort();
            CandidatePair { a, b, reasons }
        })
        .collect()
}

/// The longer words of a claim, cut to stems: a cheap lemma filter.
fn content_words(claim: &Claim) -> BTreeSet<String> {
    tokenize(&claim.text, 0)
        .into_iter()
        .filter(|token| token.kind == TokenKind::Word && token.lower.chars().count() >= 5)
        .map(|token| stem(&token.lower))
        .collect()
}
