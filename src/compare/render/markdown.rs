//! A study as Markdown.

use std::io::{self, Write};

use super::{colophon, masthead, sections};
use crate::compare::Study;
use crate::report::Locale;
use crate::report::markdown::escape;

pub(super) fn write(
    study: &Study,
    locale: &Locale,
    top: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (title, read) = masthead(study, locale);
    writeln!(out, "# {title}\n\n{read}")?;
    for section in sections(study, locale) {
        writeln!(out, "\n## {}", section.title)?;
        if !section.lead.is_empty() {
            writeln!(out, "\n{}", section.lead)?;
        }
        writeln!(out)?;
        match &section.table {
            Some(table) if !table.rows.is_empty() => {
                let row = |cells: &[String]| {
                    let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
                    format!("| {} |", cells.join(" | "))
                };
                let rule: Vec<&str> = (0..table.columns.len())
                    .map(|at| if at == 0 { "---" } else { "---:" })
                    .collect();
                writeln!(out, "{}\n| {} |", row(&table.columns), rule.join(" | "))?;
                for cells in &table.rows {
                    writeln!(out, "{}", row(cells))?;
                }
            }
            _ if section.items.is_empty() => {
                writeln!(out, "{}", locale.label("compare.nothing"))?;
            }
            _ => {
                for item in section.items.iter().take(top) {
                    writeln!(out, "- **{}** ({})", escape(&item.head), escape(&item.meta))?;
                    for line in &item.lines {
                        let told = locale.labelled_text(&escape(&line.label), &escape(&line.text));
                        writeln!(out, "  - {told}")?;
                        if let Some(quote) = &line.quote {
                            writeln!(out, "    > {}", escape(quote))?;
                        }
                    }
                }
                let more = section.items.len().saturating_sub(top);
                if more > 0 {
                    writeln!(out, "\n{}", locale.fill("compare.more", &[("n", more.to_string())]))?;
                }
            }
        }
    }
    writeln!(out, "\n{}", colophon(study, locale))
}
