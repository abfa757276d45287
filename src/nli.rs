//! Natural language inference: does the premise entail the hypothesis, contradict it, or neither?
//!
//! One [`Scorer`] trait, and behind it:
//!
//! - [`NliModel`]: a transformer checkpoint in the Hugging Face layout. [`checkpoint`] reads and checks the
//!   folder, [`tokenize`] makes batches, a [`Backend`] of those in [`backend`] turns a batch into logits, and
//!   [`engine`] holds what every backend needs: pairs scored once, the short cut for identical sentences, softmax,
//!   the input's order.
//! - [`LexicalScorer`]: word overlap without a model, for `--model none` and as a baseline.
//! - [`CachedScorer`]: any of these behind a [`ScoreStore`], so that no pair is scored in two runs.
//!
//! A new backend implements [`Backend`] and is a [`BackendKind`]; nothing else moves.

use std::path::Path;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::error::Result;

pub mod backend;
pub mod batches;
mod builtin;
pub mod cache;
pub mod checkpoint;
pub(crate) mod contained;
mod direction;
pub mod engine;
pub mod lexical;
mod onnx;
pub mod tokenize;
pub mod vectors;

pub use backend::{BackendKind, Device};
pub use batches::Batching;
pub use cache::{CachedScorer, ScoreStore};
pub use checkpoint::{ModelOptions, parse_labels};
pub use direction::Direction;
pub use engine::NliModel;
pub use lexical::LexicalScorer;
pub use tokenize::Batch;
pub use vectors::WordVectors;

/// Probabilities of the three NLI labels for one premise and one hypothesis; they sum to 1. A model with two labels
/// gives the third 0: `not_entailment` and `not_contradiction` count as neutral ([`parse_labels`]).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NliScores {
    /// The premise entails the hypothesis.
    pub entailment: f32,
    /// Neither.
    pub neutral: f32,
    /// The premise contradicts the hypothesis.
    pub contradiction: f32,
}

impl NliScores {
    /// What a sentence says of itself. NLI models often call identical sentences contradictions, so they
    /// are not asked.
    pub const IDENTICAL: NliScores =
        NliScores { entailment: 1.0, neutral: 0.0, contradiction: 0.0 };

    /// The label with the highest probability; of equal ones the first in the order of [`Label`].
    pub fn label(&self) -> Label {
        if self.entailment >= self.neutral && self.entailment >= self.contradiction {
            Label::Entailment
        } else if self.neutral >= self.contradiction {
            Label::Neutral
        } else {
            Label::Contradiction
        }
    }
}

/// The three answers of an NLI model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// The premise entails the hypothesis.
    Entailment,
    /// Neither.
    Neutral,
    /// The premise contradicts the hypothesis.
    Contradiction,
}

impl Label {
    /// All three, in the order used throughout the crate.
    pub const ALL: [Label; 3] = [Label::Entailment, Label::Neutral, Label::Contradiction];

    /// Reads a label as checkpoints write it, in any case: `entailment`, `ENTAILMENT`, `entail`,
    /// `contradictory`, …; `None` for anything else, `not_entailment` and `LABEL_0` included.
    pub fn parse(text: &str) -> Option<Label> {
        let text = text.trim().to_lowercase();
        match text.as_str() {
            "neutral" | "neutrality" => Some(Label::Neutral),
            "entailment" | "entail" | "entails" | "entailed" => Some(Label::Entailment),
            "contradiction" | "contradict" | "contradicts" | "contradictory" => {
                Some(Label::Contradiction)
            }
            _ => None,
        }
    }
}

/// One pair to score. The same text given twice is scored once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NliPair<'t> {
    /// The premise.
    pub premise: &'t str,
    /// The hypothesis.
    pub hypothesis: &'t str,
}

/// What a scorer has done since it was opened. Counts, for `--verbose`, run manifests and tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreStats {
    /// Pairs asked for.
    pub asked: u64,
    /// Pairs of identical texts, answered without the model.
    pub identical: u64,
    /// Pairs whose scores came from a cache.
    #[serde(default)]
    pub cached: u64,
    /// Pairs the model has scored; a pair given twice counts once per call.
    pub scored: u64,
    /// Pairs of which an end was cut off, because they are longer than the model reads.
    pub truncated: u64,
    /// Batches run.
    pub batches: u64,
    /// Tokens in these batches, padding left out.
    pub tokens: u64,
    /// Padding in these batches, in tokens.
    pub padding: u64,
}

/// Scores premise–hypothesis pairs. Implementations keep the order of the input.
pub trait Scorer: Sync {
    /// A name for reports: the model's folder name.
    fn name(&self) -> &str;

    /// SHA-256 over all that scores depend on, the backend included
    /// ([`Checkpoint::digest`](checkpoint::Checkpoint::digest)): what a cache and a run manifest record.
    fn digest(&self) -> &str;

    /// Whether the model was validated on pairs of these two languages (BCP 47 codes).
    fn validated_for(&self, premise_language: &str, hypothesis_language: &str) -> bool;

    /// Scores every pair; `progress(done)` is called with the number of pairs done so far: never a smaller
    /// number than before, the last time with `pairs.len()`, from any thread but never from two at once.
    fn score(
        &self,
        pairs: &[NliPair<'_>],
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<NliScores>>;

    /// Scores every pair and calls `found(index, scores)` once for each as soon as it is known, in any order,
    /// from any thread but never from two at once. Where an error ends the work, what was found stays found.
    fn score_each(
        &self,
        pairs: &[NliPair<'_>],
        found: &(dyn Fn(usize, NliScores) + Sync),
    ) -> Result<()> {
        let scores = self.score(pairs, &|_| ())?;
        scores.into_iter().enumerate().for_each(|(index, scores)| found(index, scores));
        Ok(())
    }

    /// All that scores depend on beside the two texts, in one line: scorers of one identity give the same
    /// scores. `None` if scores are not worth keeping.
    fn identity(&self) -> Option<String> {
        None
    }

    /// What was done since the scorer was opened.
    fn stats(&self) -> ScoreStats {
        ScoreStats::default()
    }
}

/// Turns batches of token ids into logits: the one thing that differs between inference libraries.
pub trait Backend: Send + Sync {
    /// Whether the model reads token type ids; where it does not, batches come without them.
    fn wants_token_types(&self) -> bool;

    /// The library with its version, as part of [`Scorer::identity`].
    fn library(&self) -> String;

    /// Which batches suit it. Scores must not depend on the number of lanes.
    fn batching(&self) -> Batching {
        Batching::default()
    }

    /// Logits of shape (pairs of the batch × labels), columns in the checkpoint's own order of labels.
    ///
    /// # Errors
    ///
    /// A sentence without a path, which the caller completes: the model does not run, or its output is no
    /// such array. An error, never a panic, whatever the model file holds.
    fn logits(&self, batch: &Batch) -> std::result::Result<Array2<f32>, String>;

    /// As [`Backend::logits`], to the bit, for one of several batches that run at once: it should keep to the
    /// core that it is called on.
    ///
    /// # Errors
    ///
    /// As [`Backend::logits`].
    fn logits_in_lane(&self, batch: &Batch) -> std::result::Result<Array2<f32>, String> {
        self.logits(batch)
    }
}

/// Opens a model folder in the Hugging Face layout.
///
/// # Errors
///
/// [`Error::Model`](crate::error::Error::Model) if the folder or one of its files is missing, unreadable or no
/// NLI classifier; see [`checkpoint`] for what must be there.
pub fn open(folder: &Path) -> Result<Box<dyn Scorer>> {
    open_with(folder, &ModelOptions::default())
}

/// As [`open`], with labels, a longest input, a backend or a device of the caller's.
///
/// # Errors
///
/// As [`open`], and if the backend or the device is not there.
pub fn open_with(folder: &Path, options: &ModelOptions) -> Result<Box<dyn Scorer>> {
    Ok(Box::new(NliModel::open_with(folder, options)?))
}

/// Opens the built-in model, which is part of the program.
///
/// # Errors
///
/// [`Error::Model`](crate::error::Error::Model) as for [`open`].
pub fn builtin() -> Result<Box<dyn Scorer>> {
    builtin_with(&ModelOptions::default())
}

/// As [`builtin`], with options as for [`open_with`].
///
/// # Errors
///
/// As [`open_with`].
pub fn builtin_with(options: &ModelOptions) -> Result<Box<dyn Scorer>> {
    Ok(Box::new(NliModel::builtin_with(options)?))
}
