//! The slots of templates, and the names by which packs list what fills them.

use super::rule::{Part, Season, Unit};

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
    /// A date in figures, as `figures::numeric` packs it.
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
    /// A month's number: 1–12.
    MonthNumber,
    /// A century in roman figures or an ordinal: 1–21.
    Century,
    /// Nothing: the sentence ends here or punctuation follows.
    Stop,
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
pub(super) const SEASONS: [(&str, Season); 10] = [
    ("spring", Season::Spring),
    ("summer", Season::Summer),
    ("autumn", Season::Autumn),
    ("winter", Season::Winter),
    ("first-quarter", Season::FirstQuarter),
    ("second-quarter", Season::SecondQuarter),
    ("third-quarter", Season::ThirdQuarter),
    ("fourth-quarter", Season::FourthQuarter),
    ("first-half", Season::FirstHalf),
    ("second-half", Season::SecondHalf),
];

/// The names of parts in packs.
pub(super) const PARTS: [(&str, Part); 7] = [
    ("begin", Part::Begin),
    ("middle", Part::Middle),
    ("end", Part::End),
    ("first-half", Part::FirstHalf),
    ("second-half", Part::SecondHalf),
    ("so-far", Part::SoFar),
    ("rest", Part::Rest),
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
    /// All slots, in the order of their discriminants.
    pub const ALL: [Slot; 21] = [
        Slot::Weekday,
        Slot::FullWeekday,
        Slot::Month,
        Slot::FullMonth,
        Slot::Day,
        Slot::Year,
        Slot::Number,
        Slot::Unit,
        Slot::Season,
        Slot::Part,
        Slot::DayPart,
        Slot::Clock,
        Slot::Numeric,
        Slot::Decade,
        Slot::DecadeWord,
        Slot::PartMonth,
        Slot::PartYear,
        Slot::WeekdayPart,
        Slot::MonthNumber,
        Slot::Century,
        Slot::Stop,
    ];

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
            "month-number" => Slot::MonthNumber,
            "century" => Slot::Century,
            "stop" => Slot::Stop,
            _ => return None,
        })
    }
}
