//! Kind `place`: one event, two places that do not contain each other. See `docs/rules/place.md`.

use super::context::{Comparison, Context};
use super::{Message, Relation};

/// Identity that the two events need.
const MIN_IDENTITY: f64 = 0.6;

/// Compares where an event took place.
pub fn compare(context: &Context<'_>) -> Option<Comparison> {
    if !context.both_put_forward() || context.identity() < MIN_IDENTITY {
        return None;
    }
    let (a, b) = (&context.a.value.scope, &context.b.value.scope);
    let values = context.labels();
    if !a.is_disjoint(b) {
        return Some(Comparison::agreement(values));
    }
    if context.named_together() {
        return Some(Comparison::new(Relation::Scope, 0.2, Message::new("place.unsure", values)));
    }
    Some(Comparison::new(Relation::Contradiction, 0.5, Message::new("place.differs", values)))
}
