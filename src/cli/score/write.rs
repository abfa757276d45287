//! Writes rows with their scores.

use std::io::{self, Write};
use std::rc::Rc;

use crossclaim::error::Error;
use crossclaim::nli::{Label, NliScores};
use serde_json::Value;

use super::PairFormat;
use super::rows::{Fields, Row, Rows, unquoted};

/// What is wrong with a row, and what to do.
type Fault = (String, &'static str);

const TAKEN: &str = "give --prefix, for instance --prefix nli_, so that both can be told apart";

/// Writes rows in one format, whatever the files they come from.
pub(super) struct ScoreWriter {
    /// Known from the start, or from the first file on.
    format: Option<PairFormat>,
    /// Names of the columns that are added, in their order.
    added: Vec<String>,
    /// Names of a table's other columns, once its first line is written.
    columns: Option<Rc<Vec<String>>>,
}

impl ScoreWriter {
    pub(super) fn new(format: Option<PairFormat>, prefix: &str, both: bool) -> ScoreWriter {
        let ways: &[&str] = if both { &["", "_reverse", "_mean"] } else { &[""] };
        let names = ["entailment", "neutral", "contradiction", "label"];
        let added = ways
            .iter()
            .flat_map(|way| names.iter().map(move |name| format!("{prefix}{name}{way}")))
            .collect();
        ScoreWriter { format, added, columns: None }
    }

    /// Called for each file before its rows. The inner error is the file's.
    pub(super) fn begin(
        &mut self,
        rows: &Rows,
        out: &mut dyn Write,
    ) -> io::Result<Result<(), Error>> {
        let Some(header) = &rows.header else {
            self.format.get_or_insert(rows.format);
            return Ok(Ok(()));
        };
        if let Some(name) = header.iter().find(|name| self.added.contains(name)) {
            return Ok(Err(rows.problem(Some(1), has_already(name), TAKEN)));
        }
        if *self.format.get_or_insert(rows.format) == PairFormat::Tsv {
            if let Some(name) = self.unknown(header.iter().map(String::as_str)) {
                return Ok(Err(rows.problem(Some(1), unknown(name), UNKNOWN)));
            }
            self.header(Rc::clone(header), out)?;
        }
        Ok(Ok(()))
    }

    /// Called for each row before it is scored: whether it can be written.
    pub(super) fn accept(
        &mut self,
        row: &Row,
        out: &mut dyn Write,
    ) -> io::Result<Result<(), Fault>> {
        // What a table's rows hold was looked at in its first line.
        let Fields::Json { fields, .. } = &row.fields else { return Ok(Ok(())) };
        let names = || fields.iter().map(|(name, _)| name.as_str());
        if let Some(name) = names().find(|name| self.added.iter().any(|added| added == name)) {
            return Ok(Err((has_already(name), TAKEN)));
        }
        if self.format == Some(PairFormat::Tsv) {
            if let Some(name) = self.unknown(names()) {
                return Ok(Err((unknown(name), UNKNOWN)));
            }
            self.header(Rc::new(names().map(str::to_owned).collect()), out)?;
        }
        Ok(Ok(()))
    }

    /// A name that the table's first line, already written, does not have.
    fn unknown<'n>(&self, mut names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
        let columns = self.columns.as_deref()?;
        names.find(|name| !columns.iter().any(|column| column == name))
    }

    /// Writes a table's first line, once.
    fn header(&mut self, columns: Rc<Vec<String>>, out: &mut dyn Write) -> io::Result<()> {
        if self.columns.is_some() {
            return Ok(());
        }
        let names: Vec<String> = columns.iter().chain(&self.added).map(|name| cell(name)).collect();
        self.columns = Some(columns);
        writeln!(out, "{}", names.join("\t"))
    }

    /// Writes a row with its scores: of the one direction, or of both.
    pub(super) fn write(
        &self,
        row: &Row,
        scores: &[NliScores],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut all = scores.to_vec();
        if let [forward, reverse] = scores {
            all.push(mean(forward, reverse));
        }
        match (&self.columns, &row.fields) {
            (Some(columns), Fields::Tsv { names, line }) if columns == names => {
                write!(out, "{line}")?;
            }
            (Some(columns), fields) => {
                let cells: Vec<String> =
                    columns.iter().map(|name| value_of(fields, name)).collect();
                write!(out, "{}", cells.join("\t"))?;
            }
            (None, Fields::Json { line, .. }) => {
                // The object's own text is kept: the order of its fields, and every digit of its numbers.
                let text = line.trim_end();
                write!(out, "{}", text.strip_suffix('}').unwrap_or(text).trim_end())?;
            }
            (None, Fields::Tsv { names, line }) => {
                let mut separator = "{";
                for (name, value) in names.iter().zip(line.split('\t')) {
                    write!(out, "{separator}{}:{}", json(name), json(&unquoted(value)))?;
                    separator = ",";
                }
            }
        }
        let table = self.columns.is_some();
        let values = all.iter().flat_map(|scores| {
            let label = label_name(scores.label());
            [
                scores.entailment.to_string(),
                scores.neutral.to_string(),
                scores.contradiction.to_string(),
                if table { label.to_owned() } else { json(label) },
            ]
        });
        for (name, value) in self.added.iter().zip(values) {
            if table {
                write!(out, "\t{value}")?;
            } else {
                write!(out, ",{}:{value}", json(name))?;
            }
        }
        writeln!(out, "{}", if table { "" } else { "}" })
    }
}

const UNKNOWN: &str =
    "a table's columns are those of its first row; --output-format jsonl takes any";

fn unknown(name: &str) -> String {
    format!("`{name}` is no column of the rows before")
}

fn has_already(name: &str) -> String {
    format!("`{name}` is there already, and a column of that name is to be added")
}

/// The value of one column; empty where the row has none.
fn value_of(fields: &Fields, name: &str) -> String {
    match fields {
        Fields::Tsv { names, line } => {
            let found = names.iter().zip(line.split('\t')).find(|(column, _)| *column == name);
            found.map_or_else(String::new, |(_, value)| value.to_owned())
        }
        Fields::Json { fields, .. } => match fields.iter().find(|(field, _)| field == name) {
            None | Some((_, Value::Null)) => String::new(),
            Some((_, Value::String(text))) => cell(text),
            Some((_, other)) => cell(&other.to_string()),
        },
    }
}

/// A text as a table's value: tabs and line ends, which have no place there, become spaces.
fn cell(text: &str) -> String {
    text.replace(['\t', '\n', '\r'], " ")
}

fn json(text: &str) -> String {
    Value::from(text).to_string()
}

fn label_name(label: Label) -> &'static str {
    match label {
        Label::Entailment => "entailment",
        Label::Neutral => "neutral",
        Label::Contradiction => "contradiction",
    }
}

fn mean(a: &NliScores, b: &NliScores) -> NliScores {
    NliScores {
        entailment: (a.entailment + b.entailment) / 2.0,
        neutral: (a.neutral + b.neutral) / 2.0,
        contradiction: (a.contradiction + b.contradiction) / 2.0,
    }
}
