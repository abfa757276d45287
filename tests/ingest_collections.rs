//! What researchers bring: feeds, web archives, tables and JSON with names of their own, indexes joined by address.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use crossclaim::article::Article;
use crossclaim::article::ingest::{IngestOptions, Ingested, ingest};
use crossclaim::article::reading::Reading;
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

fn read_with(files: &[(&str, &[u8])], options: &IngestOptions) -> Ingested {
    let folder = TempDir::new().expect("a folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("written");
    }
    let options = IngestOptions {
        sidecar: options.sidecar.as_ref().map(|name| folder.path().join(name)),
        ..options.clone()
    };
    let paths: Vec<PathBuf> = vec![folder.path().to_owned()];
    ingest(&paths, &options).expect("read")
}

fn read(name: &str, content: &[u8]) -> Ingested {
    read_with(&[(name, content)], &IngestOptions::default())
}

fn mapped(map: &str) -> IngestOptions {
    let names = map.parse().expect("a mapping");
    IngestOptions { reading: Reading { names, zone: None }, ..IngestOptions::default() }
}

fn date(article: &Article) -> Option<String> {
    article.date.map(|date| date.to_string())
}

fn body(article: &Article) -> &str {
    &article.text[article.body.start..article.body.end]
}

fn all_messages(found: &Ingested) -> String {
    let all = found.problems.iter().chain(&found.warnings);
    all.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

// Feeds.

const RSS: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Le Courrier du Fleuve</title><language>fr-FR</language>
<item><title>La digue a &amp;laquo; tenu &amp;raquo;</title><link>https://courrier.example/digue</link>
<guid isPermaLink="false">digue-2021</guid><pubDate>Wed, 03 Mar 2021 23:30:00 -0500</pubDate>
<description>La digue a tenu.</description>
<content:encoded><![CDATA[<p>La digue a tenu toute la nuit, dit le maire de la commune.</p><script>x()</script><p>Personne n'a été évacué.</p>]]></content:encoded></item>
<item><title>Deux blessés</title><link>https://courrier.example/2</link>
<description>Deux pompiers ont été légèrement blessés.</description></item>
<item><title>Rien</title></item>
</channel></rss>"#;

#[test]
fn the_items_of_an_rss_feed_are_articles() {
    let found = read("fil.xml", RSS.as_bytes());
    assert_eq!(found.articles.len(), 2, "{}", all_messages(&found));
    let dike = &found.articles[0];
    assert_eq!(dike.id, "digue-2021");
    assert_eq!(dike.outlet.as_deref(), Some("Le Courrier du Fleuve"));
    assert_eq!(dike.url.as_deref(), Some("https://courrier.example/digue"));
    assert_eq!(dike.title.as_deref(), Some("La digue a « tenu »"));
    assert_eq!(dike.language, "fr");
    assert_eq!(
        body(dike),
        "La digue a tenu toute la nuit, dit le maire de la commune.\nPersonne n'a été évacué."
    );
}

#[test]
fn an_item_of_a_feed_keeps_the_outlets_day() {
    let found = read("fil.rss", RSS.as_bytes());
    assert_eq!(date(&found.articles[0]).as_deref(), Some("2021-03-03"));
}

#[test]
fn an_item_with_a_summary_alone_is_cut_and_one_without_text_is_a_problem() {
    let found = read("fil.xml", RSS.as_bytes());
    let cut: Vec<bool> = found.articles.iter().map(|article| article.cut).collect();
    assert_eq!(cut, [false, true]);
    let messages = all_messages(&found);
    assert!(messages.contains("record 3: the item has neither text nor summary"), "{messages}");
    assert!(messages.contains("1 of 3 items hold a summary only"), "{messages}");
}

#[test]
fn atom_and_json_feeds_are_read() {
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>River Post</title>
        <entry><id>urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a</id><title>Levee</title>
        <link rel="alternate" href="https://post.example/levee"/><updated>2021-03-03T10:00:00+05:30</updated>
        <content type="html">&lt;p&gt;The levee held all night, the mayor said.&lt;/p&gt;</content></entry></feed>"#;
    let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "River Post", "items": [
        {"id": "levee", "url": "https://post.example/levee", "content_text": "The levee held all night.",
         "date_published": "2021-03-03T10:00:00Z"}]}"#;
    for (name, content, id) in [("a.atom", atom, "item-"), ("f.json", json, "levee")] {
        let found = read(name, content.as_bytes());
        assert_eq!(found.articles.len(), 1, "{name}: {}", all_messages(&found));
        let article = &found.articles[0];
        assert!(article.id.starts_with(id), "{}", article.id);
        assert_eq!(article.outlet.as_deref(), Some("River Post"));
        assert_eq!(date(article).as_deref(), Some("2021-03-03"));
        assert!(body(article).starts_with("The levee held all night"));
    }
}

#[test]
fn xml_that_is_no_feed_is_passed_over_in_a_folder() {
    let found = read("sitemap.xml", b"<?xml version=\"1.0\"?><urlset><url/></urlset>");
    assert!(found.articles.is_empty() && found.problems.is_empty());
    assert!(all_messages(&found).contains("no feed"));
}

// Web archives.

fn record(kind: &str, address: &str, media: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a>\r\n\
         WARC-Date: 2021-03-04T05:00:00Z\r\nWARC-Target-URI: {address}\r\nContent-Type: {media}\r\n\
         Content-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn response(address: &str, headers: &str, page: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n");
    record(
        "response",
        address,
        "application/http; msgtype=response",
        &[head.as_bytes(), page].concat(),
    )
}

fn page(text: &str) -> String {
    format!(
        "<html lang=\"fr\"><head><title>Digue</title><meta property=\"article:published_time\" content=\"2021-03-03\">\
         </head><body><article><p>{text}</p><p>Le préfet doit se rendre sur place dans la journée, selon la mairie.</p>\
         </article></body></html>"
    )
}

fn archive() -> Vec<u8> {
    let one = page("La digue a tenu toute la nuit, dit le maire de la commune riveraine.");
    let two = page("La digue a cédé peu après minuit, écrit la préfecture dans un communiqué.");
    let latin: Vec<u8> = two.chars().map(|c| u32::from(c) as u8).collect();
    [
        record("warcinfo", "", "application/warc-fields", b"software: x\r\n"),
        record(
            "request",
            "https://a.example/1",
            "application/http; msgtype=request",
            b"GET / HTTP/1.1\r\n\r\n",
        ),
        response("https://a.example/1", "Content-Type: text/html; charset=utf-8", one.as_bytes()),
        response("https://a.example/x.png", "Content-Type: image/png", b"\x89PNG\x00"),
        response("https://b.example/2", "Content-Type: text/html; charset=iso-8859-1", &latin),
    ]
    .concat()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes).expect("packed");
    writer.finish().expect("packed")
}

#[test]
fn the_pages_of_a_web_archive_are_articles() {
    let found = read("news.warc", &archive());
    let seen: Vec<_> = found
        .articles
        .iter()
        .map(|a| {
            (
                a.id.as_str(),
                a.url.as_deref().unwrap_or_default(),
                body(a).split(',').next().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("news-3", "https://a.example/1", "La digue a tenu toute la nuit"),
            ("news-5", "https://b.example/2", "La digue a cédé peu après minuit"),
        ],
        "{}",
        all_messages(&found)
    );
    assert_eq!(date(&found.articles[0]).as_deref(), Some("2021-03-03"));
}

#[test]
fn a_gzipped_archive_is_read_whether_its_records_are_members_or_not() {
    let whole = gzipped(&archive());
    let middle = archive().len() / 2;
    let members = [gzipped(&archive()[..middle]), gzipped(&archive()[middle..])].concat();
    for packed in [whole, members] {
        let found = read("news.warc.gz", &packed);
        assert_eq!(found.articles.len(), 2, "{}", all_messages(&found));
    }
}

#[test]
fn the_day_of_the_crawl_is_no_publication_date() {
    let text = "The levee held all night long, said the mayor, and nobody had to leave the town.";
    let plain = record("conversion", "https://a.example/1", "text/plain", text.as_bytes());
    let found = read("news.warc", &plain);
    assert_eq!(found.articles.len(), 1, "{}", all_messages(&found));
    assert_eq!(date(&found.articles[0]), None);
}

#[test]
fn an_archive_that_breaks_off_keeps_what_came_before() {
    let whole = archive();
    let found = read("news.warc", &whole[..whole.len() - 40]);
    assert_eq!(found.articles.len(), 1);
    assert!(all_messages(&found).contains("record 5 cannot be read"), "{}", all_messages(&found));
}

#[test]
fn an_archive_that_unpacks_without_end_is_stopped() {
    // A record of zeros: 300 MB out of 300 KB.
    let size: usize = 300 * 1024 * 1024;
    let head = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a>\r\n\
         WARC-Date: 2021-03-04T05:00:00Z\r\nContent-Type: application/http\r\nContent-Length: {size}\r\n\r\n"
    );
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(head.as_bytes()).expect("packed");
    let block = vec![0u8; 1024 * 1024];
    for _ in 0..300 {
        writer.write_all(&block).expect("packed");
    }
    let found = read("bomb.warc.gz", &writer.finish().expect("packed"));
    let messages = all_messages(&found);
    assert!(found.articles.is_empty());
    assert!(messages.contains("times its size"), "{messages}");
}

#[test]
fn headers_without_end_are_stopped() {
    let mut bytes = b"WARC/1.0\r\n".to_vec();
    bytes.extend(b"X: y\r\n".repeat(400_000));
    let found = read("news.warc", &bytes);
    assert!(all_messages(&found).contains("headers do not end"), "{}", all_messages(&found));
}

#[test]
fn a_record_whose_headers_are_no_text_is_named_and_the_others_are_read() {
    let mut garbled = response("https://a.example/1", "Content-Type: text/html", b"<p>x");
    let at = garbled.windows(7).position(|w| w == b"a.examp").expect("the address");
    garbled[at] = 0xfe;
    let found = read("news.warc", &[garbled, archive()].concat());
    assert_eq!(found.articles.len(), 2, "{}", all_messages(&found));
    assert!(
        all_messages(&found).contains("the headers of 1 records are no UTF-8 (record 1)"),
        "{}",
        all_messages(&found)
    );
}

// Other names for fields.

#[test]
fn columns_are_mapped_to_fields() {
    let table = "key,body,text,published,paper\n7,La digue a tenu.,a note,2021-03-03,Le Fleuve\n";
    let found = read_with(
        &[("corpus.csv", table.as_bytes())],
        &mapped("text=body,date=published,outlet=paper,id=key"),
    );
    let article = &found.articles[0];
    assert_eq!(body(article), "La digue a tenu.", "the column `text` means nothing now");
    assert_eq!((article.id.as_str(), article.outlet.as_deref()), ("7", Some("Le Fleuve")));
    assert_eq!(date(article).as_deref(), Some("2021-03-03"));
}

#[test]
fn fields_of_nested_json_are_mapped_by_their_path() {
    let json = r#"{"doc": {"prose": "The levee held.", "meta": {"day": "2021-03-03"}}}"#;
    let lines = format!("{}\n", json);
    for (name, content) in [("a.json", json), ("a.jsonl", lines.as_str())] {
        let found =
            read_with(&[(name, content.as_bytes())], &mapped("text=doc.prose,date=doc.meta.day"));
        assert_eq!(found.articles.len(), 1, "{name}: {}", all_messages(&found));
        assert_eq!(body(&found.articles[0]), "The levee held.");
        assert_eq!(date(&found.articles[0]).as_deref(), Some("2021-03-03"));
    }
}

#[test]
fn a_mapped_column_that_is_not_there_is_told() {
    let found = read_with(&[("a.csv", b"text,x\nThe levee held.,1\n")], &mapped("date=published"));
    assert_eq!(found.articles.len(), 1);
    assert!(all_messages(&found).contains("no column published"), "{}", all_messages(&found));
}

// Indexes of the news, joined by address.

#[test]
fn an_index_gives_metadata_to_the_texts_of_its_addresses() {
    let index = "id,indexed_date,language,media_name,media_url,publish_date,title,url\n\
        91,2021-03-05 01:02:03,en,River Post,post.example,2021-03-03,Levee holds,https://www.post.example/levee/?utm_source=feed\n\
        92,2021-03-05 01:02:03,en,Hill Times,hill.example,2021-03-04,Elsewhere,https://hill.example/elsewhere\n";
    let texts = r#"{"url": "http://post.example/levee", "text": "The levee held all night."}"#;
    let options = IngestOptions { sidecar: Some("index.csv".into()), ..IngestOptions::default() };
    let found =
        read_with(&[("index.csv", index.as_bytes()), ("texts.jsonl", texts.as_bytes())], &options);
    let article =
        found.articles.iter().find(|a| a.text.starts_with("The levee")).expect("the article");
    assert_eq!(article.outlet.as_deref(), Some("River Post"));
    assert_eq!(article.title.as_deref(), Some("Levee holds"));
    assert_eq!(date(article).as_deref(), Some("2021-03-03"));
    assert!(
        all_messages(&found).contains("1 of 2 rows match no article"),
        "{}",
        all_messages(&found)
    );
}

// Cut articles.

#[test]
fn a_page_that_is_not_free_and_short_is_cut() {
    let page = r#"<html><head><script type="application/ld+json">{"@type": "NewsArticle", "headline": "Levee",
        "isAccessibleForFree": "False"}</script></head><body><article><p>The levee held all night long, the mayor of
        the town said in the morning, and nobody had to leave.</p></article></body></html>"#;
    let found = read("levee.html", page.as_bytes());
    assert!(found.articles[0].cut);
    assert!(all_messages(&found).contains("only the beginning"), "{}", all_messages(&found));
}

#[test]
fn a_whole_article_is_not_cut() {
    let found =
        read("levee.txt", b"The levee held all night, the mayor said. Nobody had to leave.");
    assert!(!found.articles[0].cut);
    assert!(found.warnings.is_empty());
}
