//! Publication dates as files write them: ISO 8601 in full or in part, and the forms that
//! crawlers and feeds use.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use super::PartialDate;

/// Forms beside ISO 8601, in `strptime` notation. Day before month with digits alone
/// ("03/04/2017") is left out: nobody can tell which it is.
const FORMS: [&str; 8] = [
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%A, %d %B %Y",
    "%A, %B %d, %Y",
];

/// Reads a publication date: the civil day that the text names, whatever its offset from UTC. A time in UTC names no
/// outlet's day; where the outlets' `zone` is known, it is the day there.
///
/// # Errors
/// Says what the text is and which forms are read.
pub(super) fn read_date(text: &str, zone: Option<&TimeZone>) -> Result<PartialDate, String> {
    let text = text.trim();
    let iso = text.parse::<PartialDate>();
    if let (Some(zone), Ok(_)) = (zone, &iso)
        && let Some(there) = utc_time(text)
    {
        return Ok(day_of(there.to_zoned(zone.clone()).date()));
    }
    if iso.is_ok() {
        return iso;
    }
    from_digits(text, zone)
        .or_else(|| {
            let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
            Some(match zone {
                Some(zone) if is_utc(&zoned) => zoned.with_time_zone(zone.clone()).date(),
                _ => zoned.date(),
            })
        })
        .or_else(|| FORMS.iter().find_map(|form| Date::strptime(form, text).ok()))
        .filter(|date| date.year() > 0)
        .map(day_of)
        .map_or(iso, Ok)
}

fn day_of(date: Date) -> PartialDate {
    PartialDate { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
}

fn is_utc(zoned: &Zoned) -> bool {
    zoned.offset() == Offset::UTC
}

/// The instant of an ISO 8601 time that is given in UTC.
fn utc_time(text: &str) -> Option<Timestamp> {
    let offset =
        text.get(10..)?.trim_start_matches(|c: char| c != 'Z' && c != 'z' && c != '+' && c != '-');
    let utc = matches!(offset, "Z" | "z" | "+00:00" | "+0000" | "+00" | "-00:00");
    utc.then(|| text.parse().ok()).flatten()
}

/// `20171108`, or seconds or milliseconds since 1970: the day in `zone`, in UTC where there is none.
fn from_digits(text: &str, zone: Option<&TimeZone>) -> Option<Date> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let timestamp = match text.len() {
        8 => return Date::strptime("%Y%m%d", text).ok(),
        9 | 10 => Timestamp::from_second(text.parse().ok()?),
        12 | 13 => Timestamp::from_millisecond(text.parse().ok()?),
        _ => return None,
    };
    Some(timestamp.ok()?.to_zoned(zone.cloned().unwrap_or(TimeZone::UTC)).date())
}

#[cfg(test)]
mod tests {
    use super::read_date;

    #[test]
    fn reads_the_forms_that_files_use() {
        for (text, date) in [
            ("2017", "2017"),
            ("2017-11", "2017-11"),
            (" 2017-11-08 ", "2017-11-08"),
            ("2017-11-08T23:30:00-05:00", "2017-11-08"),
            ("2017-11-08 12:00:00+00:00", "2017-11-08"),
            ("20171108", "2017-11-08"),
            ("1510099200", "2017-11-08"),
            ("1510099200000", "2017-11-08"),
            ("Wed, 08 Nov 2017 10:00:00 GMT", "2017-11-08"),
            ("2017/11/08", "2017-11-08"),
            ("8 November 2017", "2017-11-08"),
            ("Nov 8, 2017", "2017-11-08"),
        ] {
            assert_eq!(read_date(text, None).map(|d| d.to_string()), Ok(date.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_time_in_utc_is_a_day_in_the_zone_of_the_outlets() {
        let paris = jiff::tz::TimeZone::fixed(jiff::tz::offset(1));
        for (text, date) in [
            ("2017-11-08T23:30:00Z", "2017-11-09"),
            ("2017-11-08 23:30:00+00:00", "2017-11-09"),
            ("Wed, 08 Nov 2017 23:30:00 GMT", "2017-11-09"),
            ("1510183800", "2017-11-09"),
            // An offset of its own says which day the outlet wrote.
            ("2017-11-08T23:30:00-05:00", "2017-11-08"),
            ("2017-11-08T23:30:00+00:30", "2017-11-08"),
            ("2017-11-08T23:30:00", "2017-11-08"),
            ("2017-11-08", "2017-11-08"),
            ("2017-11", "2017-11"),
        ] {
            let read = read_date(text, Some(&paris)).map(|d| d.to_string());
            assert_eq!(read, Ok(date.to_owned()), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_date_or_could_be_two() {
        for text in ["", "yesterday", "2017-13", "2017-02-30", "03/04/2017", "99", "2017-11-08-1"] {
            assert!(read_date(text, None).is_err(), "{text}");
        }
    }
}
