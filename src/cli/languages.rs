//! `crossclaim languages`: what the pack of each language covers.

use std::io::Write;

use anyhow::Context;
use clap::{Args, ValueEnum};
use crossclaim::language::Languages;
use crossclaim::language::coverage::{Coverage, Source};

use super::Outcome;
use super::options::PackArgs;

/// Options of `languages`.
#[derive(Debug, Args)]
pub(crate) struct LanguagesArgs {
    /// A table to read, or JSON.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    packs: PackArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(crate) fn run(args: &LanguagesArgs) -> anyhow::Result<Outcome> {
    let mut languages = Languages::builtin()?;
    args.packs.load(&mut languages)?;
    let coverage = languages.coverage();
    let mut out = std::io::stdout().lock();
    match args.format {
        Format::Json => {
            let json = serde_json::to_string_pretty(&coverage).context("languages as JSON")?;
            writeln!(out, "{json}")?;
        }
        Format::Table => write!(out, "{}", table(&coverage))?,
    }
    Ok(Outcome::Done)
}

type Column = (&'static str, fn(&Coverage) -> String);

const COLUMNS: [Column; 10] = [
    ("code", |c| c.code.clone()),
    ("time", |c| number(c.time)),
    ("triggers", |c| number(c.triggers)),
    ("frames", |c| number(c.frames)),
    ("roles", |c| number(c.cues)),
    ("names", |c| number(c.names)),
    ("numbers", |c| number(c.quantity)),
    ("voices", |c| number(c.attribution)),
    ("factuality", |c| number(c.factuality)),
    ("syntax", |c| if c.syntax { "yes" } else { "–" }.to_owned()),
];

fn number(count: usize) -> String {
    if count == 0 { "–".to_owned() } else { count.to_string() }
}

/// A row a language; the names come last, as terminals do not agree on how wide scripts are.
fn table(coverage: &[Coverage]) -> String {
    let mut rows = vec![COLUMNS.map(|(title, _)| title.to_owned())];
    rows.extend(coverage.iter().map(|c| COLUMNS.map(|(_, cell)| cell(c))));
    let widths: Vec<usize> = (0..COLUMNS.len())
        .map(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    for (i, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(&widths) {
            out.push_str(&format!("{cell:<width$}  "));
        }
        out.push_str(&match i.checked_sub(1).and_then(|i| coverage.get(i)) {
            None => "language".to_owned(),
            Some(c) => match &c.source {
                Source::Builtin => c.name.clone(),
                Source::File(file) => format!("{} ({file})", c.name),
                Source::LocaleData => format!("{} (no pack)", c.name),
            },
        });
        out.push('\n');
    }
    out.push_str(
        "\nCounts of time templates, trigger phrases, frames and cue phrases; – is what a language lacks.\n\
         Without a pack a language has absolute dates, from CLDR, and numbers in figures; so has any other\n\
         language that CLDR knows. Add a language with --pack FILE: docs/languages.md.\n",
    );
    out
}
