//! What `crossclaim eval` measures, on small files in the project's own words, and how it says it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;
use tempfile::TempDir;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/eval").join(name)
}

/// `crossclaim eval` in a folder of its own.
fn eval(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
    command.current_dir(folder).env("NO_COLOR", "1").arg("eval");
    command
}

/// What a command prints that ends well.
fn printed(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

/// The results of a command that is asked for JSON.
fn results(command: &mut Command) -> Value {
    let text = printed(command.args(["--format", "json"]));
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&report["schema"], &report["version"]), (&"crossclaim-eval".into(), &1.into()));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/eval-v1.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    report["results"].clone()
}

#[test]
fn three_classes_are_told_as_a_table_with_baselines() {
    let folder = TempDir::new().unwrap();
    let mut command = eval(&folder);
    command.arg(file("three-way.tsv")).args(["--model", "lexical", "--baseline", "majority"]);
    insta::assert_snapshot!(printed(command.args(["--by", "lang", "--by", "topic"])));
}

#[test]
fn a_table_is_markdown_where_that_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let mut command = eval(&folder);
    command.arg(file("two-way.tsv")).args(["--model", "lexical", "--language", "fr", "--brief"]);
    insta::assert_snapshot!(printed(command.args(["--format", "markdown"])));
}

#[test]
fn rows_are_resampled_by_source_page_where_there_is_one_and_else_by_premise() {
    let folder = TempDir::new().unwrap();
    let mut command = eval(&folder);
    command.args(["--model", "lexical"]).args([file("two-way.tsv"), file("three-way.tsv")]);
    let results = results(&mut command);
    assert_eq!((&results[0]["pairs"], &results[0]["groups"]), (&5.into(), &2.into()));
    assert_eq!((&results[1]["pairs"], &results[1]["groups"]), (&12.into(), &4.into()));
    assert_eq!(results[0]["classes"], serde_json::json!(["compatible", "contradiction"]));
}

#[test]
fn a_named_column_groups_the_rows() {
    let folder = TempDir::new().unwrap();
    let mut command = eval(&folder);
    command.args(["--model", "lexical", "--group", "lang"]).arg(file("three-way.tsv"));
    assert_eq!(results(&mut command)[0]["groups"], 2);
    eval(&folder)
        .args(["--model", "lexical", "--group", "page"])
        .arg(file("three-way.tsv"))
        .assert()
        .code(2)
        .stderr(contains("three-way.tsv:2: no column `page` to group by"));
}

#[test]
fn a_seed_settles_intervals_and_sample() {
    let folder = TempDir::new().unwrap();
    let run = |seed: &str| {
        let mut command = eval(&folder);
        command.args(["--model", "lexical", "--limit", "7", "--seed", seed]);
        results(command.arg(file("three-way.tsv")))
    };
    assert_eq!(run("1"), run("1"));
    assert_ne!(run("1"), run("2"));
    assert_eq!(run("1")[0]["pairs"], 7);
}

#[test]
fn a_direction_is_the_same_as_turning_the_columns_round() {
    let folder = TempDir::new().unwrap();
    let text = fs::read_to_string(file("three-way.tsv")).unwrap();
    let turned = text.replacen("premise\thypothesis", "hypothesis\tpremise", 1);
    fs::write(folder.path().join("three-way.tsv"), turned).unwrap();
    let figures = |path: PathBuf, direction: &str| {
        let mut command = eval(&folder);
        command
            .args(["--model", "lexical", "--direction", direction, "--group", "topic"])
            .arg(path);
        let results = results(&mut command);
        (results[0]["accuracy"].clone(), results[0]["auroc"].clone())
    };
    let (here, there) = (file("three-way.tsv"), PathBuf::from("three-way.tsv"));
    assert_eq!(figures(here.clone(), "reverse"), figures(there.clone(), "forward"));
    assert_eq!(figures(here, "mean"), figures(there, "mean"));
}

#[test]
fn bad_rows_are_named_with_file_and_line_and_the_rest_is_measured() {
    let folder = TempDir::new().unwrap();
    let assert =
        eval(&folder).args(["--model", "lexical"]).arg(file("broken.tsv")).assert().code(2);
    let out = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert!(out.lines().nth(2).unwrap().contains(" 2 "), "{out}");
    assert.stderr(
        contains("broken.tsv:3: 2 fields, and 4 columns")
            .and(contains("broken.tsv:4: no hypothesis"))
            .and(contains("broken.tsv:5: no label `perhaps`"))
            .and(contains("1 rows without a label")),
    );
}

#[test]
fn a_file_without_the_columns_is_named_and_the_others_are_measured() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("names.tsv"), "first\tsecond\na\tb\n").unwrap();
    eval(&folder)
        .args(["--model", "lexical", "names.tsv", "missing.tsv"])
        .arg(file("two-way.tsv"))
        .assert()
        .code(2)
        .stdout(contains("two-way.tsv"))
        .stderr(
            contains("names.tsv:1: no column `premise` among first, second")
                .and(contains("missing.tsv: cannot read")),
        );
}

#[test]
fn sets_come_as_csv_and_as_json_lines_too() {
    let folder = TempDir::new().unwrap();
    let csv = "sentence1,sentence2,gold_label,language\n\"Yes, it rained.\",\"It did not rain.\",contradiction,en\n\"Yes, it rained.\",It rained.,entailment,en\n";
    fs::write(folder.path().join("set.csv"), csv).unwrap();
    let lines = "{\"premise\": \"Yes, it rained.\", \"hypothesis\": \"It did not rain.\", \"label\": \"contradiction\", \"lang\": \"en\"}\n\
        {\"premise\": \"Yes, it rained.\", \"hypothesis\": \"It rained.\", \"label\": \"entailment\", \"lang\": \"en\"}\n";
    fs::write(folder.path().join("set.jsonl"), lines).unwrap();
    let mut command = eval(&folder);
    let results = results(command.args(["--model", "lexical", "set.csv", "set.jsonl"]));
    for figure in ["pairs", "accuracy", "auroc", "confusion"] {
        assert_eq!(results[0][figure], results[1][figure], "{figure}");
    }
}

#[test]
fn the_judge_is_measured_on_claims_with_dates_and_outlets() {
    let folder = TempDir::new().unwrap();
    let mut command = eval(&folder);
    command
        .args(["--system", "judge", "--model", "none", "--by", "kind"])
        .arg(file("claims.jsonl"));
    let results = results(&mut command);
    // Three conflicts of dates are shown; the others get no probability without a model.
    assert_eq!(results[0]["confusion"]["counts"], serde_json::json!([[3, 0], [0, 3]]));
    assert_eq!(results[0]["groups"], 3);
    assert_eq!(results[2]["part"], serde_json::json!({"column": "kind", "value": "time"}));
}

#[test]
fn what_is_left_out_of_the_judge_is_missed() {
    let folder = TempDir::new().unwrap();
    let mut command = eval(&folder);
    command.args(["--system", "judge", "--model", "none", "--ablate", "slots"]);
    let results = results(command.arg(file("claims.jsonl")));
    assert_eq!(results[0]["confusion"]["counts"], serde_json::json!([[3, 0], [3, 0]]));
    assert_eq!(results[0]["scorer"], "judge, none, without slots");
}

#[test]
fn findings_are_compared_with_the_gold_conflicts_of_a_corpus() {
    let folder = TempDir::new().unwrap();
    let mut command = eval(&folder);
    command.current_dir(file("")).args(["--articles", "articles", "--gold", "gold.json"]);
    insta::assert_snapshot!(printed(command.args(["--model", "none"])));
}

#[test]
fn a_corpus_without_conflicts_has_only_false_alarms() {
    let folder = TempDir::new().unwrap();
    let mut command = eval(&folder);
    command.args(["--no-conflicts", "--model", "none", "--articles"]).arg(file("articles"));
    let results = results(&mut command);
    assert_eq!(results[0]["unexplained"], 1);
    assert_eq!(results[0]["false_alarms_per_article"], 0.5);
    assert_eq!(results[0]["shown"], serde_json::json!({"found": 0, "of": 1}));
}

#[test]
fn an_open_gate_lets_more_pass() {
    let folder = TempDir::new().unwrap();
    let candidates = |extra: &[&str]| {
        let mut command = eval(&folder);
        command.args(["--no-conflicts", "--model", "none"]).args(extra);
        results(command.args(["--articles", concat!(env!("CARGO_MANIFEST_DIR"), "/seeds")]))[0]["candidates"].clone()
    };
    let (closed, open) = (candidates(&[]), candidates(&["--ablate", "gate:pair-weight"]));
    assert!(open.as_u64() > closed.as_u64(), "{open} {closed}");
}

#[test]
fn a_pair_set_is_told_as_two_articles_a_page() {
    let folder = TempDir::new().unwrap();
    let mut command = eval(&folder);
    command.args(["--model", "none", "--language", "fr", "--from-pairs"]).arg(file("two-way.tsv"));
    let results = results(&mut command);
    let figures = &results[0];
    assert_eq!((&figures["pages"], &figures["claims"]), (&2.into(), &9.into()));
    assert_eq!(figures["retrieved_conflicts"]["of"], 2);
    assert_eq!(figures["retrieved_others"]["of"], 3);
    let labelled = figures["labelled_candidates"].as_u64().unwrap();
    assert!(labelled >= 2 && labelled <= figures["candidates"].as_u64().unwrap());
}

#[test]
fn an_unknown_ablation_names_those_there_are() {
    let folder = TempDir::new().unwrap();
    eval(&folder)
        .args(["--ablate", "gate:none", "--system", "judge"])
        .arg(file("claims.jsonl"))
        .assert()
        .code(2)
        .stderr(contains("gate:same-story"));
}

#[test]
fn a_gold_file_of_another_form_is_an_error_with_a_line() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("gold.json"), "{\"conflicts\": [\n{\"id\": 3}]}").unwrap();
    eval(&folder)
        .args(["--gold", "gold.json", "--model", "none", "--articles"])
        .arg(file("articles"))
        .assert()
        .code(2)
        .stderr(contains("gold.json:2: no gold annotation"));
}

/// A folder with a corpus of two articles and its annotation, and one without conflicts.
fn two_corpora() -> TempDir {
    let folder = TempDir::new().unwrap();
    for corpus in ["one", "two"] {
        fs::create_dir(folder.path().join(corpus)).unwrap();
        for article in ["crier.md", "lamp.md"] {
            let from = file("articles").join(article);
            fs::copy(from, folder.path().join(corpus).join(article)).unwrap();
        }
    }
    fs::copy(file("gold.json"), folder.path().join("one/gold.json")).unwrap();
    fs::write(folder.path().join("none.json"), "{\"conflicts\": [], \"negatives\": []}").unwrap();
    folder
}

#[test]
fn several_corpora_have_a_row_each_and_one_for_all() {
    let folder = two_corpora();
    let mut command = eval(&folder);
    command.args(["--model", "none", "--corpora", "one", "two=none.json"]);
    let results = results(&mut command);
    let names: Vec<&str> =
        results.as_array().unwrap().iter().map(|row| row["corpus"].as_str().unwrap()).collect();
    assert_eq!(names, ["one", "two", "all 2"]);
    for figure in ["articles", "candidates", "unexplained", "other_kind"] {
        let of = |at: usize| results[at][figure].as_u64().unwrap();
        assert_eq!(of(0) + of(1), of(2), "{figure}");
    }
    assert_eq!(
        results[1]["unexplained"], 1,
        "without an annotation of its own it is a false alarm"
    );
}

#[test]
fn a_corpus_without_an_annotation_is_an_error_that_says_how_to_name_one() {
    let folder = two_corpora();
    eval(&folder).args(["--corpora", "two"]).assert().code(2).stderr(contains("FOLDER=GOLD.json"));
}

#[test]
fn gates_are_varied_in_one_run_over_all_corpora() {
    let folder = two_corpora();
    let mut command = eval(&folder);
    command.args(["--model", "none", "--vary", "gates", "--corpora", "one", "two=none.json"]);
    let results = results(&mut command);
    let pooled: Vec<&Value> =
        results.as_array().unwrap().iter().filter(|row| row["corpus"] == "all 2").collect();
    assert_eq!(pooled.len(), 11, "whole, and each of ten gates");
    assert_eq!(pooled[0]["tool"], "whole");
    let identity = pooled.iter().find(|row| row["tool"] == "without gate:identity").unwrap();
    assert_eq!(identity["without"], serde_json::json!(["gate:identity"]));
    // The variant is the tool as --ablate runs it.
    let mut command = eval(&folder);
    command.args(["--model", "none", "--ablate", "gate:identity", "--corpora", "one"]);
    let alone = self::results(&mut command);
    let varied = results.as_array().unwrap().iter();
    let mut varied = varied.filter(|row| row["corpus"] == "one");
    let varied = varied.find(|row| row["tool"] == "without gate:identity").unwrap();
    for figure in ["conflicts", "shown", "unexplained", "candidates"] {
        assert_eq!(varied[figure], alone[0][figure], "{figure}");
    }
}

#[test]
fn directions_are_rows_of_every_set() {
    let folder = TempDir::new().unwrap();
    let mut command = eval(&folder);
    command.args(["--model", "lexical", "--vary", "directions", "--by", "none"]);
    let results = results(command.args([file("two-way.tsv"), file("three-way.tsv")]));
    let rows: Vec<(&str, &str)> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["set"].as_str().unwrap(), row["direction"].as_str().unwrap()))
        .collect();
    let directions = ["forward", "reverse", "mean", "max", "min"];
    let expected: Vec<(&str, &str)> = ["two-way.tsv", "three-way.tsv"]
        .into_iter()
        .flat_map(|set| directions.map(|direction| (set, direction)))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn parts_of_the_judge_cannot_be_varied_in_a_model() {
    let folder = TempDir::new().unwrap();
    let mut command = eval(&folder);
    command.args(["--model", "lexical", "--vary", "parts"]).arg(file("two-way.tsv"));
    command.assert().code(2).stderr(contains("--system judge"));
}

#[test]
fn every_missed_conflict_has_the_stage_where_it_was_lost() {
    let folder = TempDir::new().unwrap();
    // A date against a date, told of two towns; and two sentences with nothing to compare.
    let pair = |id: &str, a: &str, b: &str| {
        let told = |text| serde_json::json!({"text": text, "language": "en", "date": "2017-11-10"});
        let (a, b) = (told(a), told(b));
        serde_json::json!({"id": id, "a": a, "b": b, "relation": "contradiction"}).to_string()
            + "\n"
    };
    let captured = "The army captured Palmyra on 8 November 2017.";
    let shown = pair("shown-1", captured, "The army captured Palmyra on 9 November 2017.");
    let none = pair("empty-1", captured, "Bees make honey in spring.");
    fs::write(folder.path().join("pairs.jsonl"), shown + &none).unwrap();
    let mut command = eval(&folder);
    command.args(["--system", "judge", "--model", "none", "--lost", "pairs.jsonl"]);
    let results = results(&mut command);
    let losses = &results[0]["losses"];
    assert_eq!((&losses["conflicts"], &losses["wrongly_shown"]), (&2.into(), &0.into()));
    let missed = losses["missed"].as_array().unwrap();
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0]["id"], "empty-1");
    assert!(["pair", "value"].contains(&missed[0]["lost"].as_str().unwrap()), "{missed:?}");
}

#[test]
fn pairs_of_names_are_told_with_what_was_judged_wrongly() {
    let folder = TempDir::new().unwrap();
    let table = folder.path().join("names.tsv");
    fs::write(
        &table,
        "a\tb\tlanguage_a\tlanguage_b\tsame\tsplit\n\
         Zelensky\tЗеленский\tfr\tru\tyes\ttest\n\
         Niger\tNigeria\tfr\tfr\tyes\ttest\n",
    )
    .unwrap();
    let report = results(eval(&folder).arg("--names").arg(&table).arg("--misses"));
    let figures = &report["figures"][0];
    assert_eq!((&figures["united"], &figures["missed"]), (&1.into(), &1.into()));
    assert_eq!(report["misses"][0]["line"], 3);
}

#[test]
fn brief_figures_of_events_tell_of_single_files_what_coreference_says() {
    let folder = TempDir::new().unwrap();
    let stories = folder.path().join("fires.txt");
    fs::write(
        &stories,
        "= fire | fire | test\n\
         @ One | en | 2021-05-04\n\
         e1\tA fire destroyed the market of Tolmin on Monday.\n\
         e2\tA second fire damaged the school of Tolmin on Tuesday.\n\
         @ Two | en | 2021-05-04\n\
         e1\tThe market of Tolmin burned down in a fire on Monday.\n",
    )
    .unwrap();
    let rows = results(eval(&folder).arg("--events").arg(&stories));
    let of_file = |row: &&Value| row["file"] == "fires";
    let all = rows.as_array().unwrap();
    assert_eq!(all.iter().filter(of_file).count(), 5, "one row a system");
    let one_story = all.iter().find(|row| row["system"] == "one-story").unwrap();
    assert_eq!((&one_story["pairs"], &one_story["same"]), (&2.into(), &1.into()));
    let text = printed(eval(&folder).arg("--events").arg(&stories).arg("--brief"));
    assert_eq!(text.lines().filter(|line| line.contains("fires")).count(), 1, "{text}");
}
