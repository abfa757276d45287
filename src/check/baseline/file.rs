//! Reading and writing a baseline. A TOML file keeps its comments: entries are cut out and added as text.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Baseline, Entry, EntrySide};
use crate::error::{Error, Result};

/// The version of the file's form.
const VERSION: u32 = 1;
/// What an entry begins with in TOML.
const HEADER: &str = "[[entries]]";
/// The beginning of a new TOML file.
const PREAMBLE: &str = "# Findings of `crossclaim check` that were looked at and accepted; docs/check.md describes the form.\nversion = 1\n";

/// A file's content.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    version: u32,
    #[serde(default)]
    entries: Vec<Entry>,
}

/// A day, which TOML may also write without quotes.
pub(super) mod day {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Literal(toml::value::Datetime),
    }

    pub(in crate::check::baseline) fn serialize<S: Serializer>(
        day: &Option<Date>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        day.map(|day| day.to_string()).serialize(serializer)
    }

    pub(in crate::check::baseline) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Date>, D::Error> {
        let text = match Option::<Written>::deserialize(deserializer)? {
            None => return Ok(None),
            Some(Written::Text(text)) => text,
            Some(Written::Literal(literal)) => literal.to_string(),
        };
        let day = text
            .parse()
            .map_err(|_| D::Error::custom(format!("{text:?} is no day; write it as 2026-03-31")))?;
        Ok(Some(day))
    }
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

impl Baseline {
    /// Reads a file's text: JSON where the path says so, else TOML.
    ///
    /// # Errors
    /// [`Error::Input`] with a line where it is no baseline.
    pub fn parse(path: &Path, source: String) -> Result<Baseline> {
        let wrong = |line: Option<usize>, problem: String| Error::Input {
            path: path.to_owned(),
            line,
            problem,
            remedy: "correct the baseline, or restore it from version control".to_owned(),
        };
        let content: Content = if is_json(path) {
            serde_json::from_str(&source)
                .map_err(|error| wrong(Some(error.line()), error.to_string()))?
        } else {
            toml::from_str(&source).map_err(|error| {
                let line = error.span().map(|span| {
                    let before = source.get(..span.start).unwrap_or_default();
                    before.matches('\n').count() + 1
                });
                wrong(line, error.message().to_owned())
            })?
        };
        if content.version > VERSION {
            return Err(wrong(
                None,
                format!("version {} is of a newer crossclaim", content.version),
            ));
        }
        let mut seen = BTreeSet::new();
        for entry in &content.entries {
            let line = source
                .lines()
                .position(|line| line.contains(&entry.fingerprint))
                .map(|line| line + 1);
            if entry.reason.trim().is_empty() {
                let problem = format!("the entry {} gives no reason", entry.fingerprint);
                return Err(wrong(line, problem));
            }
            if !seen.insert(entry.fingerprint.as_str()) {
                let problem = format!("the entry {} stands there twice", entry.fingerprint);
                return Err(wrong(line, problem));
            }
        }
        Ok(Baseline { path: path.to_owned(), entries: content.entries, source })
    }

    /// The file's new content.
    ///
    /// # Errors
    /// When an entry cannot be written, which none read or accepted is.
    pub fn render(&self) -> Result<String> {
        if !is_json(&self.path) {
            return Ok(match self.source.is_empty() {
                true => PREAMBLE.to_owned(),
                false => self.source.clone(),
            });
        }
        let content = Content { version: VERSION, entries: self.entries.clone() };
        let json = serde_json::to_string_pretty(&content)
            .map_err(|error| Error::Internal { problem: error.to_string() })?;
        Ok(json + "\n")
    }

    /// Keeps what `keep` says of the entries.
    pub(super) fn retain(&mut self, keep: impl Fn(&Entry) -> bool) {
        let kept: Vec<bool> = self.entries.iter().map(keep).collect();
        if kept.iter().all(|&kept| kept) {
            return;
        }
        let blocks = blocks(&self.source);
        let first = blocks.first().copied().into_iter();
        let of_entries = blocks.iter().skip(1).zip(&kept).filter(|(_, kept)| **kept);
        let text: String = first.chain(of_entries.map(|(block, _)| *block)).collect();
        let mut kept = kept.into_iter();
        self.entries.retain(|_| kept.next().unwrap_or(true));
        self.write(text);
    }

    /// Adds entries at the end.
    pub(super) fn extend(&mut self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        let mut text = match self.source.is_empty() {
            true => PREAMBLE.to_owned(),
            false => self.source.clone(),
        };
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.extend(entries.iter().map(toml_entry));
        self.entries.extend(entries);
        self.write(text);
    }

    /// Takes a changed TOML text if it holds the entries. Where it does not, since the file was not written the way that
    /// we write it (a list in brackets, our header within a text), all is written anew, and comments are lost.
    fn write(&mut self, text: String) {
        if is_json(&self.path) {
            return;
        }
        let read = Baseline::parse(&self.path, text);
        self.source = match read {
            Ok(read) if read.entries == self.entries => read.source,
            _ => std::iter::once(PREAMBLE.to_owned())
                .chain(self.entries.iter().map(toml_entry))
                .collect(),
        };
    }
}

/// A TOML file cut before each entry, comments just above an entry with it; the first part is what stands before all.
fn blocks(source: &str) -> Vec<&str> {
    let mut starts = vec![0];
    let (mut offset, mut comments) = (0, None);
    for line in source.split_inclusive('\n') {
        let text = line.trim();
        if text.starts_with(HEADER) {
            starts.push(comments.unwrap_or(offset));
            comments = None;
        } else if text.starts_with('#') {
            comments = comments.or(Some(offset));
        } else {
            comments = None;
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([source.len()]);
    starts.iter().zip(ends).filter_map(|(&start, end)| source.get(start..end)).collect()
}

fn toml_entry(entry: &Entry) -> String {
    let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let side = |side: &EntrySide| {
        let EntrySide { article, hash, text: words } = side;
        format!("{{ article = {}, hash = {}, text = {} }}", text(article), text(hash), text(words))
    };
    let kind = serde_json::to_value(entry.kind).unwrap_or_default();
    let mut lines = vec![
        format!("\n{HEADER}"),
        format!("fingerprint = {}", text(&entry.fingerprint)),
        format!("kind = {}", text(kind.as_str().unwrap_or_default())),
        format!("reason = {}", text(&entry.reason)),
    ];
    let optional = [("author", &entry.author), ("note", &entry.note)];
    for (name, value) in optional {
        lines.extend(value.as_ref().map(|value| format!("{name} = {}", text(value))));
    }
    let days = [("date", entry.date), ("expires", entry.expires)];
    for (name, day) in days {
        lines.extend(day.map(|day| format!("{name} = {day}")));
    }
    lines.push(format!("a = {}", side(&entry.a)));
    lines.push(format!("b = {}\n", side(&entry.b)));
    lines.join("\n")
}
