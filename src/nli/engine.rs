//! What every transformer backend shares: each pair scored once, batches, softmax, order.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ndarray::{Array2, ArrayView1};
use unicode_normalization::UnicodeNormalization;

use super::checkpoint::{Checkpoint, ModelOptions, problem};
use super::tokenize::{EncodedPair, PairTokenizer};
use super::{Backend, Batch, Label, NliPair, NliScores, ScoreStats, Scorer};
use super::{backend, batches};
use crate::error::{Error, Result};

/// Pairs tokenized at a time: bounds the memory that token ids take, whatever the number of pairs.
const WINDOW: usize = 8192;

/// The way from texts to scores, as part of [`Scorer::identity`]: the libraries that can move scores, and a
/// number to raise with any change of our own that does (truncation, batches, softmax).
const SCORING: &str = "scoring 1, tokenizers 0.23, rten 0.27";

/// A transformer checkpoint with the backend that runs it.
pub struct NliModel {
    checkpoint: Checkpoint,
    tokenizer: PairTokenizer,
    backend: Box<dyn Backend>,
    stats: Mutex<ScoreStats>,
}

impl NliModel {
    /// Opens a model folder with the backend that fits what is in it.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] if a file is missing or wrong, or the network does not run.
    pub fn open(folder: &Path) -> Result<NliModel> {
        Self::open_with(folder, &ModelOptions::default())
    }

    /// Opens the model that is part of the program.
    ///
    /// # Errors
    ///
    /// As [`NliModel::open`].
    pub fn builtin() -> Result<NliModel> {
        Self::builtin_with(&ModelOptions::default())
    }

    /// As [`NliModel::builtin`], with options as for [`NliModel::open_with`].
    ///
    /// # Errors
    ///
    /// As [`NliModel::open`].
    pub fn builtin_with(options: &ModelOptions) -> Result<NliModel> {
        super::builtin::open(options)
    }

    /// Opens a model folder, with labels, a longest input, a backend or a device of the caller's.
    ///
    /// # Errors
    ///
    /// As [`NliModel::open`].
    pub fn open_with(folder: &Path, options: &ModelOptions) -> Result<NliModel> {
        Self::from_checkpoint(Checkpoint::read(folder, options)?)
    }

    /// Loads a checkpoint that was read, and scores one pair to see that it runs.
    ///
    /// # Errors
    ///
    /// As [`NliModel::open`].
    pub fn from_checkpoint(mut checkpoint: Checkpoint) -> Result<NliModel> {
        let backend = backend::load(&checkpoint)?;
        checkpoint.token_types &= backend.wants_token_types();
        let tokenizer = PairTokenizer::new(&checkpoint)?;
        let model = NliModel { checkpoint, tokenizer, backend, stats: Mutex::default() };
        model.logits(&[NliPair { premise: "a", hypothesis: "b" }])?;
        Ok(model)
    }

    /// The checkpoint: labels, languages, longest input.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Token ids of each pair, as the model reads them.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] if the tokenizer fails.
    pub fn encode(&self, pairs: &[NliPair<'_>]) -> Result<Vec<EncodedPair>> {
        self.tokenizer.encode(&self.checkpoint.folder, pairs)
    }

    /// Logits of each pair, shape (pairs × labels), columns in the model's own order of labels
    /// ([`Checkpoint::labels`]), all pairs in one batch. No short cuts, no temperature: for comparing with
    /// other implementations.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] if the model does not run.
    pub fn logits(&self, pairs: &[NliPair<'_>]) -> Result<Array2<f32>> {
        let encoded = self.encode(pairs)?;
        self.run(&encoded.iter().collect::<Vec<_>>())
    }

    fn run(&self, pairs: &[&EncodedPair]) -> Result<Array2<f32>> {
        self.run_with(pairs, |batch| self.backend.logits(batch))
    }

    /// Makes a batch, runs it and checks what comes out.
    fn run_with(
        &self,
        pairs: &[&EncodedPair],
        run: impl FnOnce(&Batch) -> std::result::Result<Array2<f32>, String>,
    ) -> Result<Array2<f32>> {
        if pairs.is_empty() {
            return Ok(Array2::zeros((0, self.checkpoint.labels.len())));
        }
        let logits = run(&self.tokenizer.batch(pairs))
            .map_err(|error| self.fails(format!("the network does not run: {error}")))?;
        if logits.iter().any(|x| !x.is_finite()) {
            return Err(self.fails("the network gives numbers that are not finite".into()));
        }
        Ok(logits)
    }

    /// The statistics; counts are whole after any panic, so a poisoned lock is as good as another.
    fn counts(&self) -> MutexGuard<'_, ScoreStats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fails(&self, what: String) -> Error {
        let remedy = "its files do not fit together or are damaged: download the model again, or take another";
        problem(&self.checkpoint.folder, what, remedy)
    }

    /// Probabilities of one row of logits: softmax with the checkpoint's temperature. A label that the model does
    /// not have gets 0.
    fn probabilities(&self, logits: ArrayView1<'_, f32>) -> NliScores {
        let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let powers = logits.map(|x| ((x - top) / self.checkpoint.temperature).exp());
        let sum = powers.sum();
        let mut scores = NliScores { entailment: 0.0, neutral: 0.0, contradiction: 0.0 };
        for (label, power) in self.checkpoint.labels.iter().zip(powers) {
            match label {
                Label::Entailment => scores.entailment = power / sum,
                Label::Neutral => scores.neutral = power / sum,
                Label::Contradiction => scores.contradiction = power / sum,
            }
        }
        scores
    }

    /// Scores every pair, in batches; `found(index, scores)` is called once for each, as soon as it is known.
    fn score_all(
        &self,
        pairs: &[NliPair<'_>],
        progress: &(dyn Fn(usize) + Sync),
        mut found: impl FnMut(usize, NliScores),
    ) -> Result<()> {
        self.counts().asked += pairs.len() as u64;
        // Where each distinct pair stands in the input.
        let mut places: HashMap<NliPair<'_>, Vec<usize>> = HashMap::new();
        let mut finished = 0;
        for (index, pair) in pairs.iter().enumerate() {
            if identical(pair) {
                self.counts().identical += 1;
                found(index, NliScores::IDENTICAL);
                finished += 1;
            } else {
                places.entry(*pair).or_default().push(index);
            }
        }
        let mut distinct: Vec<NliPair<'_>> = places.keys().copied().collect();
        distinct.sort_by_key(|p| (p.premise.len() + p.hypothesis.len(), *p));
        if finished > 0 || pairs.is_empty() {
            progress(finished);
        }
        for window in distinct.chunks(WINDOW) {
            // Both closures below advance the same count; the second reports it.
            let count = std::cell::Cell::new(finished);
            let fill = |index: usize, score: NliScores| {
                for &place in places.get(&window[index]).into_iter().flatten() {
                    found(place, score);
                    count.set(count.get() + 1);
                }
            };
            self.score_window(window, fill, || progress(count.get()))?;
            finished = count.get();
        }
        Ok(())
    }

    /// Scores one window of distinct pairs; `done(indices)` is called after each batch.
    fn score_window(
        &self,
        pairs: &[NliPair<'_>],
        mut done: impl FnMut(usize, NliScores),
        mut batch_done: impl FnMut(),
    ) -> Result<()> {
        let encoded = self.encode(pairs)?;
        let mut order: Vec<usize> = (0..encoded.len()).collect();
        // The order within a length is by content, so that the batches, and with them the last digits of
        // int8 scores, do not depend on the order of the input.
        order.sort_by(|&a, &b| {
            let key = |i: usize| (encoded[i].ids.len(), pairs[i]);
            key(a).cmp(&key(b))
        });
        let lengths: Vec<usize> = order.iter().map(|&i| encoded[i].ids.len()).collect();
        let batching = self.backend.batching();
        let ranges = batches::cut(&lengths, batching);
        let batch = |number: usize| -> Vec<&EncodedPair> {
            order[ranges[number].clone()].iter().map(|&i| &encoded[i]).collect()
        };
        let mut finish = |number: usize, logits: Array2<f32>| {
            count(&mut self.counts(), &batch(number));
            for (row, &index) in logits.rows().into_iter().zip(&order[ranges[number].clone()]) {
                done(index, self.probabilities(row));
            }
            batch_done();
        };
        if ranges.len() < batching.lanes {
            // Too few for a lane each: every batch gets all the threads.
            for number in 0..ranges.len() {
                finish(number, self.run(&batch(number))?);
            }
        } else {
            let run = |number| self.run_with(&batch(number), |b| self.backend.logits_in_lane(b));
            batches::at_once(ranges.len(), batching.lanes, run, finish)?;
        }
        Ok(())
    }
}

/// Adds a batch to the statistics.
fn count(stats: &mut ScoreStats, batch: &[&EncodedPair]) {
    let tokens: usize = batch.iter().map(|p| p.ids.len()).sum();
    let width = batch.iter().map(|p| p.ids.len()).max().unwrap_or(0);
    stats.scored += batch.len() as u64;
    stats.truncated += batch.iter().filter(|p| p.truncated).count() as u64;
    stats.batches += 1;
    stats.tokens += tokens as u64;
    stats.padding += (width * batch.len() - tokens) as u64;
}

impl Scorer for NliModel {
    fn name(&self) -> &str {
        &self.checkpoint.name
    }

    fn digest(&self) -> &str {
        &self.checkpoint.digest
    }

    fn validated_for(&self, premise_language: &str, hypothesis_language: &str) -> bool {
        self.checkpoint.validated_for(premise_language, hypothesis_language)
    }

    fn score(
        &self,
        pairs: &[NliPair<'_>],
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<NliScores>> {
        let mut scores: Vec<Option<NliScores>> = vec![None; pairs.len()];
        self.score_all(pairs, progress, |index, score| scores[index] = Some(score))?;
        let all: Option<Vec<NliScores>> = scores.into_iter().collect();
        all.ok_or_else(|| self.fails("a pair was left without a score".into()))
    }

    fn score_each(
        &self,
        pairs: &[NliPair<'_>],
        found: &(dyn Fn(usize, NliScores) + Sync),
    ) -> Result<()> {
        self.score_all(pairs, &|_| (), found)
    }

    fn identity(&self) -> Option<String> {
        let Checkpoint { digest, max_length, .. } = &self.checkpoint;
        Some(format!("{SCORING}, model {digest}, at most {max_length} tokens"))
    }

    fn stats(&self) -> ScoreStats {
        *self.counts()
    }
}

/// Whether both texts are the same in NFKC with white space folded.
pub(super) fn identical(pair: &NliPair<'_>) -> bool {
    if pair.premise == pair.hypothesis {
        return true;
    }
    fold(pair.premise) == fold(pair.hypothesis)
}

/// A text in NFKC, runs of white space as one space, none at the ends.
fn fold(text: &str) -> String {
    let normal: String = text.nfkc().collect();
    normal.split_whitespace().collect::<Vec<_>>().join(" ")
}
