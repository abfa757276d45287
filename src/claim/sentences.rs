//! Sentence boundaries.
//!
//! `sentencex` finds them inside a line. Around it stand three rules for news text: a line break
//! ends a sentence (headlines, captions) unless the next line plainly goes on; a stop after one of
//! the pack's abbreviations, and a piece that begins lower-case or with a closing quote, belong
//! to the sentence before, so that `« … . », a indiqué la source` stays whole.

use crate::language::Pack;
use crate::span::Span;

/// Bytes of the longest sentence. What is longer (a list without stops, a table run together, no prose at all) is cut
/// between words: the readers look at a sentence as a whole, and their time grows with the square of its length.
const LONGEST: usize = 4_000;

/// The sentences of `text` within `body`, in order, trimmed of white space. Line breaks end a
/// sentence (headlines); the pack's abbreviations do not. None is longer than a few thousand bytes. A `body` that does not fit `text`
/// gives none.
pub fn split(text: &str, body: Span, pack: &Pack) -> Vec<Span> {
    if text.get(body.start..body.end).is_none() {
        return Vec::new();
    }
    let mut sentences = Vec::new();
    for block in blocks(text, body) {
        let mut kept: Vec<Span> = Vec::new();
        for boundary in sentencex::get_sentence_boundaries(&pack.code, block.of(text)) {
            let piece = Span::new(boundary.start_byte, boundary.end_byte).shifted(block.start);
            let piece = trimmed(text, piece);
            if piece.is_empty() || !block.contains(&piece) {
                continue;
            }
            match kept.last_mut() {
                Some(last) if goes_on(last.of(text), piece.of(text), pack) => {
                    *last = last.cover(&piece);
                }
                _ => kept.push(piece),
            }
        }
        sentences.extend(kept.into_iter().flat_map(|sentence| cut(text, sentence)));
    }
    sentences
}

/// The sentence in pieces of at most [`LONGEST`] bytes.
fn cut(text: &str, sentence: Span) -> Vec<Span> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while rest.len() > LONGEST {
        let longest = &rest.of(text)[..rest.of(text).floor_char_boundary(LONGEST)];
        let end = match longest.rfind(char::is_whitespace) {
            Some(end) if end > 0 => end,
            _ => longest.len(),
        };
        pieces.push(trimmed(text, Span::new(rest.start, rest.start + end)));
        rest = trimmed(text, Span::new(rest.start + end, rest.end));
    }
    pieces.push(rest);
    pieces
}

/// Lines, joined where a line was merely wrapped: it has no final punctuation and the next one
/// begins lower-case.
fn blocks(text: &str, body: Span) -> Vec<Span> {
    let mut blocks: Vec<Span> = Vec::new();
    let mut start = body.start;
    let mut after_blank = true;
    for line in body.of(text).split_inclusive(['\n', '\r', '\u{2028}', '\u{2029}']) {
        let span = trimmed(text, Span::new(start, start + line.len()));
        // "\r\n" gives an empty piece between the two that is no blank line.
        let lone_feed = line == "\n" && text[..start].ends_with('\r');
        start += line.len();
        if span.is_empty() {
            after_blank |= !lone_feed;
            continue;
        }
        let wrapped = !after_blank && starts_lower(span.of(text));
        match blocks.last_mut() {
            Some(last) if wrapped && !has_final_punctuation(last.of(text)) => {
                *last = last.cover(&span);
            }
            _ => blocks.push(span),
        }
        after_blank = false;
    }
    blocks
}

/// Whether `next` belongs to the sentence that `last` began.
fn goes_on(last: &str, next: &str, pack: &Pack) -> bool {
    let opens =
        next.trim_start_matches(['»', '”', '’', '"', '“', ')', ']', ' ', '\u{a0}', '\u{202f}']);
    let after_closing = opens.len() < next.len() && !ends_statement_before_quote(next);
    starts_lower(next)
        || next.starts_with([',', ';', '»', '”', ')', ']', '،'])
        || (after_closing && (opens.starts_with([',', ';']) || starts_lower(opens)))
        || ends_in_abbreviation(last, pack)
}

/// Whether the quote that `next` starts with is an opening one: straight quotes say nothing.
fn ends_statement_before_quote(next: &str) -> bool {
    let mut chars = next.chars();
    matches!(chars.next(), Some('"' | '“')) && chars.next().is_some_and(char::is_alphanumeric)
}

fn ends_in_abbreviation(sentence: &str, pack: &Pack) -> bool {
    if !sentence.ends_with('.') {
        return false;
    }
    let word = sentence
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '«' | '“' | '"' | '’' | '\''))
        .next()
        .unwrap_or("");
    pack.abbreviations
        .iter()
        .any(|a| a == word || a.trim_end_matches('.') == word.trim_end_matches('.'))
}

fn starts_lower(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_lowercase)
}

fn has_final_punctuation(line: &str) -> bool {
    let line = line.trim_end_matches(['»', '”', '"', '“', ')', ' ', '\u{a0}', '\u{202f}']);
    line.ends_with(['.', '!', '?', '…', ':', ';', '؟', '。'])
}

/// `span` without the white space at its ends.
fn trimmed(text: &str, span: Span) -> Span {
    let inner = span.of(text);
    let start = span.start + (inner.len() - inner.trim_start().len());
    Span::new(start, start + inner.trim().len())
}
