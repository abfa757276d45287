//! Values for a reader, and the text of articles made safe to show.

use crossclaim::claim::quantity::Quantity;
use crossclaim::claim::time::DateInterval;
use crossclaim::report::label;
use crossclaim::report::visible::{pieces, visible};
use crossclaim::report::{Locale, ReportFormat};
use crossclaim::span::Span;

fn set(text: &str) -> Vec<DateInterval> {
    text.split_whitespace()
        .map(|part| {
            let (first, last) = part.split_once('/').unwrap_or((part, part));
            DateInterval { first: first.parse().unwrap(), last: last.parse().unwrap() }
        })
        .collect()
}

fn both(message: &crossclaim::judge::Message) -> (String, String) {
    let text = |code: &str| Locale::builtin(code).unwrap().text(message).replace('\u{a0}', " ");
    (text("en"), text("fr"))
}

#[test]
fn dates_read_as_a_person_writes_them() {
    let cases = [
        ("2017-11-08", "8 November 2017", "8 novembre 2017"),
        ("2017-08-01", "1 August 2017", "1er août 2017"),
        ("2017-11-01/2017-11-30", "November 2017", "novembre 2017"),
        ("2017-01-01/2017-12-31", "2017", "2017"),
        ("2016-01-01/2017-12-31", "2016–2017", "2016–2017"),
        ("2016-06-01/2016-08-31", "June – August 2016", "juin – août 2016"),
        ("2017-11-09/2017-11-10", "9–10 November 2017", "9–10 novembre 2017"),
        ("2017-10-28/2017-11-03", "28 October – 3 November 2017", "28 octobre – 3 novembre 2017"),
        (
            "2016-12-30/2017-01-02",
            "30 December 2016 – 2 January 2017",
            "30 décembre 2016 – 2 janvier 2017",
        ),
        (
            "2017-11-05 2017-11-12 2017-11-19 2017-11-26",
            "a Sunday (5, 12, 19 or 26 November 2017)",
            "un dimanche (5, 12, 19 ou 26 novembre 2017)",
        ),
        (
            "2017-11-26 2017-12-03",
            "a Sunday (26 November or 3 December 2017)",
            "un dimanche (26 novembre ou 3 décembre 2017)",
        ),
        (
            "2016-11-08 2017-11-08 2018-11-08",
            "8 November 2016, 2017 or 2018",
            "8 novembre 2016, 2017 ou 2018",
        ),
        (
            "2016-11-06 2017-11-05",
            "a Sunday (6 November 2016 or 5 November 2017)",
            "un dimanche (6 novembre 2016 ou 5 novembre 2017)",
        ),
        ("2017-11-08 2017-11-10", "8 or 10 November 2017", "8 ou 10 novembre 2017"),
        (
            "2017-11-01 2017-11-02 2017-11-03 2017-11-04 2017-11-05 2017-11-06 2017-11-07 2017-11-08 2017-11-09",
            "one of 9 days from 1 November 2017 to 9 November 2017",
            "un des 9 jours du 1er novembre 2017 au 9 novembre 2017",
        ),
    ];
    for (days, en, fr) in cases {
        let message = label::date(&set(days), "", None, false);
        assert_eq!(both(&message), (en.to_owned(), fr.to_owned()), "{days}");
    }
}

#[test]
fn nights_assumed_years_and_unknown_dates() {
    let night = label::date(&set("2017-11-09/2017-11-10"), "", Some("2017"), true);
    assert_eq!(
        both(&night),
        (
            "the night of 9–10 November 2017 (2017 assumed)".to_owned(),
            "la nuit du 9–10 novembre 2017 (2017 supposé)".to_owned()
        )
    );
    let month = label::date(&set("2017-11-05"), "", Some("2017-11"), false);
    assert_eq!(both(&month).0, "5 November 2017 (November 2017 assumed)");
    let open = label::date(&[], "dimanche", None, false);
    assert_eq!(both(&open).1, "« dimanche » (date indéterminable)");
}

#[test]
fn a_sentence_begins_with_a_capital() {
    let sunday = label::date(&set("2017-11-05 2017-11-12"), "", None, false);
    let day = label::date(&set("2017-11-08"), "", None, false);
    let why = crossclaim::judge::Message::new(
        "time.disjoint",
        [("a", label::nested(&sunday)), ("b", label::nested(&day))],
    );
    assert!(both(&why).0.starts_with("A Sunday (5 or 12 November 2017) and 8 November 2017 have"));
    let weekday = crossclaim::judge::Message::new(
        "time.weekday-mismatch",
        [("date", "2017-11-08".to_owned()), ("other", label::nested(&sunday))],
    );
    assert!(both(&weekday).1.starts_with("8 novembre 2017 est un mercredi"));
}

#[test]
fn quantities_read_as_a_person_writes_them() {
    let quantity = |low, high, unit: Option<&str>, of: Option<&str>, approximate| Quantity {
        span: Span::new(0, 0),
        text: String::new(),
        low,
        high,
        approximate,
        unit: unit.map(str::to_owned),
        of: of.map(str::to_owned),
        of_span: None,
        increment: false,
        level: None,
        factuality: crossclaim::claim::Factuality::asserted(),
    };
    let cases = [
        (quantity(Some(40.0), Some(40.0), None, Some("dead"), false), "40 dead", "40 morts"),
        (
            quantity(Some(150.0), None, None, Some("terroriste"), false),
            "at least 150 terroriste",
            "au moins 150 terroriste",
        ),
        (quantity(None, Some(40.0), None, None, false), "at most 40", "au plus 40"),
        (quantity(Some(18.0), Some(22.0), None, None, true), "18 to 22", "18 à 22"),
        (
            quantity(Some(1234567.5), Some(1234567.5), Some("EUR"), None, true),
            "about 1,234,567.5 euros",
            "environ 1\u{202f}234\u{202f}567,5 euros",
        ),
        (quantity(Some(1.0), Some(1.0), Some("day"), None, false), "1 day", "1 jour"),
        (quantity(Some(1.0), Some(3.0), Some("day"), None, false), "1 to 3 days", "1 à 3 jours"),
        (quantity(Some(5.0), Some(5.0), Some("percent"), None, false), "5%", "5 %"),
    ];
    for (quantity, en, fr) in cases {
        assert_eq!(both(&label::quantity(&quantity)), (en.to_owned(), fr.to_owned()));
    }
}

#[test]
fn roles_read_as_parts_of_a_sentence() {
    let fire = label::role("fire", ["l’artillerie syrienne", "les frappes aériennes"]);
    assert_eq!(
        both(&fire).1,
        "sous le feu de l’artillerie syrienne et les frappes aériennes".to_owned()
    );
    let cover = label::role("cover", ["les États-Unis"]);
    assert_eq!(both(&cover).1, "sous la couverture des États-Unis");
    let iran = label::role("support", ["Iran"]);
    assert_eq!(both(&iran), ("backed by Iran".to_owned(), "avec l’appui d’Iran".to_owned()));
    let several = label::roles([
        ("helper", vec!["Hezbollah".to_owned(), "Iraqi troops".to_owned()]),
        ("agent", vec!["the army".to_owned()]),
    ]);
    assert_eq!(both(&several).0, "by the army, with Hezbollah and Iraqi troops");
}

#[test]
fn questions_come_from_the_frames() {
    let frames = r#"
        [capture.questions.time]
        en = "When did {theme} fall?"
        fr = "Quand {theme} est-elle tombée ?"
        [capture]
        triggers = ["take"]
    "#;
    let ask = label::question("capture", "time", [("theme", "Kobane".to_owned())]);
    let locale = Locale::builtin("en").unwrap().with_frames("frames.toml", frames).unwrap();
    assert_eq!(locale.text(&ask), "When did Kobane fall?");
    // Without its theme the frame's question has a hole; the general one has none.
    let bare = label::question("capture", "time", []);
    assert_eq!(locale.text(&bare), "When did this happen?");
    assert!(Locale::builtin("en").unwrap().with_frames("x.toml", "[").is_err());
    assert!(Locale::builtin("tlh").unwrap_err().to_string().contains("use one of en, fr"));
}

#[test]
fn hidden_characters_are_shown() {
    assert_eq!(visible("a\u{1b}[31mb\r\n\tc"), "a␛[31mb c");
    assert_eq!(visible("\u{202e}abc\u{202c}\u{feff}"), "⟨U+202E⟩abc⟨U+202C⟩⟨U+FEFF⟩");
    assert_eq!(visible("co\u{ad}operate"), "cooperate");
    assert_eq!(visible("\u{9b}31m"), "⟨U+009B⟩31m");
    // Joiners that a script or an emoji needs stay.
    assert_eq!(visible("می\u{200c}خواهم"), "می\u{200c}خواهم");
    assert_eq!(visible("👩\u{200d}🚒"), "👩\u{200d}🚒");
    assert_eq!(visible("pay\u{200d}pal"), "pay⟨U+200D⟩pal");
}

#[test]
fn evidence_is_cut_out_of_its_sentence() {
    let marked = |evidence: &[(usize, usize)]| {
        let evidence: Vec<Span> = evidence.iter().map(|(s, e)| Span::new(*s, *e)).collect();
        pieces("Il est tombé.", Span::new(10, 24), &evidence)
            .into_iter()
            .map(|piece| if piece.marked { format!("‹{}›", piece.text) } else { piece.text })
            .collect::<String>()
    };
    assert_eq!(marked(&[(13, 16)]), "Il ‹est› tombé.");
    assert_eq!(marked(&[(13, 16), (14, 18)]), "Il ‹est t›ombé.");
    assert_eq!(marked(&[(13, 16), (13, 16)]), "Il ‹est› tombé.");
    assert_eq!(marked(&[(0, 12)]), "‹Il› est tombé.");
    // Spans that do not fit mark nothing and break nothing: 22 is inside "é".
    assert_eq!(marked(&[(17, 22)]), "Il est tombé.");
    assert_eq!(marked(&[(90, 99), (3, 5)]), "Il est tombé.");
    assert_eq!(marked(&[(16, 13)]), "Il est tombé.");
}

#[test]
fn formats_are_known_by_name() {
    for format in ReportFormat::ALL {
        assert_eq!(format.to_string().parse::<ReportFormat>(), Ok(format));
    }
    assert_eq!("md".parse(), Ok(ReportFormat::Markdown));
    assert!("pdf".parse::<ReportFormat>().unwrap_err().contains("text, annotated, markdown, html"));
}
