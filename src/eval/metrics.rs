//! Figures of classifiers and rankings, as pure functions.
//!
//! Every function takes how often each row counts (`counts`), so that a bootstrap resample is the same rows
//! with other counts, and nothing is sorted twice. A figure that is not defined (no row, one class only) is
//! `None`, never a made-up number.

use serde::Serialize;

/// How often each pair of true class and answered class was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// Rows are the true classes, columns the answers, both in the order of the set's classes.
    pub counts: Vec<Vec<u64>>,
}

/// Figures of one class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClassFigures {
    /// Rows of the class.
    pub rows: u64,
    /// Of the answers that name the class, the share that is right; none if no answer does.
    pub precision: Option<f64>,
    /// Of the rows of the class, the share that is answered so; none if it has no row.
    pub recall: Option<f64>,
    /// Harmonic mean of both, 0 if neither is above 0; none if no row is of the class and no answer names it.
    pub f1: Option<f64>,
}

impl Confusion {
    /// An empty table for a number of classes.
    pub fn new(classes: usize) -> Self {
        Confusion { counts: vec![vec![0; classes]; classes] }
    }

    /// A table of true classes and answers, each an index below `classes`.
    pub fn of(classes: usize, truth: &[usize], answers: &[usize], counts: &[u32]) -> Self {
        let mut table = Self::new(classes);
        for ((&truth, &answer), &count) in truth.iter().zip(answers).zip(counts) {
            table.counts[truth][answer] += u64::from(count);
        }
        table
    }

    /// All rows counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// Share of right answers.
    pub fn accuracy(&self) -> Option<f64> {
        let right: u64 = (0..self.counts.len()).map(|class| self.counts[class][class]).sum();
        share(right as f64, self.total() as f64)
    }

    /// Precision, recall and F1 of every class.
    pub fn classes(&self) -> Vec<ClassFigures> {
        (0..self.counts.len())
            .map(|class| {
                let right = self.counts[class][class];
                let rows: u64 = self.counts[class].iter().sum();
                let answers: u64 = self.counts.iter().map(|row| row[class]).sum();
                ClassFigures {
                    rows,
                    precision: share(right as f64, answers as f64),
                    recall: share(right as f64, rows as f64),
                    // 2PR / (P + R), written so that it needs no P and no R.
                    f1: share(2.0 * right as f64, (rows + answers) as f64),
                }
            })
            .collect()
    }

    /// The mean F1 of the classes that a row or an answer is of.
    pub fn macro_f1(&self) -> Option<f64> {
        let known: Vec<f64> = self.classes().iter().filter_map(|class| class.f1).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    }

    /// Agreement beyond chance (Cohen 1960): 1 is full, 0 what the two distributions give by chance.
    pub fn kappa(&self) -> Option<f64> {
        let (observed, total) = (self.accuracy()?, self.total() as f64);
        let expected: f64 = (0..self.counts.len())
            .map(|class| {
                let rows: u64 = self.counts[class].iter().sum();
                let answers: u64 = self.counts.iter().map(|row| row[class]).sum();
                (rows as f64 / total) * (answers as f64 / total)
            })
            .sum();
        (expected < 1.0).then(|| (observed - expected) / (1.0 - expected))
    }
}

/// The share of a part in a whole, where there is one.
pub(super) fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Rows sorted by score once, for figures that ask how well the score ranks.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// Indices of rows with one and the same score, highest score first.
    ties: Vec<Vec<usize>>,
    truth: Vec<bool>,
}

impl Ranking {
    /// Sorts rows by their score; `truth` says which rows should come first.
    pub fn new(scores: &[f64], truth: &[bool]) -> Self {
        let mut order: Vec<usize> = (0..scores.len().min(truth.len())).collect();
        order.sort_by(|&x, &y| scores[y].total_cmp(&scores[x]).then(x.cmp(&y)));
        let same = |&x: &usize, &y: &usize| scores[x] == scores[y];
        let ties = order.chunk_by(same).map(<[usize]>::to_vec).collect();
        Ranking { ties, truth: truth.to_vec() }
    }

    /// True and false rows of each tie, highest score first.
    fn steps<'r>(&'r self, counts: &'r [u32]) -> impl Iterator<Item = (f64, f64)> + 'r {
        self.ties.iter().map(|tie| {
            let of = |wanted: bool| {
                let rows = tie.iter().filter(|&&row| self.truth[row] == wanted);
                rows.map(|&row| f64::from(counts[row])).sum::<f64>()
            };
            (of(true), of(false))
        })
    }

    /// Area under the ROC curve: the chance that a true row scores above a false one, ties counting half
    /// (the statistic of Mann and Whitney).
    pub fn auroc(&self, counts: &[u32]) -> Option<f64> {
        let (mut above, mut positives, mut negatives) = (0.0, 0.0, 0.0);
        for (yes, no) in self.steps(counts) {
            above += no * (positives + yes / 2.0);
            positives += yes;
            negatives += no;
        }
        (positives > 0.0 && negatives > 0.0).then(|| above / (positives * negatives))
    }

    /// Average precision: precision at every score, weighted by the recall that it adds; rows of one score
    /// are one step.
    pub fn average_precision(&self, counts: &[u32]) -> Option<f64> {
        let (mut area, mut positives, mut all) = (0.0, 0.0, 0.0);
        for (yes, no) in self.steps(counts) {
            positives += yes;
            all += yes + no;
            if yes > 0.0 {
                area += yes * positives / all;
            }
        }
        (positives > 0.0).then(|| area / positives)
    }
}

/// Bins of equal width of a reliability diagram and of [`calibration_error`].
pub const BINS: usize = 10;

/// One bin of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Lower bound of the probabilities in it.
    pub low: f64,
    /// Upper bound; only that of the last bin is in it.
    pub high: f64,
    /// Rows in it.
    pub rows: u64,
    /// Their mean probability; none if there is no row.
    pub mean: Option<f64>,
    /// The share of them that is true.
    pub share: Option<f64>,
}

/// Rows sorted into bins of equal width by their probability.
pub fn reliability(probabilities: &[f64], truth: &[bool], counts: &[u32], bins: usize) -> Vec<Bin> {
    let mut sums = vec![(0.0, 0.0, 0.0); bins];
    for ((&p, &is), &count) in probabilities.iter().zip(truth).zip(counts) {
        let bin = ((p * bins as f64) as usize).min(bins.saturating_sub(1));
        if let Some((rows, mean, right)) = sums.get_mut(bin) {
            let count = f64::from(count);
            *rows += count;
            *mean += count * p;
            *right += if is { count } else { 0.0 };
        }
    }
    let edge = |bin: usize| bin as f64 / bins as f64;
    let figures = sums.into_iter().enumerate().map(|(bin, (rows, mean, right))| Bin {
        low: edge(bin),
        high: edge(bin + 1),
        rows: rows as u64,
        mean: (rows > 0.0).then(|| mean / rows),
        share: (rows > 0.0).then(|| right / rows),
    });
    figures.collect()
}

/// Expected calibration error: how far mean probability and share of true rows lie apart, over [`BINS`] bins
/// of equal width, each weighing as many rows as it holds (Naeini et al. 2015).
pub fn calibration_error(probabilities: &[f64], truth: &[bool], counts: &[u32]) -> Option<f64> {
    let bins = reliability(probabilities, truth, counts, BINS);
    let total: u64 = bins.iter().map(|bin| bin.rows).sum();
    let gaps = bins.iter().filter_map(|bin| Some(bin.rows as f64 * (bin.mean? - bin.share?).abs()));
    let sum: f64 = gaps.sum();
    (total > 0).then(|| sum / total as f64)
}

/// Brier score: mean squared distance of the probability from 1 for a true and 0 for a false row.
pub fn brier(probabilities: &[f64], truth: &[bool], counts: &[u32]) -> Option<f64> {
    mean(probabilities, truth, counts, |p, is| (p - f64::from(u8::from(is))).powi(2))
}

/// Mean negative log-likelihood in nats; probabilities are kept 1e-12 away from 0 and 1.
pub fn log_loss(probabilities: &[f64], truth: &[bool], counts: &[u32]) -> Option<f64> {
    mean(probabilities, truth, counts, |p, is| {
        let p = p.clamp(1e-12, 1.0 - 1e-12);
        -(if is { p } else { 1.0 - p }).ln()
    })
}

fn mean(
    probabilities: &[f64],
    truth: &[bool],
    counts: &[u32],
    loss: impl Fn(f64, bool) -> f64,
) -> Option<f64> {
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let rows = probabilities.iter().zip(truth).zip(counts);
    let sum: f64 = rows.map(|((&p, &is), &count)| f64::from(count) * loss(p, is)).sum();
    (total > 0.0).then(|| sum / total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ONES: [u32; 8] = [1; 8];

    fn close(a: Option<f64>, b: f64) -> bool {
        a.is_some_and(|a| (a - b).abs() < 1e-12)
    }

    #[test]
    fn confusion_figures_equal_those_worked_out_by_hand() {
        // Truth 0 0 0 1 1 2, answers 0 0 1 1 2 2.
        let table = Confusion::of(3, &[0, 0, 0, 1, 1, 2], &[0, 0, 1, 1, 2, 2], &[1; 6]);
        assert_eq!(table.counts, [[2, 1, 0], [0, 1, 1], [0, 0, 1]]);
        assert!(close(table.accuracy(), 4.0 / 6.0));
        let classes = table.classes();
        assert!(close(classes[0].precision, 1.0) && close(classes[0].recall, 2.0 / 3.0));
        assert!(close(classes[1].f1, 0.5) && close(classes[2].f1, 2.0 / 3.0));
        assert!(close(table.macro_f1(), (0.8 + 0.5 + 2.0 / 3.0) / 3.0));
        // Chance: 3/6·2/6 + 2/6·2/6 + 1/6·2/6 = 1/3; (2/3 − 1/3) / (2/3) = 1/2.
        assert!(close(table.kappa(), 0.5));
    }

    #[test]
    fn what_is_not_defined_is_none() {
        let empty = Confusion::new(2);
        assert_eq!((empty.accuracy(), empty.macro_f1(), empty.kappa()), (None, None, None));
        let never_answered = Confusion::of(3, &[0, 1], &[0, 0], &[1; 2]);
        let classes = never_answered.classes();
        assert_eq!((classes[1].precision, classes[1].f1), (None, Some(0.0)));
        assert_eq!(classes[2].f1, None);
        assert!(close(never_answered.macro_f1(), (2.0 / 3.0) / 2.0));
        let one_class = Ranking::new(&[0.1, 0.2], &[true, true]);
        assert_eq!(one_class.auroc(&ONES[..2]), None);
        assert_eq!(brier(&[], &[], &[]), None);
    }

    #[test]
    fn auroc_counts_ties_half() {
        // True 0.9 and 0.5, false 0.5 and 0.1: of four comparisons three are won and one is tied.
        let ranking = Ranking::new(&[0.9, 0.5, 0.5, 0.1], &[true, true, false, false]);
        assert!(close(ranking.auroc(&ONES[..4]), 3.5 / 4.0));
        let all_alike = Ranking::new(&[0.3; 4], &[true, false, true, false]);
        assert!(close(all_alike.auroc(&ONES[..4]), 0.5));
    }

    #[test]
    fn average_precision_takes_ties_as_one_step() {
        // Scores 0.9 true, 0.8 false, 0.7 true: 1/2·1 + 1/2·2/3.
        let ranking = Ranking::new(&[0.9, 0.8, 0.7], &[true, false, true]);
        assert!(close(ranking.average_precision(&ONES[..3]), 0.5 + 1.0 / 3.0));
        let tied = Ranking::new(&[0.9, 0.9, 0.9], &[true, false, true]);
        assert!(close(tied.average_precision(&ONES[..3]), 2.0 / 3.0));
    }

    #[test]
    fn calibration_figures_equal_those_worked_out_by_hand() {
        // Bin 0.2–0.3: mean 0.25, share 0.5. Bin 0.9–1: mean 0.95, share 1.
        let (p, truth) = ([0.2, 0.3 - 1e-9, 0.9, 1.0], [true, false, true, true]);
        let error = calibration_error(&p, &truth, &ONES[..4]).unwrap();
        assert!((error - (0.5 * 0.25 + 0.5 * 0.05)).abs() < 1e-8, "{error}");
        assert!(close(brier(&[0.25, 1.0], &[false, true], &[1, 1]), 0.0625 / 2.0));
        assert!(close(
            log_loss(&[0.25, 0.5], &[false, true], &[1, 1]),
            -(0.75f64.ln() + 0.5f64.ln()) / 2.0
        ));
        let bins = reliability(&p, &truth, &ONES[..4], 10);
        assert_eq!(bins.len(), 10);
        assert_eq!((bins[9].rows, bins[9].share), (2, Some(1.0)));
        assert_eq!((bins[5].rows, bins[5].mean), (0, None));
    }

    /// Rows of a score, a truth and a count.
    fn rows() -> impl Strategy<Value = Vec<(f64, bool, u32)>> {
        prop::collection::vec((0u8..=10, any::<bool>(), 0u32..4), 1..40).prop_map(|rows| {
            rows.into_iter().map(|(p, is, n)| (f64::from(p) / 10.0, is, n)).collect()
        })
    }

    type Columns = (Vec<f64>, Vec<bool>, Vec<u32>);

    fn columns(rows: &[(f64, bool, u32)]) -> Columns {
        let scores = rows.iter().map(|row| row.0).collect();
        (scores, rows.iter().map(|row| row.1).collect(), rows.iter().map(|row| row.2).collect())
    }

    fn repeated(rows: &[(f64, bool, u32)]) -> Columns {
        let each: Vec<_> =
            rows.iter().flat_map(|row| (0..row.2).map(|_| (row.0, row.1, 1))).collect();
        columns(&each)
    }

    fn alike(a: Option<f64>, b: Option<f64>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9,
            (a, b) => a == b,
        }
    }

    proptest! {
        #[test]
        fn a_row_that_counts_twice_is_two_rows(rows in rows()) {
            let ((p, t, n), (rp, rt, rn)) = (columns(&rows), repeated(&rows));
            let (ranking, again) = (Ranking::new(&p, &t), Ranking::new(&rp, &rt));
            prop_assert!(alike(ranking.auroc(&n), again.auroc(&rn)));
            prop_assert!(alike(ranking.average_precision(&n), again.average_precision(&rn)));
            prop_assert!(alike(calibration_error(&p, &t, &n), calibration_error(&rp, &rt, &rn)));
            prop_assert!(alike(brier(&p, &t, &n), brier(&rp, &rt, &rn)));
        }

        #[test]
        fn turning_the_scores_round_turns_auroc_round(rows in rows()) {
            let (p, t, n) = columns(&rows);
            let turned: Vec<f64> = p.iter().map(|p| -p).collect();
            let (up, down) = (Ranking::new(&p, &t).auroc(&n), Ranking::new(&turned, &t).auroc(&n));
            prop_assert!(alike(up.map(|a| 1.0 - a), down));
        }

        #[test]
        fn every_figure_lies_between_0_and_1(rows in rows()) {
            let (p, t, n) = columns(&rows);
            let ranking = Ranking::new(&p, &t);
            let figures = [ranking.auroc(&n), ranking.average_precision(&n),
                calibration_error(&p, &t, &n), brier(&p, &t, &n)];
            prop_assert!(figures.into_iter().flatten().all(|x| (-1e-12..=1.0 + 1e-12).contains(&x)));
        }
    }
}
