//! The archive: articles with their claims on disk, and an index by which a check finds those that can share a story
//! with a new one.
//!
//! Everything is in one file, whose transactions survive the end of the process at any moment. Adding an article
//! again changes nothing, adding a changed one replaces its claims. [`Archive::retrieve`] looks at posting lists of
//! bounded length, so a check costs what its batch costs, not what the archive holds. `docs/archive.md` is the
//! reference.

mod add;
mod identity;
mod record;
mod retrieve;
mod store;
mod terms;
mod verify;

use std::path::{Path, PathBuf};
use std::time::Duration;

use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata};
use serde::Serialize;

pub use add::{AddOptions, AddSummary};
pub use identity::Identity;
pub use retrieve::{RetrievalOptions, Retrieved};

use crate::article::PartialDate;
use crate::claim::time::DateInterval;
use crate::database::{Trouble, redb_call};
use crate::error::{Error, Result};
use crate::language::Languages;
use record::Head;
use store::{HEADS, Outcome, Place, REPLACED, Store};

/// How an archive is opened.
#[derive(Debug, Clone)]
pub struct ArchiveOptions {
    /// How long to wait for a writer's commit or a reader's look. Another writer is not waited for.
    pub patience: Duration,
    /// Who this process is, for the message to another that wants to write: "process 4711, since 17:03".
    pub holder: String,
}

impl Default for ArchiveOptions {
    /// Ten seconds; the process's number.
    fn default() -> Self {
        ArchiveOptions {
            patience: Duration::from_secs(10),
            holder: format!("process {}", std::process::id()),
        }
    }
}

/// An archive of articles. Nothing is opened before it is used.
pub struct Archive {
    store: Store,
}

/// An article as [`Archive::list`] tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedArticle {
    /// The id in the archive.
    pub id: String,
    /// Who published it.
    pub outlet: Option<String>,
    /// Its headline.
    pub title: Option<String>,
    /// Where it was published.
    pub url: Option<String>,
    /// BCP 47 language code.
    pub language: String,
    /// Publication date as far as known.
    pub date: Option<PartialDate>,
    /// The file it was read from.
    pub path: String,
    /// SHA-256 of the text.
    pub hash: String,
    /// Number of claims.
    pub claims: usize,
    /// Ids that it stands in the place of.
    pub supersedes: Vec<String>,
    /// Ids that it corrects.
    pub corrects: Vec<String>,
    /// Ids of archived articles that supersede or correct it: its claims conflict no more.
    pub replaced_by: Vec<String>,
}

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArchiveSummary {
    /// Articles.
    pub articles: usize,
    /// Claims of all articles.
    pub claims: usize,
    /// Articles that another supersedes or corrects.
    pub replaced: usize,
    /// Articles whose claims another version of crossclaim or of its data made; a check makes them anew.
    pub outdated: usize,
    /// Number of outlets that are named.
    pub outlets: usize,
    /// Languages with their numbers of articles, most first.
    pub languages: Vec<(String, usize)>,
    /// First and last possible day of publication.
    pub published: Option<DateInterval>,
    /// Articles of which no date is known.
    pub undated: usize,
    /// Size of the file in bytes.
    pub bytes: u64,
}

impl Archive {
    /// The archive in this file, which need not exist before the first [`Archive::add`].
    pub fn at(path: impl Into<PathBuf>, options: ArchiveOptions) -> Archive {
        Archive { store: Store { place: Place::File(path.into()), options } }
    }

    /// An empty archive that lives as long as this value.
    ///
    /// # Errors
    /// [`Error::Archive`], if memory cannot hold a database.
    pub fn in_memory() -> Result<Archive> {
        Ok(Archive { store: Store::in_memory(ArchiveOptions::default())? })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.store.path()
    }

    /// All articles, by id.
    ///
    /// # Errors
    /// [`Error::Archive`], where the file cannot be read, is damaged, or of a newer version.
    pub fn list(&self) -> Result<Vec<ListedArticle>> {
        let mut articles = self.store.read(|transaction| {
            let mut articles = Vec::new();
            for (number, head) in heads(transaction)? {
                articles.push(ListedArticle {
                    replaced_by: replaced_by(transaction, number, &head.id)?,
                    id: head.id,
                    outlet: head.outlet,
                    title: head.title,
                    url: head.url,
                    language: head.language,
                    date: head.date,
                    path: head.path,
                    hash: head.hash,
                    claims: head.claims,
                    supersedes: head.supersedes,
                    corrects: head.corrects,
                });
            }
            Ok(articles)
        })?;
        articles.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(articles)
    }

    /// What it holds.
    ///
    /// # Errors
    /// As [`Archive::list`].
    pub fn summary(&self, languages: &Languages) -> Result<ArchiveSummary> {
        let annotator = annotator(languages);
        self.store.read(|transaction| {
            let mut summary = ArchiveSummary {
                articles: 0,
                claims: 0,
                replaced: 0,
                outdated: 0,
                outlets: 0,
                languages: Vec::new(),
                published: None,
                undated: 0,
                bytes: std::fs::metadata(self.path()).map_or(0, |data| data.len()),
            };
            let mut outlets = std::collections::BTreeSet::new();
            let mut by_language = std::collections::BTreeMap::<String, usize>::new();
            for (number, head) in heads(transaction)? {
                summary.articles += 1;
                summary.claims += head.claims;
                summary.outdated += usize::from(head.annotator != annotator);
                let replaced = !replaced_by(transaction, number, &head.id)?.is_empty();
                summary.replaced += usize::from(replaced);
                match (head.window(), summary.published) {
                    (None, _) => summary.undated += 1,
                    (Some(days), None) => summary.published = Some(days),
                    (Some(days), Some(all)) => {
                        summary.published = Some(DateInterval {
                            first: all.first.min(days.first),
                            last: all.last.max(days.last),
                        });
                    }
                }
                outlets.extend(head.outlet);
                *by_language.entry(head.language).or_default() += 1;
            }
            summary.outlets = outlets.len();
            summary.languages = by_language.into_iter().collect();
            summary.languages.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            Ok(summary)
        })
    }

    /// The ids of all articles.
    ///
    /// # Errors
    /// As [`Archive::list`].
    pub fn ids(&self) -> Result<std::collections::BTreeSet<String>> {
        self.store.read(|transaction| {
            redb_call(|| {
                let table = transaction.open_table(store::IDS)?;
                table.iter()?.map(|entry| Ok(entry?.0.value().to_owned())).collect()
            })
        })
    }

    /// Those of the ids whose articles another archived article supersedes or corrects.
    ///
    /// # Errors
    /// As [`Archive::list`].
    pub fn replaced(&self, ids: &[&str]) -> Result<std::collections::BTreeSet<String>> {
        self.store.read(|transaction| {
            let mut replaced = std::collections::BTreeSet::new();
            for &id in ids {
                let number = redb_call(|| {
                    Ok(transaction.open_table(store::IDS)?.get(id)?.map(|number| number.value()))
                })?;
                if let Some(number) = number
                    && !replaced_by(transaction, number, id)?.is_empty()
                {
                    replaced.insert(id.to_owned());
                }
            }
            Ok(replaced)
        })
    }

    /// Number of articles.
    ///
    /// # Errors
    /// As [`Archive::list`].
    pub fn len(&self) -> Result<usize> {
        self.store.read(count)
    }

    /// Whether there is no article.
    ///
    /// # Errors
    /// As [`Archive::list`].
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }
}

/// What claims depend on beside their article: the program's version, its data, the index's terms.
fn annotator(languages: &Languages) -> String {
    let data = languages.digest().get(..16).unwrap_or_default();
    format!("{}/{data}/{}", env!("CARGO_PKG_VERSION"), terms::TERMS_VERSION)
}

fn count(transaction: &ReadTransaction) -> Outcome<usize> {
    let count = redb_call(|| Ok(transaction.open_table(HEADS)?.len()?))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// All heads by number.
fn heads(transaction: &ReadTransaction) -> Outcome<Vec<(u32, Head)>> {
    let packed: Vec<(u32, Vec<u8>)> = redb_call(|| {
        let table = transaction.open_table(HEADS)?;
        let entry =
            |entry: redb::Result<(redb::AccessGuard<'_, u32>, redb::AccessGuard<'_, &[u8]>)>| {
                entry.map(|(number, head)| (number.value(), head.value().to_vec()))
            };
        Ok(table.iter()?.map(entry).collect::<redb::Result<_>>()?)
    })?;
    let unpack = |(number, bytes): (u32, Vec<u8>)| Ok((number, unpack(&bytes)?));
    packed.into_iter().map(unpack).collect()
}

/// The head of one article; none if there is none.
fn head(transaction: &ReadTransaction, number: u32) -> Outcome<Option<Head>> {
    let packed = redb_call(|| {
        let table = transaction.open_table(HEADS)?;
        Ok(table.get(number)?.map(|head| head.value().to_vec()))
    })?;
    packed.map(|bytes| unpack(&bytes)).transpose()
}

fn unpack<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Outcome<T> {
    record::decode(bytes).map_err(Trouble::Damaged)
}

/// Ids of the archived articles that supersede or correct the one with this number and id.
fn replaced_by(transaction: &ReadTransaction, number: u32, id: &str) -> Outcome<Vec<String>> {
    let by: Vec<u32> = redb_call(|| {
        let table = transaction.open_multimap_table(REPLACED)?;
        let values = table.get(id)?;
        Ok(values.map(|by| Ok(by?.value())).collect::<redb::Result<_>>()?)
    })?;
    let mut ids = Vec::new();
    for other in by.into_iter().filter(|&other| other != number) {
        ids.extend(head(transaction, other)?.map(|head| head.id));
    }
    ids.sort();
    Ok(ids)
}

/// An error about this archive that is none of the file.
fn problem(path: &Path, problem: String, remedy: &str) -> Error {
    Error::Archive { path: path.to_owned(), problem, remedy: remedy.to_owned() }
}
