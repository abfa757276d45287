//! Who says it: sources, their cues, and sources that quote sources.

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// One source of a claim. A claim's sources are kept outermost first: in "selon la chaîne, un
/// officier affirme", the channel, then the officer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// The source's name as written: "une source militaire", "Sana".
    pub source: String,
    /// Where the source is named; for a pronoun or an anaphor ("la source"), where it was named.
    pub source_span: Span,
    /// The cue word: "selon", "a indiqué".
    pub cue: String,
    /// Where the cue stands.
    pub span: Span,
    /// The stretch of text that the source vouches for.
    pub content: Span,
    /// The source is given no name ("une source", "officials").
    pub anonymous: bool,
    /// The entity's id across the corpus, once resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
}

/// The pack section `[attribution]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttributionSection {}

/// Finds sources in one language.
#[derive(Debug, Clone)]
pub struct AttributionReader {}

impl AttributionReader {
    /// Compiles the pack's `[attribution]` section.
    pub fn new(_pack: &crate::language::Pack) -> crate::error::Result<Self> {
        Ok(AttributionReader {})
    }

    /// The sources of each sentence of an article, outermost first. `sentences` holds each
    /// sentence's span and tokens, in order; a whole article is needed because "la source",
    /// "elle" and quotations that run over sentences look back.
    pub fn find(
        &self,
        _text: &str,
        sentences: &[(Span, Vec<crate::claim::tokens::Token>)],
    ) -> Vec<Vec<Attribution>> {
        vec![Vec::new(); sentences.len()]
    }
}
