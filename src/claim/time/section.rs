//! The pack section `[time]`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What a language pack says about time expressions. Months and weekdays come from CLDR; the pack
/// adds case endings, other names, number words and templates.
///
/// Templates are phrases (see [`crate::claim::phrase`]) with slots `{day}`, `{month}`,
/// `{full-month}`, `{weekday}`, `{full-weekday}`, `{year}`, `{number}`, `{unit}`, `{season}`,
/// `{part}`, `{daypart}`, `{clock}`, `{numeric}`, `{decade}`, `{decade-word}`, `{part-month}`, `{part-year}`, `{weekday-part}`, `{month-number}`, `{century}` (a second one of a
/// kind is `{day_2}`), `{stop}` (nothing, where the sentence ends or punctuation follows),
/// groups `( a | b )`, optional groups `[ a ]`, and macros `<name>`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeSection {
    /// The script writes no spaces between words: every character is matched as a word.
    pub unspaced: bool,
    /// How many years before ours the language's calendar began counting: 543 in Thailand.
    pub era: i16,
    /// Month and weekday names count only with a capital letter ("May" is a month, "may" a verb).
    pub capitalised_names: bool,
    /// Case endings of month and weekday names: CLDR's ending, and what may stand for it.
    pub name_inflections: BTreeMap<String, Vec<String>>,
    /// Further names of months, by number; a final full stop marks an abbreviation.
    pub months: BTreeMap<String, Vec<String>>,
    /// Further names of weekdays, Monday 1.
    pub weekdays: BTreeMap<String, Vec<String>>,
    /// What may be glued behind a day's figure ("er", "th").
    pub ordinal_suffixes: Vec<String>,
    /// Regular expressions of dates in figures, with groups `d`, `mo` and perhaps `y`; groups `a` and
    /// `b` for day and month in either order.
    pub numeric_dates: Vec<String>,
    /// Regular expressions of times of day, with groups `h`, perhaps `m`, and empty or not `am`, `pm`.
    pub clocks: Vec<String>,
    /// Words that make the number before them a count and no year.
    pub not_after_year: Vec<String>,
    /// Number words from one on, forms separated by `|`.
    pub numbers: Vec<String>,
    /// Other number words, by value.
    pub more_numbers: BTreeMap<String, Vec<String>>,
    /// Day-of-month words from the first on, forms separated by `|`.
    pub day_words: Vec<String>,
    /// Words for an unknown small number.
    pub few: Vec<String>,
    /// Forms of `minute`, `hour`, `day`, `weekend`, `week`, `month`, `year`, `decade`.
    pub units: BTreeMap<String, Vec<String>>,
    /// Forms of `spring`, `summer`, `autumn`, `winter`, `first-quarter` …, `first-half`, `second-half`.
    pub seasons: BTreeMap<String, Vec<String>>,
    /// What stands before a month for `begin`, `middle`, `end`, `first-half`, `second-half`, `so-far`,
    /// `rest`.
    pub parts: BTreeMap<String, Vec<String>>,
    /// Parts glued before a month or year ("mi-novembre"): the prefix and the part's name.
    pub joined_parts: BTreeMap<String, String>,
    /// Forms of `dawn`, `morning`, `noon`, `afternoon`, `evening`, `night`, `midnight`.
    pub dayparts: BTreeMap<String, Vec<String>>,
    /// Parts of the day glued behind a weekday ("Freitagmorgen"), as `dayparts`.
    pub joined_dayparts: BTreeMap<String, Vec<String>>,
    /// Decades in words, by first year.
    pub decades: BTreeMap<String, Vec<String>>,
    /// Pieces of templates, used as `<name>`.
    pub macros: BTreeMap<String, String>,
    /// Templates by what they mean; the keys are those of `time/build.rs`.
    pub templates: BTreeMap<String, Vec<String>>,
    /// What may follow a day and give its time, with `{clock}` or `{daypart}`.
    pub time_after: Vec<String>,
    /// What may precede a day and give its time.
    pub time_before: Vec<String>,
    /// Prefixes: "depuis".
    pub since: Vec<String>,
    /// Prefixes: "jusqu'à", "d'ici".
    pub until: Vec<String>,
    /// Prefixes of a day: "au", "as of".
    pub as_of: Vec<String>,
    /// Phrases behind which dates lie ahead of publication: "is due", "prévu", "aura lieu".
    pub ahead: Vec<String>,
    /// Verbs of saying and publishing, as phrases.
    pub reporting_verbs: Vec<String>,
    /// What may stand between such a verb and its day ("on").
    pub reporting_gap: Vec<String>,
    /// What opens the content of such a verb ("que", "that"): times behind it date that content.
    pub reporting_complements: Vec<String>,
}
