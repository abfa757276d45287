//! What the command line does with good and bad input: messages, exit codes, and what is written.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command as StdCommand, Stdio};

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;
use tempfile::TempDir;

const FORMATS: [&str; 11] = [
    "text",
    "annotated",
    "markdown",
    "html",
    "json",
    "jsonl",
    "csv",
    "sarif",
    "github",
    "gitlab",
    "junit",
];

fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/abou-kamal")
}

/// `crossclaim` in a folder of its own, without colours.
fn crossclaim(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
    command.current_dir(folder).env("NO_COLOR", "1");
    command
}

/// `crossclaim report --model none --format jsonl`, to which a test adds its paths.
fn report(folder: &TempDir) -> Command {
    let mut command = crossclaim(folder);
    command.args(["report", "--model", "none", "--format", "jsonl"]);
    command
}

/// A report on the samples and on a file with these bytes, which cannot be read.
fn samples_and(name: &str, bytes: &[u8]) -> (TempDir, Command) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    let mut command = report(&folder);
    command.arg(seeds()).arg(name);
    (folder, command)
}

/// What the samples alone give.
fn expected() -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let out = report(&folder).arg(seeds()).assert().success().get_output().stdout.clone();
    assert!(!out.is_empty());
    out
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    let folder = TempDir::new().unwrap();
    report(&folder).arg("nowhere.txt").assert().code(2).stdout("").stderr(
        contains("nowhere.txt: no such file or folder").and(contains("none of the files given")),
    );
}

#[test]
fn a_bad_path_among_good_ones_does_not_stop_the_report() {
    let folder = TempDir::new().unwrap();
    report(&folder)
        .args(["nowhere.txt".into(), seeds()])
        .assert()
        .code(2)
        .stdout(expected())
        .stderr(contains("nowhere.txt: no such file or folder"));
}

#[test]
fn a_problem_stands_in_the_report_too() {
    let folder = TempDir::new().unwrap();
    let mut command = crossclaim(&folder);
    command.args(["report", "--model", "none", "nowhere.txt"]).arg(seeds());
    command.assert().code(2).stdout(contains("nowhere.txt: no such file or folder"));
}

#[test]
fn an_empty_folder_is_no_input() {
    let folder = TempDir::new().unwrap();
    report(&folder).arg(".").assert().code(3).stdout("").stderr(contains("no articles found"));
}

#[test]
fn an_empty_folder_beside_articles_is_only_noted() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    report(&folder)
        .args(["empty".into(), seeds()])
        .assert()
        .success()
        .stdout(expected())
        .stderr(contains("note: empty: no article in this folder"));
}

#[test]
fn one_article_alone_is_noted() {
    let folder = TempDir::new().unwrap();
    report(&folder)
        .arg(seeds().join("ak-matin-levant.md"))
        .assert()
        .success()
        .stderr(contains("note: only one article").and(contains("--within")));
}

#[test]
fn an_empty_file_is_named_and_the_rest_goes_on() {
    let (_folder, mut command) = samples_and("empty.txt", b"");
    command
        .assert()
        .code(2)
        .stdout(expected())
        .stderr(contains("empty.txt: the file is empty; leave it out"));
}

#[test]
fn a_binary_file_is_named_and_the_rest_goes_on() {
    let (_folder, mut command) = samples_and("image.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    command
        .assert()
        .code(2)
        .stdout(expected())
        .stderr(contains("image.txt: this is a binary file, not text"));
}

#[test]
fn a_file_over_the_size_limit_is_named_and_the_rest_goes_on() {
    let (_folder, mut command) = samples_and("big.txt", &b"word ".repeat(300_000));
    command.args(["--max-size", "1"]).assert().code(2).stdout(expected()).stderr(
        contains("big.txt: the file is larger than the limit of 1.0 MiB")
            .and(contains("--max-size")),
    );
}

#[test]
fn size_limits_at_the_ends_of_the_range() {
    let folder = TempDir::new().unwrap();
    report(&folder).arg(seeds()).args(["--max-size", "0"]).assert().code(2).stdout("");
    let most = u64::MAX.to_string();
    report(&folder).arg(seeds()).args(["--max-size", &most]).assert().success();
}

#[test]
fn invalid_utf8_is_noted_and_read_as_far_as_it_goes() {
    let text = "Été à la plage : la glace a fondu, dit-on là-bas.".as_bytes();
    let broken = [text, b" \xc3( fin."].concat();
    let (_folder, mut command) = samples_and("broken.txt", &broken);
    command
        .assert()
        .success()
        .stdout(expected())
        .stderr(contains("note: broken.txt").and(contains("UTF-8")));
}

#[test]
fn another_encoding_is_read_without_a_word() {
    let (_folder, mut command) =
        samples_and("latin1.txt", b"La cit\xe9 voisine f\xeate l'\xe9t\xe9 \xe0 la rivi\xe8re.");
    command.args(["--dump", "articles"]).assert().success().stderr("").stdout(contains("fête"));
}

#[test]
fn broken_json_lines_are_named_with_their_line_and_the_rest_goes_on() {
    let lines = concat!(
        r#"{"id": "one", "text": "The bridge at Tarn fell on Monday."}"#,
        "\n",
        r#"{"id": "two", "text": "Rain is expected in the hills."}"#,
        "\n",
        r#"{"id": "three", "text": "#,
        "\n",
        r#"{"id": "four", "text": "The harvest was good this year."}"#,
        "\n"
    );
    let (_folder, mut command) = samples_and("batch.jsonl", lines.as_bytes());
    command
        .args(["--dump", "articles"])
        .assert()
        .code(2)
        .stderr(contains("batch.jsonl:3:"))
        .stdout(
            contains(r#""id":"two""#)
                .and(contains(r#""id":"four""#))
                .and(contains(r#""id":"ak-matin-levant""#)),
        );
}

/// Starts a command, reads its first line, and closes the pipe.
fn read_one_line(arguments: &[&str]) -> (String, std::process::Output) {
    let mut child = StdCommand::new(env!("CARGO_BIN_EXE_crossclaim"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::with_capacity(1, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (line, child.wait_with_output().unwrap())
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = TempDir::new().unwrap();
    // More than a pipe holds, so that the writer is sure to notice.
    let sentence = "The bridge at Tarn fell on Monday, and nobody was hurt. ";
    fs::write(folder.path().join("long.txt"), sentence.repeat(500)).unwrap();
    let path = folder.path().to_str().unwrap();
    let (line, output) = read_one_line(&["report", path, "--model", "none", "--dump", "claims"]);
    assert!(line.starts_with('{'), "{line}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    assert!(!stderr.contains("error") && !stderr.contains("panicked"), "{stderr}");
}

#[test]
fn an_output_folder_that_does_not_exist_is_an_error() {
    let folder = TempDir::new().unwrap();
    report(&folder)
        .arg(seeds())
        .args(["-o", "missing/report.jsonl"])
        .assert()
        .code(2)
        .stdout("")
        .stderr(contains("missing/report.jsonl: cannot write there; check that the folder exists"));
    assert!(names_in(folder.path()).is_empty());
}

/// No file can be made in `/proc`, not even by root.
#[test]
#[cfg(target_os = "linux")]
fn an_output_folder_that_cannot_be_written_is_an_error() {
    let folder = TempDir::new().unwrap();
    report(&folder)
        .arg(seeds())
        .args(["-o", "/proc/report.jsonl"])
        .assert()
        .code(2)
        .stderr(contains("/proc/report.jsonl: cannot write there"));
}

#[test]
fn an_output_that_is_a_folder_is_an_error_and_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("reports")).unwrap();
    report(&folder)
        .arg(seeds())
        .args(["-o", "reports"])
        .assert()
        .code(2)
        .stderr(contains("reports: is a folder"));
    assert_eq!(names_in(folder.path()), ["reports"]);
}

/// A report that would take the place of a device would break the machine.
#[test]
#[cfg(unix)]
fn a_device_as_output_is_written_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let folder = TempDir::new().unwrap();
    std::os::unix::fs::symlink("/dev/null", folder.path().join("null")).unwrap();
    report(&folder).arg(seeds()).args(["-o", "null"]).assert().success();
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    assert_eq!(names_in(folder.path()), ["null"]);
}

#[test]
fn a_failed_run_keeps_the_report_of_the_last_one() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("report.jsonl"), "kept").unwrap();
    report(&folder).args(["nowhere.txt", "-o", "report.jsonl"]).assert().code(2);
    assert_eq!(fs::read_to_string(folder.path().join("report.jsonl")).unwrap(), "kept");
}

#[test]
fn a_model_folder_that_lacks_a_file_names_it() {
    let folder = TempDir::new().unwrap();
    let model = folder.path().join("model");
    fs::create_dir(&model).unwrap();
    let builtin = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/builtin");
    for file in ["config.json", "tokenizer.json", "model.onnx"] {
        let mut command = crossclaim(&folder);
        command.args(["report", "--model", "model"]).arg(seeds());
        command.assert().code(2).stdout("").stderr(contains(file).and(contains("missing")));
        if file != "model.onnx" {
            fs::copy(builtin.join(file), model.join(file)).unwrap();
        }
    }
}

#[test]
fn a_model_folder_that_does_not_exist_is_an_error() {
    let folder = TempDir::new().unwrap();
    let mut command = crossclaim(&folder);
    command.args(["report", "--model", "nowhere"]).arg(seeds());
    command.assert().code(2).stderr(contains("model nowhere: no such folder"));
}

#[test]
fn the_built_in_model_is_named_in_the_report() {
    let folder = TempDir::new().unwrap();
    let mut command = crossclaim(&folder);
    command.args(["report", "--format", "json"]);
    command.args(["ak-matin-levant.md", "ak-depeche-orient.md"].map(|name| seeds().join(name)));
    let output = command.assert().success().get_output().stdout.clone();
    let report: Value = serde_json::from_slice(&output).unwrap();
    assert!(report.pointer("/run/model").is_some_and(Value::is_string), "{}", report["run"]);
}

#[test]
fn an_unknown_locale_is_a_usage_error() {
    let folder = TempDir::new().unwrap();
    report(&folder)
        .arg(seeds())
        .args(["--locale", "xx"])
        .assert()
        .code(2)
        .stderr(contains("'xx' for '--locale").and(contains("use one of en, fr")));
}

#[test]
fn an_unknown_format_is_a_usage_error() {
    let folder = TempDir::new().unwrap();
    let mut command = crossclaim(&folder);
    command.args(["report", "--format", "docx"]).arg(seeds());
    command.assert().code(2).stderr(contains("docx").and(contains("text, annotated, markdown")));
}

#[test]
fn a_run_without_paths_is_a_usage_error() {
    let folder = TempDir::new().unwrap();
    report(&folder).assert().code(2).stderr(contains("<PATHS>"));
}

#[test]
fn an_assumed_date_that_is_none_is_a_usage_error() {
    let folder = TempDir::new().unwrap();
    let mut command = report(&folder);
    command.arg(seeds()).args(["--assume-date", "2017-13"]);
    command.assert().code(2).stderr(contains("2017-13").and(contains("2017-11")));
}

#[test]
fn a_dash_reads_standard_input() {
    let folder = TempDir::new().unwrap();
    report(&folder)
        .args(["-", "--dump", "articles"])
        .write_stdin("The bridge at Tarn fell on Monday.\n")
        .assert()
        .success()
        .stdout(contains(r#""id":"stdin""#).and(contains("bridge at Tarn")));
}

#[test]
fn empty_standard_input_is_named() {
    let folder = TempDir::new().unwrap();
    report(&folder).arg("-").write_stdin("").assert().code(2).stderr(contains("empty"));
}

/// The lines of a stage of the samples.
fn dump(stage: &str) -> Vec<Value> {
    let folder = TempDir::new().unwrap();
    let mut command = report(&folder);
    command.arg(seeds()).args(["--dump", stage]);
    let output = command.assert().success().get_output().stdout.clone();
    let lines: Vec<Value> = String::from_utf8(output)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(!lines.is_empty());
    lines
}

fn assert_fields(object: &Value, fields: &[&str]) {
    for field in fields {
        assert!(object.get(field).is_some(), "no {field} in {object}");
    }
}

/// All objects in the lists that stand under this name in the lines.
fn listed<'v>(lines: &'v [Value], name: &str) -> Vec<&'v Value> {
    let all: Vec<&Value> = lines.iter().filter_map(|l| l[name].as_array()).flatten().collect();
    assert!(!all.is_empty(), "no {name}");
    all
}

fn assert_claims(claims: &[Value]) {
    for claim in claims {
        assert_fields(claim, &["article", "span", "text", "language", "factuality", "attribution"]);
        assert_fields(claim, &["times", "quantities", "mentions", "events"]);
    }
    for time in listed(claims, "times") {
        assert_fields(time, &["span", "text", "type", "value"]);
        for interval in time["intervals"].as_array().unwrap() {
            for day in [&interval[0], &interval[1]] {
                day.as_str().unwrap().parse::<jiff::civil::Date>().unwrap();
            }
        }
    }
    for quantity in listed(claims, "quantities") {
        assert_fields(quantity, &["span", "low", "high", "unit", "of"]);
    }
    for mention in listed(claims, "mentions") {
        assert_fields(mention, &["span", "text", "entity"]);
    }
    for event in listed(claims, "events") {
        assert_fields(event, &["type", "trigger", "roles"]);
    }
}

#[test]
fn the_dump_of_articles_holds_what_was_read() {
    for article in dump("articles") {
        assert_fields(&article, &["id", "outlet", "title", "url", "language", "date", "text"]);
    }
}

#[test]
fn the_dump_of_claims_keeps_its_contract() {
    assert_claims(&dump("claims"));
}

#[test]
fn spans_of_the_dump_of_claims_point_into_the_articles() {
    let articles = dump("articles");
    for claim in dump("claims") {
        let article = articles.iter().find(|article| article["id"] == claim["article"]).unwrap();
        let text = article["text"].as_str().unwrap();
        let (start, end) = (&claim["span"][0], &claim["span"][1]);
        let span = start.as_u64().unwrap() as usize..end.as_u64().unwrap() as usize;
        assert_eq!(text.get(span), claim["text"].as_str());
    }
}

#[test]
fn the_dump_of_the_corpus_gives_all_spellings_one_entity() {
    let lines = dump("corpus");
    let of = |record: &str| -> Vec<Value> {
        lines.iter().filter(|line| line["record"] == record).cloned().collect()
    };
    assert_eq!(of("article").len(), 6);
    assert!(!of("entity").is_empty() && !of("cluster").is_empty());
    let claims = of("claim");
    assert_claims(&claims);
    let entity = |spelling: &str| {
        let mentions = listed(&claims, "mentions");
        mentions.into_iter().find(|mention| mention["text"] == spelling).unwrap()["entity"].clone()
    };
    assert_eq!(entity("Abou Kamal"), entity("Boukamal"));
}

#[test]
fn the_dump_of_pairs_gives_reasons() {
    for pair in dump("pairs") {
        assert_fields(&pair, &["a", "b"]);
        assert!(!pair["reasons"].as_array().unwrap().is_empty());
    }
}

#[test]
fn the_dump_of_scores_has_a_place_for_them() {
    for pair in dump("scores") {
        assert_fields(&pair, &["a", "b", "reasons", "nli"]);
    }
}

fn assert_findings(findings: &[Value]) {
    for finding in findings {
        assert_fields(finding, &["fingerprint", "dossier", "question", "kind", "relation"]);
        assert_fields(finding, &["confidence", "severity", "a", "b"]);
        for side in [&finding["a"], &finding["b"]] {
            assert_fields(side, &["article", "outlet", "span", "sentence", "evidence", "value"]);
            assert_fields(side, &["attribution"]);
        }
        let confidence = finding["confidence"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&confidence));
    }
}

#[test]
fn the_dump_of_findings_keeps_its_contract() {
    assert_findings(&dump("findings"));
}

#[test]
fn the_report_as_json_lines_keeps_its_contract() {
    let lines = String::from_utf8(expected()).unwrap();
    let findings: Vec<Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_findings(&findings);
}

#[test]
fn an_unknown_stage_is_a_usage_error() {
    let folder = TempDir::new().unwrap();
    let mut command = report(&folder);
    command.arg(seeds()).args(["--dump", "tokens"]);
    command.assert().code(2).stderr(contains("articles, claims, corpus, pairs, scores, findings"));
}

#[test]
fn every_format_gives_the_same_bytes_twice_and_in_a_file() {
    let folder = TempDir::new().unwrap();
    for format in FORMATS {
        let run = |more: &[&str]| {
            let mut command = crossclaim(&folder);
            command.args(["report", "--model", "none", "--format", format]).arg(seeds()).args(more);
            command.assert().success().get_output().stdout.clone()
        };
        let first = run(&[]);
        assert!(!first.is_empty());
        assert!(run(&["-o", "report"]).is_empty());
        let written = fs::read(folder.path().join("report")).unwrap();
        assert!(first == written, "{format}: two runs differ, or file and standard output do");
    }
    assert_eq!(names_in(folder.path()), ["report"]);
}

#[test]
fn help_of_every_command() {
    let folder = TempDir::new().unwrap();
    for command in
        ["", "report", "pair", "eval", "calibrate", "score", "cache", "models", "models pull"]
            .into_iter()
            .chain(["explain", "config", "completions", "man"])
            .chain(["check", "archive", "archive add", "baseline", "baseline update"])
    {
        let arguments = command.split_whitespace().chain(["--help"]);
        let assert = crossclaim(&folder).args(arguments).assert().success();
        let help = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
        let name = if command.is_empty() { "crossclaim" } else { &command.replace(' ', "-") };
        insta::assert_snapshot!(format!("help-{name}"), help);
    }
}

#[test]
fn the_version_is_the_package_s() {
    let folder = TempDir::new().unwrap();
    let version = concat!("crossclaim ", env!("CARGO_PKG_VERSION"), "\n");
    crossclaim(&folder).arg("--version").assert().success().stdout(version);
}
