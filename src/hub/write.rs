//! Writing into the cache, so that what is there is whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::cache::{Cache, INCOMPLETE, unusable};
use super::digest::HubDigest;
use super::spec::RepoId;
use crate::error::Result;

impl Cache {
    /// Where the download of a blob grows, until it is whole and checked.
    pub(super) fn incomplete(&self, repository: &RepoId, digest: &HubDigest) -> PathBuf {
        self.blobs(repository).join(format!("{}{INCOMPLETE}", digest.hexadecimal()))
    }

    pub(super) fn lock(&self, repository: &RepoId, digest: &HubDigest) -> PathBuf {
        let folder = self.root().join(".locks").join(repository.cache_folder());
        folder.join(format!("{}.lock", digest.hexadecimal()))
    }
}

/// Makes a folder, with those above it.
pub(super) fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| unusable(folder, "create", error))
}

/// Writes a small file so that it is there whole or not at all.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let partial = aside(path.parent().unwrap_or(Path::new("")));
    fs::write(&partial, content).and_then(|()| fs::rename(&partial, path)).map_err(|error| {
        let _ = fs::remove_file(&partial);
        unusable(path, "write", error)
    })
}

/// A name in a folder that no one else uses at the same time.
pub(super) fn aside(folder: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    folder.join(format!(".crossclaim-{}-{count}", std::process::id()))
}
