//! Language packs: everything the program knows about a language, as data.
//!
//! A pack is one TOML file in `language/packs/`. Each section belongs to the module that reads
//! it and is defined there; this module loads packs and finds the one for a language code.

pub mod coverage;
pub mod frames;
pub mod gazetteer;
mod generic;
pub mod names;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::article::detectable_languages;
use crate::claim::attribution::{AttributionReader, AttributionSection};
use crate::claim::events::{CueSection, EventReader, Trigger, VoiceSection};
use crate::claim::factuality::{FactualityReader, FactualitySection};
use crate::claim::mentions::{MentionReader, NamesSection};
use crate::claim::order::{OrderReader, OrderSection};
use crate::claim::phrase::Morphology;
use crate::claim::poles::{OppositionWords, PoleReader};
use crate::claim::quantity::{QuantityReader, QuantitySection};
use crate::claim::time::cldr::DateWords;
use crate::claim::time::{TimeReader, TimeSection};
use crate::error::{Error, Result};
use crate::judge::fingerprint::hex;
use frames::Frames;
use gazetteer::Gazetteer;

/// What the program knows about one language.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// BCP 47 code.
    pub code: String,
    /// The language's own name.
    pub name: String,
    /// Common nouns are capitalised, as in German.
    #[serde(default)]
    pub capitalised_nouns: bool,
    /// The script has no capital letters.
    #[serde(default)]
    pub no_capitals: bool,
    /// Endings that `stem~` accepts in this pack's phrases.
    #[serde(default)]
    pub endings: Vec<String>,
    /// Particles glued before words.
    #[serde(default)]
    pub clitics: Vec<String>,
    /// Abbreviations whose full stop does not end a sentence.
    #[serde(default)]
    pub abbreviations: Vec<String>,
    /// Words too frequent to tell claims apart.
    #[serde(default)]
    pub stop_words: Vec<String>,
    /// Words that govern a noun phrase, contracted forms ("du", "zum") included.
    #[serde(default)]
    pub prepositions: Vec<String>,
    /// Those of them that tell where.
    #[serde(default)]
    pub place_prepositions: Vec<String>,
    /// Those of them after which a bare name is a place, and seldom a person or firm.
    #[serde(default)]
    pub sure_place_prepositions: Vec<String>,
    /// Articles, possessives, demonstratives and the like; contracted forms too.
    #[serde(default)]
    pub determiners: Vec<String>,
    /// Phrases before a noun that count without governing it: "la plupart des", "most of the".
    #[serde(default)]
    pub quantifiers: Vec<String>,
    /// Section `[names]`.
    #[serde(default)]
    pub names: NamesSection,
    /// Sections `[[events.<frame>]]`.
    #[serde(default)]
    pub events: BTreeMap<String, Vec<Trigger>>,
    /// Sections `[oppositions.<id>]`.
    #[serde(default)]
    pub oppositions: BTreeMap<String, OppositionWords>,
    /// Section `[voice]`.
    #[serde(default)]
    pub voice: VoiceSection,
    /// Section `[cues]`.
    #[serde(default)]
    pub cues: CueSection,
    /// Section `[time]`.
    #[serde(default)]
    pub time: TimeSection,
    /// Section `[quantity]`.
    #[serde(default)]
    pub quantity: QuantitySection,
    /// Section `[attribution]`.
    #[serde(default)]
    pub attribution: AttributionSection,
    /// Section `[factuality]`.
    #[serde(default)]
    pub factuality: FactualitySection,
    /// Section `[order]`.
    #[serde(default)]
    pub order: OrderSection,
}

impl Pack {
    /// The pack's inflection data.
    pub fn morphology(&self) -> Morphology {
        Morphology { endings: self.endings.clone(), clitics: self.clitics.clone() }
    }
}

/// A pack with its matchers, compiled once.
#[derive(Debug, Clone)]
pub struct Language {
    /// The data.
    pub pack: Pack,
    /// Time expressions.
    pub time: TimeReader,
    /// Quantities.
    pub quantity: QuantityReader,
    /// Sources.
    pub attribution: AttributionReader,
    /// Factuality.
    pub factuality: FactualityReader,
    /// Mentions.
    pub mentions: MentionReader,
    /// Events.
    pub events: EventReader,
    /// Sides of oppositions.
    pub poles: PoleReader,
    /// Words of order.
    pub order: OrderReader,
}

/// A language made when it is first asked for, since a run needs few of all; none where its data do not serve.
type MadeOnce = OnceLock<Option<Box<Language>>>;

/// A pack as it was written.
#[derive(Debug, Clone)]
struct PackText {
    file: String,
    toml: Cow<'static, str>,
    builtin: bool,
    compiled: MadeOnce,
}

/// The languages of a run, with the names and frames that all of them share.
#[derive(Debug, Clone)]
pub struct Languages {
    /// The packs by code.
    texts: BTreeMap<String, PackText>,
    /// Languages without a pack, made from locale data when first asked for.
    without_pack: BTreeMap<String, (DateWords, MadeOnce)>,
    digest: String,
    /// Known names.
    pub gazetteer: Gazetteer,
    /// Types of event.
    pub frames: Frames,
}

/// The built-in packs: code, name in messages, text.
macro_rules! packs {
    ($($code:literal),*) => {
        [$((
            $code,
            concat!("packs/", $code, ".toml"),
            include_str!(concat!("language/packs/", $code, ".toml")),
        )),*]
    };
}
const BUILTIN: [(&str, &str, &str); 6] = packs!["ar", "de", "en", "es", "fr", "ru"];

/// The codes of the languages that have a built-in pack.
pub fn builtin_codes() -> impl Iterator<Item = &'static str> {
    BUILTIN.iter().map(|(code, _, _)| *code)
}

impl Languages {
    /// The packs that ship with the program.
    ///
    /// # Errors
    /// When a data file is malformed, which the crate's tests rule out, of packs too.
    pub fn builtin() -> Result<Self> {
        Languages::with_entities(&[])
    }

    /// The same with entities of a user's own: name of the file in messages, and its text.
    ///
    /// # Errors
    /// When a file is malformed; the message names it, the line and the remedy.
    pub fn with_entities(files: &[(String, String)]) -> Result<Self> {
        let mut languages = Languages {
            texts: BTreeMap::new(),
            without_pack: BTreeMap::new(),
            digest: hex(&[
                frames::BUILTIN,
                gazetteer::COUNTRIES,
                gazetteer::ENTITIES,
                names::SOUNDS,
                names::WORDS,
            ]
            .concat()),
            gazetteer: Gazetteer::builtin()?,
            frames: Frames::builtin()?,
        };
        for (file, toml) in files {
            languages.gazetteer.add_entities(file, toml)?;
            languages.digest = hex(&[&languages.digest, toml.as_str()].concat());
        }
        for (code, file, toml) in BUILTIN {
            languages.insert(code.to_owned(), file, toml.into(), OnceLock::new());
        }
        let mut words = generic::words()?;
        for code in detectable_languages().chain(words.keys().cloned().collect::<Vec<_>>()) {
            let words = words.remove(&code).unwrap_or_default();
            languages.without_pack.entry(code).or_insert((words, OnceLock::new()));
        }
        Ok(languages)
    }

    /// Adds a pack, or replaces the one of the same code.
    ///
    /// # Errors
    /// When `toml` is no pack; the message names `file`, the line, the key and a remedy.
    pub fn add(&mut self, file: &str, toml: &str) -> Result<()> {
        let language = self.read(file, toml)?;
        let code = language.pack.code.clone();
        let compiled = OnceLock::from(Some(Box::new(language)));
        self.insert(code, file, toml.to_owned().into(), compiled);
        Ok(())
    }

    fn insert(&mut self, code: String, file: &str, toml: Cow<'static, str>, compiled: MadeOnce) {
        let builtin = compiled.get().is_none();
        self.digest = hex(&[&self.digest, &*toml].concat());
        self.texts.insert(code, PackText { file: file.to_owned(), toml, builtin, compiled });
    }

    fn read(&self, file: &str, toml: &str) -> Result<Language> {
        let pack: Pack = toml::from_str(toml).map_err(|problem| Error::LanguageData {
            file: file.to_owned(),
            problem: problem.to_string().trim_end().to_owned(),
            remedy: "docs/languages.md lists the keys of a pack; those in src/language/packs are examples"
                .to_owned(),
        })?;
        self.compile(pack).map_err(|error| located(error, file, toml))
    }

    fn compile(&self, pack: Pack) -> Result<Language> {
        Ok(Language {
            time: TimeReader::new(&pack)?,
            quantity: QuantityReader::new(&pack)?,
            attribution: AttributionReader::new(&pack)?,
            factuality: FactualityReader::new(&pack)?,
            mentions: MentionReader::new(&pack, &self.gazetteer)?,
            events: EventReader::new(&pack, &self.frames),
            poles: PoleReader::new(&pack, &self.frames),
            order: OrderReader::new(&pack),
            pack,
        })
    }

    /// SHA-256 over all of the packs, names and frames, hexadecimal: what annotations depend on beside the program's
    /// version.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The language of a BCP 47 code: by its pack, or else what locale data give; none for a
    /// language that is not known at all. Regional codes ("fr-CA") fall back on their language.
    pub fn get(&self, code: &str) -> Option<&Language> {
        let primary = code.split(['-', '_']).next().unwrap_or(code);
        self.packed(code).or_else(|| self.packed(primary)).or_else(|| self.generic(primary))
    }

    /// A language with a pack.
    fn packed(&self, code: &str) -> Option<&Language> {
        let pack = self.texts.get(code)?;
        let make = || {
            let made = self.read(&pack.file, &pack.toml);
            // Of a pack that ships, which the tests compile.
            debug_assert!(made.is_ok(), "{:?}", made.err());
            made.ok().map(Box::new)
        };
        pack.compiled.get_or_init(make).as_deref()
    }

    /// A language without a pack.
    fn generic(&self, code: &str) -> Option<&Language> {
        let (words, made) = self.without_pack.get(code)?;
        let make = || self.compile(generic::pack(code, words)?).ok().map(Box::new);
        made.get_or_init(make).as_deref()
    }

    /// Whether a language has a pack, and not only what locale data give.
    pub fn has_pack(&self, code: &str) -> bool {
        self.texts.contains_key(code)
    }

    /// The codes of all packs, sorted.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// All packs, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Language> {
        self.codes().filter_map(|code| self.packed(code))
    }
}

/// An error of compiling, with the user's file and the line of what it quotes.
fn located(error: Error, file: &str, toml: &str) -> Error {
    let Error::LanguageData { problem, remedy, .. } = error else { return error };
    // Messages quote the key or template much as TOML writes strings.
    let quoted = problem.split_once('"').and_then(|(_, rest)| {
        let mut ends = rest.match_indices('"').map(|(at, _)| &rest[..at]);
        ends.find(|quoted| !quoted.ends_with('\\'))
    });
    let line = quoted.and_then(|quoted| toml.lines().position(|line| line.contains(quoted)));
    let file = match line {
        Some(line) => format!("{file}:{}", line + 1),
        None => file.to_owned(),
    };
    Error::LanguageData { file, problem, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pack_that_ships_compiles_under_its_own_code() {
        let languages = Languages::builtin().expect("the data files are right");
        for (code, file, toml) in BUILTIN {
            let language = languages.read(file, toml).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(language.pack.code, code);
        }
    }
}
