//! The timeline of a dossier about time: the days that each position can mean, on one axis.

use jiff::civil::Date;
use serde::Serialize;

use crate::dossier::Dossier;
use crate::judge::Kind;

use super::locale::Locale;
use super::visible::visible;

/// Width of the drawing in its own units; the page scales it.
pub(crate) const WIDTH: f64 = 720.0;
/// Where the axis begins: letters stand before it.
pub(crate) const LEFT: f64 = 40.0;
/// What stays free on the right, for a label's end.
pub(crate) const RIGHT: f64 = 28.0;
/// Height of a position's row.
pub(crate) const ROW: f64 = 34.0;
/// Space above the first row.
pub(crate) const TOP: f64 = 12.0;
/// Labels on the axis at most.
const LABELS: i64 = 8;

/// A drawing in its own units, ready for SVG.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Timeline {
    pub title: String,
    pub description: String,
    pub width: f64,
    pub height: f64,
    pub axis: f64,
    pub left: f64,
    pub right: f64,
    pub ticks: Vec<Tick>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tick {
    pub x: f64,
    /// Empty on days between labels.
    pub label: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub letter: String,
    /// The answer.
    pub label: String,
    pub y: f64,
    pub middle: f64,
    pub bars: Vec<Bar>,
    /// More than one bar: only one of them can be meant.
    pub several: bool,
    /// From the first bar to the last, for the line that joins them.
    pub from: f64,
    pub to: f64,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Bar {
    pub x: f64,
    pub width: f64,
    pub title: String,
}

/// The timeline of a dossier about time; none where no position has dates.
pub(crate) fn timeline(dossier: &Dossier, question: &str, locale: &Locale) -> Option<Timeline> {
    if dossier.kind != Kind::Time {
        return None;
    }
    let all = || dossier.positions.iter().flat_map(|p| &p.intervals);
    let first = all().map(|i| i.first).min()?;
    let last = all().map(|i| i.last).max()?;
    // A day's air on both sides.
    let start = number(first) - 1;
    let days = number(last) - start + 2;
    let scale = (WIDTH - LEFT - RIGHT) / days as f64;
    let x = |day: i64| round(LEFT + (day - start) as f64 * scale);
    let mut rows = Vec::new();
    let mut description = Vec::new();
    for (at, position) in dossier.positions.iter().enumerate() {
        let letter = super::view::letter(at);
        let value = visible(&locale.text(&position.label));
        let text = [("letter", letter.clone()), ("value", value.clone())];
        description.push(locale.fill("label.timeline-row", &text));
        let y = TOP + at as f64 * ROW;
        let bars: Vec<Bar> = position
            .intervals
            .iter()
            .map(|interval| {
                let from = x(number(interval.first));
                let to = x(number(interval.last) + 1);
                Bar {
                    x: from,
                    // A day among many years is still to be seen.
                    width: round((to - from).max(3.0)),
                    title: locale.dates(std::slice::from_ref(interval), false),
                }
            })
            .collect();
        rows.push(Row {
            letter,
            label: value,
            y,
            middle: y + ROW / 2.0,
            several: bars.len() > 1,
            from: bars.first().map_or(LEFT, |bar| bar.x),
            to: bars.last().map_or(LEFT, |bar| round(bar.x + bar.width)),
            bars,
        });
    }
    let axis = TOP + rows.len() as f64 * ROW + 4.0;
    Some(Timeline {
        title: locale.fill("label.timeline-title", &[("question", question.to_owned())]),
        description: description.join("; "),
        width: WIDTH,
        height: axis + 30.0,
        axis,
        left: LEFT,
        right: WIDTH - RIGHT,
        ticks: ticks(first, last, locale, &x, scale),
        rows,
    })
}

/// A tick a day while days can be told apart, a label on every few.
pub(crate) fn ticks(
    first: Date,
    last: Date,
    locale: &Locale,
    x: &dyn Fn(i64) -> f64,
    scale: f64,
) -> Vec<Tick> {
    let days = number(last) - number(first) + 1;
    let every = [1, 2, 7, 14, 30, 91, 182, 365]
        .into_iter()
        .find(|step| days / step < LABELS)
        .unwrap_or(days / LABELS + 1);
    let small = if scale >= 6.0 { 1 } else { every };
    (0..days)
        .step_by(usize::try_from(small).unwrap_or(1))
        .filter_map(|offset| {
            let day = first.checked_add(jiff::Span::new().try_days(offset).ok()?).ok()?;
            let label = if offset % every == 0 {
                locale.short_date(day, days > 300)
            } else {
                String::new()
            };
            // The middle of the day's stretch.
            Some(Tick { x: round(x(number(day)) + scale / 2.0), label })
        })
        .collect()
}

/// Days since a fixed day.
pub(crate) fn number(day: Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    i64::from(day.since(epoch).map_or(0, |span| span.get_days()))
}

/// One decimal is finer than any screen shows.
pub(crate) fn round(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}
