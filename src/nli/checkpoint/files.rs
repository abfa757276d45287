//! The files of a model: in a folder or compiled in, found, read and hashed.

use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Where the network may lie in a model folder, the first found is taken.
pub const ONNX_FILES: [&str; 4] =
    ["model.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx", "onnx/model_int8.onnx"];

/// Largest file that is read whole, in bytes; the network is none of these. The tokenizers of XLM-R and mDeBERTa
/// take 17 MB.
const LARGEST: u64 = 256 << 20;

/// Where the network's bytes are.
#[derive(Debug, Clone)]
pub enum Network {
    /// A file, with external data beside it if it has any.
    File(PathBuf),
    /// Compiled into the program.
    Embedded(&'static [u8]),
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

    /// The network's place, or an error that tells what is there instead.
    pub(super) fn network(&self) -> Result<(&'static str, Network)> {
        for name in ONNX_FILES {
            match self {
                Files::Folder(folder) => {
                    let path = folder.join(name);
                    if path.is_file() {
                        return Ok((name, Network::File(path)));
                    }
                }
                Files::Embedded(_, files) => {
                    if let Some(&(_, bytes)) = files.iter().find(|(n, _)| *n == name) {
                        return Ok((name, Network::Embedded(bytes)));
                    }
                }
            }
        }
        let folder = self.folder();
        let looked = format!("model.onnx is missing (looked for {})", ONNX_FILES.join(", "));
        if folder.join("model.safetensors").is_file() {
            let remedy = format!(
                "model.safetensors is there: convert it once with `python scripts/export_onnx.py {}`",
                folder.display()
            );
            return Err(problem(folder, looked, remedy));
        }
        if folder.join("pytorch_model.bin").is_file() {
            let remedy = "pytorch_model.bin is a pickle, which can run code and is never loaded: take the \
                          repository's model.safetensors and convert it with `python scripts/export_onnx.py`, or \
                          take its ONNX file";
            return Err(problem(folder, looked, remedy));
        }
        let remedy = "download the ONNX file from the model's repository, or export it with \
                      `python scripts/export_onnx.py`";
        Err(problem(folder, looked, remedy))
    }
}

/// Adds one file to a digest, with its name and length, so that no two folders look alike.
pub(super) fn absorb(digest: &mut Sha256, name: &str, bytes: &[u8]) {
    digest.update(name.as_bytes());
    digest.update([0]);
    digest.update((bytes.len() as u64).to_le_bytes());
    digest.update(bytes);
}

/// Adds the network, and the external data files beside it (`model.onnx_data`, `model.onnx.data`).
pub(super) fn absorb_network(digest: &mut Sha256, name: &str, network: &Network) -> Result<()> {
    let path = match network {
        Network::Embedded(bytes) => {
            absorb(digest, name, bytes);
            return Ok(());
        }
        Network::File(path) => path,
    };
    for suffix in ["", "_data", ".data"] {
        let mut file_name = path.clone().into_os_string();
        file_name.push(suffix);
        let path = PathBuf::from(file_name);
        if !suffix.is_empty() && !path.is_file() {
            continue;
        }
        let mut file = std::fs::File::open(&path).map_err(|e| unreadable(&path, &e))?;
        let length = file.metadata().map_err(|e| unreadable(&path, &e))?.len();
        digest.update(format!("{name}{suffix}\0").as_bytes());
        digest.update(length.to_le_bytes());
        let mut buffer = vec![0; 1 << 20];
        loop {
            match file.read(&mut buffer).map_err(|e| unreadable(&path, &e))? {
                0 => break,
                n => digest.update(&buffer[..n]),
            }
        }
    }
    Ok(())
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
