//! Kinds `participant` (which forces took part) and `actor` (who did it, who helped). See
//! `docs/rules/participant.md` and `docs/rules/actor.md`.

use std::collections::BTreeSet;

use super::context::{Comparison, Context, owner};
use super::past::of_other_times;
use super::slots::{Party, Slot};
use super::{Kind, Message, Relation};
use crate::claim::Role;
use crate::language::frames::Arity;
use crate::report::locale::{SEPARATOR, nested};

/// Identity that the two events need.
const MIN_IDENTITY: f64 = 0.3;
/// The same for flights, retreats and the like, which are many and rarely dated.
const MIN_IDENTITY_SUPPORT: f64 = 0.2;

/// Compares who took part, or who helped.
pub fn compare(context: &Context<'_>) -> Option<(Kind, Comparison)> {
    let support_only = context.a.value.slot == Slot::Support;
    let min_identity = if support_only { MIN_IDENTITY_SUPPORT } else { MIN_IDENTITY };
    if !context.both_put_forward() || context.identity() < min_identity || of_other_times(context) {
        return None;
    }
    match context.a.value.slot {
        Slot::Support => support(context),
        _ => participants(context),
    }
}

fn participants(context: &Context<'_>) -> Option<(Kind, Comparison)> {
    let frame = context.frame()?;
    if frame.contest {
        return contest(context);
    }
    let one_of_many = |side: &super::context::Party<'_>| {
        side.event()
            .and_then(|e| context.frames.get(&e.kind))
            .is_some_and(|f| !f.single && f.family.is_none())
    };
    // Two attackers of one city led two attacks.
    if one_of_many(&context.a) || one_of_many(&context.b) {
        return None;
    }
    // One account names a helper whom the other rules out.
    let (all_a, all_b) = (&context.a.value.parties, &context.b.value.parties);
    let rules_out = |x: &BTreeSet<Party>, y: &BTreeSet<Party>| {
        x.iter().filter(|p| p.role == Role::Excluded).any(|p| {
            y.iter().any(|q| q.role != Role::Excluded && owner(&q.entity) == owner(&p.entity))
        })
    };
    if rules_out(all_a, all_b) || rules_out(all_b, all_a) {
        let why = Message::new("actor.differs", context.labels());
        return Some((Kind::Participant, Comparison::new(Relation::Contradiction, 0.8, why)));
    }
    // Like with like: helpers with helpers, or else agents with agents.
    let of_role = |role| {
        let of = |parties: &BTreeSet<Party>| -> BTreeSet<Party> {
            parties.iter().filter(|p| p.role == role).cloned().collect()
        };
        let (a, b) = (of(&context.a.value.parties), of(&context.b.value.parties));
        (!a.is_empty() && !b.is_empty()).then_some((a, b))
    };
    let (a, b) = &of_role(Role::Helper).or_else(|| {
        frame.actors.iter().filter(|r| **r != Role::Helper).find_map(|r| of_role(*r))
    })?;
    let (only_a, only_b) = (difference(a, b), difference(b, a));
    let names = |ids: &BTreeSet<&str>| {
        let names: Vec<&str> = ids.iter().map(|id| context.corpus.name_of(id)).collect();
        nested(&Message::new("value.entities", [("names", names.join(SEPARATOR))]))
    };
    let values = || {
        [
            ("a", names(&only_a)),
            ("b", names(&only_b)),
            ("outlet", exclusive_outlet(context)),
            ("word", String::new()),
        ]
    };
    // A role that one alone can fill: the winner, the convict, the new chief.
    let sole = frame.actors.first().copied().unwrap_or(Role::Agent);
    let fills = |parties: &BTreeSet<Party>| parties.iter().any(|p| p.role == sole);
    if frame.roles.get(&sole) == Some(&Arity::One) && fills(a) && fills(b) {
        if only_a.len() == a.len() && only_b.len() == b.len() {
            // "The last city held by X" tells of no moment.
            if frame.state && !context.same_moment()? {
                let [a, b] = context.labels();
                let why = Message::new("update.state", [a, b]);
                return Some((Kind::Actor, Comparison::new(Relation::Update, 0.3, why)));
            }
            let why = Message::new("actor.differs", values());
            return Some((Kind::Actor, Comparison::new(Relation::Contradiction, 0.9, why)));
        }
        return Some((Kind::Actor, Comparison::agreement(context.labels())));
    }
    let excludes = context.a.value.exclusive && !only_b.is_empty()
        || context.b.value.exclusive && !only_a.is_empty();
    if excludes {
        let why = Message::new("participants.exclusive", values());
        return Some((Kind::Participant, Comparison::new(Relation::Contradiction, 0.8, why)));
    }
    // Two single agents with nothing in common did it by two different accounts.
    let lone = |parties: &BTreeSet<Party>| parties.iter().all(|p| p.role == Role::Agent);
    let kind = if lone(a) && lone(b) { Kind::Actor } else { Kind::Participant };
    // A list that lacks a name contradicts nothing.
    if only_a.is_empty() || only_b.is_empty() {
        return Some((kind, Comparison::agreement(context.labels())));
    }
    let why = Message::new("participants.differ", values());
    Some((kind, Comparison::new(Relation::DivergentAccount, 0.5, why)))
}

/// One account has a side win whom the other has lose.
fn contest(context: &Context<'_>) -> Option<(Kind, Comparison)> {
    let side = |parties: &BTreeSet<Party>, role| -> BTreeSet<String> {
        parties.iter().filter(|p| p.role == role).map(|p| owner(&p.entity).to_owned()).collect()
    };
    let [a, b] = [&context.a.value.parties, &context.b.value.parties]
        .map(|parties| (side(parties, Role::Agent), side(parties, Role::Adversary)));
    if context.anchor.other_day || context.same_moment() == Some(false) {
        return None;
    }
    let turned = !a.0.is_disjoint(&b.1) || !b.0.is_disjoint(&a.1);
    if turned {
        let why = Message::new("actor.differs", context.labels());
        return Some((Kind::Actor, Comparison::new(Relation::Contradiction, 0.8, why)));
    }
    let agree = !a.0.is_disjoint(&b.0) || !a.1.is_disjoint(&b.1);
    agree.then(|| (Kind::Actor, Comparison::agreement(context.labels())))
}

fn support(context: &Context<'_>) -> Option<(Kind, Comparison)> {
    let (a, b) = (&context.a.value.parties, &context.b.value.parties);
    let (only_a, only_b) = (difference(a, b), difference(b, a));
    let sides_with = |parties: &BTreeSet<Party>, role| parties.iter().any(|p| p.role == role);
    // The helper of one account is the adversary of the other.
    let reversed = a
        .iter()
        .any(|x| b.iter().any(|y| owner(&x.entity) == owner(&y.entity) && x.role != y.role));
    let values = context.labels();
    if reversed {
        let [a, b] = values;
        let outlet = context.a.article.article.outlet_name().to_owned();
        let why = Message::new("actor.polarity", [a, b, ("outlet", outlet)]);
        return Some((Kind::Actor, Comparison::new(Relation::Contradiction, 0.8, why)));
    }
    if only_a.is_empty() || only_b.is_empty() {
        return Some((Kind::Actor, Comparison::agreement(values)));
    }
    let opposed = sides_with(a, Role::Helper) != sides_with(b, Role::Helper);
    let strength = if opposed { 0.6 } else { 0.5 };
    let why = Message::new("actor.differs", values);
    Some((Kind::Actor, Comparison::new(Relation::DivergentAccount, strength, why)))
}

/// The outlet that says that one acted alone.
fn exclusive_outlet(context: &Context<'_>) -> String {
    let side = if context.a.value.exclusive { context.a } else { context.b };
    side.article.article.outlet_name().to_owned()
}

/// The parties of `a` of which no part of the same owner is in `b`.
fn difference<'p>(a: &'p BTreeSet<Party>, b: &BTreeSet<Party>) -> BTreeSet<&'p str> {
    a.iter()
        .filter(|x| !b.iter().any(|y| owner(&x.entity) == owner(&y.entity)))
        .map(|x| x.entity.as_str())
        .collect()
}
