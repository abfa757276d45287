//! The wire format of protocol buffers: as much of it as reading and changing an ONNX file takes.

use std::io::Read;

/// Fields of `ModelProto`, `GraphProto` and so on that this module's users look at, by their number.
pub mod number {
    #![allow(missing_docs)] // the names are those of onnx.proto3
    pub const MODEL_GRAPH: u64 = 7;
    pub const MODEL_OPSET_IMPORT: u64 = 8;
    pub const OPSET_DOMAIN: u64 = 1;
    pub const OPSET_VERSION: u64 = 2;
    pub const GRAPH_NODE: u64 = 1;
    pub const GRAPH_INITIALIZER: u64 = 5;
    pub const NODE_INPUT: u64 = 1;
    pub const NODE_OUTPUT: u64 = 2;
    pub const NODE_OP_TYPE: u64 = 4;
    pub const NODE_ATTRIBUTE: u64 = 5;
    pub const NODE_DOMAIN: u64 = 7;
    pub const ATTRIBUTE_NAME: u64 = 1;
    pub const ATTRIBUTE_INT: u64 = 3;
    pub const ATTRIBUTE_TENSOR: u64 = 5;
    pub const ATTRIBUTE_GRAPH: u64 = 6;
    pub const ATTRIBUTE_INTS: u64 = 8;
    pub const ATTRIBUTE_TYPE: u64 = 20;
    pub const TENSOR_DIMS: u64 = 1;
    pub const TENSOR_DATA_TYPE: u64 = 2;
    pub const TENSOR_INT64_DATA: u64 = 7;
    pub const TENSOR_NAME: u64 = 8;
    pub const TENSOR_RAW_DATA: u64 = 9;
    pub const TENSOR_EXTERNAL_DATA: u64 = 13;
    pub const TENSOR_DATA_LOCATION: u64 = 14;
    pub const ENTRY_KEY: u64 = 1;
    pub const ENTRY_VALUE: u64 = 2;
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'b> {
    /// A number of variable length.
    Number(u64),
    /// Four or eight bytes.
    Fixed,
    /// A text, a message, or packed numbers.
    Bytes(&'b [u8]),
}

/// One field of a message.
#[derive(Debug, Clone, Copy)]
pub struct Field<'b> {
    /// Which field it is.
    pub number: u64,
    /// What it holds.
    pub value: Value<'b>,
    /// All of it, number and length included.
    pub raw: &'b [u8],
}

impl<'b> Field<'b> {
    /// The bytes, of a field that holds bytes.
    pub fn bytes(&self) -> &'b [u8] {
        match self.value {
            Value::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    /// The text, of a field that holds one.
    pub fn text(&self) -> Result<&'b str, String> {
        std::str::from_utf8(self.bytes()).map_err(|_| "a name is not UTF-8".into())
    }

    /// The number, of a field that holds one.
    #[allow(clippy::cast_possible_wrap)] // negative numbers are stored as their two's complement
    pub fn integer(&self) -> i64 {
        match self.value {
            Value::Number(number) => number as i64,
            _ => 0,
        }
    }

    /// The numbers of a repeated field, packed or one at a time.
    pub fn integers(&self) -> Result<Vec<i64>, String> {
        let Value::Bytes(mut packed) = self.value else { return Ok(vec![self.integer()]) };
        let mut integers = Vec::new();
        while !packed.is_empty() {
            #[allow(clippy::cast_possible_wrap)]
            integers.push(varint(&mut packed)? as i64);
        }
        Ok(integers)
    }
}

/// The fields of a message, in order.
pub struct Fields<'b>(pub &'b [u8]);

impl<'b> Iterator for Fields<'b> {
    type Item = Result<Field<'b>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'b> Fields<'b> {
    fn field(&mut self) -> Result<Field<'b>, String> {
        let start = self.0;
        let tag = varint(&mut self.0)?;
        let value = match tag & 7 {
            0 => Value::Number(varint(&mut self.0)?),
            1 => self.skip(8).map(|_| Value::Fixed)?,
            2 => {
                let length = varint(&mut self.0)?;
                Value::Bytes(self.skip(usize::try_from(length).unwrap_or(usize::MAX))?)
            }
            5 => self.skip(4).map(|_| Value::Fixed)?,
            other => return Err(format!("not a protocol buffer (wire type {other})")),
        };
        Ok(Field { number: tag >> 3, value, raw: &start[..start.len() - self.0.len()] })
    }

    fn skip(&mut self, length: usize) -> Result<&'b [u8], String> {
        let (skipped, rest) = self
            .0
            .split_at_checked(length)
            .ok_or("the file is cut off, or not a protocol buffer")?;
        self.0 = rest;
        Ok(skipped)
    }
}

/// Reads a number of variable length.
pub fn varint(mut from: impl Read) -> Result<u64, String> {
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
pub fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap_or(0) | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or(0));
}

/// Writes a field that holds a number.
pub fn put_integer(out: &mut Vec<u8>, number: u64, value: i64) {
    put_varint(out, number << 3);
    put_varint(out, value.cast_unsigned());
}

/// Writes a field that holds bytes.
pub fn put_bytes(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    put_varint(out, number << 3 | 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::{Fields, Value, put_bytes, put_integer};

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        put_integer(&mut bytes, 3, -7);
        put_integer(&mut bytes, 20, 300);
        put_bytes(&mut bytes, 8, &[1, 0x80, 2]);
        let fields: Vec<_> = Fields(&bytes).map(Result::unwrap).collect();
        assert_eq!(fields.iter().map(|f| f.number).collect::<Vec<_>>(), [3, 20, 8]);
        assert_eq!((fields[0].integer(), fields[1].integer()), (-7, 300));
        assert_eq!(fields[2].integers().unwrap(), [1, 256]);
        assert_eq!(fields[2].value, Value::Bytes(&[1, 0x80, 2]));
        assert_eq!(fields.concat_raw(), bytes);
    }

    trait ConcatRaw {
        fn concat_raw(&self) -> Vec<u8>;
    }

    impl ConcatRaw for Vec<super::Field<'_>> {
        fn concat_raw(&self) -> Vec<u8> {
            self.iter().flat_map(|field| field.raw).copied().collect()
        }
    }
}
