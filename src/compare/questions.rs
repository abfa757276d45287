//! What is told question by question: left out, told first, told differently later, most disputed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Quote, published, surely_before};
use crate::claim::FactualityKind;
use crate::claim::time::DateInterval;
use crate::dossier::Dossier;
use crate::judge::anchor::Familiarity;
use crate::judge::comparable::{Comparable, question_of};
use crate::judge::slots::{Slot, SlotValue};
use crate::judge::{Finding, Kind, Relation};
use crate::language::frames::Frames;
use crate::report::Locale;
use crate::resolve::{Corpus, CorpusArticle, EventRef};

/// A question that most outlets which cover a thing answer, and some do not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Omission {
    /// What it is about: event cluster, course of events or story.
    pub about: String,
    /// The slot.
    pub slot: String,
    /// The question.
    pub question: String,
    /// Outlets that cover the thing.
    pub covering: usize,
    /// The first sentence of each outlet that answers.
    pub told: Vec<Quote>,
    /// Outlets that cover the thing and give no answer that the program can read.
    pub left_out: Vec<Silent>,
}

/// An outlet that gives no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Silent {
    /// The outlet.
    pub outlet: String,
    /// Its articles on the thing.
    pub articles: Vec<String>,
}

/// Whether it is known who was first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// One outlet came out first.
    Alone,
    /// Several came out on the same first day.
    Tied,
    /// The dates do not tell.
    Undecided,
}

/// Who answered a question first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstReport {
    /// What it is about.
    pub about: String,
    /// The slot.
    pub slot: String,
    /// The question.
    pub question: String,
    /// Whether it is known.
    pub order: Order,
    /// The first; where undecided, all that can have been.
    pub first: Vec<Quote>,
    /// Outlets that answer.
    pub outlets: usize,
}

/// How often an outlet was first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstTally {
    /// The outlet.
    pub outlet: String,
    /// Questions that it was first to answer.
    pub alone: usize,
    /// Questions that it answered first together with others.
    pub tied: usize,
    /// Questions where it can have been first, and dates do not tell.
    pub undecided: usize,
}

/// An outlet's two accounts of one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The outlet.
    pub outlet: String,
    /// The question.
    pub question: String,
    /// The kind.
    pub kind: Kind,
    /// Update, correction or contradiction.
    pub relation: Relation,
    /// The earlier account; where the order is not known, that of the first article by id.
    pub earlier: Quote,
    /// The later account.
    pub later: Quote,
    /// The order is known from the dates of publication.
    pub order_known: bool,
}

/// A disputed question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Disputed {
    /// The dossier's id.
    pub dossier: String,
    /// The question.
    pub question: String,
    /// The kind.
    pub kind: Kind,
    /// Independent origins that hold the leading one of the contradicting answers.
    pub leading: usize,
    /// Independent origins that hold another of them, and not the leading one.
    pub opposing: usize,
    /// The highest confidence among its contradictions.
    pub confidence: f64,
    /// The contradicting answers with the number of origins that hold each, most first.
    pub answers: Vec<(String, usize)>,
}

/// Every question that a corpus answers.
pub struct Questions<'c> {
    corpus: &'c Corpus,
    locale: &'c Locale,
    list: Vec<Question<'c>>,
    /// Articles on each course of events.
    by_course: BTreeMap<&'c str, BTreeSet<usize>>,
    /// Articles with an event of each story.
    by_story: BTreeMap<usize, BTreeSet<usize>>,
}

struct Question<'c> {
    about: &'c str,
    slot: &'c str,
    text: String,
    answers: Vec<Answer<'c>>,
    courses: BTreeSet<&'c str>,
}

struct Answer<'c> {
    article: usize,
    value: &'c SlotValue,
}

impl<'c> Questions<'c> {
    /// Collects what is put forward about times, participants, places, numbers and outcomes.
    pub fn new(
        corpus: &'c Corpus,
        values: &'c [SlotValue],
        frames: &Frames,
        locale: &'c Locale,
    ) -> Self {
        let course_of: BTreeMap<EventRef, &str> = corpus
            .clusters
            .iter()
            .flat_map(|cluster| {
                cluster.events.iter().map(|event| (*event, cluster.course.as_str()))
            })
            .collect();
        let mut by_course: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        let mut by_story: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut grouped: BTreeMap<(&str, &str, Option<&String>), Vec<Answer<'c>>> = BTreeMap::new();
        let mut courses: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for value in values {
            let id = &corpus.claims[value.claim].article;
            let Some(article) = super::article_index(corpus, id) else { continue };
            let course = value
                .event
                .and_then(|event| course_of.get(&EventRef { claim: value.claim, event }).copied());
            if let Some(course) = course {
                by_course.entry(course).or_default().insert(article);
                by_story.entry(corpus.articles[article].story).or_default().insert(article);
            }
            if !asks(value) {
                continue;
            }
            let slot = value.slot.name();
            // The dead of the town and those of the province are two questions.
            let place = value.scope.first().filter(|_| matches!(value.slot, Slot::Quantity(_)));
            grouped.entry((&value.about, slot, place)).or_default().push(Answer { article, value });
            courses.entry((&value.about, slot)).or_default().extend(course);
        }
        let familiarity = Familiarity::new(corpus);
        let list = grouped
            .into_iter()
            .filter_map(|((about, slot, _), answers)| {
                let (first, last) = (answers.first()?.value, answers.last()?.value);
                let text = locale.text(&question_of(&familiarity, frames, first, last)?);
                let courses = courses.get(&(about, slot)).cloned().unwrap_or_default();
                Some(Question { about, slot, text, answers, courses })
            })
            .collect();
        Questions { corpus, locale, list, by_course, by_story }
    }

    fn article(&self, at: usize) -> &'c CorpusArticle {
        &self.corpus.articles[at]
    }

    fn quote(&self, answer: &Answer<'_>) -> Quote {
        quote(self.corpus, answer.value, self.locale)
    }

    /// The first answer of each outlet, by outlet.
    fn by_outlet<'q>(&self, question: &'q Question<'c>) -> BTreeMap<&'c str, &'q Answer<'c>> {
        let mut first: BTreeMap<&str, &Answer<'_>> = BTreeMap::new();
        for answer in &question.answers {
            first.entry(self.article(answer.article).article.outlet_name()).or_insert(answer);
        }
        first
    }

    /// Questions that more than half of the outlets which cover the thing answer, at least two independent origins
    /// among them, and that others leave out, articles that are cut aside. Those most tell come first.
    pub fn omissions(&self) -> Vec<Omission> {
        let mut omissions: Vec<Omission> = self
            .list
            .iter()
            .filter_map(|question| {
                let told = self.by_outlet(question);
                let origins: BTreeSet<&str> = question
                    .answers
                    .iter()
                    .map(|answer| self.article(answer.article).origin.as_str())
                    .collect();
                let mut silent: BTreeMap<&str, Vec<String>> = BTreeMap::new();
                for at in self.covering(question) {
                    let article = &self.article(at).article;
                    // What stands in the part that is not at hand, nobody knows.
                    if !article.cut && !told.contains_key(article.outlet_name()) {
                        silent.entry(article.outlet_name()).or_default().push(article.id.clone());
                    }
                }
                let covering = told.len() + silent.len();
                let most = told.len() * 2 > covering && origins.len() > 1 && told.len() > 1;
                (most && !silent.is_empty()).then(|| Omission {
                    about: question.about.to_owned(),
                    slot: question.slot.to_owned(),
                    question: question.text.clone(),
                    covering,
                    told: told.values().map(|answer| self.quote(answer)).collect(),
                    left_out: silent
                        .into_iter()
                        .map(|(outlet, articles)| Silent { outlet: outlet.to_owned(), articles })
                        .collect(),
                })
            })
            .collect();
        omissions.sort_by(|x, y| {
            y.told
                .len()
                .cmp(&x.told.len())
                .then_with(|| (&x.about, &x.slot).cmp(&(&y.about, &y.slot)))
        });
        omissions
    }

    /// Articles that cover what a question is about.
    fn covering(&self, question: &Question<'_>) -> BTreeSet<usize> {
        if question.about.starts_with("story-") {
            let stories: BTreeSet<usize> =
                question.answers.iter().map(|a| self.article(a.article).story).collect();
            return stories
                .iter()
                .filter_map(|s| self.by_story.get(s))
                .flatten()
                .copied()
                .collect();
        }
        question.courses.iter().flat_map(|course| &self.by_course[course]).copied().collect()
    }

    /// Who came out first with an answer, for questions that two outlets answer.
    pub fn first(&self) -> Vec<FirstReport> {
        let mut found: Vec<FirstReport> = self
            .list
            .iter()
            .filter_map(|question| {
                let outlets = self.by_outlet(question).len();
                if outlets < 2 {
                    return None;
                }
                let days = |answer: &Answer<'_>| published(self.article(answer.article));
                // Who can have come out after this day was not first.
                let limit = question.answers.iter().filter_map(|a| Some(days(a)?.last)).min();
                let can_be_first = |answer: &&Answer<'_>| match (days(answer), limit) {
                    (Some(days), Some(limit)) => days.first <= limit,
                    _ => true,
                };
                let mut first: BTreeMap<&str, &Answer<'_>> = BTreeMap::new();
                for answer in question.answers.iter().filter(can_be_first) {
                    let outlet = self.article(answer.article).article.outlet_name();
                    first.entry(outlet).or_insert(answer);
                }
                let one_day =
                    first.values().all(|answer| days(answer).is_some_and(|d| d.first == d.last));
                let unknown = first.values().any(|answer| days(answer).is_none());
                let order = match first.len() {
                    1 if !unknown => Order::Alone,
                    _ if one_day => Order::Tied,
                    _ => Order::Undecided,
                };
                Some(FirstReport {
                    about: question.about.to_owned(),
                    slot: question.slot.to_owned(),
                    question: question.text.clone(),
                    order,
                    first: first.values().map(|answer| self.quote(answer)).collect(),
                    outlets,
                })
            })
            .collect();
        found.sort_by(|x, y| {
            y.outlets.cmp(&x.outlets).then_with(|| (&x.about, &x.slot).cmp(&(&y.about, &y.slot)))
        });
        found
    }
}

/// Whether a value answers a question that a reader would ask, and is put forward.
fn asks(value: &SlotValue) -> bool {
    let slot = matches!(
        value.slot,
        Slot::Time | Slot::Participants | Slot::Place | Slot::Outcome | Slot::Quantity(_)
    );
    slot && matches!(
        value.factuality.kind,
        FactualityKind::Asserted | FactualityKind::Reported | FactualityKind::Hedged
    )
}

fn quote(corpus: &Corpus, value: &SlotValue, locale: &Locale) -> Quote {
    let claim = &corpus.claims[value.claim];
    let article = corpus.article_of(claim);
    Quote {
        article: claim.article.clone(),
        outlet: article.map_or(claim.article.as_str(), |a| a.article.outlet_name()).to_owned(),
        published: article.and_then(published),
        value: locale.text(&value.label),
        span: claim.span,
        sentence: claim.text.clone(),
    }
}

/// How often each outlet was first, most often first.
pub fn tally(first: &[FirstReport]) -> Vec<FirstTally> {
    let mut by_outlet: BTreeMap<&str, FirstTally> = BTreeMap::new();
    for report in first {
        for quote in &report.first {
            let outlet = quote.outlet.clone();
            let tally = by_outlet.entry(&quote.outlet).or_insert(FirstTally {
                outlet,
                alone: 0,
                tied: 0,
                undecided: 0,
            });
            *match report.order {
                Order::Alone => &mut tally.alone,
                Order::Tied => &mut tally.tied,
                Order::Undecided => &mut tally.undecided,
            } += 1;
        }
    }
    let mut tallies: Vec<FirstTally> = by_outlet.into_values().collect();
    tallies.sort_by(|x, y| {
        let rank = |t: &FirstTally| (t.alone, t.tied, t.undecided);
        rank(y).cmp(&rank(x)).then_with(|| x.outlet.cmp(&y.outlet))
    });
    tallies
}

/// Where two articles of one outlet tell a thing differently: contradictions first.
pub fn changes(
    corpus: &Corpus,
    frames: &Frames,
    all: &[Comparable<'_>],
    locale: &Locale,
) -> Vec<Change> {
    let familiarity = Familiarity::new(corpus);
    let mut seen = BTreeSet::new();
    let mut changes: Vec<Change> = all
        .iter()
        .filter(|pair| {
            matches!(
                pair.relation,
                Relation::Contradiction | Relation::Update | Relation::Correction
            )
        })
        .filter_map(|pair| {
            let article = |value: &SlotValue| corpus.article_of(&corpus.claims[value.claim]);
            let (a, b) = (article(pair.a)?, article(pair.b)?);
            let one_outlet = a.article.outlet.is_some() && a.article.outlet == b.article.outlet;
            if !one_outlet || a.article.id == b.article.id {
                return None;
            }
            let told = (
                &a.article.id,
                &b.article.id,
                &pair.a.about,
                pair.a.slot.name(),
                &pair.a.value,
                &pair.b.value,
            );
            if !seen.insert(told) {
                return None;
            }
            let (a_day, b_day) = (published(a), published(b));
            let swapped = surely_before(b_day, a_day);
            let (earlier, later) = if swapped { (pair.b, pair.a) } else { (pair.a, pair.b) };
            Some(Change {
                outlet: a.article.outlet_name().to_owned(),
                question: locale.text(&question_of(&familiarity, frames, pair.a, pair.b)?),
                kind: pair.kind,
                relation: pair.relation,
                earlier: quote(corpus, earlier, locale),
                later: quote(corpus, later, locale),
                order_known: swapped || surely_before(a_day, b_day),
            })
        })
        .collect();
    changes.sort_by(|x, y| {
        let key = |c: &Change| (c.relation, c.outlet.clone(), c.question.clone());
        key(x).cmp(&key(y))
    });
    changes
}

/// Questions with contradicting answers, by the number of independent origins against the leading answer.
pub fn disputed(
    corpus: &Corpus,
    dossiers: &[Dossier],
    findings: &[Finding],
    locale: &Locale,
) -> Vec<Disputed> {
    let mut disputed: Vec<Disputed> = dossiers
        .iter()
        .filter_map(|dossier| {
            let contradictions: Vec<&Finding> = dossier
                .findings
                .iter()
                .filter_map(|&at| findings.get(at))
                .filter(|finding| finding.relation == Relation::Contradiction)
                .collect();
            let values: BTreeSet<&str> = contradictions
                .iter()
                .flat_map(|f| [f.a.value.as_str(), f.b.value.as_str()])
                .collect();
            let mut camps: Vec<(String, BTreeSet<&str>)> = dossier
                .positions
                .iter()
                .filter(|position| values.contains(position.value.as_str()))
                .map(|position| {
                    let holders = position.holders.iter().filter_map(|holder| {
                        let at = super::article_index(corpus, &holder.article)?;
                        Some(corpus.articles[at].origin.as_str())
                    });
                    (locale.text(&position.label), holders.collect())
                })
                .collect();
            camps.sort_by(|x, y| y.1.len().cmp(&x.1.len()).then_with(|| x.0.cmp(&y.0)));
            let (leading, others) = camps.split_first()?;
            let opposing: BTreeSet<&str> = others
                .iter()
                .flat_map(|camp| &camp.1)
                .filter(|o| !leading.1.contains(*o))
                .copied()
                .collect();
            // Two editions of one article are one origin: a change of story, and no dispute.
            if opposing.is_empty() {
                return None;
            }
            Some(Disputed {
                dossier: dossier.id.clone(),
                question: locale.text(&dossier.question),
                kind: dossier.kind,
                leading: leading.1.len(),
                opposing: opposing.len(),
                confidence: contradictions.iter().map(|f| f.confidence).fold(0.0, f64::max),
                answers: camps.iter().map(|(label, camp)| (label.clone(), camp.len())).collect(),
            })
        })
        .collect();
    disputed.sort_by(|x, y| {
        (y.opposing, y.leading)
            .cmp(&(x.opposing, x.leading))
            .then_with(|| y.confidence.total_cmp(&x.confidence))
            .then_with(|| x.dossier.cmp(&y.dossier))
    });
    disputed
}

/// A day or stretch of days; what a table without dates shows for none.
pub(crate) fn day_or(days: Option<DateInterval>, unknown: &str) -> String {
    days.map_or_else(|| unknown.to_owned(), super::days_text)
}
