//! Labelled pair files: what a claim or an NLI model is measured on.
//!
//! Four forms, told apart by the file's ending and columns; `docs/evaluation.md` is the reference. A row
//! that cannot be read is a problem with file and line, and the rest is read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::article::PartialDate;
use crate::error::{Error, Result};

/// What annotators say of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gold {
    /// The premise entails the hypothesis.
    Entailment,
    /// Neither.
    Neutral,
    /// They contradict each other.
    Contradiction,
    /// They do not contradict each other; whether one entails the other is not said.
    Compatible,
}

impl Gold {
    /// Whether the pair is a contradiction.
    pub fn is_contradiction(self) -> bool {
        self == Gold::Contradiction
    }
}

/// One side of a pair that is told as an article's sentence: language, publication date and outlet are known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Language (BCP 47).
    pub language: Option<String>,
    /// Publication date.
    pub date: Option<PartialDate>,
    /// Who says it.
    pub outlet: Option<String>,
}

/// One labelled pair.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledPair {
    /// Line in its file, from 1 on.
    pub line: usize,
    /// The premise, or first claim.
    pub premise: String,
    /// The hypothesis, or second claim.
    pub hypothesis: String,
    /// The annotation.
    pub gold: Gold,
    /// What is known of the premise's article.
    pub told_a: Told,
    /// What is known of the hypothesis's article.
    pub told_b: Told,
    /// The relation between two claims, where the file gives one instead of a label.
    pub relation: Option<String>,
    /// Every other column, and `lang`: one language, or two as `fr-en`.
    pub columns: BTreeMap<String, String>,
}

impl LabelledPair {
    /// The pair's group: rows of one group depend on each other, so they are resampled together, and never
    /// fitted on and measured on at once. It is the column named; without a name `group`, `url`, or what
    /// stands before the number in `id` (`flood-riba-3`) where the file has relations; else the premise.
    pub fn group(&self, column: Option<&str>) -> &str {
        let of = |name: &str| self.columns.get(name).map(String::as_str);
        let of_id = || {
            let (stem, number) = self.relation.as_ref().and_then(|_| of("id"))?.rsplit_once('-')?;
            number.chars().all(|c| c.is_ascii_digit()).then_some(stem)
        };
        let named = match column {
            Some(column) => of(column),
            None => of("group").or_else(|| of("url")).or_else(of_id),
        };
        named.unwrap_or(&self.premise)
    }
}

/// A file of labelled pairs.
#[derive(Debug, Default)]
pub struct LabelledSet {
    /// The file's name.
    pub name: String,
    /// Its rows, in order.
    pub pairs: Vec<LabelledPair>,
    /// Rows without a label that annotators agree on (`-`), which are left out.
    pub unlabelled: usize,
    /// Rows that could not be read.
    pub problems: Vec<Error>,
}

impl LabelledSet {
    /// Whether a row is only known to be compatible: then the set has two classes.
    pub fn is_binary(&self) -> bool {
        self.pairs.iter().any(|pair| pair.gold == Gold::Compatible)
    }

    /// Names the set by its path, where another of `files` has the same file name.
    pub fn told_apart(mut self, path: &Path, files: &[PathBuf]) -> Self {
        let namesakes = files.iter().filter(|file| file.file_name() == path.file_name());
        if namesakes.count() > 1 {
            self.name = path.display().to_string();
        }
        self
    }

    /// Reads a file. `language` is that of rows which name none.
    ///
    /// # Errors
    /// When the file cannot be read at all, or has no columns of pairs.
    pub fn read(path: &Path, language: Option<&str>) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::Io {
            path: path.to_owned(),
            action: "read",
            source,
            remedy: "give a TSV, CSV or JSONL file of labelled pairs".to_owned(),
        })?;
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let mut reading =
            Reading { path, language, set: LabelledSet { name, ..LabelledSet::default() } };
        match ending.as_str() {
            "jsonl" | "ndjson" => reading.json_lines(file),
            "csv" => reading.table(file, b','),
            "tsv" | "txt" => reading.table(file, b'\t'),
            _ => Err(reading.problem(
                None,
                format!("no form of labelled pairs ends in `.{ending}`"),
                "name the file .tsv, .csv or .jsonl after what it holds",
            )),
        }?;
        Ok(reading.set)
    }
}

/// Names under which the columns come: ours, those of XNLI and SNLI, and of common exports.
const PREMISE: [&str; 4] = ["premise", "sentence1", "text_a", "claim_a"];
const HYPOTHESIS: [&str; 4] = ["hypothesis", "sentence2", "text_b", "claim_b"];
const LABEL: [&str; 3] = ["label", "gold_label", "relation"];
const LANGUAGE: [&str; 3] = ["lang", "language", "lang_code"];

struct Reading<'p> {
    path: &'p Path,
    language: Option<&'p str>,
    set: LabelledSet,
}

impl Reading<'_> {
    fn problem(&self, line: Option<usize>, problem: String, remedy: &str) -> Error {
        Error::Input { path: self.path.to_owned(), line, problem, remedy: remedy.to_owned() }
    }

    fn reject(&mut self, line: usize, problem: String, remedy: &str) {
        let problem = self.problem(Some(line), problem, remedy);
        self.set.problems.push(problem);
    }

    fn table(&mut self, file: File, delimiter: u8) -> Result<()> {
        // TSV sets have no quoting: a lone quotation mark is a character like others.
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .quoting(delimiter == b',')
            .flexible(true)
            .from_reader(BufReader::new(file));
        let columns = "give a header line with the columns premise, hypothesis and label";
        let header: Vec<String> = match reader.byte_headers() {
            Ok(header) => header
                .iter()
                .map(|name| {
                    String::from_utf8_lossy(name)
                        .trim()
                        .trim_start_matches('\u{feff}')
                        .to_lowercase()
                })
                .collect(),
            Err(error) => return Err(self.problem(Some(1), error.to_string(), columns)),
        };
        for (what, names) in
            [("premise", &PREMISE[..]), ("hypothesis", &HYPOTHESIS), ("label", &LABEL)]
        {
            if !header.iter().any(|column| names.contains(&column.as_str())) {
                let problem = format!("no column `{what}` among {}", header.join(", "));
                return Err(self.problem(Some(1), problem, columns));
            }
        }
        let mut record = csv::ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(false) => return Ok(()),
                Ok(true) => {}
                Err(error) => return Err(self.problem(None, error.to_string(), "check the file")),
            }
            let line = record.position().map_or(0, |at| at.line() as usize);
            if record.len() != header.len() {
                let problem = format!("{} fields, and {} columns", record.len(), header.len());
                self.reject(line, problem, "one field for each column of the header line");
                continue;
            }
            let Ok(cells) =
                record.iter().map(std::str::from_utf8).collect::<std::result::Result<Vec<_>, _>>()
            else {
                self.reject(line, "not UTF-8".to_owned(), "save the file as UTF-8");
                continue;
            };
            let row: BTreeMap<String, String> = header
                .iter()
                .cloned()
                .zip(cells.into_iter().map(|cell| cell.trim().to_owned()))
                .collect();
            self.row(line, row, Told::default(), Told::default());
        }
    }

    fn json_lines(&mut self, file: File) -> Result<()> {
        for (number, line) in BufReader::new(file).lines().enumerate() {
            let number = number + 1;
            let line = match line {
                Ok(line) => line,
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                    self.reject(number, "not UTF-8".to_owned(), "save the file as UTF-8");
                    continue;
                }
                Err(error) => {
                    return Err(self.problem(Some(number), error.to_string(), "check the file"));
                }
            };
            if line.trim().is_empty() {
                continue;
            }
            let mut object = match serde_json::from_str::<Map<String, Value>>(&line) {
                Ok(object) => object,
                Err(error) => {
                    let remedy = "one JSON object a line: compare with docs/evaluation.md";
                    self.reject(number, format!("no JSON object: {error}"), remedy);
                    continue;
                }
            };
            let mut sides = [Told::default(), Told::default()];
            let mut bad_date = None;
            for ((key, text), told) in
                [("a", "premise"), ("b", "hypothesis")].into_iter().zip(&mut sides)
            {
                let Some(Value::Object(side)) = object.remove(key) else { continue };
                let field = |name: &str| Some(side.get(name)?.as_str()?.trim().to_owned());
                told.language = field("language");
                told.outlet = field("outlet");
                if let Some(date) = field("date") {
                    match date.parse() {
                        Ok(date) => told.date = Some(date),
                        Err(_) => bad_date = Some(date),
                    }
                }
                object.insert(text.to_owned(), Value::String(field("text").unwrap_or_default()));
            }
            if let Some(date) = bad_date {
                let remedy = "write it as 2017, 2017-11 or 2017-11-08";
                self.reject(number, format!("`{date}` is no date"), remedy);
                continue;
            }
            let text = |value: Value| match value {
                Value::String(text) => Some(text.trim().to_owned()),
                Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
                _ => None,
            };
            let row = object.into_iter().filter_map(|(k, v)| Some((k.to_lowercase(), text(v)?)));
            let [a, b] = sides;
            self.row(number, row.collect(), a, b);
        }
        Ok(())
    }

    fn row(&mut self, line: usize, mut row: BTreeMap<String, String>, mut a: Told, mut b: Told) {
        // The relation between two claims says more than a label.
        let has_relation = LABEL.iter().all(|name| *name == "relation" || !row.contains_key(*name));
        let mut take = |names: &[&str]| {
            let name = names.iter().find(|name| row.contains_key(**name))?;
            row.remove(*name)
        };
        let (premise, hypothesis) = (take(&PREMISE), take(&HYPOTHESIS));
        let (label, language) = (take(&LABEL), take(&LANGUAGE));
        for (what, text) in [("premise", &premise), ("hypothesis", &hypothesis), ("label", &label)]
        {
            if text.as_ref().is_none_or(String::is_empty) {
                let remedy = "every row needs a premise, a hypothesis and a label";
                return self.reject(line, format!("no {what}"), remedy);
            }
        }
        let label = label.unwrap_or_default();
        if label == "-" {
            self.set.unlabelled += 1;
            return;
        }
        let Some(gold) = gold(&label) else {
            let remedy = "labels are entailment, neutral and contradiction, or contradiction and \
                compatible; the relations of docs/method.md are known too";
            return self.reject(line, format!("no label `{label}`"), remedy);
        };
        let language = language.filter(|l| !l.is_empty()).or(self.language.map(str::to_owned));
        for side in [&mut a, &mut b] {
            side.language = side.language.take().or(language.clone());
        }
        let mut columns = row;
        match (&a.language, &b.language) {
            (Some(a), Some(b)) if a == b => columns.insert("lang".to_owned(), a.clone()),
            (Some(a), Some(b)) => columns.insert("lang".to_owned(), format!("{a}-{b}")),
            _ => None,
        };
        let relation = (has_relation && RELATIONS.contains(&label.as_str())).then_some(label);
        if let Some(relation) = &relation {
            columns.insert("relation".to_owned(), relation.clone());
        }
        self.set.pairs.push(LabelledPair {
            line,
            premise: premise.unwrap_or_default(),
            hypothesis: hypothesis.unwrap_or_default(),
            gold,
            told_a: a,
            told_b: b,
            relation,
            columns,
        });
    }
}

/// Relations between claims that are no contradiction, and `unrelated`.
const RELATIONS: [&str; 8] = [
    "contradiction",
    "divergent-account",
    "update",
    "correction",
    "granularity",
    "scope",
    "compatible",
    "unrelated",
];

fn gold(label: &str) -> Option<Gold> {
    if let Some(label) = crate::nli::Label::parse(label) {
        return Some(match label {
            crate::nli::Label::Entailment => Gold::Entailment,
            crate::nli::Label::Neutral => Gold::Neutral,
            crate::nli::Label::Contradiction => Gold::Contradiction,
        });
    }
    let label = label.to_lowercase();
    let compatible = ["not_contradiction", "non_contradiction", "no_contradiction"];
    let other_relation = RELATIONS.contains(&label.as_str());
    (other_relation || compatible.contains(&label.replace('-', "_").as_str()))
        .then_some(Gold::Compatible)
}
