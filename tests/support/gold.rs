//! Gold conflicts of a corpus, and how a run's findings answer them. The format is that of
//! `seeds/gold.json`.

use std::path::Path;

use crossclaim::judge::{Finding, Relation, Side};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Gold {
    pub conflicts: Vec<Conflict>,
    pub negatives: Vec<Negative>,
}

#[derive(Debug, Deserialize)]
pub struct Conflict {
    pub id: String,
    pub kinds: Vec<String>,
    pub a: Quote,
    pub b: Quote,
    pub level: String,
    pub relations: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct Negative {
    #[serde(default)]
    pub id: String,
    pub a: Quote,
    pub b: Quote,
}

#[derive(Debug, Deserialize)]
pub struct Quote {
    pub article: String,
    pub quote: String,
    #[serde(default)]
    pub or: Vec<String>,
}

impl Quote {
    /// Whether the side's sentence holds the quote, or the quote the sentence.
    fn is_on(&self, side: &Side) -> bool {
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let sentence = squeeze(&side.sentence);
        side.article == self.article
            && std::iter::once(&self.quote).chain(&self.or).any(|quote| {
                let quote = squeeze(quote);
                sentence.contains(&quote) || quote.contains(&sentence)
            })
    }
}

/// Whether a finding lies between the two quotes, in either order.
pub fn lies_between(finding: &Finding, a: &Quote, b: &Quote) -> bool {
    a.is_on(&finding.a) && b.is_on(&finding.b) || a.is_on(&finding.b) && b.is_on(&finding.a)
}

impl Gold {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("the gold file can be read");
        serde_json::from_str(&text).expect("the gold file has the format of seeds/gold.json")
    }

    /// The findings that answer a conflict with an allowed kind and relation.
    pub fn answers<'f>(conflict: &Conflict, findings: &'f [Finding]) -> Vec<&'f Finding> {
        findings
            .iter()
            .filter(|finding| {
                lies_between(finding, &conflict.a, &conflict.b)
                    && conflict.kinds.contains(&name(&finding.kind))
                    && conflict.relations.contains(&name(&finding.relation))
            })
            .collect()
    }

    /// The negatives that a run calls contradictions.
    pub fn violated<'g>(&'g self, findings: &[Finding]) -> Vec<&'g Negative> {
        let contradiction = |f: &&Finding| f.relation == Relation::Contradiction;
        self.negatives
            .iter()
            .filter(|n| findings.iter().filter(contradiction).any(|f| lies_between(f, &n.a, &n.b)))
            .collect()
    }

    /// The contradictions shown that no gold conflict accounts for.
    pub fn unexplained<'f>(&self, findings: &'f [Finding]) -> Vec<&'f Finding> {
        findings
            .iter()
            .filter(|f| f.relation == Relation::Contradiction)
            .filter(|f| !self.conflicts.iter().any(|c| lies_between(f, &c.a, &c.b)))
            .collect()
    }
}

/// The kebab-case name of an enum value.
pub fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}
