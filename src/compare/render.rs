//! A study as text, Markdown and JSON. Text, Markdown and the page are made from the same [`Section`]s.

mod json;
mod markdown;
mod sections;
mod text;

use std::io::{self, Write};
use std::str::FromStr;

use serde::Serialize;

use super::Study;
use crate::report::Locale;
use crate::span::Span;

pub use sections::sections;
pub(super) use sections::{group_name, pair_name, rate_text};

/// The forms of a study. The page needs the articles too: see `page`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StudyFormat {
    /// For a terminal.
    Text,
    /// For a document.
    Markdown,
    /// All of it, versioned, with a published schema.
    Json,
    /// One self-contained page.
    Html,
}

impl FromStr for StudyFormat {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name.to_ascii_lowercase().as_str() {
            "text" | "txt" => Ok(StudyFormat::Text),
            "markdown" | "md" => Ok(StudyFormat::Markdown),
            "json" => Ok(StudyFormat::Json),
            "html" => Ok(StudyFormat::Html),
            _ => Err(format!("no format `{name}`; use one of text, markdown, json, html")),
        }
    }
}

/// A part of a study in the reader's language, every text made safe to show.
#[derive(Debug, Serialize)]
pub struct Section {
    /// Name for links.
    pub id: &'static str,
    /// Heading.
    pub title: String,
    /// What the reader must know.
    pub lead: String,
    /// Figures.
    pub table: Option<Table>,
    /// What is told in words.
    pub items: Vec<Item>,
}

/// Figures in rows.
#[derive(Debug, Serialize)]
pub struct Table {
    /// Headings; the first column holds names, the others figures.
    pub columns: Vec<String>,
    /// Rows, each as long as the columns.
    pub rows: Vec<Vec<String>>,
}

/// One thing told in words.
#[derive(Debug, Serialize)]
pub struct Item {
    /// The question.
    pub head: String,
    /// What is said of it in a word.
    pub meta: String,
    /// Lines under it.
    pub lines: Vec<Line>,
}

/// One line of an item.
#[derive(Debug, Default, Serialize)]
pub struct Line {
    /// Who, or what: "Le Matin, 2017-11-08".
    pub label: String,
    /// What is told.
    pub text: String,
    /// The sentence that says so.
    pub quote: Option<String>,
    /// Where it stands: article and span.
    pub place: Option<(String, Span)>,
}

/// Writes a study for a terminal.
///
/// # Errors
/// Those of `out`.
pub fn text(
    study: &Study,
    locale: &Locale,
    top: usize,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    text::write(study, locale, top, width, out)
}

/// Writes a study as Markdown.
///
/// # Errors
/// Those of `out`.
pub fn markdown(study: &Study, locale: &Locale, top: usize, out: &mut dyn Write) -> io::Result<()> {
    markdown::write(study, locale, top, out)
}

/// Writes a study as JSON.
///
/// # Errors
/// Those of `out`.
pub fn json(study: &Study, out: &mut dyn Write) -> io::Result<()> {
    json::write(study, out)
}

/// Heading and what was read.
pub(super) fn masthead(study: &Study, locale: &Locale) -> (String, String) {
    let by = locale.label(&format!("compare.by-{}", study.by.name()));
    let figures = study.corpus;
    let read = locale.fill(
        "compare.read",
        &[
            ("articles", figures.articles.to_string()),
            ("outlets", figures.outlets.to_string()),
            ("origins", figures.origins.to_string()),
            ("stories", figures.stories.to_string()),
            ("claims", figures.claims.to_string()),
        ],
    );
    (locale.fill("compare.title", &[("by", by)]), read)
}

/// Seeds and counts, for the foot.
pub(super) fn colophon(study: &Study, locale: &Locale) -> String {
    let method = &study.method;
    locale.fill(
        "compare.seed",
        &[
            ("seed", method.seed.to_string()),
            ("resamples", method.resamples.to_string()),
            ("permutations", method.permutations.to_string()),
        ],
    )
}
