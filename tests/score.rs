//! `crossclaim score`: pairs in, scores out, in both formats.

#![allow(clippy::unwrap_used, clippy::panic)] // a test may fail

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command as StdCommand, Stdio};

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, is_empty};
use serde_json::{Value, json};
use tempfile::TempDir;

const TABLE: &str = "id\tpremise\thypothesis\tnote\n\
    a\tThe bridge fell on Monday.\tThe bridge stands.\t\n\
    b\tLe pont est tombé.\tLe pont tient.\tx \"y\" z\n";

const OBJECTS: &str = concat!(
    r#"{"z": 1.50, "premise": "The bridge fell on Monday.", "hypothesis": "The bridge stands.", "a": [1, {"b": null}]}"#,
    "\n",
    r#"{"hypothesis":"Le pont tient.","premise":"Le pont est tombé.","big":12345678901234567890123}"#,
    "\n"
);

/// `crossclaim score` by word overlap, in a folder of its own.
fn score(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
    command.current_dir(folder).env("NO_COLOR", "1").env("CROSSCLAIM_CACHE_DIR", "cache");
    command.args(["score", "--model", "lexical"]);
    command
}

fn folder_with(name: &str, content: impl AsRef<[u8]>) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    folder
}

fn output(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

fn rows(table: &str) -> Vec<Vec<&str>> {
    table.lines().map(|line| line.split('\t').collect()).collect()
}

fn objects(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_table_keeps_its_columns_and_gains_four() {
    let folder = folder_with("pairs.tsv", TABLE);
    let out = output(score(&folder).arg("pairs.tsv"));
    let (rows, given) = (rows(&out), rows(TABLE));
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0][4..], ["entailment", "neutral", "contradiction", "label"]);
    for (row, given) in rows.iter().zip(&given) {
        assert_eq!(row[..4], given[..]);
        assert_eq!(row.len(), 8);
    }
    for row in &rows[1..] {
        let scores: Vec<f32> = row[4..7].iter().map(|score| score.parse().unwrap()).collect();
        assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        let best = scores.iter().copied().fold(0.0, f32::max);
        let labels = ["entailment", "neutral", "contradiction"];
        let label = labels.iter().position(|label| *label == row[7]).unwrap();
        assert_eq!(scores[label], best);
    }
}

#[test]
fn objects_keep_their_text_and_gain_four_fields() {
    let folder = folder_with("pairs.jsonl", OBJECTS);
    let out = output(score(&folder).arg("pairs.jsonl"));
    for (line, given) in out.lines().zip(OBJECTS.lines()) {
        // Order and digits as they were.
        assert!(line.starts_with(given.strip_suffix('}').unwrap()), "{line}");
        let object: Value = serde_json::from_str(line).unwrap();
        assert!(object["label"].is_string() && object["neutral"].is_number());
    }
    assert_eq!(out.lines().count(), 2);
}

#[test]
fn each_format_can_be_turned_into_the_other() {
    let folder = folder_with("pairs.tsv", TABLE);
    fs::write(folder.path().join("pairs.jsonl"), OBJECTS).unwrap();
    let from_table = output(score(&folder).args(["pairs.tsv", "--output-format", "jsonl"]));
    let object = &objects(&from_table)[1];
    assert_eq!(object["id"], "b");
    assert_eq!(object["note"], "x \"y\" z");
    assert_eq!(object["premise"], "Le pont est tombé.");
    assert!(object["contradiction"].is_number());

    let object =
        json!({"premise": "A\tb\nc", "hypothesis": "d", "n": 1.5, "none": null, "list": [1]});
    fs::write(folder.path().join("one.jsonl"), object.to_string()).unwrap();
    let out = output(score(&folder).args(["one.jsonl", "--output-format", "tsv"]));
    let rows = rows(&out);
    assert_eq!(rows[0][..5], ["hypothesis", "list", "n", "none", "premise"]);
    assert_eq!(rows[1][..5], ["d", "[1]", "1.5", "", "A b c"]);
    assert_eq!(rows[1].len(), 9);
}

#[test]
fn the_other_direction_and_the_mean_are_given_when_asked_for() {
    let folder = folder_with("pairs.jsonl", OBJECTS);
    let both = output(score(&folder).args(["--both", "pairs.jsonl"]));
    let swapped = OBJECTS
        .replace("premise", "p")
        .replace("hypothesis", "premise")
        .replace("\"p\"", "\"hypothesis\"");
    fs::write(folder.path().join("swapped.jsonl"), swapped).unwrap();
    let reverse = output(score(&folder).arg("swapped.jsonl"));
    for (both, reverse) in objects(&both).iter().zip(objects(&reverse)) {
        for name in ["entailment", "neutral", "contradiction"] {
            assert_eq!(both[format!("{name}_reverse")], reverse[name]);
            let of = |way: &str| both[format!("{name}{way}")].as_f64().unwrap();
            assert!((of("_mean") - (of("") + of("_reverse")) / 2.0).abs() < 1e-6);
        }
        assert_eq!(both["label_reverse"], reverse["label"]);
        assert!(both["label_mean"].is_string());
    }
}

#[test]
fn the_format_shows_in_the_name_or_the_content() {
    for (name, content) in [("pairs", TABLE), ("pairs.txt", OBJECTS), ("a.ndjson", OBJECTS)] {
        let folder = folder_with(name, content);
        let out = output(score(&folder).arg(name));
        assert_eq!(out.starts_with('{'), content == OBJECTS, "{out}");
    }
    // Standard input, with and without a name for it.
    let folder = TempDir::new().unwrap();
    for content in [TABLE, OBJECTS, "\u{feff}\n\nPremise\tHYPOTHESIS\r\na b\tc d\r\n"] {
        assert!(!output(score(&folder).write_stdin(content)).is_empty());
        assert!(!output(score(&folder).arg("-").write_stdin(content)).is_empty());
    }
    score(&folder)
        .args(["--format", "tsv"])
        .write_stdin(OBJECTS)
        .assert()
        .code(2)
        .stderr(contains("standard input:1: the first line names no column `premise`"));
}

#[test]
fn names_of_other_data_sets_are_understood() {
    let folder =
        folder_with("xnli.tsv", "language\tgold_label\tsentence1\tsentence2\nfr\tneutral\ta\tb\n");
    let out = output(score(&folder).arg("xnli.tsv"));
    assert_eq!(rows(&out)[1][..4], ["fr", "neutral", "a", "b"]);
}

#[test]
fn quotes_that_a_spreadsheet_added_do_not_reach_the_model() {
    let folder =
        folder_with("q.tsv", "premise\thypothesis\n\"He said \"\"no\"\".\"\tHe said \"no\".\n");
    let out = output(score(&folder).arg("q.tsv"));
    let rows = rows(&out);
    // The same text, as the model sees it; written back as it was.
    assert_eq!(
        rows[1],
        ["\"He said \"\"no\"\".\"", "He said \"no\".", "1", "0", "0", "entailment"]
    );
}

#[test]
fn a_bad_row_is_named_and_the_rest_goes_on() {
    let mut lines = b"{\"premise\": \"a b\", \"hypothesis\": \"c\"}\n".to_vec();
    lines.extend(
        b"{\"premise\": \"a b\"}\n\n[1]\n{\"premise\": 5, \"hypothesis\": \"c\"}\n{\"premise\"",
    );
    lines.extend(b"\n{\"premise\": \" \", \"hypothesis\": \"c\"}\n\xff\xfe\n");
    lines.extend(b"{\"premise\": \"d e\", \"hypothesis\": \"f\"}");
    let folder = folder_with("pairs.jsonl", lines);
    let assert = score(&folder).arg("pairs.jsonl").assert().code(2);
    let out = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let premises: Vec<Value> = objects(&out).iter().map(|o| o["premise"].clone()).collect();
    assert_eq!(premises, ["a b", "d e"]);
    let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    for message in [
        "pairs.jsonl:2: has no hypothesis; give",
        "pairs.jsonl:4: no JSON object",
        "pairs.jsonl:5: `premise` is no text; write it in quotes",
        "pairs.jsonl:6: no JSON object",
        "pairs.jsonl:7: has no premise",
        "pairs.jsonl:8: is not UTF-8; convert",
    ] {
        assert!(said.contains(message), "{message} not in {said}");
    }
    assert_eq!(said.lines().count(), 6);

    let folder = folder_with("pairs.tsv", "premise\thypothesis\na\tb\nonly one\nc\td\n");
    let out = score(&folder).arg("pairs.tsv").assert().code(2);
    out.stderr(contains("pairs.tsv:3: 1 values where the first line names 2 columns"))
        .stdout(contains("a\tb\t").and(contains("c\td\t")));
}

#[test]
fn thousands_of_bad_rows_are_counted() {
    let folder =
        folder_with("pairs.tsv", "premise\thypothesis\n".to_owned() + &"bad\n".repeat(5000));
    let assert = score(&folder).arg("pairs.tsv").assert().code(2);
    let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert_eq!(said.lines().count(), 21);
    assert!(said.contains("4980 more rows"), "{said}");
}

#[test]
fn a_line_without_end_is_passed_over_and_not_kept() {
    let mut lines = b"premise\thypothesis\na\tb\n".to_vec();
    lines.extend(vec![b'x'; 20 << 20]);
    lines.extend(b"\nc\td\n");
    let folder = folder_with("pairs.tsv", lines);
    let assert = score(&folder).arg("pairs.tsv").assert().code(2);
    assert
        .stderr(contains("pairs.tsv:3: is longer than 16 MiB"))
        .stdout(contains("a\tb\t").and(contains("c\td\t")));
}

#[test]
fn a_file_that_cannot_be_read_does_not_stop_the_others() {
    let folder = folder_with("good.tsv", TABLE);
    fs::write(folder.path().join("table.csv"), "premise,hypothesis\na,b\n").unwrap();
    fs::write(folder.path().join("utf16.tsv"), b"\xff\xfep\0r\0").unwrap();
    fs::write(folder.path().join("twice.tsv"), "premise\tx\thypothesis\tx\n").unwrap();
    let files = ["nowhere.tsv", ".", "table.csv", "utf16.tsv", "twice.tsv", "good.tsv"];
    let assert = score(&folder).args(files).assert().code(2);
    let out = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert_eq!(rows(&out).len(), 3);
    let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    for message in [
        "nowhere.tsv: cannot read",
        ".: is a folder",
        "table.csv:1: the first line names no column `premise`",
        "utf16.tsv: is written in UTF-16; convert it to UTF-8",
        "twice.tsv:1: the first line names the column `x` twice",
    ] {
        assert!(said.contains(message), "{message} not in {said}");
    }
}

#[test]
fn a_column_that_is_there_already_is_not_overwritten() {
    let folder = folder_with("gold.tsv", "premise\thypothesis\tlabel\na\tb\tneutral\n");
    score(&folder).arg("gold.tsv").assert().code(2).stdout(is_empty()).stderr(contains(
        "gold.tsv:1: `label` is there already, and a column of that name is to be added; give --prefix",
    ));
    let out = output(score(&folder).args(["gold.tsv", "--prefix", "nli_"]));
    assert_eq!(rows(&out)[0][2..4], ["label", "nli_entailment"]);
    let line = r#"{"premise": "a", "hypothesis": "b", "label": "neutral"}"#;
    score(&folder).write_stdin(line).assert().code(2).stderr(contains("standard input:1: `label`"));
    let out = output(score(&folder).args(["--prefix", "nli_"]).write_stdin(line));
    assert_eq!(objects(&out)[0]["label"], "neutral");
    assert!(objects(&out)[0]["nli_label"].is_string());
}

#[test]
fn files_with_other_columns_go_together_by_name() {
    let folder = folder_with("one.tsv", TABLE);
    fs::write(folder.path().join("two.tsv"), "hypothesis\tid\tpremise\nd\t7\tc\n").unwrap();
    fs::write(folder.path().join("three.tsv"), "premise\thypothesis\tother\nc\td\te\n").unwrap();
    let out = output(score(&folder).args(["one.tsv", "two.tsv"]));
    assert_eq!(rows(&out)[3][..4], ["7", "c", "d", ""]);
    score(&folder)
        .args(["one.tsv", "three.tsv"])
        .assert()
        .code(2)
        .stdout(contains("a\tThe bridge"))
        .stderr(contains(
            "three.tsv:1: `other` is no column of the rows before; a table's columns",
        ));
    let out = output(score(&folder).args(["one.tsv", "three.tsv", "--output-format", "jsonl"]));
    assert_eq!(objects(&out)[2]["other"], "e");
}

#[test]
fn nothing_to_read_is_said() {
    let folder = TempDir::new().unwrap();
    for content in ["", "\n\n", "premise\thypothesis\n"] {
        let assert = score(&folder).write_stdin(content).assert().code(3);
        assert.stderr(contains("no pairs in the input"));
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
    let assert = command.args(["score", "--model", "none"]).write_stdin(TABLE).assert().code(2);
    assert.stderr(contains("gives no scores"));
}

#[test]
fn order_is_kept_whatever_the_window() {
    let table: String = (0..200)
        .map(|i| {
            format!("{i}\tthe {} river rose by {i} metres\tit rose\n", "very ".repeat(i * 7 % 13))
        })
        .collect();
    let folder = folder_with("pairs.tsv", "id\tpremise\thypothesis\n".to_owned() + &table);
    let all = output(score(&folder).arg("pairs.tsv"));
    let ids: Vec<String> = rows(&all)[1..].iter().map(|row| row[0].to_owned()).collect();
    assert_eq!(ids, (0..200).map(|i| i.to_string()).collect::<Vec<_>>());
    for window in ["1", "7", "200"] {
        assert_eq!(output(score(&folder).args(["pairs.tsv", "--window", window])), all);
    }
}

#[test]
fn a_pipe_gets_a_window_as_soon_as_it_is_scored() {
    let mut child = StdCommand::new(env!("CARGO_BIN_EXE_crossclaim"))
        .args(["score", "--model", "lexical", "--window", "2"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    input.write_all(OBJECTS.as_bytes()).unwrap();
    input.flush().unwrap();
    // The input stays open.
    assert!(lines.next().unwrap().unwrap().contains("The bridge stands."));
    assert!(lines.next().unwrap().unwrap().contains("Le pont tient."));
    drop(input);
    assert!(lines.next().is_none());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_language_that_the_model_was_not_validated_on_is_noted() {
    let folder = TempDir::new().unwrap();
    let model = folder.path().join("model");
    fs::create_dir(&model).unwrap();
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tiny-bert");
    for file in ["config.json", "tokenizer.json", "model.onnx"] {
        fs::copy(tiny.join(file), model.join(file)).unwrap();
    }
    fs::write(model.join("crossclaim.json"), r#"{"languages": ["en", "fr"]}"#).unwrap();
    let run = |input: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
        command.current_dir(&folder).args(["score", "--no-cache", "--model", "model"]);
        let assert = command.write_stdin(input.to_owned()).assert().success();
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    };
    let said = run("premise\thypothesis\tlang\na\tb\tsw\nc\td\tsw\ne\tf\tEN\n");
    assert!(said.contains("note: model was not validated on sw (2 rows)"), "{said}");
    assert_eq!(said.lines().count(), 1);
    let said =
        run("premise\thypothesis\tpremise_lang\thypothesis_lang\na\tb\ten\tde\na\tb\ten\tfr\n");
    assert!(said.contains("not validated on en–de (1 rows)"), "{said}");
    assert_eq!(run("premise\thypothesis\na\tb\n"), "");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder =
        folder_with("pairs.tsv", "premise\thypothesis\n".to_owned() + &"a b\tc d\n".repeat(50_000));
    let mut child = StdCommand::new(env!("CARGO_BIN_EXE_crossclaim"))
        .args(["score", "--model", "lexical", "pairs.tsv"])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().is_some());
    drop(lines);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
