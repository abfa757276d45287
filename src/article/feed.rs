//! RSS, Atom and JSON feeds, as files: an item is an article. `feed-rs` reads the three; what is ours is that a date
//! stays the day the outlet wrote, that ids do not change when a feed grows, and that a mere summary is known as one.

use feed_rs::model::{Entry, Feed};
use feed_rs::parser;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::date::read_date;
use super::draft::{Draft, Fields, Notes, one_line};
use super::html;
use super::reading::Reading;

/// An item's own id is kept as the article's if it is no longer than this and reads like one.
const LONGEST_PLAIN_ID: usize = 40;

/// Whether `content` begins like a feed in XML.
pub(super) fn looks_like_feed(content: &str) -> bool {
    let content = without_prolog(content);
    let head = &content[..content.floor_char_boundary(256)];
    ["<rss", "<feed", "<rdf:RDF", "<rdf:rdf"].iter().any(|tag| head.starts_with(tag))
}

/// Whether a JSON value is a feed by jsonfeed.org's rules.
pub(super) fn is_json_feed(value: &Value) -> bool {
    let version = value.get("version").and_then(Value::as_str).unwrap_or_default();
    version.contains("jsonfeed.org/version/") && value.get("items").is_some_and(Value::is_array)
}

/// Reads a feed's items. An item without a text of its own is an article of its summary, and marked as cut.
pub(super) fn read(content: &str, reading: &Reading, notes: &mut Notes) -> Vec<Draft> {
    let zone = reading.zone.clone();
    let parser = parser::Builder::new()
        // Without the outlet's time zone a time of day is worth nothing, so only the day is handed on.
        .timestamp_parser(move |text| {
            let day = read_date(text, zone.as_ref()).ok().filter(|date| date.day.is_some())?;
            format!("{day}T00:00:00Z").parse().ok()
        })
        // feed-rs would make up a random one.
        .id_generator(|_, _, _| String::new())
        .sanitize_content(false)
        .build();
    // The text is decoded; an encoding that the prolog names would be applied once more.
    let feed = match parser.parse(without_prolog(content).as_bytes()) {
        Ok(feed) => feed,
        Err(error) => {
            let remedy = "save the feed again; RSS, Atom and JSON feeds are read";
            notes.problem(None, format!("no feed: {error}"), remedy);
            return Vec::new();
        }
    };
    if feed.entries.is_empty() {
        notes.warning(None, "the feed has no items", "leave it out");
    }
    let mut drafts = Vec::new();
    let mut cut = 0;
    for (i, entry) in feed.entries.iter().enumerate() {
        let at = notes.log.problems.len();
        if let Some(mut draft) = draft_of(&feed, entry, reading, notes) {
            draft.line = Some(i + 1);
            cut += usize::from(draft.metadata.cut);
            drafts.push(draft);
        }
        notes.name_record(at, i + 1);
    }
    if cut > 0 {
        let problem = format!("{cut} of {} items hold a summary only", feed.entries.len());
        notes.warning(None, problem, "give the articles' pages to compare all that they say");
    }
    drafts
}

fn draft_of(feed: &Feed, entry: &Entry, reading: &Reading, notes: &mut Notes) -> Option<Draft> {
    let whole = entry
        .content
        .as_ref()
        .and_then(|content| Some((content.body.as_deref()?, content.content_type.as_str())));
    let summary =
        entry.summary.as_ref().map(|text| (text.content.as_str(), text.content_type.as_str()));
    let is_text = |found: &(&str, &str)| !found.0.trim().is_empty();
    let (text, kind, cut) = match (whole.filter(is_text), summary.filter(is_text)) {
        (Some((text, kind)), _) => (text, kind, false),
        (None, Some((text, kind))) => (text, kind, true),
        (None, None) => {
            notes.problem(None, "the item has neither text nor summary", "give the article's page");
            return None;
        }
    };
    let text = match prose_of(text, kind) {
        Ok(text) => text,
        Err(problem) => {
            notes.problem(None, problem, "save the article's text as .txt");
            return None;
        }
    };
    let mut fields = Fields::default();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            fields.insert(name, value, None);
        }
    };
    let id = plain_id(&entry.id);
    put("id", id.as_deref());
    put("outlet", feed.title.as_ref().map(|title| title.content.as_str()));
    let title = entry.title.as_ref().map(|title| plain(&title.content));
    put("title", title.as_deref());
    let links = || entry.links.iter();
    let page = links().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    put("url", page.or_else(|| links().next()).map(|link| link.href.as_str()));
    put("language", entry.language.as_deref().or(feed.language.as_deref()));
    let day = entry.published.or(entry.updated).map(|time| time.date_naive().to_string());
    put("date", day.as_deref());
    // The day is the outlet's already.
    let own_days = Reading { zone: None, ..reading.clone() };
    let mut metadata = fields.metadata(&own_days, notes);
    metadata.cut = cut;
    let draft = Draft::new(metadata, None, text);
    if draft.is_none() {
        notes.problem(None, "the item has no text", "give the article's page");
    }
    draft
}

/// A title without markup.
fn plain(title: &str) -> String {
    match html::read_fragment(title) {
        Ok(text) if title.contains(['<', '&']) => one_line(&text),
        _ => one_line(title),
    }
}

fn prose_of(text: &str, kind: &str) -> Result<String, String> {
    // RSS calls HTML plain text as often as not.
    let is_html =
        kind.contains("html") || text.contains("</") || text.contains("<p") || text.contains("<br");
    if is_html || text.contains("&lt;") || text.contains("&#") {
        html::read_fragment(text)
    } else {
        Ok(text.to_owned())
    }
}

/// A short id as it is; an address or anything else long as the first digits of its hash, so that an article keeps
/// its id when newer items come before it.
fn plain_id(id: &str) -> Option<String> {
    let id = id.trim();
    if id.is_empty() {
        return None;
    }
    let plain = id.len() <= LONGEST_PLAIN_ID
        && id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    Some(if plain {
        id.to_owned()
    } else {
        let digest = Sha256::digest(id);
        let digits: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        format!("item-{digits}")
    })
}

/// The text behind byte order mark, XML declaration, comments and style sheets.
fn without_prolog(content: &str) -> &str {
    let mut rest = content.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    while let Some(end) = ["<?", "<!--", "<!DOCTYPE"]
        .iter()
        .zip(["?>", "-->", ">"])
        .find_map(|(start, end)| rest.starts_with(start).then(|| Some(rest.find(end)? + end.len())))
    {
        let Some(end) = end else { break };
        rest = rest[end..].trim_start();
    }
    rest
}
