//! Who says it: sources, their cues, and sources that quote sources.

mod phrases;
mod reader;

use serde::{Deserialize, Serialize};

pub use self::reader::AttributionReader;
use crate::span::Span;

/// One source of a claim. A claim's sources are kept outermost first: in "selon la chaîne, un
/// officier affirme", the channel, then the officer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// The source's name as written: "une source militaire", "Sana".
    pub source: String,
    /// Where the source is named; for a pronoun or an anaphor ("la source"), where it was named.
    pub source_span: Span,
    /// The cue word: "selon", "a indiqué".
    pub cue: String,
    /// Where the cue stands.
    pub span: Span,
    /// The stretch of text that the source vouches for.
    pub content: Span,
    /// The source is given no name ("une source", "officials").
    pub anonymous: bool,
    /// The entity's id across the corpus, once resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
}

/// The pack section `[attribution]`; phrases are in the syntax of `claim/phrase.rs`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttributionSection {
    /// "selon", "according to": the source follows.
    pub according_to: Vec<String>,
    /// Verbs of saying: the source stands before or behind.
    pub verbs: Vec<String>,
    /// Forms of them that stand only behind what is said, with a pronoun in them:
    /// "a-t-elle précisé".
    pub inverted: Vec<String>,
    /// "contacté par", "told": the outlet that another source spoke to.
    pub contact: Vec<String>,
    /// "à l'", "to": with a verb of saying, what names the outlet spoken to.
    pub told_to: Vec<String>,
    /// Nouns that can be a source.
    pub nouns: Vec<String>,
    /// Phrases in a source's name that show it has none: "une source", "sous couvert de
    /// l'anonymat".
    pub anonymous: Vec<String>,
    /// "elle", "la source": the source named last.
    pub anaphors: Vec<String>,
    /// Words of a source's name that are neither capitalised nor source nouns: "militaire".
    pub inside: Vec<String>,
    /// "que", "that": opens what is said.
    pub that: Vec<String>,
    /// Words in which a verb of saying says nothing: "c'est-à-dire", "il faut dire".
    pub none: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::tokens::tokenize;
    use crate::language::Languages;

    /// Rows: sentences parted by ` / `, then the sources of the last one, outermost first, as
    /// `source (anonymous)` joined by ` > `.
    fn check(code: &str, table: &str) {
        let languages = Languages::builtin().unwrap();
        let reader = &languages.get(code).unwrap().attribution;
        let mut wrong = Vec::new();
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (text, expected) = line.split_once('\t').unwrap_or((line, "none"));
            let mut sentences = Vec::new();
            let mut start = 0;
            for part in text.split(" / ") {
                let span = Span::new(start, start + part.len());
                sentences.push((span, tokenize(part, start)));
                start = span.end + 3;
            }
            let found = reader.find(text, &sentences);
            let shown: Vec<String> = found
                .last()
                .into_iter()
                .flatten()
                .map(|a| {
                    assert_eq!(a.source_span.of(text), a.source);
                    assert_eq!(a.span.of(text), a.cue);
                    assert!(!a.content.is_empty());
                    format!("{}{}", a.source, if a.anonymous { " (anonymous)" } else { "" })
                })
                .collect();
            let shown = if shown.is_empty() { "none".to_owned() } else { shown.join(" > ") };
            if shown != expected {
                wrong.push(format!("{text}\n  expected {expected}\n  is       {shown}"));
            }
        }
        assert!(wrong.is_empty(), "{code}:\n{}", wrong.join("\n"));
    }

    macro_rules! tables {
        ($($code:ident),*) => {$(
            #[test]
            fn $code() {
                check(stringify!($code), include_str!(concat!(
                    "../../tests/rules/attribution/", stringify!($code), ".tsv")));
            }
        )*};
    }
    tables!(ar, de, en, es, fr, ru);

    #[test]
    fn a_quotation_is_what_the_source_vouches_for() {
        let languages = Languages::builtin().unwrap();
        let text = "«Daech a fui», a indiqué la source militaire.";
        let sentences = [(Span::new(0, text.len()), tokenize(text, 0))];
        let found = languages.get("fr").unwrap().attribution.find(text, &sentences);
        assert_eq!(found[0][0].content.of(text), "Daech a fui");
    }
}
