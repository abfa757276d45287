//! The cache of scores: what is kept, what is found again, and what happens when something is wrong with it.

#![allow(clippy::unwrap_used, clippy::panic)] // a test may fail

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossclaim::error::{Error, Result};
use crossclaim::nli::cache::StoreOptions;
use crossclaim::nli::{
    CachedScorer, LexicalScorer, ModelOptions, NliModel, NliPair, NliScores, ScoreStats,
    ScoreStore, Scorer,
};
use proptest::prelude::*;
use tempfile::TempDir;

/// Scores that follow from the texts alone, and a count of the pairs that were asked for.
struct Counting {
    asked: AtomicU64,
    /// Gives up after so many pairs.
    patience: u64,
    identity: &'static str,
}

impl Counting {
    fn new() -> Counting {
        Counting { asked: AtomicU64::new(0), patience: u64::MAX, identity: "counting" }
    }

    fn answer(pair: &NliPair<'_>) -> NliScores {
        let sum = |text: &str| text.bytes().fold(1, |sum: u32, b| sum * 31 % 1009 + u32::from(b));
        let (a, b) = (sum(pair.premise) as f32, 2.0 * sum(pair.hypothesis) as f32);
        let all = a + b + 100.0;
        NliScores { entailment: a / all, neutral: b / all, contradiction: 100.0 / all }
    }
}

impl Scorer for Counting {
    fn name(&self) -> &str {
        "counting"
    }

    fn digest(&self) -> &str {
        ""
    }

    fn validated_for(&self, _: &str, _: &str) -> bool {
        true
    }

    fn score(&self, pairs: &[NliPair<'_>], _: &(dyn Fn(usize) + Sync)) -> Result<Vec<NliScores>> {
        Ok(pairs.iter().map(Counting::answer).collect())
    }

    fn score_each(
        &self,
        pairs: &[NliPair<'_>],
        found: &(dyn Fn(usize, NliScores) + Sync),
    ) -> Result<()> {
        for (index, pair) in pairs.iter().enumerate() {
            if self.asked.fetch_add(1, Ordering::Relaxed) >= self.patience {
                let (path, problem, remedy) = ("model".into(), "gave up".into(), "none".into());
                return Err(Error::Model { path, problem, remedy });
            }
            found(index, Counting::answer(pair));
        }
        Ok(())
    }

    fn identity(&self) -> Option<String> {
        Some(self.identity.to_owned())
    }

    fn stats(&self) -> ScoreStats {
        ScoreStats { scored: self.asked.load(Ordering::Relaxed), ..ScoreStats::default() }
    }
}

type Notes = Arc<Mutex<Vec<String>>>;

/// A cached scorer over this file, and what it tells the user.
fn cached_with(
    inner: impl Scorer + 'static,
    path: &Path,
    options: StoreOptions,
) -> (CachedScorer, Notes) {
    let notes = Notes::default();
    let told = Arc::clone(&notes);
    let note = Box::new(move |note: &str| told.lock().unwrap().push(note.to_owned()));
    (CachedScorer::new(Box::new(inner), ScoreStore::new(path, options), note), notes)
}

fn cached(inner: impl Scorer + 'static, path: &Path) -> CachedScorer {
    cached_with(inner, path, StoreOptions::default()).0
}

fn texts(range: std::ops::Range<usize>) -> Vec<(String, String)> {
    range.map(|i| (format!("Premise number {i}."), format!("Hypothesis number {i}."))).collect()
}

fn pairs(texts: &[(String, String)]) -> Vec<NliPair<'_>> {
    texts.iter().map(|(premise, hypothesis)| NliPair { premise, hypothesis }).collect()
}

fn expected(pairs: &[NliPair<'_>]) -> Vec<NliScores> {
    pairs.iter().map(Counting::answer).collect()
}

fn quiet(_done: usize) {}

fn place() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("cache/scores.redb");
    (folder, path)
}

fn tiny() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tiny-bert")
}

#[test]
fn a_second_run_gives_the_same_scores_to_the_bit_and_asks_the_model_nothing() {
    let (_folder, path) = place();
    let texts = texts(0..300);
    let pairs = pairs(&texts);
    let first = cached(NliModel::open(&tiny()).unwrap(), &path);
    let scores = first.score(&pairs, &quiet).unwrap();
    assert_eq!((first.stats().scored, first.stats().cached), (300, 0));
    drop(first);
    let second = cached(NliModel::open(&tiny()).unwrap(), &path);
    assert_eq!(second.score(&pairs, &quiet).unwrap(), scores);
    assert_eq!((second.stats().asked, second.stats().scored, second.stats().cached), (300, 0, 300));
}

#[test]
fn scores_of_one_run_are_found_again_before_they_are_committed() {
    let (_folder, path) = place();
    let texts = texts(0..5);
    let scorer = cached(Counting::new(), &path);
    scorer.score(&pairs(&texts), &quiet).unwrap();
    assert!(!path.exists());
    assert_eq!(scorer.score(&pairs(&texts), &quiet).unwrap(), expected(&pairs(&texts)));
    assert_eq!((scorer.stats().scored, scorer.stats().cached), (5, 5));
}

#[test]
fn a_run_that_breaks_off_resumes_where_it_was() {
    let (_folder, path) = place();
    let texts = texts(0..3000);
    let pairs = pairs(&texts);
    let breaks_off = cached(Counting { patience: 2500, ..Counting::new() }, &path);
    assert!(breaks_off.score(&pairs, &quiet).is_err());
    // A killed process would not come to its end: what matters is what is on the disk by now.
    std::mem::forget(breaks_off);
    let resumed = cached(Counting::new(), &path);
    assert_eq!(resumed.score(&pairs, &quiet).unwrap(), expected(&pairs));
    assert_eq!((resumed.stats().cached, resumed.stats().scored), (2000, 1000));
}

#[test]
fn a_hit_needs_the_same_model_labels_length_and_texts() {
    let (_folder, path) = place();
    let pair = NliPair { premise: "The bridge fell.", hypothesis: "Nobody was hurt." };
    let misses = |scorer: CachedScorer, pair: NliPair<'_>| {
        scorer.score(&[pair], &quiet).unwrap();
        scorer.stats().cached == 0
    };
    let open = |options: &ModelOptions| NliModel::open_with(&tiny(), options).unwrap();
    assert!(misses(cached(open(&ModelOptions::default()), &path), pair));
    assert!(!misses(cached(open(&ModelOptions::default()), &path), pair));
    let short = ModelOptions { max_length: Some(16), ..ModelOptions::default() };
    assert!(misses(cached(open(&short), &path), pair));
    let mut labels = open(&ModelOptions::default()).checkpoint().labels.clone();
    labels.swap(0, 2);
    let other_labels = ModelOptions { labels: Some(labels), ..ModelOptions::default() };
    assert!(misses(cached(open(&other_labels), &path), pair));
    assert!(misses(cached(Counting::new(), &path), pair));
    assert!(misses(cached(Counting { identity: "another", ..Counting::new() }, &path), pair));
    // The same letters, cut elsewhere; white space counts; and the other direction.
    let texts = [
        ("The bridge fell.N", "obody was hurt."),
        ("The bridge fell. ", "Nobody was hurt."),
        ("Nobody was hurt.", "The bridge fell."),
    ];
    for (premise, hypothesis) in texts {
        assert!(misses(cached(Counting::new(), &path), NliPair { premise, hypothesis }));
    }
    assert!(!misses(cached(Counting::new(), &path), pair));
}

#[test]
fn the_identity_names_the_libraries_that_are_used() {
    let identity = NliModel::open(&tiny()).unwrap().identity().unwrap();
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    let lock = fs::read_to_string(lock).unwrap();
    for library in ["tokenizers", "rten"] {
        let entry = format!("name = \"{library}\"\nversion = \"");
        let version = lock.split_once(&entry).unwrap().1.split('"').next().unwrap();
        let minor = version.rsplit_once('.').unwrap().0;
        assert!(identity.contains(&format!("{library} {minor}")), "{identity}");
    }
}

#[test]
fn what_needs_no_model_is_not_kept() {
    let (_folder, path) = place();
    let texts = texts(0..5);
    let lexical = cached(LexicalScorer, &path);
    lexical.score(&pairs(&texts), &quiet).unwrap();
    drop(lexical);
    assert!(!path.exists());
    // Nor are identical texts, which no model is asked about.
    let model = cached(NliModel::open(&tiny()).unwrap(), &path);
    let same = NliPair { premise: "The bridge fell.", hypothesis: "The bridge fell." };
    assert_eq!(model.score(&[same], &quiet).unwrap(), [NliScores::IDENTICAL]);
    drop(model);
    assert!(!path.exists());
}

#[test]
fn progress_counts_what_the_cache_knew() {
    let (_folder, path) = place();
    let texts = texts(0..40);
    let pairs = pairs(&texts);
    cached(Counting::new(), &path).score(&pairs[..30], &quiet).unwrap();
    let seen = Mutex::new(Vec::new());
    let scorer = cached(Counting::new(), &path);
    scorer.score(&pairs, &|done| seen.lock().unwrap().push(done)).unwrap();
    let seen = seen.into_inner().unwrap();
    assert!(seen.is_sorted(), "{seen:?}");
    assert_eq!(seen.last(), Some(&40));
    let none = Mutex::new(Vec::new());
    scorer.score(&[], &|done| none.lock().unwrap().push(done)).unwrap();
    assert_eq!(none.into_inner().unwrap(), [0]);
}

/// A store with these pairs, and its bytes.
fn filled(path: &Path, pairs: &[NliPair<'_>]) -> Vec<u8> {
    cached(Counting::new(), path).score(pairs, &quiet).unwrap();
    fs::read(path).unwrap()
}

#[test]
fn a_damaged_store_is_set_aside_and_a_new_one_begun() {
    let (_folder, path) = place();
    let texts = texts(0..2000);
    let pairs = pairs(&texts);
    let whole = filled(&path, &pairs);
    let mut zeros = whole.clone();
    zeros[4096..16384].fill(0);
    let cases =
        [whole[..whole.len() / 2].to_vec(), whole[..100].to_vec(), b"no store".to_vec(), zeros];
    for damaged in cases {
        fs::write(&path, &damaged).unwrap();
        let (scorer, notes) = cached_with(Counting::new(), &path, StoreOptions::default());
        assert_eq!(scorer.score(&pairs, &quiet).unwrap(), expected(&pairs));
        drop(scorer);
        let notes = notes.lock().unwrap();
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("damaged") && notes[0].contains("scores.redb"), "{notes:?}");
        let aside = path.with_file_name("scores.redb.damaged");
        assert_eq!(fs::metadata(&aside).unwrap().len(), damaged.len() as u64);
        let again = cached(Counting::new(), &path);
        again.score(&pairs, &quiet).unwrap();
        assert_eq!(again.stats().cached, 2000);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn damaged_bytes_give_no_wrong_score(
        at in any::<prop::sample::Index>(),
        flips in prop::collection::vec(any::<u8>(), 1..64),
    ) {
        let (_folder, path) = place();
        let texts = texts(0..400);
        let pairs = pairs(&texts);
        let mut bytes = filled(&path, &pairs);
        let at = at.index(bytes.len());
        for (byte, flip) in bytes[at..].iter_mut().zip(flips) {
            *byte ^= flip;
        }
        fs::write(&path, &bytes).unwrap();
        let scorer = cached(Counting::new(), &path);
        prop_assert_eq!(scorer.score(&pairs, &quiet).unwrap(), expected(&pairs));
    }
}

#[test]
fn an_empty_file_becomes_a_store() {
    let (_folder, path) = place();
    fs::create_dir(path.parent().unwrap()).unwrap();
    File::create(&path).unwrap();
    let texts = texts(0..10);
    let (scorer, notes) = cached_with(Counting::new(), &path, StoreOptions::default());
    scorer.score(&pairs(&texts), &quiet).unwrap();
    drop(scorer);
    assert!(notes.lock().unwrap().is_empty());
    assert_eq!(ScoreStore::new(&path, StoreOptions::default()).summary().unwrap().pairs, 10);
}

#[test]
fn a_store_of_a_newer_version_is_left_as_it_is() {
    let (_folder, path) = place();
    fs::create_dir(path.parent().unwrap()).unwrap();
    let meta: redb::TableDefinition<&str, u64> = redb::TableDefinition::new("meta");
    let db = redb::Database::create(&path).unwrap();
    let transaction = db.begin_write().unwrap();
    transaction.open_table(meta).unwrap().insert("format", 2).unwrap();
    transaction.commit().unwrap();
    drop(db);
    let texts = texts(0..1500);
    let pairs = pairs(&texts);
    let (scorer, notes) = cached_with(Counting::new(), &path, StoreOptions::default());
    assert_eq!(scorer.score(&pairs, &quiet).unwrap(), expected(&pairs));
    drop(scorer);
    let notes = notes.lock().unwrap();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("newer crossclaim"), "{notes:?}");
    assert!(!path.with_file_name("scores.redb.damaged").exists());
    let db = redb::Database::open(&path).unwrap();
    use redb::{ReadableDatabase, ReadableTableMetadata};
    let tables = db.begin_read().unwrap();
    assert_eq!(tables.open_table(meta).unwrap().len().unwrap(), 1);
    assert_eq!(tables.list_tables().unwrap().count(), 1);
}

#[test]
fn a_place_that_cannot_be_written_is_told_once() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let path = folder.path().join("file/scores.redb");
    let texts = texts(0..1500);
    let pairs = pairs(&texts);
    let (scorer, notes) = cached_with(Counting::new(), &path, StoreOptions::default());
    assert_eq!(scorer.score(&pairs, &quiet).unwrap(), expected(&pairs));
    assert_eq!(scorer.score(&pairs, &quiet).unwrap(), expected(&pairs));
    drop(scorer);
    let notes = notes.lock().unwrap();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("--no-cache"), "{notes:?}");
}

#[test]
fn a_store_that_another_process_keeps_is_done_without() {
    let (_folder, path) = place();
    let texts = texts(0..20);
    let pairs = pairs(&texts);
    filled(&path, &pairs);
    let lock = File::open(path.with_file_name("scores.redb.lock")).unwrap();
    lock.lock().unwrap();
    let options = StoreOptions { patience: Duration::from_millis(20), ..StoreOptions::default() };
    let (scorer, notes) = cached_with(Counting::new(), &path, options);
    assert_eq!(scorer.score(&pairs, &quiet).unwrap(), expected(&pairs));
    assert_eq!(scorer.stats().cached, 0);
    let notes = notes.lock().unwrap();
    assert!(notes.len() == 1 && notes[0].contains("another process"), "{notes:?}");
}

#[test]
fn runs_at_once_share_one_store() {
    let (_folder, path) = place();
    let texts = texts(0..6000);
    let pairs = pairs(&texts);
    // Each its own handle, as processes have, with parts in common.
    std::thread::scope(|scope| {
        for start in [0, 1000, 2000, 3000] {
            let (path, part) = (&path, &pairs[start..start + 3000]);
            scope.spawn(move || {
                let (scorer, notes) = cached_with(Counting::new(), path, StoreOptions::default());
                for window in part.chunks(500) {
                    assert_eq!(scorer.score(window, &quiet).unwrap(), expected(window));
                }
                drop(scorer);
                assert!(notes.lock().unwrap().is_empty(), "{notes:?}");
            });
        }
    });
    let after = cached(Counting::new(), &path);
    after.score(&pairs, &quiet).unwrap();
    assert_eq!(after.stats().cached, 6000);
}

static CLOCK: AtomicU64 = AtomicU64::new(0);

#[test]
fn above_the_size_limit_what_was_unused_for_longest_goes() {
    const HOUR: u64 = 3600;
    let (_folder, path) = place();
    let texts = texts(0..40_000);
    let pairs = pairs(&texts);
    let options = StoreOptions {
        max_bytes: 4 * 1024 * 1024,
        now: || CLOCK.load(Ordering::Relaxed),
        ..StoreOptions::default()
    };
    let score = |hour: u64, part: &[NliPair<'_>]| {
        CLOCK.store(hour * HOUR, Ordering::Relaxed);
        let (scorer, notes) = cached_with(Counting::new(), &path, options.clone());
        assert_eq!(scorer.score(part, &quiet).unwrap(), expected(part));
        let cached = scorer.stats().cached;
        drop(scorer);
        assert!(notes.lock().unwrap().is_empty(), "{notes:?}");
        assert!(fs::metadata(&path).unwrap().len() <= options.max_bytes);
        cached
    };
    let (old, used_again) = (&pairs[..1000], &pairs[1000..2000]);
    score(1, old);
    score(2, used_again);
    score(3, &pairs[2000..16_000]);
    assert_eq!(score(5, used_again), 1000);
    // Bit by bit, until the first are gone.
    let store = ScoreStore::new(&path, options.clone());
    let mut scored = 16_000;
    while store.summary().unwrap().pairs == scored as u64 {
        score(6, &pairs[scored..scored + 2000]);
        scored += 2000;
    }
    assert!(scored > 20_000, "{scored}");
    assert_eq!(score(7, old), 0);
    assert_eq!(score(8, used_again), 1000);
    let before = store.summary().unwrap();
    assert!(before.pairs > 10_000, "{before:?}");
    assert_eq!(before.latest_use, Some(8 * HOUR));

    // By hand, further down.
    let dropped = store.prune(1024 * 1024).unwrap();
    let after = store.summary().unwrap();
    assert_eq!(after.pairs + dropped, before.pairs);
    assert!(after.bytes <= 1024 * 1024 && after.pairs > 2000, "{after:?}");
    assert_eq!(score(9, used_again), 1000);

    assert!(store.clear().unwrap() > 0);
    assert!(!path.exists());
    assert_eq!(store.summary().unwrap().pairs, 0);
    assert_eq!(store.prune(0).unwrap(), 0);
}

/// `crossclaim` with its cache in this folder.
fn crossclaim(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossclaim"));
    command.current_dir(folder).env("CROSSCLAIM_CACHE_DIR", folder.path().join("cache"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// `crossclaim score` with a tiny model.
fn score(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = crossclaim(folder, &["score", "--verbose", "--model"]);
    command.arg(tiny()).args(arguments);
    command
}

fn table(texts: &[(String, String)]) -> String {
    let rows = texts.iter().map(|(premise, hypothesis)| format!("{premise}\t{hypothesis}\n"));
    "premise\thypothesis\n".to_owned() + &rows.collect::<String>()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The number before these words in what `--verbose` says.
fn told(output: &Output, words: &str) -> u64 {
    let text = stderr(output);
    let before = text.split_once(words).unwrap_or_else(|| panic!("no {words:?} in {text}")).0;
    before.trim_end().rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_second_report_on_the_same_articles_scores_nothing() {
    let folder = TempDir::new().unwrap();
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/abou-kamal");
    let report = || {
        let mut command = crossclaim(&folder, &["report", "-v", "-f", "json", "--model"]);
        command.arg(tiny()).arg(&seeds).output().unwrap()
    };
    let (first, second) = (report(), report());
    assert!(first.status.success() && second.status.success(), "{}", stderr(&second));
    let asked = told(&first, "pairs asked");
    assert!(asked > 0 && told(&first, "from the cache") == 0);
    assert_eq!(told(&first, "scored"), asked - told(&first, "of identical texts"));
    assert_eq!((told(&second, "pairs asked"), told(&second, "scored")), (asked, 0));
    assert_eq!(told(&second, "batches"), 0);
    assert_eq!(stdout(&first), stdout(&second));
}

#[test]
fn a_run_killed_in_the_middle_has_kept_what_it_wrote() {
    let folder = TempDir::new().unwrap();
    let input = table(&texts(0..1500));
    let mut child =
        score(&folder, &["-", "--window", "500"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(input.as_bytes()).unwrap();
    // Its input stays open. A header and two windows are out, so a thousand pairs are committed.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let written: Vec<String> = lines.by_ref().take(1001).map(|line| line.unwrap()).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    fs::write(folder.path().join("pairs.tsv"), &input).unwrap();
    let again = score(&folder, &["pairs.tsv"]).output().unwrap();
    assert!(told(&again, "from the cache") >= 1000, "{}", stderr(&again));
    let out = stdout(&again);
    assert_eq!(out.lines().count(), 1501);
    assert_eq!(out.lines().take(1001).collect::<Vec<_>>(), written);
}

#[test]
fn two_processes_at_once_lose_nothing_and_get_nothing_wrong() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("pairs.tsv"), table(&texts(0..2500))).unwrap();
    let alone = score(&folder, &["pairs.tsv", "--no-cache", "--window", "300"]).output().unwrap();
    assert!(!folder.path().join("cache").exists());
    let start = || score(&folder, &["pairs.tsv", "--window", "300"]).spawn().unwrap();
    let both = [start(), start()].map(|child: Child| child.wait_with_output().unwrap());
    for output in &both {
        assert!(output.status.success(), "{}", stderr(output));
        assert!(!stderr(output).contains("note"), "{}", stderr(output));
        assert_eq!(told(output, "from the cache") + told(output, "scored"), 2500);
        let far = stdout(output).lines().zip(stdout(&alone).lines()).any(|(a, b)| {
            let numbers = |line: &str| -> Vec<f32> {
                line.split('\t').filter_map(|value| value.parse().ok()).collect()
            };
            numbers(a).iter().zip(numbers(b)).any(|(a, b)| (a - b).abs() > 1e-5)
        });
        assert!(!far);
        assert_eq!(stdout(output).lines().count(), 2501);
    }
    let after = score(&folder, &["pairs.tsv"]).output().unwrap();
    assert_eq!((told(&after, "from the cache"), told(&after, "scored")), (2500, 0));
}

#[test]
fn the_cache_is_where_the_user_says() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("pairs.tsv"), table(&texts(0..3))).unwrap();
    let run = |arguments: &[&str]| {
        let output = score(&folder, arguments).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    };
    for (option, file) in [("kept", "kept/scores.redb"), ("my.redb", "my.redb")] {
        run(&["pairs.tsv", "--cache", option]);
        assert!(folder.path().join(file).is_file());
        let output = crossclaim(&folder, &["cache", "path", "--cache", option]).output().unwrap();
        assert_eq!(stdout(&output), format!("{file}\n"));
    }
    assert!(!folder.path().join("cache").exists());
    run(&["pairs.tsv"]);
    assert!(folder.path().join("cache/scores.redb").is_file());

    // Without anything said, the system's folder for caches.
    let mut command = score(&folder, &["pairs.tsv"]);
    command.env_remove("CROSSCLAIM_CACHE_DIR").env("HOME", folder.path());
    command.env("XDG_CACHE_HOME", folder.path().join("xdg")).output().unwrap();
    if cfg!(target_os = "linux") {
        assert!(folder.path().join("xdg/crossclaim/scores.redb").is_file());
    }
}

#[test]
fn the_cache_can_be_looked_at_pruned_and_cleared() {
    let folder = TempDir::new().unwrap();
    let cache = |arguments: &[&str]| {
        let output = crossclaim(&folder, &[&["cache"], arguments].concat()).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    assert!(cache(&["stats"]).contains("pairs     0\n"));
    fs::write(folder.path().join("pairs.tsv"), table(&texts(0..120))).unwrap();
    score(&folder, &["pairs.tsv"]).output().unwrap();
    let stats = cache(&["stats"]);
    assert!(stats.contains("pairs     120\n") && stats.contains("last used 2"), "{stats}");
    assert!(cache(&["prune"]).contains("0 pairs dropped, 120 kept"));
    assert!(cache(&["prune", "--max-size", "0"]).contains("120 pairs dropped, 0 kept"));
    assert!(cache(&["clear"]).contains("freed"));
    assert!(!folder.path().join("cache/scores.redb").exists());
    // Nothing there is no error.
    assert!(cache(&["clear"]).contains("0 KiB freed"));
}

#[test]
fn a_damaged_cache_is_a_note_and_no_error() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("pairs.tsv"), table(&texts(0..3))).unwrap();
    fs::write(folder.path().join("bad.redb"), "this is no store".repeat(1000)).unwrap();
    let run = || score(&folder, &["pairs.tsv", "--cache", "bad.redb"]).output().unwrap();
    let first = run();
    assert!(first.status.success());
    assert!(
        stderr(&first).contains("note: score cache bad.redb: it is damaged"),
        "{}",
        stderr(&first)
    );
    assert_eq!(stdout(&first).lines().count(), 4);
    assert!(folder.path().join("bad.redb.damaged").is_file());
    assert_eq!(told(&run(), "from the cache"), 3);
    // `cache` itself says so as an error.
    fs::write(folder.path().join("bad.redb"), "this is no store".repeat(1000)).unwrap();
    let stats = crossclaim(&folder, &["cache", "stats", "--cache", "bad.redb"]).output().unwrap();
    assert_eq!(stats.status.code(), Some(2));
    assert!(stderr(&stats).contains("it is damaged"), "{}", stderr(&stats));
}
