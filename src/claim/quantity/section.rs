//! The pack section `[quantity]` and its compiled form.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::claim::phrase::{Morphology, PhraseSet};
use crate::error::{Error, Result};
use crate::language::Pack;

/// The pack section `[quantity]`. All phrases are in the syntax of `claim/phrase.rs`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuantitySection {
    /// The decimal separator; the other one of `.` and `,` groups thousands.
    pub decimal: Option<char>,
    /// A number followed by a full stop within the sentence is an ordinal ("5. Platz").
    pub ordinal_dot: bool,
    /// Number words by value, where the text2num crate does not know the language.
    pub words: BTreeMap<String, Vec<String>>,
    /// Number words that mean something else more often, such as French "neuf" (new) at the end
    /// of a noun phrase: they count only with a known concept or a unit.
    pub ambiguous: Vec<String>,
    /// What multiplies a number before it, by factor.
    pub magnitudes: BTreeMap<String, Vec<String>>,
    /// Letters that multiply a number beside a currency alone, by factor: "£45m", "12 M€".
    pub money_magnitudes: BTreeMap<String, Vec<String>>,
    /// Nouns of `concepts` in a form that means two of them: Arabic "شخصين".
    pub duals: Vec<String>,
    /// What stands right before a number of years that is an age, the person included: "âgé de", "niño de".
    pub ages: Vec<String>,
    /// "une vingtaine": round numbers in one phrase, by value.
    pub collectives: BTreeMap<String, Vec<String>>,
    /// "des dizaines": vague amounts, by `low-high`.
    pub vague: BTreeMap<String, Vec<String>>,
    /// "un tiers des", "half of the": shares of a whole, by per cent.
    pub fractions: BTreeMap<String, Vec<String>>,
    /// "aucun", "no": none of what is counted after it.
    pub zero: Vec<String>,
    /// Words before (or, in `after`, behind) the numeral.
    pub about: Vec<String>,
    /// See `about`.
    pub at_least: Vec<String>,
    /// See `about`.
    pub at_most: Vec<String>,
    /// See `about`.
    pub nearly: Vec<String>,
    /// "or more", "environ", by `about`, `at_least` or `at_most`.
    pub after: BTreeMap<String, Vec<String>>,
    /// What opens a range: "entre", "de".
    pub range_open: Vec<String>,
    /// What stands between its two ends: "à", "et", "-". With `et` only after `range_open`.
    pub range_to: Vec<String>,
    /// "et", "and": joins the ends of a range that was opened.
    pub range_and: Vec<String>,
    /// Units of measure, "percent", and currencies by ISO 4217 code.
    pub units: Vec<UnitWords>,
    /// Words that may stand between a number and what it counts: "de", "autres".
    pub fillers: Vec<String>,
    /// Words beside a number that is added to another: "two more", "encore trois".
    pub increments: Vec<String>,
    /// Words that stand before numbers which count nothing: "numéro", "article".
    pub not_after: Vec<String>,
    /// Words that stand behind numbers which count nothing: "heures" of a clock.
    pub not_before: Vec<String>,
    /// Counted nouns, by concept.
    pub concepts: BTreeMap<String, Vec<String>>,
    /// Concepts that name people, whom a verb of `verbs` makes dead, injured …
    pub persons: Vec<String>,
    /// "ont été tués", by concept.
    pub verbs: BTreeMap<String, Vec<String>>,
    /// Nouns before the number: "bilan", "death toll", "turnout", by concept.
    pub totals: BTreeMap<String, Vec<String>>,
    /// Words that may stand between such a noun and the number: "of", "s'élève", "lag".
    pub links: Vec<String>,
    /// "Dans toute la région", "across the district": which whole a number is said of, by level.
    pub levels: BTreeMap<String, Vec<String>>,
}

/// The words of one unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitWords {
    /// `percent`, ISO 4217 code, or base form.
    pub unit: String,
    /// What one of these words is in the base form, where it is a multiple of it.
    #[serde(default = "one")]
    pub factor: f64,
    /// The unit's name in fend (<https://printfn.github.io/fend/documentation>), which converts it into the
    /// base form: "mile", "fahrenheit". Instead of `factor`.
    #[serde(default)]
    pub fend: Option<String>,
    /// What the number with this unit is of: "age".
    #[serde(default)]
    pub of: Option<String>,
    /// The words.
    pub words: Vec<String>,
}

fn one() -> f64 {
    1.0
}

/// How a word changes a number's interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bound {
    About,
    AtLeast,
    AtMost,
    Nearly,
}

/// A unit with the factor to its base form.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Unit {
    pub name: String,
    /// A value in the base form is `value * factor + offset`.
    pub factor: f64,
    pub offset: f64,
    /// Of another system than the base form: values are only as exact as they were written.
    pub converted: bool,
    pub of: Option<String>,
}

impl Unit {
    fn new(words: &UnitWords) -> std::result::Result<Unit, String> {
        let (factor, offset) = match &words.fend {
            None => (words.factor, 0.0),
            Some(from) => {
                let at = |value: u32| in_base_form(value, from, &words.unit);
                let (zero, hundred) = (at(0)?, at(100)?);
                ((hundred - zero) / 100.0, zero)
            }
        };
        let converted = words.fend.is_some();
        Ok(Unit { name: words.unit.clone(), factor, offset, converted, of: words.of.clone() })
    }
}

/// A value converted by fend.
fn in_base_form(value: u32, from: &str, to: &str) -> std::result::Result<f64, String> {
    let query = format!("{value} {from} to {} to 12 dp", to.replace('-', " "));
    let query = query.replace("kilometre per hour", "km/h");
    let mut context = fend_core::Context::new();
    let result = fend_core::evaluate(&query, &mut context)?;
    let shown = result.get_main_result().trim_start_matches("approx. ");
    let number: String = shown.chars().take_while(|c| !c.is_alphabetic() && *c != '°').collect();
    number.trim().parse().map_err(|_| format!("`{query}` gives `{shown}`"))
}

/// The section, compiled.
#[derive(Debug, Clone)]
pub(super) struct Lexicon {
    pub decimal: char,
    pub ordinal_dot: bool,
    pub words: PhraseSet<f64>,
    pub ambiguous: PhraseSet<()>,
    pub magnitudes: PhraseSet<f64>,
    pub money_magnitudes: PhraseSet<f64>,
    pub duals: PhraseSet<()>,
    pub ages: PhraseSet<()>,
    /// Particles that may be written onto a number: Arabic "و80".
    pub clitics: Vec<String>,
    pub collectives: PhraseSet<f64>,
    pub vague: PhraseSet<(f64, f64)>,
    pub fractions: PhraseSet<f64>,
    pub zero: PhraseSet<()>,
    pub bounds: PhraseSet<Bound>,
    pub bounds_after: PhraseSet<Bound>,
    pub range_open: PhraseSet<()>,
    pub range_to: PhraseSet<()>,
    pub range_and: PhraseSet<()>,
    pub units: PhraseSet<Unit>,
    pub fillers: PhraseSet<()>,
    pub increments: PhraseSet<()>,
    pub not_after: PhraseSet<()>,
    pub not_before: PhraseSet<()>,
    pub concepts: PhraseSet<String>,
    pub persons: Vec<String>,
    pub verbs: PhraseSet<String>,
    pub totals: PhraseSet<String>,
    pub links: PhraseSet<()>,
    pub levels: PhraseSet<String>,
}

impl Lexicon {
    pub fn new(pack: &Pack) -> Result<Self> {
        let section = &pack.quantity;
        let morphology = pack.morphology();
        // Number words take clitics but no endings of their own: "mil~" is never written.
        let set = |phrases: &[String]| {
            PhraseSet::new(phrases.iter().map(|p| (p.as_str(), ())), morphology.clone())
        };
        let number = |key: &String| -> Result<f64> {
            key.parse().map_err(|_| Error::LanguageData {
                file: format!("packs/{}.toml", pack.code),
                problem: format!("[quantity]: \"{key}\" is not a number"),
                remedy: "write the value with digits".to_owned(),
            })
        };
        let mut vague = Vec::new();
        for (key, phrases) in &section.vague {
            let (low, high) = key.split_once('-').unwrap_or((key, key));
            let range = (number(&low.to_owned())?, number(&high.to_owned())?);
            vague.extend(phrases.iter().map(|p| (p.clone(), range)));
        }
        let bounds = [
            (&section.about, Bound::About),
            (&section.at_least, Bound::AtLeast),
            (&section.at_most, Bound::AtMost),
            (&section.nearly, Bound::Nearly),
        ];
        let mut after = Vec::new();
        for (key, phrases) in &section.after {
            let bound = match key.as_str() {
                "about" => Bound::About,
                "at_least" => Bound::AtLeast,
                "at_most" => Bound::AtMost,
                _ => Bound::Nearly,
            };
            after.extend(phrases.iter().map(|p| (p.clone(), bound)));
        }
        let valued = |table: &BTreeMap<String, Vec<String>>| -> Result<PhraseSet<f64>> {
            let mut phrases = Vec::new();
            for (key, words) in table {
                let value = number(key)?;
                phrases.extend(words.iter().map(|w| (w.clone(), value)));
            }
            Ok(PhraseSet::new(phrases, morphology.clone()))
        };
        let mut units = Vec::new();
        for words in &section.units {
            let unit = Unit::new(words).map_err(|problem| Error::LanguageData {
                file: format!("packs/{}.toml", pack.code),
                problem: format!("[[quantity.units]] `{}`: {problem}", words.unit),
                remedy: "name a unit that fend knows and that measures the same".to_owned(),
            })?;
            units.extend(words.words.iter().map(|word| (word.clone(), unit.clone())));
        }
        Ok(Lexicon {
            decimal: section.decimal.unwrap_or('.'),
            ordinal_dot: section.ordinal_dot,
            words: valued(&section.words)?,
            ambiguous: set(&section.ambiguous),
            magnitudes: valued(&section.magnitudes)?,
            money_magnitudes: valued(&section.money_magnitudes)?,
            duals: set(&section.duals),
            ages: set(&section.ages),
            clitics: morphology.clitics.clone(),
            collectives: valued(&section.collectives)?,
            vague: PhraseSet::new(vague, morphology.clone()),
            fractions: valued(&section.fractions)?,
            zero: set(&section.zero),
            bounds: PhraseSet::new(
                bounds.iter().flat_map(|(words, bound)| words.iter().map(|w| (w.clone(), *bound))),
                morphology.clone(),
            ),
            bounds_after: PhraseSet::new(after, morphology.clone()),
            range_open: set(&section.range_open),
            range_to: set(&section.range_to),
            range_and: set(&section.range_and),
            // A unit word takes no clitic: Arabic "كم" is not "ك" + "م".
            units: PhraseSet::new(
                units,
                Morphology { endings: morphology.endings.clone(), clitics: Vec::new() },
            ),
            fillers: set(&section.fillers),
            increments: set(&section.increments),
            not_after: set(&section.not_after),
            not_before: set(&section.not_before),
            concepts: by_concept(&section.concepts, &morphology),
            levels: by_concept(&section.levels, &morphology),
            persons: section.persons.clone(),
            verbs: by_concept(&section.verbs, &morphology),
            totals: by_concept(&section.totals, &morphology),
            links: set(&section.links),
        })
    }
}

fn by_concept(table: &BTreeMap<String, Vec<String>>, morphology: &Morphology) -> PhraseSet<String> {
    let phrases =
        table.iter().flat_map(|(id, words)| words.iter().map(move |w| (w.clone(), id.clone())));
    PhraseSet::new(phrases, morphology.clone())
}
