//! Quality of names: a table of pairs of names that mean one thing or do not.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::metrics::share;
use super::table::{Section, number};
use crate::error::{Error, Result};
use crate::language::Languages;
use crate::resolve::identity::{Ground, identity};

/// Columns that a table must have, with tabs between them.
pub const COLUMNS: [&str; 6] = ["a", "b", "language_a", "language_b", "same", "split"];

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePair {
    /// 1-based line in the file.
    pub line: usize,
    /// The names with their languages.
    pub a: (String, String),
    /// The other.
    pub b: (String, String),
    /// Whether they mean one thing.
    pub same: bool,
    /// Part of the table: rules were made on `fit`, not on `held`.
    pub split: String,
}

/// Reads a table.
///
/// # Errors
/// When the file cannot be read, or a row is malformed; the message names the line.
pub fn read(path: &Path) -> Result<Vec<NamePair>> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Io {
        path: path.to_owned(),
        action: "read",
        source,
        remedy: "give a table of name pairs; docs/evaluation.md shows its form".to_owned(),
    })?;
    let wrong = |line: usize, problem: String, remedy: String| Error::Input {
        path: path.to_owned(),
        line: Some(line),
        problem,
        remedy,
    };
    let mut header: Vec<&str> = Vec::new();
    let mut pairs = Vec::new();
    for (at, row) in text.lines().enumerate() {
        if row.trim().is_empty() || row.starts_with('#') {
            continue;
        }
        let line = at + 1;
        let cells: Vec<&str> = row.split('\t').collect();
        if header.is_empty() {
            if let Some(lacking) = COLUMNS.iter().find(|name| !cells.contains(name)) {
                let remedy = format!("name the columns {}, with tabs between", COLUMNS.join(", "));
                return Err(wrong(line, format!("no column `{lacking}`"), remedy));
            }
            header = cells;
            continue;
        }
        if cells.len() != header.len() {
            let problem = format!("{} cells, where the header has {}", cells.len(), header.len());
            return Err(wrong(line, problem, "separate the cells by single tabs".to_owned()));
        }
        let cell = |name: &str| -> String {
            let at = header.iter().position(|column| *column == name);
            at.and_then(|at| cells.get(at)).map_or_else(String::new, |cell| (*cell).to_owned())
        };
        let same = match cell("same").as_str() {
            "yes" => true,
            "no" => false,
            other => {
                let problem = format!("`{other}` in the column `same`");
                return Err(wrong(line, problem, "write yes or no".to_owned()));
            }
        };
        pairs.push(NamePair {
            line,
            a: (cell("a"), cell("language_a")),
            b: (cell("b"), cell("language_b")),
            same,
            split: cell("split"),
        });
    }
    Ok(pairs)
}

/// How many pairs were judged how.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct NameCounts {
    /// One thing, and taken for it.
    pub united: usize,
    /// One thing, and kept apart.
    pub missed: usize,
    /// Two things, and taken for one.
    pub wrong: usize,
    /// Two things, and kept apart.
    pub apart: usize,
}

impl NameCounts {
    fn add(&mut self, same: bool, said: bool) {
        *match (same, said) {
            (true, true) => &mut self.united,
            (true, false) => &mut self.missed,
            (false, true) => &mut self.wrong,
            (false, false) => &mut self.apart,
        } += 1;
    }

    /// Share of the pairs taken for one thing that are.
    pub fn precision(&self) -> Option<f64> {
        share(self.united as f64, (self.united + self.wrong) as f64)
    }

    /// Share of the pairs that are one thing that were taken for it.
    pub fn recall(&self) -> Option<f64> {
        share(self.united as f64, (self.united + self.missed) as f64)
    }

    fn total(&self) -> usize {
        self.united + self.missed + self.wrong + self.apart
    }
}

/// Counts with the shares that follow from them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct NameFigures {
    /// The table's file, or `all`.
    pub table: String,
    /// The part of it.
    pub split: String,
    /// The counts.
    #[serde(flatten)]
    pub counts: NameCounts,
    /// See [`NameCounts::precision`].
    pub precision: Option<f64>,
    /// See [`NameCounts::recall`].
    pub recall: Option<f64>,
    /// What decided the pairs, and how many.
    pub grounds: BTreeMap<Ground, usize>,
}

/// A pair that was judged wrongly.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NameMiss {
    /// The table's file.
    pub table: String,
    /// 1-based line in it.
    pub line: usize,
    /// Part of the table.
    pub split: String,
    /// The names with their languages.
    pub a: (String, String),
    /// The other.
    pub b: (String, String),
    /// Whether they mean one thing.
    pub same: bool,
    /// What decided.
    pub ground: Ground,
    /// Share of the sounds that differ.
    pub distance: f64,
}

/// What tables of names come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct NameReport {
    /// By table and split, and over all.
    pub figures: Vec<NameFigures>,
    /// The pairs judged wrongly, in the tables' order.
    pub misses: Vec<NameMiss>,
}

/// Judges the pairs of tables, each with its name.
pub fn evaluate(languages: &Languages, tables: &[(String, Vec<NamePair>)]) -> NameReport {
    let mut figures: BTreeMap<(bool, String, String), NameFigures> = BTreeMap::new();
    let mut misses = Vec::new();
    for (table, pairs) in tables {
        for pair in pairs {
            let judged = identity(languages, (&pair.a.0, &pair.a.1), (&pair.b.0, &pair.b.1));
            let keys = [(false, table.clone()), (true, "all".to_owned())];
            for (all, of) in keys.into_iter().take(if tables.len() > 1 { 2 } else { 1 }) {
                let entry = figures.entry((all, of, pair.split.clone())).or_default();
                entry.counts.add(pair.same, judged.same);
                *entry.grounds.entry(judged.ground).or_default() += 1;
            }
            if pair.same != judged.same {
                misses.push(NameMiss {
                    table: table.clone(),
                    line: pair.line,
                    split: pair.split.clone(),
                    a: pair.a.clone(),
                    b: pair.b.clone(),
                    same: pair.same,
                    ground: judged.ground,
                    distance: judged.distance,
                });
            }
        }
    }
    let figures = figures
        .into_iter()
        .map(|((_, table, split), figures)| NameFigures {
            table,
            split,
            precision: figures.counts.precision(),
            recall: figures.counts.recall(),
            ..figures
        })
        .collect();
    NameReport { figures, misses }
}

/// The figures as tables; the misses too where they are asked for.
pub fn sections(report: &NameReport, with_misses: bool) -> Vec<Section> {
    let mut section = Section::new(
        "Names: pairs that are taken for one thing",
        &[
            "table",
            "split",
            "pairs",
            "same",
            "united",
            "missed",
            "wrong",
            "precision",
            "recall",
            "by data alone",
        ],
    );
    for figures in &report.figures {
        let counts = &figures.counts;
        let by_data = figures.grounds.get(&Ground::Data).copied().unwrap_or(0);
        section.row([
            figures.table.clone(),
            figures.split.clone(),
            counts.total().to_string(),
            (counts.united + counts.missed).to_string(),
            counts.united.to_string(),
            counts.missed.to_string(),
            counts.wrong.to_string(),
            number(figures.precision),
            number(figures.recall),
            by_data.to_string(),
        ]);
    }
    let mut sections = vec![section];
    if with_misses {
        let mut misses =
            Section::new("Misses", &["where", "split", "a", "b", "truth", "by", "distance"]);
        for miss in &report.misses {
            let name = |(name, language): &(String, String)| format!("{name} ({language})");
            misses.row([
                format!("{}:{}", miss.table, miss.line),
                miss.split.clone(),
                name(&miss.a),
                name(&miss.b),
                if miss.same { "same" } else { "different" }.to_owned(),
                format!("{:?}", miss.ground).to_lowercase(),
                format!("{:.3}", miss.distance),
            ]);
        }
        sections.push(misses);
    }
    sections
}
