//! The annotation of one article: its sentences, and everything read off each of them.

use std::collections::{HashMap, HashSet};

use super::events::Sentence;
use super::mentions::MentionTokens;
use super::tokens::{Token, tokenize};
use super::{Claim, Factuality, FactualityKind, MentionKind, sentences};
use crate::article::Article;
use crate::language::{Language, Languages};
use crate::resolve::dates;
use crate::span::Span;

/// Sentences with fewer word tokens are captions, bylines and headings, not claims.
const MIN_WORDS: usize = 3;

/// The claims of an article, in order. An article in a language without a pack has its
/// sentences, and no annotations.
pub fn annotate(article: &Article, languages: &Languages) -> Vec<Claim> {
    match languages.get(&article.language) {
        Some(language) => annotate_with(article, language),
        None => bare_sentences(article, languages),
    }
}

fn bare_sentences(article: &Article, languages: &Languages) -> Vec<Claim> {
    let Some(any) = languages.iter().next() else { return Vec::new() };
    let spans = sentences::split(&article.text, article.body, &any.pack);
    spans.into_iter().enumerate().map(|(i, span)| new_claim(article, i, span)).collect()
}

fn annotate_with(article: &Article, language: &Language) -> Vec<Claim> {
    let text = article.text.as_str();
    let tokenized: Vec<(Span, Vec<Token>)> = sentences::split(text, article.body, &language.pack)
        .into_iter()
        .map(|span| (span, tokenize(span.of(text), span.start)))
        .collect();
    let sources = language.attribution.find(text, &tokenized);
    let names: HashSet<String> = tokenized
        .iter()
        .flat_map(|(_, tokens)| language.mentions.capitalised_inside(tokens))
        .collect();
    let mut mentions: Vec<Vec<MentionTokens>> = tokenized
        .iter()
        .map(|(_, tokens)| language.mentions.find(text, tokens, &names))
        .collect();
    unite_within_article(&mut mentions);

    let mut claims = Vec::new();
    for (i, (span, tokens)) in tokenized.iter().enumerate() {
        if tokens.iter().filter(|t| t.lower.chars().any(char::is_alphabetic)).count() < MIN_WORDS {
            continue;
        }
        let mut claim = new_claim(article, i, *span);
        claim.attribution = sources.get(i).cloned().unwrap_or_default();
        claim.times = language.time.find(text, tokens);
        let dates: Vec<Span> = claim.times.iter().map(|time| time.span).collect();
        claim.quantities = language.quantity.find(text, tokens, &dates);
        let attributed = !claim.attribution.is_empty();
        claim.factuality = language.factuality.read(text, tokens, *span, attributed);
        let sentence = Sentence {
            text,
            tokens,
            mentions: &mentions[i],
            times: &claim.times,
            quantities: &claim.quantities,
            attributed,
        };
        claim.events = language.events.find(sentence, &language.factuality);
        claim.mentions = mentions[i].iter().map(|m| m.mention.clone()).collect();
        if claim.text.trim_end().ends_with(['?', '？', '؟']) {
            claim.factuality = Factuality { kind: FactualityKind::Question, cue: None };
        }
        claims.push(claim);
    }
    dates::solve_article(article, &mut claims);
    claims
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
    }
}

/// What the article itself says about its names: aliases it declares, "la ville" for the place
/// last named, and "les terroristes" for the group that it calls so by name.
fn unite_within_article(sentences: &mut [Vec<MentionTokens>]) {
    let mut aliases: HashMap<String, String> = HashMap::new();
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
        // "terroristes de Daech": the article calls Daech "terroristes".
        if mention.mention.kind == MentionKind::Group && !mention.mention.entity.starts_with("group:")
        {
            if let Some(word) = mention.mention.text.split_whitespace().next() {
                let word = super::mentions::stem(&word.to_lowercase());
                called.entry(word).or_default().insert(mention.mention.entity.clone());
            }
        }
    }
    let mut last_place: Option<String> = None;
    for mention in sentences.iter_mut().flatten() {
        if let Some(to) = aliases.get(&mention.mention.entity) {
            mention.mention.entity = to.clone();
        }
        if mention.anaphor {
            match (&last_place, mention.mention.kind) {
                (Some(place), MentionKind::Place) => mention.mention.entity = place.clone(),
                _ => mention.mention.entity = "group:anaphor".to_owned(),
            }
            continue;
        }
        if let Some(class) = mention.mention.entity.strip_prefix("group:")
            && let Some(owners) = called.get(class)
            && owners.len() == 1
            && let Some(owner) = owners.iter().next()
        {
            mention.mention.entity = owner.clone();
        }
        let is_place = mention.mention.kind == MentionKind::Place
            && !super::mentions::is_country(&mention.mention.entity);
        if is_place {
            last_place = Some(mention.mention.entity.clone());
        }
    }
}
