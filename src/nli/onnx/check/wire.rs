//! The wire format of protocol buffers: the fields of a message.

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
    if rest.is_empty() {
        return Ok(None);
    }
    let tag = varint(rest)?;
    let field = match tag & 7 {
        0 => Field::Number(varint(rest)?),
        1 => take(rest, 8).map(|_| Field::Fixed)?,
        2 => {
            let length = varint(rest)?;
            Field::Bytes(take(rest, length)?)
        }
        5 => take(rest, 4).map(|_| Field::Fixed)?,
        other => return Err(format!("not a protocol buffer (wire type {other})")),
    };
    Ok(Some((tag >> 3, field)))
}

fn take<'b>(rest: &mut &'b [u8], length: u64) -> Result<&'b [u8], String> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let Some((field, after)) = rest.split_at_checked(length) else {
        return Err("the file is cut off, or not a protocol buffer".into());
    };
    *rest = after;
    Ok(field)
}

/// Takes one variable-length number of at most ten bytes.
fn varint(rest: &mut &[u8]) -> Result<u64, String> {
    let mut value = 0;
    for position in 0..10 {
        let Some((&byte, after)) = rest.split_first() else {
            return Err("the file is cut off".into());
        };
        *rest = after;
        value |= u64::from(byte & 0x7f) << (7 * position);
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err("not a protocol buffer (a number of more than ten bytes)".into())
}
