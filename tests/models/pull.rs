//! Models that come whole: what lies where, and that they score.

use std::fs;

use crossclaim::nli::{ModelOptions, NliModel, NliPair};
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;

use super::server::{HubServer, MODEL, Reply, Repository, git_blob, sha256};
use super::{Home, SENTENCES, files_below};

#[test]
fn a_pulled_model_scores_as_its_folder_does() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    let pulled = home.output(&["models", "pull", MODEL]);
    assert!(pulled.contains("4 files") && pulled.contains("4 downloaded"), "{pulled}");

    let golden = format!("{}/tests/golden/tiny-bert", env!("CARGO_MANIFEST_DIR"));
    let scores = |model: &str| home.output(&[&["pair", "--model", model], &SENTENCES[..]].concat());
    let ours = scores(MODEL);
    assert!(ours.contains("contradiction 0."), "{ours}");
    assert_eq!(ours, scores(&golden));

    let folder = home.output(&["models", "path", MODEL]);
    let model = NliModel::open(folder.trim_end().as_ref()).unwrap();
    let row = fs::read_to_string(format!("{golden}/golden.jsonl")).unwrap();
    let row: Value = serde_json::from_str(row.lines().next().unwrap()).unwrap();
    let pair = NliPair {
        premise: row["premise"].as_str().unwrap(),
        hypothesis: row["hypothesis"].as_str().unwrap(),
    };
    let logits = model.logits(&[pair]).unwrap();
    for (got, expected) in logits.iter().zip(row["logits"].as_array().unwrap()) {
        assert!((f64::from(*got) - expected.as_f64().unwrap()).abs() < 1e-4);
    }
}

#[test]
fn a_model_without_calibration_says_so() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    home.output(&["models", "pull", MODEL]);
    let pair = [&["pair", "--model", MODEL], &SENTENCES[..]].concat();
    let note = "has no calibration for crossclaim";
    home.crossclaim(&pair)
        .assert()
        .success()
        .stderr(contains(note).and(contains("docs/models.md")));
    server.replace(
        Repository::golden("tiny-bert").with("crossclaim.json", br#"{"temperature": 1.5}"#),
    );
    home.output(&["models", "pull", MODEL]);
    home.crossclaim(&pair).assert().success().stderr(contains(note).not());
}

#[cfg(unix)]
#[test]
fn the_cache_is_laid_out_as_huggingface_hub_does() {
    let repository =
        Repository::golden("tiny-bert").without("model.onnx").with("onnx/model.onnx", &[7; 3000]);
    let server = HubServer::new(repository.clone());
    let home = Home::new(&server.url);
    home.output(&["models", "pull", MODEL]);
    let folder = home.repository();
    assert_eq!(fs::read_to_string(folder.join("refs/main")).unwrap(), repository.commit);
    let snapshot = folder.join("snapshots").join(&repository.commit);
    let config = git_blob(&repository.files["config.json"]);
    let onnx = sha256(&[7; 3000]);
    assert_eq!(
        fs::read_link(snapshot.join("config.json")).unwrap().to_str().unwrap(),
        format!("../../blobs/{config}")
    );
    assert_eq!(
        fs::read_link(snapshot.join("onnx/model.onnx")).unwrap().to_str().unwrap(),
        format!("../../../blobs/{onnx}")
    );
    assert_eq!(fs::read(folder.join("blobs").join(onnx)).unwrap(), [7; 3000]);
    // Nothing half done is left.
    assert!(
        files_below(&folder)
            .iter()
            .all(|name| !name.contains("incomplete") && !name.contains(".crossclaim-"))
    );
}

#[test]
fn a_name_of_the_manifest_brings_its_languages() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    let own =
        format!("[[model]]\nname = \"ours\"\nrepository = \"{MODEL}\"\nlanguages = [\"en\"]\n");
    fs::write(home.path("own.toml"), own).unwrap();
    home.output(&["models", "--manifest", "own.toml", "pull", "ours"]);
    let findings = |more: &[&str]| home.output(&[&["pair"], more, &SENTENCES[..]].concat());
    assert!(findings(&["--model", MODEL]).contains("was not validated"));
    assert!(
        !findings(&["--manifest", "own.toml", "--model", "ours"]).contains("was not validated")
    );
    // What the model's own files say goes before.
    let folder = home.output(&["models", "path", MODEL]);
    let folder = std::path::Path::new(folder.trim_end());
    fs::write(folder.join("crossclaim.json"), r#"{"languages": ["fr"]}"#).unwrap();
    let options = ModelOptions { languages: vec!["en".into()], ..ModelOptions::default() };
    assert_eq!(NliModel::open_with(folder, &options).unwrap().checkpoint().languages, ["fr"]);
}

#[test]
fn a_second_pull_fetches_nothing() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    home.output(&["models", "pull", MODEL]);
    let before = server.content_requests().len();
    assert!(home.output(&["models", "pull", MODEL]).contains("already there"));
    assert_eq!(server.content_requests().len(), before);
}

#[test]
fn a_branch_that_moved_brings_the_new_commit() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    home.output(&["models", "pull", MODEL]);
    let old = home.output(&["models", "path", MODEL]);
    let mut new = Repository::golden("tiny-bert").with("README.md", b"Another card.\n");
    new.commit = "f".repeat(40);
    server.replace(new.clone());
    // Only the card has changed.
    assert!(home.output(&["models", "pull", MODEL]).contains("1 downloaded"));
    assert!(home.output(&["models", "path", MODEL]).contains(&new.commit));
    // The commit before can still be named.
    let commit = Repository::golden("tiny-bert").commit;
    assert_eq!(home.output(&["models", "path", &format!("{MODEL}@{commit}")]), old);
}

#[test]
fn safetensors_come_where_there_is_no_onnx_and_a_pickle_never() {
    let repository = Repository::golden("tiny-bert")
        .without("model.onnx")
        .with("model.safetensors", &[1; 4000])
        .with("pytorch_model.bin", &[2; 4000])
        .with("tf_model.h5", &[3; 4000]);
    let server = HubServer::new(repository);
    let home = Home::new(&server.url);
    home.crossclaim(&["models", "pull", MODEL])
        .assert()
        .success()
        .stderr(contains("scripts/export_onnx.py"));
    let files = files_below(&home.repository().join("snapshots"));
    let names: Vec<&str> = files.iter().map(|path| path.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["README.md", "config.json", "model.safetensors", "tokenizer.json"]);
    assert!(server.requests().iter().all(|request| !request.target.contains("pytorch_model")));
}

#[test]
fn safetensors_come_beside_onnx_when_asked_for() {
    let server =
        HubServer::new(Repository::golden("tiny-bert").with("model.safetensors", &[1; 4000]));
    let home = Home::new(&server.url);
    home.output(&["models", "pull", MODEL]);
    home.output(&["models", "pull", MODEL, "--safetensors"]);
    let checked = home.output(&["models", "verify", MODEL]);
    assert!(checked.contains("5 files"), "{checked}");
}

#[test]
fn weights_in_several_files_come_together() {
    let repository = Repository::golden("tiny-bert")
        .with("model.onnx_data", &[4; 5000])
        .with("model.onnx_data_1", &[5; 5000])
        .with("onnx/model.onnx", &[6; 5000]);
    let server = HubServer::new(repository);
    let home = Home::new(&server.url);
    home.output(&["models", "pull", MODEL]);
    let files = files_below(&home.repository().join("snapshots"));
    assert!(files.iter().any(|path| path.ends_with("/model.onnx_data_1")), "{files:?}");
    assert!(!files.iter().any(|path| path.ends_with("onnx/model.onnx")), "{files:?}");
}

#[test]
fn a_list_of_files_may_have_pages() {
    let server = HubServer::twisted(Repository::golden("tiny-bert"), |request, _, reply| {
        if !request.target.contains("/tree/") {
            return reply;
        }
        let all: Vec<Value> = serde_json::from_slice(&reply.body).unwrap();
        let page = usize::from(request.target.contains("cursor=2"));
        let entries = if page == 0 { &all[..2] } else { &all[2..] };
        let answer = Reply::new(200, serde_json::to_vec(entries).unwrap());
        if page == 1 {
            return answer;
        }
        let host = request.header("host").unwrap();
        answer.with("Link", format!("<http://{host}{}&cursor=2>; rel=\"next\"", request.target))
    });
    let home = Home::new(&server.url);
    assert!(home.output(&["models", "pull", MODEL]).contains("4 files"));
}

#[test]
fn a_hub_may_lie_below_a_path() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let mirror = HubServer::twisted(Repository::golden("tiny-bert"), {
        let hub = server.url.clone();
        move |request, _, reply| match request.target.strip_prefix("/mirror") {
            Some(rest) => Reply::new(307, "").with("Location", format!("{hub}{rest}")),
            None => reply,
        }
    });
    let home = Home::new(&format!("{}/mirror/", mirror.url));
    assert!(home.output(&["models", "pull", MODEL]).contains("4 files"));
    assert!(mirror.requests().iter().all(|request| request.target.starts_with("/mirror/")));
}

#[test]
fn the_list_shows_what_was_pulled() {
    let server = HubServer::new(Repository::golden("tiny-bert"));
    let home = Home::new(&server.url);
    home.output(&["models", "pull", MODEL]);
    let table = home.output(&["models", "list"]);
    let line = table.lines().find(|line| line.starts_with(MODEL)).unwrap();
    assert!(line.contains("01234567"), "{line}");
    fs::remove_file(
        home.path("hf/hub/models--lab--tiny/snapshots")
            .join(Repository::golden("tiny-bert").commit)
            .join("config.json"),
    )
    .unwrap();
    let table = home.output(&["models", "list"]);
    assert!(
        table.lines().any(|line| line.starts_with(MODEL) && line.contains("damaged")),
        "{table}"
    );
}
