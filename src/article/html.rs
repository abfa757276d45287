//! HTML pages: the main text by `trafilatura`, the metadata from JSON-LD, else from `<meta>` and
//! a few attributes that mean one thing only. Nothing is guessed from the page's looks.

mod bounds;

use std::panic::{AssertUnwindSafe, catch_unwind};

use bounds::MAX_DEPTH;
use trafilatura::dom::Document;
use trafilatura::{Config, Options};

use super::date::read_date;
use super::draft::{Draft, Fields, Metadata, Notes, one_line};
use super::json_ld;
use super::reading::Reading;

/// Less extracted text than this is a failure. The default, 250, takes short news items for
/// failures, and what is tried then runs their paragraphs together.
const BRIEF_BYTES: usize = 80;

/// `<meta>` names for each field, best first; lower case.
const OUTLET: &[&str] =
    &["og:site_name", "dc.publisher", "dcterms.publisher", "citation_publisher"];
const TITLE: &[&str] =
    &["og:title", "dc.title", "dcterms.title", "twitter:title", "citation_title"];
const URL: &[&str] = &["og:url", "twitter:url"];
const LANGUAGE: &[&str] = &["og:locale", "content-language", "dc.language", "inlanguage"];
const DATE: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publish_date",
    "pubdate",
    "publication_date",
    "citation_publication_date",
    "date",
];

/// Reads a page; `None`, and a problem noted, where no main text is found.
pub(super) fn read(content: &str, reading: &Reading, notes: &mut Notes) -> Option<Draft> {
    // The readers of foreign pages must not bring the run down, whatever a page does to them.
    match catch_unwind(AssertUnwindSafe(|| extract(content))) {
        Ok(Ok(page)) => {
            let metadata = page.metadata(reading, notes);
            let draft = Draft::new(metadata, None, page.text);
            if draft.is_none() {
                notes.problem(None, "no main text was found in the page", SAVE_AS_TEXT);
            }
            draft
        }
        Ok(Err(problem)) => {
            notes.problem(None, problem, SAVE_AS_TEXT);
            None
        }
        Err(_) => {
            notes.problem(None, "the page's markup cannot be taken apart", SAVE_AS_TEXT);
            None
        }
    }
}

/// Elements that stand within a line; all others begin and end one.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "hi", "i",
    "ins", "kbd", "mark", "q", "ref", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
];

/// Elements whose content no reader sees.
const HIDDEN: &[&str] = &["script", "style", "template", "noscript", "head", "iframe"];

const SAVE_AS_TEXT: &str = "save the article's text as .txt";

/// What a page holds.
struct Page {
    text: String,
    fields: Fields,
    /// All that may be the publication date, best first.
    dates: Vec<String>,
    /// The page says that not everybody may read it.
    paywalled: bool,
}

impl Page {
    /// The first date that can be read. Pages are full of broken ones, and the user cannot
    /// mend them: a page with nothing better is undated, with a warning.
    fn metadata(&self, reading: &Reading, notes: &mut Notes) -> Metadata {
        let zone = reading.zone.as_ref();
        let mut metadata = self.fields.metadata(reading, notes);
        metadata.paywalled = self.paywalled;
        metadata.date = self.dates.iter().find_map(|date| read_date(date, zone).ok());
        if let (None, Some(date)) = (metadata.date, self.dates.first()) {
            notes.warning(
                None,
                format!("the page's date {date:?} cannot be read"),
                "give the article's date in articles.csv",
            );
        }
        metadata
    }
}

/// Reads a piece of HTML that is all article, as feeds carry it: its text, one line a block.
///
/// # Errors
/// Says what is wrong with the markup.
pub(super) fn read_fragment(content: &str) -> Result<String, String> {
    catch_unwind(AssertUnwindSafe(|| parse(content).map(|document| prose(&document))))
        .unwrap_or_else(|_| Err("the markup cannot be taken apart".to_owned()))
}

/// Parses markup whose depth is within bounds.
fn parse(content: &str) -> Result<Document, String> {
    bounds::check(content)?;
    let document = Document::parse(content);
    if is_deeper_than(&document, MAX_DEPTH) {
        return Err(format!("the page's elements are nested more than {MAX_DEPTH} deep"));
    }
    Ok(document)
}

fn extract(content: &str) -> Result<Page, String> {
    let document = parse(content)?;
    let linked = json_ld::read(&scripts(&document));
    let metas = metas(&document);
    let mut fields = Fields::default();
    let mut dates: Vec<String> = linked.date.into_iter().collect();
    let meta = |names: &[&str]| -> Vec<String> {
        let of = |name: &&str| {
            metas.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).next()
        };
        names.iter().filter_map(of).collect()
    };
    let attribute = |selector: &str, name: &str| {
        document
            .query_selector(document.root(), selector)
            .and_then(|node| document.get_attribute(node, name))
    };
    let mut add = |name: &str, linked: Option<String>, others: Vec<String>| {
        let mut values = linked.into_iter().chain(others);
        if let Some(value) = values.find(|value| !value.trim().is_empty()) {
            fields.insert(name, &unescaped(&value), None);
        }
    };
    add("outlet", linked.outlet, meta(OUTLET));
    let mut titles = meta(TITLE);
    titles.extend(
        document
            .query_selector(document.root(), "head title")
            .map(|title| document.text_content(title)),
    );
    add("title", linked.title, titles);
    let canonical = attribute("link[rel=canonical]", "href");
    add("url", linked.url, canonical.into_iter().chain(meta(URL)).collect());
    let mut languages = meta(LANGUAGE);
    languages.splice(0..0, attribute("html", "lang").or_else(|| attribute("html", "xml:lang")));
    add("language", linked.language, languages);
    dates.extend(meta(DATE));
    dates.extend(attribute("time[itemprop=datePublished], time[pubdate]", "datetime"));

    let options = Options::default()
        .with_fallback(true)
        .with_exclude_comments(true)
        .with_config(Config::default().with_min_extracted_size(BRIEF_BYTES));
    let text = match trafilatura::extract_document(document, &options) {
        Ok(found) if !found.content_text.trim().is_empty() => prose_of(&found.content_html)?,
        // Some pages are built by scripts and carry their text for search engines only.
        Ok(_) => linked.body.unwrap_or_default(),
        Err(error) => linked.body.ok_or(format!("no main text was found in the page: {error}"))?,
    };
    Ok(Page { text, fields, dates, paywalled: linked.paywalled })
}

/// The text of extracted HTML, one line a block; `trafilatura`'s own plain text runs headings
/// and paragraphs together, and with them their sentences.
fn prose_of(html: &str) -> Result<String, String> {
    Ok(prose(&parse(html)?))
}

fn prose(document: &Document) -> String {
    let mut lines = vec![String::new()];
    enum Step<N> {
        Enter(N),
        EndLine,
    }
    let mut steps = vec![Step::Enter(document.root())];
    while let Some(step) = steps.pop() {
        let node = match step {
            Step::Enter(node) => node,
            Step::EndLine => {
                lines.push(String::new());
                continue;
            }
        };
        if document.is_text(node) {
            if let Some(line) = lines.last_mut() {
                line.push_str(&document.text_content(node));
            }
            continue;
        }
        let name = document.tag_name(node);
        if HIDDEN.contains(&name) {
            continue;
        }
        if !INLINE.contains(&name) {
            lines.push(String::new());
            steps.push(Step::EndLine);
        }
        steps.extend(document.child_nodes(node).into_iter().rev().map(Step::Enter));
    }
    let lines: Vec<String> = lines.iter().map(|line| one_line(line)).collect();
    lines.iter().filter(|line| !line.is_empty()).cloned().collect::<Vec<_>>().join("\n")
}

/// The contents of the page's JSON-LD scripts.
fn scripts(document: &Document) -> Vec<String> {
    document
        .query_selector_all(document.root(), "script[type='application/ld+json' i]")
        .into_iter()
        .map(|script| document.text_content(script))
        .collect()
}

/// Name and content of each `<meta>`, and of each element with an `itemprop` and a `content`.
fn metas(document: &Document) -> Vec<(String, String)> {
    let mut metas = Vec::new();
    for node in document.query_selector_all(document.root(), "meta[content], [itemprop][content]") {
        let content = document.get_attribute(node, "content").unwrap_or_default();
        for key in ["property", "name", "itemprop", "http-equiv"] {
            if let Some(name) = document.get_attribute(node, key) {
                metas.push((name.trim().to_lowercase(), content.clone()));
            }
        }
    }
    metas
}

/// Text without the character references that many pages escape twice.
fn unescaped(value: &str) -> String {
    if !value.contains('&') {
        return value.to_owned();
    }
    let document = Document::parse(&value.replace('<', "&lt;"));
    document.text_content(document.root())
}

/// Whether any element is nested deeper than `limit`; stops there.
fn is_deeper_than(document: &Document, limit: usize) -> bool {
    let mut open = vec![(document.root(), 0)];
    while let Some((node, depth)) = open.pop() {
        if depth > limit {
            return true;
        }
        open.extend(document.children(node).into_iter().map(|child| (child, depth + 1)));
    }
    false
}
