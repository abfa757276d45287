//! Kind `time`: one event, two dates that cannot both be right. See `docs/rules/time.md`.

use std::collections::BTreeSet;

use super::context::{Comparison, Context};
use super::gates::Gate;
use super::slots::SlotValue;
use super::{Message, Relation};
use crate::claim::time::{DateInterval, disjoint_probability};
use crate::claim::{Claim, Event, FactualityKind, Role};
use crate::resolve::clusters::{bounds, gap_days};
use crate::span::Span;

/// Dates further apart than this belong to different events of a kind that can recur.
const RECURRENCE_DAYS: i32 = 60;
/// Identity that events of a recurring kind need before their dates are compared.
const MIN_IDENTITY_RECURRING: f64 = 0.6;

/// Compares two dates of one event.
pub fn compare(context: &Context<'_>) -> Option<Comparison> {
    let single = context.frame().is_none_or(|frame| frame.single);
    if !context.both_put_forward() {
        return None;
    }
    // Tuesday night and Wednesday night share Wednesday's first hours, and are two nights.
    let nights = context.a.value.night && context.b.value.night;
    let days = |value: &SlotValue| -> Vec<DateInterval> {
        let evening = |i: &DateInterval| if nights { DateInterval::day(i.first) } else { *i };
        value.intervals.iter().map(evening).collect()
    };
    let (a, b) = (&days(context.a.value), &days(context.b.value));
    // "A Thursday" of some month may be the Thursday that another means: only what no possibility reconciles conflicts.
    let probability = if a == b { 0.0 } else { disjoint_probability(a, b) };
    if probability > 0.0 && probability < 1.0 {
        return None;
    }
    let disjoint = probability > 0.0;
    if !disjoint && other_hour(context.a.value, context.b.value) {
        let relation =
            if context.same_source() { Relation::Correction } else { Relation::Contradiction };
        let why = Message::new("time.disjoint", context.labels());
        return Some(Comparison::new(relation, 0.7, why));
    }
    if !disjoint {
        let (ba, bb) = (bounds(a)?, bounds(b)?);
        let [(_, label_a), (_, label_b)] = context.labels();
        if ba == bb || !(ba.contains(&bb) || bb.contains(&ba)) {
            // Two attacks on one day need not be one attack: agreement counts where a conflict would.
            if !single && context.identity() < MIN_IDENTITY_RECURRING {
                return None;
            }
            let why = Message::new("time.overlap", context.labels());
            return Some(Comparison::new(Relation::Compatible, 0.0, why));
        }
        let (fine, coarse) = if ba.contains(&bb) { (label_b, label_a) } else { (label_a, label_b) };
        let why = Message::new("time.granularity", [("fine", fine), ("coarse", coarse)]);
        return Some(Comparison::new(Relation::Granularity, 0.0, why));
    }
    let apart = gap_days(&bounds(a)?, &bounds(b)?);
    if context.open.has(Gate::Recurrence) {
        // Whatever lies between the dates.
    } else if !single {
        // Attacks, meetings, matches: another date is another event, unless all else agrees.
        if context.identity() < MIN_IDENTITY_RECURRING || apart > 3 {
            return None;
        }
    } else if apart > RECURRENCE_DAYS {
        return None;
    }
    if let Some((claim, span)) = repetition(context).or_else(|| undone_between(context, a, b))
        && !context.open.has(Gate::SecondEvent)
    {
        let word = span.of_claim(claim).to_owned();
        let outlet = context.corpus.article_of(claim).map(|a| a.article.outlet_name().to_owned());
        let values = [("word", word), ("outlet", outlet.unwrap_or_default())];
        let why = Message::new("update.second-event", values);
        return Some(Comparison::new(Relation::Update, 1.0, why));
    }
    let relation =
        if context.same_source() { Relation::Correction } else { Relation::Contradiction };
    let mut comparison =
        Comparison::new(relation, 1.0, Message::new("time.disjoint", context.labels()));
    for side in [context.a, context.b] {
        if let Some(assumed) = &side.article.assumed {
            let message = Message::new("time.assumed-year", [("year", assumed.clone())]);
            if !comparison.lowered.contains(&message) {
                comparison.lowered.push(message);
            }
        }
    }
    Some(comparison)
}

/// Hours that must lie between two times of one day.
const HOURS_APART: f64 = 1.0;
/// From this hour on a night may belong to the day that begins in it.
const SMALL_HOURS: f64 = 8.0;

/// Whether both tell one day, and hours that lie apart. A night and the small hours of a morning may be one.
fn other_hour(a: &SlotValue, b: &SlotValue) -> bool {
    let day = |value: &SlotValue| match value.intervals.as_slice() {
        [only] if only.first.until(only.last).is_ok_and(|s| s.get_days() <= 1) => Some(only.first),
        _ => None,
    };
    let (Some((a_from, a_to)), Some((b_from, b_to))) = (a.hours, b.hours) else { return false };
    let small = |to: f64| to <= SMALL_HOURS;
    let night = |to: f64| to > 24.0;
    let same_night = night(a_to) && small(b_to) || night(b_to) && small(a_to);
    day(a).is_some()
        && day(a) == day(b)
        && !same_night
        && (a_to + HOURS_APART < b_from || b_to + HOURS_APART < a_from)
}

/// A sentence of the story that tells of the event being undone between the two dates: the city lost before it
/// was taken again. What undoes a capture by one side is a capture by another.
fn undone_between<'c>(
    context: &Context<'c>,
    a: &[DateInterval],
    b: &[DateInterval],
) -> Option<(&'c Claim, Span)> {
    let frame = context.frame().filter(|frame| frame.reversible)?;
    let (a, b) = (bounds(a)?, bounds(b)?);
    let (earlier, later) = if a.last < b.first { (a, b) } else { (b, a) };
    let here = context.corpus.clusters.iter().find(|c| c.id == context.a.value.about)?;
    let agents = |event: &Event| -> BTreeSet<String> {
        let fill = event.roles.get(&Role::Agent).into_iter().flatten();
        fill.map(|p| p.entity.clone()).collect()
    };
    let mut takers = BTreeSet::new();
    for party in [&context.a, &context.b] {
        takers.extend(party.event().map(agents).unwrap_or_default());
    }
    let undoing = context.corpus.clusters.iter().filter(|c| {
        c.theme.is_some() && c.theme == here.theme && frame.undone_by.contains(&c.kind)
    });
    undoing.flat_map(|c| c.events.iter().map(move |event| (c, event))).find_map(|(cluster, at)| {
        let claim = &context.corpus.claims[at.claim];
        let event = claim.events.get(at.event)?;
        let told = !event.negated && event.factuality.kind != FactualityKind::Planned;
        let other_side = cluster.kind != here.kind
            || !agents(event).is_empty() && agents(event).is_disjoint(&takers);
        let dated = event.times.iter().filter_map(|&t| claim.times.get(t));
        let between = dated.filter(|t| t.dates_an_event()).any(|t| {
            bounds(&t.intervals).is_some_and(|d| earlier.last <= d.first && d.last <= later.first)
        });
        (told && other_side && between).then_some((claim, event.trigger))
    })
}

/// A word in either article that makes the event one of several of its kind: a second battle
/// for the city, its recapture after a loss.
fn repetition<'c>(context: &Context<'c>) -> Option<(&'c Claim, Span)> {
    let theme = |article: &str| {
        let cluster = context.corpus.clusters.iter().find(|c| c.id == context.a.value.about)?;
        let family = context.frames.family(&cluster.kind);
        context
            .corpus
            .clusters
            .iter()
            .filter(|c| c.theme == cluster.theme && context.frames.family(&c.kind) == family)
            .flat_map(|c| &c.events)
            .filter(|event| context.corpus.claims[event.claim].article == article)
            .find_map(|event| {
                let claim = &context.corpus.claims[event.claim];
                claim.events[event.event].repetition.map(|span| (claim, span))
            })
    };
    theme(&context.a.article.article.id).or_else(|| theme(&context.b.article.article.id))
}
