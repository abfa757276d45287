//! Language packs: everything the program knows about a language, as data.
//!
//! A pack is one TOML file in `language/packs/`. Each section belongs to the module that reads
//! it and is defined there; this module loads packs and finds the one for a language code.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::claim::attribution::{AttributionReader, AttributionSection};
use crate::claim::factuality::{FactualityReader, FactualitySection};
use crate::claim::phrase::Morphology;
use crate::claim::quantity::{QuantityReader, QuantitySection};
use crate::claim::time::{TimeReader, TimeSection};
use crate::error::{Error, Result};

/// What the program knows about one language.
#[derive(Debug, Clone, Deserialize)]
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
}

/// The languages of a run.
#[derive(Debug, Clone)]
pub struct Languages {
    by_code: BTreeMap<String, Language>,
}

/// The sections of the built-in packs, as files of `packs/`.
const BUILTIN: [(&str, &[&str]); 6] = [
    ("ar", &[include_str!("language/packs/ar.toml")]),
    ("de", &[include_str!("language/packs/de.toml")]),
    ("en", &[include_str!("language/packs/en.toml")]),
    ("es", &[include_str!("language/packs/es.toml")]),
    ("fr", &[include_str!("language/packs/fr.toml")]),
    ("ru", &[include_str!("language/packs/ru.toml")]),
];

impl Languages {
    /// The packs that ship with the program.
    ///
    /// # Errors
    /// When a pack is malformed, which the crate's tests rule out.
    pub fn builtin() -> Result<Self> {
        let mut languages = Languages { by_code: BTreeMap::new() };
        for (code, parts) in BUILTIN {
            languages.add(&format!("packs/{code}.toml"), &parts.concat())?;
        }
        Ok(languages)
    }

    /// Adds a pack, or replaces the one of the same code.
    ///
    /// # Errors
    /// When `toml` is no pack; `file` is named in the message.
    pub fn add(&mut self, file: &str, toml: &str) -> Result<()> {
        let pack: Pack = toml::from_str(toml).map_err(|problem| Error::LanguageData {
            file: file.to_owned(),
            problem: problem.to_string(),
            remedy: "compare it with a built-in pack in src/language/packs".to_owned(),
        })?;
        let language = Language {
            time: TimeReader::new(&pack)?,
            quantity: QuantityReader::new(&pack)?,
            attribution: AttributionReader::new(&pack)?,
            factuality: FactualityReader::new(&pack)?,
            pack,
        };
        self.by_code.insert(language.pack.code.clone(), language);
        Ok(())
    }

    /// The pack for a BCP 47 code; regional codes ("fr-CA") fall back on their language.
    pub fn get(&self, code: &str) -> Option<&Language> {
        let primary = code.split(['-', '_']).next().unwrap_or(code);
        self.by_code.get(code).or_else(|| self.by_code.get(primary))
    }

    /// All packs, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Language> {
        self.by_code.values()
    }
}
