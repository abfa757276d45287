//! From a template's key and captures to a rule.
//!
//! The keys of `[time.templates]` are the language-free side of the grammar: `offset.past`,
//! `unit.-1`, `night.range`. What a key needs it takes from the template's slots; captures that
//! make no sense together make no rule.

use super::Granularity;
use super::figures::EITHER;
use super::pattern::Captures;
use super::rule::{Ahead, Base, CalendarDate, Direction, Part, Season, Tense, TimeRule, Unit};
use super::slot::{PARTS, SEASONS, Slot, UNITS};

/// What a template makes of its captures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Maker {
    Date(Direction),
    /// "le dimanche suivant": after the date last spoken of, or before it.
    FromDiscourse(Direction),
    /// A date only behind "depuis" and the like: a bare year is as often a count.
    Prefixed,
    AsOf,
    Offset {
        forward: bool,
        base: Base,
        /// In one word with its number, as Arabic duals: "بعد عامين".
        fixed: Option<(i32, Unit)>,
    },
    /// A bare plural: "قبل أيام", days ago.
    Few {
        forward: bool,
    },
    Days(i32),
    DiscourseDays(i32),
    Night(Option<i32>),
    /// "cette nuit": the one just past, or in a plan the one to come.
    NightThis,
    /// "la noche anterior".
    NightOfDiscourse,
    NightBefore,
    NightRange,
    Range,
    Unit {
        offset: i32,
        unit: Option<Unit>,
        /// In one word with its unit: "Jahresende".
        part: Option<Part>,
        base: Base,
    },
    IsoWeek,
    Window {
        forward: bool,
        /// "la dernière semaine" is one.
        amount: Option<i32>,
        unit: Option<Unit>,
    },
    Vague(Tense),
    Clock,
    Duration {
        ahead: Ahead,
    },
    Set,
    /// A word for every weekday of that number, 1 Monday to 7 Sunday: German "montags".
    SetOf(i8),
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
        let unit = |name: &str| UNITS.iter().find(|u| u.0 == name).map(|u| u.1);
        let offset = |forward, base| {
            let fixed = match more {
                None => None,
                Some(more) => {
                    let (amount, name) = more.split_once('.')?;
                    Some((amount.parse().ok()?, unit(name)?))
                }
            };
            Some(Maker::Offset { forward, base, fixed })
        };
        let window = |forward| {
            let (amount, unit) = match more.map(|more| more.split_once('.')) {
                None => (None, None),
                Some(fixed) => {
                    let (amount, name) = fixed?;
                    (Some(amount.parse().ok()?), Some(unit(name)?))
                }
            };
            Some(Maker::Window { forward, amount, unit })
        };
        let units = |base| {
            let (name, part) = match more.map(|more| more.split_once('.').unwrap_or((more, ""))) {
                None => (None, None),
                Some((name, "")) => (Some(name), None),
                Some((name, part)) => (Some(name), Some(PARTS.iter().find(|p| p.0 == part)?.1)),
            };
            let unit = match name {
                None => None,
                Some(name) => Some(unit(name)?),
            };
            Some(Maker::Unit { offset: number()?, unit, part, base })
        };
        Some(match (base, argument) {
            ("date", None) => Maker::Date(Direction::Unsaid),
            ("date", Some("this")) => Maker::Date(Direction::This),
            ("date", Some("last")) => Maker::Date(Direction::Last),
            ("date", Some("next")) => Maker::Date(Direction::Next),
            ("prefixed", None) => Maker::Prefixed,
            ("as-of", None) => Maker::AsOf,
            ("date", Some("following")) => Maker::FromDiscourse(Direction::Next),
            ("date", Some("preceding")) => Maker::FromDiscourse(Direction::Last),
            ("offset", Some("past")) => offset(false, Base::Anchor)?,
            ("offset", Some("future")) => offset(true, Base::Anchor)?,
            ("few", Some("past")) => Maker::Few { forward: false },
            ("few", Some("future")) => Maker::Few { forward: true },
            ("day", Some(_)) => Maker::Days(number()?),
            ("discourse", Some("past")) => offset(false, Base::Discourse)?,
            ("discourse", Some("future")) => offset(true, Base::Discourse)?,
            ("discourse-unit", Some(_)) => units(Base::Discourse)?,
            ("discourse", Some(_)) => Maker::DiscourseDays(number()?),
            ("night", None) => Maker::Night(None),
            ("night", Some("this")) => Maker::NightThis,
            ("night", Some("discourse")) => Maker::NightOfDiscourse,
            ("night", Some("before")) => Maker::NightBefore,
            ("night", Some("range")) => Maker::NightRange,
            ("night", Some(_)) => Maker::Night(Some(number()?)),
            ("range", None) => Maker::Range,
            ("unit", Some(_)) => units(Base::Anchor)?,
            ("iso-week", None) => Maker::IsoWeek,
            ("window", Some("past")) => window(false)?,
            ("window", Some("future")) => window(true)?,
            ("vague", Some("past")) => Maker::Vague(Tense::Past),
            ("vague", Some("present")) => Maker::Vague(Tense::Present),
            ("vague", Some("future")) => Maker::Vague(Tense::Future),
            ("clock", None) => Maker::Clock,
            ("duration", None) => Maker::Duration { ahead: Ahead::No },
            ("duration", Some("ahead")) => Maker::Duration { ahead: Ahead::After },
            ("duration", Some("within")) => Maker::Duration { ahead: Ahead::Within },
            ("set", None) => Maker::Set,
            ("set", Some(_)) => {
                let weekday = i8::try_from(number()?).ok().filter(|day| (1..=7).contains(day))?;
                Maker::SetOf(weekday)
            }
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
            Maker::FromDiscourse(direction) => match date(captures, false, direction)? {
                TimeRule::Weekday { weekday, direction, week, .. } => {
                    Some(TimeRule::Weekday { weekday, direction, week, base: Base::Discourse })
                }
                _ => None,
            },
            Maker::Offset { forward, base, fixed: Some((amount, unit)) } => {
                Some(TimeRule::Offset { unit, amount: Some(amount), forward, base })
            }
            Maker::Offset { forward, base, fixed: None } => {
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
            Maker::NightOfDiscourse => {
                let evening = TimeRule::Offset {
                    unit: Unit::Day,
                    amount: Some(1),
                    forward: false,
                    base: Base::Discourse,
                };
                Some(TimeRule::Night { evening: Box::new(evening) })
            }
            Maker::NightThis => {
                Some(TimeRule::NightBefore { morning: Box::new(TimeRule::days(0)) })
            }
            Maker::NightBefore => Some(TimeRule::NightBefore {
                morning: Box::new(date(captures, false, Direction::Unsaid)?),
            }),
            Maker::Range | Maker::NightRange => {
                let from = date(captures, false, Direction::Unsaid)?;
                let to = date(captures, true, Direction::Unsaid)?;
                range(from, to, self == Maker::NightRange)
            }
            Maker::Unit { offset, unit: fixed, part: fixed_part, base } => {
                let part = fixed_part.or(part);
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
                        base,
                    }),
                    // "in March of last year".
                    _ if unit == Unit::Year && base == Base::Anchor && names_month(captures) => {
                        match date(captures, false, Direction::Unsaid)? {
                            TimeRule::Date(date) => {
                                Some(TimeRule::Date(CalendarDate { years: Some(offset), ..date }))
                            }
                            _ => None,
                        }
                    }
                    // The end of a day is an hour of it, which the day parts know.
                    _ if part.is_some() && unit.granularity() == Granularity::Day => None,
                    // "the coming days" are several; a day has words of its own.
                    _ if unit == Unit::Day && offset != 0 && base == Base::Anchor => None,
                    _ => Some(TimeRule::Relative { unit, offset, part, base }),
                }
            }
            Maker::IsoWeek => {
                let week = i8::try_from(get(captures, Slot::Number, false)?).ok()?;
                let year = get(captures, Slot::Year, false).map(|y| y as i16);
                let direction = Direction::Unsaid;
                (1..=53).contains(&week).then_some(TimeRule::IsoWeek { week, year, direction })
            }
            Maker::Window { forward, amount: fixed, unit: fixed_unit } => Some(TimeRule::Window {
                unit: fixed_unit.or_else(unit)?,
                amount: fixed.or(amount(captures).unwrap_or(None)),
                forward,
            }),
            Maker::Vague(tense) => Some(TimeRule::Vague { tense }),
            Maker::Clock => Some(TimeRule::Clock),
            Maker::Duration { ahead } => {
                Some(TimeRule::Duration { unit: unit()?, amount: amount(captures)?, ahead })
            }
            Maker::Set => Some(TimeRule::Set {
                every: date(captures, false, Direction::Unsaid).map(Box::new),
                unit: unit(),
            }),
            Maker::SetOf(weekday) => {
                let (direction, base) = (Direction::Unsaid, Base::Anchor);
                let every = TimeRule::Weekday { weekday, direction, week: None, base };
                Some(TimeRule::Set { every: Some(Box::new(every)), unit: None })
            }
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

fn names_month(captures: &Captures) -> bool {
    [Slot::Month, Slot::FullMonth].iter().any(|&slot| get(captures, slot, false).is_some())
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
        return Some(TimeRule::Decade { first_year: first_year as i16, part });
    }
    if let Some(number) = find(Slot::Century) {
        return Some(TimeRule::Century { number: number as i16 });
    }
    let mut date = CalendarDate {
        year,
        years: None,
        month: find(Slot::Month)
            .or(find(Slot::FullMonth))
            .or(find(Slot::MonthNumber))
            .map(|m| m as i8),
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
        let either = figures >= EITHER;
        let figures = figures % EITHER;
        let (months, day) = (figures / 31, figures % 31 + 1);
        let (year, month) = (months / 12, months % 12 + 1);
        date.year = (year > 0).then_some(year as i16);
        date.month = Some(month as i8);
        date.day = Some(day as i8);
        if either {
            let swapped = CalendarDate { month: date.day, day: date.month, ..date };
            return Some(TimeRule::Either { of: vec![date.into(), swapped.into()] });
        }
    }
    if let (Some(month), Some(day)) = (date.month, date.day) {
        // 2024 is a leap year: 29 February is a date, 31 November is none.
        jiff::civil::Date::new(date.year.unwrap_or(2024), month, day).ok()?;
    }
    match (date.year, date.month, date.day, date.weekday) {
        (None, None, None, Some(weekday)) => {
            Some(TimeRule::Weekday { weekday, direction, week: None, base: Base::Anchor })
        }
        (None, None, None, None) | (Some(_), None, Some(_), _) => None,
        _ => Some(TimeRule::Date(date)),
    }
}

impl From<CalendarDate> for TimeRule {
    fn from(date: CalendarDate) -> Self {
        TimeRule::Date(date)
    }
}
