//! Fits `models/coreference/weights.json` on the split `fit` of stories with gold event ids, and says on standard error
//! how well pairs of both splits are told apart.
//!
//!     cargo run --release --example fit_coreference -- tests/events/*.txt > weights.json

use std::path::Path;

use anyhow::Context;
use crossclaim::calibrate::logistic;
use crossclaim::eval::coreference::gold;
use crossclaim::eval::metrics::Ranking;
use crossclaim::eval::stories;
use crossclaim::pipeline::Pipeline;
use crossclaim::resolve::coreference::features::{ACROSS, Feature, WITHIN};
use crossclaim::resolve::coreference::{Edge, Side, Weights, edges, part};

/// The penalty on the square of a weight.
const L2: f64 = 1.0;
/// What is tried as the shift of either sort of pair.
const SHIFTS: [f64; 7] = [-0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75];
/// How much more precision counts than recall in the choice of shifts, as the β of F.
const BETA: f64 = 0.5;

/// A story with its edges and the gold events of its claims.
struct Story {
    fit: bool,
    edges: Vec<Edge>,
    gold: Vec<Option<String>>,
}

impl Story {
    /// Whether both claims speak of one event; none where one speaks of none.
    fn same(&self, edge: &Edge) -> Option<bool> {
        Some(self.gold[edge.a].as_ref()? == self.gold[edge.b].as_ref()?)
    }
}

fn main() -> anyhow::Result<()> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let pipeline = Pipeline::builtin(None)?;
    let mut all = Vec::new();
    for file in &files {
        for story in stories::read(Path::new(file))? {
            let corpus = pipeline.resolve(story.articles.clone());
            let claims: Vec<usize> = (0..corpus.claims.len()).collect();
            let frames = &pipeline.languages.frames;
            let edges = edges(&corpus.articles, &corpus.claims, &claims, frames, pipeline.vectors);
            let mut events = vec![None; claims.len()];
            for (claim, event) in gold(&corpus, &story) {
                events[claim] = Some(event.to_owned());
            }
            all.push(Story { fit: story.split == "fit", edges, gold: events });
        }
    }
    let number = all.iter().filter(|story| story.fit).count();
    let mut weights = Weights {
        across: fit(&all, false, &ACROSS),
        within: fit(&all, true, &WITHIN),
        fitted_on: format!("the split fit of {}: {number} stories; penalty {L2}", files.join(", ")),
    };
    let mut best = f64::NEG_INFINITY;
    let mut chosen = (0.0, 0.0);
    for across in SHIFTS {
        for within in SHIFTS {
            (weights.across.shift, weights.within.shift) = (across, within);
            let score = f_beta(all.iter().filter(|story| story.fit), &weights);
            if score > best {
                (best, chosen) = (score, (across, within));
            }
        }
    }
    (weights.across.shift, weights.within.shift) = chosen;
    eprintln!("shifts {chosen:?}: F{BETA} of pairs {best:.3}");
    println!("{}", serde_json::to_string_pretty(&weights).context("weights as JSON")?);
    Ok(())
}

/// Weights of one sort of pairs.
fn fit(stories: &[Story], within: bool, names: &[Feature]) -> Side {
    let rows = |fit: bool| -> (Vec<Vec<f64>>, Vec<bool>) {
        let of = stories.iter().filter(|story| story.fit == fit);
        let edges = of.flat_map(|story| {
            let edges = story.edges.iter().filter(|edge| edge.within == within);
            edges.filter_map(|edge| Some((edge.features.clone(), story.same(edge)?)))
        });
        edges.unzip()
    };
    let signs: Vec<i8> = names.iter().map(|(_, _, sign)| *sign).collect();
    let (x, y) = rows(true);
    let fitted = logistic::fit(&x, &y, &signs, L2);
    for part in [true, false] {
        let (x, y) = rows(part);
        let scores: Vec<f64> = x.iter().map(|row| fitted.probability(row)).collect();
        let ranking = Ranking::new(&scores, &y);
        let auroc = ranking.auroc(&vec![1; y.len()]).unwrap_or(f64::NAN);
        let sort = if within { "of one article" } else { "of two articles" };
        let split = if part { "fit" } else { "test" };
        eprintln!("pairs {sort}, {split}: {}, AUROC {auroc:.3}", y.len());
    }
    let weights = names.iter().map(|(name, ..)| (*name).to_owned()).zip(fitted.weights).collect();
    Side { intercept: fitted.intercept, weights, shift: 0.0 }
}

/// F of the pairs of two articles that clustering takes for one event.
fn f_beta<'s>(stories: impl Iterator<Item = &'s Story>, weights: &Weights) -> f64 {
    let (mut right, mut wrong, mut missed) = (0.0, 0.0, 0.0);
    for story in stories {
        let happenings = part(&story.edges, weights, None);
        for edge in story.edges.iter().filter(|edge| !edge.within) {
            let united = happenings.get(&edge.a) == happenings.get(&edge.b);
            match (story.same(edge), united) {
                (Some(true), true) => right += 1.0,
                (Some(true), false) => missed += 1.0,
                (Some(false), true) => wrong += 1.0,
                _ => {}
            }
        }
    }
    let square = BETA * BETA;
    (1.0 + square) * right / ((1.0 + square) * right + square * missed + wrong)
}
