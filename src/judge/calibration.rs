//! The judge's one model: a logistic regression over slot comparisons and NLI scores.
//!
//! Its weights are data (`models/*/calibration.json`), fitted by `crossclaim calibrate` on labelled pairs
//! and never typed by hand. The probability is the confidence of a finding.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::PairScores;
use crate::error::{Error, Result};
use crate::nli::Direction;

/// Fitted weights by feature name; a feature without a weight counts for nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Intercept, in log-odds.
    pub intercept: f64,
    /// Log-odds per unit of each feature.
    pub weights: BTreeMap<String, f64>,
    /// What of the two directions the NLI features hold.
    #[serde(default)]
    pub direction: Direction,
    /// Probability of a conflict that NLI alone sees; none where it was not fitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nli_alone: Option<NliAlone>,
    /// Added to the log-odds of contradictions: what changes when candidates of real corpora are judged, of
    /// which far fewer are conflicts than of labelled pairs.
    #[serde(default)]
    pub base_rate_shift: f64,
    /// What the weights were fitted on, for whoever reads the file.
    #[serde(default)]
    pub fitted_on: String,
}

/// Probability of a conflict from the NLI model's probability of contradiction: a line in log-odds (Platt
/// 1999), moved from the share of conflicts in the pairs it was fitted on to their share among candidates
/// (Saerens et al. 2002).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NliAlone {
    /// Log-odds where the model gives 0.5.
    pub intercept: f64,
    /// Log-odds per log-odds of the model.
    pub slope: f64,
    /// Share of conflicts in the pairs it was fitted on.
    pub share: f64,
    /// Share of conflicts among the candidate pairs of a corpus.
    pub base_rate: f64,
}

impl NliAlone {
    /// The probability that a candidate pair is a conflict.
    pub fn probability(&self, contradiction: f64) -> f64 {
        let shift = logit(self.base_rate) - logit(self.share);
        logistic(self.intercept + self.slope * logit(contradiction) + shift)
    }
}

/// The logistic function: log-odds to probability.
pub fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Log-odds of a probability, which is kept 1e-6 away from 0 and 1: what single precision resolves.
pub fn logit(probability: f64) -> f64 {
    let p = probability.clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln()
}

impl Calibration {
    /// The weights that ship with the built-in model.
    ///
    /// # Errors
    /// When the data file is malformed, which the crate's tests rule out.
    pub fn builtin() -> Result<Self> {
        Self::parse(
            "models/builtin/calibration.json",
            include_str!("../../models/builtin/calibration.json"),
        )
    }

    /// The weights for findings without an NLI model, and for models that were not calibrated: their scores
    /// are shown and count for nothing.
    ///
    /// # Errors
    /// When the data file is malformed, which the crate's tests rule out.
    pub fn without_nli() -> Result<Self> {
        Self::parse(
            "models/without-nli/calibration.json",
            include_str!("../../models/without-nli/calibration.json"),
        )
    }

    /// The weights that a model's folder holds in `calibration.json`; none where there is no such file, or
    /// one that has a temperature or languages alone.
    ///
    /// # Errors
    /// When the file is there and cannot be read, or its weights are malformed.
    pub fn of_model(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join("calibration.json");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                let remedy = REMEDY.to_owned();
                return Err(Error::Io { path, action: "read", source, remedy });
            }
        };
        let file = path.to_string_lossy();
        let keys: serde_json::Value =
            serde_json::from_str(&text).map_err(|problem| malformed(&file, &problem))?;
        if keys.get("weights").is_none() {
            return Ok(None);
        }
        Self::parse(&file, &text).map(Some)
    }

    /// Reads weights; `file` is named in errors.
    ///
    /// # Errors
    /// When `json` is no calibration.
    pub fn parse(file: &str, json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(|problem| malformed(file, &problem))
    }

    /// The probability that a careful reader agrees, for a finding with these features.
    pub fn probability(&self, features: &BTreeMap<String, f64>) -> f64 {
        let weight = |name: &String| self.weights.get(name).copied().unwrap_or(0.0);
        let odds: f64 =
            self.intercept + features.iter().map(|(name, value)| weight(name) * value).sum::<f64>();
        let contradiction = features.contains_key(CONTRADICTION);
        logistic(odds + if contradiction { self.base_rate_shift } else { 0.0 })
    }

    /// The same for pairs that somebody chose to compare: as many of them are conflicts as of labelled pairs, and
    /// not as few as of the candidates of a corpus.
    pub fn of_chosen_pairs(&self) -> Self {
        let alone = |nli: NliAlone| NliAlone { base_rate: nli.share, ..nli };
        Calibration { base_rate_shift: 0.0, nli_alone: self.nli_alone.map(alone), ..self.clone() }
    }

    /// The probability of a conflict that the NLI model alone sees; 0 where that was never fitted, or the
    /// model was not validated on the languages.
    pub fn nli_alone(&self, scores: &PairScores) -> f64 {
        let contradiction = self.direction.combine(scores.forward, scores.backward).contradiction;
        let fitted = self.nli_alone.as_ref().filter(|_| scores.validated);
        fitted.map_or(0.0, |alone| alone.probability(f64::from(contradiction)))
    }
}

/// Whether a feature can only speak for a finding (1), only against it (-1), or either (0): what is known before any fit.
/// A stronger difference, likelier identity, more in common and a model's word for a contradiction do not make a
/// conflict less sure; hedging, doubts and events that nothing but likeness holds together do not make it surer.
pub fn speaks_for(feature: &str) -> i8 {
    match feature {
        "strength" | "identity" | "same-happening" | "anchor" | "nli-contradiction" => 1,
        "slot-same-event" | "slot-exclusive" | "clause-contradiction" => 1,
        "hedged" | "lowered" | "loose" | "nli-entailment" => -1,
        _ => 0,
    }
}

/// The feature that contradictions have.
pub const CONTRADICTION: &str = "relation-contradiction";

const REMEDY: &str = "fit it again with `crossclaim calibrate`, or remove the file";

fn malformed(file: &str, problem: &serde_json::Error) -> Error {
    Error::Model { path: file.into(), problem: problem.to_string(), remedy: REMEDY.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rarer_conflict_is_less_probable_at_the_same_score() {
        let fitted = NliAlone { intercept: 0.0, slope: 1.0, share: 0.5, base_rate: 0.5 };
        assert!((fitted.probability(0.9) - 0.9).abs() < 1e-9);
        // Odds of 9 to 1 times 1 to 99.
        let rare = NliAlone { base_rate: 0.01, ..fitted };
        assert!((rare.probability(0.9) - 9.0 / 108.0).abs() < 1e-9);
    }

    #[test]
    fn of_chosen_pairs_as_many_are_conflicts_as_of_labelled_ones() -> Result<()> {
        let builtin = Calibration::builtin()?;
        let chosen = builtin.of_chosen_pairs();
        let probability = |c: &Calibration| c.nli_alone.map(|nli| nli.probability(0.9));
        assert!(probability(&chosen) > probability(&builtin));
        assert!(chosen.base_rate_shift.abs() < f64::EPSILON);
        Ok(())
    }

    #[test]
    fn the_base_rate_moves_contradictions_and_nothing_else() {
        let weights = BTreeMap::new();
        let judge = Calibration {
            intercept: 0.0,
            weights,
            direction: Direction::Mean,
            nli_alone: None,
            base_rate_shift: -1.0,
            fitted_on: String::new(),
        };
        let with = |name: &str| judge.probability(&BTreeMap::from([(name.to_owned(), 1.0)]));
        assert!((with(CONTRADICTION) - logistic(-1.0)).abs() < 1e-12);
        assert!((with("relation-update") - 0.5).abs() < 1e-12);
    }
}
