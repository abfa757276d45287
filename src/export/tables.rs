//! The five tables: what a row of each is, and its columns.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{Column, info, integer, json, maybe, number, table, text};
use super::names::Names;
use super::{ExportOptions, Privacy, Table, TableInfo, Type, Value};
use crate::claim::{Attribution, Claim};
use crate::compare::groups::Origins;
use crate::compare::pairs::{self, Standing};
use crate::compare::questions::{self, Disputed};
use crate::dossier::Dossier;
use crate::judge::comparable::{Comparable, comparable, question_of};
use crate::judge::slots::{Slot, SlotValue};
use crate::judge::{Finding, Message, PairScores, Relation, ScoredPair, Side};
use crate::pipeline::{Pipeline, Stages};
use crate::report::Locale;
use crate::report::locale::key;
use crate::resolve::{Corpus, CorpusArticle};

use Privacy::{Drop, Pseudonym, Scrub, Text as OfText};
use Type::{Date, Flag, Integer, Json, Number, Text};

/// What all rows are made from.
pub(super) struct Source<'s> {
    stages: &'s Stages,
    corpus: &'s Corpus,
    names: &'s Names,
    options: &'s ExportOptions,
    origins: Origins,
    comparables: Vec<Comparable<'s>>,
    standings: BTreeMap<usize, Standing>,
    questions: Vec<Option<Message>>,
    disputed: BTreeMap<String, Disputed>,
    values: BTreeMap<usize, Vec<&'s SlotValue>>,
}

struct ArticleRow<'s> {
    of: &'s Source<'s>,
    entry: &'s CorpusArticle,
    claims: usize,
}

struct ClaimRow<'s> {
    of: &'s Source<'s>,
    at: usize,
    claim: &'s Claim,
}

struct PairRow<'s> {
    of: &'s Source<'s>,
    scored: &'s ScoredPair,
    /// Index of what was compared; none where the two claims have no slot in common.
    compared: Option<usize>,
}

struct ConflictRow<'s> {
    of: &'s Source<'s>,
    finding: &'s Finding,
}

struct DossierRow<'s> {
    of: &'s Source<'s>,
    dossier: &'s Dossier,
}

fn day(day: Option<jiff::civil::Date>) -> Value {
    day.map_or(Value::Null, Value::Date)
}

fn source(attribution: &[Attribution]) -> Value {
    maybe(attribution.last().map(|attribution| attribution.source.clone()))
}

const ARTICLES: (&str, &str) = ("articles", "One row for each article read.");

fn articles<'s>() -> Vec<Column<ArticleRow<'s>>> {
    vec![
        Column::new("article_id", Text, "The article's id: the file's stem, or the field `id`.", |r: &ArticleRow<'_>| {
            text(r.of.names.article(&r.entry.article.id))
        })
        .privacy(Pseudonym),
        Column::new("outlet", Text, "Who published it; the article's id where no outlet is known.", |r: &ArticleRow<'_>| {
            text(r.of.outlet(r.entry))
        })
        .privacy(Pseudonym),
        Column::new("outlet_known", Flag, "The metadata name an outlet.", |r: &ArticleRow<'_>| {
            Value::Flag(r.entry.article.outlet.is_some())
        }),
        Column::new("country", Text, "The outlet's country, as the metadata write it.", |r: &ArticleRow<'_>| {
            maybe(r.entry.article.country.clone())
        })
        .nullable(),
        Column::new("language", Text, "BCP 47 code of the article's language.", |r: &ArticleRow<'_>| {
            text(&r.entry.article.language)
        }),
        Column::new("title", Text, "Headline, where the metadata give one.", |r: &ArticleRow<'_>| {
            maybe(r.entry.article.title.clone())
        })
        .nullable()
        .privacy(OfText),
        Column::new("url", Text, "Address, where the metadata give one.", |r: &ArticleRow<'_>| {
            maybe(r.entry.article.url.clone())
        })
        .nullable()
        .privacy(Drop),
        Column::new("path", Text, "The file it was read from, as named on the command line.", |r: &ArticleRow<'_>| {
            text(&r.entry.article.path)
        })
        .privacy(Drop),
        Column::new("published", Text, "Publication date as the metadata give it: 2017, 2017-11 or 2017-11-08.", |r: &ArticleRow<'_>| {
            maybe(r.entry.article.date.map(|date| date.to_string()))
        })
        .nullable(),
        Column::new("published_first", Date, "First day on which it can have been published, after the corpus was solved; empty where nothing is known.", |r: &ArticleRow<'_>| {
            day(crate::compare::published(r.entry).map(|days| days.first))
        })
        .nullable(),
        Column::new("published_last", Date, "Last day on which it can have been published.", |r: &ArticleRow<'_>| {
            day(crate::compare::published(r.entry).map(|days| days.last))
        })
        .nullable(),
        Column::new("date_source", Text, "Where the date came from: metadata, sidecar, assumed (command line), unknown.", |r: &ArticleRow<'_>| {
            text(key(&r.entry.article.date_source))
        }),
        Column::new("date_borrowed", Flag, "Year or month were taken from the story's other articles.", |r: &ArticleRow<'_>| {
            Value::Flag(r.entry.assumed.is_some())
        }),
        Column::new("origin", Text, "Id of the first article by id that carries this text: copies and near-copies share it.", |r: &ArticleRow<'_>| {
            text(r.of.names.article(&r.entry.origin))
        })
        .privacy(Pseudonym),
        Column::new("is_copy", Flag, "It is a copy or near-copy of the article `origin`.", |r: &ArticleRow<'_>| {
            Value::Flag(r.entry.origin != r.entry.article.id)
        }),
        Column::new("story", Integer, "Number of the story; articles of one story share it. Numbers hold within one export.", |r: &ArticleRow<'_>| {
            integer(r.entry.story)
        }),
        Column::new("claims", Integer, "Claims read off it.", |r: &ArticleRow<'_>| integer(r.claims)).unit("claims"),
        Column::new("characters", Integer, "Length of its prose.", |r: &ArticleRow<'_>| {
            integer(r.entry.article.body.of(&r.entry.article.text).chars().count())
        })
        .unit("Unicode characters"),
        Column::new("text_sha256", Text, "SHA-256 of the decoded text, hexadecimal.", |r: &ArticleRow<'_>| {
            text(&r.entry.article.hash)
        })
        .privacy(Drop),
        Column::new("text", Text, "The decoded text; all offsets count in its UTF-8 bytes.", |r: &ArticleRow<'_>| {
            text(&r.entry.article.text)
        })
        .privacy(OfText),
    ]
}

const CLAIMS: (&str, &str) =
    ("claims", "One row for each claim: a sentence with what was read off it.");

fn claims<'s>() -> Vec<Column<ClaimRow<'s>>> {
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

const PAIRS: (&str, &str) = (
    "pairs",
    "One row for each slot that a candidate pair of claims was compared in, and one with an empty slot for a candidate pair with none in common.",
);

fn nli(scores: Option<PairScores>, of: fn(&PairScores) -> f32) -> Value {
    scores.map_or(Value::Null, |scores| number(f64::from(of(&scores))))
}

macro_rules! nli_columns {
    ($row:ty, $scores:expr) => {
        [
            Column::new(
                "nli_entailment_ab",
                Number,
                "NLI model's probability that b follows from a.",
                |r: &$row| nli(($scores)(r), |s| s.forward.entailment),
            ),
            Column::new(
                "nli_neutral_ab",
                Number,
                "NLI model's probability that a leaves b open.",
                |r: &$row| nli(($scores)(r), |s| s.forward.neutral),
            ),
            Column::new(
                "nli_contradiction_ab",
                Number,
                "NLI model's probability that a contradicts b.",
                |r: &$row| nli(($scores)(r), |s| s.forward.contradiction),
            ),
            Column::new(
                "nli_entailment_ba",
                Number,
                "NLI model's probability that a follows from b.",
                |r: &$row| nli(($scores)(r), |s| s.backward.entailment),
            ),
            Column::new(
                "nli_neutral_ba",
                Number,
                "NLI model's probability that b leaves a open.",
                |r: &$row| nli(($scores)(r), |s| s.backward.neutral),
            ),
            Column::new(
                "nli_contradiction_ba",
                Number,
                "NLI model's probability that b contradicts a.",
                |r: &$row| nli(($scores)(r), |s| s.backward.contradiction),
            ),
        ]
        .map(|column| column.nullable().unit("probability"))
    };
}

/// One side of a pair: which claim of it.
#[derive(Clone, Copy)]
enum Which {
    A,
    B,
}

impl<'s> PairRow<'s> {
    fn claim(&self, which: Which) -> &'s Claim {
        let at = match which {
            Which::A => self.scored.pair.a,
            Which::B => self.scored.pair.b,
        };
        &self.of.corpus.claims[at]
    }

    fn compared(&self) -> Option<&Comparable<'s>> {
        self.compared.map(|at| &self.of.comparables[at])
    }

    fn value(&self, which: Which) -> Value {
        maybe(self.compared().map(|pair| {
            let value = match which {
                Which::A => pair.a,
                Which::B => pair.b,
            };
            value.value.clone()
        }))
    }

    fn article(&self, which: Which) -> Value {
        text(self.of.names.article(&self.claim(which).article))
    }

    /// The article that the claim's origin counts as.
    fn first(&self, which: Which) -> Option<&'s CorpusArticle> {
        let origin = self.of.origins.of_id(self.of.corpus, &self.claim(which).article)?;
        Some(&self.of.corpus.articles[self.of.origins.list[origin].first()])
    }

    fn origin(&self, which: Which) -> Value {
        maybe(self.first(which).map(|article| self.of.names.article(&article.origin)))
    }

    fn origin_outlet(&self, which: Which) -> Value {
        maybe(self.first(which).map(|article| self.of.outlet(article)))
    }
}

fn pairs<'s>() -> Vec<Column<PairRow<'s>>> {
    let mut columns = vec![
        Column::new("claim_a", Text, "The claim that comes first by article and sentence.", |r: &PairRow<'_>| {
            text(r.of.names.claim(&r.claim(Which::A).id))
        })
        .privacy(Pseudonym),
        Column::new("claim_b", Text, "The other claim.", |r: &PairRow<'_>| {
            text(r.of.names.claim(&r.claim(Which::B).id))
        })
        .privacy(Pseudonym),
        Column::new("article_a", Text, "Article of a.", |r: &PairRow<'_>| r.article(Which::A)).privacy(Pseudonym),
        Column::new("article_b", Text, "Article of b.", |r: &PairRow<'_>| r.article(Which::B)).privacy(Pseudonym),
        Column::new("outlet_a", Text, "Outlet of a.", |r: &PairRow<'_>| text(r.of.outlet_of(r.claim(Which::A))))
            .privacy(Pseudonym),
        Column::new("outlet_b", Text, "Outlet of b.", |r: &PairRow<'_>| text(r.of.outlet_of(r.claim(Which::B))))
            .privacy(Pseudonym),
        Column::new("origin_a", Text, "Origin of a's article: copies share it.", |r: &PairRow<'_>| {
            r.origin(Which::A)
        })
        .privacy(Pseudonym),
        Column::new("origin_b", Text, "Origin of b's article.", |r: &PairRow<'_>| r.origin(Which::B))
            .privacy(Pseudonym),
        Column::new("origin_outlet_a", Text, "The outlet that published a's origin first: the one that rates count it with.", |r: &PairRow<'_>| {
            r.origin_outlet(Which::A)
        })
        .privacy(Pseudonym),
        Column::new("origin_outlet_b", Text, "The outlet that published b's origin first.", |r: &PairRow<'_>| {
            r.origin_outlet(Which::B)
        })
        .privacy(Pseudonym),
        Column::new("language_a", Text, "Language of a.", |r: &PairRow<'_>| text(&r.claim(Which::A).language)),
        Column::new("language_b", Text, "Language of b.", |r: &PairRow<'_>| text(&r.claim(Which::B).language)),
        Column::new("story", Integer, "The story of both.", |r: &PairRow<'_>| {
            let article = r.of.corpus.article_of(r.claim(Which::A));
            integer(article.map_or(0, |article| article.story))
        }),
        Column::new("reasons", Json, "Why the two are a candidate pair.", |r: &PairRow<'_>| {
            json(&r.scored.pair.reasons)
        })
        .privacy(Scrub),
        Column::new("slot", Text, "The slot that was compared; empty where the two have none in common.", |r: &PairRow<'_>| {
            maybe(r.compared().map(|pair| pair.a.slot.name().to_owned()))
        })
        .nullable(),
        Column::new("about", Text, "What the slot belongs to: event cluster, course of events or story.", |r: &PairRow<'_>| {
            maybe(r.compared().map(|pair| pair.a.about.clone()))
        })
        .nullable()
        .privacy(Scrub),
        Column::new("question", Text, "The question that both answer.", |r: &PairRow<'_>| {
            let question = r.compared.and_then(|at| r.of.questions[at].as_ref());
            maybe(question.map(|question| r.of.options.locale.text(question)))
        })
        .nullable()
        .privacy(Scrub),
        Column::new("kind", Text, "The kind whose rule compared them.", |r: &PairRow<'_>| {
            maybe(r.compared().map(|pair| key(&pair.kind)))
        })
        .nullable(),
        Column::new("relation", Text, "How they stand: contradiction, divergent-account, update, correction, granularity, scope, compatible.", |r: &PairRow<'_>| {
            maybe(r.compared().map(|pair| key(&pair.relation)))
        })
        .nullable(),
        Column::new("standing", Text, "How rates count it: conflict, unsure, divergent, change, agreement; empty where it is not comparable.", |r: &PairRow<'_>| {
            let standing = r.compared().and_then(|pair| {
                Standing::of(pair.relation, pair.confidence, r.of.options.min_confidence)
            });
            maybe(standing.map(|standing| key(&standing)))
        })
        .nullable(),
        Column::new("counted", Flag, "Rates count this row: of all pairs of claims that give these two values to this slot for these two origins, it is the strongest.", |r: &PairRow<'_>| {
            Value::Flag(r.compared.is_some_and(|at| r.of.standings.contains_key(&at)))
        }),
        Column::new("confidence", Number, "Probability that a careful reader agrees with kind and relation; empty for agreement.", |r: &PairRow<'_>| {
            let pair = r.compared().filter(|pair| pair.relation != Relation::Compatible);
            pair.map_or(Value::Null, |pair| number(pair.confidence))
        })
        .nullable()
        .unit("probability"),
        Column::new("value_a", Text, "Normalised value of a.", |r: &PairRow<'_>| r.value(Which::A))
            .nullable()
            .privacy(Scrub),
        Column::new("value_b", Text, "Normalised value of b.", |r: &PairRow<'_>| r.value(Which::B))
            .nullable()
            .privacy(Scrub),
        Column::new("fingerprint", Text, "The fingerprint that a finding of the two claims and this kind has.", |r: &PairRow<'_>| {
            maybe(r.compared().map(|pair| pair.fingerprint.clone()))
        })
        .nullable()
        .privacy(Drop),
        Column::new("nli_validated", Flag, "The NLI model was validated on these languages; empty without a model.", |r: &PairRow<'_>| {
            r.scored.nli.map_or(Value::Null, |scores| Value::Flag(scores.validated))
        })
        .nullable(),
    ];
    columns.extend(nli_columns!(PairRow<'_>, |r: &PairRow<'_>| r.scored.nli));
    columns
}

const CONFLICTS: (&str, &str) = (
    "conflicts",
    "One row for each finding of the report; `relation` tells contradictions from divergent accounts, updates and the rest.",
);

fn finding_side(row: &ConflictRow<'_>, which: Which) -> Side {
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

fn conflicts<'s>() -> Vec<Column<ConflictRow<'s>>> {
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

const DOSSIERS: (&str, &str) =
    ("dossiers", "One row for each dossier: one slot of one event as a question with its answers.");

fn dossiers<'s>() -> Vec<Column<DossierRow<'s>>> {
    vec![
        Column::new("dossier", Text, "The dossier's id: event and slot.", |r: &DossierRow<'_>| {
            text(&r.dossier.id)
        })
        .privacy(Scrub),
        Column::new("question", Text, "The question.", |r: &DossierRow<'_>| {
            text(r.of.options.locale.text(&r.dossier.question))
        })
        .privacy(Scrub),
        Column::new("kind", Text, "What is disputed.", |r: &DossierRow<'_>| text(key(&r.dossier.kind))),
        Column::new("relation", Text, "The strongest relation among its findings.", |r: &DossierRow<'_>| {
            text(key(&r.dossier.relation))
        }),
        Column::new("confidence", Number, "The highest confidence among the findings of that relation.", |r: &DossierRow<'_>| {
            number(r.dossier.confidence)
        })
        .unit("probability"),
        Column::new("positions", Integer, "Different answers.", |r: &DossierRow<'_>| {
            integer(r.dossier.positions.len())
        })
        .unit("answers"),
        Column::new("findings", Integer, "Findings between them.", |r: &DossierRow<'_>| {
            integer(r.dossier.findings.len())
        })
        .unit("findings"),
        Column::new("contradictions", Integer, "Contradictions among the findings.", |r: &DossierRow<'_>| {
            let findings = r.dossier.findings.iter().filter_map(|&at| r.of.stages.findings.get(at));
            integer(findings.filter(|f| f.relation == Relation::Contradiction).count())
        })
        .unit("findings"),
        Column::new("articles", Integer, "Articles that answer.", |r: &DossierRow<'_>| {
            integer(r.holders(|_, holder| holder.to_owned()).len())
        })
        .unit("articles"),
        Column::new("outlets", Integer, "Outlets that answer.", |r: &DossierRow<'_>| {
            integer(r.holders(|article, _| article.article.outlet_name().to_owned()).len())
        })
        .unit("outlets"),
        Column::new("origins", Integer, "Independent origins that answer.", |r: &DossierRow<'_>| {
            integer(r.holders(|article, _| article.origin.clone()).len())
        })
        .unit("origins"),
        Column::new("leading", Integer, "Independent origins with the leading one of the contradicting answers; 0 without a contradiction.", |r: &DossierRow<'_>| {
            r.camp(|disputed| disputed.leading)
        })
        .unit("origins"),
        Column::new("opposing", Integer, "Independent origins with another of the contradicting answers.", |r: &DossierRow<'_>| {
            r.camp(|disputed| disputed.opposing)
        })
        .unit("origins"),
        Column::new("answers", Json, "List of the answers: value, origins, articles.", |r: &DossierRow<'_>| {
            json(&r.answers())
        })
        .privacy(Scrub),
    ]
}

#[derive(serde::Serialize)]
struct AnswerJson {
    value: String,
    origins: usize,
    articles: Vec<String>,
}

#[derive(serde::Serialize)]
struct ValueJson<'s> {
    about: &'s str,
    slot: &'s str,
    value: &'s str,
}

impl DossierRow<'_> {
    fn camp(&self, of: fn(&Disputed) -> usize) -> Value {
        integer(self.of.disputed.get(&self.dossier.id).map_or(0, of))
    }

    /// What the holders of all answers have, each once.
    fn holders(&self, of: fn(&CorpusArticle, &str) -> String) -> BTreeSet<String> {
        let holders = self.dossier.positions.iter().flat_map(|position| &position.holders);
        holders
            .filter_map(|holder| {
                let at = crate::compare::article_index(self.of.corpus, &holder.article)?;
                Some(of(&self.of.corpus.articles[at], &holder.article))
            })
            .collect()
    }

    fn answers(&self) -> Vec<AnswerJson> {
        let positions = self.dossier.positions.iter();
        positions
            .map(|position| AnswerJson {
                value: position.value.clone(),
                origins: position.origins,
                articles: position
                    .holders
                    .iter()
                    .map(|holder| self.of.names.article(&holder.article))
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect(),
            })
            .collect()
    }
}

/// What the tables are.
pub(super) fn infos() -> Vec<TableInfo> {
    vec![
        info(ARTICLES.0, ARTICLES.1, &articles()),
        info(CLAIMS.0, CLAIMS.1, &claims()),
        info(PAIRS.0, PAIRS.1, &pairs()),
        info(CONFLICTS.0, CONFLICTS.1, &conflicts()),
        info(DOSSIERS.0, DOSSIERS.1, &dossiers()),
    ]
}

impl<'s> Source<'s> {
    pub(super) fn new(
        pipeline: &'s Pipeline,
        stages: &'s Stages,
        names: &'s Names,
        options: &'s ExportOptions,
    ) -> Self {
        let corpus = &stages.corpus;
        let frames = &pipeline.languages.frames;
        let comparables = comparable(
            corpus,
            &stages.values,
            &stages.scored,
            frames,
            &pipeline.calibration,
            &pipeline.judging,
        );
        let origins = Origins::of(corpus);
        let counted = pairs::count(corpus, &origins, &comparables, options.min_confidence);
        let mut values: BTreeMap<usize, Vec<&SlotValue>> = BTreeMap::new();
        for value in stages.values.iter().filter(|value| value.slot != Slot::Claim) {
            values.entry(value.claim).or_default().push(value);
        }
        let locale: &Locale = &options.locale;
        let disputed = questions::disputed(corpus, &stages.dossiers, &stages.findings, locale);
        Source {
            stages,
            corpus,
            names,
            options,
            standings: counted.into_iter().map(|c| (c.comparable, c.standing)).collect(),
            questions: comparables.iter().map(|c| question_of(corpus, frames, c.a, c.b)).collect(),
            disputed: disputed.into_iter().map(|d| (d.dossier.clone(), d)).collect(),
            origins,
            comparables,
            values,
        }
    }

    fn outlet(&self, entry: &CorpusArticle) -> String {
        self.names.outlet(entry.article.outlet_name())
    }

    fn outlet_of(&self, claim: &Claim) -> String {
        self.corpus.article_of(claim).map_or_else(String::new, |entry| self.outlet(entry))
    }

    fn texts(&self, messages: &[Message]) -> Vec<String> {
        messages.iter().map(|message| self.options.locale.text(message)).collect()
    }

    fn values_of(&self, claim: usize) -> Vec<ValueJson<'_>> {
        let values = self.values.get(&claim).into_iter().flatten();
        values
            .map(|value| ValueJson {
                about: &value.about,
                slot: value.slot.name(),
                value: &value.value,
            })
            .collect()
    }

    pub(super) fn tables(&self) -> Vec<Table> {
        let (names, with_text) = (self.names, self.options.with_text);
        let mut claims_of: BTreeMap<&str, usize> = BTreeMap::new();
        for claim in &self.corpus.claims {
            *claims_of.entry(&claim.article).or_default() += 1;
        }
        let mut compared: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for (at, pair) in self.comparables.iter().enumerate() {
            compared.entry((pair.a.claim, pair.b.claim)).or_default().push(at);
        }
        let article_rows = self.corpus.articles.iter().map(|entry| ArticleRow {
            of: self,
            entry,
            claims: claims_of.get(entry.article.id.as_str()).copied().unwrap_or(0),
        });
        let claim_rows = self.corpus.claims.iter().enumerate().map(|(at, claim)| ClaimRow {
            of: self,
            at,
            claim,
        });
        let pair_rows = self.stages.scored.iter().flat_map(|scored| {
            let slots = compared.get(&(scored.pair.a, scored.pair.b)).cloned().unwrap_or_default();
            let slots: Vec<Option<usize>> =
                if slots.is_empty() { vec![None] } else { slots.into_iter().map(Some).collect() };
            slots.into_iter().map(move |compared| PairRow { of: self, scored, compared })
        });
        let conflict_rows =
            self.stages.findings.iter().map(|finding| ConflictRow { of: self, finding });
        let dossier_rows =
            self.stages.dossiers.iter().map(|dossier| DossierRow { of: self, dossier });
        let [a, c, p, f, d] = [ARTICLES, CLAIMS, PAIRS, CONFLICTS, DOSSIERS];
        let columns = (articles(), claims(), pairs(), conflicts(), dossiers());
        vec![
            table(info(a.0, a.1, &columns.0), &columns.0, article_rows, names, with_text),
            table(info(c.0, c.1, &columns.1), &columns.1, claim_rows, names, with_text),
            table(info(p.0, p.1, &columns.2), &columns.2, pair_rows, names, with_text),
            table(info(f.0, f.1, &columns.3), &columns.3, conflict_rows, names, with_text),
            table(info(d.0, d.1, &columns.4), &columns.4, dossier_rows, names, with_text),
        ]
    }
}
