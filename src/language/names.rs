//! Whether two spellings, of any script and language, are one name.
//!
//! Nothing here knows names; what it knows are letters, sounds and the words that names translate:
//! `names/sounds.toml` says what letters stand for and how far sounds are apart, `names/words.toml`
//! holds words like "north" and "ministry". A name is read into a [`Form`]: what it translates, and
//! what it spells out as a row of sounds. [`Names::compare`] asks that both translate the same, and
//! that the sounds can be aligned at little cost (a weighted edit distance after Wagner and Fischer
//! 1974, over sets of sounds, so that "ch" may be sh, ch or kh). [`Names::keys`] gives consonant keys,
//! equal for most spellings of a name: they propose pairs and decide nothing.

mod sounds;
mod words;

use std::collections::BTreeSet;
use std::sync::LazyLock;

pub(crate) use sounds::script_of;
use sounds::{Sounds, Spelling};
pub(crate) use words::fold;
use words::{Meaning, Vocabulary};

/// Share of the sounds that may differ in names of usual length.
const MAX_DISTANCE: f64 = 0.11;
/// The same for names of fewer than [`SHORT`] consonants' weight: "Homs" and "Hama".
const MAX_DISTANCE_SHORT: f64 = 0.085;
/// Weight of sounds below which a name is short.
const SHORT: f64 = 3.3;
/// The same for one word of several: first names carry the difference between brothers.
const MAX_WORD_DISTANCE: f64 = 0.15;
/// Two spellings of one language follow one tradition, so that a difference means more.
const SAME_TRADITION: f64 = 1.35;
/// The same for an acronym and what it is in another script: "NATO", "الناتو".
const MAX_ACRONYM_DISTANCE: f64 = 0.03;
/// Letters of the longest acronym.
const LONGEST_ACRONYM: usize = 6;
/// What a concept begins with that is a state.
pub(crate) const STATE: &str = "country:";
/// At most so many keys for a name.
const MAX_KEYS: usize = 8;

/// The data of `names/sounds.toml` and `names/words.toml`.
#[derive(Debug, Default)]
pub struct Names {
    sounds: Sounds,
    vocabulary: Vocabulary,
}

/// A name, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    language: String,
    /// Its letters, where it is written as an acronym.
    acronym: Option<String>,
    /// What tells it from names that are otherwise the same: "north", "3".
    qualifiers: BTreeSet<String>,
    /// What it says in words that other languages translate: "ministry", "country:sy".
    concepts: BTreeSet<String>,
    /// Those of them that are often left out.
    silent: BTreeSet<String>,
    /// What it spells out.
    words: Vec<Word>,
    /// All its words as sounds, those with a meaning too.
    spelled: Vec<Word>,
}

#[derive(Debug, Clone, PartialEq)]
struct Word {
    /// A first name that words.toml knows.
    given: Option<String>,
    /// One letter that stands for a first name.
    initial: bool,
    spelling: Spelling,
}

impl Form {
    /// The language it was read in.
    pub fn language(&self) -> &str {
        &self.language
    }
}

/// How two names compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Whether they are taken for one name.
    pub same: bool,
    /// Share of the sounds that differ, 0 to 1; 1 where something other than sound keeps them apart.
    pub distance: f64,
}

impl Comparison {
    const DIFFERENT: Comparison = Comparison { same: false, distance: 1.0 };
}

/// The data of sounds and words.
pub(crate) const SOUNDS: &str = include_str!("names/sounds.toml");
pub(crate) const WORDS: &str = include_str!("names/words.toml");

static BUILTIN: LazyLock<Names> = LazyLock::new(|| Names::parse(SOUNDS, WORDS).unwrap_or_default());

impl Names {
    /// The data that ships with the program.
    pub fn builtin() -> &'static Names {
        &BUILTIN
    }

    fn parse(sounds: &str, words: &str) -> Result<Names, toml::de::Error> {
        Ok(Names { sounds: Sounds::parse(sounds)?, vocabulary: Vocabulary::parse(words)? })
    }

    /// Reads a name as written in a language (BCP 47; may be empty). `country` says of what state a
    /// word, in lower case, is the name or adjective.
    pub fn form(
        &self,
        name: &str,
        language: &str,
        country: &dyn Fn(&str) -> Option<String>,
    ) -> Form {
        let language = language.split(['-', '_']).next().unwrap_or_default();
        let mut form = Form {
            language: language.to_owned(),
            acronym: acronym(name),
            qualifiers: BTreeSet::new(),
            concepts: BTreeSet::new(),
            silent: BTreeSet::new(),
            words: Vec::new(),
            spelled: Vec::new(),
        };
        let read = self.vocabulary.read(name, country);
        let institutional = read
            .iter()
            .any(|word| matches!(word.meaning, Meaning::Qualifier(_) | Meaning::Concepts(_)));
        for word in read {
            let spell = |text: &str| self.sounds.spell(text, language);
            let spelled =
                |text: &str| Word { given: None, initial: word.initial, spelling: spell(text) };
            match &word.meaning {
                Meaning::Article => continue,
                Meaning::Function if institutional => continue,
                Meaning::Qualifier(what) => drop(form.qualifiers.insert(what.clone())),
                Meaning::Concepts(all) => {
                    for concept in all {
                        match concept.strip_prefix('+') {
                            Some(spelled_out) => form.words.push(spelled(spelled_out)),
                            None if self.vocabulary.is_silent(concept) => {
                                form.silent.insert(concept.clone());
                            }
                            None => drop(form.concepts.insert(concept.clone())),
                        }
                    }
                }
                Meaning::Given(id) => {
                    form.words.push(Word { given: Some(id.clone()), ..spelled(&word.text) })
                }
                Meaning::Form(form_of) => form.words.push(spelled(form_of)),
                Meaning::Function | Meaning::Plain => form.words.push(spelled(&word.text)),
            }
            form.spelled.push(match &word.meaning {
                Meaning::Form(form_of) => spelled(form_of),
                Meaning::Given(id) => Word { given: Some(id.clone()), ..spelled(&word.text) },
                _ => spelled(&word.text),
            });
        }
        form.words.retain(|word| !word.spelling.slots.is_empty());
        form.spelled.retain(|word| !word.spelling.slots.is_empty());
        form
    }

    /// The initials of a name of several words: of all of them, and without articles and the like.
    pub fn initials(&self, name: &str) -> BTreeSet<String> {
        let read = self.vocabulary.read(name, &|_| None);
        let of = |words: Vec<&str>| -> Option<String> {
            let parts = words.into_iter().flat_map(|word| word.split(' '));
            let initials: String =
                parts.filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect();
            (initials.chars().count() > 1).then_some(initials)
        };
        let small = |meaning: &Meaning| matches!(meaning, Meaning::Article | Meaning::Function);
        let all = read.iter().map(|word| word.text.as_str()).collect();
        let content = read.iter().filter(|w| !small(&w.meaning)).map(|w| w.text.as_str()).collect();
        [of(all), of(content)].into_iter().flatten().collect()
    }

    /// Compares two names.
    pub fn compare(&self, a: &Form, b: &Form) -> Comparison {
        let initials = |form: &Form| form.words.iter().filter(|word| word.initial).count();
        let (initials_a, initials_b) = (initials(a), initials(b));
        let other_initials = initials_a.min(initials_b) > 0 && initials_a != initials_b;
        if other_initials || given_names_clash(&a.words, &b.words) {
            return Comparison::DIFFERENT;
        }
        let mut spelled = self.sound(a, b, &a.spelled, &b.spelled);
        // One letter makes another organisation of an acronym.
        match (&a.acronym, &b.acronym) {
            (Some(x), Some(y)) if x.is_ascii() == y.is_ascii() => spelled.same &= x == y,
            (None, None) => {}
            _ => spelled.same &= spelled.distance <= MAX_ACRONYM_DISTANCE,
        }
        let translates = !(a.qualifiers.is_empty() && a.concepts.is_empty());
        if !translates && b.qualifiers.is_empty() && b.concepts.is_empty() {
            return spelled;
        }
        let same_words = a.qualifiers == b.qualifiers && a.concepts == b.concepts;
        if !same_words {
            // Words that look translated and are part of the name: "Mar", "Sur".
            let numbered = |f: &Form| f.qualifiers.iter().any(|q| words::is_number(q));
            return if numbered(a) || numbered(b) { Comparison::DIFFERENT } else { spelled };
        }
        match (a.words.is_empty(), b.words.is_empty()) {
            (true, true) => {
                // One common word names nothing: "the ministry".
                let said = a.qualifiers.len() + a.concepts.len();
                if (said >= 2 || a.concepts.iter().any(|c| c.starts_with(STATE)))
                    && a.silent.is_subset(&b.silent) | b.silent.is_subset(&a.silent)
                {
                    Comparison { same: true, distance: 0.0 }
                } else {
                    spelled
                }
            }
            (false, false) => {
                let translated = self.sound(a, b, &a.words, &b.words);
                if translated.same { translated } else { spelled }
            }
            _ => Comparison::DIFFERENT,
        }
    }

    fn sound(&self, a: &Form, b: &Form, words_a: &[Word], words_b: &[Word]) -> Comparison {
        if words_a.is_empty() || words_b.is_empty() {
            return Comparison::DIFFERENT;
        }
        let one = a.language == b.language && !a.language.is_empty();
        let tradition = if one { SAME_TRADITION } else { 1.0 };
        if words_a.len() == words_b.len() {
            let in_order: Vec<(f64, f64)> =
                words_a.iter().zip(words_b).map(|(x, y)| self.words_apart(x, y, one)).collect();
            let result = judge(&in_order, tradition);
            if result.same || words_a.len() == 1 || words_a.len() > 3 {
                return result;
            }
            if words_a.len() == 2 {
                let crossed = [
                    self.words_apart(&words_a[0], &words_b[1], one),
                    self.words_apart(&words_a[1], &words_b[0], one),
                ];
                let crossed = judge(&crossed, tradition);
                if crossed.same {
                    return crossed;
                }
            }
            return result;
        }
        // Words are separated otherwise: "Abou Kamal", "Boukamal".
        let (joined_a, joined_b) =
            (Spelling::join(spellings(words_a)), Spelling::join(spellings(words_b)));
        judge(&[self.sounds.distance(&joined_a, &joined_b, one)], tradition)
    }

    /// The cost of aligning two words, and their weight.
    fn words_apart(&self, a: &Word, b: &Word, one_tradition: bool) -> (f64, f64) {
        if let (Some(x), Some(y)) = (&a.given, &b.given) {
            let weight = a.spelling.weight().max(b.spelling.weight());
            return if x == y { (0.0, weight) } else { (weight, weight) };
        }
        if a.initial != b.initial {
            let (initial, whole) = if a.initial { (a, b) } else { (b, a) };
            let first = initial.spelling.slots.first().zip(whole.spelling.slots.first());
            let cost = first.map_or(1.0, |(x, y)| self.sounds.apart(x, y, one_tradition));
            return (cost, 1.0);
        }
        self.sounds.distance(&a.spelling, &b.spelling, one_tradition)
    }

    /// Consonant keys of a name, sorted: spellings of one name have one in common nearly always.
    pub fn keys(&self, form: &Form) -> BTreeSet<String> {
        let mut prefix = String::new();
        for concept in form.qualifiers.iter().chain(&form.concepts) {
            prefix.push_str(concept);
            prefix.push('.');
        }
        let mut keys: BTreeSet<String> = BTreeSet::new();
        for given in form.words.iter().filter_map(|word| word.given.as_deref()) {
            prefix.push_str(given);
            prefix.push('.');
        }
        for (words, by_sound) in [(&form.words, false), (&form.spelled, true)] {
            let mut spelled: Vec<String> = vec![String::new()];
            let words = words.iter().filter(|word| by_sound || word.given.is_none());
            for slot in words.flat_map(|word| &word.spelling.slots) {
                let classes = slot.classes();
                let fork = spelled.len() * classes.len() <= MAX_KEYS;
                let used = if fork { classes.as_slice() } else { &classes[..1] };
                spelled = used
                    .iter()
                    .flat_map(|class| {
                        spelled.iter().map(move |key| match class {
                            Some(c) if !key.ends_with(*c) => format!("{key}{c}"),
                            _ => key.clone(),
                        })
                    })
                    .collect();
            }
            keys.extend(spelled.into_iter().map(|key| format!("{prefix}{key}")));
            // All words as sounds, without what they translate.
            prefix.clear();
        }
        keys
    }
}

/// A name as its usual sounds, without articles, with o for u and e for i: equal for many spellings of a
/// name, and hardly ever for two names.
pub fn phonetic(name: &str) -> String {
    let form = Names::builtin().form(name, "", &|_| None);
    let slots = form.spelled.iter().flat_map(|word| &word.spelling.slots);
    slots.filter_map(sounds::Slot::usual).collect()
}

/// The letters of a name written as an acronym, full stops left out.
pub(crate) fn acronym(name: &str) -> Option<String> {
    let letters: String = name.chars().filter(|&c| c != '.').collect();
    let capitals = letters.chars().all(|c| c.is_uppercase() || c.is_numeric());
    let length = letters.chars().count();
    (capitals && (2..=LONGEST_ACRONYM).contains(&length)).then_some(letters)
}

fn spellings(words: &[Word]) -> impl Iterator<Item = &Spelling> {
    words.iter().map(|word| &word.spelling)
}

/// Two first names that words.toml tells apart: "Hassan", "Hussein".
fn given_names_clash(a: &[Word], b: &[Word]) -> bool {
    let given = |words: &[Word]| -> BTreeSet<String> {
        words.iter().filter_map(|word| word.given.clone()).collect()
    };
    let (a, b) = (given(a), given(b));
    !a.is_empty() && !b.is_empty() && a.is_disjoint(&b)
}

fn judge(parts: &[(f64, f64)], tradition: f64) -> Comparison {
    let cost: f64 = parts.iter().map(|part| part.0).sum::<f64>() * tradition;
    let weight: f64 = parts.iter().map(|part| part.1).sum();
    if weight <= 0.0 {
        return Comparison::DIFFERENT;
    }
    let distance = (cost / weight).min(1.0);
    let most = if weight < SHORT { MAX_DISTANCE_SHORT } else { MAX_DISTANCE };
    let words_fit =
        parts.iter().all(|(cost, weight)| cost * tradition <= MAX_WORD_DISTANCE * weight.max(1.0));
    Comparison { same: distance <= most && words_fit, distance }
}

#[cfg(test)]
mod tests;
