//! What `crossclaim calibrate` fits, proves and writes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::str::contains;
use serde_json::{Value, json};
use tempfile::TempDir;

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn crossclaim(folder: &TempDir, command: &str) -> Command {
    let mut crossclaim = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
    crossclaim.current_dir(folder).env("NO_COLOR", "1").arg(command);
    crossclaim
}

fn read(folder: &TempDir, name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.path().join(name)).unwrap()).unwrap()
}

/// A copy of the smallest checkpoint, so that a calibration can be put beside it.
fn tiny_model(folder: &TempDir) {
    fs::create_dir(folder.path().join("tiny")).unwrap();
    for name in ["config.json", "tokenizer.json", "model.onnx"] {
        let from = repository("tests/golden/tiny-bert").join(name);
        fs::copy(from, folder.path().join("tiny").join(name)).unwrap();
    }
}

#[test]
fn the_judge_s_weights_are_fitted_on_claims_and_proved_on_other_groups() {
    let folder = TempDir::new().unwrap();
    let mut command = crossclaim(&folder, "calibrate");
    command.current_dir(repository("tests/eval")).args(["--model", "none", "claims.jsonl"]);
    let out = folder.path().join("calibration.json");
    let assert =
        command.arg("--out").arg(out).args(["--quiet", "articles", "--base-rate", "0.5"]).assert();
    let printed = String::from_utf8(assert.success().get_output().stdout.clone()).unwrap();
    insta::assert_snapshot!("figures", printed);
    let written = fs::read_to_string(folder.path().join("calibration.json")).unwrap();
    insta::assert_snapshot!("calibration", written);
}

#[test]
fn findings_of_annotated_corpora_are_fitted_on_beside_those_of_pairs() {
    let folder = TempDir::new().unwrap();
    let fitted_on = |more: &[&str]| {
        let mut command = crossclaim(&folder, "calibrate");
        command.current_dir(repository("tests/eval")).args(["--model", "none", "claims.jsonl"]);
        let out = folder.path().join("out.json");
        command.arg("--out").arg(&out).args(more).assert().success();
        read(&folder, "out.json")["fitted_on"].as_str().unwrap().to_owned()
    };
    let number = |text: &str| text.split(' ').next().unwrap().parse::<usize>().unwrap();
    let (pairs, both) = (fitted_on(&[]), fitted_on(&["--corpora", "articles=gold.json"]));
    assert!(both.contains("the corpora articles"), "{both}");
    assert!(number(&both) > number(&pairs), "{pairs} / {both}");
}

#[test]
fn too_few_candidates_say_nothing_of_the_base_rate() {
    let folder = TempDir::new().unwrap();
    let mut command = crossclaim(&folder, "calibrate");
    command.args(["--model", "none", "--quiet"]).arg(repository("tests/eval/articles"));
    command
        .arg("--")
        .arg(repository("tests/eval/claims.jsonl"))
        .assert()
        .code(2)
        .stderr(contains("6 candidate pairs, too few"));
}

#[test]
fn a_fit_is_the_same_twice() {
    let folder = TempDir::new().unwrap();
    let run = |name: &str| {
        let mut command = crossclaim(&folder, "calibrate");
        command.args(["--model", "lexical", "--out", name, "--plot", "plot.svg"]);
        command.arg(repository("tests/eval/claims.jsonl")).assert().success();
        (read(&folder, name), fs::read_to_string(folder.path().join("plot.svg")).unwrap())
    };
    let (first, plot) = run("one.json");
    assert_eq!((first, plot.clone()), run("two.json"));
    assert!(plot.starts_with("<svg") && plot.contains("a finding is right"));
}

#[test]
fn plain_pairs_fit_the_temperature_alone() {
    let folder = TempDir::new().unwrap();
    tiny_model(&folder);
    let mut command = crossclaim(&folder, "calibrate");
    command.args(["--model", "tiny", "--out", "tiny/calibration.json"]);
    command
        .arg(repository("tests/eval/three-way.tsv"))
        .assert()
        .success()
        .stdout(contains("temperature 1.0000 before"))
        .stderr(contains("tiny had no calibration"));
    let written = read(&folder, "tiny/calibration.json");
    let keys: Vec<&String> = written.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["temperature"]);
    let fitted = written["temperature"].as_f64().unwrap();
    // Fitted again, the model has the temperature, and there is little left to change.
    let mut again = crossclaim(&folder, "calibrate");
    again.args(["--model", "tiny", "--out", "again.json"]);
    again.arg(repository("tests/eval/three-way.tsv")).assert().success();
    let refitted = read(&folder, "again.json")["temperature"].as_f64().unwrap();
    assert!((fitted - refitted).abs() < 0.02 * fitted, "{fitted} {refitted}");
}

#[test]
fn other_keys_of_the_file_are_kept() {
    let folder = TempDir::new().unwrap();
    let before = json!({"languages": ["en"], "nli_alone": {"intercept": 0, "slope": 1, "share": 0.5,
        "base_rate": 0.1}, "intercept": 0.0, "weights": {"hedged": 1.0}});
    fs::write(folder.path().join("calibration.json"), before.to_string()).unwrap();
    let mut command = crossclaim(&folder, "calibrate");
    command.args(["--model", "none", "--out", "calibration.json"]);
    command.arg(repository("tests/eval/claims.jsonl")).assert().success();
    let after = read(&folder, "calibration.json");
    assert_eq!(after["languages"], json!(["en"]));
    assert!(after["weights"].get("relation-contradiction").is_some());
    assert!(after.get("nli_alone").is_none(), "nothing of an older fit stays: {after}");
}

#[test]
fn a_report_says_that_its_model_is_not_calibrated_until_it_is() {
    let folder = TempDir::new().unwrap();
    tiny_model(&folder);
    let report = || {
        let mut command = crossclaim(&folder, "report");
        command.args(["--model", "tiny"]).arg(repository("tests/eval/articles"));
        String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
    };
    assert!(report().contains("tiny, not calibrated"), "{}", report());
    let mut command = crossclaim(&folder, "calibrate");
    command.args(["--model", "tiny", "--out", "tiny/calibration.json"]);
    command.arg(repository("tests/eval/claims.jsonl")).assert().success();
    assert!(!report().contains("not calibrated"), "{}", report());
}

#[test]
fn scores_of_a_model_that_is_not_calibrated_count_for_nothing() {
    let folder = TempDir::new().unwrap();
    tiny_model(&folder);
    let confidence = |model: &str| {
        let mut command = crossclaim(&folder, "report");
        command
            .args(["--format", "jsonl", "--model", model])
            .arg(repository("tests/eval/articles"));
        let out = command.assert().success().get_output().stdout.clone();
        let first = String::from_utf8(out).unwrap().lines().next().unwrap().to_owned();
        serde_json::from_str::<Value>(&first).unwrap()["confidence"].clone()
    };
    assert_eq!(confidence("tiny"), confidence("none"));
}

#[test]
fn what_cannot_be_fitted_is_an_error_with_a_remedy() {
    let folder = TempDir::new().unwrap();
    let with = |arguments: &[&str]| {
        let mut command = crossclaim(&folder, "calibrate");
        command.args(arguments).arg(repository("tests/eval/three-way.tsv"));
        command.assert().code(2)
    };
    with(&["--model", "none"]).stderr(contains("--model none has no temperature to fit"));
    with(&["--model", "lexical", "--base-rate", "1.5"])
        .stderr(contains("give a share between 0 and 1"));
    fs::write(folder.path().join("list.json"), "[]").unwrap();
    let mut command = crossclaim(&folder, "calibrate");
    command.args(["--model", "none", "--out", "list.json"]);
    command
        .arg(repository("tests/eval/claims.jsonl"))
        .assert()
        .code(2)
        .stderr(contains("list.json: not a calibration"));
}
