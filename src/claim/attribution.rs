//! Who says it: sources, their cues, and sources that quote sources.
//!
//! Cues are data: prepositions ("selon X"), verbs of saying before or after their subject, verbs
//! that quote another source ("cite"), and links that name who carried a voice ("contacté par
//! l'agence"). The source is the noun phrase beside the cue ([`nouns`]); a verb that finds none
//! that can speak is no cue. Quotations ([`quotes`]) carry a source over several sentences, and
//! pronouns and "la source" look back to the one who spoke last ([`memory`]).

mod memory;
mod nouns;
mod quotes;
mod verbs;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::phrase::PhraseSet;
use super::tokens::{Token, TokenKind};
use crate::language::Pack;
use crate::span::Span;
use memory::Memory;
use nouns::{Nouns, is_comma};
use quotes::{Quote, quotes};

/// One source of a claim. A claim's sources are kept outermost first: in "selon la chaîne, un
/// officier affirme", the channel, then the officer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// The source's name as written: "une source militaire", "Sana".
    pub source: String,
    /// Where the source is named; for a pronoun or an anaphor ("la source"), where it was named.
    pub source_span: Span,
    /// The cue word: "selon", "a indiqué".
    pub cue: String,
    /// Where the cue stands.
    pub span: Span,
    /// The stretch of text that the source vouches for.
    pub content: Span,
    /// The source is given no name ("une source", "officials").
    pub anonymous: bool,
    /// The entity's id across the corpus, once resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
}

/// The pack section `[attribution]`. Lists are phrases as in [`super::phrase`] or, where noted,
/// single words in lower case.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttributionSection {
    /// Cues before a source: "selon".
    pub prepositions: Vec<String>,
    /// Cues after a source: German "zufolge".
    pub postpositions: Vec<String>,
    /// Verbs that say only beside a quotation or a complementiser: "explique".
    pub verbs: Vec<String>,
    /// Verbs that say wherever a source is their subject: "affirme", "dément", "accuse".
    pub strong_verbs: Vec<String>,
    /// Verbs whose object is another source: "cite".
    pub citing: Vec<String>,
    /// Links to who carried the voice: "contacté par".
    pub via: Vec<String>,
    /// What links a verb to the outlet spoken to: "à l'", "to"; together with `outlets`.
    pub told_to: Vec<String>,
    /// Names and nouns of outlets, behind `told_to`: "AFP", "agence".
    pub outlets: Vec<String>,
    /// Words: auxiliaries that may precede a verb and belong to the cue.
    pub auxiliaries: Vec<String>,
    /// Words: "que", "that".
    pub complementisers: Vec<String>,
    /// Words: articles, demonstratives, possessives.
    pub determiners: Vec<String>,
    /// Words: what may link nouns within a source: "de", "of".
    pub connectors: Vec<String>,
    /// Phrases that link nouns within a source: "close to".
    pub links: Vec<String>,
    /// Words that are in no source.
    pub stops: Vec<String>,
    /// Words that may stand between a verb and its subject, and in no source: weekdays, "hier".
    pub adverbs: Vec<String>,
    /// Words: pronouns that stand for a source.
    pub pronouns: Vec<String>,
    /// Words: relative pronouns.
    pub relatives: Vec<String>,
    /// Endings that are a pronoun after the verb: "-t-il".
    pub pronoun_suffixes: Vec<String>,
    /// Nouns that can speak.
    pub source_nouns: Vec<String>,
    /// Phrases that no source contains: "les besoins".
    pub non_sources: Vec<String>,
    /// Beginnings of sources without a name: "une source".
    pub anonymous: Vec<String>,
    /// Whole phrases that take up the last source: "la même source".
    pub anaphors: Vec<String>,
    /// The definite article where it is written onto the noun: "ال".
    pub article_prefix: String,
    /// Words: determiners of something already named: "la", "ce", "the".
    pub definite: Vec<String>,
}

/// What a phrase of the section does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CueKind {
    Preposition,
    Postposition,
    Verb { strong: bool },
    Citing,
}

/// Finds sources in one language.
#[derive(Debug, Clone)]
pub struct AttributionReader {
    cues: PhraseSet<CueKind>,
    via: PhraseSet<()>,
    told_to: PhraseSet<()>,
    outlets: PhraseSet<()>,
    anonymous: PhraseSet<()>,
    anaphors: PhraseSet<()>,
    nouns: Nouns,
    section: AttributionSection,
}

/// One cue with its source, as token ranges of its sentence.
#[derive(Debug, Clone)]
struct Found {
    source: Range<usize>,
    cue: Range<usize>,
    content: Span,
    /// The source speaks through another one that stands before it in the list.
    through: Option<Range<usize>>,
}

/// A sentence while it is read.
struct Line<'a> {
    text: &'a str,
    span: Span,
    tokens: &'a [Token],
    quotes: &'a [Quote],
}

impl AttributionReader {
    /// Compiles the pack's `[attribution]` section.
    ///
    /// # Errors
    /// None at present; the signature is that of all readers.
    pub fn new(pack: &Pack) -> crate::error::Result<Self> {
        let section = &pack.attribution;
        let morphology = pack.morphology();
        let lists = [
            (&section.prepositions, CueKind::Preposition),
            (&section.postpositions, CueKind::Postposition),
            (&section.verbs, CueKind::Verb { strong: false }),
            (&section.strong_verbs, CueKind::Verb { strong: true }),
            (&section.citing, CueKind::Citing),
        ];
        let cues = lists
            .iter()
            .flat_map(|(list, kind)| list.iter().map(|phrase| (phrase.as_str(), *kind)));
        let plain = |list: &[String]| {
            PhraseSet::new(list.iter().map(|phrase| (phrase.as_str(), ())), morphology.clone())
        };
        Ok(AttributionReader {
            cues: PhraseSet::new(cues, morphology.clone()),
            via: plain(&section.via),
            told_to: plain(&section.told_to),
            outlets: plain(&section.outlets),
            anonymous: plain(&section.anonymous),
            anaphors: plain(&section.anaphors),
            nouns: Nouns::new(section, pack),
            section: section.clone(),
        })
    }

    /// The sources of each sentence of an article, outermost first. `sentences` holds each
    /// sentence's span and tokens, in order; a whole article is needed because "la source",
    /// "elle" and quotations that run over sentences look back.
    pub fn find(&self, text: &str, sentences: &[(Span, Vec<Token>)]) -> Vec<Vec<Attribution>> {
        let quotes = quotes(text, sentences);
        let mut memory = Memory::default();
        let mut all: Vec<Vec<Attribution>> = Vec::with_capacity(sentences.len());
        for (index, (span, tokens)) in sentences.iter().enumerate() {
            let tokens = self.with_pronouns_apart(tokens);
            let line = Line { text, span: *span, tokens: &tokens, quotes: &quotes };
            let mut here = self.read(&line, index, &mut memory);
            if here.is_empty() {
                here.extend(goes_on_quoting(&line, all.last()));
            }
            all.push(here);
        }
        spread_over_quotes(&quotes, sentences, &mut all);
        for here in &mut all {
            // Outermost first: the wider content is the outer source's.
            here.sort_by_key(|a| (a.content.start, std::cmp::Reverse(a.content.end)));
            here.dedup_by(|a, b| a.source_span == b.source_span && a.content == b.content);
        }
        all
    }

    /// "a-t-elle" becomes "a" and "elle".
    fn with_pronouns_apart(&self, tokens: &[Token]) -> Vec<Token> {
        let mut split = Vec::with_capacity(tokens.len());
        for token in tokens {
            let suffix = self.section.pronoun_suffixes.iter().find(|suffix| {
                token.lower.len() > suffix.len()
                    && token.lower.ends_with(suffix.as_str())
                    && token.span.len() == token.lower.len()
            });
            let Some(suffix) = suffix else {
                split.push(token.clone());
                continue;
            };
            let pronoun = suffix.rsplit('-').next().unwrap_or(suffix);
            let cut = token.span.end - suffix.len();
            split.push(Token {
                span: Span::new(token.span.start, cut),
                lower: token.lower[..token.lower.len() - suffix.len()].to_owned(),
                ..token.clone()
            });
            split.push(Token {
                span: Span::new(token.span.end - pronoun.len(), token.span.end),
                lower: pronoun.to_owned(),
                kind: TokenKind::Word,
                capitalised: false,
                spaced: false,
            });
        }
        split
    }

    /// The sources of one sentence.
    fn read(&self, line: &Line<'_>, index: usize, memory: &mut Memory) -> Vec<Attribution> {
        let mut found: Vec<Found> = Vec::new();
        for cue in self.cues.find(line.tokens) {
            let range = cue.first..cue.end;
            match *cue.payload {
                CueKind::Preposition => found.extend(self.preposition(line, range)),
                CueKind::Postposition => found.extend(self.postposition(line, range)),
                CueKind::Verb { strong } => found.extend(self.verb(line, range, strong)),
                CueKind::Citing => found.extend(self.citing(line, range)),
            }
        }
        // "rejected claims that": a verb whose subject holds another verb of saying is a noun.
        let cues: Vec<Range<usize>> = found.iter().map(|one| one.cue.clone()).collect();
        found.retain(|one| {
            !cues.iter().any(|cue| {
                *cue != one.cue && cue.start < one.source.end && one.source.start < cue.end
            })
        });
        let mut here: Vec<Attribution> = Vec::new();
        for one in found {
            // A voice that was carried: who carried it stands outside.
            for source in one.through.iter().chain([&one.source]) {
                let attribution = self.attribution(line, source, &one);
                let resolved = memory.resolve(attribution, self.reference(line, source), index);
                // "cite un interlocuteur, qui affirme que": the second cue says what he vouches
                // for.
                let said_before = here.iter_mut().find(|a| {
                    a.source_span == resolved.source_span && a.content.contains(&resolved.content)
                });
                match said_before {
                    Some(before) => before.content = resolved.content,
                    None => here.push(resolved),
                }
            }
        }
        here
    }

    fn attribution(&self, line: &Line<'_>, source: &Range<usize>, found: &Found) -> Attribution {
        let source_span = cover(line.tokens, source);
        let span = cover(line.tokens, &found.cue);
        let anonymous = (source.start..source.end.min(source.start + 3))
            .any(|i| !self.anonymous.find_at(&line.tokens[..source.end], i).is_empty());
        Attribution {
            source: source_span.of(line.text).to_owned(),
            source_span,
            cue: span.of(line.text).to_owned(),
            span,
            content: found.content,
            anonymous,
            entity: None,
        }
    }

    /// How a source refers back, if it does.
    fn reference(&self, line: &Line<'_>, source: &Range<usize>) -> memory::Reference {
        let tokens = line.tokens;
        let head = self.nouns.heads(tokens, source);
        let inside = &tokens[source.clone()];
        if source.len() == 1 && self.nouns.is_pronoun(&tokens[source.start]) {
            return memory::Reference::Pronoun;
        }
        if self.anaphors.find(inside).iter().any(|m| m.first == 0 && m.end == inside.len()) {
            return memory::Reference::Anaphor(head);
        }
        let named = inside.iter().skip(1).any(|t| t.capitalised);
        if self.section.definite.contains(&inside[0].lower) && !named && inside.len() <= 3 {
            return memory::Reference::Definite(head);
        }
        memory::Reference::Name(head)
    }

    /// Who carried the voice of the source that ends at `end`: "contacté par l'agence Sputnik".
    fn carried_by(&self, line: &Line<'_>, end: usize, limit: usize) -> Option<Range<usize>> {
        let at = end + usize::from(line.tokens.get(end).is_some_and(is_comma));
        let via = self.via.find_at(line.tokens, at).into_iter().max_by_key(|m| m.end)?;
        self.nouns.forward(line.tokens, via.end, limit)
    }

    /// The outlet spoken to, right after a verb or its source: "à l'AFP". After a subject and its
    /// verb it needs no link: "an officer told Reuters".
    fn outlet(&self, line: &Line<'_>, at: usize, has_subject: bool) -> Option<Range<usize>> {
        let tokens = line.tokens;
        let link = self.told_to.find_at(tokens, at).into_iter().map(|m| m.end).max();
        let start = link.or(has_subject.then_some(at))?;
        let outlet = self.nouns.forward(tokens, start, tokens.len())?;
        (!self.outlets.find(&tokens[outlet.clone()]).is_empty()).then_some(outlet)
    }

    /// Whether the comma before token `at` only closes an attribution that opens the sentence.
    fn after_opening_attribution(&self, line: &Line<'_>, at: usize) -> bool {
        let commas = line.tokens[..at].iter().filter(|t| is_comma(t)).count();
        commas == 1
            && self.cues.find_at(line.tokens, 0).iter().any(|m| *m.payload == CueKind::Preposition)
    }

    /// The end of the noun phrase's room from `at`: the next "contacté par".
    fn room(&self, line: &Line<'_>, at: usize) -> usize {
        (at + 1..line.tokens.len())
            .find(|&i| !self.via.find_at(line.tokens, i).is_empty())
            .unwrap_or(line.tokens.len())
    }

    fn preposition(&self, line: &Line<'_>, cue: Range<usize>) -> Option<Found> {
        let tokens = line.tokens;
        let source = self.nouns.forward(tokens, cue.end, self.room(line, cue.end))?;
        if !self.nouns.names_source(tokens, &source) {
            return None;
        }
        let through = self.carried_by(line, source.end, tokens.len());
        let end = through.as_ref().map_or(source.end, |t| t.end);
        let content = around(line, cue.start, end);
        Some(Found { source, cue, content, through })
    }

    fn postposition(&self, line: &Line<'_>, cue: Range<usize>) -> Option<Found> {
        let source = self.nouns.backward(line.tokens, cue.start)?;
        if !self.nouns.names_source(line.tokens, &source) {
            return None;
        }
        let content = around(line, source.start, cue.end);
        Some(Found { source, cue, content, through: None })
    }

    /// "La chaîne cite un interlocuteur": the object is the inner source, the subject the outer.
    fn citing(&self, line: &Line<'_>, cue: Range<usize>) -> Option<Found> {
        let tokens = line.tokens;
        // "quoted by" is a link, and its participle no verb of its own.
        if !self.via.find_at(tokens, cue.start).is_empty() {
            return None;
        }
        let inner = (cue.end..tokens.len().min(cue.end + 6))
            .filter_map(|i| self.nouns.forward(tokens, i, tokens.len()))
            .find(|np| self.nouns.names_source(tokens, np))?;
        let through =
            self.nouns.subject(tokens, cue.start).filter(|np| self.nouns.names_source(tokens, np));
        Some(Found { source: inner, cue, content: line.span, through })
    }
}

/// The sentence without the attribution at tokens `from..to`: what follows it at the sentence's
/// start, what precedes it at the end, the whole sentence around it in the middle.
fn around(line: &Line<'_>, from: usize, to: usize) -> Span {
    let before = from > 1;
    let rest = &line.tokens[to.min(line.tokens.len())..];
    let after = rest.iter().filter(|t| t.kind != TokenKind::Punctuation).count() > 1;
    match (before, after) {
        (false, true) => stretch(line, to, line.tokens.len()),
        (true, false) => stretch(line, 0, from),
        _ => line.span,
    }
}

/// Tokens `from..to` as a span, commas and conjunctions' marks at its ends left out.
fn stretch(line: &Line<'_>, mut from: usize, mut to: usize) -> Span {
    let loose = |t: &Token| is_comma(t) || t.lower == ":";
    while from < to && loose(&line.tokens[from]) {
        from += 1;
    }
    while from < to && loose(&line.tokens[to - 1]) {
        to -= 1;
    }
    if from >= to { line.span } else { cover(line.tokens, &(from..to)) }
}

fn cover(tokens: &[Token], range: &Range<usize>) -> Span {
    tokens[range.start].span.cover(&tokens[range.end - 1].span)
}

/// A sentence that is all quotation, right after an attributed one, has the same source.
fn goes_on_quoting(line: &Line<'_>, previous: Option<&Vec<Attribution>>) -> Option<Attribution> {
    let quote = line
        .quotes
        .iter()
        .find(|q| q.outer.start == line.span.start && q.outer.len() * 10 >= line.span.len() * 9)?;
    let last = previous?.last()?;
    Some(Attribution { content: within(quote.inner, line.span), ..last.clone() })
}

/// A source of one sentence of a quotation is that of all its sentences.
fn spread_over_quotes(
    quotes: &[Quote],
    sentences: &[(Span, Vec<Token>)],
    all: &mut [Vec<Attribution>],
) {
    for quote in quotes {
        let inside: Vec<usize> =
            (0..sentences.len()).filter(|&i| sentences[i].0.overlaps(&quote.inner)).collect();
        if inside.len() < 2 {
            continue;
        }
        let speaks =
            |a: &Attribution| a.content.overlaps(&quote.inner) && !quote.inner.contains(&a.span);
        // The sentence that ends the quotation names its source more often than the first.
        let Some(source) =
            inside.iter().rev().find_map(|&i| all[i].iter().find(|a| speaks(a)).cloned())
        else {
            continue;
        };
        for &i in &inside {
            if !all[i].iter().any(speaks) {
                let content = within(quote.inner, sentences[i].0);
                all[i].insert(0, Attribution { content, ..source.clone() });
            }
        }
    }
}

/// The part of a span that lies within bounds; empty where none does, as of "«  “ \n »".
fn within(span: Span, bounds: Span) -> Span {
    let start = span.start.clamp(bounds.start, bounds.end);
    Span::new(start, span.end.clamp(start, bounds.end))
}
