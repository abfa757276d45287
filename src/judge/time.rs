//! Kind `time`: one event, two dates that cannot both be right. See `docs/rules/time.md`.

use super::context::{Comparison, Context};
use super::{Message, Relation};
use crate::claim::Claim;
use crate::claim::time::disjoint_probability;
use crate::resolve::clusters::{bounds, gap_days};
use crate::span::Span;

/// Share of possible date pairs that must be disjoint.
const MIN_DISJOINT: f64 = 0.5;
/// Dates further apart than this belong to different events of a kind that can recur.
const RECURRENCE_DAYS: i32 = 60;
/// Identity that events of a recurring kind need before their dates are compared.
const MIN_IDENTITY_RECURRING: f64 = 0.6;

/// Compares two dates of one event.
pub fn compare(context: &Context<'_>) -> Option<Comparison> {
    let frame = context.frame()?;
    if !context.both_put_forward() {
        return None;
    }
    let (a, b) = (&context.a.value.intervals, &context.b.value.intervals);
    let disjoint = disjoint_probability(a, b);
    let values = || {
        [("a", context.a.value.value.clone()), ("b", context.b.value.value.clone())]
    };
    if disjoint < MIN_DISJOINT {
        let (ba, bb) = (bounds(a)?, bounds(b)?);
        let coarser = ba != bb && (ba.contains(&bb) || bb.contains(&ba)) && disjoint == 0.0;
        let relation = if coarser { Relation::Granularity } else { Relation::Compatible };
        return Some(Comparison::new(relation, disjoint, Message::new("time.granularity", values())));
    }
    let apart = gap_days(&bounds(a)?, &bounds(b)?);
    if !frame.single {
        // Attacks, meetings, matches: another date is another event, unless all else agrees.
        if context.identity() < MIN_IDENTITY_RECURRING || apart > 3 {
            return None;
        }
    } else if apart > RECURRENCE_DAYS {
        return None;
    }
    if let Some((claim, span)) = repetition(context) {
        let word = span.of_claim(claim).to_owned();
        let article = claim.article.clone();
        let why = Message::new("update.second-event", [("word", word), ("article", article)]);
        return Some(Comparison::new(Relation::Update, disjoint, why));
    }
    let relation =
        if context.same_source() { Relation::Correction } else { Relation::Contradiction };
    let mut comparison = Comparison::new(relation, disjoint, Message::new("time.disjoint", values()));
    for side in [context.a, context.b] {
        if let Some(assumed) = &side.article.assumed {
            comparison.lowered.push(Message::new(
                "time.assumed-year",
                [("assumed", assumed.clone()), ("article", side.article.article.id.clone())],
            ));
        }
    }
    Some(comparison)
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
