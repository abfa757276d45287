//! The stages of a check, each given up when time is up.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::Uncompared;
use crate::archive::{Archive, RetrievalOptions, Retrieved};
use crate::article::{Article, drop_replaced};
use crate::claim::Claim;
use crate::error::Result;
use crate::judge::ScoredPair;
use crate::pair::{self, CandidatePair, PairOptions};
use crate::pipeline::{Pipeline, Progress};
use crate::resolve::{self, Corpus};

/// New articles annotated between two looks at the clock.
const ANNOTATED_AT_ONCE: usize = 32;
/// Pairs scored between two looks at the clock. Fewer make worse batches.
const SCORED_AT_ONCE: usize = 256;

/// When a check has to end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    started: Instant,
    max_time: Option<Duration>,
}

impl Deadline {
    pub fn new(started: Instant, max_time: Option<Duration>) -> Deadline {
        Deadline { started, max_time }
    }

    fn is_over(&self) -> bool {
        self.max_time.is_some_and(|max| self.started.elapsed() >= max)
    }

    fn uncompared(&self, pairs: Option<usize>, articles: BTreeSet<String>) -> Uncompared {
        let max_seconds = self.max_time.unwrap_or_default().as_secs_f64();
        Uncompared { max_seconds, pairs, articles: articles.into_iter().collect() }
    }
}

/// What the batch and the archive come to.
pub(super) struct Gathered {
    pub corpus: Corpus,
    pub scored: Vec<ScoredPair>,
    pub archived: usize,
    /// Ids of the archived articles that were loaded.
    pub loaded: BTreeSet<String>,
    pub uncompared: Option<Uncompared>,
    /// What went wrong on the way.
    pub errors: Vec<String>,
}

/// From the batch, whose ids are those of the archive, to scored pairs.
pub(super) fn gather(
    pipeline: &Pipeline,
    mut batch: Vec<Article>,
    archive: Option<&Archive>,
    retrieval: &RetrievalOptions,
    deadline: Deadline,
    progress: &Progress<'_>,
) -> Result<Gathered> {
    drop_replaced(&mut batch);
    batch.sort_by(|a, b| a.id.cmp(&b.id));
    let new: BTreeSet<String> = batch.iter().map(|article| article.id.clone()).collect();
    let mut claims: Vec<Claim> = Vec::new();
    let mut unread: BTreeSet<String> = BTreeSet::new();
    for some in batch.chunks(ANNOTATED_AT_ONCE) {
        if deadline.is_over() {
            unread.extend(some.iter().map(|article| article.id.clone()));
        } else {
            claims.extend(pipeline.annotate(some));
        }
    }
    batch.retain(|article| !unread.contains(&article.id));
    let mut errors = Vec::new();
    let mut retrieved = Retrieved::default();
    if let Some(archive) = archive {
        match archive.retrieve(&batch, &claims, &pipeline.languages, retrieval) {
            Ok(found) => retrieved = found,
            Err(error) => errors.push(error.to_string()),
        }
    }
    let Retrieved { articles: archived_articles, archived, background } = retrieved;
    let loaded: BTreeSet<String> = archived_articles.iter().map(|(a, _)| a.id.clone()).collect();
    let mut articles = batch;
    for (article, its_claims) in archived_articles {
        articles.push(article);
        claims.extend(its_claims);
    }
    articles.sort_by(|a, b| a.id.cmp(&b.id));
    claims.sort_by(|a, b| a.article.cmp(&b.article).then(a.sentence.cmp(&b.sentence)));
    let languages = &pipeline.languages;
    let (one_story, names_in) = (pipeline.one_story, pipeline.names_in.as_str());
    let corpus =
        resolve::resolve(articles, claims, languages, one_story, background.as_ref(), names_in);
    let options = PairOptions { only_with: Some(new.clone()), ..pipeline.pairing.clone() };
    let pairs = pair::pair(&corpus, &options, pipeline.vectors);
    let (scored, left) = score(pipeline, &corpus, pairs, deadline, progress)?;
    let mut articles: BTreeSet<String> = left
        .iter()
        .flat_map(|pair| [&corpus.claims[pair.a].article, &corpus.claims[pair.b].article])
        .filter(|article| new.contains(*article))
        .cloned()
        .collect();
    let pairs = unread.is_empty().then_some(left.len());
    articles.append(&mut unread);
    let uncompared = (!articles.is_empty()).then(|| deadline.uncompared(pairs, articles));
    Ok(Gathered { corpus, scored, archived, loaded, uncompared, errors })
}

/// Scores pairs until time is up, those with most reasons first; also returns what was left.
fn score(
    pipeline: &Pipeline,
    corpus: &Corpus,
    mut pairs: Vec<CandidatePair>,
    deadline: Deadline,
    progress: &Progress<'_>,
) -> Result<(Vec<ScoredPair>, Vec<CandidatePair>)> {
    if deadline.max_time.is_none() {
        return Ok((pipeline.score(corpus, pairs, progress)?, Vec::new()));
    }
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.reasons.len()));
    // Both directions of a pair are scored.
    let total = pairs.len() * 2;
    let mut scored = Vec::new();
    while !pairs.is_empty() && !deadline.is_over() {
        let rest = pairs.split_off(pairs.len().min(SCORED_AT_ONCE));
        let done = scored.len() * 2;
        scored.extend(pipeline.score(corpus, pairs, &|step, _| progress(done + step, total))?);
        pairs = rest;
    }
    scored.sort_by_key(|scored: &ScoredPair| (scored.pair.a, scored.pair.b));
    Ok((scored, pairs))
}
