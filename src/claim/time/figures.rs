//! Numbers, hours and dates in figures.

fn group(captures: &regex::Captures<'_>, name: &str) -> Option<i32> {
    integer(captures.name(name)?.as_str())
}

/// Hours × 60 + minutes of a matched time of day.
pub(super) fn clock(captures: &regex::Captures<'_>) -> Option<i32> {
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

/// A date in figures, packed: (year × 12 + month − 1) × 31 + day − 1, year 0 if absent; plus
/// [`EITHER`] where day and month may as well be the other way round.
///
/// The regular expression names its groups `d` and `mo`, or `a` and `b` where outlets of the
/// language write either order and only figures above 12 tell which.
pub(super) fn numeric(captures: &regex::Captures<'_>, era: i16) -> Option<i32> {
    let (day, month, either) = match (group(captures, "a"), group(captures, "b")) {
        (Some(a), Some(b)) if b > 12 => (b, a, false),
        (Some(a), Some(b)) => (a, b, a <= 12 && a != b),
        _ => (group(captures, "d")?, group(captures, "mo")?, false),
    };
    let year = match captures.name("y") {
        None => 0,
        Some(_) => match year_of_era(group(captures, "y")?, era) {
            short @ 0..=49 => 2000 + short,
            short @ 50..=99 => 1900 + short,
            year => year,
        },
    };
    let plausible = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (year == 0 || (1000..=2100).contains(&year));
    let packed = (year * 12 + month - 1) * 31 + day - 1;
    plausible.then_some(if either { packed + EITHER } else { packed })
}

/// Marks packed figures whose day and month may be swapped.
pub(super) const EITHER: i32 = 1 << 24;

/// A year counted from another epoch, `era` years before ours: 2560 in Thailand is 2017. Years
/// that are plausible in ours are left alone.
pub(super) fn year_of_era(year: i32, era: i16) -> i32 {
    let ours = year - i32::from(era);
    if era > 0 && year > 2100 && (1000..=2100).contains(&ours) { ours } else { year }
}

/// A roman number from 1 to 39, with the ending of an ordinal ("XIXe", "XIX.").
pub(super) fn roman(word: &str) -> Option<i32> {
    let digits = word.trim_end_matches(['e', 'è', 'm', '.', 'º', 'ᵉ']);
    if digits.is_empty() || word.len() - digits.len() > 4 {
        return None;
    }
    let value = |c| match c {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        _ => None,
    };
    let values: Vec<i32> = digits.chars().map(value).collect::<Option<_>>()?;
    let sum = values.iter().enumerate().fold(0, |sum, (i, &v)| {
        if values.get(i + 1).is_some_and(|&next| next > v) { sum - v } else { sum + v }
    });
    (1..40).contains(&sum).then_some(sum)
}

/// One of the Chinese digits 〇一二三四五六七八九.
pub(super) fn han_digit(word: &str) -> Option<i32> {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let mut chars = word.chars();
    let (first, rest) = (chars.next()?, chars.next());
    let first = if first == '零' { '〇' } else { first };
    if rest.is_some() {
        return None;
    }
    DIGITS.iter().position(|&d| d == first).map(|d| d as i32)
}

/// Digits of any script to a number; none with separators, fractions or too many digits.
pub(super) fn integer(text: &str) -> Option<i32> {
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
