//! What decides the exit status, one setting at a time.

use super::newsroom::{Newsroom, fall_of_tal_rifat, park};

/// A new article against the archive, with these options.
fn status(room: &Newsroom, options: &[&str]) -> i32 {
    room.check(&[&["new", "--against", "news.redb"], options].concat()).code
}

#[test]
fn a_batch_without_conflict_is_clean() {
    let room = Newsroom::with_conflict();
    room.write("new/herald.md", &park(3));
    assert_eq!(status(&room, &[]), 0);
}

#[test]
fn a_contradiction_fails() {
    assert_eq!(status(&Newsroom::with_conflict(), &[]), 1);
}

#[test]
fn a_batch_may_contradict_itself() {
    let room = Newsroom::with_conflict();
    room.check(&["old", "new"]).ends_with(1);
}

#[test]
fn what_the_archive_contradicts_in_itself_is_not_the_batchs_fault() {
    let room = Newsroom::with_conflict();
    room.run(&["archive", "add", "news.redb", "new"]).succeeds();
    room.write("batch/park.md", &park(5));
    let ended = room.check(&["batch", "--against", "news.redb", "--persona", "auditor"]).succeeds();
    assert_eq!(ended.out, "");
}

#[test]
fn no_new_article_is_an_exit_status_of_its_own() {
    let room = Newsroom::with_conflict();
    std::fs::create_dir(room.path("empty")).unwrap();
    room.check(&["empty", "--against", "news.redb"]).ends_with(3).says("no new article");
}

#[test]
fn severity() {
    let room = Newsroom::with_conflict();
    let levels = ["low", "medium", "high"];
    let fails = |room: &Newsroom| levels.map(|level| status(room, &["--fail-on", level]) == 1);
    let told = room.check(&["new", "--against", "news.redb", "--fail-on", "never"]).succeeds();
    let severity = told.findings()[0]["severity"].clone();
    let severe = levels.iter().position(|level| severity == *level).unwrap();
    assert_eq!(fails(&room), [0, 1, 2].map(|level| level <= severe));
    room.write("new/herald.md", &park(3));
    assert_eq!(fails(&room), [false; 3]);
}

#[test]
fn never_reports_and_fails_nothing() {
    let room = Newsroom::with_conflict();
    let ended = room.check(&["new", "--against", "news.redb", "--fail-on", "never"]).succeeds();
    assert_eq!(ended.findings().len(), 1);
}

#[test]
fn confidence() {
    let room = Newsroom::with_conflict();
    let ended = room.check(&["new", "--against", "news.redb"]);
    let confidence = ended.findings()[0]["confidence"].as_f64().unwrap();
    assert_eq!(status(&room, &["--min-confidence", &(confidence - 0.01).to_string()]), 1);
    assert_eq!(status(&room, &["--min-confidence", &(confidence + 0.01).to_string()]), 0);
}

#[test]
fn kinds() {
    let room = Newsroom::with_conflict();
    assert_eq!(status(&room, &["--kinds", "quantity,time"]), 1);
    assert_eq!(status(&room, &["--kinds", "quantity,place"]), 0);
}

#[test]
fn relations() {
    let room = Newsroom::with_conflict();
    assert_eq!(status(&room, &["--relations", "contradiction,update"]), 1);
    assert_eq!(status(&room, &["--relations", "divergent-account", "--fail-on", "low"]), 0);
}

#[test]
fn archived_articles_of_before_a_day() {
    let room = Newsroom::with_conflict();
    assert_eq!(status(&room, &["--since", "2016-03-07"]), 1);
    assert_eq!(status(&room, &["--since", "2016-03"]), 1);
    assert_eq!(status(&room, &["--since", "2016-03-08"]), 0);
    assert_eq!(status(&room, &["--since", "2017"]), 0);
}

#[test]
fn an_archived_article_without_a_date_is_never_too_old() {
    let room = Newsroom::with_conflict();
    room.write(
        "old/gazette.md",
        &fall_of_tal_rifat("The Gazette", 3).replace("date: 2016-03-07\n", ""),
    );
    room.run(&["archive", "add", "news.redb", "old"]).succeeds();
    assert_eq!(status(&room, &["--since", "2017"]), 1);
}

#[test]
fn a_value_that_is_none_is_an_error_that_lists_them() {
    let room = Newsroom::with_conflict();
    for (option, value, known) in [
        ("--fail-on", "urgent", "low, medium, high or never"),
        ("--kinds", "tim", "`time`"),
        ("--relations", "conflict", "`divergent-account`"),
        ("--min-confidence", "70", "from 0 to 1"),
        ("--persona", "boss", "`auditor`"),
        ("--max-time", "soon", "number of seconds"),
    ] {
        room.check(&["new", option, value]).ends_with(2).says(known);
    }
}
