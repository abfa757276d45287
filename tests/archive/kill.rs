//! kill -9: what was committed stays, and the archive is whole.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crossclaim::archive::{Archive, ArchiveOptions};

use super::newsroom::{Newsroom, park};

const ARTICLES: usize = 400;
const BATCH: usize = 16;

#[test]
fn a_killed_writer_loses_nothing_that_was_committed() {
    let room = Newsroom::new();
    let lines: String = (0..ARTICLES)
        .map(|n| {
            let text = park(n).split("---\n").nth(2).unwrap().to_owned();
            format!(
                "{}\n",
                serde_json::json!({ "id": n.to_string(), "text": text, "language": "en" })
            )
        })
        .collect();
    room.write("articles.jsonl", &lines);
    let add = ["archive", "add", "news.redb", "articles.jsonl", "--batch", "16"];
    let archive = Archive::at(room.path("news.redb"), ArchiveOptions::default());
    let mut killed_midway = false;
    for commits in [1, 8] {
        let mut child =
            room.command(&add).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        // The number of articles that the program has said are in the archive.
        let before = loop {
            let there = archive.len().unwrap_or(0);
            if there >= commits * BATCH || start.elapsed() > Duration::from_secs(60) {
                break there;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        child.kill().unwrap();
        child.wait().unwrap();
        room.run(&["archive", "verify", "news.redb"]).succeeds();
        let after = archive.len().unwrap();
        assert!(after >= before, "{after} of {before} articles are left");
        assert!(after.is_multiple_of(BATCH) || after == ARTICLES, "half a batch: {after}");
        killed_midway |= after < ARTICLES;
    }
    assert!(killed_midway, "the program was too fast to be killed");
    room.run(&add).succeeds().says("400 articles in all");
    room.run(&["archive", "verify", "news.redb"]).succeeds();
}
