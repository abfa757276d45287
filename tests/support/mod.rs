//! What several test files share.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crossclaim::article::Article;
use crossclaim::article::ingest::{IngestOptions, ingest};
use crossclaim::error::Result;
use crossclaim::nli::{NliPair, NliScores, Scorer};
use crossclaim::pipeline::{Pipeline, Stages};

/// A path in the repository.
pub fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The articles of a folder, all of them readable.
pub fn articles(folder: &Path, assume_date: Option<&str>) -> Vec<Article> {
    let assume_date = assume_date.map(|date| date.parse().expect("a date"));
    let options = IngestOptions { assume_date, ..IngestOptions::default() };
    let read = ingest(&[folder.to_owned()], &options).expect("the folder can be read");
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    read.articles
}

/// A run over articles with slots alone: the same on every machine, and fast.
pub fn run(articles: Vec<Article>) -> Stages {
    let pipeline = Pipeline::builtin(None).expect("the built-in data are well-formed");
    pipeline.run(articles, &|_, _| ()).expect("a run without a model cannot fail")
}

/// The kebab-case name of an enum value.
pub fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

/// Premises and hypotheses that a model was asked about.
pub type Asked = Arc<Mutex<Vec<(String, String)>>>;

/// A model that gives one answer to everything, in any language, and writes down what it is asked.
pub struct Answering {
    pub answer: NliScores,
    pub asked: Asked,
}

impl Scorer for Answering {
    fn name(&self) -> &'static str {
        "answering"
    }

    fn digest(&self) -> &'static str {
        ""
    }

    fn validated_for(&self, _: &str, _: &str) -> bool {
        true
    }

    fn score(&self, pairs: &[NliPair<'_>], _: &(dyn Fn(usize) + Sync)) -> Result<Vec<NliScores>> {
        let texts = pairs.iter().map(|pair| (pair.premise.to_owned(), pair.hypothesis.to_owned()));
        self.asked.lock().unwrap().extend(texts);
        Ok(vec![self.answer; pairs.len()])
    }
}
