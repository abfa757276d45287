//! Fingerprints: one finding keeps one name through moved files, other models and new packs.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::Kind;

/// The first 16 hexadecimal digits of a SHA-256 over the kind and the two sentences, folded and
/// sorted: no position, score, model or file name takes part.
pub fn fingerprint(kind: Kind, a: &str, b: &str) -> String {
    let (a, b) = (fold(a), fold(b));
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    let kind = serde_json::to_string(&kind).unwrap_or_default();
    hex(&[kind.as_str(), &first, &second].join("\u{1f}"))[..16].to_owned()
}

/// NFKC, with every run of white space made one space.
pub fn fold(text: &str) -> String {
    let normal: String = text.nfkc().collect();
    normal.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// SHA-256 in hexadecimal.
pub fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_spacing_do_not_matter_but_the_kind_does() {
        let print = fingerprint(Kind::Time, "Il est tombé\u{a0}lundi.", "Non, mardi.");
        assert_eq!(print, fingerprint(Kind::Time, "Non,  mardi.", "Il est tombé lundi."));
        assert_ne!(print, fingerprint(Kind::Place, "Il est tombé lundi.", "Non, mardi."));
        assert_eq!(print.len(), 16);
    }
}
