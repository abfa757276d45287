//! The hub's cache folder, as `huggingface_hub` lays it out, and the models in it that crossclaim has checked.
//!
//! ```text
//! models--owner--name/
//!   blobs/DIGEST                  content, named by what the hub states of it
//!   refs/main                     the commit that a branch or tag meant when it was last asked for
//!   snapshots/COMMIT/config.json  links to blobs
//!   .crossclaim/COMMIT.json       what was checked: a `Receipt`; other programs leave it alone
//! .locks/models--owner--name/     one lock per blob, shared with other programs
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::digest::HubDigest;
use super::receipt::Receipt;
use super::spec::{ModelSpec, RepoId};
use crate::error::{Error, Result};

/// The cache folder; it need not exist.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
}

/// A model that lies in the cache and was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// The folder with `config.json`: what [`crate::nli::open`] takes.
    pub folder: PathBuf,
    /// What was checked.
    pub receipt: Receipt,
}

impl Cache {
    /// The cache in this folder.
    pub fn new(root: impl Into<PathBuf>) -> Cache {
        Cache { root: root.into() }
    }

    /// The folder given to [`Cache::new`].
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The model, if it was pulled; what has happened to its files since, [`Receipt::present`] and
    /// [`Receipt::verify`] tell.
    ///
    /// # Errors
    ///
    /// A receipt cannot be read.
    pub fn find(&self, spec: &ModelSpec) -> Result<Option<Pulled>> {
        let receipts = self.receipts_of(&spec.repository)?;
        let found = receipts.into_iter().find(|receipt| receipt.is(spec));
        Ok(found.map(|receipt| self.pulled(receipt)))
    }

    /// All models that were pulled, by repository and commit, and what is wrong with receipts that cannot be read.
    ///
    /// # Errors
    ///
    /// The folder cannot be read; one that does not exist holds no models.
    pub fn all(&self) -> Result<(Vec<Pulled>, Vec<Error>)> {
        let (mut found, mut problems) = (Vec::new(), Vec::new());
        for name in names_in(&self.root)? {
            let Some(repository) = RepoId::from_cache_folder(&name) else { continue };
            match self.receipts_of(&repository) {
                Ok(receipts) => found.extend(receipts.into_iter().map(|r| self.pulled(r))),
                Err(problem) => problems.push(problem),
            }
        }
        Ok((found, problems))
    }

    /// The receipts of a repository, by commit.
    ///
    /// # Errors
    ///
    /// One of them cannot be read.
    pub fn receipts_of(&self, repository: &RepoId) -> Result<Vec<Receipt>> {
        let folder = self.receipts(repository);
        let mut found = Vec::new();
        for name in names_in(&folder)? {
            if name.ends_with(".json") {
                found.push(Receipt::read(&folder.join(name))?);
            }
        }
        Ok(found)
    }

    fn pulled(&self, receipt: Receipt) -> Pulled {
        Pulled { folder: self.snapshot(&receipt.repository, &receipt.commit), receipt }
    }

    pub(super) fn repository(&self, repository: &RepoId) -> PathBuf {
        self.root.join(repository.cache_folder())
    }

    pub(super) fn blobs(&self, repository: &RepoId) -> PathBuf {
        self.repository(repository).join("blobs")
    }

    pub(super) fn blob(&self, repository: &RepoId, digest: &HubDigest) -> PathBuf {
        self.blobs(repository).join(digest.hexadecimal())
    }

    /// The folder of a commit's files. The commit is the hub's or a receipt's, and was checked there.
    pub(super) fn snapshot(&self, repository: &RepoId, commit: &str) -> PathBuf {
        self.repository(repository).join("snapshots").join(commit)
    }

    /// The file that holds the commit of a branch or tag.
    pub(super) fn reference(&self, repository: &RepoId, revision: &str) -> PathBuf {
        self.repository(repository).join("refs").join(revision)
    }

    pub(super) fn receipts(&self, repository: &RepoId) -> PathBuf {
        self.repository(repository).join(".crossclaim")
    }

    pub(super) fn receipt(&self, repository: &RepoId, commit: &str) -> PathBuf {
        self.receipts(repository).join(format!("{commit}.json"))
    }
}

/// How names of downloads end that are not whole yet. Other programs' ends in `.incomplete` too, so that their
/// tools know what it is.
pub(super) const INCOMPLETE: &str = ".crossclaim.incomplete";

/// Names in a folder, sorted; none if there is no such folder. Names that are no UTF-8 are left out: no model has
/// one.
pub(super) fn names_in(folder: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(unusable(folder, "read", error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| unusable(folder, "read", error))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// Whether an error says that there is no such file or folder.
pub(super) fn absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// An [`Error::Io`] about the cache, with a remedy that fits what the system said.
pub(super) fn unusable(path: &Path, action: &'static str, source: io::Error) -> Error {
    let remedy = match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "free some space, or set HF_HOME to a folder on a larger disk; what was downloaded so far is kept, \
             and the next pull goes on from there"
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            "make the folder writable, or set HF_HOME to one that is"
        }
        _ => "check the folder, or set HF_HOME to another",
    };
    Error::Io { path: path.to_path_buf(), action, source, remedy: remedy.into() }
}
