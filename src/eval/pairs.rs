//! How well scores of pairs agree with their annotation.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bootstrap::{Measured, Resampling, measure, number_groups};
use super::labelled::{Gold, LabelledPair, LabelledSet};
use super::lost::{Losses, Missed};
use super::metrics::{self, Bin, ClassFigures, Confusion, Ranking};
use crate::error::Result;
use crate::nli::{Direction, NliPair, NliScores, Scorer};

/// How pairs are evaluated.
#[derive(Debug, Clone)]
pub struct PairOptions {
    /// In a set of two classes, the probability of contradiction from which a pair counts as one.
    pub threshold: f64,
    /// The column that holds the group of a row; see [`LabelledPair::group`].
    pub group: Option<String>,
    /// Columns by whose values the figures are broken down.
    pub by: Vec<String>,
    /// Bootstrap intervals.
    pub resampling: Resampling,
}

impl Default for PairOptions {
    fn default() -> Self {
        PairOptions {
            threshold: 0.5,
            group: None,
            by: vec!["lang".to_owned()],
            resampling: Resampling::default(),
        }
    }
}

/// Figures of one scorer on one part of one set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairFigures {
    /// The set: its file's name.
    pub set: String,
    /// What scored it: a model's name, `lexical`, `majority`, or the judge.
    pub scorer: String,
    /// Which direction of the pairs was scored; none for what knows no direction.
    pub direction: Option<Direction>,
    /// The part: column and value; none for the whole set.
    pub part: Option<Part>,
    /// Number of pairs.
    pub pairs: usize,
    /// Number of groups that resamples are drawn from.
    pub groups: usize,
    /// Share of right answers.
    pub accuracy: Option<Measured>,
    /// Mean F1 of the classes.
    pub macro_f1: Option<Measured>,
    /// Agreement beyond chance (Cohen's kappa).
    pub kappa: Option<Measured>,
    /// How well the probability of contradiction ranks contradictions above the rest: area under the ROC curve.
    pub auroc: Option<Measured>,
    /// The same as average precision.
    pub average_precision: Option<Measured>,
    /// Expected calibration error of the probability of contradiction.
    pub calibration_error: Option<Measured>,
    /// Brier score of the probability of contradiction.
    pub brier: Option<Measured>,
    /// The classes, in the order of `per_class` and of `confusion`.
    pub classes: Vec<&'static str>,
    /// Figures of each class.
    pub per_class: Vec<ClassFigures>,
    /// Rows are true classes, columns answers.
    pub confusion: Confusion,
    /// The reliability diagram of the probability of contradiction.
    pub reliability: Vec<Bin>,
    /// Where the contradictions that the judge does not show were lost; none where that was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub losses: Option<Losses>,
}

/// The pairs of a set that share a value of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Part {
    /// The column.
    pub column: String,
    /// Its value.
    pub value: String,
}

/// The classes of a set with three labels, and of one with two.
const THREE: [&str; 3] = ["entailment", "neutral", "contradiction"];
const TWO: [&str; 2] = ["compatible", "contradiction"];

/// Scores the pairs of a set in the directions that are needed.
///
/// # Errors
/// When the model cannot score.
pub fn score(
    scorer: &dyn Scorer,
    pairs: &[LabelledPair],
    direction: Direction,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<NliScores>> {
    let both = score_both(scorer, pairs, direction, progress)?;
    Ok(both.into_iter().map(|(forward, reverse)| direction.combine(forward, reverse)).collect())
}

/// Scores of every pair, premise → hypothesis and back. A direction that `direction` does not need is not
/// scored: the other's scores stand in its place.
///
/// # Errors
/// When the model cannot score.
pub fn score_both(
    scorer: &dyn Scorer,
    pairs: &[LabelledPair],
    direction: Direction,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<(NliScores, NliScores)>> {
    let forward =
        pairs.iter().map(|pair| NliPair { premise: &pair.premise, hypothesis: &pair.hypothesis });
    let reverse =
        pairs.iter().map(|pair| NliPair { premise: &pair.hypothesis, hypothesis: &pair.premise });
    let (ahead, back) = (direction.needs_forward(), direction.needs_reverse());
    let mut inputs: Vec<NliPair<'_>> = Vec::new();
    if ahead {
        inputs.extend(forward);
    }
    if back {
        inputs.extend(reverse);
    }
    let scores = scorer.score(&inputs, progress)?;
    let second = if ahead && back { &scores[pairs.len()..] } else { &scores[..] };
    Ok(scores.iter().copied().zip(second.iter().copied()).collect())
}

/// Number of model inputs that [`score`] needs, for progress.
pub fn inputs(pairs: usize, direction: Direction) -> usize {
    pairs * (usize::from(direction.needs_forward()) + usize::from(direction.needs_reverse()))
}

/// The scores of a baseline that always gives the shares of the set's classes, and so answers the commonest.
pub fn majority(pairs: &[LabelledPair]) -> Vec<NliScores> {
    let share = |gold: Gold| {
        pairs.iter().filter(|pair| pair.gold == gold).count() as f32 / pairs.len().max(1) as f32
    };
    let scores = NliScores {
        entailment: share(Gold::Entailment),
        neutral: share(Gold::Neutral) + share(Gold::Compatible),
        contradiction: share(Gold::Contradiction),
    };
    vec![scores; pairs.len()]
}

/// Evaluates scores of a set: the whole first, then every part that `by` makes, sorted by value.
pub fn evaluate(
    set: &LabelledSet,
    scorer: &str,
    direction: Option<Direction>,
    scores: &[NliScores],
    options: &PairOptions,
) -> Vec<PairFigures> {
    let figures = |part: Option<Part>, rows: &[usize]| {
        let pairs: Vec<&LabelledPair> = rows.iter().map(|&row| &set.pairs[row]).collect();
        let scores: Vec<NliScores> = rows.iter().map(|&row| scores[row]).collect();
        let (set_name, scorer) = (set.name.clone(), scorer.to_owned());
        let binary = set.is_binary();
        Rows { pairs, scores, binary, options }.figures(set_name, scorer, direction, part)
    };
    let all: Vec<usize> = (0..set.pairs.len()).collect();
    let mut found = vec![figures(None, &all)];
    for column in &options.by {
        let mut parts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (row, pair) in set.pairs.iter().enumerate() {
            if let Some(value) = pair.columns.get(column) {
                parts.entry(value).or_default().push(row);
            }
        }
        // A column with one value everywhere says nothing new.
        if parts.len() == 1 && parts.values().all(|rows| rows.len() == set.pairs.len()) {
            continue;
        }
        for (value, rows) in parts {
            let part = Part { column: column.clone(), value: value.to_owned() };
            found.push(figures(Some(part), &rows));
        }
    }
    found
}

/// Says of the figures of a set, and of its parts, where their contradictions were lost: `missed` has for each pair
/// what became of a contradiction that is not shown, `shown` whether one is.
pub fn with_losses(
    figures: &mut [PairFigures],
    set: &LabelledSet,
    missed: &[Option<Missed>],
    shown: &[bool],
) {
    for figure in figures {
        let in_part = |row: &usize| match &figure.part {
            Some(part) => set.pairs[*row].columns.get(&part.column) == Some(&part.value),
            None => true,
        };
        let rows = (0..set.pairs.len()).filter(in_part);
        let (conflicts, others): (Vec<usize>, Vec<usize>) =
            rows.partition(|&row| set.pairs[row].gold.is_contradiction());
        figure.losses = Some(Losses {
            conflicts: conflicts.len(),
            missed: conflicts.iter().filter_map(|&row| missed[row].clone()).collect(),
            wrongly_shown: others.iter().filter(|&&row| shown[row]).count(),
        });
    }
}

struct Rows<'r> {
    pairs: Vec<&'r LabelledPair>,
    scores: Vec<NliScores>,
    binary: bool,
    options: &'r PairOptions,
}

impl Rows<'_> {
    fn truth_class(&self, gold: Gold) -> usize {
        match (self.binary, gold) {
            (true, gold) => usize::from(gold.is_contradiction()),
            (false, Gold::Entailment) => 0,
            (false, Gold::Contradiction) => 2,
            (false, _) => 1,
        }
    }

    fn answer(&self, scores: &NliScores) -> usize {
        if self.binary {
            return usize::from(f64::from(scores.contradiction) >= self.options.threshold);
        }
        match scores.label() {
            crate::nli::Label::Entailment => 0,
            crate::nli::Label::Neutral => 1,
            crate::nli::Label::Contradiction => 2,
        }
    }

    fn figures(
        &self,
        set: String,
        scorer: String,
        direction: Option<Direction>,
        part: Option<Part>,
    ) -> PairFigures {
        let classes = if self.binary { TWO.to_vec() } else { THREE.to_vec() };
        let truth: Vec<usize> = self.pairs.iter().map(|p| self.truth_class(p.gold)).collect();
        let answers: Vec<usize> = self.scores.iter().map(|s| self.answer(s)).collect();
        let conflict: Vec<bool> = self.pairs.iter().map(|p| p.gold.is_contradiction()).collect();
        let probability: Vec<f64> =
            self.scores.iter().map(|s| f64::from(s.contradiction).clamp(0.0, 1.0)).collect();
        let ranking = Ranking::new(&probability, &conflict);
        let column = self.options.group.as_deref();
        let groups = number_groups(self.pairs.iter().map(|pair| pair.group(column)));
        let table = |counts: &[u32]| Confusion::of(classes.len(), &truth, &answers, counts);
        let measured = measure(&groups, self.options.resampling, |counts| {
            let table = table(counts);
            vec![
                table.accuracy(),
                table.macro_f1(),
                table.kappa(),
                ranking.auroc(counts),
                ranking.average_precision(counts),
                metrics::calibration_error(&probability, &conflict, counts),
                metrics::brier(&probability, &conflict, counts),
            ]
        });
        let once = vec![1; self.pairs.len()];
        let confusion = table(&once);
        let at = |figure: usize| measured.get(figure).copied().flatten();
        PairFigures {
            set,
            scorer,
            direction,
            part,
            pairs: self.pairs.len(),
            groups: groups.iter().max().map_or(0, |last| last + 1),
            accuracy: at(0),
            macro_f1: at(1),
            kappa: at(2),
            auroc: at(3),
            average_precision: at(4),
            calibration_error: at(5),
            brier: at(6),
            per_class: confusion.classes(),
            confusion,
            classes,
            reliability: metrics::reliability(&probability, &conflict, &once, metrics::BINS),
            losses: None,
        }
    }
}
