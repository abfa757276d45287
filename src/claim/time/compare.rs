//! How two sets of possible intervals stand to each other.

use serde::{Deserialize, Serialize};

use super::DateInterval;

/// How two times stand, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeRelation {
    /// The same possible intervals.
    Same,
    /// They share days, or may, or one of them is unknown.
    Overlap,
    /// Every possibility of the first is coarser and holds one of the second's.
    AContainsB,
    /// The other way round.
    BContainsA,
    /// No possibility of the one shares a day with one of the other.
    Disjoint,
    /// This share of the pairs of possibilities share no day.
    PossiblyDisjoint(f64),
}

/// The probability that two times share no day: the share of disjoint pairs of possible
/// intervals, each as likely as the next; 0 if either is unknown.
pub fn disjoint_probability(a: &[DateInterval], b: &[DateInterval]) -> f64 {
    let pairs = a.len() * b.len();
    if pairs == 0 {
        return 0.0;
    }
    let disjoint = a.iter().flat_map(|x| b.iter().filter(move |y| !x.overlaps(y))).count();
    disjoint as f64 / pairs as f64
}

/// How two times stand.
pub fn relation(a: &[DateInterval], b: &[DateInterval]) -> TimeRelation {
    if a.is_empty() || b.is_empty() {
        return TimeRelation::Overlap;
    }
    // Equal sets of possibilities are what two texts that say the same words leave open.
    if a == b {
        return TimeRelation::Same;
    }
    let covers = |outer: &[DateInterval], inner: &[DateInterval]| {
        inner.iter().all(|i| outer.iter().any(|o| o.contains(i)))
            && outer.iter().all(|o| inner.iter().any(|i| o.contains(i)))
    };
    if covers(a, b) {
        return TimeRelation::AContainsB;
    }
    if covers(b, a) {
        return TimeRelation::BContainsA;
    }
    match disjoint_probability(a, b) {
        p if p >= 1.0 => TimeRelation::Disjoint,
        p if p > 0.0 => TimeRelation::PossiblyDisjoint(p),
        _ => TimeRelation::Overlap,
    }
}
