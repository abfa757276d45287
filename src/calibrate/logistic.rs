//! Logistic regression with an L2 penalty, by Newton's method (iteratively reweighted least squares).
//!
//! Written here and not taken from a crate: a fit has at most a few dozen weights and some thousand rows, so
//! Newton's method with a dense solver needs a page of code, where `linfa-logistic` or `argmin` bring dozens
//! of crates, one of them with a linear-algebra library of its own. The penalty leaves the intercept alone.

use crate::judge::calibration::logistic;

/// An intercept and a weight for each column.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Log-odds of a row of zeros.
    pub intercept: f64,
    /// Log-odds per unit of each column.
    pub weights: Vec<f64>,
}

impl Fit {
    /// The probability of a row.
    pub fn probability(&self, row: &[f64]) -> f64 {
        let sum: f64 = self.weights.iter().zip(row).map(|(w, x)| w * x).sum();
        logistic(self.intercept + sum)
    }
}

/// Newton's method converges in a handful of steps; this many mean that it does not.
const MAX_STEPS: usize = 100;
/// Steps smaller than this end the fit.
const TOLERANCE: f64 = 1e-9;
/// Keeps the system solvable where rows are few or all of one class.
const RIDGE: f64 = 1e-6;

/// Fits `truth` to `rows`, each with as many numbers as there are `signs`. A weight with the sign 1 is not below 0, one
/// with -1 not above, one with 0 may be either: what is known beforehand, so that few rows cannot say the contrary.
/// The steps are projected ones (Bertsekas 1982). Without rows, all is 0.
///
/// Beside them stand half a true and half a false row at the mean of all: so n true of N rows give
/// (n + ½) / (N + 1), and three rows that are all true are not taken for certainty.
pub fn fit(rows: &[Vec<f64>], truth: &[bool], signs: &[i8], l2: f64) -> Fit {
    let columns = signs.len();
    let size = columns + 1;
    let mut weights = vec![0.0; size];
    if !rows.is_empty() {
        let number = rows.len() as f64;
        let mean: Vec<f64> =
            (0..columns).map(|at| rows.iter().map(|row| row[at]).sum::<f64>() / number).collect();
        let half = [(&mean, 1.0, 0.5), (&mean, 0.0, 0.5)];
        let each = rows.iter().zip(truth).map(|(row, &is)| (row, f64::from(u8::from(is)), 1.0));
        let weighted: Vec<(&Vec<f64>, f64, f64)> = each.chain(half).collect();
        for _ in 0..MAX_STEPS {
            let penalty = |i: usize| if i == 0 { RIDGE } else { l2.max(RIDGE) };
            let mut gradient: Vec<f64> = (0..size).map(|i| -penalty(i) * weights[i]).collect();
            let mut hessian = vec![vec![0.0; size]; size];
            for (i, row) in hessian.iter_mut().enumerate() {
                row[i] = penalty(i);
            }
            for &(row, target, count) in &weighted {
                let x: Vec<f64> = std::iter::once(1.0).chain(row.iter().copied()).collect();
                let p = logistic(weights.iter().zip(&x).map(|(w, x)| w * x).sum());
                for i in 0..size {
                    gradient[i] += count * (target - p) * x[i];
                    for j in 0..size {
                        hessian[i][j] += count * p * (1.0 - p) * x[i] * x[j];
                    }
                }
            }
            for (sign, at) in signs.iter().zip(1..) {
                // At its bound, and the rows would have it beyond: it stays there.
                if weights[at] == 0.0 && gradient[at] * f64::from(*sign) < 0.0 {
                    gradient[at] = 0.0;
                    hessian[at].fill(0.0);
                    hessian.iter_mut().for_each(|row| row[at] = 0.0);
                    hessian[at][at] = 1.0;
                }
            }
            let mut step = solve(hessian, gradient);
            // Far from the optimum a full step can overshoot, as where the classes are separable.
            let longest = step.iter().fold(0.0f64, |most, s| most.max(s.abs()));
            if longest > 5.0 {
                step.iter_mut().for_each(|s| *s *= 5.0 / longest);
            }
            let signed = std::iter::once(&0).chain(signs);
            let mut moved = 0.0f64;
            for ((weight, step), sign) in weights.iter_mut().zip(&step).zip(signed) {
                let before = *weight;
                *weight += step;
                if *weight * f64::from(*sign) < 0.0 {
                    *weight = 0.0;
                }
                moved = moved.max((*weight - before).abs());
            }
            if moved < TOLERANCE {
                break;
            }
        }
    }
    Fit { intercept: weights[0], weights: weights[1..].to_vec() }
}

/// Solves a symmetric positive definite system by Gaussian elimination with pivoting.
fn solve(mut matrix: Vec<Vec<f64>>, mut vector: Vec<f64>) -> Vec<f64> {
    let size = vector.len();
    for column in 0..size {
        let largest = (column..size)
            .max_by(|&x, &y| matrix[x][column].abs().total_cmp(&matrix[y][column].abs()));
        let pivot = largest.unwrap_or(column);
        matrix.swap(column, pivot);
        vector.swap(column, pivot);
        let (done, rest) = matrix.split_at_mut(column + 1);
        let pivot_row = &done[column];
        for (below, row) in rest.iter_mut().zip(column + 1..) {
            let factor = below[column] / pivot_row[column];
            for (value, above) in below.iter_mut().zip(pivot_row).skip(column) {
                *value -= factor * above;
            }
            vector[row] -= factor * vector[column];
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|at| matrix[row][at] * vector[at]).sum();
        vector[row] = (vector[row] - known) / matrix[row][row];
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_intercept_alone_is_the_log_odds_of_the_share_with_half_a_row_of_each_kind() {
        let rows = vec![Vec::new(); 4];
        let three = fit(&rows, &[true, true, true, false], &[], 1.0);
        assert!((three.intercept - (3.5f64 / 1.5).ln()).abs() < 1e-4, "{three:?}");
        let four = fit(&rows, &[true; 4], &[], 1.0);
        assert!((four.intercept - 9f64.ln()).abs() < 1e-4, "{four:?}");
    }

    #[test]
    fn one_column_of_zeros_and_ones_gives_the_log_odds_of_each_group() {
        // A hundred of each group. Group 0: one of four true; group 1: three of four.
        let rows: Vec<Vec<f64>> = (0..200).map(|at| vec![f64::from(at / 100)]).collect();
        let truth: Vec<bool> = (0..200).map(|at| (at % 4 == 0) == (at < 100)).collect();
        let free = fit(&rows, &truth, &[0], 0.0);
        assert!((free.intercept + 3f64.ln()).abs() < 0.02, "{free:?}");
        assert!((free.weights[0] - 9f64.ln()).abs() < 0.04, "{free:?}");
        let held = fit(&rows, &truth, &[0], 1.0);
        assert!(held.weights[0] > 0.0 && held.weights[0] < free.weights[0]);
    }

    #[test]
    fn a_penalty_keeps_separable_classes_finite() {
        let rows: Vec<Vec<f64>> = [0., 0., 1., 1.].map(|x| vec![x]).into();
        let fit = fit(&rows, &[false, false, true, true], &[0], 1.0);
        assert!(fit.weights[0].is_finite() && fit.probability(&[1.0]) > 0.5);
        assert!(fit.probability(&[0.0]) < 0.5);
    }

    #[test]
    fn a_weight_keeps_to_its_sign_and_the_others_are_fitted_as_if_it_were_not_there() {
        // Column 0 speaks against, column 1 for.
        let rows: Vec<Vec<f64>> =
            (0..40).map(|at| vec![f64::from(at % 2), f64::from(at / 2 % 2)]).collect();
        let truth: Vec<bool> = rows.iter().map(|row| row[1] > row[0]).collect();
        let free = fit(&rows, &truth, &[0, 0], 1.0);
        assert!(free.weights[0] < 0.0 && free.weights[1] > 0.0);
        let agreeing = fit(&rows, &truth, &[-1, 1], 1.0);
        assert!((agreeing.weights[0] - free.weights[0]).abs() < 1e-6, "{agreeing:?} {free:?}");
        let held = fit(&rows, &truth, &[1, 0], 1.0);
        assert_eq!(held.weights[0], 0.0);
        let second: Vec<Vec<f64>> = rows.iter().map(|row| vec![row[1]]).collect();
        let alone = fit(&second, &truth, &[0], 1.0);
        assert!((held.weights[1] - alone.weights[0]).abs() < 1e-6, "{held:?} {alone:?}");
    }

    #[test]
    fn no_rows_fit_nothing() {
        assert_eq!(fit(&[], &[], &[0, 0], 1.0), Fit { intercept: 0.0, weights: vec![0.0, 0.0] });
    }
}
