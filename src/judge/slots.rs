//! The values that claims give to the slots of events: what the rules compare, and what
//! dossiers list. One claim may give values to several slots of several events.

use std::collections::{BTreeMap, BTreeSet};

use crate::claim::predicates::{Argument, Predicate};
use crate::claim::time::{DateInterval, Granularity, TimeExpression, TimexType};
use crate::claim::{
    Claim, Event, Factuality, FactualityKind, Mention, MentionKind, Participant, Pole, Quantity,
    Role,
};
use crate::judge::Message;
use crate::judge::context::owner;
use crate::language::frames::{Arity, Frame, Frames};
use crate::report::locale::{SEPARATOR, nested};
use crate::resolve::clusters::{bounds, gap_days, is_specific, theme_role};
use crate::resolve::stories::STORY_WINDOW_DAYS;
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
    /// Who or what fills a role that one alone fills: the club that a player joins.
    Role(Role),
    /// Which side of an opposition.
    Pole(String),
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
            Slot::Quantity(of) | Slot::Pole(of) => of,
            Slot::Outcome => "outcome",
            Slot::Role(role) => role_key(*role),
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
    /// The predicate that governs it, where no event does.
    pub predicate: Option<usize>,
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
    /// For `Time`: the hours of the day, 0–30, where the text gives them; 30 is six in the next morning.
    pub hours: Option<(f64, f64)>,
    /// For `Participants` and `Support`.
    pub parties: BTreeSet<Party>,
    /// For `Quantity`: bounds, and the place they are said of.
    pub bounds: (Option<f64>, Option<f64>),
    /// For `Quantity` the places it is said of; for `Place` the places.
    pub scope: BTreeSet<String>,
    /// For `Quantity`: the sentence itself names the places of `scope`; else it is all that the article names.
    pub scoped: bool,
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
    /// For `Pole`.
    pub pole: Option<Pole>,
    /// `about` alone does not say that two values are about one thing: the sentences must share enough.
    pub loose: bool,
}

impl SlotValue {
    /// An empty value of a claim, for a slot that belongs to no event.
    fn of_sentence(corpus: &Corpus, c: usize, slot: Slot) -> Self {
        let claim = &corpus.claims[c];
        let story = corpus.article_of(claim).map_or(0, |article| article.story);
        SlotValue {
            claim: c,
            event: None,
            predicate: None,
            about: format!("story-{story}"),
            slot,
            value: String::new(),
            label: Message::new("value.text", []),
            evidence: Vec::new(),
            intervals: Vec::new(),
            night: false,
            hours: None,
            parties: BTreeSet::new(),
            bounds: (None, None),
            scope: BTreeSet::new(),
            scoped: false,
            level: None,
            owners: BTreeSet::new(),
            negated: false,
            factuality: claim.factuality.kind,
            exclusive: false,
            pole: None,
            loose: false,
        }
    }
}

/// Whether two values compete for one slot. A sum of money of which is not said what it is for competes with
/// one of which it is, and so for lengths, durations and percentages.
pub fn compete(a: &SlotValue, b: &SlotValue) -> bool {
    if a.slot == b.slot {
        return true;
    }
    let (Slot::Quantity(x), Slot::Quantity(y)) = (&a.slot, &b.slot) else { return false };
    let unit =
        |value: &SlotValue| value.label.values.get("unit").filter(|u| !u.is_empty()).cloned();
    let one_unit = unit(a).is_some() && unit(a) == unit(b);
    one_unit && (is_measure(x) || is_measure(y))
}

/// What a quantity is called of which only the unit is known.
pub fn is_measure(of: &str) -> bool {
    const MEASURES: [&str; 9] = [
        "money",
        "distance",
        "duration",
        "area",
        "volume",
        "weight",
        "speed",
        "percent",
        "temperature",
    ];
    MEASURES.contains(&of)
}

/// The level, of those in the packs, of a place that is named without a word for its level.
const NAMED_PLACE: &str = "municipality";

/// TIMEX3 suffixes of an evening and of a night.
const NIGHT: [&str; 2] = ["TEV", "TNI"];

/// How exact a clock time is taken to be, in hours.
const CLOCK: f64 = 0.5;

/// The hours that a TIMEX3 suffix stands for.
fn hours(suffix: &str) -> Option<(f64, f64)> {
    if let Some((hour, minute)) = suffix.strip_prefix('T').and_then(|t| t.split_once(':')) {
        let at = hour.parse::<f64>().ok()? + minute.parse::<f64>().ok()? / 60.0;
        return Some((at - CLOCK, at + CLOCK));
    }
    match suffix {
        "TMO" => Some((4.0, 12.0)),
        "TMI" => Some((11.0, 14.0)),
        "TAF" => Some((12.0, 19.0)),
        "TEV" => Some((17.0, 24.0)),
        "TNI" => Some((19.0, 30.0)),
        _ => None,
    }
}

/// All slot values of a corpus, by claim.
pub fn values(corpus: &Corpus, frames: &Frames) -> Vec<SlotValue> {
    let cluster_of: BTreeMap<EventRef, usize> = corpus
        .clusters
        .iter()
        .enumerate()
        .flat_map(|(i, cluster)| cluster.events.iter().map(move |event| (*event, i)))
        .collect();
    let places = crate::resolve::clusters::places(&corpus.claims);
    let mut values = Vec::new();
    for (c, claim) in corpus.claims.iter().enumerate() {
        for (e, event) in claim.events.iter().enumerate() {
            let Some(frame) = frames.get(&event.kind) else { continue };
            let Some(&cluster) = cluster_of.get(&EventRef { claim: c, event: e }) else { continue };
            let cluster = &corpus.clusters[cluster];
            let blank = SlotValue {
                event: Some(e),
                about: cluster.id.clone(),
                evidence: vec![event.trigger],
                negated: event.negated,
                factuality: told_of(frame, &event.factuality),
                exclusive: event.roles.values().flatten().any(|p| p.exclusive),
                // An event about nothing named is comparable where the sentences have enough in common.
                loose: cluster.theme.is_none(),
                ..SlotValue::of_sentence(corpus, c, Slot::Denial)
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
                values.extend(time(claim, &event.times, assumed, &blank));
            }
            let about = theme_role(event, frame);
            if frame.contest {
                values.extend(contestants(corpus, event, &blank));
            } else if about.map_or(frame.theme.contains(&Role::Agent), |r| r == Role::Agent) {
                values.extend(support(corpus, event, &blank));
            } else {
                let mut of_course = SlotValue { about: cluster.course.clone(), ..blank.clone() };
                // "X's role in the operation to take Y": the aim is a plan, the role is none.
                if of_course.factuality == FactualityKind::Planned && roles_precede_plan(event) {
                    of_course.factuality = FactualityKind::Asserted;
                }
                values.extend(participants(corpus, event, frame, &of_course));
            }
            values
                .extend(frame.sole.iter().filter_map(|r| filler(corpus, event, frame, *r, &blank)));
            values.extend(place(corpus, event, frame, &blank));
            values.extend(outcome(claim, frame, frames, cluster.theme.as_deref(), &blank));
            values.extend(lasting(claim, event, frame, &blank));
        }
        values.push(whole_sentence(corpus, c));
        values.extend(told_by_predicates(corpus, c));
        values.extend(claim.poles.iter().map(|pole| side_of(corpus, c, pole)));
        for quantity in &claim.quantities {
            let places = places.get(claim.article.as_str()).map_or(&[][..], Vec::as_slice);
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
    times: &[usize],
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
        times.iter().filter_map(|&t| claim.times.get(t)).filter(dated).min_by_key(days)?;
    let of_day = |t: &TimeExpression| hours(t.time_of_day.as_deref()?);
    let hours = of_day(expression)
        .or_else(|| times.iter().filter_map(|&t| claim.times.get(t)).find_map(of_day));
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
        evidence: blank.evidence.iter().copied().chain([expression.span]).collect(),
        intervals,
        hours,
        night: expression.granularity == Granularity::Night
            || expression.time_of_day.as_deref().is_some_and(|t| NIGHT.contains(&t)),
        ..blank.clone()
    })
}

/// Bytes between the two parts of one length of time: " and ".
const JOINED: usize = 6;

/// How long it lasts, in months, where that is what is told of it: "jailed for six years".
fn lasting(claim: &Claim, event: &Event, frame: &Frame, blank: &SlotValue) -> Option<SlotValue> {
    let of = frame.lasts.as_ref()?;
    let times = event.times.iter().filter_map(|&t| claim.times.get(t));
    let lengths = times.filter(|t| t.kind == TimexType::Duration);
    let found: Vec<(f64, Span)> =
        lengths.filter_map(|t| Some((months(&t.value)?, t.span))).collect();
    let &(mut length, span) = found.first()?;
    let mut evidence = vec![span];
    // "Three years and six months" is one length; "three years, one of them suspended" is not.
    if let Some((more, next)) = found.get(1)
        && next.start >= span.end
        && next.start - span.end <= JOINED
    {
        length += more;
        evidence.push(*next);
    }
    Some(SlotValue {
        slot: Slot::Quantity(of.clone()),
        value: format!("{length}..{length} month {of}"),
        label: Message::new("value.text", [("text", span.of_claim(claim).to_owned())]),
        bounds: (Some(length), Some(length)),
        evidence,
        ..blank.clone()
    })
}

/// The months that a TIMEX3 duration stands for, days and hours left out: `P6Y`, `P18M`.
fn months(value: &str) -> Option<f64> {
    let number = value.strip_prefix('P')?;
    let of = |unit: char, factor: f64| {
        number.strip_suffix(unit).and_then(|n| n.parse::<f64>().ok()).map(|n| n * factor)
    };
    of('Y', 12.0).or_else(|| of('M', 1.0))
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
fn support(corpus: &Corpus, event: &Event, blank: &SlotValue) -> Option<SlotValue> {
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
fn contestants(corpus: &Corpus, event: &Event, blank: &SlotValue) -> Option<SlotValue> {
    party_value(corpus, Slot::Participants, &named(event, [Role::Agent, Role::Adversary]), blank)
}

/// Whoever fills a role that one alone fills. A role that tells what the event is about is compared where another
/// does so too: who was named head of what.
fn filler(
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
fn role_key(role: Role) -> &'static str {
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

fn place(corpus: &Corpus, event: &Event, frame: &Frame, blank: &SlotValue) -> Option<SlotValue> {
    if frame.roles.get(&Role::Location) != Some(&Arity::One) {
        return None;
    }
    // Where the place is what the event is about, another place is another event.
    let is_theme = match theme_role(event, frame) {
        Some(Role::Location) => true,
        Some(role) => frame.expects.get(&role).is_some_and(|k| k.contains(&MentionKind::Place)),
        None => frame.takes_place_as_theme(),
    };
    if is_theme {
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

/// The degree of factuality of an event of a type: where announcing it is telling it, a plan counts as told.
fn told_of(frame: &Frame, factuality: &Factuality) -> FactualityKind {
    match put_forward(factuality) {
        FactualityKind::Planned if frame.announced && !factuality.supposed => {
            FactualityKind::Asserted
        }
        kind => kind,
    }
}

/// The degree of factuality; what is only supposed counts like a plan.
fn put_forward(factuality: &Factuality) -> FactualityKind {
    if factuality.supposed { FactualityKind::Planned } else { factuality.kind }
}

/// "In November 1987 the same river left two dead": a number of another event of the kind. A date that another
/// predicate governs ("the books closed on 31 December") says nothing of the number's event.
fn speaks_of_long_ago(claim: &Claim, quantity: usize, article: &CorpusArticle) -> bool {
    let Some(published) = bounds(&article.publication) else { return false };
    let governs = |wanted: &dyn Fn(&Argument) -> bool| {
        claim.predicates.iter().position(|p| p.arguments.iter().any(wanted))
    };
    let times = claim.times.iter().enumerate().filter(|(_, t)| t.dates_an_event());
    times.into_iter().any(|(at, time)| {
        let dating = governs(&|a: &Argument| a.time == Some(at));
        let of_another = dating.is_some_and(|at| describes(&claim.predicates[at], quantity));
        let long_ago = |date| gap_days(&date, &published) > STORY_WINDOW_DAYS;
        !of_another && bounds(&time.intervals).is_some_and(long_ago)
    })
}

/// Whether a predicate is that of a clause that describes a noun, and the number stands outside of it.
fn describes(predicate: &Predicate, quantity: usize) -> bool {
    predicate.relation.starts_with("acl")
        && !predicate.arguments.iter().any(|a| a.quantity == Some(quantity))
}

/// The sentence itself, for the kind `claim`.
fn whole_sentence(corpus: &Corpus, c: usize) -> SlotValue {
    let claim = &corpus.claims[c];
    SlotValue {
        value: claim.id.clone(),
        label: Message::new("value.text", [("text", claim.text.clone())]),
        evidence: vec![claim.span],
        scope: BTreeSet::from([claim.id.clone()]),
        ..SlotValue::of_sentence(corpus, c, Slot::Claim)
    }
}

/// When and where what a sentence says in no frame took place: the dates and places that its predicates govern.
fn told_by_predicates(corpus: &Corpus, c: usize) -> Vec<SlotValue> {
    let claim = &corpus.claims[c];
    let assumed = corpus.article_of(claim).and_then(|a| a.assumed.as_deref());
    let framed = |span: Span| claim.events.iter().any(|event| event.trigger.overlaps(&span));
    let predicates = claim.predicates.iter().enumerate();
    let told = predicates.filter(|(_, p)| p.finite && !p.negated && !framed(p.span));
    told.flat_map(|(at, predicate)| {
        let blank = SlotValue {
            predicate: Some(at),
            evidence: vec![predicate.span],
            factuality: put_forward(&predicate.factuality),
            loose: true,
            ..SlotValue::of_sentence(corpus, c, Slot::Time)
        };
        let mut times: Vec<usize> = predicate.arguments.iter().filter_map(|a| a.time).collect();
        if times.is_empty() && predicate.relation == "root" {
            times = free_times(claim);
        }
        let place = place_of_predicate(corpus, claim, predicate, &blank);
        time(claim, &times, assumed, &blank).into_iter().chain(place)
    })
    .collect()
}

/// The times that the sentence's tree hangs on no predicate and that date no event: they date what the sentence says.
fn free_times(claim: &Claim) -> Vec<usize> {
    let held = |time: &usize| {
        claim.predicates.iter().any(|p| p.arguments.iter().any(|a| a.time == Some(*time)))
            || claim.events.iter().any(|event| event.times.contains(time))
    };
    (0..claim.times.len()).filter(|time| !held(time)).collect()
}

/// The one place that a predicate names for what it tells.
fn place_of_predicate(
    corpus: &Corpus,
    claim: &Claim,
    predicate: &Predicate,
    blank: &SlotValue,
) -> Option<SlotValue> {
    let named =
        predicate.arguments.iter().filter(|a| a.relation == "obl" && a.preposition.is_some());
    let places: Vec<&Mention> = named
        .filter_map(|argument| claim.mentions.get(argument.mention?))
        .filter(|m| m.kind == MentionKind::Place && is_specific(&m.entity))
        .collect();
    let [place] = places.as_slice() else { return None };
    Some(SlotValue {
        slot: Slot::Place,
        value: place.entity.clone(),
        label: Message::new("value.text", [("text", corpus.name_of(&place.entity).to_owned())]),
        evidence: vec![predicate.span, place.span],
        scope: BTreeSet::from([place.entity.clone()]),
        ..blank.clone()
    })
}

/// The side of an opposition, told in the sentence's own words.
fn side_of(corpus: &Corpus, c: usize, pole: &Pole) -> SlotValue {
    let claim = &corpus.claims[c];
    let side = match (pole.side, pole.negated) {
        (true, false) => "yes",
        (false, false) => "no",
        (true, true) => "not-yes",
        (false, true) => "not-no",
    };
    SlotValue {
        value: side.to_owned(),
        label: Message::new("value.text", [("text", pole.span.of_claim(claim).to_owned())]),
        evidence: vec![pole.span],
        negated: pole.negated,
        factuality: put_forward(&pole.factuality),
        pole: Some(pole.clone()),
        loose: true,
        ..SlotValue::of_sentence(corpus, c, Slot::Pole(pole.of.clone()))
    }
}

/// What a quantity counts: what the event it stands in says, for people and percentages of which nothing else
/// is said; the reader's concept or noun; or else what its unit measures.
fn counted(
    claim: &Claim,
    quantity: &Quantity,
    event: Option<&Event>,
    frames: &Frames,
) -> Option<String> {
    let of_people = || {
        let group = |m: &&crate::claim::Mention| m.kind == MentionKind::Group;
        let counted = quantity.of_span.unwrap_or(quantity.span);
        claim.mentions.iter().filter(group).any(|m| m.span.overlaps(&counted))
            || quantity.of.as_deref() == Some("people")
    };
    let unit = quantity.unit.as_deref();
    let by_event = event.and_then(|event| match unit {
        None if of_people() => frames.counts.people_of.get(&event.kind),
        Some("percent") if quantity.of.is_none() => frames.counts.percent_of.get(&event.kind),
        _ => None,
    });
    let known = quantity.of.as_ref().filter(|of| frames.counts.victims.contains(of));
    known.or(by_event).or(quantity.of.as_ref()).cloned().or_else(|| {
        let measured = match unit? {
            "percent" => "percent",
            "metre" => "distance",
            "hectare" => "area",
            "litre" => "volume",
            "kilogram" => "weight",
            "kilometre-per-hour" => "speed",
            "celsius" => "temperature",
            "minute" | "hour" => "duration",
            money if money.len() == 3 && money.chars().all(|c| c.is_ascii_uppercase()) => "money",
            _ => return None,
        };
        Some(measured.to_owned())
    })
}

/// A count, said of places and owners.
fn count(
    corpus: &Corpus,
    c: usize,
    quantity: &Quantity,
    places: &[String],
    frames: &Frames,
    cluster_of: &BTreeMap<EventRef, usize>,
) -> Option<SlotValue> {
    let claim = &corpus.claims[c];
    if quantity.increment {
        return None;
    }
    let article = corpus.article_of(claim)?;
    let index = claim.quantities.iter().position(|q| q == quantity)?;
    let event = claim.events.iter().position(|event| event.quantities.contains(&index));
    let of = counted(claim, quantity, event.map(|e| &claim.events[e]), frames)?;
    let frame = event.and_then(|e| frames.get(&claim.events[e].kind));
    let factuality = match (event, frame) {
        (Some(e), Some(frame)) => told_of(frame, &claim.events[e].factuality),
        _ => put_forward(event.map_or(&quantity.factuality, |e| &claim.events[e].factuality)),
    };
    if speaks_of_long_ago(claim, index, article) {
        return None;
    }
    let owners = if frames.counts.shares.contains(&of) {
        share_owners(claim, quantity)
    } else {
        BTreeSet::new()
    };
    let tally = frames.counts.tallies.contains(&of);
    let story = format!("story-{}", article.story);
    let (about, loose) = match event.and_then(|e| cluster_of.get(&EventRef { claim: c, event: e }))
    {
        // Any other count is compared inside one event, or where the sentences share enough.
        Some(&cluster) if !tally => {
            let cluster = &corpus.clusters[cluster];
            (cluster.id.clone(), cluster.theme.is_none())
        }
        None if !tally => (story, true),
        // What never grows tells two events of one story apart: a quake's magnitude, its aftershock's. A share is
        // told apart by its owner.
        _ => (story, event.is_none() && owners.is_empty() && frames.counts.is_of_events(&of)),
    };
    // The place that a number is said of: the nearest one in its sentence that is not of its source, or of a clause
    // about somebody ("who teaches politics in X").
    let elsewhere = |place: Span| {
        claim.attribution.iter().any(|source| source.source_span.contains(&place))
            || claim
                .predicates
                .iter()
                .any(|p| describes(p, index) && p.arguments.iter().any(|a| a.span.contains(&place)))
    };
    let named = claim
        .mentions
        .iter()
        .filter(|m| m.kind == MentionKind::Place && is_specific(&m.entity))
        .filter(|m| !elsewhere(m.span))
        .min_by_key(|m| distance(m.span, quantity.span))
        .map(|m| m.entity.clone());
    let names_any =
        claim.mentions.iter().any(|m| matches!(m.kind, MentionKind::Place | MentionKind::Name));
    let level = quantity.level.clone().or_else(|| names_any.then(|| NAMED_PLACE.to_owned()));
    let mut scope: BTreeSet<String> = named.into_iter().collect();
    let scoped = !scope.is_empty();
    if !scoped {
        scope.extend(places.iter().cloned());
    }
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
        bounds: (quantity.low, quantity.high),
        scope,
        scoped,
        level,
        owners,
        negated: factuality == FactualityKind::Denied,
        factuality,
        loose,
        ..SlotValue::of_sentence(corpus, c, Slot::Denial)
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
