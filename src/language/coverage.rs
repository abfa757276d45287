//! What the pack of each language covers, counted from the packs themselves.

use serde::Serialize;
use toml::{Table, Value};

use super::Languages;
use crate::syntax;

/// Where what is known of a language comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A pack that ships with the program.
    Builtin,
    /// A user's pack.
    File(String),
    /// No pack: dates and figures from CLDR.
    LocaleData,
}

/// What is known of one language. Counts are of phrases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// BCP 47 code.
    pub code: String,
    /// The language's own name.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// Templates of time expressions.
    pub time: usize,
    /// Trigger phrases of events.
    pub triggers: usize,
    /// Types of event that have a trigger.
    pub frames: usize,
    /// Cues of roles: helpers, adversaries, voices, repetition.
    pub cues: usize,
    /// Heads, titles and markers of names.
    pub names: usize,
    /// Units, approximators and concepts of quantities.
    pub quantity: usize,
    /// Cues of sources.
    pub attribution: usize,
    /// Cues of hedges, denials and plans.
    pub factuality: usize,
    /// Whether there is a model of its syntax.
    pub syntax: bool,
    /// What the language does without, and what happens then.
    pub falls_back: Vec<&'static str>,
}

impl Languages {
    /// What is known of every language that has a pack or words of its own, by code.
    pub fn coverage(&self) -> Vec<Coverage> {
        let packed = self.texts.iter().map(|(code, text)| {
            let table: Table = text.toml.parse().unwrap_or_default();
            let section = |name: &str| table.get(name).map_or(0, strings);
            let events = table.get("events").and_then(Value::as_table).into_iter().flatten();
            let events: Vec<_> = events.filter(|(frame, _)| *frame != "none").collect();
            let name = table.get("name").and_then(Value::as_str).unwrap_or(code);
            Coverage {
                source: match text.builtin {
                    true => Source::Builtin,
                    false => Source::File(text.file.clone()),
                },
                triggers: events.iter().map(|(_, triggers)| phrases(triggers)).sum(),
                frames: events.len(),
                cues: section("cues") + section("voice"),
                names: section("names"),
                quantity: section("quantity"),
                attribution: section("attribution"),
                factuality: section("factuality"),
                ..self.bare(code, name)
            }
        });
        let without = self
            .without_pack
            .iter()
            .filter(|(code, (words, _))| !self.texts.contains_key(*code) && !words.name.is_empty());
        let bare = without.map(|(code, (words, _))| self.bare(code, &words.name));
        let mut all: Vec<Coverage> = packed.chain(bare).map(Coverage::with_fallbacks).collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all
    }

    fn bare(&self, code: &str, name: &str) -> Coverage {
        Coverage {
            code: code.to_owned(),
            name: name.to_owned(),
            source: Source::LocaleData,
            time: self.get(code).map_or(0, |language| language.time.templates()),
            triggers: 0,
            frames: 0,
            cues: 0,
            names: 0,
            quantity: 0,
            attribution: 0,
            factuality: 0,
            syntax: syntax::model(code).is_some(),
            falls_back: Vec::new(),
        }
    }
}

impl Coverage {
    fn with_fallbacks(mut self) -> Self {
        let lacks: [(bool, &'static str); 7] = [
            (self.time == 0, "no time expressions: no date is compared"),
            (self.triggers == 0, "no events: quantities and NLI alone compare claims"),
            (self.names == 0, "names by capital letters and the gazetteer alone"),
            (self.quantity == 0, "numbers in figures, without units and concepts"),
            (self.attribution == 0, "no sources: what is quoted reads as the outlet's own words"),
            (self.factuality == 0, "every sentence but a question reads as fact"),
            (!self.syntax, "no syntax: roles from word order and cues"),
        ];
        self.falls_back = lacks.into_iter().filter(|lack| lack.0).map(|lack| lack.1).collect();
        self
    }
}

/// How many strings a value holds, at any depth.
fn strings(value: &Value) -> usize {
    match value {
        Value::String(_) => 1,
        Value::Array(list) => list.iter().map(strings).sum(),
        Value::Table(table) => table.values().map(strings).sum(),
        _ => 0,
    }
}

/// The trigger phrases of a frame.
fn phrases(triggers: &Value) -> usize {
    let list = triggers.as_array().into_iter().flatten();
    list.filter_map(|trigger| trigger.get("phrases")).map(strings).sum()
}
