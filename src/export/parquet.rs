//! Parquet by the column writers of the `parquet` crate: one row group, Snappy, no arrow.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type as SchemaType;

use super::{Table, Type, Value};

/// Writes a table. Every column is optional: whether one can be empty depends on options, and readers want one schema.
pub(super) fn write(table: &Table, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let fields = table.info.columns.iter().map(|column| {
        let (physical, logical) = match column.kind {
            Type::Text | Type::Json => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Type::Integer => (Physical::INT64, None),
            Type::Number => (Physical::DOUBLE, None),
            Type::Flag => (Physical::BOOLEAN, None),
            Type::Date => (Physical::INT32, Some(LogicalType::Date)),
        };
        SchemaType::primitive_type_builder(column.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    });
    let fields = fields.collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
    let schema = SchemaType::group_type_builder(table.info.name)
        .with_fields(fields)
        .build()
        .map_err(io::Error::other)?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))
        .map_err(io::Error::other)?;
    if !table.rows.is_empty() {
        let mut group = writer.next_row_group().map_err(io::Error::other)?;
        for (at, column) in table.info.columns.iter().enumerate() {
            let Some(mut out) = group.next_column().map_err(io::Error::other)? else { break };
            let cells: Vec<&Value> = table.rows.iter().map(|row| &row[at]).collect();
            column_of(&mut out, column.kind, &cells).map_err(io::Error::other)?;
            out.close().map_err(io::Error::other)?;
        }
        group.close().map_err(io::Error::other)?;
    }
    writer.close().map_err(io::Error::other)?;
    Ok(())
}

fn column_of(
    out: &mut SerializedColumnWriter<'_>,
    kind: Type,
    cells: &[&Value],
) -> parquet::errors::Result<()> {
    // Level 1: there is a value; level 0: there is none.
    let levels: Vec<i16> =
        cells.iter().map(|cell| i16::from(!matches!(cell, Value::Null))).collect();
    let levels = Some(&levels[..]);
    match kind {
        Type::Text | Type::Json => {
            let texts = cells.iter().filter_map(|cell| match cell {
                Value::Text(text) => Some(ByteArray::from(text.as_str())),
                _ => None,
            });
            let texts: Vec<ByteArray> = texts.collect();
            out.typed::<ByteArrayType>().write_batch(&texts, levels, None)?;
        }
        Type::Integer => {
            let numbers: Vec<i64> = cells
                .iter()
                .filter_map(|cell| if let Value::Integer(n) = cell { Some(*n) } else { None })
                .collect();
            out.typed::<Int64Type>().write_batch(&numbers, levels, None)?;
        }
        Type::Number => {
            let numbers: Vec<f64> = cells
                .iter()
                .filter_map(|cell| if let Value::Number(x) = cell { Some(*x) } else { None })
                .collect();
            out.typed::<DoubleType>().write_batch(&numbers, levels, None)?;
        }
        Type::Flag => {
            let flags: Vec<bool> = cells
                .iter()
                .filter_map(|cell| if let Value::Flag(on) = cell { Some(*on) } else { None })
                .collect();
            out.typed::<BoolType>().write_batch(&flags, levels, None)?;
        }
        Type::Date => {
            let days: Vec<i32> = cells
                .iter()
                .filter_map(
                    |cell| if let Value::Date(day) = cell { Some(epoch_day(*day)) } else { None },
                )
                .collect();
            out.typed::<Int32Type>().write_batch(&days, levels, None)?;
        }
    }
    Ok(())
}

/// Days since 1 January 1970.
fn epoch_day(day: jiff::civil::Date) -> i32 {
    day.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| span.get_days())
}
