//! A look at an ONNX file before it is given to a backend.
//!
//! rten's reader can run on without end over bytes that are no protocol buffer, which no caught panic would
//! stop. So the file's frame is walked first: every field of the model, of its graph, and of the graph's nodes
//! and tensors must have a known wire type and end within what holds it.

pub mod file;
pub mod graph;
mod protobuf;
mod shorten;

pub use shorten::shorten;

/// How deep a message is checked, and which of its fields hold messages that are checked too.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Graph,
    /// A node, tensor or value: its own fields only.
    Part,
}

impl Message {
    /// The message in field `number`, if it is looked into.
    fn child(self, number: u64) -> Option<Message> {
        match (self, number) {
            (Message::Model, 7) => Some(Message::Graph),
            (Message::Graph, 1 | 5 | 11 | 12 | 13) => Some(Message::Part),
            _ => None,
        }
    }
}

/// Checks that these bytes are a whole ONNX model with a graph.
///
/// # Errors
///
/// What is wrong, in words: the file is cut off, or is no such thing at all.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    if bytes.is_empty() {
        return Err("the file is empty".into());
    }
    if walk(bytes, Message::Model)? { Ok(()) } else { Err("it holds no graph".into()) }
}

/// Walks one message; whether a field was looked into.
fn walk(mut rest: &[u8], message: Message) -> Result<bool, String> {
    let mut found = false;
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        let skipped = match tag & 7 {
            0 => {
                varint(&mut rest)?;
                0
            }
            1 => 8,
            2 => varint(&mut rest)?,
            5 => 4,
            other => return Err(format!("not a protocol buffer (wire type {other})")),
        };
        let length = usize::try_from(skipped).unwrap_or(usize::MAX);
        let Some((field, after)) = rest.split_at_checked(length) else {
            return Err("the file is cut off, or not a protocol buffer".into());
        };
        if let Some(child) = message.child(tag >> 3).filter(|_| tag & 7 == 2) {
            walk(field, child)?;
            found = true;
        }
        rest = after;
    }
    Ok(found)
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

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn only_whole_messages_with_a_graph_pass() {
        assert!(check(&[0x08, 0x07, 0x3a, 0x02, 0x0a, 0x00]).is_ok());
        for wrong in
            [&[][..], &[0x08, 0x07], &[0x3a, 0x02, 0x0a], &[0x3a, 0x02, 0x0a, 0x01], &[0xff; 50]]
        {
            assert!(check(wrong).is_err(), "{wrong:?}");
        }
    }
}
