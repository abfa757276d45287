//! What `ingest` takes out of files, and what it says where it cannot. One test a behaviour.

#![allow(clippy::unwrap_used)] // A failed unwrap is a failed test.

use std::fs;
use std::path::PathBuf;

use crossclaim::article::ingest::{IngestOptions, Ingested, ingest};
use crossclaim::article::{Article, DateSource};
use crossclaim::error::Error;
use tempfile::TempDir;

const FRENCH: &str = "L'armée syrienne et ses alliés ont chassé dimanche le groupe terroriste de Boukamal, dernière ville aux mains des extrémistes, rapporte une source militaire.";

/// A folder with files of given contents.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn read(paths: &[PathBuf]) -> Ingested {
    ingest(paths, &IngestOptions::default()).unwrap()
}

/// Reads the one file of that name and content.
fn read_one(name: &str, content: &[u8]) -> Ingested {
    let folder = folder(&[(name, content)]);
    read(&[folder.path().join(name)])
}

/// The one article of a file that has no problems.
fn article(name: &str, content: &[u8]) -> Article {
    let mut found = read_one(name, content);
    assert_eq!(messages(&found), Vec::<String>::new());
    assert_eq!(found.articles.len(), 1);
    found.articles.remove(0)
}

fn body(article: &Article) -> &str {
    article.body.of(&article.text)
}

fn ids(found: &Ingested) -> Vec<&str> {
    found.articles.iter().map(|article| article.id.as_str()).collect()
}

fn messages(found: &Ingested) -> Vec<String> {
    found.problems.iter().map(ToString::to_string).collect()
}

/// The one problem, which must name the file and hold each of `parts`.
fn assert_problem(found: &Ingested, parts: &[&str]) {
    let messages = messages(found);
    assert_eq!(messages.len(), 1, "{messages:?}");
    for part in parts {
        assert!(messages[0].contains(part), "{part:?} is not in {:?}", messages[0]);
    }
}

fn date(article: &Article) -> Option<String> {
    article.date.map(|date| date.to_string())
}

// Plain text and Markdown.

#[test]
fn plain_text_is_the_whole_file_and_all_prose() {
    let article = article("a.txt", format!("\n{FRENCH}\n").as_bytes());
    assert_eq!(article.text, format!("\n{FRENCH}\n"));
    assert_eq!(body(&article), FRENCH);
    assert_eq!((article.id.as_str(), article.language.as_str()), ("a", "fr"));
    assert_eq!((article.date, article.date_source), (None, DateSource::Unknown));
    assert_eq!(article.title, None);
}

#[test]
fn text_without_an_extension_is_read() {
    assert_eq!(body(&article("dispatch", FRENCH.as_bytes())), FRENCH);
}

#[test]
fn a_byte_order_mark_stays_in_the_text_but_not_in_the_body() {
    let article = article("a.txt", format!("\u{feff}{FRENCH}").as_bytes());
    assert_eq!(article.body.start, 3);
    assert!(article.text.starts_with('\u{feff}'));
}

#[test]
fn a_bare_date_before_the_prose_of_the_first_line_is_metadata() {
    let article = article("a.txt", format!(" date 2017-11 {FRENCH}").as_bytes());
    assert_eq!(
        (date(&article).as_deref(), article.date_source),
        (Some("2017-11"), DateSource::Metadata)
    );
    assert_eq!(body(&article), FRENCH);
    assert_eq!(article.body.start, 14);
}

#[test]
fn a_date_line_with_a_colon_is_metadata() {
    for (line, expected) in [
        ("date: 2017-11-08\n", "2017-11-08"),
        ("Date: 2017\n\n", "2017"),
        ("\u{feff}date : 2017-11 ", "2017-11"),
    ] {
        let article = article("a.txt", format!("{line}{FRENCH}").as_bytes());
        assert_eq!(date(&article).as_deref(), Some(expected));
        assert_eq!(body(&article), FRENCH);
    }
}

#[test]
fn prose_that_starts_with_the_word_date_is_prose() {
    let text = "Date 2017 was when the war ended, they said. Dated 2017-11 it was not.";
    let article = article("a.txt", text.as_bytes());
    assert_eq!((body(&article), article.date), (text, None));
}

#[test]
fn yaml_front_matter_gives_metadata_and_is_no_prose() {
    let head = "---\n# note\ntitle: \"Abou Kamal: la fin\"\noutlet: Le Journal # daily\ndate: 2017-11-08\nurl: https://x.fr/a?b=1#c\nlanguage: fr-FR\nid: abou-1\ntags:\n  - war\n---\n\n";
    let article = article("a.md", format!("{head}{FRENCH}\n").as_bytes());
    assert_eq!(article.id, "abou-1");
    assert_eq!(article.title.as_deref(), Some("Abou Kamal: la fin"));
    assert_eq!(article.outlet.as_deref(), Some("Le Journal"));
    assert_eq!(article.url.as_deref(), Some("https://x.fr/a?b=1#c"));
    assert_eq!(article.language, "fr");
    assert_eq!(date(&article).as_deref(), Some("2017-11-08"));
    assert_eq!(body(&article), FRENCH);
    assert_eq!(article.body.start, head.len());
}

#[test]
fn toml_front_matter_gives_metadata() {
    let head =
        "+++\r\ntitle = 'La fin'\r\ndate = 2017-11-08T10:00:00Z\r\noutlet = \"AFP\"\r\n+++\r\n";
    let article = article("a.txt", format!("{head}{FRENCH}").as_bytes());
    assert_eq!(date(&article).as_deref(), Some("2017-11-08"));
    assert_eq!(
        (article.title.as_deref(), article.outlet.as_deref()),
        (Some("La fin"), Some("AFP"))
    );
    assert_eq!(body(&article), FRENCH);
}

#[test]
fn a_rule_at_the_start_of_prose_is_no_front_matter() {
    for text in ["---\nThe first part of it.\n---\nThe second part.", "---\nJust a rule."] {
        assert_eq!(body(&article("a.md", text.as_bytes())), text);
    }
}

#[test]
fn the_mark_of_a_first_heading_is_no_prose_in_markdown() {
    let article_md = article("a.md", format!("## La fin\n\n{FRENCH}").as_bytes());
    assert!(body(&article_md).starts_with("La fin"));
    assert_eq!(article_md.title, None);
    assert!(body(&article("a.md", b"#hashtag first")).starts_with('#'));
}

#[test]
fn a_broken_date_in_front_matter_is_a_problem_with_its_line_and_no_date_is_assumed() {
    let folder =
        folder(&[("a.txt", format!("---\noutlet: X\ndate: 8/11/2017\n---\n{FRENCH}").as_bytes())]);
    let options =
        IngestOptions { assume_date: Some("2016".parse().unwrap()), ..IngestOptions::default() };
    let found = ingest(&[folder.path().join("a.txt")], &options).unwrap();
    assert_problem(&found, &["a.txt:3:", "8/11/2017", "2017-11-08"]);
    assert_eq!(found.articles.len(), 1, "the article itself is not lost");
    assert_eq!(
        (found.articles[0].date, found.articles[0].date_source),
        (None, DateSource::Unknown)
    );
}

#[test]
fn front_matter_without_an_end_is_a_problem() {
    let found = read_one("a.txt", b"---\ntitle: X\ndate: 2017\n\nProse.");
    assert_problem(&found, &["a.txt:1:", "no end"]);
    assert!(found.articles.is_empty());
}

#[test]
fn front_matter_that_is_no_toml_is_a_problem_with_its_line() {
    let found = read_one("a.txt", b"+++\ntitle = \"X\"\ndate = tomorrow\n+++\nProse.");
    assert_problem(&found, &["a.txt:3:"]);
}

#[test]
fn a_file_without_text_is_a_problem() {
    assert_problem(&read_one("a.txt", b""), &["a.txt", "empty"]);
    assert_problem(&read_one("a.txt", b"\xef\xbb\xbf \n\n"), &["a.txt", "empty"]);
    assert_problem(&read_one("a.md", b"---\ntitle: X\n---\n\n"), &["a.md", "front matter"]);
}

#[test]
fn invisible_characters_stay_in_the_text() {
    let text = "The \u{202e}army\u{202c} took\u{200b} the city.";
    assert_eq!(body(&article("a.txt", text.as_bytes())), text);
}

#[test]
fn the_hash_is_the_sha_256_of_the_text() {
    assert_eq!(
        article("a.txt", b"abc").hash,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

// Encodings.

#[test]
fn utf_16_is_decoded_by_its_byte_order_mark() {
    let mut little = vec![0xff, 0xfe];
    let mut big = vec![0xfe, 0xff];
    for unit in FRENCH.encode_utf16() {
        little.extend(unit.to_le_bytes());
        big.extend(unit.to_be_bytes());
    }
    assert_eq!(article("a.txt", &little).text, FRENCH);
    assert_eq!(article("a.txt", &big).text, FRENCH);
}

#[test]
fn legacy_encodings_are_recognised() {
    let french = encoding_rs::WINDOWS_1252.encode(FRENCH).0.into_owned();
    assert_eq!(article("a.txt", &french).text, FRENCH);
    let russian = "Сирийская армия освободила город Абу-Кемаль, последний оплот боевиков.";
    let bytes = encoding_rs::WINDOWS_1251.encode(russian).0.into_owned();
    assert_eq!(article("a.txt", &bytes).text, russian);
}

#[test]
fn the_charset_that_a_page_declares_is_believed() {
    let page = format!(
        "<html lang=ru><head><meta charset=koi8-r><title>Х</title></head><body><article><p>{}</p></article></body></html>",
        "Сирийская армия освободила город. ".repeat(9)
    );
    let bytes = encoding_rs::KOI8_R.encode(&page).0.into_owned();
    assert!(article("a.html", &bytes).text.starts_with("Сирийская армия"));
}

#[test]
fn damaged_utf_8_stays_utf_8_with_a_warning() {
    let mut bytes = format!("Première ligne, été.\n{FRENCH}").into_bytes();
    bytes.push(0xff);
    let found = read_one("a.txt", &bytes);
    assert_eq!(found.problems.len(), 0);
    assert!(found.articles[0].text.contains("armée syrienne"));
    assert!(found.warnings[0].to_string().contains("a.txt:2:"), "{}", found.warnings[0]);
}

#[test]
fn binary_files_are_refused() {
    assert_problem(&read_one("a.txt", b"text\0text"), &["a.txt", "binary"]);
    assert_problem(&read_one("a.txt", &[1, 2, 3, 4, b'a', b'b', 5]), &["binary"]);
    assert_problem(&read_one("a.pdf", b"%PDF-1.4 stream"), &["PDF", "pdftotext"]);
}

// HTML.

const PAGE: &str = r##"<!doctype html><html lang="fr-FR"><head><title>Titre | Site</title>HEAD</head>
<body><nav><a href="/">Accueil</a> <a href="/s">Sport</a></nav><article><h1>La prise</h1>
<p>L'armée syrienne et ses alliés ont chassé <a href="x">mercredi</a> le groupe d'Abou Kamal, dernière ville aux mains des extrémistes.</p>
<p>« Nous avons pris la ville », a indiqué une source militaire. Plus de 150 combattants auraient été transférés vers le nord.</p></article>
<footer>Abonnez-vous à la newsletter</footer></body></html>"##;

fn page(head: &str) -> Article {
    article("page.html", PAGE.replace("HEAD", head).as_bytes())
}

#[test]
fn the_main_text_of_a_page_is_read_a_line_a_block() {
    let article = page("");
    let lines: Vec<&str> = body(&article).lines().collect();
    assert!(lines.iter().any(|line| {
        line.starts_with("L'armée syrienne et ses alliés ont chassé mercredi le groupe")
    }));
    assert!(lines.iter().any(|line| line.starts_with("« Nous avons")));
    assert!(!article.text.contains("newsletter") && !article.text.contains("Accueil"));
    assert_eq!((article.id.as_str(), article.language.as_str()), ("page", "fr"));
    assert_eq!(article.title.as_deref(), Some("Titre | Site"));
    assert_eq!(article.date, None, "a date is never guessed");
}

#[test]
fn json_ld_metadata_are_read() {
    let article = page(
        r#"<meta property="og:title" content="Autre"><script type="application/ld+json">
        {"@type":"NewsArticle","headline":"L&#039;arm\u00e9e prend la ville","datePublished":"2017-11-08T23:30:00-05:00",
         "publisher":{"@type":"Organization","name":"Le Journal"},"inLanguage":"fr","url":"https://x.fr/a"}</script>"#,
    );
    assert_eq!(article.title.as_deref(), Some("L'armée prend la ville"));
    assert_eq!(article.outlet.as_deref(), Some("Le Journal"));
    assert_eq!(article.url.as_deref(), Some("https://x.fr/a"));
    assert_eq!(
        (date(&article).as_deref(), article.date_source),
        (Some("2017-11-08"), DateSource::Metadata)
    );
}

#[test]
fn json_ld_in_graphs_and_arrays_with_references_is_read() {
    let graph = r##"{"@graph":[{"@type":"WebPage","url":"https://x.fr"},
        {"@type":["Article","NewsArticle"],"headline":"H","datePublished":"2017-11-08","publisher":{"@id":"#o"},"mainEntityOfPage":{"@id":"https://x.fr/a"}},
        {"@type":"Organization","@id":"#o","name":"Le Journal"}]}"##;
    for script in [graph.to_owned(), format!("[{graph}]"), format!("//<![CDATA[\n{graph};\n//]]>")]
    {
        let article = page(&format!("<script type='application/ld+json'>{script}</script>"));
        assert_eq!(article.outlet.as_deref(), Some("Le Journal"));
        assert_eq!(article.url.as_deref(), Some("https://x.fr/a"));
        assert_eq!(date(&article).as_deref(), Some("2017-11-08"));
    }
}

#[test]
fn meta_tags_are_read_where_there_is_no_json_ld() {
    let article = page(
        r#"<script type="application/ld+json">{ broken</script><meta property="og:title" content="Titre propre">
        <meta property="og:site_name" content="Le Journal"><meta name="date" content="bientôt">
        <meta property="article:published_time" content="2017-11-08T10:00:00Z"><link rel="canonical" href="https://x.fr/a">"#,
    );
    assert_eq!(article.title.as_deref(), Some("Titre propre"));
    assert_eq!(article.outlet.as_deref(), Some("Le Journal"));
    assert_eq!(article.url.as_deref(), Some("https://x.fr/a"));
    assert_eq!(date(&article).as_deref(), Some("2017-11-08"));
}

#[test]
fn a_page_without_main_text_is_a_problem() {
    assert_problem(
        &read_one("a.html", b"<html><body><script>x()</script></body></html>"),
        &["a.html", "no main text", ".txt"],
    );
}

#[test]
fn a_page_nested_without_end_is_a_problem_and_no_crash() {
    let page = format!("<p>text{}", "<div>".repeat(100_000));
    assert_problem(&read_one("a.html", page.as_bytes()), &["a.html", "nested"]);
}

// JSON, tables.

#[test]
fn a_table_without_a_row_is_told() {
    let found = read_one("a.csv", b"id,text\n");
    assert!(found.articles.is_empty());
    assert!(messages(&found).is_empty());
    let warning = found.warnings[0].to_string();
    assert!(warning.contains("a.csv:1: the table has a header and no row"), "{warning}");
}

#[test]
fn json_lines_are_read_with_our_names() {
    let found = read_one("batch.jsonl", br#"{"id":"x1","outlet":"O","title":"T","url":"https://x/1","date":"2017-11","language":"en","text":"The army took the city."}

{"text":"Second text, without an id."}
"#);
    assert_eq!(messages(&found), Vec::<String>::new());
    assert_eq!(ids(&found), ["batch-3", "x1"]);
    let first = &found.articles[1];
    assert_eq!((first.outlet.as_deref(), first.language.as_str()), (Some("O"), "en"));
    assert_eq!(first.text, "The army took the city.");
}

#[test]
fn records_of_crawlers_are_read_with_their_names() {
    for (record, outlet, published) in [
        (
            r#"{"title":"T","hostname":"x.fr","sitename":"Le X","date":"2017-11-08","source":"https://x.fr/a","language":"fr","text":"Un texte."}"#,
            "Le X",
            "2017-11-08",
        ),
        (
            r#"{"title":"T","source-hostname":"Le X","source":"https://x.fr/a","date":"2017-11-08","text":"Un texte.","language":null}"#,
            "Le X",
            "2017-11-08",
        ),
        (
            r#"{"maintext":"Un texte.","date_publish":"2017-11-08 10:00:00","source_domain":"x.fr","url":"https://x.fr/a","language":"fr"}"#,
            "x.fr",
            "2017-11-08",
        ),
        (
            r#"{"publisher":"Le X","plaintext":"Un texte.","publishing_date":"2017-11-08 10:00:00+00:00","lang":"fr","url":"https://x.fr/a"}"#,
            "Le X",
            "2017-11-08",
        ),
        (
            r#"{"publisher":"Le X","body":{"summary":["Un texte."],"sections":[{"headline":[],"paragraphs":["Suite."]}]},"publish_date":1510135200,"url":"https://x.fr/a"}"#,
            "Le X",
            "2017-11-08",
        ),
        (
            r#"{"source":{"id":null,"name":"Le X"},"content":"Un texte.","publishedAt":"2017-11-08T10:00:00Z","url":"https://x.fr/a"}"#,
            "Le X",
            "2017-11-08",
        ),
    ] {
        let article = article("a.jsonl", record.as_bytes());
        assert_eq!(article.outlet.as_deref(), Some(outlet), "{record}");
        assert_eq!(article.url.as_deref(), Some("https://x.fr/a"), "{record}");
        assert_eq!(date(&article).as_deref(), Some(published), "{record}");
        assert!(article.text.starts_with("Un texte."), "{record}");
    }
}

#[test]
fn bad_lines_of_json_lines_are_problems_with_their_line_and_the_rest_goes_on() {
    let found = read_one("a.jsonl", b"{\"text\":\"One.\"}\n{\"text\": oops}\n[1]\n{\"title\":\"T\"}\n{\"text\":\"Five.\",\"date\":\"soon\"}\n");
    let messages = messages(&found);
    assert_eq!(messages.len(), 4, "{messages:?}");
    for (message, line) in messages.iter().zip([2, 3, 4, 5]) {
        assert!(message.contains(&format!("a.jsonl:{line}: ")), "{message}");
    }
    assert_eq!(ids(&found), ["a-1", "a-5"]);
}

#[test]
fn json_files_hold_an_object_an_array_or_lines() {
    let object = br#"{"id":"x","text":"One."}"#;
    assert_eq!(article("a.json", object).id, "x");
    let array = read_one("a.json", b"[{\"text\":\"One.\"},\n{\"text\":\"Two.\"}, {\"no\":1}]");
    assert_eq!(ids(&array), ["a-1", "a-2"]);
    assert_problem(&array, &["record 3"]);
    let wrapped = read_one("a.json", br#"{"status":"ok","articles":[{"content":"One."}]}"#);
    assert_eq!(ids(&wrapped), ["a-1"]);
    let lines = read_one("a.json", b"{\"text\":\"One.\"}\n{\"text\":\"Two.\"}\n");
    assert_eq!(ids(&lines), ["a-1", "a-2"]);
    assert_problem(&read_one("a.json", b"{\n\"text\": }"), &["a.json:2:", "valid JSON"]);
}

#[test]
fn tables_with_a_text_column_are_read_whatever_their_delimiter() {
    for mark in [",", ";", "\t"] {
        let table = [
            "Outlet,Published,Text\n",
            "O,2017-11-08,\"One; two, three.\nFour.\"\n",
            "P,2017,Five.\n",
        ]
        .map(|line| if mark == "," { line.to_owned() } else { line.replacen(',', mark, 2) })
        .concat();
        let found = read_one("t.csv", table.as_bytes());
        assert_eq!(messages(&found), Vec::<String>::new());
        assert_eq!(ids(&found), ["t-2", "t-4"]);
        assert_eq!(found.articles[0].text, "One; two, three.\nFour.");
        assert_eq!(found.articles[0].outlet.as_deref(), Some("O"));
    }
}

#[test]
fn a_row_with_too_many_values_is_a_problem_with_its_line() {
    let found = read_one("t.csv", b"outlet,text\nO,One.\nO,Two,three.\n");
    assert_problem(&found, &["t.csv:3:", "3 values"]);
    assert_eq!(ids(&found), ["t-2"]);
}

#[test]
fn what_an_unknown_name_holds_is_found_out() {
    let lines = read_one("a.data", b"{\"text\":\"One.\"}\n{\"text\":\"Two.\"}");
    assert_eq!(lines.articles.len(), 2);
    assert_eq!(article("page.php", PAGE.as_bytes()).language, "fr");
    for text in ["{curly} text", "[1] A note.", "[AFP] A dispatch."] {
        assert_eq!(body(&article("a.log", text.as_bytes())), text);
    }
}

// Language.

#[test]
fn a_language_code_in_metadata_wins_over_detection() {
    assert_eq!(
        article("a.txt", format!("---\nlanguage: pt_BR\n---\n{FRENCH}").as_bytes()).language,
        "pt"
    );
}

#[test]
fn a_language_that_is_no_code_is_detected_with_a_warning() {
    let found = read_one("a.txt", format!("---\nlanguage: français\n---\n{FRENCH}").as_bytes());
    assert_eq!(found.articles[0].language, "fr");
    assert!(found.warnings[0].to_string().contains("français"));
}

#[test]
fn a_text_too_short_to_tell_is_undetermined() {
    assert_eq!(article("a.txt", b"12 345").language, "und");
}

// Folders, globs, paths.

#[test]
fn folders_are_walked_in_order_for_known_kinds_only() {
    let folder = folder(&[
        ("b/two.txt", b"Two."),
        ("b/page.html", PAGE.as_bytes()),
        ("a/one.md", b"One."),
        ("a/three", b"Three."),
        ("a/program", b"\x7fELF\0\0"),
        ("README.md", b"About."),
        ("b/readme.txt", b"About."),
        (".hidden.txt", b"Hidden."),
        (".git/x.txt", b"Hidden."),
        ("logo.svg", b"<svg/>"),
        ("setup.json", b"{\"version\": 1}"),
        ("numbers.csv", b"a,b\n1,2\n"),
    ]);
    let found = read(&[folder.path().to_owned()]);
    assert_eq!(messages(&found), Vec::<String>::new());
    assert_eq!(ids(&found), ["one", "page", "three", "two"]);
    assert_eq!(found.warnings.len(), 2, "numbers.csv and setup.json hold no articles");
    assert_eq!(found.articles[0].path, format!("{}/a/one.md", folder.path().display()));
}

#[test]
fn the_ignore_file_is_honoured_and_gitignore_is_not() {
    let folder = folder(&[
        (".crossclaimignore", b"drafts/\n*.md\n!keep.md\n"),
        (".gitignore", b"*.txt\n"),
        ("a.txt", b"A."),
        ("b.md", b"B."),
        ("keep.md", b"K."),
        ("drafts/c.txt", b"C."),
    ]);
    assert_eq!(ids(&read(&[folder.path().to_owned()])), ["a", "keep"]);
}

#[test]
fn an_ignore_file_above_the_folder_is_honoured() {
    let folder = folder(&[
        (".crossclaimignore", b"sub/draft.txt\n"),
        ("sub/draft.txt", b"D."),
        ("sub/a.txt", b"A."),
    ]);
    assert_eq!(ids(&read(&[folder.path().join("sub")])), ["a"]);
}

#[test]
fn broken_json_in_a_folder_is_a_problem() {
    let folder = folder(&[("a.json", b"{\"text\": \"cut off"), ("b.txt", b"B.")]);
    let found = read(&[folder.path().to_owned()]);
    assert_problem(&found, &["a.json:1:", "valid JSON"]);
    assert_eq!(ids(&found), ["b"]);
}

#[test]
fn files_that_are_named_are_read_whatever_they_are_called() {
    let folder = folder(&[
        (".crossclaimignore", b"*"),
        ("README.md", b"About."),
        (".hidden.txt", b"Hidden."),
        ("notes.rst", b"Notes."),
    ]);
    let paths: Vec<PathBuf> = ["README.md", ".hidden.txt", "notes.rst"]
        .iter()
        .map(|name| folder.path().join(name))
        .collect();
    assert_eq!(ids(&read(&paths)), [".hidden", "README", "notes"]);
}

#[test]
fn a_file_reached_twice_counts_once() {
    let folder = folder(&[("sub/a.txt", b"A.")]);
    let root = folder.path().to_owned();
    let found = read(&[
        root.join("sub/a.txt"),
        root.clone(),
        root.join("sub/../sub"),
        root.join("**/*.txt"),
    ]);
    assert_eq!(ids(&found), ["a"]);
    assert_eq!(messages(&found), Vec::<String>::new());
}

#[test]
fn globs_that_no_shell_expanded_are_expanded() {
    let folder = folder(&[
        ("x/a.txt", b"A."),
        ("x/y/b.txt", b"B."),
        ("x/c.md", b"C."),
        ("x/d.log", b"D."),
        ("x/README.md", b"About."),
    ]);
    let glob = |pattern: &str| -> Vec<String> {
        let found = read(&[folder.path().join(pattern)]);
        assert_eq!(messages(&found), Vec::<String>::new());
        found.articles.into_iter().map(|article| article.id).collect()
    };
    assert_eq!(glob("x/*.txt"), ["a"]);
    assert_eq!(glob("x/**/*.txt"), ["a", "b"]);
    assert_eq!(glob("x/{a,c}.*"), ["a", "c"]);
    assert_eq!(glob("x/*.log"), ["d"]);
    assert_eq!(glob("*"), ["a", "b", "c"], "a folder that a glob names is walked");
}

#[test]
fn a_glob_that_matches_nothing_is_a_problem() {
    let folder = folder(&[("a.txt", b"A.")]);
    assert_problem(&read(&[folder.path().join("*.md")]), &["*.md", "no file matches"]);
}

#[test]
fn a_path_that_does_not_exist_is_a_problem_and_the_rest_is_read() {
    let folder = folder(&[("a.txt", b"A.")]);
    let missing = folder.path().join("nowhere");
    let found = read(&[missing.clone(), folder.path().join("a.txt")]);
    assert!(matches!(&found.problems[..], [Error::NoSuchPath { path }] if *path == missing));
    assert_eq!(ids(&found), ["a"]);
}

#[test]
fn a_folder_without_articles_is_a_warning() {
    let folder = folder(&[("logo.svg", b"<svg/>")]);
    let found = read(&[folder.path().to_owned()]);
    assert!(found.articles.is_empty() && found.problems.is_empty());
    assert!(found.warnings[0].to_string().contains("no article"));
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_a_problem_and_the_rest_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("a.txt", b"A."), ("b.txt", b"B.")]);
    let locked = folder.path().join("a.txt");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&locked).is_ok() {
        return; // The superuser may read everything.
    }
    let found = read(&[folder.path().to_owned()]);
    assert_problem(&found, &["a.txt", "cannot read"]);
    assert_eq!(ids(&found), ["b"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_loops_do_no_harm() {
    let folder = folder(&[("a/one.txt", b"One.")]);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
    let outside = self::folder(&[("two.txt", b"Two.")]);
    std::os::unix::fs::symlink(outside.path(), folder.path().join("linked")).unwrap();
    let found = read(&[folder.path().to_owned()]);
    assert_eq!(ids(&found), ["one", "two"]);
    assert_eq!(messages(&found), Vec::<String>::new());
}

#[test]
fn a_file_above_the_limit_is_refused_with_the_way_out() {
    let folder = folder(&[("a.txt", &[b'a'; 2000]), ("b.txt", b"B.")]);
    let options = IngestOptions { max_bytes: 1999, ..IngestOptions::default() };
    let found = ingest(&[folder.path().to_owned()], &options).unwrap();
    assert_problem(&found, &["a.txt", "2.0 KiB", "--max-size"]);
    assert_eq!(ids(&found), ["b"]);
    let options = IngestOptions { max_bytes: 2000, ..IngestOptions::default() };
    assert_eq!(ids(&ingest(&[folder.path().to_owned()], &options).unwrap()), ["a", "b"]);
}

// Ids.

#[test]
fn articles_with_one_id_are_told_apart_by_their_folders() {
    let folder = folder(&[
        ("daily/2017/paris.txt", b"A."),
        ("weekly/2017/paris.txt", b"B."),
        ("weekly/2018/paris.txt", b"C."),
        ("weekly/2018/lyon.txt", b"D."),
    ]);
    let expected = ["daily/2017/paris", "lyon", "weekly/2017/paris", "weekly/2018/paris"];
    assert_eq!(ids(&read(&[folder.path().to_owned()])), expected);
    let turned = read(&[folder.path().join("weekly"), folder.path().join("daily")]);
    assert_eq!(ids(&turned), expected, "the order of the paths does not matter");
}

#[test]
fn files_of_one_folder_with_one_stem_are_told_apart_by_their_extension() {
    let folder = folder(&[("a.txt", b"A."), ("a.md", b"B.")]);
    assert_eq!(ids(&read(&[folder.path().to_owned()])), ["a.md", "a.txt"]);
}

#[test]
fn records_of_one_file_with_one_id_are_told_apart_by_their_line() {
    let found =
        read_one("b.jsonl", b"{\"id\":\"x\",\"text\":\"A.\"}\n{\"id\":\"x\",\"text\":\"B.\"}\n");
    assert_eq!(ids(&found), ["x:1", "x:2"]);
}

#[test]
fn a_made_up_id_never_takes_that_of_another_article() {
    let folder =
        folder(&[("d/x.txt", b"A."), ("e/x.txt", b"B."), ("z.txt", b"---\nid: d/x\n---\nC.")]);
    assert_eq!(ids(&read(&[folder.path().to_owned()])), ["d/x", "d/x:2", "e/x"]);
}

// Sidecars and options.

#[test]
fn the_sidecar_of_a_folder_gives_metadata_in_any_order_of_columns() {
    let folder = folder(&[
        ("articles.csv", "\u{feff}outlet,file,language,date,title,url\r\n\"Journal, Le\",a.txt,de,2017-11,Titre,https://x.fr/a\r\n".as_bytes()),
        ("a.txt", FRENCH.as_bytes()),
    ]);
    for path in [folder.path().to_owned(), folder.path().join("a.txt")] {
        let found = read(&[path]);
        assert_eq!(messages(&found), Vec::<String>::new());
        let article = &found.articles[0];
        assert_eq!(article.outlet.as_deref(), Some("Journal, Le"));
        assert_eq!(article.url.as_deref(), Some("https://x.fr/a"));
        assert_eq!(article.title.as_deref(), Some("Titre"));
        assert_eq!(article.language, "de");
        assert_eq!(
            (date(article).as_deref(), article.date_source),
            (Some("2017-11"), DateSource::Sidecar)
        );
    }
}

#[test]
fn what_an_article_replaces_comes_from_metadata_of_every_kind() {
    let folder = folder(&[
        (
            "a.txt",
            format!("---\nsupersedes: one\ncorrects: [two, \"three\"]\n---\n{FRENCH}").as_bytes(),
        ),
        ("b.json", br#"{"id": "b", "supersedes": ["one", "two"], "text": "Prose of an article."}"#),
        ("c.txt", FRENCH.as_bytes()),
        ("articles.csv", b"file,supersedes\nc.txt,one; two\n"),
    ]);
    let found = read(&[folder.path().to_owned()]);
    let replaced: Vec<Vec<&str>> =
        found.articles.iter().map(|article| article.editorial.replaces().collect()).collect();
    assert_eq!(replaced, [vec!["one", "two", "three"], vec!["one", "two"], vec!["one", "two"]]);
    let own: Vec<bool> = found.articles.iter().map(|article| article.editorial.own_id).collect();
    assert_eq!(own, [false, true, false], "only a record that names itself has an id of its own");
}

#[test]
fn a_country_comes_from_the_sidecar_or_from_the_metadata() {
    let folder = folder(&[
        ("a.txt", FRENCH.as_bytes()),
        ("b.txt", format!("---\ncountry: Kenya\n---\n{FRENCH}").as_bytes()),
        ("c.txt", FRENCH.as_bytes()),
        ("articles.csv", b"file,country\na.txt,FR\n"),
    ]);
    let found = read(&[folder.path().to_owned()]);
    let countries: Vec<Option<&str>> =
        found.articles.iter().map(|article| article.country.as_deref()).collect();
    assert_eq!(countries, [Some("FR"), Some("Kenya"), None]);
}

#[test]
fn a_sidecar_names_files_of_folders_below_and_the_nearest_wins() {
    let folder = folder(&[
        ("articles.csv", b"file,outlet,date\nsub/a.txt,Far,2016\nsub/b.txt,Far,2016\n"),
        ("sub/articles.csv", b"file;outlet\na.txt;Near\n"),
        ("sub/a.txt", b"A."),
        ("sub/b.txt", b"B."),
    ]);
    let found = read(&[folder.path().to_owned()]);
    assert_eq!(messages(&found), Vec::<String>::new());
    let outlets: Vec<_> = found.articles.iter().map(|a| a.outlet.as_deref()).collect();
    assert_eq!(outlets, [Some("Near"), Some("Far")]);
    assert_eq!(date(&found.articles[0]).as_deref(), Some("2016"), "each field on its own");
}

#[test]
fn the_files_own_metadata_win_over_the_sidecar_and_it_over_the_options() {
    let folder = folder(&[
        ("articles.csv", b"file,outlet,date\nown.txt,Sidecar,2016\nside.txt,Sidecar,2016\n"),
        ("own.txt", b"---\noutlet: Own\ndate: 2017\n---\nA."),
        ("side.txt", b"B."),
        ("void.txt", b"C."),
    ]);
    let options = IngestOptions {
        outlet: Some("Option".to_owned()),
        assume_date: Some("2015".parse().unwrap()),
        ..IngestOptions::default()
    };
    let found = ingest(&[folder.path().to_owned()], &options).unwrap();
    let seen: Vec<_> = found
        .articles
        .iter()
        .map(|a| (a.outlet.clone().unwrap(), date(a).unwrap(), a.date_source))
        .collect();
    let expected = [
        ("Own", "2017", DateSource::Metadata),
        ("Sidecar", "2016", DateSource::Sidecar),
        ("Option", "2015", DateSource::Assumed),
    ]
    .map(|(outlet, date, source)| (outlet.to_owned(), date.to_owned(), source));
    assert_eq!(seen, expected);
}

#[test]
fn bad_rows_of_a_sidecar_are_problems_with_their_line_and_the_rest_is_used() {
    let folder = folder(&[
        ("articles.csv", b"file,outlet,date,rating\na.txt,O,2017,5\nmissing.txt,O,2017,5\nb.txt,O\nb.txt,P,nope,1\na.txt,Q,2018,1\n,R,,\n"),
        ("a.txt", b"A."),
        ("b.txt", b"B."),
    ]);
    let found = read(&[folder.path().to_owned()]);
    let messages = messages(&found);
    assert_eq!(messages.len(), 5, "{messages:#?}");
    for (line, part) in
        [(3, "missing.txt"), (4, "2 values"), (5, "nope"), (6, "second row"), (7, "no file")]
    {
        let expected = format!("articles.csv:{line}: ");
        assert!(
            messages.iter().any(|m| m.contains(&expected) && m.contains(part)),
            "{line} {part}: {messages:#?}"
        );
    }
    assert_eq!(found.articles[0].outlet.as_deref(), Some("O"));
    assert_eq!(found.articles[1].outlet.as_deref(), Some("P"));
    assert!(found.warnings[0].to_string().contains("rating"));
}

#[test]
fn a_sidecar_without_a_file_column_is_a_problem() {
    let folder = folder(&[("articles.csv", b"name,outlet\na,O\n"), ("a.txt", b"A.")]);
    assert_problem(&read(&[folder.path().to_owned()]), &["articles.csv:1:", "`file`"]);
}

#[test]
fn a_sidecar_given_explicitly_replaces_the_others() {
    let folder = folder(&[
        ("corpus/articles.csv", b"file,outlet\na.txt,Folder\n"),
        ("corpus/a.txt", b"A."),
        ("meta.csv", b"file,outlet\na.txt,Given\n"),
    ]);
    let mut options =
        IngestOptions { sidecar: Some(folder.path().join("meta.csv")), ..IngestOptions::default() };
    let found = ingest(&[folder.path().join("corpus")], &options).unwrap();
    assert_eq!(messages(&found), Vec::<String>::new());
    assert_eq!(found.articles[0].outlet.as_deref(), Some("Given"));
    options.sidecar = Some(folder.path().join("none.csv"));
    let found = ingest(&[folder.path().join("corpus")], &options).unwrap();
    assert_problem(&found, &["none.csv", "cannot read"]);
}

#[test]
fn a_sidecar_given_as_an_article_is_a_problem_that_says_so() {
    let folder = folder(&[("articles.csv", b"file,outlet\na.txt,O\n"), ("a.txt", b"A.")]);
    assert_problem(&read(&[folder.path().join("articles.csv")]), &["articles.csv:1:", "sidecar"]);
}
