//! The values that claims give to the slots of events: what the rules compare, and what
//! dossiers list. One claim may give values to several slots of several events.

use std::collections::{BTreeMap, BTreeSet};

use crate::claim::time::{DateInterval, Granularity, TimeExpression, TimexType};
use crate::claim::{
    Claim, Event, Factuality, FactualityKind, MentionKind, Participant, Quantity, Role,
};
use crate::judge::Message;
use crate::judge::context::owner;
use crate::language::frames::{Arity, Frame, Frames};
use crate::report::locale::{SEPARATOR, nested};
use crate::resolve::clusters::{STORY_WINDOW_DAYS, bounds, gap_days};
use crate::resolve::{Corpus, CorpusArticle, EventRef};
use crate::span::Span;

/// One thing that an event has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// When.
    Time,
    /// Who took part: the frame's actor roles together.
    Participants,
    /// Under whose cover or fire.
    Support,
    /// Where.
    Place,
    /// Whether it happened.
    Denial,
    /// How many of what.
    Quantity(String),
    /// Which of two opposite outcomes.
    Outcome,
    /// The whole sentence.
    Claim,
}

impl Slot {
    /// The slot's name in ids and question keys.
    pub fn name(&self) -> &str {
        match self {
            Slot::Time => "time",
            Slot::Participants => "participants",
            Slot::Support => "helper",
            Slot::Place => "place",
            Slot::Denial => "denial",
            Slot::Quantity(of) => of,
            Slot::Outcome => "outcome",
            Slot::Claim => "claim",
        }
    }
}

/// Whoever fills a role: the entity and its side in the event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// Entity id.
    pub entity: String,
    /// Its role.
    pub role: Role,
}

/// The value that one claim gives to one slot.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotValue {
    /// Index of the claim in the corpus.
    pub claim: usize,
    /// The event, where the value belongs to one.
    pub event: Option<usize>,
    /// What must be equal for two values to compete: the event cluster's id, or the story.
    pub about: String,
    /// The slot.
    pub slot: Slot,
    /// Normalised value, for machines and for grouping.
    pub value: String,
    /// The value for a reader.
    pub label: Message,
    /// The words that carry it.
    pub evidence: Vec<Span>,
    /// For `Time`.
    pub intervals: Vec<DateInterval>,
    /// For `Time`: an evening or a night, which is told from the next by the day it begins on.
    pub night: bool,
    /// For `Participants` and `Support`.
    pub parties: BTreeSet<Party>,
    /// For `Quantity`: bounds, and the place they are said of.
    pub bounds: (Option<f64>, Option<f64>),
    /// For `Quantity` the places it is said of; for `Place` the places.
    pub scope: BTreeSet<String>,
    /// For `Quantity`: the level of the whole it is said of (`region`, `municipality`), none where
    /// the sentence names no place.
    pub level: Option<String>,
    /// For `Quantity`: whoever's share it may be.
    pub owners: BTreeSet<String>,
    /// For `Denial`: the event is said not to have happened.
    pub negated: bool,
    /// How far it is presented as fact.
    pub factuality: FactualityKind,
    /// The text says that no other took part.
    pub exclusive: bool,
}

/// The level, of those in the packs, of a place that is named without a word for its level.
const NAMED_PLACE: &str = "municipality";

/// TIMEX3 suffixes of an evening and of a night.
const NIGHT: [&str; 2] = ["TEV", "TNI"];

/// All slot values of a corpus, by claim.
pub fn values(corpus: &Corpus, frames: &Frames) -> Vec<SlotValue> {
    let cluster_of: BTreeMap<EventRef, usize> = corpus
        .clusters
        .iter()
        .enumerate()
        .flat_map(|(i, cluster)| cluster.events.iter().map(move |event| (*event, i)))
        .collect();
    let main_places = crate::resolve::clusters::main_places(&corpus.claims);
    let mut values = Vec::new();
    for (c, claim) in corpus.claims.iter().enumerate() {
        for (e, event) in claim.events.iter().enumerate() {
            let Some(frame) = frames.get(&event.kind) else { continue };
            let Some(&cluster) = cluster_of.get(&EventRef { claim: c, event: e }) else { continue };
            let cluster = &corpus.clusters[cluster];
            if cluster.theme.is_none() {
                // An event about nothing named is comparable to no other.
                continue;
            }
            let blank = SlotValue {
                claim: c,
                event: Some(e),
                about: cluster.id.clone(),
                slot: Slot::Denial,
                value: String::new(),
                label: Message::new("value.text", []),
                evidence: vec![event.trigger],
                intervals: Vec::new(),
                night: false,
                parties: BTreeSet::new(),
                bounds: (None, None),
                scope: BTreeSet::new(),
                level: None,
                owners: BTreeSet::new(),
                negated: event.negated,
                factuality: put_forward(&event.factuality),
                exclusive: event.roles.values().flatten().any(|p| p.exclusive),
            };
            if frame.questions.contains_key("denial") {
                values.push(denial(claim, &blank));
            }
            if event.negated {
                continue;
            }
            let assumed = corpus.article_of(claim).and_then(|a| a.assumed.as_deref());
            // A type without a question of time (a toll) is a state, and has no date.
            if frame.questions.contains_key("time") {
                values.extend(time(claim, event, assumed, &blank));
            }
            if frame.theme.contains(&Role::Agent) {
                values.extend(support(corpus, event, &blank));
            } else {
                let mut of_course = SlotValue { about: cluster.course.clone(), ..blank.clone() };
                // "X's role in the operation to take Y": the aim is a plan, the role is none.
                if of_course.factuality == FactualityKind::Planned && roles_precede_plan(event) {
                    of_course.factuality = FactualityKind::Asserted;
                }
                values.extend(participants(corpus, event, frame, &of_course));
            }
            values.extend(place(corpus, event, frame, &blank));
            values.extend(outcome(claim, frame, frames, cluster.theme.as_deref(), &blank));
        }
        values.push(whole_sentence(corpus, c));
        for quantity in &claim.quantities {
            let places = main_places.get(claim.article.as_str()).map_or(&[][..], Vec::as_slice);
            values.extend(count(corpus, c, quantity, places, frames, &cluster_of));
        }
    }
    values
}

fn denial(claim: &Claim, blank: &SlotValue) -> SlotValue {
    let value = if blank.negated { "denied" } else { "affirmed" };
    let text = Message::new("value.text", [("text", blank.evidence[0].of_claim(claim).to_owned())]);
    let label =
        if blank.negated { Message::new("value.denied", [("text", nested(&text))]) } else { text };
    SlotValue { value: value.to_owned(), label, ..blank.clone() }
}

/// The date of an event: its finest expression that stands for a stretch of the calendar.
fn time(
    claim: &Claim,
    event: &Event,
    assumed: Option<&str>,
    blank: &SlotValue,
) -> Option<SlotValue> {
    let dated = |t: &&TimeExpression| {
        matches!(t.kind, TimexType::Date | TimexType::Time)
            && t.dates_an_event()
            && !t.intervals.is_empty()
    };
    let days = |t: &&TimeExpression| {
        let i = t.intervals[0];
        i.first.until(i.last).map_or(i32::MAX, |span| span.get_days())
    };
    let expression =
        event.times.iter().filter_map(|&t| claim.times.get(t)).filter(dated).min_by_key(days)?;
    let intervals = expression.intervals.clone();
    let listed: Vec<String> = intervals.iter().map(|i| format!("{}/{}", i.first, i.last)).collect();
    Some(SlotValue {
        slot: Slot::Time,
        value: if intervals.len() == 1 && intervals[0].first == intervals[0].last {
            intervals[0].first.to_string()
        } else {
            listed.join(";")
        },
        label: Message::new(
            "value.dates",
            [
                ("intervals", listed.join(";")),
                ("written", expression.text.clone()),
                (
                    "part",
                    if expression.granularity == Granularity::Night { "night" } else { "" }
                        .to_owned(),
                ),
                ("assumed", assumed.unwrap_or_default().to_owned()),
            ],
        ),
        evidence: vec![event.trigger, expression.span],
        intervals,
        night: expression.granularity == Granularity::Night
            || expression.time_of_day.as_deref().is_some_and(|t| NIGHT.contains(&t)),
        ..blank.clone()
    })
}

/// Whether the cues that name participants stand before the word that makes the event a plan.
fn roles_precede_plan(event: &Event) -> bool {
    let first_cue = event.roles.values().flatten().filter_map(|p| p.cue).min();
    matches!((first_cue, event.factuality.cue), (Some(cue), Some(plan)) if cue.end <= plan.start)
}

fn participants(
    corpus: &Corpus,
    event: &Event,
    frame: &Frame,
    blank: &SlotValue,
) -> Option<SlotValue> {
    let found: Vec<(Role, &Participant)> = frame
        .actors
        .iter()
        .chain([&Role::Excluded])
        .filter(|role| !frame.theme.contains(role) && **role != Role::Adversary)
        .flat_map(|role| event.roles.get(role).into_iter().flatten().map(|p| (*role, p)))
        .filter(|(_, p)| !p.entity.starts_with("group:"))
        .collect();
    party_value(corpus, Slot::Participants, &found, blank)
}

/// Helpers and adversaries of what an agent does by itself: flight, withdrawal, protest.
fn support(corpus: &Corpus, event: &Event, blank: &SlotValue) -> Option<SlotValue> {
    let found: Vec<(Role, &Participant)> = [Role::Helper, Role::Adversary]
        .iter()
        .flat_map(|role| event.roles.get(role).into_iter().flatten().map(|p| (*role, p)))
        .filter(|(_, p)| !p.entity.starts_with("group:"))
        .collect();
    party_value(corpus, Slot::Support, &found, blank)
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

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Helper => "helper",
        Role::Adversary => "adversary",
        Role::Excluded => "without",
        _ => "agent",
    }
}

fn place(corpus: &Corpus, event: &Event, frame: &Frame, blank: &SlotValue) -> Option<SlotValue> {
    if frame.takes_place_as_theme() || frame.roles.get(&Role::Location) != Some(&Arity::One) {
        return None;
    }
    let places: Vec<&Participant> = event
        .roles
        .get(&Role::Location)?
        .iter()
        .filter(|p| {
            !p.entity.starts_with("group:") && !crate::claim::mentions::is_country(&p.entity)
        })
        .collect();
    let scope: BTreeSet<String> = places.iter().map(|p| p.entity.clone()).collect();
    if scope.len() != 1 || scope.iter().any(|id| blank.about.ends_with(id.as_str())) {
        return None;
    }
    let name = corpus.name_of(&places[0].entity).to_owned();
    Some(SlotValue {
        slot: Slot::Place,
        value: places[0].entity.clone(),
        label: Message::new("value.text", [("text", name)]),
        evidence: vec![blank.evidence[0], places[0].span],
        scope,
        ..blank.clone()
    })
}

/// Frames that deny each other meet in one slot, named after the first of them.
fn outcome(
    claim: &Claim,
    frame: &Frame,
    frames: &Frames,
    theme: Option<&str>,
    blank: &SlotValue,
) -> Option<SlotValue> {
    let event = &claim.events[blank.event?];
    let opposed = !frame.opposite.is_empty()
        || frames.iter().any(|(_, other)| other.opposite.contains(&event.kind));
    if !opposed {
        return None;
    }
    let text = event.trigger.of_claim(claim).to_owned();
    Some(SlotValue {
        slot: Slot::Outcome,
        about: format!("outcome:{}", theme?),
        value: event.kind.clone(),
        label: Message::new("value.text", [("text", text)]),
        ..blank.clone()
    })
}

/// The degree of factuality; what is only supposed counts like a plan.
fn put_forward(factuality: &Factuality) -> FactualityKind {
    if factuality.supposed { FactualityKind::Planned } else { factuality.kind }
}

/// "In November 1987 the same river left two dead": a number of another event of the kind.
fn speaks_of_long_ago(claim: &Claim, article: &CorpusArticle) -> bool {
    let Some(published) = bounds(&article.publication) else { return false };
    claim.times.iter().filter(|t| t.dates_an_event()).any(|t| {
        bounds(&t.intervals).is_some_and(|date| gap_days(&date, &published) > STORY_WINDOW_DAYS)
    })
}

/// The sentence itself, for the kind `claim`.
fn whole_sentence(corpus: &Corpus, c: usize) -> SlotValue {
    let claim = &corpus.claims[c];
    let story = corpus.article_of(claim).map_or(0, |article| article.story);
    SlotValue {
        claim: c,
        event: None,
        about: format!("story-{story}"),
        slot: Slot::Claim,
        value: claim.id.clone(),
        label: Message::new("value.text", [("text", claim.text.clone())]),
        evidence: vec![claim.span],
        intervals: Vec::new(),
        night: false,
        parties: BTreeSet::new(),
        bounds: (None, None),
        scope: BTreeSet::from([claim.id.clone()]),
        level: None,
        owners: BTreeSet::new(),
        negated: false,
        factuality: claim.factuality.kind,
        exclusive: false,
    }
}

/// A count, said of places and owners.
fn count(
    corpus: &Corpus,
    c: usize,
    quantity: &Quantity,
    main_places: &[String],
    frames: &Frames,
    cluster_of: &BTreeMap<EventRef, usize>,
) -> Option<SlotValue> {
    let claim = &corpus.claims[c];
    let of = quantity.of.clone()?;
    let article = corpus.article_of(claim)?;
    let index = claim.quantities.iter().position(|q| q == quantity)?;
    let event = claim.events.iter().position(|event| event.quantities.contains(&index));
    let factuality = put_forward(event.map_or(&claim.factuality, |e| &claim.events[e].factuality));
    if speaks_of_long_ago(claim, article) {
        return None;
    }
    let tally = frames.counts.tallies.contains(&of);
    let about = match event.and_then(|e| cluster_of.get(&EventRef { claim: c, event: e })) {
        // Any other count is compared inside one event.
        Some(&cluster) if !tally => corpus.clusters[cluster].id.clone(),
        None if !tally => return None,
        _ => format!("story-{}", article.story),
    };
    // The place that a number is said of: the nearest one in its sentence.
    let named = claim
        .mentions
        .iter()
        .filter(|m| m.kind == MentionKind::Place && !crate::claim::mentions::is_country(&m.entity))
        .min_by_key(|m| distance(m.span, quantity.span))
        .map(|m| m.entity.clone());
    let names_any =
        claim.mentions.iter().any(|m| matches!(m.kind, MentionKind::Place | MentionKind::Name));
    let level = quantity.level.clone().or_else(|| names_any.then(|| NAMED_PLACE.to_owned()));
    let mut scope: BTreeSet<String> = named.into_iter().collect();
    if scope.is_empty() {
        scope.extend(main_places.iter().cloned());
    }
    let owners = if frames.counts.shares.contains(&of) {
        share_owners(claim, quantity)
    } else {
        BTreeSet::new()
    };
    let show = |bound: Option<f64>| bound.map_or(String::new(), |n| format!("{n}"));
    let unit = quantity.unit.clone().unwrap_or_default();
    let value = format!(
        "{}..{}{}{} {of}",
        show(quantity.low),
        show(quantity.high),
        if unit.is_empty() { "" } else { " " },
        unit
    );
    let mut evidence = vec![quantity.span];
    evidence.extend(quantity.of_span);
    evidence.sort();
    Some(SlotValue {
        claim: c,
        event,
        about,
        slot: Slot::Quantity(of.clone()),
        value,
        label: Message::new(
            "value.quantity",
            [
                ("low", show(quantity.low)),
                ("high", show(quantity.high)),
                ("unit", unit),
                ("of", of),
                ("written", quantity.text.clone()),
            ],
        ),
        evidence,
        intervals: Vec::new(),
        night: false,
        parties: BTreeSet::new(),
        bounds: (quantity.low, quantity.high),
        scope,
        level,
        owners,
        negated: factuality == FactualityKind::Denied,
        factuality,
        exclusive: false,
    })
}

/// Bytes between two spans.
fn distance(a: Span, b: Span) -> usize {
    if a.end <= b.start { b.start - a.end } else { a.start.saturating_sub(b.end) }
}

/// The persons, parties or companies whose share a number may be: the nearest name, and any name of the
/// sentence where it is the only share in it (that of the list, or of its leader).
fn share_owners(claim: &Claim, share: &Quantity) -> BTreeSet<String> {
    let alone = claim.quantities.iter().filter(|q| q.of == share.of).count() == 1;
    let names = claim
        .mentions
        .iter()
        .filter(|m| m.kind != MentionKind::Place && !m.entity.starts_with("group:"));
    let nearest = names.clone().min_by_key(|m| {
        // What stands before a number owns it more often than what follows.
        if m.span.end <= share.span.start {
            share.span.start - m.span.end
        } else {
            (m.span.start.saturating_sub(share.span.end)) * 2
        }
    });
    if alone {
        names.map(|m| m.entity.clone()).collect()
    } else {
        nearest.map(|m| m.entity.clone()).into_iter().collect()
    }
}

impl SlotValue {
    /// The written form of the value: the first of its evidence.
    pub fn evidence_text(&self, claim: &Claim) -> String {
        self.evidence.first().map(|span| span.of_claim(claim).to_owned()).unwrap_or_default()
    }
}

impl Span {
    /// The text that a span of the article covers inside a claim's sentence.
    pub fn of_claim<'c>(&self, claim: &'c Claim) -> &'c str {
        let start = self.start.saturating_sub(claim.span.start);
        let end = self.end.saturating_sub(claim.span.start);
        claim.text.get(start..end).unwrap_or("")
    }
}
