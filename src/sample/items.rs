//! What can be sampled: the contradictions of a run or a report, and pairs that agree.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::Predicted;
use crate::compare::groups::Origins;
use crate::compare::pairs::{self, Standing};
use crate::error::{Error, Result};
use crate::judge::anchor::Familiarity;
use crate::judge::comparable::question_of;
use crate::judge::slots::SlotValue;
use crate::judge::{Relation, fingerprint};
use crate::pipeline::{Pipeline, Stages};
use crate::report::Locale;
use crate::report::locale::key;

/// A pair of sentences that answer one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What the program says.
    pub predicted: Predicted,
    /// The kind.
    pub kind: String,
    /// The relation.
    pub relation: String,
    /// The probability that the program gives; none for agreement.
    pub confidence: Option<f64>,
    /// What the pair is about: pairs of one depend on each other.
    pub event: String,
    /// The question that both sides answer.
    pub question: String,
    /// Name of the pair.
    pub fingerprint: String,
    /// One side.
    pub a: Side,
    /// The other side.
    pub b: Side,
}

/// One side of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The article's id.
    pub article: String,
    /// The outlet.
    pub outlet: String,
    /// Language of the sentence.
    pub language: String,
    /// Publication date as far as known; empty where it is not.
    pub published: String,
    /// The sentence.
    pub sentence: String,
}

impl Item {
    /// The languages of the two sides, in alphabetical order: `en-fr`, or `fr`.
    pub fn languages(&self) -> String {
        let both: BTreeSet<&str> =
            [self.a.language.as_str(), self.b.language.as_str()].into_iter().collect();
        both.into_iter().collect::<Vec<_>>().join("-")
    }
}

/// The contradictions of a finished run, and the pairs of statements that agree.
pub fn of_run(pipeline: &Pipeline, stages: &Stages, locale: &Locale) -> Vec<Item> {
    let corpus = &stages.corpus;
    let frames = &pipeline.languages.frames;
    let language = |claim: &str| {
        let claim = corpus.claims.iter().find(|known| known.id == claim);
        claim.map_or_else(String::new, |claim| claim.language.clone())
    };
    let mut seen = BTreeSet::new();
    let mut items: Vec<Item> = Vec::new();
    for finding in stages.findings.iter().filter(|f| f.relation == Relation::Contradiction) {
        // Copies give the same finding.
        if !seen.insert(finding.fingerprint.clone()) {
            continue;
        }
        let side = |side: &crate::judge::Side| Side {
            article: side.article.clone(),
            outlet: side.outlet.clone(),
            language: language(&side.claim),
            published: side.published.clone().unwrap_or_default(),
            sentence: side.sentence.clone(),
        };
        items.push(Item {
            predicted: Predicted::Conflict,
            kind: key(&finding.kind),
            relation: key(&finding.relation),
            confidence: Some(finding.confidence),
            event: finding.dossier.clone(),
            question: locale.text(&finding.question),
            fingerprint: finding.fingerprint.clone(),
            a: side(&finding.a),
            b: side(&finding.b),
        });
    }
    let all = pipeline.comparable(stages);
    let familiarity = Familiarity::new(corpus);
    for counted in pairs::count(corpus, &Origins::of(corpus), &all, 0.0) {
        let pair = &all[counted.comparable];
        if counted.standing != Standing::Agreement || !seen.insert(pair.fingerprint.clone()) {
            continue;
        }
        let side = |value: &SlotValue| {
            let claim = &corpus.claims[value.claim];
            let article = corpus.article_of(claim);
            Side {
                article: claim.article.clone(),
                outlet: article.map_or_else(String::new, |a| a.article.outlet_name().to_owned()),
                language: claim.language.clone(),
                published: article
                    .and_then(crate::compare::published)
                    .map_or_else(String::new, crate::compare::days_text),
                sentence: claim.text.clone(),
            }
        };
        let Some(question) = question_of(&familiarity, frames, pair.a, pair.b) else { continue };
        items.push(Item {
            predicted: Predicted::Agreement,
            kind: key(&pair.kind),
            relation: key(&pair.relation),
            confidence: None,
            event: format!("{}/{}", pair.a.about, pair.a.slot.name()),
            question: locale.text(&question),
            fingerprint: pair.fingerprint.clone(),
            a: side(pair.a),
            b: side(pair.b),
        });
    }
    items
}

/// The contradictions of a report that `crossclaim report --format json` wrote, and pairs of holders of one position,
/// who agree. None if `text` is no such report.
///
/// # Errors
/// When it is one and lacks what a sample needs; `path` is named.
pub fn of_report(path: &Path, text: &str) -> Result<Option<Vec<Item>>> {
    let Ok(report) = serde_json::from_str::<Value>(text) else { return Ok(None) };
    if report["schema"] != "crossclaim-report" {
        return Ok(None);
    }
    let wrong = |problem: String| Error::Input {
        path: path.to_owned(),
        line: None,
        problem,
        remedy: "write it again with crossclaim report --format json".to_owned(),
    };
    let list = |value: &Value, name: &str| -> Result<Vec<Value>> {
        value[name].as_array().cloned().ok_or_else(|| wrong(format!("the report has no `{name}`")))
    };
    let string = |value: &Value, name: &str| -> Result<String> {
        let text = value[name].as_str().map(str::to_owned);
        text.ok_or_else(|| wrong(format!("a `{name}` is missing in the report")))
    };
    let articles = list(&report["run"], "articles")?;
    let article = |id: &str| articles.iter().find(|article| article["id"] == id);
    let side = |value: &Value| -> Result<Side> {
        let id = string(value, "article")?;
        let known = article(&id);
        let of = |name: &str| {
            known.and_then(|known| known[name].as_str()).unwrap_or_default().to_owned()
        };
        Ok(Side {
            outlet: string(value, "outlet")?,
            language: of("language"),
            published: of("published"),
            sentence: string(value, "sentence")?,
            article: id,
        })
    };
    let mut seen = BTreeSet::new();
    let mut items = Vec::new();
    for finding in list(&report, "findings")? {
        let print = string(&finding, "fingerprint")?;
        if finding["relation"] != "contradiction" || !seen.insert(print.clone()) {
            continue;
        }
        items.push(Item {
            predicted: Predicted::Conflict,
            kind: string(&finding, "kind")?,
            relation: string(&finding, "relation")?,
            confidence: finding["confidence"].as_f64(),
            event: string(&finding, "dossier")?,
            question: string(&finding["question"], "text")?,
            fingerprint: print,
            a: side(&finding["a"])?,
            b: side(&finding["b"])?,
        });
    }
    for dossier in list(&report, "dossiers")? {
        let kind = string(&dossier, "kind")?;
        for position in list(&dossier, "positions")? {
            let holders = list(&position, "holders")?;
            for (at, a) in holders.iter().enumerate() {
                for b in &holders[at + 1..] {
                    let (a, b) = (side(a)?, side(b)?);
                    let origin = |side: &Side| {
                        let copy = article(&side.article).and_then(|a| a["copy_of"].as_str());
                        copy.map_or_else(|| side.article.clone(), str::to_owned)
                    };
                    let named = format!(
                        "{kind}:{}:{}",
                        fingerprint::fold(&a.sentence),
                        fingerprint::fold(&b.sentence)
                    );
                    let print = fingerprint::hex(&named)[..16].to_owned();
                    if origin(&a) == origin(&b) || !seen.insert(print.clone()) {
                        continue;
                    }
                    items.push(Item {
                        predicted: Predicted::Agreement,
                        kind: kind.clone(),
                        relation: "compatible".to_owned(),
                        confidence: None,
                        event: string(&dossier, "id")?,
                        question: string(&dossier["question"], "text")?,
                        fingerprint: print,
                        a,
                        b,
                    });
                }
            }
        }
    }
    Ok(Some(items))
}
