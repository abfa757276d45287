//! What holds for any input to the readers: no panic, and a body that lies in its text.

use std::path::Path;

use proptest::prelude::*;

use super::date::read_date;
use super::decode::decode;
use super::detect::{code_of_tag, language_of_text};
use super::draft::{Draft, Notes};
use super::reading::Reading;
use super::{feed, html, json, table, text};

/// Bytes as they come, and text with the marks that the readers look for.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let marks = prop::sample::select(vec![
        "---\n",
        "+++\n",
        "date: 2017-11",
        " date 2017-11 é",
        "title: \"x",
        "\u{feff}",
        "# ",
        "\r\n",
        "\n",
        "<html>",
        "<p>texte é</p>",
        "<meta charset=\"",
        "<script type='application/ld+json'>{\"@graph\":[",
        "</script>",
        "<!--",
        "&amp",
        "{\"text\": \"é",
        "<rss><channel><item><description>",
        "</description></item></channel></rss>",
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><summary>",
        "</summary></entry></feed>",
        "\"}",
        "[",
        "]",
        ",",
        ";",
        "\"",
        "\u{202e}",
        "ب",
        "'",
        "= ",
    ]);
    let text =
        prop::collection::vec(prop_oneof![marks.prop_map(str::to_owned), "\\PC{0,8}"], 0..16)
            .prop_map(|parts| parts.concat().into_bytes());
    prop_oneof![prop::collection::vec(any::<u8>(), 0..200), text]
}

fn check(drafts: impl IntoIterator<Item = Draft>) {
    for Draft { text, body, .. } in drafts {
        assert!(text.get(body.start..body.end).is_some_and(|body| !body.trim().is_empty()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_reader_panics_and_bodies_lie_in_their_texts(bytes in content()) {
        let mut notes = Notes::new(Path::new("x"));
        let notes = &mut notes;
        let reading = Reading::default();
        let Some(content) = decode(bytes, notes) else { return Ok(()) };
        check(text::read(content.clone(), false, &reading, notes));
        check(text::read(content.clone(), true, &reading, notes));
        check(html::read(&content, &reading, notes));
        check(json::read_lines(&content, &reading, notes));
        check(json::read(&content, false, &reading, notes));
        check(feed::read(&content, &reading, notes));
        check(table::read(&content, None, false, &reading, notes));
        language_of_text(&content);
        let _ = (read_date(&content, None), code_of_tag(&content));
    }

    #[test]
    fn utf_8_text_is_kept_byte_for_byte(content in "\\PC{1,80}") {
        let mut notes = Notes::new(Path::new("x"));
        // Magic numbers and control characters are other formats.
        if let Some(decoded) = decode(content.clone().into_bytes(), &mut notes) {
            prop_assert_eq!(decoded, content);
        }
    }
}
