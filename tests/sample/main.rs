//! `crossclaim sample`: what annotators see, what they do not, and what comes of their labels.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;

fn crossclaim(folder: &Path, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("crossclaim").unwrap();
    command.current_dir(folder).args(arguments).assert()
}

fn seeds() -> String {
    format!("{}/seeds", env!("CARGO_MANIFEST_DIR"))
}

fn draw(folder: &Path, more: &[&str]) {
    let seeds = seeds();
    crossclaim(folder, &[&["sample", &seeds, "--model", "none"], more].concat()).success();
}

/// Rows of a table by column.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn column<'r>(rows: &'r [BTreeMap<String, String>], name: &str) -> Vec<&'r str> {
    rows.iter().map(|row| row[name].as_str()).collect()
}

#[test]
fn annotators_see_sentences_and_dates_and_nothing_of_what_the_program_thinks() {
    let folder = tempfile::tempdir().unwrap();
    draw(folder.path(), &["-n", "20"]);
    let shown = rows(&folder.path().join("sample.csv"));
    let key = rows(&folder.path().join("sample-key.csv"));
    assert_eq!(shown.len(), 20);
    let seen: BTreeSet<&str> = shown[0].keys().map(String::as_str).collect();
    assert_eq!(
        seen,
        BTreeSet::from([
            "item",
            "question",
            "sentence_1",
            "language_1",
            "published_1",
            "sentence_2",
            "language_2",
            "published_2",
            "label",
            "comment"
        ])
    );
    let outlets: BTreeSet<&str> =
        column(&key, "outlet_1").into_iter().chain(column(&key, "outlet_2")).collect();
    for row in &shown {
        for (name, cell) in row.iter().filter(|(name, _)| !name.starts_with("sentence")) {
            assert!(!outlets.contains(cell.as_str()), "{name}: {cell}");
        }
        assert!(!row["sentence_1"].is_empty() && !row["question"].is_empty());
    }
    assert_eq!(column(&shown, "item"), column(&key, "item"));
}

#[test]
fn conflicts_and_agreements_are_mixed_and_some_sides_swapped() {
    let folder = tempfile::tempdir().unwrap();
    draw(folder.path(), &["-n", "24", "--negatives", "0.4"]);
    let key = rows(&folder.path().join("sample-key.csv"));
    let predicted = column(&key, "predicted");
    let agreements = predicted.iter().filter(|p| **p == "agreement").count();
    assert!(agreements >= 9, "{agreements}");
    let first_half = predicted[..12].iter().filter(|p| **p == "agreement").count();
    assert!(first_half > 0 && first_half < agreements, "in no order: {predicted:?}");
    let swapped: BTreeSet<&str> = column(&key, "swapped").into_iter().collect();
    assert_eq!(swapped.len(), 2);
}

#[test]
fn the_same_seed_draws_the_same_sample_and_another_seed_another() {
    let run = |seed: &str| {
        let folder = tempfile::tempdir().unwrap();
        draw(folder.path(), &["-n", "10", "--seed", seed]);
        let read = |file: &str| fs::read_to_string(folder.path().join(file)).unwrap();
        (read("sample.csv"), read("sample-key.csv"))
    };
    assert_eq!(run("1"), run("1"));
    assert_ne!(run("1"), run("2"));
}

#[test]
fn weights_of_each_stratum_add_up_to_its_size() {
    let folder = tempfile::tempdir().unwrap();
    draw(folder.path(), &["-n", "12", "--by", "kind"]);
    let few = rows(&folder.path().join("sample-key.csv"));
    draw(folder.path(), &["-n", "1000", "--by", "kind", "-o", "all.csv"]);
    let all = rows(&folder.path().join("all-key.csv"));
    let sizes = |rows: &[BTreeMap<String, String>]| {
        let mut sizes: BTreeMap<String, f64> = BTreeMap::new();
        for row in rows {
            *sizes.entry(row["stratum"].clone()).or_default() +=
                row["weight"].parse::<f64>().unwrap();
        }
        sizes
    };
    let (few, all) = (sizes(&few), sizes(&all));
    for (stratum, size) in &few {
        assert!((size - all[stratum]).abs() < 1e-9, "{stratum}: {size} {}", all[stratum]);
    }
}

#[test]
fn a_report_can_be_sampled_without_its_articles() {
    let folder = tempfile::tempdir().unwrap();
    let seeds = seeds();
    crossclaim(
        folder.path(),
        &["report", &seeds, "--model", "none", "--format", "json", "-o", "report.json"],
    )
    .success();
    crossclaim(folder.path(), &["sample", "report.json", "-n", "15"]).success();
    let key = rows(&folder.path().join("sample-key.csv"));
    let predicted: BTreeSet<&str> = column(&key, "predicted").into_iter().collect();
    assert_eq!(predicted, BTreeSet::from(["agreement", "conflict"]));
}

/// A key of two strata: 90 items of which 3 were drawn, 10 of which 2 were; and two pairs that agree.
const KEY: &str = "item,stratum,weight,predicted,event\n\
s1,conflict/time,30,conflict,e1\ns2,conflict/time,30,conflict,e2\ns3,conflict/time,30,conflict,e3\n\
s4,conflict/place,5,conflict,e4\ns5,conflict/place,5,conflict,e5\n\
s6,agreement/time,1,agreement,e1\ns7,agreement/time,1,agreement,e6\n";

fn scored(labels: &[&str], arguments: &[&str]) -> assert_cmd::assert::Assert {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("key.csv"), KEY).unwrap();
    let mut all = vec!["sample", "score", "key.csv"];
    let files: Vec<String> =
        (0..labels.len()).map(|at| format!("{}.csv", ["one", "two"][at])).collect();
    for (file, labels) in files.iter().zip(labels) {
        fs::write(folder.path().join(file), labels).unwrap();
    }
    all.extend(files.iter().map(String::as_str));
    all.extend(arguments);
    crossclaim(folder.path(), &all)
}

const ONE: &str = "item,label\ns1,yes\ns2,yes\ns3,no\ns4,NO \ns5,no\ns6,no\ns7,yes\n";

fn json(assert: assert_cmd::assert::Assert) -> serde_json::Value {
    serde_json::from_slice(&assert.success().get_output().stdout).unwrap()
}

#[test]
fn weights_of_the_strata_are_undone() {
    let score = json(scored(&[ONE], &["--format", "json"]));
    let judged = &score["annotators"][0];
    // 60 of 90 and 0 of 10: 0.6 of 100, where the plain share is 2 of 5.
    assert!((judged["precision"]["value"].as_f64().unwrap() - 0.6).abs() < 1e-12);
    assert_eq!(judged["missed"]["value"], 0.5);
    assert_eq!(judged["strata"][1]["conflicts"]["yes"], 2);
    assert!(judged["precision"]["low"].as_f64().unwrap() < 0.6);
}

#[test]
fn two_annotators_have_a_kappa_and_their_disagreements_are_listed() {
    let two = "item,label\ns1,yes\ns2,no\ns3,no\ns4,no\ns5,unclear\ns6,no\ns7,yes\n";
    let score = json(scored(&[ONE, two], &["--format", "json"]));
    let agreement = &score["agreement"];
    assert_eq!(agreement["items"], 7);
    // Equal 5/7; by chance (3·2 + 4·4 + 0·1)/49 = 22/49.
    let kappa = agreement["kappa"]["value"].as_f64().unwrap();
    assert!((kappa - (5.0 / 7.0 - 22.0 / 49.0) / (27.0 / 49.0)).abs() < 1e-12, "{kappa}");
    let items: Vec<&str> = agreement["disagreements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["item"].as_str().unwrap())
        .collect();
    assert_eq!(items, ["s2", "s5"]);
    scored(&[ONE, two], &[]).success().stdout(
        contains("Cohen's kappa").and(contains("s2  yes / no")).and(contains("2 disagreements")),
    );
}

#[test]
fn unclear_and_open_items_are_counted_and_count_in_no_share() {
    let score = json(scored(&["item,label\ns1,yes\ns2,unclear\ns3,\n"], &["--format", "json"]));
    let judged = &score["annotators"][0];
    assert_eq!(
        (&judged["labelled"], &judged["unclear"], &judged["open"]),
        (&2.into(), &1.into(), &5.into())
    );
    assert_eq!(judged["precision"]["value"], 1.0);
    assert!(judged["missed"].is_null());
}

#[test]
fn bad_cells_are_errors_with_file_line_and_column() {
    scored(&["item,label\ns1,yes\ns9,yes\ns2,maybe\ns1,no\n"], &[]).code(2).stderr(
        contains("one.csv:3: column `item`: the key has no item \"s9\"")
            .and(contains("one.csv:4: column `label`: \"maybe\" is no label"))
            .and(contains("one.csv:5: column `item`: \"s1\" is there twice")),
    );
    scored(&["item,verdict\ns1,yes\n"], &[])
        .code(2)
        .stderr(contains("one.csv:1: there is no column `label`"));
}

#[test]
fn tables_that_a_spreadsheet_saved_with_semicolons_are_read() {
    let semicolons = format!("\u{feff}{}", ONE.replace(',', ";"));
    let score = json(scored(&[&semicolons], &["--format", "json"]));
    assert_eq!(score["annotators"][0]["labelled"], 7);
}

#[test]
fn a_broken_key_is_an_error_with_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("key.csv"),
        KEY.replace("s3,conflict/time,30", "s3,conflict/time,x"),
    )
    .unwrap();
    fs::write(folder.path().join("one.csv"), ONE).unwrap();
    crossclaim(folder.path(), &["sample", "score", "key.csv", "one.csv"])
        .code(2)
        .stderr(contains("key.csv:4: column `weight`"));
}

#[test]
fn a_sentence_that_begins_like_a_formula_is_no_formula() {
    let folder = tempfile::tempdir().unwrap();
    let article = |outlet: &str, day: u32| {
        format!(
            r#"{{"id": "{outlet}", "outlet": "{outlet}", "date": "2017-11-10", "language": "en", "text": "=HYPERLINK(1) Government troops captured Palmyra on {day} November 2017."}}"#
        )
    };
    fs::write(folder.path().join("a.jsonl"), format!("{}\n{}\n", article("a", 8), article("b", 9)))
        .unwrap();
    crossclaim(folder.path(), &["sample", "a.jsonl", "--model", "none"]).success();
    let shown = rows(&folder.path().join("sample.csv"));
    assert!(shown.iter().all(|row| !row["sentence_1"].starts_with('=')), "{shown:?}");
}
