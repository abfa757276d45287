//! Which source of a sentence speaks inside another's words.

use std::ops::Range;

use super::{Form, Found, Line, around_within};
use crate::span::Span;

/// Puts what is inside another's words within them, and those who are cited behind who cites them.
pub(super) fn nest(line: &Line<'_>, found: &mut Vec<Found>) {
    // "L'AFP rapporte que, selon un officier, …": the officer is inside the agency's clause.
    for at in 0..found.len() {
        let Form::Insertion(insertion) = found[at].form.clone() else { continue };
        let cue = line.tokens[insertion.start].span;
        let outer = found.iter().enumerate().find(|(i, other)| {
            let clause = other.form == Form::Complement && other.content != line.span;
            *i != at && clause && other.content.contains(&cue)
        });
        let Some(bounds) = outer.map(|(_, other)| other.content) else { continue };
        let part = tokens_of(line, bounds);
        let inside = around_within(line, part, insertion.start, insertion.end);
        found[at].content = inside.unwrap_or(bounds);
    }
    // Cited sources come behind, in the words of who cites them: the subject, or, where the sentence opens with
    // "Citant un officier, la radio affirme que", who speaks in it.
    let (mut cited, others): (Vec<Found>, Vec<Found>) =
        std::mem::take(found).into_iter().partition(|one| one.form == Form::Citing);
    for one in &mut cited {
        let outer = match &one.through {
            Some(through) => others.iter().find(|other| other.source == *through),
            None => others
                .iter()
                .find(|other| other.cue.start > one.cue.end || other.cue.end == one.cue.start),
        };
        if let Some(outer) = outer
            && one.content.contains(&outer.content)
        {
            one.content = outer.content;
        }
    }
    *found = others;
    found.append(&mut cited);
}

fn tokens_of(line: &Line<'_>, span: Span) -> Range<usize> {
    let first = line.tokens.iter().position(|t| t.span.start >= span.start).unwrap_or(0);
    let end = line.tokens.iter().rposition(|t| t.span.end <= span.end).map_or(first, |i| i + 1);
    first..end.max(first)
}
