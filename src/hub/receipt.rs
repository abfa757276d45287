//! What was checked when a model was pulled, kept beside it, so that it can be checked again without a network.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::cache::{absent, unusable};
use super::digest::{HubDigest, digests_of};
use super::spec::{self, ModelSpec, RepoId};
use crate::error::{Error, Result};

/// The form of receipts that this program writes and reads.
const VERSION: u32 = 1;

/// The files of one commit that were pulled and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    version: u32,
    /// The repository.
    pub repository: RepoId,
    /// The commit, 40 hexadecimal digits.
    pub commit: String,
    /// Branches and tags that meant this commit when they were pulled, sorted.
    pub revisions: Vec<String>,
    /// The hub that stated the digests; `cache` where they came from the names of blobs already there.
    pub endpoint: String,
    /// The files, by path.
    pub files: Vec<ReceiptFile>,
}

/// One file of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptFile {
    /// Path in the model's folder, with forward slashes.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content in hexadecimal, computed here.
    pub sha256: String,
    /// What the hub stated, and what the content was found to be: `sha256:…` or `git-blob:…`.
    pub hub: HubDigest,
}

/// What is wrong with a file that was pulled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// It is gone.
    Missing,
    /// It has another length than when it was checked.
    Length {
        /// Bytes now.
        found: u64,
    },
    /// It has another SHA-256 than when it was checked.
    Content {
        /// SHA-256 now.
        found: String,
    },
}

/// The result of checking a model again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Files that are not as they were, by path.
    pub damaged: Vec<(ReceiptFile, Damage)>,
    /// Networks in the folder that no hub vouches for: made here, for example by `scripts/export_onnx.py`.
    pub unknown: Vec<String>,
}

impl Receipt {
    pub(super) fn read(path: &Path) -> Result<Receipt> {
        let wrong = |problem: String| Error::Input {
            path: path.to_path_buf(),
            line: None,
            problem,
            remedy: "delete the file and pull the model again".into(),
        };
        let bytes = std::fs::read(path).map_err(|error| unusable(path, "read", error))?;
        let receipt: Receipt = serde_json::from_slice(&bytes)
            .map_err(|error| wrong(format!("no receipt of a pulled model: {error}")))?;
        if receipt.version != VERSION {
            return Err(wrong(format!("a receipt of another version, {}", receipt.version)));
        }
        // Paths are made of these.
        if !spec::is_commit(&receipt.commit) {
            return Err(wrong(format!("{:?} is no commit", receipt.commit)));
        }
        for file in &receipt.files {
            spec::check_path(&file.path).map_err(&wrong)?;
        }
        Ok(receipt)
    }

    /// Whether this is what a repository and revision mean.
    pub fn is(&self, model: &ModelSpec) -> bool {
        let revision = &model.revision;
        self.repository == model.repository
            && (self.commit == *revision || self.revisions.contains(revision))
    }

    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// Whether every file is there and has its length: quick, before a model is loaded.
    pub fn present(&self, folder: &Path) -> Vec<(ReceiptFile, Damage)> {
        self.check(folder, false)
    }

    /// Reads every file and compares its SHA-256 with the one that was checked against the hub's. `folder` is the
    /// model's, from [`super::Pulled`].
    pub fn verify(&self, folder: &Path) -> Verification {
        let listed = |name: &&str| self.files.iter().any(|file| file.path == **name);
        let unknown = crate::nli::checkpoint::ONNX_FILES
            .iter()
            .filter(|name| !listed(name) && folder.join(name).is_file())
            .map(ToString::to_string)
            .collect();
        Verification { damaged: self.check(folder, true), unknown }
    }

    fn check(&self, folder: &Path, content: bool) -> Vec<(ReceiptFile, Damage)> {
        let damage = |file: &ReceiptFile| {
            let path: PathBuf = folder.join(&file.path);
            let length = match std::fs::metadata(&path) {
                Ok(metadata) => metadata.len(),
                Err(_) => return Some(Damage::Missing),
            };
            if length != file.size {
                return Some(Damage::Length { found: length });
            }
            if !content {
                return None;
            }
            match digests_of(&path) {
                Ok(found) if found.sha256 == file.sha256 => None,
                Ok(found) => Some(Damage::Content { found: found.sha256 }),
                Err(error) if absent(&error) => Some(Damage::Missing),
                Err(error) => Some(Damage::Content { found: format!("unreadable: {error}") }),
            }
        };
        self.files.iter().filter_map(|f| damage(f).map(|d| (f.clone(), d))).collect()
    }
}

#[cfg(feature = "download")]
impl Receipt {
    pub(super) fn new(repository: RepoId, commit: String, endpoint: String) -> Receipt {
        let (revisions, files) = (Vec::new(), Vec::new());
        Receipt { version: VERSION, repository, commit, revisions, endpoint, files }
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Input {
            path: path.to_path_buf(),
            line: None,
            problem: format!("cannot be written: {error}"),
            remedy: "report this".into(),
        })?;
        super::write::write_whole(path, format!("{text}\n").as_bytes())
    }
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Damage::Missing => f.write_str("is missing"),
            Damage::Length { found } => write!(f, "has {found} bytes now"),
            Damage::Content { found } => write!(f, "has changed: its SHA-256 is {found} now"),
        }
    }
}
