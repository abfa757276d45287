//! `crossclaim explain`.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

use super::{crossclaim, repository, stdout, write};

#[test]
fn kinds_relations_severities_and_voices_are_explained() {
    let folder = repository();
    for (word, expected) in [
        ("time", "One event, two dates that cannot both be right."),
        ("Quantity", "Two numbers count the same thing"),
        ("update", "Two states of one thing at different times"),
        ("high", "An editor should see it"),
        ("same-source", "The same source stands on both sides."),
    ] {
        let mut command = crossclaim(folder.path());
        command.args(["explain", word]).assert().success().stdout(contains(expected));
    }
}

#[test]
fn another_word_is_a_usage_error_that_lists_the_words() {
    let folder = repository();
    let mut command = crossclaim(folder.path());
    command
        .args(["explain", "sarcasm"])
        .assert()
        .code(2)
        .stderr(contains("participant").and(contains("divergent-account")));
}

/// A report with the fingerprint of its one finding.
fn report(folder: &tempfile::TempDir, format: &str) -> String {
    let mut command = crossclaim(folder.path());
    command.args(["report", "news", "--model", "none", "-f", format, "-o", format]);
    command.assert().success();
    let mut command = crossclaim(folder.path());
    let lines = stdout(command.args(["report", "news", "--model", "none", "-f", "jsonl"]));
    let finding: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    finding["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn a_finding_of_a_report_is_shown_in_full() {
    let folder = repository();
    for format in ["json", "jsonl"] {
        let fingerprint = report(&folder, format);
        let mut command = crossclaim(folder.path());
        command.args(["explain", &fingerprint[..6], "--report", format, "--model", "none"]);
        let told = stdout(&mut command);
        for part in [
            &fingerprint,
            "news/herald.md:6",
            "value      2016-03-03",
            "evidence   3 March 2016",
            "Why this relation",
            "No language model scored this pair.",
            "relation-contradiction",
            "which is a confidence of",
            "crossclaim explain time",
        ] {
            assert!(told.contains(part), "{format}: {part} is missing in\n{told}");
        }
        assert!(!told.contains("other weights"), "{told}");
    }
}

#[test]
fn without_a_report_the_articles_are_compared_anew() {
    let folder = repository();
    let fingerprint = report(&folder, "json");
    let mut command = crossclaim(folder.path());
    command
        .args(["explain", &fingerprint, "news", "--model", "none", "--locale", "fr"])
        .assert()
        .success()
        .stdout(contains("3 mars 2016"));
    let mut command = crossclaim(folder.path());
    command.args(["explain", &fingerprint]).assert().code(2).stderr(contains("--report FILE"));
}

#[test]
fn a_fingerprint_that_is_not_there_is_an_error() {
    let folder = repository();
    report(&folder, "jsonl");
    let mut command = crossclaim(folder.path());
    command
        .args(["explain", "0000", "--report", "jsonl"])
        .assert()
        .code(2)
        .stderr(contains("has the fingerprint 0000"));
    write(&folder, "broken.jsonl", "\n{\"no\": \"finding\"}\n");
    let mut command = crossclaim(folder.path());
    command
        .args(["explain", "0000", "--report", "broken.jsonl"])
        .assert()
        .code(2)
        .stderr(contains("broken.jsonl:2: this is no finding"));
}

#[test]
fn other_weights_than_the_report_s_are_told() {
    let folder = repository();
    let fingerprint = report(&folder, "jsonl");
    let mut command = crossclaim(folder.path());
    command
        .args(["explain", &fingerprint, "--report", "jsonl"])
        .assert()
        .success()
        .stdout(contains("it was made with other weights"));
}
