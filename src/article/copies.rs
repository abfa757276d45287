//! Copies and near-copies: one wire story printed by ten outlets is one origin.
//!
//! A text is the set of its shingles, runs of [`SHINGLE_WORDS`] folded words (Broder, "On the
//! resemblance and containment of documents", 1997). Two texts are copies when they share
//! [`MIN_CONTAINMENT`] of the smaller one's shingles: containment, not resemblance, so that a
//! story cut to its first paragraphs is still found. An inverted index keeps the work near
//! linear: only texts that share a shingle are compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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
/// A shingle of more texts than this is a standing phrase ("read more about this story"), and
/// proposes no pairs by itself. Texts with a thousand copies are still found: each text is first
/// compared as a whole.
const MAX_TEXTS_OF_SHINGLE: usize = 64;

/// For each article the id of the article it is a copy or near-copy of, the earliest by id of all
/// that are copies of one another; its own id where there is none.
///
/// Copies of copies share an origin. The order of `articles` does not matter to the outcome.
pub fn origins(articles: &[Article]) -> Vec<String> {
    let texts: Vec<Vec<u64>> =
        articles.par_iter().map(|article| words_of(article.body.of(&article.text))).collect();
    // The earliest id comes first, so that the least index is the origin.
    let mut order: Vec<usize> = (0..articles.len()).collect();
    order.sort_by(|&a, &b| articles.get(a).map(|x| &x.id).cmp(&articles.get(b).map(|x| &x.id)));
    let mut groups = Groups::new(articles.len());

    // Equal texts first: a story with a thousand copies is then one text for the index.
    let mut first_of: BTreeMap<&[u64], usize> = BTreeMap::new();
    let mut distinct: Vec<(usize, Vec<u64>)> = Vec::new();
    for (rank, &i) in order.iter().enumerate() {
        let Some(words) = texts.get(i).filter(|words| !words.is_empty()) else { continue };
        match first_of.get(words.as_slice()) {
            Some(&first) => groups.join(first, rank),
            None => {
                first_of.insert(words, rank);
                let shingles = shingles_of(words);
                if shingles.len() >= MIN_SHINGLES {
                    distinct.push((rank, shingles));
                }
            }
        }
    }
    for (a, b) in near_copies(&distinct) {
        groups.join(a, b);
    }

    let mut origins = vec![String::new(); articles.len()];
    for (rank, &i) in order.iter().enumerate() {
        let origin = order.get(groups.find(rank)).and_then(|&first| articles.get(first));
        if let (Some(slot), Some(origin)) = (origins.get_mut(i), origin) {
            slot.clone_from(&origin.id);
        }
    }
    origins
}

/// The pairs of texts, by rank, that share enough shingles.
fn near_copies(texts: &[(usize, Vec<u64>)]) -> Vec<(usize, usize)> {
    let mut texts_of: HashMap<u64, Vec<u32>> = HashMap::new();
    for (index, (_, shingles)) in texts.iter().enumerate() {
        for &shingle in shingles {
            texts_of.entry(shingle).or_default().push(index as u32);
        }
    }
    texts
        .par_iter()
        .enumerate()
        .flat_map_iter(|(index, (rank, shingles))| {
            let mut shared: BTreeMap<u32, usize> = BTreeMap::new();
            for shingle in shingles {
                let Some(others) = texts_of.get(shingle) else { continue };
                if others.len() > MAX_TEXTS_OF_SHINGLE {
                    continue;
                }
                for &other in others.iter().take_while(|&&other| (other as usize) < index) {
                    *shared.entry(other).or_default() += 1;
                }
            }
            // Candidates are counted without standing phrases; the verdict counts all.
            shared.into_keys().filter_map(move |other| {
                let (other_rank, other_shingles) = texts.get(other as usize)?;
                is_copy(shingles, other_shingles).then_some((*other_rank, *rank))
            })
        })
        .collect()
}

/// Whether enough of the smaller of two sorted sets lies in the larger.
fn is_copy(a: &[u64], b: &[u64]) -> bool {
    let (small, large) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let needed = (small.len() * MIN_CONTAINMENT).div_ceil(100);
    let common = small.iter().filter(|shingle| large.binary_search(shingle).is_ok()).count();
    common >= needed
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

/// Disjoint sets of ranks; the least of a set stands for it.
struct Groups {
    parent: Vec<usize>,
}

impl Groups {
    fn new(count: usize) -> Self {
        Groups { parent: (0..count).collect() }
    }

    fn find(&mut self, rank: usize) -> usize {
        let mut root = rank;
        while let Some(&parent) = self.parent.get(root)
            && parent != root
        {
            root = parent;
        }
        if let Some(parent) = self.parent.get_mut(rank) {
            *parent = root;
        }
        root
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        if let Some(parent) = self.parent.get_mut(a.max(b)) {
            *parent = a.min(b);
        }
    }
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
            language: "fr".to_owned(),
            date: None,
            date_source: DateSource::Unknown,
            text: text.to_owned(),
            body: Span::new(0, text.len()),
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
    fn copies_of_copies_share_one_origin() {
        let both = format!("{STORY} {OTHER}");
        assert_eq!(origins_of(&[("a", STORY), ("b", &both), ("c", OTHER)]), ["a", "a", "a"]);
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
