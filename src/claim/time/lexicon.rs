//! What single words and numbers of a sentence can mean in a time expression.

use std::collections::{BTreeMap, HashMap};

use regex::Regex;

use super::TimeSection;
use super::names::{Name, calendar_names};
use super::rule::{Part, Season, Unit};
use crate::claim::phrase::Morphology;
use crate::claim::tokens::{Token, TokenKind, normal_form, tokenize};
use crate::language::Pack;

/// A slot of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Slot {
    /// A weekday, written out or abbreviated: 1–7.
    Weekday,
    /// A weekday written out.
    FullWeekday,
    /// A month, written out or abbreviated: 1–12.
    Month,
    /// A month written out.
    FullMonth,
    /// A day of the month: 1–31.
    Day,
    /// A year of four digits: 1000–2100.
    Year,
    /// A count; −1 for "quelques".
    Number,
    /// A unit, as an index into [`UNITS`].
    Unit,
    /// A season, as an index into [`SEASONS`].
    Season,
    /// A part, as an index into [`PARTS`].
    Part,
    /// A part of the day, as an index into [`DAYPARTS`].
    DayPart,
    /// A time of the day: hours × 60 + minutes.
    Clock,
    /// A date in figures: (year × 12 + month − 1) × 31 + day − 1; year 0 if absent.
    Numeric,
    /// A decade's first year.
    Decade,
    /// A decade in words ("the eighties"): a bare figure is more often a count.
    DecadeWord,
    /// "mi-novembre" in one word: part × 100 + month.
    PartMonth,
    /// "mid-2017" in one word: part × 10 000 + year.
    PartYear,
    /// "Freitagmorgen" in one word: part of the day × 10 + weekday.
    WeekdayPart,
}

/// The names of units in packs.
pub(super) const UNITS: [(&str, Unit); 8] = [
    ("minute", Unit::Minute),
    ("hour", Unit::Hour),
    ("day", Unit::Day),
    ("weekend", Unit::Weekend),
    ("week", Unit::Week),
    ("month", Unit::Month),
    ("year", Unit::Year),
    ("decade", Unit::Decade),
];

/// The names of seasons in packs.
pub(super) const SEASONS: [(&str, Season); 4] = [
    ("spring", Season::Spring),
    ("summer", Season::Summer),
    ("autumn", Season::Autumn),
    ("winter", Season::Winter),
];

/// The names of parts in packs.
pub(super) const PARTS: [(&str, Part); 5] = [
    ("begin", Part::Begin),
    ("middle", Part::Middle),
    ("end", Part::End),
    ("first-half", Part::FirstHalf),
    ("second-half", Part::SecondHalf),
];

/// The names of parts of the day in packs, with their TIMEX3 suffix.
pub(super) const DAYPARTS: [(&str, &str); 7] = [
    ("dawn", "TMO"),
    ("morning", "TMO"),
    ("noon", "TMI"),
    ("afternoon", "TAF"),
    ("evening", "TEV"),
    ("night", "TNI"),
    ("midnight", "T24:00"),
];

impl Slot {
    /// The slot of a name in templates.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "weekday" => Slot::Weekday,
            "full-weekday" => Slot::FullWeekday,
            "month" => Slot::Month,
            "full-month" => Slot::FullMonth,
            "day" => Slot::Day,
            "year" => Slot::Year,
            "number" => Slot::Number,
            "unit" => Slot::Unit,
            "season" => Slot::Season,
            "part" => Slot::Part,
            "daypart" => Slot::DayPart,
            "clock" => Slot::Clock,
            "numeric" => Slot::Numeric,
            "decade-word" => Slot::DecadeWord,
            "decade" => Slot::Decade,
            "part-month" => Slot::PartMonth,
            "weekday-part" => Slot::WeekdayPart,
            "part-year" => Slot::PartYear,
            _ => return None,
        })
    }
}

/// Letters that writers leave out marks on: alef with and without hamza, ё and е.
pub(super) fn fold(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            'أ' | 'إ' | 'آ' => 'ا',
            'ى' => 'ي',
            'ё' => 'е',
            c => c,
        })
        .collect()
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
    joined_parts: Vec<(String, i32)>,
    morphology: Morphology,
}

impl Lexicon {
    /// Compiles the section's word lists and CLDR's names.
    pub fn new(pack: &Pack) -> Result<Self, String> {
        let section = &pack.time;
        let mut lexicon = Lexicon {
            entries: HashMap::new(),
            suffixes: section.ordinal_suffixes.iter().map(|s| words(s)).collect(),
            clocks: regexes(&section.clocks)?,
            dates: regexes(&section.numeric_dates)?,
            counted: section.not_after_year.iter().map(|w| fold(&normal_form(w))).collect(),
            joined_parts: Vec::new(),
            morphology: pack.morphology(),
        };
        for (prefix, part) in &section.joined_parts {
            let index = PARTS
                .iter()
                .position(|p| p.0 == part)
                .ok_or_else(|| format!("time.joined_parts: {part:?} is no part"))?;
            lexicon.joined_parts.push((fold(&normal_form(prefix)), index as i32));
        }
        let names = calendar_names(&pack.code);
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
            let index = names
                .iter()
                .position(|name| name == key)
                .ok_or_else(|| format!("time.{table} has no {key:?}; it has {}", names.join(", ")))?;
            for form in forms {
                self.add_phrase(form, slot, index as i32, false);
            }
        }
        Ok(())
    }

    fn add_phrase(&mut self, phrase: &str, slot: Slot, value: i32, capital: bool) {
        self.add(&words(phrase.trim_end_matches('.')), slot, value, capital);
    }

    fn add(&mut self, words: &[String], slot: Slot, value: i32, capital: bool) {
        let Some((first, rest)) = words.split_first() else { return };
        let rest: Vec<String> = rest.iter().map(|w| fold(w)).collect();
        self.entries.entry(fold(first)).or_default().push(Entry { rest, slot, value, capital });
    }

    /// Prepares a sentence for matching.
    pub fn read<'l>(&'l self, text: &'l str, tokens: &'l [Token]) -> Readings<'l> {
        let forms = tokens
            .iter()
            .map(|token| {
                let whole = fold(&token.lower);
                let mut forms = Vec::new();
                for clitic in &self.morphology.clitics {
                    if let Some(rest) = whole.strip_prefix(fold(clitic).as_str()) {
                        if rest.chars().count() >= 2 {
                            forms.push(rest.to_owned());
                        }
                    }
                }
                forms.insert(0, whole);
                forms
            })
            .collect();
        Readings { lexicon: self, text, tokens, forms }
    }
}

fn words(phrase: &str) -> Vec<String> {
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
        .map(|source| {
            Regex::new(&format!("^(?i:{source})")).map_err(|problem| problem.to_string())
        })
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

/// A sentence's tokens with the forms that templates compare.
pub(super) struct Readings<'l> {
    lexicon: &'l Lexicon,
    text: &'l str,
    tokens: &'l [Token],
    forms: Vec<Vec<String>>,
}

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
    pub fn read(&self, slot: Slot, at: usize) -> Vec<(usize, i32)> {
        let mut found = Vec::new();
        for form in self.forms(at) {
            for entry in self.lexicon.entries.get(form).into_iter().flatten() {
                if entry.slot == slot
                    && (!entry.capital || self.tokens[at].capitalised)
                    && self.follows(&entry.rest, at + 1)
                {
                    found.push((at + 1 + entry.rest.len(), entry.value));
                }
            }
        }
        if matches!(slot, Slot::Month | Slot::Weekday) {
            // The full stop of an abbreviation, where the sentence goes on after it.
            let stops: Vec<_> = found
                .iter()
                .filter(|&&(end, _)| self.is(end, ".") && end + 1 < self.len())
                .map(|&(end, value)| (end + 1, value))
                .collect();
            found.extend(stops);
        }
        match slot {
            Slot::Day => found.extend(self.day(at)),
            Slot::Year => found.extend(self.year(at)),
            Slot::Number => found.extend(
                self.integer(at).filter(|&n| n < 10_000).map(|n| (at + 1, n)),
            ),
            Slot::Decade => found.extend(self.decade(at)),
            Slot::PartMonth | Slot::PartYear => found.extend(self.joined(slot, at)),
            Slot::Clock => found.extend(self.by_regex(&self.lexicon.clocks, at, clock)),
            Slot::Numeric => found.extend(self.by_regex(&self.lexicon.dates, at, numeric)),
            _ => {}
        }
        found.sort_unstable();
        found.dedup();
        found
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

    fn day(&self, at: usize) -> Vec<(usize, i32)> {
        let Some(day) = self.integer(at).filter(|d| (1..=31).contains(d)) else {
            return Vec::new();
        };
        let mut found = vec![(at + 1, day)];
        for suffix in &self.lexicon.suffixes {
            let unspaced = self.tokens.get(at + 1).is_some_and(|t| !t.spaced);
            if unspaced && self.follows(suffix, at + 1) {
                found.push((at + 1 + suffix.len(), day));
            }
        }
        found
    }

    fn year(&self, at: usize) -> Option<(usize, i32)> {
        let token = self.tokens.get(at)?;
        let year = self.integer(at).filter(|y| (1000..=2100).contains(y))?;
        let four = token.lower.chars().count() == 4;
        let counts = self
            .forms(at + 1)
            .iter()
            .any(|form| self.lexicon.counted.iter().any(|c| c == form));
        // Signs that make the number a sum, a share or a part of a longer one.
        let sign = ["%", "$", "€", "£", "°"].iter().any(|s| {
            self.is(at + 1, s) || (at > 0 && self.is(at - 1, s))
        });
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

    fn decade(&self, at: usize) -> Option<(usize, i32)> {
        let number = self.integer(at).filter(|n| n % 10 == 0)?;
        match number {
            10 | 20 => Some((at + 1, 2000 + number)),
            30..=90 => Some((at + 1, 1900 + number)),
            1500..=2090 => Some((at + 1, number)),
            _ => None,
        }
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

fn group(captures: &regex::Captures<'_>, name: &str) -> Option<i32> {
    integer(captures.name(name)?.as_str())
}

fn clock(captures: &regex::Captures<'_>) -> Option<i32> {
    let mut hour = group(captures, "h")?;
    let minute = group(captures, "m").unwrap_or(0);
    if captures.name("pm").is_some() && hour < 12 {
        hour += 12;
    }
    if captures.name("am").is_some() && hour == 12 {
        hour = 0;
    }
    ((0..=24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

fn numeric(captures: &regex::Captures<'_>) -> Option<i32> {
    let (month, day) = (group(captures, "mo")?, group(captures, "d")?);
    let year = match captures.name("y") {
        None => 0,
        Some(_) => match group(captures, "y")? {
            short @ 0..=49 => 2000 + short,
            short @ 50..=99 => 1900 + short,
            year => year,
        },
    };
    let plausible = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (year == 0 || (1000..=2100).contains(&year));
    plausible.then_some((year * 12 + month - 1) * 31 + day - 1)
}

/// Digits of any script to a number; none with separators, fractions or too many digits.
fn integer(text: &str) -> Option<i32> {
    if text.is_empty() || text.chars().count() > 6 {
        return None;
    }
    // The zeros of the decimal digits that news is written in.
    const ZEROS: [char; 11] = [
        '0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{be6}',
        '\u{c66}', '\u{e50}', '\u{ff10}',
    ];
    text.chars().try_fold(0i32, |sum, c| {
        let digit = ZEROS
            .iter()
            .find_map(|&zero| (c as u32).checked_sub(zero as u32).filter(|&d| d < 10))?;
        Some(sum * 10 + digit as i32)
    })
}
