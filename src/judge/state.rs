//! Kind `outcome`, as a succession: a city besieged and then taken, a suspect held and then freed. What undoes a
//! state is told later than the state, so the two are an update and never a conflict. See `docs/rules/outcome.md`.

use super::context::{Comparison, Context, Party};
use super::past::of_other_times;
use super::{Message, Relation};
use crate::claim::time::DateInterval;
use crate::report::locale::nested;
use crate::resolve::clusters::bounds;

/// Compares two states of one thing.
pub fn compare(context: &Context<'_>) -> Option<Comparison> {
    if !context.both_put_forward() || of_other_times(context) {
        return None;
    }
    let [earlier, later] = match a_comes_first(context)? {
        true => [&context.a, &context.b],
        false => [&context.b, &context.a],
    };
    let undone_by = &context.frames.get(&earlier.value.value)?.undone_by;
    if earlier.value.value == later.value.value || !undone_by.contains(&later.value.value) {
        return None;
    }
    let label = |side: &Party<'_>| nested(&side.value.label);
    let why = Message::new("update.became", [("a", label(earlier)), ("b", label(later))]);
    Some(Comparison::new(Relation::Update, 0.4, why))
}

/// Whether the event of `a` came first: by the events' own dates, or else by those of the articles.
fn a_comes_first(context: &Context<'_>) -> Option<bool> {
    let dates = |side: &Party<'_>| -> Option<DateInterval> {
        let times = side.event()?.times.iter().filter_map(|&t| side.claim.times.get(t));
        let days: Vec<DateInterval> = times
            .filter(|time| time.dates_an_event())
            .flat_map(|time| time.intervals.iter().copied())
            .collect();
        bounds(&days)
    };
    match (dates(&context.a), dates(&context.b)) {
        (Some(a), Some(b)) => (!a.overlaps(&b)).then_some(a.last < b.first),
        _ => context.published_first(),
    }
}
