//! What the judge says of every labelled pair, one JSON object a line, and where a conflict that it does not
//! show was lost ([`super::lost`]): the raw material of an error analysis.

use serde::Serialize;

use super::labelled::LabelledPair;
use super::lost::Lost;
use super::{judged, lost};
use crate::judge::slots::SlotValue;
use crate::judge::{Kind, Relation};
use crate::pipeline::{Pipeline, Stages};

/// One labelled pair and what became of it.
#[derive(Debug, Serialize)]
pub struct Row<'r> {
    /// Its line in the file.
    pub line: usize,
    /// Its columns: id, kind, domain …
    pub columns: &'r std::collections::BTreeMap<String, String>,
    /// Whether annotators call it a contradiction.
    pub conflict: bool,
    /// The probability that the judge gives to a contradiction.
    pub probability: f64,
    /// Where a conflict was lost; none where it is shown, or there is none.
    pub lost: Option<Lost>,
    /// What is shown: kind, relation, confidence, and the two values.
    pub shown: Vec<(Kind, Relation, f64, String, String)>,
    /// The values that the sentences give to slots, as `sentence slot @about = value`.
    pub values: Vec<String>,
}

/// The rows of a run of [`judged::run`].
pub fn rows<'r>(pipeline: &Pipeline, pairs: &'r [LabelledPair], runs: &[Stages]) -> Vec<Row<'r>> {
    pairs.iter().zip(runs).map(|(pair, stages)| row(pipeline, pair, stages)).collect()
}

fn row<'r>(pipeline: &Pipeline, pair: &'r LabelledPair, stages: &Stages) -> Row<'r> {
    let conflict = pair.gold.is_contradiction();
    let shows = judged::contradiction(&stages.findings).is_some();
    let comparable = |value: &&SlotValue| value.slot.name() != "claim";
    Row {
        line: pair.line,
        columns: &pair.columns,
        conflict,
        probability: judged::probability(pipeline, stages),
        lost: (conflict && !shows).then(|| lost::pair(stages)),
        shown: stages
            .findings
            .iter()
            .map(|f| (f.kind, f.relation, f.confidence, f.a.value.clone(), f.b.value.clone()))
            .collect(),
        values: stages
            .values
            .iter()
            .filter(comparable)
            .map(|v| {
                let claim = &stages.corpus.claims[v.claim];
                format!("{} {} @{} = {}", claim.id, v.slot.name(), v.about, v.value)
            })
            .collect(),
    }
}
