//! Where a conflict that is not shown was lost: the first stage after which it could not be shown any more, and the
//! gates that alone keep it back.

use std::collections::BTreeMap;

use serde::Serialize;

use super::gold::{Conflict, Quote};
use crate::claim::Claim;
use crate::judge::gates::Gate;
use crate::judge::slots::{Slot, SlotValue};
use crate::pipeline::Stages;

/// The first stage after which a conflict can no longer be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lost {
    /// No sentence of the article holds the words of the annotation.
    Sentence,
    /// The two articles were taken to tell two stories.
    Story,
    /// The two sentences were no candidate pair.
    Pair,
    /// One sentence gives no value to any slot.
    Value,
    /// Both give values, and none to one slot.
    Slot,
    /// Values of one slot are taken to be about two events.
    Event,
    /// The rule compares the values, and sees no conflict.
    Rule,
    /// A finding is shown with another kind or relation.
    Relation,
}

impl Lost {
    /// All stages, in their order.
    pub const ALL: [Lost; 8] = [
        Lost::Sentence,
        Lost::Story,
        Lost::Pair,
        Lost::Value,
        Lost::Slot,
        Lost::Event,
        Lost::Rule,
        Lost::Relation,
    ];
}

/// A conflict that is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missed {
    /// Its name in the annotation.
    pub id: String,
    /// Where it was lost.
    pub lost: Lost,
    /// The gates of which each alone, left open, lets it through.
    pub gates: Vec<Gate>,
}

/// All conflicts of a set that are not shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Losses {
    /// Conflicts of the set.
    pub conflicts: usize,
    /// Those not shown.
    pub missed: Vec<Missed>,
    /// What is shown as a conflict and is none.
    pub wrongly_shown: usize,
}

impl Losses {
    /// How many were lost at a stage.
    pub fn at(&self, stage: Lost) -> usize {
        self.missed.iter().filter(|missed| missed.lost == stage).count()
    }

    /// How many each gate alone keeps back.
    pub fn by_gate(&self) -> BTreeMap<Gate, usize> {
        let mut by_gate = BTreeMap::new();
        for gate in self.missed.iter().flat_map(|missed| &missed.gates) {
            *by_gate.entry(*gate).or_default() += 1;
        }
        by_gate
    }

    /// Adds another set's.
    pub fn extend(&mut self, other: &Losses) {
        self.conflicts += other.conflicts;
        self.wrongly_shown += other.wrongly_shown;
        self.missed.extend(other.missed.iter().cloned());
    }
}

/// Where a conflict of an annotation was lost that a run does not show.
pub fn conflict(stages: &Stages, conflict: &Conflict) -> Lost {
    let on = |quote: &Quote| {
        claims(stages, |claim| quote.is_in(&claim.article, &claim.text)).collect::<Vec<_>>()
    };
    between(stages, &on(&conflict.a), &on(&conflict.b))
}

/// Where the conflict of two articles of a sentence each was lost, as [`super::judged`] tells a labelled pair.
pub fn pair(stages: &Stages) -> Lost {
    let of = |article: &str| claims(stages, |claim| claim.article == article).collect::<Vec<_>>();
    between(stages, &of("a"), &of("b"))
}

fn claims<'s>(
    stages: &'s Stages,
    wanted: impl Fn(&Claim) -> bool + 's,
) -> impl Iterator<Item = usize> + 's {
    let all = stages.corpus.claims.iter().enumerate();
    all.filter(move |(_, claim)| wanted(claim)).map(|(at, _)| at)
}

/// Between two sides, each given by indices of claims.
fn between(stages: &Stages, a: &[usize], b: &[usize]) -> Lost {
    let corpus = &stages.corpus;
    let any =
        |same: &dyn Fn(usize, usize) -> bool| a.iter().any(|&x| b.iter().any(|&y| same(x, y)));
    if a.is_empty() || b.is_empty() {
        return Lost::Sentence;
    }
    let story = |claim: usize| corpus.article_of(&corpus.claims[claim]).map(|a| a.story);
    if !any(&|x, y| story(x) == story(y)) {
        return Lost::Story;
    }
    let scored = |x: usize, y: usize| {
        let pair = (x.min(y), x.max(y));
        stages.scored.iter().any(|scored| (scored.pair.a, scored.pair.b) == pair)
    };
    if !any(&scored) {
        return Lost::Pair;
    }
    let finding = |x: usize, y: usize| {
        let (x, y) = (&corpus.claims[x].id, &corpus.claims[y].id);
        let pair = |f: &crate::judge::Finding| {
            (&f.a.claim, &f.b.claim) == (x, y) || (&f.a.claim, &f.b.claim) == (y, x)
        };
        stages.findings.iter().any(pair)
    };
    if any(&finding) {
        return Lost::Relation;
    }
    let values = |side: &[usize]| -> Vec<&SlotValue> {
        let compared = stages.values.iter().filter(|value| value.slot != Slot::Claim);
        compared.filter(|value| side.contains(&value.claim)).collect()
    };
    let (a, b) = (values(a), values(b));
    let meet = |same: &dyn Fn(&SlotValue, &SlotValue) -> bool| {
        a.iter().any(|x| b.iter().any(|y| same(x, y)))
    };
    if a.is_empty() || b.is_empty() {
        Lost::Value
    } else if !meet(&|x, y| x.slot == y.slot) {
        Lost::Slot
    } else if !meet(&|x, y| x.slot == y.slot && x.about == y.about) {
        Lost::Event
    } else {
        Lost::Rule
    }
}
