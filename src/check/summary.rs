//! What a check found out beside its findings: the verdict and all that led to it.

use serde::{Deserialize, Serialize};

use crate::article::PartialDate;
use crate::judge::{Kind, Relation, Severity};

/// How a check ended. The order is that of precedence: an error outranks conflicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing fails. Exit code 0.
    Clean,
    /// A finding fails, or an entry of the baseline is stale. Exit code 1.
    Conflicts,
    /// Something was not read, compared or written, so nothing is certain. Exit code 2.
    Error,
    /// There was no new article. Exit code 3.
    NoInput,
}

impl Verdict {
    /// The exit code of the process.
    pub fn exit_code(self) -> u8 {
        match self {
            Verdict::Clean => 0,
            Verdict::Conflicts => 1,
            Verdict::Error => 2,
            Verdict::NoInput => 3,
        }
    }
}

/// What a check shows, beside what fails, which every persona shows.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Persona {
    /// Contradictions and divergent accounts of at least the lowest confidence asked for.
    #[default]
    Regular,
    /// Also updates, corrections, granularity and scope.
    Pedantic,
    /// Everything: also what is less certain than asked for, and what the baseline accepts.
    Auditor,
}

/// A check, but for its findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckSummary {
    /// The verdict, which is the exit code.
    pub verdict: Verdict,
    /// Why the verdict is `error`: what went wrong, each with its remedy. Empty otherwise.
    pub errors: Vec<String>,
    /// Ids of the batch's articles, sorted.
    pub new_articles: Vec<String>,
    /// The archive as the user named it; none where the batch was compared with itself alone.
    pub archive: Option<String>,
    /// Number of articles in the archive.
    pub archived: usize,
    /// Number of archived articles that can share a story with the batch and were compared with it.
    pub compared: usize,
    /// What decides what fails.
    pub thresholds: Thresholds,
    /// What is shown.
    pub persona: Persona,
    /// Number of findings that the persona does not show.
    pub hidden: usize,
    /// Fingerprints of the findings that fail, in the report's order. All of them are in the report.
    pub failing: Vec<String>,
    /// Findings that the baseline accepts, in the report's order. The report has them only for the auditor.
    pub accepted: Vec<Accepted>,
    /// Entries of the baseline that this run should have found again and did not, in the file's order.
    pub stale: Vec<BaselineEntry>,
    /// Entries of the baseline whose time is over, in the file's order. They accept nothing.
    pub expired: Vec<BaselineEntry>,
    /// Entries of the baseline of which one side's text changed: their findings count again.
    pub reopened: Vec<Reopened>,
    /// What was left uncompared when time was up; none where all was compared.
    pub uncompared: Option<Uncompared>,
}

/// What decides whether a finding fails: it does if all of these hold and the baseline does not accept it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// It is at least this severe; none: no finding fails.
    pub fail_on: Option<Severity>,
    /// It is at least this certain, 0–1.
    pub min_confidence: f64,
    /// It is of one of these kinds, the only ones looked for; all kinds where empty.
    pub kinds: Vec<Kind>,
    /// It is of one of these relations.
    pub relations: Vec<Relation>,
    /// Archived articles that are known to be older were left out.
    pub since: Option<PartialDate>,
    /// Stale entries of the baseline do not fail.
    pub allow_stale: bool,
}

/// An entry of the baseline, as a report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineEntry {
    /// The fingerprint of the finding that it accepts.
    pub fingerprint: String,
    /// The kind of that finding.
    pub kind: Kind,
    /// Why it is accepted.
    pub reason: String,
    /// Who accepted it.
    pub author: Option<String>,
    /// What else its author notes.
    pub note: Option<String>,
    /// When it was accepted: `2017-11-20`.
    pub date: Option<String>,
    /// The last day on which it counts.
    pub expires: Option<String>,
    /// Ids of the two articles when it was accepted, in the order of `texts`.
    pub articles: Vec<String>,
    /// The beginnings of the two sentences.
    pub texts: Vec<String>,
}

/// A finding that the baseline accepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The finding's fingerprint, which is the entry's.
    pub fingerprint: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who accepted it.
    pub author: Option<String>,
    /// What else its author notes.
    pub note: Option<String>,
    /// The last day on which it is accepted.
    pub expires: Option<String>,
}

/// An entry of the baseline that counts no more, since one of its sentences reads otherwise now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    /// The entry.
    pub entry: BaselineEntry,
    /// The fingerprint of the finding as it is now.
    pub fingerprint: String,
    /// The side that changed.
    pub changed: ChangedSide,
}

/// A sentence before and after it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedSide {
    /// The article's id as it is now.
    pub article: String,
    /// The beginning of the sentence when the finding was accepted.
    pub before: String,
    /// The beginning of the sentence as it is now.
    pub after: String,
}

/// What was not compared because `--max-time` was over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Uncompared {
    /// The seconds that were given.
    pub max_seconds: f64,
    /// Candidate pairs that were not scored; none where time was up before pairs were made.
    pub pairs: Option<usize>,
    /// Ids of the new articles of which at least one pair was not compared, sorted.
    pub articles: Vec<String>,
}
