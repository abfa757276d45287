//! Verbs of saying: before their complement, after it, or in the middle.

use std::ops::Range;

use super::nouns::is_comma;
use super::{AttributionReader, Form, Found, Line, around, cover, stretch, within};
use crate::claim::tokens::{Token, TokenKind};
use crate::span::Span;

/// How many tokens after the verb its "que" or quotation may begin: "a indiqué lundi à l'AFP que".
const COMPLEMENT: usize = 9;

/// How many tokens may follow a verb of saying and tell no more than where or when: "in a statement on Monday".
const MOST_ADDED: usize = 8;

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
        let cue = self.with_auxiliaries(tokens, verb.clone());
        // "a-t-il précisé", "dit-il": the pronoun stands within or right after the verb.
        let start = verb.start;
        let object = |i: usize| i < start && self.nouns.is_object_pronoun(&tokens[i]);
        let inverted = (cue.start..tokens.len().min(cue.end + 1)).find(|&i| {
            self.nouns.is_pronoun(&tokens[i]) && (i < cue.end || !tokens[i].spaced) && !object(i)
        });
        if let Some(pronoun) = inverted {
            let end = cue.end.max(pronoun + 1);
            let content = self.content_before(line, cue.start, end)?;
            let form = Form::Insertion(cue.start..end);
            return Some(Found { source: pronoun..pronoun + 1, cue, content, through: None, form });
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
        found
            .or_else(|| self.inverted(line, cue.clone(), strong, quote_before))
            .or_else(|| self.without_subject(line, cue, quote_before))
    }

    /// "Añadió que …", "« … », añadió": the one who spoke last goes on, in languages that leave pronouns out.
    fn without_subject(
        &self,
        line: &Line<'_>,
        cue: Range<usize>,
        quote_before: Option<Span>,
    ) -> Option<Found> {
        let alone = self.section.drops_pronouns
            && (cue.start == 0 || quote_before.is_some() && ends_soon(line.tokens, cue.end));
        if !alone {
            return None;
        }
        let content = quote_before.or_else(|| self.complement_content(line, cue.end))?;
        Some(Found { source: cue.clone(), cue, content, through: None, form: Form::Dropped })
    }

    /// The words of the clause or quotation that a cue at `..end` introduces.
    pub(super) fn complement_content(&self, line: &Line<'_>, end: usize) -> Option<Span> {
        match self.complement(line, end)? {
            Complement::Quote(quote) => Some(quote),
            Complement::Clause(at) if at < line.tokens.len() => {
                Some(stretch(line, at, line.tokens.len()))
            }
            Complement::Clause(_) => None,
        }
    }

    fn can_speak(&self, line: &Line<'_>, np: &Range<usize>, beside_quote: bool) -> bool {
        let anaphor =
            || self.anaphors.find_at(line.tokens, np.start).iter().any(|m| m.end == np.end);
        beside_quote || self.nouns.names_source(line.tokens, np) || anaphor()
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
        if through.is_none() {
            through = self.carried_at_start(line, source.start);
        }
        let start = source.start;
        let tail = start > 0
            && (is_comma(&line.tokens[start - 1]) || quote_ending(line, start).is_some())
            && !self.after_opening_attribution(line, start);
        let outlet = self.outlet(line, cue.end, true);
        let end = outlet.as_ref().map_or(cue.end, |o| o.end);
        let through = through.or(outlet);
        let mut form = Form::Complement;
        let content = match self.complement_content(line, end) {
            Some(content) => content,
            _ if tail && (ends_soon(line.tokens, end) || self.only_adds(line, start, end)) => {
                form = Form::Insertion(start..end);
                self.content_before(line, start, end)?
            }
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
        Some(Found { source, cue, content, through, form })
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
        let start = self.past_addressee(tokens, told.as_ref().map_or(cue.end, |o| o.end));
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
        let mut form = Form::Complement;
        let clause = self.complement_content(line, end).filter(|_| quote_before.is_none());
        let after_comma = strong
            && quote_before.is_none()
            && tokens.get(end).is_some_and(is_comma)
            && end + 3 < tokens.len();
        let content = match clause {
            Some(content) => content,
            _ if parenthetical => {
                form = Form::Insertion(cue.start..end);
                self.content_before(line, cue.start, end)?
            }
            // "Am Montag meldete der Sender, der Markt sei abgebrannt".
            _ if after_comma => stretch(line, end, tokens.len()),
            _ if strong && cue.start == 0 && !ends_soon(tokens, end) => {
                stretch(line, end, tokens.len())
            }
            _ => return None,
        };
        Some(Found { source, cue, content, through, form })
    }

    /// "Twenty people died, the ministry said in a statement": what follows is short and about the saying, and what
    /// stands before is no opening such as "On Monday,".
    fn only_adds(&self, line: &Line<'_>, subject: usize, end: usize) -> bool {
        let tokens = line.tokens;
        let preposition = |at: usize| {
            tokens.get(at).is_some_and(|token| self.prepositions.contains(&token.lower))
        };
        let rest = tokens.len().saturating_sub(end);
        preposition(end) && rest <= MOST_ADDED && subject > 3 && !preposition(0)
    }

    /// "Interrogé par la radio, le ministre a démenti": the sentence opens with who carried the voice.
    fn carried_at_start(&self, line: &Line<'_>, subject: usize) -> Option<Range<usize>> {
        let via = self.via.find_at(line.tokens, 0).into_iter().max_by_key(|m| m.end)?;
        let comma = subject.checked_sub(1).filter(|&i| is_comma(&line.tokens[i]))?;
        self.nouns.forward(line.tokens, via.end, comma).filter(|carrier| carrier.end == comma)
    }

    /// Where to go on behind "à la presse", if it stands at `at`.
    fn past_addressee(&self, tokens: &[Token], at: usize) -> usize {
        self.addressees.find_at(tokens, at).into_iter().map(|m| m.end).max().unwrap_or(at)
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
            // "l'a répété", "se désole": right before the verb; "le" and the like only before an auxiliary.
            let object = i + 1 == start
                && self.nouns.is_object_pronoun(token)
                && (start < verb.start || !self.section.determiners.contains(&token.lower));
            // "avait pourtant assuré": one word between.
            let between = i + 1 == verb.start
                && i > 0
                && token.kind == TokenKind::Word
                && !token.capitalised
                && !self.section.determiners.contains(&token.lower)
                && self.section.auxiliaries.contains(&tokens[i - 1].lower);
            if self.section.auxiliaries.contains(&token.lower) || object || between {
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
        // "« La digue, explique X, tiendra. »": the insertion stands inside the quotation.
        let cue = line.tokens[from].span;
        let around_it = line.quotes.iter().find(|q| q.inner.contains(&cue));
        if let Some(quote) = around_it.filter(|_| from > 0 && is_comma(&line.tokens[from - 1])) {
            return Some(within(quote.inner, line.span));
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
        // "…, said Ann Small, a doctor.": an apposition ends the sentence.
        let apposition = line.tokens.get(to + 1).is_some_and(|token| {
            self.section.determiners.contains(&token.lower)
                && !line.tokens[to + 1..].iter().any(is_comma)
        });
        if insertion && from <= 6 && !apposition {
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
