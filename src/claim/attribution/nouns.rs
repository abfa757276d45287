//! How far a source's noun phrase goes, by closed-class words of the pack: no parser is needed,
//! since determiners open a phrase and stop words, punctuation and cues close it.

use std::collections::HashSet;
use std::ops::Range;

use super::AttributionSection;
use crate::claim::phrase::PhraseSet;
use crate::claim::tokens::{Token, TokenKind};
use crate::language::Pack;

/// Longest source, in tokens.
const LONGEST: usize = 16;
/// Longest relative clause between a subject and its verb, up to its last noun phrase.
const RELATIVE: usize = 6;
/// Longest insertion between a subject and its verb: "Le ministre, en visite à Homs, a dit".
const INSERTION: usize = 16;

/// The closed-class words of one language and its nouns that name sources.
#[derive(Debug, Clone)]
pub(super) struct Nouns {
    determiners: HashSet<String>,
    connectors: HashSet<String>,
    stops: HashSet<String>,
    adverbs: HashSet<String>,
    pronouns: HashSet<String>,
    object_pronouns: HashSet<String>,
    relatives: HashSet<String>,
    source_nouns: PhraseSet<()>,
    non_sources: PhraseSet<()>,
    links: PhraseSet<()>,
    no_capitals: bool,
    article_prefix: String,
}

impl Nouns {
    pub fn new(section: &AttributionSection, pack: &Pack) -> Self {
        let set = |list: &[String]| list.iter().cloned().collect();
        let phrases = |list: &[String]| {
            PhraseSet::new(list.iter().map(|p| (p.as_str(), ())), pack.morphology())
        };
        Nouns {
            determiners: set(&section.determiners),
            connectors: set(&section.connectors),
            stops: set(&section.stops),
            adverbs: set(&section.adverbs),
            pronouns: set(&section.pronouns),
            object_pronouns: set(&section.object_pronouns),
            relatives: set(&section.relatives),
            source_nouns: phrases(&section.source_nouns),
            non_sources: phrases(&section.non_sources),
            links: phrases(&section.links),
            no_capitals: pack.no_capitals,
            article_prefix: section.article_prefix.clone(),
        }
    }

    pub fn is_pronoun(&self, token: &Token) -> bool {
        self.pronouns.contains(&token.lower)
    }

    /// Whether the token may be the object of the verb or auxiliary right behind it.
    pub fn is_object_pronoun(&self, token: &Token) -> bool {
        self.object_pronouns.contains(&token.lower)
    }

    pub fn is_adverb(&self, token: &Token) -> bool {
        self.adverbs.contains(&token.lower)
    }

    /// Whether the token joins nouns: "de", or either word of "close to".
    fn links_nouns(&self, tokens: &[Token], at: usize) -> bool {
        self.connectors.contains(&tokens[at].lower)
            || (at.saturating_sub(2)..=at)
                .any(|i| self.links.find_at(tokens, i).iter().any(|m| m.end > at))
    }

    fn has_article(&self, token: &Token) -> bool {
        !self.article_prefix.is_empty() && token.lower.starts_with(&self.article_prefix)
    }

    fn ends(&self, token: &Token) -> bool {
        !is_wordlike(token)
            || self.stops.contains(&token.lower)
            || self.adverbs.contains(&token.lower)
            || self.relatives.contains(&token.lower)
    }

    /// The noun phrase that begins at `at`, adverbs before it stepped over; it ends before
    /// `limit`.
    pub fn forward(&self, tokens: &[Token], at: usize, limit: usize) -> Option<Range<usize>> {
        let mut start = at;
        while start < limit && self.is_adverb(&tokens[start]) {
            start += 1;
        }
        if tokens.get(start).is_some_and(|t| start < limit && self.is_pronoun(t)) {
            return Some(start..start + 1);
        }
        let mut end = start;
        while end < limit.min(start + LONGEST) {
            let token = &tokens[end];
            let opens = self.determiners.contains(&token.lower);
            let linked = end == start
                || self.links_nouns(tokens, end - 1)
                || self.determiners.contains(&tokens[end - 1].lower);
            let linker = self.links_nouns(tokens, end);
            // "وزارة الدفاع قصف": after a definite word, an indefinite one is the verb's object.
            let object = end > start
                && !linked
                && self.has_article(&tokens[end - 1])
                && !self.has_article(token)
                && !linker;
            if (self.ends(token) && !linker) || (opens && !linked && !linker) || object {
                break;
            }
            end += 1;
        }
        self.trimmed(tokens, start..end)
    }

    /// The noun phrase that ends just before `before`, which is the subject of a verb there:
    /// adverbs, a relative pronoun and an insertion between commas are stepped over.
    pub fn subject(&self, tokens: &[Token], before: usize) -> Option<Range<usize>> {
        let mut end = before;
        while end > 0 && self.is_adverb(&tokens[end - 1]) {
            end -= 1;
        }
        if end > 0 && self.relatives.contains(&tokens[end - 1].lower) {
            end -= 1;
            if end > 0 && is_comma(&tokens[end - 1]) {
                end -= 1;
            }
            return self.backward(tokens, end);
        }
        if end > 0 && is_comma(&tokens[end - 1]) {
            // ", — сказал": the verb begins a clause of its own.
            if end > 1 && is_comma(&tokens[end - 2]) {
                return None;
            }
            let close = end - 1;
            return (close.saturating_sub(INSERTION)..close)
                .rev()
                .take_while(|&i| !is_sentence_mark(&tokens[i]))
                .filter(|&i| is_comma(&tokens[i]))
                .find_map(|i| {
                    let np = self.backward(tokens, i).filter(|np| {
                        self.names_source(tokens, np) && self.opens_clause(tokens, np.start)
                    })?;
                    // "Le ministre de la Défense, Sergueï Choïgou, avait": the name is part of it.
                    let name = tokens[i + 1..close].iter().all(|t| t.capitalised);
                    Some(if name && i + 1 < close && !self.no_capitals {
                        np.start..close
                    } else {
                        np
                    })
                });
        }
        let np = self.backward(tokens, end)?;
        if self.names_source(tokens, &np) {
            return Some(np);
        }
        // "Le général qui commande le secteur soutient": the subject stands before the relative.
        let relative = (np.start.saturating_sub(RELATIVE)..np.start)
            .rev()
            .take_while(|&i| tokens[i].kind != TokenKind::Punctuation)
            .find(|&i| self.relatives.contains(&tokens[i].lower));
        relative
            .and_then(|i| self.backward(tokens, i))
            .filter(|before| self.names_source(tokens, before))
            .or(Some(np))
    }

    /// Whether nothing but a boundary or an adverb stands before `at`.
    fn opens_clause(&self, tokens: &[Token], at: usize) -> bool {
        at.checked_sub(1)
            .is_none_or(|i| tokens[i].kind == TokenKind::Punctuation || self.ends(&tokens[i]))
    }

    /// The noun phrase that ends before `end`.
    pub fn backward(&self, tokens: &[Token], end: usize) -> Option<Range<usize>> {
        if end > 0 && self.is_pronoun(&tokens[end - 1]) {
            return Some(end - 1..end);
        }
        let mut start = end;
        while start > 0 && end - start < LONGEST {
            let token = &tokens[start - 1];
            let linker = self.links_nouns(tokens, start - 1);
            if self.ends(token) && !linker {
                break;
            }
            start -= 1;
            let opens = self.determiners.contains(&token.lower);
            let linked = start > 0
                && (self.links_nouns(tokens, start - 1)
                    || self.determiners.contains(&tokens[start - 1].lower));
            if opens && !linked && !linker {
                break;
            }
        }
        self.trimmed(tokens, start..end)
    }

    /// Connectors and, at the end, determiners taken off; none where no noun is left.
    fn trimmed(&self, tokens: &[Token], np: Range<usize>) -> Option<Range<usize>> {
        let Range { mut start, mut end } = np;
        let loose = |token: &Token, last: bool| {
            !token.lower.chars().any(char::is_alphanumeric)
                || (self.connectors.contains(&token.lower)
                    && (last || !self.determiners.contains(&token.lower)))
                || (last && self.determiners.contains(&token.lower))
        };
        while start < end && loose(&tokens[start], false) {
            start += 1;
        }
        while start < end && loose(&tokens[end - 1], true) {
            end -= 1;
        }
        let noun = tokens[start..end].iter().any(|t| {
            t.kind == TokenKind::Word
                && !self.determiners.contains(&t.lower)
                && !self.connectors.contains(&t.lower)
        });
        noun.then_some(start..end)
    }

    /// Whether the phrase can speak: a name, or a noun of the pack's `source_nouns`.
    pub fn names_source(&self, tokens: &[Token], np: &Range<usize>) -> bool {
        let inside = &tokens[np.clone()];
        if np.len() == 1 && self.is_pronoun(&tokens[np.start]) {
            return true;
        }
        if !self.non_sources.find(inside).is_empty() {
            return false;
        }
        let names = inside.iter().any(|t| {
            t.capitalised
                && t.kind == TokenKind::Word
                && !self.determiners.contains(&t.lower)
                && !self.connectors.contains(&t.lower)
        });
        (names && !self.no_capitals) || self.has_source_noun(tokens, np)
    }

    /// Whether the phrase holds a noun of the pack's `source_nouns`.
    pub fn has_source_noun(&self, tokens: &[Token], np: &Range<usize>) -> bool {
        !self.source_nouns.find(&tokens[np.clone()]).is_empty()
    }

    /// The words of the phrase that are source nouns, else its first noun: what "la source" and
    /// "une source militaire" share.
    pub fn heads(&self, tokens: &[Token], np: &Range<usize>) -> Vec<String> {
        let inside = &tokens[np.clone()];
        let nouns: Vec<String> = self
            .source_nouns
            .find(inside)
            .iter()
            .map(|m| {
                let word = inside[m.end - 1].lower.as_str();
                word.strip_prefix(self.article_prefix.as_str()).unwrap_or(word).to_owned()
            })
            .collect();
        if !nouns.is_empty() {
            return nouns;
        }
        let first = inside.iter().find(|t| !self.determiners.contains(&t.lower));
        first.map(|t| t.lower.clone()).into_iter().collect()
    }
}

/// Words, numbers, and the marks that stand within names.
fn is_wordlike(token: &Token) -> bool {
    token.kind != TokenKind::Punctuation
        || matches!(token.lower.as_str(), "-" | "'" | "&") && !is_comma(token)
}

/// Commas and dashes; a hyphen with space before it is one.
pub(super) fn is_comma(token: &Token) -> bool {
    matches!(token.lower.as_str(), "," | "،" | "–" | "—") || token.lower == "-" && token.spaced
}

fn is_sentence_mark(token: &Token) -> bool {
    matches!(token.lower.as_str(), "." | "?" | "!" | "»" | "”" | "؟")
}
