//! What rates are counted on: comparable pairs of statements of independent origins.
//!
//! A statement is the value that one origin gives to one slot of one thing: three sentences of an article that all say
//! "150 dead", and the ten outlets that printed it, are one statement. A pair of statements counts once, with the
//! strongest relation that the judge found between any of their sentences.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Serialize;

use super::groups::Origins;
use crate::judge::comparable::Comparable;
use crate::judge::{Kind, Relation};
use crate::resolve::Corpus;

/// How two comparable statements stand, as rates count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// They cannot both hold.
    Conflict,
    /// A contradiction below the confidence asked for.
    Unsure,
    /// They differ, and both can hold.
    Divergent,
    /// They differ because time went on, or a source corrected itself.
    Change,
    /// They say the same, or one says it more precisely.
    Agreement,
}

impl Standing {
    /// All, in the order of columns.
    pub const ALL: [Standing; 5] = [
        Standing::Conflict,
        Standing::Unsure,
        Standing::Divergent,
        Standing::Change,
        Standing::Agreement,
    ];

    /// How a comparable pair counts; none where the two speak of wholes of another scope.
    pub fn of(relation: Relation, confidence: f64, min_confidence: f64) -> Option<Self> {
        Some(match relation {
            Relation::Contradiction if confidence < min_confidence => Standing::Unsure,
            Relation::Contradiction => Standing::Conflict,
            Relation::DivergentAccount => Standing::Divergent,
            Relation::Update | Relation::Correction => Standing::Change,
            Relation::Granularity | Relation::Compatible => Standing::Agreement,
            Relation::Scope => return None,
        })
    }
}

/// What the bootstrap resamples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Whole stories: the safe choice, since the pairs of one story share articles.
    Story,
    /// The things that slots belong to: event clusters, courses of events. For corpora of one story.
    Event,
}

impl FromStr for Unit {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "story" => Ok(Unit::Story),
            "event" => Ok(Unit::Event),
            _ => Err(format!("`{name}` cannot be resampled; use story or event")),
        }
    }
}

/// A pair of statements that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// Index into the comparable pairs: the one that gives the relation.
    pub comparable: usize,
    /// Origins of the two sides, the smaller number first.
    pub origins: (usize, usize),
    /// The kind whose rule compared them.
    pub kind: Kind,
    /// How they stand.
    pub standing: Standing,
    /// The story.
    pub story: usize,
    /// What the slot belongs to.
    pub about: String,
}

/// The pairs of statements among comparable pairs, in a fixed order.
pub fn count(
    corpus: &Corpus,
    origins: &Origins,
    all: &[Comparable<'_>],
    min_confidence: f64,
) -> Vec<Counted> {
    let mut best: BTreeMap<(usize, usize, &str, &str, &str, &str), Counted> = BTreeMap::new();
    for (i, pair) in all.iter().enumerate() {
        let claims = (&corpus.claims[pair.a.claim], &corpus.claims[pair.b.claim]);
        let of = |article| origins.of_id(corpus, article);
        let (Some(a), Some(b)) = (of(&claims.0.article), of(&claims.1.article)) else { continue };
        let Some(standing) = Standing::of(pair.relation, pair.confidence, min_confidence) else {
            continue;
        };
        if a == b {
            continue;
        }
        let (first, second) = if a < b { (pair.a, pair.b) } else { (pair.b, pair.a) };
        let key = (
            a.min(b),
            a.max(b),
            first.about.as_str(),
            first.slot.name(),
            first.value.as_str(),
            second.value.as_str(),
        );
        let story = corpus.article_of(claims.0).map_or(0, |article| article.story);
        let counted = Counted {
            comparable: i,
            origins: (a.min(b), a.max(b)),
            kind: pair.kind,
            standing,
            story,
            about: first.about.clone(),
        };
        best.entry(key)
            .and_modify(|kept| {
                let stronger = counted.standing < kept.standing
                    || counted.standing == kept.standing
                        && pair.confidence > all[kept.comparable].confidence;
                if stronger {
                    *kept = counted.clone();
                }
            })
            .or_insert(counted);
    }
    best.into_values().collect()
}
