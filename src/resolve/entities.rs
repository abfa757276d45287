//! Which spellings, over the whole corpus, are one entity.
//!
//! Ids from the data file stand. Bare names ("name:boukamal") are united by the data file's
//! spellings, by folded form, and by consonant key where the vowels agree too. A wrong merge is
//! worse than a missed one: a key proposes, the letters decide.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use any_ascii::any_ascii;
use rapidfuzz::distance::jaro_winkler;
use serde::Deserialize;

use super::Entity;
use crate::claim::{Claim, MentionKind};

/// Shortest consonant key that can propose a merge.
const MIN_CONSONANTS: usize = 3;
/// Jaro–Winkler similarity of the phonetic forms that a proposed merge must reach.
const MIN_SIMILARITY: f64 = 0.9;
/// The same, where one form is from a script that writes no vowels.
const MIN_SIMILARITY_ABJAD: f64 = 0.75;

/// Letters that a declined name must keep.
const DECLINED: usize = 5;

/// Unites entity ids over all claims in place.
pub fn unify(claims: &mut [Claim]) {
    let mut spellings: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for mention in claims.iter().flat_map(|claim| &claim.mentions) {
        *spellings
            .entry(mention.entity.clone())
            .or_default()
            .entry(mention.text.clone())
            .or_default() += 1;
    }
    let renamed = merges(&spellings);
    for claim in claims.iter_mut() {
        for mention in &mut claim.mentions {
            rename(&mut mention.entity, &renamed);
        }
        for participant in claim.events.iter_mut().flat_map(|e| e.roles.values_mut()).flatten() {
            rename(&mut participant.entity, &renamed);
        }
    }
}

fn rename(id: &mut String, renamed: &HashMap<String, String>) {
    // Both the whole id and the owner of a class ("name:boukamal:forces") are renamed.
    if let Some(to) = renamed.get(id.as_str()) {
        *id = to.clone();
    } else if let Some((owner, class)) = id.rsplit_once(':')
        && let Some(to) = renamed.get(owner)
    {
        *id = format!("{to}:{class}");
    }
}

/// For each bare name the id that it is a spelling of.
fn merges(spellings: &BTreeMap<String, BTreeMap<String, usize>>) -> HashMap<String, String> {
    let total = |id: &String| spellings.get(id).map_or(0, |forms| forms.values().sum::<usize>());
    // Every form that can be merged into: known entities' spellings seen here, and bare names.
    let mut forms: Vec<(String, String)> = Vec::new();
    for (id, texts) in spellings {
        if let Some(name) = id.strip_prefix("name:") {
            forms.push((name.to_owned(), id.clone()));
        } else if !id.starts_with("group:") && !id.contains(':') && id.len() > 2 {
            forms.extend(texts.keys().map(|text| (text.to_lowercase(), id.clone())));
        }
    }
    let mut by_key: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for (name, id) in &forms {
        let key = consonant_key(name);
        if key.chars().count() >= MIN_CONSONANTS {
            by_key.entry(key).or_default().insert((name.clone(), id.clone()));
        }
    }
    let mut renamed: HashMap<String, String> = HashMap::new();
    for group in by_key.values() {
        let members: Vec<&(String, String)> = group.iter().collect();
        for (i, a) in members.iter().enumerate() {
            for b in &members[i + 1..] {
                let (a_root, b_root) = (root(&renamed, &a.1), root(&renamed, &b.1));
                if a_root == b_root || !same_name(&a.0, &b.0) {
                    continue;
                }
                // Known entities stay apart; a bare name goes to the known, or to the frequent.
                let known = |id: &String| !id.starts_with("name:");
                match (known(&a_root), known(&b_root)) {
                    (true, true) => {}
                    (true, false) => drop(renamed.insert(b_root, a_root)),
                    (false, true) => drop(renamed.insert(a_root, b_root)),
                    (false, false) if total(&a_root) >= total(&b_root) => {
                        renamed.insert(b_root, a_root);
                    }
                    (false, false) => drop(renamed.insert(a_root, b_root)),
                }
            }
        }
    }
    surnames(spellings, &mut renamed);
    let ids: Vec<String> = renamed.keys().cloned().collect();
    ids.into_iter().map(|id| (id.clone(), root(&renamed, &id))).collect()
}

/// "Choïgou" is "Sergueï Choïgou" where the corpus knows one person of that surname.
fn surnames(
    spellings: &BTreeMap<String, BTreeMap<String, usize>>,
    renamed: &mut HashMap<String, String>,
) {
    let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for id in spellings.keys().filter(|id| id.starts_with("name:")) {
        let name = id.trim_start_matches("name:");
        if let Some((_, last)) = name.rsplit_once(' ') {
            owners.entry(last.to_owned()).or_default().insert(root(renamed, id));
        }
    }
    for (last, full) in owners {
        // "Kandidatin Grace Okondwe" ends in "Grace Okondwe": one person.
        let name = |id: &str| id.trim_start_matches("name:").to_owned();
        let shortest = full.iter().min_by_key(|id| (id.len(), (*id).clone())).cloned();
        let Some(shortest) = shortest else { continue };
        let (same, others): (BTreeSet<String>, BTreeSet<String>) =
            full.into_iter().partition(|id| {
                *id == shortest || name(id).ends_with(&format!(" {}", name(&shortest)))
            });
        for longer in same.iter().filter(|id| **id != shortest && id.starts_with("name:")) {
            renamed.entry(longer.clone()).or_insert_with(|| shortest.clone());
        }
        let full: BTreeSet<String> = others.into_iter().chain([shortest]).collect();
        let id = format!("name:{last}");
        if full.len() == 1 && spellings.contains_key(&id) && !renamed.contains_key(&id) {
            renamed.extend(full.into_iter().filter(|f| *f != id).map(|f| (id.clone(), f)));
        }
    }
}

fn root(renamed: &HashMap<String, String>, id: &str) -> String {
    let mut at = id;
    while let Some(next) = renamed.get(at) {
        at = next;
    }
    at.to_owned()
}

/// Whether two spellings with one consonant key are one name: their phonetic forms are close,
/// and they end alike (Niger is not Nigeria, Martin not Martine).
pub fn same_name(a: &str, b: &str) -> bool {
    let (fa, fb) = (phonetic(a), phonetic(b));
    if fa == fb {
        return true;
    }
    let abjad = writes_no_vowels(a) || writes_no_vowels(b);
    let threshold = if abjad { MIN_SIMILARITY_ABJAD } else { MIN_SIMILARITY };
    let ends_alike = abjad || {
        let tail = |form: &str| form.chars().rev().take(2).collect::<String>();
        tail(&fa) == tail(&fb)
    };
    // "Карлыове" is a case of "Karlıova": Cyrillic endings differ.
    let declined =
        [a, b].iter().any(|name| name.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c)));
    let common = fa.chars().zip(fb.chars()).take_while(|(x, y)| x == y).count();
    let longer = fa.chars().count().max(fb.chars().count());
    let ends_alike = ends_alike || declined && common >= DECLINED && common + 2 >= longer;
    // "Abou Kamal" and "Boukamal": one drops the first vowel of the other.
    let inner = fa.trim_start_matches(is_vowel) == fb.trim_start_matches(is_vowel);
    inner || ends_alike && jaro_winkler::similarity(fa.chars(), fb.chars()) >= threshold
}

fn writes_no_vowels(name: &str) -> bool {
    name.chars().any(|c| ('\u{590}'..='\u{6ff}').contains(&c))
}

/// A name in Latin letters, lower case, without articles, spaces and hyphens, and with the
/// spellings of one sound made one: ou/oo → u, q/ck/k → k, ph → f …
pub fn phonetic(name: &str) -> String {
    let latin = any_ascii(name).to_lowercase();
    let words: Vec<&str> = latin
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty() && !PHONETICS.articles.iter().any(|a| a == word))
        .collect();
    let mut joined = words.concat();
    // Arabic script joins its article: "lbwkml".
    if writes_no_vowels(name) {
        let article =
            PHONETICS.joined_articles.iter().find_map(|a| joined.strip_prefix(a.as_str()));
        joined = article.unwrap_or(&joined).to_owned();
    }
    for (from, to) in &PHONETICS.sounds {
        joined = joined.replace(from.as_str(), to);
    }
    let mut out = String::new();
    for c in joined.chars() {
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    // A final glide ("Zelenskyj") is heard in some languages only.
    if out.len() > 4 { out.trim_end_matches('j').to_owned() } else { out }
}

/// `language/names/phonetics.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phonetics {
    articles: Vec<String>,
    joined_articles: Vec<String>,
    sounds: Vec<(String, String)>,
}

/// The table of sounds.
pub(crate) const PHONETICS_TOML: &str = include_str!("../language/names/phonetics.toml");

static PHONETICS: LazyLock<Phonetics> =
    LazyLock::new(|| toml::from_str(PHONETICS_TOML).unwrap_or_default());

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'i' | 'u')
}

/// The consonants of the phonetic form.
pub fn consonant_key(name: &str) -> String {
    let mut key = String::new();
    for c in phonetic(name).chars().filter(|&c| !is_vowel(c) && c != 'h') {
        if !key.ends_with(c) {
            key.push(c);
        }
    }
    key
}

/// The entities that claims mention, by id.
pub fn list(claims: &[Claim]) -> Vec<Entity> {
    type Forms = BTreeMap<String, usize>;
    let mut entities: BTreeMap<&str, (BTreeMap<MentionKind, usize>, Forms)> = BTreeMap::new();
    for mention in claims.iter().flat_map(|claim| &claim.mentions) {
        let (kinds, forms) = entities.entry(&mention.entity).or_default();
        *kinds.entry(mention.kind).or_default() += 1;
        *forms.entry(mention.text.clone()).or_default() += 1;
    }
    entities
        .into_iter()
        .map(|(id, (kinds, forms))| {
            let mut spellings: Vec<(String, usize)> = forms.into_iter().collect();
            // A name before a phrase that stands for it: "Daech" before "combattants".
            let phrase = |text: &str| text.starts_with(char::is_lowercase);
            spellings.sort_by(|a, b| {
                let by_name = phrase(&a.0).cmp(&phrase(&b.0));
                by_name.then_with(|| b.1.cmp(&a.1)).then_with(|| a.0.cmp(&b.0))
            });
            let spellings: Vec<String> = spellings.into_iter().map(|(text, _)| text).collect();
            let kind = kinds.into_iter().max_by_key(|&(_, n)| n).map_or(MentionKind::Name, |k| k.0);
            let name = spellings.first().cloned().unwrap_or_else(|| id.to_owned());
            Entity { id: id.to_owned(), name, kind, spellings }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merges_to(a: &str, b: &str) -> bool {
        consonant_key(a) == consonant_key(b) && same_name(a, b)
    }

    #[test]
    fn the_data_file_is_read() {
        assert!(PHONETICS.sounds.len() > 20);
    }

    #[test]
    fn transliterations_of_one_name_are_one() {
        for (a, b) in [
            ("abou kamal", "boukamal"),
            ("al-boukamal", "abu kamal"),
            ("al-qaem", "al-qaim"),
            ("raqqa", "racca"),
            ("zelensky", "зеленский"),
            ("kharkiv", "харків"),
        ] {
            assert!(merges_to(a, b), "{a} / {b}: {} {}", phonetic(a), phonetic(b));
        }
    }

    #[test]
    fn near_misses_stay_apart() {
        for (a, b) in [
            ("abou kamal", "abou bakr"),
            ("niger", "nigeria"),
            ("martin", "martine"),
            ("iran", "iraq"),
            ("austria", "australia"),
            ("slovakia", "slovenia"),
        ] {
            assert!(!merges_to(a, b), "{a} / {b}: {} {}", phonetic(a), phonetic(b));
        }
    }
}
