//! Judging: which scored pairs conflict, in which slot, in which relation, and how surely.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::claim::Attribution;
use crate::nli::NliScores;
use crate::span::Span;

/// What two claims disagree about. One documented rule each, in `docs/rules/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// When it happened.
    Time,
    /// Who did it, who helped.
    Actor,
    /// Which forces took part.
    Participant,
    /// How many, how much.
    Quantity,
    /// Where.
    Place,
    /// How it ended.
    Outcome,
    /// Whether it happened.
    Denial,
    /// NLI alone.
    Claim,
    /// For or against.
    Stance,
}

/// How two claims on one slot stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Both cannot hold of the same event.
    Contradiction,
    /// The accounts differ, and both can hold.
    DivergentAccount,
    /// Different states of one thing at different times.
    Update,
    /// The same source takes back what it said.
    Correction,
    /// One is coarser than the other.
    Granularity,
    /// One speaks of a larger whole.
    Scope,
    /// They agree.
    Compatible,
}

/// How much a conflict matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// For the record.
    Low,
    /// Worth a look.
    Medium,
    /// An editor should see it.
    High,
}

/// Between whom the finding lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voices {
    /// Both outlets speak in their own name.
    OutletOutlet,
    /// At least one side is a quoted source.
    SourceSource,
    /// An outlet in its own name against a quoted source.
    OutletSource,
    /// The same source on both sides.
    SameSource,
}

/// A text in the report's language: the id of a template in `report/locale/*.toml` and what fills it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Message {
    /// Template id.
    pub id: String,
    /// Values for the template's `{placeholders}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

impl Message {
    /// A message with the given values.
    pub fn new<const N: usize>(id: &str, values: [(&str, String); N]) -> Self {
        Message {
            id: id.to_owned(),
            values: values.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
        }
    }
}

/// One side of a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// The article's id.
    pub article: String,
    /// The outlet, or the article's id.
    pub outlet: String,
    /// The claim's id.
    pub claim: String,
    /// The article's publication date as far as known: `2017-11`, "2017-11 (assumed)".
    pub published: Option<String>,
    /// Where the sentence stands.
    pub span: Span,
    /// The sentence, byte for byte.
    pub sentence: String,
    /// The words that carry the value, as spans of the article's text, in order.
    pub evidence: Vec<Span>,
    /// The normalised value: `2017-11-08`, `[150, ∞) terrorists`, `hezbollah, iraq:forces`.
    pub value: String,
    /// The value as a reader should see it, in the report's language.
    pub value_label: Message,
    /// Quoted sources, outermost first.
    pub attribution: Vec<Attribution>,
    /// For `time`: the possible civil-date intervals, for the timeline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intervals: Vec<crate::claim::time::DateInterval>,
}

/// NLI scores of a pair, both ways.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairScores {
    /// Premise a, hypothesis b.
    pub forward: NliScores,
    /// Premise b, hypothesis a.
    pub backward: NliScores,
    /// The model was validated on this pair of languages.
    pub validated: bool,
}

/// A pair of claims with what lies between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// SHA-256 (first 16 hexadecimal digits) of kind and the two claims' folded text, sorted.
    pub fingerprint: String,
    /// The dossier's id.
    pub dossier: String,
    /// The question the two sides answer differently, in the report's language.
    pub question: Message,
    /// What they disagree about.
    pub kind: Kind,
    /// How they stand to each other.
    pub relation: Relation,
    /// Calibrated probability, 0–1, that a careful reader agrees with kind and relation.
    pub confidence: f64,
    /// How much it matters.
    pub severity: Severity,
    /// Between whom it lies.
    pub voices: Voices,
    /// The side whose article comes first by id.
    pub a: Side,
    /// The other side.
    pub b: Side,
    /// NLI scores, both ways; none where the pair was not scored.
    pub nli: Option<PairScores>,
    /// Why this relation, in sentences for a reader, most important first.
    pub why: Vec<Message>,
    /// What lowered the confidence.
    pub lowered: Vec<Message>,
    /// The judge's features and their values, for whoever wants to know.
    pub features: BTreeMap<String, f64>,
}
