//! The drawings of a study in their own units: heat map of groups, rates with intervals, publication days of each
//! answer. `report/html/charts.html.j2` makes SVG of them, in the page and as files.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Study;
use super::rates::Rate;
use super::render::{group_name, pair_name, rate_text};
use crate::dossier::{Dossier, Position};
use crate::judge::{Finding, Relation, Side};
use crate::report::Locale;
use crate::report::locale::key;
use crate::report::timeline::{self, LEFT, RIGHT, ROW, TOP, Tick, WIDTH, number, round};
use crate::report::view::letter;
use crate::report::visible::visible;
use crate::resolve::Corpus;

/// Groups that a heat map shows at most: those with most comparable pairs.
const MAX_GROUPS: usize = 30;
/// Rows of the chart of rates at most.
const MAX_RATES: usize = 40;
/// Comparable pairs below which a cell's rate says little.
const FEW: usize = 5;
/// Lines between answers that a storyline shows at most, strongest first.
const MAX_LINKS: usize = 40;
/// Width of a cell of the heat map, and its height.
const CELL: (f64, f64) = (58.0, 40.0);

/// Groups against each other.
#[derive(Debug, Serialize)]
pub(crate) struct HeatMap {
    title: String,
    description: String,
    width: f64,
    height: f64,
    cell_width: f64,
    cell_height: f64,
    columns: Vec<Name>,
    rows: Vec<Name>,
    cells: Vec<Cell>,
}

#[derive(Debug, Serialize)]
struct Name {
    x: f64,
    y: f64,
    text: String,
}

#[derive(Debug, Serialize)]
struct Cell {
    x: f64,
    y: f64,
    /// Share of the colour, 0–45: on more, text could not be read.
    heat: u32,
    rate: String,
    /// Conflicts of comparable pairs: "3/5".
    count: String,
    title: String,
    empty: bool,
    few: bool,
}

/// About what a character takes of a name, in units.
const CHARACTER: f64 = 7.2;
/// Characters of a name that a chart shows.
const NAME_LENGTH: usize = 26;

/// A name short enough for a chart.
fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_LENGTH {
        return name.to_owned();
    }
    let head: String = name.chars().take(NAME_LENGTH - 1).collect();
    format!("{}…", head.trim_end())
}

fn width_of<'n>(names: impl Iterator<Item = &'n String>) -> f64 {
    names.map(|name| name.chars().count() as f64 * CHARACTER).fold(40.0, f64::max)
}

/// The heat map; none where no pair of groups is comparable.
pub(crate) fn heat_map(study: &Study, locale: &Locale) -> Option<HeatMap> {
    let mut sizes: BTreeMap<Option<&String>, usize> = BTreeMap::new();
    for pair in &study.rates.by_groups {
        for group in [&pair.a, &pair.b] {
            *sizes.entry(group.as_ref()).or_default() += pair.rate.counts.comparable;
        }
    }
    let mut largest: Vec<Option<&String>> = sizes.keys().copied().collect();
    largest.sort_by_key(|group| std::cmp::Reverse(sizes[group]));
    largest.truncate(MAX_GROUPS);
    let groups: Vec<Option<&String>> = study
        .groups
        .iter()
        .map(|group| group.name.as_ref())
        .filter(|name| largest.contains(name))
        .collect();
    if groups.is_empty() {
        return None;
    }
    let rates: BTreeMap<(Option<&String>, Option<&String>), &Rate> = study
        .rates
        .by_groups
        .iter()
        .flat_map(|p| {
            let (a, b) = (p.a.as_ref(), p.b.as_ref());
            [((a, b), &p.rate), ((b, a), &p.rate)]
        })
        .collect();
    let names: Vec<String> =
        groups.iter().map(|group| shortened(&group_name(*group, study.by, locale))).collect();
    let long = width_of(names.iter());
    // Column names lean by 38°.
    let (left, top) = (long + 12.0, long * 0.62 + 22.0);
    let x = |column: usize| round(left + column as f64 * (CELL.0 + 3.0));
    let y = |row: usize| round(top + row as f64 * (CELL.1 + 3.0));
    let mut cells = Vec::new();
    for (row, a) in groups.iter().enumerate() {
        for (column, b) in groups.iter().enumerate() {
            let name = pair_name(*a, *b, study.by, locale);
            cells.push(cell(x(column), y(row), &name, rates.get(&(*a, *b)).copied(), locale));
        }
    }
    let title = locale.fill(
        "compare.heatmap",
        &[("by", locale.label(&format!("compare.by-{}", study.by.name())))],
    );
    Some(HeatMap {
        title,
        description: locale.label("compare.heatmap-lead"),
        width: round(x(groups.len()) + long * 0.8),
        height: y(groups.len()),
        cell_width: CELL.0,
        cell_height: CELL.1,
        columns: names
            .iter()
            .enumerate()
            .map(|(at, text)| Name {
                x: round(x(at) + CELL.0 / 2.0),
                y: round(top - 8.0),
                text: text.clone(),
            })
            .collect(),
        rows: names
            .into_iter()
            .enumerate()
            .map(|(at, text)| Name {
                x: round(left - 8.0),
                y: round(y(at) + CELL.1 / 2.0 + 4.0),
                text,
            })
            .collect(),
        cells,
    })
}

fn cell(x: f64, y: f64, name: &str, rate: Option<&Rate>, locale: &Locale) -> Cell {
    let counts = rate.map(|rate| rate.counts).unwrap_or_default();
    let share = rate.and_then(|rate| rate.conflict_rate);
    let told = share.map_or_else(
        || locale.label("compare.none-comparable"),
        |_| format!("{} ({}/{})", rate_text(share, locale), counts.conflict, counts.comparable),
    );
    Cell {
        x,
        y,
        heat: share.map_or(0, |share| (share.value * 45.0).round() as u32),
        rate: share.map_or_else(String::new, |share| locale.percent(share.value)),
        count: format!("{}/{}", counts.conflict, counts.comparable),
        title: locale.labelled_text(name, &told),
        empty: counts.comparable == 0,
        few: (1..FEW).contains(&counts.comparable),
    }
}

/// Rates with their intervals.
#[derive(Debug, Serialize)]
pub(crate) struct RateChart {
    title: String,
    description: String,
    width: f64,
    height: f64,
    axis: f64,
    left: f64,
    right: f64,
    ticks: Vec<Tick>,
    rows: Vec<RateRow>,
}

#[derive(Debug, Serialize)]
struct RateRow {
    name: String,
    title: String,
    y: f64,
    at: f64,
    low: Option<f64>,
    high: Option<f64>,
    count: String,
}

/// The rates of all, of kinds, and of the pairs of groups with most comparable pairs.
pub(crate) fn rate_chart(study: &Study, locale: &Locale) -> Option<RateChart> {
    let rates = &study.rates;
    let mut pairs: Vec<_> = rates.by_groups.iter().collect();
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.rate.counts.comparable));
    let all = std::iter::once((locale.label("compare.all"), &rates.overall))
        .chain(rates.by_kind.iter().map(|k| (locale.kind(k.kind), &k.rate)))
        .chain(pairs.iter().map(|pair| {
            let name = pair_name(pair.a.as_ref(), pair.b.as_ref(), study.by, locale);
            (name, &pair.rate)
        }))
        .filter(|(_, rate)| rate.conflict_rate.is_some())
        .take(MAX_RATES);
    let named: Vec<(String, &Rate)> = all.collect();
    if named.is_empty() {
        return None;
    }
    // Two names and what stands between them.
    let short = |name: &str| match name.split_once(" – ") {
        Some((a, b)) => format!("{} – {}", shortened(a), shortened(b)),
        None => shortened(name),
    };
    let names: Vec<String> = named.iter().map(|(name, _)| short(name)).collect();
    let left = round(width_of(names.iter()) + 12.0);
    let (span, row) = (360.0, 24.0);
    let x = |share: f64| round(left + share * span);
    let rows: Vec<RateRow> = named
        .iter()
        .zip(names)
        .enumerate()
        .filter_map(|(at, ((full, rate), name))| {
            let measured = rate.conflict_rate?;
            Some(RateRow {
                name,
                title: locale.labelled_text(full, &rate_text(Some(measured), locale)),
                y: round(16.0 + at as f64 * row),
                at: x(measured.value),
                low: measured.low.map(x),
                high: measured.high.map(x),
                count: format!("{}/{}", rate.counts.conflict, rate.counts.comparable),
            })
        })
        .collect();
    let axis = round(16.0 + rows.len() as f64 * row);
    let ticks =
        [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| Tick { x: x(share), label: locale.percent(share) });
    Some(RateChart {
        title: locale.label("compare.conflict-rate"),
        description: locale.label("compare.rates-chart"),
        width: left + span + 80.0,
        height: axis + 30.0,
        axis,
        left,
        right: left + span,
        ticks: ticks.to_vec(),
        rows,
    })
}

/// The answers to a question by publication day, with what lies between them.
#[derive(Debug, Serialize)]
pub(crate) struct Storyline {
    pub title: String,
    description: String,
    width: f64,
    height: f64,
    axis: f64,
    left: f64,
    right: f64,
    ticks: Vec<Tick>,
    rows: Vec<StoryRow>,
    links: Vec<Link>,
    /// Where articles without a date stand; none where all have one.
    undated: Option<f64>,
    undated_label: String,
}

#[derive(Debug, Serialize)]
struct StoryRow {
    letter: String,
    /// The answer.
    label: String,
    middle: f64,
    dots: Vec<Dot>,
}

#[derive(Debug, Clone, Serialize)]
struct Dot {
    #[serde(skip)]
    article: String,
    x: f64,
    y: f64,
    /// First and last possible day.
    from: f64,
    to: f64,
    unsure: bool,
    title: String,
}

#[derive(Debug, Serialize)]
struct Link {
    relation: String,
    path: String,
    title: String,
}

/// The storyline of a dossier. `days` gives the first and last possible publication day of an article.
pub(crate) fn storyline(
    corpus: &Corpus,
    dossier: &Dossier,
    findings: &[Finding],
    locale: &Locale,
) -> Option<Storyline> {
    let days = |article: &str| {
        let at = super::article_index(corpus, article)?;
        super::published(&corpus.articles[at])
    };
    let holders = || dossier.positions.iter().flat_map(|p| &p.holders);
    let known: Vec<_> = holders().filter_map(|holder| days(&holder.article)).collect();
    let has_undated = holders().any(|holder| days(&holder.article).is_none());
    let first = known.iter().map(|d| d.first).min();
    let last = known.iter().map(|d| d.last).max();
    let right = if has_undated { WIDTH - RIGHT - 110.0 } else { WIDTH - RIGHT };
    let start = first.map_or(0, |day| number(day) - 1);
    let stretch = last.map_or(2, |day| number(day) - start + 2);
    let scale = (right - LEFT) / stretch as f64;
    let middle =
        |day: jiff::civil::Date| round(LEFT + (number(day) - start) as f64 * scale + scale / 2.0);
    let undated = round(WIDTH - RIGHT - 50.0);
    let mut rows = Vec::new();
    let mut description = Vec::new();
    for (at, position) in dossier.positions.iter().enumerate() {
        let row = TOP + at as f64 * ROW + ROW / 2.0;
        let name = letter(at);
        let value = visible(&locale.text(&position.label));
        description.push(
            locale
                .fill("label.timeline-row", &[("letter", name.clone()), ("value", value.clone())]),
        );
        rows.push(StoryRow {
            letter: name,
            label: value,
            middle: row,
            dots: dots(position, row, &|article| match days(article) {
                Some(d) => (middle(d.first), middle(d.last), super::days_text(d)),
                None => (undated, undated, locale.label("label.unknown")),
            }),
        });
    }
    let links = links(dossier, findings, &rows, locale);
    let axis = TOP + rows.len() as f64 * ROW + 4.0;
    let question = visible(&locale.text(&dossier.question));
    let ticks = match (first, last) {
        (Some(first), Some(last)) => {
            timeline::ticks(first, last, locale, &|day| LEFT + (day - start) as f64 * scale, scale)
        }
        _ => Vec::new(),
    };
    Some(Storyline {
        title: locale.fill("compare.storyline", &[("question", question)]),
        description: description.join("; "),
        width: WIDTH,
        height: axis + 30.0,
        axis,
        left: LEFT,
        right: WIDTH - RIGHT,
        ticks,
        rows,
        links,
        undated: has_undated.then_some(undated),
        undated_label: locale.label("compare.undated"),
    })
}

/// One dot for each article; those of one day move apart.
fn dots(position: &Position, row: f64, at: &dyn Fn(&str) -> (f64, f64, String)) -> Vec<Dot> {
    let mut dots: Vec<Dot> = Vec::new();
    for holder in &position.holders {
        if dots.iter().any(|dot| dot.article == holder.article) {
            continue;
        }
        let (from, to, day) = at(&holder.article);
        let x = round((from + to) / 2.0);
        let beside = dots.iter().filter(|dot| (dot.x - x).abs() < 1.0).count();
        let shift = [0.0, -11.0, 11.0][beside.min(2)];
        dots.push(Dot {
            article: holder.article.clone(),
            x,
            y: row + shift,
            from,
            to,
            unsure: from != to,
            title: format!("{}, {day}", visible(&holder.outlet)),
        });
    }
    dots
}

fn links(dossier: &Dossier, findings: &[Finding], rows: &[StoryRow], locale: &Locale) -> Vec<Link> {
    let dot = |side: &Side| -> Option<&Dot> {
        let row = dossier.positions.iter().position(|position| position.value == side.value)?;
        rows[row].dots.iter().find(|dot| dot.article == side.article)
    };
    let shown = dossier.findings.iter().filter_map(|&at| findings.get(at)).filter(|finding| {
        !matches!(finding.relation, Relation::Compatible | Relation::Scope | Relation::Granularity)
    });
    shown
        .filter_map(|finding| {
            let (a, b) = (dot(&finding.a)?, dot(&finding.b)?);
            // Lines that run straight down would hide each other.
            let bend = if (a.x - b.x).abs() < 12.0 { 18.0 } else { 0.0 };
            let (x, y) = ((a.x + b.x) / 2.0 + bend, (a.y + b.y) / 2.0);
            Some(Link {
                relation: key(&finding.relation),
                path: format!("M{} {}Q{} {} {} {}", a.x, a.y, round(x), round(y), b.x, b.y),
                title: locale.labelled_text(
                    &locale.relation(finding.relation),
                    &format!("{} – {}", visible(&finding.a.outlet), visible(&finding.b.outlet)),
                ),
            })
        })
        .take(MAX_LINKS)
        .collect()
}
