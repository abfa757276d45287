//! Dossiers: one slot of one event as a question, with every position and all who hold it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::claim::time::DateInterval;
use crate::claim::{Attribution, FactualityKind};
use crate::judge::slots::{Slot, SlotValue};
use crate::judge::{Finding, Kind, LOOSE, Message, Relation};
use crate::resolve::Corpus;
use crate::span::Span;

/// One question with its competing answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dossier {
    /// Id: cluster and slot, `capture:abou-kamal/time`.
    pub id: String,
    /// The question, in the report's language.
    pub question: Message,
    /// What is disputed.
    pub kind: Kind,
    /// The strongest relation among its findings.
    pub relation: Relation,
    /// The highest confidence among the findings of that relation.
    pub confidence: f64,
    /// The competing answers; the one with most independent origins first.
    pub positions: Vec<Position>,
    /// Indices into the report's findings, strongest first.
    pub findings: Vec<usize>,
    /// Remarks for the reader: "2017 assumed", "002 speaks of a second battle".
    pub notes: Vec<Message>,
}

/// One answer and all who give it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Normalised value.
    pub value: String,
    /// The value for a reader.
    pub label: Message,
    /// For `time`: possible civil-date intervals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intervals: Vec<DateInterval>,
    /// Number of independent origins among the holders.
    pub origins: usize,
    /// Who says so, by article.
    pub holders: Vec<Holder>,
}

/// One article that gives an answer, with the sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Holder {
    /// The article's id.
    pub article: String,
    /// The outlet, or the article's id.
    pub outlet: String,
    /// Where the sentence stands in the article's text.
    pub span: Span,
    /// The sentence, byte for byte.
    pub sentence: String,
    /// The words that carry the value, as spans of the article's text.
    pub evidence: Vec<Span>,
    /// Quoted sources, outermost first.
    pub attribution: Vec<Attribution>,
}

/// Groups findings into dossiers: one for each slot of each event in dispute, with every claim
/// that answers its question, agreeing voices included. `findings` are sorted; `values` are all
/// slot values of the corpus.
pub fn group(corpus: &Corpus, values: &[SlotValue], findings: &[Finding]) -> Vec<Dossier> {
    let mut order: Vec<&str> = Vec::new();
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, finding) in findings.iter().enumerate() {
        let list = members.entry(&finding.dossier).or_default();
        if list.is_empty() {
            order.push(&finding.dossier);
        }
        list.push(i);
    }
    order
        .into_iter()
        .map(|id| {
            let mine = &members[id];
            let strongest = &findings[mine[0]];
            let positions = positions(corpus, values, id, mine, findings);
            Dossier {
                id: id.to_owned(),
                question: strongest.question.clone(),
                kind: strongest.kind,
                relation: strongest.relation,
                confidence: strongest.confidence,
                notes: notes(corpus, &positions, mine, findings),
                positions,
                findings: mine.clone(),
            }
        })
        .collect()
}

/// Every answer to a dossier's question, the one with most independent origins first.
fn positions(
    corpus: &Corpus,
    values: &[SlotValue],
    id: &str,
    mine: &[usize],
    findings: &[Finding],
) -> Vec<Position> {
    let disputed: BTreeSet<&str> = mine
        .iter()
        .flat_map(|&i| [findings[i].a.claim.as_str(), findings[i].b.claim.as_str()])
        .collect();
    let is_disputed = |value: &SlotValue| disputed.contains(corpus.claims[value.claim].id.as_str());
    // Where no cluster holds an answer together with the question, only the disputed ones are told.
    let slot = id.rsplit('/').next().unwrap_or_default();
    let answers: Vec<&SlotValue> = values
        .iter()
        .filter(|v| {
            if id.starts_with("claim:") {
                v.slot == Slot::Claim && is_disputed(v)
            } else if id.starts_with(LOOSE) {
                v.slot.name() == slot && is_disputed(v)
            } else {
                format!("{}/{}", v.about, v.slot.name()) == id
            }
        })
        .collect();
    let scope: BTreeSet<&String> =
        answers.iter().filter(|v| is_disputed(v)).flat_map(|v| &v.scope).collect();
    let mut by_value: BTreeMap<&str, Vec<&SlotValue>> = BTreeMap::new();
    for value in &answers {
        let put_forward =
            !matches!(value.factuality.kind, FactualityKind::Planned | FactualityKind::Question);
        let in_scope =
            value.scope.is_empty() || value.scope.iter().any(|place| scope.contains(place));
        if is_disputed(value) || put_forward && in_scope {
            by_value.entry(&value.value).or_default().push(value);
        }
    }
    let mut positions: Vec<Position> = by_value
        .into_iter()
        // What no finding sets against anything answers the question of another event: a flood of long ago.
        .filter(|(_, holders)| holders.iter().any(|value| is_disputed(value)))
        .map(|(value, holders)| {
            let mut origins: BTreeSet<&str> = BTreeSet::new();
            let mut listed: Vec<Holder> = Vec::new();
            for held in &holders {
                let claim = &corpus.claims[held.claim];
                let Some(article) = corpus.article_of(claim) else { continue };
                origins.insert(&article.origin);
                if listed.iter().all(|h| h.article != claim.article || h.span != claim.span) {
                    listed.push(Holder {
                        article: claim.article.clone(),
                        outlet: article.article.outlet_name().to_owned(),
                        span: claim.span,
                        sentence: claim.text.clone(),
                        evidence: held.evidence.clone(),
                        attribution: claim.attribution.clone(),
                    });
                }
            }
            Position {
                value: value.to_owned(),
                label: fullest(&holders).clone(),
                intervals: holders[0].intervals.clone(),
                origins: origins.len(),
                holders: listed,
            }
        })
        .collect();
    positions.sort_by(|x, y| y.origins.cmp(&x.origins).then_with(|| x.value.cmp(&y.value)));
    positions
}

/// The label that says most: "armée syrienne" rather than "l'armée".
fn fullest<'v>(holders: &[&'v SlotValue]) -> &'v Message {
    let length = |v: &&&SlotValue| {
        let values = v.label.values.values().map(String::len).sum::<usize>();
        (values, std::cmp::Reverse(v.claim))
    };
    &holders.iter().max_by_key(length).unwrap_or(&holders[0]).label
}

/// What a reader should know beside the positions: borrowed dates, second events.
fn notes(
    corpus: &Corpus,
    positions: &[Position],
    mine: &[usize],
    findings: &[Finding],
) -> Vec<Message> {
    let mut notes: BTreeSet<Message> = BTreeSet::new();
    let holders: BTreeSet<&str> =
        positions.iter().flat_map(|p| &p.holders).map(|h| h.article.as_str()).collect();
    let dated = mine.iter().any(|&i| findings[i].kind == Kind::Time);
    for article in
        corpus.articles.iter().filter(|a| dated && holders.contains(a.article.id.as_str()))
    {
        if let Some(assumed) = &article.assumed {
            notes.insert(Message::new("time.assumed-year", [("year", assumed.clone())]));
        }
    }
    let second =
        mine.iter().flat_map(|&i| &findings[i].why).filter(|m| m.id == "update.second-event");
    notes.extend(second.cloned());
    notes.into_iter().collect()
}
