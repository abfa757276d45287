//! A role that one alone fills, filled by two: which club a player joins, who is given a prize. See
//! `docs/rules/actor.md`.

use super::context::{Comparison, Context, owner};
use super::{Kind, Message, Relation};
use crate::claim::Role;

/// Identity that the two events need.
const MIN_IDENTITY: f64 = 0.5;

/// Compares who or what fills a role.
pub fn compare(context: &Context<'_>, role: Role) -> Option<(Kind, Comparison)> {
    if !context.both_put_forward()
        || context.identity() < MIN_IDENTITY
        || context.anchor.other_day
        || context.same_moment() == Some(false)
    {
        return None;
    }
    let kind = match role {
        Role::Origin | Role::Destination | Role::Location => Kind::Place,
        _ => Kind::Actor,
    };
    let (a, b) = (&context.a.value.value, &context.b.value.value);
    if owner(a) == owner(b) {
        return Some((kind, Comparison::agreement(context.labels())));
    }
    // Where a sentence names the two together, one may be a part or another name of the other.
    let together = context.corpus.claims.iter().any(|claim| {
        let names = |id: &String| claim.mentions.iter().any(|m| m.entity == *id);
        names(a) && names(b)
    });
    if together {
        return None;
    }
    let why = Message::new("actor.differs", context.labels());
    Some((kind, Comparison::new(Relation::Contradiction, 0.7, why)))
}
