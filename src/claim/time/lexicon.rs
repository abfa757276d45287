//! What single words and numbers of a sentence can mean in a time expression.

use std::collections::{BTreeMap, HashMap};

use regex::Regex;

use super::TimeSection;
use super::figures::{clock, han_digit, integer, numeric, roman, year_of_era};
use super::names::{Name, calendar_names};
use super::slot::{DAYPARTS, PARTS, SEASONS, Slot, UNITS};
use crate::claim::phrase::Morphology;
use crate::claim::tokens::{Token, TokenKind, normal_form, tokenize};
use crate::language::Pack;
use crate::span::Span;

/// Letters that writers leave out marks on: alef with and without hamza, ё and е, Greek vowels
/// with and without accent.
pub(super) fn fold(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            'أ' | 'إ' | 'آ' => 'ا',
            'ى' => 'ي',
            'ё' => 'е',
            'ά' => 'α',
            'έ' => 'ε',
            'ή' => 'η',
            'ί' | 'ϊ' | 'ΐ' => 'ι',
            'ό' => 'ο',
            'ύ' | 'ϋ' | 'ΰ' => 'υ',
            'ώ' => 'ω',
            'ς' => 'σ',
            c => c,
        })
        .collect()
}

/// The tokens that time expressions of a language are matched over: words, or in scripts without
/// spaces single characters, with figures whole.
pub(super) fn time_tokens(text: &str, base: usize, unspaced: bool) -> Vec<Token> {
    if !unspaced {
        return tokenize(text, base);
    }
    let is_inner = |c: char| matches!(c, '.' | ',');
    let mut tokens: Vec<Token> = Vec::new();
    let mut spaced = true;
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        let mut end = start + c.len_utf8();
        let is_digit = |c: char| integer(c.encode_utf8(&mut [0; 4])).is_some();
        let kind = if is_digit(c) {
            while let Some(&(at, next)) = chars.peek() {
                let rest = &text[at + next.len_utf8()..];
                let inside = is_inner(next) && rest.chars().next().is_some_and(is_digit);
                if !is_digit(next) && !inside {
                    break;
                }
                end = at + next.len_utf8();
                chars.next();
            }
            TokenKind::Number
        } else if c.is_alphanumeric() || !c.is_ascii() && normal_form(&text[start..end]).is_empty()
        {
            TokenKind::Word
        } else {
            TokenKind::Punctuation
        };
        let span = Span::new(start, end);
        tokens.push(Token {
            lower: normal_form(span.of(text)),
            kind,
            capitalised: c.is_uppercase(),
            spaced,
            span: span.shifted(base),
        });
        spaced = false;
    }
    tokens
}

/// One entry: the words after the first, what they mean.
#[derive(Debug, Clone)]
struct Entry {
    rest: Vec<String>,
    slot: Slot,
    value: i32,
    /// In a language that capitalises names: the word must be.
    capital: bool,
}

/// The words of one language that have a place in time expressions.
#[derive(Debug, Clone)]
pub(super) struct Lexicon {
    entries: HashMap<String, Vec<Entry>>,
    suffixes: Vec<Vec<String>>,
    clocks: Vec<Regex>,
    dates: Vec<Regex>,
    counted: Vec<String>,
    unspaced: bool,
    era: i16,
    joined_parts: Vec<(String, i32)>,
    morphology: Morphology,
    /// The morphology's clitics, folded.
    clitics: Vec<String>,
}

impl Lexicon {
    /// Compiles the section's word lists and CLDR's names.
    pub fn new(pack: &Pack) -> Result<Self, String> {
        let section = &pack.time;
        let mut lexicon = Lexicon {
            entries: HashMap::new(),
            suffixes: section.ordinal_suffixes.iter().map(|s| words(s, section.unspaced)).collect(),
            clocks: regexes(&section.clocks)?,
            dates: regexes(&section.numeric_dates)?,
            counted: section.not_after_year.iter().map(|w| fold(&normal_form(w))).collect(),
            unspaced: section.unspaced,
            era: section.era,
            joined_parts: Vec::new(),
            morphology: pack.morphology(),
            clitics: pack.clitics.iter().map(|c| fold(c)).collect(),
        };
        for (prefix, part) in &section.joined_parts {
            let index = PARTS
                .iter()
                .position(|p| p.0 == part)
                .ok_or_else(|| format!("time.joined_parts: {part:?} is no part"))?;
            lexicon.joined_parts.push((fold(&normal_form(prefix)), index as i32));
        }
        let names = calendar_names(&pack.code, section.unspaced);
        let capital = section.capitalised_names;
        for (index, weekday) in names.weekdays.iter().enumerate() {
            for (key, endings) in &section.joined_dayparts {
                let part = DAYPARTS
                    .iter()
                    .position(|p| p.0 == key)
                    .ok_or_else(|| format!("time.joined_dayparts has no {key:?}"))?;
                let value = part as i32 * 10 + index as i32 + 1;
                for name in weekday.iter().filter(|name| name.full && name.words.len() == 1) {
                    for ending in endings {
                        let word = format!("{}{ending}", name.words.concat());
                        lexicon.add(&[word], Slot::WeekdayPart, value, capital);
                    }
                }
            }
        }
        for (forms, extra, any, full) in [
            (&names.months, &section.months, Slot::Month, Slot::FullMonth),
            (&names.weekdays, &section.weekdays, Slot::Weekday, Slot::FullWeekday),
        ] {
            for (index, names) in forms.iter().enumerate() {
                for name in names.iter().flat_map(|name| inflected(name, section)) {
                    lexicon.add(&name.words, any, index as i32 + 1, capital);
                    if name.full {
                        lexicon.add(&name.words, full, index as i32 + 1, capital);
                    }
                }
            }
            for (key, forms) in extra {
                let value = key.parse().map_err(|_| format!("{key:?} is no number"))?;
                for form in forms {
                    // A name in the pack counts as abbreviated where it ends with a full stop.
                    lexicon.add_phrase(form, any, value, capital);
                    if !form.ends_with('.') {
                        lexicon.add_phrase(form, full, value, capital);
                    }
                }
            }
        }
        for (index, forms) in section.numbers.iter().enumerate() {
            for form in forms.split('|') {
                lexicon.add_phrase(form, Slot::Number, index as i32 + 1, false);
            }
        }
        for (index, forms) in section.day_words.iter().enumerate() {
            for form in forms.split('|') {
                lexicon.add_phrase(form, Slot::Day, index as i32 + 1, false);
            }
        }
        for (value, forms) in &section.more_numbers {
            let value = value.parse().map_err(|_| format!("{value:?} is no number"))?;
            for form in forms {
                lexicon.add_phrase(form, Slot::Number, value, false);
            }
        }
        for form in &section.few {
            lexicon.add_phrase(form, Slot::Number, -1, false);
        }
        lexicon.add_table("units", &section.units, &UNITS.map(|u| u.0), Slot::Unit)?;
        lexicon.add_table("seasons", &section.seasons, &SEASONS.map(|s| s.0), Slot::Season)?;
        lexicon.add_table("parts", &section.parts, &PARTS.map(|p| p.0), Slot::Part)?;
        lexicon.add_table("dayparts", &section.dayparts, &DAYPARTS.map(|p| p.0), Slot::DayPart)?;
        for (first_year, forms) in &section.decades {
            let value = first_year.parse().map_err(|_| format!("{first_year:?} is no year"))?;
            for form in forms {
                lexicon.add_phrase(form, Slot::Decade, value, false);
                lexicon.add_phrase(form, Slot::DecadeWord, value, false);
            }
        }
        Ok(lexicon)
    }

    fn add_table(
        &mut self,
        table: &str,
        forms: &BTreeMap<String, Vec<String>>,
        names: &[&str],
        slot: Slot,
    ) -> Result<(), String> {
        for (key, forms) in forms {
            let index = names.iter().position(|name| name == key).ok_or_else(|| {
                format!("time.{table} has no {key:?}; it has {}", names.join(", "))
            })?;
            for form in forms {
                self.add_phrase(form, slot, index as i32, false);
            }
        }
        Ok(())
    }

    fn add_phrase(&mut self, phrase: &str, slot: Slot, value: i32, capital: bool) {
        let words = words(phrase.trim_end_matches('.'), self.unspaced);
        self.add(&words, slot, value, capital);
    }

    fn add(&mut self, words: &[String], slot: Slot, value: i32, capital: bool) {
        let Some((first, rest)) = words.split_first() else { return };
        let rest: Vec<String> = rest.iter().map(|w| fold(w)).collect();
        self.entries.entry(fold(first)).or_default().push(Entry { rest, slot, value, capital });
    }

    /// Prepares a sentence for matching.
    pub fn read<'l>(&'l self, text: &'l str, tokens: &'l [Token]) -> Readings<'l> {
        let forms = tokens.iter().map(|token| self.forms_of(token)).collect();
        let mut readings = Readings { lexicon: self, text, tokens, forms, slots: Vec::new() };
        readings.slots = (0..tokens.len()).map(|at| readings.look_up(at)).collect();
        readings
    }

    /// The word, the word without each clitic, and what stands before an apostrophe ("2017'de").
    fn forms_of(&self, token: &Token) -> Vec<String> {
        let whole = fold(&token.lower);
        let mut forms = Vec::with_capacity(1);
        if token.kind == TokenKind::Word {
            for clitic in &self.clitics {
                let rest = whole.strip_prefix(clitic.as_str());
                let whole = |r: &&str| r.chars().count() >= 2 || integer(r).is_some();
                forms.extend(rest.filter(whole).map(str::to_owned));
            }
            let stem = whole.split_once('\'').map(|(stem, _)| stem);
            forms.extend(stem.filter(|s| s.chars().count() >= 3).map(str::to_owned));
        }
        forms.insert(0, whole);
        forms
    }
}

fn words(phrase: &str, unspaced: bool) -> Vec<String> {
    if unspaced {
        return time_tokens(phrase, 0, true).into_iter().map(|t| fold(&t.lower)).collect();
    }
    let mut words = Vec::new();
    for word in phrase.split_whitespace() {
        if word.ends_with('\'') && word.len() > 1 {
            // An elided word is a token of its own only where a letter follows.
            words.push(fold(&normal_form(word)));
        } else {
            words.extend(tokenize(word, 0).into_iter().map(|t| fold(&t.lower)));
        }
    }
    words
}

fn regexes(sources: &[String]) -> Result<Vec<Regex>, String> {
    sources
        .iter()
        .map(|source| Regex::new(&format!("^(?i:{source})")).map_err(|problem| problem.to_string()))
        .collect()
}

/// A name and its case forms, by the pack's rules from ending to endings.
fn inflected(name: &Name, section: &TimeSection) -> Vec<Name> {
    let mut forms = vec![name.clone()];
    if let (true, Some((last, head))) = (name.full, name.words.split_last()) {
        for (ending, others) in &section.name_inflections {
            let Some(stem) = last.strip_suffix(ending.as_str()) else { continue };
            for other in others {
                let mut words = head.to_vec();
                words.push(format!("{stem}{other}"));
                forms.push(Name { words, full: true });
            }
        }
    }
    forms
}

/// The first year of a decade in figures: 1960, or 60 for it.
fn decade(number: i32) -> Option<i32> {
    match number {
        _ if number % 10 != 0 => None,
        10 | 20 => Some(2000 + number),
        30..=90 => Some(1900 + number),
        1500..=2090 => Some(number),
        _ => None,
    }
}

/// A sentence's tokens with the forms that templates compare.
pub(super) struct Readings<'l> {
    lexicon: &'l Lexicon,
    text: &'l str,
    tokens: &'l [Token],
    forms: Vec<Vec<String>>,
    /// What each slot takes at each token: looked up once, since all templates ask for it.
    slots: Vec<Slots>,
}

/// By slot: ends and values.
type Slots = [Vec<(usize, i32)>; Slot::ALL.len()];

impl Readings<'_> {
    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The forms of a token: itself first, then without each clitic.
    pub fn forms(&self, at: usize) -> &[String] {
        self.forms.get(at).map_or(&[], Vec::as_slice)
    }

    /// Whether the pack's morphology has this ending.
    pub fn is_ending(&self, ending: &str) -> bool {
        self.lexicon.morphology.endings.iter().any(|e| e == ending)
    }

    /// What a slot can take at a token: ends and values.
    pub fn read(&self, slot: Slot, at: usize) -> &[(usize, i32)] {
        self.slots.get(at).and_then(|slots| slots.get(slot as usize)).map_or(&[], Vec::as_slice)
    }

    /// What every slot can take at a token.
    fn look_up(&self, at: usize) -> Slots {
        let mut slots: Slots = Default::default();
        for form in self.forms(at) {
            for entry in self.lexicon.entries.get(form).into_iter().flatten() {
                if (!entry.capital || self.tokens[at].capitalised)
                    && self.follows(&entry.rest, at + 1)
                {
                    slots[entry.slot as usize].push((at + 1 + entry.rest.len(), entry.value));
                }
            }
        }
        for slot in [Slot::Month, Slot::Weekday] {
            // The full stop of an abbreviation, where the sentence goes on after it.
            let found = &mut slots[slot as usize];
            let stops: Vec<_> = found
                .iter()
                .filter(|&&(end, _)| self.is(end, ".") && end + 1 < self.len())
                .map(|&(end, value)| (end + 1, value))
                .collect();
            found.extend(stops);
        }
        let mut add = |slot: Slot, found: &mut dyn Iterator<Item = (usize, i32)>| {
            slots[slot as usize].extend(found);
        };
        if let Some(number) = self.integer(at) {
            add(Slot::Day, &mut self.day(at, number).into_iter());
            add(Slot::Year, &mut self.year(at, number).into_iter());
            add(Slot::Number, &mut (number < 10_000).then_some((at + 1, number)).into_iter());
            add(Slot::Decade, &mut decade(number).map(|first| (at + 1, first)).into_iter());
            let month = (1..=12).contains(&number).then_some((at + 1, number));
            add(Slot::MonthNumber, &mut month.into_iter());
        } else if self.lexicon.unspaced {
            add(Slot::Year, &mut self.year_in_han(at).into_iter());
        }
        for slot in [Slot::PartMonth, Slot::PartYear] {
            add(slot, &mut self.joined(slot, at).into_iter());
        }
        let dates = self.by_regex(&self.lexicon.dates, at, |c| numeric(c, self.lexicon.era));
        add(Slot::Clock, &mut self.by_regex(&self.lexicon.clocks, at, clock).into_iter());
        add(Slot::Numeric, &mut dates.into_iter());
        add(Slot::Century, &mut self.century(at).into_iter());
        for found in &mut slots {
            found.sort_unstable();
            found.dedup();
        }
        let centuries = slots[Slot::Day as usize].iter().copied().filter(|&(_, n)| n <= 21);
        let centuries: Vec<_> = centuries.collect();
        slots[Slot::Century as usize].extend(centuries);
        slots
    }

    /// Whether the sentence ends before a token, or it is punctuation that ends a clause.
    pub fn stops(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(|token| {
            matches!(
                token.lower.as_str(),
                "." | "," | ";" | ":" | "!" | "?" | ")" | "»" | "…" | "،" | "؟"
            )
        })
    }

    /// "XIXe" in one word or with its ending apart ("XIX.").
    fn century(&self, at: usize) -> Option<(usize, i32)> {
        let token = self.tokens.get(at).filter(|t| t.kind == TokenKind::Word)?;
        let number = roman(&token.lower).filter(|n| (1..=21).contains(n))?;
        Some((at + 1, number))
    }

    /// "二〇一七".
    fn year_in_han(&self, at: usize) -> Option<(usize, i32)> {
        let digit = |i: usize| self.tokens.get(at + i).and_then(|t| han_digit(&t.lower));
        let year = (0..4).try_fold(0, |sum, i| Some(sum * 10 + digit(i)?))?;
        (digit(4).is_none() && (1000..=2100).contains(&year)).then_some((at + 4, year))
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.forms(at).first().is_some_and(|f| f == word)
    }

    fn follows(&self, words: &[String], at: usize) -> bool {
        words.iter().enumerate().all(|(i, word)| self.is(at + i, word))
    }

    fn integer(&self, at: usize) -> Option<i32> {
        let token = self.tokens.get(at)?;
        match token.kind {
            TokenKind::Number => integer(&token.lower),
            // A figure behind a particle: "الـ24".
            TokenKind::Word => self.forms(at).iter().skip(1).find_map(|form| integer(form)),
            TokenKind::Punctuation => None,
        }
    }

    fn day(&self, at: usize, day: i32) -> Vec<(usize, i32)> {
        if !(1..=31).contains(&day) {
            return Vec::new();
        }
        let mut found = vec![(at + 1, day)];
        for suffix in &self.lexicon.suffixes {
            let unspaced = self.tokens.get(at + 1).is_some_and(|t| !t.spaced);
            if unspaced && self.follows(suffix, at + 1) {
                found.push((at + 1 + suffix.len(), day));
            }
        }
        found
    }

    fn year(&self, at: usize, number: i32) -> Option<(usize, i32)> {
        let token = self.tokens.get(at)?;
        let year = Some(year_of_era(number, self.lexicon.era));
        let year = year.filter(|y| (1000..=2100).contains(y))?;
        // A figure behind a particle is a year too, but in no longer word.
        let four = token.kind == TokenKind::Word || token.lower.chars().count() == 4;
        let counts =
            self.forms(at + 1).iter().any(|form| self.lexicon.counted.iter().any(|c| c == form));
        // Signs that make the number a sum, a share or a part of a longer one.
        let sign = ["%", "$", "€", "£", "°"]
            .iter()
            .any(|s| self.is(at + 1, s) || (at > 0 && self.is(at - 1, s)));
        (four && !counts && !sign).then_some((at + 1, year))
    }

    /// "mi-novembre", "mid-2017": a part and what it is part of in one word.
    fn joined(&self, slot: Slot, at: usize) -> Vec<(usize, i32)> {
        let Some(word) = self.forms(at).first() else { return Vec::new() };
        let mut found = Vec::new();
        for (prefix, part) in &self.lexicon.joined_parts {
            let Some(rest) = word.strip_prefix(prefix.as_str()) else { continue };
            match slot {
                Slot::PartYear => {
                    let year = integer(rest).filter(|y| (1000..=2100).contains(y));
                    found.extend(year.map(|y| (at + 1, part * 10_000 + y)));
                }
                _ => {
                    let entries = self.lexicon.entries.get(rest).into_iter().flatten();
                    found.extend(
                        entries
                            .filter(|e| e.slot == Slot::FullMonth && e.rest.is_empty())
                            .map(|e| (at + 1, part * 100 + e.value)),
                    );
                }
            }
        }
        found
    }

    fn by_regex(
        &self,
        regexes: &[Regex],
        at: usize,
        value: impl Fn(&regex::Captures<'_>) -> Option<i32>,
    ) -> Vec<(usize, i32)> {
        let (Some(first), Some(last)) = (self.tokens.get(at), self.tokens.last()) else {
            return Vec::new();
        };
        if first.kind != TokenKind::Number {
            return Vec::new();
        }
        let Some(rest) = self.text.get(first.span.start..last.span.end) else {
            return Vec::new();
        };
        regexes
            .iter()
            .filter_map(|regex| {
                let captures = regex.captures(rest)?;
                let end = first.span.start + captures.get(0)?.end();
                // A match that ends inside a token is a piece of something else.
                let tokens = self.tokens[at..].iter().position(|t| t.span.end == end)?;
                Some((at + tokens + 1, value(&captures)?))
            })
            .collect()
    }
}
