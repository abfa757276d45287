//! GitHub annotations: workflow commands, one a line, which the runner shows at the lines of a change.
//!
//! The grammar is that of the runner and of `@actions/core` (`command.ts`): `::level key=value,…::message`, with
//! `%`, line ends and, in values, `:` and `,` escaped.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::standing::Standings;
use super::told::Told;
use super::verdict;
use super::visible::visible;
use super::{Format, RenderOptions, Report};

/// Workflow commands.
pub(super) struct Github;

impl Format for Github {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let locale = &options.locale;
        let standings = Standings::new(report);
        for finding in &report.findings {
            let told = Told::new(finding, &standings, locale);
            let mut properties: Vec<(&str, String)> = Vec::new();
            if let Some(place) = &told.here.side.place {
                properties.push(("file", visible(&place.path)));
                properties.push(("line", place.line.to_string()));
                properties.push(("endLine", place.end_line.to_string()));
                // The columns of an annotation are of one line.
                if let Some(columns) = place.columns.filter(|_| place.line == place.end_line) {
                    properties.push(("col", columns.characters.0.to_string()));
                    properties.push(("endColumn", columns.characters.1.to_string()));
                }
            }
            properties.push((
                "title",
                format!("{} ({}, {})", told.relation, told.kind(), told.confidence),
            ));
            let level = match told.level() {
                "note" => "notice",
                level => level,
            };
            command(level, &properties, &message(&told, options), out)?;
        }
        for problem in verdict::problems(report) {
            let title = ("title", locale.label("label.problems"));
            command("warning", &[title], &visible(problem), out)?;
        }
        if let Some(check) = &report.check {
            let level = if check.verdict.exit_code() == 0 { "notice" } else { "error" };
            let mut lines = vec![verdict::title(check, locale)];
            lines.extend(check.errors.iter().map(|error| visible(error)));
            let title = ("title", "crossclaim".to_owned());
            command(level, &[title], &lines.join("\n"), out)?;
        }
        Ok(())
    }
}

fn message(told: &Told<'_>, options: &RenderOptions) -> String {
    let locale = &options.locale;
    let mut lines = vec![told.question.clone()];
    for side in [&told.here, &told.there] {
        let who = format!("{} ({})", side.who, side.at);
        lines.push(locale.labelled_text(&who, &side.value));
        lines.push(format!("  {}", locale.quoted(&side.sentence)));
    }
    lines.extend(told.why.iter().map(|why| format!("- {why}")));
    lines.extend(told.lowered.iter().cloned());
    lines.extend(told.counts.iter().cloned());
    lines.push(told.finding.fingerprint.clone());
    lines.join("\n")
}

fn command(
    level: &str,
    properties: &[(&str, String)],
    message: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = format!("::{level}");
    for (at, (name, value)) in properties.iter().enumerate() {
        let before = if at == 0 { ' ' } else { ',' };
        let _ = write!(line, "{before}{name}={}", property(value));
    }
    writeln!(out, "{line}::{}", data(message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
