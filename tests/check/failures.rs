//! What goes wrong never passes, and what was found is written all the same.

use std::time::Instant;

use crossclaim::article::ingest::{IngestOptions, ingest};
use crossclaim::check::{CheckInput, CheckOptions, check};
use crossclaim::error::{Error, Result};
use crossclaim::nli::{NliPair, NliScores, Scorer};
use crossclaim::pipeline::Pipeline;

use super::newsroom::{Newsroom, fall_of_tal_rifat};

#[test]
fn an_article_that_cannot_be_read_outranks_the_findings_and_hides_none() {
    let room = Newsroom::with_conflict();
    room.write("new/broken.jsonl", "{\"text\": \n");
    let ended = room.check(&["new", "--against", "news.redb"]).ends_with(2).says("broken.jsonl:1");
    assert_eq!(ended.findings().len(), 1);
}

#[test]
fn an_archive_that_is_not_there_leaves_the_batch_to_be_compared_with_itself() {
    let room = Newsroom::with_conflict();
    let ended = room.check(&["old", "new", "--against", "lost.redb"]).ends_with(2);
    assert_eq!(ended.findings().len(), 1);
    ended.says("archive lost.redb: there is no such file");
}

#[test]
fn a_folder_of_which_a_file_cannot_be_read_is_an_error() {
    let room = Newsroom::with_conflict();
    room.write("old/broken.jsonl", "{\"text\": \n");
    room.check(&["new", "--against", "old"]).ends_with(2).says("broken.jsonl:1");
}

#[test]
fn time_that_is_up_at_once_names_every_article() {
    let room = Newsroom::with_conflict();
    room.check(&["new", "--against", "news.redb", "--max-time", "0"])
        .ends_with(2)
        .says("time was up before all new articles were read")
        .says("not compared in full: herald");
    let summary = room.summary(&["new", "--against", "news.redb", "--max-time", "0"]);
    assert_eq!(summary["uncompared"]["articles"], serde_json::json!(["herald"]));
    assert_eq!(summary["uncompared"]["pairs"], serde_json::Value::Null);
}

#[test]
fn time_that_suffices_changes_nothing() {
    let room = Newsroom::with_conflict();
    let unlimited = room.check(&["new", "--against", "news.redb"]).ends_with(1);
    let limited = room.check(&["new", "--against", "news.redb", "--max-time", "3600"]).ends_with(1);
    assert_eq!(limited.out, unlimited.out);
}

/// A model with a fault.
struct Faulty {
    panics: bool,
}

impl Scorer for Faulty {
    fn name(&self) -> &str {
        "faulty"
    }

    fn digest(&self) -> &str {
        "0"
    }

    fn validated_for(&self, _: &str, _: &str) -> bool {
        true
    }

    fn score(&self, _: &[NliPair<'_>], _: &(dyn Fn(usize) + Sync)) -> Result<Vec<NliScores>> {
        assert!(!self.panics, "an assertion deep inside");
        Err(Error::Internal { problem: "no scores".to_owned() })
    }
}

fn check_with(scorer: Faulty) -> Error {
    let room = Newsroom::with_conflict();
    let paths = [room.path("old"), room.path("new")];
    let batch = ingest(&paths, &IngestOptions::default()).unwrap().articles;
    let pipeline = Pipeline::builtin(Some(Box::new(scorer))).unwrap();
    let input = CheckInput { batch, archive: None, baseline: None, errors: Vec::new() };
    let mut options = CheckOptions::new("2016-03-10".parse().unwrap());
    options.started = Instant::now();
    check(&pipeline, input, &options, &|_, _| ()).unwrap_err()
}

#[test]
fn a_panic_inside_is_an_error() {
    let error = check_with(Faulty { panics: true }).to_string();
    assert!(error.contains("an assertion deep inside"), "{error}");
}

#[test]
fn a_model_that_cannot_score_is_an_error() {
    let error = check_with(Faulty { panics: false }).to_string();
    assert!(error.contains("no scores"), "{error}");
}

#[test]
fn an_article_id_of_the_archive_in_two_files_of_the_batch_is_no_trouble() {
    let room = Newsroom::with_conflict();
    room.write("new/a/gazette.md", &fall_of_tal_rifat("The Herald", 5));
    room.write("new/b/gazette.md", &fall_of_tal_rifat("The Courier", 6));
    room.check(&["new", "--against", "news.redb"]).ends_with(1);
}
