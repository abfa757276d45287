//! From a template's key and captures to a rule.
//!
//! The keys of `[time.templates]` are the language-free side of the grammar: `offset.past`,
//! `unit.-1`, `night.range`. What a key needs it takes from the template's slots; captures that
//! make no sense together make no rule.

use super::Granularity;
use super::pattern::Captures;
use super::rule::{Base, CalendarDate, Direction, Part, Season, Tense, TimeRule, Unit};
use super::slot::{PARTS, SEASONS, Slot, UNITS};

/// What a template makes of its captures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Maker {
    Date(Direction),
    /// A date only behind "depuis" and the like: a bare year is as often a count.
    Prefixed,
    AsOf,
    Offset {
        forward: bool,
        base: Base,
    },
    /// A bare plural: "قبل أيام", days ago.
    Few {
        forward: bool,
    },
    Days(i32),
    DiscourseDays(i32),
    Night(Option<i32>),
    NightBefore,
    NightRange,
    Range,
    Unit {
        offset: i32,
        unit: Option<Unit>,
    },
    Window {
        forward: bool,
    },
    Vague(Tense),
    Clock,
    Duration,
    Set,
    /// Takes its words and means nothing: "in the second", "le 20 heures".
    Nothing,
}

impl Maker {
    /// Reads a key of `[time.templates]`.
    pub fn from_key(key: &str) -> Option<Self> {
        let mut parts = key.splitn(3, '.');
        let base = parts.next()?;
        let (argument, more) = (parts.next(), parts.next());
        let number = || argument.and_then(|a| a.parse::<i32>().ok());
        Some(match (base, argument) {
            ("date", None) => Maker::Date(Direction::Unsaid),
            ("date", Some("this")) => Maker::Date(Direction::This),
            ("date", Some("last")) => Maker::Date(Direction::Last),
            ("date", Some("next")) => Maker::Date(Direction::Next),
            ("prefixed", None) => Maker::Prefixed,
            ("as-of", None) => Maker::AsOf,
            ("offset", Some("past")) => Maker::Offset { forward: false, base: Base::Anchor },
            ("offset", Some("future")) => Maker::Offset { forward: true, base: Base::Anchor },
            ("few", Some("past")) => Maker::Few { forward: false },
            ("few", Some("future")) => Maker::Few { forward: true },
            ("day", Some(_)) => Maker::Days(number()?),
            ("discourse", Some("past")) => Maker::Offset { forward: false, base: Base::Discourse },
            ("discourse", Some("future")) => Maker::Offset { forward: true, base: Base::Discourse },
            ("discourse", Some(_)) => Maker::DiscourseDays(number()?),
            ("night", None) => Maker::Night(None),
            ("night", Some("before")) => Maker::NightBefore,
            ("night", Some("range")) => Maker::NightRange,
            ("night", Some(_)) => Maker::Night(Some(number()?)),
            ("range", None) => Maker::Range,
            ("unit", Some(_)) => {
                let unit = match more {
                    None => None,
                    Some(name) => Some(UNITS.iter().find(|u| u.0 == name)?.1),
                };
                Maker::Unit { offset: number()?, unit }
            }
            ("window", Some("past")) => Maker::Window { forward: false },
            ("window", Some("future")) => Maker::Window { forward: true },
            ("vague", Some("past")) => Maker::Vague(Tense::Past),
            ("vague", Some("present")) => Maker::Vague(Tense::Present),
            ("vague", Some("future")) => Maker::Vague(Tense::Future),
            ("clock", None) => Maker::Clock,
            ("duration", None) => Maker::Duration,
            ("set", None) => Maker::Set,
            ("nothing", None) => Maker::Nothing,
            _ => return None,
        })
    }

    /// The rule, if the captures make one.
    pub fn make(self, captures: &Captures) -> Option<TimeRule> {
        let unit =
            || get(captures, Slot::Unit, false).and_then(|i| UNITS.get(i as usize)).map(|u| u.1);
        let part = part(captures);
        match self {
            Maker::Date(direction) => date(captures, false, direction),
            Maker::Prefixed => date(captures, false, Direction::Unsaid),
            Maker::AsOf => {
                Some(TimeRule::AsOf { date: Box::new(date(captures, false, Direction::Unsaid)?) })
            }
            Maker::Offset { forward, base } => {
                let amount = amount(captures)?;
                Some(TimeRule::Offset { unit: unit()?, amount, forward, base })
            }
            Maker::Few { forward } => {
                Some(TimeRule::Offset { unit: unit()?, amount: None, forward, base: Base::Anchor })
            }
            Maker::Days(days) => Some(TimeRule::days(days)),
            Maker::DiscourseDays(days) => Some(TimeRule::Offset {
                unit: Unit::Day,
                amount: Some(days.abs()),
                forward: days > 0,
                base: Base::Discourse,
            }),
            Maker::Night(days) => {
                let evening = match days {
                    Some(days) => TimeRule::days(days),
                    None => date(captures, false, Direction::Unsaid)?,
                };
                Some(TimeRule::Night { evening: Box::new(evening) })
            }
            Maker::NightBefore => Some(TimeRule::NightBefore {
                morning: Box::new(date(captures, false, Direction::Unsaid)?),
            }),
            Maker::Range | Maker::NightRange => {
                let from = date(captures, false, Direction::Unsaid)?;
                let to = date(captures, true, Direction::Unsaid)?;
                range(from, to, self == Maker::NightRange)
            }
            Maker::Unit { offset, unit: fixed } => {
                let unit = match fixed {
                    Some(unit) => unit,
                    None => unit()?,
                };
                match get(captures, Slot::Weekday, false).or(get(
                    captures,
                    Slot::FullWeekday,
                    false,
                )) {
                    Some(weekday) if unit == Unit::Week => Some(TimeRule::Weekday {
                        weekday: weekday as i8,
                        direction: Direction::Unsaid,
                        week: Some(offset),
                    }),
                    // The end of a day is an hour of it, which the day parts know.
                    _ if part.is_some() && unit.granularity() == Granularity::Day => None,
                    _ => Some(TimeRule::Relative { unit, offset, part }),
                }
            }
            Maker::Window { forward } => Some(TimeRule::Window {
                unit: unit()?,
                amount: amount(captures).unwrap_or(None),
                forward,
            }),
            Maker::Vague(tense) => Some(TimeRule::Vague { tense }),
            Maker::Clock => Some(TimeRule::Clock),
            Maker::Duration => {
                Some(TimeRule::Duration { unit: unit()?, amount: amount(captures)? })
            }
            Maker::Set => Some(TimeRule::Set {
                every: date(captures, false, Direction::Unsaid).map(Box::new),
                unit: unit(),
            }),
            Maker::Nothing => None,
        }
    }
}

/// A range; what one end leaves out it takes from the other ("du 3 au 5 novembre").
pub(super) fn range(mut from: TimeRule, mut to: TimeRule, night: bool) -> Option<TimeRule> {
    if let (TimeRule::Date(a), TimeRule::Date(b)) = (&mut from, &mut to) {
        if a.day.is_some() && b.day.is_some() {
            a.month = a.month.or(b.month);
            b.month = b.month.or(a.month);
        }
        let (start, end) = (a.month, b.month);
        if a.year.is_none() && (start.is_some() && end.is_some()) {
            // "du 28 décembre au 3 janvier 2018" begins in 2017.
            a.year = b.year.map(|y| if start > end { y.saturating_sub(1) } else { y });
        }
        if b.year.is_none() && end.is_some() {
            b.year = a.year.map(|y| if start > end { y.saturating_add(1) } else { y });
        }
        let days = (a.year, a.month, a.day) <= (b.year, b.month, b.day);
        if a.year.is_some() && b.year.is_some() && !days {
            return None;
        }
    }
    Some(TimeRule::Range { from: Box::new(from), to: Box::new(to), night })
}

fn get(captures: &Captures, slot: Slot, second: bool) -> Option<i32> {
    captures.iter().find(|c| c.slot == slot && c.second == second).map(|c| c.value)
}

fn part(captures: &Captures) -> Option<Part> {
    get(captures, Slot::Part, false).and_then(|i| PARTS.get(i as usize)).map(|p| p.1)
}

/// Some(None) is "quelques".
fn amount(captures: &Captures) -> Option<Option<i32>> {
    get(captures, Slot::Number, false).map(|n| (n >= 0).then_some(n))
}

/// The first or second date among the captures.
fn date(captures: &Captures, second: bool, direction: Direction) -> Option<TimeRule> {
    let find = |slot| get(captures, slot, second);
    let part = if second { None } else { part(captures) };
    let year = find(Slot::Year).map(|y| y as i16);
    if let Some(season) = find(Slot::Season) {
        let season: Season = SEASONS.get(season as usize)?.1;
        return Some(TimeRule::Season { season, year, part, direction });
    }
    if let Some(first_year) = find(Slot::Decade).or(find(Slot::DecadeWord)) {
        return Some(TimeRule::Decade { first_year: first_year as i16 });
    }
    let mut date = CalendarDate {
        year,
        month: find(Slot::Month).or(find(Slot::FullMonth)).map(|m| m as i8),
        day: find(Slot::Day).map(|d| d as i8),
        weekday: find(Slot::Weekday).or(find(Slot::FullWeekday)).map(|w| w as i8),
        part,
        direction,
    };
    if let Some(joined) = find(Slot::WeekdayPart) {
        date.weekday = Some((joined % 10) as i8);
    }
    for (slot, size) in [(Slot::PartMonth, 100), (Slot::PartYear, 10_000)] {
        let Some(joined) = find(slot) else { continue };
        date.part = PARTS.get((joined / size) as usize).map(|p| p.1);
        if slot == Slot::PartMonth {
            date.month = Some((joined % size) as i8);
        } else {
            date.year = Some((joined % size) as i16);
        }
    }
    if let Some(figures) = find(Slot::Numeric) {
        let (months, day) = (figures / 31, figures % 31 + 1);
        let (year, month) = (months / 12, months % 12 + 1);
        date.year = (year > 0).then_some(year as i16);
        date.month = Some(month as i8);
        date.day = Some(day as i8);
    }
    if let (Some(month), Some(day)) = (date.month, date.day) {
        // 2024 is a leap year: 29 February is a date, 31 November is none.
        jiff::civil::Date::new(date.year.unwrap_or(2024), month, day).ok()?;
    }
    match (date.year, date.month, date.day, date.weekday) {
        (None, None, None, Some(weekday)) => {
            Some(TimeRule::Weekday { weekday, direction, week: None })
        }
        (None, None, None, None) | (Some(_), None, Some(_), _) => None,
        _ => Some(TimeRule::Date(date)),
    }
}
