//! What is fitted on findings: the judge's weights, and their correction for the base rate.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    BaseRate, CROSS_FITTED, CalibrateOptions, Figures, HELD_OUT, LabelledCorpus, Proof, fold,
    held_out, logistic,
};
use crate::error::Result;
use crate::eval::bootstrap::number_groups;
use crate::eval::gold::{Conflict, GoldCorpus};
use crate::eval::judged;
use crate::eval::labelled::{LabelledPair, LabelledSet};
use crate::eval::metrics::log_loss;
use crate::judge::calibration::{CONTRADICTION, Calibration, logit, speaks_for};
use crate::judge::{Finding, Relation};
use crate::nli::Direction;
use crate::pipeline::Pipeline;

/// Penalties that are tried, strongest first.
const PENALTIES: [f64; 8] = [1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3];

/// A finding on a labelled pair or in an annotated corpus.
struct FindingRow {
    features: BTreeMap<String, f64>,
    /// The annotation gives the two sentences the finding's relation.
    right: bool,
    group: usize,
    held_out: bool,
}

/// Findings on labelled pairs and in corpora, and how many conflicts there were.
pub(super) struct Findings {
    rows: Vec<FindingRow>,
    /// Contradictions among the pairs that are fitted on, and conflicts of the corpora.
    conflicts: usize,
    /// Those of them that are shown.
    conflicts_shown: usize,
}

/// Whether a finding of a corpus is right; none where the annotation does not say, as of an update between sentences
/// that nobody looked at.
fn is_right(gold: &GoldCorpus, finding: &Finding) -> Option<bool> {
    if gold.conflicts.iter().any(|conflict| conflict.is_answered_by(finding)) {
        return Some(true);
    }
    (finding.relation == Relation::Contradiction).then_some(false)
}

impl Findings {
    /// Runs the judge on pairs, both sentences of which tell one story, and on corpora.
    pub(super) fn collect(
        pipeline: &mut Pipeline,
        pairs: &[LabelledPair],
        corpora: &[LabelledCorpus],
        column: Option<&str>,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Self> {
        pipeline.one_story = true;
        let runs = judged::run(pipeline, pairs, progress)?;
        pipeline.one_story = false;
        // Groups by name, until all are known.
        let mut rows: Vec<(FindingRow, String)> = Vec::new();
        let (mut conflicts, mut conflicts_shown) = (0, 0);
        for (pair, stages) in pairs.iter().zip(runs) {
            let held_out = held_out(pair);
            if pair.gold.is_contradiction() && !held_out {
                conflicts += 1;
                conflicts_shown += usize::from(judged::contradiction(&stages.findings).is_some());
            }
            for finding in stages.findings {
                let relation = serde_json::to_value(finding.relation).unwrap_or_default();
                let right = relation.as_str() == pair.relation.as_deref();
                let row = FindingRow { features: finding.features, right, group: 0, held_out };
                rows.push((row, pair.group(column).to_owned()));
            }
        }
        for LabelledCorpus { name, articles, gold } in corpora {
            let stages = pipeline.run(articles.clone(), &|_, _| ())?;
            let shown =
                |c: &&Conflict| stages.findings.iter().any(|finding| c.is_answered_by(finding));
            conflicts += gold.conflicts.len();
            conflicts_shown += gold.conflicts.iter().filter(shown).count();
            let story: BTreeMap<&str, usize> =
                stages.corpus.articles.iter().map(|a| (a.article.id.as_str(), a.story)).collect();
            for finding in &stages.findings {
                let Some(right) = is_right(gold, finding) else { continue };
                let features = finding.features.clone();
                let row = FindingRow { features, right, group: 0, held_out: false };
                // Findings of one story share articles.
                let story = story.get(finding.a.article.as_str()).copied().unwrap_or_default();
                rows.push((row, format!("{name}#{story}")));
            }
        }
        let groups = number_groups(rows.iter().map(|(_, group)| group.clone()));
        let numbered = rows.into_iter().zip(groups);
        let rows = numbered.map(|((row, _), group)| FindingRow { group, ..row }).collect();
        Ok(Findings { rows, conflicts, conflicts_shown })
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
        let signs: Vec<i8> = names.iter().map(|name| speaks_for(name)).collect();
        let fit = logistic::fit(&columns, &truth, &signs, l2);
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
    pub(super) fn described(
        &self,
        sets: &[LabelledSet],
        corpora: &[LabelledCorpus],
        l2: f64,
    ) -> String {
        let of_claims = sets.iter().filter(|set| set.pairs.iter().any(|p| p.relation.is_some()));
        let names: Vec<&str> = of_claims.map(|set| set.name.as_str()).collect();
        let mut on = format!("the pairs of {}", names.join(", "));
        if !corpora.is_empty() {
            let names: Vec<&str> = corpora.iter().map(|corpus| corpus.name.as_str()).collect();
            on += &format!(" and the corpora {}", names.join(", "));
        }
        let fitted = self.fitted();
        let right = fitted.iter().filter(|&&row| self.rows[row].right).count();
        let number = fitted.len();
        format!("{number} findings, {right} of them right, on {on}; penalty {l2}")
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
