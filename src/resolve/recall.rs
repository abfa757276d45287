//! Names that one article's sentences show to be names are names in every article: where the reader of one
//! sentence has passed one over (a German noun among nouns, the first word of a sentence), it is found here.

use std::collections::BTreeMap;

use crate::claim::mentions::is_country;
use crate::claim::tokens::{Token, TokenKind};
use crate::claim::{Claim, Mention, MentionKind};
use crate::language::names::phonetic;
use crate::span::Span;
use crate::syntax::tokenize;

/// Shortest name, in letters of its phonetic form.
const MIN_LETTERS: usize = 5;
/// Most words of a name.
const MAX_WORDS: usize = 3;

/// Adds the mentions that are missing, in the order of the text. Entities must be united before.
pub fn recall(claims: &mut [Claim]) {
    let known = known(claims);
    for claim in claims.iter_mut() {
        let tokens = tokenize(&claim.language, &claim.text, claim.span.start);
        let before: Vec<Span> = claim.mentions.iter().map(|m| m.span).collect();
        let mut at = 0;
        while at < tokens.len() {
            at += added(claim, &tokens, at, &known).unwrap_or(1);
        }
        if claim.mentions.len() == before.len() {
            continue;
        }
        claim.mentions.sort_by_key(|mention| (mention.span.start, mention.span.end));
        // What points at a mention by its place in the list follows it.
        let place = |span: &Span| claim.mentions.iter().position(|m| m.span == *span);
        let moved: Vec<Option<usize>> = before.iter().map(place).collect();
        for argument in claim.predicates.iter_mut().flat_map(|p| &mut p.arguments) {
            argument.mention = argument.mention.and_then(|old| *moved.get(old)?);
        }
    }
}

/// Phonetic forms of the corpus's names; those of two entities are nobody's.
fn known(claims: &[Claim]) -> BTreeMap<String, (String, MentionKind)> {
    let mut known: BTreeMap<String, Option<(String, MentionKind)>> = BTreeMap::new();
    for mention in claims.iter().flat_map(|claim| &claim.mentions) {
        let named = mention.text.starts_with(char::is_uppercase)
            && !mention.entity.starts_with("group:")
            && !is_country(&mention.entity)
            && mention.entity.strip_prefix("name:").is_none_or(|name| !name.contains(':'));
        // A person is also called by the surname alone.
        let person = matches!(mention.kind, MentionKind::Person | MentionKind::Name);
        let surname = mention.text.rsplit_once(' ').map(|(_, last)| last).filter(|_| person);
        for text in [Some(mention.text.as_str()), surname].into_iter().flatten() {
            let form = phonetic(text);
            if !named || form.len() < MIN_LETTERS || !text.starts_with(char::is_uppercase) {
                continue;
            }
            let own = (mention.entity.clone(), mention.kind);
            known
                .entry(form)
                .and_modify(|of| {
                    if of.as_ref().is_some_and(|(id, _)| *id != own.0) {
                        *of = None;
                    }
                })
                .or_insert(Some(own));
        }
    }
    known.into_iter().filter_map(|(form, of)| Some((form, of?))).collect()
}

/// Adds the name that begins at token `at`, if a known one does, and gives its length in tokens.
fn added(
    claim: &mut Claim,
    tokens: &[Token],
    at: usize,
    known: &BTreeMap<String, (String, MentionKind)>,
) -> Option<usize> {
    let first = &tokens[at];
    if first.kind != TokenKind::Word || !first.capitalised {
        return None;
    }
    (1..=MAX_WORDS.min(tokens.len() - at)).rev().find_map(|words| {
        let last = &tokens[at + words - 1];
        let span = first.span.cover(&last.span);
        let text = span.of_claim(claim);
        let (entity, kind) = known.get(&phonetic(text))?.clone();
        if !last.capitalised || claim.mentions.iter().any(|m| m.span.overlaps(&span)) {
            return None;
        }
        let text = text.to_owned();
        claim.mentions.push(Mention { span, text, kind, entity, declared_alias_of: None });
        Some(words)
    })
}
