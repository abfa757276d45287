//! The report for a pull request or a wiki.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::view::{self, DossierView, FindingView, HolderView};
use super::visible::Piece;
use super::{Format, Locale, RenderOptions, Report};

/// GitHub-flavoured Markdown.
pub(super) struct Markdown;

impl Format for Markdown {
    fn write(
        &self,
        report: &Report,
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let locale = &options.locale;
        let view = view::view(report, locale);
        let mut page = String::new();
        put(&mut page, &format!("# {}\n", locale.label("label.title")));
        put(&mut page, &format!("{}  \n**{}**\n", escape(&view.summary.read), view.summary.found));
        for section in &view.sections {
            put(&mut page, &format!("## {}\n", section.title));
            if let Some(lead) = &section.lead {
                put(&mut page, &format!("{lead}\n"));
            }
            for dossier in &section.dossiers {
                if section.compact {
                    compact(&mut page, dossier, locale);
                } else {
                    full(&mut page, dossier, locale);
                }
            }
        }
        if !view.problems.is_empty() {
            put(&mut page, &format!("## {}\n", locale.label("label.problems")));
            for problem in &view.problems {
                put(&mut page, &format!("- {}", escape(problem)));
            }
            page.push('\n');
        }
        articles(&mut page, &view, locale);
        put(&mut page, &format!("<sub>{} · {}</sub>", escape(&view.version), escape(&view.model)));
        out.write_all(page.as_bytes())
    }
}

fn put(page: &mut String, line: &str) {
    page.push_str(line);
    page.push('\n');
}

fn heading(page: &mut String, dossier: &DossierView) {
    put(page, &format!("### {}\\. {}\n", dossier.number, escape(&dossier.question)));
    put(
        page,
        &format!(
            "**{}** · {} · {} · {}\n",
            dossier.relation_label,
            dossier.confidence,
            dossier.kind_label,
            code(&dossier.id)
        ),
    );
}

fn full(page: &mut String, dossier: &DossierView, locale: &Locale) {
    heading(page, dossier);
    for position in &dossier.positions {
        put(
            page,
            &format!(
                "#### {} — {} <sub>{}</sub>\n",
                position.letter,
                escape(&position.label),
                position.origins
            ),
        );
        for holder in &position.holders {
            quote(page, holder);
        }
    }
    let shown = dossier.findings.iter().filter(|finding| !finding.repeats);
    for finding in shown {
        let between = locale.labelled_text(&escape(&finding.between), "");
        put(
            page,
            &format!(
                "- **{between}{}** · {} · {} · {}",
                finding.relation_label,
                finding.confidence,
                finding.voices,
                code(&finding.fingerprint)
            ),
        );
        reasons(page, finding, locale, "  ");
    }
    let more = dossier.findings.iter().filter(|finding| finding.repeats).count();
    if more > 0 {
        put(page, &format!("- {}", locale.fill("label.more", &[("n", more.to_string())])));
    }
    page.push('\n');
    notes(page, dossier, locale);
}

fn notes(page: &mut String, dossier: &DossierView, locale: &Locale) {
    for note in &dossier.notes {
        put(page, &format!("{}\n", locale.labelled("label.note", &escape(note))));
    }
}

fn reasons(page: &mut String, finding: &FindingView, locale: &Locale, indent: &str) {
    for why in &finding.why {
        put(page, &format!("{indent}- {}", escape(why)));
    }
    if !finding.lowered.is_empty() {
        let lowered: Vec<String> = finding.lowered.iter().map(|text| escape(text)).collect();
        let lowered = locale.labelled("label.lowered", &lowered.join(" "));
        put(page, &format!("{indent}- _{lowered}_"));
    }
}

fn quote(page: &mut String, holder: &HolderView) {
    let mut who = escape(&holder.says);
    if let Some(url) = &holder.url {
        who = format!("[{who}](<{}>)", address(url));
    }
    if holder.article != holder.outlet {
        let _ = write!(who, " {}", code(&holder.article));
    }
    if let Some(published) = &holder.published {
        let _ = write!(who, " · {}", escape(published));
    }
    put(page, &format!("{who}\n"));
    put(page, &format!("> {}\n", marked(&holder.pieces)));
}

fn compact(page: &mut String, dossier: &DossierView, locale: &Locale) {
    heading(page, dossier);
    for finding in dossier.findings.iter().filter(|finding| !finding.repeats) {
        for side in [&finding.a, &finding.b] {
            let who = locale.labelled_text(&escape(&side.holder.says), &escape(&side.value));
            put(page, &format!("- {who}  \n  {}", marked(&side.holder.pieces)));
        }
        reasons(page, finding, locale, "");
        page.push('\n');
    }
    notes(page, dossier, locale);
}

fn articles(page: &mut String, view: &view::View, locale: &Locale) {
    if view.articles.is_empty() {
        return;
    }
    put(page, &format!("## {}\n", locale.label("label.articles")));
    let columns = ["article", "outlet", "headline", "language", "published"]
        .map(|column| locale.label(&format!("label.{column}")));
    put(page, &format!("| {} |", columns.join(" | ")));
    put(page, "|---|---|---|---|---|");
    for article in &view.articles {
        let mut title = escape(article.title.as_deref().unwrap_or("–"));
        if let Some(url) = &article.url {
            title = format!("[{title}](<{}>)", address(url));
        }
        if let Some(copy_of) = &article.copy_of {
            let _ = write!(title, " ({})", escape(copy_of));
        }
        put(
            page,
            &format!(
                "| {} | {} | {title} | {} | {} |",
                code(&article.id),
                escape(&article.outlet),
                escape(&article.language_name),
                escape(&article.published)
            ),
        );
    }
    page.push('\n');
}

fn marked(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        let inner = piece.text.trim();
        if piece.marked && !inner.is_empty() {
            // The spaces stay outside: `** a **` is not bold.
            let (before, rest) =
                piece.text.split_at(piece.text.len() - piece.text.trim_start().len());
            let after = &rest[inner.len()..];
            // <strong> holds where `**` would stand inside a word.
            let _ = write!(text, "{before}<strong>{}</strong>{after}", escape(inner));
        } else {
            text.push_str(&escape(&piece.text));
        }
    }
    text
}

/// Text that Markdown shows as it stands: no markup, no HTML, no mention of a person or an issue.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // GitHub would call the person or link the issue; an empty comment parts them.
            '@' | '#' if rest.starts_with(char::is_alphanumeric) => {
                escaped.push_str(if at == 0 && c == '#' {
                    "\\#"
                } else if c == '#' {
                    "#"
                } else {
                    "@"
                });
                escaped.push_str("<!-- -->");
            }
            // A list, a heading or a rule at the beginning of a line.
            '#' | '-' | '+' | '=' if at == 0 => {
                escaped.push('\\');
                escaped.push(c);
            }
            '.' | ')' if at > 0 && text[..at].bytes().all(|b| b.is_ascii_digit()) => {
                escaped.push('\\');
                escaped.push(c);
            }
            // No automatic links out of the text of an article.
            ':' if rest.starts_with("//") => escaped.push_str(":<!-- -->"),
            '.' if previous == 'w' && escaped.to_ascii_lowercase().ends_with("www") => {
                escaped.push_str("<!-- -->.");
            }
            _ => escaped.push(c),
        }
        previous = c.to_ascii_lowercase();
    }
    escaped
}

/// An address between `<` and `>`.
fn address(url: &str) -> String {
    url.replace('<', "%3C").replace('>', "%3E").replace('\\', "%5C").replace(' ', "%20")
}

/// Code that no backtick of its own can end.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    // A pipe would end the cell of a table.
    format!("{fence}{space}{}{space}{fence}", text.replace('|', "\\|"))
}
