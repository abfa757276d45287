//! Static sentence vectors: the mean of the built-in model's word vectors, without a run of the network.
//!
//! The model's vocabulary holds six languages and more, and its training began with the vector of an English
//! piece as that of the pieces it translates to (`models/builtin/README.md`). So two sentences on one thing lie
//! near each other whatever their languages, roughly: enough to rank what is worth a closer look, too little to
//! decide anything. Pieces that most texts hold count little (idf), after Arora, Liang and Ma (2017).

use std::collections::HashMap;
use std::path::Path;
use std::sync::LazyLock;

use rayon::prelude::*;
use tokenizers::Tokenizer;

use super::builtin;
use super::checkpoint::problem;
use super::contained::contained;
use super::onnx;
use crate::error::Result;

/// The word vectors of the built-in model.
pub struct WordVectors {
    tokenizer: Tokenizer,
    /// `rows × width` signed bytes.
    rows: &'static [u8],
    /// A little-endian 32-bit float for each row, which its bytes are multiplied by.
    scales: &'static [u8],
    width: usize,
}

impl WordVectors {
    /// Those of the built-in model, read once per process.
    ///
    /// # Errors
    /// When the built-in files are malformed, which the crate's tests rule out.
    pub fn builtin() -> Result<&'static WordVectors> {
        static VECTORS: LazyLock<std::result::Result<WordVectors, String>> =
            LazyLock::new(WordVectors::read);
        VECTORS.as_ref().map_err(|error| {
            problem(Path::new("builtin"), error.as_str(), "build the program from whole files")
        })
    }

    fn read() -> std::result::Result<WordVectors, String> {
        let tokenizer = contained("tokenizers", || {
            Tokenizer::from_bytes(builtin::file("tokenizer.json")).map_err(|e| e.to_string())
        })?;
        let onnx::Table { rows, scales, width } =
            onnx::table(builtin::file("model.onnx"), "words")?;
        Ok(WordVectors { tokenizer, rows, scales, width })
    }

    /// A vector of length 1 for each text, in order; of length 0 for a text without words. Pieces are weighed by
    /// how few of these texts hold them.
    pub fn of(&self, texts: &[&str]) -> Vec<Vec<f32>> {
        let pieces: Vec<Vec<u32>> = texts.par_iter().map(|text| self.pieces(text)).collect();
        let mut held_by: HashMap<u32, usize> = HashMap::new();
        for text in &pieces {
            let mut distinct = text.clone();
            distinct.sort_unstable();
            distinct.dedup();
            for piece in distinct {
                *held_by.entry(piece).or_default() += 1;
            }
        }
        let weight = |piece: &u32| {
            let held = held_by.get(piece).copied().unwrap_or(1);
            (1.0 + texts.len() as f32 / held as f32).ln()
        };
        pieces.par_iter().map(|text| self.mean(text, &weight)).collect()
    }

    /// The vector of a word that is one piece of the vocabulary, of length 1. Of other words the pieces say too
    /// little: they are alike where their endings are.
    pub fn word(&self, word: &str) -> Option<Vec<f32>> {
        let pieces = self.pieces(word);
        (pieces.len() == 1).then(|| self.mean(&pieces, &|_| 1.0))
    }

    fn pieces(&self, text: &str) -> Vec<u32> {
        let encode = || self.tokenizer.encode_fast(text, false).map_err(|error| error.to_string());
        // A text that the tokenizer cannot read is like no other.
        contained("tokenizers", encode).map(|e| e.get_ids().to_vec()).unwrap_or_default()
    }

    fn mean(&self, pieces: &[u32], weight: &dyn Fn(&u32) -> f32) -> Vec<f32> {
        let mut sum = vec![0.0; self.width];
        for piece in pieces {
            let at = *piece as usize;
            let row = self.rows.get(at * self.width..(at + 1) * self.width);
            let scale = self.scales.get(at * 4..at * 4 + 4).and_then(|b| b.try_into().ok());
            let (Some(row), Some(scale)) = (row, scale.map(f32::from_le_bytes)) else { continue };
            let by = scale * weight(piece);
            for (total, byte) in sum.iter_mut().zip(row) {
                *total += by * f32::from(byte.cast_signed());
            }
        }
        let length = dot(&sum, &sum).sqrt();
        if length > 0.0 {
            sum.iter_mut().for_each(|x| *x /= length);
        }
        sum
    }
}

/// The scalar product; of two vectors of length 1 the cosine between them.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    // Eight sums side by side: the compiler makes vector instructions of them.
    let mut sums = [0.0_f32; 8];
    let (a_blocks, b_blocks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_blocks.remainder().iter().zip(b_blocks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_blocks.zip(b_blocks) {
        for i in 0..8 {
            sums[i] += x[i] * y[i];
        }
    }
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{WordVectors, dot};

    #[test]
    fn a_translation_lies_nearer_than_another_sentence() {
        let texts = [
            "The driver of the train was killed.",
            "Le conducteur du train a été tué.",
            "Le musée rouvrira ses portes dimanche.",
            "Der Fahrer des Zuges kam ums Leben.",
        ];
        let of = WordVectors::builtin().unwrap().of(&texts);
        assert!(dot(&of[0], &of[1]) > dot(&of[0], &of[2]));
        assert!(dot(&of[0], &of[3]) > dot(&of[0], &of[2]));
    }

    #[test]
    fn a_word_lies_nearer_to_its_translation_than_to_its_opposite() {
        let word = |word| WordVectors::builtin().unwrap().word(word).unwrap();
        assert!(dot(&word("bridge"), &word("puente")) > 0.6);
        assert!(dot(&word("opened"), &word("fermé")) < 0.6);
        assert_eq!(WordVectors::builtin().unwrap().word("Donaudampfschiff"), None);
    }

    #[test]
    fn vectors_have_length_one_and_a_text_without_words_has_none() {
        let of = WordVectors::builtin().unwrap().of(&["One sentence.", ""]);
        assert!((dot(&of[0], &of[0]) - 1.0).abs() < 1e-4);
        assert_eq!(dot(&of[1], &of[1]), 0.0);
    }
}
