//! One file from the hub into the cache: resumed where it stopped, checked before it gets its name.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::http::StatusCode;

use super::cache::{Cache, absent, unusable};
use super::client::{Client, Failure, header, hub};
use super::digest::{ContentDigests, digests_of};
use super::files::HubFile;
use super::pull::PullEvent;
use super::spec::RepoId;
use super::write::make_folder;
use crate::error::{Error, Result};

/// A connection that breaks after this many bytes has not been in vain: tries are counted afresh.
const PROGRESS: u64 = 1 << 20;

/// What a download needs to know.
pub(super) struct Download<'d> {
    pub(super) client: Option<&'d Client>,
    pub(super) cache: &'d Cache,
    pub(super) repository: &'d RepoId,
    pub(super) commit: &'d str,
    pub(super) file: &'d HubFile,
    pub(super) retries: u32,
    pub(super) pause: Duration,
    pub(super) tell: &'d dyn Fn(PullEvent<'_>),
}

impl Download<'_> {
    /// Makes sure that the file's content lies in the cache and is what the hub states; whether bytes were
    /// fetched for that, and the content's digests.
    pub(super) fn run(&self) -> Result<(bool, ContentDigests)> {
        let blob = self.cache.blob(self.repository, &self.file.digest);
        make_folder(&self.cache.blobs(self.repository))?;
        let lock = self.cache.lock(self.repository, &self.file.digest);
        // Until the end of this function.
        let _held = self.take_lock(&lock)?;
        // Also what another program put there is read before it is trusted.
        match digests_of(&blob) {
            Ok(found) if self.fits(&found) => return Ok((false, found)),
            Ok(_) => fs::remove_file(&blob).map_err(|error| unusable(&blob, "delete", error))?,
            Err(error) if absent(&error) => {
                // A link of another program's whose target is gone.
                let _ = fs::remove_file(&blob);
            }
            Err(error) => return Err(unusable(&blob, "read", error)),
        }
        let Some(client) = self.client else {
            let remedy = "unset HF_HUB_OFFLINE, and pull again";
            return Err(hub(&self.what(), "it is not in the cache, or damaged there", remedy));
        };
        let incomplete = self.cache.incomplete(self.repository, &self.file.digest);
        let mut resumed = length(&incomplete)? > 0;
        loop {
            self.fetch(client, &incomplete)?;
            (self.tell)(PullEvent::Checking { path: &self.file.path });
            let found =
                digests_of(&incomplete).map_err(|error| unusable(&incomplete, "read", error))?;
            if self.fits(&found) {
                self.keep(&incomplete, &blob)?;
                return Ok((true, found));
            }
            fs::remove_file(&incomplete).map_err(|error| unusable(&incomplete, "delete", error))?;
            if !resumed {
                return Err(self.wrong(&found));
            }
            // The part that was there before may be at fault: once more from the start.
            resumed = false;
        }
    }

    fn fits(&self, found: &ContentDigests) -> bool {
        found.length == self.file.size && self.file.digest.fits(found)
    }

    /// Fetches until the file has its length.
    fn fetch(&self, client: &Client, incomplete: &Path) -> Result<()> {
        let mut tries = 0;
        let mut pause = self.pause;
        loop {
            let before = length(incomplete)?;
            let broken = match self.transfer(client, incomplete) {
                Ok(()) => return Ok(()),
                Err(Failure::Fatal(error)) => return Err(error),
                Err(Failure::Broken(why)) => why,
            };
            if length(incomplete)?.saturating_sub(before) >= PROGRESS {
                (tries, pause) = (0, self.pause);
            }
            if tries == self.retries {
                let kept = length(incomplete)?;
                let remedy = format!(
                    "check the network and pull again: {kept} of {} bytes are kept, and it goes on from there",
                    self.file.size
                );
                return Err(hub(&self.what(), broken, remedy));
            }
            tries += 1;
            (self.tell)(PullEvent::Retrying { path: &self.file.path, why: &broken });
            std::thread::sleep(pause);
            pause = pause.saturating_mul(2);
        }
    }

    /// One request, and what comes of it.
    fn transfer(&self, client: &Client, incomplete: &Path) -> std::result::Result<(), Failure> {
        let cannot = |action| move |error| Failure::Fatal(unusable(incomplete, action, error));
        let mut file =
            File::options().create(true).append(true).open(incomplete).map_err(cannot("write"))?;
        let mut offset = length(incomplete)?;
        if offset > self.file.size {
            file.set_len(0).map_err(cannot("write"))?;
            offset = 0;
        }
        if offset == self.file.size {
            return Ok(());
        }
        let answer = client.content(self.repository, self.commit, &self.file.path, offset)?;
        let starts = match answer.status() {
            StatusCode::PARTIAL_CONTENT => header(&answer, "content-range").and_then(first_byte),
            StatusCode::OK => Some(0),
            _ => None,
        };
        if starts != Some(offset) && offset > 0 {
            // The server does not go on where it was asked to.
            file.set_len(0).map_err(cannot("write"))?;
            if starts != Some(0) {
                return Err(Failure::Broken("the server cannot resume".into()));
            }
            offset = 0;
        }
        (self.tell)(PullEvent::Bytes { path: &self.file.path, done: offset, size: self.file.size });
        let mut body = answer.into_body().into_reader();
        let mut buffer = vec![0; 1 << 17];
        loop {
            let count = match body.read(&mut buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Failure::Broken(self.cut(offset, &error.to_string()))),
            };
            if count == 0 {
                break;
            }
            if offset + count as u64 > self.file.size {
                drop(file);
                fs::remove_file(incomplete).map_err(cannot("delete"))?;
                let problem =
                    format!("the server sends more than the {} bytes it states", self.file.size);
                return Err(Failure::Fatal(hub(&self.what(), problem, DISTRUST)));
            }
            file.write_all(&buffer[..count]).map_err(cannot("write"))?;
            offset += count as u64;
            (self.tell)(PullEvent::Bytes {
                path: &self.file.path,
                done: offset,
                size: self.file.size,
            });
        }
        if offset < self.file.size {
            return Err(Failure::Broken(self.cut(offset, "the connection was closed")));
        }
        file.sync_all().map_err(cannot("write"))
    }

    fn cut(&self, offset: u64, why: &str) -> String {
        format!("broken off after {offset} of {} bytes: {why}", self.file.size)
    }

    fn wrong(&self, found: &ContentDigests) -> Error {
        let (file, digest) = (self.file, &self.file.digest);
        let problem = if found.length == file.size {
            format!(
                "its digest is {}, and the hub states {digest}; it was deleted",
                digest.same_kind(found)
            )
        } else {
            format!(
                "it has {} bytes, and the hub states {}; it was deleted",
                found.length, file.size
            )
        };
        hub(&self.what(), problem, DISTRUST)
    }

    fn what(&self) -> String {
        format!("{}: {}", self.repository, self.file.path)
    }

    /// Gives a checked file its name.
    fn keep(&self, incomplete: &Path, blob: &Path) -> Result<()> {
        fs::rename(incomplete, blob).map_err(|error| unusable(blob, "write", error))
    }

    /// Waits until no other process downloads this blob.
    fn take_lock(&self, path: &PathBuf) -> Result<File> {
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        let cannot = |error| unusable(path, "lock", error);
        let file = File::options().create(true).append(true).open(path).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                (self.tell)(PullEvent::Waiting { path: &self.file.path });
                file.lock().map_err(cannot)?;
            }
            Err(fs::TryLockError::Error(error)) => return Err(cannot(error)),
        }
        Ok(file)
    }
}

const DISTRUST: &str =
    "pull again; if it stays so, do not trust this server (HF_ENDPOINT) or the proxy on the way";

/// Length of a file; 0 if there is none.
fn length(path: &Path) -> Result<u64> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if absent(&error) => Ok(0),
        Err(error) => Err(unusable(path, "read", error)),
    }
}

/// The first byte's number in `bytes 100-199/200`.
fn first_byte(content_range: &str) -> Option<u64> {
    let range = content_range.trim().strip_prefix("bytes")?.trim_start();
    range.split_once('-')?.0.trim().parse().ok()
}
