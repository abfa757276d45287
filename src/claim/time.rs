//! Time expressions after TIMEX3, and the civil dates they can mean.
//!
//! Reading is in two steps. [`find`] takes expressions out of a sentence as [`TimeRule`]s, which
//! need no calendar. [`resolve`] turns a rule into civil-date intervals, given the possible days
//! that it counts from. News looks back: "dimanche" is the last Sunday up to the anchor.

use serde::{Deserialize, Serialize};

use crate::claim::tokens::Token;
use crate::language::Pack;
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

/// What a time expression says, before any calendar is looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "rule")]
pub enum TimeRule {}

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
    /// The rule that [`resolve`] reads.
    pub rule: TimeRule,
    /// The possible civil-date intervals, sorted; empty while the anchor's date is unknown.
    pub intervals: Vec<DateInterval>,
}

/// The pack section `[time]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeSection {}

/// Finds time expressions of one language.
#[derive(Debug, Clone)]
pub struct TimeReader {}

impl TimeReader {
    /// Compiles the pack's `[time]` section and the calendar names of its language.
    pub fn new(_pack: &Pack) -> crate::error::Result<Self> {
        Ok(TimeReader {})
    }

    /// The time expressions of one sentence, in order, without overlaps, unresolved.
    pub fn find(&self, _text: &str, _tokens: &[Token]) -> Vec<TimeExpression> {
        Vec::new()
    }
}
