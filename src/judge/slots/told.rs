//! Values of what a sentence tells in no frame: the dates and places that its predicates govern.

use std::collections::BTreeSet;

use super::{Slot, SlotValue, put_forward, time};
use crate::claim::predicates::Predicate;
use crate::claim::{Claim, Mention, MentionKind};
use crate::judge::Message;
use crate::resolve::Corpus;
use crate::resolve::clusters::is_specific;
use crate::span::Span;

/// When and where what a sentence says in no frame took place: the dates and places that its predicates govern.
pub(super) fn told_by_predicates(corpus: &Corpus, c: usize) -> Vec<SlotValue> {
    let claim = &corpus.claims[c];
    let assumed = corpus.article_of(claim).and_then(|a| a.assumed.as_deref());
    let framed = |span: Span| claim.events.iter().any(|event| event.trigger.overlaps(&span));
    let predicates = claim.predicates.iter().enumerate();
    let told = predicates.filter(|(_, p)| p.finite && !p.negated && !framed(p.span));
    told.flat_map(|(at, predicate)| {
        let blank = SlotValue {
            predicate: Some(at),
            evidence: vec![predicate.span],
            factuality: put_forward(&predicate.factuality),
            loose: true,
            ..SlotValue::of_sentence(corpus, c, Slot::Time)
        };
        let mut times: Vec<usize> = predicate.arguments.iter().filter_map(|a| a.time).collect();
        if times.is_empty() && predicate.relation == "root" {
            times = free_times(claim);
        }
        let place = place_of_predicate(corpus, claim, predicate, &blank);
        time(claim, &times, assumed, &blank).into_iter().chain(place)
    })
    .collect()
}

/// The times that the sentence's tree hangs on no predicate and that date no event: they date what the sentence says.
fn free_times(claim: &Claim) -> Vec<usize> {
    let held = |time: &usize| {
        claim.predicates.iter().any(|p| p.arguments.iter().any(|a| a.time == Some(*time)))
            || claim.events.iter().any(|event| event.times.contains(time))
    };
    (0..claim.times.len()).filter(|time| !held(time)).collect()
}

/// The one place that a predicate names for what it tells.
fn place_of_predicate(
    corpus: &Corpus,
    claim: &Claim,
    predicate: &Predicate,
    blank: &SlotValue,
) -> Option<SlotValue> {
    let named =
        predicate.arguments.iter().filter(|a| a.relation == "obl" && a.preposition.is_some());
    let places: Vec<&Mention> = named
        .filter_map(|argument| claim.mentions.get(argument.mention?))
        .filter(|m| m.kind == MentionKind::Place && is_specific(&m.entity))
        .collect();
    let [place] = places.as_slice() else { return None };
    Some(SlotValue {
        slot: Slot::Place,
        value: place.entity.clone(),
        label: Message::new("value.text", [("text", corpus.name_of(&place.entity).to_owned())]),
        evidence: vec![predicate.span, place.span],
        scope: BTreeSet::from([place.entity.clone()]),
        ..blank.clone()
    })
}
