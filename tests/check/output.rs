//! What is written where, and that no format changes the verdict.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crossclaim::report::ReportFormat;
use serde_json::Value;

use super::newsroom::{Newsroom, park};

#[test]
fn every_format_ends_with_the_same_status() {
    let conflict = Newsroom::with_conflict();
    let clean = Newsroom::with_conflict();
    clean.write("new/herald.md", &park(1));
    let check = ["check", "--model", "none", "new", "--against", "news.redb"];
    for format in ReportFormat::ALL {
        conflict.run(&[&check[..], &["-f", format.name()]].concat()).ends_with(1);
    }
    let files: Vec<String> = ReportFormat::ALL.iter().map(|f| format!("{f}=report.{f}")).collect();
    let all = files.iter().flat_map(|file| ["-o", file.as_str()]);
    let all: Vec<&str> = check.into_iter().chain(all).collect();
    clean.run(&all).succeeds();
    conflict.run(&[&all[..], &["nowhere"]].concat()).ends_with(2);
}

#[test]
fn several_outputs_of_one_run() {
    let room = Newsroom::with_conflict();
    let ended =
        room.check(&["new", "--against", "news.redb", "-o", "json=a.json", "-o", "html=a.html"]);
    assert_eq!(ended.ends_with(1).findings().len(), 1, "standard output has its own format");
    let json: Value = serde_json::from_str(&room.read("a.json")).unwrap();
    assert_eq!(json["check"]["verdict"], "conflicts");
    assert!(room.read("a.html").starts_with("<!doctype html>"));
}

#[test]
fn an_output_without_a_format_takes_the_place_of_standard_output() {
    let room = Newsroom::with_conflict();
    let ended = room.check(&["new", "--against", "news.redb", "-o", "a.jsonl"]).ends_with(1);
    assert_eq!(ended.out, "");
    assert_eq!(room.read("a.jsonl").lines().count(), 1);
}

#[test]
fn a_format_that_is_none_is_no_file_name() {
    let room = Newsroom::with_conflict();
    room.check(&["new", "-o", "sariff=a.sarif"]).ends_with(2).says("no report format `sariff`");
    assert!(!room.path("sariff=a.sarif").exists());
}

#[test]
fn an_output_that_cannot_be_written_fails_and_the_others_are_written() {
    let room = Newsroom::with_conflict();
    room.check(&[
        "new",
        "--against",
        "news.redb",
        "-o",
        "json=no/folder.json",
        "-o",
        "jsonl=a.jsonl",
    ])
    .ends_with(2)
    .says("no/folder.json");
    assert_eq!(room.read("a.jsonl").lines().count(), 1);
}

#[test]
fn outputs_are_written_where_there_is_no_input() {
    let room = Newsroom::new();
    std::fs::create_dir(room.path("empty")).unwrap();
    room.check(&["empty", "-o", "json=a.json"]).ends_with(3);
    let json: Value = serde_json::from_str(&room.read("a.json")).unwrap();
    assert_eq!(json["check"]["verdict"], "no-input");
}

#[test]
fn a_closed_pipe_changes_no_verdict() {
    let room = Newsroom::with_conflict();
    let mut command = room.command(&["check", "--model", "none", "new", "--against", "news.redb"]);
    command.args(["-f", "html"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn the_same_check_gives_the_same_bytes() {
    let room = Newsroom::with_conflict();
    let check = ["check", "--model", "none", "new", "--against", "news.redb", "-f", "json"];
    assert_eq!(room.run(&check).out, room.run(&check).out);
}

#[test]
fn the_summary_says_what_was_compared_and_how() {
    let room = Newsroom::with_conflict();
    room.write("park.md", &park(4));
    room.run(&["archive", "add", "news.redb", "park.md"]).succeeds();
    let summary = room.summary(&[
        "new",
        "--against",
        "news.redb",
        "--since",
        "2016-03-06",
        "--fail-on",
        "low",
    ]);
    assert_eq!(summary["verdict"], "conflicts");
    assert_eq!(summary["new_articles"], serde_json::json!(["herald"]));
    assert_eq!(summary["archive"], "news.redb");
    assert_eq!(summary["archived"], 2);
    assert_eq!(summary["compared"], 1, "the other is older than `--since`");
    assert_eq!(summary["thresholds"]["fail_on"], "low");
    assert_eq!(summary["thresholds"]["since"], "2016-03-06");
    assert_eq!(summary["failing"].as_array().unwrap().len(), 1);
}

/// Findings that each persona shows of a batch with an update, and how many it hides.
fn shown(persona: &str, more: &[&str]) -> (Vec<String>, u64) {
    let room = Newsroom::new();
    let told = |outlet: &str, date: &str, text: &str| {
        format!("---\noutlet: {outlet}\ndate: {date}\nlanguage: en\n---\n{text}\n")
    };
    room.write(
        "a.md",
        &told(
            "The Gazette",
            "2016-03-07",
            "The flood in Orihuela killed seven people on 6 March 2016. The Segura burst its banks at night, and \
             the mayor of Orihuela spoke of a disaster.",
        ),
    );
    room.write(
        "b.md",
        &told(
            "The Herald",
            "2016-03-09",
            "The toll of the flood in Orihuela rose to 15 dead on Wednesday. Rescuers of Orihuela found the last \
             bodies along the Segura.",
        ),
    );
    let options = [&["a.md", "b.md", "--persona", persona], more].concat();
    let ended = room.check(&options);
    let relation = |finding: &Value| finding["relation"].as_str().unwrap().to_owned();
    let hidden = room.summary(&options)["hidden"].as_u64().unwrap();
    (ended.findings().iter().map(relation).collect(), hidden)
}

#[test]
fn the_regular_persona_sees_no_updates_and_is_told_how_many_there_are() {
    assert_eq!(shown("regular", &[]), (vec![], 1));
}

#[test]
fn the_pedantic_persona_sees_updates_of_the_confidence_asked_for() {
    assert_eq!(shown("pedantic", &[]), (vec!["update".to_owned()], 0));
    assert_eq!(shown("pedantic", &["--min-confidence", "0.99"]), (vec![], 1));
}

#[test]
fn the_auditor_sees_everything() {
    assert_eq!(shown("auditor", &["--min-confidence", "0.99"]), (vec!["update".to_owned()], 0));
}

#[test]
fn what_fails_is_shown_to_every_persona() {
    let fails = ["--relations", "update", "--fail-on", "low"];
    assert_eq!(shown("regular", &fails), (vec!["update".to_owned()], 0));
}
