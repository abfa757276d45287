//! `crossclaim export`: tables, codebook, manifest, pseudonyms.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use crossclaim::export::{Type, table_infos};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use predicates::prelude::*;
use predicates::str::contains;

fn crossclaim(arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("crossclaim").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).assert()
}

/// Exports seeds/abou-kamal with slots alone.
fn export(out: &Path, format: &str, more: &[&str]) {
    let out = out.to_str().unwrap();
    let arguments =
        ["export", "seeds/abou-kamal", "--model", "none", "--format", format, "--out", out];
    crossclaim(&[&arguments[..], more].concat()).success();
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap()
}

fn csv_rows(folder: &Path, table: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(folder.join(format!("{table}.csv"))).unwrap();
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    (header, rows)
}

#[test]
fn the_three_forms_hold_the_same_cells() {
    let folder = tempfile::tempdir().unwrap();
    for format in ["csv", "jsonl", "parquet"] {
        export(&folder.path().join(format), format, &[]);
    }
    for table in table_infos() {
        let (header, rows) = csv_rows(&folder.path().join("csv"), table.name);
        let names: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
        assert_eq!(header, names);
        assert!(!rows.is_empty(), "{}", table.name);
        let lines = read(&folder.path().join("jsonl"), &format!("{}.jsonl", table.name));
        let lines: Vec<serde_json::Value> =
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let file =
            fs::File::open(folder.path().join("parquet").join(format!("{}.parquet", table.name)));
        let reader = SerializedFileReader::new(file.unwrap()).unwrap();
        let records: Vec<parquet::record::Row> =
            reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!((rows.len(), rows.len()), (lines.len(), records.len()), "{}", table.name);
        for ((row, line), record) in rows.iter().zip(&lines).zip(&records) {
            for ((column, cell), (name, field)) in
                table.columns.iter().zip(row).zip(record.get_column_iter())
            {
                assert_eq!(name, column.name);
                let json = &line[column.name];
                match (column.kind, field) {
                    (_, Field::Null) => {
                        assert!(column.nullable, "{}.{}", table.name, column.name);
                        assert!(cell.is_empty() && json.is_null());
                    }
                    (Type::Text, Field::Str(text)) => {
                        assert_eq!((text, text.as_str()), (cell, json.as_str().unwrap()));
                    }
                    (Type::Json, Field::Str(text)) => {
                        assert_eq!(text, cell);
                        assert_eq!(&serde_json::from_str::<serde_json::Value>(text).unwrap(), json);
                    }
                    (Type::Integer, Field::Long(n)) => {
                        assert_eq!((n.to_string(), json.as_i64()), (cell.clone(), Some(*n)));
                    }
                    (Type::Number, Field::Double(x)) => {
                        assert_eq!(cell.parse().ok(), Some(*x));
                        // `serde_json` may read the last digit otherwise than it stands.
                        assert!((json.as_f64().unwrap() - x).abs() <= x.abs() * f64::EPSILON);
                    }
                    (Type::Flag, Field::Bool(on)) => {
                        assert_eq!((on.to_string(), json.as_bool()), (cell.clone(), Some(*on)));
                    }
                    (Type::Date, Field::Date(days)) => {
                        let day = jiff::civil::date(1970, 1, 1)
                            .checked_add(jiff::Span::new().days(i64::from(*days)))
                            .unwrap();
                        assert_eq!(
                            (day.to_string().as_str(), json.as_str().unwrap()),
                            (cell.as_str(), cell.as_str())
                        );
                    }
                    (kind, other) => panic!("{}: {kind:?} holds {other:?}", column.name),
                }
            }
        }
    }
}

/// With a Python that has pandas, polars and pyarrow; `CROSSCLAIM_PYTHON` names it, where it is not `python3`.
#[test]
fn pandas_and_polars_read_every_form_back_and_find_the_same_in_each() {
    let python = std::env::var("CROSSCLAIM_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let run = |arguments: &[&std::ffi::OsStr]| {
        std::process::Command::new(&python).args(arguments).output()
    };
    let imports = run(&["-c".as_ref(), "import pandas, polars, pyarrow".as_ref()]);
    if !imports.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "not run: {python} has no pandas, polars and pyarrow; name one in CROSSCLAIM_PYTHON"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for format in ["csv", "jsonl", "parquet"] {
        export(&folder.path().join(format), format, &[]);
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/check_tables.py");
    let output = run(&[script.as_ref(), folder.path().as_ref()]).unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("no faults"), "{printed}");
}

#[test]
fn keys_lead_from_table_to_table() {
    let folder = tempfile::tempdir().unwrap();
    export(folder.path(), "csv", &[]);
    let column = |table: &str, name: &str| -> Vec<String> {
        let (header, rows) = csv_rows(folder.path(), table);
        let at = header.iter().position(|h| h == name).unwrap();
        rows.into_iter().map(|row| row[at].clone()).collect()
    };
    let set = |table: &str, name: &str| column(table, name).into_iter().collect::<BTreeSet<_>>();
    let (articles, claims) = (set("articles", "article_id"), set("claims", "claim_id"));
    assert_eq!(claims.len(), column("claims", "claim_id").len(), "a claim is one row");
    assert!(set("claims", "article_id").is_subset(&articles));
    for (table, name) in [("pairs", "claim_a"), ("pairs", "claim_b"), ("conflicts", "claim_a")] {
        assert!(set(table, name).is_subset(&claims), "{table}.{name}");
    }
    assert!(set("conflicts", "dossier").is_subset(&set("dossiers", "dossier")));
    assert!(set("articles", "origin").is_subset(&articles));
}

#[test]
fn rates_of_the_table_of_pairs_are_those_of_compare() {
    let folder = tempfile::tempdir().unwrap();
    export(folder.path(), "csv", &[]);
    let (header, rows) = csv_rows(folder.path(), "pairs");
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let counted: Vec<_> = rows.iter().filter(|row| row[at("counted")] == "true").collect();
    let conflicts = counted.iter().filter(|row| row[at("standing")] == "conflict").count();
    let output =
        crossclaim(&["compare", "seeds/abou-kamal", "--model", "none", "--format", "json"]);
    let study: serde_json::Value =
        serde_json::from_slice(&output.success().get_output().stdout).unwrap();
    let overall = &study["rates"]["overall"];
    assert_eq!(overall["comparable"], counted.len());
    assert_eq!(overall["conflict"], conflicts);
    assert!(conflicts > 0);
}

#[test]
fn every_column_is_in_the_codebook_and_in_the_documentation() {
    let folder = tempfile::tempdir().unwrap();
    export(folder.path(), "csv", &[]);
    let (book, json) = (read(folder.path(), "codebook.md"), read(folder.path(), "codebook.json"));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let docs = fs::read_to_string(support::in_repository("docs/export.md")).unwrap();
    let ours = crossclaim::export::codebook::markdown(&table_infos());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let head = docs.split("<!-- codebook").next().unwrap();
        let marked = format!(
            "{head}<!-- codebook: made from the columns; UPDATE_DOCS=1 cargo test --test export writes it -->\n\n{ours}"
        );
        fs::write(support::in_repository("docs/export.md"), marked).unwrap();
        return;
    }
    assert!(book.ends_with(&ours));
    assert!(docs.ends_with(&ours), "UPDATE_DOCS=1 cargo test --test export writes docs/export.md");
    for (table, known) in json["tables"].as_array().unwrap().iter().zip(table_infos()) {
        let (header, _) = csv_rows(folder.path(), known.name);
        let described: Vec<&str> = table["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["name"].as_str().unwrap())
            .collect();
        assert_eq!(header, described);
        let names: BTreeSet<&str> = described.iter().copied().collect();
        assert_eq!(names.len(), described.len(), "no name twice");
        for column in &known.columns {
            assert!(
                column.description.ends_with('.') || column.description.contains(':'),
                "{}",
                column.name
            );
        }
    }
}

/// Folder with articles of two outlets, their names and ids in texts and values too.
fn telling_names() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let article = |name: &str, outlet: &str, text: &str| {
        let text = format!(
            "---\noutlet: {outlet}\nurl: https://{name}.example/story\ntitle: {outlet} reports\ndate: 2017-11-10\nlanguage: en\n---\n\n{text}\n"
        );
        fs::write(folder.path().join(format!("{name}.txt")), text).unwrap();
    };
    article(
        "zorblatt",
        "The Zorblatt Herald",
        "Government troops captured Palmyra on 8 November 2017, the Zorblatt Herald has learned. At least 40 people were killed in Palmyra.",
    );
    article(
        "quuxton",
        "Quuxton Post",
        "The army captured Palmyra on 9 November 2017, according to The Zorblatt Herald. At most 12 people were killed in Palmyra.",
    );
    folder
}

const SALT: &str = "sixteen bytes at the least";

#[test]
fn no_name_is_left_when_names_are_replaced() {
    let articles = telling_names();
    let out = tempfile::tempdir().unwrap();
    let salt = articles.path().join("salt.bin");
    fs::write(&salt, SALT).unwrap();
    let (input, salt) = (articles.path().to_str().unwrap(), salt.to_str().unwrap());
    for format in ["csv", "jsonl", "parquet"] {
        let target = out.path().join(format);
        crossclaim(&[
            "export",
            input,
            "--model",
            "none",
            "--format",
            format,
            "--out",
            target.to_str().unwrap(),
            "--anonymize",
            "--salt-file",
            salt,
        ])
        .success();
        let mut files = 0;
        for file in fs::read_dir(&target).unwrap() {
            let file = file.unwrap();
            let bytes = fs::read(file.path()).unwrap();
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            for name in ["zorblatt", "quuxton", "example", &input.to_lowercase(), "captured", SALT]
            {
                assert!(!text.contains(name), "{name} in {:?}", file.file_name());
            }
            files += 1;
        }
        assert_eq!(files, 8);
    }
    let (header, rows) = csv_rows(&out.path().join("csv"), "conflicts");
    let outlet = header.iter().position(|h| h == "outlet_a").unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row[outlet].starts_with("outlet-")));
}

#[test]
fn one_salt_gives_the_same_pseudonyms_and_another_others() {
    let articles = telling_names();
    let input = articles.path().to_str().unwrap();
    let run = |salt: &str| {
        let out = tempfile::tempdir().unwrap();
        let file = out.path().join("salt");
        fs::write(&file, salt).unwrap();
        let target = out.path().join("tables");
        crossclaim(&[
            "export",
            input,
            "--model",
            "none",
            "--out",
            target.to_str().unwrap(),
            "--anonymize",
            "--salt-file",
            file.to_str().unwrap(),
        ])
        .success();
        read(&target, "articles.csv")
    };
    assert_eq!(run(SALT), run(SALT));
    assert_ne!(run(SALT), run("another salt of enough bytes"));
}

#[test]
fn texts_stay_only_when_asked_for() {
    let articles = telling_names();
    let out = tempfile::tempdir().unwrap();
    let salt = out.path().join("salt");
    fs::write(&salt, SALT).unwrap();
    crossclaim(&[
        "export",
        articles.path().to_str().unwrap(),
        "--model",
        "none",
        "--out",
        out.path().join("t").to_str().unwrap(),
        "--anonymize",
        "--with-text",
        "--salt-file",
        salt.to_str().unwrap(),
    ])
    .success();
    assert!(read(&out.path().join("t"), "claims.csv").contains("captured Palmyra"));
}

#[test]
fn a_short_or_missing_salt_is_an_error_that_says_how_to_make_one() {
    let out = tempfile::tempdir().unwrap();
    let target = out.path().join("t");
    let run = |more: &[&str]| {
        let base =
            ["export", "seeds/abou-kamal", "--model", "none", "--out", target.to_str().unwrap()];
        crossclaim(&[&base[..], more].concat()).code(2)
    };
    run(&["--anonymize"]).stderr(contains("--salt-file"));
    let salt = out.path().join("salt");
    fs::write(&salt, "short").unwrap();
    run(&["--anonymize", "--salt-file", salt.to_str().unwrap()])
        .stderr(contains("can be guessed").and(contains("urandom")));
    run(&["--anonymize", "--salt-file", "no-such-file"]).stderr(contains("cannot read the salt"));
}

#[test]
fn a_run_is_repeated_byte_for_byte_from_its_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    export(&first, "parquet", &["--locale", "fr", "--min-confidence", "0.5"]);
    let manifest = first.join("manifest.json");
    crossclaim(&[
        "export",
        "--repeat",
        manifest.to_str().unwrap(),
        "--out",
        second.to_str().unwrap(),
    ])
    .success()
    .stderr(contains("byte for byte the same"));
    for file in fs::read_dir(&first).unwrap() {
        let name = file.unwrap().file_name();
        assert_eq!(
            fs::read(first.join(&name)).unwrap(),
            fs::read(second.join(&name)).unwrap(),
            "{name:?}"
        );
    }
}

#[test]
fn a_run_whose_articles_changed_is_not_repeated() {
    let articles = telling_names();
    let out = tempfile::tempdir().unwrap();
    let target = out.path().join("first");
    crossclaim(&[
        "export",
        articles.path().to_str().unwrap(),
        "--model",
        "none",
        "--out",
        target.to_str().unwrap(),
    ])
    .success();
    let file = articles.path().join("quuxton.txt");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("9 November", "8 November")).unwrap();
    fs::write(articles.path().join("new.txt"), "Another article about Palmyra.").unwrap();
    let again = out.path().join("again");
    crossclaim(&[
        "export",
        "--repeat",
        target.join("manifest.json").to_str().unwrap(),
        "--out",
        again.to_str().unwrap(),
    ])
    .code(2)
    .stderr(contains("quuxton has changed").and(contains("new is new")));
    assert!(!again.join("articles.csv").exists(), "nothing is written");
}

#[test]
fn an_anonymous_run_is_repeated_with_its_articles_and_salt() {
    let articles = telling_names();
    let out = tempfile::tempdir().unwrap();
    let salt = out.path().join("salt");
    fs::write(&salt, SALT).unwrap();
    let (input, salt) = (articles.path().to_str().unwrap(), salt.to_str().unwrap());
    let first = out.path().join("first");
    crossclaim(&[
        "export",
        input,
        "--model",
        "none",
        "--out",
        first.to_str().unwrap(),
        "--anonymize",
        "--salt-file",
        salt,
    ])
    .success();
    let manifest = first.join("manifest.json");
    let again = out.path().join("again");
    let base = ["export", "--repeat", manifest.to_str().unwrap()];
    let end = ["--out", again.to_str().unwrap()];
    crossclaim(&[&base[..], &end].concat()).code(2).stderr(contains("give their paths"));
    crossclaim(&[&base[..], &[input, "--salt-file", salt], &end].concat()).success();
}

#[test]
fn what_is_no_manifest_is_an_error_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("manifest.json");
    fs::write(&file, "{\n\"schema\": 3}").unwrap();
    let out = folder.path().join("out");
    crossclaim(&["export", "--repeat", file.to_str().unwrap(), "--out", out.to_str().unwrap()])
        .code(2)
        .stderr(contains("manifest.json:2").and(contains("no manifest")));
}
