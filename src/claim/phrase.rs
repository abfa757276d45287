//! Cue phrases of the language packs, matched over tokens.
//!
//! A phrase is written as space-separated words. In each word `a|b` are alternatives, `stem~`
//! takes any of the pack's inflection endings, `stem*` any ending at all, `*end` any beginning (compounds), a
//! final `?` makes the word optional, and `_` stands for any one token. Words match in [`normal_form`], and also
//! after one of the pack's clitics ("و" in "وقال") is taken off.

use std::collections::HashMap;

use super::tokens::{Token, normal_form};
use crate::span::Span;

/// How one language inflects words and glues small ones on: the pack's `endings` and `clitics`.
#[derive(Debug, Clone, Default)]
pub struct Morphology {
    /// Endings that `stem~` accepts; the empty ending must be listed if allowed.
    pub endings: Vec<String>,
    /// Particles that may be glued before a word.
    pub clitics: Vec<String>,
}

/// One alternative of one word of a phrase.
#[derive(Debug, Clone, PartialEq)]
enum WordPattern {
    Any,
    Exact(String),
    Stem(String),
    Prefix(String),
    Suffix(String),
}

#[derive(Debug, Clone)]
struct PhraseWord {
    alternatives: Vec<WordPattern>,
    optional: bool,
}

/// A set of phrases, each with a payload, that is matched over a sentence in one pass.
#[derive(Debug, Clone)]
pub struct PhraseSet<P> {
    phrases: Vec<(Vec<PhraseWord>, P)>,
    exact: HashMap<String, Vec<usize>>,
    stems: HashMap<String, Vec<usize>>,
    anywhere: Vec<usize>,
    morphology: Morphology,
}

/// A phrase found: token range and the payload of the phrase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhraseMatch<'s, P> {
    /// Index of the first token.
    pub first: usize,
    /// Index one past the last token.
    pub end: usize,
    /// What the phrase means.
    pub payload: &'s P,
}

impl<P> PhraseMatch<'_, P> {
    /// The bytes that the match covers.
    pub fn span(&self, tokens: &[Token]) -> Span {
        tokens[self.first].span.cover(&tokens[self.end - 1].span)
    }
}

impl<P> Default for PhraseSet<P> {
    fn default() -> Self {
        PhraseSet::new(std::iter::empty::<(&str, P)>(), Morphology::default())
    }
}

impl<P> PhraseSet<P> {
    /// Compiles phrases. A phrase may begin with an optional word only if another one follows.
    pub fn new<S: AsRef<str>>(
        phrases: impl IntoIterator<Item = (S, P)>,
        morphology: Morphology,
    ) -> Self {
        let mut set = PhraseSet {
            phrases: Vec::new(),
            exact: HashMap::new(),
            stems: HashMap::new(),
            anywhere: Vec::new(),
            morphology,
        };
        for (phrase, payload) in phrases {
            let words: Vec<PhraseWord> =
                phrase.as_ref().split_whitespace().map(parse_word).collect();
            if words.is_empty() {
                continue;
            }
            let index = set.phrases.len();
            for word in &words {
                for alternative in &word.alternatives {
                    match alternative {
                        WordPattern::Any | WordPattern::Suffix(_) => set.anywhere.push(index),
                        WordPattern::Exact(form) => push(&mut set.exact, form, index),
                        WordPattern::Stem(form) | WordPattern::Prefix(form) => {
                            push(&mut set.stems, form, index);
                        }
                    }
                }
                if !word.optional {
                    break;
                }
            }
            set.phrases.push((words, payload));
        }
        set
    }

    /// Whether the set holds no phrase.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// All matches, by first token, the longest first at each; matches may overlap.
    pub fn find_all<'s>(&'s self, tokens: &[Token]) -> Vec<PhraseMatch<'s, P>> {
        let mut found = Vec::new();
        for first in 0..tokens.len() {
            let mut here = self.find_at(tokens, first);
            here.sort_by_key(|m| std::cmp::Reverse(m.end));
            found.extend(here);
        }
        found
    }

    /// Matches that do not overlap: leftmost, then longest.
    pub fn find<'s>(&'s self, tokens: &[Token]) -> Vec<PhraseMatch<'s, P>> {
        let mut kept: Vec<PhraseMatch<'s, P>> = Vec::new();
        for m in self.find_all(tokens) {
            if kept.last().is_none_or(|last| m.first >= last.end) {
                kept.push(m);
            }
        }
        kept
    }

    /// The matches that begin at token `first`, the longest variant of each phrase.
    pub fn find_at<'s>(&'s self, tokens: &[Token], first: usize) -> Vec<PhraseMatch<'s, P>> {
        let Some(token) = tokens.get(first) else { return Vec::new() };
        let mut candidates: Vec<usize> = self.anywhere.clone();
        for form in self.forms(&token.lower) {
            candidates.extend(self.exact.get(form).into_iter().flatten());
            for (end, _) in form.char_indices().skip(1).chain([(form.len(), ' ')]) {
                candidates.extend(self.stems.get(&form[..end]).into_iter().flatten());
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
            .into_iter()
            .filter_map(|index| {
                let (words, payload) = &self.phrases[index];
                let end = self.match_words(words, tokens, first)?;
                Some(PhraseMatch { first, end, payload })
            })
            .collect()
    }

    fn match_words(&self, words: &[PhraseWord], tokens: &[Token], at: usize) -> Option<usize> {
        let Some((word, rest)) = words.split_first() else { return Some(at) };
        let matches = tokens.get(at).is_some_and(|token| self.word_matches(word, &token.lower));
        let taken = matches.then(|| self.match_words(rest, tokens, at + 1)).flatten();
        if taken.is_none() && word.optional {
            return self.match_words(rest, tokens, at);
        }
        taken
    }

    fn word_matches(&self, word: &PhraseWord, lower: &str) -> bool {
        word.alternatives.iter().any(|alternative| match alternative {
            WordPattern::Any => true,
            WordPattern::Exact(form) => self.forms(lower).any(|f| f == form),
            WordPattern::Suffix(end) => lower.ends_with(end.as_str()),
            WordPattern::Prefix(stem) => self.forms(lower).any(|f| f.starts_with(stem.as_str())),
            WordPattern::Stem(stem) => self.forms(lower).any(|f| {
                f.strip_prefix(stem.as_str())
                    .is_some_and(|ending| self.morphology.endings.iter().any(|e| e == ending))
            }),
        })
    }

    /// The word itself, and the word without a clitic where enough of it is left.
    fn forms<'w>(&'w self, lower: &'w str) -> impl Iterator<Item = &'w str> {
        std::iter::once(lower).chain(self.morphology.clitics.iter().filter_map(move |clitic| {
            lower.strip_prefix(clitic.as_str()).filter(|rest| rest.chars().count() >= 2)
        }))
    }
}

fn push(index: &mut HashMap<String, Vec<usize>>, form: &str, phrase: usize) {
    index.entry(form.to_owned()).or_default().push(phrase);
}

fn parse_word(word: &str) -> PhraseWord {
    let (word, optional) = match word.strip_suffix('?') {
        Some(rest) if !rest.is_empty() => (rest, true),
        _ => (word, false),
    };
    let alternatives = word
        .split('|')
        .map(|alternative| {
            if alternative == "_" {
                WordPattern::Any
            } else if let Some(stem) = alternative.strip_suffix('~') {
                WordPattern::Stem(normal_form(stem))
            } else if let Some(end) = alternative.strip_prefix('*') {
                WordPattern::Suffix(normal_form(end))
            } else if let Some(stem) = alternative.strip_suffix('*') {
                WordPattern::Prefix(normal_form(stem))
            } else {
                WordPattern::Exact(normal_form(alternative))
            }
        })
        .collect();
    PhraseWord { alternatives, optional }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::tokens::tokenize;

    fn french() -> Morphology {
        Morphology {
            endings: ["", "e", "é", "ée", "ent", "er"].map(String::from).to_vec(),
            clitics: Vec::new(),
        }
    }

    fn found(phrases: &[&str], text: &str) -> Vec<String> {
        let set = PhraseSet::new(phrases.iter().map(|p| (*p, ())), french());
        let tokens = tokenize(text, 0);
        set.find(&tokens).iter().map(|m| m.span(&tokens).of(text).to_owned()).collect()
    }

    #[test]
    fn a_stem_takes_listed_endings_only() {
        assert_eq!(found(&["chass~"], "ils chassent le chasseur chassé"), ["chassent", "chassé"]);
    }

    #[test]
    fn optional_words_and_alternatives() {
        assert_eq!(
            found(&["pris|prend tout? le contrôle"], "a pris le contrôle, prend tout le contrôle"),
            ["pris le contrôle", "prend tout le contrôle"]
        );
    }

    #[test]
    fn the_longest_of_overlapping_phrases_wins() {
        assert_eq!(
            found(&["prise", "prise de contrôle"], "la prise de contrôle"),
            ["prise de contrôle"]
        );
    }

    #[test]
    fn clitics_are_taken_off() {
        let morphology = Morphology { endings: vec![], clitics: vec!["و".into()] };
        let set = PhraseSet::new([("قال", ())], morphology);
        assert_eq!(set.find(&tokenize("وقال الوزير", 0)).len(), 1);
    }
}
