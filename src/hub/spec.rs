//! What names a model on a hub: repository, revision, paths of files. All three become parts of paths and
//! addresses, so nothing passes here that could lead elsewhere.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `owner/name` of a repository on the hub.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoId(String);

impl RepoId {
    /// Reads `owner/name`.
    ///
    /// # Errors
    ///
    /// A sentence: the text is no name that the hub gives to repositories.
    pub fn parse(text: &str) -> Result<RepoId, String> {
        let wrong = |why: &str| Err(format!("{text:?} is no repository (owner/name): {why}"));
        let Some((owner, name)) = text.split_once('/') else {
            return wrong("it has no owner");
        };
        for part in [owner, name] {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
            if part.is_empty() || part.len() > 96 || !part.chars().all(plain) {
                return wrong(
                    "owner and name are 1 to 96 letters, digits, dots, dashes and underscores",
                );
            }
            if part.starts_with(['.', '-']) || part.ends_with(['.', '-']) {
                return wrong(
                    "owner and name begin and end with a letter, a digit or an underscore",
                );
            }
            // "--" stands for "/" in the names of the cache's folders.
            if part.contains("..") || part.contains("--") {
                return wrong("the hub allows no two dots or dashes in a row");
            }
        }
        Ok(RepoId(text.to_owned()))
    }

    /// `owner/name`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder of the repository in the hub's cache: `models--owner--name`.
    pub fn cache_folder(&self) -> String {
        format!("models--{}", self.0.replace('/', "--"))
    }

    /// The reverse of [`RepoId::cache_folder`]; `None` for folders of other things.
    pub fn from_cache_folder(name: &str) -> Option<RepoId> {
        let (owner, name) = name.strip_prefix("models--")?.split_once("--")?;
        RepoId::parse(&format!("{owner}/{name}")).ok()
    }
}

impl fmt::Display for RepoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RepoId {
    type Error = String;

    fn try_from(text: String) -> Result<RepoId, String> {
        RepoId::parse(&text)
    }
}

impl From<RepoId> for String {
    fn from(repo: RepoId) -> String {
        repo.0
    }
}

/// A model that a user named: a repository at a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelSpec {
    /// What the user wrote, without a revision: a manifest's name or `owner/name`.
    pub name: String,
    /// The repository.
    pub repository: RepoId,
    /// Branch, tag or commit.
    pub revision: String,
}

impl fmt::Display for ModelSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.revision != DEFAULT_REVISION { write!(f, "@{}", self.revision) } else { Ok(()) }
    }
}

/// The branch that is meant where none is named.
pub(super) const DEFAULT_REVISION: &str = "main";

/// Checks a branch, tag or commit.
pub(super) fn check_revision(revision: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    let whole = revision.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
    if revision.len() <= 200 && whole && revision.chars().all(plain) && !revision.contains("..") {
        return Ok(());
    }
    Err(format!("{revision:?} is no revision: give a branch, a tag or a commit"))
}

/// Whether a text is the whole hash of a commit.
pub(super) fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Checks the path of a file in a repository: relative, with forward slashes, and leading nowhere else on any
/// system.
pub(super) fn check_path(path: &str) -> Result<(), String> {
    let odd = |c: char| c.is_control() || matches!(c, '\\' | ':');
    let whole = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if whole && !path.contains(odd) {
        return Ok(());
    }
    Err(format!("the file name {path:?} leads out of the model's folder"))
}
