//! Samples for human annotation: drawn by stratum, blinded, and scored when they come back.
//!
//! [`draw`] mixes findings with pairs that agree, in random order and with sides swapped at random, so that nothing
//! tells an annotator what the program thinks. [`score`] undoes the weights of the strata.

pub mod draw;
pub mod items;
pub mod score;
mod table;

use serde::Serialize;

/// What the program says of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Predicted {
    /// A contradiction.
    Conflict,
    /// The two agree.
    Agreement,
}

impl Predicted {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Predicted::Conflict => "conflict",
            Predicted::Agreement => "agreement",
        }
    }
}

/// What an annotator says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// The two sentences contradict each other.
    Yes,
    /// They do not.
    No,
    /// It cannot be told.
    Unclear,
}

impl Label {
    /// All labels.
    pub const ALL: [Label; 3] = [Label::Yes, Label::No, Label::Unclear];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Label::Yes => "yes",
            Label::No => "no",
            Label::Unclear => "unclear",
        }
    }

    /// Reads what stands in a cell, whatever its case and the space around it.
    pub fn read(cell: &str) -> Option<Self> {
        let cell = cell.trim().to_lowercase();
        Label::ALL.into_iter().find(|label| label.name() == cell)
    }
}
