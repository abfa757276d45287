//! The documented rule of each kind of finding, as SARIF and `crossclaim explain` show it.

use crate::judge::Kind;

/// All kinds, in the order of the design.
pub const KINDS: [Kind; 9] = [
    Kind::Time,
    Kind::Participant,
    Kind::Actor,
    Kind::Quantity,
    Kind::Place,
    Kind::Outcome,
    Kind::Denial,
    Kind::Claim,
    Kind::Stance,
];

/// Relations, severities and voices, one section each.
pub const VOCABULARY: &str = include_str!("../../docs/vocabulary.md");

/// The page of a kind: `docs/rules/<kind>.md`.
pub fn page(kind: Kind) -> &'static str {
    match kind {
        Kind::Time => include_str!("../../docs/rules/time.md"),
        Kind::Participant => include_str!("../../docs/rules/participant.md"),
        Kind::Actor => include_str!("../../docs/rules/actor.md"),
        Kind::Quantity => include_str!("../../docs/rules/quantity.md"),
        Kind::Place => include_str!("../../docs/rules/place.md"),
        Kind::Outcome => include_str!("../../docs/rules/outcome.md"),
        Kind::Denial => include_str!("../../docs/rules/denial.md"),
        Kind::Claim => include_str!("../../docs/rules/claim.md"),
        Kind::Stance => include_str!("../../docs/rules/stance.md"),
    }
}

/// What a kind is, in one sentence: the page's first paragraph, without where its code is.
pub fn summary(kind: Kind) -> String {
    let paragraph = page(kind).split("\n\n").nth(1).unwrap_or_default();
    let folded = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    folded.split(" Code:").next().unwrap_or_default().to_owned()
}

/// The section of [`VOCABULARY`] on a word (a relation, a severity, between whom), its heading included.
pub fn section(word: &str) -> Option<&'static str> {
    let heading = format!("\n### `{word}`\n");
    let start = VOCABULARY.find(&heading)? + 1;
    let rest = VOCABULARY.get(start..)?;
    let end = rest.get(1..)?.find("\n#").map_or(rest.len(), |at| at + 1);
    rest.get(..end).map(str::trim_end)
}

/// The words that [`section`] knows, in the page's order.
pub fn words() -> impl Iterator<Item = &'static str> {
    VOCABULARY.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{Relation, Severity, Voices};
    use crate::report::locale::key;

    #[test]
    fn every_kind_has_a_page_that_begins_with_what_it_is() {
        for kind in KINDS {
            assert!(page(kind).starts_with(&format!("# Kind `{}`\n", key(&kind))), "{kind:?}");
            let summary = summary(kind);
            assert!(summary.ends_with('.') && summary.len() < 200, "{kind:?}: {summary}");
            assert!(!summary.contains('`'), "{kind:?}: {summary}");
        }
    }

    #[test]
    fn every_relation_severity_and_voice_has_a_section() {
        let relations = crate::report::view::RELATIONS.map(|relation| key(&relation));
        let severities = [Severity::Low, Severity::Medium, Severity::High].map(|s| key(&s));
        let voices =
            [Voices::OutletOutlet, Voices::SourceSource, Voices::OutletSource, Voices::SameSource]
                .map(|voices| key(&voices));
        let all: Vec<String> = [&relations[..], &severities, &voices].concat();
        assert_eq!(words().collect::<Vec<_>>(), all);
        for word in &all {
            let text = section(word).unwrap_or_default();
            assert!(text.lines().count() > 2, "{word}: {text}");
        }
        assert_eq!(key(&Relation::Update), "update");
        assert_eq!(section("nonsense"), None);
    }
}
