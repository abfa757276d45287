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

/// The tokens with those that are runs divided behind figures and at byte offsets into `text`, which are sorted; other
/// offsets divide nothing.
pub fn divide_at(text: &str, base: usize, tokens: Vec<Token>, starts: &[usize]) -> Vec<Token> {
    let mut divided = Vec::with_capacity(tokens.len());
    for token in tokens {
        let (from, to) = (token.span.start - base, token.span.end - base);
        if !is_run(&token, text, base) {
            divided.push(token);
            continue;
        }
        let mut before = None;
        let inner = written(&token, text, base).char_indices().filter_map(|(at, c)| {
            let behind_figure = ends_figure(before.replace(c), c);
            let begins = at > 0 && (behind_figure || starts.binary_search(&(from + at)).is_ok());
            begins.then_some(from + at)
        });
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

/// Whether a figure ends between two characters, as it does at the start of a run.
fn ends_figure(before: Option<char>, c: char) -> bool {
    before.is_some_and(|before| before.is_numeric() && !is_han(before)) && is_han(c)
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
            let figure = ends_figure(before, c);
            let open = inside.is_some_and(|&(_, run)| run)
                && !figure
                && [before, Some(c)].into_iter().flatten().any(is_han)
                && !normal_form(c.encode_utf8(&mut [0; 4])).is_empty();
            line.given.push((!open).then_some(inside.is_none() || figure));
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::claim::tokens::tokenize;
    use crate::syntax::{codes, model};

    fn divided(text: &str) -> String {
        let model = codes().filter_map(model).find(|model| model.has_segmenter());
        let tokens = model.expect("a model with a segmenter").tokenize(text, 0);
        let words: Vec<&str> = tokens.iter().map(|token| token.span.of(text)).collect();
        words.join(" ")
    }

    #[test]
    fn runs_are_divided_into_words() {
        assert_eq!(divided("政府关闭了学校。"), "政府 关闭 了 学校 。");
        assert_eq!(divided("军队控制了这座城市"), "军队 控制 了 这 座 城市");
    }

    #[test]
    fn traditional_and_simplified_characters_are_divided_alike() {
        assert_eq!(divided("總統簽署了法案。"), "總統 簽署 了 法案 。");
        assert_eq!(divided("总统签署了法案。"), "总统 签署 了 法案 。");
    }

    #[test]
    fn figures_and_foreign_words_stay_whole() {
        assert_eq!(
            divided("2017年12月8日，3名士兵离开。"),
            "2017 年 12 月 8 日 ， 3 名 士兵 离开 。"
        );
        assert_eq!(divided("有12万名居民"), "有 12 万 名 居民");
        assert_eq!(divided("他使用iPhone手机"), "他 使用 iPhone 手机");
    }

    #[test]
    fn numbers_inside_a_run_are_numbers() {
        let text = "在2017年";
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let tokens = divide_at(text, 0, tokenize(text, 0), &[starts[1], starts[5]]);
        let kinds: Vec<TokenKind> = tokens.iter().map(|token| token.kind).collect();
        assert_eq!(kinds, [TokenKind::Word, TokenKind::Number, TokenKind::Word]);
    }

    fn mixed() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[\u{4e00}-\u{9fa5}]{1,12}",
            1 => "[0-9]{1,3}([.,][0-9])?",
            1 => "[a-zà-ÿА-я' -]{1,8}",
            1 => "[，。·“”%\u{200b}]",
            1 => "\\PC{0,4}",
        ];
        prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn words_cover_their_run_and_do_not_overlap(text in mixed(), base in 0usize..9) {
            let runs = tokenize(&text, base);
            for model in codes().filter_map(model).filter(|model| model.has_segmenter()) {
                let words = model.tokenize(&text, base);
                let mut rest = words.as_slice();
                for run in &runs {
                    let inside = rest.iter().take_while(|word| word.span.start < run.span.end);
                    let (inside, after) = rest.split_at(inside.count());
                    prop_assert_eq!(inside.first().map(|w| w.span.start), Some(run.span.start));
                    prop_assert_eq!(inside.last().map(|w| w.span.end), Some(run.span.end));
                    prop_assert!(inside.windows(2).all(|w| w[0].span.end == w[1].span.start));
                    prop_assert!(inside.iter().all(|word| !word.span.is_empty()));
                    prop_assert_eq!(inside.first().map(|w| w.spaced), Some(run.spaced));
                    rest = after;
                }
                prop_assert!(rest.is_empty());
            }
        }

        #[test]
        fn what_has_no_han_character_is_tokenised_as_before(text in "\\PC{0,60}") {
            let text = text.replace(is_han, "");
            for model in codes().filter_map(model) {
                prop_assert_eq!(model.tokenize(&text, 0), tokenize(&text, 0));
            }
        }
    }

    #[test]
    fn languages_with_spaces_are_tokenised_as_before() {
        let text = "L'armée d'Al-Boukamal (阿布卡迈勒) a repris 3,5 km.";
        for model in codes().filter_map(model).filter(|model| !model.has_segmenter()) {
            assert_eq!(model.tokenize(text, 0), tokenize(text, 0));
        }
    }

    #[test]
    fn a_run_without_end_takes_time_in_proportion() {
        let text = "国".repeat(20_000);
        assert!(!divided(&text).is_empty());
    }
}
