//! A check from articles to its verdict.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::civil::Date;

use super::baseline::{Baseline, Matched, Reach};
use super::stage::{Deadline, Gathered, gather};
use super::{Accepted, CheckSummary, Persona, Thresholds, Verdict};
use crate::archive::{Archive, RetrievalOptions};
use crate::article::Article;
use crate::dossier;
use crate::error::{Error, Result};
use crate::judge::slot_test::Answers;
use crate::judge::{Finding, JudgeOptions, Kind, Relation, Severity, slots};
use crate::nli::contained::contained;
use crate::pipeline::{Pipeline, Progress, Stages};
use crate::report::Report;

/// What fails, what is shown, and how long it may take.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// What decides what fails.
    pub thresholds: Thresholds,
    /// What is shown beside that.
    pub persona: Persona,
    /// How much of the archive is looked at; `since` is that of the thresholds.
    pub retrieval: RetrievalOptions,
    /// When the check began, and how long it may take. What is not compared by then fails the check.
    pub started: Instant,
    /// See `started`; none for as long as it takes.
    pub max_time: Option<Duration>,
    /// The day on which entries of the baseline may be out of date.
    pub today: Date,
}

impl CheckOptions {
    /// Contradictions of medium severity fail, nothing else; no limit of time.
    pub fn new(today: Date) -> CheckOptions {
        CheckOptions {
            thresholds: Thresholds::default(),
            persona: Persona::default(),
            retrieval: RetrievalOptions::default(),
            started: Instant::now(),
            max_time: None,
            today,
        }
    }
}

impl Default for Thresholds {
    /// Contradictions of medium severity and more.
    fn default() -> Self {
        Thresholds {
            fail_on: Some(Severity::Medium),
            min_confidence: 0.0,
            kinds: Vec::new(),
            relations: vec![Relation::Contradiction],
            since: None,
            allow_stale: false,
        }
    }
}

/// What is checked.
pub struct CheckInput<'c> {
    /// The new articles, whose ids are unique.
    pub batch: Vec<Article>,
    /// What they are compared with beside each other, and what the user calls it.
    pub archive: Option<(&'c Archive, String)>,
    /// What is accepted.
    pub baseline: Option<&'c Baseline>,
    /// What could not be read so far, each with its remedy. Any of it fails the check.
    pub errors: Vec<String>,
}

/// Checks a batch. The report has what the persona shows, and [`Report::check`] the verdict.
///
/// What goes wrong with articles, archive or baseline makes the verdict an error, and what could be compared is in
/// the report all the same.
///
/// # Errors
/// When the model cannot score, and [`Error::Internal`] for a fault of the program, a panic included: whoever calls
/// must fail then.
pub fn check(
    pipeline: &Pipeline,
    input: CheckInput<'_>,
    options: &CheckOptions,
    progress: &Progress<'_>,
) -> Result<Report> {
    let run = || Ok(check_uncontained(pipeline, input, options, progress));
    contained("crossclaim", run).map_err(|problem| Error::Internal { problem })?
}

fn check_uncontained(
    pipeline: &Pipeline,
    input: CheckInput<'_>,
    options: &CheckOptions,
    progress: &Progress<'_>,
) -> Result<Report> {
    let CheckInput { mut batch, archive, baseline, mut errors } = input;
    let thresholds = &options.thresholds;
    let (mut archive, archive_name) = match archive {
        Some((archive, name)) => (Some(archive), Some(name)),
        None => (None, None),
    };
    if let Some(known) = archive {
        match known.identify(&batch) {
            Ok(identities) => {
                for (article, identity) in batch.iter_mut().zip(identities) {
                    article.id = identity.id;
                }
            }
            Err(error) => {
                errors.push(error.to_string());
                archive = None;
            }
        }
    }
    let mut new_articles: Vec<String> = batch.iter().map(|article| article.id.clone()).collect();
    new_articles.sort();
    let retrieval = RetrievalOptions { since: thresholds.since, ..options.retrieval.clone() };
    let deadline = Deadline::new(options.started, options.max_time);
    let mut gathered = gather(pipeline, batch, archive, &retrieval, deadline, progress)?;
    let input_problems = errors.clone();
    errors.append(&mut gathered.errors);
    let Gathered { corpus, scored, archived, loaded, uncompared, .. } = gathered;
    if let Some(left) = &uncompared {
        errors.push(match left.pairs {
            Some(pairs) => format!(
                "time was up: {pairs} candidate pairs were not compared; raise --max-time, or check fewer articles at once"
            ),
            None => "time was up before all new articles were read; raise --max-time, or check fewer articles at once".to_owned(),
        });
    }

    let frames = &pipeline.languages.frames;
    let values = slots::values(&corpus, frames);
    let judging = judging(&pipeline.judging, &thresholds.kinds);
    let mut answers = Answers::default();
    let findings = pipeline.judge(&corpus, &values, &scored, &judging, &mut answers)?;

    // The baseline comes before every threshold: an accepted finding is accepted whatever they say.
    let matched = match baseline {
        Some(baseline) => {
            let replaced = match archive {
                Some(archive) => archive.replaced(&baseline.article_ids())?,
                None => BTreeSet::new(),
            };
            let archived_ids = match archive {
                Some(archive) => Some(archive.ids()?),
                None => None,
            };
            let reach = Reach {
                complete: errors.is_empty(),
                new: new_articles.iter().map(String::as_str).collect(),
                loaded: &loaded,
                archived: archived_ids.as_ref(),
                replaced: &replaced,
                kinds: &thresholds.kinds,
                claims: &corpus.claims,
            };
            baseline.match_findings(&findings, &reach, options.today)
        }
        None => Matched::default(),
    };
    let accepted: BTreeSet<&str> =
        matched.accepted.iter().map(|entry| entry.fingerprint.as_str()).collect();
    let is_accepted = |finding: &Finding| accepted.contains(finding.fingerprint.as_str());
    let failing: Vec<String> = findings
        .iter()
        .filter(|finding| !is_accepted(finding) && thresholds.fails(finding))
        .map(|finding| finding.fingerprint.clone())
        .collect();
    let verdict = if !errors.is_empty() {
        Verdict::Error
    } else if new_articles.is_empty() {
        Verdict::NoInput
    } else if !failing.is_empty() || !matched.stale.is_empty() && !thresholds.allow_stale {
        Verdict::Conflicts
    } else {
        Verdict::Clean
    };

    let found = findings.len();
    let shown: Vec<Finding> = findings
        .into_iter()
        .filter(|finding| {
            failing.contains(&finding.fingerprint)
                || options.persona.shows(finding, is_accepted(finding), thresholds)
        })
        .collect();
    let summary = CheckSummary {
        verdict,
        errors,
        new_articles,
        archive: archive_name,
        archived,
        compared: loaded.len(),
        thresholds: thresholds.clone(),
        persona: options.persona,
        hidden: found - shown.len(),
        failing,
        accepted: matched
            .accepted
            .iter()
            .map(|entry| Accepted {
                fingerprint: entry.fingerprint.clone(),
                reason: entry.reason.clone(),
                author: entry.author.clone(),
                note: entry.note.clone(),
                expires: entry.expires.clone(),
            })
            .collect(),
        stale: matched.stale,
        expired: matched.expired,
        reopened: matched.reopened,
        uncompared,
    };
    let dossiers = dossier::group(&corpus, &values, &shown);
    let stages = Stages { corpus, values, scored, answers, findings: shown, dossiers };
    let mut report = pipeline.report(stages, input_problems);
    report.check = Some(summary);
    Ok(report)
}

/// The pipeline's options, with nothing but these kinds; all kinds where there are none.
fn judging(of_pipeline: &JudgeOptions, kinds: &[Kind]) -> JudgeOptions {
    let mut options = of_pipeline.clone();
    if !kinds.is_empty() {
        options.without.extend(Kind::ALL.into_iter().filter(|kind| !kinds.contains(kind)));
        // Whoever names the kind asks for it.
        options.nli_alone |= kinds.contains(&Kind::Claim);
    }
    options
}

impl Thresholds {
    /// Whether a finding that nobody accepted fails.
    pub fn fails(&self, finding: &Finding) -> bool {
        self.fail_on.is_some_and(|least| finding.severity >= least)
            && finding.confidence >= self.min_confidence
            && self.relations.contains(&finding.relation)
            && (self.kinds.is_empty() || self.kinds.contains(&finding.kind))
    }
}

impl Persona {
    /// Whether a finding that does not fail is shown.
    fn shows(self, finding: &Finding, accepted: bool, thresholds: &Thresholds) -> bool {
        let sure = finding.confidence >= thresholds.min_confidence;
        let conflict =
            matches!(finding.relation, Relation::Contradiction | Relation::DivergentAccount);
        match self {
            Persona::Regular => sure && conflict && !accepted,
            Persona::Pedantic => sure && !accepted,
            Persona::Auditor => true,
        }
    }
}
