//! What a pair's two directions say together.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::NliScores;

/// Which direction of a pair counts: premise → hypothesis, hypothesis → premise, or both together.
///
/// NLI models read a premise and a hypothesis, and give another answer when the two are exchanged. Whether
/// two sentences contradict each other does not depend on their order, so the judge takes both.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Premise → hypothesis alone, as NLI sets are annotated.
    Forward,
    /// Hypothesis → premise alone.
    Reverse,
    /// The mean of each label's probability.
    #[default]
    Mean,
    /// The direction in which contradiction is likelier.
    Max,
    /// The direction in which contradiction is less likely.
    Min,
}

impl Direction {
    /// All of them.
    pub const ALL: [Direction; 5] =
        [Direction::Forward, Direction::Reverse, Direction::Mean, Direction::Max, Direction::Min];

    /// The name on the command line and in data files.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Forward => "forward",
            Direction::Reverse => "reverse",
            Direction::Mean => "mean",
            Direction::Max => "max",
            Direction::Min => "min",
        }
    }

    /// Whether premise → hypothesis has to be scored.
    pub fn needs_forward(self) -> bool {
        self != Direction::Reverse
    }

    /// Whether hypothesis → premise has to be scored.
    pub fn needs_reverse(self) -> bool {
        self != Direction::Forward
    }

    /// The scores of both directions as one. They still sum to 1.
    pub fn combine(self, forward: NliScores, reverse: NliScores) -> NliScores {
        let forward_contradicts_more = forward.contradiction >= reverse.contradiction;
        match self {
            Direction::Forward => forward,
            Direction::Reverse => reverse,
            Direction::Mean => NliScores {
                entailment: (forward.entailment + reverse.entailment) / 2.0,
                neutral: (forward.neutral + reverse.neutral) / 2.0,
                contradiction: (forward.contradiction + reverse.contradiction) / 2.0,
            },
            Direction::Max if forward_contradicts_more => forward,
            Direction::Min if !forward_contradicts_more => forward,
            Direction::Max | Direction::Min => reverse,
        }
    }
}

impl std::fmt::Display for Direction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Direction {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|direction| direction.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Direction::name).join(", ");
            format!("no direction `{name}`; use one of {known}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(contradiction: f32) -> NliScores {
        NliScores { entailment: 0.25, neutral: 0.75 - contradiction, contradiction }
    }

    #[test]
    fn each_direction_takes_what_its_name_says() {
        let (forward, reverse) = (scores(0.5), scores(0.25));
        let contradiction = |d: Direction| d.combine(forward, reverse).contradiction;
        assert_eq!(Direction::ALL.map(contradiction), [0.5, 0.25, 0.375, 0.5, 0.25]);
        let turned = |d: Direction| d.combine(reverse, forward).contradiction;
        assert_eq!(turned(Direction::Max), 0.5);
        assert_eq!(turned(Direction::Min), 0.25);
    }

    #[test]
    fn a_name_reads_back() {
        for direction in Direction::ALL {
            assert_eq!(direction.name().parse(), Ok(direction));
        }
        assert!("both".parse::<Direction>().unwrap_err().contains("mean"));
    }
}
