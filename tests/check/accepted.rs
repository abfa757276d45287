//! The baseline: what is accepted, until when, and what re-opens it.

use std::sync::LazyLock;

use super::newsroom::{Ended, Kept, Newsroom, fall_of_tal_rifat, park};

const CHECK: [&str; 5] = ["new", "--against", "news.redb", "--baseline", "accepted.toml"];

/// A conflict that the baseline accepts.
fn accepted(more: &[&str]) -> Newsroom {
    static ACCEPTED: LazyLock<Kept> = LazyLock::new(|| updated(&[]).keep());
    if more.is_empty() { Newsroom::again(&ACCEPTED) } else { updated(more) }
}

fn updated(more: &[&str]) -> Newsroom {
    let room = Newsroom::with_conflict();
    update(&room, "accepted.toml", more).succeeds().says("1 accepted, 1 entries");
    room
}

fn update(room: &Newsroom, file: &str, more: &[&str]) -> Ended {
    let arguments = [
        "baseline",
        "update",
        file,
        "new",
        "--against",
        "news.redb",
        "--model",
        "none",
        "--reason",
        "Both are right",
    ];
    room.run(&[&arguments[..], more].concat())
}

fn prune(room: &Newsroom) -> Ended {
    room.run(&[
        "baseline",
        "prune",
        "accepted.toml",
        "new",
        "--against",
        "news.redb",
        "--model",
        "none",
    ])
}

#[test]
fn an_accepted_finding_does_not_fail_and_is_not_shown() {
    let room = accepted(&["--author", "Desk", "--note", "See the corrections page"]);
    let ended = room.check(&CHECK).succeeds();
    assert_eq!(ended.out, "");
    let summary = room.summary(&CHECK);
    let entry = &summary["accepted"][0];
    assert_eq!(entry["reason"], "Both are right");
    assert_eq!(entry["author"], "Desk");
    assert_eq!(entry["note"], "See the corrections page");
}

#[test]
fn the_auditor_sees_what_is_accepted() {
    let room = accepted(&[]);
    let ended = room.check(&[&CHECK[..], &["--persona", "auditor"]].concat()).succeeds();
    assert_eq!(ended.findings().len(), 1);
}

#[test]
fn only_the_finding_that_is_named_is_accepted() {
    let room = Newsroom::with_conflict();
    room.write(
        "new/courier.md",
        "---\noutlet: The Courier\ndate: 2016-03-07\nlanguage: en\n---\nOn 6 March 2016 Tal Rifat was captured \
         by rebels. Families had left for Turkey days before.\n",
    );
    let found = room.check(&["new", "--against", "news.redb"]).ends_with(1).findings();
    assert!(found.len() > 1);
    let one = found[0]["fingerprint"].as_str().unwrap();
    update(&room, "accepted.toml", &["--fingerprint", one]).succeeds().says("1 accepted");
    let left = room.check(&CHECK).ends_with(1).findings();
    assert_eq!(left.len(), found.len() - 1);
}

#[test]
fn a_fingerprint_that_does_not_fail_is_told() {
    let room = Newsroom::with_conflict();
    update(&room, "accepted.toml", &["--fingerprint", "0123456789abcdef"])
        .ends_with(2)
        .says("no finding 0123456789abcdef fails");
}

#[test]
fn acceptance_survives_a_move_of_both_files() {
    let room = accepted(&[]);
    room.write("elsewhere/late-edition.md", &room.read("new/herald.md"));
    room.write("attic/first-edition.md", &room.read("old/gazette.md"));
    room.check(&["elsewhere", "--against", "attic", "--baseline", "accepted.toml"]).succeeds();
}

#[test]
fn acceptance_survives_edits_elsewhere_in_the_article() {
    let room = accepted(&[]);
    let text = room.read("new/herald.md").replace("A night of shelling", "Two nights of shelling");
    room.write("new/herald.md", &text.replace("---\nThe", "---\nNews from the north.\n\nThe"));
    room.check(&CHECK).succeeds();
}

#[test]
fn acceptance_survives_other_spacing() {
    let room = accepted(&[]);
    let text = room.read("new/herald.md").replace("town of Tal Rifat", "town  of\u{a0}Tal Rifat");
    room.write("new/herald.md", &text);
    room.check(&CHECK).succeeds();
}

#[test]
fn acceptance_survives_another_model() {
    let room = accepted(&[]);
    let check = ["check", "new", "--against", "news.redb", "--baseline", "accepted.toml"];
    room.run(&[&check[..], &["--model", "lexical"]].concat()).succeeds();
}

#[test]
fn a_stale_entry_fails_unless_allowed() {
    let room = accepted(&[]);
    room.write("new/herald.md", &fall_of_tal_rifat("The Herald", 3));
    // The sentence of the accepted finding is there no more, and nothing like it conflicts.
    room.check(&CHECK).ends_with(1).says("is stale");
    room.check(&[&CHECK[..], &["--allow-stale"]].concat()).succeeds();
    assert_eq!(room.summary(&CHECK)["stale"].as_array().unwrap().len(), 1);
}

#[test]
fn an_entry_on_articles_that_this_run_does_not_compare_is_not_stale() {
    let room = accepted(&[]);
    room.run(&["archive", "add", "news.redb", "new"]).succeeds();
    room.write("today/park.md", &park(2));
    let check = ["today", "--against", "news.redb", "--baseline", "accepted.toml"];
    room.check(&check).succeeds();
}

#[test]
fn an_entry_of_a_kind_that_is_not_looked_for_is_not_stale() {
    let room = accepted(&[]);
    room.check(&[&CHECK[..], &["--kinds", "place"]].concat()).succeeds();
}

#[test]
fn nothing_is_stale_where_not_everything_was_compared() {
    let room = accepted(&[]);
    let ended = room.check(&[&CHECK[..], &["--max-time", "0"]].concat()).ends_with(2);
    assert!(!ended.err.contains("is stale"), "{}", ended.err);
}

#[test]
fn an_entry_on_an_article_that_was_superseded_is_stale() {
    let room = accepted(&[]);
    room.write("notice.md", &park(1));
    room.run(&["archive", "add", "news.redb", "notice.md", "--supersedes", "gazette"]).succeeds();
    room.check(&CHECK).ends_with(1).says("is stale");
}

#[test]
fn acceptance_comes_before_severity() {
    let room = accepted(&[]);
    // That nothing is severe enough makes no entry stale.
    room.check(&[&CHECK[..], &["--fail-on", "high"]].concat()).succeeds();
    room.check(&[&CHECK[..], &["--min-confidence", "1"]].concat()).succeeds();
}

#[test]
fn an_expired_entry_accepts_nothing_and_says_so() {
    let room = accepted(&["--expires", "2020-01-31"]);
    room.check(&CHECK).ends_with(1).says("expired on 2020-01-31, and accepts nothing");
}

#[test]
fn an_entry_counts_until_its_last_day() {
    let room = accepted(&["--expires", "9999-12-31"]);
    room.check(&CHECK).succeeds();
}

#[test]
fn a_changed_sentence_reopens_the_entry_and_says_so() {
    let room = accepted(&[]);
    room.write("new/herald.md", &fall_of_tal_rifat("The Herald", 6));
    room.check(&CHECK)
        .ends_with(1)
        .says("counts no more, since herald now reads \"The town of Tal Rifat fell to the rebels on 6 March 2016.\"");
    let summary = room.summary(&CHECK);
    assert_eq!(summary["reopened"][0]["fingerprint"], summary["failing"][0]);
    assert!(summary["stale"].as_array().unwrap().is_empty(), "it is not stale as well");
}

#[test]
fn accepting_what_was_reopened_replaces_its_entry() {
    let room = accepted(&[]);
    room.write("new/herald.md", &fall_of_tal_rifat("The Herald", 6));
    update(&room, "accepted.toml", &[]).succeeds().says("1 accepted, 1 entries");
    room.check(&CHECK).succeeds();
}

#[test]
fn pruning_takes_out_what_is_stale_or_expired() {
    let room = accepted(&[]);
    room.write("new/herald.md", &fall_of_tal_rifat("The Herald", 3));
    prune(&room).succeeds().says("1 taken out, 0 entries");
    room.check(&CHECK).succeeds();

    let room = accepted(&["--expires", "2020-01-31"]);
    prune(&room).succeeds().says("1 taken out, 0 entries");
}

#[test]
fn pruning_keeps_what_is_still_there_with_its_comments() {
    let room = accepted(&[]);
    let text =
        room.read("accepted.toml").replace("[[entries]]", "# The desk has seen both.\n[[entries]]");
    room.write("accepted.toml", &format!("# Ours.\n{text}"));
    let before = room.read("accepted.toml");
    prune(&room).succeeds().says("0 taken out, 1 entries");
    assert_eq!(room.read("accepted.toml"), before);
}

#[test]
fn an_entry_goes_with_the_comment_above_it_and_no_other() {
    let room = accepted(&[]);
    let mine = room.read("accepted.toml").split_once("[[entries]]").unwrap().1.to_owned();
    let other = mine.replacen("fingerprint = \"", "fingerprint = \"0", 1).replace("2016", "1916");
    let other = other.replace("article = \"herald\"", "article = \"other\"");
    room.write(
        "accepted.toml",
        &format!("# Ours.\nversion = 1\n\n# Of the fall.\n[[entries]]{mine}\n# Of a war long ago.\n[[entries]]{other}"),
    );
    room.write("new/herald.md", &fall_of_tal_rifat("The Herald", 3));
    prune(&room).succeeds().says("1 taken out, 1 entries");
    let text = room.read("accepted.toml");
    assert!(
        text.starts_with("# Ours.\nversion = 1\n") && text.contains("# Of a war long ago."),
        "{text}"
    );
    assert!(!text.contains("# Of the fall."), "{text}");
}

#[test]
fn a_baseline_that_was_not_written_our_way_is_written_anew_and_never_broken() {
    let entry = accepted(&[]).read("accepted.toml").split_once("[[entries]]").unwrap().1.to_owned();
    let fields: Vec<&str> = entry.lines().filter(|line| !line.is_empty()).collect();
    let inline = format!("version = 1\nentries = [{{ {} }}]\n", fields.join(", "));
    let header_in_a_text = format!(
        "version = 1\n[[entries]]{}",
        entry.replace("reason = \"Both are right\"", "reason = \"\"\"Both\n[[entries]]\n\"\"\"")
    );
    for text in [inline, header_in_a_text] {
        let room = Newsroom::with_conflict();
        room.write("accepted.toml", &text);
        room.check(&CHECK).succeeds();
        room.write("new/herald.md", &fall_of_tal_rifat("The Herald", 6));
        // The entry is re-opened, and another takes its place.
        update(&room, "accepted.toml", &[]).succeeds().says("1 accepted, 1 entries");
        room.check(&CHECK).succeeds();
        prune(&room).succeeds().says("0 taken out, 1 entries");
    }
}

#[test]
fn nothing_is_written_where_something_was_not_read() {
    let room = accepted(&[]);
    let before = room.read("accepted.toml");
    room.write("new/broken.jsonl", "{\"text\": \n");
    update(&room, "accepted.toml", &[]).ends_with(2).says("accepted.toml is left as it was");
    prune(&room).ends_with(2);
    assert_eq!(room.read("accepted.toml"), before);
}

#[test]
fn a_baseline_may_be_json() {
    let room = Newsroom::with_conflict();
    update(&room, "accepted.json", &["--expires", "9999-12-31"]).succeeds();
    let json: serde_json::Value = serde_json::from_str(&room.read("accepted.json")).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["entries"][0]["expires"], "9999-12-31");
    room.check(&["new", "--against", "news.redb", "--baseline", "accepted.json"]).succeeds();
}

#[test]
fn an_acceptance_needs_a_reason() {
    let room = Newsroom::with_conflict();
    let arguments =
        ["baseline", "update", "accepted.toml", "new", "--model", "none", "--reason", " "];
    room.run(&arguments).ends_with(2).says("give a reason");
    assert!(!room.path("accepted.toml").exists());
}

#[test]
fn a_baseline_that_is_wrong_is_an_error_with_its_line_and_the_findings_are_written() {
    let good = accepted(&[]).read("accepted.toml");
    for (text, line, problem) in [
        (good.replace("kind = \"time\"", "kind = \"tim\""), 6, "unknown variant"),
        (good.replace("reason = \"Both are right\"", "reason = \"\""), 5, "gives no reason"),
        (good.replace("reason =", "raeson ="), 7, "unknown field"),
        (format!("{good}{}", good.split_once("version = 1\n").unwrap().1), 5, "stands there twice"),
    ] {
        let room = Newsroom::with_conflict();
        room.write("accepted.toml", &text);
        let ended =
            room.check(&CHECK).ends_with(2).says(problem).says(&format!("accepted.toml:{line}"));
        assert_eq!(ended.findings().len(), 1);
    }
}

#[test]
fn a_baseline_of_a_newer_version_is_refused() {
    let room = accepted(&[]);
    room.write("accepted.toml", &room.read("accepted.toml").replace("version = 1", "version = 2"));
    room.check(&CHECK).ends_with(2).says("version 2 is of a newer crossclaim");
}

#[test]
fn a_baseline_that_is_not_there_is_an_error() {
    let room = Newsroom::with_conflict();
    room.check(&CHECK).ends_with(2).says("accepted.toml: cannot read");
}
