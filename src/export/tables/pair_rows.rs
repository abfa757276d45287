//! The table of pairs.

use super::super::columns::Column;
use super::super::columns::{integer, json, maybe, number, text};
use super::super::{Privacy, Type, Value};
use super::{Source, Which, nli};
use crate::claim::Claim;
use crate::compare::pairs::Standing;
use crate::judge::comparable::Comparable;
use crate::judge::{Relation, ScoredPair};
use crate::report::locale::key;
use crate::resolve::CorpusArticle;

use Privacy::{Drop, Pseudonym, Scrub};
use Type::{Flag, Integer, Json, Number, Text};

pub(super) struct PairRow<'s> {
    pub(super) of: &'s Source<'s>,
    pub(super) scored: &'s ScoredPair,
    /// Index of what was compared; none where the two claims have no slot in common.
    pub(super) compared: Option<usize>,
}

pub(super) const PAIRS: (&str, &str) = (
    "pairs",
    "One row for each slot that a candidate pair of claims was compared in, and one with an empty slot for a candidate pair with none in common.",
);

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

pub(super) fn pairs<'s>() -> Vec<Column<PairRow<'s>>> {
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
