//! What a number counts: a concept of the pack, or else the noun after it.

use unicode_normalization::UnicodeNormalization;

use super::section::Lexicon;
use crate::claim::tokens::{Token, TokenKind};
use crate::span::Span;
use crate::syntax::{Tree, Upos};

/// How far behind the counted noun a verb may tell what happened to the people counted.
const VERB_REACH: usize = 9;
/// Adjectives between a number and a known noun.
const MAX_ADJECTIVES: usize = 2;

/// A counted noun: concept or folded word, where it stands, and the token after it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counted {
    pub of: String,
    pub span: Span,
    pub end: usize,
    /// A concept of the pack, not just the next noun.
    pub known: bool,
}

/// What the numeral in tokens `first..end` counts. Of money and measures (`measure`) nobody is killed or missing.
pub(super) fn counted(
    lexicon: &Lexicon,
    stops: &[Vec<String>],
    tokens: &[Token],
    tree: Option<&Tree<'_>>,
    first: usize,
    end: usize,
    measure: bool,
) -> Option<Counted> {
    let noun = concept_after(lexicon, stops, tokens, end)
        .or_else(|| described_concept(lexicon, tokens, tree?, end));
    let person = noun.as_ref().is_none_or(|noun| lexicon.persons.contains(&noun.of));
    if person && !measure {
        let from = noun.as_ref().map_or(end, |noun| noun.end);
        let bare = noun.is_none();
        if let Some((of, span, at)) = verb_near(lexicon, tokens, first, from, bare) {
            let end = noun.as_ref().map_or(at, |noun| noun.end);
            let span = noun.as_ref().map_or(span, |noun| noun.span);
            return Some(Counted { of, span, end, known: true });
        }
    }
    noun.or_else(|| total_before(lexicon, tokens, first))
        .or_else(|| head_noun(tokens, tree?, first, end))
        .or_else(|| next_noun(lexicon, stops, tokens, tree, end))
}

fn concept_after(
    lexicon: &Lexicon,
    stops: &[Vec<String>],
    tokens: &[Token],
    end: usize,
) -> Option<Counted> {
    let mut at = end;
    let mut adjectives = 0;
    while at < tokens.len() {
        if let Some(m) = lexicon.concepts.find_at(tokens, at).into_iter().max_by_key(|m| m.end) {
            return Some(Counted {
                of: m.payload.clone(),
                span: m.span(tokens),
                end: m.end,
                known: true,
            });
        }
        if let Some(m) = lexicon.fillers.find_at(tokens, at).into_iter().max_by_key(|m| m.end) {
            at = m.end;
            continue;
        }
        let adjective = tokens[at].kind == TokenKind::Word && !is_stop(stops, &tokens[at]);
        if !adjective || adjectives == MAX_ADJECTIVES {
            return None;
        }
        adjectives += 1;
        at += 1;
    }
    None
}

/// "12 people were killed", "killed at least 12 people", "40 ont été tués". A bare number takes
/// a verb only where nothing else follows it that could be counted.
fn verb_near(
    lexicon: &Lexicon,
    tokens: &[Token],
    first: usize,
    from: usize,
    bare: bool,
) -> Option<(String, Span, usize)> {
    // Before: only approximators may stand between, three tokens at most.
    let window = first.saturating_sub(6)..first;
    let before = lexicon
        .verbs
        .find_all(&tokens[window.clone()])
        .into_iter()
        .filter(|m| window.start + m.end + 3 >= first)
        .filter(|m| !tokens[window.start + m.end..first].iter().any(closes))
        .max_by_key(|m| m.end)
        .map(|m| (m.payload.clone(), m.span(&tokens[window.clone()]), first.max(from)));
    let reach = if bare { 4 } else { VERB_REACH };
    for at in from..tokens.len().min(from + reach) {
        // "killed two people and injured ten": the second verb is of the second number.
        let second = before.is_some() && coordinates(lexicon, tokens, at);
        if tokens[at].kind == TokenKind::Number || closes(&tokens[at]) || second {
            break;
        }
        if let Some(m) = lexicon.verbs.find_at(tokens, at).into_iter().max_by_key(|m| m.end) {
            return Some((m.payload.clone(), m.span(tokens), at));
        }
    }
    before
}

/// Whether the token is "and", or begins with it where it is written onto the next word.
fn coordinates(lexicon: &Lexicon, tokens: &[Token], at: usize) -> bool {
    let joined = |clitic: &String| {
        let phrase = Token { lower: clitic.clone(), ..tokens[at].clone() };
        tokens[at].lower.starts_with(clitic.as_str())
            && !lexicon.range_and.find_at(&[phrase], 0).is_empty()
    };
    !lexicon.range_and.find_at(tokens, at).is_empty() || lexicon.clitics.iter().any(joined)
}

fn closes(token: &Token) -> bool {
    matches!(token.lower.as_str(), "," | ";" | "." | ":" | "،" | "؛" | "(" | ")" | "«" | "»")
}

/// "turnout of 61 %": the noun before, with nothing but linking words between.
pub(super) fn total_before(lexicon: &Lexicon, tokens: &[Token], first: usize) -> Option<Counted> {
    let from = first.saturating_sub(9);
    let window = &tokens[from..first];
    let m = lexicon.totals.find(window).into_iter().last()?;
    let mut at = m.end;
    while at < window.len() {
        let link = lexicon.links.find_at(window, at).into_iter().map(|l| l.end).max()?;
        at = link;
    }
    let span = m.span(window);
    Some(Counted { of: m.payload.clone(), span, end: first, known: true })
}

/// How far behind the number the noun may stand that it depends on, in tokens.
const HEAD_REACH: usize = 5;

/// The noun after the number that the number depends on as a numeral, folded: "12 nouvelles
/// écoles" are schools.
fn head_noun(tokens: &[Token], tree: &Tree<'_>, first: usize, end: usize) -> Option<Counted> {
    let head = (first..end)
        .filter(|&word| tree.plain_relation(word) == "nummod")
        .filter_map(|word| tree.head(word))
        // A classifier stands between the number and its noun.
        .map(|head| tree.head(head).filter(|_| tree.plain_relation(head) == "clf").unwrap_or(head))
        .find(|&head| head >= end && head < end + HEAD_REACH && tree.upos(head) == Upos::Noun)?;
    let token = tokens.get(head)?;
    let clear = token.kind == TokenKind::Word && !tokens[end..head].iter().any(closes);
    clear.then(|| Counted { of: fold(&token.lower), span: token.span, end: head + 1, known: false })
}

/// The head noun after the number, folded; German nouns are capitalised, so that adjectives
/// can be told from them, elsewhere the first content word is taken.
fn next_noun(
    lexicon: &Lexicon,
    stops: &[Vec<String>],
    tokens: &[Token],
    tree: Option<&Tree<'_>>,
    end: usize,
) -> Option<Counted> {
    let mut at = end;
    while let Some(m) = lexicon.fillers.find_at(tokens, at).into_iter().max_by_key(|m| m.end) {
        at = m.end;
    }
    let token = tokens.get(at)?;
    if token.kind != TokenKind::Word || is_stop(stops, token) || token.lower.chars().count() < 3 {
        return None;
    }
    let at = tree.map_or(at, |tree| described(tree, at));
    let token = tokens.get(at)?;
    // A verb or an adverb is not counted.
    if tree.is_some_and(|tree| matches!(tree.upos(at), Upos::Verb | Upos::Adv | Upos::Aux)) {
        return None;
    }
    let of = fold(&token.lower);
    Some(Counted { of, span: token.span, end: at + 1, known: false })
}

/// "of the county's registered voters": voters.
fn described_concept(
    lexicon: &Lexicon,
    tokens: &[Token],
    tree: &Tree<'_>,
    end: usize,
) -> Option<Counted> {
    let mut at = end;
    while let Some(m) = lexicon.fillers.find_at(tokens, at).into_iter().max_by_key(|m| m.end) {
        at = m.end;
    }
    let m =
        lexicon.concepts.find_at(tokens, described(tree, at)).into_iter().max_by_key(|m| m.end)?;
    Some(Counted { of: m.payload.clone(), span: m.span(tokens), end: m.end, known: true })
}

/// The noun behind that a word describes or possesses, or the word itself.
fn described(tree: &Tree<'_>, mut at: usize) -> usize {
    const DESCRIBES: [&str; 3] = ["amod", "nmod", "compound"];
    for _ in 0..HEAD_REACH {
        let head = tree.head(at).filter(|&head| {
            (at + 1..at + HEAD_REACH).contains(&head)
                && tree.upos(head) == Upos::Noun
                && DESCRIBES.contains(&tree.plain_relation(at))
        });
        match head {
            Some(head) => at = head,
            None => break,
        }
    }
    at
}

fn is_stop(stops: &[Vec<String>], token: &Token) -> bool {
    stops.iter().flatten().any(|word| *word == token.lower)
}

/// Without marks and plural "s", so that "maison" and "maisons" are one.
fn fold(word: &str) -> String {
    let bare: String = word.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).collect();
    match bare.strip_suffix(['s', 'x']) {
        Some(stem) if stem.chars().count() > 3 => stem.to_owned(),
        _ => bare,
    }
}
