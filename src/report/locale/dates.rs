//! Dates for a reader: one day, a stretch, or the set of days that an expression can mean.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::claim::time::DateInterval;

use super::Locale;

/// Longer sets are told by their number and their ends.
const LISTED: usize = 8;

/// What one interval is for a reader.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Day,
    Days,
    Month,
    Year,
    Other,
}

impl Locale {
    /// A civil day, month or year as written in ISO 8601 (`2017-11-08`, `2017-11`, `2017`), or a set
    /// of intervals as [`intervals`] writes them; none when it is neither.
    pub fn date_text(&self, text: &str) -> Option<String> {
        let intervals = parse_intervals(text)?;
        Some(self.dates(&intervals, false))
    }

    /// A day: "8 November 2017".
    pub fn date(&self, day: Date) -> String {
        self.interval(&DateInterval { first: day, last: day }, true, true)
    }

    /// The name of a day's weekday.
    pub fn weekday(&self, day: Date) -> String {
        let at = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.weekdays.get(at).cloned().unwrap_or_default()
    }

    /// A day on an axis: "8 November", or "November 2017" where years pass.
    pub(crate) fn short_date(&self, day: Date, coarse: bool) -> String {
        if coarse {
            let month = DateInterval { first: day.first_of_month(), last: day.last_of_month() };
            return self.interval(&month, true, true);
        }
        self.interval(&DateInterval { first: day, last: day }, true, false)
    }

    /// A set of possible intervals: "8 November 2017", "a Sunday (5, 12, 19 or 26 November 2017)",
    /// "the night of 9–10 November 2017". `night`: two days stand for the night between them.
    pub fn dates(&self, set: &[DateInterval], night: bool) -> String {
        let mut set = set.to_vec();
        set.sort_unstable();
        set.dedup();
        let (Some(first), Some(last)) = (set.first(), set.last()) else {
            return self.label("date.unknown");
        };
        let (first_day, last_day) = (first.first, last.last);
        let all_days = set.iter().all(|interval| shape(interval) == Shape::Day);
        let days = if set.len() <= LISTED {
            self.list_or(&self.set(&set))
        } else {
            let id = if all_days { "date.many" } else { "date.many-stretches" };
            self.fill(
                id,
                &[
                    ("count", set.len().to_string()),
                    ("first", self.date(first_day)),
                    ("last", self.date(last_day)),
                ],
            )
        };
        let weekday = first.first.weekday();
        let any_day = first.first;
        if all_days && set.len() > 1 && set.iter().all(|i| i.first.weekday() == weekday) {
            return self
                .fill("date.weekdays", &[("weekday", self.weekday(any_day)), ("days", days)]);
        }
        if night && set.iter().all(|interval| is_night(interval) || shape(interval) == Shape::Day) {
            return self.fill("date.night", &[("days", days)]);
        }
        days
    }

    /// `value.dates`: `intervals`, and where there are some `written`, `part`, `assumed`.
    pub(super) fn dates_value(&self, values: &BTreeMap<&str, String>) -> String {
        let value = |name: &str| values.get(name).filter(|value| !value.is_empty());
        let set = value("intervals").and_then(|text| parse_intervals(text)).unwrap_or_default();
        if set.is_empty() {
            return match value("written") {
                Some(written) => self.fill("date.written", &[("written", written.clone())]),
                None => self.label("date.unknown"),
            };
        }
        let date = self.dates(&set, value("part").is_some_and(|part| part == "night"));
        match value("assumed") {
            Some(assumed) => {
                let assumed = self.date_text(assumed).unwrap_or_else(|| assumed.clone());
                self.fill("date.assumed", &[("date", date), ("assumed", assumed)])
            }
            None => date,
        }
    }

    /// Each interval, with the month and the year only where the next one has another.
    fn set(&self, set: &[DateInterval]) -> Vec<String> {
        let next = |at: usize| set.get(at + 1);
        // "8 November 2016, 2017 or 2018".
        let same_day = set.iter().all(|i| {
            shape(i) == Shape::Day
                && set.first().is_some_and(|first| month_day(&first.first) == month_day(&i.first))
        });
        if same_day && set.len() > 1 {
            let later = set.iter().skip(1).map(|i| year(&i.first));
            return set.iter().take(1).map(|i| self.date(i.first)).chain(later).collect();
        }
        set.iter()
            .enumerate()
            .map(|(at, this)| {
                let same_year = next(at).is_some_and(|n| {
                    n.first.year() == this.first.year() && n.last.year() == this.last.year()
                });
                let same_month = same_year
                    && next(at).is_some_and(|n| {
                        n.last.month() == this.last.month()
                            && n.first.month() == n.last.month()
                            && matches!(shape(this), Shape::Day | Shape::Days)
                            && matches!(shape(n), Shape::Day | Shape::Days)
                    });
                self.interval(this, !same_month, !same_year)
            })
            .collect()
    }

    fn interval(&self, interval: &DateInterval, with_month: bool, with_year: bool) -> String {
        let (first, last) = (interval.first, interval.last);
        let month = |day: &Date| {
            usize::try_from(day.month() - 1)
                .ok()
                .and_then(|at| self.months.get(at))
                .cloned()
                .unwrap_or_default()
        };
        let day = |day: &Date| match day.day() {
            1 => self.label("date.first"),
            other => other.to_string(),
        };
        let only = |wanted: bool, text: String| if wanted { text } else { String::new() };
        let id = match shape(interval) {
            Shape::Day => "date.day",
            Shape::Days => "date.range",
            Shape::Month if first.month() == last.month() => "date.month",
            Shape::Month => "date.months",
            Shape::Year if first.year() == last.year() => return year(&first),
            Shape::Year => return format!("{}–{}", year(&first), year(&last)),
            Shape::Other if first.year() == last.year() => "date.range-months",
            Shape::Other => "date.range-years",
        };
        let keep_year = with_year || id == "date.range-years";
        self.fill(
            id,
            &[
                ("day", day(&first)),
                ("last-day", day(&last)),
                (
                    "month",
                    only(with_month || !matches!(id, "date.day" | "date.range"), month(&first)),
                ),
                ("last-month", month(&last)),
                ("year", only(keep_year, year(&first))),
                ("last-year", year(&last)),
            ],
        )
    }
}

/// Intervals as a message's value: `2017-11-05/2017-11-05;2017-11-12/2017-11-12`.
pub fn intervals(set: &[DateInterval]) -> String {
    let set: Vec<String> = set.iter().map(|i| format!("{}/{}", i.first, i.last)).collect();
    set.join(";")
}

/// Reads what [`intervals`] writes; also single days, months and years.
fn parse_intervals(text: &str) -> Option<Vec<DateInterval>> {
    text.split(';')
        .map(|part| match part.trim().split_once('/') {
            Some((first, last)) => {
                Some(DateInterval { first: first.parse().ok()?, last: last.parse().ok()? })
            }
            None => partial(part.trim()),
        })
        .collect()
}

/// `2017-11-08`, `2017-11` or `2017` as the interval it covers.
fn partial(text: &str) -> Option<DateInterval> {
    let mut parts = text.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let mut number = || parts.next().map(|part| part.parse::<i8>().ok());
    let (month, day) = (number(), number());
    if parts.next().is_some() {
        return None;
    }
    let (first, last) = match (month, day) {
        (None, _) => (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?),
        (Some(month), None) => {
            let first = Date::new(year, month?, 1).ok()?;
            (first, first.last_of_month())
        }
        (Some(month), Some(day)) => {
            let day = Date::new(year, month?, day?).ok()?;
            (day, day)
        }
    };
    Some(DateInterval { first, last })
}

fn shape(interval: &DateInterval) -> Shape {
    let (first, last) = (interval.first, interval.last);
    let whole_months = first.day() == 1 && last == last.last_of_month();
    if first == last {
        Shape::Day
    } else if whole_months && first.month() == 1 && last.month() == 12 {
        Shape::Year
    } else if whole_months && first.year() == last.year() {
        Shape::Month
    } else if first.year() == last.year() && first.month() == last.month() {
        Shape::Days
    } else {
        Shape::Other
    }
}

fn is_night(interval: &DateInterval) -> bool {
    interval.first.tomorrow().is_ok_and(|next| next == interval.last)
}

fn month_day(day: &Date) -> (i8, i8) {
    (day.month(), day.day())
}

fn year(day: &Date) -> String {
    day.year().to_string()
}
