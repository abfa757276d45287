//! Gold conflicts of a corpus, and which findings answer them. The form is that of `seeds/gold.json`.

use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::judge::{Finding, Kind, Relation, Side};

/// What a careful reader finds in a corpus, and what looks like a conflict and is none.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct GoldCorpus {
    /// Pairs of sentences that conflict.
    #[serde(default)]
    pub conflicts: Vec<Conflict>,
    /// Pairs that look like conflicts and are none.
    #[serde(default)]
    pub negatives: Vec<Negative>,
}

/// Two sentences that conflict.
#[derive(Debug, Clone, Deserialize)]
pub struct Conflict {
    /// Its name.
    pub id: String,
    /// The kinds that are right, the likeliest first.
    pub kinds: Vec<Kind>,
    /// One side.
    pub a: Quote,
    /// The other side.
    pub b: Quote,
    /// `must` where the sentences say it outright, `should` where it takes a step of reasoning.
    pub level: String,
    /// The relations that are right.
    pub relations: Vec<Relation>,
}

/// Two sentences that look like a conflict and are none.
#[derive(Debug, Clone, Deserialize)]
pub struct Negative {
    /// Its name.
    #[serde(default)]
    pub id: String,
    /// One side.
    pub a: Quote,
    /// The other side.
    pub b: Quote,
}

/// Words of an article.
#[derive(Debug, Clone, Deserialize)]
pub struct Quote {
    /// The article's id.
    pub article: String,
    /// The words, as the article has them but for white space.
    pub quote: String,
    /// Other words of the article that say the same.
    #[serde(default)]
    pub or: Vec<String>,
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Quote {
    /// Whether this sentence of this article holds the quote, or the quote the sentence.
    pub fn is_in(&self, article: &str, sentence: &str) -> bool {
        let sentence = squeeze(sentence);
        article == self.article
            && std::iter::once(&self.quote).chain(&self.or).any(|quote| {
                let quote = squeeze(quote);
                sentence.contains(&quote) || quote.contains(&sentence)
            })
    }

    fn is_on(&self, side: &Side) -> bool {
        self.is_in(&side.article, &side.sentence)
    }
}

/// Whether a finding lies between the two quotes, in either order.
pub fn lies_between(finding: &Finding, a: &Quote, b: &Quote) -> bool {
    a.is_on(&finding.a) && b.is_on(&finding.b) || a.is_on(&finding.b) && b.is_on(&finding.a)
}

impl Conflict {
    /// Whether a finding says what this conflict is: between its sentences, of a right kind and relation.
    pub fn is_answered_by(&self, finding: &Finding) -> bool {
        lies_between(finding, &self.a, &self.b)
            && self.kinds.contains(&finding.kind)
            && self.relations.contains(&finding.relation)
    }
}

impl GoldCorpus {
    /// Reads an annotation.
    ///
    /// # Errors
    /// When the file cannot be read or has another form.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Io {
            path: path.to_owned(),
            action: "read",
            source,
            remedy: "give a JSON file in the form of seeds/gold.json".to_owned(),
        })?;
        serde_json::from_str(&text).map_err(|error| Error::Input {
            path: path.to_owned(),
            line: Some(error.line()),
            problem: format!("no gold annotation: {error}"),
            remedy: "compare with seeds/gold.json and docs/evaluation.md".to_owned(),
        })
    }

    /// The findings that answer a conflict.
    pub fn answers<'f>(conflict: &Conflict, findings: &'f [Finding]) -> Vec<&'f Finding> {
        findings.iter().filter(|finding| conflict.is_answered_by(finding)).collect()
    }

    /// The negatives that a run calls contradictions.
    pub fn violated<'g>(&'g self, findings: &[Finding]) -> Vec<&'g Negative> {
        // A sentence may hold a conflict and a look-alike ("seven dead, forty hurt"): what is shown for the
        // one says nothing of the other.
        let accounted = |f: &Finding| self.conflicts.iter().any(|c| lies_between(f, &c.a, &c.b));
        let contradiction = |f: &&Finding| f.relation == Relation::Contradiction && !accounted(f);
        self.negatives
            .iter()
            .filter(|n| findings.iter().filter(contradiction).any(|f| lies_between(f, &n.a, &n.b)))
            .collect()
    }

    /// The contradictions shown that no gold conflict accounts for, of whatever kind.
    pub fn unexplained<'f>(&self, findings: &'f [Finding]) -> Vec<&'f Finding> {
        findings
            .iter()
            .filter(|f| f.relation == Relation::Contradiction)
            .filter(|f| !self.conflicts.iter().any(|c| lies_between(f, &c.a, &c.b)))
            .collect()
    }
}
