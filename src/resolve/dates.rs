//! When each article came out, and so what its relative dates mean.
//!
//! Each article has one unknown publication day. Its metadata, even partial, and what its text
//! says ("ce vendredi", "au 6 novembre") cut the set of possible days; an article without any
//! date borrows year and month from the articles of its story, and says so.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::CorpusArticle;
use crate::article::{Article, DateSource};
use crate::claim::Claim;
use crate::claim::time::{self, DateInterval, TimeExpression, TimeRole, TimeRule};

/// Sentences after "writes the review on Friday" that still count from that Friday.
const QUOTED_REACH: usize = 3;
/// An undated article borrows only where its story's dates lie within so many days.
const BORROW_DAYS: usize = 92;

/// Resolves the time expressions of one article's claims against the days on which it can have
/// been published. Returns the days that the text leaves possible.
pub fn solve_article(article: &Article, claims: &mut [Claim]) -> Vec<DateInterval> {
    let days = time::publication_days(article.date.as_ref());
    resolve_with(days, claims)
}

/// Solves the dates of all articles of a corpus; `story` gives each article's story.
pub fn solve(articles: &mut [CorpusArticle], claims: &mut [Claim], story: &[usize]) {
    let mut known: BTreeMap<usize, Vec<Date>> = BTreeMap::new();
    for (article, story) in articles.iter().zip(story) {
        let days = time::publication_days(article.article.date.as_ref());
        known.entry(*story).or_default().extend(days);
    }
    let mut rest = claims;
    for (article, story) in articles.iter_mut().zip(story) {
        let own = time::publication_days(article.article.date.as_ref());
        let borrowed = || borrow(known.get(story).map(Vec::as_slice).unwrap_or_default());
        let days = if own.is_empty() { borrowed() } else { own };
        // Claims stand in the order of the articles.
        let count = rest.iter().take_while(|claim| claim.article == article.article.id).count();
        let (of_article, others) = std::mem::take(&mut rest).split_at_mut(count);
        rest = others;
        article.publication = resolve_with(days, of_article);
        if article.article.date_source == DateSource::Unknown && !article.publication.is_empty() {
            article.assumed = assumption(&article.publication);
        }
    }
}

/// All days of the months that the story's dated articles lie in.
fn borrow(days: &[Date]) -> Vec<Date> {
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else {
        return Vec::new();
    };
    let (first, last) = (first.first_of_month(), last.last_of_month());
    let all: Vec<Date> =
        first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).collect();
    if all.len() > BORROW_DAYS { Vec::new() } else { all }
}

/// What was borrowed, as far as it is the same for all days: `2017-11`, `2017`.
fn assumption(publication: &[DateInterval]) -> Option<String> {
    let first = publication.first()?.first;
    let last = publication.last()?.last;
    if first.year() != last.year() {
        return Some(format!("{:04}–{:04}", first.year(), last.year()));
    }
    if first.month() != last.month() {
        return Some(format!("{:04}", first.year()));
    }
    Some(format!("{:04}-{:02}", first.year(), first.month()))
}

fn resolve_with(days: Vec<Date>, claims: &mut [Claim]) -> Vec<DateInterval> {
    let evidence: Vec<&TimeExpression> = claims.iter().flat_map(|claim| &claim.times).collect();
    let days = if days.is_empty() { days } else { time::constrain(days, &evidence) };
    let mut quoted: Option<(usize, TimeRule)> = None;
    let mut discourse: Vec<DateInterval> = Vec::new();
    for claim in claims {
        let sentence = claim.sentence;
        // "« Cette nuit, … », écrivait vendredi la revue": the quotation counts from Friday.
        if let Some(reporting) = time::quoted_anchor(&claim.times) {
            quoted = Some((sentence, reporting.rule.clone()));
        }
        for expression in &mut claim.times {
            let anchor = quoted
                .as_ref()
                .filter(|(at, _)| {
                    sentence - at <= QUOTED_REACH && expression.role == TimeRole::Event
                })
                .map(|(_, rule)| rule);
            expression.resolve(&days, &discourse, anchor);
            if expression.role == TimeRole::Event && expression.intervals.len() == 1 {
                discourse = expression.intervals.clone();
            }
        }
    }
    intervals_of(&days)
}

/// Days as intervals of days that follow each other.
fn intervals_of(days: &[Date]) -> Vec<DateInterval> {
    let mut sorted = days.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut intervals: Vec<DateInterval> = Vec::new();
    for day in sorted {
        match intervals.last_mut() {
            Some(last) if last.last.tomorrow().is_ok_and(|next| next == day) => last.last = day,
            _ => intervals.push(DateInterval { first: day, last: day }),
        }
    }
    intervals
}
