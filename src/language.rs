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
}

/// A pack as it was written.
#[derive(Debug, Clone)]
struct PackText {
    file: String,
    toml: Cow<'static, str>,
    builtin: bool,
}

/// A language made from locale data when it is first asked for; none where the data do not serve.
type MadeOnce = OnceLock<Option<Box<Language>>>;

/// The languages of a run, with the names and frames that all of them share.
#[derive(Debug, Clone)]
pub struct Languages {
    by_code: BTreeMap<String, Language>,
    /// The packs as they were written, for what is told of them.
    texts: BTreeMap<String, PackText>,
    /// Languages without a pack, made from locale data when first asked for.
    without_pack: BTreeMap<String, (DateWords, MadeOnce)>,
    digest: String,
    /// Known names.
    pub gazetteer: Gazetteer,
    /// Types of event.
    pub frames: Frames,
}

/// The built-in packs: name in messages, text.
macro_rules! packs {
    ($($code:literal),*) => {
        [$((
            concat!("packs/", $code, ".toml"),
            include_str!(concat!("language/packs/", $code, ".toml")),
        )),*]
    };
}
const BUILTIN: [(&str, &str); 6] = packs!["ar", "de", "en", "es", "fr", "ru"];

impl Languages {
    /// The packs that ship with the program.
    ///
    /// # Errors
    /// When a pack is malformed, which the crate's tests rule out.
    pub fn builtin() -> Result<Self> {
        Languages::with_entities(&[])
    }

    /// The same with entities of a user's own: name of the file in messages, and its text.
    ///
    /// # Errors
    /// When a file is malformed; the message names it, the line and the remedy.
    pub fn with_entities(files: &[(String, String)]) -> Result<Self> {
        let mut languages = Languages {
            by_code: BTreeMap::new(),
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
        for (file, toml) in BUILTIN {
            languages.insert(file, toml, true)?;
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
        self.insert(file, toml.to_owned(), false)
    }

    fn insert(
        &mut self,
        file: &str,
        toml: impl Into<Cow<'static, str>>,
        builtin: bool,
    ) -> Result<()> {
        let toml = toml.into();
        let pack: Pack = toml::from_str(&toml).map_err(|problem| Error::LanguageData {
            file: file.to_owned(),
            problem: problem.to_string().trim_end().to_owned(),
            remedy: "docs/languages.md lists the keys of a pack; those in src/language/packs are examples"
                .to_owned(),
        })?;
        let language = self.compile(pack).map_err(|error| located(error, file, &toml))?;
        self.digest = hex(&[&self.digest, &*toml].concat());
        let code = language.pack.code.clone();
        self.texts.insert(code.clone(), PackText { file: file.to_owned(), toml, builtin });
        self.by_code.insert(code, language);
        Ok(())
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
        self.by_code
            .get(code)
            .or_else(|| self.by_code.get(primary))
            .or_else(|| self.generic(primary))
    }

    /// A language without a pack.
    fn generic(&self, code: &str) -> Option<&Language> {
        let (words, made) = self.without_pack.get(code)?;
        let make = || self.compile(generic::pack(code, words)?).ok().map(Box::new);
        made.get_or_init(make).as_deref()
    }

    /// Whether a language has a pack, and not only what locale data give.
    pub fn has_pack(&self, code: &str) -> bool {
        self.by_code.contains_key(code)
    }

    /// All packs, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Language> {
        self.by_code.values()
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
