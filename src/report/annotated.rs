//! The report for a terminal, each finding as compilers show an error: both sentences with their evidence marked
//! and labelled, and where they stand.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::standing::Standings;
use super::told::{Told, ToldSide};
use super::view;
use super::visible::{disarmed, pieces};
use super::{Format, Locale, RenderOptions, Report};

/// Sentences as snippets.
pub(super) struct Annotated;

/// What stands before a line of a snippet.
const GUTTER: usize = 4;

impl Format for Annotated {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let locale = &options.locale;
        let renderer = if options.colour { Renderer::styled() } else { Renderer::plain() };
        // Lines are broken here; the renderer would cut them.
        let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(usize::from(u16::MAX));
        let standings = Standings::new(report);
        for finding in &report.findings {
            let told = Told::new(finding, &standings, locale);
            let room = options.width.saturating_sub(GUTTER).max(20);
            let shown = renderer.render(&[group(&told, room, locale)]);
            // A snippet whose place was told before it gets an empty mark of a file.
            let is_empty_mark =
                |line: &&str| anstream::adapter::strip_str(line).to_string().trim() == ":::";
            for line in shown.lines().filter(|line| !is_empty_mark(line)) {
                writeln!(out, "{line}")?;
            }
            writeln!(out)?;
        }
        let view = view::view(report, locale);
        writeln!(out, "{}\n{}", view.summary.read, view.summary.found)?;
        if !view.calibrated {
            writeln!(out, "{}", view.model)?;
        }
        if !view.problems.is_empty() {
            writeln!(out, "\n{}", locale.label("label.problems"))?;
            for problem in &view.problems {
                writeln!(out, "  ! {problem}")?;
            }
        }
        if let Some(verdict) = &view.verdict {
            writeln!(out, "\n{}", verdict.title)?;
            for fact in &verdict.facts {
                writeln!(out, "{fact}")?;
            }
            for list in &verdict.lists {
                writeln!(out, "{}", list.title)?;
                for item in &list.items {
                    writeln!(out, "  ! {item}")?;
                }
            }
        }
        Ok(())
    }
}

fn group<'t>(told: &'t Told<'_>, room: usize, locale: &Locale) -> Group<'t> {
    let level = match told.level() {
        "error" => Level::ERROR,
        "warning" => Level::WARNING,
        _ => Level::NOTE,
    };
    let title = level.with_name(told.relation.clone()).primary_title(&told.question);
    let mut group = Group::with_title(title.id(told.kind()));
    for (side, kind) in
        [(&told.here, AnnotationKind::Primary), (&told.there, AnnotationKind::Context)]
    {
        group = group.elements(sentence(side, kind, room, locale));
    }
    let note = |text: String| Level::NOTE.no_name().message(text);
    for why in &told.why {
        group = group.element(note(broken(why, room)));
    }
    if let Some(lowered) = &told.lowered {
        group = group.element(note(broken(lowered, room)));
    }
    if let Some(counts) = &told.counts {
        group = group.element(note(broken(counts, room)));
    }
    let fingerprint = &told.finding.fingerprint;
    group.element(note(format!("{} · {} · {fingerprint}", told.confidence, told.voices)))
}

/// Where a sentence stands, and the sentence in lines that fit.
fn sentence<'t>(
    side: &'t ToldSide<'_>,
    kind: AnnotationKind,
    room: usize,
    locale: &Locale,
) -> [Element<'t>; 2] {
    let origin = match &side.side.place {
        Some(place) => {
            let origin = Origin::path(super::visible::visible(&place.path)).line(place.line);
            match place.columns {
                Some(columns) => origin.char_column(columns.characters.0),
                None => origin,
            }
        }
        None => Origin::path(side.at.as_str()),
    };
    let (text, mut marks) = marked(side);
    let text = broken(&text, room);
    if marks.is_empty() {
        marks.push(0..text.len());
    }
    let lines: Vec<Range<usize>> = marks.iter().flat_map(|mark| by_line(&text, mark)).collect();
    let last = lines.len().saturating_sub(1);
    let annotations = lines.into_iter().enumerate().map(|(at, range)| {
        let annotation = kind.span(range);
        // The label stands where the evidence ends.
        let label = (at == last).then(|| locale.labelled_text(&side.who, &side.value));
        annotation.label(label)
    });
    let snippet = Snippet::source(text.clone()).line_numbering(false).fold(false);
    [origin.into(), snippet.annotations(annotations.collect::<Vec<_>>()).into()]
}

/// The sentence as it is shown, and the bytes of its evidence.
fn marked(side: &ToldSide<'_>) -> (String, Vec<Range<usize>>) {
    let mut text = String::new();
    let mut marks = Vec::new();
    for piece in pieces(&side.side.sentence, side.side.span, &side.side.evidence) {
        let start = text.len();
        text.push_str(&piece.text);
        let shown = piece.text.trim();
        if piece.marked && !shown.is_empty() {
            let before = piece.text.len() - piece.text.trim_start().len();
            marks.push(start + before..start + before + shown.len());
        }
    }
    // Pieces that are harmless alone may make a command together; then nothing is marked.
    let safe = disarmed(text.clone());
    if safe == text { (text, marks) } else { (safe, Vec::new()) }
}

/// The text with some spaces made line ends, so that lines take at most `room` columns where spaces allow it: no
/// byte moves.
fn broken(text: &str, room: usize) -> String {
    let mut lines = String::with_capacity(text.len());
    let mut column = 0;
    for word in text.split_inclusive(' ') {
        let width = word.trim_end().width();
        if column > 0 && column + width > room && lines.ends_with(' ') {
            lines.pop();
            lines.push('\n');
            column = 0;
        }
        lines.push_str(word);
        column += word.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
    }
    lines
}

/// A stretch, cut at line ends.
fn by_line(text: &str, mark: &Range<usize>) -> Vec<Range<usize>> {
    let mut at = mark.start;
    let mut ranges = Vec::new();
    for line in text.get(mark.clone()).unwrap_or_default().split_inclusive('\n') {
        let end = at + line.trim_end_matches('\n').len();
        if end > at {
            ranges.push(at..end);
        }
        at += line.len();
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaking_lines_moves_no_byte() {
        let text = "Il est tombé ce 8 novembre, dit-on, aux mains de l'armée.";
        let lines = broken(text, 20);
        assert_eq!(lines.replace('\n', " "), text);
        assert!(lines.lines().all(|line| line.width() <= 20), "{lines}");
        assert_eq!(broken("motsansespacesetlong encore", 5), "motsansespacesetlong\nencore");
    }

    #[test]
    fn evidence_over_a_line_end_is_marked_on_both_lines() {
        assert_eq!(by_line("un deux\ntrois quatre", &(3..13)), [3..7, 8..13]);
        assert_eq!(by_line("un\ndeux", &(0..4)), [0..2, 3..4]);
    }
}
