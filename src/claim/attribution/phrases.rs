//! The pack section `[attribution]`, compiled, and the noun phrases that name sources.

use super::reader::{Cue, CueKind, is_mark};
use crate::claim::phrase::{PhraseMatch, PhraseSet};
use crate::claim::tokens::{Token, TokenKind};
use crate::language::Pack;

/// No source's name has more tokens.
const LONGEST_NAME: usize = 14;
/// Unknown words, adjectives mostly, in a row inside a name.
const MAX_UNKNOWN: usize = 2;
/// How far behind a source "on condition of anonymity" may stand.
const ANONYMITY_REACH: usize = 12;

/// A noun phrase that names a source: tokens `first..end`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NounPhrase {
    pub first: usize,
    pub end: usize,
    /// It holds a capitalised word that does not open the sentence.
    pub named: bool,
    /// "elle", "la source".
    pub anaphor: bool,
    /// An anaphor of one word.
    pub pronoun: bool,
}

/// The section, compiled.
#[derive(Debug, Clone)]
pub(super) struct Words {
    cues: PhraseSet<Option<CueKind>>,
    contact: PhraseSet<()>,
    told_to: PhraseSet<()>,
    nouns: PhraseSet<()>,
    inside: PhraseSet<()>,
    anonymous: PhraseSet<()>,
    anaphors: PhraseSet<()>,
    that: PhraseSet<()>,
    prepositions: Vec<String>,
    determiners: Vec<String>,
    stops: Vec<String>,
    no_capitals: bool,
}

impl Words {
    pub fn new(pack: &Pack) -> Self {
        let section = &pack.attribution;
        let morphology = pack.morphology();
        let set = |phrases: &[String]| {
            PhraseSet::new(phrases.iter().map(|p| (p.as_str(), ())), morphology.clone())
        };
        let cues = [
            (&section.according_to, Some(CueKind::According)),
            (&section.inverted, Some(CueKind::Inverted)),
            (&section.verbs, Some(CueKind::Verb)),
            (&section.none, None),
        ];
        Words {
            cues: PhraseSet::new(
                cues.iter().flat_map(|(words, kind)| words.iter().map(|w| (w.as_str(), *kind))),
                morphology.clone(),
            ),
            contact: set(&section.contact),
            told_to: set(&section.told_to),
            nouns: set(&section.nouns),
            inside: set(&section.inside),
            anonymous: set(&section.anonymous),
            anaphors: set(&section.anaphors),
            that: set(&section.that),
            prepositions: pack.prepositions.clone(),
            determiners: pack.determiners.clone(),
            stops: pack.stop_words.clone(),
            no_capitals: pack.no_capitals,
        }
    }

    /// The cues of a sentence, in order.
    pub fn cues(&self, tokens: &[Token]) -> Vec<Cue> {
        let cue = |m: PhraseMatch<'_, Option<CueKind>>| {
            m.payload.map(|kind| Cue { kind, first: m.first, end: m.end })
        };
        self.cues.find(tokens).into_iter().filter_map(cue).collect()
    }

    /// In scripts without capitals, which are verb-first here, the source follows its verb.
    pub fn verb_first(&self) -> bool {
        self.no_capitals
    }

    pub fn is_that(&self, tokens: &[Token], at: usize) -> bool {
        !self.that.find_at(tokens, at).is_empty()
    }

    pub fn skip_that(&self, tokens: &[Token], at: usize) -> usize {
        end_at(&self.that, tokens, at).unwrap_or(at)
    }

    pub fn contact_end(&self, tokens: &[Token], at: usize) -> Option<usize> {
        end_at(&self.contact, tokens, at)
    }

    /// Where the outlet begins that a source spoke to: behind "a déclaré à", or behind the verb
    /// itself if that is one of contact ("told").
    pub fn told_end(&self, tokens: &[Token], first: usize, end: usize) -> Option<usize> {
        end_at(&self.told_to, tokens, end)
            .or_else(|| self.contact_end(tokens, first).filter(|&contact| contact == end))
    }

    pub fn is_anonymous(&self, tokens: &[Token], np: &NounPhrase) -> bool {
        let reach = tokens.len().min(np.end + ANONYMITY_REACH);
        (np.first..reach).any(|i| {
            let inside = i < np.end;
            // Behind the name only phrases count that are more than "une source".
            self.anonymous
                .find_at(tokens, i)
                .iter()
                .any(|m| if inside { i == np.first || m.end <= np.end } else { m.end - i > 2 })
        })
    }

    /// The source that begins at token `at`.
    pub fn after(&self, tokens: &[Token], at: usize) -> Option<NounPhrase> {
        let anaphor = end_at(&self.anaphors, tokens, at);
        let limit = tokens.len().min(at + LONGEST_NAME);
        let (mut end, mut found, mut named, mut unknown) = (at, false, false, 0);
        let mut i = at;
        while i < limit {
            let token = &tokens[i];
            if is_mark(token) || token.kind == TokenKind::Punctuation {
                break;
            }
            let noun = end_at(&self.nouns, tokens, i);
            if i > at && noun.is_none() && self.is_boundary(tokens, i) {
                break;
            }
            if let Some(next) = noun.or_else(|| end_at(&self.inside, tokens, i)) {
                found |= noun.is_some();
                (i, end, unknown) = (next, next, 0);
            } else if token.capitalised && !self.is_small(token) {
                found = true;
                named = true;
                (i, end, unknown) = (i + 1, i + 1, 0);
            } else if self.is_small(token) {
                // "à l'AFP une source": a determiner after a name opens the next phrase.
                if named && end == i && !self.prepositions.contains(&token.lower) {
                    break;
                }
                i += 1;
            } else if self.stops.contains(&token.lower) || token.kind == TokenKind::Number {
                break;
            } else if (found || self.no_capitals) && unknown < MAX_UNKNOWN && end == i {
                // An adjective: "un officier syrien".
                unknown += 1;
                (i, end) = (i + 1, i + 1);
                found |= self.no_capitals;
            } else {
                break;
            }
        }
        match anaphor {
            Some(whole) if whole >= end => Some(NounPhrase {
                first: at,
                end: whole,
                named: false,
                anaphor: true,
                pronoun: whole == at + 1,
            }),
            _ if found => Some(NounPhrase { first: at, end, named, anaphor: false, pronoun: false }),
            _ => None,
        }
    }

    /// The source that ends before token `end`, adverbs between allowed: the subject of a verb.
    pub fn before(&self, tokens: &[Token], end: usize, gap: usize) -> Option<NounPhrase> {
        // ", Name," after a title: the subject goes on before it.
        let apposition = end > 0 && tokens.get(end - 1).is_some_and(is_mark);
        let mut start = end;
        let mut marks = 0;
        while start > 0 && end - start < 2 * LONGEST_NAME {
            let token = &tokens[start - 1];
            if token.kind == TokenKind::Punctuation {
                marks += 1;
                if !apposition || marks > 2 || token.lower != "," {
                    break;
                }
            } else if self.is_that(tokens, start - 1) {
                break;
            }
            start -= 1;
        }
        // The first noun phrase that reaches the verb, or the gap before it.
        let reaches = |np: &NounPhrase| {
            np.end <= end && (np.end + gap >= end || (apposition && tokens[np.end].lower == ","))
        };
        (start..end)
            .filter(|&i| {
                i == start || self.prepositions.iter().all(|p| *p != tokens[i - 1].lower)
            })
            .filter_map(|i| self.after(tokens, i))
            .find(reaches)
            .map(|np| if apposition { self.with_name(tokens, np, end) } else { np })
    }

    /// "le ministre, Sergueï Choïgou,": the name between the commas is part of the source.
    fn with_name(&self, tokens: &[Token], np: NounPhrase, end: usize) -> NounPhrase {
        match self.after(tokens, np.end + 1) {
            Some(name) if name.end + 1 == end => NounPhrase { end: name.end, named: true, ..np },
            _ => np,
        }
    }

    /// Articles and prepositions inside a name.
    fn is_small(&self, token: &Token) -> bool {
        self.determiners.contains(&token.lower) || self.prepositions.contains(&token.lower)
    }

    fn is_boundary(&self, tokens: &[Token], at: usize) -> bool {
        !self.that.find_at(tokens, at).is_empty()
            || !self.cues.find_at(tokens, at).is_empty()
            || !self.contact.find_at(tokens, at).is_empty()
    }
}

/// The end of the longest match at a token.
fn end_at<P>(set: &PhraseSet<P>, tokens: &[Token], at: usize) -> Option<usize> {
    set.find_at(tokens, at).iter().map(|m| m.end).max()
}
