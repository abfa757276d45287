//! Reading articles from files, folders, globs and standard input.
//!
//! [`super::files`] finds the files, [`super::decode`] makes text of their bytes, one module a
//! format takes articles out of the text, [`super::sidecar`] and the options fill in what the
//! file does not say, [`super::ids`] makes ids unique. A bad file or record becomes a problem and
//! the rest goes on.

use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::decode::{decode, is_binary};
use super::detect::{code_of_tag, language_of_text};
use super::draft::{Draft, Log, Metadata, Notes};
use super::files::{Format, Source, find, format_of};
use super::ids::{Origin, make_unique};
use super::reading::Reading;
use super::sidecar::Sidecars;
use super::{
    Article, DateSource, Editorial, Layout, PartialDate, feed, html, json, stub, table, text, warc,
};
use crate::error::{Error, Result};

/// Default of [`IngestOptions::max_bytes`]: far above any article, so that a disk image or a
/// log given by mistake is refused before it fills the memory.
pub const DEFAULT_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// What `ingest` is told beside the paths.
#[derive(Debug, Clone)]
pub struct IngestOptions {
    /// Outlet for articles whose files and sidecar name none.
    pub outlet: Option<String>,
    /// Publication date for articles that have none.
    pub assume_date: Option<PartialDate>,
    /// A sidecar given explicitly; otherwise `articles.csv` in each folder given is read.
    pub sidecar: Option<PathBuf>,
    /// How records and dates are read.
    pub reading: Reading,
    /// Files larger than this many bytes are refused; of a web archive, records.
    pub max_bytes: u64,
}

impl Default for IngestOptions {
    fn default() -> Self {
        IngestOptions {
            outlet: None,
            assume_date: None,
            sidecar: None,
            reading: Reading::default(),
            max_bytes: DEFAULT_MAX_BYTES,
        }
    }
}

/// Articles in the order of their ids, and what could not be read.
#[derive(Debug, Default)]
pub struct Ingested {
    /// The articles.
    pub articles: Vec<Article>,
    /// One error for each path, file, record or field that could not be used. An article with a
    /// date that cannot be read is kept without a date; everything else that is named here was
    /// left out.
    pub problems: Vec<Error>,
    /// What the user should know though nothing was left out: an unknown column, bytes that had
    /// to be replaced, a folder without articles.
    pub warnings: Vec<Error>,
}

/// The likeliest language of a sentence, as an ISO 639-1 code; one of `known` where the sentence is
/// too short to be sure, `und` where nothing tells.
pub fn detect_language(sentence: &str, known: &[&str]) -> String {
    super::detect::likeliest_language(sentence, known)
}

/// Reads every article that `paths` (files, folders, globs, `-`) lead to.
///
/// Neither the order of `paths` nor of a folder's entries changes the articles. Standard input is
/// read when `-` is among the paths, and only then.
///
/// # Errors
/// None at present: whatever cannot be read, be it every path, is one of the `problems`, so that
/// nothing is lost; the caller decides what an empty result means.
pub fn ingest(paths: &[PathBuf], options: &IngestOptions) -> Result<Ingested> {
    let mut log = Log::default();
    let sources = find(paths, &mut log);
    let sidecars =
        Sidecars::load(&sources, paths, options.sidecar.as_deref(), &options.reading, &mut log);
    // Parallel, but collected in the order of `sources`.
    let read: Vec<(Vec<(Article, Origin)>, Log)> =
        sources.par_iter().map(|source| read_source(source, &sidecars, options)).collect();
    let mut found = Vec::new();
    for (articles, notes) in read {
        found.extend(articles);
        log.append(notes);
    }
    let mut articles = make_unique(found);
    articles.sort_by(|a, b| a.id.cmp(&b.id));
    sidecars.note_unused(&articles, &mut log);
    Ok(Ingested { articles, problems: log.problems, warnings: log.warnings })
}

/// Reads the articles of one file whose content is at hand. Its name tells the format, as a path's would, and is named
/// in problems; where it tells none, the content must. No sidecar is looked for.
pub fn ingest_bytes(name: &Path, content: Vec<u8>, options: &IngestOptions) -> Ingested {
    let source = Source {
        path: name.to_owned(),
        canonical: Some(name.to_owned()),
        walked: false,
        folders: Vec::new(),
    };
    let mut notes = Notes::new(name);
    let drafts = if format_of(name) == Some(Format::Warc) {
        warc::read_from(content.as_slice(), options.max_bytes, &options.reading, &mut notes)
    } else if content.len() as u64 > options.max_bytes {
        too_large(options.max_bytes, &mut notes);
        Vec::new()
    } else {
        drafts_of_bytes(&source, content, &options.reading, &mut notes)
    };
    let found = completed(drafts, &source, &Sidecars::default(), options, &mut notes);
    let mut articles = make_unique(found);
    articles.sort_by(|a, b| a.id.cmp(&b.id));
    Ingested { articles, problems: notes.log.problems, warnings: notes.log.warnings }
}

/// The articles of one file, complete but for the uniqueness of their ids.
fn read_source(
    source: &Source,
    sidecars: &Sidecars,
    options: &IngestOptions,
) -> (Vec<(Article, Origin)>, Log) {
    let mut notes = Notes::new(&source.path);
    if source.canonical.is_some() && format_of(&source.path) == Some(Format::Warc) {
        let drafts = warc::read(&source.path, options.max_bytes, &options.reading, &mut notes);
        return (completed(drafts, source, sidecars, options, &mut notes), notes.log);
    }
    let drafts = match read_bytes(source, options.max_bytes, &mut notes) {
        // A program or an image without an extension, in a folder.
        Some(bytes) if source.walked && format_of(&source.path).is_none() && is_binary(&bytes) => {
            Vec::new()
        }
        Some(bytes) => drafts_of_bytes(source, bytes, &options.reading, &mut notes),
        None => Vec::new(),
    };
    (completed(drafts, source, sidecars, options, &mut notes), notes.log)
}

/// The articles that drafts of one file become.
fn completed(
    drafts: Vec<Draft>,
    source: &Source,
    sidecars: &Sidecars,
    options: &IngestOptions,
    notes: &mut Notes,
) -> Vec<(Article, Origin)> {
    let many = drafts.len() > 1 || drafts.iter().any(|draft| draft.line.is_some());
    // Detecting the language is most of the work on a file of many records.
    let completed: Vec<_> = drafts
        .into_par_iter()
        .map(|draft| {
            let mut notes = Notes::new(&source.path);
            let origin = Origin::new(source.canonical.as_deref(), draft.line);
            let article = complete(draft, many, source, sidecars, options, &mut notes);
            ((article, origin), notes.log)
        })
        .collect();
    let mut articles = Vec::new();
    for (article, log) in completed {
        articles.push(article);
        notes.log.append(log);
    }
    articles
}

/// The bytes of a file, or a problem where it is too large or unreadable.
fn read_bytes(source: &Source, max_bytes: u64, notes: &mut Notes) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that is too large, also for pipes, whose size
    // nobody knows beforehand.
    let limit = max_bytes.saturating_add(1);
    let outcome = if source.canonical.is_none() {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(&source.path).and_then(|file| {
            if file.metadata().is_ok_and(|data| data.is_file() && data.len() > max_bytes) {
                return Ok(usize::MAX);
            }
            file.take(limit).read_to_end(&mut bytes)
        })
    };
    match outcome {
        Ok(count) if count as u64 > max_bytes => {
            too_large(max_bytes, notes);
            None
        }
        Ok(_) => Some(bytes),
        Err(error) => {
            notes.io_problem(error);
            None
        }
    }
}

fn too_large(max_bytes: u64, notes: &mut Notes) {
    notes.problem(
        None,
        format!("the file is larger than the limit of {}", bytes_in_words(max_bytes)),
        "raise the limit with --max-size, or split the file",
    );
}

fn bytes_in_words(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..MIB => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / MIB as f64),
    }
}

fn drafts_of_bytes(
    source: &Source,
    bytes: Vec<u8>,
    reading: &Reading,
    notes: &mut Notes,
) -> Vec<Draft> {
    decode(bytes, notes).map(|text| drafts_of(source, text, reading, notes)).unwrap_or_default()
}

fn drafts_of(source: &Source, content: String, reading: &Reading, notes: &mut Notes) -> Vec<Draft> {
    if content.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() {
        notes.problem(None, "the file is empty", "leave it out, or put the article's text in it");
        return Vec::new();
    }
    match format_of(&source.path).unwrap_or_else(|| sniff(&content)) {
        Format::Text => text::read(content, false, reading, notes).into_iter().collect(),
        Format::Markdown => text::read(content, true, reading, notes).into_iter().collect(),
        Format::Html => {
            located(html::read(&content, reading, notes).into_iter().collect(), &content)
        }
        Format::JsonLines => on_lines(json::read_lines(&content, reading, notes)),
        // The numbers of an array's records are no lines.
        Format::Json => located(json::read(&content, source.walked, reading, notes), &content),
        Format::Table(delimiter) => {
            on_lines(table::read(&content, delimiter, source.walked, reading, notes))
        }
        // The walker reads no XML that is no feed; a page may be called .xml.
        Format::Feed if source.walked && !feed::looks_like_feed(&content) => {
            let remedy = "name it in .crossclaimignore if it should hold none";
            notes.warning(None, "the XML is no feed, so it holds no articles", remedy);
            Vec::new()
        }
        Format::Feed => located(feed::read(&content, reading, notes), &content),
        Format::Warc => {
            let remedy = "save it as a file whose name ends in .warc or .warc.gz";
            notes.problem(None, "a web archive is read from a file", remedy);
            Vec::new()
        }
    }
}

/// Records stand on the line that their reader saw them on.
fn on_lines(mut drafts: Vec<Draft>) -> Vec<Draft> {
    for draft in &mut drafts {
        if let Some(line) = draft.line {
            draft.layout = Layout::record(line);
        }
    }
    drafts
}

/// Texts that are found in their file word for word stand there.
fn located(mut drafts: Vec<Draft>, content: &str) -> Vec<Draft> {
    drafts.par_iter_mut().for_each(|draft| draft.layout = Layout::found_in(content, &draft.text));
    drafts
}

/// What standard input, or a file whose name does not tell, holds.
fn sniff(content: &str) -> Format {
    let content = content.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let head = content.get(..content.floor_char_boundary(512)).unwrap_or(content);
    let head = head.to_ascii_lowercase();
    let is_html = ["<!doctype html", "<html", "<head", "<body", "<article"]
        .iter()
        .any(|tag| head.starts_with(tag))
        || (head.starts_with("<?xml") || head.starts_with("<!--")) && head.contains("<html");
    if feed::looks_like_feed(content) {
        Format::Feed
    } else if content.starts_with("WARC/1.") {
        Format::Warc
    } else if is_html {
        Format::Html
    } else if json::looks_like_json(content) {
        Format::Json
    } else {
        Format::Text
    }
}

/// Fills in what the file does not say: from the sidecars, then from the options.
fn complete(
    draft: Draft,
    many: bool,
    source: &Source,
    sidecars: &Sidecars,
    options: &IngestOptions,
    notes: &mut Notes,
) -> Article {
    let Draft { metadata: own, line, text, body, layout } = draft;
    let stem = match source.canonical {
        None => "stdin".to_owned(),
        Some(_) => stem_of(&source.path),
    };
    let id = own.id.clone().filter(|id| !id.is_empty()).unwrap_or_else(|| match line {
        Some(line) if many => format!("{stem}-{line}"),
        _ => stem,
    });
    let layers: Vec<&Metadata> =
        std::iter::once(&own).chain(sidecars.of(source, own.url.as_deref())).collect();
    let first =
        |get: fn(&Metadata) -> &Option<String>| layers.iter().find_map(|layer| get(layer).clone());
    let list = |get: fn(&Metadata) -> &Vec<String>| {
        layers
            .iter()
            .map(|layer| get(layer))
            .find(|ids| !ids.is_empty())
            .cloned()
            .unwrap_or_default()
    };
    let (date, date_source) = date_of(&layers, options.assume_date);
    let language = layers.iter().find_map(|layer| {
        let tag = layer.language.as_deref()?;
        let code = code_of_tag(tag);
        if code.is_none() && !tag.eq_ignore_ascii_case("und") {
            notes.warning(
                line,
                format!("{tag:?} is no language code; the language is detected instead"),
                "write a code such as fr, en or ar",
            );
        }
        code
    });
    let language = language.unwrap_or_else(|| language_of_text(body.of(&text)));
    let cut = own.cut || stub::is_cut(body.of(&text), own.paywalled);
    if cut && !own.cut {
        notes.warning(
            line,
            "only the beginning of the article is there: it is cut, or behind a paywall",
            "give its whole text to compare all that it says",
        );
    }
    Article {
        id,
        path: shown(&source.path),
        outlet: first(|layer| &layer.outlet).or_else(|| options.outlet.clone()),
        title: first(|layer| &layer.title),
        url: first(|layer| &layer.url),
        country: first(|layer| &layer.country),
        editorial: Editorial {
            own_id: own.id.as_ref().is_some_and(|id| !id.is_empty()),
            supersedes: list(|layer| &layer.supersedes),
            corrects: list(|layer| &layer.corrects),
        },
        language,
        date,
        date_source,
        cut,
        hash: hash_of(&text),
        text,
        body,
        layout,
    }
}

/// The first layer's date. One that cannot be read ends the search: it is known to differ from
/// nothing, so none is borrowed in its stead.
fn date_of(
    layers: &[&Metadata],
    assumed: Option<PartialDate>,
) -> (Option<PartialDate>, DateSource) {
    for (i, layer) in layers.iter().enumerate() {
        if layer.date_broken {
            return (None, DateSource::Unknown);
        }
        if layer.date.is_some() {
            let from = if i == 0 { DateSource::Metadata } else { DateSource::Sidecar };
            return (layer.date, from);
        }
    }
    match assumed {
        Some(date) => (Some(date), DateSource::Assumed),
        None => (None, DateSource::Unknown),
    }
}

fn stem_of(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The path as named, with forward slashes on every system.
fn shown(path: &Path) -> String {
    let path = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        path.into_owned()
    } else {
        path.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// SHA-256 of a text, in lower-case hexadecimal.
fn hash_of(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
