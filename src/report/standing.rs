//! How findings stand in a check: which fail, which the baseline accepts, and which side is the new one.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Accepted;
use crate::judge::{Finding, Relation, Side};

use super::Report;

/// How a finding counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Standing<'r> {
    /// It fails the check.
    Fails,
    /// The baseline accepts it.
    Accepted(&'r Accepted),
    /// It is shown.
    Shown,
}

/// The standing of every finding of a report.
pub(super) struct Standings<'r> {
    checked: bool,
    failing: BTreeSet<&'r str>,
    accepted: BTreeMap<&'r str, &'r Accepted>,
    new: BTreeSet<&'r str>,
}

impl<'r> Standings<'r> {
    pub(super) fn new(report: &'r Report) -> Self {
        let check = report.check.as_ref();
        Standings {
            checked: check.is_some(),
            failing: check.iter().flat_map(|c| &c.failing).map(String::as_str).collect(),
            accepted: check
                .iter()
                .flat_map(|c| &c.accepted)
                .map(|accepted| (accepted.fingerprint.as_str(), accepted))
                .collect(),
            new: check.iter().flat_map(|c| &c.new_articles).map(String::as_str).collect(),
        }
    }

    /// How a finding counts. A report that is no check has no verdict; in it contradictions count as failures
    /// where a format knows nothing else, as JUnit does.
    pub(super) fn of(&self, finding: &Finding) -> Standing<'r> {
        let fingerprint = finding.fingerprint.as_str();
        if let Some(accepted) = self.accepted.get(fingerprint) {
            Standing::Accepted(accepted)
        } else if self.failing.contains(fingerprint)
            || !self.checked && finding.relation == Relation::Contradiction
        {
            Standing::Fails
        } else {
            Standing::Shown
        }
    }

    /// Whether the report is of a check, and so has a verdict.
    pub(super) fn checked(&self) -> bool {
        self.checked
    }

    /// The side to point at, and the other one: the new article's, or else that of the later article. With one
    /// date or none it is `b`.
    pub(super) fn sides<'f>(&self, finding: &'f Finding) -> (&'f Side, &'f Side) {
        let (a, b) = (&finding.a, &finding.b);
        let new = |side: &Side| self.new.contains(side.article.as_str());
        let a_first = match (new(a), new(b)) {
            (true, false) => true,
            (false, true) => false,
            _ => day(a) > day(b),
        };
        if a_first { (a, b) } else { (b, a) }
    }
}

/// The publication date without the remark behind it; one that is not known counts as the earliest.
fn day(side: &Side) -> &str {
    side.published.as_deref().and_then(|date| date.split(' ').next()).unwrap_or_default()
}
