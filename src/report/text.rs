//! The report for a terminal.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::verdict::VerdictView;
use super::view::{self, DossierView, FindingView, HolderView, PositionView};
use super::visible::Piece;
use super::wrap::wrap;
use super::{Format, Locale, RenderOptions, Report};

/// For a terminal.
pub(super) struct Text;

impl Format for Text {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let view = view::view(report, &options.locale);
        let mut page = Page { options, locale: &options.locale, text: String::new() };
        page.line(&[(page.bold(), &view.summary.read)], "", "");
        page.line(&[(Style::new(), &view.summary.found)], "", "");
        if !view.calibrated {
            page.line(&[(Style::new(), &view.model)], "", "");
        }
        for section in &view.sections {
            page.text.push('\n');
            page.line(&[(page.bold().underline_if(options.colour), &section.title)], "", "");
            if let Some(lead) = &section.lead {
                page.line(&[(page.faint(), lead)], "", "");
            }
            for dossier in &section.dossiers {
                page.text.push('\n');
                if section.compact {
                    page.compact(dossier);
                } else {
                    page.dossier(dossier);
                }
            }
        }
        if let Some(verdict) = &view.verdict {
            page.verdict(verdict);
        }
        if !view.problems.is_empty() {
            page.text.push('\n');
            page.line(&[(page.bold(), &page.locale.label("label.problems"))], "", "");
            for problem in &view.problems {
                page.line(&[(Style::new(), problem)], "  ! ", "    ");
            }
        }
        out.write_all(page.text.as_bytes())
    }
}

trait UnderlineIf {
    fn underline_if(self, wanted: bool) -> Style;
}

impl UnderlineIf for Style {
    fn underline_if(self, wanted: bool) -> Style {
        if wanted { self.underline() } else { self }
    }
}

struct Page<'o> {
    options: &'o RenderOptions,
    locale: &'o Locale,
    text: String,
}

impl Page<'_> {
    fn line(&mut self, parts: &[(Style, &str)], first: &str, indent: &str) {
        let wrapped = wrap(parts, first, indent, self.options.width);
        self.text.push_str(&wrapped);
    }

    fn styled(&self, style: Style) -> Style {
        if self.options.colour { style } else { Style::new() }
    }

    fn bold(&self) -> Style {
        self.styled(Style::new().bold())
    }

    fn faint(&self) -> Style {
        self.styled(Style::new().dimmed())
    }

    fn relation(&self, relation: &str) -> Style {
        self.styled(
            Style::new().bold().fg_color(Some(
                match relation {
                    "contradiction" => AnsiColor::Red,
                    "divergent-account" => AnsiColor::Yellow,
                    "update" | "correction" => AnsiColor::Blue,
                    _ => AnsiColor::Green,
                }
                .into(),
            )),
        )
    }

    /// The verdict of a check, at the end: that is where a terminal stops.
    fn verdict(&mut self, verdict: &VerdictView) {
        self.text.push('\n');
        let colour = if verdict.verdict == "clean" { AnsiColor::Green } else { AnsiColor::Red };
        let style = self.styled(Style::new().bold().fg_color(Some(colour.into())));
        self.line(&[(style, &verdict.title)], "", "");
        for fact in &verdict.facts {
            self.line(&[(Style::new(), fact)], "", "");
        }
        for list in &verdict.lists {
            self.line(&[(self.bold(), &list.title)], "", "");
            for item in &list.items {
                self.line(&[(Style::new(), item)], "  ! ", "    ");
            }
        }
    }

    fn heading(&mut self, dossier: &DossierView) {
        let number = format!("{}. ", dossier.number);
        let indent = " ".repeat(number.len());
        self.line(&[(self.bold(), &dossier.question)], &number, &indent);
        let rest = format!(" · {} · {}", dossier.confidence, dossier.kind_label);
        let relation = self.relation(&dossier.relation);
        self.line(&[(relation, &dossier.relation_label), (self.faint(), &rest)], &indent, &indent);
    }

    fn dossier(&mut self, dossier: &DossierView) {
        self.heading(dossier);
        for position in &dossier.positions {
            self.text.push('\n');
            self.position(position);
        }
        if dossier.findings.iter().any(|f| !f.repeats) {
            self.text.push('\n');
        }
        for finding in dossier.findings.iter().filter(|f| !f.repeats) {
            self.finding(finding);
        }
        self.more(dossier);
        self.notes(dossier);
    }

    /// The findings that say the same again, by their fingerprints.
    fn more(&mut self, dossier: &DossierView) {
        let more: Vec<&str> =
            dossier.findings.iter().filter(|f| f.repeats).map(|f| f.fingerprint.as_str()).collect();
        if !more.is_empty() {
            let label = self.locale.fill("label.more", &[("n", more.len().to_string())]);
            let more = self.locale.labelled_text(&label, &more.join(", "));
            self.line(&[(self.faint(), &more)], "   ", "     ");
        }
    }

    fn notes(&mut self, dossier: &DossierView) {
        for note in &dossier.notes {
            let note = self.locale.labelled("label.note", note);
            self.line(&[(Style::new(), &note)], "   ", "   ");
        }
    }

    fn position(&mut self, position: &PositionView) {
        let letter = format!("   {} ", position.letter);
        let origins = format!("  ({})", position.origins);
        self.line(&[(self.bold(), &position.label), (self.faint(), &origins)], &letter, "     ");
        for holder in &position.holders {
            self.holder(holder, "     ");
        }
    }

    fn holder(&mut self, holder: &HolderView, indent: &str) {
        let mut from = String::new();
        if holder.article != holder.outlet {
            from.push_str(&format!(" [{}]", holder.article));
        }
        if let Some(published) = &holder.published {
            from.push_str(&format!(" {published}"));
        }
        let more = format!("{indent}  ");
        self.line(&[(Style::new(), &holder.says), (self.faint(), &from)], indent, &more);
        self.quote(&holder.pieces, &more);
    }

    fn quote(&mut self, pieces: &[Piece], indent: &str) {
        let mark =
            self.styled(Style::new().bold().underline().fg_color(Some(AnsiColor::Cyan.into())));
        // Without colour the evidence stands between angle quotes.
        let pieces: Vec<(Style, String)> = pieces
            .iter()
            .map(|piece| match (piece.marked, self.options.colour) {
                (true, true) => (mark, piece.text.clone()),
                (true, false) => (Style::new(), format!("‹{}›", piece.text)),
                (false, _) => (Style::new(), piece.text.clone()),
            })
            .collect();
        let parts: Vec<(Style, &str)> =
            pieces.iter().map(|(style, text)| (*style, text.as_str())).collect();
        let bar = format!("{indent}│ ");
        self.line(&parts, &bar, &bar);
    }

    fn finding(&mut self, finding: &FindingView) {
        let between = self.locale.labelled_text(&finding.between, "");
        let rest =
            format!(" · {} · {} · {}", finding.confidence, finding.voices, finding.fingerprint);
        let relation = self.relation(&finding.relation);
        self.line(
            &[(self.bold(), &between), (relation, &finding.relation_label), (self.faint(), &rest)],
            "   ",
            "     ",
        );
        self.reasons(finding);
    }

    fn reasons(&mut self, finding: &FindingView) {
        for why in &finding.why {
            self.line(&[(Style::new(), why)], "     - ", "       ");
        }
        if !finding.lowered.is_empty() {
            let lowered = self.locale.labelled("label.lowered", &finding.lowered.join(" "));
            self.line(&[(self.faint(), &lowered)], "     - ", "       ");
        }
        if let Some(counts) = &finding.counts {
            self.line(&[(self.bold(), counts)], "     - ", "       ");
        }
    }

    /// Question, the two values, and why it is no contradiction.
    fn compact(&mut self, dossier: &DossierView) {
        self.heading(dossier);
        if !dossier.steps.is_empty() {
            self.line(&[(self.faint(), &self.locale.label("label.steps"))], "   ", "     ");
        }
        for step in &dossier.steps {
            let date = self.locale.labelled_text(&step.date, "");
            let outlets = format!(" ({})", step.outlets);
            let parts =
                [(self.faint(), &*date), (self.bold(), &step.value), (self.faint(), &outlets)];
            self.line(&parts, "     ", "       ");
        }
        for finding in dossier.findings.iter().filter(|f| !f.repeats) {
            for side in [&finding.a, &finding.b] {
                let who = self.locale.labelled_text(&side.holder.says, "");
                self.line(&[(self.faint(), &who), (Style::new(), &side.value)], "   ", "     ");
                self.quote(&side.holder.pieces, "     ");
            }
            self.reasons(finding);
            self.line(&[(self.faint(), &finding.fingerprint)], "     - ", "       ");
        }
        self.more(dossier);
        self.notes(dossier);
    }
}
