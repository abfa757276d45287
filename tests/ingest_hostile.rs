//! Articles come from anywhere: what is built to exhaust the stack, the memory or the time is refused with a problem
//! that names the file, and the rest of a batch goes on.

use std::fs;
use std::path::Path;

use crossclaim::article::ingest::{IngestOptions, Ingested, ingest, ingest_bytes};

const TEXT: &str =
    "The levee held all night long, the mayor of the town said, and nobody had to leave.";

fn read(name: &str, content: impl Into<Vec<u8>>) -> Ingested {
    ingest_bytes(Path::new(name), content.into(), &IngestOptions::default())
}

fn messages(found: &Ingested) -> String {
    let all = found.problems.iter().chain(&found.warnings);
    all.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Nothing was read, and a problem says why.
fn assert_refused(found: &Ingested, parts: &[&str]) {
    let messages = messages(found);
    assert!(found.articles.is_empty(), "{messages}");
    for part in parts {
        assert!(messages.contains(part), "{part:?} in {messages}");
    }
}

// Nesting.

#[test]
fn json_nested_without_end_is_a_problem() {
    let open = "[".repeat(200_000);
    let close = "]".repeat(200_000);
    for value in [open.clone(), format!("{open}{close}"), "{\"a\":".repeat(200_000)] {
        assert_refused(&read("a.json", format!("{{\"text\": {value}}}")), &["a.json", "recursion"]);
        let lines = format!("{{\"text\": {value}}}\n{{\"text\": \"{TEXT}\"}}\n");
        let found = read("a.jsonl", lines);
        assert_eq!(found.articles.len(), 1, "the next record is read");
        assert!(messages(&found).contains("a.jsonl:1"), "{}", messages(&found));
    }
}

#[test]
fn metadata_nested_without_end_take_no_page_away() {
    let open = "{\"@graph\":[".repeat(100_000);
    let page = format!(
        "<html><head><script type=\"application/ld+json\">{open}</script></head><body><article><p>{TEXT}</p></article></body></html>"
    );
    let found = read("a.html", page);
    assert_eq!(found.articles.len(), 1, "{}", messages(&found));
}

#[test]
fn front_matter_nested_without_end_is_a_problem_with_its_line() {
    let page = format!("+++\ntitle = \"x\"\na = {}\n+++\n{TEXT}", "[".repeat(100_000));
    assert_refused(&read("a.md", page), &["a.md:3"]);
}

#[test]
fn a_feed_nested_without_end_is_no_crash() {
    let feed = |item: &str| {
        format!(
            "<rss version=\"2.0\"><channel><item><description>{item}</description></item><item><description>{TEXT}</description></item></channel></rss>"
        )
    };
    let escaped = format!("{}x", "&lt;div&gt;".repeat(100_000));
    let found = read("a.xml", feed(&escaped));
    assert_eq!(found.articles.len(), 1, "the next item is read: {}", messages(&found));
    assert!(messages(&found).contains("nested"), "{}", messages(&found));
    let unknown = format!("{}x{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    read("a.xml", feed(&unknown));
    let xhtml = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><content type=\"xhtml\">{}x",
        "<div>".repeat(100_000)
    );
    assert!(!messages(&read("a.xml", xhtml)).is_empty());
}

#[test]
fn entities_that_multiply_are_not_expanded() {
    let mut entities = "<!ENTITY e0 \"ha\">".to_owned();
    for i in 1..40 {
        entities.push_str(&format!("<!ENTITY e{i} \"&e{};&e{};\">", i - 1, i - 1));
    }
    let feed = format!(
        "<!DOCTYPE rss [{entities}]><rss version=\"2.0\"><channel><title>&e39;</title><item><description>&e39; {TEXT}</description></item></channel></rss>"
    );
    let found = read("a.xml", feed);
    assert!(found.articles.iter().all(|article| article.text.len() < 10_000));
}

// What repeats.

#[test]
fn a_page_whose_open_elements_are_repeated_in_every_paragraph_is_a_problem() {
    // Each `<p>` would hold all 4,000 of them: sixteen million elements of 100 kB.
    for close in ["", "</u>", "<object></b></object>"] {
        let open: String = (0..4_000).map(|i| format!("<b x={i}>{close}")).collect();
        let page = format!("<p>{open}{}", "<p>x".repeat(4_000));
        assert_refused(&read("a.html", page), &["a.html", "the page"]);
    }
}

#[test]
fn a_tag_with_attributes_without_end_is_a_problem() {
    let attributes: String = (0..60_000).map(|i| format!(" a{i}")).collect();
    let page = format!("<p{attributes}>{TEXT}");
    assert_refused(&read("a.html", page), &["a.html", "attributes"]);
}

#[test]
fn an_old_page_with_a_few_elements_left_open_is_read() {
    let paragraph = format!("<p><font color=red><b>{TEXT}<i></b>");
    let found = read("a.html", paragraph.repeat(60));
    assert_eq!(found.articles.len(), 1, "{}", messages(&found));
}

// Size.

#[test]
fn a_line_of_a_hundred_megabytes_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("short.txt"), TEXT).expect("written");
    for name in ["line.txt", "line.jsonl", "line.csv", "line.html", "line.xml"] {
        // Zeros that take no room on the disk.
        let file = fs::File::create(folder.path().join(name)).expect("created");
        file.set_len(100 * 1024 * 1024).expect("sized");
    }
    let found = ingest(&[folder.path().to_owned()], &IngestOptions::default()).expect("read");
    assert_eq!(found.articles.len(), 1, "the rest is read");
    assert_eq!(found.problems.len(), 5, "{}", messages(&found));
    for problem in &found.problems {
        assert!(problem.to_string().contains("larger than the limit of 64.0 MiB"), "{problem}");
    }
}

#[test]
fn a_record_that_unpacks_without_end_is_left_out_and_the_next_is_read() {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let block = vec![b' '; 1024 * 1024];
    for _ in 0..80 {
        packed.write_all(&block).expect("packed");
    }
    let bomb = packed.finish().expect("packed");
    let record = |headers: &str, body: &[u8]| {
        let http = [format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n").as_bytes(), body].concat();
        let head = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a>\r\n\
             WARC-Date: 2021-03-04T05:00:00Z\r\nContent-Type: application/http\r\nContent-Length: {}\r\n\r\n",
            http.len()
        );
        [head.as_bytes(), &http, b"\r\n\r\n"].concat()
    };
    let page = format!("<html><body><article><p>{TEXT}</p></article></body></html>");
    let archive = [
        record("Content-Type: text/html\r\nContent-Encoding: gzip", &bomb),
        record("Content-Type: text/html", page.as_bytes()),
    ]
    .concat();
    let found = read("a.warc", archive);
    assert_eq!(found.articles.len(), 1, "{}", messages(&found));
    assert!(
        messages(&found).contains("1 records are too large (record 1)"),
        "{}",
        messages(&found)
    );
}
