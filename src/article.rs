//! Articles: what they are, and how they are read ([`ingest`]).

pub mod copies;
mod date;
mod decode;
mod detect;
mod draft;
mod feed;
mod files;
mod html;
mod http;
mod ids;
pub mod ingest;
mod json;
mod json_ld;
mod layout;
#[cfg(test)]
mod properties;
pub mod reading;
mod sidecar;
mod stub;
mod table;
mod text;
mod warc;

pub use self::detect::detectable_languages;
use serde::{Deserialize, Serialize};

use crate::span::Span;

pub use layout::Layout;

/// A publication date as far as it is known: `2017`, `2017-11` or `2017-11-08`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    /// Civil year.
    pub year: i16,
    /// Month 1–12, if known.
    pub month: Option<i8>,
    /// Day of the month, if known (then the month is known too).
    pub day: Option<i8>,
}

/// Where an article's publication date came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateSource {
    /// The file's own metadata (front matter, JSON-LD, JSONL field, first line).
    Metadata,
    /// The sidecar `articles.csv`.
    Sidecar,
    /// `--assume-date` on the command line.
    Assumed,
    /// There is none.
    Unknown,
}

/// What the newsroom says of an article as a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editorial {
    /// The id is the article's own (front matter, a record's field) and not its file's name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_id: bool,
    /// Ids of the articles in whose place this one stands: they conflict no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<String>,
    /// Ids of the articles that this one corrects: they conflict no more either.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrects: Vec<String>,
}

impl Editorial {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Editorial::default()
    }

    /// The ids of all articles that this one replaces, be it as a new version or as a correction.
    pub fn replaces(&self) -> impl Iterator<Item = &str> {
        self.supersedes.iter().chain(&self.corrects).map(String::as_str)
    }
}

/// Takes out the articles that another one supersedes or corrects. Returns their ids, each with the id of the
/// article that replaces it.
pub fn drop_replaced(articles: &mut Vec<Article>) -> Vec<(String, String)> {
    let by: std::collections::BTreeMap<String, String> = articles
        .iter()
        .flat_map(|a| a.editorial.replaces().map(|old| (old.to_owned(), a.id.clone())))
        .filter(|(old, new)| old != new)
        .collect();
    let mut dropped = Vec::new();
    articles.retain(|article| match by.get(&article.id) {
        Some(new) => {
            dropped.push((article.id.clone(), new.clone()));
            false
        }
        None => true,
    });
    dropped
}

/// One article, decoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// The file's stem, or the `id` field; unique in a run.
    pub id: String,
    /// The file it was read from, as the user named it.
    pub path: String,
    /// Who published it.
    pub outlet: Option<String>,
    /// Its headline, where metadata give one (it may also stand in the text).
    pub title: Option<String>,
    /// Where it was published.
    pub url: Option<String>,
    /// The outlet's country, as the metadata write it: `FR`, `France`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// What the newsroom says of the article as a record.
    #[serde(default, skip_serializing_if = "Editorial::is_empty")]
    pub editorial: Editorial,
    /// BCP 47 language code: `fr`, `en`, `ar` …
    pub language: String,
    /// Publication date as far as known.
    pub date: Option<PartialDate>,
    /// Where the date came from.
    pub date_source: DateSource,
    /// Only the beginning of the article is there: behind a paywall, in a feed, cut by a crawler.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// The decoded text; all spans point into it. For a UTF-8 text file it is the whole file.
    pub text: String,
    /// The part of `text` that is prose: without front matter, byte order mark, date line.
    pub body: Span,
    /// How `text` lies in the file at `path`.
    #[serde(default, skip_serializing_if = "Layout::is_file")]
    pub layout: Layout,
    /// SHA-256 of `text`, hexadecimal.
    pub hash: String,
}

impl Article {
    /// What a reader calls the source: the outlet, or else the article's id.
    pub fn outlet_name(&self) -> &str {
        self.outlet.as_deref().unwrap_or(&self.id)
    }
}

impl std::str::FromStr for PartialDate {
    type Err = String;

    /// Reads `2017`, `2017-11`, `2017-11-08`, or the date part of an RFC 3339 time.
    fn from_str(text: &str) -> Result<Self, String> {
        let problem = || format!("{text:?} is no date; write 2017, 2017-11 or 2017-11-08");
        let text_date = text.trim().split(['T', ' ']).next().unwrap_or_default();
        let mut parts = text_date.split('-');
        let mut next = |width: usize| -> Result<Option<i16>, String> {
            match parts.next() {
                None => Ok(None),
                Some(part) if part.len() == width && part.bytes().all(|b| b.is_ascii_digit()) => {
                    part.parse().map(Some).map_err(|_| problem())
                }
                Some(_) => Err(problem()),
            }
        };
        let year = next(4)?.ok_or_else(problem)?;
        let month = next(2)?;
        let day = next(2)?;
        if parts.next().is_some() {
            return Err(problem());
        }
        jiff::civil::Date::new(year, month.unwrap_or(1) as i8, day.unwrap_or(1) as i8)
            .map_err(|_| problem())?;
        Ok(PartialDate { year, month: month.map(|m| m as i8), day: day.map(|d| d as i8) })
    }
}

impl std::fmt::Display for PartialDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for PartialDate {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> String {
        date.to_string()
    }
}
