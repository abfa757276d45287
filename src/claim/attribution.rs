//! Who says it: sources, their cues, and sources that quote sources.
//!
//! Cues are data: prepositions ("selon X"), verbs of saying before or after their subject, verbs
//! that quote another source ("cite"), and links that name who carried a voice ("contacté par
//! l'agence"). The source is the noun phrase beside the cue ([`nouns`]); a verb that finds none
//! that can speak is no cue. Quotations ([`quotes`]) carry a source over several sentences, and
//! pronouns and "la source" look back to the one who spoke last ([`memory`]).

mod headline;
mod memory;
mod nesting;
mod nouns;
mod quotes;
mod section;
mod verbs;

use std::collections::HashSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::phrase::PhraseSet;
use super::tokens::{Token, TokenKind};
use crate::language::Pack;
use crate::span::Span;
use memory::Memory;
use nouns::{Nouns, is_comma};
use quotes::{Quote, quotes};
pub use section::AttributionSection;

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
    /// The words are quoted, and not reported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub direct: bool,
    /// The entity's id across the corpus, once resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
}

/// How many of a source's first words tell its gender and number.
const AGREEMENT_WORDS: usize = 3;

/// What a phrase of the section does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CueKind {
    Preposition {
        with_noun: bool,
    },
    WithPronoun,
    Postposition,
    Verb {
        strong: bool,
    },
    /// With the phrase of this number behind it.
    VerbWith(usize),
    Citing,
    None,
}

/// Finds sources in one language.
#[derive(Debug, Clone)]
pub struct AttributionReader {
    cues: PhraseSet<CueKind>,
    via: PhraseSet<()>,
    told_to: PhraseSet<()>,
    outlets: PhraseSet<()>,
    addressees: PhraseSet<()>,
    /// What must follow the verbs of `verbs_with`, numbered.
    followers: PhraseSet<usize>,
    prepositions: HashSet<String>,
    capitalised_nouns: bool,
    agreement: PhraseSet<String>,
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
    form: Form,
}

/// How a cue gives its source's words.
#[derive(Debug, Clone, PartialEq)]
enum Form {
    /// A clause or a quotation of their own.
    Complement,
    /// What stands around these tokens: "selon X", ", a dit X,".
    Insertion(Range<usize>),
    /// Another source's words are cited: "cite X".
    Citing,
    /// The verb has no subject, and means the one who spoke last.
    Dropped,
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
            (&section.prepositions, CueKind::Preposition { with_noun: false }),
            (&section.prepositions_with_noun, CueKind::Preposition { with_noun: true }),
            (&section.cues_with_pronoun, CueKind::WithPronoun),
            (&section.postpositions, CueKind::Postposition),
            (&section.verbs, CueKind::Verb { strong: false }),
            (&section.strong_verbs, CueKind::Verb { strong: true }),
            (&section.citing, CueKind::Citing),
            (&section.not_cues, CueKind::None),
        ];
        let cues = lists
            .iter()
            .flat_map(|(list, kind)| list.iter().map(|phrase| (phrase.as_str(), *kind)));
        let verbs_with = section.verbs_with.values().enumerate().flat_map(|(number, verbs)| {
            verbs.iter().map(move |verb| (verb.as_str(), CueKind::VerbWith(number)))
        });
        let followers =
            section.verbs_with.keys().enumerate().map(|(number, key)| (key.as_str(), number));
        let plain = |list: &[String]| {
            PhraseSet::new(list.iter().map(|phrase| (phrase.as_str(), ())), morphology.clone())
        };
        let agreement = section.agreement.iter().flat_map(|(pronoun, phrases)| {
            phrases.iter().map(|phrase| (phrase.as_str(), pronoun.clone()))
        });
        Ok(AttributionReader {
            agreement: PhraseSet::new(agreement, morphology.clone()),
            addressees: plain(&section.addressees),
            cues: PhraseSet::new(cues.chain(verbs_with), morphology.clone()),
            followers: PhraseSet::new(followers, morphology.clone()),
            prepositions: pack.prepositions.iter().cloned().collect(),
            capitalised_nouns: pack.capitalised_nouns,
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
        let quoted = |content: &Span| quotes.iter().any(|quote| quote.outer.contains(content));
        for here in &mut all {
            for one in here.iter_mut() {
                one.direct = quoted(&one.content);
            }
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
                CueKind::Preposition { with_noun } => {
                    found.extend(self.preposition(line, range, with_noun));
                }
                CueKind::WithPronoun => found.extend(self.with_pronoun(line, range)),
                CueKind::VerbWith(number) if self.follows(line.tokens, range.end, number) => {
                    found.extend(self.verb(line, range, true));
                }
                CueKind::VerbWith(_) => {}
                CueKind::Postposition => found.extend(self.postposition(line, range)),
                CueKind::Verb { strong } => found.extend(self.verb(line, range, strong)),
                CueKind::Citing => found.extend(self.citing(line, range)),
                CueKind::None => {}
            }
        }
        // "rejected claims that": a verb whose subject holds another verb of saying is a noun.
        let cues: Vec<Range<usize>> = found.iter().map(|one| one.cue.clone()).collect();
        found.retain(|one| {
            one.form == Form::Dropped
                || !cues.iter().any(|cue| {
                    *cue != one.cue && cue.start < one.source.end && one.source.start < cue.end
                })
        });
        if found.is_empty() {
            found.extend(self.headline(line));
        }
        nesting::nest(line, &mut found);
        let mut here: Vec<Attribution> = Vec::new();
        for one in found {
            // A voice that was carried: who carried it stands outside.
            for source in one.through.iter().chain([&one.source]) {
                let attribution = self.attribution(line, source, &one);
                let reference = match one.form {
                    Form::Dropped => memory::Reference::Pronoun(None),
                    _ => self.reference(line, source),
                };
                let pronouns = self.pronouns_for(line.tokens, source);
                let resolved = memory.resolve(attribution, reference, pronouns, index);
                let Some(resolved) = resolved else { continue };
                // "cite un interlocuteur, qui affirme que": the second cue says what he vouches
                // for.
                let said_before = here.iter_mut().find(|a| a.source_span == resolved.source_span);
                match said_before {
                    Some(before) if before.content.contains(&resolved.content) => {
                        before.content = resolved.content;
                    }
                    Some(before) if resolved.content.contains(&before.content) => {}
                    _ => here.push(resolved),
                }
            }
        }
        here
    }

    fn attribution(&self, line: &Line<'_>, source: &Range<usize>, found: &Found) -> Attribution {
        let source_span = cover(line.tokens, source);
        let span = cover(line.tokens, &found.cue);
        // "Witness Jane Roe" has a name.
        let named = |end: usize| {
            let next = line.tokens[..source.end].get(end);
            !self.capitalised_nouns && next.is_some_and(|token| token.capitalised)
        };
        let anonymous = (source.start..source.end.min(source.start + 3))
            .flat_map(|i| self.anonymous.find_at(&line.tokens[..source.end], i))
            .any(|m| !named(m.end));
        Attribution {
            source: source_span.of(line.text).to_owned(),
            source_span,
            cue: span.of(line.text).to_owned(),
            span,
            content: found.content,
            anonymous,
            direct: false,
            entity: None,
        }
    }

    /// How a source refers back, if it does.
    fn reference(&self, line: &Line<'_>, source: &Range<usize>) -> memory::Reference {
        let tokens = line.tokens;
        let head = self.nouns.heads(tokens, source);
        let inside = &tokens[source.clone()];
        let first = &tokens[source.start];
        let stands_for = self.section.agreement.contains_key(&first.lower);
        if source.len() == 1 && (stands_for || self.nouns.is_pronoun(first)) {
            return memory::Reference::Pronoun(Some(first.lower.clone()));
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

    /// The pronouns that can stand for a source; none where its words leave it open.
    fn pronouns_for(&self, tokens: &[Token], source: &Range<usize>) -> Vec<String> {
        let agrees = |i| self.agreement.find_at(&tokens[..source.end], i);
        (source.start..source.end.min(source.start + AGREEMENT_WORDS))
            .map(agrees)
            .find(|found| !found.is_empty())
            .map(|found| found.into_iter().map(|m| m.payload.clone()).collect())
            .unwrap_or_default()
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
            && self
                .cues
                .find_at(line.tokens, 0)
                .iter()
                .any(|m| matches!(m.payload, CueKind::Preposition { .. }))
    }

    /// The end of the noun phrase's room from `at`: the next "contacté par".
    fn room(&self, line: &Line<'_>, at: usize) -> usize {
        (at + 1..line.tokens.len())
            .find(|&i| !self.via.find_at(line.tokens, i).is_empty())
            .unwrap_or(line.tokens.len())
    }

    fn preposition(&self, line: &Line<'_>, cue: Range<usize>, with_noun: bool) -> Option<Found> {
        let tokens = line.tokens;
        let first = cue.end - usize::from(with_noun);
        let source = self.nouns.forward(tokens, first, self.room(line, first))?;
        // "De source" alone is water's.
        if !self.nouns.names_source(tokens, &source) || with_noun && source.len() < 2 {
            return None;
        }
        let ended = tokens.get(source.end).is_none_or(|t| t.kind == TokenKind::Punctuation);
        if is_comma(&tokens[cue.start]) && !ended {
            return None;
        }
        let through = self.carried_by(line, source.end, tokens.len());
        let end = through.as_ref().map_or(source.end, |t| t.end);
        // "It was confirmed by the ministry that": the clause is what was said.
        let clause = tokens.get(end).is_some_and(|t| self.is_complementiser(t));
        if clause && end + 1 < tokens.len() {
            let content = stretch(line, end + 1, tokens.len());
            return Some(Found { source, cue, content, through, form: Form::Complement });
        }
        let content = around(line, cue.start, end);
        let form = Form::Insertion(cue.start..end);
        Some(Found { source, cue, content, through, form })
    }

    fn is_complementiser(&self, token: &Token) -> bool {
        self.section.complementisers.contains(&token.lower)
    }

    /// "По его словам, мост опасен".
    fn with_pronoun(&self, line: &Line<'_>, cue: Range<usize>) -> Option<Found> {
        let stands_for = |token: &Token| {
            self.nouns.is_pronoun(token) || self.section.agreement.contains_key(&token.lower)
        };
        let at = cue.clone().find(|&i| stands_for(&line.tokens[i]))?;
        let content = around(line, cue.start, cue.end);
        let form = Form::Insertion(cue.clone());
        Some(Found { source: at..at + 1, cue, content, through: None, form })
    }

    /// Whether the phrase of that number follows in the clause.
    fn follows(&self, tokens: &[Token], from: usize, number: usize) -> bool {
        (from..tokens.len())
            .take_while(|&i| !matches!(tokens[i].lower.as_str(), "." | ";" | ":" | "!" | "?"))
            .any(|i| self.followers.find_at(tokens, i).iter().any(|m| *m.payload == number))
    }

    fn postposition(&self, line: &Line<'_>, cue: Range<usize>) -> Option<Found> {
        let source = self.nouns.backward(line.tokens, cue.start)?;
        if !self.nouns.names_source(line.tokens, &source) {
            return None;
        }
        let content = around(line, source.start, cue.end);
        let form = Form::Insertion(source.start..cue.end);
        Some(Found { source, cue, content, through: None, form })
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
        // "La chaîne, citant un officier, affirme": the comma stands between.
        let apposed = || {
            let comma = cue.start.checked_sub(1).filter(|&i| is_comma(&tokens[i]))?;
            self.nouns.backward(tokens, comma)
        };
        // Arabic "نقلت القناة عن ضابط": the subject stands inside the cue.
        let inside = || self.nouns.forward(tokens, cue.start + 1, cue.end - 1);
        let says = |np: &Range<usize>| {
            let cues = self.cues.find(&tokens[np.clone()]);
            cues.iter().any(|m| matches!(m.payload, CueKind::Verb { .. }))
        };
        let speaks = |np: &Range<usize>| self.nouns.names_source(tokens, np) && !says(np);
        let through = self
            .nouns
            .subject(tokens, cue.start)
            .filter(speaks)
            .or_else(|| apposed().filter(speaks))
            .or_else(|| inside().filter(speaks));
        let content = self.complement_content(line, inner.end).unwrap_or(line.span);
        Some(Found { source: inner, cue, content, through, form: Form::Citing })
    }
}

/// The sentence without the attribution at tokens `from..to`: what follows it at the sentence's
/// start, what precedes it at the end, the whole sentence around it in the middle.
fn around(line: &Line<'_>, from: usize, to: usize) -> Span {
    around_within(line, 0..line.tokens.len(), from, to).unwrap_or(line.span)
}

/// The same of part of a sentence; none where the attribution stands in the middle.
fn around_within(line: &Line<'_>, part: Range<usize>, from: usize, to: usize) -> Option<Span> {
    let before = from > part.start + 1;
    let rest = line.tokens.get(to..part.end).unwrap_or_default();
    let after = rest.iter().filter(|t| t.kind != TokenKind::Punctuation).count() > 1;
    match (before, after) {
        (false, true) => Some(stretch(line, to, part.end)),
        (true, false) => Some(stretch(line, part.start, from)),
        _ => None,
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
        // "« La route est coupée, a prévenu le préfet. Elle le restera. »": who speaks may be named inside the first
        // sentence.
        let speaks = |a: &Attribution| {
            let outside = !quote.inner.contains(&a.span);
            a.content.overlaps(&quote.inner) && (outside || a.content.start <= quote.inner.start)
        };
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
