//! Values of roles: who took part, who helped, who alone fills a place.

use std::collections::{BTreeMap, BTreeSet};

use super::{Party, Slot, SlotValue};
use crate::claim::{Event, Participant, Role};
use crate::judge::Message;
use crate::judge::context::owner;
use crate::language::frames::Frame;
use crate::report::locale::SEPARATOR;
use crate::resolve::Corpus;
use crate::resolve::clusters::theme_role;
use crate::span::Span;

/// Whether the cues that name participants stand before the word that makes the event a plan.
pub(super) fn roles_precede_plan(event: &Event) -> bool {
    let first_cue = event.roles.values().flatten().filter_map(|p| p.cue).min();
    matches!((first_cue, event.factuality.cue), (Some(cue), Some(plan)) if cue.end <= plan.start)
}

pub(super) fn participants(
    corpus: &Corpus,
    event: &Event,
    frame: &Frame,
    blank: &SlotValue,
) -> Option<SlotValue> {
    let found: Vec<(Role, &Participant)> = frame
        .actors
        .iter()
        .chain([&Role::Excluded])
        .filter(|role| theme_role(event, frame) != Some(**role) && **role != Role::Adversary)
        .flat_map(|role| event.roles.get(role).into_iter().flatten().map(|p| (*role, p)))
        .filter(|(_, p)| !p.entity.starts_with("group:") || is_named(&p.text) || holds(frame, p))
        .collect();
    party_value(corpus, Slot::Participants, &found, blank)
}

/// Whether a class of people is enough to say who holds something: "the army", not "they".
fn holds(frame: &Frame, participant: &Participant) -> bool {
    frame.state && participant.entity != "group:anaphor" && participant.entity != "group:people"
}

/// Whether words written as a class are a name all the same: "Confederación Hidrográfica".
fn is_named(text: &str) -> bool {
    text.split_whitespace().filter(|word| word.starts_with(char::is_uppercase)).count() > 1
}

/// Helpers and adversaries of what an agent does by itself: flight, withdrawal, protest.
pub(super) fn support(corpus: &Corpus, event: &Event, blank: &SlotValue) -> Option<SlotValue> {
    party_value(corpus, Slot::Support, &named(event, [Role::Helper, Role::Adversary]), blank)
}

/// Those who fill roles by name.
fn named(event: &Event, roles: [Role; 2]) -> Vec<(Role, &Participant)> {
    let fill = roles.into_iter().flat_map(|role| {
        event.roles.get(&role).into_iter().flatten().map(move |participant| (role, participant))
    });
    fill.filter(|(_, p)| !p.entity.starts_with("group:")).collect()
}

fn party_value(
    corpus: &Corpus,
    slot: Slot,
    found: &[(Role, &Participant)],
    blank: &SlotValue,
) -> Option<SlotValue> {
    if found.is_empty() {
        return None;
    }
    let parties: BTreeSet<Party> =
        found.iter().map(|(role, p)| Party { entity: p.entity.clone(), role: *role }).collect();
    let listed: Vec<String> = parties
        .iter()
        .map(|p| format!("{}:{}", role_name(p.role), owner(&p.entity)))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let claim = &corpus.claims[blank.claim];
    let label = match (slot.clone(), found.iter().filter_map(|(_, p)| p.cue).min()) {
        // The words themselves say it best: "sous le feu de l'artillerie".
        (Slot::Support, Some(cue)) => {
            let mut last = found.iter().map(|(_, p)| p.span.end).max().unwrap_or(cue.end);
            let rest = Span::new(last, claim.span.end).of_claim(claim);
            let quoted = Span::new(cue.start, last).of_claim(claim).contains(['«', '“', '„']);
            if let Some(mark) =
                rest.chars().next().filter(|c| quoted && matches!(c, '»' | '”' | '“'))
            {
                last += mark.len_utf8();
            }
            let text = Span::new(cue.start, last).of_claim(claim).to_owned();
            Message::new("value.text", [("text", text)])
        }
        _ => {
            let names = |role: Role| -> String {
                let mut names: Vec<&str> = Vec::new();
                for (_, p) in found.iter().filter(|(r, _)| *r == role) {
                    if !names.contains(&p.text.as_str()) {
                        names.push(&p.text);
                    }
                }
                names.join(SEPARATOR)
            };
            let roles: BTreeMap<String, String> =
                [Role::Agent, Role::Helper, Role::Adversary, Role::Excluded]
                    .into_iter()
                    .map(|role| (role_name(role).to_owned(), names(role)))
                    .filter(|(_, names)| !names.is_empty())
                    .collect();
            Message { id: "value.roles".to_owned(), values: roles }
        }
    };
    let mut evidence = blank.evidence.clone();
    evidence.extend(found.iter().flat_map(|(_, p)| p.cue.into_iter().chain([p.span])));
    evidence.sort();
    evidence.dedup();
    Some(SlotValue { slot, value: listed.join(", "), label, evidence, parties, ..blank.clone() })
}

/// The sides of a contest: the winner as agent, the loser as adversary.
pub(super) fn contestants(corpus: &Corpus, event: &Event, blank: &SlotValue) -> Option<SlotValue> {
    party_value(corpus, Slot::Participants, &named(event, [Role::Agent, Role::Adversary]), blank)
}

/// Whoever fills a role that one alone fills. A role that tells what the event is about is compared where another
/// does so too: who was named head of what.
pub(super) fn filler(
    corpus: &Corpus,
    event: &Event,
    frame: &Frame,
    role: Role,
    blank: &SlotValue,
) -> Option<SlotValue> {
    let named = |p: &&Participant| !p.entity.starts_with("group:");
    let fill: Vec<&Participant> = event.roles.get(&role)?.iter().filter(named).collect();
    let [only] = fill.as_slice() else { return None };
    let mut value = blank.clone();
    if frame.theme.contains(&role) {
        let rest = frame.theme.iter().filter(|other| **other != role);
        let key = rest.into_iter().find_map(|r| event.roles.get(r)?.iter().find(named))?;
        let claim = &corpus.claims[blank.claim];
        let story = corpus.article_of(claim).map_or(0, |article| article.story);
        value.about = format!("{}:{}:story-{story}", event.kind, key.entity);
        value.loose = false;
    }
    Some(SlotValue {
        slot: Slot::Role(role),
        value: only.entity.clone(),
        label: Message::new("value.text", [("text", only.text.clone())]),
        evidence: vec![blank.evidence[0], only.span],
        scope: BTreeSet::from([only.entity.clone()]),
        ..value
    })
}

/// A role's name in ids and question keys.
pub(super) fn role_key(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Patient => "patient",
        Role::Theme => "theme",
        Role::Helper | Role::Excluded => "helper",
        Role::Adversary => "adversary",
        Role::Beneficiary => "beneficiary",
        Role::Origin => "origin",
        Role::Destination => "destination",
        Role::Location => "place",
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Helper => "helper",
        Role::Adversary => "adversary",
        Role::Excluded => "without",
        _ => "agent",
    }
}
