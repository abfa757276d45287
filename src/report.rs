//! Reports: the findings of a run in the forms that people and programs read.

use serde::{Deserialize, Serialize};

use crate::dossier::Dossier;
use crate::judge::Finding;

/// Everything that a report shows; every format renders this and nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What was read.
    pub run: Run,
    /// Strongest first: contradictions, then divergent accounts, then the rest.
    pub dossiers: Vec<Dossier>,
    /// Strongest first, in the same order of relations.
    pub findings: Vec<Finding>,
}

/// What went into a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Version of crossclaim.
    pub version: String,
    /// The NLI model's name; none when NLI was switched off.
    pub model: Option<String>,
    /// The NLI model's digest.
    pub model_digest: Option<String>,
    /// Articles read, by id.
    pub articles: Vec<RunArticle>,
    /// Number of claims read off them.
    pub claims: usize,
    /// Number of candidate pairs scored.
    pub pairs: usize,
    /// What could not be read, each with its remedy, in the order of the input.
    pub problems: Vec<String>,
}

/// An article as a report lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunArticle {
    /// The article's id.
    pub id: String,
    /// The outlet, or the article's id.
    pub outlet: String,
    /// Headline, where known.
    pub title: Option<String>,
    /// Address, where known.
    pub url: Option<String>,
    /// Language.
    pub language: String,
    /// Publication date as far as known; `assumed` tells when it was borrowed.
    pub published: Option<String>,
    /// The publication date was assumed or borrowed from other articles.
    pub assumed: bool,
    /// The article it is a copy of, if it is one.
    pub copy_of: Option<String>,
}
