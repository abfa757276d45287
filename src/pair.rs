//! Candidate pairs: which claims of different articles are worth scoring, and why.

use serde::{Deserialize, Serialize};

/// Why two claims are a candidate pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason", content = "what")]
pub enum Reason {
    /// Both have an event of this cluster.
    SameEvent(String),
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
