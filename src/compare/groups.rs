//! Groups of articles, and independent origins: copies of one text count once.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::Serialize;

use super::{GroupFigures, article_index, published, surely_before};
use crate::claim::time::DateInterval;
use crate::resolve::{Corpus, CorpusArticle};

/// What articles are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The outlet; an article that names none is a group of its own.
    Outlet,
    /// The outlet's country, from metadata.
    Country,
    /// The article's language.
    Language,
    /// The month of publication, where it is known to the month.
    Month,
}

impl By {
    /// All of them.
    pub const ALL: [By; 4] = [By::Outlet, By::Country, By::Language, By::Month];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            By::Outlet => "outlet",
            By::Country => "country",
            By::Language => "language",
            By::Month => "month",
        }
    }

    /// The group of an article; none where it is not known.
    pub fn group_of(self, article: &CorpusArticle) -> Option<String> {
        match self {
            By::Outlet => Some(article.article.outlet_name().to_owned()),
            By::Country => article.article.country.clone(),
            By::Language => Some(article.article.language.clone()),
            By::Month => {
                let days = published(article)?;
                let month = |day: jiff::civil::Date| (day.year(), day.month());
                (month(days.first) == month(days.last))
                    .then(|| format!("{:04}-{:02}", days.first.year(), days.first.month()))
            }
        }
    }
}

impl FromStr for By {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        By::ALL.into_iter().find(|by| by.name() == name).ok_or_else(|| {
            let known = By::ALL.map(By::name).join(", ");
            format!("articles cannot be grouped by `{name}`; use one of {known}")
        })
    }
}

/// The names of a corpus's outlets.
pub fn outlets(corpus: &Corpus) -> BTreeSet<&str> {
    corpus.articles.iter().map(|a| a.article.outlet_name()).collect()
}

/// The numbers of a corpus's stories.
pub fn stories(corpus: &Corpus) -> BTreeSet<usize> {
    corpus.articles.iter().map(|a| a.story).collect()
}

/// The independent origins of a corpus.
#[derive(Debug)]
pub struct Origins {
    /// Origins, by the id of their first article.
    pub list: Vec<Origin>,
    /// The origin of each article, by index.
    pub of_article: Vec<usize>,
}

/// One text, and the articles that carry it.
#[derive(Debug)]
pub struct Origin {
    /// Indices of its articles: the earliest by publication first, those of unknown date last; ties by id.
    pub articles: Vec<usize>,
}

impl Origin {
    /// The article that the origin counts as: the first to publish, as far as is known.
    pub fn first(&self) -> usize {
        self.articles[0]
    }
}

impl Origins {
    /// The origins of a resolved corpus.
    pub fn of(corpus: &Corpus) -> Self {
        let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (i, article) in corpus.articles.iter().enumerate() {
            members.entry(&article.origin).or_default().push(i);
        }
        let mut of_article = vec![0; corpus.articles.len()];
        let mut list = Vec::new();
        for mut articles in members.into_values() {
            articles.sort_by_key(|&i| {
                let days = published(&corpus.articles[i]);
                // Of two that overlap, the one whose latest day is earlier: a whole month is no early day.
                (days.is_none(), days.map(|d| (d.last, d.first)), i)
            });
            for &article in &articles {
                of_article[article] = list.len();
            }
            list.push(Origin { articles });
        }
        Origins { list, of_article }
    }

    /// The origin of an article by its id.
    pub fn of_id(&self, corpus: &Corpus, article: &str) -> Option<usize> {
        article_index(corpus, article).map(|i| self.of_article[i])
    }

    /// The chains of copies, longest first.
    pub fn chains(&self, corpus: &Corpus) -> Vec<Chain> {
        let mut chains: Vec<Chain> = self
            .list
            .iter()
            .filter(|origin| origin.articles.len() > 1)
            .map(|origin| {
                let links: Vec<Link> = origin
                    .articles
                    .iter()
                    .map(|&i| {
                        let article = &corpus.articles[i];
                        Link {
                            article: article.article.id.clone(),
                            outlet: article.article.outlet_name().to_owned(),
                            published: published(article),
                        }
                    })
                    .collect();
                let first = links[0].published;
                let certain = links[1..].iter().all(|l| surely_before(first, l.published));
                Chain { links, first_is_certain: certain }
            })
            .collect();
        chains.sort_by(|x, y| {
            y.links
                .len()
                .cmp(&x.links.len())
                .then_with(|| x.links[0].article.cmp(&y.links[0].article))
        });
        chains
    }
}

/// Articles that carry one text, in the order in which they came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chain {
    /// The articles; those of unknown date stand last.
    pub links: Vec<Link>,
    /// The first surely came out before all others: no tie, no unknown date.
    pub first_is_certain: bool,
}

/// One article of a chain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// The article's id.
    pub article: String,
    /// The outlet, or the article's id.
    pub outlet: String,
    /// When it came out, as far as is known.
    pub published: Option<DateInterval>,
}

/// Origins sorted into groups.
#[derive(Debug)]
pub struct Grouping {
    /// Names of the groups, in order; none, for articles of unknown group, comes last.
    pub names: Vec<Option<String>>,
    /// The group of each origin.
    pub of_origin: Vec<usize>,
    /// What labels are permuted between: origins with one number trade as one.
    pub exchange: Exchange,
    articles: Vec<usize>,
}

/// Which labels a permutation may swap.
#[derive(Debug)]
pub struct Exchange {
    /// The unit of each origin: the origin itself, or its outlet where all that an outlet published is of one group.
    pub unit_of_origin: Vec<usize>,
    /// For each unit its label, and the stratum that it trades labels in: its story for origins, one for all outlets.
    pub units: Vec<(usize, usize)>,
    /// Units are whole outlets.
    pub outlets: bool,
}

impl Grouping {
    /// Groups the origins of a corpus, each by the article that published it first.
    pub fn new(corpus: &Corpus, origins: &Origins, by: By) -> Self {
        let known: BTreeSet<Option<String>> =
            corpus.articles.iter().map(|article| by.group_of(article)).collect();
        let mut names: Vec<Option<String>> = known.into_iter().collect();
        names.sort_by_key(|name| (name.is_none(), name.clone()));
        let index = |article: &CorpusArticle| {
            let group = by.group_of(article);
            names.iter().position(|name| *name == group).unwrap_or(0)
        };
        let mut articles = vec![0; names.len()];
        for article in &corpus.articles {
            articles[index(article)] += 1;
        }
        let firsts: Vec<&CorpusArticle> =
            origins.list.iter().map(|origin| &corpus.articles[origin.first()]).collect();
        let of_origin: Vec<usize> = firsts.iter().map(|article| index(article)).collect();
        let exchange = exchange(&firsts, &of_origin, by);
        Grouping { names, of_origin, exchange, articles }
    }

    /// A grouping made by hand.
    #[cfg(test)]
    pub(super) fn for_tests(
        names: Vec<Option<String>>,
        of_origin: Vec<usize>,
        exchange: Exchange,
    ) -> Self {
        let articles = vec![0; names.len()];
        Grouping { names, of_origin, exchange, articles }
    }

    /// Sizes of the groups.
    pub fn figures(&self) -> Vec<GroupFigures> {
        let origins = |group: usize| self.of_origin.iter().filter(|&&g| g == group).count();
        let groups = self.names.iter().enumerate();
        groups
            .map(|(i, name)| GroupFigures {
                name: name.clone(),
                articles: self.articles[i],
                origins: origins(i),
            })
            .collect()
    }
}

/// Country and language belong to an outlet: its articles are not exchangeable one by one, the outlets are. Where an
/// outlet publishes in several groups, and for outlets and months themselves, articles trade within their story, so
/// that who covers what stays as it is.
fn exchange(firsts: &[&CorpusArticle], of_origin: &[usize], by: By) -> Exchange {
    let mut groups_of: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (article, &group) in firsts.iter().zip(of_origin) {
        groups_of.entry(article.article.outlet_name()).or_default().insert(group);
    }
    let of_outlets = matches!(by, By::Country | By::Language)
        && groups_of.values().all(|groups| groups.len() == 1);
    if !of_outlets {
        let units = firsts.iter().zip(of_origin).map(|(a, &group)| (group, a.story)).collect();
        return Exchange { unit_of_origin: (0..firsts.len()).collect(), units, outlets: false };
    }
    let outlets: Vec<&str> = groups_of.keys().copied().collect();
    let at = |article: &CorpusArticle| {
        outlets.binary_search(&article.article.outlet_name()).unwrap_or(0)
    };
    Exchange {
        unit_of_origin: firsts.iter().map(|article| at(article)).collect(),
        units: groups_of.values().map(|groups| (groups.first().copied().unwrap_or(0), 0)).collect(),
        outlets: true,
    }
}
