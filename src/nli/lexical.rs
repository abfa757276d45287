//! A baseline without a model: word overlap, negation, numbers.
//!
//! For `--model none`, and to measure what a model adds. Its scores are pseudo-probabilities: they rank, they
//! are not calibrated. With `o` the share of the hypothesis's words that the premise holds too:
//!
//! - two texts about different things (`o` near 0) are neutral;
//! - the more they overlap, the more the answer is entailment, or contradiction if exactly one side is
//!   negated, or if both give numbers and the hypothesis has one that the premise has not.
//!
//! Texts in scripts that do not separate words (Chinese, Japanese, Thai) are compared by characters.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::engine::identical;
use super::{NliPair, NliScores, Scorer};
use crate::error::Result;

/// Lines of negation cues, language code first; `#` begins a comment.
const NEGATION: &str = include_str!("negation.txt");

static NEGATIONS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let lines = NEGATION.lines().filter(|l| !l.starts_with('#'));
    lines.flat_map(|l| l.split_whitespace().skip(1)).collect()
});

/// Scores pairs by shared words; deterministic, needs nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct LexicalScorer;

impl Scorer for LexicalScorer {
    fn name(&self) -> &str {
        "lexical"
    }

    /// Not a hash, as there are no files: the name and version of the rule.
    fn digest(&self) -> &str {
        "lexical-1"
    }

    /// Never: it was validated for nothing.
    fn validated_for(&self, _premise_language: &str, _hypothesis_language: &str) -> bool {
        false
    }

    fn score(
        &self,
        pairs: &[NliPair<'_>],
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<NliScores>> {
        let scores = pairs.iter().map(score).collect();
        progress(pairs.len());
        Ok(scores)
    }
}

/// Words, numbers and negation of one text.
struct Words {
    words: BTreeSet<String>,
    numbers: BTreeSet<String>,
    negated: bool,
}

fn score(pair: &NliPair<'_>) -> NliScores {
    if identical(pair) {
        return NliScores::IDENTICAL;
    }
    let premise = words(pair.premise);
    let hypothesis = words(pair.hypothesis);
    let shared = hypothesis.words.intersection(&premise.words).count();
    let overlap = shared as f32 / hypothesis.words.len().max(1) as f32;
    let new_number = !premise.numbers.is_empty() && !hypothesis.numbers.is_subset(&premise.numbers);
    let mismatch =
        f32::from(u8::from(premise.negated != hypothesis.negated) + u8::from(new_number));
    // Overlap is squared: half the words shared is the rule between two texts on one subject.
    let related = 0.9 * overlap * overlap;
    let against = match mismatch {
        0.0 => 0.1,
        1.0 => 0.7,
        _ => 0.85,
    };
    let contradiction = related * against;
    let entailment = related * (1.0 - against);
    NliScores { entailment, neutral: 1.0 - contradiction - entailment, contradiction }
}

fn words(text: &str) -> Words {
    let normal: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let mut found =
        Words { words: BTreeSet::new(), numbers: BTreeSet::new(), negated: normal.contains("n't") };
    for run in normal.split(|c: char| !c.is_alphanumeric() && !is_mark(c)).filter(|w| !w.is_empty())
    {
        if run.chars().any(|c| c.is_ascii_digit()) {
            found.numbers.insert(run.to_string());
        } else if run.chars().any(is_unspaced) {
            for character in run.chars() {
                let character = character.to_string();
                if NEGATIONS.contains(character.as_str()) {
                    found.negated = true;
                } else {
                    found.words.insert(character);
                }
            }
        } else if NEGATIONS.contains(run) {
            found.negated = true;
        } else {
            found.words.insert(run.to_string());
        }
    }
    found
}

/// Vowel signs of the Indic scripts, which belong to a word but are not alphabetic throughout.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{DFF}')
}

/// Letters of scripts written without spaces.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nli::Label;

    fn label(premise: &str, hypothesis: &str) -> Label {
        score(&NliPair { premise, hypothesis }).label()
    }

    #[test]
    fn negation_and_numbers_turn_overlap_into_contradiction() {
        assert_eq!(
            label("The dam broke on Monday morning", "The dam broke on Monday"),
            Label::Entailment
        );
        assert_eq!(label("Le pont a cédé", "Le pont n'a pas cédé"), Label::Contradiction);
        assert_eq!(
            label("Flood kills 12 in the valley", "Flood kills 30 in the valley"),
            Label::Contradiction
        );
        assert_eq!(label("Мост рухнул ночью", "Мост не рухнул ночью"), Label::Contradiction);
        assert_eq!(label("大桥倒塌", "大桥没倒塌"), Label::Contradiction);
        assert_eq!(label("The dam broke", "Voters went to the polls"), Label::Neutral);
        assert_eq!(label("", "x"), Label::Neutral);
    }

    #[test]
    fn scores_are_probabilities() {
        let s = score(&NliPair { premise: "a b c 1", hypothesis: "a b not 2" });
        assert!((s.entailment + s.neutral + s.contradiction - 1.0).abs() < 1e-6);
        assert_eq!(label("same  text", "same text"), Label::Entailment);
    }
}
