//! One language's model: reading and writing its file, and running it.

use std::borrow::Cow;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::file::{Damage, Reader, Writer};
use super::form::Form;
use super::lemma::Lemmas;
use super::parser::{Nodes, parse};
use super::segmenter::{Segmenter, SegmenterParts};
use super::tag::Tag;
use super::tagger;
use super::tree::{Tree, Word};
use super::weights::{MAX_CLASSES, Weights};
use crate::claim::tokens::{self, Token};
use crate::error::{Error, Result};

/// The first bytes of a model's file; the digit is the format's version, features included.
const MAGIC: &[u8] = b"crossclaim syntax 1\n";
/// No sentence of prose has more words; what has is a table or damage, and gets no tree.
const MOST_WORDS: usize = 1000;
/// No model is larger than this when unpacked.
const MOST_BYTES: u64 = 64 << 20;

/// What training makes of a model: rows of weights for each of its classifiers.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// Names of the tags, by class.
    pub tags: Vec<String>,
    /// Names of the relations, by class.
    pub relations: Vec<String>,
    /// The tagger's rows.
    pub tagger: Vec<(u32, Vec<i8>)>,
    /// The rows that choose moves.
    pub moves: Vec<(u32, Vec<i8>)>,
    /// The rows that choose labels.
    pub labels: Vec<(u32, Vec<i8>)>,
    /// The lemmatiser.
    pub lemmas: Lemmas,
    /// The segmenter, of a language that is written without spaces.
    pub segmenter: Option<SegmenterParts>,
}

/// Tagger, parser and lemmatiser of one language, with a segmenter where it is written without spaces.
#[derive(Debug, Clone)]
pub struct Model {
    tags: Vec<Tag>,
    upos_of: Vec<u8>,
    relations: Vec<String>,
    tagger: Weights,
    moves: Weights,
    labels: Weights,
    lemmas: Lemmas,
    segmenter: Option<Segmenter>,
}

impl Model {
    /// The bytes of a model's file.
    ///
    /// # Errors
    /// None at present: writing to memory does not fail.
    pub fn write(parts: &Parts) -> std::io::Result<Vec<u8>> {
        let mut out = Writer::default();
        out.texts(&parts.tags);
        out.texts(&parts.relations);
        Weights::write(parts.tags.len(), &parts.tagger, &mut out);
        Weights::write(super::parser::MOVES, &parts.moves, &mut out);
        Weights::write(parts.relations.len(), &parts.labels, &mut out);
        parts.lemmas.write(&mut out);
        if let Some(segmenter) = &parts.segmenter {
            segmenter.write(&mut out);
        }
        let mut packed = DeflateEncoder::new(MAGIC.to_vec(), Compression::best());
        packed.write_all(&out.into_bytes())?;
        packed.finish()
    }

    /// Reads a model's file; `file` is named in errors.
    ///
    /// # Errors
    /// When the bytes are no model of this version.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self> {
        let wrong = |problem: &str| Error::Model {
            path: file.into(),
            problem: problem.to_owned(),
            remedy: "train it again with scripts/train_syntax.sh".to_owned(),
        };
        let packed = bytes
            .strip_prefix(MAGIC)
            .ok_or_else(|| wrong("no syntax model of this version of crossclaim"))?;
        let mut unpacked = Vec::new();
        DeflateDecoder::new(packed)
            .take(MOST_BYTES)
            .read_to_end(&mut unpacked)
            .map_err(|problem| wrong(&problem.to_string()))?;
        Self::read_unpacked(&unpacked).map_err(|Damage(problem)| wrong(problem))
    }

    fn read_unpacked(bytes: &[u8]) -> std::result::Result<Self, Damage> {
        let mut from = Reader::new(bytes);
        let names = from.texts()?;
        let relations = from.texts()?;
        let fits = |n: usize| n > 0 && n <= MAX_CLASSES;
        if !fits(names.len()) || !fits(relations.len()) {
            return Err(Damage("no tags or relations, or too many"));
        }
        let model = Model {
            tagger: Weights::read(&mut from)?,
            moves: Weights::read(&mut from)?,
            labels: Weights::read(&mut from)?,
            lemmas: Lemmas::read(&mut from)?,
            segmenter: if from.is_empty() { None } else { Some(Segmenter::read(&mut from)?) },
            upos_of: upos_numbers(&names),
            tags: Tag::all(&names),
            relations,
        };
        if !from.is_empty() {
            return Err(Damage("bytes behind the end"));
        }
        Ok(model)
    }

    /// The tokens of a text, as [`tokens::tokenize`] makes them, but words where the script has no spaces between
    /// them.
    pub fn tokenize(&self, text: &str, base: usize) -> Vec<Token> {
        let tokens = tokens::tokenize(text, base);
        match &self.segmenter {
            Some(segmenter) => segmenter.divide(text, base, tokens),
            None => tokens,
        }
    }

    /// Whether it divides runs of characters into words.
    pub fn has_segmenter(&self) -> bool {
        self.segmenter.is_some()
    }

    /// The syntax of a sentence. `text` is the text that the tokens' spans point into.
    pub fn parse(&self, text: &str, tokens: &[Token]) -> Tree<'_> {
        let form = |token: &Token| Form::new(&self.fold(token.span.of(text)));
        self.parse_forms(&tokens.iter().map(form).collect::<Vec<Form>>())
    }

    /// A text as the model sees it: of characters that are written in two ways, one.
    pub fn fold<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match &self.segmenter {
            Some(segmenter) => segmenter.variants().fold(text),
            None => Cow::Borrowed(text),
        }
    }

    /// The syntax of words that are tokens already; no words beyond a thousand.
    pub fn parse_forms(&self, forms: &[Form]) -> Tree<'_> {
        if forms.len() > MOST_WORDS {
            return Tree::default();
        }
        let tags = tagger::tag(forms, self.tags.len(), &self.tagger);
        let nodes = Nodes::new(forms, &tags, &self.upos_of);
        let (heads, labels) = parse(&nodes, self.relations.len(), &self.moves, &self.labels);
        let words = tags.iter().zip(heads.iter().zip(&labels));
        Tree::new(
            words
                .map(|(&tag, (&head, &label))| Word {
                    tag: &self.tags[usize::from(tag)],
                    tag_index: tag,
                    head: usize::from(head).checked_sub(1),
                    relation: self.relations.get(usize::from(label)).map_or("dep", String::as_str),
                })
                .collect(),
        )
    }

    /// The lemma of a word in its normal form, with the tag that a tree gives it.
    pub fn lemma(&self, word: &Word<'_>, lower: &str) -> String {
        self.lemmas.lemma(word.tag_index, &self.fold(lower))
    }

    /// How many rows the tagger, the parser and the labeller have.
    pub fn sizes(&self) -> [usize; 3] {
        [self.tagger.len(), self.moves.len(), self.labels.len()]
    }
}

/// The part of speech of each tag, as a number that features hash.
pub fn upos_numbers(tags: &[String]) -> Vec<u8> {
    tags.iter().map(|name| Tag::new(name).upos as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::variants::Variants;

    /// A model of one tag and one relation, with what a segmenter would be.
    fn packed(segmenter: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut out = Writer::default();
        out.texts(&["NOUN".to_owned()]);
        out.texts(&["root".to_owned()]);
        for classes in [1, super::super::parser::MOVES, 1] {
            Weights::write(classes, &[(7, vec![1; classes])], &mut out);
        }
        Lemmas::default().write(&mut out);
        segmenter(&mut out);
        let mut packed = DeflateEncoder::new(MAGIC.to_vec(), Compression::best());
        packed.write_all(&out.into_bytes()).unwrap();
        packed.finish().unwrap()
    }

    fn problem(bytes: &[u8]) -> String {
        Model::read("mine.bin", bytes).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_segmenter_is_read_where_there_is_one() {
        let parts = SegmenterParts {
            variants: Variants::new([('國', '国')]),
            rows: vec![(3, vec![-1, 1])],
        };
        let with = Model::read("mine.bin", &packed(|out| parts.write(out))).unwrap();
        assert!(with.has_segmenter());
        assert_eq!(with.fold("國"), "国");
        assert!(!Model::read("mine.bin", &packed(|_| ())).unwrap().has_segmenter());
    }

    #[test]
    fn a_damaged_segmenter_is_told_with_the_file_and_what_is_wrong() {
        let of_three_classes = packed(|out| {
            Variants::default().write(out);
            Weights::write(3, &[(3, vec![1; 3])], out);
        });
        let uneven = packed(|out| {
            out.text("國學");
            out.text("国");
        });
        let cut = packed(|out| Variants::default().write(out));
        let more = packed(|out| {
            SegmenterParts::default().write(out);
            out.number(1);
        });
        for (bytes, told) in [
            (of_three_classes, "does not choose between two classes"),
            (uneven, "a column shorter than the other"),
            (cut, "the bytes end early"),
            (more, "bytes behind the end"),
        ] {
            let problem = problem(&bytes);
            assert!(problem.contains("mine.bin") && problem.contains(told), "{problem}");
        }
    }
}
