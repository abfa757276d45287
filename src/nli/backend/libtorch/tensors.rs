//! What is in safetensors files: names and shapes of tensors, read without the weights.
//!
//! A file starts with the length of its header in 8 bytes, then the header, a JSON object of tensors with their
//! types, shapes and places, then the weights (<https://github.com/huggingface/safetensors>).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

/// The longest header that the format allows, in bytes.
const LONGEST_HEADER: u64 = 100_000_000;

/// Shapes of the tensors in one or several files.
pub(super) struct Tensors {
    shapes: BTreeMap<String, Vec<i64>>,
}

/// A tensor's entry in the header.
#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<i64>,
}

impl Tensors {
    /// Reads the headers.
    ///
    /// # Errors
    ///
    /// The file at fault, and in words what is wrong with it.
    pub(super) fn read(files: &[PathBuf]) -> Result<Tensors, (&Path, String)> {
        let mut shapes = BTreeMap::new();
        for file in files {
            shapes.append(&mut header(file).map_err(|what| (file.as_path(), what))?);
        }
        Ok(Tensors { shapes })
    }

    /// Checks that a tensor is there in this shape.
    pub(super) fn check(&self, name: &str, shape: &[i64]) -> Result<(), String> {
        match self.shapes.get(name) {
            None => Err(format!("has no tensor {name}")),
            Some(found) if found != shape => {
                Err(format!("its tensor {name} has the shape {found:?}, not {shape:?}"))
            }
            Some(_) => Ok(()),
        }
    }
}

/// The tensors of numbers that one file names, with their shapes.
fn header(path: &Path) -> Result<BTreeMap<String, Vec<i64>>, String> {
    let no_such_file = |what: String| format!("not a whole safetensors file: {what}");
    let said = |error: std::io::Error| no_such_file(error.to_string());
    let mut file = File::open(path).map_err(said)?;
    let size = file.metadata().map_err(said)?.len();
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(said)?;
    let length = u64::from_le_bytes(length);
    if length > LONGEST_HEADER.min(size - 8) {
        return Err(no_such_file(format!("its header would be {length} bytes long")));
    }
    let mut header = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    file.read_exact(&mut header).map_err(said)?;
    let entries: BTreeMap<String, Value> =
        serde_json::from_slice(&header).map_err(|error| no_such_file(error.to_string()))?;
    let mut shapes = BTreeMap::new();
    for (name, entry) in entries.into_iter().filter(|(name, _)| name != "__metadata__") {
        let entry: Entry = serde_json::from_value(entry)
            .map_err(|error| no_such_file(format!("tensor {name}: {error}")))?;
        if matches!(entry.dtype.as_str(), "F64" | "F32" | "F16" | "BF16") {
            shapes.insert(name, entry.shape);
        }
    }
    Ok(shapes)
}
