//! Kind `quantity`: two numbers count the same thing of the same event, and their intervals
//! are disjoint. See `docs/rules/quantity.md`.

use std::collections::BTreeSet;

use super::context::{Comparison, Context};
use super::slots::{Slot, SlotValue, is_measure};
use super::{Message, Relation};
use crate::claim::{Claim, MentionKind};
use crate::span::Span;

/// The entity of people in general, the class `people` of the packs.
const PEOPLE: &str = "group:people";
/// Relative difference under which two numbers are one number told twice.
const SAME_WITHIN: f64 = 0.005;

/// Compares two counts.
pub fn compare(context: &Context<'_>) -> Option<Comparison> {
    let Slot::Quantity(of) = &context.a.value.slot else { return None };
    if !context.both_put_forward() || unit(context.a.value) != unit(context.b.value) {
        return None;
    }
    if context.loose && !of_one_thing(context) {
        return None;
    }
    let counts = &context.frames.counts;
    let counted = |side: &super::context::Party<'_>| group_of(side.claim, &side.value.evidence);
    // The names of groups are comparable within one language.
    let same_language = context.a.claim.language == context.b.claim.language;
    if counts.victims.contains(of) && same_language && counted(&context.a) != counted(&context.b) {
        return None;
    }
    let (a, b) = (context.a.value.bounds, context.b.value.bounds);
    let values = context.labels();
    if !disjoint(a, b) {
        // A number of which only the unit is known agrees with another by chance.
        if context.loose && is_measure(of) || context.a.value.slot != context.b.value.slot {
            return None;
        }
        let relation = if a == b { Relation::Compatible } else { Relation::Granularity };
        return Some(Comparison::new(relation, 0.0, Message::new("quantity.overlap", values)));
    }
    // Shares of two owners, and two sentences that have no name in common, nor any that the other's article
    // holds, count two things.
    if other_owners(context.a.value, context.b.value) || context.anchor.other_names {
        return None;
    }
    if other_whole(context.a.value, context.b.value) {
        // None is no part of some.
        if [a, b].contains(&(Some(0.0), Some(0.0))) {
            return None;
        }
        return Some(Comparison::new(
            Relation::Scope,
            0.2,
            Message::new("quantity.other-thing", values),
        ));
    }
    // A toll grows; how many took part in what happened on a day does not.
    let grows =
        !counts.settled.contains(of) && (counts.tallies.contains(of) || !context.anchor.day);
    if context.same_source() {
        let relation = if grows { Relation::Update } else { Relation::Correction };
        let [a, b] = values;
        let why = Message::new("correction.same-source", [a, b, ("source", context.source_name())]);
        return Some(Comparison::new(relation, 0.5, why));
    }
    if grows && context.publication_gap().is_some_and(|days| days > 0) {
        let a_first = context.published_first().unwrap_or(true);
        let [earlier, later] = if a_first { [a, b] } else { [b, a] };
        // A toll is revised, but does not fall to a fraction: that counts something else.
        if counts.tallies.contains(of) && falls_by_half(earlier, later) {
            return None;
        }
        let [(_, a), (_, b)] = values;
        let told = if a_first { [("a", a), ("b", b)] } else { [("a", b), ("b", a)] };
        return Some(Comparison::new(Relation::Update, 0.3, Message::new("update.figure", told)));
    }
    // Held open, and by what the sentences share alone: two estimates.
    let held_open = |party: &super::context::Party<'_>| party.value.factuality.hedge.is_some();
    if context.loose && (held_open(&context.a) || held_open(&context.b)) {
        let why = Message::new("quantity.disjoint", values);
        return Some(Comparison::new(Relation::DivergentAccount, gap(a, b), why));
    }
    let mut comparison = Comparison::new(
        Relation::Contradiction,
        gap(a, b),
        Message::new("quantity.disjoint", values),
    );
    if grows && !context.same_day() {
        comparison.lowered.push(context.unknown_date());
    }
    Some(comparison)
}

/// Whether all of the later interval lies below half of the earlier one.
fn falls_by_half(earlier: (Option<f64>, Option<f64>), later: (Option<f64>, Option<f64>)) -> bool {
    matches!((earlier.0, later.1), (Some(low), Some(high)) if high < low / 2.0)
}

/// Concepts that say so little that the sentences must say the rest.
const VAGUE: [&str; 6] = ["people", "men", "women", "children", "points", "vehicles"];
/// What sentences must share for counts of no common event.
const MIN_ANCHOR: f64 = 1.2;
/// And in words, where the counts say little by themselves.
const MIN_WORDS: f64 = 0.9;

/// Whether two counts that no event cluster holds together count one thing.
fn of_one_thing(context: &Context<'_>) -> bool {
    if context.anchor.apart() || context.anchor.score() < MIN_ANCHOR {
        return false;
    }
    let slot = |value: &SlotValue| match &value.slot {
        Slot::Quantity(of) => of.clone(),
        _ => String::new(),
    };
    let (a, b) = (slot(context.a.value), slot(context.b.value));
    let says_little = |of: &str| is_measure(of) || VAGUE.contains(&of);
    let vague = says_little(&a) || says_little(&b);
    // The only number of its unit in either sentence.
    let alone = |party: &super::context::Party<'_>| {
        let units = party.claim.quantities.iter().map(|q| q.unit.clone().unwrap_or_default());
        units.filter(|u| Some(u) == unit(party.value)).count() == 1
    };
    let common = context.anchor.words >= MIN_WORDS || context.anchor.event;
    if vague { common && alone(&context.a) && alone(&context.b) } else { common || a == b }
}

/// Whether two counts are the shares of different owners.
fn other_owners(a: &SlotValue, b: &SlotValue) -> bool {
    apart(&a.owners, &b.owners)
}

/// Whether two counts are said of different places, or of wholes of different levels (a town and its district).
fn other_whole(a: &SlotValue, b: &SlotValue) -> bool {
    let levels = matches!((&a.level, &b.level), (Some(a), Some(b)) if a != b);
    // Two numbers of a story that are said of no place are of the same.
    let places = (a.scoped || b.scoped) && apart(&a.scope, &b.scope);
    // Whose share it is says of what.
    let shares = !a.owners.is_empty() && !b.owners.is_empty();
    levels || places && !(shares && !(a.scoped && b.scoped))
}

fn apart(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    !a.is_empty() && !b.is_empty() && a.is_disjoint(b)
}

fn unit(value: &SlotValue) -> Option<&String> {
    value.label.values.get("unit")
}

/// Bytes between a number and the group that it counts: "eleven government soldiers".
const NOUN_PHRASE: usize = 24;

/// The group that a number counts, where the sentence names one in the same noun phrase: soldiers,
/// civilians. None for people in general, and where the noun only says what is counted ("14 dead"). `evidence` is the
/// number, and the words that say what it counts.
fn group_of(claim: &Claim, evidence: &[Span]) -> Option<String> {
    let number = *evidence.first()?;
    let is_concept = |group: Span| evidence.iter().any(|span| span.overlaps(&group));
    let in_phrase = |group: Span| {
        let between = Span::new(number.end, group.start.max(number.end)).of_claim(claim);
        group.end >= number.start
            && between.len() <= NOUN_PHRASE
            && !between.contains([',', ';', '(', '،'])
    };
    claim
        .mentions
        .iter()
        .filter(|m| m.entity != PEOPLE && m.kind == MentionKind::Group && !is_concept(m.span))
        .find(|m| in_phrase(m.span))
        .map(|m| m.entity.clone())
}

fn disjoint(a: (Option<f64>, Option<f64>), b: (Option<f64>, Option<f64>)) -> bool {
    let below = |high: Option<f64>, low: Option<f64>| match (high, low) {
        (Some(high), Some(low)) => low - high > SAME_WITHIN * low.abs().max(high.abs()),
        _ => false,
    };
    below(a.1, b.0) || below(b.1, a.0)
}

/// How far the intervals lie apart, relative to the larger number: 0–1.
fn gap(a: (Option<f64>, Option<f64>), b: (Option<f64>, Option<f64>)) -> f64 {
    let distance = |high: Option<f64>, low: Option<f64>| match (high, low) {
        (Some(high), Some(low)) if low > high => Some((low - high) / low.abs().max(1.0)),
        _ => None,
    };
    distance(a.1, b.0).or_else(|| distance(b.1, a.0)).unwrap_or(0.0).clamp(0.0, 1.0).sqrt()
}
