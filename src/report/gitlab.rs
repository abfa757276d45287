//! GitLab's code quality report: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.
//!
//! GitLab keeps one entry per fingerprint and shows no `check_name`, so fingerprints are made unique and
//! descriptions begin with the kind.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::standing::{Standing, Standings};
use super::told::Told;
use super::visible::{escaped_json, visible};
use super::{Format, RenderOptions, Report};
use crate::judge::Severity;

/// Code quality.
pub(super) struct Gitlab;

#[derive(Serialize)]
struct Violation {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

impl Format for Gitlab {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let standings = Standings::new(report);
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        let violations: Vec<Violation> = report
            .findings
            .iter()
            .map(|finding| {
                let told = Told::new(finding, &standings, &options.locale);
                let time = times.entry(&finding.fingerprint).or_default();
                *time += 1;
                violation(&told, *time, options)
            })
            .collect();
        writeln!(out, "{}", escaped_json(&serde_json::to_string_pretty(&violations)?))
    }
}

fn violation(told: &Told<'_>, time: usize, options: &RenderOptions) -> Violation {
    let fingerprint = &told.finding.fingerprint;
    let mut description = format!(
        "{}: {} ({}, {}; {})",
        told.kind(),
        told.line(&options.locale),
        told.relation,
        told.confidence,
        told.there.at
    );
    if let Some(counts) = &told.counts {
        description.push_str(&format!(" [{counts}]"));
    }
    let (path, begin, end) = match &told.here.side.place {
        Some(place) => (visible(&place.path), place.line, place.end_line),
        // A path is required.
        None => (visible(&told.here.side.article), 1, 1),
    };
    Violation {
        description,
        check_name: format!("crossclaim/{}", told.kind()),
        fingerprint: match time {
            1 => fingerprint.clone(),
            _ => format!("{fingerprint}-{time}"),
        },
        severity: match (told.standing, told.finding.severity) {
            (Standing::Accepted(_), _) | (_, Severity::Low) => "info",
            (_, Severity::Medium) => "minor",
            (_, Severity::High) => "major",
        },
        location: Location { path, lines: Lines { begin, end } },
    }
}
