//! How often two outlets contradict each other, as a table.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::judge::{Finding, Relation};

use super::locale::Locale;
use super::visible::visible;

/// Outlets against each other.
#[derive(Debug, Serialize)]
pub(crate) struct Matrix {
    pub outlets: Vec<String>,
    pub rows: Vec<MatrixRow>,
}

#[derive(Debug, Serialize)]
pub(crate) struct MatrixRow {
    pub outlet: String,
    pub cells: Vec<MatrixCell>,
}

#[derive(Debug, Serialize)]
pub(crate) struct MatrixCell {
    /// The diagonal: an outlet beside itself.
    pub same: bool,
    pub contradictions: usize,
    pub divergent: usize,
    pub title: String,
    /// 0–4, for the shade.
    pub shade: usize,
}

/// The table; none where no two outlets differ.
pub(crate) fn matrix(findings: &[Finding], locale: &Locale) -> Option<Matrix> {
    let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for finding in findings {
        let add = match finding.relation {
            Relation::Contradiction => (1, 0),
            Relation::DivergentAccount => (0, 1),
            _ => continue,
        };
        let (a, b) = (finding.a.outlet.as_str(), finding.b.outlet.as_str());
        // Both halves of the table, and the diagonal once.
        let mut pairs = vec![(a, b)];
        if a != b {
            pairs.push((b, a));
        }
        for pair in pairs {
            let count = counts.entry(pair).or_default();
            *count = (count.0 + add.0, count.1 + add.1);
        }
    }
    let outlets: BTreeSet<&str> = counts.keys().flat_map(|(a, b)| [*a, *b]).collect();
    let rows: Vec<MatrixRow> = outlets
        .iter()
        .map(|a| MatrixRow {
            outlet: visible(a),
            cells: outlets
                .iter()
                .map(|b| {
                    let count = counts.get(&(*a, *b)).copied().unwrap_or_default();
                    cell(locale, a, b, count)
                })
                .collect(),
        })
        .collect();
    (!rows.is_empty())
        .then(|| Matrix { outlets: outlets.iter().map(|o| visible(o)).collect(), rows })
}

fn cell(
    locale: &Locale,
    a: &str,
    b: &str,
    (contradictions, divergent): (usize, usize),
) -> MatrixCell {
    let title = locale.fill(
        "label.matrix-cell",
        &[
            ("a", visible(a)),
            ("b", visible(b)),
            ("contradictions", locale.relation_count(Relation::Contradiction, contradictions)),
            ("divergent", locale.relation_count(Relation::DivergentAccount, divergent)),
        ],
    );
    MatrixCell { same: a == b, contradictions, divergent, title, shade: contradictions.min(4) }
}
