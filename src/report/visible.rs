//! Text of articles made safe to show: nothing hidden, nothing that steers a terminal or turns the
//! direction of what stands around it.

use std::borrow::Cow;

use crate::span::Span;

/// The text with control, bidirectional and invisible characters shown as signs and white space
/// folded. Used by every format that people read; the JSON forms keep the exact text.
///
/// Joiners stay where a script needs them (Persian, Hindi), soft hyphens go.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut before: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\r' | '\t' | ' ' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                if !shown.ends_with(' ') {
                    shown.push(' ');
                }
            }
            '\u{ad}' => {}
            '\0'..='\u{1f}' => shown.extend(char::from_u32(0x2400 + c as u32)),
            '\u{7f}' => shown.push('␡'),
            '\u{200c}' | '\u{200d}' if joins(before) && joins(chars.peek().copied()) => {
                shown.push(c);
            }
            _ if hidden(c) => shown.push_str(&format!("⟨U+{:04X}⟩", c as u32)),
            _ => shown.push(c),
        }
        before = Some(c);
    }
    disarmed(shown)
}

/// Text that no CI runner takes for a command. GitHub's obeys `::name::` at the beginning of a line of the log and
/// `##[name]` anywhere in it, Azure's `##vso[…]`; a report is printed into such a log.
pub(super) fn disarmed(text: String) -> String {
    if !text.contains("::") && !text.contains("##") {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 4);
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        safe.push(c);
        rest = &rest[c.len_utf8()..];
        let command = match c {
            ':' => rest
                .strip_prefix(':')
                .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic())),
            '#' => rest.strip_prefix('#').is_some_and(|name| {
                name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('[')
            }),
            _ => false,
        };
        if command {
            safe.push(' ');
        }
    }
    safe
}

/// JSON with the characters that would steer a terminal written as escapes, which a parser reads as the same text.
/// JSON itself asks for that below U+0020 alone. Outside of strings JSON has none of them.
pub fn escaped_json(json: &str) -> Cow<'_, str> {
    let steers = |c: char| c == '\u{7f}' || matches!(c, '\u{2028}' | '\u{2029}') || hidden(c);
    if !json.contains(steers) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if steers(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// Characters that show nothing or change how others show.
fn hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'          // C1 controls: some terminals obey them
        | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' // marks, embeddings, overrides
        | '\u{2060}'..='\u{206f}'    // joiners, isolates, deprecated format characters
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // blank letters
        | '\u{180e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}'  // tags
    )
}

/// Whether a joiner beside this character can be orthography: emoji, and scripts beyond Latin,
/// Greek and Cyrillic.
fn joins(c: Option<char>) -> bool {
    c.is_some_and(|c| c > '\u{5ff}' && !hidden(c))
}

/// A stretch of a sentence, shown or marked as evidence.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Piece {
    /// The text, [`visible`].
    pub text: String,
    /// It carries the value.
    pub marked: bool,
}

/// A sentence cut where its evidence begins and ends. `span` says where the sentence stands in the
/// article's text, which the evidence counts in too; spans that do not fit mark nothing.
pub fn pieces(sentence: &str, span: Span, evidence: &[Span]) -> Vec<Piece> {
    let mut marks: Vec<(usize, usize)> = evidence
        .iter()
        .filter_map(|mark| {
            let start = mark.start.max(span.start).checked_sub(span.start)?;
            let end = mark.end.checked_sub(span.start)?.min(sentence.len());
            (start < end && sentence.is_char_boundary(start) && sentence.is_char_boundary(end))
                .then_some((start, end))
        })
        .collect();
    marks.sort_unstable();
    // Overlapping evidence is one mark.
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (start, end) in marks {
        match merged.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    let mut cut = Vec::new();
    let mut at = 0;
    let mut push = |from: usize, to: usize, marked: bool| {
        let text = visible(sentence.get(from..to).unwrap_or(""));
        if !text.is_empty() {
            cut.push(Piece { text, marked });
        }
    };
    for (start, end) in merged {
        push(at, start, false);
        push(start, end, true);
        at = end;
    }
    push(at, sentence.len(), false);
    if let Some(first) = cut.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    if let Some(last) = cut.last_mut() {
        last.text = last.text.trim_end().to_owned();
    }
    cut.retain(|piece| !piece.text.is_empty());
    cut
}
