//! From the paths a user gives to the files to read: folders walked, globs expanded, each file
//! once, in an order that does not depend on the file system.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use ignore::WalkBuilder;

use super::draft::Log;
use crate::error::Error;

/// Name of the sidecar in a folder of articles.
pub(super) const SIDECAR: &str = "articles.csv";
/// Name of the ignore file, written like a `.gitignore`.
pub(super) const IGNORE_FILE: &str = ".crossclaimignore";

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Markdown,
    Html,
    /// One JSON record a line.
    JsonLines,
    /// One JSON object or array.
    Json,
    /// RSS or Atom.
    Feed,
    /// A web archive, perhaps gzipped.
    Warc,
    /// A table with this delimiter; `None`: found out from its header.
    Table(Option<u8>),
}

/// A file to read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Source {
    /// As the user named it, or below the folder that the user named; `-` is standard input.
    pub path: PathBuf,
    /// The one true path, `None` for standard input.
    pub canonical: Option<PathBuf>,
    /// Found in a folder: what is no article is then passed over.
    pub walked: bool,
    /// Folders whose sidecar may name it, nearest first.
    pub folders: Vec<PathBuf>,
}

/// The format that a file's name tells; `None`: its content must tell.
pub(super) fn format_of(path: &Path) -> Option<Format> {
    if super::warc::is_warc_name(path) {
        return Some(Format::Warc);
    }
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "txt" | "text" => Format::Text,
        "md" | "markdown" => Format::Markdown,
        "html" | "htm" | "xhtml" => Format::Html,
        "jsonl" | "ndjson" => Format::JsonLines,
        "json" => Format::Json,
        "xml" | "rss" | "atom" | "rdf" => Format::Feed,
        "csv" => Format::Table(None),
        "tsv" => Format::Table(Some(b'\t')),
        _ => return None,
    })
}

/// The files that `paths` lead to. Paths that lead nowhere are problems.
pub(super) fn find(paths: &[PathBuf], log: &mut Log) -> Vec<Source> {
    let mut finder = Finder { sources: Vec::new(), seen: BTreeSet::new(), log };
    for path in paths {
        finder.add(path);
    }
    finder.sources
}

struct Finder<'l> {
    sources: Vec<Source>,
    seen: BTreeSet<PathBuf>,
    log: &'l mut Log,
}

impl Finder<'_> {
    fn add(&mut self, path: &Path) {
        if path == Path::new("-") {
            if self.seen.insert(path.to_owned()) {
                let path = path.to_owned();
                self.sources.push(Source { path, canonical: None, walked: false, folders: vec![] });
            }
        } else if path.is_dir() {
            self.walk(path, None);
        } else if path.exists() {
            self.push(path.to_owned(), false, named_folders(path));
        } else if path.is_symlink() {
            self.log.problems.push(Error::Input {
                path: path.to_owned(),
                line: None,
                problem: "this link leads to no file".to_owned(),
                remedy: "mend or remove it".to_owned(),
            });
        } else if let Some((base, pattern)) = split_glob(path) {
            self.expand(path, &base, &pattern);
        } else {
            self.log.problems.push(Error::NoSuchPath { path: path.to_owned() });
        }
    }

    fn push(&mut self, path: PathBuf, walked: bool, folders: Vec<PathBuf>) {
        // A file that vanished since is found out when it is read.
        let canonical = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        if self.seen.insert(canonical.clone()) {
            self.sources.push(Source { path, canonical: Some(canonical), walked, folders });
        }
    }

    /// Adds the articles below `root`, only those that `glob` matches where there is one.
    fn walk(&mut self, root: &Path, glob: Option<&Pattern>) -> usize {
        let walk = WalkBuilder::new(root)
            .standard_filters(false)
            .hidden(true)
            .parents(true)
            .ignore(false)
            .follow_links(true)
            .add_custom_ignore_filename(IGNORE_FILE)
            .sort_by_file_name(|a, b| a.cmp(b))
            .build();
        let (mut matched, mut articles) = (0, 0);
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.walk_error(root, &error);
                    continue;
                }
            };
            if let Some(error) = entry.error() {
                self.log.warnings.push(Error::Input {
                    path: entry.path().to_owned(),
                    line: None,
                    problem: format!("an ignore file is partly unreadable: {error}"),
                    remedy: format!("correct {IGNORE_FILE}"),
                });
            }
            let path = entry.path();
            let named = glob.is_none_or(|glob| glob.matches(root, path));
            if !named || !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            matched += 1;
            let named_by_user = glob.is_some_and(|glob| glob.names_the_kind);
            if !is_no_article(path)
                && (named_by_user || path.extension().is_none() || format_of(path).is_some())
            {
                articles += 1;
                let folders = walked_folders(root, path);
                // The user wrote `*.txt`, not `./*.txt`.
                let added = glob.is_some().then(|| path.strip_prefix("./").ok()).flatten();
                self.push(added.unwrap_or(path).to_owned(), !named_by_user, folders);
            }
        }
        if glob.is_none() && articles == 0 {
            self.log.warnings.push(Error::Input {
                path: root.to_owned(),
                line: None,
                problem: "no article in this folder".to_owned(),
                remedy: "articles are .txt, .md, .html, .json, .jsonl, .csv, .xml (feeds) and .warc files; name a file of another kind itself".to_owned(),
            });
        }
        matched
    }

    fn walk_error(&mut self, root: &Path, error: &ignore::Error) {
        if is_loop(error) {
            // What a loop of links leads to has been reached already.
            return;
        }
        self.log.problems.push(Error::Input {
            path: root.to_owned(),
            line: None,
            problem: format!("a part of this folder cannot be read: {error}"),
            remedy: format!("check its permissions and links, or name it in {IGNORE_FILE}"),
        });
    }

    fn expand(&mut self, path: &Path, base: &Path, pattern: &str) {
        let problem = match Pattern::new(pattern) {
            Ok(pattern) if base.is_dir() => {
                let folders = self.folders_matching(base, &pattern);
                let matched = self.walk(base, Some(&pattern)) + folders.len();
                for folder in &folders {
                    self.walk(folder, None);
                }
                if matched > 0 {
                    return;
                }
                "no file matches this pattern".to_owned()
            }
            Ok(_) => format!("no file matches this pattern: there is no folder {}", base.display()),
            Err(error) => format!("this is no pattern: {}", error.kind()),
        };
        self.log.problems.push(Error::Input {
            path: path.to_owned(),
            line: None,
            problem,
            remedy: "`*` stays in one folder, `**` goes through all below; check the path"
                .to_owned(),
        });
    }

    /// Folders that a glob names, as a shell would give them: they are walked.
    fn folders_matching(&self, base: &Path, pattern: &Pattern) -> Vec<PathBuf> {
        let walk = WalkBuilder::new(base)
            .standard_filters(false)
            .hidden(true)
            .follow_links(true)
            .sort_by_file_name(|a, b| a.cmp(b))
            .build();
        walk.filter_map(std::result::Result::ok)
            .filter(|entry| entry.depth() > 0)
            .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_dir()))
            .map(ignore::DirEntry::into_path)
            .filter(|path| pattern.matches(base, path))
            .collect()
    }
}

fn is_loop(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::Loop { .. } => true,
        ignore::Error::WithDepth { err, .. }
        | ignore::Error::WithPath { err, .. }
        | ignore::Error::WithLineNumber { err, .. } => is_loop(err),
        _ => false,
    }
}

/// Files that stand beside articles and are none.
fn is_no_article(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
    name.is_some_and(|name| {
        name == SIDECAR || name == IGNORE_FILE || name.split('.').next() == Some("readme")
    })
}

/// The folder of a file that the user named, and those above it that the path names; a file of
/// the current folder has that one. An absolute path's upper folders are not the user's corpus.
fn named_folders(path: &Path) -> Vec<PathBuf> {
    let above = path.ancestors().skip(1).map(Path::to_owned);
    if path.is_absolute() {
        return above.take(1).collect();
    }
    let here = path.components().count() <= 1;
    above.filter(|folder| here || !folder.as_os_str().is_empty()).map(named_or_here).collect()
}

/// The folders from a walked file's own up to the walk's root.
fn walked_folders(root: &Path, path: &Path) -> Vec<PathBuf> {
    let inside = |folder: &&Path| folder.starts_with(root);
    path.ancestors().skip(1).take_while(inside).map(Path::to_owned).map(named_or_here).collect()
}

fn named_or_here(folder: PathBuf) -> PathBuf {
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder }
}

/// A glob below a base folder.
struct Pattern {
    matcher: GlobMatcher,
    /// It ends in a literal extension: the user knows what kind of file this is.
    names_the_kind: bool,
}

impl Pattern {
    fn new(pattern: &str) -> Result<Self, globset::Error> {
        let matcher = GlobBuilder::new(pattern).literal_separator(true).build()?.compile_matcher();
        let extension = pattern.rsplit_once('.').map(|(_, extension)| extension);
        let names_the_kind = extension.is_some_and(|extension| {
            !extension.is_empty() && extension.chars().all(char::is_alphanumeric)
        });
        Ok(Pattern { matcher, names_the_kind })
    }

    fn matches(&self, base: &Path, path: &Path) -> bool {
        let below =
            if base == Path::new(".") { path.strip_prefix("./").unwrap_or(path) } else { path };
        self.matcher.is_match(below.strip_prefix(base).unwrap_or(below))
    }
}

/// Splits a path before its first component with a wildcard; `None` where there is none.
fn split_glob(path: &Path) -> Option<(PathBuf, String)> {
    let is_wild =
        |part: &Component| part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    let base: PathBuf = path.components().take_while(|part| !is_wild(part)).collect();
    let pattern: Vec<String> = path
        .components()
        .skip_while(|part| !is_wild(part))
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    (!pattern.is_empty()).then(|| (named_or_here(base), pattern.join("/")))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{named_folders, split_glob, walked_folders};

    fn shown(folders: &[PathBuf]) -> Vec<&str> {
        folders.iter().filter_map(|folder| folder.to_str()).collect()
    }

    #[test]
    fn sidecars_of_a_named_file_stand_where_its_path_says() {
        assert_eq!(shown(&named_folders(Path::new("a.txt"))), ["."]);
        assert_eq!(shown(&named_folders(Path::new("x/y/a.txt"))), ["x/y", "x"]);
        assert_eq!(shown(&named_folders(Path::new("./x/a.txt"))), ["./x", "."]);
        assert_eq!(shown(&named_folders(Path::new("/x/y/a.txt"))), ["/x/y"]);
    }

    #[test]
    fn sidecars_of_a_walked_file_stand_up_to_the_root() {
        let folders = walked_folders(Path::new("x"), Path::new("x/y/z/a.txt"));
        assert_eq!(shown(&folders), ["x/y/z", "x/y", "x"]);
        assert_eq!(shown(&walked_folders(Path::new("."), Path::new("./a.txt"))), ["."]);
    }

    #[test]
    fn globs_are_split_before_their_first_wildcard() {
        let split = |path: &str| split_glob(Path::new(path));
        assert_eq!(split("x/y/*.txt"), Some(("x/y".into(), "*.txt".to_owned())));
        assert_eq!(split("**/a?.txt"), Some((".".into(), "**/a?.txt".to_owned())));
        assert_eq!(split("x/a.txt"), None);
    }
}
