//! The researcher's page: one self-contained HTML file with the study, the findings and the articles, each linked to
//! the other; and every chart as an SVG file.

use std::collections::BTreeMap;
use std::io::{self, Write};

use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::charts::{self, Storyline};
use super::render::{Section, colophon, masthead, sections};
use super::{Study, article_index};
use crate::judge::{Finding, Relation, Side};
use crate::report::Locale;
use crate::report::Report;
use crate::report::html::{CHART, STYLE, TOKENS, safe, templates};
use crate::report::locale::key;
use crate::report::timeline::Timeline;
use crate::report::view::{self, FindingView, View};
use crate::report::visible::visible;
use crate::resolve::Corpus;
use crate::span::Span;

const PAGE_STYLE: &str = include_str!("page/study.css");
/// Sorts and filters; the page is complete without it.
const SCRIPT: &str = include_str!("page/study.js");
/// Links from a sentence to findings that are shown; the rest is a number.
const MAX_LINKS: usize = 8;

/// A chart as a file.
#[derive(Debug)]
pub struct Chart {
    /// File name: `heat-map.svg`.
    pub name: String,
    /// The SVG.
    pub svg: String,
}

#[derive(Serialize)]
struct Page {
    title: String,
    read: String,
    colophon: String,
    heat_map: Option<charts::HeatMap>,
    rate_chart: Option<charts::RateChart>,
    questions: Vec<Question>,
    findings: Vec<Row>,
    sections: Vec<Section>,
    articles: Vec<ArticlePage>,
    /// Values that occur, for the filters.
    kinds: Vec<(String, String)>,
    relations: Vec<(String, String)>,
    outlets: Vec<String>,
    /// Anchors of the places that items name, by `article#start`.
    places: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Question {
    number: usize,
    question: String,
    relation: String,
    relation_label: String,
    kind_label: String,
    confidence: String,
    storyline: Option<Storyline>,
    timeline: Option<Timeline>,
    positions: Vec<Answer>,
    notes: Vec<String>,
    /// Numbers of its findings.
    findings: Vec<(usize, String)>,
}

#[derive(Serialize)]
struct Answer {
    letter: String,
    label: String,
    origins: String,
    /// Who says so, and the anchor of the place.
    holders: Vec<(String, Option<String>)>,
}

/// A finding as a row of the table.
#[derive(Serialize)]
struct Row {
    number: usize,
    question: String,
    question_number: usize,
    kind: String,
    kind_label: String,
    relation: String,
    relation_label: String,
    confidence: f64,
    confidence_label: String,
    /// Earliest known publication day of the two, for sorting; empty where none is known.
    day: String,
    /// The anchors of both sentences in the articles.
    a_place: Option<String>,
    b_place: Option<String>,
    view: FindingView,
}

#[derive(Serialize)]
struct ArticlePage {
    anchor: String,
    id: String,
    outlet: String,
    title: Option<String>,
    url: Option<String>,
    language: String,
    published: String,
    copy_of: Option<String>,
    paragraphs: Vec<Vec<Stretch>>,
}

/// A stretch of an article: plain, or a sentence that something links to.
#[derive(Serialize)]
struct Stretch {
    text: String,
    anchor: Option<String>,
    /// Class of the strongest relation; none where no finding has the sentence.
    relation: Option<String>,
    findings: Vec<(usize, String)>,
    more: usize,
}

/// What is linked to in an article's text.
#[derive(Default)]
struct Place {
    end: usize,
    findings: Vec<(usize, Relation)>,
}

/// By article (index) and start.
type Places = BTreeMap<(usize, usize), Place>;

/// Writes the page.
///
/// # Errors
/// Those of `out`.
pub fn write(
    study: &Study,
    report: &Report,
    corpus: &Corpus,
    locale: &Locale,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = page(study, report, corpus, locale);
    let html = templates(locale)
        .and_then(|templates| {
            templates.get_template("study.html.j2")?.render(context! {
                page => Serde(page),
                language => locale.code(),
                style => safe([TOKENS, CHART, STYLE, PAGE_STYLE].concat()),
                script => safe(SCRIPT.to_owned()),
                script_hash => base64(&Sha256::digest(SCRIPT)),
            })
        })
        .map_err(io::Error::other)?;
    out.write_all(html.as_bytes())
}

/// Every chart of the page as a file.
///
/// # Errors
/// When a template is broken, which the crate's tests rule out.
pub fn charts(
    study: &Study,
    report: &Report,
    corpus: &Corpus,
    locale: &Locale,
) -> io::Result<Vec<Chart>> {
    let draw = Drawing { templates: templates(locale).map_err(io::Error::other)? };
    let mut all = Vec::new();
    if let Some(map) = charts::heat_map(study, locale) {
        all.push(draw.file("heat-map.svg".to_owned(), "heat-map", &map)?);
    }
    if let Some(chart) = charts::rate_chart(study, locale) {
        all.push(draw.file("rates.svg".to_owned(), "rates", &chart)?);
    }
    let view = view::view(report, locale);
    for dossier in view.sections.iter().flat_map(|section| &section.dossiers) {
        let number = dossier.number;
        if let Some(timeline) = &dossier.timeline {
            let name = format!("question-{number}-values.svg");
            all.push(draw.file(name, "timeline", timeline)?);
        }
        let known = report.dossiers.iter().find(|d| visible(&d.id) == dossier.id);
        if let Some(story) =
            known.and_then(|d| charts::storyline(corpus, d, &report.findings, locale))
        {
            let name = format!("question-{number}-published.svg");
            all.push(draw.file(name, "storyline", &story)?);
        }
    }
    Ok(all)
}

/// Makes files of drawings.
struct Drawing {
    templates: minijinja::Environment<'static>,
}

impl Drawing {
    fn file(&self, name: String, kind: &str, drawing: &impl Serialize) -> io::Result<Chart> {
        let svg = self.templates.get_template("chart.svg.j2").and_then(|template| {
            let style = safe([TOKENS, CHART].concat());
            template.render(context! { kind, drawing => Serde(drawing), style })
        });
        Ok(Chart { name, svg: svg.map_err(io::Error::other)? })
    }
}

fn page(study: &Study, report: &Report, corpus: &Corpus, locale: &Locale) -> Page {
    let (title, read) = masthead(study, locale);
    let sections = sections(study, locale);
    let view = view::view(report, locale);
    let order = numbers(&view, report.findings.len());
    let places = places(corpus, report, &sections, &order);
    let questions = questions(&view, report, corpus, &places, &order, locale);
    let rows = rows(view, report, corpus, &places, &order);
    let distinct = |of: &dyn Fn(&Row) -> (String, String)| {
        let all: BTreeMap<String, String> = rows.iter().map(of).collect();
        all.into_iter().collect::<Vec<_>>()
    };
    let mut outlets: Vec<String> = rows
        .iter()
        .flat_map(|row| [row.view.a.holder.outlet.clone(), row.view.b.holder.outlet.clone()])
        .collect();
    outlets.sort();
    outlets.dedup();
    Page {
        title,
        read,
        colophon: colophon(study, locale),
        heat_map: charts::heat_map(study, locale),
        rate_chart: charts::rate_chart(study, locale),
        questions,
        kinds: distinct(&|row| (row.kind.clone(), row.kind_label.clone())),
        relations: distinct(&|row| (row.relation.clone(), row.relation_label.clone())),
        outlets,
        articles: articles(corpus, report, &places, locale),
        places: sections
            .iter()
            .flat_map(|section| &section.items)
            .flat_map(|item| &item.lines)
            .filter_map(|line| {
                let (article, span) = line.place.as_ref()?;
                let anchor = anchor(corpus, article, *span)?;
                Some((format!("{article}#{}", span.start), anchor))
            })
            .collect(),
        findings: rows,
        sections,
    }
}

/// The number of each finding in the order of the page, from 1; 0 for one that is not shown.
fn numbers(view: &View, findings: usize) -> Vec<usize> {
    let mut numbers = vec![0; findings];
    let shown = view.sections.iter().flat_map(|s| &s.dossiers).flat_map(|d| &d.findings);
    for (at, finding) in shown.enumerate() {
        numbers[finding.at] = at + 1;
    }
    numbers
}

/// The name of a place: article and first byte.
fn anchor(corpus: &Corpus, article: &str, span: Span) -> Option<String> {
    article_index(corpus, article).map(|at| format!("a{}-{}", at + 1, span.start))
}

fn places(corpus: &Corpus, report: &Report, sections: &[Section], order: &[usize]) -> Places {
    let mut places = Places::new();
    for (at, finding) in report.findings.iter().enumerate() {
        for side in [&finding.a, &finding.b] {
            let Some(article) = article_index(corpus, &side.article) else { continue };
            let place = places.entry((article, side.span.start)).or_default();
            place.end = place.end.max(side.span.end);
            place.findings.push((order[at], finding.relation));
        }
    }
    for dossier in &report.dossiers {
        for holder in dossier.positions.iter().flat_map(|position| &position.holders) {
            let Some(article) = article_index(corpus, &holder.article) else { continue };
            let place = places.entry((article, holder.span.start)).or_default();
            place.end = place.end.max(holder.span.end);
        }
    }
    let lines = sections.iter().flat_map(|s| &s.items).flat_map(|item| &item.lines);
    for (article, span) in lines.filter_map(|line| line.place.as_ref()) {
        let Some(article) = article_index(corpus, article) else { continue };
        let place = places.entry((article, span.start)).or_default();
        place.end = place.end.max(span.end);
    }
    for place in places.values_mut() {
        place.findings.sort_unstable();
        place.findings.dedup();
    }
    places
}

fn questions(
    view: &View,
    report: &Report,
    corpus: &Corpus,
    places: &Places,
    order: &[usize],
    locale: &Locale,
) -> Vec<Question> {
    let known: BTreeMap<String, _> = report.dossiers.iter().map(|d| (visible(&d.id), d)).collect();
    let all = view.sections.iter().flat_map(|section| &section.dossiers);
    all.map(|shown| {
        let dossier = known.get(&shown.id);
        let holders = |at: usize| {
            let position = dossier.and_then(|dossier| dossier.positions.get(at));
            let holders = position.map(|p| p.holders.as_slice()).unwrap_or_default();
            holders
                .iter()
                .map(|holder| {
                    let anchor = anchor(corpus, &holder.article, holder.span)
                        .filter(|_| placed(corpus, places, &holder.article, holder.span));
                    (visible(&holder.outlet), anchor)
                })
                .collect()
        };
        Question {
            number: shown.number,
            question: shown.question.clone(),
            relation: shown.relation.clone(),
            relation_label: shown.relation_label.clone(),
            kind_label: shown.kind_label.clone(),
            confidence: shown.confidence.clone(),
            storyline: dossier
                .and_then(|dossier| charts::storyline(corpus, dossier, &report.findings, locale)),
            timeline: shown.timeline.clone(),
            positions: shown
                .positions
                .iter()
                .enumerate()
                .map(|(at, position)| Answer {
                    letter: position.letter.clone(),
                    label: position.label.clone(),
                    origins: position.origins.clone(),
                    holders: holders(at),
                })
                .collect(),
            notes: shown.notes.clone(),
            findings: shown
                .findings
                .iter()
                .map(|finding| (order[finding.at], finding.relation.clone()))
                .collect(),
        }
    })
    .collect()
}

fn placed(corpus: &Corpus, places: &Places, article: &str, span: Span) -> bool {
    article_index(corpus, article).is_some_and(|at| places.contains_key(&(at, span.start)))
}

fn rows(
    view: View,
    report: &Report,
    corpus: &Corpus,
    places: &Places,
    order: &[usize],
) -> Vec<Row> {
    let day = |finding: &Finding| {
        let of =
            |side: &Side| super::published(&corpus.articles[article_index(corpus, &side.article)?]);
        let days = [of(&finding.a), of(&finding.b)];
        let first = days.into_iter().flatten().map(|days| days.first).min();
        first.map_or_else(String::new, |day| day.to_string())
    };
    let place = |side: &Side| {
        anchor(corpus, &side.article, side.span)
            .filter(|_| placed(corpus, places, &side.article, side.span))
    };
    let mut rows: Vec<Row> = Vec::new();
    for dossier in view.sections.into_iter().flat_map(|section| section.dossiers) {
        for finding in dossier.findings {
            let known = &report.findings[finding.at];
            rows.push(Row {
                number: order[finding.at],
                question: dossier.question.clone(),
                question_number: dossier.number,
                kind: key(&known.kind),
                kind_label: finding.kind_label.clone(),
                relation: finding.relation.clone(),
                relation_label: finding.relation_label.clone(),
                confidence: (known.confidence * 1e4).round() / 1e4,
                confidence_label: finding.confidence.clone(),
                day: day(known),
                a_place: place(&known.a),
                b_place: place(&known.b),
                view: finding,
            });
        }
    }
    rows
}

/// Articles that something links into, with their text.
fn articles(
    corpus: &Corpus,
    report: &Report,
    places: &Places,
    locale: &Locale,
) -> Vec<ArticlePage> {
    let listed: BTreeMap<&str, _> =
        report.run.articles.iter().map(|article| (article.id.as_str(), article)).collect();
    let mut pages = Vec::new();
    for (at, entry) in corpus.articles.iter().enumerate() {
        let mine: Vec<(usize, &Place)> =
            places.range((at, 0)..(at + 1, 0)).map(|((_, start), place)| (*start, place)).collect();
        if mine.is_empty() {
            continue;
        }
        let article = &entry.article;
        let url = listed.get(article.id.as_str()).and_then(|known| view::link(known));
        pages.push(ArticlePage {
            anchor: format!("a{}", at + 1),
            id: visible(&article.id),
            outlet: visible(article.outlet_name()),
            title: article.title.as_deref().map(visible),
            url,
            language: visible(&article.language),
            published: super::questions::day_or(
                super::published(entry),
                &locale.label("label.unknown"),
            ),
            copy_of: (entry.origin != article.id)
                .then(|| locale.fill("label.copy-of", &[("article", visible(&entry.origin))])),
            paragraphs: paragraphs(at, &article.text, article.body, &mine),
        });
    }
    pages
}

/// The prose cut at line breaks and at the sentences that are linked to.
fn paragraphs(
    article: usize,
    text: &str,
    body: Span,
    places: &[(usize, &Place)],
) -> Vec<Vec<Stretch>> {
    let mut paragraphs: Vec<Vec<Stretch>> = vec![Vec::new()];
    let mut at = body.start;
    let plain = |paragraphs: &mut Vec<Vec<Stretch>>, from: usize, to: usize| {
        for (i, line) in text.get(from..to).unwrap_or("").split('\n').enumerate() {
            if i > 0 {
                paragraphs.push(Vec::new());
            }
            let shown = visible(line);
            if let Some(last) = paragraphs.last_mut()
                && !shown.is_empty()
            {
                last.push(Stretch {
                    text: shown,
                    anchor: None,
                    relation: None,
                    findings: Vec::new(),
                    more: 0,
                });
            }
        }
    };
    for (start, place) in places {
        // Sentences do not overlap; one that does stays unmarked rather than twice.
        if *start < at || place.end > body.end || text.get(*start..place.end).is_none() {
            continue;
        }
        plain(&mut paragraphs, at, *start);
        let links = place.findings.iter().filter(|(number, _)| *number > 0);
        let all: Vec<(usize, String)> =
            links.map(|(number, relation)| (*number, key(relation))).collect();
        let strongest = place.findings.iter().map(|(_, relation)| *relation).min();
        if let Some(last) = paragraphs.last_mut() {
            last.push(Stretch {
                text: visible(&text[*start..place.end]),
                anchor: Some(format!("a{}-{start}", article + 1)),
                relation: strongest.map(|relation| key(&relation)),
                more: all.len().saturating_sub(MAX_LINKS),
                findings: all.into_iter().take(MAX_LINKS).collect(),
            });
        }
        at = place.end;
    }
    plain(&mut paragraphs, at, body.end);
    paragraphs.retain(|paragraph| paragraph.iter().any(|s| !s.text.trim().is_empty()));
    paragraphs
}

/// Base64 with padding (RFC 4648), as a content security policy wants digests.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let n =
            chunk.iter().fold(0u32, |n, &byte| n << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            match place <= chunk.len() {
                true => text.push(char::from(LETTERS[(n >> (18 - 6 * place) & 63) as usize])),
                false => text.push('='),
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (text, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
