//! The codebook: what every column of every table means, from the columns' own definitions.

use std::fmt::Write;

use serde::Serialize;

use super::{ColumnInfo, Privacy, TableInfo, Type};

/// The name of a type for a reader.
fn type_name(kind: Type) -> &'static str {
    match kind {
        Type::Text => "text",
        Type::Integer => "integer",
        Type::Number => "number",
        Type::Flag => "true/false",
        Type::Date => "date",
        Type::Json => "JSON",
    }
}

fn privacy_name(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Keep => "kept",
        Privacy::Pseudonym => "pseudonym",
        Privacy::Scrub => "names replaced",
        Privacy::Text => "only with `--with-text`",
        Privacy::Drop => "left out",
    }
}

fn row(column: &ColumnInfo) -> String {
    format!(
        "| `{}` | {} | {} | {} | {} | {} |",
        column.name,
        type_name(column.kind),
        if column.nullable { "yes" } else { "" },
        column.unit.unwrap_or(""),
        column.description,
        privacy_name(column.privacy),
    )
}

/// The tables and columns as Markdown, without a heading of its own.
pub fn markdown(tables: &[TableInfo]) -> String {
    let mut text = String::new();
    for table in tables {
        let _ = write!(
            text,
            "## {}\n\n{}\n\n| column | type | may be empty | unit | meaning | `--anonymize` |\n|---|---|---|---|---|---|\n",
            table.name, table.description
        );
        for column in &table.columns {
            let _ = writeln!(text, "{}", row(column));
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The same for programs.
pub fn json(tables: &[TableInfo]) -> String {
    #[derive(Serialize)]
    struct Codebook<'t> {
        schema: &'static str,
        version: u32,
        tables: &'t [TableInfo],
    }
    let codebook = Codebook { schema: "crossclaim-codebook", version: 1, tables };
    let mut text = serde_json::to_string_pretty(&codebook).unwrap_or_default();
    text.push('\n');
    text
}
