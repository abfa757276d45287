//! Copies and near-copies: one wire story printed by ten outlets is one origin.
//!
//! A text is the set of its shingles, runs of [`SHINGLE_WORDS`] folded words (Broder, "On the
//! resemblance and containment of documents", 1997). Two texts are copies when they share
//! [`MIN_CONTAINMENT`] of the smaller one's shingles: containment, not resemblance, so that a
//! story cut to its first paragraphs is still found. Articles are taken by id, and each joins the
//! first origin it is a copy of. Copies are not chained beyond that, or a digest of two stories
//! would make the two one. An inverted index over the origins keeps the work near linear.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::Article;
use crate::claim::tokens::{TokenKind, tokenize};

/// Words in a shingle: long enough that two reporters seldom write the same one by chance.
const SHINGLE_WORDS: usize = 5;
/// Texts with fewer shingles say too little to be near-copies; they must be equal.
const MIN_SHINGLES: usize = 8;
/// The share of the smaller text's shingles that a copy has in common with the larger, in
/// hundredths.
const MIN_CONTAINMENT: usize = 70;
/// A text more than this many times as long as the other is no copy of it but a digest or a live
/// page that holds it among other stories.
const MAX_LENGTH_RATIO: usize = 3;
/// A shingle of more origins than this is a standing phrase ("read more about this story") and
/// proposes no pairs.
const MAX_ORIGINS_OF_SHINGLE: usize = 64;

/// For each article the id of the earliest article by id that it is a copy or near-copy of, its
/// own id where there is none.
///
/// An origin is its own origin. The order of `articles` does not matter to the outcome.
pub fn origins(articles: &[Article]) -> Vec<String> {
    let mut by_id: Vec<(&str, usize, Text)> = articles
        .par_iter()
        .enumerate()
        .map(|(i, article)| (article.id.as_str(), i, Text::new(article.body.of(&article.text))))
        .collect();
    by_id.sort_by_key(|&(id, i, _)| (id, i));
    let mut known = Origins::default();
    let mut origins = vec![String::new(); articles.len()];
    for (id, i, text) in by_id {
        if let Some(slot) = origins.get_mut(i) {
            *slot = known.origin_of(id, text).to_owned();
        }
    }
    origins
}

/// A text as its words and shingles, both hashed.
struct Text {
    words: Vec<u64>,
    /// Sorted, each once.
    shingles: Vec<u64>,
}

impl Text {
    fn new(text: &str) -> Self {
        let words = words_of(text);
        let shingles = shingles_of(&words);
        Text { words, shingles }
    }
}

/// The origins found so far.
#[derive(Default)]
struct Origins<'a> {
    found: Vec<(&'a str, Vec<u64>)>,
    /// Origins by shingle, ascending.
    by_shingle: HashMap<u64, Vec<usize>>,
    by_words: HashMap<Vec<u64>, &'a str>,
}

impl<'a> Origins<'a> {
    /// The origin of a text; the text becomes one where it is a copy of none.
    fn origin_of(&mut self, id: &'a str, text: Text) -> &'a str {
        if text.words.is_empty() {
            return id;
        }
        if let Some(origin) = self.by_words.get(&text.words) {
            return origin;
        }
        let origin = self.near_copy(&text.shingles).unwrap_or(id);
        // Later copies of this very text go the same way without a search.
        self.by_words.insert(text.words, origin);
        if origin == id && text.shingles.len() >= MIN_SHINGLES {
            for &shingle in &text.shingles {
                self.by_shingle.entry(shingle).or_default().push(self.found.len());
            }
            self.found.push((id, text.shingles));
        }
        origin
    }

    fn near_copy(&self, shingles: &[u64]) -> Option<&'a str> {
        if shingles.len() < MIN_SHINGLES {
            return None;
        }
        let candidates: BTreeSet<usize> = shingles
            .iter()
            .filter_map(|shingle| self.by_shingle.get(shingle))
            .filter(|origins| origins.len() <= MAX_ORIGINS_OF_SHINGLE)
            .flatten()
            .copied()
            .collect();
        candidates
            .into_iter()
            .filter_map(|candidate| self.found.get(candidate))
            .find(|(_, other)| is_copy(shingles, other))
            .map(|&(id, _)| id)
    }
}

/// Whether enough of the smaller of two sorted sets lies in the larger.
fn is_copy(a: &[u64], b: &[u64]) -> bool {
    let (small, large) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let needed = (small.len() * MIN_CONTAINMENT).div_ceil(100);
    let common = || small.iter().filter(|shingle| large.binary_search(shingle).is_ok()).count();
    large.len() <= MAX_LENGTH_RATIO * small.len() && common() >= needed
}

/// The hashes of a text's words and numbers, case and punctuation aside.
fn words_of(text: &str) -> Vec<u64> {
    tokenize(text, 0)
        .iter()
        .filter(|token| token.kind != TokenKind::Punctuation)
        .map(|token| hash_of(token.lower.as_bytes()))
        .collect()
}

/// The hashes of all shingles, sorted, each once.
fn shingles_of(words: &[u64]) -> Vec<u64> {
    let shingles: BTreeSet<u64> = words
        .windows(SHINGLE_WORDS)
        .map(|window| {
            // Mixing already hashed words needs no strong hash.
            window.iter().fold(0u64, |hash, word| {
                (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            })
        })
        .collect();
    shingles.into_iter().collect()
}

/// A hash that is the same on every machine and in every version, which `DefaultHasher`'s is not.
fn hash_of(word: &[u8]) -> u64 {
    Sha256::digest(word).iter().take(8).fold(0, |hash, &byte| hash << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::origins;
    use crate::article::{Article, DateSource};
    use crate::span::Span;

    const STORY: &str = "L'armée syrienne et ses alliés ont chassé dimanche le groupe terroriste de Boukamal, dernière ville aux mains des extrémistes, rapporte une source militaire. Les forces ont pris le contrôle de la ville et procèdent au nettoyage des mines plantées par le groupe, a indiqué la source.";
    const OTHER: &str = "Le parlement a adopté mardi soir la réforme du code du travail après un long débat, par trois cents voix contre deux cents, malgré les manifestations de la veille dans toutes les grandes villes du pays.";

    fn article(id: &str, text: &str) -> Article {
        Article {
            id: id.to_owned(),
            path: format!("{id}.txt"),
            outlet: None,
            title: None,
            url: None,
            country: None,
            editorial: Default::default(),
            language: "fr".to_owned(),
            date: None,
            date_source: DateSource::Unknown,
            text: text.to_owned(),
            body: Span::new(0, text.len()),
            layout: Default::default(),
            cut: false,
            hash: String::new(),
        }
    }

    fn origins_of(texts: &[(&str, &str)]) -> Vec<String> {
        origins(&texts.iter().map(|(id, text)| article(id, text)).collect::<Vec<_>>())
    }

    #[test]
    fn an_article_of_its_own_is_its_own_origin() {
        assert_eq!(origins_of(&[("a", STORY), ("b", OTHER)]), ["a", "b"]);
        assert_eq!(origins_of(&[]), Vec::<String>::new());
    }

    #[test]
    fn copies_share_the_origin_that_is_earliest_by_id_in_any_order() {
        assert_eq!(origins_of(&[("c", STORY), ("x", OTHER), ("a", STORY)]), ["a", "x", "a"]);
    }

    #[test]
    fn case_punctuation_and_spacing_make_no_difference() {
        let other = STORY.to_uppercase().replace(", ", " — ").replace(' ', "\n");
        assert_eq!(origins_of(&[("a", STORY), ("b", &other)]), ["a", "a"]);
    }

    #[test]
    fn a_copy_cut_short_or_with_an_opening_of_its_own_is_found() {
        let cut = STORY.split(". ").next().unwrap_or_default();
        let opened =
            format!("De notre envoyé spécial à Damas. {STORY} Lire aussi nos autres articles.");
        assert_eq!(origins_of(&[("a", STORY), ("b", cut), ("c", &opened)]), ["a", "a", "a"]);
    }

    #[test]
    fn a_digest_of_two_stories_does_not_make_them_one() {
        let digest = format!("{STORY} {OTHER}");
        assert_eq!(origins_of(&[("a", STORY), ("b", &digest), ("c", OTHER)]), ["a", "a", "c"]);
    }

    #[test]
    fn a_story_within_a_long_live_page_is_no_copy_of_it() {
        let live = (0..200).map(|n| format!("minute {n} de ce jour ")).collect::<String>() + STORY;
        assert_eq!(origins_of(&[("a", &live), ("b", STORY)]), ["a", "b"]);
    }

    #[test]
    fn a_quoted_sentence_makes_no_copy() {
        let quoting =
            format!("{OTHER} « Les forces ont pris le contrôle de la ville », a-t-il dit.");
        assert_eq!(origins_of(&[("a", STORY), ("b", &quoting)]), ["a", "b"]);
    }

    #[test]
    fn short_texts_are_copies_only_when_equal() {
        assert_eq!(
            origins_of(&[
                ("a", "La ville est tombée."),
                ("b", "La ville est tombée hier."),
                ("c", "LA VILLE EST TOMBÉE"),
                ("d", ""),
                ("e", "")
            ]),
            ["a", "b", "a", "d", "e"]
        );
    }

    #[test]
    fn a_thousand_near_copies_have_one_origin() {
        let texts: Vec<(String, String)> = (0..1000)
            .map(|n| (format!("{n:04}"), format!("{STORY} Dépêche numéro {n}.")))
            .collect();
        let articles: Vec<Article> = texts.iter().map(|(id, text)| article(id, text)).collect();
        assert!(origins(&articles).iter().all(|origin| origin == "0000"));
    }
}
