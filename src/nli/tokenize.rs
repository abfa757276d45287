//! Pairs of texts to batches of token ids.

use std::path::Path;

use ndarray::Array2;
use rayon::prelude::*;
use tokenizers::{
    Tokenizer, TruncationDirection, TruncationParams, TruncationStrategy, truncate_encodings,
};

use super::NliPair;
use super::checkpoint::{Checkpoint, problem};
use super::contained::contained;
use crate::error::Result;

/// Token ids of one pair, special tokens included, cut to the longest input the model takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedPair {
    /// Ids, e.g. `[CLS] premise [SEP] hypothesis [SEP]`.
    pub ids: Vec<u32>,
    /// 0 for the premise's side, 1 for the hypothesis's; empty if the model knows no such thing.
    pub type_ids: Vec<u8>,
    /// Whether an end was cut off.
    pub truncated: bool,
}

/// Pairs of like length, padded to the longest of them. All arrays have the shape (pairs × tokens).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Token ids; padding at the end of a row.
    pub input_ids: Array2<i32>,
    /// 1 for a token, 0 for padding.
    pub attention_mask: Array2<i32>,
    /// 0 for the premise's side and padding, 1 for the hypothesis's side; all 0 for models without such types.
    pub token_type_ids: Array2<i32>,
}

/// A checkpoint's tokenizer, set up for pairs.
pub struct PairTokenizer {
    tokenizer: Tokenizer,
    /// Longest pair without special tokens, and what is cut.
    truncation: TruncationParams,
    pad_id: u32,
    vocabulary: Option<usize>,
    token_types: bool,
}

impl PairTokenizer {
    /// Reads the checkpoint's `tokenizer.json`. What that file says of truncation and padding is replaced:
    /// the longer text of a pair is cut first, at its end, and padding is left to [`PairTokenizer::batch`].
    ///
    /// # Errors
    ///
    /// [`Error::Model`](crate::error::Error::Model) if the file is none that `tokenizers` reads, or if the
    /// longest input leaves no room for text beside the special tokens.
    pub fn new(checkpoint: &Checkpoint) -> Result<PairTokenizer> {
        let path = checkpoint.folder.join("tokenizer.json");
        let read = || Tokenizer::from_bytes(&checkpoint.tokenizer).map_err(|e| e.to_string());
        let mut tokenizer = contained("tokenizers", read).map_err(|error| {
            problem(
                &path,
                format!("not a tokenizer: {error}"),
                "download the file again from the model's repository",
            )
        })?;
        let room = checkpoint.max_length.saturating_sub(special_tokens(&tokenizer));
        if room < 2 {
            return Err(problem(
                &path,
                format!(
                    "inputs of at most {} tokens leave no room for text",
                    checkpoint.max_length
                ),
                "check max_position_embeddings in config.json, or ask for a longer input",
            ));
        }
        tokenizer
            .with_truncation(None)
            .map_err(|error| problem(&path, error.to_string(), "download the file again"))?;
        tokenizer.with_padding(None);
        let truncation = TruncationParams {
            direction: TruncationDirection::Right,
            max_length: room,
            strategy: TruncationStrategy::LongestFirst,
            stride: 0,
        };
        Ok(PairTokenizer {
            tokenizer,
            truncation,
            pad_id: checkpoint.pad_id,
            vocabulary: checkpoint.vocabulary,
            token_types: checkpoint.token_types,
        })
    }

    /// Token ids of every pair, in order; pairs are spread over rayon's threads.
    ///
    /// # Errors
    ///
    /// [`Error::Model`](crate::error::Error::Model) if the tokenizer cannot encode a text, which a whole
    /// `tokenizer.json` always can, or gives an id that the network does not know.
    pub fn encode(&self, folder: &Path, pairs: &[NliPair<'_>]) -> Result<Vec<EncodedPair>> {
        pairs.par_iter().map(|pair| self.encode_one(folder, *pair)).collect()
    }

    fn encode_one(&self, folder: &Path, pair: NliPair<'_>) -> Result<EncodedPair> {
        let encode = || self.encode_pair(pair).map_err(|error| error.to_string());
        contained("tokenizers", encode).map_err(|error| {
            problem(
                &folder.join("tokenizer.json"),
                format!("cannot encode a text: {error}"),
                "download the file again from the model's repository",
            )
        })
    }

    fn encode_pair(&self, pair: NliPair<'_>) -> tokenizers::Result<EncodedPair> {
        // Truncation is done here: that of `Tokenizer::encode` in 0.23.2 cuts each text to the longest input
        // before it looks which one is longer, and then shares the room out otherwise than Python does.
        let premise = self.tokenizer.encode_fast(pair.premise, false)?;
        let hypothesis = self.tokenizer.encode_fast(pair.hypothesis, false)?;
        let truncated = premise.len() + hypothesis.len() > self.truncation.max_length;
        let (mut premise, mut hypothesis) =
            truncate_encodings(premise, Some(hypothesis), &self.truncation)?;
        // What was cut off is kept in pieces, and joining the two texts would pair every piece of one with
        // every piece of the other: gigabytes for two long texts.
        premise.take_overflowing();
        if let Some(hypothesis) = &mut hypothesis {
            hypothesis.take_overflowing();
        }
        let encoding = self.tokenizer.post_process(premise, hypothesis, true)?;
        // Networks take such an id in different ways: an error, a crash of the GPU, or any numbers.
        let unknown = |id: &&u32| self.vocabulary.is_some_and(|n| **id as usize >= n);
        if let Some(id) = encoding.get_ids().iter().find(unknown) {
            return Err(format!("it gives the id {id}, beyond vocab_size in config.json").into());
        }
        let type_ids = if self.token_types {
            encoding.get_type_ids().iter().map(|&t| u8::from(t == 1)).collect()
        } else {
            Vec::new()
        };
        Ok(EncodedPair { ids: encoding.get_ids().to_vec(), type_ids, truncated })
    }

    /// Makes one batch of these pairs, padded to the longest of them.
    pub fn batch(&self, pairs: &[&EncodedPair]) -> Batch {
        let width = pairs.iter().map(|p| p.ids.len()).max().unwrap_or(0);
        let shape = (pairs.len(), width);
        // Ids are below the vocabulary's size; one that does not fit an i32 is none the model knows.
        let id = |id: u32| i32::try_from(id).unwrap_or(i32::MAX);
        let mut batch = Batch {
            input_ids: Array2::from_elem(shape, id(self.pad_id)),
            attention_mask: Array2::zeros(shape),
            token_type_ids: Array2::zeros(shape),
        };
        for (row, pair) in pairs.iter().enumerate() {
            for (column, &token) in pair.ids.iter().enumerate() {
                batch.input_ids[[row, column]] = id(token);
                batch.attention_mask[[row, column]] = 1;
            }
            for (column, &type_id) in pair.type_ids.iter().enumerate() {
                batch.token_type_ids[[row, column]] = i32::from(type_id);
            }
        }
        batch
    }
}

/// How many special tokens a pair gets.
fn special_tokens(tokenizer: &Tokenizer) -> usize {
    use tokenizers::PostProcessor;
    tokenizer.get_post_processor().map_or(0, |p| p.added_tokens(true))
}
