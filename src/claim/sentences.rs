//! Sentence boundaries.

use crate::language::Pack;
use crate::span::Span;

/// The sentences of `text` within `body`, in order, trimmed of white space. Line breaks end a
/// sentence (headlines); the pack's abbreviations do not.
pub fn split(text: &str, body: Span, pack: &Pack) -> Vec<Span> {
    let mut sentences = Vec::new();
    for line in lines(text, body) {
        let mut open: Option<Span> = None;
        for piece in sentencex::segment(&pack.code, line.of(text)) {
            let start = piece.as_ptr() as usize - text.as_ptr() as usize;
            let piece = Span::new(start, start + piece.len());
            let span = open.map_or(piece, |before| before.cover(&piece));
            if ends_in_abbreviation(span.of(text), pack) {
                open = Some(span);
            } else {
                sentences.extend(trim(text, span));
                open = None;
            }
        }
        sentences.extend(open.and_then(|span| trim(text, span)));
    }
    sentences
}

fn lines(text: &str, body: Span) -> Vec<Span> {
    let mut lines: Vec<Span> = Vec::new();
    let mut start = body.start;
    for part in body.of(text).split_inclusive('\n') {
        let line = Span::new(start, start + part.len());
        start = line.end;
        let goes_on = lines.last().is_some_and(|last| {
            let before = last.of(text).trim_end();
            let unfinished = before.ends_with(|c: char| c.is_alphanumeric() || c == ',');
            unfinished && !before.is_empty() && part.starts_with(char::is_lowercase)
        });
        match lines.last_mut() {
            Some(last) if goes_on => *last = last.cover(&line),
            _ => lines.push(line),
        }
    }
    lines
}

fn ends_in_abbreviation(piece: &str, pack: &Pack) -> bool {
    let last = piece.trim_end().rsplit(|c: char| c.is_whitespace() || "('’«".contains(c)).next();
    last.is_some_and(|word| pack.abbreviations.iter().any(|a| a == word))
}

fn trim(text: &str, span: Span) -> Option<Span> {
    let piece = span.of(text);
    let start = span.start + (piece.len() - piece.trim_start().len());
    let end = span.start + piece.trim_end().len();
    (start < end).then(|| Span::new(start, end))
}
