//! The claims of a story that are most like each other, whatever their languages.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::nli::WordVectors;
use crate::nli::vectors::dot;
use crate::resolve::Corpus;
use crate::resolve::clusters::bounds;

/// Neighbours that each claim proposes; the budget cuts them once more, by all that two claims share.
const NEIGHBOURS: usize = 20;
/// The cosine from which two claims are alike at all: 98 in 100 sides of the annotated conflicts have more.
const MIN_COSINE: f32 = 0.4;
/// In a larger story a claim is compared with so many that came out about the same time.
const REACH: usize = 1000;
/// Claims of a story that are read, the earliest first: their vectors take 1.5 kB each.
const MAX_CLAIMS: usize = 50_000;

/// The most similar pairs of claims of each story with their cosines, `a < b`, that `may` be compared.
///
/// Time grows with the number of claims times at most [`REACH`].
pub(super) fn pairs(
    corpus: &Corpus,
    stories: &[Option<usize>],
    vectors: &WordVectors,
    may: &(dyn Fn(usize, usize) -> bool + Sync),
) -> BTreeMap<(usize, usize), f32> {
    let mut by_story: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (claim, story) in stories.iter().enumerate() {
        if let Some(story) = story {
            by_story.entry(*story).or_default().push(claim);
        }
    }
    let mut found = BTreeMap::new();
    for mut claims in by_story.into_values() {
        let one_article = claims
            .windows(2)
            .all(|two| corpus.claims[two[0]].article == corpus.claims[two[1]].article);
        if one_article && !claims.windows(2).any(|two| may(two[0], two[1])) {
            continue;
        }
        let published = |claim: &usize| {
            let article = corpus.article_of(&corpus.claims[*claim]);
            article.and_then(|article| bounds(&article.publication)).map(|days| days.first)
        };
        claims.sort_by_cached_key(|claim| (published(claim), *claim));
        claims.truncate(MAX_CLAIMS);
        let texts: Vec<&str> = claims.iter().map(|&c| corpus.claims[c].text.as_str()).collect();
        let vectors = vectors.of(&texts);
        found.extend(nearest(&claims, &vectors, may));
    }
    found
}

/// The pairs that are among the nearest of either claim.
fn nearest(
    claims: &[usize],
    vectors: &[Vec<f32>],
    may: &(dyn Fn(usize, usize) -> bool + Sync),
) -> BTreeMap<(usize, usize), f32> {
    let lists: Vec<Vec<((usize, usize), f32)>> = (0..claims.len())
        .into_par_iter()
        .map(|i| {
            let around = i.saturating_sub(REACH / 2)..claims.len().min(i + 1 + REACH / 2);
            let mut list: Vec<((usize, usize), f32)> = around
                .filter(|&j| j != i)
                .map(|j| (j, (claims[i].min(claims[j]), claims[i].max(claims[j]))))
                .filter(|(_, (a, b))| may(*a, *b))
                .map(|(j, pair)| (pair, dot(&vectors[i], &vectors[j])))
                .filter(|(_, cosine)| *cosine >= MIN_COSINE)
                .collect();
            list.sort_by(|x, y| y.1.total_cmp(&x.1).then_with(|| x.0.cmp(&y.0)));
            list.truncate(NEIGHBOURS);
            list
        })
        .collect();
    lists.into_iter().flatten().collect()
}
