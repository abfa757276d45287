//! Tidy tables of a run for other tools: articles, claims, pairs, conflicts, dossiers.
//!
//! Every column is defined once ([`columns`]): name, type, unit, whether it may be empty, what it means, what becomes
//! of it with `--anonymize`, and the function that computes it. The writers, the codebook and `docs/export.md` are made
//! from that. A manifest beside the tables says what went in, so that the run can be repeated and checked.

pub mod codebook;
pub mod columns;
pub mod manifest;
pub mod names;
mod parquet;
mod tables;
mod write;

use jiff::civil::Date;
use serde::Serialize;

use crate::pipeline::{Pipeline, Stages};
use crate::report::Locale;
use names::Names;

pub use write::{Format, Written, write};

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Type {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A civil day.
    Date,
    /// A list or an object, as JSON in a string.
    Json,
}

/// What becomes of a column with `--anonymize`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Privacy {
    /// Stays.
    Keep,
    /// A pseudonym takes its place.
    Pseudonym,
    /// Names of outlets and articles in it are replaced.
    Scrub,
    /// Left out, unless `--with-text` is given.
    Text,
    /// Left out.
    Drop,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Of a text or JSON column.
    Text(String),
    /// Of an integer column.
    Integer(i64),
    /// Of a number column; always finite.
    Number(f64),
    /// Of a flag column.
    Flag(bool),
    /// Of a date column.
    Date(Date),
}

/// What a column is, apart from how it is computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ColumnInfo {
    /// Name in every format.
    pub name: &'static str,
    /// Type.
    #[serde(rename = "type")]
    pub kind: Type,
    /// Whether it may be empty in a table that is not anonymized.
    pub nullable: bool,
    /// What a number counts.
    pub unit: Option<&'static str>,
    /// What becomes of it with `--anonymize`.
    pub privacy: Privacy,
    /// What it means.
    pub description: &'static str,
}

/// What a table is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableInfo {
    /// Name, and stem of its file.
    pub name: &'static str,
    /// What a row is.
    pub description: &'static str,
    /// Its columns, in order.
    pub columns: Vec<ColumnInfo>,
}

/// A table with its rows, each as long as the columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it is.
    pub info: TableInfo,
    /// Its rows, in a fixed order.
    pub rows: Vec<Vec<Value>>,
}

/// What to export.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// Language of questions and labels.
    pub locale: Locale,
    /// Contradictions less sure than this count as unsure.
    pub min_confidence: f64,
    /// Texts even where names are replaced.
    pub with_text: bool,
}

/// All tables of a finished run. The same stages, names and options give the same tables.
pub fn tables(
    pipeline: &Pipeline,
    stages: &Stages,
    names: &Names,
    options: &ExportOptions,
) -> Vec<Table> {
    tables::Source::new(pipeline, stages, names, options).tables()
}

/// What the tables are, without a run.
pub fn table_infos() -> Vec<TableInfo> {
    tables::infos()
}
