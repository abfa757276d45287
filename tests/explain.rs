//! `crossclaim pair` prints what every stage makes of two sentences, and the gate that stops them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use tempfile::TempDir;

fn pair(a: &str, b: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
    command.env("NO_COLOR", "1").args(["pair", "--model", "none", a, b]).args(more);
    command
}

fn explained(a: &str, b: &str, more: &[&str]) -> String {
    let output = pair(a, b, more).assert().success().stderr("").get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

/// The lines stand in the explanation, in this order.
fn assert_lines(explanation: &str, lines: &[&str]) {
    let mut rest = explanation.lines();
    for line in lines {
        assert!(rest.any(|found| found.contains(line)), "no {line:?} in:\n{explanation}");
    }
}

#[test]
fn two_days_of_one_capture_are_a_contradiction() {
    let explanation = explained(
        "Les rebelles ont pris Palmyre le 3 mars 2019.",
        "Palmyre est tombée le 5 mars 2019 aux mains des rebelles.",
        &["--language", "fr"],
    );
    let a = ["a#0 [fr]", "factuality  Asserted", "time        \"le 3 mars 2019\" 2019-03-03"];
    assert_lines(&explanation, &a);
    let stages = ["mention ", "event       capture", "slot        time of capture:", "b#0 [fr]"];
    assert_lines(&explanation, &stages);
    let end = [
        "pairs",
        "a#0 × b#0: [{\"reason\":\"same-event\"",
        "findings",
        "When did",
        "contradiction (time)",
    ];
    assert_lines(&explanation, &end);
    assert_lines(&explanation, &["+ 3 March 2019 and 5 March 2019 have no day in common."]);
    assert!(!explanation.contains("gate:"), "{explanation}");
}

#[test]
fn a_city_may_be_called_one() {
    let explanation = explained(
        "Les rebelles ont pris la ville de Palmyre le 3 mars 2019.",
        "Palmyre est tombée le 5 mars 2019 aux mains des rebelles.",
        &["--language", "fr"],
    );
    assert_lines(&explanation, &["event       capture", "b#0", "contradiction (time)"]);
}

#[test]
fn help_and_its_denial_are_explained_in_french_too() {
    let explanation = explained(
        "L'armée syrienne, appuyée par le Hezbollah, a pris Palmyre.",
        "L'armée syrienne a pris Palmyre sans l'aide du Hezbollah.",
        &["--language", "fr", "--locale", "fr"],
    );
    assert_lines(
        &explanation,
        &["Helper: Hezbollah", "helper:lb", "Excluded: Hezbollah", "without:lb", "findings", "+ "],
    );
    assert!(explanation.contains("Quelles forces"), "{explanation}");
}

#[test]
fn sentences_on_different_things_stop_before_they_are_paired() {
    let explanation = explained(
        "The mayor opened a library in Lyon.",
        "Bees make honey in spring.",
        &["--language", "en"],
    );
    assert_lines(&explanation, &["a#0", "b#0", "pairs", "none: ", "findings"]);
    assert_lines(&explanation, &["(gate: same story)"]);
}

#[test]
fn accounts_a_year_apart_are_two_stories() {
    let explanation = explained(
        "Les rebelles ont pris Palmyre lundi.",
        "Les rebelles ont pris Palmyre mardi.",
        &["--language", "fr", "--date-a", "2017-03-09", "--date-b", "2019-03-09"],
    );
    assert_lines(&explanation, &["time        \"lundi\" 2017-03-06", "mardi", "gate: same story"]);
}

#[test]
fn a_town_and_its_district_are_two_wholes() {
    let explanation = explained(
        "Au séisme de lundi, 210 maisons se sont effondrées à Tazert.",
        "Dans tout le district de Tazert, 1 900 maisons se sont effondrées lundi.",
        &["--language", "fr"],
    );
    assert_lines(&explanation, &["homes of", "findings", "larger or smaller whole"]);
}

#[test]
fn a_date_in_a_sentence_about_the_future_lies_ahead() {
    let explanation = explained(
        "L'usine de Bressols fermera le 31 décembre.",
        "L'usine de Bressols a fermé le 31 décembre.",
        &["--language", "fr", "--date-a", "2022-05-18", "--date-b", "2022-05-18"],
    );
    assert_lines(&explanation, &["2022-12-31..2022-12-31", "2021-12-31..2021-12-31"]);
}

#[test]
fn a_plan_is_stopped_by_the_judge() {
    let explanation = explained(
        "The army captured Palmyra on Monday.",
        "The army plans to capture Palmyra.",
        &["--language", "en"],
    );
    assert_lines(&explanation, &["Asserted", "Planned", "a#0 × b#0", "findings", "(gate: judge)"]);
}

#[test]
fn one_text_twice_is_a_copy() {
    let text = "Les rebelles ont pris Palmyre le 3 mars 2019, après trois jours de combats.";
    let explanation = explained(text, text, &["--language", "fr"]);
    assert_lines(
        &explanation,
        &["pairs", "none: the texts are copies of one another (gate: copies)"],
    );
}

#[test]
fn the_scores_of_a_model_are_shown_both_ways() {
    let sentences = ["The army captured Palmyra on Monday.", "Palmyra fell to the army on Friday."];
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
    command.args(["pair", "--model", "lexical", "--language", "en"]).args(sentences);
    command.assert().success().stdout(contains("a → b: entailment").and(contains("b → a: ent")));
}

#[test]
fn a_file_and_a_byte_name_a_sentence() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("day.txt");
    std::fs::write(&path, "It rained all day. The army captured Palmyra on 3 June 2019.").unwrap();
    let path = path.to_str().unwrap();
    let (inside, other) = (format!("{path}:25"), "Palmyra was captured on 5 June 2019.");
    let explanation = explained(&inside, other, &["--language", "en"]);
    assert_lines(&explanation, &["a#1 [en] The army captured", "b#0", "contradiction (time)"]);
    assert!(!explanation.contains("It rained"), "{explanation}");
    pair(&format!("{path}:9999"), other, &[])
        .assert()
        .code(2)
        .stderr(contains("the article has 60 bytes"));
    pair("nowhere.txt:12", other, &[]).assert().code(2).stderr(contains("no such file"));
}

#[test]
fn a_sentence_may_end_in_a_time_of_day() {
    pair("The polls closed at 20:30", "The polls closed at 19:30", &["--language", "en"])
        .assert()
        .success()
        .stdout(contains("The polls closed at 20:30"));
}

#[test]
fn an_empty_sentence_is_a_usage_error() {
    pair(" ", "It rained.", &[]).assert().code(2).stderr(contains("claim a is empty"));
}
