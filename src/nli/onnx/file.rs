//! Reads an ONNX file with its large tensors apart, so that no byte of them is held twice.

use std::io::{BufRead, Read};

use super::wire::{number, put_bytes, put_number, put_varint, varint};

/// Tensors above this many bytes are kept apart.
const LARGE: u64 = 4096;

/// ONNX's numbers for the types whose bytes are used as they are: 32-bit floats, and 8-bit integers.
const PLAIN_TYPES: [u64; 3] = [1, 2, 3];

/// A network and its weights.
pub struct Parts {
    /// The file without its large tensors: each of them says in which external file it is, and that is a name in
    /// `weights`.
    pub network: Vec<u8>,
    /// The large tensors' bytes.
    pub weights: Vec<(String, Vec<u8>)>,
    /// Whether the file itself had left tensors to other files, in which case it is not complete here.
    pub external: bool,
}

/// Reads a file of `length` bytes.
///
/// # Errors
///
/// In words: it cannot be read, is cut off, or is no protocol buffer.
pub fn read(file: impl BufRead, length: u64) -> Result<Parts, String> {
    let mut parts = Parts { network: Vec::new(), weights: Vec::new(), external: false };
    let mut model = Message { file, left: length };
    while model.left > 0 {
        let (tag, size) = model.field()?;
        if tag != number::MODEL_GRAPH << 3 | 2 {
            model.copy(tag, size, &mut parts.network)?;
            continue;
        }
        let mut graph = Message { file: &mut model.file, left: size };
        let mut small = Vec::new();
        while graph.left > 0 {
            let (tag, size) = graph.field()?;
            if tag == number::GRAPH_INITIALIZER << 3 | 2 && size > LARGE {
                let mut tensor = Message { file: &mut graph.file, left: size };
                let bytes = parts.tensor(&mut tensor)?;
                graph.left -= size;
                put_bytes(&mut small, number::GRAPH_INITIALIZER, &bytes);
            } else {
                graph.copy(tag, size, &mut small)?;
            }
        }
        model.left -= size;
        put_bytes(&mut parts.network, number::MODEL_GRAPH, &small);
    }
    Ok(parts)
}

impl Parts {
    /// Reads one large tensor and returns its message with the bytes left to `weights`.
    fn tensor(&mut self, tensor: &mut Message<impl BufRead>) -> Result<Vec<u8>, String> {
        let mut small = Vec::new();
        let mut plain = false;
        while tensor.left > 0 {
            let (tag, size) = tensor.field()?;
            match (tag >> 3, tag & 7) {
                (number::TENSOR_DATA_TYPE, 0) => plain = PLAIN_TYPES.contains(&size),
                // Said again below where it changes.
                (number::TENSOR_DATA_LOCATION, 0) if size == 0 => continue,
                (number::TENSOR_DATA_LOCATION, 0) => self.external = true,
                _ => {}
            }
            if tag == number::TENSOR_RAW_DATA << 3 | 2 && plain && size > LARGE {
                // rten takes no other names than those that end so.
                let name = format!("{}.data", self.weights.len());
                for (key, value) in
                    [("location", &*name), ("offset", "0"), ("length", &*size.to_string())]
                {
                    let mut entry = Vec::new();
                    put_bytes(&mut entry, number::ENTRY_KEY, key.as_bytes());
                    put_bytes(&mut entry, number::ENTRY_VALUE, value.as_bytes());
                    put_bytes(&mut small, number::TENSOR_EXTERNAL_DATA, &entry);
                }
                put_number(&mut small, number::TENSOR_DATA_LOCATION, 1);
                let bytes = tensor.take(size)?;
                self.weights.push((name, bytes));
            } else {
                tensor.copy(tag, size, &mut small)?;
            }
        }
        Ok(small)
    }
}

/// A message that is being read from a file.
struct Message<R> {
    file: R,
    /// Bytes of it that were not read yet.
    left: u64,
}

impl<R: BufRead> Message<R> {
    /// Reads a field's tag, and its number or the length of its bytes.
    fn field(&mut self) -> Result<(u64, u64), String> {
        let mut head = (&mut self.file).take(self.left);
        let tag = varint(&mut head)?;
        let size = match tag & 7 {
            0 | 2 => varint(&mut head)?,
            1 => 8,
            5 => 4,
            other => return Err(format!("not a protocol buffer (wire type {other})")),
        };
        self.left = head.limit();
        if tag & 7 != 0 && size > self.left {
            return Err("the file is cut off, or not a protocol buffer".into());
        }
        Ok((tag, size))
    }

    /// Reads `size` bytes, which [`Message::field`] has found to be there.
    fn take(&mut self, size: u64) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        let read = (&mut self.file)
            .take(size)
            .read_to_end(&mut bytes)
            .map_err(|error| format!("cannot be read: {error}"))?;
        if read as u64 != size {
            return Err("the file is cut off".into());
        }
        self.left -= size;
        Ok(bytes)
    }

    /// Copies the field whose head was read.
    fn copy(&mut self, tag: u64, size: u64, out: &mut Vec<u8>) -> Result<(), String> {
        put_varint(out, tag);
        if matches!(tag & 7, 0 | 2) {
            put_varint(out, size);
        }
        if tag & 7 != 0 {
            out.extend(self.take(size)?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Parts, read};
    use crate::nli::onnx::wire::{number, put_bytes, put_number};

    fn parts(bytes: &[u8]) -> Result<Parts, String> {
        read(bytes, bytes.len() as u64)
    }

    fn file(data_type: i64, size: usize) -> Vec<u8> {
        let mut tensor = Vec::new();
        put_number(&mut tensor, number::TENSOR_DATA_TYPE, data_type);
        put_bytes(&mut tensor, number::TENSOR_RAW_DATA, &vec![7; size]);
        let mut graph = Vec::new();
        put_bytes(&mut graph, number::GRAPH_NODE, b"\x22\x03Add");
        put_bytes(&mut graph, number::GRAPH_INITIALIZER, &tensor);
        let mut model = vec![0x08, 0x07];
        put_bytes(&mut model, number::MODEL_GRAPH, &graph);
        model
    }

    #[test]
    fn large_tensors_are_taken_out_and_the_rest_stays() {
        let small = file(1, 100);
        let read = parts(&small).unwrap();
        assert_eq!((read.network, read.weights.len()), (small, 0));
        let read = parts(&file(1, 10_000)).unwrap();
        assert!(read.network.len() < 200 && !read.external);
        assert_eq!(read.weights, [("0.data".to_string(), vec![7; 10_000])]);
        // 64-bit numbers have to be read one by one: they stay.
        assert!(parts(&file(7, 10_000)).unwrap().weights.is_empty());
    }

    #[test]
    fn a_file_that_was_cut_off_is_an_error() {
        let whole = file(1, 10_000);
        for length in 1..whole.len() {
            let result = parts(&whole[..length]);
            assert!(result.is_err() || length == 2, "{length}");
        }
        assert!(parts(&[0xff; 50]).is_err());
    }
}
