//! The readers of articles: nothing is lost in silence, and what is read is well-formed and the same each time.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use crossclaim::article::ingest::{IngestOptions, Ingested, ingest, ingest_bytes};
use crossclaim::article::{Article, Layout, PartialDate};
use flate2::Compression;
use flate2::write::GzEncoder;

/// A sentence that front matter, metadata and markup stand beside.
const SENTENCE: &str = "The river rose on Monday night.";

/// Plain text and Markdown.
pub fn text(content: &[u8]) {
    for name in ["story.txt", "story.md"] {
        let found = read(name, content);
        assert!(found.articles.len() <= 1);
        // The text is the file, so that spans are offsets into the file.
        if let (Some(article), Ok(file)) = (found.articles.first(), std::str::from_utf8(content)) {
            assert_eq!(article.text, file);
            assert!(article.layout.is_file());
        }
    }
}

/// What stands between two lines of `---` or of `+++`.
pub fn front_matter(content: &[u8]) {
    for mark in ["---", "+++"] {
        let file =
            [mark.as_bytes(), b"\n", content, b"\n", mark.as_bytes(), b"\n", SENTENCE.as_bytes()]
                .concat();
        let found = read("story.md", &file);
        // What is no front matter is prose, or a problem with its line.
        if let Some(article) = found.articles.first() {
            assert!(body(article).ends_with(SENTENCE), "{article:?}");
        }
    }
}

/// A page.
pub fn html(content: &[u8]) {
    assert!(read("story.html", content).articles.len() <= 1);
}

/// The JSON-LD of a page, which cannot make its text disappear.
pub fn json_ld(content: &[u8]) {
    let before = "<html><head><script type=\"application/ld+json\">";
    let after = format!(
        "</script></head><body><article><p>{SENTENCE} Two bridges were closed before midnight, the mayor of the town \
         said, and the school took in those who had to leave their houses.</p></article></body></html>"
    );
    let page = [before.as_bytes(), content, after.as_bytes()].concat();
    let found = read("story.html", &page);
    if std::str::from_utf8(content).is_ok_and(|text| !text.contains(['<', '\0']))
        && found.problems.is_empty()
    {
        assert_eq!(found.articles.len(), 1, "{:?}", found.problems);
    }
}

/// JSON, and one record a line.
pub fn json(content: &[u8]) {
    read("story.json", content);
    let found = read("story.jsonl", content);
    if let (Ok(file), false) = (std::str::from_utf8(content), found.articles.is_empty()) {
        // A line is an article or a problem.
        let lines = file
            .trim_start_matches('\u{feff}')
            .lines()
            .filter(|line| !line.trim().is_empty())
            .count();
        assert!(lines <= found.articles.len() + found.problems.len(), "{lines} lines, {found:?}");
    }
}

/// A table with an article a row.
pub fn table(content: &[u8]) {
    read("stories.csv", content);
    read("stories.tsv", content);
}

/// The metadata beside a folder's files, which can give them none, but take no article away.
pub fn sidecar(content: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let write = |name: &str, content: &[u8]| {
        std::fs::write(folder.path().join(name), content).expect("a file for the test");
    };
    write("one.txt", SENTENCE.as_bytes());
    write("two.md", b"---\ndate: 2021-03-03\n---\nNobody was hurt.");
    write("articles.csv", content);
    let paths = [folder.path().to_owned()];
    let [found, again] = [(); 2].map(|()| ingest(&paths, &IngestOptions::default()).expect("read"));
    assert_eq!(found.articles, again.articles);
    well_formed(&found);
    assert_eq!(found.articles.len(), 2);
    let own = found.articles.iter().find(|article| article.path.ends_with("two.md"));
    assert_eq!(
        own.and_then(|article| article.date),
        "2021-03-03".parse().ok(),
        "what a file says itself comes first"
    );
    // With a sidecar that is named, rows may mean files or addresses.
    let named = IngestOptions {
        sidecar: Some(folder.path().join("articles.csv")),
        ..IngestOptions::default()
    };
    let found = ingest(&paths, &named).expect("read");
    well_formed(&found);
    assert_eq!(found.articles.len(), 2);
}

/// RSS, Atom.
pub fn feed(content: &[u8]) {
    read("stories.xml", content);
}

/// A web archive, which says the same packed and unpacked.
pub fn warc(content: &[u8]) {
    let plain = read("crawl.warc", content);
    if content.starts_with(b"\x1f\x8b") {
        return;
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(content).expect("written to memory");
    let unpacked = read("crawl.warc.gz", &packed.finish().expect("written to memory"));
    let texts = |found: &Ingested| -> Vec<String> {
        found.articles.iter().map(|a| a.text.clone()).collect()
    };
    assert_eq!(texts(&plain), texts(&unpacked));
}

/// The articles of a file, which are well-formed and the same when read again.
fn read(name: &str, content: &[u8]) -> Ingested {
    let read = || ingest_bytes(Path::new(name), content.to_vec(), &IngestOptions::default());
    let (found, again) = (read(), read());
    assert_eq!(found.articles, again.articles);
    assert_eq!(messages(&found), messages(&again));
    well_formed(&found);
    found
}

fn messages(found: &Ingested) -> Vec<String> {
    found.problems.iter().chain(&found.warnings).map(ToString::to_string).collect()
}

fn well_formed(found: &Ingested) {
    let told = messages(found);
    assert!(!found.articles.is_empty() || !told.is_empty(), "nothing was read, and nothing said");
    let ids: BTreeSet<&str> = found.articles.iter().map(|article| article.id.as_str()).collect();
    assert_eq!(ids.len(), found.articles.len(), "ids are unique");
    found.articles.iter().for_each(well_formed_article);
}

fn body(article: &Article) -> &str {
    article.text.get(article.body.start..article.body.end).expect("the body lies in the text")
}

fn well_formed_article(article: &Article) {
    assert!(!article.id.is_empty());
    let prose = body(article);
    assert!(
        !prose.is_empty() && prose.trim() == prose,
        "prose without white space around it: {prose:?}"
    );
    for line in
        [&article.title, &article.outlet, &article.url, &article.country].into_iter().flatten()
    {
        assert!(!line.is_empty() && !line.contains(['\n', '\r']), "{line:?} is one line");
    }
    let code = article.language.as_str();
    assert!(
        !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
        "{code:?}"
    );
    if let Some(date) = article.date {
        assert_eq!(date.to_string().parse::<PartialDate>(), Ok(date));
    }
    if let Layout::Lines(lines) = &article.layout {
        assert!(
            lines.is_sorted()
                && lines.iter().all(|(byte, line)| *byte <= article.text.len() && *line > 0)
        );
    }
    let kept = serde_json::to_string(article).expect("an article can be written");
    let read: Article = serde_json::from_str(&kept).expect("what was written can be read");
    assert_eq!(&read, article);
}
