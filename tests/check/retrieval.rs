//! What is found in the archive is what a report over everything finds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crossclaim::archive::{AddOptions, Archive};
use crossclaim::article::Article;
use crossclaim::article::ingest::{IngestOptions, ingest};
use crossclaim::check::{CheckInput, CheckOptions, Persona, check};
use crossclaim::judge::Finding;
use crossclaim::pipeline::Pipeline;

use super::newsroom::{Kept, Newsroom, fall_of_tal_rifat, park};

fn seeds() -> Vec<Article> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    ingest(&[folder], &IngestOptions::default()).unwrap().articles
}

/// Fingerprints of what lies between a new article and any.
fn prints<'f>(findings: impl IntoIterator<Item = &'f Finding>, new: &str) -> BTreeSet<String> {
    let with_new = findings.into_iter().filter(|f| f.a.article == new || f.b.article == new);
    with_new.map(|finding| finding.fingerprint.clone()).collect()
}

/// For each of the samples: it alone is new, and the others are archived.
fn each_sample_against_the_others(
    whole: usize,
    same: impl Fn(&BTreeSet<String>, &BTreeSet<String>) -> bool,
) {
    let pipeline = Pipeline::builtin(None).unwrap();
    let everything = pipeline.run(seeds(), &|_, _| ()).unwrap().findings;
    let mut options = CheckOptions::new("2026-01-01".parse().unwrap());
    options.persona = Persona::Auditor;
    options.retrieval.whole = whole;
    let mut compared = 0;
    let archive = Archive::in_memory().unwrap();
    let add = |articles| {
        archive.add(articles, &pipeline.languages, &AddOptions::default(), &|_, _| ()).unwrap();
    };
    add(seeds());
    for new in seeds() {
        let id = new.id.clone();
        assert!(archive.remove(std::slice::from_ref(&id)).unwrap().is_empty());
        let input = CheckInput {
            batch: vec![new.clone()],
            archive: Some((&archive, "samples".to_owned())),
            baseline: None,
            errors: Vec::new(),
        };
        let report = check(&pipeline, input, &options, &|_, _| ()).unwrap();
        let (expected, found) = (prints(&everything, &id), prints(&report.findings, &id));
        assert_eq!(found.len(), report.findings.len(), "{id}: a finding without a new article");
        assert!(same(&expected, &found), "{id}: {expected:?} in all, {found:?} found");
        compared += expected.len();
        add(vec![new]);
    }
    assert_eq!(compared, 2 * everything.len(), "each finding was looked for from both its sides");
}

#[test]
fn a_small_archive_gives_what_a_report_over_everything_gives() {
    each_sample_against_the_others(100, |expected, found| expected == found);
}

#[test]
fn the_index_finds_all_that_a_report_over_everything_finds() {
    // Budgets that others' pairs would have used are free here, so there may be more.
    each_sample_against_the_others(0, |expected, found| expected.is_subset(found));
}

/// An archive of 110 articles about parks, and one about the fall of a town.
fn large_archive() -> Newsroom {
    static LARGE: LazyLock<Kept> = LazyLock::new(|| {
        let room = Newsroom::with_conflict();
        for n in 0..110 {
            room.write(&format!("parks/park{n}.md"), &park(n));
        }
        room.run(&["archive", "add", "news.redb", "parks"]).succeeds();
        room.keep()
    });
    Newsroom::again(&LARGE)
}

#[test]
fn of_a_large_archive_only_what_can_share_a_story_is_loaded() {
    let room = large_archive();
    room.check(&["new", "--against", "news.redb"]).ends_with(1);
    let summary = room.summary(&["new", "--against", "news.redb"]);
    assert_eq!(summary["archived"], 111);
    assert_eq!(summary["compared"], 1);
}

#[test]
fn a_folder_gives_what_an_archive_of_it_gives() {
    let room = large_archive();
    room.write("parks/gazette.md", &room.read("old/gazette.md"));
    let of_archive = room.check(&["new", "--against", "news.redb"]).ends_with(1);
    let of_folder = room.check(&["new", "--against", "parks"]).ends_with(1);
    let in_one_place = |out: &str| out.replace("parks/gazette.md", "old/gazette.md");
    assert_eq!(of_archive.out, in_one_place(&of_folder.out));
}

#[test]
fn a_batch_that_lies_in_the_folder_is_not_compared_with_itself_as_archived() {
    let room = Newsroom::with_conflict();
    room.write("old/herald.md", &fall_of_tal_rifat("The Herald", 5));
    let ended = room.check(&["old/herald.md", "--against", "old"]).ends_with(1);
    assert_eq!(ended.findings().len(), 1);
    let summary = room.summary(&["old/herald.md", "--against", "old"]);
    assert_eq!(summary["archived"], 2);
    assert_eq!(summary["compared"], 1);
}

#[test]
fn articles_of_another_year_are_not_loaded() {
    let room = large_archive();
    let text = fall_of_tal_rifat("The Gazette", 3).replace("2016-03-07", "2014-06-01");
    room.write("old/gazette.md", &text);
    room.run(&["archive", "add", "news.redb", "old"]).succeeds().says("1 changed");
    assert_eq!(room.summary(&["new", "--against", "news.redb"])["compared"], 0);
}

#[test]
fn an_article_without_a_date_is_looked_for_in_all_years() {
    let room = large_archive();
    room.write(
        "new/herald.md",
        &fall_of_tal_rifat("The Herald", 5).replace("date: 2016-03-07\n", ""),
    );
    assert_eq!(room.summary(&["new", "--against", "news.redb"])["compared"], 1);
}

#[test]
fn no_more_articles_are_loaded_than_asked_for() {
    let room = large_archive();
    for n in 0..6 {
        let paper = format!("Paper {n}");
        room.write(&format!("more/more{n}.md"), &fall_of_tal_rifat(&paper, 3 + n));
    }
    room.run(&["archive", "add", "news.redb", "more"]).succeeds();
    let summary = room.summary(&["new", "--against", "news.redb", "--per-article", "4"]);
    assert_eq!(summary["compared"], 4);
}
