//! What speaks for and against two claims speaking of one happening.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::claim::time::DateInterval;
use crate::claim::{Claim, MentionKind, Order};
use crate::language::frames::Frames;
use crate::nli::WordVectors;
use crate::nli::vectors::dot;
use crate::resolve::CorpusArticle;
use crate::resolve::clusters::{bounds, gap_days, is_specific};

/// Days that a date may span and still tell two events apart.
const NARROW_DAYS: i32 = 4;
/// The smallest whole number that two sentences share by more than chance.
const TELLING_NUMBER: f64 = 13.0;
/// The least weight of a name or word that brings two claims of a large story together: twenty claims hold it.
const TELLING_WEIGHT: f64 = 0.31;

/// A feature's name, the aspect it belongs to, and the sign that its weight may have (0 for either).
pub type Feature = (&'static str, Option<Aspect>, i8);

/// What a slot is about, so that it can be left out where it is in dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// When.
    Time,
    /// Where, and who: names.
    Names,
    /// How many.
    Numbers,
}

/// The features of pairs of claims of different articles.
pub const ACROSS: [Feature; 24] = [
    ("same-type", None, 1),
    ("other-type", None, 0),
    ("names", Some(Aspect::Names), 1),
    ("rare-name", Some(Aspect::Names), 1),
    ("other-names", Some(Aspect::Names), -1),
    ("words", None, 1),
    ("same-day", Some(Aspect::Time), 1),
    ("near-day", Some(Aspect::Time), 0),
    ("other-day", Some(Aspect::Time), -1),
    ("same-number", Some(Aspect::Numbers), 1),
    ("same-order", None, 1),
    ("other-order", None, -1),
    ("one-order", None, 0),
    ("publication-gap", None, -1),
    ("common-names", Some(Aspect::Names), 1),
    ("languages", None, 0),
    ("likeness", None, 1),
    ("context-likeness", None, 1),
    ("context-names", Some(Aspect::Names), 1),
    ("context-rare-name", Some(Aspect::Names), 1),
    ("context-words", None, 1),
    ("context-same-day", Some(Aspect::Time), 1),
    ("context-other-day", Some(Aspect::Time), -1),
    ("rare-word", None, 1),
];

/// The features of pairs of claims of one article.
pub const WITHIN: [Feature; 14] = [
    ("same-type", None, 1),
    ("other-type", None, 0),
    ("names", Some(Aspect::Names), 1),
    ("other-names", Some(Aspect::Names), -1),
    ("words", None, 1),
    ("likeness", None, 1),
    ("same-day", Some(Aspect::Time), 1),
    ("other-day", Some(Aspect::Time), -1),
    ("order-between", None, -1),
    ("next", None, 1),
    ("near", None, 1),
    ("goes-on", None, 1),
    ("day-between", None, -1),
    ("name-between", None, 0),
];

/// A claim as identity sees it. Names and words are numbers, in order.
#[derive(Debug, Clone)]
pub struct Profile {
    article: usize,
    sentence: usize,
    language: usize,
    types: BTreeSet<usize>,
    /// Names that tell stories apart, each with its weight.
    names: Vec<(usize, f64)>,
    /// Countries and the like.
    common_names: Vec<usize>,
    names_somebody: bool,
    words: Vec<(usize, f64)>,
    days: Vec<DateInterval>,
    numbers: BTreeSet<u64>,
    orders: BTreeSet<Order>,
    published: Option<DateInterval>,
    vector: Vec<f32>,
    /// The same, of the sentence with those around it.
    context: Context,
}

/// What stands in a sentence or near it in its article.
#[derive(Debug, Clone, Default)]
struct Context {
    names: Vec<(usize, f64)>,
    words: Vec<(usize, f64)>,
    days: Vec<DateInterval>,
    vector: Vec<f32>,
}

/// The profiles of the claims of one story, in the order given.
pub fn profiles(
    articles: &[CorpusArticle],
    claims: &[Claim],
    story: &[usize],
    frames: &Frames,
    vectors: Option<&WordVectors>,
) -> Vec<Profile> {
    let number_of: HashMap<&str, usize> =
        articles.iter().enumerate().map(|(i, a)| (a.article.id.as_str(), i)).collect();
    let mut numbers = Numbers::default();
    let mut held: HashMap<usize, usize> = HashMap::new();
    let read: Vec<(Vec<usize>, Vec<usize>, Vec<usize>)> = story
        .iter()
        .map(|&c| {
            let claim = &claims[c];
            let ids = claim.mentions.iter().map(|m| m.entity.as_str());
            let (mut names, mut common) = (BTreeSet::new(), BTreeSet::new());
            for id in ids.filter(|id| !id.starts_with("group:")) {
                let set = if is_specific(id) { &mut names } else { &mut common };
                set.insert(numbers.of(format!("n:{id}")));
            }
            let words: BTreeSet<usize> = claim
                .content
                .iter()
                .map(|word| numbers.of(format!("w:{}:{}", claim.language, word.stem)))
                .collect();
            for &number in names.iter().chain(&words) {
                *held.entry(number).or_default() += 1;
            }
            let list = |set: BTreeSet<usize>| set.into_iter().collect::<Vec<_>>();
            (list(names), list(common), list(words))
        })
        .collect();
    let texts: Vec<&str> = story.iter().map(|&c| claims[c].text.as_str()).collect();
    let mut vectors = vectors.map(|vectors| vectors.of(&texts)).unwrap_or_default().into_iter();
    let weigh = |list: Vec<usize>| -> Vec<(usize, f64)> {
        list.into_iter().map(|n| (n, (2.0 / held[&n].max(2) as f64).sqrt())).collect()
    };
    let mut profiles: Vec<Profile> = story
        .iter()
        .zip(read)
        .map(|(&c, (names, common_names, words))| {
            let claim = &claims[c];
            let article = number_of.get(claim.article.as_str()).copied().unwrap_or_default();
            let families = claim.events.iter().map(|event| frames.family(&event.kind));
            let telling = claim.quantities.iter().filter_map(|q| {
                let exact = q.low.filter(|low| q.high == Some(*low))?;
                (exact >= TELLING_NUMBER || exact.fract() != 0.0).then_some(exact.to_bits())
            });
            Profile {
                article,
                sentence: claim.sentence,
                language: numbers.of(format!("l:{}", claim.language)),
                types: families.map(|family| numbers.of(format!("t:{family}"))).collect(),
                names: weigh(names),
                common_names,
                names_somebody: claim
                    .mentions
                    .iter()
                    .any(|m| m.kind != MentionKind::Group && !m.entity.starts_with("group:")),
                words: weigh(words),
                days: days(claim),
                numbers: telling.collect(),
                orders: claim.order.iter().map(|word| word.order).collect(),
                published: articles.get(article).and_then(|a| bounds(&a.publication)),
                vector: vectors.next().unwrap_or_default(),
                context: Context::default(),
            }
        })
        .collect();
    centre(&mut profiles);
    for i in 0..profiles.len() {
        profiles[i].context = context(&profiles, i);
    }
    profiles
}

/// Takes out of each vector what all of the story have in common.
fn centre(profiles: &mut [Profile]) {
    let Some(width) = profiles.first().map(|p| p.vector.len()) else { return };
    let number = profiles.len() as f32;
    let mut mean = vec![0.0f32; width];
    for profile in profiles.iter() {
        mean.iter_mut().zip(&profile.vector).for_each(|(m, x)| *m += x / number);
    }
    for profile in profiles {
        profile.vector.iter_mut().zip(&mean).for_each(|(x, m)| *x -= m);
        unit(&mut profile.vector);
    }
}

fn unit(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
}

/// Sentences before and after one that tell what it speaks of.
const BEFORE: usize = 2;
const AFTER: usize = 1;

fn context(profiles: &[Profile], i: usize) -> Context {
    let own = &profiles[i];
    let around = i.saturating_sub(BEFORE)..profiles.len().min(i + AFTER + 1);
    let near: Vec<&Profile> = around
        .map(|j| &profiles[j])
        .filter(|p| p.article == own.article && p.sentence.abs_diff(own.sentence) <= BEFORE)
        .collect();
    let union = |of: fn(&Profile) -> &Vec<(usize, f64)>| {
        let all: BTreeMap<usize, u64> =
            near.iter().flat_map(|p| of(p)).map(|(n, w)| (*n, w.to_bits())).collect();
        all.into_iter().map(|(n, w)| (n, f64::from_bits(w))).collect()
    };
    let mut vector = vec![0.0; own.vector.len()];
    for p in &near {
        vector.iter_mut().zip(&p.vector).for_each(|(sum, x)| *sum += x);
    }
    unit(&mut vector);
    let last_dated = (0..=i)
        .rev()
        .take_while(|&j| profiles[j].article == own.article)
        .find(|&j| !profiles[j].days.is_empty());
    Context {
        names: union(|p| &p.names),
        words: union(|p| &p.words),
        days: last_dated.map(|j| profiles[j].days.clone()).unwrap_or_default(),
        vector,
    }
}

/// Strings as numbers.
#[derive(Debug, Default)]
struct Numbers(BTreeMap<String, usize>);

impl Numbers {
    fn of(&mut self, text: String) -> usize {
        let next = self.0.len();
        *self.0.entry(text).or_insert(next)
    }
}

/// The days that a sentence names for what happens, coarse and open dates left out.
pub fn days(claim: &Claim) -> Vec<DateInterval> {
    let dated = claim.times.iter().filter(|time| time.dates_an_event());
    dated
        .flat_map(|time| time.intervals.iter().copied())
        .filter(|i| i.len() <= NARROW_DAYS)
        .collect()
}

/// The summed weight of what two sorted lists share, and the largest of it.
fn shared(a: &[(usize, f64)], b: &[(usize, f64)]) -> (f64, f64) {
    let (mut i, mut j, mut sum, mut most) = (0, 0, 0.0, 0.0f64);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        if x.0 == y.0 {
            sum += x.1;
            most = most.max(x.1);
        }
        i += usize::from(x.0 <= y.0);
        j += usize::from(y.0 <= x.0);
    }
    (sum, most)
}

fn flag(on: bool) -> f64 {
    f64::from(u8::from(on))
}

/// Days between the nearest of two lists; none where one is empty.
fn nearest(a: &[DateInterval], b: &[DateInterval]) -> Option<i32> {
    a.iter().flat_map(|x| b.iter().map(move |y| gap_days(x, y))).min()
}

/// The orders that two claims give, as far as both give one: the same, or others. "Another" is like the second and later.
fn orders(a: &Profile, b: &Profile) -> (bool, bool) {
    let alike = |x: &Order, y: &Order| {
        x == y
            || *x == Order::Another && *y != Order::First
            || *y == Order::Another && *x != Order::First
    };
    if a.orders.is_empty() || b.orders.is_empty() {
        return (false, false);
    }
    let same = a.orders.iter().any(|x| b.orders.iter().any(|y| alike(x, y)));
    (same, !same)
}

impl Profile {
    /// The article's index.
    pub fn article(&self) -> usize {
        self.article
    }

    /// Sentences from another claim of the article.
    pub fn distance(&self, other: &Profile) -> usize {
        self.sentence.abs_diff(other.sentence)
    }

    /// The names and words that few other claims of the story hold.
    pub fn telling(&self) -> impl Iterator<Item = usize> {
        let rare = |entry: &&(usize, f64)| entry.1 >= TELLING_WEIGHT;
        self.names.iter().chain(&self.words).filter(rare).map(|(number, _)| *number)
    }

    /// Whether the article itself tells two of its claims apart: they have days of their own, and a word of order stands
    /// between them.
    pub fn told_apart(features: &[f64]) -> bool {
        let of = |name: &str| WITHIN.iter().position(|(n, ..)| *n == name).map(|at| features[at]);
        of("other-day") == Some(1.0) && of("order-between") == Some(1.0)
    }

    fn types_of(&self, other: &Profile) -> (bool, bool) {
        let same = !self.types.is_disjoint(&other.types);
        (same, !same && !self.types.is_empty() && !other.types.is_empty())
    }
}

fn likeness(a: &[f32], b: &[f32]) -> f64 {
    if a.is_empty() || b.is_empty() { 0.0 } else { f64::from(dot(a, b)).clamp(-1.0, 1.0) }
}

/// The features of two claims of different articles, in the order of [`ACROSS`].
pub fn across(a: &Profile, b: &Profile) -> Vec<f64> {
    let (same_type, other_type) = a.types_of(b);
    let (names, rarest) = shared(&a.names, &b.names);
    let (words, rarest_word) = shared(&a.words, &b.words);
    let (context_names, context_rarest) = shared(&a.context.names, &b.context.names);
    let context_gap = nearest(&a.context.days, &b.context.days);
    let common = a.common_names.iter().any(|n| b.common_names.contains(n));
    let gap = nearest(&a.days, &b.days);
    let (same_order, other_order) = orders(a, b);
    let published = match (&a.published, &b.published) {
        (Some(a), Some(b)) => f64::from(gap_days(a, b).min(10)) / 10.0,
        _ => 0.0,
    };
    vec![
        flag(same_type),
        flag(other_type),
        names.min(3.0) / 3.0,
        rarest,
        flag(names == 0.0 && !common && a.names_somebody && b.names_somebody),
        words.min(3.0) / 3.0,
        flag(gap == Some(0)),
        flag(gap == Some(1)),
        flag(gap.is_some_and(|days| days > 1)),
        flag(!a.numbers.is_disjoint(&b.numbers)),
        flag(same_order),
        flag(other_order),
        flag(a.orders.is_empty() != b.orders.is_empty()),
        published,
        flag(common),
        flag(a.language != b.language),
        likeness(&a.vector, &b.vector),
        likeness(&a.context.vector, &b.context.vector),
        context_names.min(3.0) / 3.0,
        context_rarest,
        shared(&a.context.words, &b.context.words).0.min(4.0) / 4.0,
        flag(context_gap == Some(0)),
        flag(context_gap.is_some_and(|days| days > 0)),
        rarest_word,
    ]
}

/// The features of two claims of one article, `a` before `b`, in the order of [`WITHIN`]; `between` are the claims after
/// `a`, up to `b`.
pub fn within(a: &Profile, b: &Profile, between: &[Profile]) -> Vec<f64> {
    let (same_type, other_type) = a.types_of(b);
    let (names, _) = shared(&a.names, &b.names);
    let (words, _) = shared(&a.words, &b.words);
    let gap = nearest(&a.days, &b.days);
    let distance = b.sentence.saturating_sub(a.sentence);
    let order = between.iter().any(|claim| !claim.orders.is_empty());
    let new_day = |claim: &Profile| {
        !claim.days.is_empty() && nearest(&a.days, &claim.days).is_none_or(|gap| gap > 0)
    };
    let new_name = |claim: &Profile| {
        claim.names.iter().any(|(n, _)| !a.names.iter().any(|(known, _)| known == n))
    };
    vec![
        flag(same_type),
        flag(other_type),
        names.min(3.0) / 3.0,
        flag(names == 0.0 && !a.names.is_empty() && !b.names.is_empty()),
        words.min(3.0) / 3.0,
        likeness(&a.vector, &b.vector),
        flag(gap == Some(0)),
        flag(gap.is_some_and(|days| days > 0)),
        flag(order),
        flag(distance == 1),
        flag(distance == 2),
        flag(b.names.is_empty() && b.days.is_empty()),
        flag(between.iter().any(new_day)),
        flag(between.iter().any(new_name)),
    ]
}
