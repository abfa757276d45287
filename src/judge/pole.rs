//! The rule of oppositions: one sentence puts a thing on one side, the other on the other (open and shut, died
//! and survived, alone and with help). See `docs/rules/outcome.md` and `docs/rules/denial.md`.

use std::collections::BTreeSet;

use super::anchor::stand_in;
use super::context::{Comparison, Context, Party};
use super::past::of_other_times;
use super::{Kind, Message, Relation};
use crate::claim::{Claim, Pole};
use crate::language::frames::Change;
use crate::resolve::clusters::{bounds, is_specific};

/// What the two clauses must share by themselves, in names and words.
const MIN_TIE: usize = 1;
/// What sentences of two languages must share, where no word can be compared.
const MIN_FOREIGN: f64 = 1.3;

/// And otherwise in words that seem translations of each other, so many of them in the two clauses.
const MIN_FOREIGN_WORDS: f64 = 1.0;
const MIN_FOREIGN_TIE: usize = 2;

/// What sentences without a common name must share: words, a day, a type of event.
const MIN_WORDS: f64 = 1.5;

/// Compares two sides of one opposition.
pub fn compare(context: &Context<'_>) -> Option<(Kind, Comparison)> {
    let (a, b) = (context.a.value.pole.as_ref()?, context.b.value.pole.as_ref()?);
    let opposition = context.frames.oppositions.types.get(&a.of)?;
    if !context.both_put_forward()
        || context.anchor.apart()
        || of_other_times(context)
        || !tied(context, a, b)
    {
        return None;
    }
    if !a.excludes(b) {
        let agree = a.side == b.side && a.negated == b.negated;
        let why = Message::new("outcome.differs", context.labels());
        return agree.then(|| (opposition.kind, Comparison::new(Relation::Compatible, 0.0, why)));
    }
    // Who stands on both sides himself ("closed in May, open again") tells of two moments.
    if stands_on(context.a.claim, b) || stands_on(context.b.claim, a) {
        return None;
    }
    let kind = if a.negated != b.negated && opposition.kind == Kind::Outcome {
        Kind::Denial
    } else {
        opposition.kind
    };
    let why = || Message::new("outcome.differs", context.labels());
    if context.same_source() && context.publication_gap().is_some_and(|days| days > 0) {
        return Some((kind, Comparison::new(Relation::Correction, 0.5, why())));
    }
    let moved = matches!(context.publication_gap(), Some(days) if days > 0)
        && !context.anchor.day
        && may_pass(context, opposition.changes);
    if moved {
        return Some((kind, Comparison::new(Relation::Update, 0.4, context.later())));
    }
    // "May resign" beside "remains in office": what can still change, and is held open.
    let open = |party: &Party<'_>| party.value.factuality.hedge.is_some();
    if opposition.changes != Change::Never && (open(&context.a) || open(&context.b)) {
        return Some((kind, Comparison::new(Relation::DivergentAccount, 0.4, why())));
    }
    let strength =
        if opposition.changes == Change::Never || context.anchor.day { 0.7 } else { 0.5 };
    Some((kind, Comparison::new(Relation::Contradiction, strength, why())))
}

/// Whether the thing can have passed from the side of the earlier article to that of the later.
fn may_pass(context: &Context<'_>, changes: Change) -> bool {
    let last = |party: &Party<'_>| bounds(&party.article.publication).map(|b| b.last);
    let later = if last(&context.a) < last(&context.b) { &context.b } else { &context.a };
    let ends_on = |side: bool| {
        later.value.pole.as_ref().is_some_and(|pole| pole.side == side && !pole.negated)
            || later.value.pole.as_ref().is_some_and(|pole| pole.side != side && pole.negated)
    };
    match changes {
        Change::Never => false,
        Change::Both => true,
        Change::ToYes => ends_on(true),
        Change::ToNo => ends_on(false),
    }
}

/// Whether a sentence itself also stands where `pole` does.
fn stands_on(claim: &Claim, pole: &Pole) -> bool {
    claim
        .poles
        .iter()
        .any(|own| own.of == pole.of && own.side == pole.side && own.negated == pole.negated)
}

/// Of whom a pole tells, by name: the subject of its words, or the object of what somebody does.
fn whom<'c>(claim: &'c Claim, pole: &Pole) -> Option<&'c str> {
    let of_pole = claim.predicates.iter().find(|p| pole.span.overlaps(&p.span))?;
    let named = |relation: &str| {
        let arguments = of_pole.arguments.iter().filter(|a| a.relation == relation);
        let entities = arguments.filter_map(|a| claim.mentions.get(a.mention?));
        entities.map(|m| m.entity.as_str()).find(|id| is_specific(id))
    };
    let passive = of_pole.arguments.iter().any(|a| a.relation == "nsubj:pass");
    if passive { named("nsubj:pass") } else { named("obj").or_else(|| named("nsubj")) }
}

/// Whether the two clauses speak of one thing: they share a name or a word beside the poles. Where the
/// languages differ the sentences must share the more.
fn tied(context: &Context<'_>, a: &Pole, b: &Pole) -> bool {
    let (claim_a, claim_b) = (context.a.claim, context.b.claim);
    let names = |claim: &Claim, pole: &Pole| -> BTreeSet<String> {
        let inside = claim.mentions.iter().filter(|m| pole.clause.contains(&m.span));
        let ids = inside.map(|m| m.entity.clone());
        ids.filter(|id| is_specific(id)).collect()
    };
    let (names_a, names_b) = (names(claim_a, a), names(claim_b, b));
    let common = names_a.intersection(&names_b).count();
    if context.anchor.names == 0.0 && context.anchor.score() < MIN_WORDS {
        return false;
    }
    if context.anchor.score() >= MIN_FOREIGN && (common > 0 || context.anchor.day) {
        return true;
    }
    // "X resigned", "X reste en poste": one and the same is said to be on either side.
    if let (Some(x), Some(y)) = (whom(claim_a, a), whom(claim_b, b))
        && x == y
    {
        return true;
    }
    let beside = context.anchor.common.iter().filter(|pair| {
        stand_in(pair, [(claim_a, a.clause), (claim_b, b.clause)])
            && !stand_in(pair, [(claim_a, a.span), (claim_b, b.span)])
    });
    let beside = beside.count();
    if claim_a.language != claim_b.language {
        return context.anchor.words >= MIN_FOREIGN_WORDS && beside >= MIN_FOREIGN_TIE;
    }
    common + beside >= MIN_TIE
}
