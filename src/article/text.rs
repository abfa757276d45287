//! Plain text and Markdown: front matter, the date line, and the prose.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::Layout;
use super::draft::{Draft, Fields, Notes, is_known_name, line_of, trimmed};
use super::reading::Reading;

/// Reads a text file; `None`, and a problem noted, where it holds no prose.
pub(super) fn read(
    text: String,
    markdown: bool,
    reading: &Reading,
    notes: &mut Notes,
) -> Option<Draft> {
    if trimmed(&text, 0).is_empty() {
        notes.problem(None, "the file is empty", "leave it out, or put the article's text in it");
        return None;
    }
    let mut fields = Fields::default();
    let mut start = text.find(|c| c != '\u{feff}').unwrap_or(0);
    match front_matter(&text, start, &mut fields) {
        FrontMatter::None => {}
        FrontMatter::Until(end) => start = end,
        FrontMatter::Broken(line, problem) => {
            notes.problem(Some(line), problem, "close it with the mark that opens it, on a line of its own, and write `key: value` lines (`key = \"value\"` between +++)");
            return None;
        }
    }
    if let Some((date, end)) = date_prefix(text.get(start..).unwrap_or("")) {
        let line = line_of(&text, start);
        fields.insert("date", date, Some(line));
        start += end;
    }
    let metadata = fields.metadata(reading, notes);
    let mut body = trimmed(&text, start);
    if markdown {
        // The mark of a heading is no word of the first sentence.
        let prose = body.of(&text);
        let hashes = prose.bytes().take_while(|&byte| byte == b'#').count();
        if hashes > 0 && prose.as_bytes().get(hashes).is_none_or(u8::is_ascii_whitespace) {
            body = trimmed(&text, body.start + hashes);
        }
    }
    if body.is_empty() {
        notes.problem(
            None,
            "there is front matter but no text after it",
            "put the article's text below it",
        );
        return None;
    }
    Some(Draft { metadata, line: None, text, body, layout: Layout::File })
}

/// What stands before the prose.
enum FrontMatter {
    None,
    /// It ends before this byte.
    Until(usize),
    /// It is wrong on this line.
    Broken(usize, String),
}

/// Reads front matter between `---` (YAML) or `+++` (TOML) lines into `fields`.
fn front_matter(text: &str, start: usize, fields: &mut Fields) -> FrontMatter {
    let mut lines = lines_from(text, start);
    let toml = match lines.next().map(|(_, line)| line.trim_end()) {
        Some("---") => false,
        Some("+++") => true,
        _ => return FrontMatter::None,
    };
    let mut inside: Vec<(usize, &str)> = Vec::new();
    let end = lines.find_map(|(offset, line)| match line.trim_end() {
        "---" | "..." if !toml => Some(offset + line.len()),
        "+++" if toml => Some(offset + line.len()),
        _ => {
            inside.push((offset, line.trim_end()));
            None
        }
    });
    let first_is_known = inside
        .first()
        .and_then(|(_, line)| line.split_once([':', '=']))
        .is_some_and(|(name, _)| is_known_name(name.trim()));
    let Some(end) = end else {
        // A lone rule may open a text; a rule and then `title:` is front matter without an end.
        return if first_is_known {
            FrontMatter::Broken(line_of(text, start), "the front matter has no end".to_owned())
        } else {
            FrontMatter::None
        };
    };
    if toml {
        return match read_toml(text, &inside, fields) {
            Ok(()) => FrontMatter::Until(end),
            Err((line, problem)) => FrontMatter::Broken(line, problem),
        };
    }
    if !inside.iter().all(|(_, line)| is_yaml_line(line)) {
        let odd = inside.iter().find(|(_, line)| !is_yaml_line(line));
        return match odd {
            Some(&(offset, line)) if first_is_known => FrontMatter::Broken(
                line_of(text, offset),
                format!("{line:?} is no line of front matter"),
            ),
            // Prose between two rules.
            _ => FrontMatter::None,
        };
    }
    read_yaml(text, &inside, fields);
    FrontMatter::Until(end)
}

/// The lines of `text` from `start` on, with their offsets, line ends included.
fn lines_from(text: &str, start: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = start;
    text.get(start..).unwrap_or("").split_inclusive('\n').map(move |line| {
        let at = offset;
        offset += line.len();
        (at, line)
    })
}

/// Blank, a comment, something nested, or `key: value`.
fn is_yaml_line(line: &str) -> bool {
    line.is_empty()
        || line.starts_with(['#', ' ', '\t', '-'])
        || line.split_once(':').is_some_and(|(name, rest)| {
            !name.contains(' ') && (rest.is_empty() || rest.starts_with([' ', '\t']))
        })
}

/// Top-level `key: value` pairs; lists and nested maps are left aside, block scalars are joined.
fn read_yaml(text: &str, inside: &[(usize, &str)], fields: &mut Fields) {
    let Some(&(first, _)) = inside.first() else { return };
    let first = line_of(text, first);
    for (i, &(_, line)) in inside.iter().enumerate() {
        if line.starts_with(['#', ' ', '\t', '-']) {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        let block;
        let value = if matches!(value, "" | ">" | "|" | ">-" | "|-" | ">+" | "|+") {
            let nested = |line: &&str| line.starts_with([' ', '\t']) && !line.contains(": ");
            let lines = inside.iter().skip(i + 1).map(|&(_, line)| line).take_while(nested);
            block = lines.map(str::trim).collect::<Vec<_>>().join(" ");
            block.as_str()
        } else {
            unquoted(value)
        };
        fields.insert(name, value, Some(first + i));
    }
}

/// A scalar without its quotes, or without the comment after it.
fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.rsplit_once(quote).map_or(value, |(inner, _)| inner);
        }
    }
    value.split_once(" #").map_or(value, |(value, _)| value.trim_end())
}

fn read_toml(
    text: &str,
    inside: &[(usize, &str)],
    fields: &mut Fields,
) -> Result<(), (usize, String)> {
    let Some(&(first, _)) = inside.first() else { return Ok(()) };
    let source = inside.iter().map(|&(_, line)| line).collect::<Vec<_>>().join("\n");
    let line_at = |offset: usize| line_of(text, first) + line_of(&source, offset) - 1;
    let table: toml::Table = toml::from_str(&source).map_err(|error| {
        (line_at(error.span().map_or(0, |span| span.start)), error.message().to_owned())
    })?;
    let first = line_of(text, first);
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, (_, line)) in inside.iter().enumerate() {
        let name = line.split('=').next().unwrap_or_default().trim();
        lines.entry(name.trim_matches(['"', '\''])).or_insert(first + i);
    }
    for (name, value) in &table {
        let value = match value {
            toml::Value::String(value) => value.clone(),
            toml::Value::Datetime(value) => value.to_string(),
            toml::Value::Integer(value) => value.to_string(),
            _ => continue,
        };
        fields.insert(name, &value, lines.get(name.as_str()).copied());
    }
    Ok(())
}

/// The date of a first line ` date 2017-11 Prose goes on …`, and where what follows it starts.
///
/// A bare year needs the colon: "Date 2017 …" may be prose.
fn date_prefix(text: &str) -> Option<(&str, usize)> {
    static PREFIX: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?i)^\s*date(?:[ \t]*:[ \t]*(\d{4}(?:-\d{1,2}){0,2})|[ \t]+(\d{4}(?:-\d{1,2}){1,2}))(?:[ T]\d{2}:\d{2}\S*)?(?:\s|$)",
        )
        .ok()
    });
    let found = PREFIX.as_ref()?.captures(text)?;
    let date = found.get(1).or_else(|| found.get(2))?.as_str();
    Some((date, found.get(0)?.end()))
}
