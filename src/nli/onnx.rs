//! What both ONNX backends need: a look at the file before it is loaded ([`check`]), and the network's inputs and
//! output. And for rten, work that can be left out ([`shorten`]).
//!
//! rten's reader can run on without end over bytes that are no protocol buffer, which no caught panic would
//! stop. So the file's frame is walked first: every field of the model, of its graph, and of the graph's nodes
//! and tensors must have a known wire type and end within what holds it.

mod check;
pub mod file;
pub mod graph;
mod shorten;
mod table;
mod wire;

use file::Parts;
pub use shorten::shorten;
pub use table::{Table, table};

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use ndarray::Array2;

use super::Batch;
use super::checkpoint::{Checkpoint, Network, problem, unreadable};
use crate::error::{Error, Result as CrateResult};

/// The inputs that a sequence classifier may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// `input_ids`
    Ids,
    /// `attention_mask`
    Mask,
    /// `token_type_ids`
    Types,
}

impl Input {
    /// The input's array in a batch.
    pub fn of(self, batch: &Batch) -> &Array2<i32> {
        match self {
            Input::Ids => &batch.input_ids,
            Input::Mask => &batch.attention_mask,
            Input::Types => &batch.token_type_ids,
        }
    }
}

/// Which input each of the network's input names is.
///
/// # Errors
///
/// In words: there is another input, or `input_ids` or `attention_mask` is missing.
pub fn inputs(names: &[String]) -> Result<Vec<Input>, String> {
    let inputs = names
        .iter()
        .map(|name| match name.as_str() {
            "input_ids" => Ok(Input::Ids),
            "attention_mask" => Ok(Input::Mask),
            "token_type_ids" => Ok(Input::Types),
            other => Err(format!(
                "has an input {other:?}; known are input_ids, attention_mask and token_type_ids"
            )),
        })
        .collect::<Result<Vec<_>, _>>()?;
    for (needed, name) in [(Input::Ids, "input_ids"), (Input::Mask, "attention_mask")] {
        if !inputs.contains(&needed) {
            return Err(format!("has no input {name}"));
        }
    }
    Ok(inputs)
}

/// Which of the outputs holds the logits: the one of that name, or the only one.
///
/// # Errors
///
/// In words: there are several, and none has the name.
pub fn output(names: &[String]) -> Result<usize, String> {
    match names.iter().position(|name| name == "logits") {
        Some(index) => Ok(index),
        None if names.len() == 1 => Ok(0),
        None => Err(format!("has no output logits, but {}", names.join(", "))),
    }
}

/// The error for a network file that cannot be used.
pub fn wrong(path: &Path, what: impl Into<String>) -> Error {
    problem(
        path,
        what,
        "download the file again, or export it anew with `python scripts/export_onnx.py`",
    )
}

/// Reads the checkpoint's network, with its large tensors apart. A file is checked first: that it is no Git LFS
/// pointer, and a whole ONNX model that is safe to be loaded.
///
/// # Errors
///
/// [`Error::Model`] if it is something else or cannot be read.
pub fn read(checkpoint: &Checkpoint) -> CrateResult<Parts> {
    let parts = match &checkpoint.network {
        Network::File(path) => {
            check_file(path)?;
            let file = File::open(path).map_err(|error| unreadable(path, &error))?;
            let length = file.metadata().map_err(|error| unreadable(path, &error))?.len();
            file::read(BufReader::new(file), length)
        }
        Network::Embedded(bytes) => file::read(*bytes, bytes.len() as u64),
        Network::Safetensors(_) => Err("these are weights without a network".into()),
    };
    parts.map_err(|error| not_whole(checkpoint.network_path(), &error))
}

/// The error for a file that is cut off or no ONNX model at all.
pub fn not_whole(path: &Path, error: &str) -> Error {
    wrong(path, format!("not a whole ONNX file: {error}"))
}

fn check_file(path: &Path) -> CrateResult<()> {
    if is_git_lfs_pointer(path) {
        return Err(problem(
            path,
            "is a Git LFS pointer, not the network itself",
            "run `git lfs pull` in the model's folder, or download the file",
        ));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    check::check(&bytes, &name).map_err(|error| not_whole(path, &error))
}

/// Whether a clone without Git LFS left its note in the file's place.
fn is_git_lfs_pointer(path: &Path) -> bool {
    const START: &[u8] = b"version https://git-lfs";
    let mut start = [0; START.len()];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == START
}
