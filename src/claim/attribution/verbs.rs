//! Verbs of saying: before their complement, after it, or in the middle.

use std::ops::Range;

use super::nouns::is_comma;
use super::{AttributionReader, Found, Line, around, cover, stretch, within};
use crate::claim::tokens::{Token, TokenKind};
use crate::span::Span;

/// How many tokens after the verb its "que" or quotation may begin: "a indiqué lundi à l'AFP que".
const COMPLEMENT: usize = 9;

/// What follows the verb.
enum Complement {
    /// A clause that begins at this token.
    Clause(usize),
    /// A quotation.
    Quote(Span),
}

impl AttributionReader {
    /// A verb of saying with its source; none where no noun phrase that can speak is near.
    pub(super) fn verb(&self, line: &Line<'_>, verb: Range<usize>, strong: bool) -> Option<Found> {
        let tokens = line.tokens;
        let cue = self.with_auxiliaries(tokens, verb);
        // "a-t-il précisé", "dit-il": the pronoun stands within or right after the verb.
        let inverted = (cue.start..tokens.len().min(cue.end + 1))
            .find(|&i| self.nouns.is_pronoun(&tokens[i]) && (i < cue.end || !tokens[i].spaced));
        if let Some(pronoun) = inverted {
            let end = cue.end.max(pronoun + 1);
            let content = self.content_before(line, cue.start, end)?;
            return Some(Found { source: pronoun..pronoun + 1, cue, content, through: None });
        }
        let subject = self.nouns.subject(tokens, cue.start);
        let quote_before = subject
            .as_ref()
            .and_then(|np| quote_ending(line, np.start))
            .or_else(|| quote_ending(line, cue.start));
        // With "that" behind it, a verb that always says makes any subject a source.
        let says_that =
            strong && matches!(self.complement(line, cue.end), Some(Complement::Clause(_)));
        let found = subject
            .filter(|np| says_that || self.can_speak(line, np, quote_before.is_some()))
            .and_then(|source| self.with_subject(line, source, cue.clone(), strong));
        if found.is_some() {
            return found;
        }
        self.inverted(line, cue, strong, quote_before)
    }

    fn can_speak(&self, line: &Line<'_>, np: &Range<usize>, beside_quote: bool) -> bool {
        beside_quote || self.nouns.names_source(line.tokens, np)
    }

    /// "X affirme que …", "X said.", "…, X said".
    fn with_subject(
        &self,
        line: &Line<'_>,
        subject: Range<usize>,
        cue: Range<usize>,
        strong: bool,
    ) -> Option<Found> {
        let (source, mut through) = self.apart(line, subject);
        if through.is_none() && source.end < cue.start {
            // "Les habitants, interrogés par Reuters, disent": the insertion names the carrier.
            through = self.carried_by(line, source.end, cue.start);
        }
        let start = through.as_ref().map_or(source.start, |t| t.start.min(source.start));
        let tail = start > 0
            && (is_comma(&line.tokens[start - 1]) || quote_ending(line, start).is_some())
            && !self.after_opening_attribution(line, start);
        let outlet = self.outlet(line, cue.end, true);
        let end = outlet.as_ref().map_or(cue.end, |o| o.end);
        let through = through.or(outlet);
        let complement = self.complement(line, end);
        let content = match complement {
            Some(Complement::Quote(quote)) => quote,
            Some(Complement::Clause(at)) if at < line.tokens.len() => {
                stretch(line, at, line.tokens.len())
            }
            _ if tail && ends_soon(line.tokens, end) => self.content_before(line, start, end)?,
            _ if quote_ending(line, start).is_some() => quote_ending(line, start)?,
            // "sagte, die Stadt sei gefallen": reported speech may begin right after a comma.
            _ if strong
                && line.tokens.get(end).is_some_and(is_comma)
                && end + 3 < line.tokens.len() =>
            {
                stretch(line, end, line.tokens.len())
            }
            _ if strong && !ends_soon(line.tokens, end) => stretch(line, end, line.tokens.len()),
            _ => return None,
        };
        Some(Found { source, cue, content, through })
    }

    /// "…, a indiqué X", "« … », affirme X", "أعلن X أن …".
    fn inverted(
        &self,
        line: &Line<'_>,
        cue: Range<usize>,
        strong: bool,
        quote_before: Option<Span>,
    ) -> Option<Found> {
        let tokens = line.tokens;
        let told = self.outlet(line, cue.end, false);
        let start = told.as_ref().map_or(cue.end, |o| o.end);
        let source = self.nouns.forward(tokens, start, self.room(line, start))?;
        let parenthetical = cue.start > 0
            && (is_comma(&tokens[cue.start - 1]) || quote_ending(line, cue.start).is_some());
        if !self.can_speak(line, &source, quote_before.is_some()) {
            return None;
        }
        let through = told
            .or_else(|| self.carried_by(line, source.end, tokens.len()))
            .or_else(|| self.outlet(line, source.end, false));
        let end = through.as_ref().map_or(source.end, |t| t.end.max(source.end));
        let content = match self.complement(line, end) {
            Some(Complement::Quote(quote)) if quote_before.is_none() => quote,
            Some(Complement::Clause(at)) if quote_before.is_none() && at < tokens.len() => {
                stretch(line, at, tokens.len())
            }
            _ if parenthetical => self.content_before(line, cue.start, end)?,
            _ if strong && cue.start == 0 && !ends_soon(tokens, end) => {
                stretch(line, end, tokens.len())
            }
            _ => return None,
        };
        Some(Found { source, cue, content, through })
    }

    /// "un officier contacté par l'agence Sputnik" as the subject: the officer, and the agency
    /// that carried his words.
    fn apart(
        &self,
        line: &Line<'_>,
        subject: Range<usize>,
    ) -> (Range<usize>, Option<Range<usize>>) {
        let via = (subject.start.saturating_sub(4)..subject.end)
            .flat_map(|i| self.via.find_at(line.tokens, i))
            .find(|m| m.end <= subject.end && m.end + 1 >= subject.start);
        let Some(via) = via else { return (subject, None) };
        let carrier = self.nouns.forward(line.tokens, via.end, subject.end);
        let voice_end =
            via.first - usize::from(via.first > 0 && is_comma(&line.tokens[via.first - 1]));
        match (self.nouns.backward(line.tokens, voice_end), carrier) {
            (Some(voice), Some(carrier)) => (voice, Some(carrier)),
            _ => (subject, None),
        }
    }

    /// The verb with its auxiliaries, pronouns and adverbs between.
    fn with_auxiliaries(&self, tokens: &[Token], verb: Range<usize>) -> Range<usize> {
        let mut start = verb.start;
        for i in (verb.start.saturating_sub(4)..verb.start).rev() {
            let token = &tokens[i];
            if self.section.auxiliaries.contains(&token.lower) {
                start = i;
            } else if !self.nouns.is_adverb(token)
                && (!self.nouns.is_pronoun(token) || token.spaced)
            {
                break;
            }
        }
        start..verb.end
    }

    /// The clause or quotation that the verb at `..end` introduces.
    fn complement(&self, line: &Line<'_>, end: usize) -> Option<Complement> {
        let tokens = line.tokens;
        for i in end..tokens.len().min(end + COMPLEMENT) {
            let token = &tokens[i];
            if let Some(quote) = line.quotes.iter().find(|q| q.outer.start == token.span.start) {
                return Some(Complement::Quote(within(quote.inner, line.span)));
            }
            if self.section.complementisers.contains(&token.lower) {
                return Some(Complement::Clause(i + 1));
            }
            match token.lower.as_str() {
                ":" => {
                    let next = tokens.get(i + 1)?;
                    return Some(
                        match line.quotes.iter().find(|q| q.outer.start == next.span.start) {
                            Some(quote) => Complement::Quote(within(quote.inner, line.span)),
                            None => Complement::Clause(i + 1),
                        },
                    );
                }
                "." | "?" | "!" | ";" | "»" | "”" => return None,
                // "sagte, dass", "заявил, что": the comma belongs to the complementiser; and
                // German speech without one begins right after it.
                "," if tokens
                    .get(i + 1)
                    .is_some_and(|t| self.section.complementisers.contains(&t.lower)) => {}
                "," | "،" => return None,
                _ => {}
            }
        }
        None
    }

    /// What a source named after it vouches for: the quotation that ends there, or the sentence
    /// up to there, or all of it where the attribution is an insertion near its start.
    fn content_before(&self, line: &Line<'_>, from: usize, to: usize) -> Option<Span> {
        if let Some(quote) = quote_ending(line, from) {
            return Some(quote);
        }
        if from == 0 {
            return match self.complement(line, to) {
                Some(Complement::Quote(quote)) => Some(quote),
                Some(Complement::Clause(at)) if at < line.tokens.len() => {
                    Some(stretch(line, at, line.tokens.len()))
                }
                _ => (!ends_soon(line.tokens, to)).then(|| stretch(line, to, line.tokens.len())),
            };
        }
        let insertion =
            is_comma(&line.tokens[from - 1]) && line.tokens.get(to).is_some_and(is_comma);
        if insertion && from <= 6 {
            Some(line.span)
        } else if from > 2 {
            Some(stretch(line, 0, from))
        } else {
            Some(around(line, from, to))
        }
    }
}

/// The quotation that ends right before token `at`, as far as it is in the line.
fn quote_ending(line: &Line<'_>, at: usize) -> Option<Span> {
    let end = line.tokens.get(at).map_or(line.span.end, |t| t.span.start);
    line.quotes
        .iter()
        .filter(|q| q.outer.overlaps(&line.span) && q.outer.end <= end)
        .filter(|q| {
            let mut between =
                line.tokens.iter().filter(|t| t.span.start >= q.outer.end && t.span.end <= end);
            between.all(is_comma)
        })
        .map(|q| within(q.inner, line.span))
        .next_back()
}

/// Whether the sentence or the insertion ends right after token `at`.
fn ends_soon(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_none_or(|t| t.kind == TokenKind::Punctuation)
        || cover(tokens, &(at..tokens.len())).is_empty()
}
