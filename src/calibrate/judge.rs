//! What is fitted on findings: the judge's weights, and their correction for the base rate.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    BaseRate, CROSS_FITTED, CalibrateOptions, Figures, HELD_OUT, Proof, fold, held_out, logistic,
};
use crate::error::Result;
use crate::eval::bootstrap::number_groups;
use crate::eval::judged;
use crate::eval::labelled::{LabelledPair, LabelledSet};
use crate::eval::metrics::log_loss;
use crate::judge::calibration::{CONTRADICTION, Calibration, logit};
use crate::nli::Direction;
use crate::pipeline::Pipeline;

/// Penalties that are tried, strongest first.
const PENALTIES: [f64; 8] = [1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3];

/// A finding on a labelled pair.
struct FindingRow {
    features: BTreeMap<String, f64>,
    /// The annotation gives the pair the finding's relation.
    right: bool,
    group: usize,
    held_out: bool,
}

/// Findings on labelled pairs, and how many pairs there were.
pub(super) struct Findings {
    rows: Vec<FindingRow>,
    /// Contradictions among the pairs that are fitted on.
    conflicts: usize,
    /// Those of them that are shown.
    conflicts_shown: usize,
}

impl Findings {
    /// Runs the judge on pairs.
    pub(super) fn collect(
        pipeline: &Pipeline,
        pairs: &[LabelledPair],
        column: Option<&str>,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Self> {
        let groups = number_groups(pairs.iter().map(|pair| pair.group(column)));
        let runs = judged::run(pipeline, pairs, progress)?;
        let mut all = Findings { rows: Vec::new(), conflicts: 0, conflicts_shown: 0 };
        for ((pair, stages), group) in pairs.iter().zip(runs).zip(groups) {
            let held_out = held_out(pair);
            if pair.gold.is_contradiction() && !held_out {
                all.conflicts += 1;
                all.conflicts_shown +=
                    usize::from(judged::contradiction(&stages.findings).is_some());
            }
            for finding in stages.findings {
                let relation = serde_json::to_value(finding.relation).unwrap_or_default();
                let right = relation.as_str() == pair.relation.as_deref();
                all.rows.push(FindingRow { features: finding.features, right, group, held_out });
            }
        }
        Ok(all)
    }

    /// The rows that may be fitted on.
    fn fitted(&self) -> Vec<usize> {
        (0..self.rows.len()).filter(|&row| !self.rows[row].held_out).collect()
    }

    /// Weights fitted on some of the rows.
    fn fit(&self, l2: f64, rows: &[usize]) -> Calibration {
        let of = |row: &usize| &self.rows[*row];
        let names: BTreeSet<&String> =
            rows.iter().flat_map(|row| of(row).features.keys()).collect();
        let value =
            |row: &FindingRow, name: &String| row.features.get(name).copied().unwrap_or(0.0);
        let columns: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| names.iter().map(|name| value(of(row), name)).collect())
            .collect();
        let truth: Vec<bool> = rows.iter().map(|row| of(row).right).collect();
        let fit = logistic::fit(&columns, &truth, names.len(), l2);
        Calibration {
            intercept: fit.intercept,
            weights: names.into_iter().cloned().zip(fit.weights).collect(),
            direction: Direction::default(),
            nli_alone: None,
            base_rate_shift: 0.0,
            fitted_on: String::new(),
        }
    }

    /// The penalty to fit some rows with: the one given, else the one of [`PENALTIES`] that gives the other
    /// rows the best log loss in a cross-fit among them. Few findings bear few weights.
    fn penalty(&self, rows: &[usize], options: &CalibrateOptions) -> f64 {
        if let Some(l2) = options.l2 {
            return l2;
        }
        let truth: Vec<bool> = rows.iter().map(|&row| self.rows[row].right).collect();
        let loss = |l2: f64| {
            let crossed = self.cross_fit(rows, options, |_| l2);
            log_loss(&crossed, &truth, &vec![1; truth.len()]).unwrap_or(f64::INFINITY)
        };
        // Of two that do as well the stronger: it comes first.
        let losses = PENALTIES.map(|l2| (l2, loss(l2)));
        let best = losses.iter().min_by(|x, y| x.1.total_cmp(&y.1));
        best.map_or(PENALTIES[0], |(l2, _)| *l2)
    }

    /// The weights from all rows that may be fitted on, and the penalty they were fitted with.
    pub(super) fn best(&self, options: &CalibrateOptions) -> (Calibration, f64) {
        let rows = self.fitted();
        let l2 = self.penalty(&rows, options);
        (self.fit(l2, &rows), l2)
    }

    /// The probability of each row by a fit on the other folds; `penalty` is asked for each fold's rows.
    fn cross_fit(
        &self,
        rows: &[usize],
        options: &CalibrateOptions,
        penalty: impl Fn(&[usize]) -> f64,
    ) -> Vec<f64> {
        // Groups are numbered over all pairs; folds deal out those that have findings.
        let groups = number_groups(rows.iter().map(|&row| self.rows[row].group));
        let folds = fold(&groups, options);
        let used: BTreeSet<usize> = folds.iter().copied().collect();
        let fits: BTreeMap<usize, Calibration> = used
            .into_iter()
            .map(|fold| {
                let others = rows.iter().zip(&folds).filter(|(_, of)| **of != fold);
                let others: Vec<usize> = others.map(|(row, _)| *row).collect();
                (fold, self.fit(penalty(&others), &others))
            })
            .collect();
        let probability =
            |(row, fold): (&usize, &usize)| fits[fold].probability(&self.rows[*row].features);
        rows.iter().zip(&folds).map(probability).collect()
    }

    /// Confidence before and after, on rows that the fit did not see. Labelled pairs are measured as they
    /// are, without a correction for the base rate of candidates.
    pub(super) fn proofs(&self, before: &Calibration, options: &CalibrateOptions) -> Vec<Proof> {
        let before = Calibration { base_rate_shift: 0.0, ..before.clone() };
        let fitted = self.fitted();
        let crossed = self.cross_fit(&fitted, options, |rows| self.penalty(rows, options));
        let test: Vec<usize> = (0..self.rows.len()).filter(|&r| self.rows[r].held_out).collect();
        let (whole, _) = self.best(options);
        let tested: Vec<f64> =
            test.iter().map(|&row| whole.probability(&self.rows[row].features)).collect();
        [(CROSS_FITTED, fitted, crossed), (HELD_OUT, test, tested)]
            .into_iter()
            .filter(|(_, rows, _)| !rows.is_empty())
            .map(|(rows_from, rows, after)| {
                let truth: Vec<bool> = rows.iter().map(|&row| self.rows[row].right).collect();
                let groups: BTreeSet<usize> =
                    rows.iter().map(|&row| self.rows[row].group).collect();
                let before: Vec<f64> =
                    rows.iter().map(|&row| before.probability(&self.rows[row].features)).collect();
                Proof {
                    of: "a finding is right",
                    rows_from,
                    rows: rows.len(),
                    positive: truth.iter().filter(|is| **is).count(),
                    groups: groups.len(),
                    before: Figures::of(&before, &truth),
                    after: Figures::of(&after, &truth),
                }
            })
            .collect()
    }

    /// What changes when candidates of real corpora are judged. Of labelled pairs about half are conflicts
    /// and the others were chosen to look like some; of candidates few are, and the others are whatever meets.
    /// With `r1` the share of conflicts that are shown, `r0` the share of other candidates that are shown, and
    /// `b` the base rate, `b·r1 / (b·r1 + (1−b)·r0)` of what is shown is right. Both shares are estimated as
    /// (n + ½) / (N + 1), so that nothing seen is not taken for nothing there.
    pub(super) fn base_rate(&self, base_rate: f64, candidates: usize, shown: usize) -> BaseRate {
        let share = |n: usize, of: usize| (n as f64 + 0.5) / (of as f64 + 1.0);
        let (r1, r0) = (share(self.conflicts_shown, self.conflicts), share(shown, candidates));
        let contradictions: Vec<&FindingRow> = self
            .rows
            .iter()
            .filter(|row| !row.held_out && row.features.contains_key(CONTRADICTION))
            .collect();
        let right = contradictions.iter().filter(|row| row.right).count();
        let share_labelled = share(right, contradictions.len());
        let share_expected = base_rate * r1 / (base_rate * r1 + (1.0 - base_rate) * r0);
        BaseRate {
            base_rate,
            conflicts: self.conflicts,
            conflicts_shown: self.conflicts_shown,
            candidates,
            candidates_shown: shown,
            share_labelled,
            share_expected,
            shift: logit(share_expected) - logit(share_labelled),
        }
    }

    /// What the weights were fitted on, for whoever reads the file.
    pub(super) fn described(&self, sets: &[LabelledSet], l2: f64) -> String {
        let names: Vec<&str> = sets
            .iter()
            .filter(|set| set.pairs.iter().any(|pair| pair.relation.is_some()))
            .map(|set| set.name.as_str())
            .collect();
        let fitted = self.fitted();
        let right = fitted.iter().filter(|&&row| self.rows[row].right).count();
        let number = fitted.len();
        let names = names.join(", ");
        format!("{number} findings, {right} of them right, on the pairs of {names}; penalty {l2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(contradiction: bool, right: bool) -> FindingRow {
        let name = if contradiction { CONTRADICTION } else { "relation-update" };
        let features = BTreeMap::from([(name.to_owned(), 1.0)]);
        FindingRow { features, right, group: 0, held_out: false }
    }

    #[test]
    fn the_rarer_conflicts_are_among_candidates_the_less_of_what_is_shown_is_right() {
        let rows = vec![row(true, true), row(true, true), row(true, false), row(false, false)];
        let findings = Findings { rows, conflicts: 9, conflicts_shown: 4 };
        // r1 = 4.5 / 10; r0 = 0.5 / 100; half of labelled: 2.5 / 4.
        let half = findings.base_rate(0.5, 99, 0);
        assert!((half.share_expected - 0.45 / 0.455).abs() < 1e-12, "{half:?}");
        assert!((half.share_labelled - 0.625).abs() < 1e-12);
        let rare = findings.base_rate(0.01, 99, 0);
        assert!((rare.share_expected - 0.0045 / (0.0045 + 0.99 * 0.005)).abs() < 1e-12);
        assert!(rare.shift < half.shift);
        assert!(findings.base_rate(0.01, 99, 10).shift < rare.shift);
    }
}
