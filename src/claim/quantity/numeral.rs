//! Numerals: digits in the locale's form, number words, magnitudes.

use std::sync::Arc;

use text2num::{Language, get_interpreter_for, text2digits};

use super::section::Lexicon;
use crate::claim::tokens::{Token, TokenKind};

/// No number is written in more words.
const MAX_WORDS: usize = 9;

/// A numeral: tokens `first..end` and its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Numeral {
    pub first: usize,
    pub end: usize,
    pub value: f64,
    /// Written as four digits that could be a year.
    pub year_like: bool,
    /// In words that have another, more frequent meaning.
    pub ambiguous: bool,
}

/// text2num's reader of one language's number words; building one is slow for German.
#[derive(Clone)]
pub(super) struct Spelled(Option<Arc<Language>>);

impl Spelled {
    /// The reader for a language code, if text2num knows the language.
    pub fn new(code: &str) -> Self {
        Spelled(get_interpreter_for(code).map(Arc::new))
    }

    pub fn language(&self) -> Option<&Language> {
        self.0.as_deref()
    }
}

impl std::fmt::Debug for Spelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Spelled").field(&self.0.is_some()).finish()
    }
}

/// The numeral that begins at token `at`, with its magnitudes ("1,5 million").
pub(super) fn read(
    lexicon: &Lexicon,
    words: Option<&Language>,
    tokens: &[Token],
    at: usize,
) -> Option<Numeral> {
    let token = tokens.get(at)?;
    let mut numeral = read_plain(lexicon, words, tokens, at)?;
    // "cinq millions d'": the word is part of the number, and its link goes with it.
    let last = lexicon.magnitudes.find_at(tokens, numeral.end - 1);
    if let Some(m) = last.into_iter().filter(|m| m.end > numeral.end).max_by_key(|m| m.end) {
        numeral.end = m.end;
    }
    while let Some(m) =
        lexicon.magnitudes.find_at(tokens, numeral.end).into_iter().max_by_key(|m| m.end)
    {
        numeral.value *= *m.payload;
        numeral.end = m.end;
        numeral.year_like = false;
        numeral.ambiguous = false;
    }
    // "un", "one", "ein" alone are articles.
    let article = token.kind == TokenKind::Word && numeral.end == at + 1 && numeral.value <= 1.0;
    (!article).then_some(numeral)
}

/// The numeral that begins at token `at`, without magnitudes after digits.
pub(super) fn read_plain(
    lexicon: &Lexicon,
    words: Option<&Language>,
    tokens: &[Token],
    at: usize,
) -> Option<Numeral> {
    match tokens.get(at)?.kind {
        TokenKind::Number => digits(lexicon, tokens, at),
        TokenKind::Word => {
            behind_clitic(lexicon, tokens, at).or_else(|| in_words(lexicon, words, tokens, at))
        }
        TokenKind::Punctuation => None,
    }
}

/// Half of what the last digit written stands for: 0.05 for "3.1", 5 for "80"; at most 5 % of the value, as the
/// zeros of "100" may count. Half of one for number words.
pub(super) fn precision(written: &str, value: f64) -> f64 {
    let digits = western(written).unwrap_or_default();
    let decimals = digits.rsplit_once(['.', ',']).map_or(0, |(_, part)| part.len());
    let fraction = decimals > 0 && value.fract() != 0.0;
    let step = if fraction {
        10f64.powi(-i32::try_from(decimals).unwrap_or(0))
    } else {
        let mut step = 1.0;
        while value > 0.0 && value % (step * 10.0) == 0.0 {
            step *= 10.0;
        }
        step
    };
    (step / 2.0).min(if step > 1.0 { value * 0.05 } else { step / 2.0 })
}

/// Whether token `at` lies in a row of digits such as telephone numbers are: "01 42 34 56 78", "020 7946 0958".
pub(super) fn telephone(tokens: &[Token], at: usize) -> bool {
    let number = |i: usize| {
        tokens.get(i).is_some_and(|token| {
            token.kind == TokenKind::Number && token.lower.chars().all(char::is_numeric)
        })
    };
    if !number(at) {
        return false;
    }
    let first = (0..=at).rev().take_while(|&i| number(i)).last().unwrap_or(at);
    let count = (first..tokens.len()).take_while(|&i| number(i)).count();
    let opens = tokens[first].lower.starts_with(['0', '٠']) && tokens[first].lower.len() > 1;
    count >= 3 && opens
}

fn digits(lexicon: &Lexicon, tokens: &[Token], at: usize) -> Option<Numeral> {
    let token = &tokens[at];
    let mut written = western(&token.lower)?;
    let mut end = at + 1;
    let plain = written.chars().all(|c| c.is_ascii_digit());
    // "1 200": groups of three after a space.
    if plain && written.len() <= 3 && !written.starts_with('0') {
        while let Some(next) = tokens.get(end) {
            let Some(group) = western(&next.lower) else { break };
            let whole = group.split(lexicon.decimal).next().unwrap_or("");
            let three = whole.len() == 3 && whole.chars().all(|c| c.is_ascii_digit());
            let adjacent = next.span.start.saturating_sub(tokens[end - 1].span.end) <= 3;
            if next.kind != TokenKind::Number || !next.spaced || !three || !adjacent {
                break;
            }
            written.push_str(&group);
            end += 1;
        }
    }
    let value = locale_value(&written, lexicon.decimal)?;
    let year_like =
        plain && end == at + 1 && written.len() == 4 && (1000.0..2200.0).contains(&value);
    Some(Numeral { first: at, end, value, year_like, ambiguous: false })
}

/// Digits that a particle is written onto: Arabic "و80", "بـ120".
fn behind_clitic(lexicon: &Lexicon, tokens: &[Token], at: usize) -> Option<Numeral> {
    let (_, digits) = clitic(lexicon, &tokens[at])?;
    let value = locale_value(&western(digits)?, lexicon.decimal)?;
    Some(Numeral { first: at, end: at + 1, value, year_like: false, ambiguous: false })
}

/// The particle and the digits of a word that is made of both.
pub(super) fn clitic<'t>(lexicon: &Lexicon, token: &'t Token) -> Option<(&'t str, &'t str)> {
    let at = token.lower.find(char::is_numeric).filter(|&at| at > 0)?;
    let (particle, digits) = token.lower.split_at(at);
    let known = lexicon.clitics.iter().any(|clitic| clitic == particle);
    (known && digits.chars().all(char::is_numeric)).then_some((particle, digits))
}

/// The digits of any script in ASCII, with the Arabic separators as `,` and `.`.
fn western(written: &str) -> Option<String> {
    written
        .chars()
        .map(|c| match c {
            '0'..='9' | '.' | ',' => Some(c),
            '\u{660}'..='\u{669}' => char::from_digit(c as u32 - 0x660, 10),
            '\u{6f0}'..='\u{6f9}' => char::from_digit(c as u32 - 0x6f0, 10),
            '\u{66b}' => Some('\u{66b}'),
            '\u{66c}' => Some('\u{66c}'),
            _ => None,
        })
        .collect()
}

/// The value of digits with separators: where only one could be meant, the language decides.
pub(super) fn locale_value(written: &str, decimal: char) -> Option<f64> {
    let arabic: String = written.chars().filter(|&c| c != '\u{66c}').collect();
    if let Some((whole, part)) = arabic.split_once('\u{66b}') {
        return format!("{}.{part}", whole.replace([',', '.'], "")).parse().ok();
    }
    let separators: Vec<(usize, char)> =
        arabic.char_indices().filter(|(_, c)| matches!(c, '.' | ',')).collect();
    let point = match separators.as_slice() {
        [] => None,
        [(at, c)] => {
            let three = arabic.len() - at - 1 == 3;
            let grouped = *c != decimal && three && *at <= 3 && !arabic.starts_with('0');
            (!grouped).then_some(*at)
        }
        [.., (at, last)] => {
            let others = &separators[..separators.len() - 1];
            others.iter().all(|(_, c)| c != last).then_some(*at)
        }
    };
    let plain: String = arabic
        .char_indices()
        .filter_map(|(i, c)| match c {
            '.' | ',' if Some(i) == point => Some('.'),
            '.' | ',' => None,
            c => Some(c),
        })
        .collect();
    plain.parse().ok()
}

fn in_words(
    lexicon: &Lexicon,
    words: Option<&Language>,
    tokens: &[Token],
    at: usize,
) -> Option<Numeral> {
    let spelled = words.and_then(|language| spelled_out(language, tokens, at));
    let listed = from_table(lexicon, tokens, at);
    let (end, value) = match (spelled, listed) {
        (Some(a), Some(b)) if b.0 > a.0 => b,
        (Some(a), _) => a,
        (None, b) => b?,
    };
    let ambiguous = lexicon.ambiguous.find_at(tokens, at).iter().any(|m| m.end == end);
    Some(Numeral { first: at, end, value, year_like: false, ambiguous })
}

/// The longest run of words that text2num reads as one number.
fn spelled_out(language: &Language, tokens: &[Token], at: usize) -> Option<(usize, f64)> {
    let mut best = None;
    let mut run = String::new();
    for (i, token) in tokens.iter().enumerate().skip(at).take(MAX_WORDS) {
        if token.kind != TokenKind::Word {
            break;
        }
        if !run.is_empty() {
            run.push(' ');
        }
        run.push_str(&token.lower);
        // Ordinals come back with a suffix, and so do not parse.
        match text2digits(&run, language).ok().map(|digits| digits.parse::<f64>()) {
            Some(Ok(value)) => best = Some((i + 1, value)),
            Some(Err(_)) => return None,
            // "vingt et" is no number, "vingt et un" is.
            None if i > at + 1 && best.is_none_or(|(end, _)| i > end) => break,
            None if best.is_none() => break,
            None => {}
        }
    }
    best
}

/// The magnitude that the numeral ends in, if it does: a million for "three million".
pub(super) fn magnitude(lexicon: &Lexicon, tokens: &[Token], numeral: &Numeral) -> Option<f64> {
    (numeral.first + 1..numeral.end).rev().find_map(|i| {
        let found = lexicon.magnitudes.find_at(tokens, i).into_iter();
        found.filter(|m| m.end == numeral.end).map(|m| *m.payload).next()
    })
}

/// Number words from the pack's table, added and multiplied as they follow each other.
fn from_table(lexicon: &Lexicon, tokens: &[Token], at: usize) -> Option<(usize, f64)> {
    let mut end = at;
    let mut sum = 0.0;
    let mut last: Option<f64> = None;
    while let Some(m) = lexicon.words.find_at(tokens, end).into_iter().max_by_key(|m| m.end) {
        let value = *m.payload;
        sum = match last {
            None => value,
            Some(before) if value < before && before >= 20.0 => sum + value,
            // Arabic and German put the units before the tens.
            Some(before) if before < 10.0 && (20.0..100.0).contains(&value) => sum + value,
            Some(before) if before < 10.0 && value == 100.0 => sum * 100.0,
            Some(_) => break,
        };
        last = Some(value);
        end = m.end;
    }
    last.map(|_| (end, sum))
}
