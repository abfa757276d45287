//! Scores that outlast a run: [`CachedScorer`] asks a [`ScoreStore`] before it asks the model.
//!
//! # What a hit is
//!
//! A score is found again under the SHA-256 of the scorer's [`identity`](Scorer::identity) (model files, labels,
//! temperature, longest input, backend and kind of device) and of both texts, byte by byte. So a hit is, to the
//! bit, what this model said of this pair when it scored it. Scored anew, the last digits may differ, since they
//! depend on the batch a pair stands in: by some 1e-7 with rten, which scores pairs one by one where company would
//! matter more; by hundredths of a logit for int8 models elsewhere, whose activations are rounded per batch.
//!
//! # What can go wrong
//!
//! A cache saves time and decides nothing, so no trouble with it ends a run. Each kind of trouble is told once
//! through the caller's `note`; then a damaged store is set aside and a new one begun, and with any other
//! trouble the run goes on without the cache. Scores are committed every thousand pairs or five seconds, so a run
//! that is killed loses no more than that.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{NliPair, NliScores, ScoreStats, Scorer};
use crate::error::{Error, Result};

mod store;

use store::{Key, StoreError};
pub use store::{ScoreStore, StoreOptions, StoreSummary};

/// Scores held back before they are committed: what a killed run loses at most.
const COMMIT_PAIRS: usize = 1000;

/// Time after which they are committed even if they are few.
const COMMIT_AFTER: Duration = Duration::from_secs(5);

/// Receives notes for the user, each a sentence.
pub type Note = dyn Fn(&str) + Send + Sync;

/// A scorer whose answers are kept in a store and asked for there first.
pub struct CachedScorer {
    inner: Box<dyn Scorer>,
    /// The inner scorer's; none if its scores are not worth keeping.
    identity: Option<String>,
    store: ScoreStore,
    note: Box<Note>,
    /// Off after trouble that will not pass.
    on: AtomicBool,
    unsaved: Mutex<Unsaved>,
    asked: AtomicU64,
    cached: AtomicU64,
}

/// Scores that are not committed yet.
struct Unsaved {
    scores: HashMap<Key, NliScores>,
    since: Instant,
}

impl CachedScorer {
    /// Puts a store before a scorer. Nothing is opened yet. Scorers without an [`identity`](Scorer::identity)
    /// are passed through.
    pub fn new(inner: Box<dyn Scorer>, store: ScoreStore, note: Box<Note>) -> CachedScorer {
        let identity = inner.identity();
        CachedScorer {
            on: AtomicBool::new(identity.is_some()),
            identity,
            inner,
            store,
            note,
            unsaved: Mutex::new(Unsaved { scores: HashMap::new(), since: Instant::now() }),
            asked: AtomicU64::new(0),
            cached: AtomicU64::new(0),
        }
    }

    /// Commits what is not committed yet; dropping the scorer does the same.
    pub fn flush(&self) {
        let scores = std::mem::take(&mut self.unsaved().scores);
        self.unsaved().since = Instant::now();
        if scores.is_empty() || !self.on.load(Ordering::Relaxed) {
            return;
        }
        let mut entries: Vec<(Key, NliScores)> = scores.into_iter().collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        // A store that was damaged has been set aside: what is left to keep goes into the new one.
        for _ in 0..2 {
            match self.store.put(&entries) {
                Ok(()) => return,
                Err(error) => self.trouble(&error),
            }
            if !self.on.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    fn unsaved(&self) -> MutexGuard<'_, Unsaved> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn trouble(&self, trouble: &StoreError) {
        (self.note)(&trouble.error.to_string());
        if !trouble.usable {
            self.on.store(false, Ordering::Relaxed);
        }
    }

    /// The scores that are known of these keys.
    fn look_up(&self, keys: &[Key]) -> Vec<Option<NliScores>> {
        let mut scores = self.store.get(keys).unwrap_or_else(|error| {
            self.trouble(&error);
            vec![None; keys.len()]
        });
        let unsaved = self.unsaved();
        for (key, score) in keys.iter().zip(&mut scores) {
            *score = score.or_else(|| unsaved.scores.get(key).copied());
        }
        scores
    }

    fn keep(&self, key: Key, scores: NliScores) {
        let due = {
            let mut unsaved = self.unsaved();
            unsaved.scores.insert(key, scores);
            unsaved.scores.len() >= COMMIT_PAIRS || unsaved.since.elapsed() > COMMIT_AFTER
        };
        if due {
            self.flush();
        }
    }

    /// Scores every pair; `found` is called once for each.
    fn score_all(
        &self,
        pairs: &[NliPair<'_>],
        found: &(dyn Fn(usize, NliScores) + Sync),
    ) -> Result<()> {
        self.asked.fetch_add(pairs.len() as u64, Ordering::Relaxed);
        let (Some(identity), true) = (&self.identity, self.on.load(Ordering::Relaxed)) else {
            return self.inner.score_each(pairs, found);
        };
        let prefix = Sha256::new_with_prefix(sized(identity)).chain_update(identity);
        let keys: Vec<Key> = pairs.par_iter().map(|pair| key(&prefix, pair)).collect();
        // What is not known: where it stands in `pairs`, and the pair itself.
        let mut places = Vec::new();
        let mut unknown = Vec::new();
        for (index, known) in self.look_up(&keys).into_iter().enumerate() {
            if let Some(scores) = known {
                self.cached.fetch_add(1, Ordering::Relaxed);
                found(index, scores);
            } else {
                places.push(index);
                unknown.push(pairs[index]);
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        self.inner.score_each(&unknown, &|index, scores| {
            let place = places[index];
            // Identical texts are answered without the model, sooner than by a look-up.
            if scores != NliScores::IDENTICAL && self.on.load(Ordering::Relaxed) {
                self.keep(keys[place], scores);
            }
            found(place, scores);
        })
    }
}

impl Drop for CachedScorer {
    fn drop(&mut self) {
        self.flush();
    }
}

impl Scorer for CachedScorer {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn digest(&self) -> &str {
        self.inner.digest()
    }

    fn validated_for(&self, premise_language: &str, hypothesis_language: &str) -> bool {
        self.inner.validated_for(premise_language, hypothesis_language)
    }

    fn score(
        &self,
        pairs: &[NliPair<'_>],
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<NliScores>> {
        // `found` is never called from two threads at once; the lock is there for the compiler.
        let scores = Mutex::new((vec![None; pairs.len()], 0));
        if pairs.is_empty() {
            progress(0);
        }
        self.score_all(pairs, &|index, score| {
            let mut scores = scores.lock().unwrap_or_else(PoisonError::into_inner);
            scores.0[index] = Some(score);
            scores.1 += 1;
            progress(scores.1);
        })?;
        let (scores, _) = scores.into_inner().unwrap_or_else(PoisonError::into_inner);
        let all: Option<Vec<NliScores>> = scores.into_iter().collect();
        all.ok_or_else(|| Error::Model {
            path: self.name().into(),
            problem: "a pair was left without a score".to_owned(),
            remedy: "take another model".to_owned(),
        })
    }

    fn score_each(
        &self,
        pairs: &[NliPair<'_>],
        found: &(dyn Fn(usize, NliScores) + Sync),
    ) -> Result<()> {
        self.score_all(pairs, found)
    }

    fn identity(&self) -> Option<String> {
        self.identity.clone()
    }

    fn stats(&self) -> ScoreStats {
        ScoreStats {
            asked: self.asked.load(Ordering::Relaxed),
            cached: self.cached.load(Ordering::Relaxed),
            ..self.inner.stats()
        }
    }
}

/// SHA-256 of the identity, already in `prefix`, and both texts, each with its length before it.
fn key(prefix: &Sha256, pair: &NliPair<'_>) -> Key {
    let mut digest = prefix.clone();
    for text in [pair.premise, pair.hypothesis] {
        digest.update(sized(text));
        digest.update(text);
    }
    digest.finalize().into()
}

fn sized(text: &str) -> [u8; 8] {
    (text.len() as u64).to_le_bytes()
}
