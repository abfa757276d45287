//! The list of models that have a name: the one compiled in, and users' own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::FileRules;
use super::spec::{self, DEFAULT_REVISION, ModelSpec, RepoId};
use crate::error::{Error, Result};

const BUILTIN: &str = include_str!("../../models/manifest.toml");

/// Words after `--model` that mean something else.
const TAKEN: [&str; 3] = ["builtin", "lexical", "none"];

/// Models by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// In the order of the file; a user's own after those compiled in.
    pub models: Vec<ManifestModel>,
    /// Which files of a repository are a model, where an entry says nothing else.
    pub files: FileRules,
}

/// One model of a manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestModel {
    /// What users write after `--model`.
    pub name: String,
    /// The repository on the hub.
    pub repository: RepoId,
    /// Branch, tag or commit.
    #[serde(default = "default_revision")]
    pub revision: String,
    /// Licence of the weights, as their card states it.
    pub licence: Option<String>,
    /// Languages that the model was measured on (BCP 47).
    #[serde(default)]
    pub languages: Vec<String>,
    /// About the size of the weights in fp32, in megabytes (10⁶ bytes).
    pub size_mb: Option<u64>,
    /// Published accuracy on XNLI's test sets, in per cent, by language; `average` over all fifteen.
    #[serde(default)]
    pub xnli: BTreeMap<String, f64>,
    /// What it is good for, in a few words.
    pub about: Option<String>,
    /// Which files are a model, where they are not the usual ones.
    pub files: Option<FileRules>,
    /// SHA-256 that files must have, in hexadecimal, by path; checked beside what the hub states.
    #[serde(default)]
    pub sha256: BTreeMap<String, String>,
}

fn default_revision() -> String {
    DEFAULT_REVISION.to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestFile {
    files: Option<FileRules>,
    #[serde(default, rename = "model")]
    models: Vec<ManifestModel>,
}

impl Manifest {
    /// The manifest that is part of the program.
    ///
    /// # Errors
    ///
    /// When it is malformed, which the crate's tests rule out.
    pub fn builtin() -> Result<Manifest> {
        let file = parse(BUILTIN, Path::new("models/manifest.toml"))?;
        Ok(Manifest { models: file.models, files: file.files.unwrap_or_default() })
    }

    /// Adds the models of a file; one whose name is known replaces it.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] and [`Error::Input`], with the line where one is to blame.
    pub fn extend_from(&mut self, path: &Path) -> Result<()> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Io {
            path: path.to_path_buf(),
            action: "read",
            source,
            remedy: "give the path of a manifest of models (docs/models.md)".into(),
        })?;
        let file = parse(&text, path)?;
        for mut model in file.models {
            if model.files.is_none() {
                model.files.clone_from(&file.files);
            }
            match self.models.iter_mut().find(|known| known.name == model.name) {
                Some(known) => *known = model,
                None => self.models.push(model),
            }
        }
        Ok(())
    }

    /// The model of that name; letters' case does not matter.
    pub fn get(&self, name: &str) -> Option<&ManifestModel> {
        self.models.iter().find(|model| model.name.eq_ignore_ascii_case(name))
    }

    /// The first model from that repository.
    pub fn of_repository(&self, repository: &RepoId) -> Option<&ManifestModel> {
        self.models.iter().find(|model| model.repository == *repository)
    }

    /// What a user's word names: a model of the manifest or `owner/name`, either with `@revision`. Whether
    /// there is such a repository only the hub knows.
    ///
    /// # Errors
    ///
    /// A sentence: the word is neither.
    pub fn resolve(&self, word: &str) -> std::result::Result<ModelSpec, String> {
        let (name, revision) = match word.split_once('@') {
            Some((name, revision)) => (name, Some(revision)),
            None => (word, None),
        };
        if let Some(revision) = revision {
            spec::check_revision(revision)?;
        }
        let (name, repository, default) = match self.get(name) {
            Some(model) => (&*model.name, model.repository.clone(), &*model.revision),
            None if name.contains('/') => (name, RepoId::parse(name)?, DEFAULT_REVISION),
            None => {
                let known: Vec<&str> = self.models.iter().map(|m| m.name.as_str()).collect();
                return Err(format!(
                    "no model is called {name:?}; known are {}, and any repository as owner/name",
                    known.join(", ")
                ));
            }
        };
        let revision = revision.unwrap_or(default).to_owned();
        Ok(ModelSpec { name: name.to_owned(), repository, revision })
    }

    /// Which files of a repository are a model.
    pub fn rules_for(&self, spec: &ModelSpec) -> &FileRules {
        let own = self.get(&spec.name).and_then(|model| model.files.as_ref());
        own.unwrap_or(&self.files)
    }
}

fn parse(text: &str, path: &Path) -> Result<ManifestFile> {
    let wrong = |line: Option<usize>, problem: String| Error::Input {
        path: PathBuf::from(path),
        line,
        problem,
        remedy: "compare with models/manifest.toml of crossclaim (docs/models.md)".into(),
    };
    let file: ManifestFile = toml::from_str(text).map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map(|before| 1 + before.matches('\n').count());
        wrong(line, error.message().to_owned())
    })?;
    for model in &file.models {
        let name = &model.name;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if name.is_empty() || !name.chars().all(plain) || TAKEN.contains(&name.as_str()) {
            let problem = format!(
                "{name:?} cannot name a model: letters, digits, dots, dashes and underscores, and none of {}",
                TAKEN.join(", ")
            );
            return Err(wrong(None, problem));
        }
        spec::check_revision(&model.revision)
            .map_err(|problem| wrong(None, format!("{name}: {problem}")))?;
        let rules = model.files.iter().chain(&file.files);
        for path in rules.flat_map(FileRules::paths).chain(model.sha256.keys().map(String::as_str))
        {
            spec::check_path(path).map_err(|problem| wrong(None, format!("{name}: {problem}")))?;
        }
        if let Some((path, _)) = model.sha256.iter().find(|(_, digits)| digits.len() != 64) {
            return Err(wrong(None, format!("{name}: the sha256 of {path} has not 64 digits")));
        }
    }
    Ok(file)
}
