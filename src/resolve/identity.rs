//! Whether two names, each as some text writes it, mean one thing: what `resolve` decides over a
//! corpus, for two names alone. It is what `crossclaim eval --names` measures.

use std::collections::HashSet;

use serde::Serialize;

use crate::claim::mentions::is_country;
use crate::claim::tokens::tokenize;
use crate::language::Languages;
use crate::language::names::{self, Form, Names};

/// Shortest acronym that stands for a name with these initials.
const MIN_ACRONYM: usize = 3;

/// What two names were told apart or united by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// Both are in the data files, or are a part of a state that is ("the Syrian army").
    Data,
    /// One is in the data files, and the other sounds like it.
    DataAndSound,
    /// One is made of the other's initials.
    Acronym,
    /// Letters, sounds and translated words.
    Sound,
}

/// Whether two names mean one thing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Identity {
    /// Whether they do.
    pub same: bool,
    /// What decided it.
    pub ground: Ground,
    /// Share of the sounds that differ; 0 or 1 where sound did not decide.
    pub distance: f64,
}

/// Compares two names, each with the code of the language it is written in.
pub fn identity(languages: &Languages, a: (&str, &str), b: (&str, &str)) -> Identity {
    let by = |same: bool, ground| Identity { same, ground, distance: f64::from(u8::from(!same)) };
    let (id_a, id_b) = (known(languages, a), known(languages, b));
    if let (Some(x), Some(y)) = (&id_a, &id_b) {
        return by(x == y, Ground::Data);
    }
    let state = |word: &str| languages.gazetteer.state_of(word);
    let read = |name: &str, language: &str| Names::builtin().form(name, language, &state);
    let (form_a, form_b) = (read(a.0, a.1), read(b.0, b.1));
    let (known_id, bare) = match (id_a, id_b) {
        (Some(id), None) => (Some(id), &form_b),
        (None, Some(id)) => (Some(id), &form_a),
        _ => (None, &form_b),
    };
    let ground = if known_id.is_some() { Ground::DataAndSound } else { Ground::Sound };
    let mut best = Names::builtin().compare(&form_a, &form_b);
    if let Some(id) = known_id {
        let spellings: Vec<Form> = languages
            .gazetteer
            .entities()
            .filter(|(of, ..)| *of == id)
            .flat_map(|(_, _, names, _)| names.iter().map(|name| read(name, "")))
            .collect();
        for spelling in &spellings {
            let compared = Names::builtin().compare(spelling, bare);
            if compared.same && (!best.same || compared.distance < best.distance) {
                best = compared;
            }
        }
    }
    if !best.same && (is_acronym_of(a.0, b.0) || is_acronym_of(b.0, a.0)) {
        return by(true, Ground::Acronym);
    }
    Identity { same: best.same, ground, distance: best.distance }
}

/// The corpus-wide id that a name has by the data files, as a text's mention or as a spelling.
fn known(languages: &Languages, (name, language): (&str, &str)) -> Option<String> {
    if let Some(language) = languages.get(language) {
        let tokens = tokenize(name, 0);
        let capitals: HashSet<String> = tokens.iter().map(|token| token.lower.clone()).collect();
        let found = language.mentions.find(name, &tokens, &capitals, None);
        if let [only] = found.as_slice() {
            let rest = tokens[..only.first].iter().chain(&tokens[only.end..]);
            let whole =
                rest.into_iter().all(|token| language.pack.determiners.contains(&token.lower));
            let (id, text) = (&only.mention.entity, &only.mention.text);
            let bare = ["name:", "group:", "anaphor"].iter().any(|prefix| id.starts_with(prefix));
            // A ministry is not the government, nor a court its state; and what a pack has no class
            // for has another id in each language.
            let vague = id.split_once(':').is_some_and(|(of, part)| {
                let classes = &language.pack.names.classes;
                let shared = classes.contains_key(part) && !VAGUE.contains(&part);
                is_country(of) && !shared && !languages.gazetteer.knows(text)
            });
            if whole && !bare && !vague {
                return Some(id.clone());
            }
        }
    }
    languages.gazetteer.id_of(name).map(str::to_owned)
}

/// Parts of a state that stand for several bodies.
const VAGUE: [&str; 6] = ["government", "court", "party", "company", "media", "people"];

fn is_acronym_of(short: &str, long: &str) -> bool {
    names::acronym(short).is_some_and(|acronym| {
        acronym.chars().count() >= MIN_ACRONYM && Names::builtin().initials(long).contains(&acronym)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: (&str, &str), b: (&str, &str)) -> bool {
        let languages = Languages::builtin().unwrap_or_else(|error| unreachable!("{error}"));
        identity(&languages, a, b).same
    }

    #[test]
    fn an_army_has_many_names() {
        for other in [("SAA", "en"), ("сирийская армия", "ru"), ("الجيش السوري", "ar")]
        {
            assert!(same(("l'armée syrienne", "fr"), other), "{other:?}");
        }
        assert!(!same(("l'armée syrienne", "fr"), ("l'Armée syrienne libre", "fr")));
    }

    #[test]
    fn acronyms_are_the_names_they_abbreviate() {
        assert!(same(("FRO", "fr"), ("Front du renouveau d'Ozgar", "fr")));
        assert!(!same(("FRO", "fr"), ("Front populaire d'Ozgar", "fr")));
    }
}
