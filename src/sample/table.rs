//! The files of a sample: what annotators see, and the key that they do not.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::draw::Drawn;
use super::{Label, Predicted};
use crate::error::{Error, Result};

/// Columns that annotators see.
pub(super) const SHOWN: [&str; 10] = [
    "item",
    "question",
    "sentence_1",
    "language_1",
    "published_1",
    "sentence_2",
    "language_2",
    "published_2",
    "label",
    "comment",
];

/// Columns of the key.
pub(super) const KEY: [&str; 15] = [
    "item",
    "stratum",
    "weight",
    "predicted",
    "kind",
    "relation",
    "confidence",
    "languages",
    "swapped",
    "event",
    "fingerprint",
    "article_1",
    "outlet_1",
    "article_2",
    "outlet_2",
];

/// A cell that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

/// Writes what annotators see.
pub(super) fn shown(sample: &[Drawn], out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(SHOWN)?;
    for drawn in sample {
        let (first, second) = sides(drawn);
        writer.write_record([
            &drawn.name,
            &plain(&drawn.item.question),
            &plain(&first.sentence),
            &first.language,
            &first.published,
            &plain(&second.sentence),
            &second.language,
            &second.published,
            "",
            "",
        ])?;
    }
    writer.flush()
}

/// Writes the key.
pub(super) fn key(sample: &[Drawn], out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(KEY)?;
    for drawn in sample {
        let (first, second) = sides(drawn);
        let item = &drawn.item;
        writer.write_record([
            &drawn.name,
            &drawn.stratum,
            &drawn.weight.to_string(),
            item.predicted.name(),
            &item.kind,
            &item.relation,
            &item.confidence.map_or_else(String::new, |p| p.to_string()),
            &item.languages(),
            &drawn.swapped.to_string(),
            &item.event,
            &item.fingerprint,
            &first.article,
            &first.outlet,
            &second.article,
            &second.outlet,
        ])?;
    }
    writer.flush()
}

fn sides(drawn: &Drawn) -> (&super::items::Side, &super::items::Side) {
    let (a, b) = (&drawn.item.a, &drawn.item.b);
    if drawn.swapped { (b, a) } else { (a, b) }
}

/// One row of a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeyRow {
    pub item: String,
    pub stratum: String,
    pub weight: f64,
    pub predicted: Predicted,
    pub event: String,
}

/// A table with its header, and where each cell stands.
struct Sheet<'p> {
    path: &'p Path,
    columns: Vec<String>,
    /// Line and cells.
    rows: Vec<(usize, Vec<String>)>,
}

impl<'p> Sheet<'p> {
    fn read(path: &'p Path, needed: &[&str]) -> std::result::Result<Self, Vec<Error>> {
        let bytes = std::fs::read(path).map_err(|source| {
            vec![Error::Io {
                path: path.to_owned(),
                action: "read",
                source,
                remedy: "check the path".to_owned(),
            }]
        })?;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}');
        // Spreadsheets of many countries write semicolons.
        let head = text.lines().next().unwrap_or("");
        let delimiter =
            if head.matches(';').count() > head.matches(',').count() { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(text.as_bytes());
        let wrong = |line: Option<usize>, problem: String, remedy: &str| Error::Input {
            path: path.to_owned(),
            line,
            problem,
            remedy: remedy.to_owned(),
        };
        let header = reader
            .headers()
            .map_err(|e| vec![wrong(Some(1), e.to_string(), "save the table as CSV")])?;
        let columns: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let missing: Vec<Error> = needed
            .iter()
            .filter(|name| !columns.iter().any(|column| column == *name))
            .map(|name| {
                wrong(
                    Some(1),
                    format!("there is no column `{name}`"),
                    "keep the columns of the sample",
                )
            })
            .collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let record =
                record.map_err(|e| vec![wrong(None, e.to_string(), "save the table as CSV")])?;
            let line = record.position().map_or(0, |at| at.line() as usize);
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            rows.push((line, record.iter().map(str::to_owned).collect()));
        }
        Ok(Sheet { path, columns, rows })
    }

    fn cell<'s>(&self, row: &'s [String], column: &str) -> &'s str {
        let at = self.columns.iter().position(|name| name == column);
        at.and_then(|at| row.get(at)).map_or("", |cell| cell.trim())
    }

    fn wrong(&self, line: usize, column: &str, problem: String, remedy: &str) -> Error {
        Error::Input {
            path: self.path.to_owned(),
            line: Some(line),
            problem: format!("column `{column}`: {problem}"),
            remedy: remedy.to_owned(),
        }
    }
}

/// Reads a key.
///
/// # Errors
/// Every cell that is wrong, with file, line and column.
pub(super) fn read_key(path: &Path) -> std::result::Result<Vec<KeyRow>, Vec<Error>> {
    let sheet = Sheet::read(path, &["item", "stratum", "weight", "predicted", "event"])?;
    let mut problems = Vec::new();
    let mut rows: Vec<KeyRow> = Vec::new();
    let remedy = "use the key as crossclaim sample wrote it";
    for (line, row) in &sheet.rows {
        let item = sheet.cell(row, "item").to_owned();
        if item.is_empty() || rows.iter().any(|known| known.item == item) {
            let problem = format!("{item:?} is no name, or there twice");
            problems.push(sheet.wrong(*line, "item", problem, remedy));
            continue;
        }
        let weight: Option<f64> =
            sheet.cell(row, "weight").parse().ok().filter(|w: &f64| w.is_finite() && *w > 0.0);
        let predicted = [Predicted::Conflict, Predicted::Agreement]
            .into_iter()
            .find(|predicted| predicted.name() == sheet.cell(row, "predicted"));
        match (weight, predicted) {
            (Some(weight), Some(predicted)) => rows.push(KeyRow {
                item,
                stratum: sheet.cell(row, "stratum").to_owned(),
                weight,
                predicted,
                event: sheet.cell(row, "event").to_owned(),
            }),
            (None, _) => {
                let problem = format!("{:?} is no weight", sheet.cell(row, "weight"));
                problems.push(sheet.wrong(*line, "weight", problem, remedy));
            }
            (_, None) => {
                let cell = sheet.cell(row, "predicted");
                let problem = format!("{cell:?} is neither conflict nor agreement");
                problems.push(sheet.wrong(*line, "predicted", problem, remedy));
            }
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

/// Reads an annotated sample: the label of each item; none where the cell is empty.
///
/// # Errors
/// Every cell that is wrong, with file, line and column.
pub(super) fn read_labels(
    path: &Path,
    key: &[KeyRow],
) -> std::result::Result<BTreeMap<String, Option<Label>>, Vec<Error>> {
    let sheet = Sheet::read(path, &["item", "label"])?;
    let mut problems = Vec::new();
    let mut labels = BTreeMap::new();
    for (line, row) in &sheet.rows {
        let item = sheet.cell(row, "item");
        if !key.iter().any(|known| known.item == item) {
            let problem = format!("the key has no item {item:?}");
            problems.push(sheet.wrong(*line, "item", problem, "take sample and key of one draw"));
            continue;
        }
        let cell = sheet.cell(row, "label");
        let label = Label::read(cell);
        if label.is_none() && !cell.is_empty() {
            let problem = format!("{cell:?} is no label");
            problems.push(sheet.wrong(
                *line,
                "label",
                problem,
                "write yes, no, unclear, or nothing",
            ));
        }
        if labels.insert(item.to_owned(), label).is_some() {
            let problem = format!("{item:?} is there twice");
            problems.push(sheet.wrong(*line, "item", problem, "keep one of the two rows"));
        }
    }
    if problems.is_empty() { Ok(labels) } else { Err(problems) }
}

/// Writes sample and key into two files.
pub(super) fn write(path: &Path, fill: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<()> {
    let mut bytes = Vec::new();
    fill(&mut bytes).and_then(|()| std::fs::write(path, bytes)).map_err(|source| Error::Io {
        path: path.to_owned(),
        action: "write",
        source,
        remedy: "check that the folder exists and is writable".to_owned(),
    })
}
