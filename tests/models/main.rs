//! `crossclaim models`, and models named by `--model`, against a server on this machine that speaks the hub's
//! protocol.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

#[cfg(feature = "download")]
mod cache;
#[cfg(feature = "download")]
mod faults;
mod manifest;
#[cfg(feature = "download")]
mod pull;
#[cfg(feature = "download")]
mod server;
#[cfg(feature = "download")]
mod trust;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// What a test gives `crossclaim pair` to compare.
pub const SENTENCES: [&str; 4] = [
    "Rebels took Tal Rifat on 3 March 2016.",
    "Tal Rifat fell to rebels on 5 March 2016.",
    "--language",
    "en",
];

/// A user's home folder, with nothing of this machine's environment.
pub struct Home {
    folder: TempDir,
    endpoint: String,
}

impl Home {
    /// A user whose hub is at this address.
    pub fn new(endpoint: &str) -> Home {
        Home { folder: TempDir::new().unwrap(), endpoint: endpoint.to_owned() }
    }

    /// `crossclaim` as this user runs it.
    pub fn crossclaim(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
        self.prepare(&mut command).args(arguments);
        command
    }

    fn prepare<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env_clear().current_dir(self.folder.path());
        command.env("HOME", self.folder.path()).env("HF_HOME", self.path("hf"));
        command.env("HF_ENDPOINT", &self.endpoint).env("NO_COLOR", "1")
    }

    /// A path in the home folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The folder of the server's one repository in the cache.
    pub fn repository(&self) -> PathBuf {
        self.path("hf/hub/models--lab--tiny")
    }

    /// Standard output of a command that must succeed.
    pub fn output(&self, arguments: &[&str]) -> String {
        let output = self.crossclaim(arguments).assert().success().get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    }

    /// What a command says when it must fail with exit status 2.
    pub fn complaint(&self, arguments: &[&str]) -> String {
        complaint(&mut self.crossclaim(arguments))
    }
}

/// Standard error of a command that must fail with exit status 2.
pub fn complaint(command: &mut Command) -> String {
    let output = command.assert().code(2).get_output().stderr.clone();
    String::from_utf8(output).unwrap()
}

/// All files and links below a folder, by path in it, sorted.
pub fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path();
                found.push(path.strip_prefix(folder).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}
