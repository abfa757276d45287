//! The wire format of protocol buffers: the fields of a message.

use std::io::Read;

/// Numbers of the fields that are written or copied; the names are those of onnx.proto3.
pub(super) mod number {
    pub(crate) const MODEL_GRAPH: u64 = 7;
    pub(crate) const MODEL_OPSET_IMPORT: u64 = 8;
    pub(crate) const OPSET_DOMAIN: u64 = 1;
    pub(crate) const OPSET_VERSION: u64 = 2;
    pub(crate) const GRAPH_NODE: u64 = 1;
    pub(crate) const GRAPH_INITIALIZER: u64 = 5;
    pub(crate) const NODE_INPUT: u64 = 1;
    pub(crate) const NODE_OUTPUT: u64 = 2;
    pub(crate) const NODE_OP_TYPE: u64 = 4;
    pub(crate) const NODE_ATTRIBUTE: u64 = 5;
    pub(crate) const NODE_DOMAIN: u64 = 7;
    pub(crate) const ATTRIBUTE_NAME: u64 = 1;
    pub(crate) const ATTRIBUTE_INT: u64 = 3;
    pub(crate) const ATTRIBUTE_TENSOR: u64 = 5;
    pub(crate) const ATTRIBUTE_GRAPH: u64 = 6;
    pub(crate) const ATTRIBUTE_INTS: u64 = 8;
    pub(crate) const ATTRIBUTE_TYPE: u64 = 20;
    pub(crate) const TENSOR_DIMS: u64 = 1;
    pub(crate) const TENSOR_DATA_TYPE: u64 = 2;
    pub(crate) const TENSOR_INT64_DATA: u64 = 7;
    pub(crate) const TENSOR_NAME: u64 = 8;
    pub(crate) const TENSOR_RAW_DATA: u64 = 9;
    pub(crate) const TENSOR_EXTERNAL_DATA: u64 = 13;
    pub(crate) const TENSOR_DATA_LOCATION: u64 = 14;
    pub(crate) const ENTRY_KEY: u64 = 1;
    pub(crate) const ENTRY_VALUE: u64 = 2;
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Field<'b> {
    /// A number of variable length.
    Number(u64),
    /// Four or eight bytes.
    Fixed,
    /// A text, a message, bytes, or numbers one after the other.
    Bytes(&'b [u8]),
}

impl<'b> Field<'b> {
    /// The bytes, none for a number.
    pub(super) fn bytes(self) -> &'b [u8] {
        if let Field::Bytes(bytes) = self { bytes } else { &[] }
    }

    /// The text; empty where it is none.
    pub(super) fn text(self) -> &'b str {
        std::str::from_utf8(self.bytes()).unwrap_or("")
    }

    /// Adds the number, or the numbers one after the other.
    pub(super) fn numbers(self, numbers: &mut Vec<i64>) -> Result<(), String> {
        match self {
            Field::Number(number) => numbers.push(number.cast_signed()),
            Field::Fixed => {}
            Field::Bytes(mut rest) => {
                while !rest.is_empty() {
                    numbers.push(varint(&mut rest)?.cast_signed());
                }
            }
        }
        Ok(())
    }
}

/// The next field of a message with its number; `None` at the end.
pub(super) fn next_field<'b>(rest: &mut &'b [u8]) -> Result<Option<(u64, Field<'b>)>, String> {
    Ok(next_raw(rest)?.map(|(number, field, _)| (number, field)))
}

/// A field's number, what it holds, and all its bytes, number and length included.
pub(super) type RawField<'b> = (u64, Field<'b>, &'b [u8]);

/// As [`next_field`], with all bytes of the field.
pub(super) fn next_raw<'b>(rest: &mut &'b [u8]) -> Result<Option<RawField<'b>>, String> {
    if rest.is_empty() {
        return Ok(None);
    }
    let start = *rest;
    let tag = varint(&mut *rest)?;
    let field = match tag & 7 {
        0 => Field::Number(varint(&mut *rest)?),
        1 => take(rest, 8).map(|_| Field::Fixed)?,
        2 => {
            let length = varint(&mut *rest)?;
            Field::Bytes(take(rest, length)?)
        }
        5 => take(rest, 4).map(|_| Field::Fixed)?,
        other => return Err(format!("not a protocol buffer (wire type {other})")),
    };
    Ok(Some((tag >> 3, field, &start[..start.len() - rest.len()])))
}

fn take<'b>(rest: &mut &'b [u8], length: u64) -> Result<&'b [u8], String> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let Some((field, after)) = rest.split_at_checked(length) else {
        return Err("the file is cut off, or not a protocol buffer".into());
    };
    *rest = after;
    Ok(field)
}

/// Reads one variable-length number of at most ten bytes.
pub(super) fn varint(mut from: impl Read) -> Result<u64, String> {
    let mut value = 0;
    for position in 0..10 {
        let mut byte = [0];
        from.read_exact(&mut byte).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => "the file is cut off".to_string(),
            _ => format!("cannot be read: {error}"),
        })?;
        value |= u64::from(byte[0] & 0x7f) << (7 * position);
        if byte[0] < 0x80 {
            return Ok(value);
        }
    }
    Err("not a protocol buffer (a number of more than ten bytes)".into())
}

/// Writes a number of variable length.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Writes a field that holds a number.
pub(super) fn put_number(out: &mut Vec<u8>, number: u64, value: i64) {
    put_varint(out, number << 3);
    put_varint(out, value.cast_unsigned());
}

/// Writes a field that holds bytes.
pub(super) fn put_bytes(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    put_varint(out, number << 3 | 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::{Field, next_raw, put_bytes, put_number};

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        put_number(&mut bytes, 3, -7);
        put_number(&mut bytes, 20, 300);
        put_bytes(&mut bytes, 8, &[1, 0x80, 2]);
        let (mut rest, mut numbers, mut all) = (&*bytes, Vec::new(), Vec::new());
        while let Some((number, field, raw)) = next_raw(&mut rest).unwrap() {
            all.extend_from_slice(raw);
            numbers.push(i64::try_from(number).unwrap());
            field.numbers(&mut numbers).unwrap();
            assert_eq!(matches!(field, Field::Bytes(_)), number == 8);
        }
        assert_eq!(numbers, [3, -7, 20, 300, 8, 1, 256]);
        assert_eq!(all, bytes);
    }
}
