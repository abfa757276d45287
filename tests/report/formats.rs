//! What holds of every format: all findings are in it, nothing of an article steers it, and a check's verdict
//! shows. `scripts/validate_formats.sh` has them read by programs that are not ours.

use std::sync::LazyLock;

use crossclaim::article::ingest::{IngestOptions, ingest};
use crossclaim::judge::Finding;
use crossclaim::pipeline::Pipeline;
use crossclaim::report::{Report, ReportFormat};
use serde_json::Value;

use super::{fixture, options, rendered};

/// The fixture as the report of a check.
fn checked() -> Report {
    Report { check: Some(fixture::check()), ..fixture::report() }
}

/// The report on the sample corpus.
static SEEDS: LazyLock<Report> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let articles = ingest(&[folder], &IngestOptions::default()).unwrap().articles;
    let pipeline = Pipeline::builtin(None).unwrap();
    let mut report = pipeline.report(pipeline.run(articles, &|_, _| ()).unwrap(), Vec::new());
    report.relative_to(env!("CARGO_MANIFEST_DIR"));
    assert!(report.findings.len() > 10);
    report
});

fn seeds() -> Report {
    SEEDS.clone()
}

/// Every character below U+0020 but the white space that lines and tables are made of, ANSI's second introducer,
/// overrides and what has no width.
fn steers(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{feff}')
}

const HOSTILE: [&str; 8] = [
    "\u{1b}[31mred\u{1b}[0m \u{9b}31m \u{7}bell \0nul",
    "\u{202e}evil\u{202c} \u{2066}isolate\u{2069} a\u{200b}b \u{feff}",
    "::error file=passwd::all is lost ::add-mask::e ##[add-mask]e ##vso[task.complete]",
    "<script>alert(1)</script> <img src=x onerror=alert(1)> ]]> <!-- --> &amp; ${{ secrets.TOKEN }}",
    "**bold** [link](https://evil.example) @octocat #1 `code` | cell \\",
    "=HYPERLINK(\"https://evil.example\") {0} %0A%25 100%, a: b",
    "line\r\n::error::next\nline\u{2028}::warning::one more",
    "\" ' \\\" </title> </style> {{ 7 * 7 }} {% raw %}",
];

/// The fixture, checked, with one of the hostile texts wherever an article, a file or a person puts text.
fn hostile(text: &str) -> Report {
    let mut report = checked();
    let poison = |finding: &mut Finding| {
        for side in [&mut finding.a, &mut finding.b] {
            side.outlet = text.to_owned();
            side.sentence = text.to_owned();
            side.span = crossclaim::span::Span::new(0, text.len());
            side.evidence = vec![crossclaim::span::Span::new(0, text.len())];
            side.value = text.to_owned();
            side.value_label = crossclaim::report::label::text(text);
            side.published = Some(text.to_owned());
            side.article = text.to_owned();
            if let Some(place) = &mut side.place {
                place.path = text.to_owned();
            }
            for source in &mut side.attribution {
                source.source = text.to_owned();
            }
        }
        finding.question = crossclaim::report::label::text(text);
        finding.dossier = text.to_owned();
    };
    report.findings.iter_mut().for_each(poison);
    for dossier in &mut report.dossiers {
        dossier.id = text.to_owned();
        for position in &mut dossier.positions {
            position.value = text.to_owned();
            position.label = crossclaim::report::label::text(text);
        }
    }
    for article in &mut report.run.articles {
        article.id = text.to_owned();
        article.outlet = text.to_owned();
        article.title = Some(text.to_owned());
        article.url = Some(format!("https://{text}"));
    }
    report.run.problems = vec![text.to_owned()];
    let check = report.check.as_mut().unwrap();
    check.errors = vec![text.to_owned()];
    check.archive = Some(text.to_owned());
    check.new_articles = vec![text.to_owned()];
    check.accepted[0].reason = text.to_owned();
    check.stale[0].reason = text.to_owned();
    check.reopened[0].changed.before = text.to_owned();
    report
}

#[test]
fn every_finding_is_in_every_format() {
    let mut alone = fixture::report();
    alone.dossiers.clear();
    for (name, report) in [
        ("fixture", fixture::report()),
        ("check", checked()),
        ("no dossiers", alone),
        ("seeds", seeds()),
    ] {
        for code in ["en", "fr"] {
            for format in ReportFormat::ALL {
                let text = rendered(&report, format, &options(code, false));
                for finding in &report.findings {
                    let fingerprint = &finding.fingerprint;
                    assert!(text.contains(fingerprint), "{name}, {format}, {code}: {fingerprint}");
                }
            }
        }
    }
}

#[test]
fn the_verdict_of_a_check_is_in_what_people_read() {
    use ReportFormat::{Annotated, Github, Html, Markdown, Text};
    for format in [Text, Annotated, Html, Markdown, Github] {
        let text = rendered(&checked(), format, &options("en", false));
        assert!(text.contains("Error: not everything was read or compared"), "{format}");
        assert!(text.contains("raise --max-time") || text.contains("raise \\-\\-max"), "{format}");
        assert!(!rendered(&fixture::report(), format, &options("en", false)).contains("Error:"));
    }
}

#[test]
fn what_went_wrong_is_told_once() {
    let mut report = checked();
    report.run.problems = vec!["lost.txt: cannot be read".to_owned()];
    report.check.as_mut().unwrap().errors = report.run.problems.clone();
    for format in ReportFormat::ALL {
        // JSON keeps both lists; a case of JUnit has its error as its name too.
        let times = match format {
            ReportFormat::Json | ReportFormat::Junit => 2,
            ReportFormat::Jsonl | ReportFormat::Csv | ReportFormat::Gitlab => 0,
            _ => 1,
        };
        let text = rendered(&report, format, &options("en", false));
        assert_eq!(text.matches("lost.txt").count(), times, "{format}: {text}");
    }
}

#[test]
fn nothing_of_an_article_steers_any_format() {
    for text in HOSTILE {
        let report = hostile(text);
        for format in ReportFormat::ALL {
            let shown = rendered(&report, format, &options("en", false));
            // JSON and JSONL keep every byte, as escapes where a terminal would obey them.
            let found: Vec<char> = shown.chars().filter(|c| steers(*c)).collect();
            assert!(found.is_empty(), "{format}: {found:?} of {text:?}");
            let log_of_a_runner =
                [ReportFormat::Text, ReportFormat::Annotated, ReportFormat::Junit];
            if log_of_a_runner.contains(&format) {
                for line in shown.lines() {
                    // A command has a second pair of colons; `::: path` of a snippet has not.
                    let command = line.trim_start().strip_prefix("::");
                    assert!(!command.is_some_and(|c| c.contains("::")), "{format}: {line}");
                    assert!(!line.contains("##[") && !line.contains("##vso["), "{format}: {line}");
                }
            }
        }
    }
}

#[test]
fn json_keeps_every_byte_of_an_article() {
    for text in HOSTILE {
        let json = json(&hostile(text), ReportFormat::Json);
        assert_eq!(json["findings"][0]["a"]["sentence"], text);
        let lines = rendered(&hostile(text), ReportFormat::Jsonl, &options("en", false));
        let line: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        assert_eq!(line["b"]["sentence"], text);
    }
}

/// A workflow command as the runner takes it apart (`ActionCommand.TryParseV2`).
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let rest = line.strip_prefix("::").unwrap();
    let (head, message) = rest.split_once("::").unwrap();
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let unescaped = |text: &str, property: bool| {
        let text = match property {
            true => text.replace("%3A", ":").replace("%2C", ","),
            false => text.to_owned(),
        };
        text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    };
    let properties = properties
        .split(',')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(key, value)| (key.to_owned(), unescaped(value, true)))
        .collect();
    (name.to_owned(), properties, unescaped(message, false))
}

#[test]
fn github_takes_the_annotations_apart_as_they_were_meant() {
    let hostile = HOSTILE.map(hostile);
    for report in hostile.iter().chain([&checked(), &seeds()]) {
        let text = rendered(report, ReportFormat::Github, &options("en", false));
        let commands: Vec<_> = text.lines().map(command).collect();
        let of_findings = commands.iter().filter(|(_, properties, _)| properties.len() > 1);
        assert!(of_findings.count() + 1 >= report.findings.len());
        for (name, properties, message) in &commands {
            assert!(["error", "warning", "notice"].contains(&name.as_str()), "{name}");
            let get = |key: &str| properties.iter().find(|(k, _)| k == key).map(|(_, v)| v);
            assert!(get("title").is_some_and(|title| !title.is_empty()));
            assert!(!message.trim().is_empty());
            if get("line") != get("endLine") {
                assert_eq!((get("col"), get("endColumn")), (None, None));
            }
        }
    }
}

#[test]
fn annotations_point_at_the_new_article() {
    let text = rendered(&checked(), ReportFormat::Github, &options("en", false));
    let (_, properties, message) = command(text.lines().next().unwrap());
    assert_eq!(properties[0], ("file".to_owned(), "archive/a1.md".to_owned()));
    assert!(message.contains("archive/a2.md:1"), "{message}");
}

fn json(report: &Report, format: ReportFormat) -> Value {
    serde_json::from_str(&rendered(report, format, &options("en", false))).unwrap()
}

#[test]
fn sarif_has_what_code_scanning_asks_for() {
    let hostile = HOSTILE.map(hostile);
    for report in hostile.iter().chain([&fixture::report(), &checked(), &seeds()]) {
        let log = json(report, ReportFormat::Sarif);
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for rule in rules {
            for text in ["shortDescription", "fullDescription", "help"] {
                assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{rule}");
            }
        }
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), report.findings.len());
        for (result, finding) in results.iter().zip(&report.findings) {
            let index = result["ruleIndex"].as_u64().unwrap();
            assert_eq!(rules[index as usize]["id"], result["ruleId"]);
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            assert!(result["message"]["text"].as_str().unwrap().contains("](1)"));
            assert_eq!(result["relatedLocations"][0]["id"], 1);
            let hash = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
            assert_eq!(hash, format!("{}:1", finding.fingerprint));
            for location in [&result["locations"][0], &result["relatedLocations"][0]] {
                let physical = &location["physicalLocation"];
                if physical.is_null() {
                    continue;
                }
                let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
                assert!(uri.is_ascii() && !uri.contains([' ', '<', '"', '[', '#']), "{uri}");
                assert!(physical["region"]["startLine"].as_u64().unwrap() >= 1);
            }
        }
    }
}

#[test]
fn an_accepted_finding_is_suppressed_and_no_other() {
    let log = json(&checked(), ReportFormat::Sarif);
    let suppressed: Vec<bool> = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| !result["suppressions"].as_array().unwrap().is_empty())
        .collect();
    assert_eq!(suppressed, [false, true, false, false]);
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn sarif_stays_within_the_number_of_results_that_code_scanning_takes() {
    let mut report = fixture::report();
    report.dossiers.clear();
    let one = report.findings[3].clone();
    report.findings = vec![one; 25_003];
    let log = json(&report, ReportFormat::Sarif);
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 25_000);
    let note = &run["invocations"][0]["toolExecutionNotifications"][1]["message"]["text"];
    assert!(note.as_str().unwrap().starts_with("3 findings are left out"), "{note}");
}

#[test]
fn gitlab_s_fingerprints_are_unique_and_its_descriptions_begin_with_the_kind() {
    let mut report = checked();
    // A copy's finding has the same fingerprint.
    report.findings.push(report.findings[0].clone());
    let violations = json(&report, ReportFormat::Gitlab);
    let violations = violations.as_array().unwrap();
    let fingerprints: std::collections::BTreeSet<&str> =
        violations.iter().map(|v| v["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(fingerprints.len(), 5);
    for violation in violations {
        let kind = violation["check_name"].as_str().unwrap().strip_prefix("crossclaim/").unwrap();
        assert!(violation["description"].as_str().unwrap().starts_with(&format!("{kind}: ")));
        assert!(!violation["location"]["path"].as_str().unwrap().is_empty());
        assert!(violation["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
    }
}

#[test]
fn a_table_has_a_row_for_each_finding_and_no_formulas() {
    for report in HOSTILE.map(hostile).iter().chain([&seeds()]) {
        let text = rendered(report, ReportFormat::Csv, &options("en", false));
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let columns = table.headers().unwrap().len();
        let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), report.findings.len());
        for row in rows {
            assert_eq!(row.len(), columns);
            for cell in &row {
                assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
            }
        }
    }
}

#[test]
fn a_test_fails_for_each_question_with_a_failing_finding() {
    let xml = rendered(&checked(), ReportFormat::Junit, &options("en", false));
    assert_eq!(xml.matches("<failure").count(), 1, "{xml}");
    // The problem while reading and the error of the check.
    assert_eq!(xml.matches("<error").count(), 2, "{xml}");
    // Three questions, the two new articles of the batch (one of which was read), and the errors.
    assert_eq!(xml.matches("<testcase").count(), 3 + 2 + 2, "{xml}");
    let plain = rendered(&fixture::report(), ReportFormat::Junit, &options("en", false));
    assert_eq!(plain.matches("<failure").count(), 1, "a question with two contradictions: {plain}");
}

#[test]
fn the_summary_of_a_check_fits_a_comment() {
    let mut report = checked();
    let dossiers = report.dossiers.clone();
    for _ in 0..40 {
        report.dossiers.extend(dossiers.clone());
    }
    for code in ["en", "fr"] {
        let text = rendered(&report, ReportFormat::Markdown, &options(code, false));
        let length = text.encode_utf16().count();
        assert!((60_000..=65_536).contains(&length), "{length}");
        assert!(text.contains(if code == "en" { "left out here" } else { "faute de place" }));
    }
    let text = rendered(&checked(), ReportFormat::Markdown, &options("en", false));
    let verdict = text.find("# Error").unwrap();
    let uncompared = text.find("NOT COMPARED").unwrap();
    let question = text.find("When did").unwrap();
    assert!(verdict < uncompared && uncompared < question);
}
