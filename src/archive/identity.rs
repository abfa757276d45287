//! Which archived article an article is a new version of.
//!
//! Ids are unique in a run, and two runs can give one id to two files of one name. So an article is recognised by
//! its own id (front matter, a record's field), else by the file it is read from, its address, or its text; never by
//! the name of its file alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use redb::ReadTransaction;

use super::record::Head;
use super::store::{HANDLES, IDS, Outcome};
use super::{Archive, head};
use crate::article::Article;
use crate::database::redb_call;
use crate::error::Result;

/// What the archive knows of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The id that the article has in the archive, or gets there.
    pub id: String,
    /// The archive has a version of it.
    pub archived: bool,
    /// Number in the archive.
    pub(super) number: Option<u32>,
    /// Version of what the archive has.
    pub(super) version: Option<String>,
}

impl Archive {
    /// For each article of a batch, whose ids are unique, what the archive knows of it. An archive that does not
    /// exist knows nothing.
    ///
    /// # Errors
    /// As [`Archive::list`].
    pub fn identify(&self, articles: &[Article]) -> Result<Vec<Identity>> {
        self.store.read(|transaction| identify(transaction, articles))
    }
}

/// The name under which versions of an article are looked for.
pub(super) fn handle(article: &Article) -> String {
    if article.editorial.own_id {
        return article.id.clone();
    }
    let stem = Path::new(&article.path).file_stem();
    stem.map_or_else(|| article.id.clone(), |stem| stem.to_string_lossy().into_owned())
}

/// A path without `./`, as two runs may write it.
pub(super) fn plain_path(path: &str) -> String {
    path.split('/').filter(|part| *part != ".").collect::<Vec<_>>().join("/")
}

/// How sure it is that two articles of one handle are one; the strongest claim is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    OwnId,
    File,
    Address,
    Text,
}

fn likeness(article: &Article, known: &Head) -> Option<Likeness> {
    if article.editorial.own_id || known.own_id {
        // What names itself is nothing else.
        return (article.editorial.own_id && known.own_id).then_some(Likeness::OwnId);
    }
    // Records of one file are told apart by what their ids add to its name.
    let tail = |id: &str| id.rsplit('/').next().unwrap_or(id).to_owned();
    let stem = handle(article);
    let plain = |id: &str| {
        let tail = tail(id);
        tail == stem || Path::new(&tail).file_stem().is_some_and(|s| s.to_string_lossy() == stem)
    };
    let one_record = tail(&article.id) == tail(&known.id) || plain(&article.id) && plain(&known.id);
    if one_record && same_path(&plain_path(&article.path), &known.path) {
        return Some(Likeness::File);
    }
    if article.url.is_some() && article.url == known.url {
        return Some(Likeness::Address);
    }
    (article.hash == known.hash && article.outlet == known.outlet).then_some(Likeness::Text)
}

/// Equal, or one the end of the other from a folder on: two runs may start in two folders.
fn same_path(a: &str, b: &str) -> bool {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    long == short
        || short.contains('/') && long.strip_suffix(short).is_some_and(|rest| rest.ends_with('/'))
}

pub(super) fn identify(
    transaction: &ReadTransaction,
    articles: &[Article],
) -> Outcome<Vec<Identity>> {
    let mut matches: Vec<(Likeness, usize, u32)> = Vec::new();
    let mut known: BTreeMap<u32, Head> = BTreeMap::new();
    for (at, article) in articles.iter().enumerate() {
        let numbers: Vec<u32> = redb_call(|| {
            let table = transaction.open_multimap_table(HANDLES)?;
            let values = table.get(handle(article).as_str())?;
            Ok(values.map(|number| Ok(number?.value())).collect::<redb::Result<_>>()?)
        })?;
        for number in numbers {
            if !known.contains_key(&number)
                && let Some(head) = head(transaction, number)?
            {
                known.insert(number, head);
            }
            let Some(head) = known.get(&number) else { continue };
            matches.extend(likeness(article, head).map(|likeness| (likeness, at, number)));
        }
    }
    matches.sort_unstable();
    let mut number_of: BTreeMap<usize, u32> = BTreeMap::new();
    let mut used: BTreeSet<u32> = BTreeSet::new();
    for (_, at, number) in matches {
        if !number_of.contains_key(&at) && used.insert(number) {
            number_of.insert(at, number);
        }
    }
    let mut taken: BTreeSet<String> = number_of.values().map(|n| known[n].id.clone()).collect();
    let mut identities = Vec::with_capacity(articles.len());
    for (at, article) in articles.iter().enumerate() {
        if let Some(number) = number_of.get(&at) {
            let head = &known[number];
            identities.push(Identity {
                id: head.id.clone(),
                archived: true,
                number: Some(*number),
                version: Some(head.version.clone()),
            });
            continue;
        }
        let id = free_id(transaction, article, &taken)?;
        taken.insert(id.clone());
        identities.push(Identity { id, archived: false, number: None, version: None });
    }
    Ok(identities)
}

/// The article's id, with as many folders before it as it takes that the archive does not have it.
fn free_id(
    transaction: &ReadTransaction,
    article: &Article,
    taken: &BTreeSet<String>,
) -> Outcome<String> {
    let path = plain_path(&article.path);
    let folders: Vec<&str> =
        path.split('/').rev().skip(1).filter(|part| !part.is_empty()).collect();
    let prefixed = (0..=folders.len()).map(|depth| {
        let mut parts: Vec<&str> = folders[..depth].to_vec();
        parts.reverse();
        parts.push(&article.id);
        parts.join("/")
    });
    let numbered = (2u32..).map(|n| format!("{}:{n}", article.id));
    redb_call(|| {
        let ids = transaction.open_table(IDS)?;
        for id in prefixed.chain(numbered) {
            if !taken.contains(&id) && ids.get(id.as_str())?.is_none() {
                return Ok(id);
            }
        }
        Ok(article.id.clone())
    })
}
