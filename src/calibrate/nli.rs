//! What is fitted on a model's scores: the temperature, and the probability of a conflict by NLI alone.

use std::collections::{BTreeMap, BTreeSet};

use super::temperature::{self, Row, Truth, tempered};
use super::{CalibrateOptions, Figures, Proof, held_out, logistic};
use crate::eval::labelled::{Gold, LabelledPair};
use crate::judge::calibration::{Calibration, NliAlone, logit};
use crate::nli::NliScores;

/// Labelled pairs with the model's scores both ways.
pub(super) struct Nli<'r> {
    pub(super) pairs: &'r [LabelledPair],
    /// Whether the row is of a set of two classes.
    pub(super) binary: &'r [bool],
    pub(super) both: &'r [(NliScores, NliScores)],
    pub(super) folds: &'r [usize],
    pub(super) groups: &'r [usize],
    pub(super) options: &'r CalibrateOptions,
}

impl Nli<'_> {
    /// The rows that a temperature is fitted on. Entailment has a direction, contradiction has none.
    fn rows(&self, row: usize) -> Vec<Row> {
        let (forward, reverse) = self.both[row];
        let truth = match self.pairs[row].gold {
            Gold::Entailment => Truth::Entailment,
            Gold::Neutral => Truth::Neutral,
            Gold::Contradiction if self.binary[row] => Truth::Contradicts(true),
            Gold::Contradiction => Truth::Contradiction,
            Gold::Compatible => Truth::Contradicts(false),
        };
        match truth {
            Truth::Contradicts(_) => {
                vec![Row { scores: forward, truth }, Row { scores: reverse, truth }]
            }
            _ => vec![Row { scores: forward, truth }],
        }
    }

    /// Whether a row may be fitted on to measure the rows of a fold.
    fn may_fit(&self, row: usize, fold: usize) -> bool {
        self.folds[row] != fold && !held_out(&self.pairs[row])
    }

    pub(super) fn factor(&self, fitted: impl Fn(usize) -> bool) -> f64 {
        let rows: Vec<Row> = (0..self.pairs.len())
            .filter(|&row| fitted(row))
            .flat_map(|row| self.rows(row))
            .collect();
        temperature::fit(&rows)
    }

    /// The probability of contradiction of each row, with the direction that is measured.
    fn contradiction(&self, row: usize, factor: f64) -> f64 {
        let (forward, reverse) = self.both[row];
        let (forward, reverse) = (tempered(forward, factor), tempered(reverse, factor));
        f64::from(self.options.direction.combine(forward, reverse).contradiction)
    }

    pub(super) fn proof_of_temperature(&self) -> Option<Proof> {
        let folds: BTreeSet<usize> = self.folds.iter().copied().collect();
        let factors: BTreeMap<usize, f64> = folds
            .into_iter()
            .map(|fold| (fold, self.factor(|row| self.may_fit(row, fold))))
            .collect();
        let rows: Vec<usize> = (0..self.pairs.len()).collect();
        self.proof(
            "contradiction, by the model",
            &rows,
            |row| self.contradiction(row, 1.0),
            |row| self.contradiction(row, factors[&self.folds[row]]),
        )
    }

    /// The line from the model's probability to that of a conflict.
    pub(super) fn alone(&self, factor: f64, fitted: impl Fn(usize) -> bool) -> Option<NliAlone> {
        let rows: Vec<usize> = (0..self.pairs.len()).filter(|&row| fitted(row)).collect();
        let truth: Vec<bool> =
            rows.iter().map(|&row| self.pairs[row].gold.is_contradiction()).collect();
        let conflicts = truth.iter().filter(|is| **is).count();
        if conflicts == 0 || conflicts == truth.len() {
            return None;
        }
        let columns: Vec<Vec<f64>> =
            rows.iter().map(|&row| vec![logit(self.contradiction(row, factor))]).collect();
        let fit = logistic::fit(&columns, &truth, &[0], 0.0);
        Some(NliAlone {
            intercept: fit.intercept,
            slope: fit.weights[0],
            share: conflicts as f64 / truth.len() as f64,
            base_rate: self.options.base_rate,
        })
    }

    /// The proof is on labelled pairs, so both sides speak of the share of conflicts among these.
    pub(super) fn proof_alone(&self, factor: f64, before: &Calibration) -> Option<Proof> {
        let rows: Vec<usize> = (0..self.pairs.len()).collect();
        let folds: BTreeSet<usize> = self.folds.iter().copied().collect();
        let fits: BTreeMap<usize, Option<NliAlone>> = folds
            .into_iter()
            .map(|fold| (fold, self.alone(factor, |row| self.may_fit(row, fold))))
            .collect();
        let labelled = |fitted: &NliAlone| NliAlone { base_rate: fitted.share, ..*fitted };
        self.proof(
            "a conflict, by NLI alone",
            &rows,
            |row| {
                let p = self.contradiction(row, 1.0);
                before.nli_alone.as_ref().map_or(p, |fitted| labelled(fitted).probability(p))
            },
            |row| {
                let p = self.contradiction(row, factor);
                let fitted = fits.get(&self.folds[row]).and_then(Option::as_ref);
                fitted.map_or(p, |fitted| labelled(fitted).probability(p))
            },
        )
    }

    fn proof(
        &self,
        of: &'static str,
        rows: &[usize],
        before: impl Fn(usize) -> f64,
        after: impl Fn(usize) -> f64,
    ) -> Option<Proof> {
        if rows.is_empty() {
            return None;
        }
        let truth: Vec<bool> =
            rows.iter().map(|&row| self.pairs[row].gold.is_contradiction()).collect();
        let groups: BTreeSet<usize> = rows.iter().map(|&row| self.groups[row]).collect();
        let before: Vec<f64> = rows.iter().map(|&row| before(row)).collect();
        let after: Vec<f64> = rows.iter().map(|&row| after(row)).collect();
        Some(Proof {
            of,
            rows_from: super::CROSS_FITTED,
            rows: rows.len(),
            positive: truth.iter().filter(|is| **is).count(),
            groups: groups.len(),
            before: Figures::of(&before, &truth),
            after: Figures::of(&after, &truth),
        })
    }
}
