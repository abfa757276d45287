//! What a check says beside its findings, in the reader's language: the verdict, what was compared, what the
//! baseline holds. Every string is [`visible`].

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::check::{BaselineEntry, CheckSummary, Verdict};

use super::locale::{Locale, SEPARATOR, key};
use super::visible::visible;
use super::{Report, standing::Standing, standing::Standings};

#[derive(Debug, Serialize)]
pub(crate) struct VerdictView {
    /// `clean`, `conflicts`, `error`, `no-input`.
    pub verdict: String,
    pub title: String,
    /// What was compared, what fails, counts, what was not compared; a sentence each.
    pub facts: Vec<String>,
    /// Errors, and entries of the baseline that are stale, expired or open again; none that is empty.
    pub lists: Vec<VerdictList>,
    /// The new articles that a finding touches, as many failing ones first.
    pub touched: Vec<Touched>,
}

#[derive(Debug, Serialize)]
pub(crate) struct VerdictList {
    pub title: String,
    pub items: Vec<String>,
}

/// A new article with its findings.
#[derive(Debug, Serialize)]
pub(crate) struct Touched {
    pub article: String,
    pub outlet: String,
    pub failing: usize,
    pub others: usize,
}

/// The view of a check; none for a report that is none.
pub(super) fn verdict(report: &Report, locale: &Locale) -> Option<VerdictView> {
    let check = report.check.as_ref()?;
    let entries = |title: &str, entries: &[BaselineEntry]| VerdictList {
        title: locale.label(title),
        items: entries.iter().map(|e| entry(e, locale)).collect(),
    };
    let reopened = check.reopened.iter().map(|reopened| {
        let changed = &reopened.changed;
        locale.fill(
            "check.reopened-entry",
            &[
                ("entry", entry(&reopened.entry, locale)),
                ("fingerprint", visible(&reopened.fingerprint)),
                ("article", visible(&changed.article)),
                ("before", visible(&changed.before)),
                ("after", visible(&changed.after)),
            ],
        )
    });
    let mut lists = vec![
        VerdictList {
            title: locale.label("check.errors"),
            items: check.errors.iter().map(|error| visible(error)).collect(),
        },
        entries("check.stale-entries", &check.stale),
        entries("check.expired-entries", &check.expired),
        VerdictList { title: locale.label("check.reopened-entries"), items: reopened.collect() },
    ];
    lists.retain(|list| !list.items.is_empty());
    Some(VerdictView {
        verdict: key(&check.verdict),
        title: title(check, locale),
        facts: facts(check, locale),
        lists,
        touched: touched(report, check),
    })
}

/// What could not be read, but for what the verdict names as an error anyway.
pub(super) fn problems(report: &Report) -> impl Iterator<Item = &String> {
    let told = report.check.as_ref().map(|check| check.errors.as_slice()).unwrap_or_default();
    report.run.problems.iter().filter(|problem| !told.contains(problem))
}

/// The verdict in a sentence.
pub(super) fn title(check: &CheckSummary, locale: &Locale) -> String {
    match check.verdict {
        Verdict::Clean => locale.label("check.clean"),
        Verdict::Conflicts if check.failing.is_empty() => locale.label("check.stale"),
        Verdict::Conflicts => {
            locale.fill("check.conflicts", &[("n", check.failing.len().to_string())])
        }
        Verdict::Error => locale.label("check.error"),
        Verdict::NoInput => locale.label("check.no-input"),
    }
}

fn facts(check: &CheckSummary, locale: &Locale) -> Vec<String> {
    let number = |n: usize| n.to_string();
    let mut facts = Vec::new();
    let new = ("new", number(check.new_articles.len()));
    facts.push(match &check.archive {
        Some(archive) => locale.fill(
            "check.archive",
            &[
                new,
                ("archive", visible(archive)),
                ("archived", number(check.archived)),
                ("compared", number(check.compared)),
            ],
        ),
        None => locale.fill("check.batch", &[new]),
    });
    let thresholds = &check.thresholds;
    facts.push(match thresholds.fail_on {
        None => locale.label("check.never"),
        Some(severity) => {
            let relations: Vec<String> =
                thresholds.relations.iter().map(|r| locale.relation(*r)).collect();
            let kinds: Vec<String> = thresholds.kinds.iter().map(|k| locale.kind(*k)).collect();
            locale.fill(
                "check.rule",
                &[
                    ("relations", relations.join(SEPARATOR)),
                    ("severity", locale.severity(severity)),
                    ("confidence", thresholds.min_confidence.to_string()),
                    ("kinds", kinds.join(SEPARATOR)),
                ],
            )
        }
    });
    if let Some(since) = thresholds.since {
        facts.push(locale.fill("check.since", &[("date", since.to_string())]));
    }
    facts.push(locale.fill(
        "check.counts",
        &[
            ("failing", number(check.failing.len())),
            ("accepted", number(check.accepted.len())),
            ("hidden", number(check.hidden)),
        ],
    ));
    if let Some(left) = &check.uncompared {
        let articles: Vec<String> = left.articles.iter().map(|id| visible(id)).collect();
        facts.push(locale.fill(
            "check.uncompared",
            &[
                ("seconds", left.max_seconds.to_string()),
                ("pairs", left.pairs.map(number).unwrap_or_default()),
                ("articles", articles.join(SEPARATOR)),
            ],
        ));
    }
    facts
}

fn entry(entry: &BaselineEntry, locale: &Locale) -> String {
    let optional = |text: &Option<String>| text.as_deref().map(visible).unwrap_or_default();
    locale.fill(
        "check.entry",
        &[
            ("fingerprint", visible(&entry.fingerprint)),
            ("reason", visible(&entry.reason)),
            ("author", optional(&entry.author)),
            ("expires", entry.expires.clone().unwrap_or_default()),
        ],
    )
}

fn touched(report: &Report, check: &CheckSummary) -> Vec<Touched> {
    let standings = Standings::new(report);
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for finding in &report.findings {
        let fails = standings.of(finding) == Standing::Fails;
        for side in [&finding.a, &finding.b] {
            if check.new_articles.binary_search(&side.article).is_ok() {
                let count = counts.entry(&side.article).or_default();
                if fails { count.0 += 1 } else { count.1 += 1 }
            }
        }
    }
    let outlet = |id: &str| {
        let article = report.run.articles.iter().find(|article| article.id == id);
        visible(article.map_or(id, |article| &article.outlet))
    };
    let mut touched: Vec<Touched> = counts
        .into_iter()
        .map(|(id, (failing, others))| Touched {
            article: visible(id),
            outlet: outlet(id),
            failing,
            others,
        })
        .collect();
    touched.sort_by_key(|row| Reverse((row.failing, row.others)));
    touched
}
