//! Reports: the findings of a run in the forms that people and programs read.
//!
//! [`render`] writes a [`Report`] in a [`ReportFormat`]. What people read goes through one view of
//! the report in the reader's language; what programs read keeps every byte of the articles.

use std::io::{self, Write};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::check::CheckSummary;
use crate::dossier::Dossier;
use crate::judge::Finding;

mod annotated;
mod csv;
mod github;
mod gitlab;
pub(crate) mod html;
mod json;
mod jsonl;
mod junit;
pub mod label;
pub mod locale;
pub mod locate;
pub(crate) mod markdown;
mod matrix;
pub mod plain;
pub mod rules;
mod sarif;
mod standing;
mod text;
pub(crate) mod timeline;
mod told;
mod verdict;
pub(crate) mod view;
pub mod visible;
mod wrap;

pub use locale::Locale;

/// How a report is to look.
#[derive(Debug, Clone)]
pub struct RenderOptions {
    /// The reader's language.
    pub locale: Locale,
    /// Columns that a line of text may take.
    pub width: usize,
    /// Whether text may carry ANSI styles.
    pub colour: bool,
}

/// One form of a report.
pub trait Format: Sync {
    /// Writes the whole report. The same report and options give the same bytes.
    ///
    /// # Errors
    /// Those of `out`.
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()>;
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportFormat {
    /// For a terminal.
    Text,
    /// For a terminal, with the sentences shown as compilers show lines of code.
    Annotated,
    /// For a pull request.
    Markdown,
    /// One self-contained page.
    Html,
    /// The whole report, versioned, with a published schema.
    Json,
    /// One finding a line.
    Jsonl,
    /// One finding a row.
    Csv,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit XML.
    Junit,
}

impl ReportFormat {
    /// All forms.
    pub const ALL: [ReportFormat; 11] = [
        ReportFormat::Text,
        ReportFormat::Annotated,
        ReportFormat::Markdown,
        ReportFormat::Html,
        ReportFormat::Json,
        ReportFormat::Jsonl,
        ReportFormat::Csv,
        ReportFormat::Sarif,
        ReportFormat::Github,
        ReportFormat::Gitlab,
        ReportFormat::Junit,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            ReportFormat::Text => "text",
            ReportFormat::Annotated => "annotated",
            ReportFormat::Markdown => "markdown",
            ReportFormat::Html => "html",
            ReportFormat::Json => "json",
            ReportFormat::Jsonl => "jsonl",
            ReportFormat::Csv => "csv",
            ReportFormat::Sarif => "sarif",
            ReportFormat::Github => "github",
            ReportFormat::Gitlab => "gitlab",
            ReportFormat::Junit => "junit",
        }
    }

    /// What writes it.
    pub fn format(self) -> &'static dyn Format {
        match self {
            ReportFormat::Text => &text::Text,
            ReportFormat::Annotated => &annotated::Annotated,
            ReportFormat::Markdown => &markdown::Markdown,
            ReportFormat::Html => &html::Html,
            ReportFormat::Json => &json::Json,
            ReportFormat::Jsonl => &jsonl::Jsonl,
            ReportFormat::Csv => &csv::Csv,
            ReportFormat::Sarif => &sarif::Sarif,
            ReportFormat::Github => &github::Github,
            ReportFormat::Gitlab => &gitlab::Gitlab,
            ReportFormat::Junit => &junit::JunitXml,
        }
    }
}

impl std::fmt::Display for ReportFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ReportFormat {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let wanted = name.to_ascii_lowercase();
        let wanted = match wanted.as_str() {
            "md" => "markdown",
            "txt" => "text",
            "ndjson" => "jsonl",
            other => other,
        };
        Self::ALL.into_iter().find(|format| format.name() == wanted).ok_or_else(|| {
            let known = Self::ALL.map(ReportFormat::name).join(", ");
            format!("no report format `{name}`; use one of {known}")
        })
    }
}

/// Writes a report in one of its forms.
///
/// # Errors
/// Those of `out`; a closed pipe among them, which the caller may take as no error.
pub fn render(
    report: &Report,
    format: ReportFormat,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    format.format().write(report, options, out)
}

/// Everything that a report shows; every format renders this and nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What was read.
    pub run: Run,
    /// Strongest first: contradictions, then divergent accounts, then the rest.
    pub dossiers: Vec<Dossier>,
    /// Strongest first, in the same order of relations.
    pub findings: Vec<Finding>,
    /// Of `crossclaim check`: the verdict and what led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckSummary>,
}

/// What went into a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Version of crossclaim.
    pub version: String,
    /// The NLI model's name; none when NLI was switched off.
    pub model: Option<String>,
    /// Whether the judge's weights were fitted for this model; where not, its scores are shown and count for
    /// nothing.
    #[serde(default = "yes")]
    pub calibrated: bool,
    /// The NLI model's digest.
    pub model_digest: Option<String>,
    /// Articles read, by id.
    pub articles: Vec<RunArticle>,
    /// Number of claims read off them.
    pub claims: usize,
    /// Number of candidate pairs scored.
    pub pairs: usize,
    /// What could not be read, each with its remedy, in the order of the input.
    pub problems: Vec<String>,
}

/// Reports of versions before the field were all of the built-in model.
fn yes() -> bool {
    true
}

/// An article as a report lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunArticle {
    /// The article's id.
    pub id: String,
    /// The outlet, or the article's id.
    pub outlet: String,
    /// Headline, where known.
    pub title: Option<String>,
    /// Address, where known.
    pub url: Option<String>,
    /// Language.
    pub language: String,
    /// Publication date as far as known; `assumed` tells when it was borrowed.
    pub published: Option<String>,
    /// The publication date was assumed or borrowed from other articles.
    pub assumed: bool,
    /// The article it is a copy of, if it is one.
    pub copy_of: Option<String>,
}
