//! The matcher: templates over a sentence, what may stand before and after, longest first.

use super::build::Maker;
use super::lexicon::{Lexicon, time_tokens};
use super::pattern::{Captures, Template};
use super::reporting::{self, Cues};
use super::rule::{CalendarDate, Direction, TimeRule};
use super::slot::{DAYPARTS, Slot};
use super::templates::{Found, Templates};
use super::{TimeExpression, TimeRole, TimexType, resolve};
use crate::claim::phrase::PhraseSet;
use crate::claim::tokens::Token;
use crate::error::{Error, Result};
use crate::language::Pack;

/// Finds time expressions of one language.
#[derive(Debug, Clone)]
pub struct TimeReader {
    lexicon: Lexicon,
    unspaced: bool,
    templates: Templates<Maker>,
    after: Templates<()>,
    before: Templates<()>,
    prefixes: Templates<Prefix>,
    ahead: PhraseSet<()>,
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
        let parse = |source: &String| Template::parse(source, &section.macros, section.unspaced);
        let around = |sources: &[String]| -> std::result::Result<_, String> {
            let list: std::result::Result<Vec<_>, String> =
                sources.iter().map(|source| Ok(((), parse(source)?))).collect();
            Ok(Templates::new(list?))
        };
        let mut templates = Vec::new();
        // Of two templates that match the same words the one of the longer key is meant: "window.past.1.week"
        // says more than "window.past", and "offset.past.1.month" more than "few.past".
        let mut keys: Vec<&String> = section.templates.keys().collect();
        keys.sort_by_key(|key| (key.split('.').count() < 4, format!("{key}\u{10ffff}")));
        for key in keys {
            let sources = &section.templates[key];
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
            unspaced: section.unspaced,
            templates: Templates::new(templates),
            after: around(&section.time_after)?,
            before: around(&section.time_before)?,
            prefixes: Templates::new(prefixes),
            ahead: phrases(&section.ahead),
            verbs: phrases(&section.reporting_verbs),
            gap: phrases(&section.reporting_gap),
            complements: phrases(&section.reporting_complements),
        })
    }

    /// The time expressions of one sentence, in order, without overlaps, leftmost and longest
    /// first. `text` is the article's text, which the tokens' spans point into. Fully specified
    /// dates have their intervals, the others wait for [`TimeExpression::resolve`].
    pub fn find(&self, text: &str, tokens: &[Token]) -> Vec<TimeExpression> {
        if !self.unspaced {
            return self.find_in(text, tokens);
        }
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return Vec::new() };
        let Some(sentence) = text.get(first.span.start..last.span.end) else { return Vec::new() };
        self.find_in(text, &time_tokens(sentence, first.span.start, true))
    }

    /// How many templates it has.
    pub fn templates(&self) -> usize {
        self.templates.len()
    }

    fn find_in(&self, text: &str, tokens: &[Token]) -> Vec<TimeExpression> {
        let readings = self.lexicon.read(text, tokens);
        let found = self.templates.find(&readings);
        let mut candidates: Vec<Candidate> =
            found.iter().filter_map(|f| candidate(f.what, f.first, f.end, &f.captures)).collect();
        if candidates.is_empty() {
            return Vec::new();
        }
        // What may stand around a candidate is matched once, not once per candidate.
        let around = Around {
            before: self.before.find(&readings),
            after: self.after.find(&readings),
            prefixes: self.prefixes.find(&readings),
        };
        let timed: Vec<Candidate> = candidates.iter().flat_map(|c| with_time(c, &around)).collect();
        candidates.extend(timed);
        let prefixed: Vec<Candidate> =
            candidates.iter().flat_map(|c| with_prefix(c, &around)).collect();
        candidates.extend(prefixed);
        candidates.retain(|c| !c.wants_prefix);
        // Stable: of equal stretches the first template of the pack wins, bare before prefixed.
        candidates.sort_by_key(|c| (c.first, std::cmp::Reverse(c.end)));
        let mut taken = 0;
        candidates.retain(|candidate| {
            let free = candidate.first >= taken;
            if free {
                taken = candidate.end;
            }
            free
        });
        self.look_ahead(&mut candidates, tokens);
        let mut expressions: Vec<TimeExpression> =
            candidates.into_iter().filter_map(|c| expression(c, text, tokens)).collect();
        let cues = Cues { verbs: &self.verbs, gap: &self.gap, complements: &self.complements };
        reporting::mark(&mut expressions, tokens, &cues);
        expressions
    }

    /// Dates behind a cue such as "is due" or "prévu" lie ahead; so does the day that opens the
    /// clause of such a cue ("samedi aura lieu").
    fn look_ahead(&self, candidates: &mut [Candidate], tokens: &[Token]) {
        let cues = self.ahead.find(tokens);
        if cues.is_empty() {
            return;
        }
        for i in 0..candidates.len() {
            let (first, end) = (candidates[i].first, candidates[i].end);
            let near = cues.iter().any(|cue| {
                // Another date in between is the one that the cue speaks of.
                let clear = |from: usize, to: usize| {
                    to - from <= AHEAD_WITHIN
                        && !tokens[from..to].iter().any(|t| matches!(t.lower.as_str(), ";" | "."))
                        && !candidates.iter().any(|c| from <= c.first && c.end <= to)
                };
                let behind = cue.end <= first && clear(cue.end, first);
                let opens = end <= cue.first && first <= 1 && clear(end, cue.first);
                behind || opens
            });
            if near && let Some(rule) = candidates[i].rule.take() {
                candidates[i].rule = Some(rule.toward_future());
            }
        }
    }
}

/// How many tokens may stand between a cue and a date that it sets ahead.
const AHEAD_WITHIN: usize = 8;

/// What may stand before and after a candidate.
struct Around {
    before: Vec<Found<()>>,
    after: Vec<Found<()>>,
    prefixes: Vec<Found<Prefix>>,
}

/// The candidate with a time of day before or after it.
fn with_time(base: &Candidate, around: &Around) -> Vec<Candidate> {
    let Some(rule) = base.rule.as_ref() else { return Vec::new() };
    // An hour of a night is one of the evening's day: "at 8 p.m. tonight".
    let of_night = match rule {
        TimeRule::Night { evening } => Some(&**evening),
        _ => None,
    };
    let Some(rule) = Some(of_night.unwrap_or(rule)).filter(|r| takes_time(r)) else {
        return Vec::new();
    };
    let after = around.after.iter().filter(|f| f.first == base.end);
    let before = around.before.iter().filter(|f| f.end == base.first);
    let mut found: Vec<Candidate> = after
        .filter_map(|f| timed(rule, base.first, f.end, &f.captures))
        .chain(before.filter_map(|f| timed(rule, f.first, base.end, &f.captures)))
        .collect();
    if of_night.is_some() {
        found.retain(|c| c.time.as_ref().is_some_and(|time| time.as_str() >= "T12:00"));
        found.retain(|c| c.time.as_ref().is_some_and(|time| time.contains(':')));
        return found;
    }
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
        (Prefix::Since, TimeRule::Duration { unit, amount, .. }) => TimeRule::Since {
            start: Box::new(TimeRule::Offset {
                unit: *unit,
                amount: *amount,
                forward: false,
                base: super::Base::Anchor,
            }),
        },
        (Prefix::Until, TimeRule::Duration { unit, amount, .. }) => {
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
            let late = match after_noon {
                Some("afternoon" | "evening") => hour < 12,
                // "8 de la noche", but "2 de la noche" is after midnight.
                Some("night") => (6..12).contains(&hour),
                _ => false,
            };
            if late {
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
