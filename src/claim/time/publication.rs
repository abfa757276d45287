//! The possible publication days of an article, and what its text says about them.

use jiff::civil::Date;

use super::resolve::{agrees, days_between, number, resolve};
use super::rule::{CalendarDate, Direction, TimeRule};
use super::{TimeExpression, TimeRole};
use crate::article::PartialDate;

/// The days that a partial date leaves open: one, a month or a year of them; none without a date.
pub fn publication_days(metadata: Option<&PartialDate>) -> Vec<Date> {
    let Some(date) = metadata else { return Vec::new() };
    let months = date.month.map_or(1..=12, |m| m..=m);
    months
        .flat_map(|month| {
            let last = Date::new(date.year, month, 1).map_or(0, |d| d.days_in_month());
            let days = date.day.map_or(1..=last, |d| d..=d);
            days.filter_map(move |day| Date::new(date.year, month, day).ok())
        })
        .collect()
}

/// One thing that a text says about its publication day, and how much it can be trusted.
struct Constraint<'e> {
    strength: u8,
    expression: &'e TimeExpression,
}

/// Cuts the possible publication days by what the article's own time expressions say.
///
/// `evidence` must hold only what is told as past or present: a planned event bounds nothing. A
/// dated event is not after publication, "ce vendredi" is written on a Friday, "vendredi 15H" at
/// most two days later, and "mercredi 8 novembre" only when the 8th is a Wednesday. Where the
/// constraints leave no day, the weakest are dropped; the set never becomes empty by evidence.
pub fn constrain(days: Vec<Date>, evidence: &[&TimeExpression]) -> Vec<Date> {
    let mut constraints: Vec<Constraint<'_>> = evidence
        .iter()
        .filter_map(|&expression| {
            strength(expression).map(|strength| Constraint { strength, expression })
        })
        .collect();
    // Strongest first; the sort is stable, so that the text's order decides between equals.
    constraints.sort_by_key(|c| std::cmp::Reverse(c.strength));
    let mut left = days;
    for constraint in &constraints {
        let kept: Vec<Date> =
            left.iter().copied().filter(|&day| allows(constraint.expression, day)).collect();
        if !kept.is_empty() {
            left = kept;
        }
    }
    left
}

/// How much an expression says about publication; none for what says nothing.
fn strength(expression: &TimeExpression) -> Option<u8> {
    let rule = bare(&expression.rule);
    match rule {
        TimeRule::Weekday { direction: Direction::This, week: None, .. } => Some(5),
        TimeRule::Date(CalendarDate { direction: Direction::Next, .. }) => None,
        TimeRule::Date(CalendarDate { year: Some(_), .. }) => Some(4),
        TimeRule::Date(CalendarDate { weekday: Some(_), day: Some(_), .. }) => Some(4),
        TimeRule::Date(CalendarDate { month: Some(_), day: Some(_), .. })
            if expression.rule.as_of() || expression.role == TimeRole::Reporting =>
        {
            Some(3)
        }
        TimeRule::Date(CalendarDate { month: Some(_), day: Some(_), .. }) => Some(2),
        TimeRule::Weekday { direction: Direction::Unsaid, week: None, .. }
            if expression.has_clock() =>
        {
            Some(1)
        }
        _ => None,
    }
}

/// Whether an article of this day could say so.
fn allows(expression: &TimeExpression, day: Date) -> bool {
    let rule = bare(&expression.rule);
    if !agrees(rule, day) {
        return false;
    }
    match rule {
        TimeRule::Date(CalendarDate { year: Some(_), .. }) => {
            resolve(rule, &[], &[], None).iter().all(|i| i.first <= day)
        }
        TimeRule::Date(CalendarDate { month: Some(month), day: Some(of_month), .. }) => {
            // Without a year it is this year's day, and past; an article of early January may
            // well speak of December.
            let this_year = Date::new(day.year(), *month, *of_month);
            let last_year = Date::new(day.year() - 1, *month, *of_month);
            this_year.is_ok_and(|d| d <= day) || last_year.is_ok_and(|d| days_between(d, day) <= 62)
        }
        TimeRule::Weekday { weekday, direction: Direction::Unsaid, .. } => {
            (number(day.weekday()) - weekday).rem_euclid(7) <= 2
        }
        _ => true,
    }
}

/// The date within "au …", "depuis …" and the like.
fn bare(rule: &TimeRule) -> &TimeRule {
    match rule {
        TimeRule::AsOf { date: inner }
        | TimeRule::Since { start: inner }
        | TimeRule::Night { evening: inner } => bare(inner),
        rule => rule,
    }
}

/// The years from `years` in which a date's weekday fits; none where it names no weekday.
///
/// "mercredi 8 novembre" fits 2000, 2006, 2017, 2023: an undated article's year is one of few.
pub fn possible_years(rule: &TimeRule, years: std::ops::RangeInclusive<i16>) -> Vec<i16> {
    match bare(rule) {
        TimeRule::Date(CalendarDate {
            weekday: Some(weekday),
            month: Some(month),
            day: Some(day),
            year: None,
            ..
        }) => years
            .filter(|&year| {
                Date::new(year, *month, *day).is_ok_and(|d| number(d.weekday()) == *weekday)
            })
            .collect(),
        _ => Vec::new(),
    }
}
