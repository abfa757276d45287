//! Which findings a baseline accepts, and which of its entries have outlived theirs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rapidfuzz::fuzz;

use super::{Baseline, Entry, EntrySide, beginning, hash};
use crate::check::{BaselineEntry, ChangedSide, Reopened};
use crate::claim::Claim;
use crate::judge::{Finding, Kind, Side};

/// How alike the beginnings of two sentences must be for one to be the other, changed.
const ALIKE: f64 = 0.5;

/// What a run could have found.
pub struct Reach<'r> {
    /// Everything was read and compared. Where not, no entry is stale: its finding may be among the rest.
    pub complete: bool,
    /// Ids of the batch's articles.
    pub new: BTreeSet<&'r str>,
    /// Ids of the archived articles that were compared with them.
    pub loaded: &'r BTreeSet<String>,
    /// Ids of all archived articles; none where there is no archive, and the batch is all there is.
    pub archived: Option<&'r BTreeSet<String>>,
    /// Archived articles that an entry names and that another article has replaced.
    pub replaced: &'r BTreeSet<String>,
    /// The kinds looked for; all where empty.
    pub kinds: &'r [Kind],
    /// All claims that were compared.
    pub claims: &'r [Claim],
}

/// What became of the entries.
#[derive(Debug, Clone, Default)]
pub struct Matched {
    /// Entries that accept a finding, in the findings' order.
    pub accepted: Vec<BaselineEntry>,
    /// Entries whose finding is gone.
    pub stale: Vec<BaselineEntry>,
    /// Entries whose time is over.
    pub expired: Vec<BaselineEntry>,
    /// Entries of which a sentence was changed.
    pub reopened: Vec<Reopened>,
}

impl Reach<'_> {
    /// Whether this run would have found an entry's finding if it still were there.
    fn covers(&self, entry: &Entry) -> bool {
        if !self.complete || !self.kinds.is_empty() && !self.kinds.contains(&entry.kind) {
            return false;
        }
        let Some(archived) = self.archived else { return true };
        let sides = [entry.a.article.as_str(), entry.b.article.as_str()];
        let is_new = |id: &str| self.new.contains(id);
        // Compared with the batch, or not there any more; what is archived and was not loaded is out of reach.
        let is_settled = |id: &str| {
            is_new(id)
                || self.loaded.contains(id)
                || !archived.contains(id)
                || self.replaced.contains(id)
        };
        sides.iter().any(|id| is_new(id)) && sides.iter().all(|id| is_settled(id))
    }
}

impl Baseline {
    /// Which of the findings are accepted, and what became of the other entries.
    pub fn match_findings(&self, findings: &[Finding], reach: &Reach<'_>, today: Date) -> Matched {
        let mut matched = Matched::default();
        let by_fingerprint: BTreeMap<&str, &Entry> =
            self.entries.iter().map(|entry| (entry.fingerprint.as_str(), entry)).collect();
        let is_over = |entry: &Entry| entry.expires.is_some_and(|last| last < today);
        let mut open: Vec<&Finding> = Vec::new();
        let mut found: BTreeSet<&str> = BTreeSet::new();
        for finding in findings {
            match by_fingerprint.get(finding.fingerprint.as_str()) {
                Some(entry) => {
                    found.insert(&entry.fingerprint);
                    if !is_over(entry) {
                        matched.accepted.push(entry.summary());
                    }
                }
                None => open.push(finding),
            }
        }
        let sentences: BTreeSet<(&str, String)> = match self.entries.is_empty() {
            true => BTreeSet::new(),
            false => reach
                .claims
                .iter()
                .map(|claim| (claim.article.as_str(), hash(&claim.text)))
                .collect(),
        };
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        for entry in &self.entries {
            if is_over(entry) {
                matched.expired.push(entry.summary());
            } else if !found.contains(entry.fingerprint.as_str()) {
                let free = open.iter().filter(|f| !taken.contains(f.fingerprint.as_str())).copied();
                if let Some((finding, changed)) = reopened(entry, free, &sentences) {
                    taken.insert(&finding.fingerprint);
                    matched.reopened.push(Reopened {
                        entry: entry.summary(),
                        fingerprint: finding.fingerprint.clone(),
                        changed,
                    });
                } else if reach.covers(entry) {
                    matched.stale.push(entry.summary());
                }
            }
        }
        matched
    }
}

/// The finding that an entry's became when one of its sentences was changed: of the same kind, one sentence the same,
/// the other of the same article and much like the old one, which is there no more.
fn reopened<'f>(
    entry: &Entry,
    findings: impl Iterator<Item = &'f Finding>,
    sentences: &BTreeSet<(&str, String)>,
) -> Option<(&'f Finding, ChangedSide)> {
    let mut best: Option<(f64, &Finding, ChangedSide)> = None;
    for finding in findings.filter(|finding| finding.kind == entry.kind) {
        let sides = [(&finding.a, &finding.b), (&finding.b, &finding.a)];
        for (same, other) in sides {
            for (kept, old) in [(&entry.a, &entry.b), (&entry.b, &entry.a)] {
                let Some(alike) = changed(kept, old, same, other, sentences) else { continue };
                if best.as_ref().is_none_or(|(known, ..)| alike > *known) {
                    let side = ChangedSide {
                        article: other.article.clone(),
                        before: old.text.clone(),
                        after: beginning(&other.sentence),
                    };
                    best = Some((alike, finding, side));
                }
            }
        }
    }
    best.map(|(_, finding, side)| (finding, side))
}

/// How alike `other` and the old sentence are, if the former can be the latter as it reads now.
fn changed(
    kept: &EntrySide,
    old: &EntrySide,
    same: &Side,
    other: &Side,
    sentences: &BTreeSet<(&str, String)>,
) -> Option<f64> {
    let is_there =
        |side: &EntrySide| sentences.contains(&(side.article.as_str(), side.hash.clone()));
    if hash(&same.sentence) != kept.hash || other.article != old.article || is_there(old) {
        return None;
    }
    let alike = fuzz::ratio(old.text.chars(), beginning(&other.sentence).chars());
    (alike >= ALIKE).then_some(alike)
}
