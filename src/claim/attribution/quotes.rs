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
    let mut found: Vec<Quote> = Vec::new();
    let mut open: Option<(Span, char)> = None;
    let mut depth = 0usize;
    for token in sentences.iter().flat_map(|(_, tokens)| tokens) {
        let Some(mark) = token.span.of(text).chars().next() else { continue };
        if open.is_some_and(|(start, _)| token.span.start - start.start > LONGEST_BYTES) {
            open = None;
            depth = 0;
        }
        match open {
            None => {
                if let Some(close) = closing(mark) {
                    open = Some((token.span, close));
                    depth = 0;
                }
            }
            Some((start, close)) if mark == close || (close == '“' && mark == '”') => {
                if depth > 0 {
                    depth -= 1;
                    continue;
                }
                found.push(Quote {
                    outer: start.cover(&token.span),
                    inner: inside(text, start.end, token.span.start),
                });
                open = None;
            }
            Some((start, close)) if mark == opening(close) && mark != close => {
                let paragraph = text[start.end..token.span.start]
                    .trim_end_matches(['\u{a0}', ' '])
                    .ends_with('\n');
                depth += usize::from(!paragraph);
            }
            Some(_) => {}
        }
    }
    found
}

fn closing(mark: char) -> Option<char> {
    Some(match mark {
        '«' => '»',
        '“' => '”',
        '„' => '“',
        '"' => '"',
        '‹' => '›',
        '»' => '«',
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
        other => other,
    }
}

/// What stands between the marks, without the spaces that French puts there.
fn inside(text: &str, start: usize, end: usize) -> Span {
    let inner = Span::new(start, end).of(text);
    let left = inner.len() - inner.trim_start().len();
    Span::new(start + left, start + left + inner.trim().len())
}
