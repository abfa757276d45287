//! One finding a line, strongest first: the contract that other tools read.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::claim::Attribution;
use crate::judge::{Finding, Kind, Message, Relation, Severity, Side, Voices};
use crate::span::Span;

use super::json::{NliJson, features, probability};
use super::locate::Place;
use super::visible::escaped_json;
use super::{Format, Locale, RenderOptions, Report};

/// JSON Lines.
pub(super) struct Jsonl;

impl Format for Jsonl {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for finding in &report.findings {
            let line = serde_json::to_string(&Line::new(finding, &options.locale))?;
            writeln!(out, "{}", escaped_json(&line))?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Line<'r> {
    fingerprint: &'r str,
    dossier: &'r str,
    question: String,
    kind: Kind,
    relation: Relation,
    confidence: f64,
    severity: Severity,
    voices: Voices,
    a: LineSide<'r>,
    b: LineSide<'r>,
    why: Vec<String>,
    lowered: Vec<String>,
    nli: Option<NliJson>,
    features: BTreeMap<&'r str, f64>,
}

#[derive(Serialize)]
struct LineSide<'r> {
    article: &'r str,
    outlet: &'r str,
    span: Span,
    sentence: &'r str,
    evidence: &'r [Span],
    value: &'r str,
    attribution: &'r [Attribution],
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'r Place>,
}

impl<'r> Line<'r> {
    fn new(finding: &'r Finding, locale: &Locale) -> Self {
        let texts =
            |messages: &[Message]| messages.iter().map(|message| locale.text(message)).collect();
        Line {
            fingerprint: &finding.fingerprint,
            dossier: &finding.dossier,
            question: locale.text(&finding.question),
            kind: finding.kind,
            relation: finding.relation,
            confidence: probability(finding.confidence),
            severity: finding.severity,
            voices: finding.voices,
            a: LineSide::new(&finding.a),
            b: LineSide::new(&finding.b),
            why: texts(&finding.why),
            lowered: texts(&finding.lowered),
            nli: finding.nli.as_ref().map(NliJson::new),
            features: features(finding),
        }
    }
}

impl<'r> LineSide<'r> {
    fn new(side: &'r Side) -> Self {
        LineSide {
            article: &side.article,
            outlet: &side.outlet,
            span: side.span,
            sentence: &side.sentence,
            evidence: &side.evidence,
            value: &side.value,
            attribution: &side.attribution,
            place: side.place.as_ref(),
        }
    }
}
