//! Natural language inference: does the premise entail the hypothesis, contradict it, or neither?

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;

/// Probabilities of the three NLI labels for one premise and one hypothesis; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NliScores {
    /// The premise entails the hypothesis.
    pub entailment: f32,
    /// Neither.
    pub neutral: f32,
    /// The premise contradicts the hypothesis.
    pub contradiction: f32,
}

/// One pair to score. The same text given twice is scored once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NliPair<'t> {
    /// The premise.
    pub premise: &'t str,
    /// The hypothesis.
    pub hypothesis: &'t str,
}

/// Scores premise–hypothesis pairs. Implementations keep the order of the input.
pub trait Scorer: Sync {
    /// A name for reports: the model's folder name.
    fn name(&self) -> &str;

    /// SHA-256 over the model's files: what a cache and a run manifest record.
    fn digest(&self) -> &str;

    /// Whether the model was validated on pairs of these two languages (BCP 47 codes).
    fn validated_for(&self, premise_language: &str, hypothesis_language: &str) -> bool;

    /// Scores every pair; `progress(done)` is called with the number of pairs done so far.
    fn score(
        &self,
        pairs: &[NliPair<'_>],
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<NliScores>>;
}

/// Opens a model folder in the Hugging Face layout.
pub fn open(_folder: &Path) -> Result<Box<dyn Scorer>> {
    todo!()
}

/// Opens the built-in model, which is part of the program.
pub fn builtin() -> Result<Box<dyn Scorer>> {
    todo!()
}
