//! Words of scripts without spaces: before each character of a run a linear classifier says whether a word begins
//! there.
//!
//! Characters are classified as Xue ("Chinese word segmentation as character tagging", 2003) does, with the word made
//! so far and the one before it among the features, as Zhang and Clark ("Chinese segmentation with a word-based
//! perceptron algorithm", 2007) have them; greedy, from left to right.

use super::file::{Damage, Reader, Writer};
use super::form::feature;
use super::tagger::best;
use super::variants::Variants;
use super::weights::{Scorer, Weights};
use crate::claim::tokens::{Token, TokenKind, normal_form};
use crate::span::Span;

/// A word goes on, or begins.
pub const CLASSES: usize = 2;
/// The class of a character with which a word begins.
pub const BEGINS: usize = 1;

/// What training makes of a segmenter.
#[derive(Debug, Clone, Default)]
pub struct SegmenterParts {
    /// Characters written in two ways.
    pub variants: Variants,
    /// Rows of the classifier.
    pub rows: Vec<(u32, Vec<i8>)>,
}

impl SegmenterParts {
    /// Writes what [`Segmenter::read`] reads.
    pub fn write(&self, out: &mut Writer) {
        self.variants.write(out);
        Weights::write(CLASSES, &self.rows, out);
    }
}

/// Divides runs of characters into words.
#[derive(Debug, Clone)]
pub struct Segmenter {
    variants: Variants,
    weights: Weights,
}

impl Segmenter {
    /// Reads what [`SegmenterParts::write`] wrote.
    ///
    /// # Errors
    /// When the bytes are none of it.
    pub fn read(from: &mut Reader<'_>) -> Result<Self, Damage> {
        let variants = Variants::read(from)?;
        let weights = Weights::read(from)?;
        if weights.classes() != CLASSES {
            return Err(Damage("a segmenter that does not choose between two classes"));
        }
        Ok(Segmenter { variants, weights })
    }

    /// Characters that are written in two ways.
    pub fn variants(&self) -> &Variants {
        &self.variants
    }

    /// The tokens of a text with its runs divided into words. The tokens' spans point into `text` shifted by `base`.
    pub fn divide(&self, text: &str, base: usize, tokens: Vec<Token>) -> Vec<Token> {
        if !tokens.iter().any(|token| is_run(token, text, base)) {
            return tokens;
        }
        let line = Line::new(text, base, &tokens, &self.variants);
        divide_at(text, base, tokens, &words_of(&line, &self.weights))
    }
}

/// Whether a token is a run of words rather than one: a word with a Han character.
pub fn is_run(token: &Token, text: &str, base: usize) -> bool {
    token.kind == TokenKind::Word && written(token, text, base).chars().any(is_han)
}

fn written<'t>(token: &Token, text: &'t str, base: usize) -> &'t str {
    text.get(token.span.start - base..token.span.end - base).unwrap_or_default()
}

/// The tokens with those that are runs divided at byte offsets into `text`; other offsets divide nothing.
pub fn divide_at(text: &str, base: usize, tokens: Vec<Token>, starts: &[usize]) -> Vec<Token> {
    let mut divided = Vec::with_capacity(tokens.len());
    for token in tokens {
        let (from, to) = (token.span.start - base, token.span.end - base);
        let first = starts.partition_point(|&start| start <= from);
        let inner = starts[first..].iter().copied().take_while(|&start| start < to);
        if !is_run(&token, text, base) || inner.clone().next().is_none() {
            divided.push(token);
            continue;
        }
        let mut start = from;
        for end in inner.chain([to]) {
            let span = Span::new(start, end);
            let lower = normal_form(span.of(text));
            let kind = match lower.chars().next() {
                Some(c) if c.is_numeric() => TokenKind::Number,
                Some(c) if c.is_alphabetic() => TokenKind::Word,
                _ => TokenKind::Punctuation,
            };
            divided.push(Token {
                lower,
                kind,
                capitalised: span.of(text).starts_with(char::is_uppercase),
                spaced: token.spaced && start == from,
                span: span.shifted(base),
            });
            start = end;
        }
    }
    divided
}

/// Byte offsets at which words begin.
fn words_of(line: &Line, scorer: &impl Scorer) -> Vec<usize> {
    let mut words = Words::default();
    let mut features = Vec::new();
    for at in 0..line.len() {
        let begins = line.given(at).unwrap_or_else(|| {
            features.clear();
            word_features(line, &words, at, &mut features);
            best(&features, CLASSES, scorer) == BEGINS
        });
        if begins {
            words.begin(at);
        }
    }
    words.starts.iter().map(|&at| line.offsets[at]).collect()
}

/// Positions of the words begun so far.
#[derive(Debug, Clone, Default)]
pub struct Words {
    starts: Vec<usize>,
}

impl Words {
    /// A word begins at a position.
    pub fn begin(&mut self, at: usize) {
        self.starts.push(at);
    }

    fn last(&self, back: usize) -> usize {
        self.starts.len().checked_sub(back + 1).map_or(0, |i| self.starts[i])
    }

    /// Where the word before `at` begins and where the one before that does; of very long ones, near them.
    fn before(&self, at: usize) -> (usize, usize) {
        let start = self.last(0).max(at.saturating_sub(REACH));
        (start, self.last(1).max(start.saturating_sub(REACH)).min(start))
    }
}

/// The characters of a sentence, variants made one.
#[derive(Debug, Clone)]
pub struct Line {
    chars: Vec<char>,
    offsets: Vec<usize>,
    /// Whether a word begins before the character, where that needs no classifier.
    given: Vec<Option<bool>>,
}

impl Line {
    /// The characters of `text` with its tokens, whose spans point into it shifted by `base`.
    pub fn new(text: &str, base: usize, tokens: &[Token], variants: &Variants) -> Self {
        let mut line = Line { chars: Vec::new(), offsets: Vec::new(), given: Vec::new() };
        let mut before = None;
        let mut tokens =
            tokens.iter().map(|token| (token.span, is_run(token, text, base))).peekable();
        for (offset, c) in text.char_indices() {
            while tokens.next_if(|(span, _)| span.end - base <= offset).is_some() {}
            let inside = tokens.peek().filter(|(span, _)| span.start - base < offset);
            let open = inside.is_some_and(|&(_, run)| run)
                && [before, Some(c)].into_iter().flatten().any(is_han)
                && !normal_form(c.encode_utf8(&mut [0; 4])).is_empty();
            line.given.push((!open).then_some(inside.is_none()));
            line.chars.push(variants.of(c));
            line.offsets.push(offset);
            before = Some(c);
        }
        line
    }

    /// How many characters there are.
    pub fn len(&self) -> usize {
        self.chars.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }

    /// Whether a word begins before a character, where the classifier is not asked.
    pub fn given(&self, at: usize) -> Option<bool> {
        self.given[at]
    }

    /// Where a character begins, in bytes.
    pub fn offset(&self, at: usize) -> usize {
        self.offsets[at]
    }

    fn hash(&self, from: usize, to: usize) -> u64 {
        self.chars[from..to].iter().fold(0x7f, |hash, &c| feature(99, hash, u64::from(c), 0))
    }
}

/// Longest word whose length is told from longer ones', in characters.
const LONGEST: usize = 6;
/// How far back a word is looked at, in characters.
const REACH: usize = 16;

/// The features of a character, after the words begun before it.
pub fn word_features(line: &Line, words: &Words, at: usize, out: &mut Vec<u64>) {
    let char_at =
        |offset: isize| at.checked_add_signed(offset).and_then(|i| line.chars.get(i)).copied();
    let code = |offset: isize| char_at(offset).map_or(0, u64::from);
    let kind = |offset: isize| char_at(offset).map_or(0, kind_of);
    let [b3, b2, b1, c0, c1, c2] = [-3, -2, -1, 0, 1, 2].map(code);
    let mut template = 200;
    let mut put = |a: u64, b: u64, c: u64| {
        template += 1;
        out.push(feature(template, a, b, c));
    };
    put(0, 0, 0);
    for single in [b2, b1, c0, c1] {
        put(single, 0, 0);
    }
    for (left, right) in [(b3, b2), (b2, b1), (b1, c0), (c0, c1), (c1, c2), (b1, c1), (b2, c0)] {
        put(left, right, 0);
    }
    for (left, middle, right) in [(b3, b2, b1), (b2, b1, c0), (b1, c0, c1), (c0, c1, c2)] {
        put(left, middle, right);
    }
    put(feature(98, b2, b1, 0), c0, c1);
    let kinds = [-2, -1, 0, 1].map(kind).into_iter().fold(0, |all, kind| all * 8 + kind);
    put(kinds, 0, 0);
    put(kind(-1), kind(0), 0);
    put(kinds, c0, 0);
    put(kinds, b1, 0);
    let same = u64::from(b1 == c0) | u64::from(b2 == c0) << 1 | u64::from(b1 == c1) << 2;
    put(same, 0, 0);
    put(same, c0, 0);

    let (start, before) = words.before(at);
    let (word, previous) = (line.hash(start, at), line.hash(before, start));
    let length = (at - start).min(LONGEST) as u64;
    put(length, 0, 0);
    put(length, c0, 0);
    put(length, b1, c0);
    put(length, kind(-1), kind(0));
    put(word, 0, 0);
    put(word, c0, 0);
    put(word, c0, c1);
    put(word, previous, 0);
    put(word, (start - before).min(LONGEST) as u64, 0);
    put(line.hash(start, at + 1), 0, 0);
    put(line.chars.get(start).copied().map_or(0, u64::from), b1, length);
    put(previous, c0, 0);
}

fn kind_of(c: char) -> u64 {
    match c {
        _ if is_han(c) => 1,
        _ if c.is_numeric() => 2,
        _ if c.is_alphabetic() => 3,
        _ if c.is_whitespace() => 4,
        _ => 5,
    }
}

/// A character of Han script.
fn is_han(c: char) -> bool {
    matches!(c, '々' | '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
