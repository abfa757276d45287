//! Kind `outcome`: one matter ended in two opposite ways: acquitted and convicted, adopted and
//! rejected. See `docs/rules/outcome.md`.

use super::context::{Comparison, Context};
use super::past::of_other_times;
use super::{Message, Relation};

/// Compares two outcomes of one matter.
pub fn compare(context: &Context<'_>) -> Option<Comparison> {
    let (a, b) = (context.a.value, context.b.value);
    if !context.both_put_forward() || of_other_times(context) {
        return None;
    }
    if a.value == b.value {
        return Some(Comparison::agreement(context.labels()));
    }
    let opposed = |x: &str, y: &str| {
        context.frames.get(x).is_some_and(|frame| frame.opposite.iter().any(|o| o == y))
    };
    if !opposed(&a.value, &b.value) && !opposed(&b.value, &a.value) {
        return None;
    }
    if context.publication_gap().is_some_and(|days| days > 1) {
        return Some(Comparison::new(Relation::Update, 0.4, context.later()));
    }
    Some(Comparison::new(
        Relation::Contradiction,
        0.7,
        Message::new("outcome.differs", context.labels()),
    ))
}
