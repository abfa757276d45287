//! The time stage against tables of sentences, one per language, in `rules/time/<code>.tsv`.
//!
//! Columns: sentence, expression (`-`: there is none), publication date (may be partial or `-`),
//! TIMEX3 value once resolved (`*`: any), expected intervals (`first/last` or one day, separated by
//! spaces, `-` for none), the interval of the date under discussion (`-` for none), and the set that
//! the row is in: `dev` rows were looked at while the packs were written, `held` rows only counted.
//!
//! A row passes if the expressions that overlap the wanted one all have the wanted intervals and
//! value. A row without an expression passes if no date is found: a bare duration is none.
//!
//! `cargo test --test time_tables misses -- --ignored --nocapture` prints the misses of all tables.

#![allow(clippy::panic)] // A malformed table is a failed test.

use crossclaim::article::{Article, PartialDate};
use crossclaim::claim::annotate::annotate;
use crossclaim::claim::time::{DateInterval, TimeExpression, TimeRole, publication_days};
use crossclaim::claim::tokens::tokenize;
use crossclaim::language::Languages;
use crossclaim::span::Span;

/// The share of a table's rows that must pass.
const REQUIRED: f64 = 0.95;

/// The six languages with full packs: code, table, rows at least.
const FULL: [(&str, &str, usize); 6] = [
    ("ar", include_str!("rules/time/ar.tsv"), 200),
    ("de", include_str!("rules/time/de.tsv"), 200),
    ("en", include_str!("rules/time/en.tsv"), 200),
    ("es", include_str!("rules/time/es.tsv"), 200),
    ("fr", include_str!("rules/time/fr.tsv"), 200),
    ("ru", include_str!("rules/time/ru.tsv"), 200),
];

/// The languages that have what CLDR gives: absolute dates.
const GENERIC: [(&str, &str, usize); 9] = [
    ("bg", include_str!("rules/time/bg.tsv"), 20),
    ("el", include_str!("rules/time/el.tsv"), 20),
    ("hi", include_str!("rules/time/hi.tsv"), 20),
    ("sw", include_str!("rules/time/sw.tsv"), 20),
    ("th", include_str!("rules/time/th.tsv"), 20),
    ("tr", include_str!("rules/time/tr.tsv"), 20),
    ("ur", include_str!("rules/time/ur.tsv"), 20),
    ("vi", include_str!("rules/time/vi.tsv"), 20),
    ("zh", include_str!("rules/time/zh.tsv"), 20),
];

fn interval(text: &str) -> DateInterval {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    let day = |d: &str| d.parse().expect("a day in the table");
    DateInterval { first: day(first), last: day(last) }
}

fn intervals(text: &str) -> Vec<DateInterval> {
    if text == "-" { Vec::new() } else { text.split(' ').map(interval).collect() }
}

/// One row of a table.
struct Row<'t> {
    line: usize,
    sentence: &'t str,
    wanted: Option<&'t str>,
    published: Option<PartialDate>,
    value: &'t str,
    intervals: Vec<DateInterval>,
    discourse: Vec<DateInterval>,
    held: bool,
}

fn rows(table: &str) -> Vec<Row<'_>> {
    let lines = table.lines().enumerate();
    let content = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    content
        .map(|(number, line)| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [sentence, wanted, published, value, expected, discourse, set] = columns[..] else {
                panic!("line {} has {} columns, not 7", number + 1, columns.len());
            };
            Row {
                line: number + 1,
                sentence,
                wanted: (wanted != "-").then_some(wanted),
                published: (published != "-").then(|| published.parse().expect("a date")),
                value,
                intervals: intervals(expected),
                discourse: intervals(discourse),
                held: set == "held",
            }
        })
        .collect()
}

/// The expressions of the sentence as an article of that day has them.
fn read(code: &str, row: &Row<'_>, languages: &Languages) -> Vec<TimeExpression> {
    let fields = serde_json::json!({
        "id": "row", "path": "", "outlet": null, "title": null, "url": null, "language": code,
        "date": row.published, "date_source": "unknown", "text": row.sentence,
        "body": Span::new(0, row.sentence.len()), "hash": "",
    });
    let article: Article = serde_json::from_value(fields).expect("an article");
    let claims = annotate(&article, languages);
    let mut found: Vec<TimeExpression> = claims.into_iter().flat_map(|claim| claim.times).collect();
    if found.is_empty() {
        // Too short for a claim.
        let language = languages.get(code).expect("a language of the table");
        found = language.time.find(row.sentence, &tokenize(row.sentence, 0));
    }
    let publication = publication_days(row.published.as_ref());
    for expression in &mut found {
        expression.resolve(&publication, &row.discourse, None);
    }
    found
}

/// What is wrong with a row; none if it passes.
fn miss(code: &str, row: &Row<'_>, languages: &Languages) -> Option<String> {
    let found = read(code, row, languages);
    let told = |e: &TimeExpression| {
        let spans: Vec<_> = e.intervals.iter().map(|i| format!("{}/{}", i.first, i.last)).collect();
        format!("{:?} {} {}", e.text, e.value, spans.join(" "))
    };
    let Some(wanted) = row.wanted else {
        let dated: Vec<_> = found.iter().filter(|e| !e.intervals.is_empty()).map(told).collect();
        return (!dated.is_empty())
            .then(|| format!("{code}:{} {} — no date, found {dated:?}", row.line, row.sentence));
    };
    let start = row.sentence.find(wanted).expect("the expression stands in the sentence");
    let end = start + wanted.len();
    let mut over = found.iter().filter(|e| e.span.start < end && start < e.span.end).peekable();
    let right = over.peek().is_some()
        && over
            .all(|e| e.intervals == row.intervals && [e.value.as_str(), "*"].contains(&row.value));
    (!right).then(|| {
        let expected: Vec<_> =
            row.intervals.iter().map(|i| format!("{}/{}", i.first, i.last)).collect();
        let seen: Vec<_> = found.iter().map(told).collect();
        format!(
            "{code}:{} {} — wanted {wanted:?} {} {}, found {seen:?}",
            row.line,
            row.sentence,
            row.value,
            expected.join(" ")
        )
    })
}

/// Prints what the rows of one set miss; how many passed, of how many.
fn count(
    code: &str,
    table: &str,
    held: bool,
    languages: &Languages,
    print: bool,
) -> (usize, usize) {
    let rows: Vec<_> = rows(table).into_iter().filter(|row| row.held == held).collect();
    let misses: Vec<_> = rows.iter().filter_map(|row| miss(code, row, languages)).collect();
    if print {
        misses.iter().for_each(|miss| println!("{miss}"));
    }
    (rows.len() - misses.len(), rows.len())
}

fn demand(tables: &[(&str, &str, usize)], held: bool) {
    let languages = Languages::builtin().expect("the built-in packs compile");
    let mut below = Vec::new();
    for (code, table, at_least) in tables {
        let all = rows(table).len();
        assert!(all >= *at_least, "{code} has {all} rows, {at_least} are wanted");
        let (passed, of) = count(code, table, held, &languages, !held);
        println!("{code}: {passed} of {of}");
        if (passed as f64) < REQUIRED * of as f64 {
            below.push(format!("{code}: {passed} of {of}"));
        }
    }
    assert!(below.is_empty(), "below {REQUIRED}: {below:?}");
}

#[test]
fn dates_relative_and_vague_expressions_of_six_languages() {
    demand(&FULL, false);
}

#[test]
fn absolute_dates_of_nine_languages_without_a_pack() {
    demand(&GENERIC, false);
}

#[test]
fn the_time_of_saying_is_told_from_the_time_of_the_event() {
    let languages = Languages::builtin().expect("the built-in packs compile");
    let table = include_str!("rules/time/reporting.tsv");
    let rows: Vec<&str> = table.lines().filter(|line| !line.starts_with('#')).collect();
    let mut misses = Vec::new();
    for row in &rows {
        let [code, sentence, wanted, role] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{row:?} has not 4 columns")
        };
        let language = languages.get(code).expect("a language of the table");
        let found = language.time.find(sentence, &tokenize(sentence, 0));
        let start = sentence.find(wanted).expect("the expression stands in the sentence");
        let over = found.iter().find(|e| e.span.start < start + wanted.len() && start < e.span.end);
        let read = over.map(|e| if e.role == TimeRole::Event { "event" } else { "reporting" });
        if read != Some(role) {
            misses.push(format!("{row}: {read:?}"));
        }
    }
    misses.iter().for_each(|miss| println!("{miss}"));
    println!("reporting: {} of {}", rows.len() - misses.len(), rows.len());
    assert!((misses.len() as f64) <= (1.0 - REQUIRED) * rows.len() as f64, "{misses:#?}");
}

#[test]
#[ignore = "prints what docs/quality.md says: cargo test --test time_tables misses -- --ignored --nocapture"]
fn misses() {
    let languages = Languages::builtin().expect("the built-in packs compile");
    for (code, table, _) in FULL.iter().chain(&GENERIC) {
        let (dev, dev_of) = count(code, table, false, &languages, true);
        let (held, held_of) = count(code, table, true, &languages, false);
        println!("| {code} | {dev} of {dev_of} | {held} of {held_of} |");
    }
}
