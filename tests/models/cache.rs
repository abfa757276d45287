//! After the download: verify, remove, offline.

use std::fs;

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

use super::server::{HubServer, MODEL, Repository, sha256};
use super::{Home, SENTENCES, complaint, files_below};

fn pulled() -> (HubServer, Home) {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    home.output(&["models", "pull", MODEL]);
    (server, home)
}

/// Where the content of the network lies.
fn onnx_blob(home: &Home) -> std::path::PathBuf {
    let digest = sha256(&Repository::golden("tiny-bert").files["model.onnx"]);
    home.repository().join("blobs").join(digest)
}

#[test]
fn verify_needs_no_network() {
    let (server, home) = pulled();
    let before = server.requests().len();
    let said = home.output(&["models", "verify"]);
    assert!(said.contains("lab/tiny: 4 files") && said.contains(&server.url), "{said}");
    assert_eq!(server.requests().len(), before);
}

#[test]
fn verify_finds_a_changed_byte_and_pull_mends_it() {
    let (_server, home) = pulled();
    let mut content = fs::read(onnx_blob(&home)).unwrap();
    content[1000] ^= 1;
    fs::write(onnx_blob(&home), &content).unwrap();
    let mut command = home.crossclaim(&["models", "verify", MODEL]);
    let found = contains("model.onnx has changed").and(contains(sha256(&content)));
    command
        .assert()
        .code(2)
        .stdout(found)
        .stderr(contains("`crossclaim models pull lab/tiny` mends it"));
    home.output(&["models", "pull", MODEL]);
    home.output(&["models", "verify", MODEL]);
}

#[test]
fn a_file_that_is_cut_or_gone_is_found_before_the_model_is_loaded() {
    let (_server, home) = pulled();
    let pair = [&["pair", "--model", MODEL], &SENTENCES[..]].concat();
    fs::write(onnx_blob(&home), "short").unwrap();
    let message = home.complaint(&pair);
    assert!(
        message.contains("model.onnx has 5 bytes now") && message.contains("models pull"),
        "{message}"
    );
    fs::remove_file(onnx_blob(&home)).unwrap();
    assert!(home.complaint(&pair).contains("model.onnx is missing"));
    home.crossclaim(&["models", "verify"])
        .assert()
        .code(2)
        .stdout(contains("model.onnx is missing"));
    assert!(home.output(&["models", "pull", MODEL]).contains("1 downloaded"));
    home.crossclaim(&pair).assert().success();
}

#[test]
fn verify_says_which_network_no_hub_vouches_for() {
    let repository =
        Repository::golden("tiny-bert").without("model.onnx").with("model.safetensors", &[1; 4000]);
    let server = HubServer::new(repository);
    let home = Home::new(&server.url);
    home.output(&["models", "pull", MODEL]);
    // What scripts/export_onnx.py does.
    let folder = home.output(&["models", "path", MODEL]);
    fs::write(format!("{}/model.onnx", folder.trim_end()), "made here").unwrap();
    let note = contains("model.onnx does not come from the hub");
    home.crossclaim(&["models", "verify"]).assert().success().stderr(note);
}

#[test]
fn remove_deletes_all_that_was_pulled() {
    let (_server, home) = pulled();
    let said = home.output(&["models", "remove", MODEL]);
    assert!(said.contains("4 files removed"), "{said}");
    assert!(!home.repository().exists(), "{:?}", files_below(&home.repository()));
    assert!(home.complaint(&["models", "path", MODEL]).contains("was not pulled"));
}

#[test]
fn remove_leaves_what_another_program_put_there() {
    let (_server, home) = pulled();
    let snapshot = home.repository().join("snapshots").join(Repository::golden("tiny-bert").commit);
    let other = home.repository().join("snapshots").join("a".repeat(40));
    fs::create_dir(&other).unwrap();
    fs::rename(snapshot.join("model.onnx"), other.join("model.onnx")).unwrap();
    fs::write(snapshot.join("vocab.txt"), "a\n").unwrap();
    let stderr = contains("holds other things too");
    home.crossclaim(&["models", "remove", MODEL]).assert().success().stderr(stderr);
    assert!(other.join("model.onnx").exists() && snapshot.join("vocab.txt").exists());
    assert!(!snapshot.join("config.json").exists());
    assert_eq!(fs::read_to_string(home.repository().join("refs/main")).unwrap().len(), 40);
}

#[test]
fn remove_of_one_revision_leaves_the_others() {
    let (server, home) = pulled();
    let old = Repository::golden("tiny-bert").commit;
    let mut new = Repository::golden("tiny-bert").with("README.md", b"Another card.\n");
    new.commit = "f".repeat(40);
    server.replace(new);
    home.output(&["models", "pull", MODEL]);
    home.output(&["models", "remove", &format!("{MODEL}@{old}")]);
    home.output(&["models", "verify", MODEL]);
    assert!(
        home.complaint(&["models", "path", &format!("{MODEL}@{old}")]).contains("was not pulled")
    );
}

#[test]
fn remove_deletes_an_interrupted_download() {
    let server = HubServer::twisted(Repository::golden("tiny-bert"), |request, _, reply| {
        if request.is_content() { reply.cut(1_000) } else { reply }
    });
    let home = Home::new(&server.url);
    home.complaint(&["models", "pull", MODEL, "--retries", "0"]);
    assert!(files_below(&home.repository()).iter().any(|name| name.ends_with(".incomplete")));
    home.output(&["models", "remove", MODEL]);
    assert!(!files_below(&home.repository()).iter().any(|name| name.ends_with(".incomplete")));
}

#[test]
fn offline_uses_what_is_there_and_asks_nobody() {
    let (server, home) = pulled();
    let before = server.requests().len();
    let offline = |arguments: &[&str]| {
        let mut command = home.crossclaim(arguments);
        command.env("HF_HUB_OFFLINE", "1");
        command
    };
    offline(&["models", "pull", MODEL]).assert().success().stdout(contains("already there"));
    offline(&[&["pair", "--model", MODEL], &SENTENCES[..]].concat()).assert().success();
    let message = complaint(&mut offline(&["models", "pull", "lab/other"]));
    assert!(message.contains("offline") && message.contains("HF_HUB_OFFLINE"), "{message}");
    fs::write(onnx_blob(&home), "rubbish").unwrap();
    let message = complaint(&mut offline(&["models", "pull", MODEL]));
    assert!(message.contains("model.onnx: it is not in the cache, or damaged there"), "{message}");
    assert_eq!(server.requests().len(), before);
}

#[cfg(unix)]
#[test]
fn offline_checks_what_python_downloaded_by_the_names_of_its_blobs() {
    let (server, home) = pulled();
    fs::remove_dir_all(home.repository().join(".crossclaim")).unwrap();
    let before = server.requests().len();
    let mut command = home.crossclaim(&["models", "pull", MODEL]);
    command.env("HF_HUB_OFFLINE", "1").assert().success().stdout(contains("already there"));
    home.output(&["models", "verify", MODEL]);
    assert_eq!(server.requests().len(), before);
}

#[test]
fn the_cache_is_where_the_environment_says() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    let own = home.path("own");
    home.crossclaim(&["models", "pull", MODEL]).env("HF_HUB_CACHE", &own).assert().success();
    assert!(own.join("models--lab--tiny").is_dir());
    home.crossclaim(&["models", "pull", MODEL]).env_remove("HF_HOME").assert().success();
    assert!(home.path(".cache/huggingface/hub/models--lab--tiny").is_dir());
    let mut command = home.crossclaim(&["models", "pull", MODEL]);
    command.env_remove("HF_HOME").env("XDG_CACHE_HOME", home.path("xdg")).assert().success();
    assert!(home.path("xdg/huggingface/hub/models--lab--tiny").is_dir());
}
