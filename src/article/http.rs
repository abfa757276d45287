//! HTTP responses as web archives keep them: what they carry, without transfer and content encodings.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// What a response carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payload {
    /// `Content-Type`, in lower case.
    pub media: String,
    /// The content, decoded but for its characters.
    pub body: Vec<u8>,
}

impl Payload {
    /// Whether it is a page or plain text; pages without a type are looked into.
    pub fn is_text(&self) -> bool {
        let page = ["text/html", "application/xhtml", "text/plain"];
        page.iter().any(|kind| self.media.starts_with(kind))
            || self.media.is_empty() && self.body.trim_ascii_start().starts_with(b"<")
    }
}

/// Why a payload cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// It unpacks to more than allowed.
    TooLarge,
    /// It is packed in a way that is not known here.
    Unknown,
}

/// The payload of a successful response; none where it is another answer (not found, moved) or no response at all.
/// At most `max_bytes` are unpacked.
pub(super) fn response(message: &[u8], max_bytes: u64) -> Result<Option<Payload>, Closed> {
    let Some((head, body)) = split(message) else { return Ok(None) };
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split_whitespace().nth(1));
    if status != Some("200") {
        return Ok(None);
    }
    let header = |name: &str| {
        lines.clone().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_ascii_lowercase())
        })
    };
    let mut body = body.to_vec();
    // Archives often keep the headers of what they have decoded already.
    if header("transfer-encoding").is_some_and(|value| value.contains("chunked"))
        && let Some(joined) = unchunked(&body)
    {
        body = joined;
    }
    let encoding = header("content-encoding").unwrap_or_default();
    let limit = max_bytes.saturating_add(1);
    if encoding.contains("gzip") && body.starts_with(b"\x1f\x8b") {
        body = unpacked(MultiGzDecoder::new(body.as_slice()).take(limit), max_bytes)?;
    } else if encoding.contains("deflate") {
        body = unpacked(ZlibDecoder::new(body.as_slice()).take(limit), max_bytes)
            .or_else(|_| unpacked(DeflateDecoder::new(body.as_slice()).take(limit), max_bytes))?;
    } else if ["br", "zstd"].contains(&encoding.as_str()) && std::str::from_utf8(&body).is_err() {
        return Err(Closed::Unknown);
    }
    Ok(Some(Payload { media: header("content-type").unwrap_or_default(), body }))
}

/// The character set that a `Content-Type` names.
pub(super) fn charset(media: &str) -> Option<&str> {
    let (_, rest) = media.split_once("charset=")?;
    let name = rest.split([';', ' ']).next()?.trim_matches(['"', '\'']);
    (!name.is_empty()).then_some(name)
}

/// Headers and body.
fn split(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let ends = |mark: &[u8]| message.windows(mark.len()).position(|window| window == mark);
    let (at, length) = match (ends(b"\r\n\r\n"), ends(b"\n\n")) {
        (Some(crlf), Some(lf)) if lf < crlf => (lf, 2),
        (Some(crlf), _) => (crlf, 4),
        (None, lf) => (lf?, 2),
    };
    Some((&message[..at], &message[at + length..]))
}

/// The chunks of a body in one; none where it is not in chunks.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    loop {
        let end = body.iter().position(|&byte| byte == b'\n')?;
        let line = std::str::from_utf8(&body[..end]).ok()?;
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        body = &body[end + 1..];
        if size == 0 {
            return Some(joined);
        }
        joined.extend_from_slice(body.get(..size)?);
        body = body.get(size..)?;
        body = body.strip_prefix(b"\r\n").or_else(|| body.strip_prefix(b"\n"))?;
    }
}

fn unpacked(mut reader: impl Read, max_bytes: u64) -> Result<Vec<u8>, Closed> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(|_| Closed::Unknown)?;
    if bytes.len() as u64 > max_bytes { Err(Closed::TooLarge) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const LIMIT: u64 = 1000;

    fn body(message: &[u8]) -> Option<String> {
        let payload = response(message, LIMIT).expect("open")?;
        Some(String::from_utf8(payload.body).expect("text"))
    }

    #[test]
    fn a_body_follows_its_headers() {
        let message =
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=\"utf-8\"\r\n\r\n<p>a\n\nb";
        let payload = response(message, LIMIT).expect("open").expect("a page");
        assert!(payload.is_text());
        assert_eq!(charset(&payload.media), Some("utf-8"));
        assert_eq!(payload.body, b"<p>a\n\nb");
    }

    #[test]
    fn another_answer_carries_nothing() {
        assert_eq!(body(b"HTTP/1.1 404 Not Found\r\n\r\n<p>gone"), None);
        assert_eq!(body(b"no response"), None);
    }

    #[test]
    fn chunks_are_joined_and_what_is_not_in_chunks_is_kept() {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice();
        let chunks = b"4\r\nabcd\r\n2;x=y\r\nef\r\n0\r\n\r\n";
        assert_eq!(body(&[head, chunks].concat()).as_deref(), Some("abcdef"));
        assert_eq!(
            body(&[head, b"<p>decoded before"].concat()).as_deref(),
            Some("<p>decoded before")
        );
    }

    #[test]
    fn a_packed_body_is_unpacked_up_to_the_limit() {
        let packed = |text: &str| {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            writer.write_all(text.as_bytes()).expect("packing");
            let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
            [head, writer.finish().expect("packing")].concat()
        };
        assert_eq!(body(&packed("short")).as_deref(), Some("short"));
        assert_eq!(response(&packed(&"0".repeat(100_000)), LIMIT), Err(Closed::TooLarge));
    }

    #[test]
    fn brotli_is_not_read() {
        let message = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n\x1b\xff\xfe\x80";
        assert_eq!(response(message, LIMIT), Err(Closed::Unknown));
    }
}
