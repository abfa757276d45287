//! What an article is found by: entities, what its events are about, what it counts, its long words.
//!
//! A term is the first 64 bits of a SHA-256, so that the index has keys of one size. Two articles of one story share
//! an entity ([`crate::resolve::clusters::stories`]), so every term of an entity is made to be the same for all
//! spellings that [`crate::resolve::entities`] may unite: the id of a known entity, and the consonants of a name.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::claim::Claim;
use crate::claim::tokens::{TokenKind, tokenize};
use crate::language::frames::Frames;
use crate::language::names::{Names, phonetic};
use crate::resolve::clusters::{is_specific, own_theme, topics};

/// Raised when the terms of an article change: an archive of other terms annotates its articles anew.
pub(super) const TERMS_VERSION: u32 = 2;

/// Fewer consonants than this tell no names apart.
const MIN_CONSONANTS: usize = 2;
/// Words shorter than this are no terms.
const MIN_WORD: usize = 7;
/// Letters of a word that count: endings vary.
const WORD_STEM: usize = 8;
/// The longest words of an article are terms: length stands in for rarity, which an article alone cannot tell.
const MAX_WORDS: usize = 24;

/// What a term stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TermKind {
    /// What an event is about, with the family of its type.
    Theme,
    /// A specific entity.
    Entity,
    /// What is counted, at the article's main place.
    Count,
    /// A long word.
    Word,
}

impl TermKind {
    /// How much sharing such a term says.
    pub(super) fn weight(self) -> f64 {
        match self {
            TermKind::Theme => 2.0,
            TermKind::Entity | TermKind::Count => 1.0,
            TermKind::Word => 0.3,
        }
    }

    /// Whether articles of one story must share one.
    pub(super) fn makes_a_story(self) -> bool {
        matches!(self, TermKind::Theme | TermKind::Entity)
    }
}

/// The terms of one article's claims.
pub(super) fn terms(claims: &[Claim], frames: &Frames) -> BTreeMap<u64, TermKind> {
    let mut terms = BTreeMap::new();
    let mut add = |kind: TermKind, text: &str| {
        let tag = match kind {
            TermKind::Theme => "theme",
            TermKind::Entity => "entity",
            TermKind::Count => "count",
            TermKind::Word => "word",
        };
        terms.entry(hashed(tag, text)).or_insert(kind);
    };
    let topics = topics(claims);
    let mut words: BTreeSet<(std::cmp::Reverse<usize>, String)> = BTreeSet::new();
    for claim in claims {
        for mention in claim.mentions.iter().filter(|m| is_specific(&m.entity)) {
            for key in entity_keys(&mention.entity) {
                add(TermKind::Entity, &key);
            }
            if !mention.entity.starts_with("name:") {
                // A bare name elsewhere may be a spelling of this known entity.
                for key in name_keys(&mention.text.to_lowercase()) {
                    add(TermKind::Entity, &key);
                }
            }
        }
        for event in &claim.events {
            let Some(frame) = frames.get(&event.kind) else { continue };
            let Some(theme) = own_theme(event, frame) else { continue };
            for key in entity_keys(theme) {
                add(TermKind::Theme, &format!("{}@{key}", frames.family(&event.kind)));
            }
        }
        if let Some(place) = topics.get(claim.article.as_str()) {
            for of in claim.quantities.iter().filter_map(|q| q.of.as_deref()) {
                for key in entity_keys(place) {
                    add(TermKind::Count, &format!("{of}@{key}"));
                }
            }
        }
        for token in tokenize(&claim.text, 0) {
            let length = token.lower.chars().count();
            if token.kind == TokenKind::Word && length >= MIN_WORD {
                let stem: String = token.lower.chars().take(WORD_STEM).collect();
                words.insert((std::cmp::Reverse(length), stem));
            }
        }
    }
    let mut kept: BTreeSet<String> = BTreeSet::new();
    for (_, stem) in words {
        if kept.len() == MAX_WORDS {
            break;
        }
        if kept.insert(stem.clone()) {
            add(TermKind::Word, &stem);
        }
    }
    terms
}

/// The terms of an entity, for whoever asks how many articles name it.
pub(super) fn entity_terms(id: &str) -> Vec<u64> {
    entity_keys(id).iter().map(|key| hashed("entity", key)).collect()
}

/// An entity's id, or the keys of a bare name.
fn entity_keys(id: &str) -> Vec<String> {
    match id.strip_prefix("name:") {
        // "name:boukamal:forces" is the forces of Boukamal.
        Some(name) => name_keys(name.split(':').next().unwrap_or(name)),
        None => vec![format!("id:{id}")],
    }
}

/// The consonants of a name, and those of its last word, by which alone a person may be named.
fn name_keys(name: &str) -> Vec<String> {
    let mut keys = sounds(name);
    if let Some((_, last)) = name.rsplit_once(' ') {
        keys.extend(sounds(last));
    }
    keys
}

/// The consonant keys of a name: its spellings have one in common. All sounds of a short one.
fn sounds(name: &str) -> Vec<String> {
    let form = Names::builtin().form(name, "", &|_| None);
    let long = |key: &String| key.chars().count() >= MIN_CONSONANTS;
    let keys: Vec<String> = Names::builtin().keys(&form).into_iter().filter(long).collect();
    if !keys.is_empty() {
        return keys.into_iter().map(|key| format!("k:{key}")).collect();
    }
    let sounds = phonetic(name);
    vec![format!("s:{}", if sounds.is_empty() { name } else { &sounds })]
}

fn hashed(tag: &str, text: &str) -> u64 {
    let digest = Sha256::new().chain_update(tag).chain_update([0x1f]).chain_update(text).finalize();
    digest.iter().take(8).fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(a: &str, b: &str) -> bool {
        entity_terms(a).iter().any(|term| entity_terms(b).contains(term))
    }

    #[test]
    fn spellings_of_one_name_share_a_term() {
        assert!(shares("name:abou kamal", "name:boukamal"));
        assert!(shares("name:al-qaem", "name:al-qaim"));
        assert!(shares("name:zelensky", "name:зеленский"));
        assert!(shares("name:grace okondwe", "name:okondwe"));
        assert!(shares("name:boukamal:forces", "name:boukamal"));
    }

    #[test]
    fn other_names_share_none() {
        assert!(!shares("name:orihuela", "name:murcia"));
        assert!(!shares("isis", "hezbollah"));
    }
}
