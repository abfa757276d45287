//! Articles of which only the beginning is at hand: behind a paywall, or cut by the program that fetched them. What
//! such an article leaves out, its outlet may well have told.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// A longer text is the article, whatever its last words promise to subscribers.
const LONGEST_STUB: usize = 3_000;
/// A page that says of itself that it is not free is taken for cut below this many bytes; the whole text of many
/// such pages is there, hidden by the browser.
const LONGEST_TEASER: usize = 1_200;
/// How far from the end a phrase may stand, in bytes.
const END_BYTES: usize = 400;

/// `stubs.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    marks: Vec<String>,
    phrases: BTreeMap<String, Vec<String>>,
}

/// What is matched: marks at the very end, and phrases near it.
struct Signs {
    marks: Vec<Regex>,
    phrases: Vec<String>,
}

static SIGNS: LazyLock<Option<Signs>> = LazyLock::new(|| {
    let data: Data = toml::from_str(include_str!("stubs.toml")).ok()?;
    let marks: Result<Vec<Regex>, _> = data.marks.iter().map(|mark| Regex::new(mark)).collect();
    let phrases = data.phrases.into_values().flatten().map(|phrase| phrase.to_lowercase());
    Some(Signs { marks: marks.ok()?, phrases: phrases.collect() })
});

/// Whether `prose` looks like the beginning of an article only; `paywalled`: its page says that it is not free.
pub(super) fn is_cut(prose: &str, paywalled: bool) -> bool {
    if prose.len() > LONGEST_STUB {
        return false;
    }
    if paywalled && prose.len() < LONGEST_TEASER {
        return true;
    }
    let end = &prose[prose.ceil_char_boundary(prose.len().saturating_sub(END_BYTES))..];
    let lower = end.to_lowercase();
    SIGNS.as_ref().is_some_and(|signs| {
        signs.marks.iter().any(|mark| mark.is_match(end))
            || signs.phrases.iter().any(|phrase| lower.contains(phrase.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_file_is_well_formed() {
        assert!(SIGNS.is_some());
    }

    #[test]
    fn a_short_text_that_ends_in_a_call_to_subscribe_is_cut() {
        for text in [
            "Le barrage a cédé dans la nuit. Cet article est réservé aux abonnés.",
            "The dam broke overnight. Subscribe to continue reading.",
            "Плотину прорвало ночью. Чтобы продолжить чтение, оформите подписку.",
            "The dam broke overnight, and the valley… [+2417 chars]",
            "The dam broke overnight, and then …",
        ] {
            assert!(is_cut(text, false), "{text}");
        }
    }

    #[test]
    fn a_whole_text_is_not_cut() {
        let long = "The dam broke overnight. ".repeat(200) + "Subscribe to continue reading.";
        assert!(!is_cut(&long, true), "a long text is the article");
        assert!(!is_cut("The dam broke overnight, the governor said.", false));
        let told_of = "He said that he would not subscribe to continue reading such papers. "
            .to_owned()
            + &"Nobody had asked him to. ".repeat(20);
        assert!(!is_cut(&told_of, false), "the words stand far from the end");
    }

    #[test]
    fn a_page_that_is_not_free_is_cut_where_it_is_short() {
        assert!(is_cut("The dam broke overnight.", true));
    }
}
