//! The report in every format and language.
#![allow(clippy::unwrap_used, clippy::panic)]

mod fixture;

use std::collections::{BTreeMap, BTreeSet};

use crossclaim::judge::Message;
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
            model_digest: None,
            articles: Vec::new(),
            claims: 0,
            pairs: 0,
            problems: Vec::new(),
        },
        dossiers: Vec::new(),
        findings: Vec::new(),
    }
}

#[test]
fn every_format_in_every_language_looks_as_it_did() {
    for code in Locale::codes() {
        for format in ReportFormat::ALL {
            let text = rendered(&fixture::report(), format, &options(code, false));
            insta::assert_snapshot!(format!("{format}-{code}"), text);
        }
    }
    let coloured = rendered(&fixture::report(), ReportFormat::Text, &options("en", true));
    insta::assert_snapshot!("text-en-colour", coloured.replace('\u{1b}', "␛ESC"));
}

#[test]
fn an_empty_report_says_so() {
    for format in ReportFormat::ALL {
        let text = rendered(&empty(), format, &options("en", false));
        insta::assert_snapshot!(format!("empty-{format}"), text);
    }
}
