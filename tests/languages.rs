//! A language that is not built in, added with one TOML file and one table of cases.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use crossclaim::claim::time::publication_days;
use crossclaim::claim::tokens::tokenize;
use crossclaim::language::Languages;
use predicates::str::contains;
use serde_json::{Value, json};
use tempfile::TempDir;

const PACK: &str = include_str!("packs/eo.toml");

fn crossclaim() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
    command.env("NO_COLOR", "1");
    command
}

fn pack() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packs/eo.toml")
}

#[test]
fn the_table_of_cases_of_an_added_language_passes() {
    let mut languages = Languages::builtin().unwrap();
    assert!(!languages.has_pack("eo"));
    languages.add("eo.toml", PACK).unwrap();
    let time = &languages.get("eo").unwrap().time;
    for row in include_str!("packs/eo.tsv").lines().filter(|line| !line.starts_with('#')) {
        let [sentence, wanted, published, intervals] = row.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("{row}")
        };
        let mut found = time.find(sentence, &tokenize(sentence, 0));
        if wanted == "-" {
            assert!(found.is_empty(), "{sentence}: {found:?}");
            continue;
        }
        let published = (published != "-").then(|| published.parse().unwrap());
        let [expression] = &mut found[..] else { panic!("{sentence}: {found:?}") };
        expression.resolve(&publication_days(published.as_ref()), &[], None);
        assert_eq!(expression.text, wanted, "{sentence}");
        let days: Vec<String> = expression
            .intervals
            .iter()
            .map(|i| {
                if i.first == i.last {
                    i.first.to_string()
                } else {
                    format!("{}/{}", i.first, i.last)
                }
            })
            .collect();
        assert_eq!(days.join(" "), intervals, "{sentence}");
    }
}

#[test]
fn articles_in_an_added_language_give_a_conflict_of_dates() {
    let folder = TempDir::new().unwrap();
    let article = |id: &str, text: &str| {
        json!({"id": id, "outlet": id, "date": "2017-11-12", "language": "eo", "text": text})
            .to_string()
    };
    let lines = [
        article("a", "La urbo Kolbriko falis la 8-a de novembro 2017. La armeo eniris Kolbrikon."),
        article("b", "La urbo Kolbriko falis la 5-a de novembro 2017. Soldatoj eniris Kolbrikon."),
    ];
    let file = folder.path().join("articles.jsonl");
    fs::write(&file, lines.join("\n")).unwrap();
    let report = |with_pack: bool| -> Vec<Value> {
        let mut command = crossclaim();
        command.args(["report", "--model", "none", "--format", "jsonl"]).arg(&file);
        if with_pack {
            command.arg("--pack").arg(pack());
        }
        let out = command.assert().success().get_output().stdout.clone();
        String::from_utf8(out).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    };
    assert!(report(false).is_empty(), "without a pack nothing is an event");
    let found = report(true);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["kind"], "time");
}

#[test]
fn a_wrong_pack_is_told_by_file_line_and_key() {
    let folder = TempDir::new().unwrap();
    for (right, wrong, line, told) in [
        ("stop_words", "stopwords", 8, "stopwords"),
        ("day = [", "dya = [", 20, "dya"),
        ("{full-weekday}", "{wekday}", 26, "wekday"),
        ("\"unit.-1\"", "\"units.-1\"", 32, "units.-1"),
    ] {
        let file = folder.path().join("mine.toml");
        fs::write(&file, PACK.replacen(right, wrong, 1)).unwrap();
        let assert = crossclaim().args(["languages", "--pack"]).arg(&file).assert().code(2);
        let stderr = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        assert!(stderr.contains("mine.toml") && stderr.contains(told), "{stderr}");
        let place = [format!("mine.toml:{line}"), format!("line {line},")];
        assert!(place.iter().any(|place| stderr.contains(place)), "line {line}: {stderr}");
    }
    crossclaim()
        .args(["languages", "--pack", "none.toml"])
        .assert()
        .code(2)
        .stderr(contains("none.toml"));
}

#[test]
fn languages_tells_what_each_pack_covers() {
    let out = crossclaim()
        .args(["languages", "--format", "json", "--pack"])
        .arg(pack())
        .assert()
        .success();
    let listed: Vec<Value> = serde_json::from_slice(&out.get_output().stdout).unwrap();
    let of = |code: &str| listed.iter().find(|l| l["code"] == code).unwrap();
    assert_eq!(of("fr")["source"], "builtin");
    assert_eq!(of("zh")["source"], "locale-data");
    assert!(of("eo")["source"]["file"].as_str().unwrap().ends_with("eo.toml"));
    assert!(of("fr")["time"].as_u64() > of("eo")["time"].as_u64());
    assert_eq!(of("eo")["frames"], 1);
    assert_eq!(of("zh")["triggers"], 0);
    assert!(of("zh")["falls_back"].as_array().unwrap().len() > 3);
    crossclaim().arg("languages").assert().success().stdout(contains("中文 (no pack)"));
}
