//! The languages of reports: texts, names of days and months, numbers.
//!
//! Texts are data (`locale/en.toml`, `locale/fr.toml`); the names of months and weekdays come from
//! CLDR. Everything here is total: a text that is missing renders as its id, never as a panic.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use icu_calendar::Date;
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::{E, M};
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::judge::{Kind, Message, Relation, Severity, Voices};

pub mod dates;
mod template;
pub mod values;

/// The built-in languages: code, CLDR locale, texts.
const BUILTIN: [(&str, &str, &str); 2] = [
    // British English writes the day before the month, as the rest of this program does.
    ("en", "en-GB", include_str!("locale/en.toml")),
    ("fr", "fr", include_str!("locale/fr.toml")),
];

/// How a language writes numbers and joins words: the file's section `[locale]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Manners {
    name: String,
    decimal: String,
    group: String,
    group_from: u64,
    percent: String,
    list: String,
    list_or: String,
    singular_below_two: bool,
    quote_open: String,
    quote_close: String,
    contract: Vec<(String, String)>,
    elide: Vec<String>,
    vowels: String,
}

/// A language that reports are written in.
#[derive(Debug, Clone)]
pub struct Locale {
    code: String,
    manners: Manners,
    texts: BTreeMap<String, String>,
    questions: BTreeMap<String, String>,
    months: Vec<String>,
    weekdays: Vec<String>,
}

impl Locale {
    /// Codes of the built-in languages.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(code, _, _)| *code)
    }

    /// A built-in language by its BCP 47 code; regional codes ("fr-CA") fall back on their language.
    ///
    /// # Errors
    /// When no built-in language has that code.
    pub fn builtin(code: &str) -> Result<Self> {
        let primary = code.split(['-', '_', '.']).next().unwrap_or(code).to_ascii_lowercase();
        let Some((code, cldr, toml)) = BUILTIN.iter().find(|(known, _, _)| *known == primary)
        else {
            return Err(Error::LanguageData {
                file: format!("report locale {code}"),
                problem: "there is no such locale".to_owned(),
                remedy: format!("use one of {}", Self::codes().collect::<Vec<_>>().join(", ")),
            });
        };
        let wrong = |problem: String| Error::LanguageData {
            file: format!("report/locale/{code}.toml"),
            problem,
            remedy: "compare it with en.toml".to_owned(),
        };
        let mut tables: toml::Table =
            toml::from_str(toml).map_err(|problem| wrong(problem.to_string()))?;
        let manners = tables
            .remove("locale")
            .ok_or_else(|| wrong("section [locale] is missing".to_owned()))?
            .try_into()
            .map_err(|problem: toml::de::Error| wrong(problem.to_string()))?;
        let mut texts = BTreeMap::new();
        flatten("", &tables, &mut texts);
        Ok(Locale {
            code: (*code).to_owned(),
            manners,
            texts,
            questions: BTreeMap::new(),
            months: month_names(cldr).map_err(|problem| wrong(problem.to_string()))?,
            weekdays: weekday_names(cldr).map_err(|problem| wrong(problem.to_string()))?,
        })
    }

    /// Adds the questions of event frames: `<frame>.<slot>` → template ("When did {theme} fall?").
    /// A message `question.<frame>.<slot>` looks here first.
    #[must_use]
    pub fn with_questions(mut self, questions: BTreeMap<String, String>) -> Self {
        self.questions.extend(questions);
        self
    }

    /// Adds the questions found in a file of event frames, from `[<frame>.questions.<slot>]`,
    /// key: this locale's code.
    ///
    /// # Errors
    /// When `toml` is no TOML; `file` is named in the message.
    pub fn with_frames(self, file: &str, toml: &str) -> Result<Self> {
        let frames: toml::Table = toml::from_str(toml).map_err(|problem| Error::LanguageData {
            file: file.to_owned(),
            problem: problem.to_string(),
            remedy: "compare it with the built-in src/language/frames.toml".to_owned(),
        })?;
        let mut questions = BTreeMap::new();
        for (frame, sections) in &frames {
            let slots = sections.get("questions").and_then(toml::Value::as_table);
            for (slot, texts) in slots.into_iter().flatten() {
                if let Some(text) = texts.get(&self.code).and_then(toml::Value::as_str) {
                    questions.insert(format!("{frame}.{slot}"), text.to_owned());
                }
            }
        }
        Ok(self.with_questions(questions))
    }

    /// BCP 47 code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The language's own name.
    pub fn name(&self) -> &str {
        &self.manners.name
    }

    /// Ids of all templates, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// The template of an id, as written in the locale's file.
    pub fn template(&self, id: &str) -> Option<&str> {
        self.texts.get(id).map(String::as_str)
    }

    /// A message in this language. An unknown id renders as itself with its values.
    pub fn text(&self, message: &Message) -> String {
        self.text_within(message, 0)
    }

    /// A message without values: a label.
    pub fn label(&self, id: &str) -> String {
        self.fill(id, &[])
    }

    /// A template of this locale with its values.
    pub fn fill(&self, id: &str, values: &[(&str, String)]) -> String {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        self.text(&Message { id: id.to_owned(), values })
    }

    /// Name of a kind.
    pub fn kind(&self, kind: Kind) -> String {
        self.label(&format!("kind.{}", key(&kind)))
    }

    /// Name of a relation.
    pub fn relation(&self, relation: Relation) -> String {
        self.label(&format!("relation.{}", key(&relation)))
    }

    /// How many of a relation: "2 contradictions".
    pub fn relation_count(&self, relation: Relation, n: usize) -> String {
        self.fill(&format!("relation.count.{}", key(&relation)), &[("n", n.to_string())])
    }

    /// Name of a severity.
    pub fn severity(&self, severity: Severity) -> String {
        self.label(&format!("severity.{}", key(&severity)))
    }

    /// Name of the voices that a finding lies between.
    pub fn voices(&self, voices: Voices) -> String {
        self.label(&format!("voices.{}", key(&voices)))
    }

    /// Name of a language by its BCP 47 code, or the code.
    pub fn language(&self, code: &str) -> String {
        let primary = code.split(['-', '_']).next().unwrap_or(code);
        let name = self.template(&format!("language.{primary}"));
        name.map_or_else(|| code.to_owned(), str::to_owned)
    }

    /// "label: text" with the language's own spacing.
    pub fn labelled(&self, label: &str, text: &str) -> String {
        self.labelled_text(&self.label(label), text)
    }

    /// As [`Locale::labelled`], before the colon a text of any origin.
    pub fn labelled_text(&self, label: &str, text: &str) -> String {
        // Filled by hand: either may be empty.
        let pattern = self.template("label.colon").unwrap_or("{label}: {text}");
        pattern.replacen("{text}", text, 1).replacen("{label}", label, 1)
    }

    /// A quotation between the language's quotation marks.
    pub fn quoted(&self, text: &str) -> String {
        format!("{}{text}{}", self.manners.quote_open, self.manners.quote_close)
    }

    /// A number, with at most four decimals.
    pub fn number(&self, number: f64) -> String {
        if !number.is_finite() {
            return "∞".to_owned();
        }
        let plain = format!("{:.4}", number.abs());
        let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
        let decimals = decimals.trim_end_matches('0');
        let mut text = String::new();
        if number < 0.0 && (whole != "0" || !decimals.is_empty()) {
            text.push('−');
        }
        let grouped = number.abs() >= self.manners.group_from as f64;
        for (at, digit) in whole.chars().enumerate() {
            if grouped && at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push_str(&self.manners.group);
            }
            text.push(digit);
        }
        if !decimals.is_empty() {
            text.push_str(&self.manners.decimal);
            text.push_str(decimals);
        }
        text
    }

    /// A probability as a percentage. Only what is certain reads as 100 %.
    pub fn percent(&self, probability: f64) -> String {
        let percent = (probability.clamp(0.0, 1.0) * 100.0).round();
        let percent = if probability < 1.0 { percent.min(99.0) } else { percent };
        self.manners.percent.replace("{n}", &self.number(percent))
    }

    /// A share of a count as a percentage with one decimal; nothing is rounded to 0 or 100.
    pub fn share(&self, share: f64) -> String {
        let tenths = (share.clamp(0.0, 1.0) * 1000.0).round();
        let tenths = if share > 0.0 { tenths.max(1.0) } else { tenths };
        let tenths = if share < 1.0 { tenths.min(999.0) } else { tenths };
        self.manners.percent.replace("{n}", &self.number(tenths / 10.0))
    }

    /// "a, b and c".
    pub fn list(&self, items: &[String]) -> String {
        join(items, &self.manners.list)
    }

    /// "a, b or c".
    pub fn list_or(&self, items: &[String]) -> String {
        join(items, &self.manners.list_or)
    }

    /// Whether the singular goes with a number.
    fn singular(&self, number: f64) -> bool {
        if self.manners.singular_below_two { number.abs() < 2.0 } else { number == 1.0 }
    }
}

/// The kebab-case name of a kind, relation, severity or voices, as in the JSON forms.
pub(crate) fn key<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// A message as a value of another message: it is rendered in the report's language where the
/// template asks for the value.
pub fn nested(message: &Message) -> String {
    if message.values.is_empty() {
        return format!("@{}", message.id);
    }
    format!("@{}", serde_json::to_string(message).unwrap_or_default())
}

/// Values that hold several names are joined so.
pub const SEPARATOR: &str = "; ";

fn join(items: &[String], pattern: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => pattern.replace("{head}", &head.join(", ")).replace("{last}", last),
    }
}

fn flatten(prefix: &str, table: &toml::Table, texts: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let id = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&id, inner, texts),
            toml::Value::String(text) => {
                texts.insert(id, text.clone());
            }
            _ => {}
        }
    }
}

/// What CLDR can refuse.
struct Refused(String);

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no calendar names: {}", self.0)
    }
}

fn month_names(cldr: &str) -> std::result::Result<Vec<String>, Refused> {
    (1..=12).map(|month| calendar_name(cldr, 2018, month, 1, true)).collect()
}

/// Monday first.
fn weekday_names(cldr: &str) -> std::result::Result<Vec<String>, Refused> {
    // 1 January 2018 was a Monday.
    (1..=7).map(|day| calendar_name(cldr, 2018, 1, day, false)).collect()
}

fn calendar_name(
    cldr: &str,
    year: i32,
    month: u8,
    day: u8,
    of_month: bool,
) -> std::result::Result<String, Refused> {
    let refused = |problem: &dyn Display| Refused(problem.to_string());
    let locale: icu_locale::Locale = cldr.parse().map_err(|e| refused(&e))?;
    let date = Date::try_new_gregorian(year, month, day).map_err(|e| refused(&e))?;
    Ok(if of_month {
        FixedCalendarDateTimeFormatter::try_new(locale.into(), M::long())
            .map_err(|e| refused(&e))?
            .format(&date)
            .to_string()
    } else {
        FixedCalendarDateTimeFormatter::try_new(locale.into(), E::long())
            .map_err(|e| refused(&e))?
            .format(&date)
            .to_string()
    })
}
