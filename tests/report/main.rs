//! The report in every format and language.
#![allow(clippy::unwrap_used, clippy::panic)]

mod fixture;
mod formats;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use crossclaim::judge::{Kind, Message, Relation, Severity, Voices};
use crossclaim::report::locale::values::{COMPUTED, ROLES};
use crossclaim::report::{Locale, RenderOptions, Report, ReportFormat, Run, render};

fn options(code: &str, colour: bool) -> RenderOptions {
    let questions = BTreeMap::from([(
        "capture.time".to_owned(),
        match code {
            "fr" => "Quand {theme} est-elle tombée\u{a0}?".to_owned(),
            _ => "When did {theme} fall?".to_owned(),
        },
    )]);
    let locale = Locale::builtin(code).unwrap().with_questions(questions);
    RenderOptions { locale, width: 90, colour }
}

fn rendered(report: &Report, format: ReportFormat, options: &RenderOptions) -> String {
    let mut bytes = Vec::new();
    render(report, format, options, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn empty() -> Report {
    Report {
        run: Run {
            version: "0.1.0".to_owned(),
            model: None,
            calibrated: true,
            model_digest: None,
            articles: Vec::new(),
            claims: 0,
            pairs: 0,
            problems: Vec::new(),
        },
        dossiers: Vec::new(),
        findings: Vec::new(),
        check: None,
    }
}

/// The style sheet is a file of its own; a snapshot of it would only repeat it.
fn without_style(page: String) -> String {
    match (page.find("<style>"), page.find("</style>")) {
        (Some(start), Some(end)) => format!("{}{}", &page[..start + 7], &page[end..]),
        _ => page,
    }
}

#[test]
fn every_format_in_every_language_looks_as_it_did() {
    for code in Locale::codes() {
        for format in ReportFormat::ALL {
            let text = rendered(&fixture::report(), format, &options(code, false));
            insta::assert_snapshot!(format!("{format}-{code}"), without_style(text));
        }
    }
    for format in [ReportFormat::Text, ReportFormat::Annotated] {
        let coloured = rendered(&fixture::report(), format, &options("en", true));
        insta::assert_snapshot!(format!("{format}-en-colour"), coloured.replace('\u{1b}', "␛ESC"));
    }
    let checked = Report { check: Some(fixture::check()), ..fixture::report() };
    for format in ReportFormat::ALL {
        // A check differs where there is a verdict; JSON is held to its schema.
        if ![ReportFormat::Json, ReportFormat::Jsonl].contains(&format) {
            let text = rendered(&checked, format, &options("en", false));
            insta::assert_snapshot!(format!("check-{format}"), without_style(text));
        }
    }
}

#[test]
fn an_empty_report_says_so() {
    for format in ReportFormat::ALL {
        let text = rendered(&empty(), format, &options("en", false));
        insta::assert_snapshot!(format!("empty-{format}"), without_style(text));
    }
}

#[test]
fn json_fits_the_published_schema() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../docs/schema/report-v1.json")).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut odd = fixture::report();
    odd.findings[0].confidence = f64::NAN;
    odd.findings[1].confidence = 1.000_000_1;
    odd.findings[0].features.insert("lost".to_owned(), f64::INFINITY);
    let mut checked = fixture::report();
    checked.check = Some(fixture::check());
    for report in [fixture::report(), empty(), odd, checked] {
        for code in Locale::codes() {
            let text = rendered(&report, ReportFormat::Json, &options(code, false));
            let json = serde_json::from_str(&text).unwrap();
            let errors: Vec<String> = validator
                .iter_errors(&json)
                .map(|e| format!("{}: {e}", e.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }
}

#[test]
fn jsonl_keeps_the_contract() {
    let report = fixture::report();
    let text = rendered(&report, ReportFormat::Jsonl, &options("en", false));
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), report.findings.len());
    for (line, finding) in lines.iter().zip(&report.findings) {
        for field in ["fingerprint", "dossier", "question", "kind", "relation", "severity"] {
            assert!(line[field].is_string(), "{field}");
        }
        assert!(line["confidence"].to_string().len() <= 6, "{}", line["confidence"]);
        for (side, known) in [("a", &finding.a), ("b", &finding.b)] {
            let side = &line[side];
            assert_eq!(side["sentence"], known.sentence, "texts stay exact");
            assert_eq!(side["span"], serde_json::json!([known.span.start, known.span.end]));
            for field in ["article", "outlet", "evidence", "value", "attribution"] {
                assert!(!side[field].is_null(), "{field}");
            }
        }
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for format in ReportFormat::ALL {
        let options = options("fr", true);
        let report = fixture::report();
        assert_eq!(rendered(&report, format, &options), rendered(&report, format, &options));
    }
}

#[test]
fn nothing_of_an_article_steers_what_people_read() {
    for format in [ReportFormat::Text, ReportFormat::Markdown, ReportFormat::Html] {
        let text = rendered(&fixture::report(), format, &options("en", false));
        for hidden in ['\u{1b}', '\u{202e}', '\u{202c}', '\u{200b}'] {
            assert!(!text.contains(hidden), "{format}: {hidden:?}");
        }
        if format != ReportFormat::Text {
            assert!(!text.contains("<script"), "{format}");
            assert!(!text.contains("<b>Outlet"), "{format}");
            assert!(!text.contains("javascript:"), "{format}");
        }
    }
}

#[test]
fn the_page_asks_for_nothing() {
    let mut report = fixture::report();
    // A copy's finding has the same fingerprint; and one that no dossier holds is shown.
    report.findings.push(report.findings[0].clone());
    let page = rendered(&report, ReportFormat::Html, &options("en", false));
    assert!(page.contains("finding-0f3a5c7e9b1d2f40-2"));
    assert!(page.contains("default-src 'none'"));
    for tag in ["<script", "<link", "<img", "<iframe", "@import", "url("] {
        assert!(!page.contains(tag), "{tag}");
    }
    let ids: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unique: BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "every id once: {ids:?}");
}

/// `{names}` of a template, with and without their filters.
fn placeholders(template: &str) -> BTreeSet<&str> {
    template.split('{').skip(1).filter_map(|rest| rest.split(['}', ':']).next()).collect()
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_values() {
    let (en, fr) = (Locale::builtin("en").unwrap(), Locale::builtin("fr-CA").unwrap());
    assert_eq!(en.ids().collect::<Vec<_>>(), fr.ids().collect::<Vec<_>>());
    for id in en.ids() {
        let (a, b) = (en.template(id).unwrap(), fr.template(id).unwrap());
        assert_eq!(placeholders(a), placeholders(b), "{id}");
        for template in [a, b] {
            for (open, close) in [('{', '}'), ('[', ']')] {
                assert_eq!(template.matches(open).count(), template.matches(close).count(), "{id}");
            }
        }
    }
}

#[test]
fn every_id_that_the_code_names_has_a_text() {
    let sections = [
        "value",
        "time",
        "dates",
        "quantity",
        "participants",
        "actor",
        "place",
        "outcome",
        "denial",
        "claim",
        "stance",
        "nli",
        "event",
        "update",
        "correction",
        "granularity",
        "scope",
        "hedged",
        "reported-by",
        "attribution",
        "copies",
        "alias",
        "judge",
        "label",
        "summary",
        "date",
        "check",
    ];
    let locale = Locale::builtin("en").unwrap();
    let message =
        regex::Regex::new(r#"(?:Message::new|fill|label|labelled)\(\s*"([a-z-]+(?:\.[a-z-]+)+)""#)
            .unwrap();
    let mut unknown = Vec::new();
    let mut stack = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = stack.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for found in message.captures_iter(&text) {
                    let id = &found[1];
                    let section = id.split('.').next().unwrap();
                    let known = locale.template(id).is_some() || COMPUTED.contains(&id);
                    if sections.contains(&section) && !known {
                        unknown.push(format!("{}: {id}", path.display()));
                    }
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
    let template = include_str!("../../src/report/html/report.html.j2");
    for id in template.split("t(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(locale.template(&format!("label.{id}")).is_some(), "label.{id}");
    }
    for role in ROLES {
        assert!(locale.template(&format!("value.role.{role}")).is_some(), "{role}");
    }
}

#[test]
fn every_name_of_the_vocabulary_is_translated() {
    let kinds = [
        Kind::Time,
        Kind::Actor,
        Kind::Participant,
        Kind::Quantity,
        Kind::Place,
        Kind::Outcome,
        Kind::Denial,
        Kind::Claim,
        Kind::Stance,
    ];
    let relations = [
        Relation::Contradiction,
        Relation::DivergentAccount,
        Relation::Update,
        Relation::Correction,
        Relation::Granularity,
        Relation::Scope,
        Relation::Compatible,
    ];
    for code in Locale::codes() {
        let locale = Locale::builtin(code).unwrap();
        let mut names = Vec::new();
        names.extend(kinds.map(|kind| locale.kind(kind)));
        names.extend(relations.map(|relation| locale.relation(relation)));
        names.extend(relations.map(|relation| locale.relation_count(relation, 2)));
        names.extend([Severity::Low, Severity::Medium, Severity::High].map(|s| locale.severity(s)));
        names.extend(
            [Voices::OutletOutlet, Voices::SourceSource, Voices::OutletSource, Voices::SameSource]
                .map(|voices| locale.voices(voices)),
        );
        for name in names {
            assert!(!name.is_empty() && !name.contains('.'), "{code}: {name}");
        }
    }
}

#[test]
fn a_message_never_fails() {
    let locale = Locale::builtin("en").unwrap();
    let text = |id: &str, values: &[(&str, &str)]| {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        locale.text(&Message { id: id.to_owned(), values })
    };
    assert_eq!(text("no.such-id", &[]), "no.such-id");
    assert_eq!(text("no.such-id", &[("b", "2"), ("a", "1")]), "no.such-id (a: 1, b: 2)");
    assert_eq!(text("time.disjoint", &[("a", "x")]), "x and … have no day in common.");
    assert_eq!(text("value.text", &[("text", "@elysee")]), "@elysee");
    assert_eq!(text("value.text", &[("text", "@kind.time")]), "time");
    assert_eq!(text("value.text", &[("text", "@{broken")]), "@{broken");
    // A value is no template.
    assert_eq!(text("value.text", &[("text", "{text} [x]")]), "{text} [x]");
    assert_eq!(text("question.capture.time", &[]), "When did this happen?");
    assert_eq!(
        text("question.capture.time", &[("theme", "Kobane")]),
        "When did this happen: Kobane?"
    );
    assert_eq!(text("question.x.y", &[]), "What happened?");
}

#[test]
fn every_reason_is_documented() {
    let docs = include_str!("../../docs/report-formats.md");
    let own = ["kind", "relation", "severity", "voices", "label", "summary", "unit", "counted"];
    let own = [&own[..], &["language", "date", "question", "value", "compare", "check"]].concat();
    for id in Locale::builtin("en").unwrap().ids() {
        let section = id.split('.').next().unwrap();
        if !own.contains(&section) {
            assert!(docs.contains(&format!("| `{id}` |")), "{id} is missing in docs");
        }
    }
}
