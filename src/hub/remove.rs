//! Removing what was pulled, and nothing that another program put there.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::cache::{Cache, INCOMPLETE, absent, names_in, unusable};
use super::receipt::Receipt;
use super::spec::{ModelSpec, RepoId};
use crate::error::Result;

/// What [`Cache::remove`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removed {
    /// Files of the model that were deleted.
    pub files: usize,
    /// Bytes that this freed.
    pub bytes: u64,
    /// The folder of the repository, where something of another program's is left in it.
    pub left: Option<PathBuf>,
}

impl Cache {
    /// Deletes a model that was pulled: all its commits, or with a commit or revision of the spec's own
    /// (`only_revision`) that one. Interrupted downloads of it go too; blobs that another snapshot links to stay.
    ///
    /// # Errors
    ///
    /// A file cannot be deleted.
    pub fn remove(&self, spec: &ModelSpec, only_revision: bool) -> Result<Removed> {
        let repository = &spec.repository;
        let mut removed = Removed::default();
        let receipts = self.receipts_of(repository)?;
        for receipt in receipts.iter().filter(|receipt| !only_revision || receipt.is(spec)) {
            self.remove_snapshot(receipt, &mut removed)?;
        }
        if !only_revision {
            self.remove_incomplete(repository, &mut removed)?;
        }
        let folder = self.repository(repository);
        prune(&folder)?;
        removed.left = folder.exists().then_some(folder);
        Ok(removed)
    }

    fn remove_snapshot(&self, receipt: &Receipt, removed: &mut Removed) -> Result<()> {
        let repository = &receipt.repository;
        let snapshot = self.snapshot(repository, &receipt.commit);
        // The receipt first: what is half removed counts as not pulled.
        delete(&self.receipt(repository, &receipt.commit))?;
        let mut copied = BTreeSet::new();
        for file in &receipt.files {
            let link = snapshot.join(&file.path);
            // Where the system has no symbolic links, the content lies here.
            if fs::symlink_metadata(&link).is_ok_and(|data| data.is_file()) {
                copied.insert(&file.path);
            }
            removed.files += usize::from(delete(&link)?);
        }
        let linked = self.linked_blobs(repository)?;
        for file in &receipt.files {
            let in_use = linked.contains(file.hub.hexadecimal());
            let freed = !in_use && delete(&self.blob(repository, &file.hub))?;
            if freed || copied.contains(&file.path) {
                removed.bytes += file.size;
            }
        }
        for revision in &receipt.revisions {
            let reference = self.reference(repository, revision);
            let points_here =
                fs::read_to_string(&reference).is_ok_and(|c| c.trim() == receipt.commit);
            if points_here && prune(&snapshot)? {
                delete(&reference)?;
            }
        }
        Ok(())
    }

    /// Names of the blobs that some snapshot links to.
    fn linked_blobs(&self, repository: &RepoId) -> Result<BTreeSet<String>> {
        let mut linked = BTreeSet::new();
        let mut folders = vec![self.repository(repository).join("snapshots")];
        while let Some(folder) = folders.pop() {
            for name in names_in(&folder)? {
                let path = folder.join(name);
                if let Ok(target) = fs::read_link(&path) {
                    linked.extend(target.file_name().map(|n| n.to_string_lossy().into_owned()));
                } else if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        Ok(linked)
    }

    /// Deletes downloads that stopped half-way, but for those that another process is at.
    fn remove_incomplete(&self, repository: &RepoId, removed: &mut Removed) -> Result<()> {
        let locks = self.root().join(".locks").join(repository.cache_folder());
        for name in names_in(&self.blobs(repository))? {
            let Some(digest) = name.strip_suffix(INCOMPLETE) else { continue };
            // Held until the file is gone.
            let lock = File::open(locks.join(format!("{digest}.lock"))).ok();
            if lock.as_ref().is_some_and(|lock| lock.try_lock().is_err()) {
                continue;
            }
            let path = self.blobs(repository).join(&name);
            let size = fs::metadata(&path).map_or(0, |data| data.len());
            if delete(&path)? {
                removed.bytes += size;
            }
        }
        Ok(())
    }
}

/// Deletes a file or link; whether there was one.
fn delete(path: &Path) -> Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if absent(&error) => Ok(false),
        Err(error) => Err(unusable(path, "delete", error)),
    }
}

/// Deletes a folder if there is no file in it or below; whether it is gone.
fn prune(folder: &Path) -> Result<bool> {
    let mut empty = true;
    for name in names_in(folder)? {
        let path = folder.join(name);
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|data| data.is_dir());
        empty &= is_folder && prune(&path)?;
    }
    if empty {
        match fs::remove_dir(folder) {
            Ok(()) => {}
            Err(error) if absent(&error) => {}
            Err(error) => return Err(unusable(folder, "delete", error)),
        }
    }
    Ok(empty)
}
