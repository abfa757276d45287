//! Fitting a model's temperature and the judge's weights on labelled pairs.
//!
//! What is fitted and what proves it never share rows: figures are cross-fitted, each group of rows being
//! measured with a fit on the other groups. `docs/evaluation.md` describes the method and the output.

pub mod diagram;
mod judge;
pub mod logistic;
mod nli;
pub mod temperature;

use serde::Serialize;

use crate::article::Article;
use crate::error::Result;
use crate::eval::bootstrap::{Random, number_groups};
use crate::eval::gold::GoldCorpus;
use crate::eval::labelled::{LabelledPair, LabelledSet};
use crate::eval::metrics::{self, Bin};
use crate::eval::pairs::score_both;
use crate::judge::Relation;
use crate::judge::calibration::Calibration;
use crate::nli::Direction;
use crate::pipeline::{Pipeline, Progress};
use judge::Findings;
use nli::Nli;
use temperature::Tempered;

/// How to fit.
#[derive(Debug, Clone)]
pub struct CalibrateOptions {
    /// Parts of the cross-fit.
    pub folds: usize,
    /// Penalty on the judge's weights; none to take the one that does best in a cross-fit.
    pub l2: Option<f64>,
    /// Share of conflicts among the candidate pairs of a real corpus.
    pub base_rate: f64,
    /// What of the two directions the judge takes.
    pub direction: Direction,
    /// Column of rows that depend on each other; see [`LabelledPair::group`].
    pub group: Option<String>,
    /// Seed of the folds.
    pub seed: u64,
}

impl Default for CalibrateOptions {
    fn default() -> Self {
        CalibrateOptions {
            folds: 5,
            l2: None,
            base_rate: 0.01,
            direction: Direction::default(),
            group: None,
            seed: 13,
        }
    }
}

/// Articles with an annotation of their conflicts.
#[derive(Debug, Clone)]
pub struct LabelledCorpus {
    /// Its name.
    pub name: String,
    /// Its articles.
    pub articles: Vec<Article>,
    /// Its conflicts; what else is shown as one is wrong.
    pub gold: GoldCorpus,
}

/// What was fitted, and how well it does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibrated {
    /// What the model's logits are to be divided by, beside the temperature it has; none without a model.
    pub factor: Option<f64>,
    /// The judge's weights; none where no file holds claims with relations.
    pub judge: Option<Calibration>,
    /// What the base rate was corrected with; none without articles to count on.
    pub base_rate: Option<BaseRate>,
    /// Figures before and after.
    pub proofs: Vec<Proof>,
}

/// One probability before and after the fit, on rows that the fit did not see.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proof {
    /// The probability of what.
    pub of: &'static str,
    /// The rows: cross-fitted, or the file's own split.
    pub rows_from: &'static str,
    /// Rows measured.
    pub rows: usize,
    /// Of these, how many are true.
    pub positive: usize,
    /// Groups that they fall in.
    pub groups: usize,
    /// With what was in force before.
    pub before: Figures,
    /// With the fit.
    pub after: Figures,
}

/// How well a probability does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Mean negative log-likelihood, in nats.
    pub log_loss: Option<f64>,
    /// Expected calibration error.
    pub calibration_error: Option<f64>,
    /// Brier score.
    pub brier: Option<f64>,
    /// Chance that a true row gets more than a false one; none without both.
    pub auroc: Option<f64>,
    /// The reliability diagram.
    pub reliability: Vec<Bin>,
}

impl Figures {
    fn of(probabilities: &[f64], truth: &[bool]) -> Self {
        let once = vec![1; truth.len()];
        Figures {
            log_loss: metrics::log_loss(probabilities, truth, &once),
            calibration_error: metrics::calibration_error(probabilities, truth, &once),
            brier: metrics::brier(probabilities, truth, &once),
            auroc: metrics::Ranking::new(probabilities, truth).auroc(&once),
            reliability: metrics::reliability(probabilities, truth, &once, metrics::BINS),
        }
    }
}

/// How often contradictions are shown, where they are and where they are not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BaseRate {
    /// Share of conflicts among candidates, as given.
    pub base_rate: f64,
    /// Labelled contradictions, and how many of them the judge shows.
    pub conflicts: usize,
    /// Those shown.
    pub conflicts_shown: usize,
    /// Candidate pairs of the articles without conflicts.
    pub candidates: usize,
    /// Contradictions shown among them.
    pub candidates_shown: usize,
    /// Share of right ones among the contradictions shown on labelled pairs.
    pub share_labelled: f64,
    /// The share that follows for a corpus with the base rate.
    pub share_expected: f64,
    /// What is added to the log-odds of contradictions.
    pub shift: f64,
}

/// Fits on the pairs of `sets`. Rows of a split `test` or `held` are never fitted, only measured. The pipeline's scorer
/// is the model to calibrate; its calibration is what was in force before. `corpora` give findings beside those on
/// pairs. `quiet` are articles without conflicts, for the base rate.
///
/// # Errors
/// When the model cannot score.
pub fn calibrate(
    mut pipeline: Pipeline,
    sets: &[LabelledSet],
    corpora: &[LabelledCorpus],
    quiet: Vec<Article>,
    options: &CalibrateOptions,
    progress: &Progress<'_>,
) -> Result<Calibrated> {
    let pairs: Vec<LabelledPair> = sets.iter().flat_map(|set| set.pairs.iter().cloned()).collect();
    let two_classes = |set: &LabelledSet| vec![set.is_binary(); set.pairs.len()];
    let binary: Vec<bool> = sets.iter().flat_map(two_classes).collect();
    let column = options.group.as_deref();
    let groups = number_groups(pairs.iter().map(|pair| pair.group(column)));
    let folds = fold(&groups, options);
    let before = pipeline.calibration.clone();
    let mut proofs = Vec::new();
    let mut factor = None;
    let mut nli_alone = None;
    if let Some(scorer) = pipeline.scorer.take() {
        let total = pairs.len() * 2;
        let both =
            score_both(scorer.as_ref(), &pairs, Direction::Mean, &|done| progress(done, total))?;
        let nli = Nli {
            pairs: &pairs,
            binary: &binary,
            both: &both,
            folds: &folds,
            groups: &groups,
            options,
        };
        let best = nli.factor(|row| !held_out(&pairs[row]));
        proofs.extend(nli.proof_of_temperature());
        if sets.iter().any(is_of_claims) {
            nli_alone = nli.alone(best, |row| !held_out(&pairs[row]));
            proofs.extend(nli.proof_alone(best, &before));
        }
        factor = Some(best);
        pipeline.scorer = Some(Box::new(Tempered { inner: scorer, factor: best }));
    }
    let claims: Vec<LabelledPair> =
        pairs.into_iter().filter(|pair| pair.relation.is_some()).collect();
    if claims.is_empty() && corpora.is_empty() {
        return Ok(Calibrated { factor, judge: None, base_rate: None, proofs });
    }
    pipeline.judging.nli_alone = false;
    // The weights are fitted on all that the rules find.
    pipeline.judging.min_contradiction = 0.0;
    pipeline.calibration.direction = options.direction;
    let total = claims.len();
    let findings = Findings::collect(&mut pipeline, &claims, corpora, column, &|done| {
        progress(done, total);
    })?;
    let (weights, l2) = findings.best(options);
    proofs.extend(findings.proofs(&before, options));
    let base_rate = if quiet.is_empty() {
        None
    } else {
        let stages = pipeline.run(quiet, progress)?;
        let shown =
            stages.findings.iter().filter(|f| f.relation == Relation::Contradiction).count();
        Some(findings.base_rate(options.base_rate, stages.scored.len(), shown))
    };
    let judge = Calibration {
        direction: options.direction,
        nli_alone,
        base_rate_shift: base_rate.map_or(0.0, |base_rate| base_rate.shift),
        fitted_on: findings.described(sets, corpora, l2),
        ..weights
    };
    Ok(Calibrated { factor, judge: Some(judge), base_rate, proofs })
}

/// Whether a file holds claims with relations, as seeds/pairs.jsonl does.
fn is_of_claims(set: &LabelledSet) -> bool {
    set.pairs.iter().any(|pair| pair.relation.is_some())
}

/// Whether the file keeps a row for measuring.
fn held_out(pair: &LabelledPair) -> bool {
    pair.columns.get("split").is_some_and(|split| matches!(split.as_str(), "test" | "held"))
}

/// The fold of each row: whole groups, dealt out in an order drawn from the seed.
fn fold(groups: &[usize], options: &CalibrateOptions) -> Vec<usize> {
    let number = groups.iter().max().map_or(0, |last| last + 1);
    let mut order: Vec<usize> = (0..number).collect();
    let mut random = Random::new(options.seed, 0);
    for at in (1..number).rev() {
        order.swap(at, random.below(at + 1));
    }
    let folds = options.folds.max(2);
    let mut of_group = vec![0; number];
    for (at, &group) in order.iter().enumerate() {
        of_group[group] = at % folds;
    }
    groups.iter().map(|&group| of_group[group]).collect()
}

const CROSS_FITTED: &str = "cross-fitted";
const HELD_OUT: &str = "held out";
