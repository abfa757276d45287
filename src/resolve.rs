//! What only the whole corpus can tell: which spellings are one entity, when each article came
//! out, which claims speak of one event, which articles are copies.

use serde::{Deserialize, Serialize};

use crate::article::Article;
use crate::claim::time::DateInterval;
use crate::claim::{Claim, MentionKind};

/// The articles and claims of a run, resolved against each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corpus {
    /// Articles, by id.
    pub articles: Vec<CorpusArticle>,
    /// Claims, by article and sentence.
    pub claims: Vec<Claim>,
    /// Entities, by id.
    pub entities: Vec<Entity>,
    /// Event clusters, by id.
    pub clusters: Vec<EventCluster>,
}

/// An article with what the corpus says about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorpusArticle {
    /// The article.
    #[serde(flatten)]
    pub article: Article,
    /// The days on which it can have been published; empty when nothing is known.
    pub publication: Vec<DateInterval>,
    /// Set when year or month were borrowed from other articles of the cluster: "2017-11".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed: Option<String>,
    /// The id of the first article with this text: copies share it.
    pub origin: String,
}

/// A thing that all its spellings stand for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// Id: from the data file (`isis`), or made of the most frequent spelling.
    pub id: String,
    /// What a report calls it: its most frequent spelling.
    pub name: String,
    /// What it is.
    pub kind: MentionKind,
    /// All spellings seen, most frequent first.
    pub spellings: Vec<String>,
}

/// An event of a claim: indices into `Corpus::claims` and `Claim::events`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventRef {
    /// Index of the claim.
    pub claim: usize,
    /// Index of the event in the claim.
    pub event: usize,
}

/// Events of any article that are taken for one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventCluster {
    /// Id: frame and theme, `capture:abou-kamal`.
    pub id: String,
    /// The frame's id.
    pub kind: String,
    /// The entity the event is about, where there is one.
    pub theme: Option<String>,
    /// Its members.
    pub events: Vec<EventRef>,
}
