//! Time expressions after TIMEX3, and the civil dates they can mean.
//!
//! Reading is in two steps. [`TimeReader::find`] takes expressions out of a sentence as
//! [`TimeRule`]s, which need no calendar. [`resolve`] turns a rule into civil-date intervals, given
//! the possible days that it counts from. News looks back: "dimanche" is the last Sunday up to the
//! anchor. An article's own expressions cut the set of its possible publication days
//! ([`constrain`]).

mod build;
pub mod cldr;
mod compare;
mod figures;
mod lexicon;
mod names;
mod pattern;
mod publication;
mod reader;
mod reporting;
mod resolve;
mod rule;
mod section;
mod slot;
mod templates;

use serde::{Deserialize, Serialize};

pub use self::compare::{TimeRelation, disjoint_probability, relation};
pub use self::publication::{constrain, possible_years, publication_days};
pub use self::reader::TimeReader;
pub use self::reporting::quoted_anchor;
pub use self::resolve::resolve;
pub use self::rule::{Ahead, Base, CalendarDate, Direction, Part, Season, Tense, TimeRule, Unit};
pub use self::section::TimeSection;
use crate::span::Span;

/// A closed interval of civil days, serialised as `["2017-11-08","2017-11-08"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(
    from = "(jiff::civil::Date, jiff::civil::Date)",
    into = "(jiff::civil::Date, jiff::civil::Date)"
)]
pub struct DateInterval {
    /// First day.
    pub first: jiff::civil::Date,
    /// Last day, included.
    pub last: jiff::civil::Date,
}

impl From<(jiff::civil::Date, jiff::civil::Date)> for DateInterval {
    fn from((first, last): (jiff::civil::Date, jiff::civil::Date)) -> Self {
        DateInterval { first, last }
    }
}

impl From<DateInterval> for (jiff::civil::Date, jiff::civil::Date) {
    fn from(interval: DateInterval) -> Self {
        (interval.first, interval.last)
    }
}

impl DateInterval {
    /// The interval from `first` to `last`; none if they are the wrong way round.
    pub fn new(first: jiff::civil::Date, last: jiff::civil::Date) -> Option<Self> {
        (first <= last).then_some(DateInterval { first, last })
    }

    /// One day.
    pub fn day(day: jiff::civil::Date) -> Self {
        DateInterval { first: day, last: day }
    }

    /// Its length in days, at least 1.
    pub fn len(&self) -> i32 {
        resolve::days_between(self.first, self.last) + 1
    }

    /// Never: an interval holds at least its first day.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Its days in order.
    pub fn days(self) -> impl Iterator<Item = jiff::civil::Date> {
        std::iter::successors(Some(self.first), |day| day.tomorrow().ok())
            .take_while(move |day| *day <= self.last)
    }

    /// Whether the two intervals share a day.
    pub fn overlaps(&self, other: &DateInterval) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether `other` lies within this interval.
    pub fn contains(&self, other: &DateInterval) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

/// TIMEX3 types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TimexType {
    /// A calendar date or a coarser or vaguer stretch.
    Date,
    /// A part of a day.
    Time,
    /// A length of time.
    Duration,
    /// A repetition.
    Set,
}

/// What a time expression counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anchor {
    /// Nothing: the expression names its date.
    None,
    /// The article's publication day.
    Publication,
    /// The publication day of something quoted ("écrit vendredi la revue").
    Quoted,
    /// The date last spoken of ("la veille", "le lendemain").
    Discourse,
}

/// How coarse a time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Granularity {
    /// A civil day, or a part of one.
    Day,
    /// From an evening to the next morning.
    Night,
    /// A week or a weekend.
    Week,
    /// A calendar month or a part of it.
    Month,
    /// Three months.
    Season,
    /// A calendar year or a part of it.
    Year,
    /// Ten years.
    Decade,
    /// A hundred years.
    Century,
    /// A window that is only a hint ("récemment", "depuis mercredi").
    Vague,
}

/// What a time dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeRole {
    /// What happened.
    #[default]
    Event,
    /// Who said so when: "écrit vendredi la revue", "the ministry said on Tuesday".
    Reporting,
}

/// A time expression in a sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeExpression {
    /// Where it stands.
    pub span: Span,
    /// As written.
    pub text: String,
    /// TIMEX3 type.
    #[serde(rename = "type")]
    pub kind: TimexType,
    /// TIMEX3 value; unknown parts are `X`: `XXXX-11-08`, `XXXX-WXX-7`.
    pub value: String,
    /// What it counts from.
    pub anchor: Anchor,
    /// Whether it dates an event or the saying of it.
    #[serde(default)]
    pub role: TimeRole,
    /// How coarse it is.
    pub granularity: Granularity,
    /// Time of day as a suffix of the value: `T15:00`, `TMO`, `TNI`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_of_day: Option<String>,
    /// The rule that [`resolve`] reads.
    pub rule: TimeRule,
    /// The possible civil-date intervals, sorted; empty while the anchor's date is unknown.
    pub intervals: Vec<DateInterval>,
}

impl TimeExpression {
    /// Fills `intervals`, and `value` as far as they settle it; see [`resolve`] for the arguments.
    pub fn resolve(
        &mut self,
        publication: &[jiff::civil::Date],
        discourse: &[DateInterval],
        quoted: Option<&TimeRule>,
    ) {
        self.intervals = resolve(&self.rule, publication, discourse, quoted);
        if quoted.is_some() && self.anchor == Anchor::Publication {
            self.anchor = Anchor::Quoted;
        }
        self.value = self.rule.value(&self.intervals, self.time_of_day.as_deref());
    }

    /// Whether it tells when something happened: a day or a stretch, not "since" or "until" one,
    /// not a state at a date, not a vague hint.
    pub fn dates_an_event(&self) -> bool {
        matches!(
            self.rule,
            TimeRule::Date(_)
                | TimeRule::Weekday { .. }
                | TimeRule::Offset { amount: Some(_), .. }
                | TimeRule::Relative { .. }
                | TimeRule::Season { .. }
                | TimeRule::IsoWeek { .. }
                | TimeRule::Either { .. }
                | TimeRule::Night { .. }
                | TimeRule::NightBefore { .. }
                | TimeRule::Range { .. }
        ) && self.role == TimeRole::Event
            && self.granularity != Granularity::Vague
    }

    /// Whether it gives an hour ("15h"), not only a part of the day.
    pub fn has_clock(&self) -> bool {
        self.time_of_day.as_ref().is_some_and(|t| t.contains(':'))
    }

    /// When the event can have been. For "au 6 novembre" it was at or before that day: the
    /// intervals reach `lookback` days further back; for all others they are `intervals`.
    pub fn event_intervals(&self, lookback: i32) -> Vec<DateInterval> {
        if !self.rule.as_of() {
            return self.intervals.clone();
        }
        self.intervals
            .iter()
            .map(|i| DateInterval {
                first: resolve::shift(i.first, Unit::Day, -lookback.max(0)).unwrap_or(i.first),
                last: i.last,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
