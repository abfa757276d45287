//! A `[time]` section made from locale data alone: absolute dates for a language without a pack.
//!
//! The order of day, month and year and the words between them are read off CLDR's date patterns
//! ([UTS 35](https://unicode.org/reports/tr35/tr35-dates.html#Date_Format_Patterns)), as icu has
//! them; names of months and weekdays come from CLDR in any case. icu does not ship CLDR's unit
//! names and the words of its interval patterns ("year", "from … to"): those few are given as
//! [`DateWords`].

use icu_calendar::AnyCalendarKind;
use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::{MD, MDE, YM, YMD, YMDE};
use icu_locale::Locale;
use serde::Deserialize;

use super::TimeSection;

/// The few words around dates that locale data as icu ships it lack.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DateWords {
    /// The language's own name.
    pub name: String,
    /// The script writes no spaces between words.
    pub unspaced: bool,
    /// Before a year: "mwaka", "năm", "ปี พ.ศ.".
    pub before_year: Vec<String>,
    /// After a year: "година", "yılında", "年".
    pub after_year: Vec<String>,
    /// Before a month: "mwezi", "เดือน".
    pub before_month: Vec<String>,
    /// Before a day of the month: "tarehe", "ngày", "วันที่".
    pub before_day: Vec<String>,
    /// After a day of the month: "日".
    pub after_day: Vec<String>,
    /// Before the first of two dates: "from".
    pub from: Vec<String>,
    /// Between two dates: "to", beside dashes.
    pub to: Vec<String>,
    /// What may be glued behind a day's figure.
    pub ordinal_suffixes: Vec<String>,
    /// Day-of-month words from the first on, forms separated by `|`.
    pub day_words: Vec<String>,
    /// Other names of months, by number.
    pub months: std::collections::BTreeMap<String, Vec<String>>,
    /// Words that multiply the figure before them, by value: of numbers, not of dates, and read with them.
    pub magnitudes: std::collections::BTreeMap<String, Vec<String>>,
    /// Case endings of names: CLDR's ending, and what may stand for it.
    pub name_inflections: std::collections::BTreeMap<String, Vec<String>>,
}

/// What a field of a pattern is in a template.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Slot(&'static str),
    Text(String),
}

/// The section of a language; none where CLDR has no Gregorian dates for it. The Buddhist years
/// of Thailand are Gregorian but for their count.
pub fn section(code: &str, words: &DateWords) -> Option<TimeSection> {
    let locale: Locale = code.parse().ok()?;
    let day = icu_calendar::Date::try_new_iso(2017, 11, 8).ok()?;
    macro_rules! formatted {
        ($fields:expr) => {
            DateTimeFormatter::try_new((&locale).into(), $fields).ok()?.format(&day)
        };
    }
    let formatter = DateTimeFormatter::try_new((&locale).into(), YMD::long()).ok()?;
    let era = match formatter.calendar().kind() {
        AnyCalendarKind::Gregorian => 0,
        AnyCalendarKind::Buddhist => 543,
        _ => return None,
    };
    let pattern = |text: String| pieces(&text);
    let full = pattern(formatted!(YMDE::long()).pattern().to_string());
    let date = pattern(formatted!(YMD::long()).pattern().to_string());
    let day_of_week = pattern(formatted!(MDE::long()).pattern().to_string());
    let day_of_month = pattern(formatted!(MD::long()).pattern().to_string());
    let month_of_year = pattern(formatted!(YM::long()).pattern().to_string());
    let figures = pattern(formatted!(YMD::short()).pattern().to_string());

    let year_first = date.first() == Some(&Piece::Slot("year"));
    let mut section = TimeSection {
        unspaced: words.unspaced,
        era,
        ordinal_suffixes: words.ordinal_suffixes.clone(),
        day_words: words.day_words.clone(),
        months: words.months.clone(),
        name_inflections: words.name_inflections.clone(),
        numeric_dates: numeric_dates(&figures),
        ..TimeSection::default()
    };
    let derived = [full, date, day_of_week, day_of_month, month_of_year];
    let mut dates: Vec<String> = derived.iter().map(|p| template(p)).collect();
    let words = Around::new(words);
    dates.extend(if year_first { words.year_first() } else { words.day_first() });
    dates.push(format!("{} {{numeric}} {}", words.before_day, words.after_year_if_any));
    dates.extend(words.years());
    section.templates.insert("date".to_owned(), dates);
    let ranges = if year_first { words.year_first_ranges() } else { words.day_first_ranges() };
    section.templates.insert("range".to_owned(), ranges);
    Some(section)
}

/// The words around dates as pieces of templates; each may be absent but those that say otherwise.
struct Around {
    before_year: String,
    after_year: String,
    after_year_if_any: String,
    before_month: String,
    before_day: String,
    after_day: String,
    from: String,
    to: String,
    year_words: (Vec<String>, Vec<String>),
}

/// May stand between the parts of a date.
const COMMA: &str = ",|،|，?";

impl Around {
    fn new(words: &DateWords) -> Self {
        let choice = |words: &[String]| words.join(" | ");
        let maybe = |words: &[String]| match words {
            [] => String::new(),
            words => format!("[ {} ]", choice(words)),
        };
        let mut to: Vec<String> = ["-", "–", "—", "－", "~"].map(str::to_owned).to_vec();
        to.extend(words.to.iter().cloned());
        let mut before_year = words.before_year.clone();
        before_year.push(",".to_owned());
        before_year.push("،".to_owned());
        // "8/11" and "tháng 11/2017" where a word stands before them.
        Around {
            before_year: maybe(&before_year),
            after_year: maybe(&words.after_year),
            after_year_if_any: maybe(&words.after_year),
            before_month: maybe(&words.before_month),
            before_day: maybe(&words.before_day),
            after_day: maybe(&words.after_day),
            from: maybe(&words.from),
            to: format!("( {} )", choice(&to)),
            year_words: (words.before_year.clone(), words.after_year.clone()),
        }
    }

    /// "8 November 2017", "November 8, 2017", "November 2017".
    fn day_first(&self) -> Vec<String> {
        let Around { before_year, after_year, before_month, before_day, .. } = self;
        let year = format!("[ {before_year} {{year}} {after_year} ]");
        let month = format!("{before_month} {{month}}");
        let mut templates = vec![
            format!("[ {{weekday}} {COMMA} ] {before_day} {{day}} {month} {year}"),
            format!("{{weekday}} \\( {{day}} {month} {year} \\)"),
            format!("{{day}} {month} {{year}}? {COMMA} {{weekday}}"),
            format!("[ {{weekday}} {COMMA} ] {{month}} {{day}} [ {COMMA} {{year}} ]"),
            format!("{month} [ / ] {before_year} {{year}} {after_year}"),
        ];
        if !before_day.is_empty() {
            // "ngày 8/11": without the word a fraction or a score.
            let required = before_day.replace(['[', ']'], "");
            templates.push(format!("( {required} ) {{day}} / {{month-number}}"));
        }
        templates
    }

    /// "2017年11月8日".
    fn year_first(&self) -> Vec<String> {
        let Around { after_year, after_day, .. } = self;
        let weekday = format!("[ {COMMA} {{weekday}} | \\(|（ {{weekday}} \\)|） ]");
        vec![
            format!("[ {{year}} {after_year} ] {{month}} {{day}} {after_day} {weekday}"),
            format!("{{year}} {after_year} {{month}}"),
        ]
    }

    /// A year beside a word that tells it from a count.
    fn years(&self) -> Vec<String> {
        let (before, after) = &self.year_words;
        let mut templates = Vec::new();
        if !before.is_empty() {
            templates.push(format!("( {} ) {{year}} {}", before.join(" | "), self.after_year));
        }
        if !after.is_empty() {
            templates.push(format!("{{year}} ( {} )", after.join(" | ")));
        }
        templates
    }

    fn day_first_ranges(&self) -> Vec<String> {
        let Around { before_year, after_year, before_month, before_day, from, to, .. } = self;
        let end = format!(
            "{before_day} {{day_2}} {before_month} {{month_2}} [ {before_year} {{year_2}} {after_year} ]"
        );
        let mut ranges = vec![
            format!("{from} {before_day} {{day}} {to} {end}"),
            format!("{from} {before_day} {{day}} {before_month} {{month}} {{year}}? {to} {end}"),
        ];
        ranges.extend(self.year_ranges());
        ranges
    }

    fn year_first_ranges(&self) -> Vec<String> {
        let Around { after_year, after_day, from, to, .. } = self;
        let begin = format!("{from} [ {{year}} {after_year} ] {{month}} {{day}} {after_day}");
        let end = format!("{{day_2}} {after_day}");
        let mut ranges = vec![
            format!("{begin} {to} {end}"),
            format!("{begin} {to} [ {{year_2}} {after_year} ] {{month_2}} {end}"),
        ];
        ranges.extend(self.year_ranges());
        ranges
    }

    /// Two bare years are as often two counts, so a word must stand before them or behind.
    fn year_ranges(&self) -> Vec<String> {
        let Around { before_year, after_year, from, to, .. } = self;
        let mut ranges = Vec::new();
        if !from.is_empty() {
            let from = from.replace(['[', ']'], "");
            ranges.push(format!(
                "( {from} ) {before_year} {{year}} {after_year} {to} {before_year} {{year_2}} {after_year}"
            ));
        }
        ranges
    }
}

/// The fields and words of a CLDR pattern.
fn pieces(pattern: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut chars = pattern.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        if c == '\'' {
            quoted = !quoted;
            continue;
        }
        if quoted || !c.is_ascii_alphabetic() {
            match pieces.last_mut() {
                Some(Piece::Text(text)) => text.push(c),
                _ => pieces.push(Piece::Text(c.to_string())),
            }
            continue;
        }
        let mut length = 1;
        while chars.next_if_eq(&c).is_some() {
            length += 1;
        }
        pieces.push(match c {
            'y' | 'u' | 'r' => Piece::Slot("year"),
            'M' | 'L' if length < 3 => Piece::Slot("month-number"),
            'M' | 'L' => Piece::Slot("month"),
            'd' => Piece::Slot("day"),
            'E' | 'c' => Piece::Slot("weekday"),
            _ => Piece::Text(String::new()),
        });
    }
    pieces
}

/// A pattern as a template. Punctuation may be absent, and so may words at the end.
fn template(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for (i, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Slot(slot) => {
                out.push_str(&format!(" {{{slot}}}"));
            }
            Piece::Text(text) => {
                for word in text.split_whitespace() {
                    let is_comma = word.chars().all(|c| !c.is_alphanumeric());
                    let (word, optional) = (word.replace('.', ""), i + 1 == pieces.len());
                    match (is_comma, optional) {
                        (true, _) => out.push_str(&format!(" {COMMA}")),
                        (false, true) => out.push_str(&format!(" [ {word} [ . ] ]")),
                        (false, false) => out.push_str(&format!(" {word}")),
                    }
                }
            }
        }
    }
    out
}

/// Dates in figures with a year of four digits, in the language's order, and in ISO 8601's.
fn numeric_dates(short: &[Piece]) -> Vec<String> {
    let order: Vec<&str> = short
        .iter()
        .filter_map(|piece| match piece {
            Piece::Slot(slot) => Some(*slot),
            Piece::Text(_) => None,
        })
        .collect();
    let year_first = r"(?P<y>\d{4})[-/.](?P<mo>\d{1,2})[-/.](?P<d>\d{1,2})\b".to_owned();
    let other = match order.as_slice() {
        ["day", ..] => Some(r"(?P<d>\d{1,2})[-/.](?P<mo>\d{1,2})[-/.](?P<y>\d{4})\b".to_owned()),
        ["month-number", ..] => {
            Some(r"(?P<mo>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})\b".to_owned())
        }
        _ => None,
    };
    [Some(year_first), other].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_becomes_a_template() {
        assert_eq!(
            template(&pieces("EEEE, d 'de' MMMM y г.")),
            " {weekday} ,|،|，? {day} de {month} {year} [ г [ . ] ]"
        );
        assert_eq!(
            template(&pieces("y年M月d日")),
            " {year} 年 {month-number} 月 {day} [ 日 [ . ] ]"
        );
    }

    #[test]
    fn languages_with_another_calendar_have_no_section() {
        assert!(section("th", &DateWords::default()).is_some_and(|s| s.era == 543));
        assert!(section("fa", &DateWords::default()).is_none());
        assert!(section("no code", &DateWords::default()).is_none());
    }
}
