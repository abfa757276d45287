//! Finds the sources of an article's sentences.

use super::Attribution;
use super::phrases::{NounPhrase, Words};
use crate::claim::tokens::Token;
use crate::span::Span;

/// Quotations that run over more sentences than this are unclosed by mistake.
const LONGEST_QUOTATION: usize = 6;
/// Adverbs between a subject and its verb of saying.
const VERB_GAP: usize = 3;
/// Words between a source and the outlet that it spoke to.
const CONTACT_GAP: usize = 3;
/// A quotation has at least so many tokens; shorter ones are words held at arm's length.
const SHORTEST_QUOTATION: usize = 3;

/// Finds sources in one language.
#[derive(Debug, Clone)]
pub struct AttributionReader {
    words: Words,
}

/// A source named before, for "elle" and "la source".
#[derive(Debug, Clone)]
struct Named {
    source: String,
    span: Span,
    anonymous: bool,
}

impl AttributionReader {
    /// Compiles the pack's `[attribution]` section.
    ///
    /// # Errors
    /// None as yet; the signature is the other readers'.
    pub fn new(pack: &crate::language::Pack) -> crate::error::Result<Self> {
        Ok(AttributionReader { words: Words::new(pack) })
    }

    /// The sources of each sentence of an article, outermost first. `sentences` holds each
    /// sentence's span and tokens, in order; a whole article is needed because "la source",
    /// "elle" and quotations that run over sentences look back.
    pub fn find(&self, text: &str, sentences: &[(Span, Vec<Token>)]) -> Vec<Vec<Attribution>> {
        let mut found = Vec::with_capacity(sentences.len());
        let mut last: Option<Named> = None;
        let mut open = false;
        let mut states = Vec::with_capacity(sentences.len());
        for (span, tokens) in sentences {
            let opened_before = open;
            let quoted = quoted(tokens, &mut open);
            states.push((opened_before, open));
            let sentence = Sentence { text, span: *span, tokens, quoted: &quoted };
            let here = self.sentence(&sentence, last.as_ref());
            if let Some(inner) = here.last() {
                last = Some(Named {
                    source: inner.source.clone(),
                    span: inner.source_span,
                    anonymous: inner.anonymous,
                });
            }
            found.push(here);
        }
        spread(sentences, &states, &mut found);
        found
    }

    fn sentence(&self, s: &Sentence<'_>, last: Option<&Named>) -> Vec<Attribution> {
        let mut found: Vec<Attribution> = Vec::new();
        let mut verbs = self.words.cues(s.tokens);
        verbs.retain(|cue| !s.quoted.get(cue.first).copied().unwrap_or(false));
        for cue in &verbs {
            let outer_first = match cue.kind {
                CueKind::According => self.according(s, cue, last),
                CueKind::Inverted => self.inverted(s, cue, last),
                CueKind::Verb => self.verb(s, cue, last),
            };
            for attribution in outer_first {
                let known = found.iter().any(|a| a.source_span == attribution.source_span);
                if !known {
                    found.push(attribution);
                }
            }
        }
        found
    }

    /// "selon X, …".
    fn according(&self, s: &Sentence<'_>, cue: &Cue, last: Option<&Named>) -> Vec<Attribution> {
        let Some(np) = self.words.after(s.tokens, cue.end) else { return Vec::new() };
        let front = cue.first <= 2;
        let mut end = np.end;
        let outer = self.contact(s, np.end);
        if let Some(outlet) = &outer {
            end = outlet.end;
        }
        let content = if front { s.rest(end) } else { s.before(cue.first) };
        self.chain(s, cue, outer, Some(np), last, content)
    }

    /// "…, a-t-elle précisé": the source named last.
    fn inverted(&self, s: &Sentence<'_>, cue: &Cue, last: Option<&Named>) -> Vec<Attribution> {
        let (Some(named), Some(content)) = (last, s.quotation_or(s.before(cue.first))) else {
            return Vec::new();
        };
        vec![attribution(s, cue, named.clone(), content)]
    }

    /// "X affirme que …", "…, affirme X".
    fn verb(&self, s: &Sentence<'_>, cue: &Cue, last: Option<&Named>) -> Vec<Attribution> {
        let outlet = self.told(s, cue);
        let after_at = outlet.as_ref().map_or(cue.end, |outlet| outlet.end);
        let before_is_mark = cue.first > 0 && s.tokens.get(cue.first - 1).is_some_and(is_mark);
        let behind = || self.words.after(s.tokens, after_at);
        let before = || self.words.before(s.tokens, cue.first, VERB_GAP);
        // After a comma or a quotation the source stands behind, unless "que" follows the verb.
        let that = self.words.is_that(s.tokens, after_at);
        let (np, is_behind) = if self.words.verb_first() {
            (behind(), true)
        } else if before_is_mark && !that {
            match behind() {
                Some(np) => (Some(np), true),
                None => (before(), false),
            }
        } else {
            (before(), false)
        };
        let Some(np) = np else { return Vec::new() };
        let content = if is_behind && cue.first > 1 && !self.words.verb_first() {
            s.quotation_or(s.before(cue.first))
        } else {
            let from = if is_behind { np.end } else { after_at };
            // ", a source told AFP." ends the sentence: what is said stands before.
            let rest = s.rest(self.words.skip_that(s.tokens, from));
            s.quotation_or(rest.or_else(|| s.before(np.first)))
        };
        let outlet = outlet.or_else(|| self.contact(s, np.end));
        self.chain(s, cue, outlet, Some(np), last, content)
    }

    /// "contacté par l'agence X" right after a source.
    fn contact(&self, s: &Sentence<'_>, at: usize) -> Option<NounPhrase> {
        (at..=at + CONTACT_GAP)
            .find_map(|i| self.words.contact_end(s.tokens, i))
            .and_then(|end| self.words.after(s.tokens, end))
    }

    /// "a déclaré à l'AFP", "told Reuters".
    fn told(&self, s: &Sentence<'_>, cue: &Cue) -> Option<NounPhrase> {
        let at = self.words.told_end(s.tokens, cue.first, cue.end)?;
        self.words.after(s.tokens, at).filter(|np| np.named)
    }

    fn chain(
        &self,
        s: &Sentence<'_>,
        cue: &Cue,
        outer: Option<NounPhrase>,
        inner: Option<NounPhrase>,
        last: Option<&Named>,
        content: Option<Span>,
    ) -> Vec<Attribution> {
        let Some(content) = content else { return Vec::new() };
        [outer, inner]
            .into_iter()
            .flatten()
            .filter_map(|np| self.named(s, &np, last))
            .map(|named| attribution(s, cue, named, content))
            .collect()
    }

    /// The source that a noun phrase names; for an anaphor the one named last.
    fn named(&self, s: &Sentence<'_>, np: &NounPhrase, last: Option<&Named>) -> Option<Named> {
        if np.anaphor && last.is_some() {
            return last.cloned();
        }
        // A pronoun without a source before it names nobody.
        if np.pronoun {
            return None;
        }
        let tokens = s.tokens.get(np.first..np.end)?;
        let span = tokens.first()?.span.cover(&tokens.last()?.span);
        let anonymous = self.words.is_anonymous(s.tokens, np);
        Some(Named { source: span.of(s.text).to_owned(), span, anonymous })
    }
}

/// What a cue is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum CueKind {
    According,
    Inverted,
    Verb,
}

/// A cue in tokens `first..end`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cue {
    pub kind: CueKind,
    pub first: usize,
    pub end: usize,
}

fn attribution(s: &Sentence<'_>, cue: &Cue, named: Named, content: Span) -> Attribution {
    let span = s.tokens[cue.first].span.cover(&s.tokens[cue.end - 1].span);
    Attribution {
        source: named.source,
        source_span: named.span,
        cue: span.of(s.text).to_owned(),
        span,
        content,
        anonymous: named.anonymous,
        entity: None,
    }
}

/// A sentence under reading.
struct Sentence<'s> {
    text: &'s str,
    span: Span,
    tokens: &'s [Token],
    /// Per token: inside a quotation.
    quoted: &'s [bool],
}

impl Sentence<'_> {
    /// From token `at`, without punctuation at its beginning, to the sentence's end.
    fn rest(&self, at: usize) -> Option<Span> {
        let at = (at..self.tokens.len()).find(|&i| !is_mark(&self.tokens[i]))?;
        Some(Span::new(self.tokens[at].span.start, self.span.end.max(self.tokens[at].span.end)))
    }

    /// From the sentence's beginning to before token `end`, without punctuation at its end.
    fn before(&self, end: usize) -> Option<Span> {
        let last = self.tokens[..end].iter().rposition(|t| !is_mark(t))?;
        let first = self.tokens[..=last].iter().position(|t| !is_mark(t))?;
        Some(self.tokens[first].span.cover(&self.tokens[last].span))
    }

    /// The sentence's longest quotation, if it is more than a word or two.
    fn quotation_or(&self, other: Option<Span>) -> Option<Span> {
        let mut best: Option<(usize, usize)> = None;
        let mut at = 0;
        while at < self.quoted.len() {
            let end = (at..self.quoted.len()).find(|&i| !self.quoted[i]);
            let end = end.unwrap_or(self.quoted.len());
            if end - at >= SHORTEST_QUOTATION && best.is_none_or(|(a, b)| end - at > b - a) {
                best = Some((at, end));
            }
            at = end + 1;
        }
        // A quotation of a few words inside what is said is only a part of it.
        let Some((first, end)) = best else { return other };
        let quotation = self.tokens[first].span.cover(&self.tokens[end - 1].span);
        let part = other.is_some_and(|o| {
            o.contains(&quotation) && quotation.len() * 3 < o.len() * 2
        });
        if part { other } else { Some(quotation) }
    }
}

pub(super) fn is_mark(token: &Token) -> bool {
    matches!(
        token.lower.as_str(),
        "," | "،" | "«" | "»" | "\"" | "“" | "”" | "„" | ":" | "." | ";" | "-" | "–" | "—"
    )
}

/// Per token, whether it stands between quotation marks; `open` is carried over sentences for
/// marks that have a direction.
fn quoted(tokens: &[Token], open: &mut bool) -> Vec<bool> {
    let mut straight = false;
    let german = tokens.iter().any(|t| t.lower == "„");
    tokens
        .iter()
        .map(|token| {
            match token.lower.as_str() {
                "«" | "„" => *open = true,
                "“" => *open = !(german && *open),
                "»" | "”" => *open = false,
                "\"" => straight = !straight,
                _ => return *open || straight,
            }
            false
        })
        .collect()
}

/// Gives the sentences of one quotation the source that one of them names.
fn spread(
    sentences: &[(Span, Vec<Token>)],
    states: &[(bool, bool)],
    found: &mut [Vec<Attribution>],
) {
    let mut first = 0;
    while first < states.len() {
        // A run of sentences joined by a quotation that is still open at their ends.
        let mut end = first + 1;
        while end < states.len() && states[end].0 {
            end += 1;
        }
        if end - first > 1 && end - first <= LONGEST_QUOTATION {
            let named = [end - 1, first].into_iter().find(|&i| !found[i].is_empty());
            let sources = named.map(|i| found[i].clone()).unwrap_or_default();
            for i in first..end {
                if found[i].is_empty() {
                    found[i] = sources.clone();
                    for attribution in &mut found[i] {
                        attribution.content = sentences[i].0;
                    }
                }
            }
        }
        first = end;
    }
}
