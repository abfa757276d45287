//! Dossiers: one slot of one event as a question, with every position and all who hold it.

use serde::{Deserialize, Serialize};

use crate::claim::Attribution;
use crate::claim::time::DateInterval;
use crate::judge::{Kind, Message, Relation};
use crate::span::Span;

/// One question with its competing answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dossier {
    /// Id: cluster and slot, `capture:abou-kamal/time`.
    pub id: String,
    /// The question, in the report's language.
    pub question: Message,
    /// What is disputed.
    pub kind: Kind,
    /// The strongest relation among its findings.
    pub relation: Relation,
    /// The highest confidence among the findings of that relation.
    pub confidence: f64,
    /// The competing answers; the one with most independent origins first.
    pub positions: Vec<Position>,
    /// Indices into the report's findings, strongest first.
    pub findings: Vec<usize>,
    /// Remarks for the reader: "2017 assumed", "002 speaks of a second battle".
    pub notes: Vec<Message>,
}

/// One answer and all who give it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Normalised value.
    pub value: String,
    /// The value for a reader.
    pub label: Message,
    /// For `time`: possible civil-date intervals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intervals: Vec<DateInterval>,
    /// Number of independent origins among the holders.
    pub origins: usize,
    /// Who says so, by article.
    pub holders: Vec<Holder>,
}

/// One article that gives an answer, with the sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Holder {
    /// The article's id.
    pub article: String,
    /// The outlet, or the article's id.
    pub outlet: String,
    /// Where the sentence stands in the article's text.
    pub span: Span,
    /// The sentence, byte for byte.
    pub sentence: String,
    /// The words that carry the value, as spans of the article's text.
    pub evidence: Vec<Span>,
    /// Quoted sources, outermost first.
    pub attribution: Vec<Attribution>,
}
