//! Direct quotations of an article, which may run over several sentences.

use crate::claim::tokens::Token;
use crate::span::Span;

/// A quotation that is never closed ends here, so that one stray mark does not swallow an
/// article.
const LONGEST_BYTES: usize = 3000;

/// A quotation, with and without its marks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quote {
    pub outer: Span,
    pub inner: Span,
}

/// The quotations of an article, outer ones only, in order. A paragraph that opens with another
/// opening mark while one is open goes on with it, as English papers print it.
pub(super) fn quotes(text: &str, sentences: &[(Span, Vec<Token>)]) -> Vec<Quote> {
    let marks: Vec<(Span, char)> = sentences
        .iter()
        .flat_map(|(_, tokens)| tokens)
        .filter_map(|token| Some((token.span, token.span.of(text).chars().next()?)))
        .filter(|(_, mark)| is_mark(*mark))
        .collect();
    let mut found: Vec<Quote> = Vec::new();
    let mut at = 0;
    while let Some(&(start, mark)) = marks.get(at) {
        at += 1;
        let Some(close) = closing(mark) else { continue };
        let Some(end) = closed_at(text, &marks, at, start, close) else { continue };
        found.push(Quote {
            outer: start.cover(&marks[end].0),
            inner: inside(text, start.end, marks[end].0.start),
        });
        at = end + 1;
    }
    found
}

/// Index of the mark that closes the quotation opened at `start`, looked for from the mark `from` on.
fn closed_at(
    text: &str,
    marks: &[(Span, char)],
    from: usize,
    start: Span,
    close: char,
) -> Option<usize> {
    let mut depth = 0usize;
    for (i, &(span, mark)) in marks.iter().enumerate().skip(from) {
        if span.start - start.start > LONGEST_BYTES {
            return None;
        }
        if mark == close || close == '“' && mark == '”' {
            if is_single(close) && !ends_quotation(text, span) {
                continue;
            }
            if depth == 0 {
                return Some(i);
            }
            depth -= 1;
        } else if mark == opening(close) && mark != close {
            let paragraph =
                text[start.end..span.start].trim_end_matches(['\u{a0}', ' ']).ends_with('\n');
            depth += usize::from(!paragraph);
        }
    }
    None
}

fn is_mark(mark: char) -> bool {
    matches!(mark, '«' | '»' | '“' | '”' | '„' | '"' | '‹' | '›' | '‘' | '’' | '‚')
}

/// Marks that are apostrophes as well.
fn is_single(mark: char) -> bool {
    matches!(mark, '’' | '‘')
}

/// Whether a mark that may be an apostrophe ("the rebels’ guns") ends a quotation: beside punctuation, or at the end.
fn ends_quotation(text: &str, mark: Span) -> bool {
    let is_stop = |c: char| matches!(c, ',' | '.' | '!' | '?' | '…' | ';' | ':' | ')' | '”' | '»');
    let before = text[..mark.start].chars().next_back();
    let after = text[mark.end..].chars().next();
    before.is_some_and(is_stop) || after.is_none_or(|c| is_stop(c) || c == '\n')
}

fn closing(mark: char) -> Option<char> {
    Some(match mark {
        '«' => '»',
        '“' => '”',
        '„' => '“',
        '"' => '"',
        '‹' => '›',
        '»' => '«',
        '‘' => '’',
        '‚' => '‘',
        _ => return None,
    })
}

fn opening(close: char) -> char {
    match close {
        '»' => '«',
        '«' => '»',
        '”' => '“',
        '“' => '„',
        '›' => '‹',
        '’' => '‘',
        '‘' => '‚',
        other => other,
    }
}

/// What stands between the marks, without the spaces that French puts there.
fn inside(text: &str, start: usize, end: usize) -> Span {
    let inner = Span::new(start, end).of(text);
    let left = inner.len() - inner.trim_start().len();
    Span::new(start + left, start + left + inner.trim().len())
}
