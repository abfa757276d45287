//! Denial without a frame: one sentence denies what the other says in the same words. See
//! `docs/rules/denial.md`.

use std::collections::BTreeSet;

use super::context::{Comparison, Context, Party, owner};
use super::{Message, Relation};
use crate::claim::{Claim, FactualityKind};
use crate::report::locale::SEPARATOR;
use crate::resolve::clusters::bounds;
use crate::span::Span;

/// What the names that both sentences hold must weigh.
const MIN_NAMES: f64 = 0.7;
/// And the words that are denied on one side and said on the other.
const MIN_DENIED: usize = 1;
/// The words, denied ones included, that must be common where the day is not.
const MIN_COMMON: usize = 2;

/// Compares what one sentence denies with what the other says.
pub fn compare(context: &Context<'_>) -> Option<Comparison> {
    let (a, b) = (context.a.claim, context.b.claim);
    if context.anchor.apart() || context.anchor.names < MIN_NAMES {
        return None;
    }
    let pairs = context.anchor.common.iter();
    let forward: Vec<(&str, &str)> = pairs.map(|(x, y)| (x.as_str(), y.as_str())).collect();
    let backward: Vec<(&str, &str)> = forward.iter().map(|(x, y)| (*y, *x)).collect();
    let (denier, affirmer, words) = match (contested(a, b, &forward), contested(b, a, &backward)) {
        (Some(words), None) => (&context.a, &context.b, words),
        (None, Some(words)) => (&context.b, &context.a, words),
        _ => return None,
    };
    let denied: BTreeSet<&str> = words.iter().map(|(denied, _)| *denied).collect();
    let affirmed: BTreeSet<&str> = words.iter().map(|(_, affirmed)| *affirmed).collect();
    if !asserts(affirmer.claim) || !puts_forward(denier.claim) {
        return None;
    }
    if denies_own_deed(denier, affirmer, [&denied, &affirmed]) {
        return None;
    }
    if forward.len() < MIN_COMMON && !context.anchor.day {
        return None;
    }
    let spans = |party: &Party<'_>| -> Vec<Span> {
        let denies = std::ptr::eq(party.claim, denier.claim);
        let contested = if denies { &denied } else { &affirmed };
        let words = party.claim.content.iter().filter(|w| contested.contains(w.stem.as_str()));
        words.map(|w| w.span).collect()
    };
    let text = |party: &Party<'_>| -> String {
        let texts: Vec<&str> = spans(party).iter().map(|s| s.of_claim(party.claim)).collect();
        texts.join(SEPARATOR)
    };
    let outlet = denier.article.article.outlet_name().to_owned();
    let why = Message::new("denial.denied", [("outlet", outlet), ("word", text(denier))]);
    let relation =
        if context.same_source() { Relation::Correction } else { Relation::Contradiction };
    let mut comparison = Comparison::new(relation, 0.5, why);
    // What is not so yet on one day can be so on the next.
    let day = |party: &Party<'_>| bounds(&party.article.publication).map(|b| b.last);
    if context.publication_gap().is_some_and(|days| days > 0)
        && day(denier) < day(affirmer)
        && !context.anchor.day
    {
        comparison.relation = Relation::Update;
        comparison.why = vec![context.later()];
    }
    comparison.evidence = Some([spans(&context.a), spans(&context.b)]);
    Some(comparison)
}

/// Whether one denies a deed of its own where the other names another doer: "I ordered nothing, says the
/// mayor" beside "the engineer ordered it".
fn denies_own_deed(
    denier: &Party<'_>,
    affirmer: &Party<'_>,
    [denied, affirmed]: [&BTreeSet<&str>; 2],
) -> bool {
    let doer = |claim: &Claim, deed: &BTreeSet<&str>| -> Option<String> {
        let told = claim.predicates.iter().filter(|p| {
            let words = claim.content.iter().filter(|w| p.span.contains(&w.span));
            words.into_iter().any(|w| deed.contains(w.stem.as_str()))
        });
        let mut named = told.flat_map(|p| p.doers()).filter_map(|a| claim.mentions.get(a.mention?));
        named.next().map(|m| m.entity.clone())
    };
    let source = || denier.claim.attribution.last().and_then(|source| source.entity.clone());
    let subject = || {
        let names = denier.claim.predicates.first()?.doers().next()?.mention?;
        denier.claim.mentions.get(names).map(|m| m.entity.clone())
    };
    let own = doer(denier.claim, denied).or_else(source).or_else(subject);
    match (own, doer(affirmer.claim, affirmed)) {
        (Some(own), Some(other)) => owner(&own) != owner(&other),
        _ => false,
    }
}

fn stems(claim: &Claim, wanted: impl Fn(&crate::claim::Word) -> bool) -> BTreeSet<&str> {
    claim.content.iter().filter(|w| wanted(w)).map(|w| w.stem.as_str()).collect()
}

/// Of the words that the two share, those that `denier` denies and `affirmer` says; none where either does both.
fn contested<'w>(
    denier: &Claim,
    affirmer: &Claim,
    common: &[(&'w str, &'w str)],
) -> Option<Vec<(&'w str, &'w str)>> {
    let denied = stems(denier, |w| w.denied);
    let said = stems(denier, |w| !w.denied);
    let affirmed = stems(affirmer, |w| !w.denied);
    let also_denied = stems(affirmer, |w| w.denied);
    let is_contested = |(x, y): &(&str, &str)| {
        denied.contains(x) && !said.contains(x) && affirmed.contains(y) && !also_denied.contains(y)
    };
    let words: Vec<(&str, &str)> = common.iter().copied().filter(is_contested).collect();
    (words.len() >= MIN_DENIED).then_some(words)
}

/// Whether a sentence says what is or was so.
fn asserts(claim: &Claim) -> bool {
    let read = &claim.factuality;
    !read.supposed
        && matches!(
            read.kind,
            FactualityKind::Asserted | FactualityKind::Reported | FactualityKind::Hedged
        )
}

/// Whether a denial is one: no question, no condition.
fn puts_forward(claim: &Claim) -> bool {
    !claim.factuality.supposed && claim.factuality.kind != FactualityKind::Question
}
