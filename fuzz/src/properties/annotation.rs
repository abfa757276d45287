//! What is read off sentences: every span lies in the text that it is of, intervals have their ends in order, and
//! neither the order of things nor a second run changes anything.

use std::sync::LazyLock;

use crossclaim::article::{Article, DateSource, Editorial, Layout};
use crossclaim::claim::Claim;
use crossclaim::claim::annotate::annotate as annotate_article;
use crossclaim::claim::time::publication_days;
use crossclaim::claim::tokens::{Token, tokenize};
use crossclaim::language::names::{Names, phonetic};
use crossclaim::language::{Language, Languages};
use crossclaim::resolve::identity::identity;
use crossclaim::span::Span;
use serde_json::Value;

static LANGUAGES: LazyLock<Languages> =
    LazyLock::new(|| Languages::builtin().expect("the built-in packs compile"));

/// Languages without a pack whose scripts differ from those of the packs: Turkish, Chinese, Hindi, Swahili.
const WITHOUT_PACK: [&str; 4] = ["tr", "zh", "hi", "sw"];

/// Publication dates of an article: known, in part, or not at all.
const DATES: [Option<&str>; 5] =
    [Some("2017-11-10"), Some("2016-02"), Some("2019"), Some("9999-12-31"), None];

fn all_languages() -> impl Iterator<Item = &'static Language> {
    LANGUAGES.iter().chain(WITHOUT_PACK.iter().filter_map(|code| LANGUAGES.get(code)))
}

fn assert_of(span: Span, text: &str, kept: &str) {
    let of = text.get(span.start..span.end);
    assert_eq!(of, Some(kept), "what {span:?} covers of {text:?}");
}

/// A sentence, cut into tokens that cover it in order.
fn tokens_of(text: &str) -> Vec<Token> {
    let tokens = tokenize(text, 0);
    let mut last = 0;
    for token in &tokens {
        assert!(token.span.start >= last && !token.span.is_empty(), "{token:?}");
        assert!(text.get(token.span.start..token.span.end).is_some(), "{token:?}");
        last = token.span.end;
    }
    tokens
}

/// Time expressions of a sentence in every language.
pub fn time(content: &[u8]) {
    let text = String::from_utf8_lossy(content);
    let tokens = tokens_of(&text);
    for language in all_languages() {
        let found = language.time.find(&text, &tokens);
        assert_eq!(found, language.time.find(&text, &tokens));
        let mut last = 0;
        for mut expression in found {
            assert_of(expression.span, &text, &expression.text);
            assert!(expression.span.start >= last, "in order, and apart: {expression:?}");
            last = expression.span.end;
            for date in DATES {
                let days =
                    publication_days(date.map(|date| date.parse().expect("a date")).as_ref());
                expression.resolve(&days, &[], None);
                assert!(expression.intervals.iter().all(|i| i.first <= i.last), "{expression:?}");
                assert!(expression.intervals.is_sorted(), "{expression:?}");
                assert!(!expression.value.is_empty(), "{expression:?}");
                let before = expression.clone();
                expression.resolve(&days, &before.intervals, Some(&before.rule));
                assert!(expression.intervals.iter().all(|i| i.first <= i.last), "{expression:?}");
                assert!(
                    expression.event_intervals(3).iter().all(|i| i.first <= i.last),
                    "{expression:?}"
                );
            }
        }
    }
}

/// Quantities of a sentence in every language.
pub fn numbers(content: &[u8]) {
    let text = String::from_utf8_lossy(content);
    let tokens = tokens_of(&text);
    for language in all_languages() {
        let found = language.quantity.find(&text, &tokens, &[], &[], None);
        assert_eq!(found, language.quantity.find(&text, &tokens, &[], &[], None));
        let mut last = 0;
        for quantity in found {
            assert_of(quantity.span, &text, &quantity.text);
            assert!(quantity.span.start >= last, "in order, and apart: {quantity:?}");
            last = quantity.span.start;
            for bound in [quantity.low, quantity.high].into_iter().flatten() {
                assert!(bound.is_finite(), "{quantity:?}");
            }
            assert!(quantity.low.is_some() || quantity.high.is_some(), "{quantity:?}");
            if let (Some(low), Some(high)) = (quantity.low, quantity.high) {
                assert!(low <= high, "{quantity:?}");
            }
            if let Some(span) = quantity.of_span {
                assert!(
                    text.get(span.start..span.end).is_some_and(|of| !of.is_empty()),
                    "{quantity:?}"
                );
            }
        }
    }
}

/// Two names, on a line each.
pub fn names(content: &[u8]) {
    let text = String::from_utf8_lossy(content);
    let (first, second) = text.split_once('\n').unwrap_or((&text, ""));
    let names = Names::builtin();
    let no_state = |_: &str| None;
    for (one, other) in [("", ""), ("fr", "ar"), ("en", "ru"), ("zh", "en"), ("ar", "ar")] {
        let (a, b) = (names.form(first, one, &no_state), names.form(second, other, &no_state));
        let (there, back) = (names.compare(&a, &b), names.compare(&b, &a));
        assert_eq!(there.same, back.same, "{first:?} ({one}) and {second:?} ({other})");
        assert!(
            (0.0..=1.0).contains(&there.distance),
            "{there:?}: {first:?} ({one}), {second:?} ({other})"
        );
        assert_eq!(names.keys(&a), names.keys(&names.form(first, one, &no_state)));
        let there = identity(&LANGUAGES, (first, one), (second, other));
        let back = identity(&LANGUAGES, (second, other), (first, one));
        assert_eq!(there.same, back.same, "{first:?} ({one}) and {second:?} ({other})");
        assert!((0.0..=1.0).contains(&there.distance), "{there:?}");
    }
    names.initials(first);
    phonetic(first);
}

/// The claims of an article. The first byte chooses its language and what is known of its date.
pub fn annotate(content: &[u8]) {
    let Some((&choice, content)) = content.split_first() else { return };
    let codes: Vec<&str> =
        LANGUAGES.iter().map(|l| l.pack.code.as_str()).chain(WITHOUT_PACK).chain(["und"]).collect();
    let choice = usize::from(choice);
    let text = String::from_utf8_lossy(content);
    annotate_text(&text, codes[choice % codes.len()], DATES[choice / codes.len() % DATES.len()]);
}

/// The claims of a text in a language, with a publication date or none.
pub fn annotate_text(text: &str, language: &str, date: Option<&str>) {
    let prose = text.trim();
    let start = text.len() - text.trim_start().len();
    let date = date.map(|date| date.parse().expect("a date"));
    let article = Article {
        id: "story".to_owned(),
        path: "story.txt".to_owned(),
        outlet: None,
        title: None,
        url: None,
        country: None,
        editorial: Editorial::default(),
        language: language.to_owned(),
        date,
        date_source: if date.is_some() { DateSource::Metadata } else { DateSource::Unknown },
        cut: false,
        text: text.to_owned(),
        body: Span::new(start, start + prose.len()),
        layout: Layout::File,
        hash: String::new(),
    };
    let claims = annotate_article(&article, &LANGUAGES);
    assert_eq!(claims, annotate_article(&article, &LANGUAGES));
    let mut last = article.body.start;
    for claim in &claims {
        assert!(
            claim.span.start >= last && claim.span.end <= article.body.end,
            "in order, in the body: {claim:?}"
        );
        last = claim.span.end;
        well_formed(claim, text);
    }
}

fn well_formed(claim: &Claim, text: &str) {
    assert_of(claim.span, text, &claim.text);
    for time in &claim.times {
        assert!(
            time.intervals.iter().all(|i| i.first <= i.last) && time.intervals.is_sorted(),
            "{time:?}"
        );
    }
    for event in &claim.events {
        assert!(event.times.iter().all(|&at| at < claim.times.len()), "{event:?}");
        assert!(event.quantities.iter().all(|&at| at < claim.quantities.len()), "{event:?}");
    }
    // A dump leaves them out.
    for word in &claim.content {
        assert!(
            text.get(word.span.start..word.span.end).is_some_and(|word| !word.is_empty()),
            "{word:?}"
        );
    }
    let dumped = serde_json::to_value(claim).expect("a claim can be written");
    spans_fit(&dumped, text);
}

/// Names of fields that hold spans, of whatever annotation.
const SPANS: [&str; 8] =
    ["span", "source_span", "of_span", "trigger", "cue", "content", "repetition", "clause"];

/// Goes through all that a claim holds, so that a new annotation is looked at too.
fn spans_fit(value: &Value, text: &str) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| spans_fit(value, text)),
        Value::Object(fields) => {
            for (name, value) in fields {
                if let (Some(span), true) = (span(value), SPANS.contains(&name.as_str())) {
                    let covered = text.get(span.start..span.end);
                    assert!(
                        covered.is_some(),
                        "{name} {span:?} lies in no text of {} bytes: {fields:?}",
                        text.len()
                    );
                    let kept = fields.get("text").and_then(Value::as_str);
                    if let (Some(kept), true) = (kept, name == "span") {
                        assert_eq!(covered, Some(kept), "{fields:?}");
                    }
                }
                spans_fit(value, text);
            }
        }
        _ => {}
    }
}

fn span(value: &Value) -> Option<Span> {
    match value.as_array()?.as_slice() {
        [start, end] => Some(Span::new(start.as_u64()? as usize, end.as_u64()? as usize)),
        _ => None,
    }
}
