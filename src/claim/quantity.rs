//! Quantities: numbers as intervals, with what they count.

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// A number in a sentence: an interval of values, its unit, and what is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// Where the numeral stands, approximator and unit included.
    pub span: Span,
    /// As written.
    pub text: String,
    /// Smallest value, included; none for "moins de 40".
    pub low: Option<f64>,
    /// Largest value, included; none for "plus de 150".
    pub high: Option<f64>,
    /// The text rounds ("environ", "une vingtaine"): the interval already says how far.
    pub approximate: bool,
    /// `percent`, an ISO 4217 currency, or a unit of measure in its base form (`metre`,
    /// `kilogram`, `hour` …; values are converted to it). None for a plain count.
    pub unit: Option<String>,
    /// What is counted: a concept id shared by all languages (`dead`, `injured`, `missing`,
    /// `evacuated`, `votes` …), or else the folded head noun.
    pub of: Option<String>,
    /// Where the counted noun stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_span: Option<Span>,
}

/// The pack section `[quantity]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuantitySection {}

/// Finds quantities of one language.
#[derive(Debug, Clone)]
pub struct QuantityReader {}

impl QuantityReader {
    /// Compiles the pack's `[quantity]` section.
    pub fn new(_pack: &crate::language::Pack) -> crate::error::Result<Self> {
        Ok(QuantityReader {})
    }

    /// The quantities of one sentence, in order; numbers inside `dates` are none. `text` is the
    /// article's text, which the token spans point into.
    pub fn find(
        &self,
        _text: &str,
        _tokens: &[crate::claim::tokens::Token],
        _dates: &[Span],
    ) -> Vec<Quantity> {
        Vec::new()
    }
}
