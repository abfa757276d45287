//! The sidecar `articles.csv`: metadata for files that carry none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::decode::decode;
use super::draft::{Fields, Log, Metadata, Notes, fold_name};
use super::files::{SIDECAR, Source};
use super::table::{Row, rows};
use crate::error::Error;

/// Columns beside `file`.
const COLUMNS: [&str; 6] = ["outlet", "country", "url", "date", "title", "language"];

/// What the sidecars of a run say, by folder and file.
#[derive(Debug, Default)]
pub(super) struct Sidecars {
    by_folder: BTreeMap<PathBuf, BTreeMap<PathBuf, Metadata>>,
    /// The one given explicitly, which replaces all others.
    explicit: Option<BTreeMap<PathBuf, Metadata>>,
}

impl Sidecars {
    /// Reads the sidecar of every folder that a source may have one in, or `explicit` alone.
    pub fn load(
        sources: &[Source],
        roots: &[PathBuf],
        explicit: Option<&Path>,
        log: &mut Log,
    ) -> Self {
        let mut sidecars = Sidecars::default();
        if let Some(path) = explicit {
            // Its rows may be written from its own folder or from a folder of articles.
            let mut folders = vec![folder_of(path)];
            folders.extend(roots.iter().filter(|root| root.is_dir()).cloned());
            folders.push(PathBuf::from("."));
            sidecars.explicit = Some(read(path, &folders, log));
            return sidecars;
        }
        let folders: BTreeSet<&PathBuf> =
            sources.iter().flat_map(|source| &source.folders).collect();
        let mut done = BTreeSet::new();
        for folder in folders {
            let path = folder.join(SIDECAR);
            let Ok(canonical) = std::fs::canonicalize(&path) else { continue };
            let rows = if done.insert(canonical) {
                read(&path, std::slice::from_ref(folder), log)
            } else {
                // The same folder under another name: its problems are told already.
                read(&path, std::slice::from_ref(folder), &mut Log::default())
            };
            sidecars.by_folder.insert(folder.clone(), rows);
        }
        sidecars
    }

    /// What the sidecars say of `source`, nearest first.
    pub fn of<'s>(&'s self, source: &'s Source) -> impl Iterator<Item = &'s Metadata> {
        let canonical = source.canonical.as_deref();
        let near = source.folders.iter().filter_map(|folder| self.by_folder.get(folder));
        self.explicit.iter().chain(near).filter_map(move |rows| rows.get(canonical?))
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The rows of one sidecar by the canonical path of their file.
fn read(path: &Path, folders: &[PathBuf], log: &mut Log) -> BTreeMap<PathBuf, Metadata> {
    let mut notes = Notes::new(path);
    let found = match std::fs::read(path) {
        Ok(bytes) => decode(bytes, &mut notes).map(|text| parse(&text, folders, &mut notes)),
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

fn parse(text: &str, folders: &[PathBuf], notes: &mut Notes) -> BTreeMap<PathBuf, Metadata> {
    let mut by_file = BTreeMap::new();
    let expected = format!("file, {}", COLUMNS.join(", "));
    let Some((header, rows)) = rows(text, None, notes) else {
        notes.problem(
            None,
            "the sidecar is empty",
            format!("its first line names columns: {expected}"),
        );
        return by_file;
    };
    let columns: Vec<String> = header.iter().map(|name| fold_name(name.trim())).collect();
    if !columns.iter().any(|name| name == "file") {
        notes.problem(
            Some(1),
            "there is no column `file`",
            format!("the first line names columns: {expected}"),
        );
        return by_file;
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
        let metadata = fields.metadata(notes);
        if by_file.contains_key(&canonical) {
            notes.problem(
                Some(line),
                format!("a second row for {file:?}"),
                "keep one of the two; the first is used",
            );
            continue;
        }
        by_file.insert(canonical, metadata);
    }
    by_file
}
