//! The one definition of a column, and how a table is made of columns and rows.

use super::names::Names;
use super::{ColumnInfo, Privacy, Table, TableInfo, Type, Value};

/// A column of rows `R`.
pub struct Column<R> {
    /// What it is.
    pub info: ColumnInfo,
    /// How it is computed.
    pub value: fn(&R) -> Value,
}

impl<R> Column<R> {
    /// A column that always has a value, is kept when names are replaced, and counts nothing.
    pub const fn new(
        name: &'static str,
        kind: Type,
        description: &'static str,
        value: fn(&R) -> Value,
    ) -> Self {
        let info = ColumnInfo {
            name,
            kind,
            nullable: false,
            unit: None,
            privacy: Privacy::Keep,
            description,
        };
        Column { info, value }
    }

    /// It may be empty.
    pub const fn nullable(mut self) -> Self {
        self.info.nullable = true;
        self
    }

    /// What its numbers count.
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.info.unit = Some(unit);
        self
    }

    /// What becomes of it with `--anonymize`.
    pub const fn privacy(mut self, privacy: Privacy) -> Self {
        self.info.privacy = privacy;
        self
    }
}

/// What a table is.
pub(super) fn info<R>(
    name: &'static str,
    description: &'static str,
    columns: &[Column<R>],
) -> TableInfo {
    TableInfo { name, description, columns: columns.iter().map(|column| column.info).collect() }
}

/// A table of rows. With pseudonyms, cells are replaced or left out as their column says.
pub(super) fn table<R>(
    info: TableInfo,
    columns: &[Column<R>],
    rows: impl Iterator<Item = R>,
    names: &Names,
    with_text: bool,
) -> Table {
    let cell = |column: &Column<R>, row: &R| {
        if !names.replaced() {
            return (column.value)(row);
        }
        match column.info.privacy {
            Privacy::Keep | Privacy::Pseudonym => (column.value)(row),
            Privacy::Text if with_text => (column.value)(row),
            Privacy::Text | Privacy::Drop => Value::Null,
            Privacy::Scrub => match (column.value)(row) {
                Value::Text(text) => Value::Text(names.scrub(&text)),
                other => other,
            },
        }
    };
    let rows = rows.map(|row| columns.iter().map(|column| cell(column, &row)).collect()).collect();
    Table { info, rows }
}

/// A text.
pub(super) fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

/// A text that may be missing.
pub(super) fn maybe(text: Option<impl Into<String>>) -> Value {
    text.map_or(Value::Null, |text| Value::Text(text.into()))
}

/// A whole number.
pub(super) fn integer(n: usize) -> Value {
    Value::Integer(i64::try_from(n).unwrap_or(i64::MAX))
}

/// A number; what is not finite is missing.
pub(super) fn number(x: f64) -> Value {
    if x.is_finite() { Value::Number(x) } else { Value::Null }
}

/// JSON in a string.
pub(super) fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_string(value).map_or(Value::Null, Value::Text)
}
