//! The time stage against tables of sentences, one per language.
//!
//! Columns: sentence, expression (`-`: there is none), publication date (may be partial or `-`),
//! TIMEX3 value once resolved, expected intervals (`first/last` or one day, separated by spaces,
//! `-` for none), and perhaps the interval of the date under discussion.

use crossclaim::article::PartialDate;
use crossclaim::claim::time::{DateInterval, publication_days};
use crossclaim::claim::tokens::tokenize;
use crossclaim::language::Languages;

/// The share of a table's rows that must pass.
const REQUIRED: f64 = 0.95;

fn interval(text: &str) -> DateInterval {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    let day = |d: &str| d.parse().expect("a day in the table");
    DateInterval { first: day(first), last: day(last) }
}

fn intervals(text: &str) -> Vec<DateInterval> {
    if text == "-" { Vec::new() } else { text.split(' ').map(interval).collect() }
}

fn check(code: &str, table: &str) -> (usize, Vec<String>) {
    let languages = Languages::builtin().expect("the built-in packs compile");
    let language = languages.get(code).expect("a built-in pack");
    let mut rows = 0;
    let mut misses = Vec::new();
    for (number, line) in table.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        rows += 1;
        let columns: Vec<&str> = line.split('\t').collect();
        let (sentence, wanted, date) = (columns[0], columns[1], columns[2]);
        let mut found = language.time.find(sentence, &tokenize(sentence, 0));
        if wanted == "-" {
            if !found.is_empty() {
                let texts: Vec<_> = found.iter().map(|e| &e.text).collect();
                misses.push(format!("{code}:{} {sentence} — found {texts:?}", number + 1));
            }
            continue;
        }
        let partial: Option<PartialDate> =
            (date != "-").then(|| date.parse().expect("a date in the table"));
        let publication = publication_days(partial.as_ref());
        let discourse = columns.get(5).map_or(Vec::new(), |d| intervals(d));
        for expression in &mut found {
            expression.resolve(&publication, &discourse, None);
        }
        let expected = intervals(columns[4]);
        let hit = found
            .iter()
            .any(|e| e.text == wanted && e.value == columns[3] && e.intervals == expected);
        if !hit {
            let seen: Vec<String> = found
                .iter()
                .map(|e| {
                    let spans: Vec<String> =
                        e.intervals.iter().map(|i| format!("{}/{}", i.first, i.last)).collect();
                    format!("{:?} {} {}", e.text, e.value, spans.join(" "))
                })
                .collect();
            misses.push(format!(
                "{code}:{} {sentence} — wanted {wanted:?} {} {}, found {seen:?}",
                number + 1,
                columns[3],
                columns[4]
            ));
        }
    }
    (rows, misses)
}

fn demand(code: &str, table: &str, at_least: usize) {
    let (rows, misses) = check(code, table);
    for miss in &misses {
        println!("{miss}");
    }
    println!("{code}: {} of {rows}", rows - misses.len());
    assert!(rows >= at_least, "{code} has {rows} rows, {at_least} are wanted");
    assert!(
        (rows - misses.len()) as f64 >= REQUIRED * rows as f64,
        "{code}: {} of {rows} rows miss",
        misses.len()
    );
}

macro_rules! tables {
    ($($name:ident $code:literal $rows:literal),+) => {
        $(#[test]
        fn $name() {
            demand($code, include_str!(concat!("rules/time/", $code, ".tsv")), $rows);
        })+
    };
}

tables! {
    arabic "ar" 30, english "en" 60, french "fr" 80, german "de" 30, russian "ru" 30, spanish "es" 30
}
