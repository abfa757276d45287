//! The table of dossiers.

use super::super::columns::Column;
use super::super::columns::{integer, json, number, text};
use super::super::{Privacy, Type, Value};
use super::Source;
use std::collections::BTreeSet;

use crate::compare::questions::Disputed;
use crate::dossier::Dossier;
use crate::judge::Relation;
use crate::report::locale::key;
use crate::resolve::CorpusArticle;

use Privacy::Scrub;
use Type::{Integer, Json, Number, Text};

pub(super) struct DossierRow<'s> {
    pub(super) of: &'s Source<'s>,
    pub(super) dossier: &'s Dossier,
}

pub(super) const DOSSIERS: (&str, &str) =
    ("dossiers", "One row for each dossier: one slot of one event as a question with its answers.");

pub(super) fn dossiers<'s>() -> Vec<Column<DossierRow<'s>>> {
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
