//! The archive: what stays in it, what it refuses, and what a check finds in it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

mod damage;
mod identity;
mod kill;
#[path = "../support/newsroom.rs"]
mod newsroom;
mod replaced;
mod round_trip;

use newsroom::{Newsroom, fall_of_tal_rifat, park};
use serde_json::Value;

#[test]
fn adding_again_changes_nothing() {
    let room = Newsroom::with_conflict();
    let before = room.run(&["archive", "list", "news.redb", "--format", "json"]).succeeds();
    room.run(&["archive", "add", "news.redb", "old"])
        .succeeds()
        .says("0 added, 0 changed, 1 unchanged; 1 articles in all");
    let after = room.run(&["archive", "list", "news.redb", "--format", "json"]);
    assert_eq!(before.out, after.out);
}

#[test]
fn a_changed_article_replaces_its_claims() {
    let room = Newsroom::with_conflict();
    room.check(&["new", "--against", "news.redb"]).ends_with(1);
    room.write("old/gazette.md", &fall_of_tal_rifat("The Gazette", 5));
    room.run(&["archive", "add", "news.redb", "old"]).succeeds().says("0 added, 1 changed");
    room.check(&["new", "--against", "news.redb"]).succeeds();
    room.run(&["archive", "verify", "news.redb"]).succeeds();
}

#[test]
fn a_removed_article_conflicts_no_more() {
    let room = Newsroom::with_conflict();
    room.run(&["archive", "remove", "news.redb", "gazette"])
        .succeeds()
        .says("1 removed; 0 articles");
    room.check(&["new", "--against", "news.redb"]).succeeds();
    room.run(&["archive", "verify", "news.redb"]).succeeds();
}

#[test]
fn an_id_that_is_not_there_is_named_and_the_others_are_removed() {
    let room = Newsroom::with_conflict();
    room.run(&["archive", "remove", "news.redb", "gazette", "nobody"])
        .ends_with(2)
        .says("there is no article nobody")
        .says("1 removed; 0 articles left");
}

#[test]
fn the_list_is_json_where_that_is_asked_for() {
    let room = Newsroom::with_conflict();
    let list = room.run(&["archive", "list", "news.redb", "--format", "json"]).succeeds();
    let list: Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["id"], "gazette");
    assert_eq!(list[0]["outlet"], "The Gazette");
    assert_eq!(list[0]["date"], "2016-03-07");
    assert_eq!(list[0]["claims"], 2);
    assert_eq!(list[0]["hash"].as_str().unwrap().len(), 64);
}

#[test]
fn the_list_shows_control_characters_and_obeys_none() {
    let room = Newsroom::new();
    room.write(
        "a.md",
        "---\ntitle: \"\u{1b}[2Jgone\u{202e}\"\n---\nThe council of Tal Rifat met again today.\n",
    );
    room.run(&["archive", "add", "news.redb", "a.md"]).succeeds();
    let list = room.run(&["archive", "list", "news.redb"]).succeeds().says("gone");
    assert!(!list.out.contains(['\u{1b}', '\u{202e}']), "{:?}", list.out);
}

#[test]
fn statistics_count_articles_claims_and_days() {
    let room = Newsroom::with_conflict();
    room.write("park.md", &park(1));
    room.run(&["archive", "add", "news.redb", "park.md"]).succeeds();
    let stats = room.run(&["archive", "stats", "news.redb", "--format", "json"]).succeeds();
    let stats: Value = serde_json::from_str(&stats.out).unwrap();
    assert_eq!(stats["articles"], 2);
    assert_eq!(stats["claims"], 4);
    assert_eq!(stats["outlets"], 2);
    assert_eq!(stats["published"], serde_json::json!(["2016-03-02", "2016-03-07"]));
    assert_eq!(stats["outdated"], 0);
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_others_are_added() {
    let room = Newsroom::with_conflict();
    room.write("old/broken.jsonl", "{\"text\": \n");
    room.run(&["archive", "add", "other.redb", "old"])
        .ends_with(2)
        .says("broken.jsonl:1")
        .says("1 added");
}

#[test]
fn nothing_to_add_makes_no_archive() {
    let room = Newsroom::new();
    std::fs::create_dir(room.path("empty")).unwrap();
    room.run(&["archive", "add", "news.redb", "empty"]).ends_with(3);
    assert!(!room.path("news.redb").exists());
}

#[test]
fn an_archive_that_is_not_there_is_not_made_by_looking() {
    let room = Newsroom::new();
    for command in ["list", "stats", "verify"] {
        room.run(&["archive", command, "news.redb"]).ends_with(2).says("there is no such file");
    }
    assert!(!room.path("news.redb").exists());
}
