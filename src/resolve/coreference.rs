//! Which claims speak of one happening: event coreference across articles.
//!
//! A story tells of several happenings of a kind: two spills on one coast, a first and a second ballot. Claims are
//! the nodes of a graph. The weight of an edge is the log-odds that two claims speak of one happening, by a logistic
//! regression over what they share ([`features`]); between claims that an article itself tells apart (a day each, and a
//! word of order between them) stands a cannot-link. Correlation clustering (Bansal, Blum and Chawla 2004) parts the graph by
//! greedy additive edge contraction (Keuper et al. 2015): the two clusters with the largest summed weight are joined, as
//! long as it is positive and no cannot-link forbids it.
//!
//! The slot that two claims dispute is also what tells two events apart. So there is a partition for each aspect left out, in
//! which it has no say between articles: whoever compares dates asks the partition without time.
//!
//! The weights are data (`models/coreference/weights.json`), fitted on stories with gold event ids by
//! `examples/fit_coreference.rs`.

mod contraction;
pub mod features;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::CorpusArticle;
use crate::claim::Claim;
use crate::error::{Error, Result};
use crate::language::frames::Frames;
use crate::nli::WordVectors;
use contraction::contract;
use features::{ACROSS, Aspect, Feature, Profile, WITHIN, across, profiles, within};

/// Stories of up to so many claims are compared whole; in larger ones a claim is compared with those near it in its article
/// and with those that share something few claims hold.
const WHOLE: usize = 200;
/// Sentences between two claims of an article that are compared.
const NEAR: usize = 8;

/// Log-odds by feature.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Log-odds where no feature speaks.
    pub intercept: f64,
    /// Log-odds per unit of each feature.
    pub weights: BTreeMap<String, f64>,
    /// Added to the log-odds before clustering: evidence of many pairs adds up.
    pub shift: f64,
}

/// The weights of both sorts of pairs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Claims of different articles.
    pub across: Side,
    /// Claims of one article.
    pub within: Side,
    /// What they were fitted on.
    pub fitted_on: String,
}

impl Weights {
    /// The weights that ship with the program.
    ///
    /// # Errors
    /// When the data file is malformed, which the crate's tests rule out.
    pub fn builtin() -> Result<Self> {
        let file = "models/coreference/weights.json";
        let json = include_str!("../../models/coreference/weights.json");
        serde_json::from_str(json).map_err(|problem| Error::Model {
            path: file.into(),
            problem: problem.to_string(),
            remedy: "fit it again: cargo run --release --example fit_coreference".to_owned(),
        })
    }
}

impl Side {
    /// The log-odds of a pair, an aspect left out.
    fn log_odds(&self, names: &[Feature], values: &[f64], left_out: Option<Aspect>) -> f64 {
        let counted = names
            .iter()
            .zip(values)
            .filter(|((_, aspect, _), _)| left_out.is_none() || *aspect != left_out);
        let weight = |name: &str| self.weights.get(name).copied().unwrap_or(0.0);
        self.intercept + self.shift + counted.map(|((name, ..), x)| weight(name) * x).sum::<f64>()
    }
}

/// The happenings that claims speak of: a number for each claim, the same for claims of one happening.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Coreference {
    whole: Vec<usize>,
    left_out: BTreeMap<Aspect, Vec<usize>>,
    /// Happenings that an article itself tells apart, the smaller number first: with nothing, and with each aspect left out.
    told_apart: BTreeMap<Option<Aspect>, BTreeSet<(usize, usize)>>,
}

/// Two claims of a story, and what speaks for one happening.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The earlier claim.
    pub a: usize,
    /// The later claim.
    pub b: usize,
    /// Both stand in one article.
    pub within: bool,
    /// The features, in the order of [`ACROSS`] or [`WITHIN`].
    pub features: Vec<f64>,
}

/// The edges between the claims of one story, which are given by index.
pub fn edges(
    articles: &[CorpusArticle],
    claims: &[Claim],
    story: &[usize],
    frames: &Frames,
    vectors: Option<&WordVectors>,
) -> Vec<Edge> {
    let profiles = profiles(articles, claims, story, frames, vectors);
    let pairs: Vec<(usize, usize)> = if story.len() <= WHOLE {
        (0..story.len()).flat_map(|i| (i + 1..story.len()).map(move |j| (i, j))).collect()
    } else {
        near_or_alike(&profiles)
    };
    let edge = |(i, j): (usize, usize)| {
        let (a, b) = (&profiles[i], &profiles[j]);
        let is_within = a.article() == b.article();
        let features = if is_within { within(a, b, &profiles[i + 1..=j]) } else { across(a, b) };
        Edge { a: story[i], b: story[j], within: is_within, features }
    };
    pairs.into_par_iter().map(edge).collect()
}

/// Pairs of a large story: near each other in an article, or sharing what few others hold.
fn near_or_alike(profiles: &[Profile]) -> Vec<(usize, usize)> {
    let mut pairs = BTreeSet::new();
    let mut holders: HashMap<usize, Vec<usize>> = HashMap::new();
    for (i, profile) in profiles.iter().enumerate() {
        for number in profile.telling() {
            holders.entry(number).or_default().push(i);
        }
        let after = profiles.iter().enumerate().skip(i + 1);
        let near = after.take_while(|(_, other)| {
            other.article() == profile.article() && other.distance(profile) <= NEAR
        });
        pairs.extend(near.map(|(j, _)| (i, j)));
    }
    for held in holders.into_values() {
        for (at, &i) in held.iter().enumerate() {
            pairs.extend(held[at + 1..].iter().map(|&j| (i, j)));
        }
    }
    pairs.into_iter().collect()
}

/// The happening of each claim of a story, by the edges between them.
pub fn part(edges: &[Edge], weights: &Weights, left_out: Option<Aspect>) -> BTreeMap<usize, usize> {
    let weight = |edge: &Edge| {
        if edge.within {
            // What tells an article's own claims apart is not in dispute.
            weights.within.log_odds(&WITHIN, &edge.features, None)
        } else {
            weights.across.log_odds(&ACROSS, &edge.features, left_out)
        }
    };
    let weighed = edges.iter().map(|edge| (edge.a, edge.b, weight(edge)));
    contract(weighed, told_apart(edges))
}

fn told_apart(edges: &[Edge]) -> impl Iterator<Item = (usize, usize)> {
    let apart = edges.iter().filter(|edge| edge.within && Profile::told_apart(&edge.features));
    apart.map(|edge| (edge.a, edge.b))
}

fn in_order(x: usize, y: usize) -> (usize, usize) {
    (x.min(y), x.max(y))
}

impl Coreference {
    /// The happenings of a corpus; `stories` gives each claim's story.
    pub fn of(
        articles: &[CorpusArticle],
        claims: &[Claim],
        stories: &[usize],
        frames: &Frames,
        vectors: Option<&WordVectors>,
        weights: &Weights,
    ) -> Self {
        let mut by_story: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (claim, story) in stories.iter().enumerate() {
            by_story.entry(*story).or_default().push(claim);
        }
        let alone: Vec<usize> = (0..claims.len()).collect();
        let aspects = [Aspect::Time, Aspect::Names, Aspect::Numbers];
        let mut found = Coreference {
            whole: alone.clone(),
            left_out: aspects.map(|aspect| (aspect, alone.clone())).into(),
            told_apart: BTreeMap::new(),
        };
        let mut apart: Vec<(usize, usize)> = Vec::new();
        for story in by_story.into_values() {
            let one_article =
                story.windows(2).all(|two| claims[two[0]].article == claims[two[1]].article);
            if one_article {
                continue;
            }
            let edges = edges(articles, claims, &story, frames, vectors);
            for (claim, happening) in part(&edges, weights, None) {
                found.whole[claim] = happening;
            }
            for (aspect, happenings) in &mut found.left_out {
                for (claim, happening) in part(&edges, weights, Some(*aspect)) {
                    happenings[claim] = happening;
                }
            }
            apart.extend(told_apart(&edges));
        }
        for left_out in std::iter::once(None).chain(aspects.map(Some)) {
            let all = found.happenings(left_out);
            let pairs = apart.iter().map(|&(a, b)| in_order(all[a], all[b])).collect();
            found.told_apart.insert(left_out, pairs);
        }
        found
    }

    fn happenings(&self, left_out: Option<Aspect>) -> &[usize] {
        left_out.and_then(|aspect| self.left_out.get(&aspect)).unwrap_or(&self.whole)
    }

    /// Whether two claims speak of one happening, as far as is known with an aspect left out.
    pub fn same(&self, a: usize, b: usize, left_out: Option<Aspect>) -> bool {
        let all = self.happenings(left_out);
        matches!((all.get(a), all.get(b)), (Some(x), Some(y)) if x == y)
    }

    /// Whether two claims speak of happenings that an article itself tells apart.
    pub fn apart(&self, a: usize, b: usize, left_out: Option<Aspect>) -> bool {
        let all = self.happenings(left_out);
        let (Some(&x), Some(&y)) = (all.get(a), all.get(b)) else { return false };
        self.told_apart.get(&left_out).is_some_and(|pairs| pairs.contains(&in_order(x, y)))
    }

    /// The happenings that several claims speak of, as indices of claims, in order.
    pub fn clusters(&self) -> Vec<Vec<usize>> {
        let mut clusters: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (claim, happening) in self.whole.iter().enumerate() {
            clusters.entry(*happening).or_default().push(claim);
        }
        clusters.into_values().filter(|claims| claims.len() > 1).collect()
    }
}
