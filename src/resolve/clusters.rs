//! Which claims speak of one event.
//!
//! Identity is scored with the slots that a report disputes left out: two events are one when
//! they are of one type and about one thing, in articles of one story. Time decides only where
//! many events of a type happen to one theme (attacks on a city): there, other dates and other
//! participants make other events.

use std::collections::{BTreeMap, BTreeSet};

use super::{EventCluster, EventRef};
use crate::claim::mentions::{ELSEWHERE, is_country};
use crate::claim::time::DateInterval;
use crate::claim::{Claim, Event, MentionKind, Role};
use crate::language::Languages;
use crate::language::frames::{Frame, Frames};
use crate::language::gazetteer::Gazetteer;

/// How many sentences back an event may look for what it is about.
const THEME_REACH: usize = 3;

/// The days between two intervals; 0 where they overlap.
pub fn gap_days(a: &DateInterval, b: &DateInterval) -> i32 {
    if a.overlaps(b) {
        return 0;
    }
    let (early, late) = if a.last < b.first { (a.last, b.first) } else { (b.last, a.first) };
    early.until(late).map_or(i32::MAX, |span| span.get_days())
}

/// The smallest interval that covers all.
pub fn bounds(intervals: &[DateInterval]) -> Option<DateInterval> {
    let first = intervals.iter().map(|i| i.first).min()?;
    let last = intervals.iter().map(|i| i.last).max()?;
    Some(DateInterval { first, last })
}

/// Classes of which a country has several, or that are in every story of it: its army, its companies.
const COMMON_ARMS: [&str; 18] = [
    "people",
    "forces",
    "air-force",
    "navy",
    "artillery",
    "police",
    "government",
    "parliament",
    "court",
    "election-commission",
    "rescue-services",
    "water-authority",
    "company",
    "party",
    "union",
    "media",
    "hospital",
    "school",
];

/// Countries, their common arms and nameless groups are in every story; a country's national bank is not.
pub fn is_specific(id: &str) -> bool {
    let common = match id.split_once(':') {
        None | Some(("name", _)) => false,
        Some(("group", _)) => true,
        Some((_, arm)) => COMMON_ARMS.contains(&arm),
    };
    !crate::claim::mentions::is_country(id) && !common
}

/// The entity that an event is about, from its own roles.
pub fn own_theme<'e>(event: &'e Event, frame: &Frame) -> Option<&'e str> {
    named(event, theme_role(event, frame)?)
}

/// The role that tells what an event is about: the first of the frame's that somebody named fills.
pub fn theme_role(event: &Event, frame: &Frame) -> Option<Role> {
    frame.theme.iter().copied().find(|role| named(event, *role).is_some())
}

/// The first name that fills a role.
fn named(event: &Event, role: Role) -> Option<&str> {
    let fillers = event.roles.get(&role)?.iter().map(|p| p.entity.as_str());
    fillers.into_iter().find(|id| !id.starts_with("group:"))
}

/// The sides of a contest, as far as its sentence names them: winner and loser, or those who met.
pub fn sides(event: &Event) -> BTreeSet<&str> {
    let roles = [Role::Agent, Role::Adversary, Role::Patient];
    let fillers = roles.iter().flat_map(|role| event.roles.get(role).into_iter().flatten());
    fillers.map(|p| p.entity.as_str()).filter(|id| !id.starts_with("group:")).collect()
}

/// Groups the events of all claims into clusters; `story` gives each claim's story.
pub fn cluster(claims: &[Claim], story: &[usize], languages: &Languages) -> Vec<EventCluster> {
    let frames = &languages.frames;
    let mut themes = themes(claims, frames);
    adopt_sole_themes(claims, story, &mut themes);
    unite_spreading(claims, story, frames, &mut themes);
    unite_capitals(claims, story, &languages.gazetteer, &mut themes);
    let opponents = unite_contests(claims, story, frames, &mut themes);
    type Key = (String, Option<String>, usize, Option<String>);
    let mut groups: BTreeMap<Key, Vec<EventRef>> = BTreeMap::new();
    for (c, claim) in claims.iter().enumerate() {
        for (e, event) in claim.events.iter().enumerate() {
            let theme = themes.get(&(c, e)).cloned();
            let key = (event.kind.clone(), theme, story[c], opponents.get(&(c, e)).cloned());
            groups.entry(key).or_default().push(EventRef { claim: c, event: e });
        }
    }
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    groups
        .into_iter()
        .map(|((kind, theme, ..), events)| {
            let name = theme.as_deref().map(|t| t.trim_start_matches("name:").replace(' ', "-"));
            let base = format!("{kind}:{}", name.as_deref().unwrap_or("?"));
            let count = used.entry(base.clone()).or_default();
            *count += 1;
            let id = if *count == 1 { base } else { format!("{base}~{count}") };
            let course = id.replacen(&kind, frames.family(&kind), 1);
            EventCluster { id, kind, course, theme, events }
        })
        .collect()
}

/// A match is about both sides, whoever is named first: its theme is the first of them by id, and the other is given
/// here. Where a sentence names one side only, it tells of the one contest of the story that has this side.
fn unite_contests(
    claims: &[Claim],
    story: &[usize],
    frames: &Frames,
    themes: &mut BTreeMap<(usize, usize), String>,
) -> BTreeMap<(usize, usize), String> {
    let mut met: BTreeMap<(usize, usize), (String, String)> = BTreeMap::new();
    let mut one_sided: Vec<(usize, usize)> = Vec::new();
    for (c, claim) in claims.iter().enumerate() {
        for (e, event) in claim.events.iter().enumerate() {
            if !frames.get(&event.kind).is_some_and(|frame| frame.contest) {
                continue;
            }
            let sides = sides(event);
            let mut sides = sides.into_iter();
            match (sides.next(), sides.next(), sides.next()) {
                (Some(one), Some(other), None) => {
                    met.insert((c, e), (one.to_owned(), other.to_owned()));
                }
                _ => one_sided.push((c, e)),
            }
        }
    }
    for at in one_sided {
        let Some(side) = themes.get(&at) else { continue };
        let pairs: BTreeSet<&(String, String)> = met
            .iter()
            .filter(|((c, _), (one, other))| {
                story[*c] == story[at.0] && (one == side || other == side)
            })
            .map(|(_, pair)| pair)
            .collect();
        if let (1, Some(&pair)) = (pairs.len(), pairs.first()) {
            let pair = pair.clone();
            met.insert(at, pair);
        }
    }
    let mut opponents = BTreeMap::new();
    for (at, (one, other)) in met {
        themes.insert(at, one);
        opponents.insert(at, other);
    }
    opponents
}

/// "The results, declared in Lusaka" and "the vote in Zambia": what one account says of a capital and another, in the
/// same story, of its country is one thing.
fn unite_capitals(
    claims: &[Claim],
    story: &[usize],
    gazetteer: &Gazetteer,
    themes: &mut BTreeMap<(usize, usize), String>,
) {
    let key = |&(c, e): &(usize, usize)| (story[c], claims[c].events[e].kind.clone());
    let mut of_country: BTreeSet<((usize, String), String)> = BTreeSet::new();
    for (at, theme) in themes.iter().filter(|(_, theme)| is_country(theme)) {
        of_country.insert((key(at), theme.clone()));
    }
    for (at, theme) in themes.iter_mut() {
        if let Some(country) = gazetteer.state_of_city(theme)
            && of_country.contains(&(key(at), country.clone()))
        {
            *theme = country;
        }
    }
}

/// "The Segura burst its banks" and "Orihuela was flooded" are one flood where a sentence of the
/// story that speaks of it names the river and the town together.
fn unite_spreading(
    claims: &[Claim],
    story: &[usize],
    frames: &Frames,
    themes: &mut BTreeMap<(usize, usize), String>,
) {
    let mut groups: BTreeMap<(usize, String), BTreeMap<String, usize>> = BTreeMap::new();
    for (&(c, e), theme) in themes.iter() {
        let kind = &claims[c].events[e].kind;
        if frames.get(kind).is_some_and(|frame| frame.spreads) {
            *groups
                .entry((story[c], kind.clone()))
                .or_default()
                .entry(theme.clone())
                .or_default() += 1;
        }
    }
    for ((story_id, kind), counts) in groups {
        let mut order: Vec<(&String, &usize)> = counts.iter().collect();
        order.sort_by(|x, y| y.1.cmp(x.1).then_with(|| x.0.cmp(y.0)));
        let Some(&(main, _)) = order.first() else { continue };
        let together = |theme: &String| {
            claims.iter().zip(story).any(|(claim, s)| {
                let names = |id: &String| claim.mentions.iter().any(|m| m.entity == *id);
                *s == story_id
                    && names(theme)
                    && names(main)
                    && claim.events.iter().any(|e| frames.get(&e.kind).is_some_and(|f| f.spreads))
            })
        };
        let united: BTreeSet<&String> =
            order.iter().map(|(theme, _)| *theme).filter(|t| *t != main && together(t)).collect();
        for (&(c, e), theme) in themes.iter_mut() {
            if story[c] == story_id && claims[c].events[e].kind == kind && united.contains(theme) {
                *theme = main.clone();
            }
        }
    }
}

/// An event about nobody named ("the fighters fled") is about whom the story's other events of
/// the type are about, where that is one.
fn adopt_sole_themes(
    claims: &[Claim],
    story: &[usize],
    themes: &mut BTreeMap<(usize, usize), String>,
) {
    let mut by_kind: BTreeMap<(usize, &str), BTreeSet<String>> = BTreeMap::new();
    let mut without: Vec<(usize, usize)> = Vec::new();
    for (c, claim) in claims.iter().enumerate() {
        for (e, event) in claim.events.iter().enumerate() {
            match themes.get(&(c, e)) {
                None if is_elsewhere(event) => {}
                Some(theme) => {
                    by_kind.entry((story[c], &event.kind)).or_default().insert(theme.clone());
                }
                None => without.push((c, e)),
            }
        }
    }
    for (c, e) in without {
        let Some(known) = by_kind.get(&(story[c], claims[c].events[e].kind.as_str())) else {
            continue;
        };
        // Of several, the one that the article names here or just before.
        let named_near = |theme: &&String| {
            (0..=c)
                .rev()
                .take_while(|&back| is_near(claims, back, c))
                .any(|back| claims[back].mentions.iter().any(|m| m.entity == **theme))
        };
        let near: Vec<&String> = known.iter().filter(named_near).collect();
        let theme = match (known.len(), near.as_slice()) {
            (1, _) => known.first(),
            (_, [only]) => Some(*only),
            _ => None,
        };
        if let Some(theme) = theme {
            themes.insert((c, e), theme.clone());
        }
    }
}

/// Whether an event happens at a place that is only said to be another one.
fn is_elsewhere(event: &Event) -> bool {
    event.roles.values().flatten().any(|participant| participant.entity == ELSEWHERE)
}

/// Whether an earlier claim stands a few sentences at most before another in one article.
fn is_near(claims: &[Claim], back: usize, c: usize) -> bool {
    claims[back].article == claims[c].article
        && claims[c].sentence - claims[back].sentence <= THEME_REACH
}

/// What each event is about: its own theme, or else the theme of the last event of its family a
/// few sentences back, or else the place that its article speaks of most.
fn themes(claims: &[Claim], frames: &Frames) -> BTreeMap<(usize, usize), String> {
    let topics = topics(claims);
    let mut themes = BTreeMap::new();
    for (c, claim) in claims.iter().enumerate() {
        for (e, event) in claim.events.iter().enumerate() {
            let Some(frame) = frames.get(&event.kind) else { continue };
            let family = frames.family(&event.kind);
            let own = own_theme(event, frame).map(str::to_owned);
            let inherited = || {
                (0..=c).rev().take_while(|&back| is_near(claims, back, c)).find_map(|back| {
                    let earlier = claims[back].events.iter().enumerate().rev();
                    earlier
                        .filter(|&(i, other)| {
                            (back, i) < (c, e) && frames.family(&other.kind) == family
                        })
                        .find_map(|(i, _)| themes.get(&(back, i)).cloned())
                })
            };
            let topic = || {
                let about_place = frame.theme.contains(&Role::Location)
                    || frame.theme.is_empty()
                    || frame.takes_place_as_theme();
                about_place.then(|| topics.get(claim.article.as_str()).cloned()).flatten()
            };
            // "In the neighbouring province": about none of the places that the article names.
            if own.is_none() && is_elsewhere(event) {
                continue;
            }
            if let Some(theme) = own.or_else(inherited).or_else(topic) {
                themes.insert((c, e), theme);
            }
        }
    }
    themes
}

/// The place that each article names most, a country only where it names nothing finer more than once; ties go
/// to the first named.
pub fn topics(claims: &[Claim]) -> BTreeMap<&str, String> {
    let topic = |named: Vec<(&str, usize)>| {
        let most = |specific: bool, times: usize| {
            let of_kind = named.iter().filter(|(id, n)| is_specific(id) == specific && *n >= times);
            let most = of_kind.clone().map(|(_, n)| n).max()?;
            of_kind.clone().find(|(_, n)| n == most).map(|(id, _)| (*id).to_owned())
        };
        most(true, 2).or_else(|| most(false, 1)).or_else(|| most(true, 1))
    };
    let named = named_places(claims).into_iter();
    named.filter_map(|(article, places)| Some((article, topic(places)?))).collect()
}

/// All places that each article names, countries left out: where what it says of no place may have been.
pub fn places(claims: &[Claim]) -> BTreeMap<&str, Vec<String>> {
    let specific = |named: Vec<(&str, usize)>| {
        named.into_iter().filter(|(id, _)| is_specific(id)).map(|(id, _)| id.to_owned()).collect()
    };
    named_places(claims).into_iter().map(|(article, named)| (article, specific(named))).collect()
}

/// The places that each article names with how often, the first named first.
fn named_places(claims: &[Claim]) -> BTreeMap<&str, Vec<(&str, usize)>> {
    let mut counts: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
    for claim in claims {
        let places = claim.mentions.iter().filter(|m| m.kind == MentionKind::Place);
        for mention in places.filter(|m| !m.entity.starts_with("group:")) {
            let list = counts.entry(&claim.article).or_default();
            match list.iter_mut().find(|(id, _)| *id == mention.entity) {
                Some((_, n)) => *n += 1,
                None => list.push((&mention.entity, 1)),
            }
        }
    }
    counts
}
