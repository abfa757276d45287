//! Tables into files.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Table, Value, parquet};
use crate::error::{Error, Result};

/// A form of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Comma-separated values; an empty cell is no value.
    Csv,
    /// Parquet; what is missing is null.
    Parquet,
    /// One JSON object a line; what is missing is null.
    Jsonl,
}

impl Format {
    /// The name on the command line, and the ending of files.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
            Format::Jsonl => "jsonl",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> std::result::Result<Self, Self::Err> {
        [Format::Csv, Format::Parquet, Format::Jsonl]
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| format!("no table format `{name}`; use one of csv, parquet, jsonl"))
    }
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Written {
    /// Its name in the folder.
    pub file: String,
    /// Rows; none for what is no table.
    pub rows: Option<usize>,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// Writes tables into a folder, one file each.
///
/// # Errors
/// When a file cannot be written.
pub fn write(tables: &[Table], format: Format, folder: &Path) -> Result<Vec<Written>> {
    let mut written = Vec::new();
    for table in tables {
        let mut bytes = Vec::new();
        let file = format!("{}.{}", table.info.name, format.name());
        let path = folder.join(&file);
        let done = match format {
            Format::Csv => csv(table, &mut bytes),
            Format::Jsonl => jsonl(table, &mut bytes),
            Format::Parquet => parquet::write(table, &mut bytes),
        };
        done.map_err(|source| cannot_write(&path, source))?;
        written.push(put(&path, &file, &bytes, Some(table.rows.len()))?);
    }
    Ok(written)
}

/// Writes one file whole.
pub(super) fn put(path: &Path, file: &str, bytes: &[u8], rows: Option<usize>) -> Result<Written> {
    fs::write(path, bytes).map_err(|source| cannot_write(path, source))?;
    Ok(Written { file: file.to_owned(), rows, sha256: digest(bytes) })
}

/// SHA-256, hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cannot_write(path: &Path, source: io::Error) -> Error {
    Error::Io {
        path: path.to_owned(),
        action: "write",
        source,
        remedy: "check that the folder exists and is writable".to_owned(),
    }
}

fn csv(table: &Table, out: &mut Vec<u8>) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(table.info.columns.iter().map(|column| column.name))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| match cell {
            Value::Null => String::new(),
            Value::Text(text) => text.clone(),
            Value::Integer(n) => n.to_string(),
            Value::Number(x) => x.to_string(),
            Value::Flag(on) => on.to_string(),
            Value::Date(day) => day.to_string(),
        }))?;
    }
    writer.flush()
}

fn jsonl(table: &Table, out: &mut Vec<u8>) -> io::Result<()> {
    for row in &table.rows {
        // By hand, so that fields keep the order of the columns.
        out.write_all(b"{")?;
        for (at, (column, cell)) in table.info.columns.iter().zip(row).enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            serde_json::to_writer(&mut *out, column.name)?;
            out.write_all(b":")?;
            match cell {
                Value::Null => out.write_all(b"null")?,
                // Lists are lists where the format has them.
                Value::Text(json) if column.kind == super::Type::Json => {
                    out.write_all(json.as_bytes())?;
                }
                Value::Text(text) => serde_json::to_writer(&mut *out, text)?,
                Value::Integer(n) => serde_json::to_writer(&mut *out, n)?,
                Value::Number(x) => serde_json::to_writer(&mut *out, x)?,
                Value::Flag(on) => serde_json::to_writer(&mut *out, on)?,
                Value::Date(day) => serde_json::to_writer(&mut *out, &day.to_string())?,
            }
        }
        out.write_all(b"}\n")?;
    }
    Ok(())
}
