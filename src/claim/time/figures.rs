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

/// (year × 12 + month − 1) × 31 + day − 1 of a matched date; year 0 if absent.
pub(super) fn numeric(captures: &regex::Captures<'_>) -> Option<i32> {
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
