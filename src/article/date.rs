//! Publication dates as files write them: ISO 8601 in full or in part, and the forms that
//! crawlers and feeds use.

use jiff::civil::Date;

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

/// Reads a publication date; the outlet's own civil day where a time and zone are given.
///
/// # Errors
/// Says what the text is and which forms are read.
pub(super) fn read_date(text: &str) -> Result<PartialDate, String> {
    let text = text.trim();
    let iso = text.parse::<PartialDate>();
    if iso.is_ok() {
        return iso;
    }
    from_digits(text)
        .or_else(|| Some(jiff::fmt::rfc2822::parse(text).ok()?.date()))
        .or_else(|| FORMS.iter().find_map(|form| Date::strptime(form, text).ok()))
        .filter(|date| date.year() > 0)
        .map(|date| PartialDate {
            year: date.year(),
            month: Some(date.month()),
            day: Some(date.day()),
        })
        .map_or(iso, Ok)
}

/// `20171108`, or seconds or milliseconds since 1970 (UTC).
fn from_digits(text: &str) -> Option<Date> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let timestamp = match text.len() {
        8 => return Date::strptime("%Y%m%d", text).ok(),
        9 | 10 => jiff::Timestamp::from_second(text.parse().ok()?),
        12 | 13 => jiff::Timestamp::from_millisecond(text.parse().ok()?),
        _ => return None,
    };
    Some(timestamp.ok()?.to_zoned(jiff::tz::TimeZone::UTC).date())
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
            assert_eq!(read_date(text).map(|d| d.to_string()), Ok(date.to_owned()), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_date_or_could_be_two() {
        for text in ["", "yesterday", "2017-13", "2017-02-30", "03/04/2017", "99", "2017-11-08-1"] {
            assert!(read_date(text).is_err(), "{text}");
        }
    }
}
