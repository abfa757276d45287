//! Month and weekday names of a language, from CLDR through icu.
//!
//! The names are read off formatted dates: of "8 de noviembre", the words that change with the
//! month are its name. So every form that CLDR knows comes along (genitive, standalone, long,
//! abbreviated), and no list is typed.

use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::{E, M, MD, YM};
use icu_locale::Locale;

use super::lexicon::{fold, time_tokens};
use crate::claim::tokens::{TokenKind, tokenize};

/// A name and whether it is written out ("novembre") or abbreviated ("nov").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Its words, in normal form.
    pub words: Vec<String>,
    /// Not an abbreviation.
    pub full: bool,
}

/// The forms of the twelve months and the seven weekdays, Monday first.
#[derive(Debug, Clone, Default)]
pub(super) struct CalendarNames {
    /// By month, January first.
    pub months: Vec<Vec<Name>>,
    /// By weekday, Monday first.
    pub weekdays: Vec<Vec<Name>>,
}

/// The calendar names of a BCP 47 code; empty for a code that is none. In a script without spaces
/// a name's words are its characters.
pub(super) fn calendar_names(code: &str, unspaced: bool) -> CalendarNames {
    let Ok(locale) = code.parse::<Locale>() else { return CalendarNames::default() };
    macro_rules! forms {
        ($days:expr, $full:expr, $fields:expr) => {
            match DateTimeFormatter::try_new((&locale).into(), $fields) {
                Ok(formatter) => {
                    let named = |day: &icu_calendar::Date<icu_calendar::Iso>| {
                        let shown = formatter.format(day);
                        // "M月" has a number for a name, and icu no digits for it. Beside a year only
                        // another form than beside a day is of use (and icu has no digits for Portuguese).
                        let pattern = shown.pattern().to_string();
                        let fields: &[&str] =
                            if pattern.contains('y') { &["LLL"] } else { &["MMM", "LLL", "E", "ccc"] };
                        let named = fields.iter().any(|field| pattern.contains(field));
                        named.then(|| shown.to_string())
                    };
                    let lines: Vec<String> =
                        $days.iter().map(named).collect::<Option<_>>().unwrap_or_default();
                    let names = if unspaced {
                        lines.iter().map(|line| characters(line)).collect()
                    } else {
                        varying_words(&lines)
                    };
                    names.into_iter().map(|words| Name { words, full: $full }).collect()
                }
                Err(_) => Vec::new(),
            }
        };
    }
    // The 8th, a day that no month name contains; 1–7 January 2024 begins on a Monday.
    let months: Vec<_> =
        (1..=12).filter_map(|m| icu_calendar::Date::try_new_iso(2024, m, 8).ok()).collect();
    let week: Vec<_> =
        (1..=7).filter_map(|d| icu_calendar::Date::try_new_iso(2024, 1, d).ok()).collect();
    // Beside a day or a year, without spaces, a name cannot be told from what stands around it.
    let beside_others: [Vec<Name>; 3] = if unspaced {
        Default::default()
    } else {
        [
            forms!(months, true, MD::long()),
            forms!(months, true, YM::long()),
            forms!(months, false, MD::medium()),
        ]
    };
    let [with_day, with_year, short] = beside_others;
    let alone = forms!(months, true, M::long());
    let month_forms = [with_day, alone, with_year, short, forms!(months, false, M::medium())];
    let weekday_forms: [Vec<Name>; 3] = [
        forms!(week, true, E::long()),
        forms!(week, false, E::medium()),
        forms!(week, false, E::short()),
    ];
    CalendarNames { months: by_index(&month_forms, 12), weekdays: by_index(&weekday_forms, 7) }
}

/// The names of each index, long forms first, without duplicates.
fn by_index(forms: &[Vec<Name>], count: usize) -> Vec<Vec<Name>> {
    (0..count)
        .map(|index| {
            let mut names: Vec<Name> = Vec::new();
            for name in forms.iter().filter_map(|form| form.get(index)) {
                if !name.words.is_empty() && !names.iter().any(|n| n.words == name.words) {
                    names.push(name.clone());
                }
            }
            names
        })
        .collect()
}

fn characters(line: &str) -> Vec<String> {
    time_tokens(line, 0, true).into_iter().map(|t| fold(&t.lower)).collect()
}

/// Of each line the words that not all lines share.
fn varying_words(lines: &[String]) -> Vec<Vec<String>> {
    let of_kinds = |line: &String, kinds: &[TokenKind]| -> Vec<String> {
        let tokens = tokenize(line, 0).into_iter();
        tokens.filter(|t| kinds.contains(&t.kind)).map(|t| t.lower).collect()
    };
    let words: Vec<Vec<String>> =
        lines.iter().map(|line| of_kinds(line, &[TokenKind::Word])).collect();
    // "tháng 11": the months are numbered, and each stands alone in its line.
    if let [first, rest @ ..] = words.as_slice()
        && rest.iter().all(|line| line == first)
        && lines.iter().all(|line| !line.starts_with('8'))
    {
        let all = [TokenKind::Word, TokenKind::Number];
        return lines.iter().map(|line| of_kinds(line, &all)).collect();
    }
    let shared = |word: &String| words.iter().all(|line| line.contains(word));
    words.iter().map(|line| line.iter().filter(|w| !shared(w)).cloned().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(names: &[Name]) -> Vec<String> {
        names.iter().map(|n| n.words.join(" ")).collect()
    }

    #[test]
    fn names_are_cldrs() {
        for (code, november, sunday) in [
            ("fr", "novembre", "dimanche"),
            ("en", "november", "sunday"),
            ("es", "noviembre", "domingo"),
            ("de", "november", "sonntag"),
            ("ar", "نوفمبر", "الأحد"),
            ("ru", "ноября", "воскресенье"),
        ] {
            let names = calendar_names(code, false);
            assert!(all(&names.months[10]).iter().any(|n| n == november), "{code} {names:?}");
            assert!(all(&names.weekdays[6]).iter().any(|n| n == sunday), "{code} {names:?}");
        }
    }

    #[test]
    fn russian_has_both_forms_of_a_month() {
        let november = all(&calendar_names("ru", false).months[10]);
        assert!(november.contains(&"ноябрь".to_owned()) && november.contains(&"ноября".to_owned()));
    }

    #[test]
    fn a_code_that_is_none_has_no_names() {
        assert!(calendar_names("not a code", false).months.is_empty());
    }
}
