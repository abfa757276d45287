//! The commands beside `report`: configuration, explanations, completions and manual pages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

mod completions;
mod config;
mod explain;

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

/// Two articles that contradict each other, in the folder `news` of a repository.
fn repository() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    write(
        &folder,
        "news/herald.md",
        "---\noutlet: The Herald\ndate: 2016-03-07\nlanguage: en\n---\nGovernment troops took Tal Rifat on 3 March 2016.\n",
    );
    write(
        &folder,
        "news/ledger.txt",
        "---\noutlet: The Ledger\ndate: 2016-03-07\nlanguage: en\n---\nTal Rifat fell to government troops on 5 March 2016.\n",
    );
    folder
}

fn write(folder: &TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// `crossclaim` in a folder, without colours.
fn crossclaim(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
    command.current_dir(folder).env("NO_COLOR", "1");
    command
}

fn stdout(command: &mut Command) -> String {
    let assert = command.assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}
