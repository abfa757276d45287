//! Kind `quantity`: two numbers count the same thing of the same event, and their intervals
//! are disjoint. See `docs/rules/quantity.md`.

use super::context::{Comparison, Context};
use super::slots::Slot;
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
    let counts = &context.frames.counts;
    let counted = |side: &super::context::Party<'_>| {
        group_of(side.claim, side.value.evidence.first().copied()?)
    };
    if counts.victims.contains(of) && counted(&context.a) != counted(&context.b) {
        return None;
    }
    let (a, b) = (context.a.value.bounds, context.b.value.bounds);
    let values = context.labels();
    if !disjoint(a, b) {
        let relation = if a == b { Relation::Compatible } else { Relation::Granularity };
        return Some(Comparison::new(relation, 0.0, Message::new("quantity.overlap", values)));
    }
    let (sa, sb) = (&context.a.value.scope, &context.b.value.scope);
    if !sa.is_empty() && !sb.is_empty() && sa.is_disjoint(sb) {
        return Some(Comparison::new(
            Relation::Scope,
            0.2,
            Message::new("quantity.other-thing", values),
        ));
    }
    let grows = !counts.settled.contains(of);
    if context.same_source() {
        let relation = if grows { Relation::Update } else { Relation::Correction };
        let [a, b] = values;
        let why = Message::new("correction.same-source", [a, b, ("source", context.source_name())]);
        return Some(Comparison::new(relation, 0.5, why));
    }
    if grows && context.publication_gap().is_some_and(|days| days > 0) {
        return Some(Comparison::new(Relation::Update, 0.3, Message::new("update.figure", values)));
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

fn unit(value: &super::slots::SlotValue) -> Option<&String> {
    value.label.values.get("unit")
}

/// The group that a number counts, where the sentence names one right after it: soldiers,
/// civilians. None for people in general.
fn group_of(claim: &Claim, number: Span) -> Option<String> {
    claim
        .mentions
        .iter()
        .filter(|m| m.entity != PEOPLE)
        .find(|m| {
            m.kind == MentionKind::Group
                && m.span.end >= number.start
                && m.span.start <= number.end + 8
        })
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
