//! Which archived articles can share a story with a new one.
//!
//! Two articles of one story nearly always share an entity, and were published within
//! [`STORY_WINDOW_DAYS`](crate::resolve::stories::STORY_WINDOW_DAYS). So an article's terms are looked up in the
//! months around its date, the rarest first, until so many postings were read; what scores highest, by the rarity of
//! what is shared, is loaded. Both bounds are per new article.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use redb::{ReadTransaction, ReadableTable};

use super::record::{ANY_MONTH, Document, Head, month, window};
use super::store::{DOCUMENTS, FREQUENCIES, IDS, Outcome, POSTINGS};
use super::terms::{self, TermKind};
use super::{Archive, annotator, count, head, replaced_by, unpack};
use crate::article::{Article, PartialDate};
use crate::claim::Claim;
use crate::claim::annotate::annotate;
use crate::claim::time::DateInterval;
use crate::database::redb_call;
use crate::error::Result;
use crate::language::Languages;
use crate::resolve::Background;
use crate::resolve::stories::{STORY_WINDOW_DAYS, within_window};

/// How much of the archive is looked at.
#[derive(Debug, Clone)]
pub struct RetrievalOptions {
    /// Archived articles loaded for each new article, best first.
    pub per_article: usize,
    /// Postings read for each new article, those of the rarest terms first.
    pub postings: usize,
    /// An archive of at most so many articles is loaded whole: what a report over everything would compare.
    pub whole: usize,
    /// Leaves out articles that are known to be older.
    pub since: Option<PartialDate>,
}

impl Default for RetrievalOptions {
    /// 50 articles, 20,000 postings; 100 articles are a small archive.
    fn default() -> Self {
        RetrievalOptions { per_article: 50, postings: 20_000, whole: 100, since: None }
    }
}

/// What the archive has to say to a batch.
#[derive(Debug, Clone, Default)]
pub struct Retrieved {
    /// Archived articles that can share a story with one of the batch, by id, with their claims. Versions of the
    /// batch's own articles, and what another article replaces, are left out.
    pub articles: Vec<(Article, Vec<Claim>)>,
    /// Number of articles in the archive.
    pub archived: usize,
    /// How many articles of archive and batch name what the batch names. None where the archive was loaded whole.
    pub background: Option<Background>,
}

/// A new article, as a query.
struct Query {
    terms: BTreeMap<u64, TermKind>,
    window: Option<DateInterval>,
}

impl Archive {
    /// The archived articles that can share a story with one of the batch's, whose ids are those of
    /// [`Archive::identify`]. `claims` are the batch's, in any order.
    ///
    /// # Errors
    /// As [`Archive::list`].
    pub fn retrieve(
        &self,
        batch: &[Article],
        claims: &[Claim],
        languages: &Languages,
        options: &RetrievalOptions,
    ) -> Result<Retrieved> {
        let mut by_article: BTreeMap<&str, Vec<Claim>> = BTreeMap::new();
        for claim in claims {
            by_article.entry(&claim.article).or_default().push(claim.clone());
        }
        let queries: Vec<Query> = batch
            .iter()
            .map(|article| {
                let claims = by_article.get(article.id.as_str()).map_or(&[][..], Vec::as_slice);
                let terms = terms::terms(claims, &languages.frames);
                Query { terms, window: window(article.date.as_ref()) }
            })
            .collect();
        let annotator = annotator(languages);
        self.store.read(|transaction| {
            let archived = count(transaction)?;
            let mut out = LeftOut::new(batch, options);
            let (numbers, background) = if archived <= options.whole {
                (all_numbers(transaction)?, None)
            } else {
                let frequencies = frequencies(transaction, &queries)?;
                let mut numbers = BTreeSet::new();
                for query in &queries {
                    let ranked = rank(transaction, query, &frequencies, archived, options)?;
                    numbers.extend(out.best(transaction, ranked, query, options.per_article)?);
                }
                let background = background(&queries, &frequencies, archived);
                (numbers, Some(background))
            };
            let mut packed: Vec<(Head, Vec<u8>)> = Vec::new();
            for number in numbers {
                let Some(head) = out.kept(transaction, number)? else { continue };
                let document = redb_call(|| {
                    let table = transaction.open_table(DOCUMENTS)?;
                    Ok(table.get(number)?.map(|document| document.value().to_vec()))
                })?;
                packed.extend(document.map(|document| (head, document)));
            }
            let mut articles = packed
                .into_par_iter()
                .map(|(head, bytes)| {
                    let (article, mut claims) = unpack::<Document>(&bytes)?.unpacked();
                    // Claims of another version of the program may not compare.
                    if head.annotator != annotator {
                        claims = annotate(&article, languages);
                    }
                    Ok((article, claims))
                })
                .collect::<Outcome<Vec<_>>>()?;
            articles.sort_by(|a, b| a.0.id.cmp(&b.0.id));
            Ok(Retrieved { articles, archived, background })
        })
    }
}

/// What is never loaded.
struct LeftOut {
    /// Ids of the batch's articles and of those that they replace.
    ids: BTreeSet<String>,
    since: Option<jiff::civil::Date>,
    seen: HashMap<u32, Option<Head>>,
}

impl LeftOut {
    fn new(batch: &[Article], options: &RetrievalOptions) -> Self {
        let own = batch.iter().map(|article| article.id.clone());
        let replaced = batch.iter().flat_map(|a| a.editorial.replaces().map(str::to_owned));
        let since = window(options.since.as_ref()).map(|days| days.first);
        LeftOut { ids: own.chain(replaced).collect(), since, seen: HashMap::new() }
    }

    /// The head of an article, unless it is left out.
    fn kept(&mut self, transaction: &ReadTransaction, number: u32) -> Outcome<Option<Head>> {
        if let Some(known) = self.seen.get(&number) {
            return Ok(known.clone());
        }
        let mut kept = head(transaction, number)?.filter(|head| {
            let too_old = match (head.window(), self.since) {
                (Some(days), Some(since)) => days.last < since,
                _ => false,
            };
            !too_old && !self.ids.contains(&head.id)
        });
        if let Some(head) = &kept
            && !replaced_by(transaction, number, &head.id)?.is_empty()
        {
            kept = None;
        }
        self.seen.insert(number, kept.clone());
        Ok(kept)
    }

    /// The first `most` of the ranked articles that are not left out and were published near the query.
    fn best(
        &mut self,
        transaction: &ReadTransaction,
        ranked: Vec<u32>,
        query: &Query,
        most: usize,
    ) -> Outcome<Vec<u32>> {
        let mut best = Vec::new();
        let of = |days: Option<DateInterval>| days.into_iter().collect::<Vec<_>>();
        for number in ranked {
            if best.len() == most {
                break;
            }
            let Some(head) = self.kept(transaction, number)? else { continue };
            if within_window(&of(head.window()), &of(query.window)) {
                best.push(number);
            }
        }
        Ok(best)
    }
}

fn all_numbers(transaction: &ReadTransaction) -> Outcome<BTreeSet<u32>> {
    redb_call(|| {
        let ids = transaction.open_table(IDS)?;
        Ok(ids.iter()?.map(|entry| Ok(entry?.1.value())).collect::<redb::Result<_>>()?)
    })
}

/// How many archived articles have each of the batch's terms.
fn frequencies(transaction: &ReadTransaction, queries: &[Query]) -> Outcome<BTreeMap<u64, u32>> {
    let terms: BTreeSet<u64> =
        queries.iter().flat_map(|query| query.terms.keys().copied()).collect();
    redb_call(|| {
        let table = transaction.open_table(FREQUENCIES)?;
        let mut frequencies = BTreeMap::new();
        for term in terms {
            if let Some(count) = table.get(term)? {
                frequencies.insert(term, count.value());
            }
        }
        Ok(frequencies)
    })
}

/// How many articles of archive and batch name each entity of the batch.
fn background(queries: &[Query], frequencies: &BTreeMap<u64, u32>, archived: usize) -> Background {
    let mut seen_in: BTreeMap<u64, usize> = BTreeMap::new();
    for query in queries {
        for (term, _) in query.terms.iter().filter(|(_, kind)| **kind == TermKind::Entity) {
            *seen_in
                .entry(*term)
                .or_insert_with(|| frequencies.get(term).map_or(0, |&count| count as usize)) += 1;
        }
    }
    Background::new(archived + queries.len(), move |entity| {
        let terms = terms::entity_terms(entity);
        terms.iter().filter_map(|term| seen_in.get(term).copied()).max().unwrap_or(0)
    })
}

/// Archived articles that share an entity with a query, best first.
fn rank(
    transaction: &ReadTransaction,
    query: &Query,
    frequencies: &BTreeMap<u64, u32>,
    archived: usize,
    options: &RetrievalOptions,
) -> Outcome<Vec<u32>> {
    let mut order: Vec<(u32, u64, TermKind)> = query
        .terms
        .iter()
        .filter_map(|(&term, &kind)| Some((*frequencies.get(&term)?, term, kind)))
        .collect();
    order.sort_unstable();
    let months = months(query.window);
    let mut left = options.postings;
    // Per article: what it scores, and whether it shares what articles of one story must share.
    let mut scores: HashMap<u32, (f64, bool)> = HashMap::new();
    redb_call(|| {
        let postings = transaction.open_multimap_table(POSTINGS)?;
        for (count, term, kind) in order {
            if left == 0 {
                break;
            }
            let worth = kind.weight() * (1.0 + archived as f64 / f64::from(count.max(1))).ln();
            let ranges = [(ANY_MONTH, ANY_MONTH), months];
            for (first, last) in ranges {
                for list in postings.range((term, first)..=(term, last))? {
                    for number in list?.1.take(left) {
                        let (score, linked) = scores.entry(number?.value()).or_default();
                        *score += worth;
                        *linked |= kind.makes_a_story();
                        left -= 1;
                    }
                }
            }
        }
        Ok(())
    })?;
    let mut ranked: Vec<(f64, u32)> = scores
        .into_iter()
        .filter(|(_, (_, linked))| *linked)
        .map(|(number, (score, _))| (score, number))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    Ok(ranked.into_iter().map(|(_, number)| number).collect())
}

/// The first and last month in which an article of the query's story can have come out.
fn months(window: Option<DateInterval>) -> (u32, u32) {
    let Some(days) = window else { return (ANY_MONTH + 1, u32::MAX) };
    let reach = jiff::Span::new().days(STORY_WINDOW_DAYS);
    let first = days.first.checked_sub(reach).map_or(ANY_MONTH + 1, month);
    let last = days.last.checked_add(reach).map_or(u32::MAX, month);
    (first, last)
}
