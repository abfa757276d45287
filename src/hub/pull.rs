//! Pulling a model: its files are listed, chosen, fetched, checked, linked and written down.

use std::fs;
use std::path::{Path, PathBuf};

use super::cache::{Cache, Pulled, absent, names_in, unusable};
use super::client::{Client, Failure, Listing, hub};
use super::digest::HubDigest;
use super::download::Download;
use super::files::{FileRules, HubFile, Weights, select};
use super::manifest::ManifestModel;
use super::receipt::{Receipt, ReceiptFile};
use super::settings::HubSettings;
use super::spec::{self, ModelSpec};
use super::write::{aside, make_folder, write_whole};
use crate::error::Result;

/// A model hub that can be asked for models.
#[derive(Debug)]
pub struct Hub {
    settings: HubSettings,
    cache: Cache,
    /// None when offline.
    client: Option<Client>,
}

/// What happens while a model is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullEvent<'e> {
    /// A file grows.
    Bytes {
        /// Path in the repository.
        path: &'e str,
        /// Bytes that are there.
        done: u64,
        /// Bytes that it will have.
        size: u64,
    },
    /// A file is whole, and its digest is computed.
    Checking {
        /// Path in the repository.
        path: &'e str,
    },
    /// Another process downloads the same file: it is waited for.
    Waiting {
        /// Path in the repository.
        path: &'e str,
    },
    /// A connection broke; after a pause it is tried again.
    Retrying {
        /// What was asked for.
        path: &'e str,
        /// What happened.
        why: &'e str,
    },
}

/// What [`Hub::pull`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullOutcome {
    /// The model, as [`Cache::find`] finds it from now on.
    pub pulled: Pulled,
    /// Files that were fetched; the others were in the cache, and were checked there.
    pub fetched: usize,
    /// The weights are safetensors, which have to be converted before the default backend can run them.
    pub safetensors: bool,
}

impl Hub {
    /// Connects to nothing yet.
    ///
    /// # Errors
    ///
    /// [`crate::error::Error::Hub`]: the endpoint, the token, the proxy or the certificates are malformed.
    pub fn new(settings: HubSettings) -> Result<Hub> {
        let client = if settings.offline { None } else { Some(Client::new(&settings)?) };
        Ok(Hub { cache: Cache::new(&settings.cache), settings, client })
    }

    /// Downloads what is missing of a model, checks every file of it against what the hub states, and writes a
    /// receipt. Interrupted, it goes on where it stopped when called again. `tell` hears of progress.
    ///
    /// `entry` is the model's entry in a manifest, whose digests hold too.
    ///
    /// # Errors
    ///
    /// [`crate::error::Error::Hub`]: there is no such model, it may not be read, its files are not what the hub
    /// states, or the network fails. [`crate::error::Error::Io`]: the cache cannot be written.
    pub fn pull(
        &self,
        model: &ModelSpec,
        rules: &FileRules,
        entry: Option<&ManifestModel>,
        weights: Weights,
        tell: &dyn Fn(PullEvent<'_>),
    ) -> Result<PullOutcome> {
        let listing = self.list(model, tell)?;
        let selection = select(&listing.files, rules, weights)
            .map_err(|(problem, remedy)| hub(&model.to_string(), problem, remedy))?;

        let repository = &model.repository;
        let commit = &listing.commit;
        let snapshot = self.cache.snapshot(repository, commit);
        let mut fetched = 0;
        let mut files = Vec::new();
        for file in &selection.files {
            let download = Download {
                client: self.client.as_ref(),
                cache: &self.cache,
                repository,
                commit,
                file,
                retries: self.settings.retries,
                pause: self.settings.pause,
                tell,
            };
            let (new, digests) = download.run()?;
            if let Some(wanted) = entry.and_then(|entry| entry.sha256.get(&file.path))
                && !wanted.eq_ignore_ascii_case(&digests.sha256)
            {
                let problem =
                    format!("its SHA-256 is {}, and the manifest wants {wanted}", digests.sha256);
                let remedy = "the file has changed on the hub since the manifest was written: pin the revision too";
                return Err(hub(&format!("{model}: {}", file.path), problem, remedy));
            }
            fetched += usize::from(new);
            link(&self.cache.blob(repository, &file.digest), &snapshot, &file.path)?;
            files.push(ReceiptFile {
                path: file.path.clone(),
                size: digests.length,
                sha256: digests.sha256,
                hub: file.digest.clone(),
            });
        }
        if model.revision != *commit {
            let reference = self.cache.reference(repository, &model.revision);
            write_whole(&reference, commit.as_bytes())?;
        }
        let receipt = self.record(model, commit, files)?;
        let pulled = Pulled { folder: snapshot, receipt };
        Ok(PullOutcome { pulled, fetched, safetensors: selection.safetensors })
    }

    fn list(&self, model: &ModelSpec, tell: &dyn Fn(PullEvent<'_>)) -> Result<Listing> {
        let Some(client) = &self.client else { return self.list_cached(model) };
        let mut pause = self.settings.pause;
        for _ in 0..self.settings.retries {
            match client.list(model) {
                Ok(listing) => return Ok(listing),
                Err(Failure::Fatal(error)) => return Err(error),
                Err(Failure::Broken(why)) => {
                    tell(PullEvent::Retrying { path: &model.name, why: &why });
                    std::thread::sleep(pause);
                    pause = pause.saturating_mul(2);
                }
            }
        }
        client.list(model).map_err(|failure| match failure {
            Failure::Fatal(error) => error,
            Failure::Broken(why) => {
                hub(&model.to_string(), why, "check the network and HF_ENDPOINT, and pull again")
            }
        })
    }

    /// The list as another program's download shows it: blobs are named by what the hub stated of them.
    fn list_cached(&self, model: &ModelSpec) -> Result<Listing> {
        let missing = |problem: &str| {
            hub(&model.to_string(), problem, "unset HF_HUB_OFFLINE, and pull again")
        };
        let reference = self.cache.reference(&model.repository, &model.revision);
        let commit = match fs::read_to_string(&reference) {
            Ok(commit) => commit.trim().to_owned(),
            Err(error) if absent(&error) => model.revision.clone(),
            Err(error) => return Err(unusable(&reference, "read", error)),
        };
        if !spec::is_commit(&commit) {
            return Err(missing("it is not in the cache, and this is offline"));
        }
        let snapshot = self.cache.snapshot(&model.repository, &commit);
        let mut files = Vec::new();
        list_links(&snapshot, "", &mut files)?;
        if files.is_empty() {
            return Err(missing(
                "it is not in the cache with the digests of its files, and this is offline",
            ));
        }
        Ok(Listing { commit, files })
    }

    /// Writes the receipt. Files of the same commit that were pulled before stay in it; branches and tags move
    /// here from the commits that they meant before.
    fn record(&self, model: &ModelSpec, commit: &str, files: Vec<ReceiptFile>) -> Result<Receipt> {
        let repository = &model.repository;
        let endpoint = self.client.as_ref().map_or("cache", Client::endpoint).to_owned();
        let mut receipt = Receipt::new(repository.clone(), commit.to_owned(), endpoint);
        for mut other in self.cache.receipts_of(repository)? {
            if other.commit == commit {
                receipt.revisions = other.revisions;
                receipt.files = other.files;
            } else if other.revisions.contains(&model.revision) {
                other.revisions.retain(|revision| *revision != model.revision);
                other.write(&self.cache.receipt(repository, &other.commit))?;
            }
        }
        if model.revision != commit && !receipt.revisions.contains(&model.revision) {
            receipt.revisions.push(model.revision.clone());
            receipt.revisions.sort();
        }
        receipt.files.retain(|old| !files.iter().any(|new| new.path == old.path));
        receipt.files.extend(files);
        receipt.files.sort_by(|a, b| a.path.cmp(&b.path));
        receipt.write(&self.cache.receipt(repository, commit))?;
        Ok(receipt)
    }
}

/// Files of a snapshot that are links to blobs, with what the blobs' names say.
fn list_links(folder: &Path, prefix: &str, files: &mut Vec<HubFile>) -> Result<()> {
    for name in names_in(folder)? {
        let path = folder.join(&name);
        let in_repository = format!("{prefix}{name}");
        if let Ok(target) = fs::read_link(&path) {
            let digest = target.file_name().and_then(|n| HubDigest::parse(&n.to_string_lossy()));
            if let (Some(digest), Ok(metadata)) = (digest, fs::metadata(&path)) {
                files.push(HubFile { path: in_repository, size: metadata.len(), digest });
            }
        } else if path.is_dir() {
            list_links(&path, &format!("{in_repository}/"), files)?;
        }
    }
    Ok(())
}

/// Makes a blob appear in a snapshot: a relative symbolic link, so that the cache can be moved; a hard link or a
/// copy where the system allows none.
fn link(blob: &Path, snapshot: &Path, path: &str) -> Result<()> {
    let place = snapshot.join(path);
    if let Some(folder) = place.parent() {
        make_folder(folder)?;
    }
    let mut target = PathBuf::new();
    // Out of the file's folders, the commit's and `snapshots`.
    for _ in 0..path.split('/').count() + 1 {
        target.push("..");
    }
    target.push("blobs");
    target.push(blob.file_name().unwrap_or_default());
    if fs::read_link(&place).is_ok_and(|old| old == target) {
        return Ok(());
    }
    let cannot = |error| unusable(&place, "link", error);
    // Made aside and moved, so that a reader never sees it missing.
    let aside = aside(place.parent().unwrap_or(snapshot));
    if symbolic_link(&target, &aside).is_err() && fs::hard_link(blob, &aside).is_err() {
        fs::copy(blob, &aside).map_err(cannot)?;
    }
    fs::rename(&aside, &place).map_err(cannot)
}

#[cfg(unix)]
fn symbolic_link(target: &Path, place: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

#[cfg(windows)]
fn symbolic_link(target: &Path, place: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_file(target, place)
}

#[cfg(not(any(unix, windows)))]
fn symbolic_link(_target: &Path, _place: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
