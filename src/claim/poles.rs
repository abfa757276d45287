//! Poles: on which side of an opposition a sentence stands, whatever its type of event. "The bridge is
//! closed", "the bridge never shut": open or shut, died or survived, alone or with help.
//!
//! The oppositions are named in `language/frames.toml`, the words of either side in the pack's
//! `[oppositions.<id>]`. A negated word stands against its own side and not for the other: who has not won has
//! not lost either.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::factuality::SentenceCues;
use super::phrase::PhraseSet;
use super::tokens::Token;
use super::{Factuality, FactualityKind};
use crate::language::Pack;
use crate::language::frames::Frames;
use crate::span::Span;

/// The words of the two sides: one entry of the pack section `[oppositions]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OppositionWords {
    /// Phrases of the side that the opposition's id names first.
    pub yes: Vec<String>,
    /// Phrases of the other side.
    pub no: Vec<String>,
    /// Phrases that look like either and are neither.
    pub neither: Vec<String>,
}

/// Where a sentence stands in an opposition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pole {
    /// Id of the opposition: `open-shut`.
    pub of: String,
    /// The side whose words are used.
    pub side: bool,
    /// The words are negated: the sentence stands against `side`.
    pub negated: bool,
    /// The words, with their negation.
    pub span: Span,
    /// The clause they stand in.
    pub clause: Span,
    /// How far they are presented as fact; never [`FactualityKind::Denied`].
    pub factuality: Factuality,
}

impl Pole {
    /// Whether the two cannot hold of one thing at one time.
    pub fn excludes(&self, other: &Pole) -> bool {
        match (self.negated, other.negated) {
            (false, false) => self.side != other.side,
            (true, true) => false,
            _ => self.side == other.side,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Yes,
    No,
    Neither,
}

/// Finds poles in one language.
#[derive(Debug, Clone)]
pub struct PoleReader {
    phrases: PhraseSet<(String, Side)>,
    breaks: PhraseSet<()>,
}

impl PoleReader {
    /// Compiles the pack's `[oppositions]`; those that the frames do not name are left out.
    pub fn new(pack: &Pack, frames: &Frames) -> Self {
        let known = |id: &String| frames.oppositions.types.contains_key(id);
        let phrases =
            pack.oppositions.iter().filter(|(id, _)| known(id)).flat_map(|(id, words)| {
                [(&words.yes, Side::Yes), (&words.no, Side::No), (&words.neither, Side::Neither)]
                    .into_iter()
                    .flat_map(move |(list, side)| {
                        list.iter().map(move |phrase| (phrase.as_str(), (id.clone(), side)))
                    })
            });
        let breaks = pack.cues.clause_breaks.iter().map(|phrase| (phrase.as_str(), ()));
        PoleReader {
            phrases: PhraseSet::new(phrases, pack.morphology()),
            breaks: PhraseSet::new(breaks, pack.morphology()),
        }
    }

    /// The poles of one sentence: the longest phrase of each opposition where several overlap.
    pub fn find(&self, tokens: &[Token], attributed: bool, cues: &SentenceCues<'_>) -> Vec<Pole> {
        let all = self.phrases.find_all(tokens);
        let mut longest: BTreeMap<(usize, &str), (usize, Side)> = BTreeMap::new();
        for m in &all {
            let (id, side) = m.payload;
            let covered = all.iter().any(|other| {
                other.payload.0 == *id
                    && other.first <= m.first
                    && m.end <= other.end
                    && other.end - other.first > m.end - m.first
            });
            if !covered {
                longest.entry((m.first, id)).or_insert((m.end, *side));
            }
        }
        longest
            .into_iter()
            .filter(|(_, (_, side))| *side != Side::Neither)
            .map(|((first, id), (end, side))| {
                let words = tokens[first].span.cover(&tokens[end - 1].span);
                let mut read = cues.read(words, attributed);
                // A negation that the phrase brings along ("has not been seen", "no one was hurt") is its own.
                let own = read.cue.is_some_and(|cue| words.contains(&cue));
                let negated = read.kind == FactualityKind::Denied && !own;
                let mut span = words;
                if read.kind == FactualityKind::Denied {
                    if let Some(cue) = read.cue.filter(|_| negated) {
                        span = span.cover(&cue);
                    }
                    read = read.affirmed();
                }
                Pole {
                    of: id.to_owned(),
                    side: side == Side::Yes,
                    negated,
                    span,
                    clause: self.clause(tokens, first, end),
                    factuality: read,
                }
            })
            .collect()
    }

    /// The clause around tokens `first..end`: up to the pack's clause breaks and to strong punctuation.
    fn clause(&self, tokens: &[Token], first: usize, end: usize) -> Span {
        let breaks: Vec<usize> = self.breaks.find(tokens).into_iter().map(|m| m.first).collect();
        let strong = |token: &Token| {
            matches!(
                token.lower.as_str(),
                ";" | ":" | "." | "!" | "?" | "؛" | "؟" | "(" | ")" | "—"
            )
        };
        let opens = |i: usize| breaks.contains(&i) || strong(&tokens[i]);
        let from = (0..=first).rev().find(|&i| opens(i) && i > 0).unwrap_or(0);
        let to = (end..tokens.len()).find(|&i| opens(i)).unwrap_or(tokens.len());
        tokens[from].span.cover(&tokens[to.max(from + 1) - 1].span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pole(side: bool, negated: bool) -> Pole {
        Pole {
            of: "open-shut".to_owned(),
            side,
            negated,
            span: Span::new(0, 1),
            clause: Span::new(0, 1),
            factuality: Factuality::asserted(),
        }
    }

    #[test]
    fn opposite_sides_exclude_each_other_and_a_negation_its_own_side() {
        assert!(pole(true, false).excludes(&pole(false, false)));
        assert!(pole(true, false).excludes(&pole(true, true)));
        assert!(!pole(true, false).excludes(&pole(false, true)), "open, and not shut");
        assert!(!pole(true, true).excludes(&pole(false, true)), "neither won nor lost: a draw");
        assert!(!pole(true, false).excludes(&pole(true, false)));
    }
}
