//! Names that the program knows in several languages: countries with their demonyms and
//! governments, and entities with many spellings. Data in `language/names/*.toml`.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use crate::claim::MentionKind;
use crate::claim::phrase::PhraseSet;
use crate::claim::tokens::tokenize;
use crate::error::{Error, Result};
use crate::language::Pack;
use crate::language::names::fold;

/// The built-in countries.
pub(crate) const COUNTRIES: &str = include_str!("names/countries.toml");
/// The built-in entities.
pub(crate) const ENTITIES: &str = include_str!("names/entities.toml");

/// A country, keyed by its ISO 3166 code. Every table maps a language code to words.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Country {
    /// Names.
    pub names: BTreeMap<String, Vec<String>>,
    /// Demonyms and adjectives, as phrase patterns.
    pub adjectives: BTreeMap<String, Vec<String>>,
    /// Cities that stand for the government and are places, by their id.
    pub cities: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Buildings and offices that stand for the government.
    pub government: BTreeMap<String, Vec<String>>,
}

/// An entity with its spellings in all languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownEntity {
    /// Id, used as the entity's id in a corpus.
    pub id: String,
    /// `person`, `place`, `organization`, `group`, or `outlet` for agencies and media.
    pub kind: String,
    /// ISO 3166 code of its country, where it acts for one.
    #[serde(default)]
    pub country: Option<String>,
    /// The class of the packs' `[names.classes]` that it is for its country: "SAA" is what "the
    /// Syrian army" is.
    #[serde(default)]
    pub class: Option<String>,
    /// Spellings in any language.
    pub names: Vec<String>,
    /// Short or ambiguous forms that count only when written with exactly these capitals.
    #[serde(default)]
    pub case_sensitive: Vec<String>,
    /// Names that look like it and are not it.
    #[serde(default)]
    pub not_names: Vec<String>,
}

/// What a known name means.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownName {
    /// Entity id: `isis`, `sy` (a country), `sy:government`.
    pub id: String,
    /// What it names.
    pub kind: MentionKind,
    /// A demonym: it says of what country something is, and names nothing alone.
    pub adjective: bool,
    /// The id that it has as a place, where it is a city that also stands for its government.
    pub city: Option<String>,
    /// Counts only when written exactly so.
    pub exactly: Option<String>,
    /// Counts in lower case too: several words that mean nothing else.
    pub any_case: bool,
}

/// All known names.
#[derive(Debug, Clone, Default)]
pub struct Gazetteer {
    countries: BTreeMap<String, Country>,
    entities: Vec<KnownEntity>,
    /// Names and adjectives of states, folded: the state, or none where it is not one alone.
    states: HashMap<String, Option<String>>,
    /// Seats of governments, folded.
    seats: HashSet<String>,
    /// Every spelling, folded: the ids that it can mean.
    spellings: HashMap<String, HashSet<String>>,
}

#[derive(Deserialize)]
struct EntityFile {
    #[serde(default)]
    entity: Vec<KnownEntity>,
}

impl Gazetteer {
    /// The names that ship with the program.
    ///
    /// # Errors
    /// When a data file is malformed, which the crate's tests rule out.
    pub fn builtin() -> Result<Self> {
        let mut gazetteer = Gazetteer::default();
        gazetteer.add_countries("names/countries.toml", COUNTRIES)?;
        gazetteer.add_entities("names/entities.toml", ENTITIES)?;
        Ok(gazetteer)
    }

    /// Adds countries, or replaces those of the same code.
    ///
    /// # Errors
    /// When `toml` is malformed; `file` is named in the message.
    pub fn add_countries(&mut self, file: &str, toml: &str) -> Result<()> {
        let countries: BTreeMap<String, Country> = parse(file, toml)?;
        for (code, country) in &countries {
            let id = code.to_lowercase();
            for word in country.names.values().chain(country.adjectives.values()).flatten() {
                let state = self.states.entry(fold(word)).or_insert_with(|| Some(id.clone()));
                if state.as_ref() != Some(&id) {
                    *state = None;
                }
            }
            let cities = country.cities.values().flat_map(BTreeMap::values);
            let seats = country.government.values().chain(cities).flatten();
            self.seats.extend(seats.map(|seat| fold(seat)));
            for name in country.names.values().flatten() {
                self.spellings.entry(fold(name)).or_default().insert(id.clone());
            }
        }
        self.countries.extend(countries);
        Ok(())
    }

    /// Adds entities; those with an id already known add spellings to it.
    ///
    /// # Errors
    /// When `toml` is malformed; `file` is named in the message.
    pub fn add_entities(&mut self, file: &str, toml: &str) -> Result<()> {
        let added: EntityFile = parse(file, toml)?;
        for entity in added.entity {
            self.check(file, &entity)?;
            let id = entity_id(&entity);
            for name in entity.names.iter().chain(&entity.case_sensitive) {
                self.spellings.entry(fold(name)).or_default().insert(id.clone());
            }
            self.entities.push(entity);
        }
        Ok(())
    }

    /// What would be taken for something else later on.
    fn check(&self, file: &str, entity: &KnownEntity) -> Result<()> {
        let wrong = |problem: String, remedy: &str| {
            let remedy = remedy.to_owned();
            Err(Error::LanguageData { file: file.to_owned(), problem, remedy })
        };
        let id = &entity.id;
        if !KINDS.contains(&entity.kind.as_str()) {
            let problem = format!("the entity `{id}` has the kind `{}`", entity.kind);
            return wrong(problem, &format!("use one of {}", KINDS.join(", ")));
        }
        if id.len() < 3 || id.contains(':') {
            let problem = format!("`{id}` is no id for an entity");
            return wrong(problem, "give it three letters or more, without a colon");
        }
        match &entity.country {
            Some(code) if !self.countries.contains_key(&code.to_uppercase()) => wrong(
                format!("the entity `{id}` is of the country `{code}`, which is not known"),
                "give the ISO 3166 code of a state, or leave `country` out",
            ),
            _ => Ok(()),
        }
    }

    /// The state whose seat of government a city is, by the city's id: `lb` of `beirut`.
    pub fn state_of_city(&self, id: &str) -> Option<String> {
        let seat = |(_, country): &(&String, &Country)| country.cities.contains_key(id);
        self.countries.iter().find(seat).map(|(code, _)| code.to_lowercase())
    }

    /// The state that a word or phrase is the name or an adjective of, in any language; none where
    /// it can mean two.
    pub fn state_of(&self, word: &str) -> Option<String> {
        self.states.get(&fold(word)).cloned().flatten()
    }

    /// The id that a spelling has in any language; none where it is unknown or can mean two.
    pub fn id_of(&self, spelling: &str) -> Option<&str> {
        let ids = self.spellings.get(&fold(spelling))?;
        ids.iter().next().filter(|_| ids.len() == 1).map(String::as_str)
    }

    /// Whether a phrase is a spelling of an entity or a state, or a seat of government.
    pub fn knows(&self, phrase: &str) -> bool {
        let folded = fold(phrase);
        self.spellings.contains_key(&folded) || self.seats.contains(&folded)
    }

    /// All entities: id, kind, spellings, and spellings that are not of it.
    pub fn entities(&self) -> impl Iterator<Item = (String, MentionKind, &[String], &[String])> {
        self.entities.iter().map(|entity| {
            let names = entity.names.as_slice();
            (entity_id(entity), kind_of(&entity.kind), names, entity.not_names.as_slice())
        })
    }

    /// The names to look for in a language: its own names of countries, every spelling of
    /// every entity.
    pub fn names_for(&self, pack: &Pack) -> PhraseSet<KnownName> {
        let mut names: Vec<(String, KnownName)> = Vec::new();
        for (code, country) in &self.countries {
            let id = code.to_lowercase();
            let of = |table: &BTreeMap<String, Vec<String>>| {
                table.get(&pack.code).cloned().unwrap_or_default()
            };
            let known = |id: &str, kind, adjective| KnownName {
                id: id.to_owned(),
                kind,
                adjective,
                city: None,
                exactly: None,
                any_case: false,
            };
            for name in of(&country.names) {
                names.push((as_phrase(&name), known(&id, MentionKind::Place, false)));
            }
            for adjective in of(&country.adjectives) {
                names.push((adjective, known(&id, MentionKind::Organization, true)));
            }
            let government = known(&format!("{id}:government"), MentionKind::Organization, false);
            for seat in of(&country.government) {
                names.push((as_phrase(&seat), government.clone()));
            }
            for (city, spellings) in &country.cities {
                let seat = KnownName { city: Some(city.clone()), ..government.clone() };
                names.extend(of(spellings).iter().map(|name| (as_phrase(name), seat.clone())));
            }
        }
        for entity in &self.entities {
            let known = |exactly: Option<&String>| KnownName {
                id: entity_id(entity),
                kind: kind_of(&entity.kind),
                adjective: false,
                city: None,
                exactly: exactly.cloned(),
                any_case: false,
            };
            names.extend(entity.names.iter().map(|name| {
                // "la coalition internationale", but not "al": several words, long ones.
                let any_case =
                    name.chars().filter(|c| c.is_alphabetic()).count() > 12 && name.contains(' ');
                (as_phrase(name), KnownName { any_case, ..known(None) })
            }));
            let exact = entity.case_sensitive.iter();
            names.extend(exact.map(|name| (as_phrase(name), known(Some(name)))));
            // A longer name that contains this one is something else.
            names.extend(entity.not_names.iter().map(|name| {
                let id = format!("name:{}", as_phrase(name));
                (as_phrase(name), KnownName { id, ..known(None) })
            }));
        }
        PhraseSet::new(names, pack.morphology())
    }

    /// What a language calls a country or a city of the data files: the first spelling listed.
    pub fn display_name(&self, id: &str, language: &str) -> Option<&str> {
        let country = self.countries.get(&id.to_uppercase()).map(|country| &country.names);
        let city = || self.countries.values().find_map(|country| country.cities.get(id));
        let names = country.or_else(city)?.get(language)?;
        names.first().map(String::as_str)
    }
}

/// Entities that are a part of their country as the packs' classes name it have that part's id; others
/// that act for a country carry its code before a colon, like everything of a country.
fn entity_id(entity: &KnownEntity) -> String {
    match &entity.country {
        Some(code) if entity.class.is_some() => {
            format!("{}:{}", code.to_lowercase(), entity.class.as_deref().unwrap_or_default())
        }
        Some(code) if entity.kind != "place" && entity.kind != "outlet" => {
            format!("{}:{}", code.to_lowercase(), entity.id)
        }
        _ => entity.id.clone(),
    }
}

/// What `kind` may say.
const KINDS: [&str; 5] = ["person", "place", "organization", "group", "outlet"];

fn kind_of(kind: &str) -> MentionKind {
    match kind {
        "person" => MentionKind::Person,
        "place" => MentionKind::Place,
        "group" => MentionKind::Group,
        _ => MentionKind::Organization,
    }
}

/// A name as a phrase pattern: its tokens, letter for letter.
fn as_phrase(name: &str) -> String {
    let tokens = tokenize(name, 0);
    tokens.iter().map(|token| token.lower.as_str()).collect::<Vec<_>>().join(" ")
}

fn parse<T: serde::de::DeserializeOwned>(file: &str, toml: &str) -> Result<T> {
    toml::from_str(toml).map_err(|problem| Error::LanguageData {
        file: file.to_owned(),
        problem: problem.to_string(),
        remedy: "compare it with the built-in files in src/language/names".to_owned(),
    })
}
