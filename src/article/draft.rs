//! What the reader of each format hands over: a text, and the metadata found beside it.
//!
//! All formats name the same things in a dozen ways (`outlet`, `publisher`, `sitename` …).
//! [`Fields`] collects name–value pairs of any format; the lists here say which names mean what.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::date::read_date;
use super::reading::Reading;
use super::{Layout, PartialDate};
use crate::error::Error;
use crate::span::Span;

/// Names of the article's id, folded as [`fold_name`] does. In each list the first that has a
/// value wins.
const ID: &[&str] = &["id"];
/// Names of the outlet: our own first, then news-please, trafilatura, fundus, Media Cloud.
const OUTLET: &[&str] = &[
    "outlet",
    "publisher",
    "sitename",
    "sourcehostname",
    "medianame",
    "source",
    "hostname",
    "sourcedomain",
    "domain",
];
/// Names of what the article replaces; also schema.org's.
const SUPERSEDES: &[&str] = &["supersedes", "replaces"];
const CORRECTS: &[&str] = &["corrects", "correctionof"];
const TITLE: &[&str] = &["title", "headline"];
const URL: &[&str] = &["url", "link", "canonicalurl"];
const DATE: &[&str] = &[
    "date",
    "published",
    "datepublished",
    "datepublish",
    "publishdate",
    "publisheddate",
    "publishingdate",
    "publicationdate",
    "publishedat",
    "pubdate",
];
/// Names of the outlet's country: our own, then Media Cloud's and GDELT's.
const COUNTRY: &[&str] = &["country", "sourcecountry", "mediacountry", "pubcountry"];
const LANGUAGE: &[&str] = &["language", "lang", "inlanguage"];
/// Our own names of all fields.
pub(super) const FIELDS: [&str; 8] =
    ["id", "outlet", "title", "url", "country", "date", "language", "text"];
/// Names of the text itself, in tables and JSON.
const TEXT: &[&str] =
    &["text", "body", "maintext", "plaintext", "content", "articlebody", "rawtext"];

/// A text with its own metadata, before sidecar and options are asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    /// What the file itself says.
    pub metadata: Metadata,
    /// Line of the record in a file of many; tells records with one id apart.
    pub line: Option<usize>,
    /// The decoded text.
    pub text: String,
    /// The prose in `text`.
    pub body: Span,
    /// How the text lies in the file.
    pub layout: Layout,
}

impl Draft {
    /// A draft whose whole text is prose, but for white space around it; `None` for a blank text. It is not
    /// the file itself; where in the file it stands, the caller tells.
    pub fn new(metadata: Metadata, line: Option<usize>, text: String) -> Option<Self> {
        let body = trimmed(&text, 0);
        let layout = Layout::Lines(Vec::new());
        (!body.is_empty()).then_some(Draft { metadata, line, text, body, layout })
    }
}

/// What is known of an article beside its text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Metadata {
    pub id: Option<String>,
    pub outlet: Option<String>,
    pub title: Option<String>,
    pub url: Option<String>,
    pub country: Option<String>,
    /// Ids of articles that this one stands in the place of.
    pub supersedes: Vec<String>,
    /// Ids of articles that this one corrects.
    pub corrects: Vec<String>,
    /// As written; [`super::detect`] makes it a code.
    pub language: Option<String>,
    pub date: Option<PartialDate>,
    /// There is a date, but it cannot be read: then none is borrowed from elsewhere.
    pub date_broken: bool,
    /// Only the beginning is there, as the file itself says.
    pub cut: bool,
    /// The article is not free to read, as its page says.
    pub paywalled: bool,
}

/// Name–value pairs of one article, by folded name.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    values: BTreeMap<String, (String, Option<usize>)>,
}

impl Fields {
    /// Adds a pair with its line; the first of two equal names stays.
    pub fn insert(&mut self, name: &str, value: &str, line: Option<usize>) {
        self.values.entry(fold_name(name)).or_insert_with(|| (value.trim().to_owned(), line));
    }

    /// The text, where one of the pairs holds it.
    pub fn text(&self) -> Option<&str> {
        self.first(TEXT).map(|(value, _)| value)
    }

    /// The other pairs, as metadata; a date that cannot be read is noted.
    pub fn metadata(&self, reading: &Reading, notes: &mut Notes) -> Metadata {
        let text = |names: &[&str]| self.first(names).map(|(value, _)| one_line(value));
        let mut metadata = Metadata {
            id: text(ID),
            title: text(TITLE),
            language: text(LANGUAGE),
            country: text(COUNTRY),
            supersedes: self.ids(SUPERSEDES),
            corrects: self.ids(CORRECTS),
            // trafilatura calls the address `source`, others the outlet.
            outlet: self.find(OUTLET, |value| !is_address(value)).map(|(value, _)| one_line(value)),
            url: self
                .first(URL)
                .or_else(|| self.find(&["source"], is_address))
                .map(|(value, _)| one_line(value)),
            ..Metadata::default()
        };
        if let Some((value, line)) = self.first(DATE) {
            match read_date(value, reading.zone.as_ref()) {
                Ok(date) => metadata.date = Some(date),
                Err(problem) => {
                    metadata.date_broken = true;
                    notes.problem(line, problem, "the article is read without a date; correct it");
                }
            }
        }
        metadata
    }

    /// A list of ids, separated by commas or semicolons, as plain text or a list in brackets.
    fn ids(&self, names: &[&str]) -> Vec<String> {
        let Some((value, _)) = self.first(names) else { return Vec::new() };
        let plain = |part: &str| one_line(part.trim().trim_matches(['"', '\'']));
        let inside = value.trim().trim_start_matches('[').trim_end_matches(']');
        inside.split([',', ';']).map(plain).filter(|id| !id.is_empty()).collect()
    }

    fn first(&self, names: &[&str]) -> Option<(&str, Option<usize>)> {
        self.find(names, |_| true)
    }

    fn find(&self, names: &[&str], fits: impl Fn(&str) -> bool) -> Option<(&str, Option<usize>)> {
        names
            .iter()
            .filter_map(|name| self.values.get(*name))
            .find(|(value, _)| !is_missing(value) && fits(value))
            .map(|(value, line)| (value.as_str(), *line))
    }
}

/// Whether a name holds a list of ids.
pub(super) fn is_list_name(name: &str) -> bool {
    let name = fold_name(name);
    SUPERSEDES.contains(&name.as_str()) || CORRECTS.contains(&name.as_str())
}

/// Lower case without separators: `datePublished`, `date_published`, `Date-Published` are one.
pub(super) fn fold_name(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' ' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a name can hold an article's text.
pub(super) fn is_text_name(name: &str) -> bool {
    TEXT.contains(&fold_name(name).as_str())
}

/// Whether a name means something to us; tells front matter from a text that starts with a rule.
pub(super) fn is_known_name(name: &str) -> bool {
    let name = fold_name(name);
    [SUPERSEDES, CORRECTS, ID, OUTLET, TITLE, URL, DATE, LANGUAGE, COUNTRY]
        .iter()
        .any(|names| names.contains(&name.as_str()))
}

/// How Python and SQL write that there is nothing.
fn is_missing(value: &str) -> bool {
    value.is_empty() || ["none", "null", "nan"].iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn is_address(value: &str) -> bool {
    value.starts_with("http://") || value.starts_with("https://")
}

/// Titles and names stand on one line in reports.
pub(super) fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text[start..]` without the white space around it.
pub(super) fn trimmed(text: &str, start: usize) -> Span {
    let rest = text.get(start..).unwrap_or("");
    let prose = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let from = text.len() - prose.len();
    Span::new(from, from + prose.trim_end().len())
}

/// The 1-based line on which byte `offset` of `text` stands.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// What went wrong so far.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// What was left out.
    pub problems: Vec<Error>,
    /// What the user should know though nothing was left out.
    pub warnings: Vec<Error>,
}

impl Log {
    /// Adds what another log holds.
    pub fn append(&mut self, mut other: Log) {
        self.problems.append(&mut other.problems);
        self.warnings.append(&mut other.warnings);
    }
}

/// Where the reader of one file leaves what the user must know.
#[derive(Debug)]
pub(super) struct Notes {
    path: PathBuf,
    /// What was noted.
    pub log: Log,
}

impl Notes {
    /// An empty pad for the file that the user calls `path`.
    pub fn new(path: &Path) -> Self {
        Notes { path: path.to_owned(), log: Log::default() }
    }

    /// Something could not be used.
    pub fn problem(
        &mut self,
        line: Option<usize>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.log.problems.push(self.input(line, problem.into(), remedy.into()));
    }

    /// Something is odd, but everything was used.
    pub fn warning(
        &mut self,
        line: Option<usize>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.log.warnings.push(self.input(line, problem.into(), remedy.into()));
    }

    /// The file as the user names it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file could not be read.
    pub fn io_problem(&mut self, source: std::io::Error) {
        self.log.problems.push(Error::Io {
            path: self.path.clone(),
            action: "read",
            source,
            remedy: "check that it is a file you may read".to_owned(),
        });
    }

    /// Names the record in the problems from the `from`th on: arrays have no lines to name.
    pub fn name_record(&mut self, from: usize, number: usize) {
        name_record(&mut self.log.problems, from, number);
    }

    /// The same for the warnings.
    pub fn name_warned_record(&mut self, from: usize, number: usize) {
        name_record(&mut self.log.warnings, from, number);
    }

    fn input(&self, line: Option<usize>, problem: String, remedy: String) -> Error {
        Error::Input { path: self.path.clone(), line, problem, remedy }
    }
}

fn name_record(errors: &mut [Error], from: usize, number: usize) {
    for error in errors.iter_mut().skip(from) {
        if let Error::Input { problem, .. } = error {
            *problem = format!("record {number}: {problem}");
        }
    }
}
