//! Bytes to text, whatever the encoding.
//!
//! In this order: UTF-8; UTF-16 by its byte order mark; what an HTML or XML declaration says;
//! what `chardetng` guesses. A file with NUL bytes or many control characters is no text.

use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use regex::bytes::Regex;

use super::draft::{Notes, line_of};

/// How far into a file a declaration of its encoding may stand; browsers look as far.
const DECLARATION_WINDOW: usize = 1024;

/// First bytes of files that people mistake for text.
const OTHER_FORMATS: [(&[u8], &str, &str); 6] = [
    (b"%PDF-", "a PDF file", "save its text as .txt, for example with pdftotext"),
    (b"PK\x03\x04", "a ZIP archive or an office document", "unpack it, or save its text as .txt"),
    (b"\xd0\xcf\x11\xe0", "an old office document", "save its text as .txt"),
    (b"{\\rtf", "an RTF document", "save its text as .txt"),
    (b"\x1f\x8b", "a gzip file", "unpack it with gunzip"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", "unpack it with unzstd"),
];

/// Whether `bytes` are no text in any encoding read here.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    if is_utf16(bytes) {
        return false;
    }
    let controls = bytes
        .iter()
        .filter(|&&byte| byte < 0x20 && !matches!(byte, b'\t'..=b'\r' | 0x1b) || byte == 0x7f)
        .count();
    bytes.contains(&0) || controls * 10 > bytes.len()
}

/// The text that `bytes` hold; a UTF-8 byte order mark stays in it, so that offsets into the
/// text are offsets into the file. `None`, and a problem noted, where they hold none.
pub(super) fn decode(bytes: Vec<u8>, notes: &mut Notes) -> Option<String> {
    if let Some((_, what, remedy)) =
        OTHER_FORMATS.iter().find(|(magic, _, _)| bytes.starts_with(magic))
    {
        notes.problem(None, format!("this is {what}, not text"), *remedy);
        return None;
    }
    if is_binary(&bytes) {
        notes.problem(
            None,
            "this is a binary file, not text",
            "leave it out, or convert it to UTF-8 text",
        );
        return None;
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Some(text),
        Err(error) => error.into_bytes(),
    };
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        let (text, damaged) = encoding.decode_without_bom_handling(rest);
        return Some(checked(text.into_owned(), damaged, encoding, notes));
    }
    if is_damaged_utf8(&bytes) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        return Some(checked(text, true, encoding_rs::UTF_8, notes));
    }
    if let Some(encoding) = declared(&bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(&bytes);
        if !damaged {
            return Some(text.into_owned());
        }
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let (text, damaged) = encoding.decode_without_bom_handling(&bytes);
    Some(checked(text.into_owned(), damaged, encoding, notes))
}

/// The text that `bytes` hold in the encoding that a transport header names; as [`decode`] where it names none that
/// is known, or where the bytes say otherwise.
pub(super) fn decode_as(bytes: Vec<u8>, label: &str, notes: &mut Notes) -> Option<String> {
    if is_binary(&bytes) || std::str::from_utf8(&bytes).is_ok() || declared(&bytes).is_some() {
        return decode(bytes, notes);
    }
    let Some(encoding) = Encoding::for_label(label.as_bytes()) else { return decode(bytes, notes) };
    let (text, _, damaged) = encoding.decode(&bytes);
    Some(checked(text.into_owned(), damaged, encoding, notes))
}

fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

/// Notes the first place that could not be decoded.
fn checked(text: String, damaged: bool, encoding: &'static Encoding, notes: &mut Notes) -> String {
    if damaged {
        let line = text.find('\u{fffd}').map(|offset| line_of(&text, offset));
        notes.warning(
            line,
            format!("some bytes are no valid {} and were replaced by U+FFFD", encoding.name()),
            "save the file again as UTF-8",
        );
    }
    text
}

/// UTF-8 with a few broken bytes: a legacy encoding would read its every accent wrong, so it is
/// taken for UTF-8 when its valid sequences outnumber the broken ones.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut valid, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    valid > broken
}

/// The encoding that `<meta charset>`, `<meta http-equiv>` or an XML declaration names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    static DECLARATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#"(?i-u)<meta[^>]{1,200}?charset\s*=\s*["']?\s*([a-z0-9_:.-]+)|<\?xml[^>]{1,100}?encoding\s*=\s*["']([a-z0-9_:.-]+)"#,
        )
        .ok()
    });
    let head = bytes.get(..DECLARATION_WINDOW).unwrap_or(bytes);
    let found = DECLARATION.as_ref()?.captures(head)?;
    let label = found.get(1).or_else(|| found.get(2))?;
    Encoding::for_label(label.as_bytes())
}
