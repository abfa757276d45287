//! Kind `denial`: one says that it happened, the other that it did not. See
//! `docs/rules/denial.md`.

use super::context::{Comparison, Context, Party};
use super::slots::SlotValue;
use super::{Message, Relation};
use crate::claim::time::disjoint_probability;
use crate::claim::{FactualityKind, Role};
use crate::resolve::clusters::bounds;

/// Identity that the two events need.
const MIN_IDENTITY: f64 = 0.45;

/// How many sentences before a quotation its speaker may be named.
const SPEAKER: usize = 2;

/// Whether the denial is a source's of its own deed ("I ordered nothing, says the mayor") while
/// the other account names someone else as the doer.
fn denies_another(context: &Context<'_>, denier: &Party<'_>) -> bool {
    let affirmer = if context.a.value.negated { context.b } else { context.a };
    let agents = |side: &Party<'_>| -> Vec<String> {
        let roles = side.event().and_then(|event| event.roles.get(&Role::Agent));
        roles.into_iter().flatten().map(|p| p.text.to_lowercase()).collect()
    };
    let (doers, denied) = (agents(&affirmer), agents(denier));
    if doers.is_empty() || !denied.is_empty() {
        return false;
    }
    let names_doer = |text: &str| {
        let text = text.to_lowercase();
        let mut words = doers.iter().flat_map(|doer| doer.split_whitespace());
        words.any(|word| word.chars().count() > 3 && text.contains(word))
    };
    // A quotation without a known speaker may be anyone's, but for whom the sentences before it name.
    let Some(source) = denier.claim.attribution.last() else {
        let quoted = denier.claim.text.contains(['«', '“', '"', '„', '»']);
        let before = context.corpus.claims.iter().filter(|claim| {
            let back = denier.claim.sentence.checked_sub(claim.sentence);
            claim.article == denier.claim.article && back.is_some_and(|n| n > 0 && n <= SPEAKER)
        });
        // "The water authority denied that it had ordered …": whom the sentence itself names first.
        let subject = denier.claim.predicates.first().and_then(|p| p.doers().next());
        if let Some(subject) = subject.filter(|subject| !quoted && subject.mention.is_some()) {
            return !names_doer(subject.span.of_claim(denier.claim));
        }
        return quoted && !before.into_iter().any(|claim| names_doer(&claim.text));
    };
    !names_doer(&source.source)
}

/// Compares an affirmation with a denial.
pub fn compare(context: &Context<'_>) -> Option<Comparison> {
    let (a, b) = (context.a.value, context.b.value);
    if !(a.negated || b.negated) || context.identity() < MIN_IDENTITY {
        return None;
    }
    if a.negated && b.negated {
        return Some(Comparison::agreement(context.labels()));
    }
    let put_forward = |value: &SlotValue| {
        value.negated
            || !matches!(value.factuality.kind, FactualityKind::Planned | FactualityKind::Question)
    };
    if !put_forward(a) || !put_forward(b) {
        return None;
    }
    // "Not yet taken on Monday" and "taken on Thursday" are two states.
    let dates = |side: &super::context::Party<'_>| {
        let event = side.event()?;
        let time = event.times.first().and_then(|&t| side.claim.times.get(t))?;
        Some(time.intervals.clone())
    };
    if let (Some(da), Some(db)) = (dates(&context.a), dates(&context.b))
        && disjoint_probability(&da, &db) > 0.5
    {
        return None;
    }
    let denier = if a.negated { context.a } else { context.b };
    let word = denier
        .event()
        .and_then(|event| event.factuality.cue)
        .unwrap_or(denier.value.evidence[0])
        .of_claim(denier.claim)
        .to_owned();
    if denies_another(context, &denier) {
        return None;
    }
    let outlet = denier.article.article.outlet_name().to_owned();
    let why = Message::new("denial.denied", [("outlet", outlet), ("word", word)]);
    // "Has not conceded", and a day later "conceded": the denial came first, and no longer holds.
    let affirmer = if a.negated { context.b } else { context.a };
    let overtaken = context.publication_gap().is_some_and(|days| days > 0)
        && bounds(&denier.article.publication).map(|b| b.last)
            < bounds(&affirmer.article.publication).map(|b| b.first);
    let relation =
        if context.same_source() { Relation::Correction } else { Relation::Contradiction };
    let mut comparison = Comparison::new(relation, 0.7, why);
    if overtaken {
        comparison.relation = Relation::Update;
        comparison.why = vec![context.later()];
    }
    Some(comparison)
}
