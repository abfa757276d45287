//! From a rule to the civil-date intervals that it can mean.

use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::{Span, ToSpan};

use super::DateInterval;
use super::rule::{Base, CalendarDate, Direction, Part, Season, Tense, TimeRule, Unit};

/// How far ahead of the anchor a date without a year may still lie: news announces events of
/// the coming week with the bare date.
const LOOK_AHEAD_DAYS: i32 = 6;
/// What "quelques" can mean, at least and at most.
const FEW: (i32, i32) = (2, 10);
/// How long ago "récemment" may be, in days.
const RECENT_DAYS: i32 = 90;

/// The intervals that `rule` can mean, sorted, without duplicates.
///
/// `publication` holds the possible publication days: one, a month of them, or none, and then
/// only dates that name their year resolve. `discourse` holds the possible intervals of the date
/// last spoken of. `quoted` is the publication day of the text that is quoted ("écrit vendredi
/// la revue"); it is resolved first and then stands for the publication day.
pub fn resolve(
    rule: &TimeRule,
    publication: &[Date],
    discourse: &[DateInterval],
    quoted: Option<&TimeRule>,
) -> Vec<DateInterval> {
    let quoted_days: Vec<Date> = match quoted {
        Some(quoted) => resolve(quoted, publication, &[], None)
            .iter()
            .flat_map(|i| i.days().take(366))
            .collect(),
        None => Vec::new(),
    };
    let anchors = if quoted_days.is_empty() { publication } else { &quoted_days };
    let mut found: Vec<DateInterval> = if anchors.is_empty() {
        from_anchor(rule, None, discourse)
    } else {
        fitting(rule, anchors)
            .into_iter()
            .flat_map(|anchor| from_anchor(rule, Some(anchor), discourse))
            .collect()
    };
    found.sort_unstable();
    found.dedup();
    found
}

/// The anchors under which the rule is not at odds with itself: "ce vendredi" is written on a
/// Friday, and "mercredi 8 novembre" in a year when the 8th is a Wednesday. All of them if none.
fn fitting(rule: &TimeRule, anchors: &[Date]) -> Vec<Date> {
    let kept: Vec<Date> = anchors.iter().copied().filter(|&a| agrees(rule, a)).collect();
    if kept.is_empty() { anchors.to_vec() } else { kept }
}

/// Whether the rule's own words agree with an article of this day.
pub(super) fn agrees(rule: &TimeRule, anchor: Date) -> bool {
    match rule {
        TimeRule::Weekday { weekday, direction: Direction::This, week: None, .. } => {
            number(anchor.weekday()) == *weekday
        }
        TimeRule::Date(date @ CalendarDate { weekday: Some(weekday), day: Some(_), .. }) => {
            date_from(date, Some(anchor)).is_none_or(|i| number(i.first.weekday()) == *weekday)
        }
        TimeRule::Night { evening: inner }
        | TimeRule::NightBefore { morning: inner }
        | TimeRule::AsOf { date: inner }
        | TimeRule::Since { start: inner } => agrees(inner, anchor),
        _ => true,
    }
}

fn counts_back(start: &TimeRule) -> bool {
    matches!(start, TimeRule::Offset { amount: Some(_), forward: false, base: Base::Anchor, .. })
}

/// `count` calendar years from the first of them on.
fn years(first: i16, count: i16) -> Option<DateInterval> {
    let last = first.checked_add(count.checked_sub(1)?)?;
    DateInterval::new(Date::new(first, 1, 1).ok()?, Date::new(last, 12, 31).ok()?)
}

fn iso_week(
    week: i8,
    year: Option<i16>,
    direction: Direction,
    anchor: Option<Date>,
) -> Option<DateInterval> {
    let in_year = |year: i16| {
        let monday = ISOWeekDate::new(year, week, Weekday::Monday).ok()?.date();
        DateInterval::new(monday, shift(monday, Unit::Day, 6)?)
    };
    if let Some(year) = year {
        return in_year(year);
    }
    let anchor = anchor?;
    let mut around = (-2..=2).filter_map(|n| in_year(anchor.year().checked_add(n)?));
    match direction {
        Direction::Unsaid => around.filter(|i| i.first <= anchor).max(),
        Direction::This => around.min_by_key(|i| distance(i, anchor)),
        Direction::Last => around.filter(|i| i.last < anchor).max(),
        Direction::Next => around.find(|i| i.last >= anchor),
    }
}

fn from_anchor(
    rule: &TimeRule,
    anchor: Option<Date>,
    discourse: &[DateInterval],
) -> Vec<DateInterval> {
    let each = |inner: &TimeRule, f: &dyn Fn(DateInterval) -> Option<DateInterval>| {
        from_anchor(inner, anchor, discourse).into_iter().filter_map(f).collect::<Vec<_>>()
    };
    let one = |found: Option<DateInterval>| found.into_iter().collect::<Vec<_>>();
    match rule {
        TimeRule::Date(date) => one(date_from(date, anchor)),
        TimeRule::Season { season, year, part, direction } => {
            one(season_from(*season, *year, *direction, anchor)
                .and_then(|i| part_of(i, *part, Unit::Year)))
        }
        TimeRule::Decade { first_year, part } => {
            one(years(*first_year, 10).and_then(|decade| part_of(decade, *part, Unit::Decade)))
        }
        TimeRule::Century { number } => {
            one(number.checked_mul(100).and_then(|last| years(last.checked_sub(99)?, 100)))
        }
        TimeRule::IsoWeek { week, year, direction } => {
            one(iso_week(*week, *year, *direction, anchor))
        }
        TimeRule::Either { of } => {
            of.iter().flat_map(|way| from_anchor(way, anchor, discourse)).collect()
        }
        TimeRule::Weekday { weekday, direction, week, base: Base::Anchor } => {
            one(anchor.and_then(|a| weekday_from(*weekday, *direction, *week, a)))
        }
        TimeRule::Weekday { weekday, direction, week, base: Base::Discourse } => discourse
            .iter()
            .filter(|i| i.len() <= Unit::Week.days())
            .filter_map(|i| {
                let from = if *direction == Direction::Last { i.first } else { i.last };
                weekday_from(*weekday, *direction, *week, from)
            })
            .collect(),
        TimeRule::Offset { unit, amount, forward, base: Base::Anchor } => {
            one(anchor.and_then(|a| offset(*unit, *amount, *forward, a)))
        }
        TimeRule::Offset { unit, amount, forward, base: Base::Discourse } => discourse
            .iter()
            .filter(|i| i.len() <= unit.days().max(3))
            .filter_map(|i| {
                offset(*unit, *amount, *forward, if *forward { i.last } else { i.first })
            })
            .collect(),
        TimeRule::Relative { unit, offset, part, base: Base::Anchor } => {
            one(anchor.and_then(|a| {
                let whole = relative(*unit, *offset, a)?;
                match part {
                    Some(Part::SoFar) => DateInterval::new(whole.first, a.min(whole.last)),
                    // Of a weekend or a week in which the plan lies, what is left.
                    Some(Part::Rest) if whole.last < a => relative(*unit, *offset + 1, a),
                    Some(Part::Rest) => DateInterval::new(a.max(whole.first), whole.last),
                    part => part_of(whole, *part, *unit),
                }
            }))
        }
        TimeRule::Relative { unit, offset, part, base: Base::Discourse } => discourse
            .iter()
            .filter(|i| i.len() <= unit.days())
            .filter_map(|i| part_of(relative(*unit, *offset, i.first)?, *part, *unit))
            .collect(),
        TimeRule::Night { evening } => {
            each(evening, &|i| DateInterval::new(i.first, next_day(i.last)?))
        }
        TimeRule::NightBefore { morning } => {
            each(morning, &|i| DateInterval::new(i.first.yesterday().ok()?, i.last))
        }
        TimeRule::AsOf { date } => from_anchor(date, anchor, discourse),
        // "since three weeks" counts to the day what "three weeks ago" does not.
        TimeRule::Since { start } if counts_back(start) => {
            one(anchor.and_then(|a| match **start {
                TimeRule::Offset { unit, amount, .. } => window(unit, amount, false, a),
                _ => None,
            }))
        }
        TimeRule::Since { start } => {
            each(start, &|i| DateInterval::new(i.first, anchor.unwrap_or(i.last).max(i.last)))
        }
        TimeRule::Until { end } => each(end, &|i| match anchor {
            Some(a) if a <= i.last => DateInterval::new(a, i.last),
            // What was over by then may have begun long before.
            _ => DateInterval::new(shift(i.last, Unit::Day, -RECENT_DAYS)?, i.last),
        }),
        TimeRule::Range { from, to, .. } => range(from, to, anchor, discourse),
        TimeRule::Window { unit, amount, forward } => {
            one(anchor.and_then(|a| window(*unit, *amount, *forward, a)))
        }
        TimeRule::Vague { tense } => one(anchor.and_then(|a| match tense {
            Tense::Past => DateInterval::new(shift(a, Unit::Day, -RECENT_DAYS)?, a),
            Tense::Present => DateInterval::new(shift(a, Unit::Day, -LOOK_AHEAD_DAYS)?, a),
            Tense::Future => DateInterval::new(a, shift(a, Unit::Day, RECENT_DAYS)?),
        })),
        TimeRule::Clock => match discourse {
            [] => one(anchor.map(DateInterval::day)),
            days => days.to_vec(),
        },
        TimeRule::Duration { .. } | TimeRule::Set { .. } => Vec::new(),
    }
}

/// A range's ends, each read by itself; if that turns them round ("du vendredi au lundi" on a
/// Saturday), the beginning is read again as the last one before the end.
fn range(
    from: &TimeRule,
    to: &TimeRule,
    anchor: Option<Date>,
    discourse: &[DateInterval],
) -> Vec<DateInterval> {
    // "du 14 au 17 novembre": the look ahead is for the beginning, the end is the next such day.
    if let (TimeRule::Date(start), TimeRule::Date(end)) = (from, to)
        && [start, end].iter().all(|d| d.day.is_some() && d.year.is_none() && d.weekday.is_none())
    {
        return date_from(start, anchor)
            .and_then(|start| {
                let before = start.first.yesterday().ok()?;
                let next = CalendarDate { direction: Direction::Next, ..*end };
                DateInterval::new(start.first, date_from(&next, Some(before))?.last)
            })
            .into_iter()
            .collect();
    }
    let ends = from_anchor(to, anchor, discourse);
    ends.into_iter()
        .filter_map(|end| {
            let starts = from_anchor(from, anchor, discourse);
            let ordered = starts.iter().filter(|s| s.first <= end.last).max().copied();
            let start = ordered
                .or_else(|| from_anchor(from, Some(end.last), discourse).into_iter().max())?;
            DateInterval::new(start.first, end.last)
        })
        .collect()
}

/// The interval of a calendar date; none if it is no date or the anchor is wanting.
pub(super) fn date_from(date: &CalendarDate, anchor: Option<Date>) -> Option<DateInterval> {
    let in_year = |year: i16| -> Option<DateInterval> {
        match (date.month, date.day) {
            (Some(month), Some(day)) => Date::new(year, month, day).ok().map(DateInterval::day),
            (Some(month), None) => part_of(month_of(year, month)?, date.part, Unit::Month),
            (None, None) => part_of(
                DateInterval::new(Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)?,
                date.part,
                Unit::Year,
            ),
            (None, Some(_)) => None,
        }
    };
    if let Some(year) = date.year {
        return in_year(year);
    }
    let anchor = anchor?;
    if let Some(years) = date.years {
        return in_year(i16::try_from(i32::from(anchor.year()).checked_add(years)?).ok()?);
    }
    if date.month.is_none() {
        return day_of_month(date, anchor);
    }
    // Eight years on either side hold a 29 February wherever there is one to be found.
    let around = || (-8..=8).filter_map(|n| in_year(anchor.year().checked_add(n)?));
    let checked = |i: &DateInterval| {
        date.weekday.is_none_or(|w| date.day.is_none() || number(i.first.weekday()) == w)
    };
    let pick = |fits: &dyn Fn(&DateInterval) -> bool| match date.direction {
        Direction::Unsaid => {
            let limit = shift(anchor, Unit::Day, LOOK_AHEAD_DAYS)?;
            around().filter(|i| i.first <= limit && fits(i)).max()
        }
        Direction::This => around().filter(fits).min_by_key(|i| distance(i, anchor)),
        Direction::Last => around().filter(|i| i.last < anchor && fits(i)).max(),
        Direction::Next => around().filter(|i| i.first > anchor && fits(i)).min(),
    };
    let nearest = pick(&|_| true)?;
    if checked(&nearest) {
        return Some(nearest);
    }
    // A weekday that does not fit speaks for another year only if that one is close; else it is
    // a slip of the pen.
    pick(&checked)
        .filter(|other| (other.first.year() - nearest.first.year()).abs() <= 1)
        .or(Some(nearest))
}

/// "le 8", "vendredi 10": the latest (or next) month with such a day.
fn day_of_month(date: &CalendarDate, anchor: Date) -> Option<DateInterval> {
    let day = date.day?;
    let limit = shift(anchor, Unit::Day, LOOK_AHEAD_DAYS)?;
    let candidates = (-24..=24).filter_map(|n| {
        let month = shift(Date::new(anchor.year(), anchor.month(), 1).ok()?, Unit::Month, n)?;
        let found = Date::new(month.year(), month.month(), day).ok()?;
        date.weekday.is_none_or(|w| number(found.weekday()) == w).then_some(found)
    });
    let found = match date.direction {
        Direction::Unsaid => candidates.filter(|&d| d <= limit).max(),
        Direction::Last => candidates.filter(|&d| d < anchor).max(),
        Direction::Next => candidates.filter(|&d| d > anchor).min(),
        Direction::This => candidates.min_by_key(|&d| distance(&DateInterval::day(d), anchor)),
    };
    found.map(DateInterval::day)
}

fn weekday_from(
    weekday: i8,
    direction: Direction,
    week: Option<i32>,
    anchor: Date,
) -> Option<DateInterval> {
    if let Some(week) = week {
        let monday = relative(Unit::Week, week, anchor)?.first;
        return shift(monday, Unit::Day, i32::from(weekday) - 1).map(DateInterval::day);
    }
    let back = i32::from((number(anchor.weekday()) - weekday).rem_euclid(7));
    let days = match direction {
        Direction::Unsaid => -back,
        // News is of the days just past: "ce lundi" on a Friday was four days ago.
        Direction::This if back > 4 => 7 - back,
        Direction::This => -back,
        Direction::Last if back == 0 => -7,
        Direction::Last => -back,
        Direction::Next => 7 - back,
    };
    shift(anchor, Unit::Day, days).map(DateInterval::day)
}

fn offset(unit: Unit, amount: Option<i32>, forward: bool, from: Date) -> Option<DateInterval> {
    let sign = if forward { 1 } else { -1 };
    let Some(amount) = amount else {
        let (unit, (low, high)) = match unit {
            Unit::Minute | Unit::Hour => (Unit::Day, (0, 1)),
            unit => (unit, FEW),
        };
        return ordered(shift(from, unit, sign * low)?, shift(from, unit, sign * high)?);
    };
    let amount = amount.min(100_000);
    match unit {
        Unit::Minute => ordered(from, shift(from, Unit::Day, sign * (amount / 1440))?),
        // 36 hours ago is one day and a half: either day.
        Unit::Hour => ordered(
            shift(from, Unit::Day, sign * (amount / 24))?,
            shift(from, Unit::Day, sign * ((amount + 23) / 24))?,
        ),
        Unit::Day => shift(from, Unit::Day, sign * amount).map(DateInterval::day),
        // "two weeks ago" is seldom counted to the day.
        Unit::Week | Unit::Weekend => {
            let middle = shift(from, Unit::Week, sign * amount)?;
            DateInterval::new(shift(middle, Unit::Day, -3)?, shift(middle, Unit::Day, 3)?)
        }
        Unit::Month | Unit::Year | Unit::Decade => relative(unit, sign * amount, from),
    }
}

fn window(unit: Unit, amount: Option<i32>, forward: bool, anchor: Date) -> Option<DateInterval> {
    let sign = if forward { 1 } else { -1 };
    let amount = amount.unwrap_or(FEW.1).min(100_000);
    let (unit, amount) = match unit {
        Unit::Minute => (Unit::Day, (amount + 1439) / 1440),
        Unit::Hour => (Unit::Day, (amount + 23) / 24),
        unit => (unit, amount),
    };
    ordered(anchor, shift(anchor, unit, sign * amount)?)
}

/// The week, month … `offset` after the one that `anchor` lies in.
fn relative(unit: Unit, offset: i32, anchor: Date) -> Option<DateInterval> {
    match unit {
        Unit::Minute | Unit::Hour | Unit::Day => {
            shift(anchor, Unit::Day, offset).map(DateInterval::day)
        }
        Unit::Week => {
            let monday = shift(anchor, Unit::Day, 1 - i32::from(number(anchor.weekday())))?;
            let monday = shift(monday, Unit::Week, offset)?;
            DateInterval::new(monday, shift(monday, Unit::Day, 6)?)
        }
        Unit::Weekend => {
            // Early in the week "ce week-end" is the one just past, from Thursday the coming one.
            let weekday = i32::from(number(anchor.weekday()));
            let current = if weekday <= 3 { -1 - weekday } else { 6 - weekday };
            // "le week-end dernier" on a Monday is still the one just past.
            let back = if offset < 0 && weekday <= 3 { offset + 1 } else { offset };
            let ahead = if offset > 0 && (4..=5).contains(&weekday) { offset - 1 } else { back };
            let saturday = shift(shift(anchor, Unit::Day, current)?, Unit::Week, ahead)?;
            DateInterval::new(saturday, next_day(saturday)?)
        }
        Unit::Month => {
            let first = Date::new(anchor.year(), anchor.month(), 1).ok()?;
            let first = shift(first, Unit::Month, offset)?;
            month_of(first.year(), first.month())
        }
        Unit::Year => {
            let year = i16::try_from(i32::from(anchor.year()).checked_add(offset)?).ok()?;
            DateInterval::new(Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)
        }
        Unit::Decade => {
            let year = i32::from(anchor.year()).checked_add(offset.checked_mul(10)?)?;
            let first = i16::try_from(year.div_euclid(10) * 10).ok()?;
            DateInterval::new(
                Date::new(first, 1, 1).ok()?,
                Date::new(first.checked_add(9)?, 12, 31).ok()?,
            )
        }
    }
}

fn season_from(
    season: Season,
    year: Option<i16>,
    direction: Direction,
    anchor: Option<Date>,
) -> Option<DateInterval> {
    let in_year = |year: i16| -> Option<DateInterval> {
        let first = Date::new(year, season.first_month(), 1).ok()?;
        DateInterval::new(first, shift(first, Unit::Month, season.months())?.yesterday().ok()?)
    };
    if let Some(year) = year {
        return in_year(year);
    }
    let anchor = anchor?;
    let mut around = (-2..=2).filter_map(|n| in_year(anchor.year().checked_add(n)?));
    match direction {
        Direction::Unsaid => around.filter(|i| i.first <= anchor).max(),
        Direction::This => around.min_by_key(|i| distance(i, anchor)),
        Direction::Last => around.filter(|i| i.last < anchor).max(),
        Direction::Next => around.find(|i| i.first > anchor),
    }
}

/// A third or a half of an interval: a month's thirds end on the 10th and the 20th, those of a
/// year or a season with a month, others are counted in days.
fn part_of(whole: DateInterval, part: Option<Part>, unit: Unit) -> Option<DateInterval> {
    let Some(part) = part else { return Some(whole) };
    let length = whole.len();
    let month = |n: i32| Some(days_between(whole.first, shift(whole.first, Unit::Month, n)?));
    let (first, second, half) = match unit {
        Unit::Month => (10, 20, 15),
        Unit::Year if length > 100 => (month(4)?, month(8)?, month(6)?),
        Unit::Year => (month(1)?, month(2)?, length / 2),
        Unit::Decade => (month(48)?, month(84)?, month(60)?),
        _ => (length / 3, length - length / 3, length / 2),
    };
    let (from, to) = match part {
        Part::Begin => (0, first),
        Part::Middle => (first, second),
        Part::End => (second, length),
        Part::FirstHalf => (0, half),
        Part::SecondHalf => (half, length),
        Part::SoFar | Part::Rest => (0, length),
    };
    DateInterval::new(
        shift(whole.first, Unit::Day, from)?,
        shift(whole.first, Unit::Day, to.max(from + 1) - 1)?,
    )
}

fn month_of(year: i16, month: i8) -> Option<DateInterval> {
    let first = Date::new(year, month, 1).ok()?;
    Some(DateInterval { first, last: first.last_of_month() })
}

/// Days from `anchor` to the interval; 0 inside it.
fn distance(interval: &DateInterval, anchor: Date) -> i32 {
    days_between(anchor, interval.first).max(days_between(interval.last, anchor)).max(0)
}

/// Days from `a` to `b`.
pub(super) fn days_between(a: Date, b: Date) -> i32 {
    a.until(b).map_or(0, |span: Span| span.get_days())
}

/// Monday 1 to Sunday 7.
pub(super) fn number(weekday: Weekday) -> i8 {
    weekday.to_monday_one_offset()
}

fn next_day(day: Date) -> Option<Date> {
    day.tomorrow().ok()
}

fn ordered(a: Date, b: Date) -> Option<DateInterval> {
    Some(DateInterval { first: a.min(b), last: a.max(b) })
}

/// `amount` units on; none beyond the calendar.
pub(super) fn shift(day: Date, unit: Unit, amount: i32) -> Option<Date> {
    let zero = 0.days();
    let span = match unit {
        Unit::Minute | Unit::Hour | Unit::Day => zero.try_days(amount),
        Unit::Week | Unit::Weekend => zero.try_weeks(amount),
        Unit::Month => zero.try_months(amount),
        Unit::Year => zero.try_years(amount),
        Unit::Decade => zero.try_years(i64::from(amount) * 10),
    };
    day.checked_add(span.ok()?).ok()
}
