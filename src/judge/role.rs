//! A role that one alone fills, filled by two: which club a player joins, who is given a prize. See
//! `docs/rules/actor.md`.

use std::collections::BTreeSet;

use super::context::{Comparison, Context, Party, owner};
use super::past::of_other_times;
use super::{Kind, Message, Relation};
use crate::claim::Role;
use crate::span::Span;

/// Identity that the two events need.
const MIN_IDENTITY: f64 = 0.5;

/// Compares who or what fills a role.
pub fn compare(context: &Context<'_>, role: Role) -> Option<(Kind, Comparison)> {
    if !context.both_put_forward()
        || context.identity() < MIN_IDENTITY
        || context.anchor.other_day
        || context.same_moment() == Some(false)
        || of_other_times(context)
        || other_matter(context, role)
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
    if context.named_together() {
        return None;
    }
    let why = Message::new("actor.differs", context.labels());
    Some((kind, Comparison::new(Relation::Contradiction, 0.7, why)))
}

/// Bytes around the name of a matter that say which of its kind it is: "the X prize for fiction", "head of X".
const AROUND: usize = 28;

/// Whether a role that also tells what the event is about is filled for two matters of one name: the X prize for fiction
/// and for poetry, the chairman and the treasurer of X. Then each sentence has words of its own around the name.
fn other_matter(context: &Context<'_>, role: Role) -> bool {
    let Some(frame) = context.frame().filter(|frame| frame.theme.contains(&role)) else {
        return false;
    };
    let around = |party: &Party<'_>| -> BTreeSet<String> {
        let Some(event) = party.event() else { return BTreeSet::new() };
        let matters = frame.theme.iter().filter(|other| **other != role);
        let named = matters.into_iter().find_map(|other| event.roles.get(other)?.first());
        let Some(span) = named.map(|matter| matter.span) else { return BTreeSet::new() };
        let near = Span::new(span.start.saturating_sub(AROUND), span.end + AROUND);
        let words = party.claim.content.iter().filter(|word| near.contains(&word.span));
        let own = words.filter(|word| !is_verb(party, word.span));
        own.map(|word| word.stem.clone()).collect()
    };
    let (a, b) = (around(&context.a), around(&context.b));
    if context.a.claim.language != context.b.claim.language {
        return false;
    }
    !a.is_subset(&b) && !b.is_subset(&a)
}

/// Whether a word is a predicate of its sentence: "named", "awarded".
fn is_verb(party: &Party<'_>, word: Span) -> bool {
    party.claim.predicates.iter().any(|p| !p.nominal && p.span.overlaps(&word))
}
