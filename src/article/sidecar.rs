//! The sidecar `articles.csv`: metadata for files that carry none, by file, or by the address of the article, as
//! Media Cloud and other indexes of the news list them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Article;
use super::decode::decode;
use super::draft::{Fields, Log, Metadata, Notes, fold_name};
use super::files::{SIDECAR, Source};
use super::reading::Reading;
use super::table::{Row, rows};
use crate::error::Error;

/// Columns beside `file`.
const COLUMNS: [&str; 8] =
    ["outlet", "country", "url", "date", "title", "language", "supersedes", "corrects"];

/// What the sidecars of a run say, by folder and file.
#[derive(Debug, Default)]
pub(super) struct Sidecars {
    by_folder: BTreeMap<PathBuf, Table>,
    /// The one given explicitly, which replaces all others.
    explicit: Option<(PathBuf, Table)>,
}

/// The rows of one sidecar.
#[derive(Debug, Default)]
struct Table {
    /// By canonical path.
    by_file: BTreeMap<PathBuf, Metadata>,
    /// By [`address_key`].
    by_address: BTreeMap<String, Metadata>,
}

impl Table {
    fn of(&self, source: &Source, address: Option<&str>) -> impl Iterator<Item = &Metadata> {
        let by_file = source.canonical.as_deref().and_then(|path| self.by_file.get(path));
        let by_address = address.and_then(|url| self.by_address.get(&address_key(url)));
        by_file.into_iter().chain(by_address)
    }
}

impl Sidecars {
    /// Reads the sidecar of every folder that a source may have one in, or `explicit` alone.
    pub fn load(
        sources: &[Source],
        roots: &[PathBuf],
        explicit: Option<&Path>,
        reading: &Reading,
        log: &mut Log,
    ) -> Self {
        let mut sidecars = Sidecars::default();
        if let Some(path) = explicit {
            // Its rows may be written from its own folder or from a folder of articles.
            let mut folders = vec![folder_of(path)];
            folders.extend(roots.iter().filter(|root| root.is_dir()).cloned());
            folders.push(PathBuf::from("."));
            let table = read(path, &folders, reading, log);
            sidecars.explicit = Some((path.to_owned(), table));
            return sidecars;
        }
        let folders: BTreeSet<&PathBuf> =
            sources.iter().flat_map(|source| &source.folders).collect();
        let mut done = BTreeSet::new();
        for folder in folders {
            let path = folder.join(SIDECAR);
            let Ok(canonical) = std::fs::canonicalize(&path) else { continue };
            let rows = if done.insert(canonical) {
                read(&path, std::slice::from_ref(folder), reading, log)
            } else {
                // The same folder under another name: its problems are told already.
                read(&path, std::slice::from_ref(folder), reading, &mut Log::default())
            };
            sidecars.by_folder.insert(folder.clone(), rows);
        }
        sidecars
    }

    /// What the sidecars say of `source`, or of the article at an address, nearest first.
    pub fn of<'s>(
        &'s self,
        source: &'s Source,
        address: Option<&'s str>,
    ) -> impl Iterator<Item = &'s Metadata> {
        let near = source.folders.iter().filter_map(|folder| self.by_folder.get(folder));
        let explicit = self.explicit.iter().map(|(_, table)| table);
        explicit.chain(near).flat_map(move |table| table.of(source, address))
    }

    /// Notes how many rows of a table of addresses belong to no article: most of an index has texts nowhere.
    pub fn note_unused(&self, articles: &[Article], log: &mut Log) {
        let Some((path, table)) = &self.explicit else { return };
        let known: BTreeSet<String> =
            articles.iter().filter_map(|article| article.url.as_deref()).map(address_key).collect();
        let unused = table.by_address.keys().filter(|key| !known.contains(*key)).count();
        if unused > 0 {
            let problem = format!("{unused} of {} rows match no article", table.by_address.len());
            let remedy = "articles are matched by `url`; give the texts that belong to them too";
            let mut notes = Notes::new(path);
            notes.warning(None, problem, remedy);
            log.append(notes.log);
        }
    }
}

/// An address as it is compared: without scheme, `www.`, fragment, last slash and what counts visitors.
fn address_key(url: &str) -> String {
    let url = url.trim();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    let (page, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = page.split_once('/').unwrap_or((page, ""));
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let counts = ["utm_", "fbclid=", "gclid=", "xtor=", "at_medium=", "at_campaign="];
    let query: Vec<&str> = query
        .split('&')
        .filter(|part| !part.is_empty() && !counts.iter().any(|name| part.starts_with(name)))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{host}/{}{mark}{}", path.trim_end_matches('/'), query.join("&"))
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The rows of one sidecar.
fn read(path: &Path, folders: &[PathBuf], reading: &Reading, log: &mut Log) -> Table {
    let mut notes = Notes::new(path);
    let found = match std::fs::read(path) {
        Ok(bytes) => {
            decode(bytes, &mut notes).map(|text| parse(&text, folders, reading, &mut notes))
        }
        Err(source) => {
            log.problems.push(Error::Io {
                path: path.to_owned(),
                action: "read",
                source,
                remedy: "check the path and its permissions".to_owned(),
            });
            None
        }
    };
    log.append(notes.log);
    found.unwrap_or_default()
}

fn parse(text: &str, folders: &[PathBuf], reading: &Reading, notes: &mut Notes) -> Table {
    let mut table = Table::default();
    let expected = format!("file, {}", COLUMNS.join(", "));
    let Some((header, rows)) = rows(text, None, notes) else {
        notes.problem(
            None,
            "the sidecar is empty",
            format!("its first line names columns: {expected}"),
        );
        return table;
    };
    let columns: Vec<String> = header.iter().map(|name| fold_name(name.trim())).collect();
    if !columns.iter().any(|name| name == "file") {
        if columns.iter().any(|name| name == "url") {
            table.by_address = by_address(&columns, &rows, reading, notes);
        } else {
            notes.problem(
                Some(1),
                "there is no column `file`, and no column `url` to find articles by",
                format!("the first line names columns: {expected}"),
            );
        }
        return table;
    }
    for (name, folded) in header.iter().zip(&columns) {
        if folded != "file" && !COLUMNS.contains(&folded.as_str()) {
            notes.warning(
                Some(1),
                format!("the column {name:?} is unknown and not used"),
                format!("known are {expected}"),
            );
        }
    }
    for Row { line, values } in rows {
        let mut fields = Fields::default();
        let mut file = "";
        for (name, value) in columns.iter().zip(&values) {
            match name.as_str() {
                "file" => file = value.trim(),
                name if COLUMNS.contains(&name) => fields.insert(name, value, Some(line)),
                _ => {}
            }
        }
        if file.is_empty() {
            notes.problem(Some(line), "the row names no file", "fill in the column `file`");
            continue;
        }
        let relative = file.replace('\\', "/");
        let found = folders.iter().find_map(|f| std::fs::canonicalize(f.join(&relative)).ok());
        let Some(canonical) = found else {
            notes.problem(
                Some(line),
                format!("there is no file {file:?}"),
                "write its path from the folder of this sidecar, or remove the row",
            );
            continue;
        };
        let metadata = fields.metadata(reading, notes);
        if table.by_file.contains_key(&canonical) {
            notes.problem(
                Some(line),
                format!("a second row for {file:?}"),
                "keep one of the two; the first is used",
            );
            continue;
        }
        table.by_file.insert(canonical, metadata);
    }
    table
}

/// The rows of an index of articles by address. Its columns may be called as in any other input, and those that mean
/// nothing here are many.
fn by_address(
    columns: &[String],
    rows: &[Row],
    reading: &Reading,
    notes: &mut Notes,
) -> BTreeMap<String, Metadata> {
    let mut found = BTreeMap::new();
    for Row { line, values } in rows {
        let mut fields = Fields::default();
        for (name, value) in columns.iter().zip(values) {
            fields.insert(name, value, Some(*line));
        }
        let metadata = fields.metadata(reading, notes);
        match &metadata.url {
            Some(url) => {
                // An index may list a page twice; the first row stays.
                found.entry(address_key(url)).or_insert(metadata);
            }
            None => {
                notes.problem(Some(*line), "the row has no address", "fill in the column `url`")
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::address_key;

    #[test]
    fn one_page_has_one_key_however_it_was_reached() {
        let key = address_key("https://www.Journal.example/a/b/?id=7&utm_source=x#top");
        assert_eq!(key, "journal.example/a/b?id=7");
        assert_eq!(key, address_key("http://journal.example/a/b?id=7"));
        assert_ne!(key, address_key("http://journal.example/a/B?id=7"), "paths know case");
    }
}
