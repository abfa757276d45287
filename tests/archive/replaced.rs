//! An article that another supersedes or corrects conflicts no more.

use super::newsroom::{Newsroom, fall_of_tal_rifat, park};

/// A conflict, and an archived article about something else that replaces the older side.
fn replaced_by(add: &[&str], front_matter: &str) -> Newsroom {
    let room = Newsroom::with_conflict();
    room.write(
        "notice.md",
        &park(1).replace("language: en", &format!("language: en\n{front_matter}")),
    );
    room.run(&[&["archive", "add", "news.redb", "notice.md"], add].concat()).succeeds();
    room
}

#[test]
fn superseded_on_the_command_line() {
    let room = replaced_by(&["--supersedes", "gazette"], "title: Notice");
    room.check(&["new", "--against", "news.redb"]).succeeds();
    room.run(&["archive", "list", "news.redb"]).succeeds().says("(replaced by notice)");
    room.run(&["archive", "verify", "news.redb"]).succeeds();
}

#[test]
fn corrected_on_the_command_line() {
    let room = replaced_by(&["--corrects", "gazette"], "title: Notice");
    room.check(&["new", "--against", "news.redb"]).succeeds();
}

#[test]
fn superseded_in_front_matter() {
    let room = replaced_by(&[], "supersedes: gazette");
    room.check(&["new", "--against", "news.redb"]).succeeds();
}

#[test]
fn corrected_in_front_matter_as_a_list() {
    let room = replaced_by(&[], "corrects: [gazette, something-else]");
    room.check(&["new", "--against", "news.redb"]).succeeds();
}

#[test]
fn the_older_counts_again_when_the_newer_is_removed() {
    let room = replaced_by(&["--supersedes", "gazette"], "title: Notice");
    room.run(&["archive", "remove", "news.redb", "notice"]).succeeds();
    room.check(&["new", "--against", "news.redb"]).ends_with(1);
}

#[test]
fn a_new_article_that_supersedes_the_older_does_not_conflict_with_it() {
    let room = Newsroom::with_conflict();
    let text = fall_of_tal_rifat("The Herald", 5);
    room.write("new/herald.md", &text.replace("language: en", "language: en\nsupersedes: gazette"));
    room.check(&["new", "--against", "news.redb"]).succeeds();
    room.check(&["new", "--against", "old"]).succeeds();
}

#[test]
fn a_report_leaves_out_what_another_article_supersedes() {
    let room = Newsroom::with_conflict();
    let text = fall_of_tal_rifat("The Herald", 5);
    room.write("new/herald.md", &text.replace("language: en", "language: en\nsupersedes: gazette"));
    let report = room.run(&["report", "--model", "none", "-f", "jsonl", "old", "new"]).succeeds();
    assert_eq!(report.out, "");
    report.says("note: gazette is replaced by herald, and not compared");
}

#[test]
fn an_id_that_the_archive_does_not_have_is_told() {
    let room = Newsroom::with_conflict();
    room.run(&["archive", "add", "news.redb", "new", "--supersedes", "gazete"])
        .succeeds()
        .says("replaces gazete, which the archive does not have");
}

#[test]
fn the_option_speaks_of_one_article() {
    let room = Newsroom::with_conflict();
    room.write("new/park.md", &park(2));
    room.run(&["archive", "add", "news.redb", "new", "--supersedes", "gazette"])
        .ends_with(2)
        .says("speak of one article, and 2 were read");
    room.run(&["archive", "list", "news.redb"]).succeeds().says("gazette");
}
