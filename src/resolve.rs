//! What only the whole corpus can tell: which spellings are one entity, when each article came
//! out, which claims speak of one event, which articles are copies.

pub mod clusters;
pub mod coreference;
pub mod dates;
pub mod entities;
pub mod identity;
mod recall;
mod speakers;
pub mod stories;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::article::{Article, copies};
use crate::claim::time::{self, DateInterval};
use crate::claim::{Claim, MentionKind};
use crate::language::Languages;
use crate::nli::WordVectors;
use coreference::{Coreference, Weights};

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
    /// Happenings that several claims speak of, as indices of claims.
    #[serde(default)]
    pub happenings: Vec<Vec<usize>>,
    /// The same, for whoever asks about two claims with something left out.
    #[serde(skip)]
    pub coreference: Coreference,
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
    /// Articles of one story, dated near each other and about the same things, share a number.
    pub story: usize,
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
    /// The course of events it belongs to: family of frames and theme, `combat:abou-kamal`.
    pub course: String,
    /// The entity the event is about, where there is one.
    pub theme: Option<String>,
    /// Its members.
    pub events: Vec<EventRef>,
}

/// What is known of articles that are not loaded: a run over part of a large collection takes what is common from the
/// whole of it.
#[derive(Clone)]
pub struct Background {
    articles: usize,
    seen_in: Arc<dyn Fn(&str) -> usize + Send + Sync>,
}

impl Background {
    /// A collection of so many articles; `seen_in` says how many of them name an entity.
    pub fn new(
        articles: usize,
        seen_in: impl Fn(&str) -> usize + Send + Sync + 'static,
    ) -> Background {
        Background { articles, seen_in: Arc::new(seen_in) }
    }
}

impl std::fmt::Debug for Background {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Background").field("articles", &self.articles).finish_non_exhaustive()
    }
}

/// Resolves the claims of all articles against each other. `claims` are in the order of
/// `articles`, which are sorted by id, and within each of sentences. With `one_story` all
/// articles tell one; `background` is the collection that they were taken from, if they are not all of it.
/// Countries and cities of the data files get their names in the language `names_in`.
pub fn resolve(
    articles: Vec<Article>,
    mut claims: Vec<Claim>,
    languages: &Languages,
    one_story: bool,
    background: Option<&Background>,
    names_in: &str,
) -> Corpus {
    entities::unify(&mut claims, &languages.gazetteer);
    recall::recall(&mut claims);
    speakers::identify(&mut claims);
    let entities = entities::list(&claims, &languages.gazetteer, names_in);
    let origins = copies::origins(&articles);
    let mut articles: Vec<CorpusArticle> = articles
        .into_iter()
        .zip(origins)
        .map(|(article, origin)| {
            let days = time::publication_days(article.date.as_ref());
            let publication = match (days.first(), days.last()) {
                (Some(&first), Some(&last)) => vec![DateInterval { first, last }],
                _ => Vec::new(),
            };
            CorpusArticle { article, publication, assumed: None, origin, story: 0 }
        })
        .collect();
    let stories = if one_story {
        vec![0; articles.len()]
    } else {
        stories::stories(&articles, &claims, languages, background)
    };
    for (article, story) in articles.iter_mut().zip(&stories) {
        article.story = *story;
    }
    dates::solve(&mut articles, &mut claims, &stories);
    let story_of: BTreeMap<&str, usize> =
        articles.iter().map(|a| (a.article.id.as_str(), a.story)).collect();
    let claim_stories: Vec<usize> =
        claims.iter().map(|c| story_of.get(c.article.as_str()).copied().unwrap_or(0)).collect();
    let clusters = clusters::cluster(&claims, &claim_stories, languages);
    // Both are data that ship: where they cannot be read, every claim has a happening of its own.
    let vectors = WordVectors::builtin().ok();
    let weights = Weights::builtin().unwrap_or_default();
    let frames = &languages.frames;
    let coreference =
        Coreference::of(&articles, &claims, &claim_stories, frames, vectors, &weights);
    let happenings = coreference.clusters();
    Corpus { articles, claims, entities, clusters, happenings, coreference }
}

impl Corpus {
    /// The article of a claim.
    pub fn article_of(&self, claim: &Claim) -> Option<&CorpusArticle> {
        self.articles
            .binary_search_by(|a| a.article.id.as_str().cmp(&claim.article))
            .ok()
            .map(|i| &self.articles[i])
    }

    /// What a report calls an entity: a country or known city as the report's language does, anything else
    /// by its most frequent spelling.
    pub fn name_of<'c>(&'c self, id: &'c str) -> &'c str {
        match self.entities.binary_search_by(|e| e.id.as_str().cmp(id)) {
            Ok(i) => &self.entities[i].name,
            Err(_) => id.rsplit(':').next().unwrap_or(id),
        }
    }
}
