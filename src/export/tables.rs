//! The five tables: what a row of each is, and its columns.

use std::collections::BTreeMap;

use super::columns::{info, maybe, number, table};
use super::names::Names;
use super::{ExportOptions, Table, TableInfo, Value};
use crate::claim::{Attribution, Claim};
use crate::compare::groups::Origins;
use crate::compare::pairs::{self, Standing};
use crate::compare::questions::{self, Disputed};
use crate::judge::anchor::Familiarity;
use crate::judge::comparable::{Comparable, question_of};
use crate::judge::slots::{Slot, SlotValue};
use crate::judge::{Message, PairScores};
use crate::pipeline::{Pipeline, Stages};
use crate::report::Locale;
use crate::resolve::{Corpus, CorpusArticle};

// Before the modules that use it.
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

mod articles;
mod claims;
mod conflicts;
mod dossiers;
mod pair_rows;

use articles::{ARTICLES, ArticleRow, articles};
use claims::{CLAIMS, ClaimRow, claims};
use conflicts::{CONFLICTS, ConflictRow, conflicts};
use dossiers::{DOSSIERS, DossierRow, dossiers};
use pair_rows::{PAIRS, PairRow};

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

/// One side of a pair: which claim of it.
#[derive(Clone, Copy)]
enum Which {
    A,
    B,
}

fn source(attribution: &[Attribution]) -> Value {
    maybe(attribution.last().map(|attribution| attribution.source.clone()))
}

fn nli(scores: Option<PairScores>, of: fn(&PairScores) -> f32) -> Value {
    scores.map_or(Value::Null, |scores| number(f64::from(of(&scores))))
}

#[derive(serde::Serialize)]
struct ValueJson<'s> {
    about: &'s str,
    slot: &'s str,
    value: &'s str,
}

/// What the tables are.
pub(super) fn infos() -> Vec<TableInfo> {
    vec![
        info(ARTICLES.0, ARTICLES.1, &articles()),
        info(CLAIMS.0, CLAIMS.1, &claims()),
        info(PAIRS.0, PAIRS.1, &pair_rows::pairs()),
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
        let comparables = pipeline.comparable(stages);
        let familiarity = Familiarity::new(corpus);
        let question = |pair: &Comparable<'s>| question_of(&familiarity, frames, pair.a, pair.b);
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
            questions: comparables.iter().map(question).collect(),
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
        let columns = (articles(), claims(), pair_rows::pairs(), conflicts(), dossiers());
        vec![
            table(info(a.0, a.1, &columns.0), &columns.0, article_rows, names, with_text),
            table(info(c.0, c.1, &columns.1), &columns.1, claim_rows, names, with_text),
            table(info(p.0, p.1, &columns.2), &columns.2, pair_rows, names, with_text),
            table(info(f.0, f.1, &columns.3), &columns.3, conflict_rows, names, with_text),
            table(info(d.0, d.1, &columns.4), &columns.4, dossier_rows, names, with_text),
        ]
    }
}
