//! What two sentences share, and what keeps them apart: whether they can speak of one thing where no cluster of
//! events says so.
//!
//! What few sentences of a story name weighs most. A city that every sentence of a story about it names says
//! little; a bridge that two of them name says much.

use std::collections::{BTreeMap, BTreeSet};

use crate::claim::time::DateInterval;
use crate::claim::{Claim, MentionKind};
use crate::language::frames::Frames;
use crate::resolve::Corpus;
use crate::resolve::clusters::is_specific;
use crate::span::Span;

/// Days that a date may span and still tell two events apart.
const NARROW_DAYS: i32 = 4;
/// Weight of a shared word, of a name that stands elsewhere in the other article, of a shared day, and of a
/// shared type of event, where a name that only the two sentences hold weighs 1.
const WORD: f64 = 0.5;
const ELSEWHERE: f64 = 0.3;
const DAY: f64 = 0.3;
const EVENT: f64 = 0.5;
/// The least that anything shared weighs.
const FLOOR: f64 = 0.25;

/// How many sentences of each story hold a name or a word.
#[derive(Debug, Default)]
pub struct Familiarity<'c> {
    entities: BTreeMap<(usize, &'c str), usize>,
    words: BTreeMap<(usize, &'c str, &'c str), usize>,
    /// Entities of each article.
    of_article: BTreeMap<&'c str, BTreeSet<&'c str>>,
}

/// What two sentences share.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Anchor {
    /// Shared names, by weight.
    pub names: f64,
    /// Shared content words, by weight; nothing across languages.
    pub words: f64,
    /// The heaviest shared name.
    pub entity: Option<String>,
    /// Both are dated, and a day is common.
    pub day: bool,
    /// Both have an event of one family.
    pub event: bool,
    /// Both are dated to a few days, and none is common.
    pub other_day: bool,
    /// Both name places or persons, and have no name in common.
    pub other_names: bool,
}

impl Anchor {
    /// All that is shared, as one weight: about 1 for one telling name.
    pub fn score(&self) -> f64 {
        let flag = |on: bool, weight: f64| if on { weight } else { 0.0 };
        self.names + self.words + flag(self.day, DAY) + flag(self.event, EVENT)
    }

    /// Whether something tells the two apart.
    pub fn apart(&self) -> bool {
        self.other_day || self.other_names
    }
}

impl<'c> Familiarity<'c> {
    /// Counts the sentences of a corpus.
    pub fn new(corpus: &'c Corpus) -> Self {
        let mut counted = Familiarity::default();
        for claim in &corpus.claims {
            let story = corpus.article_of(claim).map_or(0, |article| article.story);
            let entities = specific(claim);
            for &id in &entities {
                *counted.entities.entry((story, id)).or_default() += 1;
            }
            counted.of_article.entry(&claim.article).or_default().extend(entities);
            let stems: BTreeSet<&str> = claim.content.iter().map(|w| w.stem.as_str()).collect();
            for stem in stems {
                *counted.words.entry((story, &claim.language, stem)).or_default() += 1;
            }
        }
        counted
    }

    /// What two sentences of one story share.
    pub fn anchor(&self, corpus: &Corpus, frames: &Frames, a: &'c Claim, b: &'c Claim) -> Anchor {
        let story = corpus.article_of(a).map_or(0, |article| article.story);
        let (in_a, in_b) = (specific(a), specific(b));
        let mut anchor = Anchor::default();
        let mut heaviest = 0.0;
        for &id in in_a.intersection(&in_b) {
            let weight = self.weight_of_entity(story, id);
            anchor.names += weight;
            if weight > heaviest {
                heaviest = weight;
                anchor.entity = Some(id.to_owned());
            }
        }
        let elsewhere = |mine: &BTreeSet<&'c str>,
                         theirs: &BTreeSet<&'c str>,
                         other: &str|
         -> f64 {
            let article = self.of_article.get(other);
            mine.iter()
                .filter(|id| !theirs.contains(*id) && article.is_some_and(|all| all.contains(*id)))
                .map(|id| ELSEWHERE * self.weight_of_entity(story, id))
                .sum()
        };
        let beside = elsewhere(&in_a, &in_b, &b.article) + elsewhere(&in_b, &in_a, &a.article);
        anchor.other_names = anchor.names == 0.0 && beside == 0.0 && {
            let tells = |claim: &Claim| {
                claim
                    .mentions
                    .iter()
                    .any(|m| m.kind != MentionKind::Group && !m.entity.starts_with("group:"))
            };
            tells(a) && tells(b)
        };
        anchor.names += beside;
        if a.language == b.language {
            anchor.words = shared_words(a, a.span, b, b.span)
                .iter()
                .map(|stem| WORD * self.weight_of_word(story, &a.language, stem))
                .sum();
        }
        let (days_a, days_b) = (days(a), days(b));
        let common = days_a.iter().any(|x| days_b.iter().any(|y| x.overlaps(y)));
        anchor.day = common;
        anchor.other_day = !days_a.is_empty() && !days_b.is_empty() && !common;
        let families = |claim: &'c Claim| -> BTreeSet<&str> {
            claim.events.iter().map(|event| frames.family(&event.kind)).collect()
        };
        anchor.event = !families(a).is_disjoint(&families(b));
        anchor
    }

    /// The weight of a name: 1 where two sentences of the story hold it, and less the more do.
    pub fn weight_of_entity(&self, story: usize, id: &str) -> f64 {
        rarity(self.entities.get(&(story, id)).copied().unwrap_or(1))
    }

    /// The weight of a stem, likewise.
    pub fn weight_of_word(&self, story: usize, language: &str, stem: &str) -> f64 {
        rarity(self.words.get(&(story, language, stem)).copied().unwrap_or(1))
    }
}

fn rarity(sentences: usize) -> f64 {
    (2.0 / sentences.max(2) as f64).sqrt().max(FLOOR)
}

/// The names of a sentence that tell stories apart: no countries, no nameless groups.
pub fn specific(claim: &Claim) -> BTreeSet<&str> {
    let ids = claim.mentions.iter().map(|m| m.entity.as_str());
    ids.filter(|id| is_specific(id) && !id.starts_with("group:")).collect()
}

/// The stems that two sentences share inside the given spans.
pub fn shared_words<'c>(a: &'c Claim, in_a: Span, b: &Claim, in_b: Span) -> BTreeSet<&'c str> {
    let within = |claim: &'c Claim, span: Span| -> BTreeSet<&'c str> {
        let inside = claim.content.iter().filter(move |word| span.contains(&word.span));
        inside.map(|word| word.stem.as_str()).collect()
    };
    let theirs: BTreeSet<&str> =
        b.content.iter().filter(|w| in_b.contains(&w.span)).map(|w| w.stem.as_str()).collect();
    within(a, in_a).into_iter().filter(|stem| theirs.contains(stem)).collect()
}

/// The days that a sentence names for what happens, coarse and open dates left out.
fn days(claim: &Claim) -> Vec<DateInterval> {
    let dated = claim.times.iter().filter(|time| time.dates_an_event());
    dated
        .flat_map(|time| time.intervals.iter().copied())
        .filter(|i| i.len() <= NARROW_DAYS)
        .collect()
}
