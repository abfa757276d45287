//! SARIF 2.1.0 (OASIS standard, 27 March 2020), as GitHub's code scanning reads it: one run, a rule for each kind,
//! a result for each finding. What GitHub asks for beyond the standard is on its page "SARIF support for code
//! scanning".

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::judge::Kind;

use super::json::probability;
use super::locale::{Locale, key};
use super::locate::Place;
use super::standing::{Standing, Standings};
use super::told::{Told, ToldSide};
use super::visible::{escaped_json, visible};
use super::{Format, RenderOptions, Report, rules, verdict};

/// SARIF.
pub(super) struct Sarif;

/// Code scanning takes no more results of one run, and refuses the file.
const MOST_RESULTS: usize = 25_000;

impl Format for Sarif {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let log = Log {
            schema: "https://json.schemastore.org/sarif-2.1.0.json",
            version: "2.1.0",
            runs: [run(report, &options.locale)],
        };
        writeln!(out, "{}", escaped_json(&serde_json::to_string_pretty(&log)?))
    }
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: Id,
    invocations: [Invocation; 1],
    language: String,
    column_kind: &'static str,
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
struct Id {
    id: &'static str,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: String,
    semantic_version: String,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: [&'static str; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<u8>,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    related_locations: [Location; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<Vec<Suppression>>,
    properties: ResultProperties,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    logical_locations: [LogicalLocation; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    end_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Serialize)]
struct ResultProperties {
    relation: String,
    confidence: f64,
    severity: String,
    dossier: String,
}

fn run(report: &Report, locale: &Locale) -> Run {
    let standings = Standings::new(report);
    let results: Vec<SarifResult> = report
        .findings
        .iter()
        .take(MOST_RESULTS)
        .map(|finding| result(&Told::new(finding, &standings, locale), &standings, locale))
        .collect();
    let left_out = report.findings.len() - results.len();
    let check = report.check.as_ref();
    let mut notifications: Vec<Notification> = verdict::problems(report)
        .map(|problem| notification("warning", problem))
        .chain(check.iter().flat_map(|c| &c.errors).map(|error| notification("error", error)))
        .collect();
    if left_out > 0 {
        let text = format!(
            "{left_out} findings are left out: code scanning takes {MOST_RESULTS} results of a run; the json format has all"
        );
        notifications.push(notification("warning", &text));
    }
    Run {
        tool: Tool {
            driver: Driver {
                name: "crossclaim",
                version: report.run.version.clone(),
                semantic_version: report.run.version.clone(),
                rules: rules::KINDS.into_iter().map(rule).collect(),
            },
        },
        automation_details: Id {
            id: if check.is_some() { "crossclaim/check/" } else { "crossclaim/report/" },
        },
        invocations: [Invocation {
            execution_successful: check.is_none_or(|check| check.verdict.exit_code() < 2),
            exit_code: check.map(|check| check.verdict.exit_code()),
            tool_execution_notifications: notifications,
        }],
        language: locale.code().to_owned(),
        column_kind: "utf16CodeUnits",
        results,
    }
}

fn notification(level: &'static str, text: &str) -> Notification {
    Notification { level, message: Text { text: message(text) } }
}

fn rule(kind: Kind) -> Rule {
    let id = key(&kind);
    let summary = rules::summary(kind);
    let page = rules::page(kind);
    // A name that is not the id, in Pascal case (SARIF §3.49.7): `TimeConflict`.
    let mut name = format!("{id}Conflict");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Rule {
        id,
        name,
        short_description: Text { text: message(&summary) },
        full_description: Text { text: message(&summary) },
        // Links of the page lead to its neighbours, which are not where the alert is shown.
        help: Help { text: super::plain::plain(page), markdown: page },
        default_configuration: Configuration { level: "warning" },
        properties: RuleProperties { tags: ["contradiction", "news"] },
    }
}

fn result(told: &Told<'_>, standings: &Standings<'_>, locale: &Locale) -> SarifResult {
    let finding = told.finding;
    // The other sentence is one click away: a link to the related location of that id.
    let there = format!(
        "{} ([{}](1))",
        message(&locale.labelled_text(&told.there.who, &told.there.value)),
        message(&told.there.at)
    );
    let here = message(&locale.labelled_text(&told.here.who, &told.here.value));
    let mut text = format!("{} {here}. {there}.", message(&told.question));
    for more in told.why.iter().chain(&told.lowered) {
        text.push(' ');
        text.push_str(&message(more));
    }
    text.push_str(&format!(" {}, {}.", told.relation, told.confidence));
    let accepted = match told.standing {
        Standing::Accepted(accepted) => vec![Suppression {
            kind: "external",
            status: "accepted",
            justification: message(&accepted.reason),
        }],
        _ => Vec::new(),
    };
    SarifResult {
        rule_id: told.kind(),
        rule_index: rules::KINDS.iter().position(|kind| *kind == finding.kind).unwrap_or(0),
        level: match finding.severity {
            crate::judge::Severity::High => "error",
            crate::judge::Severity::Medium => "warning",
            crate::judge::Severity::Low => "note",
        },
        message: Text { text },
        locations: [location(&told.here, None)],
        related_locations: [location(&told.there, Some(1))],
        partial_fingerprints: BTreeMap::from([
            // The one that code scanning goes by. Its own is of the line alone, and two findings on a line are two.
            ("primaryLocationLineHash", format!("{}:1", finding.fingerprint)),
            ("crossclaim/v1", finding.fingerprint.clone()),
        ]),
        // An empty list says that the result is not suppressed; without a check nothing is known of that.
        suppressions: standings.checked().then_some(accepted),
        properties: ResultProperties {
            relation: key(&finding.relation),
            confidence: probability(finding.confidence),
            severity: key(&finding.severity),
            dossier: visible(&finding.dossier),
        },
    }
}

fn location(side: &ToldSide<'_>, id: Option<usize>) -> Location {
    Location {
        id,
        physical_location: side.side.place.as_ref().map(physical),
        logical_locations: [LogicalLocation { fully_qualified_name: visible(&side.side.article) }],
        message: id.map(|_| Text { text: message(&format!("{}: {}", side.who, side.sentence)) }),
    }
}

fn physical(place: &Place) -> PhysicalLocation {
    let uri = uri(&place.path);
    PhysicalLocation {
        region: Region {
            start_line: place.line,
            start_column: place.columns.map(|columns| columns.utf16.0),
            end_line: place.end_line,
            end_column: place.columns.map(|columns| columns.utf16.1),
        },
        artifact_location: ArtifactLocation {
            uri_base_id: (!uri.starts_with("file:")).then_some("%SRCROOT%"),
            uri,
        },
    }
}

/// A path as a URI reference (RFC 3986): relative, or with the scheme `file`.
fn uri(path: &str) -> String {
    let mut uri = match path {
        _ if path.starts_with('/') => "file://".to_owned(),
        _ if path.as_bytes().get(1) == Some(&b':') => "file:///".to_owned(),
        _ => String::new(),
    };
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => uri.push(char::from(byte)),
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// Plain text of a message (SARIF §3.11.5, §3.11.6): brackets would make links, and `{0}` a placeholder.
fn message(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '\\' | '[' | ']' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '{' | '}' => {
                escaped.push(c);
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("news/a 5%.md"), "news/a%205%25.md");
        assert_eq!(uri("صدى.html"), "%D8%B5%D8%AF%D9%89.html");
        assert_eq!(uri("/srv/a.md"), "file:///srv/a.md");
        assert_eq!(uri("C:/a.md"), "file:///C%3A/a.md");
        assert_eq!(uri("news/a:b?.md"), "news/a%3Ab%3F.md");
    }

    #[test]
    fn an_article_makes_no_link_and_no_placeholder() {
        assert_eq!(
            message("[here](https://evil.example) {0}"),
            "\\[here\\](https://evil.example) {{0}}"
        );
    }
}
