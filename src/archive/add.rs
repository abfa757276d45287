//! Adding articles, and taking them out.
//!
//! Articles are annotated and packed in parallel, batch by batch, while the batch before is committed.

use std::collections::BTreeMap;
use std::sync::mpsc::sync_channel;

use rayon::prelude::*;
use redb::{MultimapTable, ReadableTable, Table, WriteTransaction};
use sha2::{Digest, Sha256};

use super::identity::{handle, plain_path};
use super::record::{Document, Head, encode};
use super::store::{
    DOCUMENTS, FREQUENCIES, HANDLES, HEADS, IDS, META, NEXT_KEY, Outcome, POSTINGS, Place, REPLACED,
};
use super::{Archive, annotator, problem, terms, unpack};
use crate::article::Article;
use crate::claim::annotate::annotate;
use crate::database::{Trouble, redb_call};
use crate::error::Result;
use crate::language::Languages;

/// How articles are added.
#[derive(Debug, Clone)]
pub struct AddOptions {
    /// Articles of one commit: what is lost at most if the process is killed.
    pub batch: usize,
}

impl Default for AddOptions {
    /// 256 articles a commit.
    fn default() -> Self {
        AddOptions { batch: 256 }
    }
}

/// What adding did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddSummary {
    /// Articles that are new in the archive.
    pub added: usize,
    /// Articles whose claims were replaced, since they, or what annotates them, changed.
    pub changed: usize,
    /// Articles that the archive had.
    pub unchanged: usize,
    /// Articles that stand under another id than they came with, since the archive has another article of that
    /// id: both ids.
    pub renamed: Vec<(String, String)>,
    /// Ids that an added article replaces and that the archive does not have.
    pub unknown: Vec<String>,
}

/// An article that the archive does not have as it is now.
struct Wanted {
    article: Article,
    number: Option<u32>,
    handle: String,
    version: String,
}

/// An article ready to be written.
struct Packed {
    number: Option<u32>,
    head: Head,
    head_bytes: Vec<u8>,
    document: Vec<u8>,
}

impl Archive {
    /// Adds articles, whose ids are unique. `progress` is called with the number of articles done and of all.
    ///
    /// # Errors
    /// [`Error::Archive`](crate::error::Error::Archive), if another process writes to the archive, or it cannot be
    /// written, is damaged, or of a newer version. What was committed before stays.
    pub fn add(
        &self,
        articles: Vec<Article>,
        languages: &Languages,
        options: &AddOptions,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<AddSummary> {
        let _lock = self.store.lock()?;
        if let Place::File(path) = &self.store.place
            && !path.exists()
        {
            self.store.write(|_| Ok(()))?;
        }
        let annotator = annotator(languages);
        let identities = self.identify(&articles)?;
        let total = articles.len();
        let mut summary = AddSummary::default();
        let mut wanted: Vec<Wanted> = Vec::new();
        for (mut article, identity) in articles.into_iter().zip(identities) {
            let handle = handle(&article);
            article.path = plain_path(&article.path);
            let came_as = std::mem::replace(&mut article.id, identity.id.clone());
            let version = version(&article, &annotator).map_err(|error| self.internal(error))?;
            if identity.version.as_ref() == Some(&version) {
                summary.unchanged += 1;
                continue;
            }
            match identity.archived {
                true => summary.changed += 1,
                false => summary.added += 1,
            }
            if came_as != identity.id && !identity.archived {
                summary.renamed.push((came_as, identity.id.clone()));
            }
            wanted.push(Wanted { article, number: identity.number, handle, version });
        }
        let unchanged = summary.unchanged;
        progress(unchanged, total);
        let replaced: Vec<String> = wanted
            .iter()
            .flat_map(|wanted| wanted.article.editorial.replaces().map(str::to_owned))
            .collect();
        self.write_all(wanted, languages, &annotator, options, &|done| {
            progress(unchanged + done, total);
        })?;
        let ids = if replaced.is_empty() { Default::default() } else { self.ids()? };
        summary.unknown = replaced.into_iter().filter(|id| !ids.contains(id)).collect();
        summary.unknown.sort();
        summary.unknown.dedup();
        Ok(summary)
    }

    /// Takes articles out. Returns the ids that the archive does not have.
    ///
    /// # Errors
    /// As [`Archive::add`].
    pub fn remove(&self, ids: &[String]) -> Result<Vec<String>> {
        // A file that is not there is an error, and is not made.
        self.store.read(|_| Ok(()))?;
        let _lock = self.store.lock()?;
        self.store.write(|transaction| {
            let mut tables = Tables::open(transaction)?;
            let mut frequencies = BTreeMap::new();
            let mut unknown = Vec::new();
            for id in ids {
                let number = redb_call(|| Ok(tables.ids.get(id.as_str())?.map(|n| n.value())))?;
                let Some(number) = number else {
                    unknown.push(id.clone());
                    continue;
                };
                tables.forget(number, &mut frequencies)?;
                redb_call(|| {
                    tables.heads.remove(number)?;
                    tables.documents.remove(number)?;
                    Ok(())
                })?;
            }
            tables.change_frequencies(&frequencies)?;
            Ok(unknown)
        })
    }

    fn internal(&self, error: String) -> crate::error::Error {
        problem(self.path(), format!("an article cannot be written: {error}"), "please report this")
    }

    /// Annotates and writes, one batch after the other.
    fn write_all(
        &self,
        wanted: Vec<Wanted>,
        languages: &Languages,
        annotator: &str,
        options: &AddOptions,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<()> {
        let size = options.batch.max(1);
        std::thread::scope(|scope| {
            // One batch is committed while the next is annotated, and no more are held.
            let (send, receive) = sync_channel::<Vec<Packed>>(1);
            let writer = scope.spawn(move || {
                let mut done = 0;
                for batch in receive {
                    done += batch.len();
                    self.store.write(|transaction| write_batch(transaction, batch))?;
                    progress(done);
                }
                Ok(())
            });
            let mut failed = None;
            let mut rest = wanted.into_iter().peekable();
            while rest.peek().is_some() {
                let batch: Vec<_> = rest.by_ref().take(size).collect();
                let packed: std::result::Result<Vec<Packed>, String> = batch
                    .into_par_iter()
                    .map(|wanted| pack(wanted, languages, annotator))
                    .collect();
                match packed {
                    Ok(packed) => {
                        if send.send(packed).is_err() {
                            // The writer has ended, and says why.
                            break;
                        }
                    }
                    Err(error) => {
                        failed = Some(self.internal(error));
                        break;
                    }
                }
            }
            drop(send);
            let written = writer.join().unwrap_or_else(|_| {
                Err(self.internal("the thread that writes stopped".to_owned()))
            });
            written.and(failed.map_or(Ok(()), Err))
        })
    }
}

/// SHA-256 of an article as it was read and of what annotates it.
fn version(article: &Article, annotator: &str) -> std::result::Result<String, String> {
    let plain = rmp_serde::to_vec_named(article).map_err(|error| error.to_string())?;
    let digest = Sha256::new().chain_update(&plain).chain_update(annotator).finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn pack(
    wanted: Wanted,
    languages: &Languages,
    annotator: &str,
) -> std::result::Result<Packed, String> {
    let Wanted { article, number, handle, version } = wanted;
    let claims = annotate(&article, languages);
    let terms = terms::terms(&claims, &languages.frames);
    let head = Head {
        id: article.id.clone(),
        handle,
        path: article.path.clone(),
        own_id: article.editorial.own_id,
        outlet: article.outlet.clone(),
        title: article.title.clone(),
        url: article.url.clone(),
        language: article.language.clone(),
        date: article.date,
        hash: article.hash.clone(),
        claims: claims.len(),
        supersedes: article.editorial.supersedes.clone(),
        corrects: article.editorial.corrects.clone(),
        version,
        annotator: annotator.to_owned(),
        terms: terms.into_keys().collect(),
    };
    let head_bytes = encode(&head)?;
    let document = encode(&Document::new(article, claims))?;
    Ok(Packed { number, head, head_bytes, document })
}

fn write_batch(transaction: &WriteTransaction, batch: Vec<Packed>) -> Outcome<()> {
    let mut tables = Tables::open(transaction)?;
    let mut frequencies: BTreeMap<u64, i64> = BTreeMap::new();
    let mut postings: Vec<((u64, u32), u32)> = Vec::new();
    for packed in batch {
        let number = match packed.number {
            Some(number) => {
                tables.forget(number, &mut frequencies)?;
                number
            }
            None => tables.next_number()?,
        };
        let head = &packed.head;
        for &term in &head.terms {
            *frequencies.entry(term).or_default() += 1;
            postings.push(((term, head.bucket()), number));
        }
        redb_call(|| {
            tables.heads.insert(number, packed.head_bytes.as_slice())?;
            tables.documents.insert(number, packed.document.as_slice())?;
            tables.ids.insert(head.id.as_str(), number)?;
            tables.handles.insert(head.handle.as_str(), number)?;
            for id in head.replaces() {
                tables.replaced.insert(id, number)?;
            }
            Ok(())
        })?;
    }
    // In the order of the tree, so that pages are filled one after the other.
    postings.sort_unstable();
    redb_call(|| {
        for (key, number) in &postings {
            tables.postings.insert(key, number)?;
        }
        Ok(())
    })?;
    tables.change_frequencies(&frequencies)
}

/// The tables of one transaction, opened once: opening one costs more than a look into it.
struct Tables<'t> {
    meta: Table<'t, &'static str, u64>,
    heads: Table<'t, u32, &'static [u8]>,
    documents: Table<'t, u32, &'static [u8]>,
    ids: Table<'t, &'static str, u32>,
    handles: MultimapTable<'t, &'static str, u32>,
    replaced: MultimapTable<'t, &'static str, u32>,
    postings: MultimapTable<'t, (u64, u32), u32>,
    frequencies: Table<'t, u64, u32>,
}

impl<'t> Tables<'t> {
    fn open(transaction: &'t WriteTransaction) -> Outcome<Tables<'t>> {
        redb_call(|| {
            Ok(Tables {
                meta: transaction.open_table(META)?,
                heads: transaction.open_table(HEADS)?,
                documents: transaction.open_table(DOCUMENTS)?,
                ids: transaction.open_table(IDS)?,
                handles: transaction.open_multimap_table(HANDLES)?,
                replaced: transaction.open_multimap_table(REPLACED)?,
                postings: transaction.open_multimap_table(POSTINGS)?,
                frequencies: transaction.open_table(FREQUENCIES)?,
            })
        })
    }

    fn next_number(&mut self) -> Outcome<u32> {
        let next = redb_call(|| {
            let next = self.meta.get(NEXT_KEY)?.map_or(0, |next| next.value());
            self.meta.insert(NEXT_KEY, next + 1)?;
            Ok(next)
        })?;
        u32::try_from(next).map_err(|_| Trouble::Damaged("it has no number left".to_owned()))
    }

    /// Takes an article out of the index; its head and document stay.
    fn forget(&mut self, number: u32, frequencies: &mut BTreeMap<u64, i64>) -> Outcome<()> {
        let bytes = redb_call(|| Ok(self.heads.get(number)?.map(|head| head.value().to_vec())))?;
        let Some(bytes) = bytes else { return Ok(()) };
        let head: Head = unpack(&bytes)?;
        for &term in &head.terms {
            *frequencies.entry(term).or_default() -= 1;
        }
        redb_call(|| {
            self.ids.remove(head.id.as_str())?;
            self.handles.remove(head.handle.as_str(), number)?;
            for id in head.replaces() {
                self.replaced.remove(id, number)?;
            }
            for &term in &head.terms {
                self.postings.remove((term, head.bucket()), number)?;
            }
            Ok(())
        })
    }

    fn change_frequencies(&mut self, changes: &BTreeMap<u64, i64>) -> Outcome<()> {
        redb_call(|| {
            for (&term, &change) in changes {
                let before =
                    self.frequencies.get(term)?.map_or(0, |count| i64::from(count.value()));
                match u32::try_from(before + change) {
                    Ok(0) | Err(_) => drop(self.frequencies.remove(term)?),
                    Ok(count) => drop(self.frequencies.insert(term, count)?),
                }
            }
            Ok(())
        })
    }
}
