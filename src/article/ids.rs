//! Ids that are unique in a run.
//!
//! Articles that share an id get the name of their folder before it (`daily/paris` and
//! `weekly/paris`), and as many folders above as it takes to tell them apart. Files of one folder
//! get their extension (`paris.html` and `paris.txt`), records of one file their line
//! (`paris:3`). Only where they stand decides, not the order in which they are read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Article;

/// Where an article stands; what tells articles with one id apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    path: Option<PathBuf>,
    line: Option<usize>,
}

impl Origin {
    /// An article in the file `path` (none: standard input), on `line` of it.
    pub fn new(path: Option<&Path>, line: Option<usize>) -> Self {
        Origin { path: path.map(Path::to_owned), line }
    }

    /// The names of its folders, innermost first.
    fn folders(&self) -> Vec<String> {
        let folder = self.path.as_deref().and_then(Path::parent);
        folder
            .into_iter()
            .flat_map(|folder| folder.components().rev())
            .filter(|part| matches!(part, std::path::Component::Normal(_)))
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect()
    }

    fn extension(&self) -> Option<String> {
        Some(self.path.as_deref()?.extension()?.to_string_lossy().into_owned())
    }

    /// `id` as it reads with `depth` folders before it.
    fn prefixed(&self, id: &str, depth: usize) -> String {
        let mut parts: Vec<String> = self.folders().into_iter().take(depth).collect();
        parts.reverse();
        parts.push(id.to_owned());
        parts.join("/")
    }
}

/// The articles with unique ids.
pub(super) fn make_unique(found: Vec<(Article, Origin)>) -> Vec<Article> {
    let mut by_id: BTreeMap<String, Vec<(Article, Origin)>> = BTreeMap::new();
    for (article, origin) in found {
        by_id.entry(article.id.clone()).or_default().push((article, origin));
    }
    let mut taken: BTreeSet<String> =
        by_id.iter().filter(|(_, group)| group.len() == 1).map(|(id, _)| id.clone()).collect();
    let mut articles = Vec::new();
    for (id, mut group) in by_id {
        if group.len() == 1 {
            articles.extend(group.into_iter().map(|(article, _)| article));
            continue;
        }
        group.sort_by(|a, b| a.1.cmp(&b.1));
        let origins: Vec<&Origin> = group.iter().map(|(_, origin)| origin).collect();
        let names = distinct_names(&id, &origins);
        for ((mut article, _), name) in group.into_iter().zip(names) {
            // Another article may carry the new name as its own id.
            article.id = std::iter::once(name.clone())
                .chain((2..).map(|n| format!("{name}:{n}")))
                .find(|candidate| !taken.contains(candidate))
                .unwrap_or(name);
            // A name that hangs on what else is in the run is nobody's own.
            article.editorial.own_id = false;
            taken.insert(article.id.clone());
            articles.push(article);
        }
    }
    articles
}

/// Names for articles that share `id`, distinct as far as their places are.
fn distinct_names(id: &str, origins: &[&Origin]) -> Vec<String> {
    let at_depth = |depth| -> Vec<String> {
        origins.iter().map(|origin| origin.prefixed(id, depth)).collect()
    };
    let distinct = |names: &[String]| names.iter().collect::<BTreeSet<_>>().len();
    let deepest = origins.iter().map(|origin| origin.folders().len()).max().unwrap_or(0);
    let folders = distinct(&at_depth(deepest));
    // Articles of one folder gain nothing by its name.
    let depth = if folders == 1 { 0 } else { 1 };
    let names = (depth..deepest)
        .map(at_depth)
        .find(|names| distinct(names) == folders)
        .unwrap_or_else(|| at_depth(deepest));
    let with_extension =
        told_apart(&names, origins, |name, origin| Some(format!("{name}.{}", origin.extension()?)));
    let by_extension = distinct(&with_extension) > distinct(&names);
    let names = if by_extension { with_extension } else { names };
    told_apart(&names, origins, |name, origin| Some(format!("{name}:{}", origin.line?)))
}

/// The names, those that several have with what tells them apart.
fn told_apart(
    names: &[String],
    origins: &[&Origin],
    longer: impl Fn(&str, &Origin) -> Option<String>,
) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *times.entry(name).or_default() += 1;
    }
    let tell = |(name, origin): (&String, &&Origin)| {
        let repeated = times.get(name.as_str()).is_some_and(|&times| times > 1);
        longer(name, origin).filter(|_| repeated).unwrap_or_else(|| name.clone())
    };
    names.iter().zip(origins).map(tell).collect()
}
