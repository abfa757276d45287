//! How far a sentence presents what it says as fact, after FactBank's distinctions.

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// Degree of factuality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactualityKind {
    /// Told as fact by the outlet.
    Asserted,
    /// Told as fact by a source that the outlet names.
    Reported,
    /// Held open: conditional, "peut-être", "reportedly".
    Hedged,
    /// Said not to be so.
    Denied,
    /// Future, intended, demanded, feared.
    Planned,
    /// Asked.
    Question,
}

/// A degree of factuality with the words that show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factuality {
    /// The degree.
    pub kind: FactualityKind,
    /// The words that show it; none for plain assertion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cue: Option<Span>,
}

impl Factuality {
    /// Plain assertion.
    pub fn asserted() -> Self {
        Factuality { kind: FactualityKind::Asserted, cue: None }
    }
}

/// The pack section `[factuality]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FactualitySection {}

/// Reads the degree of factuality in one language.
#[derive(Debug, Clone)]
pub struct FactualityReader {}

impl FactualityReader {
    /// Compiles the pack's `[factuality]` section.
    pub fn new(_pack: &crate::language::Pack) -> crate::error::Result<Self> {
        Ok(FactualityReader {})
    }

    /// The factuality of what the words at `focus` (an event's trigger, or a whole sentence)
    /// say, from the cues whose scope covers them; `attributed` tells that a source says it.
    pub fn read(
        &self,
        _text: &str,
        _tokens: &[crate::claim::tokens::Token],
        _focus: Span,
        attributed: bool,
    ) -> Factuality {
        Factuality {
            kind: if attributed { FactualityKind::Reported } else { FactualityKind::Asserted },
            cue: None,
        }
    }
}
