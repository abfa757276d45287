//! The tool in variants: whole, and with parts of it left out or set otherwise, to see what each is worth.

use std::str::FromStr;

use crate::article::Article;
use crate::error::Result;
use crate::judge::calibration::Calibration;
use crate::judge::gates::{Ablation, Gate};
use crate::nli::Direction;
use crate::pipeline::{Pipeline, Progress, Stages};

/// What is varied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vary {
    /// Slots and NLI together, slots alone, NLI alone.
    Parts,
    /// What of the two directions of a pair counts.
    Directions,
    /// Each gate left open.
    Gates,
}

impl FromStr for Vary {
    type Err = String;

    fn from_str(name: &str) -> std::result::Result<Self, Self::Err> {
        match name {
            "parts" => Ok(Vary::Parts),
            "directions" => Ok(Vary::Directions),
            "gates" => Ok(Vary::Gates),
            _ => Err(format!("`{name}` cannot be varied; use parts, directions or gates")),
        }
    }
}

impl Vary {
    /// The variants, in the order of a table. What is whole comes first.
    pub fn variants(self) -> Vec<Variant> {
        let without = |ablation| Variant { without: vec![ablation], direction: None };
        match self {
            Vary::Parts => {
                vec![Variant::default(), without(Ablation::Nli), without(Ablation::Slots)]
            }
            Vary::Directions => Direction::ALL
                .into_iter()
                .map(|direction| Variant { without: Vec::new(), direction: Some(direction) })
                .collect(),
            Vary::Gates => {
                let gates = Gate::ALL.into_iter().map(|gate| without(Ablation::Gate(gate)));
                std::iter::once(Variant::default()).chain(gates).collect()
            }
        }
    }
}

/// One way to run the tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variant {
    /// What is left out.
    pub without: Vec<Ablation>,
    /// What of the two directions counts; none for what the weights were fitted with.
    pub direction: Option<Direction>,
}

impl Variant {
    /// What a table calls it.
    pub fn name(&self) -> String {
        match (self.direction, self.without.as_slice()) {
            (Some(direction), _) => format!("direction {direction}"),
            (None, []) => "whole".to_owned(),
            (None, [Ablation::Nli]) => "slots alone".to_owned(),
            (None, [Ablation::Slots]) => "NLI alone".to_owned(),
            (None, several) => {
                let names: Vec<String> = several.iter().map(ToString::to_string).collect();
                format!("without {}", names.join(", "))
            }
        }
    }

    /// The gate that is left open, where it is just one.
    pub fn gate(&self) -> Option<Gate> {
        match self.without.as_slice() {
            [Ablation::Gate(gate)] => Some(*gate),
            _ => None,
        }
    }

    fn opens(&self, gate: Gate) -> bool {
        self.without.contains(&Ablation::Gate(gate))
    }
}

/// Runs articles whole and then in every variant, and has `look` see each variant's run with the pipeline as it was
/// then. What a variant leaves as it is, is not done again. `own_weights`: the judge's weights are the user's, and
/// stay where the model is left out.
///
/// # Errors
/// When the model cannot score.
pub fn each_run<T>(
    pipeline: &mut Pipeline,
    articles: &[Article],
    variants: &[Variant],
    own_weights: bool,
    progress: &Progress<'_>,
    mut look: impl FnMut(&Pipeline, &Stages) -> T,
) -> Result<Vec<T>> {
    let whole = pipeline.run(articles.to_vec(), progress)?;
    let calibration = pipeline.calibration.clone();
    let judging = pipeline.judging.clone();
    let (one_story, any_weight) = (pipeline.one_story, pipeline.pairing.any_weight);
    let mut seen = Vec::new();
    for variant in variants {
        let without_nli = variant.without.contains(&Ablation::Nli);
        let scorer = if without_nli { pipeline.scorer.take() } else { None };
        if without_nli && !own_weights {
            pipeline.calibration = Calibration::without_nli()?;
        }
        if let Some(direction) = variant.direction {
            pipeline.calibration.direction = direction;
        }
        pipeline.ablate(&variant.without);
        seen.push(if variant.opens(Gate::SameStory) && !one_story {
            look(pipeline, &pipeline.run(articles.to_vec(), progress)?)
        } else if variant.opens(Gate::PairWeight) {
            look(pipeline, &pipeline.run_resolved(whole.corpus.clone(), progress)?)
        } else if variant == &Variant::default() {
            look(pipeline, &whole)
        } else {
            look(pipeline, &pipeline.judge_again(&whole)?)
        });
        if without_nli {
            pipeline.scorer = scorer;
        }
        pipeline.calibration = calibration.clone();
        pipeline.judging = judging.clone();
        pipeline.one_story = one_story;
        pipeline.pairing.any_weight = any_weight;
    }
    Ok(seen)
}
