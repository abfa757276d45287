//! Which archived article an article is a new version of.

use super::newsroom::{Newsroom, fall_of_tal_rifat, park};

#[test]
fn two_files_of_one_name_are_two_articles() {
    let room = Newsroom::new();
    room.write("monday/lead.md", &fall_of_tal_rifat("The Gazette", 3));
    room.write("tuesday/lead.md", &park(7));
    room.run(&["archive", "add", "news.redb", "monday"]).succeeds();
    room.run(&["archive", "add", "news.redb", "tuesday"])
        .succeeds()
        .says("another article lead; this one is tuesday/lead there")
        .says("1 added, 0 changed");
    // And both are known again, together or alone.
    room.run(&["archive", "add", "news.redb", "monday", "tuesday"]).succeeds().says("2 unchanged");
    room.run(&["archive", "add", "news.redb", "tuesday"]).succeeds().says("1 unchanged");
    room.run(&["archive", "verify", "news.redb"]).succeeds();
}

#[test]
fn a_file_is_the_same_from_another_folder() {
    let room = Newsroom::with_conflict();
    let absolute = room.path("old/gazette.md");
    room.write("old/gazette.md", &fall_of_tal_rifat("The Gazette", 4));
    room.run(&["archive", "add", "news.redb", absolute.to_str().unwrap()])
        .succeeds()
        .says("0 added, 1 changed");
}

#[test]
fn a_moved_file_is_known_by_its_text() {
    let room = Newsroom::with_conflict();
    room.write("moved/gazette.md", &room.read("old/gazette.md"));
    room.run(&["archive", "add", "news.redb", "moved"]).succeeds().says("0 added, 1 changed");
    room.run(&["archive", "add", "news.redb", "moved"]).succeeds().says("1 unchanged");
}

#[test]
fn a_record_with_an_id_is_known_by_it_in_any_file() {
    let room = Newsroom::new();
    room.write(
        "monday.jsonl",
        "{\"id\": \"77\", \"text\": \"Rebels took Tal Rifat on 3 March 2016.\"}\n",
    );
    room.write(
        "tuesday.jsonl",
        "{\"id\": \"77\", \"text\": \"Rebels took Tal Rifat on 5 March 2016.\"}\n",
    );
    room.run(&["archive", "add", "news.redb", "monday.jsonl"]).succeeds().says("1 added");
    room.run(&["archive", "add", "news.redb", "tuesday.jsonl"])
        .succeeds()
        .says("0 added, 1 changed");
}

#[test]
fn an_article_with_an_address_is_known_by_it() {
    let room = Newsroom::new();
    let told = |day| {
        format!(
            "---\nurl: https://gazette.example/1\n---\nRebels took Tal Rifat on {day} March 2016.\n"
        )
    };
    room.write("monday/lead.md", &told(3));
    room.write("tuesday/lead.md", &told(5));
    room.run(&["archive", "add", "news.redb", "monday"]).succeeds();
    room.run(&["archive", "add", "news.redb", "tuesday"]).succeeds().says("0 added, 1 changed");
}

#[test]
fn a_new_version_does_not_conflict_with_the_archived_one() {
    let room = Newsroom::with_conflict();
    room.write("old/gazette.md", &fall_of_tal_rifat("The Herald", 5));
    room.check(&["old/gazette.md", "--against", "news.redb"]).succeeds();
}

#[test]
fn an_article_of_the_same_file_name_does_conflict() {
    let room = Newsroom::with_conflict();
    room.write("new/gazette.md", &fall_of_tal_rifat("The Herald", 5));
    let ended = room.check(&["new/gazette.md", "--against", "news.redb"]).ends_with(1);
    let finding = &ended.findings()[0];
    assert_eq!([&finding["a"]["article"], &finding["b"]["article"]], ["gazette", "new/gazette"]);
}
