//! One finding a row, for spreadsheets and data frames; `docs/report-formats.md` lists the columns.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use crate::judge::{Finding, Side};
use crate::span::Span;

use super::json::{probability, rounded};
use super::locale::{Locale, key};
use super::standing::{Standing, Standings};
use super::visible::visible;
use super::{Format, RenderOptions, Report};

/// A tidy table.
pub(super) struct Csv;

/// Columns that a finding has once, before those of its sides.
const FINDING: [&str; 9] = [
    "fingerprint",
    "dossier",
    "question",
    "kind",
    "relation",
    "confidence",
    "severity",
    "voices",
    "standing",
];
/// Columns of a side, with `a_` or `b_` before them.
const SIDE: [&str; 13] = [
    "article",
    "outlet",
    "language",
    "published",
    "path",
    "line",
    "start",
    "end",
    "sentence",
    "evidence",
    "value",
    "value_label",
    "attribution",
];
/// Columns of scores and reasons.
const REST: [&str; 9] = [
    "nli_forward_entailment",
    "nli_forward_neutral",
    "nli_forward_contradiction",
    "nli_backward_entailment",
    "nli_backward_neutral",
    "nli_backward_contradiction",
    "nli_validated",
    "why",
    "lowered",
];

/// What stands between several things in one cell.
const BETWEEN: &str = " | ";

impl Format for Csv {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut table = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(out);
        let sides = ["a", "b"].into_iter().flat_map(|s| SIDE.map(|column| format!("{s}_{column}")));
        let header =
            FINDING.map(str::to_owned).into_iter().chain(sides).chain(REST.map(str::to_owned));
        table.write_record(header)?;
        let standings = Standings::new(report);
        for finding in &report.findings {
            table.write_record(row(finding, report, &standings, &options.locale))?;
        }
        table.flush()
    }
}

fn row(
    finding: &Finding,
    report: &Report,
    standings: &Standings<'_>,
    locale: &Locale,
) -> Vec<String> {
    let standing = match standings.of(finding) {
        _ if !standings.checked() => "",
        Standing::Fails => "fails",
        Standing::Accepted(_) => "accepted",
        Standing::Shown => "shown",
    };
    let mut row = vec![
        cell(&finding.fingerprint),
        cell(&finding.dossier),
        cell(&locale.text(&finding.question)),
        key(&finding.kind),
        key(&finding.relation),
        probability(finding.confidence).to_string(),
        key(&finding.severity),
        key(&finding.voices),
        standing.to_owned(),
    ];
    for side in [&finding.a, &finding.b] {
        row.extend(side_cells(side, report, locale));
    }
    match &finding.nli {
        Some(nli) => {
            let scores = [nli.forward, nli.backward];
            row.extend(
                scores
                    .iter()
                    .flat_map(|s| [s.entailment, s.neutral, s.contradiction])
                    .map(|score| rounded(f64::from(score)).to_string()),
            );
            row.push(nli.validated.to_string());
        }
        None => row.extend(std::iter::repeat_n(String::new(), 7)),
    }
    for messages in [&finding.why, &finding.lowered] {
        let texts: Vec<String> = messages.iter().map(|message| locale.text(message)).collect();
        row.push(cell(&texts.join(BETWEEN)));
    }
    row
}

fn side_cells(side: &Side, report: &Report, locale: &Locale) -> [String; 13] {
    let language = report.run.articles.iter().find(|article| article.id == side.article);
    let evidence: Vec<&str> = side
        .evidence
        .iter()
        .filter_map(|mark| {
            let start = mark.start.checked_sub(side.span.start)?;
            let end = mark.end.checked_sub(side.span.start)?;
            Some(Span::new(start, end).of(&side.sentence)).filter(|text| !text.is_empty())
        })
        .collect();
    let sources: Vec<&str> = side.attribution.iter().map(|source| source.source.as_str()).collect();
    let place = side.place.as_ref();
    [
        cell(&side.article),
        cell(&side.outlet),
        language.map(|article| cell(&article.language)).unwrap_or_default(),
        side.published.as_deref().map(cell).unwrap_or_default(),
        place.map(|place| cell(&place.path)).unwrap_or_default(),
        place.map(|place| place.line.to_string()).unwrap_or_default(),
        side.span.start.to_string(),
        side.span.end.to_string(),
        cell(&side.sentence),
        cell(&evidence.join(BETWEEN)),
        cell(&side.value),
        cell(&locale.text(&side.value_label)),
        cell(&sources.join(BETWEEN)),
    ]
}

/// Text that no spreadsheet takes for a formula: `=HYPERLINK(…)` in an article would run on opening. An
/// apostrophe before it is what spreadsheets know as "this is text".
fn cell(text: &str) -> String {
    let text = visible(text.trim());
    match text.starts_with(['=', '+', '-', '@']) {
        true => format!("'{text}"),
        false => text,
    }
}
