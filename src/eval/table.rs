//! Figures as tables: aligned for a terminal, or as Markdown.

use std::fmt::Write;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::bootstrap::Measured;
use super::corpus::{CorpusFigures, Share, Unexplained};
use super::lost::{Losses, Lost};
use super::pages::{PageFigures, RankingFigures};
use super::pairs::PairFigures;

/// How tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Aligned columns.
    Text,
    /// Markdown.
    Markdown,
}

/// A table with a title and remarks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// What the table is of.
    pub title: String,
    /// Names of the columns.
    pub header: Vec<String>,
    /// The rows, as many cells each as the header.
    pub rows: Vec<Vec<String>>,
    /// Lines below it.
    pub notes: Vec<String>,
}

impl Section {
    /// A table without rows.
    pub fn new(title: impl Into<String>, header: &[&str]) -> Self {
        let header = header.iter().map(|name| (*name).to_owned()).collect();
        Section { title: title.into(), header, ..Section::default() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

/// Writes sections one after another.
pub fn render(sections: &[Section], style: Style) -> String {
    let mut out = String::new();
    for (number, section) in sections.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let title = &section.title;
        if !title.is_empty() {
            let _ = match style {
                Style::Text => writeln!(out, "{title}"),
                Style::Markdown => writeln!(out, "{title}\n"),
            };
        }
        match style {
            _ if section.header.is_empty() => {}
            Style::Text => aligned(section, &mut out),
            Style::Markdown => markdown(section, &mut out),
        }
        if style == Style::Markdown && !section.notes.is_empty() {
            out.push('\n');
        }
        for note in &section.notes {
            let _ = match style {
                Style::Text => writeln!(out, "{note}"),
                Style::Markdown => writeln!(out, "- {}", note.trim_start()),
            };
        }
    }
    out
}

fn aligned(section: &Section, out: &mut String) {
    let lines = || std::iter::once(&section.header).chain(&section.rows);
    let width = |column: usize| lines().filter_map(|l| l.get(column)).map(|c| c.width()).max();
    let widths: Vec<usize> = (0..section.header.len()).map(|c| width(c).unwrap_or(0)).collect();
    for line in lines() {
        let mut text = String::from(" ");
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(text, " {cell}{}", " ".repeat(width.saturating_sub(cell.width()) + 1));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
}

fn markdown(section: &Section, out: &mut String) {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    out.push_str(&line(&section.header));
    out.push_str(&line(&vec!["---".to_owned(); section.header.len()]));
    for row in &section.rows {
        out.push_str(&line(row));
    }
}

/// `0.667`; a dash where there is no figure.
pub fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

/// `0.667 (0.650–0.684)`.
pub fn interval(measured: Option<Measured>) -> String {
    let Some(measured) = measured else { return number(None) };
    match (measured.low, measured.high) {
        (Some(low), Some(high)) => format!("{:.3} ({low:.3}–{high:.3})", measured.value),
        _ => format!("{:.3}", measured.value),
    }
}

fn share(share: Share) -> String {
    match share.value() {
        Some(value) => format!("{} of {} ({value:.2})", share.found, share.of),
        None => format!("{} of {}", share.found, share.of),
    }
}

/// One table a set: a row for each scorer and part; then, for each scorer on the whole set, its classes and its
/// confusion if `details` are wanted.
pub fn pairs(figures: &[PairFigures], details: bool) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for of_set in figures.chunk_by(|x, y| x.set == y.set) {
        let header = [
            "scorer",
            "direction",
            "part",
            "pairs",
            "accuracy",
            "macro-F1",
            "AUROC",
            "AP",
            "ECE",
            "Brier",
        ];
        let mut section = Section::new(of_set[0].set.clone(), &header);
        for row in of_set {
            let part = row.part.as_ref();
            section.row([
                row.scorer.clone(),
                row.direction.map_or_else(|| "–".to_owned(), |direction| direction.to_string()),
                part.map_or_else(|| "all".to_owned(), |p| format!("{} {}", p.column, p.value)),
                row.pairs.to_string(),
                interval(row.accuracy),
                interval(row.macro_f1),
                interval(row.auroc),
                interval(row.average_precision),
                number(row.calibration_error.map(|m| m.value)),
                number(row.brier.map(|m| m.value)),
            ]);
        }
        sections.push(section);
        let lost: Vec<(String, &Losses)> = of_set
            .iter()
            .filter_map(|row| {
                let part = row.part.as_ref();
                let name =
                    part.map_or_else(|| "all".to_owned(), |p| format!("{} {}", p.column, p.value));
                Some((
                    name,
                    row.losses
                        .as_ref()
                        .filter(|losses| losses.conflicts + losses.wrongly_shown > 0)?,
                ))
            })
            .collect();
        if !lost.is_empty() {
            sections.push(losses(&of_set[0].set, "part", &lost));
        }
        for row in of_set.iter().filter(|row| details && row.part.is_none()) {
            sections.push(classes(row));
        }
    }
    sections
}

fn classes(figures: &PairFigures) -> Section {
    let mut header = vec!["class".to_owned(), "rows".to_owned(), "precision".to_owned()];
    header.extend(["recall".to_owned(), "F1".to_owned()]);
    header.extend(figures.classes.iter().map(|class| format!("answered {class}")));
    let title = format!("{}, {}: classes and confusion", figures.set, figures.scorer);
    let mut section = Section { title, header, ..Section::default() };
    for (at, class) in figures.per_class.iter().enumerate() {
        let mut row = vec![figures.classes[at].to_owned(), class.rows.to_string()];
        row.extend([class.precision, class.recall, class.f1].map(number));
        row.extend(figures.confusion.counts[at].iter().map(u64::to_string));
        section.rows.push(row);
    }
    let kappa = interval(figures.kappa);
    section.notes.push(format!("Cohen's kappa {kappa}; {} groups", figures.groups));
    section
}

/// Where missed conflicts were lost, a row for each set.
fn losses(title: &str, what: &str, sets: &[(String, &Losses)]) -> Section {
    let mut header: Vec<String> =
        [what, "conflicts", "found", "wrongly shown"].map(str::to_owned).into();
    header.extend(Lost::ALL.map(|stage| name(&stage)));
    header.push("one gate keeps back".to_owned());
    let title = format!(
        "{title}{}where missed conflicts were lost",
        if title.is_empty() { "" } else { ": " }
    );
    let mut section = Section { title, header, ..Section::default() };
    for (set, losses) in sets {
        let found = losses.conflicts - losses.missed.len();
        let mut row = vec![set.clone()];
        row.extend([losses.conflicts, found, losses.wrongly_shown].map(|n| n.to_string()));
        row.extend(Lost::ALL.map(|stage| losses.at(stage).to_string()));
        let gates = losses.by_gate().into_iter().map(|(gate, n)| format!("{} {n}", gate.name()));
        let gates: Vec<String> = gates.collect();
        row.push(listed(&gates));
        section.rows.push(row);
    }
    section
}

/// Where the conflicts of corpora were lost, and in which order of stages.
pub fn corpus_losses(figures: &[CorpusFigures]) -> Section {
    let sets: Vec<(String, &Losses)> =
        figures.iter().filter_map(|row| Some((row.corpus.clone(), row.losses.as_ref()?))).collect();
    losses("", "corpus", &sets)
}

/// Variants of the tool on the same corpora, a row each.
pub fn variants(figures: &[CorpusFigures]) -> Section {
    let found = ["tool", "corpus", "conflicts found", "noticed"];
    let confidences = ["confidences", "AUROC", "ECE", "Brier"];
    let mut section = Section::new("", &[&found[..], &SHOWN, &confidences].concat());
    for row in figures {
        let confidence = &row.confidence;
        let range = confidence.range.map(|(low, high)| format!("{low:.2}–{high:.2}"));
        let found =
            [row.tool.clone(), row.corpus.clone(), share(row.conflicts), share(row.noticed)];
        let confidences = [
            range.unwrap_or_else(|| "–".to_owned()),
            number(confidence.auroc),
            number(confidence.calibration_error),
            number(confidence.brier),
        ];
        section.row(found.into_iter().chain(shown(row)).chain(confidences));
    }
    section
}

/// What the columns of [`shown`] are called.
const SHOWN: [&str; 5] =
    ["shown right", "other kind", "unexplained", "per article", "negatives shown"];

/// How much of what a run shows is right, in the ways that count.
fn shown(row: &CorpusFigures) -> [String; 5] {
    [
        share(row.shown),
        row.other_kind.to_string(),
        row.unexplained.to_string(),
        row.false_alarms_per_article.map_or_else(|| "–".to_owned(), |n| format!("{n:.2}")),
        share(row.negatives),
    ]
}

/// A row a run, then the kinds of each if `details` are wanted.
pub fn corpora(figures: &[CorpusFigures], details: bool) -> Vec<Section> {
    let run = ["corpus", "model", "without", "articles", "candidates"];
    let found = ["conflicts found", "retrieved"];
    let mut sections = vec![Section::new("", &[&run[..], &found, &SHOWN].concat())];
    for row in figures {
        let found = [
            row.corpus.clone(),
            row.model.clone(),
            listed(&row.without),
            row.articles.to_string(),
            row.candidates.to_string(),
            share(row.conflicts),
            share(row.retrieved),
        ];
        sections[0].row(found.into_iter().chain(shown(row)));
    }
    for row in figures.iter().filter(|_| details) {
        let header = ["kind", "conflicts found", "shown right"];
        let mut kinds = Section::new(format!("{}: by kind", row.corpus), &header);
        for kind in &row.by_kind {
            kinds.row([name(&kind.kind), share(kind.conflicts), share(kind.shown)]);
        }
        kinds.notes.extend(
            row.by_level.iter().map(|(level, found)| format!("{level}: {}", share(*found))),
        );
        for (k, right) in &row.at {
            kinds.notes.push(format!("right among the first {k}: {}", right.found));
        }
        for (what, ids) in [("missed", &row.missed), ("wrong", &row.wrong)] {
            if !ids.is_empty() {
                kinds.notes.push(format!("{what}: {}", ids.join(", ")));
            }
        }
        for finding in &row.unexplained_findings {
            let Unexplained { kind, confidence, a, b, .. } = finding;
            let kind = name(kind);
            kinds.notes.push(format!(
                "unexplained: {kind} {confidence:.2}: {} «{}» / {} «{}»",
                a.0, a.1, b.0, b.1
            ));
        }
        sections.push(kinds);
    }
    sections
}

/// A row a run; then what NLI alone would show, if `details` are wanted.
pub fn pages(figures: &[PageFigures], details: bool) -> Vec<Section> {
    let header = [
        "set",
        "model",
        "without",
        "pages",
        "candidates",
        "conflicts retrieved",
        "others retrieved",
        "right",
        "wrong",
        "unlabelled, same page",
        "unlabelled, other page",
        "precision",
        "recall",
    ];
    let mut sections = vec![Section::new("", &header)];
    for row in figures {
        sections[0].row([
            row.set.clone(),
            row.model.clone(),
            listed(&row.without),
            row.pages.to_string(),
            row.candidates.to_string(),
            share(row.retrieved_conflicts),
            share(row.retrieved_others),
            row.shown.right.to_string(),
            row.shown.wrong.to_string(),
            row.shown.unlabelled_same_page.to_string(),
            row.shown.unlabelled_other_page.to_string(),
            interval(row.precision),
            interval(row.recall),
        ]);
    }
    let header = ["set", "model", "without", "ranked by", "pairs", "AUROC", "AP", "ECE"];
    let mut ranking = Section::new("Ranking of the labelled pairs that were retrieved", &header);
    for row in figures {
        let mut line = |by: &str, figures: &RankingFigures| {
            ranking.row([
                row.set.clone(),
                row.model.clone(),
                listed(&row.without),
                by.to_owned(),
                figures.pairs.to_string(),
                interval(figures.auroc),
                interval(figures.average_precision),
                number(figures.calibration_error.map(|m| m.value)),
            ]);
        };
        line("the judge", &row.ranking);
        if let Some(nli) = &row.nli_ranking {
            line("NLI alone", nli);
        }
    }
    sections.push(ranking);
    for row in figures.iter().filter(|row| details && !row.nli_thresholds.is_empty()) {
        let header = [
            "contradiction from",
            "probability there",
            "right",
            "wrong",
            "precision",
            "recall",
            "unlabelled",
        ];
        let title = format!("{}: what NLI alone would show", row.set);
        let mut table = Section::new(title, &header);
        for at in &row.nli_thresholds {
            let precision = Share { found: at.right, of: at.right + at.wrong };
            let recall = Share { found: at.right, of: row.retrieved_conflicts.of };
            table.row([
                format!("{:.2}", at.contradiction),
                number(at.probability),
                at.right.to_string(),
                at.wrong.to_string(),
                number(precision.value()),
                number(recall.value()),
                at.unlabelled.to_string(),
            ]);
        }
        sections.push(table);
    }
    sections
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "–".to_owned() } else { names.join(", ") }
}

/// The kebab-case name of a plain enum value.
fn name<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Figures as JSON: an envelope with schema and version, every number with at most four decimals.
///
/// # Errors
/// When a figure cannot be written as JSON, which none is.
pub fn json<T: Serialize>(what: &str, results: &T) -> serde_json::Result<String> {
    let mut results = serde_json::to_value(results)?;
    round(&mut results);
    let envelope = serde_json::json!({
        "schema": "crossclaim-eval", "version": 1, "what": what, "results": results,
    });
    Ok(serde_json::to_string_pretty(&envelope)? + "\n")
}

fn round(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Number(number) if number.is_f64() => {
            let rounded = number.as_f64().map(|x| (x * 1e4).round() / 1e4 + 0.0);
            if let Some(rounded) = rounded.and_then(serde_json::Number::from_f64) {
                *number = rounded;
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(round),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(round),
        _ => {}
    }
}
