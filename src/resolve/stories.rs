//! Which articles tell one story.
//!
//! What two articles share is evidence, and rare evidence weighs more: names, events and what they are about,
//! days, words of the title. Two articles are linked if their evidence reaches a threshold and their publication
//! days can lie near each other; the relation carries over.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::clusters::{bounds, gap_days, own_theme};
use super::{Background, CorpusArticle};
use crate::claim::Claim;
use crate::claim::mentions::{is_country, stem};
use crate::claim::time::DateInterval;
use crate::claim::tokens::{Token, TokenKind};
use crate::language::names::phonetic;
use crate::language::{Languages, Pack};
use crate::syntax::{is_long, tokenize};

/// Articles further apart than this many days tell different stories.
pub const STORY_WINDOW_DAYS: i32 = 45;

/// What two articles of a large run must share: about a specific name of both, and an event or a second name.
const ENOUGH: f64 = 1.2;
/// The same where few articles are given: whoever gives four articles has most often found them together.
const ENOUGH_OF_FEW: f64 = 0.6;
/// Runs up to this many articles are few, from the second number on many; between, it is a matter of degree.
const FEW: (usize, usize) = (6, 20);
/// Articles of the world beside those given: a name that all of four articles share is still rare.
const BACKGROUND: usize = 50;
/// Up to this many articles every pair is compared; of more, those that share a strong piece of evidence.
const COMPARE_ALL: usize = 100;
/// Of the articles that hold one piece of evidence each is compared with so many that came out next.
const NEIGHBOURS: usize = 30;
/// Shortest consonant key that tells names apart by itself.
const MIN_CONSONANTS: usize = 4;
/// Shortest name whose sound counts where it has fewer consonants.
const MIN_SOUND: usize = 4;

/// Something that two articles may share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Evidence<'c> {
    /// A named entity that is neither a country nor an arm of one.
    Entity(&'c str),
    /// A country as a place or an actor.
    Country(&'c str),
    /// An event and what it is about.
    Event(&'c str, &'c str),
    /// A type of event.
    Frame(&'c str),
    /// A day on which something happens.
    Day(Date),
    /// The sound of a word that looks like a name, in any script.
    Sound(String),
    /// A word of the title or the first sentence.
    Word(String),
}

impl Evidence<'_> {
    /// What it is worth where nobody else in the run has it.
    fn weight(&self) -> f64 {
        match self {
            Evidence::Entity(_) => 1.0,
            Evidence::Event(..) => 0.7,
            Evidence::Sound(_) => 0.5,
            Evidence::Country(_) => 0.4,
            Evidence::Frame(_) | Evidence::Day(_) => 0.3,
            Evidence::Word(_) => 0.25,
        }
    }

    /// Whether sharing it makes two articles of many worth a comparison.
    fn is_strong(&self) -> bool {
        matches!(self, Evidence::Entity(_) | Evidence::Event(..) | Evidence::Sound(_))
    }
}

/// Whether a word is known to be a name by its capital, or only may be one: German nouns, Arabic words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    May,
    Is,
}

/// How much of its weight the sound of a name keeps between two articles.
fn share_of(a: Certainty, b: Certainty) -> f64 {
    match (a, b) {
        (Certainty::Is, Certainty::Is) => 1.0,
        (Certainty::May, Certainty::May) => 0.3,
        _ => 0.7,
    }
}

type Profile<'c> = BTreeMap<Evidence<'c>, Certainty>;

/// For each article (by index) the number of its story: the lowest index of an article that tells it. Which names
/// are common is taken from `background`, if there is one.
pub fn stories(
    articles: &[CorpusArticle],
    claims: &[Claim],
    languages: &Languages,
    background: Option<&Background>,
) -> Vec<usize> {
    let profiles = profiles(articles, claims, languages);
    let mut index: BTreeMap<&Evidence<'_>, Vec<usize>> = BTreeMap::new();
    for (article, profile) in profiles.iter().enumerate() {
        for evidence in profile.keys() {
            index.entry(evidence).or_default().push(article);
        }
    }
    let rarity = |evidence: &Evidence<'_>| {
        let (holders, of) = match (evidence, background) {
            (Evidence::Entity(id) | Evidence::Country(id), Some(all)) => {
                ((all.seen_in)(id).max(index[evidence].len()), all.articles)
            }
            _ => (index[evidence].len(), articles.len()),
        };
        let of = (of + BACKGROUND) as f64;
        (of / holders as f64).ln().max(0.0) / of.ln()
    };
    let weighed: Vec<Vec<(usize, f64, Certainty)>> = {
        let number: BTreeMap<&Evidence<'_>, usize> =
            index.keys().enumerate().map(|(i, evidence)| (*evidence, i)).collect();
        let weight = |evidence: &Evidence<'_>| evidence.weight() * rarity(evidence);
        let list = |profile: &Profile<'_>| {
            profile.iter().map(|(e, certainty)| (number[e], weight(e), *certainty)).collect()
        };
        profiles.iter().map(list).collect()
    };
    let mut links = Links((0..articles.len()).collect());
    let enough = enough(background.map_or(articles.len(), |all| all.articles));
    let mut compare = |a: usize, b: usize| {
        if links.root(a) != links.root(b)
            && within_window(&articles[a].publication, &articles[b].publication)
            && shared(&weighed[a], &weighed[b]) >= enough
        {
            links.unite(a, b);
        }
    };
    if articles.len() <= COMPARE_ALL {
        for a in 0..articles.len() {
            (a + 1..articles.len()).for_each(|b| compare(a, b));
        }
    } else {
        for (_, mut holders) in index.into_iter().filter(|(evidence, _)| evidence.is_strong()) {
            holders.sort_by_key(|&a| (bounds(&articles[a].publication).map(|b| b.first), a));
            for (i, &a) in holders.iter().enumerate() {
                holders[i + 1..].iter().take(NEIGHBOURS).for_each(|&b| compare(a, b));
            }
        }
    }
    (0..articles.len()).map(|a| links.root(a)).collect()
}

/// The threshold for a run of so many articles.
fn enough(articles: usize) -> f64 {
    let (few, many) = FEW;
    let of = articles.clamp(few, many) - few;
    ENOUGH_OF_FEW + (ENOUGH - ENOUGH_OF_FEW) * of as f64 / (many - few) as f64
}

/// The weight of what two lists, sorted by number, share.
fn shared(a: &[(usize, f64, Certainty)], b: &[(usize, f64, Certainty)]) -> f64 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        if x.0 == y.0 {
            sum += x.1 * share_of(x.2, y.2);
        }
        i += usize::from(x.0 <= y.0);
        j += usize::from(y.0 <= x.0);
    }
    sum
}

/// Which articles are linked: each points to one of a lower index, or to itself.
struct Links(Vec<usize>);

impl Links {
    fn root(&mut self, mut article: usize) -> usize {
        while self.0[article] != article {
            self.0[article] = self.0[self.0[article]];
            article = self.0[article];
        }
        article
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// What each article tells, as evidence.
fn profiles<'c>(
    articles: &[CorpusArticle],
    claims: &'c [Claim],
    languages: &'c Languages,
) -> Vec<Profile<'c>> {
    let index: BTreeMap<&str, usize> =
        articles.iter().enumerate().map(|(i, a)| (a.article.id.as_str(), i)).collect();
    let spoken: BTreeSet<&str> = claims.iter().map(|claim| claim.language.as_str()).collect();
    let functions: BTreeMap<&str, BTreeSet<&str>> = spoken
        .into_iter()
        .filter_map(|code| Some(&languages.get(code)?.pack))
        .filter(|pack| languages.has_pack(&pack.code))
        .map(|pack| (pack.code.as_str(), function_words(pack)))
        .collect();
    let mut profiles: Vec<Profile<'c>> = vec![Profile::new(); articles.len()];
    let mut begun = vec![false; articles.len()];
    for claim in claims {
        let Some(&article) = index.get(claim.article.as_str()) else { continue };
        let profile = &mut profiles[article];
        let mut certain = |evidence| {
            profile.insert(evidence, Certainty::Is);
        };
        for id in claim.mentions.iter().map(|m| m.entity.as_str()) {
            match kind_of(id) {
                Some(true) => certain(Evidence::Entity(id)),
                Some(false) => certain(Evidence::Country(id)),
                None => {}
            }
        }
        for event in &claim.events {
            let Some(frame) = languages.frames.get(&event.kind) else { continue };
            certain(Evidence::Frame(languages.frames.family(&event.kind)));
            if let Some(theme) = own_theme(event, frame) {
                certain(Evidence::Event(languages.frames.family(&event.kind), theme));
            }
        }
        for time in &claim.times {
            if let [day] = time.intervals.as_slice()
                && day.first == day.last
            {
                certain(Evidence::Day(day.first));
            }
        }
        let tokens = tokenize(&claim.language, &claim.text, claim.span.start);
        let pack = languages.get(&claim.language).map(|l| &l.pack);
        let stops = pack.and_then(|pack| functions.get(pack.code.as_str()));
        if !std::mem::replace(&mut begun[article], true) {
            let title = articles[article].article.title.as_deref().unwrap_or_default();
            let title = tokenize(&claim.language, title, 0);
            let is_long = is_long(&claim.language);
            for word in title.iter().chain(&tokens).filter(|token| is_long(token)) {
                certain(Evidence::Word(stem(&word.lower)));
            }
        }
        let Some(pack) = pack else { continue };
        let dated = |token: &Token| claim.times.iter().any(|time| time.span.overlaps(&token.span));
        let certainty =
            if pack.capitalised_nouns || pack.no_capitals { Certainty::May } else { Certainty::Is };
        for token in tokens.iter().skip(1).filter(|token| looks_like_name(token, pack)) {
            if dated(token) || stops.is_some_and(|stops| stops.contains(token.lower.as_str())) {
                continue;
            }
            if let Some(sound) = sound_of(&token.lower) {
                let known = profile.entry(Evidence::Sound(sound)).or_insert(certainty);
                *known = certainty.max(*known);
            }
        }
    }
    profiles
}

/// Whether an id names something specific (true) or a country (false); none for nameless groups and the arms
/// of countries, which are in every story.
fn kind_of(id: &str) -> Option<bool> {
    if is_country(id) {
        return Some(false);
    }
    (!id.contains(':') || id.starts_with("name:") && id.matches(':').count() == 1).then_some(true)
}

fn function_words(pack: &Pack) -> BTreeSet<&str> {
    let lists = [&pack.stop_words, &pack.prepositions, &pack.determiners, &pack.names.not_names];
    lists.into_iter().flatten().map(String::as_str).collect()
}

fn looks_like_name(token: &Token, pack: &Pack) -> bool {
    token.kind == TokenKind::Word && (pack.no_capitals || token.capitalised)
}

/// What different spellings of a name have in common; none for a word too short to tell.
fn sound_of(word: &str) -> Option<String> {
    let sound = phonetic(word);
    let is_consonant = |c: &char| !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'j' | 'h');
    let mut key: Vec<char> = sound.chars().filter(is_consonant).collect();
    key.dedup();
    if key.len() >= MIN_CONSONANTS {
        return Some(key.into_iter().collect());
    }
    // Marked, so that a short name's sound is not the consonants of another.
    (sound.chars().count() >= MIN_SOUND).then(|| format!("~{sound}"))
}

/// Whether two sets of possible days come within the window of one story; unknown days may.
pub fn within_window(a: &[DateInterval], b: &[DateInterval]) -> bool {
    match (bounds(a), bounds(b)) {
        (Some(a), Some(b)) => gap_days(&a, &b) <= STORY_WINDOW_DAYS,
        _ => true,
    }
}
