//! The judge on labelled pairs: each pair is told as two articles of one sentence, of one story.

use super::labelled::{LabelledPair, Told};
use crate::article::ingest::detect_language;
use crate::article::{Article, DateSource};
use crate::error::Result;
use crate::judge::fingerprint::hex;
use crate::judge::{Finding, Relation};
use crate::nli::NliScores;
use crate::pipeline::{Pipeline, Stages};
use crate::span::Span;

/// The two articles of a pair, `a` and `b`; a language that is not told is one of `known`, if any fits.
pub fn articles(pair: &LabelledPair, known: &[&str]) -> Vec<Article> {
    let article = |id: &str, text: &str, told: &Told| Article {
        id: id.to_owned(),
        path: String::new(),
        outlet: told.outlet.clone(),
        title: None,
        url: None,
        country: None,
        editorial: Default::default(),
        language: told.language.clone().unwrap_or_else(|| detect_language(text, known)),
        date: told.date,
        date_source: if told.date.is_some() { DateSource::Metadata } else { DateSource::Unknown },
        body: Span::new(0, text.len()),
        layout: Default::default(),
        cut: false,
        hash: hex(text),
        text: text.to_owned(),
    };
    vec![article("a", &pair.premise, &pair.told_a), article("b", &pair.hypothesis, &pair.told_b)]
}

/// Runs the whole pipeline on every pair. `pipeline` must take all articles for one story.
///
/// # Errors
/// When the model cannot score.
pub fn run(
    pipeline: &Pipeline,
    pairs: &[LabelledPair],
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Stages>> {
    let known: Vec<&str> = pipeline.languages.codes().collect();
    // One after the other: each run has parallel stages of its own, and a thread that waits for one of them
    // would take up the next pair on top of it, as deep as there are pairs.
    pairs
        .iter()
        .enumerate()
        .map(|(number, pair)| {
            let stages = pipeline.run(articles(pair, &known), &|_, _| ())?;
            progress(number + 1);
            Ok(stages)
        })
        .collect()
}

/// The strongest contradiction that a run shows.
pub fn contradiction(findings: &[Finding]) -> Option<&Finding> {
    let shown = findings.iter().filter(|f| f.relation == Relation::Contradiction);
    shown.max_by(|x, y| x.confidence.total_cmp(&y.confidence))
}

/// What the judge says of a pair: the confidence of the strongest contradiction shown; where none is, half of how
/// probable a conflict is by NLI alone, as what is not shown is not held to be one; 0 without a model. Where a text has
/// several sentences the pair that NLI finds most probable counts.
pub fn probability(pipeline: &Pipeline, stages: &Stages) -> f64 {
    if let Some(finding) = contradiction(&stages.findings) {
        return finding.confidence;
    }
    let alone = stages.scored.iter().filter_map(|scored| scored.nli.as_ref());
    alone.map(|nli| pipeline.calibration.nli_alone(nli)).fold(0.0, f64::max) / 2.0
}

/// The judge's answer as scores: what is no contradiction is neutral.
pub fn scores(probability: f64) -> NliScores {
    let contradiction = probability as f32;
    NliScores { entailment: 0.0, neutral: 1.0 - contradiction, contradiction }
}
