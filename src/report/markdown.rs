//! The report for a pull request or a wiki.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::verdict::VerdictView;
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
        let page = match &view.verdict {
            Some(verdict) => check(&view, verdict, locale),
            None => {
                let mut page = format!("# {}\n\n", locale.label("label.title"));
                put(&mut page, &summary(&view));
                page.push_str(&blocks(&view, locale).concat());
                page.push_str(&end(&view, locale));
                page
            }
        };
        out.write_all(page.as_bytes())
    }
}

/// GitHub takes no longer comment. A step's summary may be longer, but a report that fits both is one report.
const LONGEST: usize = 65_536;

/// The summary of a check: the verdict and what was not compared first, then what the batch touches, then the
/// questions, those that fail first, as many as there is room for.
fn check(view: &view::View, verdict: &VerdictView, locale: &Locale) -> String {
    let mut page = format!("# {}\n\n", escape(&verdict.title));
    for fact in &verdict.facts {
        put(&mut page, &format!("- {}", escape(fact)));
    }
    put(&mut page, &format!("\n{}", summary(view)));
    for list in &verdict.lists {
        put(&mut page, &format!("## {}\n", list.title));
        for item in &list.items {
            put(&mut page, &format!("- {}", escape(item)));
        }
        page.push('\n');
    }
    touched(&mut page, verdict, locale);
    let blocks = blocks(view, locale);
    let mut end = end(view, locale);
    let most = LONGEST.saturating_sub(units(&left_out(blocks.len(), locale)));
    if units(&page) + units(&end) + blocks.iter().map(|block| units(block)).sum::<usize>() > most {
        // The list of articles is the first thing to do without.
        end = footer(view);
    }
    let mut used = units(&page) + units(&end);
    let mut shown = 0;
    for block in &blocks {
        used += units(block);
        if used > most {
            break;
        }
        page.push_str(block);
        shown += 1;
    }
    if shown < blocks.len() {
        put(&mut page, &left_out(blocks.len() - shown, locale));
    }
    page.push_str(&end);
    page
}

/// A text's length as JavaScript and GitHub's database count it at most.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn left_out(n: usize, locale: &Locale) -> String {
    format!("**{}**\n", locale.fill("check.left-out", &[("n", n.to_string())]))
}

/// The new articles with the number of their findings.
fn touched(page: &mut String, verdict: &VerdictView, locale: &Locale) {
    if verdict.touched.is_empty() {
        return;
    }
    put(page, &format!("## {}\n", locale.label("check.new-articles")));
    let columns = ["label.article", "label.outlet", "check.failing", "check.others"];
    put(page, &format!("| {} |", columns.map(|column| locale.label(column)).join(" | ")));
    put(page, "|---|---|---:|---:|");
    for row in &verdict.touched {
        let (article, outlet) = (code(&row.article), escape(&row.outlet));
        put(page, &format!("| {article} | {outlet} | {} | {} |", row.failing, row.others));
    }
    page.push('\n');
}

/// What was read and found.
fn summary(view: &view::View) -> String {
    format!("{}  \n**{}**\n", escape(&view.summary.read), view.summary.found)
}

/// Every dossier, the first of a section with the section's heading.
fn blocks(view: &view::View, locale: &Locale) -> Vec<String> {
    let mut blocks = Vec::new();
    for section in &view.sections {
        let mut block = format!("## {}\n\n", section.title);
        if let Some(lead) = &section.lead {
            put(&mut block, &format!("{lead}\n"));
        }
        for dossier in &section.dossiers {
            if section.compact {
                compact(&mut block, dossier, locale);
            } else {
                full(&mut block, dossier, locale);
            }
            blocks.push(std::mem::take(&mut block));
        }
    }
    blocks
}

/// Problems, articles, versions.
fn end(view: &view::View, locale: &Locale) -> String {
    let mut page = String::new();
    if !view.problems.is_empty() {
        put(&mut page, &format!("## {}\n", locale.label("label.problems")));
        for problem in &view.problems {
            put(&mut page, &format!("- {}", escape(problem)));
        }
        page.push('\n');
    }
    articles(&mut page, view, locale);
    page + &footer(view)
}

fn footer(view: &view::View) -> String {
    format!("<sub>{} · {}</sub>\n", escape(&view.version), escape(&view.model))
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
    more(page, dossier, locale);
    page.push('\n');
    notes(page, dossier, locale);
}

/// The findings that say the same again, by their fingerprints.
fn more(page: &mut String, dossier: &DossierView, locale: &Locale) {
    let repeated = dossier.findings.iter().filter(|finding| finding.repeats);
    let more: Vec<String> = repeated.map(|finding| code(&finding.fingerprint)).collect();
    if !more.is_empty() {
        let label = locale.fill("label.more", &[("n", more.len().to_string())]);
        put(page, &format!("- {}", locale.labelled_text(&label, &more.join(", "))));
    }
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
    if let Some(counts) = &finding.counts {
        put(page, &format!("{indent}- **{}**", escape(counts)));
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
    if !dossier.steps.is_empty() {
        put(page, &format!("{}\n", escape(&locale.label("label.steps"))));
        for step in &dossier.steps {
            let told = locale.labelled_text(&escape(&step.date), &escape(&step.value));
            put(page, &format!("1. {told} ({})", escape(&step.outlets)));
        }
        page.push('\n');
    }
    for finding in dossier.findings.iter().filter(|finding| !finding.repeats) {
        for side in [&finding.a, &finding.b] {
            let who = locale.labelled_text(&escape(&side.holder.says), &escape(&side.value));
            put(page, &format!("- {who}  \n  {}", marked(&side.holder.pieces)));
        }
        reasons(page, finding, locale, "");
        put(page, &format!("- {}\n", code(&finding.fingerprint)));
    }
    more(page, dossier, locale);
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
pub(crate) fn escape(text: &str) -> String {
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
