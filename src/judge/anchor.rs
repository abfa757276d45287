//! What two sentences share, and what keeps them apart: whether they can speak of one thing where no cluster of
//! events says so.
//!
//! What few sentences of a story name weighs most. A city that every sentence of a story about it names says
//! little; a bridge that two of them name says much.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::claim::{Claim, MentionKind};
use crate::language::frames::Frames;
use crate::nli::WordVectors;
use crate::nli::vectors::dot;
use crate::resolve::Corpus;
use crate::resolve::clusters::is_specific;
use crate::resolve::coreference::features::days;
use crate::span::Span;

/// Weight of a shared word, of a name that stands elsewhere in the other article, of a shared day, and of a
/// shared type of event, where a name that only the two sentences hold weighs 1.
const WORD: f64 = 0.5;
const ELSEWHERE: f64 = 0.3;
const DAY: f64 = 0.3;
const EVENT: f64 = 0.5;
/// The least that anything shared weighs.
const FLOOR: f64 = 0.25;
/// The cosine of two words' static vectors from which one is taken for a translation of the other.
const TRANSLATION: f32 = 0.6;
/// Words whose vectors are kept at most: each takes 1.5 kB.
const MAX_VECTORS: usize = 60_000;

/// How many sentences of each story hold a name or a word.
#[derive(Debug)]
pub struct Familiarity<'c> {
    corpus: &'c Corpus,
    entities: BTreeMap<(usize, &'c str), usize>,
    words: BTreeMap<(usize, &'c str, &'c str), usize>,
    /// Entities of each article.
    of_article: BTreeMap<&'c str, BTreeSet<&'c str>>,
    /// Static vectors of the words of stories in several languages, made when two languages first meet.
    vectors: OnceLock<Vectors<'c>>,
}

/// Static vectors by language and stem.
type Vectors<'c> = HashMap<(&'c str, &'c str), Vec<f32>>;

/// What two sentences share.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Anchor {
    /// Shared names, by weight.
    pub names: f64,
    /// Shared content words, by weight; across languages those that seem translations of each other.
    pub words: f64,
    /// The stems that are shared, as each sentence has them.
    pub common: Vec<(String, String)>,
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

    /// Whether a word inside `in_a` is one that the other sentence shares inside `in_b`.
    pub fn share_word(&self, a: &Claim, in_a: Span, b: &Claim, in_b: Span) -> bool {
        self.common.iter().any(|pair| stand_in(pair, [(a, in_a), (b, in_b)]))
    }

    /// Whether something tells the two apart.
    pub fn apart(&self) -> bool {
        self.other_day || self.other_names
    }
}

impl<'c> Familiarity<'c> {
    /// Counts the sentences of a corpus.
    pub fn new(corpus: &'c Corpus) -> Self {
        let mut counted = Familiarity {
            corpus,
            entities: BTreeMap::new(),
            words: BTreeMap::new(),
            of_article: BTreeMap::new(),
            vectors: OnceLock::new(),
        };
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

    /// The corpus.
    pub fn corpus(&self) -> &'c Corpus {
        self.corpus
    }

    /// What two sentences of one story share.
    pub fn anchor(&self, frames: &Frames, a: &'c Claim, b: &'c Claim) -> Anchor {
        let story = self.corpus.article_of(a).map_or(0, |article| article.story);
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
        let common = self.common_words(a, b);
        let weight = |stem: &str| WORD * self.weight_of_word(story, &a.language, stem);
        anchor.words = common.iter().map(|(stem, _)| weight(stem)).sum();
        anchor.common = common.into_iter().map(|(x, y)| (x.to_owned(), y.to_owned())).collect();
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

    /// The stems of `a` that `b` shares or, in another language, translates, each with that of `b`. A word
    /// translates one other.
    fn common_words(&self, a: &'c Claim, b: &'c Claim) -> Vec<(&'c str, &'c str)> {
        if a.language == b.language {
            let shared = shared_words(a, a.span, b, b.span);
            return shared.into_iter().map(|stem| (stem, stem)).collect();
        }
        let vectors = self.vectors.get_or_init(|| vectors(self.corpus));
        let read = |claim: &'c Claim| -> Vec<(&'c str, &Vec<f32>)> {
            let stems: BTreeSet<&str> = claim.content.iter().map(|w| w.stem.as_str()).collect();
            let vector = |stem| Some((stem, vectors.get(&(claim.language.as_str(), stem))?));
            stems.into_iter().filter_map(vector).collect()
        };
        let (of_a, of_b) = (read(a), read(b));
        let mut alike: Vec<(f32, usize, usize)> = Vec::new();
        for (i, (_, x)) in of_a.iter().enumerate() {
            for (j, (_, y)) in of_b.iter().enumerate() {
                let cosine = dot(x, y);
                if cosine >= TRANSLATION {
                    alike.push((cosine, i, j));
                }
            }
        }
        alike.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
        let (mut taken_a, mut taken_b) = (BTreeMap::new(), BTreeSet::new());
        for (_, i, j) in alike {
            if !taken_a.contains_key(&i) && taken_b.insert(j) {
                taken_a.insert(i, j);
            }
        }
        taken_a.into_iter().map(|(i, j)| (of_a[i].0, of_b[j].0)).collect()
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

/// The vectors of the content words of all stories that are told in several languages; none where the built-in
/// model cannot be read.
fn vectors(corpus: &Corpus) -> Vectors<'_> {
    let story = |claim: &Claim| corpus.article_of(claim).map_or(0, |article| article.story);
    let mut languages: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for claim in &corpus.claims {
        languages.entry(story(claim)).or_default().insert(&claim.language);
    }
    let Ok(vectors) = WordVectors::builtin() else { return HashMap::new() };
    let mut words: BTreeMap<(&str, &str), String> = BTreeMap::new();
    for claim in corpus.claims.iter().filter(|c| languages[&story(c)].len() > 1) {
        for word in &claim.content {
            let key = (claim.language.as_str(), word.stem.as_str());
            words.entry(key).or_insert_with(|| word.span.of_claim(claim).to_lowercase());
        }
    }
    words
        .into_iter()
        .take(MAX_VECTORS)
        .collect::<Vec<_>>()
        .into_par_iter()
        .filter_map(|(key, word)| Some((key, vectors.word(&word)?)))
        .collect()
}

/// Whether the stems of a shared word stand inside the given spans of their sentences.
pub(super) fn stand_in((x, y): &(String, String), [a, b]: [(&Claim, Span); 2]) -> bool {
    let inside = |(claim, span): (&Claim, Span), stem: &str| {
        claim.content.iter().any(|w| w.stem == stem && span.overlaps(&w.span))
    };
    inside(a, x) && inside(b, y)
}

fn rarity(sentences: usize) -> f64 {
    (2.0 / sentences.max(2) as f64).sqrt().max(FLOOR)
}

/// The names of a sentence that tell stories apart: no countries, no nameless groups.
pub fn specific(claim: &Claim) -> BTreeSet<&str> {
    let ids = claim.mentions.iter().map(|m| m.entity.as_str());
    ids.filter(|id| is_specific(id)).collect()
}

/// The stems that two sentences share inside the given spans.
fn shared_words<'c>(a: &'c Claim, in_a: Span, b: &Claim, in_b: Span) -> BTreeSet<&'c str> {
    let within = |claim: &'c Claim, span: Span| -> BTreeSet<&'c str> {
        let inside = claim.content.iter().filter(move |word| span.contains(&word.span));
        inside.map(|word| word.stem.as_str()).collect()
    };
    let theirs: BTreeSet<&str> =
        b.content.iter().filter(|w| in_b.contains(&w.span)).map(|w| w.stem.as_str()).collect();
    within(a, in_a).into_iter().filter(|stem| theirs.contains(stem)).collect()
}
