//! The whole report as JSON, in a versioned envelope; `docs/schema/report-v1.json` describes it.
//!
//! The types here are the published form. They are kept apart from the pipeline's own, so that
//! those can change without breaking who reads reports.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::check::CheckSummary;
use crate::claim::Attribution;
use crate::claim::time::DateInterval;
use crate::dossier::{Dossier, Holder};
use crate::judge::{Finding, Kind, Message, PairScores, Relation, Severity, Side, Voices};
use crate::span::Span;

use super::locate::Place;
use super::visible::escaped_json;
use super::{Format, Locale, RenderOptions, Report, Run};

/// Name of the published schema.
const SCHEMA: &str = "crossclaim-report";
/// Raised when a field changes its meaning or goes; new fields do not raise it.
const VERSION: u32 = 1;

/// Versioned JSON.
pub(super) struct Json;

impl Format for Json {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let locale = &options.locale;
        let envelope = Envelope {
            schema: SCHEMA,
            version: VERSION,
            locale: locale.code(),
            run: &report.run,
            check: report.check.as_ref(),
            dossiers: report.dossiers.iter().map(|d| DossierJson::new(d, report, locale)).collect(),
            findings: report.findings.iter().map(|f| FindingJson::new(f, locale)).collect(),
        };
        writeln!(out, "{}", escaped_json(&serde_json::to_string_pretty(&envelope)?))
    }
}

#[derive(Serialize)]
struct Envelope<'r> {
    schema: &'static str,
    version: u32,
    locale: &'r str,
    run: &'r Run,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<&'r CheckSummary>,
    dossiers: Vec<DossierJson<'r>>,
    findings: Vec<FindingJson<'r>>,
}

/// A message with its text.
#[derive(Serialize)]
struct MessageJson<'r> {
    id: &'r str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    values: &'r BTreeMap<String, String>,
    text: String,
}

impl<'r> MessageJson<'r> {
    fn new(message: &'r Message, locale: &Locale) -> Self {
        MessageJson { id: &message.id, values: &message.values, text: locale.text(message) }
    }

    fn all(messages: &'r [Message], locale: &Locale) -> Vec<Self> {
        messages.iter().map(|message| Self::new(message, locale)).collect()
    }
}

#[derive(Serialize)]
struct DossierJson<'r> {
    id: &'r str,
    question: MessageJson<'r>,
    kind: Kind,
    relation: Relation,
    confidence: f64,
    positions: Vec<PositionJson<'r>>,
    /// Fingerprints, strongest first: an index would tie a reader to the order.
    findings: Vec<&'r str>,
    notes: Vec<MessageJson<'r>>,
}

#[derive(Serialize)]
struct PositionJson<'r> {
    value: &'r str,
    label: MessageJson<'r>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    intervals: &'r [DateInterval],
    origins: usize,
    holders: &'r [Holder],
}

impl<'r> DossierJson<'r> {
    fn new(dossier: &'r Dossier, report: &'r Report, locale: &Locale) -> Self {
        DossierJson {
            id: &dossier.id,
            question: MessageJson::new(&dossier.question, locale),
            kind: dossier.kind,
            relation: dossier.relation,
            confidence: probability(dossier.confidence),
            positions: dossier
                .positions
                .iter()
                .map(|position| PositionJson {
                    value: &position.value,
                    label: MessageJson::new(&position.label, locale),
                    intervals: &position.intervals,
                    origins: position.origins,
                    holders: &position.holders,
                })
                .collect(),
            findings: dossier
                .findings
                .iter()
                .filter_map(|at| Some(report.findings.get(*at)?.fingerprint.as_str()))
                .collect(),
            notes: MessageJson::all(&dossier.notes, locale),
        }
    }
}

#[derive(Serialize)]
struct FindingJson<'r> {
    fingerprint: &'r str,
    dossier: &'r str,
    question: MessageJson<'r>,
    kind: Kind,
    relation: Relation,
    confidence: f64,
    severity: Severity,
    voices: Voices,
    a: SideJson<'r>,
    b: SideJson<'r>,
    nli: Option<NliJson>,
    why: Vec<MessageJson<'r>>,
    lowered: Vec<MessageJson<'r>>,
    features: BTreeMap<&'r str, f64>,
}

#[derive(Serialize)]
struct SideJson<'r> {
    article: &'r str,
    outlet: &'r str,
    claim: &'r str,
    published: Option<&'r str>,
    span: Span,
    sentence: &'r str,
    evidence: &'r [Span],
    value: &'r str,
    value_label: MessageJson<'r>,
    attribution: &'r [Attribution],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    intervals: &'r [DateInterval],
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'r Place>,
}

impl<'r> SideJson<'r> {
    fn new(side: &'r Side, locale: &Locale) -> Self {
        SideJson {
            article: &side.article,
            outlet: &side.outlet,
            claim: &side.claim,
            published: side.published.as_deref(),
            span: side.span,
            sentence: &side.sentence,
            evidence: &side.evidence,
            value: &side.value,
            value_label: MessageJson::new(&side.value_label, locale),
            attribution: &side.attribution,
            intervals: &side.intervals,
            place: side.place.as_ref(),
        }
    }
}

impl<'r> FindingJson<'r> {
    fn new(finding: &'r Finding, locale: &Locale) -> Self {
        FindingJson {
            fingerprint: &finding.fingerprint,
            dossier: &finding.dossier,
            question: MessageJson::new(&finding.question, locale),
            kind: finding.kind,
            relation: finding.relation,
            confidence: probability(finding.confidence),
            severity: finding.severity,
            voices: finding.voices,
            a: SideJson::new(&finding.a, locale),
            b: SideJson::new(&finding.b, locale),
            nli: finding.nli.as_ref().map(NliJson::new),
            why: MessageJson::all(&finding.why, locale),
            lowered: MessageJson::all(&finding.lowered, locale),
            features: features(finding),
        }
    }
}

/// The judge's features that are numbers, with four decimals.
pub(super) fn features(finding: &Finding) -> BTreeMap<&str, f64> {
    let finite = finding.features.iter().filter(|(_, value)| value.is_finite());
    finite.map(|(name, value)| (name.as_str(), rounded(*value))).collect()
}

/// NLI scores without rounding noise; JSON and JSONL have them alike.
#[derive(Serialize)]
pub(super) struct NliJson {
    forward: ScoresJson,
    backward: ScoresJson,
    validated: bool,
}

#[derive(Serialize)]
struct ScoresJson {
    entailment: f64,
    neutral: f64,
    contradiction: f64,
}

impl NliJson {
    pub(super) fn new(scores: &PairScores) -> Self {
        let side = |scores: crate::nli::NliScores| ScoresJson {
            entailment: probability(f64::from(scores.entailment)),
            neutral: probability(f64::from(scores.neutral)),
            contradiction: probability(f64::from(scores.contradiction)),
        };
        NliJson {
            forward: side(scores.forward),
            backward: side(scores.backward),
            validated: scores.validated,
        }
    }
}

/// Four decimals; what is no number counts as 0.
pub(super) fn rounded(number: f64) -> f64 {
    let rounded = (number * 1e4).round() / 1e4;
    // Adding 0 makes -0 a 0.
    if rounded.is_finite() { rounded + 0.0 } else { 0.0 }
}

/// A probability: between 0 and 1, four decimals.
pub(super) fn probability(number: f64) -> f64 {
    rounded(number).clamp(0.0, 1.0)
}
