//! A study for a terminal.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{Section, Table, colophon, masthead, sections};
use crate::compare::Study;
use crate::report::Locale;

pub(super) fn write(
    study: &Study,
    locale: &Locale,
    top: usize,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (title, read) = masthead(study, locale);
    writeln!(out, "{title}")?;
    fill(&read, "", width, out)?;
    for section in sections(study, locale) {
        writeln!(out, "\n{}\n{}", section.title, "─".repeat(section.title.width()))?;
        fill(&section.lead, "", width, out)?;
        match &section.table {
            Some(table) if !table.rows.is_empty() => write_table(table, out)?,
            Some(_) => writeln!(out, "{}", locale.label("compare.nothing"))?,
            None => write_items(&section, locale, top, width, out)?,
        }
    }
    writeln!(out, "\n{}", colophon(study, locale))
}

fn write_items(
    section: &Section,
    locale: &Locale,
    top: usize,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    if section.items.is_empty() {
        return writeln!(out, "{}", locale.label("compare.nothing"));
    }
    for item in section.items.iter().take(top) {
        fill(&format!("• {} ({})", item.head, item.meta), "  ", width, out)?;
        for line in &item.lines {
            fill(
                &format!("    {}", locale.labelled_text(&line.label, &line.text)),
                "      ",
                width,
                out,
            )?;
            if let Some(quote) = &line.quote {
                fill(&format!("      {}", locale.quoted(quote)), "      ", width, out)?;
            }
        }
    }
    match section.items.len().saturating_sub(top) {
        0 => Ok(()),
        n => writeln!(out, "{}", locale.fill("compare.more", &[("n", n.to_string())])),
    }
}

fn write_table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let rows = || std::iter::once(&table.columns).chain(&table.rows);
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|at| rows().map(|row| row[at].width()).max().unwrap_or(0))
        .collect();
    for row in rows() {
        let mut line = String::new();
        for (at, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(width - cell.width());
            // Names stand left, figures right.
            let (cell, gap) =
                if at == 0 { (format!("{cell}{pad}"), "") } else { (format!("{pad}{cell}"), "  ") };
            line.push_str(gap);
            line.push_str(&cell);
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Writes a paragraph in lines of at most `width` columns; those after the first begin with `indent`.
fn fill(text: &str, indent: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let first = text.len() - text.trim_start_matches(' ').len();
    let mut line = text[..first].to_owned();
    let mut empty = true;
    for word in text[first..].split(' ') {
        if !empty && line.width() + 1 + word.width() > width {
            writeln!(out, "{line}")?;
            line = indent.to_owned();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    writeln!(out, "{line}")
}
