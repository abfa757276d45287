//! Is the archive whole: every page, every record, and an index that says what the articles say.

use std::collections::{BTreeMap, BTreeSet};

use redb::{ReadTransaction, ReadableTable};
use sha2::{Digest, Sha256};

use super::record::{Document, Head};
use super::store::{DOCUMENTS, FREQUENCIES, HANDLES, HEADS, IDS, Outcome, POSTINGS, REPLACED};
use super::{Archive, annotator, record, terms};
use crate::database::redb_call;
use crate::error::Result;
use crate::language::Languages;

impl Archive {
    /// Checks every page, every record against its checksum, every text against its hash, and the index against
    /// the articles. Returns what is wrong, each in a sentence; nothing where the archive is whole. `progress` is
    /// called with the number of articles done and of all.
    ///
    /// # Errors
    /// As [`Archive::add`]: nobody may write meanwhile.
    pub fn verify(
        &self,
        languages: &Languages,
        progress: &dyn Fn(usize, usize),
    ) -> Result<Vec<String>> {
        // A file that is not there is an error, and is not made.
        self.store.read(|_| Ok(()))?;
        let _lock = self.store.lock()?;
        self.store.check_pages()?;
        let annotator = annotator(languages);
        self.store.read(|transaction| {
            let mut wrong = Vec::new();
            let heads = check_records(transaction, languages, &annotator, &mut wrong, progress)?;
            check_index(transaction, &heads, &mut wrong)?;
            Ok(wrong)
        })
    }
}

/// Reads all articles; the heads of those that can be read, by number.
fn check_records(
    transaction: &ReadTransaction,
    languages: &Languages,
    annotator: &str,
    wrong: &mut Vec<String>,
    progress: &dyn Fn(usize, usize),
) -> Outcome<BTreeMap<u32, Head>> {
    let numbers: Vec<u32> = redb_call(|| {
        let heads = transaction.open_table(HEADS)?;
        Ok(heads.iter()?.map(|entry| Ok(entry?.0.value())).collect::<redb::Result<_>>()?)
    })?;
    let documents: BTreeSet<u32> = redb_call(|| {
        let table = transaction.open_table(DOCUMENTS)?;
        Ok(table.iter()?.map(|entry| Ok(entry?.0.value())).collect::<redb::Result<_>>()?)
    })?;
    let known: BTreeSet<u32> = numbers.iter().copied().collect();
    for number in documents.difference(&known) {
        wrong.push(format!("article {number} has a text and no entry"));
    }
    let mut good = BTreeMap::new();
    for (done, &number) in numbers.iter().enumerate() {
        progress(done, numbers.len());
        let (head, document) = redb_call(|| {
            let head = transaction.open_table(HEADS)?.get(number)?.map(|v| v.value().to_vec());
            let document =
                transaction.open_table(DOCUMENTS)?.get(number)?.map(|v| v.value().to_vec());
            Ok((head.unwrap_or_default(), document.unwrap_or_default()))
        })?;
        let head: Head = match record::decode(&head) {
            Ok(head) => head,
            Err(problem) => {
                wrong.push(format!("the entry of article {number}: {problem}"));
                continue;
            }
        };
        match record::decode::<Document>(&document) {
            Ok(document) => compare(&head, &document, languages, annotator, wrong),
            Err(problem) => wrong.push(format!("{}: {problem}", head.id)),
        }
        good.insert(number, head);
    }
    progress(numbers.len(), numbers.len());
    Ok(good)
}

/// Whether an entry says what its article says.
fn compare(
    head: &Head,
    document: &Document,
    languages: &Languages,
    annotator: &str,
    wrong: &mut Vec<String>,
) {
    let Document { article, claims, .. } = document;
    let hash: String =
        Sha256::digest(&article.text).iter().map(|byte| format!("{byte:02x}")).collect();
    if hash != article.hash || hash != head.hash {
        wrong.push(format!("{}: the text does not fit its hash", head.id));
    }
    if article.id != head.id || claims.len() != head.claims {
        wrong.push(format!("{}: the entry does not fit the article", head.id));
    }
    if claims.iter().any(|claim| claim.span.of(&article.text) != claim.text) {
        wrong.push(format!("{}: a claim does not fit the text", head.id));
    }
    // Of another version, the terms may be others.
    if head.annotator == annotator {
        let terms: Vec<u64> = terms::terms(claims, &languages.frames).into_keys().collect();
        if terms != head.terms {
            wrong.push(format!("{}: the index does not fit the claims", head.id));
        }
    }
}

/// Whether the tables by which articles are found hold what the entries say, and nothing else.
fn check_index(
    transaction: &ReadTransaction,
    heads: &BTreeMap<u32, Head>,
    wrong: &mut Vec<String>,
) -> Outcome<()> {
    let mut postings = BTreeSet::new();
    let mut frequencies: BTreeMap<u64, u32> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let mut handles = BTreeSet::new();
    let mut replaced = BTreeSet::new();
    for (&number, head) in heads {
        for &term in &head.terms {
            postings.insert((term, head.bucket(), number));
            *frequencies.entry(term).or_default() += 1;
        }
        ids.insert((head.id.clone(), number));
        handles.insert((head.handle.clone(), number));
        replaced.extend(head.replaces().map(|id| (id.to_owned(), number)));
    }
    let found = redb_call(|| {
        let mut found = BTreeSet::new();
        for list in transaction.open_multimap_table(POSTINGS)?.range::<(u64, u32)>(..)? {
            let (key, numbers) = list?;
            let (term, bucket) = key.value();
            for number in numbers {
                found.insert((term, bucket, number?.value()));
            }
        }
        Ok(found)
    })?;
    differ("postings", &postings, &found, wrong);
    let found = redb_call(|| {
        let table = transaction.open_table(FREQUENCIES)?;
        let entries = table.iter()?.map(|e| e.map(|(term, count)| (term.value(), count.value())));
        Ok(entries.collect::<redb::Result<BTreeSet<_>>>()?)
    })?;
    differ("frequencies", &frequencies.into_iter().collect(), &found, wrong);
    let found = redb_call(|| {
        let table = transaction.open_table(IDS)?;
        let entries = table.iter()?.map(|e| e.map(|(id, n)| (id.value().to_owned(), n.value())));
        Ok(entries.collect::<redb::Result<BTreeSet<_>>>()?)
    })?;
    differ("ids", &ids, &found, wrong);
    for (name, table, expected) in
        [("handles", HANDLES, handles), ("replaced ids", REPLACED, replaced)]
    {
        let found = redb_call(|| {
            let mut found = BTreeSet::new();
            for list in transaction.open_multimap_table(table)?.range::<&str>(..)? {
                let (key, numbers) = list?;
                for number in numbers {
                    found.insert((key.value().to_owned(), number?.value()));
                }
            }
            Ok(found)
        })?;
        differ(name, &expected, &found, wrong);
    }
    Ok(())
}

fn differ<T: Ord>(
    name: &str,
    expected: &BTreeSet<T>,
    found: &BTreeSet<T>,
    wrong: &mut Vec<String>,
) {
    let missing = expected.difference(found).count();
    let extra = found.difference(expected).count();
    if missing + extra > 0 {
        wrong.push(format!("the index of {name} lacks {missing} entries and has {extra} too many"));
    }
}
