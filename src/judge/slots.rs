//! The values that claims give to the slots of events: what the rules compare, and what
//! dossiers list. One claim may give values to several slots of several events.

mod count;
mod roles;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use crate::claim::time::{DateInterval, Granularity, TimeExpression, TimexType};
use crate::claim::{
    Claim, Event, Factuality, FactualityKind, MentionKind, Participant, Pole, Role,
};
use crate::judge::Message;
use crate::language::frames::{Arity, Frame, Frames};
use crate::report::locale::nested;
use crate::resolve::clusters::theme_role;
use crate::resolve::{Corpus, EventRef};
use crate::span::Span;
use count::count;
pub use count::is_measure;
use roles::{contestants, filler, participants, role_key, roles_precede_plan, support};
use told::told_by_predicates;

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
    /// In which of the states that undo each other a thing is.
    State,
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
            Slot::State => "state",
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
    pub factuality: Factuality,
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
            factuality: claim.factuality,
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
                if of_course.factuality.kind == FactualityKind::Planned && roles_precede_plan(event)
                {
                    of_course.factuality = of_course.factuality.affirmed();
                }
                values.extend(participants(corpus, event, frame, &of_course));
            }
            values
                .extend(frame.sole.iter().filter_map(|r| filler(corpus, event, frame, *r, &blank)));
            values.extend(place(corpus, event, frame, &blank));
            values.extend(outcome(claim, frame, frames, cluster.theme.as_deref(), &blank));
            values.extend(state(claim, frames, cluster.theme.as_deref(), &blank));
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

/// The state that an event brings about in what its own sentence names, where its type undoes another or is undone
/// by one.
fn state(
    claim: &Claim,
    frames: &Frames,
    theme: Option<&str>,
    blank: &SlotValue,
) -> Option<SlotValue> {
    let event = &claim.events[blank.event?];
    let frame = frames.get(&event.kind)?;
    let undoes = |other: &Frame| other.undone_by.contains(&event.kind);
    let theme = theme?;
    let of_theme = |role: &Role| {
        event.roles.get(role).is_some_and(|all| all.iter().any(|p| p.entity == theme))
    };
    let changes = !frame.undone_by.is_empty() || frames.iter().any(|(_, other)| undoes(other));
    if !changes || !frame.theme.iter().any(of_theme) {
        return None;
    }
    let text = event.trigger.of_claim(claim).to_owned();
    Some(SlotValue {
        slot: Slot::State,
        about: format!("{STATE}{theme}"),
        value: event.kind.clone(),
        label: Message::new("value.text", [("text", text)]),
        ..blank.clone()
    })
}

/// What begins the name of what values of [`Slot::State`] are about.
pub const STATE: &str = "state:";

/// The degree of factuality of an event of a type: where announcing it is telling it, a plan counts as told.
fn told_of(frame: &Frame, factuality: &Factuality) -> Factuality {
    let announced = factuality.kind == FactualityKind::Planned && frame.announced;
    if announced && !factuality.supposed { factuality.affirmed() } else { put_forward(factuality) }
}

/// The degree of factuality; what is only supposed counts like a plan.
fn put_forward(factuality: &Factuality) -> Factuality {
    let kind = if factuality.supposed { FactualityKind::Planned } else { factuality.kind };
    Factuality { kind, ..*factuality }
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
