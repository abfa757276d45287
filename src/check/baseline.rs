//! The baseline: findings that someone looked at and accepted, with the reason.
//!
//! A file of entries, TOML or JSON. An entry names a finding by its fingerprint, which is made of the kind and the two
//! sentences; beside it stand a hash of each sentence, so that a sentence that was changed since is recognised, and
//! the beginnings of both, for who reads the file.

mod file;
mod matching;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use matching::{Matched, Reach};

use super::BaselineEntry;
use crate::error::{Error, Result};
use crate::judge::fingerprint::{fold, hex};
use crate::judge::{Finding, Kind};

/// Characters of a sentence that stand in the file.
const SHOWN: usize = 120;

/// The entries of a baseline file.
#[derive(Debug, Clone)]
pub struct Baseline {
    path: PathBuf,
    entries: Vec<Entry>,
    /// The file as it was read; empty for a new one.
    source: String,
}

/// A finding that someone accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub fingerprint: String,
    pub kind: Kind,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "file::day")]
    pub date: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "file::day")]
    pub expires: Option<Date>,
    pub a: EntrySide,
    pub b: EntrySide,
}

/// One of the two sentences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntrySide {
    /// The article's id when the finding was accepted.
    pub article: String,
    /// The first 16 hexadecimal digits of a SHA-256 of the sentence, folded as in a fingerprint.
    pub hash: String,
    /// The sentence's beginning.
    pub text: String,
}

/// What whoever accepts findings has to say.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// Why.
    pub reason: String,
    /// Who.
    pub author: Option<String>,
    /// What else.
    pub note: Option<String>,
    /// The day.
    pub date: Date,
    /// The last day on which the entries count.
    pub expires: Option<Date>,
}

impl Baseline {
    /// A baseline without entries, to be written to this file.
    pub fn empty(path: &Path) -> Baseline {
        Baseline { path: path.to_owned(), entries: Vec::new(), source: String::new() }
    }

    /// Reads a file: JSON where its name says so, else TOML.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Input`] with a line where it is no baseline.
    pub fn read(path: &Path) -> Result<Baseline> {
        let source = std::fs::read_to_string(path).map_err(|source| Error::Io {
            path: path.to_owned(),
            action: "read",
            source,
            remedy: "check the path, or begin a baseline with `crossclaim baseline update`"
                .to_owned(),
        })?;
        Baseline::parse(path, source)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Ids of all articles that entries name.
    pub fn article_ids(&self) -> Vec<&str> {
        let ids: BTreeSet<&str> = self
            .entries
            .iter()
            .flat_map(|entry| [entry.a.article.as_str(), entry.b.article.as_str()])
            .collect();
        ids.into_iter().collect()
    }

    /// Accepts findings. An entry that one of them was re-opened from goes, and so does one of the same fingerprint
    /// whose time was over. Returns how many entries are new.
    pub fn accept(
        &mut self,
        findings: &[&Finding],
        reopened: &[super::Reopened],
        acceptance: &Acceptance,
    ) -> usize {
        let accepted: BTreeMap<&str, &Finding> =
            findings.iter().map(|finding| (finding.fingerprint.as_str(), *finding)).collect();
        let gone: BTreeSet<&str> = reopened
            .iter()
            .filter(|r| accepted.contains_key(r.fingerprint.as_str()))
            .map(|r| r.entry.fingerprint.as_str())
            .collect();
        let keep = |entry: &Entry| {
            let print = entry.fingerprint.as_str();
            !gone.contains(print) && !accepted.contains_key(print)
        };
        self.retain(keep);
        let entry = |finding: &&Finding| Entry {
            fingerprint: finding.fingerprint.clone(),
            kind: finding.kind,
            reason: acceptance.reason.clone(),
            author: acceptance.author.clone(),
            note: acceptance.note.clone(),
            date: Some(acceptance.date),
            expires: acceptance.expires,
            a: EntrySide::new(&finding.a.article, &finding.a.sentence),
            b: EntrySide::new(&finding.b.article, &finding.b.sentence),
        };
        self.extend(accepted.values().map(entry).collect());
        accepted.len()
    }

    /// Takes out the entries with these fingerprints. Returns how many there were.
    pub fn prune(&mut self, fingerprints: &BTreeSet<&str>) -> usize {
        let before = self.len();
        self.retain(|entry| !fingerprints.contains(entry.fingerprint.as_str()));
        before - self.len()
    }
}

impl EntrySide {
    fn new(article: &str, sentence: &str) -> EntrySide {
        EntrySide { article: article.to_owned(), hash: hash(sentence), text: beginning(sentence) }
    }
}

impl Entry {
    /// The entry as a report names it.
    fn summary(&self) -> BaselineEntry {
        BaselineEntry {
            fingerprint: self.fingerprint.clone(),
            kind: self.kind,
            reason: self.reason.clone(),
            author: self.author.clone(),
            note: self.note.clone(),
            date: self.date.map(|date| date.to_string()),
            expires: self.expires.map(|date| date.to_string()),
            articles: vec![self.a.article.clone(), self.b.article.clone()],
            texts: vec![self.a.text.clone(), self.b.text.clone()],
        }
    }
}

/// Of a sentence, folded: what tells whether it was changed.
fn hash(sentence: &str) -> String {
    hex(&fold(sentence)).chars().take(16).collect()
}

/// A sentence's beginning, on one line.
fn beginning(sentence: &str) -> String {
    let folded = fold(sentence);
    if folded.chars().count() <= SHOWN {
        return folded;
    }
    folded.chars().take(SHOWN - 1).chain(['…']).collect()
}
