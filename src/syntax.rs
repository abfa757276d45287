//! Syntax: parts of speech, dependencies and lemmas of a sentence's words.
//!
//! A [`Model`] is one language's tagger, parser and lemmatiser, trained on Universal
//! Dependencies by `examples/train_syntax`, over the very words that
//! [`tokenize`](crate::claim::tokens::tokenize) makes: what UD splits and we do not ("du", "al",
//! "بالمدينة") is one node here. A model of a language without spaces divides its runs of characters into
//! words ([`Model::tokenize`]). docs/syntax.md says how it is made and how good it is.

mod builtin;
pub mod file;
pub mod form;
pub mod lemma;
mod model;
pub mod parser;
pub mod segmenter;
pub mod tag;
pub mod tagger;
mod tree;
pub mod variants;
pub mod weights;
mod words;

pub use builtin::{codes, has_model, model};
pub use model::{Model, Parts, upos_numbers};
pub use tag::{Tag, Upos};
pub use tree::{Tree, Word};
pub use words::{is_long, tokenize};
