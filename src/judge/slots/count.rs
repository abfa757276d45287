//! Values of counts: what a number counts, of which place, and whose share it is.

use std::collections::{BTreeMap, BTreeSet};

use super::{Slot, SlotValue, put_forward, told_of};
use crate::claim::predicates::{Argument, Predicate};
use crate::claim::{Claim, Event, FactualityKind, MentionKind, Quantity};
use crate::judge::Message;
use crate::language::frames::Frames;
use crate::resolve::clusters::{bounds, gap_days, is_specific};
use crate::resolve::stories::STORY_WINDOW_DAYS;
use crate::resolve::{Corpus, CorpusArticle, EventRef};
use crate::span::Span;

/// What a quantity is called of which only the unit is known.
pub fn is_measure(of: &str) -> bool {
    const MEASURES: [&str; 9] = [
        "money",
        "distance",
        "duration",
        "area",
        "volume",
        "weight",
        "speed",
        "percent",
        "temperature",
    ];
    MEASURES.contains(&of)
}

/// The level, of those in the packs, of a place that is named without a word for its level.
const NAMED_PLACE: &str = "municipality";

/// "In November 1987 the same river left two dead": a number of another event of the kind. A date that another
/// predicate governs ("the books closed on 31 December") says nothing of the number's event.
fn speaks_of_long_ago(claim: &Claim, quantity: usize, article: &CorpusArticle) -> bool {
    let Some(published) = bounds(&article.publication) else { return false };
    let governs = |wanted: &dyn Fn(&Argument) -> bool| {
        claim.predicates.iter().position(|p| p.arguments.iter().any(wanted))
    };
    let times = claim.times.iter().enumerate().filter(|(_, t)| t.dates_an_event());
    times.into_iter().any(|(at, time)| {
        let dating = governs(&|a: &Argument| a.time == Some(at));
        let of_another = dating.is_some_and(|at| describes(&claim.predicates[at], quantity));
        let long_ago = |date| gap_days(&date, &published) > STORY_WINDOW_DAYS;
        !of_another && bounds(&time.intervals).is_some_and(long_ago)
    })
}

/// Whether a predicate is that of a clause that describes a noun, and the number stands outside of it.
fn describes(predicate: &Predicate, quantity: usize) -> bool {
    predicate.relation.starts_with("acl")
        && !predicate.arguments.iter().any(|a| a.quantity == Some(quantity))
}

/// What a quantity counts: what the event it stands in says, for people and percentages of which nothing else
/// is said; the reader's concept or noun; or else what its unit measures.
fn counted(
    claim: &Claim,
    quantity: &Quantity,
    event: Option<&Event>,
    frames: &Frames,
) -> Option<String> {
    let of_people = || {
        let group = |m: &&crate::claim::Mention| m.kind == MentionKind::Group;
        let counted = quantity.of_span.unwrap_or(quantity.span);
        claim.mentions.iter().filter(group).any(|m| m.span.overlaps(&counted))
            || quantity.of.as_deref() == Some("people")
    };
    let unit = quantity.unit.as_deref();
    let by_event = event.and_then(|event| match unit {
        None if of_people() => frames.counts.people_of.get(&event.kind),
        Some("percent") if quantity.of.is_none() => frames.counts.percent_of.get(&event.kind),
        _ => None,
    });
    let known = quantity.of.as_ref().filter(|of| frames.counts.victims.contains(of));
    known.or(by_event).or(quantity.of.as_ref()).cloned().or_else(|| {
        let measured = match unit? {
            "percent" => "percent",
            "metre" => "distance",
            "hectare" => "area",
            "litre" => "volume",
            "kilogram" => "weight",
            "kilometre-per-hour" => "speed",
            "celsius" => "temperature",
            "minute" | "hour" => "duration",
            money if money.len() == 3 && money.chars().all(|c| c.is_ascii_uppercase()) => "money",
            _ => return None,
        };
        Some(measured.to_owned())
    })
}

/// A count, said of places and owners.
pub(super) fn count(
    corpus: &Corpus,
    c: usize,
    quantity: &Quantity,
    places: &[String],
    frames: &Frames,
    cluster_of: &BTreeMap<EventRef, usize>,
) -> Option<SlotValue> {
    let claim = &corpus.claims[c];
    if quantity.increment {
        return None;
    }
    let article = corpus.article_of(claim)?;
    let index = claim.quantities.iter().position(|q| q == quantity)?;
    let event = claim.events.iter().position(|event| event.quantities.contains(&index));
    let of = counted(claim, quantity, event.map(|e| &claim.events[e]), frames)?;
    let frame = event.and_then(|e| frames.get(&claim.events[e].kind));
    let factuality = match (event, frame) {
        (Some(e), Some(frame)) => told_of(frame, &claim.events[e].factuality),
        _ => put_forward(event.map_or(&quantity.factuality, |e| &claim.events[e].factuality)),
    };
    if speaks_of_long_ago(claim, index, article) {
        return None;
    }
    let owners = if frames.counts.shares.contains(&of) {
        share_owners(claim, quantity)
    } else {
        BTreeSet::new()
    };
    let tally = frames.counts.tallies.contains(&of);
    let story = format!("story-{}", article.story);
    let (about, loose) = match event.and_then(|e| cluster_of.get(&EventRef { claim: c, event: e }))
    {
        // Any other count is compared inside one event, or where the sentences share enough.
        Some(&cluster) if !tally => {
            let cluster = &corpus.clusters[cluster];
            (cluster.id.clone(), cluster.theme.is_none())
        }
        None if !tally => (story, true),
        // What never grows tells two events of one story apart: a quake's magnitude, its aftershock's. A share is
        // told apart by its owner.
        _ => (story, event.is_none() && owners.is_empty() && frames.counts.is_of_events(&of)),
    };
    // The place that a number is said of: the nearest one in its sentence that is not of its source, or of a clause
    // about somebody ("who teaches politics in X").
    let elsewhere = |place: Span| {
        claim.attribution.iter().any(|source| source.source_span.contains(&place))
            || claim
                .predicates
                .iter()
                .any(|p| describes(p, index) && p.arguments.iter().any(|a| a.span.contains(&place)))
    };
    let named = claim
        .mentions
        .iter()
        .filter(|m| m.kind == MentionKind::Place && is_specific(&m.entity))
        .filter(|m| !elsewhere(m.span))
        .min_by_key(|m| distance(m.span, quantity.span))
        .map(|m| m.entity.clone());
    let names_any =
        claim.mentions.iter().any(|m| matches!(m.kind, MentionKind::Place | MentionKind::Name));
    let level = quantity.level.clone().or_else(|| names_any.then(|| NAMED_PLACE.to_owned()));
    let mut scope: BTreeSet<String> = named.into_iter().collect();
    let scoped = !scope.is_empty();
    if !scoped {
        scope.extend(places.iter().cloned());
    }
    let show = |bound: Option<f64>| bound.map_or(String::new(), |n| format!("{n}"));
    let unit = quantity.unit.clone().unwrap_or_default();
    let value = format!(
        "{}..{}{}{} {of}",
        show(quantity.low),
        show(quantity.high),
        if unit.is_empty() { "" } else { " " },
        unit
    );
    let mut evidence = vec![quantity.span];
    evidence.extend(quantity.of_span);
    evidence.sort();
    Some(SlotValue {
        claim: c,
        event,
        about,
        slot: Slot::Quantity(of.clone()),
        value,
        label: Message::new(
            "value.quantity",
            [
                ("low", show(quantity.low)),
                ("high", show(quantity.high)),
                ("unit", unit),
                // "52%", and not "52% percent".
                ("of", if is_measure(&of) { String::new() } else { of }),
                ("written", quantity.text.clone()),
            ],
        ),
        evidence,
        bounds: (quantity.low, quantity.high),
        scope,
        scoped,
        level,
        owners,
        negated: factuality.kind == FactualityKind::Denied,
        factuality,
        loose,
        ..SlotValue::of_sentence(corpus, c, Slot::Denial)
    })
}

/// Bytes between two spans.
fn distance(a: Span, b: Span) -> usize {
    if a.end <= b.start { b.start - a.end } else { a.start.saturating_sub(b.end) }
}

/// The persons, parties or companies whose share a number may be: the nearest name, and any name of the
/// sentence where it is the only share in it (that of the list, or of its leader).
fn share_owners(claim: &Claim, share: &Quantity) -> BTreeSet<String> {
    let alone = claim.quantities.iter().filter(|q| q.of == share.of).count() == 1;
    let names = claim
        .mentions
        .iter()
        .filter(|m| m.kind != MentionKind::Place && !m.entity.starts_with("group:"));
    let nearest = names.clone().min_by_key(|m| {
        // What stands before a number owns it more often than what follows.
        if m.span.end <= share.span.start {
            share.span.start - m.span.end
        } else {
            (m.span.start.saturating_sub(share.span.end)) * 2
        }
    });
    if alone {
        names.map(|m| m.entity.clone()).collect()
    } else {
        nearest.map(|m| m.entity.clone()).into_iter().collect()
    }
}
