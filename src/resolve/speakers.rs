//! Which entity a source is: "le ministre de la Défense, Sergueï Choïgou" and "Shoigu" are one speaker.

use std::collections::BTreeMap;

use crate::claim::{Attribution, Claim, Mention, MentionKind};

/// Gives each source the entity that it names, if it names one. A person named within the source is the speaker; any
/// other name is only where the source is nothing but the name and its article: "residents of Damascus" are not Damascus.
pub(super) fn identify(claims: &mut [Claim]) {
    let mut found: Vec<(usize, usize, String)> = Vec::new();
    let mut by_article: BTreeMap<&str, Vec<&Mention>> = BTreeMap::new();
    for claim in claims.iter() {
        by_article.entry(&claim.article).or_default().extend(&claim.mentions);
    }
    for (at, claim) in claims.iter().enumerate() {
        for (nth, source) in claim.attribution.iter().enumerate().filter(|(_, s)| !s.anonymous) {
            let mentions = by_article.get(claim.article.as_str()).map_or(&[][..], Vec::as_slice);
            if let Some(entity) = speaker(source, mentions) {
                found.push((at, nth, entity));
            }
        }
    }
    for (at, nth, entity) in found {
        claims[at].attribution[nth].entity = Some(entity);
    }
}

fn speaker(source: &Attribution, mentions: &[&Mention]) -> Option<String> {
    let named = |m: &&&Mention| !m.entity.starts_with("group:");
    let inside: Vec<&Mention> = mentions
        .iter()
        .filter(|m| source.source_span.contains(&m.span))
        .filter(named)
        .copied()
        .collect();
    let person = inside.iter().rev().find(|m| m.kind == MentionKind::Person);
    // A name of unknown kind at the end is the one that a title or office introduces.
    let introduced = inside
        .last()
        .filter(|m| m.kind == MentionKind::Name && m.span.end == source.source_span.end);
    let all = inside.iter().find(|m| {
        let before = m.span.start - source.source_span.start;
        m.span.end == source.source_span.end && before <= LONGEST_ARTICLE
    });
    person.or(all).or(introduced).map(|m| m.entity.clone())
}

/// Bytes that an article and the space behind it may take: "los ", "the ".
const LONGEST_ARTICLE: usize = 4;
