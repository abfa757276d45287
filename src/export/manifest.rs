//! The manifest of an export: what went in, how, and what came out, so that the run can be repeated and checked.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::codebook;
use super::names::Names;
use super::write::{digest, put};
use super::{Table, TableInfo, Written};
use crate::article::Article;
use crate::error::{Error, Result};
use crate::pipeline::Pipeline;

/// File name in the folder of an export.
pub const FILE: &str = "manifest.json";
const SCHEMA: &str = "crossclaim-export";
const VERSION: u32 = 1;

/// What a run was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// `crossclaim-export`.
    pub schema: String,
    /// Version of this form.
    pub version: u32,
    /// Version of crossclaim.
    pub crossclaim: String,
    /// The NLI model's name; none without one.
    pub model: Option<String>,
    /// Its digest.
    pub model_digest: Option<String>,
    /// Digest of the judge's weights.
    pub weights_digest: String,
    /// The options as they took effect.
    pub options: BTreeMap<String, serde_json::Value>,
    /// Command-line arguments that repeat it, without the folder; with pseudonyms without whatever could name someone.
    pub arguments: Vec<String>,
    /// Names are pseudonyms.
    pub anonymized: bool,
    /// The articles that were read.
    pub inputs: Vec<Input>,
    /// The files that were written.
    pub files: Vec<Written>,
}

/// An article that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Input {
    /// Its id, or pseudonym.
    pub article: String,
    /// The file it was read from; none with pseudonyms.
    pub path: Option<String>,
    /// SHA-256 of text and metadata; salted with pseudonyms.
    pub sha256: String,
}

/// How an export was asked for.
#[derive(Debug)]
pub struct Asked {
    /// The options as they took effect.
    pub options: BTreeMap<String, serde_json::Value>,
    /// Command-line arguments that repeat it.
    pub arguments: Vec<String>,
}

/// The inputs of a run, by article.
pub fn inputs<'a>(articles: impl Iterator<Item = &'a Article>, names: &Names) -> Vec<Input> {
    let mut inputs: Vec<Input> = articles
        .map(|article| {
            let record = serde_json::to_vec(article).unwrap_or_default();
            Input {
                article: names.article(&article.id),
                path: (!names.replaced()).then(|| article.path.clone()),
                sha256: names.digest(&digest(&record)),
            }
        })
        .collect();
    inputs.sort();
    inputs
}

impl Manifest {
    /// The manifest of a run before anything is written.
    pub fn new(pipeline: &Pipeline, asked: Asked, inputs: Vec<Input>, names: &Names) -> Self {
        let weights = serde_json::to_vec(&pipeline.calibration).unwrap_or_default();
        Manifest {
            schema: SCHEMA.to_owned(),
            version: VERSION,
            crossclaim: env!("CARGO_PKG_VERSION").to_owned(),
            model: pipeline.scorer.as_ref().map(|scorer| scorer.name().to_owned()),
            model_digest: pipeline.scorer.as_ref().map(|scorer| scorer.digest().to_owned()),
            weights_digest: digest(&weights),
            options: asked.options,
            arguments: asked.arguments,
            anonymized: names.replaced(),
            inputs,
            files: Vec::new(),
        }
    }

    /// Writes the tables, the codebook and this manifest into a folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(
        mut self,
        tables: &[Table],
        format: super::Format,
        folder: &Path,
    ) -> Result<Manifest> {
        self.files = super::write(tables, format, folder)?;
        let infos: Vec<TableInfo> = tables.iter().map(|table| table.info.clone()).collect();
        let book = format!(
            "# Codebook\n\nTables of crossclaim {}.\n\n{}",
            self.crossclaim,
            codebook::markdown(&infos)
        );
        for (file, text) in [("codebook.md", book), ("codebook.json", codebook::json(&infos))] {
            self.files.push(put(&folder.join(file), file, text.as_bytes(), None)?);
        }
        let mut text = serde_json::to_string_pretty(&self).unwrap_or_default();
        text.push('\n');
        put(&folder.join(FILE), FILE, text.as_bytes(), None)?;
        Ok(self)
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// When the file cannot be read or is none.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|source| Error::Io {
            path: path.to_owned(),
            action: "read",
            source,
            remedy: format!("name the {FILE} of an export"),
        })?;
        let wrong = |line: Option<usize>, problem: String| Error::Input {
            path: path.to_owned(),
            line,
            problem,
            remedy: format!("name the {FILE} that crossclaim export wrote"),
        };
        let manifest: Manifest = serde_json::from_str(&text)
            .map_err(|e| wrong(Some(e.line()), format!("this is no manifest: {e}")))?;
        if manifest.schema != SCHEMA || manifest.version != VERSION {
            let form = format!("{} {}", manifest.schema, manifest.version);
            return Err(wrong(
                None,
                format!("the manifest's form is {form}, not {SCHEMA} {VERSION}"),
            ));
        }
        Ok(manifest)
    }

    /// What differs from the run that is to be repeated, in a reader's words; nothing if it can be.
    pub fn differences(&self, now: &Manifest) -> Vec<String> {
        let mut found = Vec::new();
        let mut differ = |what: &str, then: &str, now: &str| {
            if then != now {
                found.push(format!("{what} was {then} and is {now}"));
            }
        };
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        differ("crossclaim's version", &self.crossclaim, &now.crossclaim);
        differ("the model", &or_none(&self.model), &or_none(&now.model));
        differ("the model's digest", &or_none(&self.model_digest), &or_none(&now.model_digest));
        differ("the digest of the judge's weights", &self.weights_digest, &now.weights_digest);
        let by_id = |manifest: &Manifest| -> BTreeMap<String, String> {
            let inputs = manifest.inputs.iter();
            inputs.map(|input| (input.article.clone(), input.sha256.clone())).collect()
        };
        let (then, now) = (by_id(self), by_id(now));
        for (article, digest) in &then {
            match now.get(article) {
                None => found.push(format!("the article {article} is missing")),
                Some(other) if other != digest => {
                    found.push(format!("the article {article} has changed, text or metadata"));
                }
                Some(_) => {}
            }
        }
        let new = now.keys().filter(|article| !then.contains_key(*article));
        found.extend(new.map(|article| format!("the article {article} is new")));
        found
    }

    /// Files that are not byte for byte what they were.
    pub fn changed_files(&self, now: &Manifest) -> Vec<String> {
        let now: BTreeMap<&str, &str> =
            now.files.iter().map(|f| (f.file.as_str(), f.sha256.as_str())).collect();
        self.files
            .iter()
            .filter(|file| now.get(file.file.as_str()) != Some(&file.sha256.as_str()))
            .map(|file| file.file.clone())
            .collect()
    }
}
