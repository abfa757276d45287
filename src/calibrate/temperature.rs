//! Temperature scaling (Guo et al. 2017): one number that the logits are divided by, so that probabilities
//! are as sure as they are right. It changes no ranking of one direction's labels.

use crate::error::Result;
use crate::nli::{NliPair, NliScores, ScoreStats, Scorer};

/// One scored pair with its annotation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// The model's scores.
    pub scores: NliScores,
    /// What is right.
    pub truth: Truth,
}

/// What annotators say: one of three labels, or only whether it is a contradiction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// Entailment, by three labels.
    Entailment,
    /// Neutral, by three labels.
    Neutral,
    /// A contradiction, by three labels.
    Contradiction,
    /// Whether it is a contradiction; what else is not said.
    Contradicts(bool),
}

/// The probabilities that a model gives when its logits are divided by a further `factor`.
pub fn tempered(scores: NliScores, factor: f64) -> NliScores {
    let logs = [scores.entailment, scores.neutral, scores.contradiction]
        .map(|p| f64::from(p).max(1e-30).ln() / factor);
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers = logs.map(|log| (log - top).exp());
    let sum: f64 = powers.iter().sum();
    let [entailment, neutral, contradiction] = powers.map(|power| (power / sum) as f32);
    NliScores { entailment, neutral, contradiction }
}

/// Mean negative log-likelihood of the annotation, in nats.
fn loss(rows: &[Row], factor: f64) -> f64 {
    let of = |row: &Row| {
        let scores = tempered(row.scores, factor);
        let p = match row.truth {
            Truth::Entailment => scores.entailment,
            Truth::Neutral => scores.neutral,
            Truth::Contradiction | Truth::Contradicts(true) => scores.contradiction,
            Truth::Contradicts(false) => scores.entailment + scores.neutral,
        };
        -f64::from(p).max(1e-12).ln()
    };
    rows.iter().map(of).sum::<f64>() / rows.len().max(1) as f64
}

/// Range of factors that are looked at.
const RANGE: (f64, f64) = (0.05, 20.0);
/// Steps of the golden-section search: the range in logarithms shrinks to 10⁻⁹.
const STEPS: usize = 50;

/// The factor that makes the annotation likeliest, by golden-section search over its logarithm; 1 without rows.
pub fn fit(rows: &[Row]) -> f64 {
    if rows.is_empty() {
        return 1.0;
    }
    let golden = (5.0f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (RANGE.0.ln(), RANGE.1.ln());
    let at = |log: f64| loss(rows, log.exp());
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut loss_left, mut loss_right) = (at(left), at(right));
    for _ in 0..STEPS {
        if loss_left <= loss_right {
            (high, right, loss_right) = (right, left, loss_left);
            left = high - golden * (high - low);
            loss_left = at(left);
        } else {
            (low, left, loss_left) = (left, right, loss_right);
            right = low + golden * (high - low);
            loss_right = at(right);
        }
    }
    f64::midpoint(low, high).exp()
}

/// A model whose logits are divided by a further factor.
pub struct Tempered {
    /// The model.
    pub inner: Box<dyn Scorer>,
    /// The factor.
    pub factor: f64,
}

impl Scorer for Tempered {
    fn name(&self) -> &str {
        self.inner.name()
    }

    /// The model's own: nothing that is kept is scored with a trial temperature.
    fn digest(&self) -> &str {
        self.inner.digest()
    }

    fn validated_for(&self, premise_language: &str, hypothesis_language: &str) -> bool {
        self.inner.validated_for(premise_language, hypothesis_language)
    }

    fn score(
        &self,
        pairs: &[NliPair<'_>],
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<NliScores>> {
        let scores = self.inner.score(pairs, progress)?;
        Ok(scores.into_iter().map(|scores| tempered(scores, self.factor)).collect())
    }

    fn stats(&self) -> ScoreStats {
        self.inner.stats()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(entailment: f32, neutral: f32, contradiction: f32) -> NliScores {
        NliScores { entailment, neutral, contradiction }
    }

    #[test]
    fn a_factor_of_two_takes_square_roots() {
        // Square roots of 0.64, 0.32, 0.04 are 0.8, 0.566, 0.2.
        let half = tempered(scores(0.64, 0.32, 0.04), 2.0);
        assert!((half.entailment / half.contradiction - 4.0).abs() < 1e-4);
        assert!((half.entailment + half.neutral + half.contradiction - 1.0).abs() < 1e-6);
    }

    #[test]
    fn an_overconfident_model_is_cooled_to_its_share_of_right_answers() {
        // It gives 0.98 and is right three times in four. At the best factor it gives 3/4:
        // 0.01^(1/t) : 0.98^(1/t) = (1/8) : (3/4), t = ln 98 / ln 6.
        let sure = scores(0.01, 0.01, 0.98);
        let row = |truth| Row { scores: sure, truth };
        let rows =
            [Truth::Contradiction, Truth::Contradiction, Truth::Contradiction, Truth::Neutral];
        let factor = fit(&rows.map(row));
        assert!((factor - 98f64.ln() / 6f64.ln()).abs() < 1e-3, "{factor}");
    }

    #[test]
    fn two_classes_fit_too() {
        let row = |is| Row { scores: scores(0.01, 0.01, 0.98), truth: Truth::Contradicts(is) };
        // Both others together 1/2, each 1/4: t = ln 98 / ln 2.
        let factor = fit(&[row(true), row(false)]);
        assert!((factor - 98f64.ln() / 2f64.ln()).abs() < 1e-2, "{factor}");
        assert_eq!(fit(&[]), 1.0);
    }
}
