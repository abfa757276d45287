//! Web archives (WARC, also gzipped, as Common Crawl's CC-NEWS comes): each response with a page is an article.
//!
//! An archive is read as a stream, a record at a time, since it is larger than memory. What a record may take is
//! bounded whatever its headers say, and so is how much a compressed file may unpack to.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use rayon::prelude::*;
use warc::{RecordType, WarcHeader, WarcReader};

use super::decode::{decode, decode_as};
use super::draft::{Draft, Log, Notes};
use super::html;
use super::http::{self, Payload};
use super::reading::Reading;
use crate::nli::contained::contained;

/// Headers of one record.
const MOST_HEADER_BYTES: u64 = 1024 * 1024;
/// A file may unpack to this many times its size, as pages do at most …
const MOST_EXPANSION: u64 = 200;
/// … and always to this much.
const FREE_BYTES: u64 = 64 * 1024 * 1024;
/// Records whose pages are taken apart at once.
const BATCH: usize = 128;
/// What is wrong with a record that is not all there.
const CUT_SHORT: &str = "the file ends within it";
/// Records that a message names.
const MOST_NAMED: usize = 10;

/// Whether a file's name is that of a web archive.
pub(super) fn is_warc_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name.ends_with(".warc") || name.ends_with(".warc.gz")
}

/// Reads an archive; `max_bytes` bounds one record.
pub(super) fn read(
    path: &Path,
    max_bytes: u64,
    reading: &Reading,
    notes: &mut Notes,
) -> Vec<Draft> {
    match File::open(path) {
        Ok(file) => read_from(file, max_bytes, reading, notes),
        Err(error) => {
            notes.io_problem(error);
            Vec::new()
        }
    }
}

/// Reads an archive from where it comes.
pub(super) fn read_from<'r>(
    input: impl Read + 'r,
    max_bytes: u64,
    reading: &Reading,
    notes: &mut Notes,
) -> Vec<Draft> {
    let mut input = BufReader::new(input);
    let zipped = match input.fill_buf() {
        Ok(head) => head.starts_with(b"\x1f\x8b"),
        Err(error) => {
            notes.io_problem(error);
            return Vec::new();
        }
    };
    let limits = Rc::new(Limits::default());
    let packed = Packed { inner: input, limits: limits.clone() };
    let unpacked: Box<dyn Read + 'r> =
        if zipped { Box::new(MultiGzDecoder::new(packed)) } else { Box::new(packed) };
    let bounded = Bounded { inner: unpacked, limits: limits.clone() };
    let mut archive = Archive { limits, max_bytes, reading, notes, found: Found::default() };
    archive.walk(WarcReader::new(BufReader::new(bounded)));
    archive.finish()
}

/// A page before it is taken apart.
struct Page {
    /// The record's place in the archive, from 1 on.
    number: usize,
    address: Option<String>,
    payload: Payload,
}

/// What has been read so far.
#[derive(Default)]
struct Found {
    drafts: Vec<Draft>,
    pages: Vec<Page>,
    /// Records that hold no article, though they are pages: front pages, galleries.
    empty: Vec<usize>,
    /// Records that are larger than allowed.
    large: Vec<usize>,
    /// Records whose compression is not known here.
    closed: Vec<usize>,
    /// Records whose headers are no text.
    garbled: Vec<usize>,
}

struct Archive<'a> {
    limits: Rc<Limits>,
    max_bytes: u64,
    reading: &'a Reading,
    notes: &'a mut Notes,
    found: Found,
}

impl Archive<'_> {
    fn walk<R: BufRead>(&mut self, mut reader: WarcReader<R>) {
        let mut records = reader.stream_records();
        let mut number = 0;
        // Of a record, what is left unread is skipped before the next one's headers.
        let mut unread = 0u64;
        loop {
            self.limits.left.set(unread.saturating_add(MOST_HEADER_BYTES));
            let Some(record) = records.next_item() else { break };
            number += 1;
            let mut record = match record {
                Ok(record) => record,
                Err(error) => {
                    let problem = format!("record {number} cannot be read: {}", reason(&error));
                    let remedy = "the records before it are used; fetch the archive again";
                    self.notes.problem(None, problem, remedy);
                    break;
                }
            };
            let length = record.content_length();
            unread = length;
            let kind = record.warc_type().clone();
            // `warc` panics at a header that is no UTF-8.
            let header = |name| {
                contained("warc", || Ok(record.header(name).map(|value| value.into_owned())))
            };
            let (Ok(media), Ok(address)) =
                (header(WarcHeader::ContentType), header(WarcHeader::TargetURI))
            else {
                self.found.garbled.push(number);
                continue;
            };
            let media = media.unwrap_or_default().to_lowercase();
            let address = address.map(|uri| uri.trim_matches(['<', '>']).to_owned());
            let wanted = match kind {
                RecordType::Response => media.contains("http"),
                RecordType::Resource | RecordType::Conversion => media.starts_with("text/"),
                _ => false,
            };
            if !wanted {
                continue;
            }
            if length > self.max_bytes {
                self.found.large.push(number);
                continue;
            }
            self.limits.left.set(u64::MAX);
            let mut bytes = Vec::new();
            let outcome = (&mut record).take(length).read_to_end(&mut bytes);
            let missing = length - bytes.len() as u64;
            if outcome.is_err() || missing > 0 {
                let why = outcome.map_or_else(|error| error.to_string(), |_| CUT_SHORT.to_owned());
                let problem = format!("record {number} cannot be read: {why}");
                let remedy = "the records before it are used; fetch the archive again";
                self.notes.problem(None, problem, remedy);
                break;
            }
            unread = 0;
            let payload = if kind == RecordType::Response {
                http::response(&bytes, self.max_bytes)
            } else {
                Ok(Some(Payload { media, body: bytes }))
            };
            match payload {
                Ok(Some(payload)) if payload.is_text() => {
                    self.found.pages.push(Page { number, address, payload });
                }
                Ok(_) => {}
                Err(http::Closed::TooLarge) => self.found.large.push(number),
                Err(http::Closed::Unknown) => self.found.closed.push(number),
            }
            if self.found.pages.len() == BATCH {
                self.take_apart();
            }
        }
        self.take_apart();
    }

    /// Makes articles of the pages at hand, in parallel and in their order.
    fn take_apart(&mut self) {
        let pages = std::mem::take(&mut self.found.pages);
        let path = self.notes.path().to_owned();
        let reading = self.reading;
        let read: Vec<(usize, Option<Draft>, Log)> = pages
            .into_par_iter()
            .map(|page| {
                let mut notes = Notes::new(&path);
                let draft = article(&page, reading, &mut notes);
                (page.number, draft, notes.log)
            })
            .collect();
        for (number, draft, log) in read {
            match draft {
                Some(draft) => self.found.drafts.push(draft),
                // A page without an article is what most of the web is, and no fault of the archive.
                None => self.found.empty.push(number),
            }
            let at = self.notes.log.warnings.len();
            self.notes.log.warnings.extend(log.warnings);
            self.notes.name_warned_record(at, number);
        }
    }

    fn finish(self) -> Vec<Draft> {
        let Found { drafts, empty, large, closed, garbled, .. } = self.found;
        let mut note = |records: &[usize], what: &str, remedy: &str| {
            if !records.is_empty() {
                let problem = format!("{} {what} ({})", records.len(), named(records));
                self.notes.warning(None, problem, remedy);
            }
        };
        note(
            &empty,
            "pages hold no article",
            "nothing was lost if they are front pages and the like",
        );
        note(
            &closed,
            "pages are compressed in a way that is not read",
            "fetch them without brotli",
        );
        if !garbled.is_empty() {
            let problem = format!(
                "the headers of {} records are no UTF-8 ({})",
                garbled.len(),
                named(&garbled)
            );
            let remedy = "the other records are used; fetch these pages again";
            self.notes.problem(None, problem, remedy);
        }
        if !large.is_empty() {
            let problem = format!("{} records are too large ({})", large.len(), named(&large));
            self.notes.problem(None, problem, "raise the limit with --max-size");
        }
        if drafts.is_empty() && self.notes.log.problems.is_empty() {
            self.notes.problem(None, "the archive holds no article", "give archives of web pages");
        }
        drafts
    }
}

fn article(page: &Page, reading: &Reading, notes: &mut Notes) -> Option<Draft> {
    let Payload { media, body } = &page.payload;
    let text = match http::charset(media) {
        Some(charset) => decode_as(body.clone(), charset, notes),
        None => decode(body.clone(), notes),
    }?;
    let mut draft = if media.starts_with("text/plain") {
        Draft::new(Default::default(), None, text)
    } else {
        html::read(&text, reading, notes)
    }?;
    draft.line = Some(page.number);
    if draft.metadata.url.is_none() {
        draft.metadata.url.clone_from(&page.address);
    }
    Some(draft)
}

fn named(records: &[usize]) -> String {
    let few: Vec<String> = records.iter().take(MOST_NAMED).map(usize::to_string).collect();
    let rest = if records.len() > MOST_NAMED { ", …" } else { "" };
    format!("record {}{rest}", few.join(", "))
}

/// An error's text without the bytes that `warc` puts into it.
fn reason(error: &warc::Error) -> String {
    match error {
        warc::Error::ParseHeaders(_) => "its headers are malformed".to_owned(),
        warc::Error::ReadData(error) => error.to_string(),
        warc::Error::UnexpectedEOB => CUT_SHORT.to_owned(),
        other => other.to_string(),
    }
}

/// Budgets that the readers below share with the walk over the records.
#[derive(Default)]
struct Limits {
    /// Unpacked bytes that may still be read before the walk sets it anew.
    left: Cell<u64>,
    /// Bytes of the file read so far.
    packed: Cell<u64>,
    /// Bytes made of them.
    unpacked: Cell<u64>,
}

/// Counts what is read from the file.
struct Packed<R> {
    inner: R,
    limits: Rc<Limits>,
}

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.limits.packed.set(self.limits.packed.get() + count as u64);
        Ok(count)
    }
}

/// Ends with an error where a budget is spent.
struct Bounded<R> {
    inner: R,
    limits: Rc<Limits>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.limits.left.get();
        if left == 0 {
            return Err(io::Error::other("its headers do not end"));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.inner.read(&mut buffer[..most])?;
        self.limits.left.set(left - count as u64);
        let unpacked = self.limits.unpacked.get() + count as u64;
        self.limits.unpacked.set(unpacked);
        let allowed = self.limits.packed.get().saturating_mul(MOST_EXPANSION).max(FREE_BYTES);
        if unpacked > allowed {
            return Err(io::Error::other(format!(
                "the file unpacks to more than {MOST_EXPANSION} times its size"
            )));
        }
        Ok(count)
    }
}
