//! Letters as sounds, and how far rows of sounds are apart.

use std::collections::{BTreeMap, HashMap};

use any_ascii::any_ascii;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// The end of a word, in entries.
const END: char = '$';
/// A sound that is not the usual one of its letters.
const UNUSUAL: f64 = 0.03;
/// The same between two names of one language.
const UNUSUAL_IN_ONE: f64 = 0.1;
/// A sound that is often not heard.
const OPTIONAL: f64 = 0.05;
/// The same between two names of one language.
const OPTIONAL_IN_ONE: f64 = 0.15;
/// A vowel that is often not heard against one that is.
const MUTE: f64 = 0.15;
/// How much more a difference of vowels counts where both names begin with them.
const FIRST: f64 = 1.6;
/// A vowel that one name has and the other has not …
const VOWEL: f64 = 0.3;
/// … beside another vowel, …
const VOWEL_BY_VOWEL: f64 = 0.15;
/// … at the beginning, …
const FIRST_VOWEL: f64 = 0.35;
/// … and at the end, where it is a gender or another name: "Petrova", "Nigeria".
const LAST_VOWEL: f64 = 0.6;
/// A glide, or h.
const GLIDE: f64 = 0.35;

/// `names/sounds.toml`.
#[derive(Debug, Default)]
pub(super) struct Sounds {
    distances: HashMap<(char, char), f64>,
    tables: Vec<Table>,
}

#[derive(Debug, Default)]
struct Table {
    script: String,
    languages: Vec<String>,
    letters: HashMap<String, Vec<Slot>>,
    unwritten: BTreeMap<char, f64>,
    longest: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SoundsFile {
    distances: BTreeMap<String, f64>,
    table: Vec<TableFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFile {
    script: String,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    unwritten: BTreeMap<char, f64>,
    letters: BTreeMap<String, String>,
}

/// One sound of a name: what it may be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slot {
    /// Sounds, the usual one first.
    sounds: Vec<char>,
    /// Often not heard.
    optional: bool,
}

/// A word as sounds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Spelling {
    pub(super) slots: Vec<Slot>,
    /// What each vowel costs that the script leaves out.
    unwritten: BTreeMap<char, f64>,
}

fn is_vowel(sound: char) -> bool {
    matches!(sound, 'a' | 'e' | 'i' | 'o' | 'u')
}

impl Slot {
    fn parse(text: &str) -> Slot {
        let optional = text.ends_with('?');
        Slot { sounds: text.trim_end_matches('?').chars().collect(), optional }
    }

    fn vowel(&self) -> bool {
        self.sounds.first().copied().is_some_and(is_vowel)
    }

    /// The usual sound, none where it may be mute.
    pub(super) fn usual(&self) -> Option<char> {
        let sound = self.sounds.first().copied().filter(|_| !self.optional)?;
        Some(match sound {
            'e' | 'y' => 'i',
            'o' | 'w' => 'u',
            other => other,
        })
    }

    fn weight(&self) -> f64 {
        match (self.optional, self.vowel()) {
            (true, _) => 0.15,
            (_, true) => 0.5,
            _ => 1.0,
        }
    }

    /// Coarse classes of the sounds it may be; none for vowels and what is easily lost.
    pub(super) fn classes(&self) -> Vec<Option<char>> {
        let mut classes: Vec<Option<char>> = Vec::new();
        for &sound in &self.sounds {
            let class = match sound {
                'p' | 'b' | 'f' => Some('p'),
                't' | 'd' | 'T' | 'D' => Some('t'),
                'k' | 'g' | 'x' | 'G' => Some('k'),
                's' | 'z' | 'S' | 'Z' | 'C' | 'J' | 'c' => Some('s'),
                'm' | 'n' => Some('n'),
                'r' | 'l' => Some(sound),
                _ => None,
            };
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
        if self.optional && !classes.contains(&None) {
            classes.push(None);
        }
        if classes.is_empty() { vec![None] } else { classes }
    }
}

impl Spelling {
    pub(super) fn join<'s>(words: impl Iterator<Item = &'s Spelling>) -> Spelling {
        let mut joined = Spelling::default();
        for word in words {
            joined.slots.extend(word.slots.iter().cloned());
            joined.unwritten.extend(&word.unwritten);
        }
        joined
    }

    pub(super) fn weight(&self) -> f64 {
        self.slots.iter().map(Slot::weight).sum()
    }

    /// What it costs that the other name lacks slot `at`.
    fn drop_cost(&self, at: usize, other: &Spelling, one_tradition: bool) -> f64 {
        let slot = &self.slots[at];
        if slot.optional {
            return if one_tradition { OPTIONAL_IN_ONE } else { OPTIONAL };
        }
        let Some(&sound) = slot.sounds.first() else { return 0.0 };
        if !slot.vowel() {
            return if matches!(sound, 'y' | 'w' | 'h') { GLIDE } else { 1.0 };
        }
        let by_vowel =
            at > 0 && self.slots[at - 1].vowel() || self.slots.get(at + 1).is_some_and(Slot::vowel);
        let written = if at + 1 == self.slots.len() {
            LAST_VOWEL
        } else if by_vowel {
            VOWEL_BY_VOWEL
        } else if at == 0 {
            FIRST_VOWEL
        } else {
            VOWEL
        };
        let last = if at + 1 == self.slots.len() { 3.0 } else { 1.0 };
        let unwritten = other.unwritten.get(&sound).map(|cost| cost * last);
        unwritten.map_or(written, |cost| cost.min(written))
    }
}

impl Sounds {
    pub(super) fn parse(text: &str) -> Result<Sounds, toml::de::Error> {
        let file: SoundsFile = toml::from_str(text)?;
        let mut distances = HashMap::new();
        for (pair, apart) in &file.distances {
            let mut sounds = pair.chars();
            if let (Some(a), Some(b)) = (sounds.next(), sounds.next()) {
                distances.insert((a, b), *apart);
                distances.insert((b, a), *apart);
            }
        }
        let tables = file.table.into_iter().map(|table| {
            let letters: HashMap<String, Vec<Slot>> = table
                .letters
                .iter()
                .map(|(letters, sounds)| {
                    let slots = sounds.split_whitespace().map(Slot::parse).collect();
                    (letters.nfc().collect(), slots)
                })
                .collect();
            let longest = letters.keys().map(|key: &String| key.chars().count()).max().unwrap_or(0);
            Table {
                script: table.script,
                languages: table.languages,
                unwritten: table.unwritten,
                letters,
                longest,
            }
        });
        Ok(Sounds { distances, tables: tables.collect() })
    }

    /// A word as sounds.
    pub(super) fn spell(&self, word: &str, language: &str) -> Spelling {
        let (script, text) = match script_of(word) {
            // Read by the library first; see sounds.toml.
            script @ ("Han" | "Hangul" | "Kana") => (script, any_ascii(word).to_lowercase()),
            "" => ("Latin", any_ascii(word).to_lowercase()),
            script => (script, word.nfc().collect()),
        };
        let of_script = || self.tables.iter().filter(|table| table.script == script);
        let mut tables: Vec<&Table> =
            of_script().filter(|t| t.languages.iter().any(|code| code == language)).collect();
        tables.extend(of_script().filter(|t| t.languages.is_empty()));
        let longest = tables.iter().map(|table| table.longest).max().unwrap_or(0);
        let letters: Vec<char> = text.chars().chain([END]).collect();
        let mut spelling = Spelling {
            slots: Vec::new(),
            unwritten: tables.iter().flat_map(|table| table.unwritten.clone()).collect(),
        };
        let mut at = 0;
        while at < letters.len() {
            let found = (1..=longest.min(letters.len() - at)).rev().find_map(|length| {
                let part: String = letters[at..at + length].iter().collect();
                tables
                    .iter()
                    .find_map(|table| table.letters.get(&part))
                    .map(|slots| (length, slots))
            });
            // An accent that no table knows is left off.
            let plain = |c: char| c.nfd().next().filter(|&base| base != c);
            match found {
                Some((length, slots)) => {
                    // A doubled consonant is one sound, but where a vowel between them is not written.
                    let doubles = !spelling.unwritten.is_empty();
                    for slot in slots {
                        if doubles || slot.vowel() || spelling.slots.last() != Some(slot) {
                            spelling.slots.push(slot.clone());
                        }
                    }
                    at += length;
                }
                None => {
                    let base = plain(letters[at]).map(String::from);
                    let slots = base
                        .as_ref()
                        .and_then(|base| tables.iter().find_map(|table| table.letters.get(base)));
                    spelling.slots.extend(slots.into_iter().flatten().cloned());
                    if letters[at].is_ascii_digit() {
                        spelling.slots.push(Slot { sounds: vec![letters[at]], optional: false });
                    }
                    at += 1;
                }
            }
        }
        spelling
    }

    /// How far two slots are apart.
    pub(super) fn apart(&self, a: &Slot, b: &Slot, one_tradition: bool) -> f64 {
        let mut best: f64 = 1.0;
        for (i, x) in a.sounds.iter().enumerate() {
            for (j, y) in b.sounds.iter().enumerate() {
                let unusual = f64::from(u8::from(i > 0)) + f64::from(u8::from(j > 0));
                let apart = if x == y {
                    0.0
                } else {
                    self.distances.get(&(*x, *y)).copied().unwrap_or(1.0)
                };
                best = best
                    .min(apart + unusual * if one_tradition { UNUSUAL_IN_ONE } else { UNUSUAL });
            }
        }
        // A mute e is not the a of another name.
        if a.optional != b.optional && a.vowel() && b.vowel() {
            best += MUTE;
        }
        // A vowel is no consonant; what both may be was found above.
        if best > 0.9 && a.vowel() != b.vowel() { 1.5 } else { best }
    }

    /// The least cost of aligning two rows of sounds, and the mean of their weights.
    pub(super) fn distance(&self, a: &Spelling, b: &Spelling, one_tradition: bool) -> (f64, f64) {
        let (rows, columns) = (a.slots.len(), b.slots.len());
        let mut cost = vec![vec![0.0; columns + 1]; rows + 1];
        for i in 1..=rows {
            cost[i][0] = cost[i - 1][0] + a.drop_cost(i - 1, b, one_tradition);
        }
        for j in 1..=columns {
            cost[0][j] = cost[0][j - 1] + b.drop_cost(j - 1, a, one_tradition);
        }
        for i in 1..=rows {
            for j in 1..=columns {
                let (x, y) = (&a.slots[i - 1], &b.slots[j - 1]);
                let first = i == 1 && j == 1 && x.vowel() && y.vowel();
                let apart = self.apart(x, y, one_tradition) * if first { FIRST } else { 1.0 };
                let both = cost[i - 1][j - 1] + apart;
                let only_a = cost[i - 1][j] + a.drop_cost(i - 1, b, one_tradition);
                let only_b = cost[i][j - 1] + b.drop_cost(j - 1, a, one_tradition);
                cost[i][j] = both.min(only_a).min(only_b);
            }
        }
        (cost[rows][columns], (a.weight() + b.weight()) / 2.0)
    }
}

/// The script of a word, by its first letter that has one; empty for scripts without a table.
pub(crate) fn script_of(word: &str) -> &'static str {
    let Some(first) = word.chars().find(|c| c.is_alphabetic()) else { return "Latin" };
    match first {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => "Latin",
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => "Greek",
        '\u{400}'..='\u{52f}' => "Cyrillic",
        '\u{590}'..='\u{5ff}' => "Hebrew",
        '\u{600}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' => "Arabic",
        '\u{900}'..='\u{97f}' => "Devanagari",
        '\u{3040}'..='\u{30ff}' => "Kana",
        '\u{4e00}'..='\u{9fff}' => "Han",
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => "Hangul",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_no_table_are_read_by_the_library_and_never_panic() {
        let sounds = Sounds::parse(include_str!("sounds.toml")).unwrap_or_default();
        assert!(!sounds.spell("თბილისი", "ka").slots.is_empty());
        assert!(sounds.spell("🛰️", "").slots.is_empty());
    }
}
