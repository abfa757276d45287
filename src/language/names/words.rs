//! The words of names: which are articles, which say something that other languages translate, and
//! which spell the name out.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::STATE;

/// Letters that `stem~` accepts after the stem.
const LONGEST_ENDING: usize = 4;
/// Words of the longest entry.
const LONGEST_ENTRY: usize = 3;
/// Shortest form ("abdul") that may be written together with the next word.
const SHORTEST_PREFIX: usize = 5;

/// What a word of a name is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    Article,
    /// "of", "and": nothing in the name of an institution, part of any other name.
    Function,
    Qualifier(String),
    Concepts(Vec<String>),
    Given(String),
    /// A word with many forms, in the one that stands for all.
    Form(String),
    Plain,
}

/// A word of a name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NameWord {
    /// In lower case, without a joined article.
    pub(super) text: String,
    pub(super) meaning: Meaning,
    /// A single capital.
    pub(super) initial: bool,
}

/// `names/words.toml`.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: HashMap<String, Meaning>,
    stems: HashMap<String, Meaning>,
    silent: HashSet<String>,
    prefixes: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsFile {
    articles: Vec<String>,
    function_words: Vec<String>,
    forms: BTreeMap<String, Vec<String>>,
    qualifiers: BTreeMap<String, Vec<String>>,
    kinds: BTreeMap<String, Vec<String>>,
    compounds: BTreeMap<String, Vec<String>>,
    silent: Silent,
    given: BTreeMap<String, Vec<String>>,
    ordinals: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Silent {
    words: HashSet<String>,
}

impl Vocabulary {
    pub(super) fn parse(text: &str) -> Result<Vocabulary, toml::de::Error> {
        let file: WordsFile = toml::from_str(text)?;
        let mut vocabulary = Vocabulary { silent: file.silent.words, ..Vocabulary::default() };
        let prefixes = file.forms.iter().flat_map(|(to, all)| {
            all.iter()
                .filter(|form| form.chars().count() >= SHORTEST_PREFIX)
                .map(move |form| (form.clone(), to.clone()))
        });
        vocabulary.prefixes = prefixes.collect();
        // The first that claims a word keeps it.
        let single = |meaning: Meaning, words: Vec<String>| (meaning, words);
        let mut entries = vec![
            single(Meaning::Article, file.articles),
            single(Meaning::Function, file.function_words),
        ];
        type MeaningOf = fn(String) -> Meaning;
        let tables: [(BTreeMap<String, Vec<String>>, MeaningOf); 5] = [
            (file.forms, Meaning::Form),
            (file.ordinals, Meaning::Qualifier),
            (file.given, Meaning::Given),
            (file.qualifiers, Meaning::Qualifier),
            (file.kinds, |concept| Meaning::Concepts(vec![concept])),
        ];
        for (table, meaning) in tables {
            entries.extend(table.into_iter().map(|(id, words)| (meaning(id), words)));
        }
        entries.extend(
            file.compounds.into_iter().map(|(word, all)| (Meaning::Concepts(all), vec![word])),
        );
        for (meaning, words) in entries {
            for word in words {
                let (stem, table) = match word.strip_suffix('~') {
                    Some(stem) => (stem, &mut vocabulary.stems),
                    None => (word.as_str(), &mut vocabulary.words),
                };
                table.entry(fold(stem)).or_insert_with(|| meaning.clone());
            }
        }
        Ok(vocabulary)
    }

    pub(super) fn is_silent(&self, concept: &str) -> bool {
        self.silent.contains(concept)
    }

    /// The words of a name, each with its meaning.
    pub(super) fn read(
        &self,
        name: &str,
        country: &dyn Fn(&str) -> Option<String>,
    ) -> Vec<NameWord> {
        let words = split(name);
        let mut read = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let longest = LONGEST_ENTRY.min(words.len() - at);
            let found = (1..=longest).rev().find_map(|length| {
                let text = words[at..at + length]
                    .iter()
                    .map(|w| w.0.as_str())
                    .collect::<Vec<_>>()
                    .join(" ");
                let meaning = country(&text)
                    .map(|state| Meaning::Concepts(vec![format!("{STATE}{state}")]))
                    .or_else(|| self.lookup(&text))?;
                Some((length, NameWord { text, meaning, initial: false }))
            });
            let (text, initial) = &words[at];
            match found {
                Some((length, word)) => {
                    // An ordinal without a name before it is none: "V. Putin", "Xi Jinping".
                    let ordinal =
                        matches!(&word.meaning, Meaning::Qualifier(number) if is_number(number));
                    if read.is_empty() && (*initial || ordinal) {
                        read.push(NameWord { meaning: Meaning::Plain, initial: *initial, ..word });
                    } else {
                        read.push(word);
                    }
                    at += length;
                }
                None => {
                    match self.prefix(text) {
                        Some((form, rest)) => {
                            read.push(NameWord {
                                text: form.clone(),
                                meaning: Meaning::Form(form),
                                initial: false,
                            });
                            read.push(NameWord {
                                text: rest,
                                meaning: Meaning::Plain,
                                initial: false,
                            });
                        }
                        None => read.push(NameWord {
                            text: text.clone(),
                            meaning: Meaning::Plain,
                            initial: *initial,
                        }),
                    }
                    at += 1;
                }
            }
        }
        // A name of nothing but articles is a name.
        if read.iter().all(|word| matches!(word.meaning, Meaning::Article | Meaning::Function)) {
            for word in &mut read {
                word.meaning = Meaning::Plain;
            }
        }
        read
    }

    fn lookup(&self, word: &str) -> Option<Meaning> {
        let folded = fold(word);
        if let Some(meaning) = self.words.get(&folded) {
            return Some(meaning.clone());
        }
        let ends: Vec<usize> =
            folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
        (0..=LONGEST_ENDING.min(ends.len().saturating_sub(2)))
            .find_map(|cut| self.stems.get(&folded[..ends[ends.len() - 1 - cut]]))
            .cloned()
    }

    /// "Abdulmalik": "Abdul" and "malik".
    fn prefix(&self, word: &str) -> Option<(String, String)> {
        self.prefixes.iter().find_map(|(prefix, form)| {
            let rest = word.strip_prefix(prefix.as_str())?;
            (rest.chars().count() >= 3).then(|| (form.clone(), rest.to_owned()))
        })
    }
}

/// Whether a qualifier is an ordinal.
pub(super) fn is_number(qualifier: &str) -> bool {
    qualifier.chars().all(|c| c.is_ascii_digit())
}

/// Words in lower case, and whether each is an initial. Arabic gives up its article, French its
/// elision, Chinese is one word a capital of its reading.
fn split(name: &str) -> Vec<(String, bool)> {
    let name: String =
        name.nfc().filter(|c| !matches!(c, '\u{640}' | '\u{64b}'..='\u{652}')).collect();
    let mut words: Vec<(String, bool)> = Vec::new();
    let separators = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '-' | '–'
                    | '‐'
                    | '/'
                    | ','
                    | '('
                    | ')'
                    | '«'
                    | '»'
                    | '"'
                    | '“'
                    | '”'
                    | '·'
                    | '・'
                    | '&'
            )
    };
    for part in name.split(separators).filter(|part| !part.is_empty()) {
        let abbreviated = part.ends_with('.') || part.chars().count() == 1;
        let part = part.trim_matches(|c: char| !c.is_alphanumeric() && !is_combining_mark(c));
        let part = match part.split_once(['\'', '’']) {
            Some((elided, rest)) if matches!(elided.to_lowercase().as_str(), "l" | "d") => rest,
            _ => part.strip_suffix("'s").or_else(|| part.strip_suffix("’s")).unwrap_or(part),
        };
        if part.is_empty() {
            continue;
        }
        let single = part.chars().count() == 1 && abbreviated;
        let hebrew = part.chars().any(|c| ('\u{590}'..='\u{5ff}').contains(&c));
        let mut word: String = part
            .chars()
            .filter(|&c| hebrew || !matches!(c, '\'' | '’' | 'ʼ' | 'ʻ' | '`' | 'ʿ' | 'ʾ'))
            .collect::<String>()
            .to_lowercase();
        if let Some(rest) = word.strip_prefix("ال").filter(|rest| rest.chars().count() >= 2) {
            word = rest.to_owned();
        }
        words.push((word, single));
    }
    words
}

/// A word for look-up: without accents in Latin and Greek, with one alef and one ya in Arabic.
pub(crate) fn fold(word: &str) -> String {
    let latin = |c: char| c < '\u{400}' || ('\u{1e00}'..='\u{1fff}').contains(&c);
    let mut folded = String::new();
    for c in word.to_lowercase().nfc() {
        match c {
            'أ' | 'إ' | 'آ' => folded.push('ا'),
            'ى' | 'ی' => folded.push('ي'),
            'ک' => folded.push('ك'),
            'ё' => folded.push('е'),
            c if latin(c) => folded.extend(c.nfd().filter(|&c| !is_combining_mark(c))),
            c => folded.push(c),
        }
    }
    folded
}
