//! The gates that keep a pair from being called a conflict, by name, so that an evaluation can leave one out
//! and see what it is worth (`crossclaim eval --ablate gate:NAME`). A report never leaves one out.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Only articles of one story are compared.
    SameStory,
    /// Only pairs of enough shared events, counts, names and words are compared.
    PairWeight,
    /// Only values of one event cluster compete.
    SameEvent,
    /// Claims that speak of happenings which an article itself tells apart are not compared.
    ToldApart,
    /// The two events must be likely enough to be one.
    Identity,
    /// Neither side is a plan, a question or a denial.
    PutForward,
    /// Dates far apart belong to two events of a kind that can recur.
    Recurrence,
    /// A word for a second event of the kind makes an update.
    SecondEvent,
    /// What a later article tells differently is an update.
    Later,
    /// At most three findings of one dossier between two articles.
    Crowding,
}

impl Gate {
    /// All gates, in the order in which a pair meets them.
    pub const ALL: [Gate; 10] = [
        Gate::SameStory,
        Gate::PairWeight,
        Gate::SameEvent,
        Gate::ToldApart,
        Gate::Identity,
        Gate::PutForward,
        Gate::Recurrence,
        Gate::SecondEvent,
        Gate::Later,
        Gate::Crowding,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Gate::SameStory => "same-story",
            Gate::PairWeight => "pair-weight",
            Gate::SameEvent => "same-event",
            Gate::ToldApart => "told-apart",
            Gate::Identity => "identity",
            Gate::PutForward => "put-forward",
            Gate::Recurrence => "recurrence",
            Gate::SecondEvent => "second-event",
            Gate::Later => "later",
            Gate::Crowding => "crowding",
        }
    }
}

/// What an evaluation leaves out of the tool, to see what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ablation {
    /// The comparison of slots: what is left is the NLI model alone.
    Slots,
    /// The NLI model: what is left are the slots.
    Nli,
    /// One gate.
    Gate(Gate),
}

impl std::fmt::Display for Ablation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ablation::Slots => f.write_str("slots"),
            Ablation::Nli => f.write_str("nli"),
            Ablation::Gate(gate) => write!(f, "gate:{}", gate.name()),
        }
    }
}

impl FromStr for Ablation {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let all = || {
            let gates = Gate::ALL.into_iter().map(Ablation::Gate);
            [Ablation::Slots, Ablation::Nli].into_iter().chain(gates)
        };
        all().find(|ablation| ablation.to_string() == name).ok_or_else(|| {
            let known: Vec<String> = all().map(|ablation| ablation.to_string()).collect();
            format!("nothing called `{name}` can be left out; use one of {}", known.join(", "))
        })
    }
}

/// The gates left open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Open(BTreeSet<Gate>);

impl Open {
    /// Whether a gate is open, so that everything passes it.
    pub fn has(&self, gate: Gate) -> bool {
        self.0.contains(&gate)
    }
}

impl Extend<Gate> for Open {
    fn extend<T: IntoIterator<Item = Gate>>(&mut self, gates: T) {
        self.0.extend(gates);
    }
}
