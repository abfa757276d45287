//! The files of a model: in a folder or compiled in, found, read and hashed.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::nli::backend::{BackendKind, LIBTORCH_FAMILIES};

/// Where the network may lie in a model folder, the first found is taken.
pub const ONNX_FILES: [&str; 4] =
    ["model.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx", "onnx/model_int8.onnx"];

/// Largest file that is read whole, in bytes; the network is none of these. The tokenizers of XLM-R and mDeBERTa
/// take 17 MB.
const LARGEST: u64 = 256 << 20;

/// Where the network is.
#[derive(Debug, Clone)]
pub enum Network {
    /// An ONNX file, with external data beside it if it has any.
    File(PathBuf),
    /// ONNX, compiled into the program.
    Embedded(&'static [u8]),
    /// Weights without a network, which the backend knows how to build: `model.safetensors`, or its parts.
    Safetensors(Vec<PathBuf>),
}

/// Files of a model that is part of the program: name and content, as in a folder.
pub type EmbeddedFiles = &'static [(&'static str, &'static [u8])];

/// A folder on disk, or one compiled in.
pub(super) enum Files {
    Folder(PathBuf),
    Embedded(PathBuf, EmbeddedFiles),
}

impl Files {
    /// The folder, for messages.
    pub(super) fn folder(&self) -> &Path {
        match self {
            Files::Folder(folder) | Files::Embedded(folder, _) => folder,
        }
    }

    /// A file's content; `None` if there is no such file.
    pub(super) fn read(&self, name: &str) -> Result<Option<Cow<'static, [u8]>>> {
        match self {
            Files::Folder(folder) => {
                let path = folder.join(name);
                let read = std::fs::File::open(&path).and_then(|file| {
                    let mut bytes = Vec::new();
                    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
                    Ok(bytes)
                });
                match read {
                    Ok(bytes) if bytes.len() as u64 > LARGEST => Err(problem(
                        &path,
                        format!("is larger than {} MiB", LARGEST >> 20),
                        "download the file again from the model's repository",
                    )),
                    Ok(bytes) => Ok(Some(Cow::Owned(bytes))),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(unreadable(&path, &error)),
                }
            }
            Files::Embedded(_, files) => {
                Ok(files.iter().find(|(n, _)| *n == name).map(|&(_, bytes)| Cow::Borrowed(bytes)))
            }
        }
    }

    pub(super) fn required(&self, name: &str) -> Result<Cow<'static, [u8]>> {
        let remedy = "a model folder in the Hugging Face layout has config.json, tokenizer.json and model.onnx: \
                      download the file from the model's repository";
        self.read(name)?.ok_or_else(|| problem(self.folder(), format!("{name} is missing"), remedy))
    }

    /// The ONNX network: its name in the folder, and its place.
    pub(super) fn onnx(&self) -> Option<(&'static str, Network)> {
        ONNX_FILES.into_iter().find_map(|name| match self {
            Files::Folder(folder) => {
                let path = folder.join(name);
                path.is_file().then_some((name, Network::File(path)))
            }
            Files::Embedded(_, files) => {
                let &(_, bytes) = files.iter().find(|(n, _)| *n == name)?;
                Some((name, Network::Embedded(bytes)))
            }
        })
    }

    /// Whether weights are there as safetensors, in one file or in parts.
    pub(super) fn has_safetensors(&self) -> bool {
        match self {
            Files::Folder(folder) => {
                [WEIGHTS, WEIGHTS_INDEX].iter().any(|n| folder.join(n).is_file())
            }
            Files::Embedded(..) => false,
        }
    }

    /// The safetensors files, sorted by name.
    pub(super) fn safetensors(&self) -> Result<Vec<PathBuf>> {
        let folder = self.folder();
        let whole = folder.join(WEIGHTS);
        if whole.is_file() {
            return Ok(vec![whole]);
        }
        let index = folder.join(WEIGHTS_INDEX);
        let wrong = |what: String| problem(&index, what, "download the model again");
        let bytes = std::fs::read(&index).map_err(|error| unreadable(&index, &error))?;
        let parts: Index = serde_json::from_slice(&bytes)
            .map_err(|error| wrong(format!("not as expected: {error}")))?;
        let names: BTreeSet<String> = parts.weight_map.into_values().collect();
        let mut paths = Vec::new();
        for name in names {
            // The index comes with the model: it may not point out of the folder, nor at a pickle.
            if name.contains(['/', '\\']) || !name.ends_with(".safetensors") {
                return Err(wrong(format!(
                    "names {name:?}, which is no safetensors file of this folder"
                )));
            }
            let path = folder.join(&name);
            if !path.is_file() {
                return Err(wrong(format!("names {name}, which is missing")));
            }
            paths.push(path);
        }
        if paths.is_empty() {
            return Err(wrong("names no files".into()));
        }
        Ok(paths)
    }

    /// The error for a folder without an ONNX file: tells what is there instead.
    pub(super) fn no_onnx(&self, family: &str) -> Error {
        let folder = self.folder();
        let looked = format!("model.onnx is missing (looked for {})", ONNX_FILES.join(", "));
        let shown = folder.display();
        let remedy = if self.has_safetensors() {
            let mut remedy = format!(
                "its weights are there as safetensors: convert them once with `python scripts/export_onnx.py {shown}`"
            );
            if !LIBTORCH_FAMILIES.contains(&family) {
                remedy += &format!(
                    "; the libtorch backend, which reads them as they are, does not take {family}"
                );
            } else if !BackendKind::Libtorch.is_built_in() {
                remedy += ", or build this program with `--features libtorch`, which reads them as they are \
                           (docs/backends.md)";
            }
            remedy
        } else if folder.join("pytorch_model.bin").is_file() {
            "pytorch_model.bin is a pickle, which can run code and is never loaded: take the repository's \
             model.safetensors and convert it with `python scripts/export_onnx.py`, or take its ONNX file"
                .into()
        } else {
            "download the ONNX file from the model's repository, or export it with `python scripts/export_onnx.py`"
                .into()
        };
        problem(folder, looked, remedy)
    }
}

/// Weights in one file.
const WEIGHTS: &str = "model.safetensors";
/// Which of several files each tensor is in.
const WEIGHTS_INDEX: &str = "model.safetensors.index.json";

/// `model.safetensors.index.json`.
#[derive(Deserialize)]
struct Index {
    /// Tensor to file.
    weight_map: BTreeMap<String, String>,
}

/// Adds one file to a digest, with its name and length, so that no two folders look alike.
pub(super) fn absorb(digest: &mut Sha256, name: &str, bytes: &[u8]) {
    digest.update(name.as_bytes());
    digest.update([0]);
    digest.update((bytes.len() as u64).to_le_bytes());
    digest.update(bytes);
}

/// Adds the network. `name` is that of an ONNX file; external data files beside it (`model.onnx_data`,
/// `model.onnx.data`) are added too.
pub(super) fn absorb_network(digest: &mut Sha256, name: &str, network: &Network) -> Result<()> {
    match network {
        Network::Embedded(bytes) => absorb(digest, name, bytes),
        Network::File(path) => {
            for suffix in ["", "_data", ".data"] {
                let mut file_name = path.clone().into_os_string();
                file_name.push(suffix);
                let path = PathBuf::from(file_name);
                if suffix.is_empty() || path.is_file() {
                    absorb_file(digest, &format!("{name}{suffix}"), &path)?;
                }
            }
        }
        Network::Safetensors(paths) => {
            for path in paths {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                absorb_file(digest, &name, path)?;
            }
        }
    }
    Ok(())
}

/// As [`absorb`], without reading the whole file into memory.
fn absorb_file(digest: &mut Sha256, name: &str, path: &Path) -> Result<()> {
    let mut file = std::fs::File::open(path).map_err(|e| unreadable(path, &e))?;
    let length = file.metadata().map_err(|e| unreadable(path, &e))?.len();
    digest.update(name.as_bytes());
    digest.update([0]);
    digest.update(length.to_le_bytes());
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).map_err(|e| unreadable(path, &e))? {
            0 => return Ok(()),
            n => digest.update(&buffer[..n]),
        }
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub(in crate::nli) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    problem(path, format!("cannot be read: {error}"), "check the file's permissions")
}

/// An [`Error::Model`].
pub(in crate::nli) fn problem(
    path: &Path,
    problem: impl Into<String>,
    remedy: impl Into<String>,
) -> Error {
    Error::Model { path: path.to_path_buf(), problem: problem.into(), remedy: remedy.into() }
}
