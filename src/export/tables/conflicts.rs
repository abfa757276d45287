//! The table of findings.

use super::super::columns::Column;
use super::super::columns::{integer, json, maybe, number, text};
use super::super::{Privacy, Type};
use super::{Source, Which, nli, source};
use crate::judge::{Finding, Side};
use crate::report::locale::key;

use Privacy::{Drop, Pseudonym, Scrub, Text as OfText};
use Type::{Integer, Json, Number, Text};

pub(super) struct ConflictRow<'s> {
    pub(super) of: &'s Source<'s>,
    pub(super) finding: &'s Finding,
}

pub(super) const CONFLICTS: (&str, &str) = (
    "conflicts",
    "One row for each finding of the report; `relation` tells contradictions from divergent accounts, updates and the rest.",
);

pub(super) fn finding_side(row: &ConflictRow<'_>, which: Which) -> Side {
    match which {
        Which::A => row.finding.a.clone(),
        Which::B => row.finding.b.clone(),
    }
}

macro_rules! side_columns {
    ($which:expr, $($name:literal),*) => {{
        let [article, outlet, claim, published, start, end, value, label, source_name, sentence, evidence] = [$($name),*];
        vec![
            Column::new(article, Text, "Article.", |r: &ConflictRow<'_>| text(r.of.names.article(&finding_side(r, $which).article))).privacy(Pseudonym),
            Column::new(outlet, Text, "Outlet, or the article's id.", |r: &ConflictRow<'_>| text(r.of.names.outlet(&finding_side(r, $which).outlet))).privacy(Pseudonym),
            Column::new(claim, Text, "Claim.", |r: &ConflictRow<'_>| text(r.of.names.claim(&finding_side(r, $which).claim))).privacy(Pseudonym),
            Column::new(published, Text, "The article's publication date as far as known, as the report shows it.", |r: &ConflictRow<'_>| maybe(finding_side(r, $which).published)).nullable(),
            Column::new(start, Integer, "First byte of the sentence in the article's text.", |r: &ConflictRow<'_>| integer(finding_side(r, $which).span.start)).unit("bytes"),
            Column::new(end, Integer, "First byte after the sentence.", |r: &ConflictRow<'_>| integer(finding_side(r, $which).span.end)).unit("bytes"),
            Column::new(value, Text, "Normalised value.", |r: &ConflictRow<'_>| text(finding_side(r, $which).value)).privacy(Scrub),
            Column::new(label, Text, "The value for a reader.", |r: &ConflictRow<'_>| text(r.of.options.locale.text(&finding_side(r, $which).value_label))).privacy(OfText),
            Column::new(source_name, Text, "The innermost quoted source, in the text's words.", |r: &ConflictRow<'_>| source(&finding_side(r, $which).attribution)).nullable().privacy(OfText),
            Column::new(sentence, Text, "The sentence, byte for byte.", |r: &ConflictRow<'_>| text(finding_side(r, $which).sentence)).privacy(OfText),
            Column::new(evidence, Json, "List of [start, end) of the words that carry the value, in bytes of the article's text.", |r: &ConflictRow<'_>| json(&finding_side(r, $which).evidence)),
        ]
    }};
}

pub(super) fn conflicts<'s>() -> Vec<Column<ConflictRow<'s>>> {
    let mut columns = vec![
        Column::new(
            "fingerprint",
            Text,
            "Name of the finding, from kind and sentences alone: the same in every run.",
            |r: &ConflictRow<'_>| text(&r.finding.fingerprint),
        )
        .privacy(Drop),
        Column::new("dossier", Text, "The dossier: event and slot.", |r: &ConflictRow<'_>| {
            text(&r.finding.dossier)
        })
        .privacy(Scrub),
        Column::new(
            "question",
            Text,
            "The question that both sides answer.",
            |r: &ConflictRow<'_>| text(r.of.options.locale.text(&r.finding.question)),
        )
        .privacy(Scrub),
        Column::new(
            "kind",
            Text,
            "What they disagree about: time, actor, participant, quantity, place, outcome, denial, claim, stance.",
            |r: &ConflictRow<'_>| text(key(&r.finding.kind)),
        ),
        Column::new(
            "relation",
            Text,
            "How the two stand: contradiction, divergent-account, update, correction, granularity, scope.",
            |r: &ConflictRow<'_>| text(key(&r.finding.relation)),
        ),
        Column::new(
            "confidence",
            Number,
            "Probability that a careful reader agrees with kind and relation.",
            |r: &ConflictRow<'_>| number(r.finding.confidence),
        )
        .unit("probability"),
        Column::new(
            "severity",
            Text,
            "How much it matters: low, medium, high.",
            |r: &ConflictRow<'_>| text(key(&r.finding.severity)),
        ),
        Column::new(
            "voices",
            Text,
            "Between whom: outlet-outlet, source-source, outlet-source, same-source.",
            |r: &ConflictRow<'_>| text(key(&r.finding.voices)),
        ),
    ];
    columns.extend(side_columns!(
        Which::A,
        "article_a",
        "outlet_a",
        "claim_a",
        "published_a",
        "start_a",
        "end_a",
        "value_a",
        "value_label_a",
        "source_a",
        "sentence_a",
        "evidence_a"
    ));
    columns.extend(side_columns!(
        Which::B,
        "article_b",
        "outlet_b",
        "claim_b",
        "published_b",
        "start_b",
        "end_b",
        "value_b",
        "value_label_b",
        "source_b",
        "sentence_b",
        "evidence_b"
    ));
    columns.extend([
        Column::new(
            "why",
            Json,
            "List of reasons for the relation, for a reader.",
            |r: &ConflictRow<'_>| json(&r.of.texts(&r.finding.why)),
        )
        .privacy(OfText),
        Column::new(
            "lowered",
            Json,
            "List of what lowered the confidence.",
            |r: &ConflictRow<'_>| json(&r.of.texts(&r.finding.lowered)),
        )
        .privacy(OfText),
        Column::new("features", Json, "The judge's features by name.", |r: &ConflictRow<'_>| {
            json(&r.finding.features)
        }),
    ]);
    columns.extend(nli_columns!(ConflictRow<'_>, |r: &ConflictRow<'_>| r.finding.nli));
    columns
}
