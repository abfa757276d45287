//! The sources that an article has named so far, for "elle", "la source" and "ce gradé".

use super::Attribution;

/// How many sentences back a pronoun may look.
const PRONOUN_REACH: usize = 4;

/// How a source is referred to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reference {
    /// By name or by a description of its own, with its nouns.
    Name(Vec<String>),
    /// "la source", "ce gradé": definite, and perhaps named before.
    Definite(Vec<String>),
    /// "la même source": always named before.
    Anaphor(Vec<String>),
    /// "elle", "he".
    Pronoun,
}

/// Sources in the order of their last mention.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: Vec<(usize, Vec<String>, Attribution)>,
}

impl Memory {
    /// `attribution` with its source replaced by the one it takes up, if the article named it.
    pub fn resolve(
        &mut self,
        attribution: Attribution,
        by: Reference,
        sentence: usize,
    ) -> Attribution {
        let earlier = match &by {
            Reference::Name(_) => None,
            Reference::Definite(head) => self.with_head(head),
            Reference::Anaphor(head) => self.with_head(head).or_else(|| self.known.last()),
            Reference::Pronoun => {
                self.known.last().filter(|(at, ..)| sentence - at <= PRONOUN_REACH)
            }
        };
        let (head, resolved) = match (earlier, by) {
            (Some((_, head, source)), _) => {
                let taken = Attribution {
                    source: source.source.clone(),
                    source_span: source.source_span,
                    anonymous: source.anonymous,
                    ..attribution
                };
                (head.clone(), taken)
            }
            // A pronoun without anyone to stand for is kept as it is and introduces nobody.
            (None, Reference::Pronoun) => return attribution,
            (None, Reference::Name(h) | Reference::Definite(h) | Reference::Anaphor(h)) => {
                (h, attribution)
            }
        };
        self.known.retain(|(_, _, source)| source.source_span != resolved.source_span);
        self.known.push((sentence, head, resolved.clone()));
        resolved
    }

    /// The latest source that has all of the words.
    fn with_head(&self, words: &[String]) -> Option<&(usize, Vec<String>, Attribution)> {
        self.known.iter().rev().find(|(_, known, _)| words.iter().all(|w| known.contains(w)))
    }
}
