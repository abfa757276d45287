//! Tables (CSV, TSV): rows with line numbers, and articles as rows.

use super::draft::{Draft, Fields, Notes, is_text_name};
use super::reading::Reading;

/// One row below the header.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// The 1-based line on which it starts.
    pub line: usize,
    /// Its values, as many as the header has columns.
    pub values: Vec<String>,
}

/// The header and the rows of `text`; `None` where there is no header. Rows with too many or
/// too few values are noted as problems and left out.
///
/// Spreadsheets write `;` or tabs in countries with a decimal comma, so without a `delimiter`
/// the one that the header has most of is taken.
pub(super) fn rows(
    text: &str,
    delimiter: Option<u8>,
    notes: &mut Notes,
) -> Option<(Vec<String>, Vec<Row>)> {
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().find(|line| !line.trim().is_empty())?;
    let count = |mark: u8| head.bytes().filter(|&byte| byte == mark).count();
    let delimiter = delimiter.unwrap_or_else(|| {
        // The first of equals wins: max_by_key takes the last, so the comma stands last.
        [b'\t', b';', b','].into_iter().max_by_key(|&mark| count(mark)).unwrap_or(b',')
    });
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut header: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map(|at| at.line() as usize);
                notes.problem(line, format!("no row of a table: {error}"), "correct its quotes");
                continue;
            }
        };
        let line = record.position().map_or(1, |at| at.line() as usize);
        let values: Vec<String> = record.iter().map(str::to_owned).collect();
        let Some(header) = &header else {
            header = Some(values);
            continue;
        };
        if values.len() == header.len() {
            rows.push(Row { line, values });
        } else {
            notes.problem(
                Some(line),
                format!("{} values where the header names {} columns", values.len(), header.len()),
                "quote values that hold the delimiter, and double quotes within quotes",
            );
        }
    }
    Some((header?, rows))
}

/// Reads a table with one article a row. A walked table without a text column is passed over
/// with a warning.
pub(super) fn read(
    text: &str,
    delimiter: Option<u8>,
    walked: bool,
    reading: &Reading,
    notes: &mut Notes,
) -> Vec<Draft> {
    let Some((header, rows)) = rows(text, delimiter, notes) else {
        notes.problem(None, "the file is empty", "leave it out");
        return Vec::new();
    };
    let columns: Vec<_> = header.iter().map(|name| reading.names.ours(name)).collect();
    if !columns.iter().flatten().any(|name| is_text_name(name)) {
        let problem = "the table has no column `text`, so it holds no articles";
        if walked {
            notes.warning(Some(1), problem, "name it in .crossclaimignore if it should hold none");
        } else {
            notes.problem(
                Some(1),
                problem,
                "name the column with the articles' text `text`; a sidecar is read with its folder",
            );
        }
        return Vec::new();
    }
    let missing: Vec<&str> = reading.names.missing_from(&header).collect();
    if !missing.is_empty() {
        notes.warning(
            Some(1),
            format!("there is no column {}, which a field is mapped to", missing.join(", ")),
            "correct --map; the column's usual names are used instead",
        );
    }
    if rows.is_empty() && notes.log.problems.is_empty() {
        notes.warning(Some(1), "the table has a header and no row", "leave it out");
    }
    let mut drafts = Vec::new();
    for row in rows {
        let mut fields = Fields::default();
        for (name, value) in columns.iter().zip(&row.values) {
            if let Some(name) = name {
                fields.insert(name, value, Some(row.line));
            }
        }
        drafts.extend(record(&fields, Some(row.line), reading, notes));
    }
    drafts
}

/// The article that one record holds; `None`, and a problem noted, where it has no text.
pub(super) fn record(
    fields: &Fields,
    line: Option<usize>,
    reading: &Reading,
    notes: &mut Notes,
) -> Option<Draft> {
    let text = fields.text().unwrap_or_default().to_owned();
    let metadata = fields.metadata(reading, notes);
    let draft = Draft::new(metadata, line, text);
    if draft.is_none() {
        notes.problem(
            line,
            "the record has no text",
            "the text is expected in `text`, `body`, `maintext`, `plaintext` or `content`",
        );
    }
    draft
}
