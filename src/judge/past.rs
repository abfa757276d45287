//! What is told of long ago: "lost to the same side in 2019" beside "won on Sunday".

use super::context::{Context, Party};
use crate::claim::time::DateInterval;
use crate::resolve::clusters::{bounds, gap_days};
use crate::resolve::stories::STORY_WINDOW_DAYS;

/// Whether one sentence tells only of dates long before its article, and the other of none of them.
pub fn of_other_times(context: &Context<'_>) -> bool {
    let (a, b) = (dates(&context.a), dates(&context.b));
    let common = a.iter().any(|x| b.iter().any(|y| x.overlaps(y)));
    !common && (long_ago(&context.a, &a) || long_ago(&context.b, &b))
}

/// The dates of what a sentence tells, coarse ones included.
fn dates(party: &Party<'_>) -> Vec<DateInterval> {
    let times = party.claim.times.iter().filter(|time| time.dates_an_event());
    times.flat_map(|time| time.intervals.iter().copied()).collect()
}

/// Whether there are dates, and all of them lie further back than the articles of one story lie apart.
fn long_ago(party: &Party<'_>, dates: &[DateInterval]) -> bool {
    let Some(published) = bounds(&party.article.publication) else { return false };
    let before = |date: &DateInterval| {
        date.last < published.first && gap_days(date, &published) > STORY_WINDOW_DAYS
    };
    !dates.is_empty() && dates.iter().all(before)
}
