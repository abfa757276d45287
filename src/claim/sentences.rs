//! Sentence boundaries.

use crate::language::Pack;
use crate::span::Span;

/// The sentences of `text` within `body`, in order, trimmed of white space. Line breaks end a
/// sentence (headlines); the pack's abbreviations do not.
pub fn split(_text: &str, _body: Span, _pack: &Pack) -> Vec<Span> {
    Vec::new()
}
