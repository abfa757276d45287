//! What a time expression says, in symbols: no publication day is needed to read one.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Anchor, DateInterval, Granularity, TimexType};

/// A stretch of the calendar that news counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// A civil day.
    Day,
    /// Saturday and Sunday.
    Weekend,
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
    /// Ten years.
    Decade,
}

/// Which of the dates that fit is meant, seen from the anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Not said; news looks back, so the latest one up to the anchor.
    #[default]
    Unsaid,
    /// "ce vendredi", "this November": the one the anchor lies in, or the nearest.
    This,
    /// "dimanche dernier": strictly before the anchor.
    Last,
    /// "dimanche prochain", "next May": strictly after the anchor.
    Next,
}

/// A part of a month, a week, a season or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// "début novembre": the first third, days 1–10 of a month.
    Begin,
    /// "mi-novembre": days 11–20 of a month.
    Middle,
    /// "fin octobre": from day 21 to the month's end.
    End,
    /// "la première quinzaine".
    FirstHalf,
    /// "la seconde moitié".
    SecondHalf,
    /// "earlier this month": from its first day to the anchor.
    SoFar,
    /// "later this week": from the anchor to its last day.
    Rest,
}

/// A stretch of the year by whole months: a season of the northern hemisphere, where summer is
/// June to August, a quarter or a half of the calendar year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Season {
    /// March to May.
    Spring,
    /// June to August.
    Summer,
    /// September to November.
    Autumn,
    /// December to February of the next year.
    Winter,
    /// January to March.
    FirstQuarter,
    /// April to June.
    SecondQuarter,
    /// July to September.
    ThirdQuarter,
    /// October to December.
    FourthQuarter,
    /// January to June.
    FirstHalf,
    /// July to December.
    SecondHalf,
}

/// What an offset counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    /// The anchor: the publication day, or the quoted publication's.
    #[default]
    Anchor,
    /// The date last spoken of.
    Discourse,
}

/// Past, present or future, for expressions that say no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tense {
    /// "récemment".
    Past,
    /// "actuellement".
    Present,
    /// "prochainement".
    Future,
}

/// What a length of time says in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ahead {
    /// How long: "pendant trois jours".
    #[default]
    No,
    /// How far ahead: "in two years".
    After,
    /// By when: "в течение 48 часов".
    Within,
}

/// A calendar date of which any part may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CalendarDate {
    /// Civil year.
    pub year: Option<i16>,
    /// The year counted from the anchor's: −1 in "in March of last year".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<i32>,
    /// Month, 1–12.
    pub month: Option<i8>,
    /// Day of the month.
    pub day: Option<i8>,
    /// Day of the week, Monday 1 to Sunday 7; it checks the date and may betray its year.
    pub weekday: Option<i8>,
    /// Part of the month or year.
    pub part: Option<Part>,
    /// Which of the dates that fit.
    #[serde(default)]
    pub direction: Direction,
}

/// What a time expression says, before any calendar is looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "rule")]
pub enum TimeRule {
    /// "mercredi 8 novembre 2017", "en 2014", "fin octobre".
    Date(CalendarDate),
    /// "dimanche", "last Tuesday"; with `week`, a day of that week relative to the anchor's.
    Weekday {
        /// Monday 1 to Sunday 7.
        weekday: i8,
        /// Which one.
        direction: Direction,
        /// "mardi de la semaine dernière": −1.
        week: Option<i32>,
        /// What it counts from: "le dimanche suivant" from the date last spoken of.
        #[serde(default)]
        base: Base,
    },
    /// "hier", "il y a dix jours", "three days later".
    Offset {
        /// What is counted.
        unit: Unit,
        /// How many; none for "quelques".
        amount: Option<i32>,
        /// Whether it counts forward.
        forward: bool,
        /// What it counts from.
        base: Base,
    },
    /// "la semaine dernière", "this month", "fin 2017" has a year and is a date.
    Relative {
        /// The stretch.
        unit: Unit,
        /// 0 is the one the anchor lies in, −1 the one before.
        offset: i32,
        /// Part of it.
        part: Option<Part>,
        /// What it counts from: "la semaine suivante" from the date last spoken of.
        #[serde(default)]
        base: Base,
    },
    /// "la semaine 45", "KW 45": a week by its ISO 8601 number.
    IsoWeek {
        /// 1–53.
        week: i8,
        /// ISO year.
        year: Option<i16>,
        /// Which one where the year is unknown.
        direction: Direction,
    },
    /// "l'été 2016", "l'hiver dernier", "le troisième trimestre".
    Season {
        /// Which.
        season: Season,
        /// The year it begins in.
        year: Option<i16>,
        /// Part of it.
        part: Option<Part>,
        /// Which one where the year is unknown.
        direction: Direction,
    },
    /// "les années 1990".
    Decade {
        /// Its first year.
        first_year: i16,
        /// Part of it.
        #[serde(default)]
        part: Option<Part>,
    },
    /// "le XIXe siècle".
    Century {
        /// 19 is 1801 to 1900.
        number: i16,
    },
    /// Figures that can be read in several ways: "8/3/2014" where outlets write either order.
    Either {
        /// The ways.
        of: Vec<TimeRule>,
    },
    /// The night that begins on a day: "mardi dans la nuit", "la nuit dernière" (of yesterday).
    Night {
        /// The evening's date.
        evening: Box<TimeRule>,
    },
    /// The night that ends on a day: "in der Nacht auf Mittwoch".
    NightBefore {
        /// The morning's date.
        morning: Box<TimeRule>,
    },
    /// "du 3 au 5 novembre", "dans la nuit de mardi à mercredi".
    Range {
        /// Where it begins.
        from: Box<TimeRule>,
        /// Where it ends.
        to: Box<TimeRule>,
        /// It is the night between the two.
        night: bool,
    },
    /// "depuis mercredi": up to the anchor.
    Since {
        /// Where it begins.
        start: Box<TimeRule>,
    },
    /// "jusqu'à vendredi", "d'ici lundi".
    Until {
        /// Where it ends.
        end: Box<TimeRule>,
    },
    /// "au 6 novembre": a state at a date; what led to it was at or before that day.
    AsOf {
        /// The day of the state.
        date: Box<TimeRule>,
    },
    /// "ces dernières 48 heures", "au cours des trois prochains jours".
    Window {
        /// What is counted.
        unit: Unit,
        /// How many; none for "ces derniers jours".
        amount: Option<i32>,
        /// Whether it lies ahead.
        forward: bool,
    },
    /// "récemment": resolved to a generous window and never more than a hint.
    Vague {
        /// Where it lies.
        tense: Tense,
    },
    /// "à 15h": a time of the day under discussion, or of the publication day.
    Clock,
    /// "pendant trois jours": no place on the calendar.
    Duration {
        /// What is counted.
        unit: Unit,
        /// How many.
        amount: Option<i32>,
        /// What it says in a plan.
        #[serde(default)]
        ahead: Ahead,
    },
    /// "chaque mardi", "tous les jours": no single place on the calendar.
    Set {
        /// What recurs, where it is a date.
        every: Option<Box<TimeRule>>,
        /// What recurs, where it is a unit.
        unit: Option<Unit>,
    },
}

impl TimeRule {
    /// `amount` days before (negative) or after the anchor.
    pub fn days(amount: i32) -> Self {
        TimeRule::Offset {
            unit: Unit::Day,
            amount: Some(amount.abs()),
            forward: amount > 0,
            base: Base::Anchor,
        }
    }

    /// Whether it names a state at a date rather than the date of an event.
    pub fn as_of(&self) -> bool {
        matches!(self, TimeRule::AsOf { .. })
    }

    /// The same rule read forward, for a plan ("le scrutin aura lieu dimanche").
    pub fn toward_future(mut self) -> Self {
        match &mut self {
            TimeRule::Date(CalendarDate { direction, .. })
            | TimeRule::Weekday { direction, .. }
            | TimeRule::Season { direction, .. }
            | TimeRule::IsoWeek { direction, .. }
                if *direction == Direction::Unsaid =>
            {
                *direction = Direction::Next;
            }
            // "cette nuit": the one that ends today, or in a plan the one that begins.
            TimeRule::NightBefore { morning } if **morning == TimeRule::days(0) => {
                return TimeRule::Night { evening: morning.clone() };
            }
            // What holds "from Monday" on begins then.
            TimeRule::Since { start } if !matches!(**start, TimeRule::Offset { .. }) => {
                return start.clone().toward_future();
            }
            TimeRule::Duration { unit, amount, ahead: Ahead::After } => {
                let (unit, amount) = (*unit, *amount);
                return TimeRule::Offset { unit, amount, forward: true, base: Base::Anchor };
            }
            TimeRule::Duration { unit, amount, ahead: Ahead::Within } => {
                return TimeRule::Window { unit: *unit, amount: *amount, forward: true };
            }
            // "this week" in a plan is what is left of it.
            TimeRule::Relative {
                unit: Unit::Weekend,
                offset: 0,
                part: None,
                base: Base::Anchor,
            } => {
                return TimeRule::Relative {
                    unit: Unit::Weekend,
                    offset: 0,
                    part: Some(Part::Rest),
                    base: Base::Anchor,
                };
            }
            TimeRule::Night { evening: inner }
            | TimeRule::NightBefore { morning: inner }
            | TimeRule::AsOf { date: inner }
            | TimeRule::Until { end: inner } => **inner = inner.clone().toward_future(),
            TimeRule::Range { from, to, .. } => {
                **from = from.clone().toward_future();
                **to = to.clone().toward_future();
            }
            _ => {}
        }
        self
    }

    /// What the rule counts from.
    pub fn anchor(&self) -> Anchor {
        match self {
            TimeRule::Date(CalendarDate { year: Some(_), .. })
            | TimeRule::Season { year: Some(_), .. }
            | TimeRule::IsoWeek { year: Some(_), .. }
            | TimeRule::Decade { .. }
            | TimeRule::Century { .. }
            | TimeRule::Duration { .. }
            | TimeRule::Set { .. } => Anchor::None,
            TimeRule::Offset { base: Base::Discourse, .. }
            | TimeRule::Weekday { base: Base::Discourse, .. }
            | TimeRule::Relative { base: Base::Discourse, .. }
            | TimeRule::Clock => Anchor::Discourse,
            TimeRule::Either { of } => of.first().map_or(Anchor::None, TimeRule::anchor),
            TimeRule::Night { evening: inner }
            | TimeRule::NightBefore { morning: inner }
            | TimeRule::AsOf { date: inner } => inner.anchor(),
            TimeRule::Range { from, to, .. } => match from.anchor() {
                Anchor::None => to.anchor(),
                other => other,
            },
            _ => Anchor::Publication,
        }
    }

    /// How coarse what it names is.
    pub fn granularity(&self) -> Granularity {
        match self {
            TimeRule::Date(CalendarDate { day: Some(_), .. })
            | TimeRule::Weekday { .. }
            | TimeRule::Clock => Granularity::Day,
            TimeRule::Date(CalendarDate { month: Some(_), .. }) => Granularity::Month,
            TimeRule::Date(_) => Granularity::Year,
            TimeRule::Offset { amount: None, .. }
            | TimeRule::Window { .. }
            | TimeRule::Vague { .. }
            | TimeRule::Since { .. }
            | TimeRule::Until { .. } => Granularity::Vague,
            TimeRule::Offset { unit, .. } | TimeRule::Relative { unit, .. } => unit.granularity(),
            TimeRule::Season { .. } => Granularity::Season,
            TimeRule::IsoWeek { .. } => Granularity::Week,
            TimeRule::Decade { .. } => Granularity::Decade,
            TimeRule::Century { .. } => Granularity::Century,
            TimeRule::Either { of } => of.first().map_or(Granularity::Day, TimeRule::granularity),
            TimeRule::Night { .. } | TimeRule::NightBefore { .. } => Granularity::Night,
            TimeRule::Range { night: true, .. } => Granularity::Night,
            TimeRule::Range { to: inner, .. } | TimeRule::AsOf { date: inner } => {
                inner.granularity()
            }
            TimeRule::Duration { unit, .. } => unit.granularity(),
            TimeRule::Set { every, unit } => match (every, unit) {
                (Some(rule), _) => rule.granularity(),
                (None, Some(unit)) => unit.granularity(),
                (None, None) => Granularity::Vague,
            },
        }
    }

    /// The TIMEX3 type, of an expression without a time of day.
    pub fn kind(&self) -> TimexType {
        match self {
            TimeRule::Duration { .. } => TimexType::Duration,
            TimeRule::Set { .. } => TimexType::Set,
            TimeRule::Clock | TimeRule::Night { .. } | TimeRule::NightBefore { .. } => {
                TimexType::Time
            }
            TimeRule::Range { night: true, .. } => TimexType::Time,
            TimeRule::Offset { unit: Unit::Hour | Unit::Minute, .. } => TimexType::Time,
            _ => TimexType::Date,
        }
    }

    /// The TIMEX3 value, with `X` for what `intervals` leave open. `time` is a suffix such as
    /// `T15:00` or `TMO`.
    pub fn value(&self, intervals: &[DateInterval], time: Option<&str>) -> String {
        let known = match intervals {
            [interval] => Some(*interval),
            _ => None,
        };
        let time = time.unwrap_or("");
        match (self, known) {
            (TimeRule::Duration { unit, amount, .. }, _) => duration(*unit, *amount),
            (TimeRule::Set { every: Some(rule), .. }, _) => rule.value(&[], Some(time)),
            (TimeRule::Set { unit, .. }, _) => duration(unit.unwrap_or(Unit::Day), Some(1)),
            (TimeRule::Vague { tense }, _) => reference(*tense).to_owned(),
            (TimeRule::Window { forward, amount: None, .. }, _)
            | (TimeRule::Offset { forward, amount: None, .. }, _) => {
                reference(if *forward { Tense::Future } else { Tense::Past }).to_owned()
            }
            (TimeRule::AsOf { date }, _) => date.value(intervals, Some(time)),
            (TimeRule::Night { .. }, Some(interval)) => format!("{}TNI", interval.first),
            (TimeRule::NightBefore { .. }, Some(interval)) => format!("{}TNI", interval.first),
            (TimeRule::Range { night: true, .. }, Some(interval)) => {
                format!("{}TNI", interval.first)
            }
            (TimeRule::Night { evening: inner }, None) => inner.value(&[], Some("TNI")),
            (TimeRule::NightBefore { morning: inner }, None) => inner.value(&[], Some("TNI")),
            (TimeRule::Range { from, to, .. }, None) => {
                format!("{}/{}", from.value(&[], None), to.value(&[], None))
            }
            (TimeRule::Since { start }, None) => start.value(&[], Some(time)),
            (TimeRule::Until { end }, None) => end.value(&[], Some(time)),
            (TimeRule::Clock, None) => format!("XXXX-XX-XX{time}"),
            (rule, Some(interval)) => format!("{}{time}", rule.known_value(interval)),
            (rule, None) => format!("{}{time}", rule.open_value()),
        }
    }

    fn known_value(&self, interval: DateInterval) -> String {
        let first = interval.first;
        let has_part = matches!(
            self,
            TimeRule::Date(CalendarDate { part: Some(_), .. })
                | TimeRule::Relative { part: Some(_), .. }
                | TimeRule::Season { part: Some(_), .. }
                | TimeRule::Decade { part: Some(_), .. }
        );
        match self.granularity() {
            _ if interval.first == interval.last => first.to_string(),
            _ if has_part => format!("{first}/{}", interval.last),
            Granularity::Week if matches!(self, TimeRule::Relative { unit: Unit::Weekend, .. }) => {
                format!("{}-WE", week(first))
            }
            Granularity::Week
                if matches!(self, TimeRule::Relative { .. } | TimeRule::IsoWeek { .. }) =>
            {
                week(first)
            }
            Granularity::Month if !matches!(self, TimeRule::Range { .. }) => month(first),
            Granularity::Year if !matches!(self, TimeRule::Range { .. }) => year(first),
            Granularity::Decade if !matches!(self, TimeRule::Range { .. }) => {
                format!("{:03}", first.year() / 10)
            }
            Granularity::Century => format!("{:02}", first.year() / 100),
            Granularity::Season => match self {
                TimeRule::Season { season, .. } => {
                    format!("{}-{}", year(first), season.code())
                }
                _ => format!("{first}/{}", interval.last),
            },
            _ => format!("{first}/{}", interval.last),
        }
    }

    fn open_value(&self) -> String {
        match self {
            TimeRule::Date(date) => {
                let year = date.year.map_or("XXXX".to_owned(), |y| format!("{y:04}"));
                match (date.month, date.day) {
                    (Some(month), Some(day)) => format!("{year}-{month:02}-{day:02}"),
                    (Some(month), None) => format!("{year}-{month:02}"),
                    (None, Some(day)) => format!("{year}-XX-{day:02}"),
                    (None, None) => year,
                }
            }
            TimeRule::Weekday { weekday, .. } => format!("XXXX-WXX-{weekday}"),
            TimeRule::Season { season, year, .. } => {
                let year = year.map_or("XXXX".to_owned(), |y| format!("{y:04}"));
                format!("{year}-{}", season.code())
            }
            TimeRule::IsoWeek { week, year, .. } => {
                let year = year.map_or("XXXX".to_owned(), |y| format!("{y:04}"));
                format!("{year}-W{week:02}")
            }
            TimeRule::Decade { first_year, .. } => format!("{:03}", first_year / 10),
            TimeRule::Century { number } => format!("{:02}", number - 1),
            TimeRule::Either { of } => match of.first() {
                Some(TimeRule::Date(CalendarDate { year: Some(year), .. })) => {
                    format!("{year:04}-XX-XX")
                }
                _ => "XXXX-XX-XX".to_owned(),
            },
            TimeRule::Window { unit, amount, .. } => duration(*unit, *amount),
            _ => match self.granularity() {
                Granularity::Week => "XXXX-WXX".to_owned(),
                Granularity::Month => "XXXX-XX".to_owned(),
                Granularity::Year => "XXXX".to_owned(),
                Granularity::Decade => "XXX".to_owned(),
                _ => "XXXX-XX-XX".to_owned(),
            },
        }
    }
}

impl Unit {
    /// The most days that one of them has.
    pub fn days(self) -> i32 {
        match self {
            Unit::Minute | Unit::Hour | Unit::Day => 1,
            Unit::Weekend => 2,
            Unit::Week => 7,
            Unit::Month => 31,
            Unit::Year => 366,
            Unit::Decade => 3660,
        }
    }

    /// How coarse one of them is.
    pub fn granularity(self) -> Granularity {
        match self {
            Unit::Minute | Unit::Hour | Unit::Day => Granularity::Day,
            Unit::Weekend | Unit::Week => Granularity::Week,
            Unit::Month => Granularity::Month,
            Unit::Year => Granularity::Year,
            Unit::Decade => Granularity::Decade,
        }
    }
}

impl Season {
    /// The first month, 1–12.
    pub fn first_month(self) -> i8 {
        match self {
            Season::Spring => 3,
            Season::Summer => 6,
            Season::Autumn => 9,
            Season::Winter => 12,
            Season::FirstQuarter | Season::FirstHalf => 1,
            Season::SecondQuarter => 4,
            Season::ThirdQuarter | Season::SecondHalf => 7,
            Season::FourthQuarter => 10,
        }
    }

    /// How many months it has.
    pub fn months(self) -> i32 {
        match self {
            Season::FirstHalf | Season::SecondHalf => 6,
            _ => 3,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Season::Spring => "SP",
            Season::Summer => "SU",
            Season::Autumn => "FA",
            Season::Winter => "WI",
            Season::FirstQuarter => "Q1",
            Season::SecondQuarter => "Q2",
            Season::ThirdQuarter => "Q3",
            Season::FourthQuarter => "Q4",
            Season::FirstHalf => "H1",
            Season::SecondHalf => "H2",
        }
    }
}

fn week(day: Date) -> String {
    let week = day.iso_week_date();
    format!("{:04}-W{:02}", week.year(), week.week())
}

fn month(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

fn year(day: Date) -> String {
    format!("{:04}", day.year())
}

fn duration(unit: Unit, amount: Option<i32>) -> String {
    let amount = amount.map_or("X".to_owned(), |n| n.to_string());
    match unit {
        Unit::Minute => format!("PT{amount}M"),
        Unit::Hour => format!("PT{amount}H"),
        Unit::Day => format!("P{amount}D"),
        Unit::Weekend => format!("P{amount}WE"),
        Unit::Week => format!("P{amount}W"),
        Unit::Month => format!("P{amount}M"),
        Unit::Year => format!("P{amount}Y"),
        Unit::Decade => format!("P{amount}DE"),
    }
}

fn reference(tense: Tense) -> &'static str {
    match tense {
        Tense::Past => "PAST_REF",
        Tense::Present => "PRESENT_REF",
        Tense::Future => "FUTURE_REF",
    }
}
