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
    /// "elle", "he"; none where the language leaves it out.
    Pronoun(Option<String>),
}

/// A source with the sentence that named it last, its nouns, and the pronouns that can stand for it; any can where
/// that list is empty.
#[derive(Debug)]
struct Known {
    sentence: usize,
    head: Vec<String>,
    pronouns: Vec<String>,
    source: Attribution,
}

/// Sources in the order of their last mention.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: Vec<Known>,
}

impl Memory {
    /// `attribution` with its source replaced by the one it takes up, if the article named it; none for a pronoun that
    /// is left out and has nobody to stand for. `pronouns` are those that can stand for the source as it is written.
    pub fn resolve(
        &mut self,
        attribution: Attribution,
        by: Reference,
        pronouns: Vec<String>,
        sentence: usize,
    ) -> Option<Attribution> {
        let earlier = match &by {
            Reference::Name(_) => None,
            Reference::Definite(head) => self.with_head(head),
            Reference::Anaphor(head) => self.with_head(head).or_else(|| self.known.last()),
            Reference::Pronoun(pronoun) => self.known.iter().rev().find(|known| {
                let agrees = pronoun.as_ref().is_none_or(|p| known.pronouns.contains(p));
                sentence - known.sentence <= PRONOUN_REACH && (agrees || known.pronouns.is_empty())
            }),
        };
        let (head, pronouns, resolved) = match (earlier, by) {
            (Some(known), _) => {
                let taken = Attribution {
                    source: known.source.source.clone(),
                    source_span: known.source.source_span,
                    anonymous: known.source.anonymous,
                    ..attribution
                };
                (known.head.clone(), known.pronouns.clone(), taken)
            }
            // A pronoun without anyone to stand for is kept as it is and introduces nobody.
            (None, Reference::Pronoun(pronoun)) => return pronoun.map(|_| attribution),
            (None, Reference::Name(h) | Reference::Definite(h) | Reference::Anaphor(h)) => {
                (h, pronouns, attribution)
            }
        };
        self.known.retain(|known| known.source.source_span != resolved.source_span);
        self.known.push(Known { sentence, head, pronouns, source: resolved.clone() });
        Some(resolved)
    }

    /// The latest source that has all of the words.
    fn with_head(&self, words: &[String]) -> Option<&Known> {
        self.known.iter().rev().find(|known| words.iter().all(|w| known.head.contains(w)))
    }
}
