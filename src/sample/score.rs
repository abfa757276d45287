//! Scoring a sample that annotators have judged.
//!
//! Precision is the share of predicted conflicts that an annotator calls one. Within a stratum its interval is Wilson's
//! (1927); over strata items count with their weights, and the interval is a bootstrap over events. Agreement of two
//! annotators is Cohen's κ (1960), with a bootstrap interval over events too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::table::{KeyRow, read_key, read_labels};
use super::{Label, Predicted};
use crate::error::Error;
use crate::eval::bootstrap::{Measured, Resampling, measure, number_groups};
use crate::eval::metrics::Confusion;

/// A share with Wilson's interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// How many of them are.
    pub yes: usize,
    /// Of how many.
    pub of: usize,
    /// The share; none of none.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
}

impl Share {
    /// A share of counts.
    pub fn new(yes: usize, of: usize) -> Self {
        let interval = wilson(yes, of);
        Share {
            yes,
            of,
            value: (of > 0).then(|| yes as f64 / of as f64),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
        }
    }
}

/// Wilson's 95 % interval of a share; none of none.
pub fn wilson(yes: usize, of: usize) -> Option<(f64, f64)> {
    if of == 0 {
        return None;
    }
    // The 97.5 % quantile of the normal distribution.
    let z = 1.959_963_984_540_054_f64;
    let (n, p) = (of as f64, yes as f64 / of as f64);
    let middle = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    let low = if yes == 0 { 0.0 } else { (middle - half) / scale };
    let high = if yes == of { 1.0 } else { (middle + half) / scale };
    Some((low, high))
}

/// What one annotator's labels say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// The annotator's file.
    pub file: String,
    /// Items with a label.
    pub labelled: usize,
    /// Items without one.
    pub open: usize,
    /// Items labelled unclear; they count in no share.
    pub unclear: usize,
    /// Precision by stratum of predicted conflicts.
    pub strata: Vec<StratumScore>,
    /// Precision over all strata, with the weights undone.
    pub precision: Option<Measured>,
    /// Of the pairs that the program takes to agree, how many conflict; weights undone.
    pub missed: Option<Measured>,
}

/// One stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StratumScore {
    /// Its name.
    pub stratum: String,
    /// What the program says of its items.
    pub predicted: Predicted,
    /// The share that the annotator calls conflicts.
    pub conflicts: Share,
}

/// How far two annotators agree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// Items that both labelled.
    pub items: usize,
    /// Share of equal labels.
    pub observed: Option<f64>,
    /// Cohen's κ over yes, no and unclear.
    pub kappa: Option<Measured>,
    /// Items with different labels.
    pub disagreements: Vec<Disagreement>,
    /// Precision on the items that both label alike.
    pub precision: Option<Measured>,
}

/// An item with two labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The item.
    pub item: String,
    /// Its stratum.
    pub stratum: String,
    /// The first annotator's label.
    pub first: Label,
    /// The second's.
    pub second: Label,
}

/// A scored sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Items of the key.
    pub items: usize,
    /// Each annotator.
    pub annotators: Vec<Judged>,
    /// The two together, where there are two.
    pub agreement: Option<Agreement>,
}

type Labels = BTreeMap<String, Option<Label>>;

/// Scores one or two annotated samples by their key.
///
/// # Errors
/// Every cell that is wrong, each with file, line and column.
pub fn score(key: &Path, annotated: &[&Path], how: Resampling) -> Result<Score, Vec<Error>> {
    let key = read_key(key)?;
    let mut problems = Vec::new();
    let mut read: Vec<Labels> = Vec::new();
    for path in annotated {
        match read_labels(path, &key) {
            Ok(labels) => read.push(labels),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let annotators = annotated
        .iter()
        .zip(&read)
        .map(|(path, labels)| judged(path.display().to_string(), &key, labels, how))
        .collect();
    let agreement = match &read[..] {
        [first, second] => Some(agreement(&key, first, second, how)),
        _ => None,
    };
    Ok(Score { items: key.len(), annotators, agreement })
}

/// The items of one prediction that are labelled yes or no, with whether they are conflicts.
fn clear<'k>(key: &'k [KeyRow], labels: &Labels, predicted: Predicted) -> Vec<(&'k KeyRow, bool)> {
    let of = |row: &KeyRow| match labels.get(&row.item).copied().flatten() {
        Some(Label::Yes) => Some(true),
        Some(Label::No) => Some(false),
        _ => None,
    };
    let mine = key.iter().filter(|row| row.predicted == predicted);
    mine.filter_map(|row| Some((row, of(row)?))).collect()
}

/// The weighted share of conflicts, with an interval over events.
fn weighted(rows: &[(&KeyRow, bool)], how: Resampling) -> Option<Measured> {
    if rows.is_empty() {
        return None;
    }
    let events = number_groups(rows.iter().map(|(row, _)| &row.event));
    let share = |counts: &[u32]| {
        let (mut yes, mut all) = (0.0, 0.0);
        for ((row, is), &count) in rows.iter().zip(counts) {
            let weight = row.weight * f64::from(count);
            all += weight;
            yes += if *is { weight } else { 0.0 };
        }
        vec![(all > 0.0).then(|| yes / all)]
    };
    measure(&events, how, share).into_iter().next().flatten()
}

fn judged(file: String, key: &[KeyRow], labels: &Labels, how: Resampling) -> Judged {
    let label = |row: &KeyRow| labels.get(&row.item).copied().flatten();
    let labelled = key.iter().filter(|row| label(row).is_some()).count();
    let mut strata = Vec::new();
    for predicted in [Predicted::Conflict, Predicted::Agreement] {
        let rows = clear(key, labels, predicted);
        let names: BTreeSet<&str> = rows.iter().map(|(row, _)| row.stratum.as_str()).collect();
        for name in names {
            let mine = || rows.iter().filter(|(row, _)| row.stratum == name);
            let yes = mine().filter(|(_, is)| *is).count();
            strata.push(StratumScore {
                stratum: name.to_owned(),
                predicted,
                conflicts: Share::new(yes, mine().count()),
            });
        }
    }
    Judged {
        file,
        labelled,
        open: key.len() - labelled,
        unclear: key.iter().filter(|row| label(row) == Some(Label::Unclear)).count(),
        strata,
        precision: weighted(&clear(key, labels, Predicted::Conflict), how),
        missed: weighted(&clear(key, labels, Predicted::Agreement), how),
    }
}

fn agreement(key: &[KeyRow], first: &Labels, second: &Labels, how: Resampling) -> Agreement {
    let label = |labels: &Labels, row: &KeyRow| labels.get(&row.item).copied().flatten();
    let both: Vec<(&KeyRow, Label, Label)> =
        key.iter().filter_map(|row| Some((row, label(first, row)?, label(second, row)?))).collect();
    let class = |label: Label| Label::ALL.iter().position(|known| *known == label).unwrap_or(0);
    let (a, b): (Vec<usize>, Vec<usize>) =
        both.iter().map(|(_, a, b)| (class(*a), class(*b))).unzip();
    let events = number_groups(both.iter().map(|(row, _, _)| &row.event));
    let kappa = measure(&events, how, |counts| {
        vec![Confusion::of(Label::ALL.len(), &a, &b, counts).kappa()]
    });
    let alike: Labels = both
        .iter()
        .filter(|(_, a, b)| a == b)
        .map(|(row, a, _)| (row.item.clone(), Some(*a)))
        .collect();
    Agreement {
        items: both.len(),
        observed: Confusion::of(Label::ALL.len(), &a, &b, &vec![1; both.len()]).accuracy(),
        kappa: kappa.into_iter().next().flatten(),
        disagreements: both
            .iter()
            .filter(|(_, a, b)| a != b)
            .map(|(row, a, b)| Disagreement {
                item: row.item.clone(),
                stratum: row.stratum.clone(),
                first: *a,
                second: *b,
            })
            .collect(),
        precision: weighted(&clear(key, &alike, Predicted::Conflict), how),
    }
}

#[cfg(test)]
mod tests {
    use super::wilson;

    #[test]
    fn wilson_intervals_equal_published_ones() {
        // Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I.
        for (yes, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let (l, h) = wilson(yes, of).unwrap();
            assert!((l - low).abs() < 5e-5 && (h - high).abs() < 5e-5, "{yes}/{of}: {l} {h}");
        }
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(4, 4).map(|(_, high)| high), Some(1.0));
    }
}
