//! The judge's one model: a logistic regression over slot comparisons and NLI scores.
//!
//! Its weights are data (`models/*/calibration.json`), fitted by `scripts/fit_judge.py` on
//! labelled pairs and never typed by hand. The probability is the confidence of a finding.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Fitted weights by feature name; a feature without a weight counts for nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Intercept, in log-odds.
    pub intercept: f64,
    /// Log-odds per unit of each feature.
    pub weights: BTreeMap<String, f64>,
    /// What the weights were fitted on, for whoever reads the file.
    #[serde(default)]
    pub fitted_on: String,
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

    /// Reads weights; `file` is named in errors.
    ///
    /// # Errors
    /// When `json` is no calibration.
    pub fn parse(file: &str, json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(|problem| Error::Model {
            path: file.into(),
            problem: problem.to_string(),
            remedy: "fit it again with scripts/fit_judge.py".to_owned(),
        })
    }

    /// The probability that a careful reader agrees, for a finding with these features.
    pub fn probability(&self, features: &BTreeMap<String, f64>) -> f64 {
        let weight = |name: &String| self.weights.get(name).copied().unwrap_or(0.0);
        let odds: f64 =
            self.intercept + features.iter().map(|(name, value)| weight(name) * value).sum::<f64>();
        1.0 / (1.0 + (-odds).exp())
    }
}
