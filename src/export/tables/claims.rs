//! The table of claims.

use super::super::columns::Column;
use super::super::columns::{integer, json, text};
use super::super::{Privacy, Type, Value};
use super::{Source, source};
use crate::claim::Claim;
use crate::report::locale::key;

use Privacy::{Pseudonym, Scrub, Text as OfText};
use Type::{Flag, Integer, Json, Text};

pub(super) struct ClaimRow<'s> {
    pub(super) of: &'s Source<'s>,
    pub(super) at: usize,
    pub(super) claim: &'s Claim,
}

pub(super) const CLAIMS: (&str, &str) =
    ("claims", "One row for each claim: a sentence with what was read off it.");

pub(super) fn claims<'s>() -> Vec<Column<ClaimRow<'s>>> {
    vec![
        Column::new(
            "claim_id",
            Text,
            "The article's id, #, and the number of the sentence.",
            |r: &ClaimRow<'_>| text(r.of.names.claim(&r.claim.id)),
        )
        .privacy(Pseudonym),
        Column::new("article_id", Text, "The article.", |r: &ClaimRow<'_>| {
            text(r.of.names.article(&r.claim.article))
        })
        .privacy(Pseudonym),
        Column::new("outlet", Text, "The article's outlet, or its id.", |r: &ClaimRow<'_>| {
            text(r.of.outlet_of(r.claim))
        })
        .privacy(Pseudonym),
        Column::new(
            "sentence",
            Integer,
            "Number of the sentence in its article, from 0.",
            |r: &ClaimRow<'_>| integer(r.claim.sentence),
        ),
        Column::new("start", Integer, "First byte in the article's text.", |r: &ClaimRow<'_>| {
            integer(r.claim.span.start)
        })
        .unit("bytes"),
        Column::new("end", Integer, "First byte after it.", |r: &ClaimRow<'_>| {
            integer(r.claim.span.end)
        })
        .unit("bytes"),
        Column::new(
            "language",
            Text,
            "BCP 47 code of the sentence's language.",
            |r: &ClaimRow<'_>| text(&r.claim.language),
        ),
        Column::new(
            "factuality",
            Text,
            "How far it is presented as fact: asserted, reported, hedged, denied, planned, question.",
            |r: &ClaimRow<'_>| text(key(&r.claim.factuality.kind)),
        ),
        Column::new(
            "factbank",
            Text,
            "The same as FactBank's value: CT+, CT-, PR+, PR-, PS+, PS-, Uu.",
            |r: &ClaimRow<'_>| text(r.claim.factuality.degree()),
        ),
        Column::new(
            "attributed",
            Flag,
            "It is the word of a quoted source.",
            |r: &ClaimRow<'_>| Value::Flag(!r.claim.attribution.is_empty()),
        ),
        Column::new(
            "source",
            Text,
            "The innermost quoted source, in the text's words.",
            |r: &ClaimRow<'_>| source(&r.claim.attribution),
        )
        .nullable()
        .privacy(OfText),
        Column::new("source_anonymous", Flag, "That source has no name.", |r: &ClaimRow<'_>| {
            r.claim.attribution.last().map_or(Value::Null, |a| Value::Flag(a.anonymous))
        })
        .nullable(),
        Column::new("times", Integer, "Time expressions in it.", |r: &ClaimRow<'_>| {
            integer(r.claim.times.len())
        })
        .unit("expressions"),
        Column::new("quantities", Integer, "Quantities in it.", |r: &ClaimRow<'_>| {
            integer(r.claim.quantities.len())
        })
        .unit("quantities"),
        Column::new("mentions", Integer, "Names and groups in it.", |r: &ClaimRow<'_>| {
            integer(r.claim.mentions.len())
        })
        .unit("mentions"),
        Column::new("events", Json, "List of the types of its events.", |r: &ClaimRow<'_>| {
            json(&r.claim.events.iter().map(|event| &event.kind).collect::<Vec<_>>())
        }),
        Column::new(
            "values",
            Json,
            "List of the values that it gives to slots: about, slot, value.",
            |r: &ClaimRow<'_>| json(&r.of.values_of(r.at)),
        )
        .privacy(Scrub),
        Column::new("text", Text, "The sentence, byte for byte.", |r: &ClaimRow<'_>| {
            text(&r.claim.text)
        })
        .privacy(OfText),
    ]
}
