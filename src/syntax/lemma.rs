//! Lemmas by edit rules: what to cut from a word's ends and what to put there.
//!
//! For a tag, the rule of the longest known suffix is taken; a whole word is the longest suffix
//! of all. The rules are those of UDPipe's lemmatiser (Straka and Straková 2017), without its
//! dictionary.

use std::collections::BTreeMap;

use super::file::{Damage, Reader, Writer};

/// Longest suffix that chooses a rule, in characters; a whole word may be longer.
pub const LONGEST_SUFFIX: usize = 6;

/// Cuts and additions at both ends of a word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EditRule {
    /// What is cut at the start; a word that does not begin with it is not of this rule.
    pub cut_start: String,
    /// What is put there.
    pub put_start: String,
    /// Characters cut at the end.
    pub cut_end: usize,
    /// What is put there.
    pub put_end: String,
}

impl EditRule {
    /// The rule that makes `lemma` of `word`, keeping their longest common part.
    pub fn between(word: &str, lemma: &str) -> Self {
        let (w, l): (Vec<char>, Vec<char>) = (word.chars().collect(), lemma.chars().collect());
        let (mut length, mut at_word, mut at_lemma) = (0, 0, 0);
        for i in 0..w.len() {
            for j in 0..l.len() {
                let same = w[i..].iter().zip(&l[j..]).take_while(|(a, b)| a == b).count();
                if same > length {
                    (length, at_word, at_lemma) = (same, i, j);
                }
            }
        }
        EditRule {
            cut_start: w[..at_word].iter().collect(),
            put_start: l[..at_lemma].iter().collect(),
            cut_end: w.len() - at_word - length,
            put_end: l[at_lemma + length..].iter().collect(),
        }
    }

    /// The rule's result, unless the word is too short for it.
    pub fn apply(&self, word: &str) -> Option<String> {
        let chars: Vec<char> = word.strip_prefix(&self.cut_start)?.chars().collect();
        let kept: String = chars[..chars.len().checked_sub(self.cut_end)?].iter().collect();
        let lemma = format!("{}{kept}{}", self.put_start, self.put_end);
        (!lemma.is_empty()).then_some(lemma)
    }
}

/// The rules of one language.
#[derive(Debug, Clone, Default)]
pub struct Lemmas {
    /// The rules.
    pub rules: Vec<EditRule>,
    /// By tag and suffix, the rule's index. A suffix that begins with `^` is a whole word.
    pub by_suffix: BTreeMap<(u8, String), u16>,
}

impl Lemmas {
    /// The lemma of a word in its normal form, with the tag that the tagger gave it.
    pub fn lemma(&self, tag: u8, word: &str) -> String {
        self.rule(tag, word).and_then(|rule| rule.apply(word)).unwrap_or_else(|| word.to_owned())
    }

    fn rule(&self, tag: u8, word: &str) -> Option<&EditRule> {
        let find = |suffix: &str| self.by_suffix.get(&(tag, suffix.to_owned()));
        let index = find(&format!("^{word}")).or_else(|| suffixes(word).find_map(find))?;
        self.rules.get(usize::from(*index))
    }

    /// Writes the rules; suffixes in order, each without what it shares with the one before.
    pub fn write(&self, out: &mut Writer) {
        out.number(self.rules.len() as u64);
        for rule in &self.rules {
            out.text(&rule.cut_start);
            out.text(&rule.put_start);
            out.number(rule.cut_end as u64);
            out.text(&rule.put_end);
        }
        out.number(self.by_suffix.len() as u64);
        let mut before: Vec<u8> = Vec::new();
        for ((tag, suffix), rule) in &self.by_suffix {
            let bytes = suffix.as_bytes();
            let shared = bytes.iter().zip(&before).take_while(|(a, b)| a == b).count();
            out.number(u64::from(*tag));
            out.number(shared as u64);
            out.bytes(&bytes[shared..]);
            out.number(u64::from(*rule));
            before = bytes.to_vec();
        }
    }

    /// Reads what [`Lemmas::write`] wrote.
    ///
    /// # Errors
    /// When the bytes are none of it.
    pub fn read(from: &mut Reader<'_>) -> Result<Self, Damage> {
        const MOST: usize = 1 << 20;
        let mut lemmas = Lemmas::default();
        for _ in 0..from.size(usize::from(u16::MAX))? {
            lemmas.rules.push(EditRule {
                cut_start: from.text()?,
                put_start: from.text()?,
                cut_end: from.size(MOST)?,
                put_end: from.text()?,
            });
        }
        let mut before: Vec<u8> = Vec::new();
        for _ in 0..from.size(MOST)? {
            let tag = from.size(255)? as u8;
            let shared = from.size(before.len())?;
            before.truncate(shared);
            before.extend_from_slice(from.bytes()?);
            let suffix = String::from_utf8(before.clone())
                .map_err(|_| Damage("a suffix that is no UTF-8"))?;
            lemmas.by_suffix.insert((tag, suffix), from.size(usize::from(u16::MAX))? as u16);
        }
        Ok(lemmas)
    }
}

/// The suffixes of a word, longest first, the empty one last.
pub fn suffixes(word: &str) -> impl Iterator<Item = &str> {
    let mut starts: Vec<usize> = word.char_indices().map(|(i, _)| i).collect();
    starts.push(word.len());
    let from = starts.len().saturating_sub(LONGEST_SUFFIX + 1);
    starts.into_iter().skip(from).map(|start| &word[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_keeps_the_longest_common_part() {
        let rule = EditRule::between("gegangen", "gehen");
        assert_eq!(rule.apply("gegangen").as_deref(), Some("gehen"));
        let rule = EditRule::between("tombées", "tomber");
        assert_eq!(rule.apply("frappées").as_deref(), Some("frapper"));
        assert_eq!(rule.apply("s"), None);
    }

    #[test]
    fn the_longest_known_suffix_decides() {
        let mut lemmas = Lemmas {
            rules: vec![EditRule::between("as", "a"), EditRule::between("was", "be")],
            ..Lemmas::default()
        };
        lemmas.by_suffix.insert((0, "s".to_owned()), 0);
        lemmas.by_suffix.insert((0, "^was".to_owned()), 1);
        assert_eq!(lemmas.lemma(0, "cats"), "cat");
        assert_eq!(lemmas.lemma(0, "was"), "be");
        assert_eq!(lemmas.lemma(1, "cats"), "cats");
    }
}
