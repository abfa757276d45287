//! Reads rows with a premise and a hypothesis, one line at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crossclaim::error::Error;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::PairFormat;

/// The longest line that is read, in bytes: more is no pair of sentences, and must not fill the memory.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// Names of the columns that are read, the usual one first.
const PREMISE: [&str; 2] = ["premise", "sentence1"];
const HYPOTHESIS: [&str; 2] = ["hypothesis", "sentence2"];
const LANGUAGE: [&str; 2] = ["lang", "language"];
const PREMISE_LANGUAGE: [&str; 2] = ["premise_lang", "premise_language"];
const HYPOTHESIS_LANGUAGE: [&str; 2] = ["hypothesis_lang", "hypothesis_language"];

/// One pair, with all that stood beside it.
pub(super) struct Row {
    /// 1-based.
    pub(super) line: usize,
    pub(super) premise: String,
    pub(super) hypothesis: String,
    /// Languages of premise and hypothesis, where the row names them.
    pub(super) languages: Option<(String, String)>,
    pub(super) fields: Fields,
}

/// A row as it was read.
pub(super) enum Fields {
    /// The line's columns as they were written, and their names.
    Tsv { names: Rc<Vec<String>>, line: String },
    /// The object's text, and its fields in order.
    Json { line: String, fields: Vec<(String, Value)> },
}

impl Row {
    /// About what it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        let (Fields::Tsv { line, .. } | Fields::Json { line, .. }) = &self.fields;
        // The line, the two texts, and the fields once more.
        3 * line.len() + 200
    }
}

/// What is wrong with a row, and what to do.
type Fault = (String, &'static str);

/// The rows of one file.
pub(super) struct Rows {
    path: PathBuf,
    input: Box<dyn BufRead>,
    /// The line read last.
    line: usize,
    pub(super) format: PairFormat,
    /// The names of a table's columns.
    pub(super) header: Option<Rc<Vec<String>>>,
    /// A first line of JSON that was read to learn the format.
    first: Option<Vec<u8>>,
    /// Nothing more can be read.
    ended: bool,
}

impl Rows {
    /// Opens a file, or standard input for `-`, and reads a table's header.
    pub(super) fn open(path: &Path, format: Option<PairFormat>) -> Result<Rows, Error> {
        let standard_input = path == Path::new("-");
        let cannot = |source: io::Error| Error::Io {
            path: path.to_owned(),
            action: "read",
            source,
            remedy: "check the path and its permissions".to_owned(),
        };
        let input: Box<dyn BufRead> = if standard_input {
            Box::new(io::stdin().lock())
        } else if path.is_dir() {
            return Err(Error::Input {
                path: path.to_owned(),
                line: None,
                problem: "is a folder".to_owned(),
                remedy: "name the files with pairs".to_owned(),
            });
        } else {
            Box::new(BufReader::with_capacity(1 << 16, File::open(path).map_err(cannot)?))
        };
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let named = match ending.as_str() {
            "tsv" | "tab" => Some(PairFormat::Tsv),
            "jsonl" | "ndjson" => Some(PairFormat::Jsonl),
            _ => None,
        };
        let mut rows = Rows {
            path: if standard_input { PathBuf::from("standard input") } else { path.to_owned() },
            input,
            line: 0,
            format: format.or(named).unwrap_or(PairFormat::Tsv),
            header: None,
            first: None,
            ended: false,
        };
        let Some(first) = rows.next_line() else { return Ok(rows) };
        let first = first?;
        if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) {
            let problem = "is written in UTF-16".to_owned();
            return Err(rows.problem(None, problem, "convert it to UTF-8"));
        }
        let mut first = first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&first).to_vec();
        if first.trim_ascii().is_empty() {
            let Some(next) = rows.next_line() else { return Ok(rows) };
            first = next?;
        }
        if format.or(named).is_none() && first.trim_ascii_start().starts_with(b"{") {
            rows.format = PairFormat::Jsonl;
        }
        match rows.format {
            PairFormat::Jsonl => rows.first = Some(first),
            PairFormat::Tsv => {
                rows.header = Some(rows.read_header(&first)?);
            }
        }
        Ok(rows)
    }

    fn read_header(&self, line: &[u8]) -> Result<Rc<Vec<String>>, Error> {
        let line = String::from_utf8_lossy(line);
        let names: Vec<String> = line.split('\t').map(|name| name.trim().to_owned()).collect();
        for wanted in [PREMISE, HYPOTHESIS] {
            if position(&names, &wanted).is_none() {
                let problem = format!("the first line names no column `{}`", wanted[0]);
                let remedy = "a table's first line names its columns, separated by tabs, among them premise and \
                              hypothesis; write other formats as JSON Lines, or say --format";
                return Err(self.problem(Some(self.line), problem, remedy));
            }
        }
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                let problem = format!("the first line names the column `{name}` twice");
                return Err(self.problem(Some(self.line), problem, "give each its own name"));
            }
        }
        Ok(Rc::new(names))
    }

    /// A problem with this file.
    pub(super) fn problem(
        &self,
        line: Option<usize>,
        problem: String,
        remedy: &'static str,
    ) -> Error {
        Error::Input { path: self.path.clone(), line, problem, remedy: remedy.to_owned() }
    }

    /// The next row; blank lines are passed over.
    pub(super) fn next_row(&mut self) -> Option<Result<Row, Error>> {
        let line = match self.first.take() {
            Some(line) => line,
            None => match self.next_line()? {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            },
        };
        let row = match String::from_utf8(line) {
            Ok(line) => self.parse(line),
            Err(_) => Err(("is not UTF-8".to_owned(), "convert the file to UTF-8")),
        };
        Some(row.map_err(|(problem, remedy)| self.problem(Some(self.line), problem, remedy)))
    }

    /// The next line that is not blank, without its end.
    fn next_line(&mut self) -> Option<Result<Vec<u8>, Error>> {
        while !self.ended {
            let mut line = Vec::new();
            self.line += 1;
            let limit = LONGEST_LINE as u64 + 1;
            let read = (&mut self.input).take(limit).read_until(b'\n', &mut line);
            let too_long = line.len() > LONGEST_LINE && line.last() != Some(&b'\n');
            let read = if too_long { read.and_then(|_| skip_line(&mut self.input)) } else { read };
            match read {
                Ok(0) if line.is_empty() => self.ended = true,
                Ok(_) => {}
                Err(source) => {
                    self.ended = true;
                    return Some(Err(Error::Io {
                        path: self.path.clone(),
                        action: "read",
                        source,
                        remedy: "the rows before are scored; give the rest again".to_owned(),
                    }));
                }
            }
            if too_long {
                let problem = format!("is longer than {} MiB", LONGEST_LINE >> 20);
                return Some(Err(self.problem(Some(self.line), problem, "shorten its texts")));
            }
            while line.last().is_some_and(|end| matches!(end, b'\n' | b'\r')) {
                line.pop();
            }
            if !line.trim_ascii().is_empty() {
                return Some(Ok(line));
            }
        }
        None
    }

    fn parse(&self, line: String) -> Result<Row, Fault> {
        match &self.header {
            Some(names) => self.parse_columns(line, names),
            None => self.parse_object(line),
        }
    }

    fn parse_columns(&self, line: String, names: &Rc<Vec<String>>) -> Result<Row, Fault> {
        let values: Vec<&str> = line.split('\t').collect();
        if values.len() != names.len() {
            return Err((
                format!(
                    "{} values where the first line names {} columns",
                    values.len(),
                    names.len()
                ),
                "separate values with one tab each; a text with tabs or line ends needs JSON Lines",
            ));
        }
        let of = |wanted: &[&str]| Some(unquoted(values[position(names, wanted)?]));
        let [premise, hypothesis] = texts(of(&PREMISE), of(&HYPOTHESIS))?;
        let languages = languages(&of);
        let fields = Fields::Tsv { names: Rc::clone(names), line };
        Ok(Row { line: self.line, premise, hypothesis, languages, fields })
    }

    fn parse_object(&self, line: String) -> Result<Row, Fault> {
        let parsed = serde_json::from_str(&line);
        let Object(fields) = parsed.map_err(|error| {
            (
                format!("no JSON object: {error}"),
                "one object with premise and hypothesis stands on each line",
            )
        })?;
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let value = |wanted: &[&str]| Some(&fields[position(&names, wanted)?].1);
        for wanted in [PREMISE, HYPOTHESIS] {
            if value(&wanted).is_some_and(|value| !value.is_string()) {
                return Err((format!("`{}` is no text", wanted[0]), "write it in quotes"));
            }
        }
        let of = |wanted: &[&str]| Some(value(wanted)?.as_str()?.to_owned());
        let [premise, hypothesis] = texts(of(&PREMISE), of(&HYPOTHESIS))?;
        let languages = languages(&of);
        let fields = Fields::Json { line, fields };
        Ok(Row { line: self.line, premise, hypothesis, languages, fields })
    }
}

/// Reads to the end of a line without keeping it; the number of bytes read.
fn skip_line(input: &mut dyn BufRead) -> io::Result<usize> {
    let mut skipped = 0;
    loop {
        let buffer = input.fill_buf()?;
        let end = buffer.iter().position(|&byte| byte == b'\n');
        let length = end.map_or(buffer.len(), |end| end + 1);
        input.consume(length);
        skipped += length;
        if end.is_some() || length == 0 {
            return Ok(skipped);
        }
    }
}

/// Where the first of these names stands, whatever its case.
fn position<N: AsRef<str>>(names: &[N], wanted: &[&str]) -> Option<usize> {
    let find = |wanted: &&str| names.iter().position(|n| n.as_ref().eq_ignore_ascii_case(wanted));
    wanted.iter().find_map(find)
}

fn texts(premise: Option<String>, hypothesis: Option<String>) -> Result<[String; 2], Fault> {
    let text = |text: Option<String>, name: &str| {
        text.filter(|text| !text.trim().is_empty())
            .ok_or_else(|| (format!("has no {name}"), "give each row both texts, or leave it out"))
    };
    Ok([text(premise, "premise")?, text(hypothesis, "hypothesis")?])
}

/// Languages of premise and hypothesis, if the row names them.
fn languages(of: &dyn Fn(&[&str]) -> Option<String>) -> Option<(String, String)> {
    let of = |wanted: &[&str]| of(wanted).filter(|code| !code.trim().is_empty());
    let both = of(&LANGUAGE);
    let premise = of(&PREMISE_LANGUAGE).or_else(|| both.clone())?;
    let hypothesis = of(&HYPOTHESIS_LANGUAGE).or(both)?;
    Some((premise, hypothesis))
}

/// A table's value as it was meant.
///
/// Tables with tabs know no quotes, and texts often begin and end with some, so quotes are left alone. But
/// spreadsheets and pandas put a text that has quotes between quotes, and double those in it; that is undone.
pub(super) fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if inner.contains("\"\"") && !inner.replace("\"\"", "").contains('"') => {
            inner.replace("\"\"", "\"")
        }
        _ => value.to_owned(),
    }
}

/// An object's fields in their order.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn only_quotes_that_a_program_added_are_taken_away() {
        assert_eq!(unquoted(r#""He said ""no"".""#), r#"He said "no"."#);
        assert_eq!(unquoted(r#""""No."""#), r#""""No."""#);
        assert_eq!(unquoted(r#""""No.""""#), r#""No.""#);
        for raw in [r#""No.""#, r#""No," he said, "never.""#, "\"", "\"\"", "plain", ""] {
            assert_eq!(unquoted(raw), raw);
        }
    }
}
