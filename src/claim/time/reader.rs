//! The matcher: templates over a sentence, what may stand before and after, longest first.

use super::build::Maker;
use super::lexicon::{Lexicon, Readings};
use super::pattern::{Captures, Template};
use super::reporting::{self, Cues};
use super::rule::{CalendarDate, Direction, TimeRule};
use super::slot::{DAYPARTS, Slot};
use super::{TimeExpression, TimeRole, TimexType, resolve};
use crate::claim::phrase::PhraseSet;
use crate::claim::tokens::Token;
use crate::error::{Error, Result};
use crate::language::Pack;

/// Finds time expressions of one language.
#[derive(Debug, Clone)]
pub struct TimeReader {
    lexicon: Lexicon,
    templates: Vec<(Maker, Template)>,
    after: Vec<Template>,
    before: Vec<Template>,
    prefixes: Vec<(Prefix, Template)>,
    verbs: PhraseSet<()>,
    gap: PhraseSet<()>,
    complements: PhraseSet<()>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Prefix {
    Since,
    Until,
    AsOf,
}

/// A candidate: token range and what it means; no rule for what only blocks others.
#[derive(Debug, Clone)]
struct Candidate {
    first: usize,
    end: usize,
    rule: Option<TimeRule>,
    time: Option<String>,
    /// Counts only once a prefix stands before it.
    wants_prefix: bool,
}

impl TimeReader {
    /// Compiles the pack's `[time]` section and the calendar names of its language.
    ///
    /// # Errors
    /// When a template, a regular expression or a key of the section cannot be read.
    pub fn new(pack: &Pack) -> Result<Self> {
        Self::compile(pack).map_err(|problem| Error::LanguageData {
            file: format!("packs/{}.toml", pack.code),
            problem,
            remedy: "compare its [time] section with that of a built-in pack".to_owned(),
        })
    }

    fn compile(pack: &Pack) -> std::result::Result<Self, String> {
        let section = &pack.time;
        let parse = |source: &String| Template::parse(source, &section.macros);
        let mut templates = Vec::new();
        for (key, sources) in &section.templates {
            let maker = Maker::from_key(key)
                .ok_or_else(|| format!("time.templates has the key {key:?}, which is not known"))?;
            for source in sources {
                templates.push((maker, parse(source)?));
            }
        }
        let mut prefixes = Vec::new();
        for (prefix, sources) in [
            (Prefix::Since, &section.since),
            (Prefix::Until, &section.until),
            (Prefix::AsOf, &section.as_of),
        ] {
            for source in sources {
                prefixes.push((prefix, parse(source)?));
            }
        }
        let phrases = |list: &[String]| {
            PhraseSet::new(list.iter().map(|p| (p.clone(), ())), pack.morphology())
        };
        Ok(TimeReader {
            lexicon: Lexicon::new(pack)?,
            templates,
            after: section.time_after.iter().map(parse).collect::<std::result::Result<_, _>>()?,
            before: section.time_before.iter().map(parse).collect::<std::result::Result<_, _>>()?,
            prefixes,
            verbs: phrases(&section.reporting_verbs),
            gap: phrases(&section.reporting_gap),
            complements: phrases(&section.reporting_complements),
        })
    }

    /// The time expressions of one sentence, in order, without overlaps, leftmost and longest
    /// first. `text` is the article's text, which the tokens' spans point into. Fully specified
    /// dates have their intervals, the others wait for [`TimeExpression::resolve`].
    pub fn find(&self, text: &str, tokens: &[Token]) -> Vec<TimeExpression> {
        let readings = self.lexicon.read(text, tokens);
        let mut candidates: Vec<Candidate> = Vec::new();
        for first in 0..tokens.len() {
            for (maker, template) in &self.templates {
                for (end, captures) in template.matches(&readings, first) {
                    if end > first {
                        candidates.extend(candidate(*maker, first, end, &captures));
                    }
                }
            }
        }
        // What may stand around a candidate is matched once, not once per candidate.
        let around = Around {
            before: everywhere(self.before.iter().map(|t| ((), t)), &readings),
            after: everywhere(self.after.iter().map(|t| ((), t)), &readings),
            prefixes: everywhere(self.prefixes.iter().map(|(p, t)| (*p, t)), &readings),
        };
        let timed: Vec<Candidate> = candidates.iter().flat_map(|c| with_time(c, &around)).collect();
        candidates.extend(timed);
        let prefixed: Vec<Candidate> =
            candidates.iter().flat_map(|c| with_prefix(c, &around)).collect();
        candidates.extend(prefixed);
        candidates.retain(|c| !c.wants_prefix);
        // Stable: of equal stretches the first template of the pack wins, bare before prefixed.
        candidates.sort_by_key(|c| (c.first, std::cmp::Reverse(c.end)));
        let mut expressions = Vec::new();
        let mut taken = 0;
        for candidate in candidates {
            if candidate.first < taken {
                continue;
            }
            taken = candidate.end;
            expressions.extend(expression(candidate, text, tokens));
        }
        let cues = Cues { verbs: &self.verbs, gap: &self.gap, complements: &self.complements };
        reporting::mark(&mut expressions, tokens, &cues);
        expressions
    }
}

/// A template's match anywhere in the sentence.
struct Found<T> {
    what: T,
    first: usize,
    end: usize,
    captures: Captures,
}

/// What may stand before and after a candidate.
struct Around {
    before: Vec<Found<()>>,
    after: Vec<Found<()>>,
    prefixes: Vec<Found<Prefix>>,
}

fn everywhere<'t, T: Copy>(
    templates: impl Iterator<Item = (T, &'t Template)>,
    readings: &Readings<'_>,
) -> Vec<Found<T>> {
    let mut found = Vec::new();
    for (what, template) in templates {
        for first in 0..readings.len() {
            for (end, captures) in template.matches(readings, first) {
                if end > first {
                    found.push(Found { what, first, end, captures });
                }
            }
        }
    }
    found
}

/// The candidate with a time of day before or after it.
fn with_time(base: &Candidate, around: &Around) -> Vec<Candidate> {
    let Some(rule) = base.rule.as_ref().filter(|r| takes_time(r)) else { return Vec::new() };
    let after = around.after.iter().filter(|f| f.first == base.end);
    let before = around.before.iter().filter(|f| f.end == base.first);
    let mut found: Vec<Candidate> = after
        .filter_map(|f| timed(rule, base.first, f.end, &f.captures))
        .chain(before.filter_map(|f| timed(rule, f.first, base.end, &f.captures)))
        .collect();
    // An hour says more than a part of the day, and nothing more than an hour.
    match &base.time {
        None => found,
        Some(time) if time.contains(':') => Vec::new(),
        Some(_) => {
            found.retain(|c| c.time.as_ref().is_some_and(|time| time.contains(':')));
            found
        }
    }
}

/// The candidate under "depuis", "jusqu'à" or "au".
fn with_prefix(base: &Candidate, around: &Around) -> Vec<Candidate> {
    let Some(rule) = &base.rule else { return Vec::new() };
    around
        .prefixes
        .iter()
        .filter(|f| f.end == base.first)
        .filter_map(|f| {
            Some(Candidate {
                first: f.first,
                end: base.end,
                rule: Some(prefixed(f.what, rule)?),
                time: base.time.clone(),
                wants_prefix: false,
            })
        })
        .collect()
}

fn prefixed(prefix: Prefix, rule: &TimeRule) -> Option<TimeRule> {
    let inner = || Box::new(rule.clone());
    Some(match (prefix, rule) {
        (_, TimeRule::Set { .. } | TimeRule::Since { .. } | TimeRule::Until { .. }) => return None,
        // "depuis trois jours" begins that long ago.
        (Prefix::Since, TimeRule::Duration { unit, amount }) => TimeRule::Since {
            start: Box::new(TimeRule::Offset {
                unit: *unit,
                amount: *amount,
                forward: false,
                base: super::Base::Anchor,
            }),
        },
        (Prefix::Until, TimeRule::Duration { unit, amount }) => {
            TimeRule::Window { unit: *unit, amount: *amount, forward: true }
        }
        (Prefix::Since, _) => TimeRule::Since { start: inner() },
        (Prefix::Until, _) => TimeRule::Until { end: Box::new(limit(rule)) },
        (Prefix::AsOf, TimeRule::Date(date)) if date.day.is_some() => {
            TimeRule::AsOf { date: inner() }
        }
        (Prefix::AsOf, TimeRule::Weekday { .. }) => TimeRule::AsOf { date: inner() },
        (Prefix::AsOf, _) => return None,
    })
}

/// The end of "until": a weekday lies ahead; a date without a year may be either side, and the
/// nearest is meant ("by 6 November they had …", "by 15 December they will …").
fn limit(rule: &TimeRule) -> TimeRule {
    match rule {
        TimeRule::Date(date) if date.direction == Direction::Unsaid => {
            TimeRule::Date(CalendarDate { direction: Direction::This, ..*date })
        }
        rule => rule.clone().toward_future(),
    }
}

fn candidate(maker: Maker, first: usize, end: usize, captures: &Captures) -> Option<Candidate> {
    if maker == Maker::Nothing {
        return Some(Candidate { first, end, rule: None, time: None, wants_prefix: false });
    }
    let rule = maker.make(captures)?;
    let time = time_of_day(captures);
    let (rule, time) = night(rule, time, captures);
    let wants_prefix = maker == Maker::Prefixed;
    Some(Candidate { first, end, rule: Some(rule), time, wants_prefix })
}

fn timed(rule: &TimeRule, first: usize, end: usize, captures: &Captures) -> Option<Candidate> {
    let time = time_of_day(captures)?;
    let (rule, time) = night(rule.clone(), Some(time), captures);
    Some(Candidate { first, end, rule: Some(rule), time, wants_prefix: false })
}

/// The night of a day is the one that begins on it, and reaches into the next.
fn night(rule: TimeRule, time: Option<String>, captures: &Captures) -> (TimeRule, Option<String>) {
    let clock = captures.iter().any(|c| c.slot == Slot::Clock);
    if time.as_deref() == Some("TNI") && !clock && takes_time(&rule) {
        return (TimeRule::Night { evening: Box::new(rule) }, None);
    }
    (rule, time)
}

/// Whether a rule names a day, which may have a time.
fn takes_time(rule: &TimeRule) -> bool {
    match rule {
        TimeRule::Weekday { .. } => true,
        TimeRule::Date(date) => date.day.is_some(),
        TimeRule::Offset { unit: super::Unit::Day, amount: Some(_), .. } => true,
        TimeRule::AsOf { date } => takes_time(date),
        _ => false,
    }
}

/// The TIMEX3 suffix of a captured hour or part of the day; the hour says more.
fn time_of_day(captures: &Captures) -> Option<String> {
    let find = |slot| captures.iter().find(|c| c.slot == slot).map(|c| c.value);
    let part = find(Slot::DayPart).or(find(Slot::WeekdayPart).map(|joined| joined / 10));
    match (find(Slot::Clock), part) {
        (Some(minutes), part) => {
            let mut hour = minutes / 60;
            // "3 de la tarde", "8 Uhr abends".
            let after_noon = part.and_then(|p| DAYPARTS.get(p as usize)).map(|p| p.0);
            if matches!(after_noon, Some("afternoon" | "evening")) && hour < 12 {
                hour += 12;
            }
            Some(format!("T{hour:02}:{:02}", minutes % 60))
        }
        (None, Some(part)) => DAYPARTS.get(part as usize).map(|p| p.1.to_owned()),
        (None, None) => None,
    }
}

fn expression(candidate: Candidate, text: &str, tokens: &[Token]) -> Option<TimeExpression> {
    let rule = candidate.rule?;
    let span = tokens.get(candidate.first)?.span.cover(&tokens.get(candidate.end - 1)?.span);
    let intervals = resolve(&rule, &[], &[], None);
    let time = candidate.time;
    let kind = match rule.kind() {
        TimexType::Date if time.is_some() => TimexType::Time,
        kind => kind,
    };
    Some(TimeExpression {
        span,
        text: span.of(text).to_owned(),
        kind,
        value: rule.value(&intervals, time.as_deref()),
        anchor: rule.anchor(),
        role: TimeRole::Event,
        granularity: rule.granularity(),
        time_of_day: time,
        rule,
        intervals,
    })
}
