//! The annotation of one article: its sentences, and everything read off each of them.

use std::collections::{HashMap, HashSet};

use super::events::Sentence;
use super::factuality::SentenceCues;
use super::mentions::{Anaphor, ELSEWHERE, MentionTokens, stem};
use super::predicates::{self, Parsed, Predicate};
use super::time::TimexType;
use super::tokens::{Token, TokenKind};
use super::{Certainty, Claim, Factuality, FactualityKind, MentionKind, Word, sentences};
use crate::article::Article;
use crate::language::names::{Form, Names};
use crate::language::{Language, Languages};
use crate::resolve::dates;
use crate::span::Span;
use crate::syntax::{self, Model, Tree, Upos};

/// Sentences with fewer word tokens are captions, bylines and headings, not claims.
const MIN_WORDS: usize = 3;

/// How many letters a word has in scripts without spaces: two in Chinese.
const LETTERS_OF_WORD: usize = 2;

/// How many letters a word has, with spaces, that says something by itself.
const LETTERS_OF_CONTENT: usize = 3;

/// The claims of an article, in order. An article in a language without a pack has its
/// sentences, their predicates if there is a syntax model, and no other annotations.
pub fn annotate(article: &Article, languages: &Languages) -> Vec<Claim> {
    match languages.get(&article.language) {
        Some(language) => annotate_with(article, language, languages),
        None => bare_sentences(article, languages),
    }
}

fn bare_sentences(article: &Article, languages: &Languages) -> Vec<Claim> {
    let Some(any) = languages.iter().next() else { return Vec::new() };
    let text = article.text.as_str();
    let spans = sentences::split(text, article.body, &any.pack);
    let model = syntax::model(&article.language);
    spans
        .into_iter()
        .enumerate()
        .map(|(i, span)| {
            let mut claim = new_claim(article, i, span);
            if let Some(model) = model {
                let tokens = model.tokenize(span.of(text), span.start);
                claim.predicates = predicates::find(Parsed {
                    text,
                    tokens: &tokens,
                    tree: &model.parse(text, &tokens),
                    model,
                    mentions: &[],
                    times: &[],
                    quantities: &[],
                    passive_by: &[],
                    cues: None,
                    attributed: false,
                });
            }
            claim
        })
        .collect()
}

fn annotate_with(article: &Article, language: &Language, languages: &Languages) -> Vec<Claim> {
    let text = article.text.as_str();
    let model = syntax::model(&article.language);
    let tokenized: Vec<(Span, Vec<Token>)> = sentences::split(text, article.body, &language.pack)
        .into_iter()
        .map(|span| (span, syntax::tokenize(&article.language, span.of(text), span.start)))
        .collect();
    let trees: Vec<Option<Tree<'_>>> =
        tokenized.iter().map(|(_, tokens)| model.map(|model| model.parse(text, tokens))).collect();
    let sources = language.attribution.find(text, &tokenized);
    let names: HashSet<String> = tokenized
        .iter()
        .flat_map(|(_, tokens)| language.mentions.capitalised_inside(tokens))
        .collect();
    let mut mentions: Vec<Vec<MentionTokens>> = tokenized
        .iter()
        .zip(&trees)
        .map(|((_, tokens), tree)| language.mentions.find(text, tokens, &names, tree.as_ref()))
        .collect();
    let cues: Vec<SentenceCues<'_>> = tokenized
        .iter()
        .zip(&trees)
        .map(|((_, tokens), tree)| language.factuality.cues(text, tokens, tree.as_ref()))
        .collect();
    let mut located =
        located_by_events(text, &tokenized, &trees, &mentions, &cues, language, languages);
    let sentences: Vec<(&[Token], Option<&Tree<'_>>, &[MentionTokens])> = tokenized
        .iter()
        .zip(&trees)
        .zip(&mentions)
        .map(|(((_, tokens), tree), found)| (tokens.as_slice(), tree.as_ref(), found.as_slice()))
        .collect();
    located.extend(language.mentions.located(&sentences));
    unite_within_article(&mut mentions, &located);

    let mut claims = Vec::new();
    for (i, (span, tokens)) in tokenized.iter().enumerate() {
        if words_of(tokens, language) < MIN_WORDS {
            continue;
        }
        let mut claim = new_claim(article, i, *span);
        claim.attribution = sources.get(i).cloned().unwrap_or_default();
        claim.times = language.time.find(text, tokens);
        let spans = |durations: bool| -> Vec<Span> {
            let times = claim.times.iter();
            let kind = times.filter(|time| (time.kind == TimexType::Duration) == durations);
            kind.map(|time| time.span).collect()
        };
        let (dates, durations) = (spans(false), spans(true));
        let tree = trees[i].as_ref();
        claim.quantities = language.quantity.find(text, tokens, &dates, &durations, tree);
        let attributed = !claim.attribution.is_empty();
        let cues = &cues[i];
        for quantity in &mut claim.quantities {
            quantity.factuality = cues.read(quantity.span, attributed);
        }
        claim.factuality = cues.read(*span, attributed);
        claim.correction = language.factuality.correction(tokens);
        let sentence = Sentence {
            text,
            tokens,
            mentions: &mentions[i],
            times: &claim.times,
            quantities: &claim.quantities,
            attributed,
            tree: trees[i].as_ref(),
        };
        claim.events = language.events.find(sentence, cues);
        claim.poles = language.poles.find(tokens, attributed, cues);
        if let (Some(model), Some(tree)) = (model, &trees[i]) {
            claim.predicates = predicates::find(Parsed {
                text,
                tokens,
                tree,
                model,
                mentions: &mentions[i],
                times: &claim.times,
                quantities: &claim.quantities,
                passive_by: &language.pack.voice.passive_by,
                cues: Some(cues),
                attributed,
            });
        }
        claim.order = language.order.find(tokens);
        look_ahead(&mut claim);
        claim.mentions = mentions[i].iter().map(|m| m.mention.clone()).collect();
        let syntax = model.zip(trees[i].as_ref());
        claim.content = content_words(&claim, tokens, syntax, language);
        if claim.text.trim_end().ends_with(['?', '？', '؟']) {
            claim.factuality = Factuality {
                kind: FactualityKind::Question,
                certainty: Certainty::Unknown,
                ..Factuality::asserted()
            };
        }
        claims.push(claim);
    }
    dates::solve_article(article, &mut claims);
    claims
}

/// How many words a sentence has; in a script without spaces, as many as its letters may be.
fn words_of(tokens: &[Token], language: &Language) -> usize {
    let letters = |t: &Token| t.lower.chars().filter(|c| c.is_alphabetic()).count();
    if language.pack.time.unspaced {
        return tokens.iter().map(letters).sum::<usize>() / LETTERS_OF_WORD;
    }
    tokens.iter().filter(|t| letters(t) > 0).count()
}

fn new_claim(article: &Article, sentence: usize, span: Span) -> Claim {
    Claim {
        id: format!("{}#{sentence}", article.id),
        article: article.id.clone(),
        span,
        text: span.of(&article.text).to_owned(),
        language: article.language.clone(),
        sentence,
        factuality: Factuality::asserted(),
        attribution: Vec::new(),
        times: Vec::new(),
        quantities: Vec::new(),
        mentions: Vec::new(),
        events: Vec::new(),
        predicates: Vec::new(),
        correction: None,
        order: Vec::new(),
        poles: Vec::new(),
        content: Vec::new(),
    }
}

/// The words that say what a sentence is about beside names, dates and numbers: nouns, verbs and adjectives
/// where the syntax is known, else all that are no stop words.
fn content_words(
    claim: &Claim,
    tokens: &[Token],
    syntax: Option<(&Model, &Tree<'_>)>,
    language: &Language,
) -> Vec<Word> {
    let pack = &language.pack;
    let dull = |token: &Token| {
        [&pack.stop_words, &pack.prepositions, &pack.determiners]
            .into_iter()
            .flatten()
            .any(|word| *word == token.lower)
    };
    let names = claim.mentions.iter().filter(|m| !m.entity.starts_with("group:")).map(|m| m.span);
    let dates = claim.times.iter().map(|t| t.span);
    let numbers =
        claim.quantities.iter().map(|q| q.of_span.map_or(q.span, |of| number(q.span, of)));
    let taken: Vec<Span> = names.chain(dates).chain(numbers).collect();
    // A predicate is denied with its own negation, or that of what fills one of its places ("hit no mine").
    let negated: Vec<(Span, Option<&str>)> = claim
        .predicates
        .iter()
        .flat_map(|p| {
            let nothing = p.arguments.iter().filter(|a| a.negated);
            let own = p.negated || nothing.clone().next().is_some();
            let heads = nothing.map(|a| (a.span, Some(a.lemma.as_str())));
            own.then_some((p.span, None)).into_iter().chain(heads)
        })
        .collect();
    let denies = |word: Span, own: &str| {
        negated
            .iter()
            .any(|(span, head)| span.contains(&word) && head.is_none_or(|head| stem(head) == own))
    };
    let divided = syntax.is_some_and(|(model, _)| model.has_segmenter());
    let letters = if divided { LETTERS_OF_WORD } else { LETTERS_OF_CONTENT };
    let long = |token: &Token| token.lower.chars().count() >= letters;
    tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.kind == TokenKind::Word && long(token))
        .filter(|(_, token)| !dull(token) && !taken.iter().any(|span| span.contains(&token.span)))
        .filter_map(|(i, token)| {
            let stem = match syntax.and_then(|(model, tree)| Some((model, tree.word(i)?))) {
                Some((model, word)) => {
                    let says = [Upos::Noun, Upos::Verb, Upos::Adj];
                    says.contains(&word.tag.upos).then(|| stem(&model.lemma(word, &token.lower)))?
                }
                None => stem(&token.lower),
            };
            let denied = denies(token.span, &stem);
            Some(Word { stem, span: token.span, denied })
        })
        .collect()
}

/// The numeral alone, without the noun it counts.
fn number(all: Span, of: Span) -> Span {
    if of.start > all.start { Span::new(all.start, all.end.min(of.start)) } else { all }
}

/// "Is to be sworn in on 12 November": the dates of plans lie ahead. A date of no known event
/// follows the predicate that governs it ("L'usine fermera le 31 décembre"), or else the sentence.
fn look_ahead(claim: &mut Claim) {
    let planned = |factuality: &Factuality| factuality.kind == FactualityKind::Planned;
    let ahead: Vec<usize> = (0..claim.times.len())
        .filter(|time| {
            let governs = |p: &&Predicate| p.arguments.iter().any(|a| a.time == Some(*time));
            let predicate = claim.predicates.iter().find(governs);
            let mut events = claim.events.iter().filter(|e| e.times.contains(time)).peekable();
            if events.peek().is_some() {
                let told = predicate.is_some_and(|p| p.finite && p.factuality.is_plain());
                return !told && events.any(|event| planned(&event.factuality));
            }
            planned(predicate.map_or(&claim.factuality, |p| &p.factuality))
        })
        .collect();
    for time in ahead {
        let rule = claim.times[time].rule.clone();
        claim.times[time].rule = rule.toward_future();
    }
}

/// Names of unknown kind that fill a role which only places fill: what "est tombée" is a city.
fn located_by_events(
    text: &str,
    tokenized: &[(Span, Vec<Token>)],
    trees: &[Option<Tree<'_>>],
    mentions: &[Vec<MentionTokens>],
    cues: &[SentenceCues<'_>],
    language: &Language,
    languages: &Languages,
) -> HashSet<String> {
    let mut located = HashSet::new();
    for ((((_, tokens), tree), mentions), cues) in
        tokenized.iter().zip(trees).zip(mentions).zip(cues)
    {
        if !mentions.iter().any(|m| m.mention.kind == MentionKind::Name) {
            continue;
        }
        let sentence = Sentence {
            text,
            tokens,
            mentions,
            times: &[],
            quantities: &[],
            attributed: false,
            tree: tree.as_ref(),
        };
        for event in language.events.find(sentence, cues) {
            let Some(frame) = languages.frames.get(&event.kind) else { continue };
            let places = event.roles.iter().filter(|(role, _)| {
                frame.expects.get(role).is_some_and(|kinds| *kinds == [MentionKind::Place])
            });
            located.extend(places.flat_map(|(_, list)| list).map(|p| p.entity.clone()));
        }
    }
    // Other spellings of such a name are places too.
    let read = |id: &str| {
        let name = id.strip_prefix("name:")?;
        let state = |word: &str| languages.gazetteer.state_of(word);
        Some(Names::builtin().form(name, &language.pack.code, &state))
    };
    let places: Vec<Form> = located.iter().filter_map(|id| read(id)).collect();
    let names: HashSet<&String> = mentions
        .iter()
        .flatten()
        .map(|m| &m.mention)
        .filter(|m| m.kind == MentionKind::Name && !located.contains(&m.entity))
        .map(|m| &m.entity)
        .collect();
    let spelled_like: Vec<String> = names
        .into_iter()
        .filter(|id| {
            let form = read(id);
            form.is_some_and(|f| places.iter().any(|p| Names::builtin().compare(&f, p).same))
        })
        .cloned()
        .collect();
    located.extend(spelled_like);
    located
}

/// What the article itself says about its names: aliases it declares, "la ville" for the place
/// last named, and "les terroristes" for the group that it calls so by name.
fn unite_within_article(sentences: &mut [Vec<MentionTokens>], places: &HashSet<String>) {
    let mut aliases: HashMap<String, String> = HashMap::new();
    let located: HashSet<String> = sentences
        .iter()
        .flatten()
        .filter(|m| m.mention.kind == MentionKind::Place && m.anaphor.is_none())
        .map(|m| m.mention.entity.clone())
        .chain(places.iter().cloned())
        .collect();
    let mut called: HashMap<String, HashSet<String>> = HashMap::new();
    for mention in sentences.iter().flatten() {
        if let Some(of) = &mention.mention.declared_alias_of {
            // A name in the gazetteer outranks a bare one.
            let (from, to) = (&mention.mention.entity, of);
            let bare = |id: &str| id.starts_with("name:");
            if bare(from) || !bare(to) {
                aliases.insert(from.clone(), to.clone());
            } else {
                aliases.insert(to.clone(), from.clone());
            }
        }
        // "terroristes de Daech", "l'armée syrienne": whom the article calls so.
        let entity = &mention.mention.entity;
        if let Some(noun) = &mention.noun {
            called.entry(noun.clone()).or_default().insert(entity.clone());
        }
        if !entity.starts_with("group:")
            && !entity.starts_with("name:")
            && mention.anaphor.is_none()
        {
            for word in words(&mention.mention.text) {
                called.entry(word).or_default().insert(entity.clone());
            }
        }
    }
    // "la ville" is the place that the article has named most so far, the latest of equals.
    let mut places: Vec<(String, usize)> = Vec::new();
    for mention in sentences.iter_mut().flatten() {
        if let Some(to) = aliases.get(&mention.mention.entity) {
            mention.mention.entity = to.clone();
        }
        // A name that the article calls a place once is one wherever it stands.
        if mention.mention.kind == MentionKind::Name && located.contains(&mention.mention.entity) {
            mention.mention.kind = MentionKind::Place;
        }
        if let Some(anaphor) = mention.anaphor {
            let owner = words(&mention.mention.text).find_map(|word| sole(called.get(&word)?));
            if let Some(owner) = owner {
                mention.mention.entity = owner;
                continue;
            }
            let place = places
                .iter()
                .max_by_key(|(_, n)| *n)
                .filter(|_| anaphor == Anaphor::Any(MentionKind::Place));
            mention.mention.entity =
                place.map_or_else(|| "group:anaphor".to_owned(), |(place, _)| place.clone());
            continue;
        }
        if mention.mention.entity.starts_with("group:")
            && mention.mention.entity != ELSEWHERE
            && let Some(head) = words(&mention.mention.text).last()
            && let Some(owner) = called.get(&head).and_then(sole)
        {
            mention.mention.entity = owner;
        }
        let entity = &mention.mention.entity;
        let is_country_or_part = super::mentions::is_country(entity)
            || entity.contains(':') && !entity.starts_with("name:");
        if mention.mention.kind == MentionKind::Place && !is_country_or_part {
            let seen = places.iter().position(|(id, _)| id == entity).map(|i| places.remove(i).1);
            places.push((entity.clone(), seen.unwrap_or(0) + 1));
        }
    }
}

/// The stems of a mention's longer words.
fn words(text: &str) -> impl DoubleEndedIterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| word.chars().count() > 3)
        .map(|word| super::mentions::stem(&word.to_lowercase()))
}

/// The one member of a set that has one.
fn sole(owners: &HashSet<String>) -> Option<String> {
    owners.iter().next().filter(|_| owners.len() == 1).cloned()
}
