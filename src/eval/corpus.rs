//! How well the findings of a run agree with the gold conflicts of its corpus.

use serde::Serialize;

use super::gold::{Conflict, GoldCorpus, lies_between};
use super::lost::Losses;
use super::metrics::{self, Ranking};
use crate::judge::{Finding, Kind, Relation};
use crate::pipeline::Stages;

/// Figures of one corpus.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CorpusFigures {
    /// What was read: the paths as given.
    pub corpus: String,
    /// The model's name, or `none`.
    pub model: String,
    /// What was left out of the tool.
    pub without: Vec<String>,
    /// How the tool was run: `whole`, or the name of a variant ([`super::vary`]).
    pub tool: String,
    /// Articles read.
    pub articles: usize,
    /// Claims read off them.
    pub claims: usize,
    /// Candidate pairs judged.
    pub candidates: usize,
    /// Conflicts of all levels and kinds.
    pub conflicts: Share,
    /// Conflicts whose two sentences were a candidate pair.
    pub retrieved: Share,
    /// Conflicts between whose sentences some contradiction is shown, of whatever kind.
    pub noticed: Share,
    /// Conflicts by level, sorted.
    pub by_level: Vec<(String, Share)>,
    /// Conflicts and what was shown, by kind.
    pub by_kind: Vec<KindFigures>,
    /// Contradictions shown, and how many of them are right: between the sentences of a gold conflict, of a
    /// kind and relation that it allows.
    pub shown: Share,
    /// Contradictions shown between the sentences of a gold conflict, of another kind or relation.
    pub other_kind: usize,
    /// Contradictions shown that no gold conflict accounts for: false alarms, as far as the annotation is
    /// complete.
    pub unexplained: usize,
    /// The same for each article.
    pub false_alarms_per_article: Option<f64>,
    /// How well confidence tells the right contradictions shown from the others.
    pub confidence: ConfidenceFigures,
    /// Of the first k contradictions shown, how many are right.
    pub at: Vec<(usize, Share)>,
    /// Annotated pairs that are no conflict, and how many of them are shown as contradictions (`found`).
    pub negatives: Share,
    /// Ids of conflicts that were not found.
    pub missed: Vec<String>,
    /// Ids of negatives shown as contradictions.
    pub wrong: Vec<String>,
    /// Contradictions that no gold conflict accounts for.
    pub unexplained_findings: Vec<Unexplained>,
    /// Where the conflicts not shown were lost; none where that was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub losses: Option<Losses>,
    /// Confidence of each contradiction shown, and whether it is right.
    #[serde(skip)]
    pub shown_confidences: Vec<(f64, bool)>,
}

/// How well confidence tells right from wrong, over contradictions shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ConfidenceFigures {
    /// The least, and the greatest.
    pub range: Option<(f64, f64)>,
    /// Chance that a right one has more than a wrong one; none without both.
    pub auroc: Option<f64>,
    /// Expected calibration error.
    pub calibration_error: Option<f64>,
    /// Brier score.
    pub brier: Option<f64>,
}

impl ConfidenceFigures {
    fn of(shown: &[(f64, bool)]) -> Self {
        let (confidences, right): (Vec<f64>, Vec<bool>) = shown.iter().copied().unzip();
        let once = vec![1; shown.len()];
        let least = confidences.iter().copied().reduce(f64::min);
        let most = confidences.iter().copied().reduce(f64::max);
        ConfidenceFigures {
            range: least.zip(most),
            auroc: Ranking::new(&confidences, &right).auroc(&once),
            calibration_error: metrics::calibration_error(&confidences, &right, &once),
            brier: metrics::brier(&confidences, &right, &once),
        }
    }
}

/// Some of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// How many of them.
    pub found: usize,
    /// All of them.
    pub of: usize,
}

impl Share {
    /// Both together.
    fn plus(self, other: Share) -> Self {
        Share { found: self.found + other.found, of: self.of + other.of }
    }

    /// Counts what fulfils a condition.
    pub fn count<T>(
        items: impl IntoIterator<Item = T>,
        mut counts: impl FnMut(&T) -> bool,
    ) -> Self {
        let mut share = Share::default();
        for item in items {
            share.of += 1;
            share.found += usize::from(counts(&item));
        }
        share
    }

    /// The share as a number; none of nothing.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.found as f64 / self.of as f64)
    }
}

/// Figures of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct KindFigures {
    /// The kind. A conflict that allows several counts under its first.
    pub kind: Kind,
    /// Conflicts of it, and how many were found.
    pub conflicts: Share,
    /// Contradictions of it that were shown, and how many are right.
    pub shown: Share,
}

/// A contradiction that the annotation does not have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unexplained {
    /// The finding's name.
    pub fingerprint: String,
    /// Its kind.
    pub kind: Kind,
    /// Its confidence.
    pub confidence: f64,
    /// Article and sentence of one side.
    pub a: (String, String),
    /// Article and sentence of the other.
    pub b: (String, String),
}

/// How deep precision is measured.
const DEPTHS: [usize; 4] = [1, 5, 10, 20];

/// What was run.
#[derive(Debug, Clone)]
pub struct Ran {
    /// The corpus's name.
    pub corpus: String,
    /// The model's name, or `none`.
    pub model: String,
    /// What was left out.
    pub without: Vec<String>,
    /// The variant's name.
    pub tool: String,
}

/// Compares the findings of a run with an annotation.
pub fn evaluate(ran: Ran, stages: &Stages, gold: &GoldCorpus) -> CorpusFigures {
    let findings = &stages.findings;
    let found = |conflict: &&Conflict| findings.iter().any(|f| conflict.is_answered_by(f));
    let shown: Vec<&Finding> =
        findings.iter().filter(|f| f.relation == Relation::Contradiction).collect();
    let right = |finding: &&&Finding| gold.conflicts.iter().any(|c| c.is_answered_by(finding));
    let unexplained = gold.unexplained(findings);
    let explained = shown.len() - unexplained.len();
    let shown_share = Share::count(&shown, right);
    let mut levels: Vec<&str> = gold.conflicts.iter().map(|c| c.level.as_str()).collect();
    levels.sort_unstable();
    levels.dedup();
    let first = |conflict: &Conflict| conflict.kinds.first().copied();
    let mut kinds: Vec<Kind> = gold.conflicts.iter().filter_map(first).collect();
    kinds.extend(shown.iter().map(|finding| finding.kind));
    kinds.sort_unstable();
    kinds.dedup();
    let noticed = |conflict: &&Conflict| {
        shown.iter().any(|finding| lies_between(finding, &conflict.a, &conflict.b))
    };
    let confidences: Vec<(f64, bool)> = shown.iter().map(|f| (f.confidence, right(&f))).collect();
    let articles = stages.corpus.articles.len();
    let Ran { corpus, model, without, tool } = ran;
    CorpusFigures {
        corpus,
        model,
        without,
        tool,
        articles,
        claims: stages.corpus.claims.len(),
        candidates: stages.scored.len(),
        conflicts: Share::count(&gold.conflicts, found),
        retrieved: Share::count(&gold.conflicts, |conflict| is_candidate(stages, conflict)),
        noticed: Share::count(&gold.conflicts, noticed),
        confidence: ConfidenceFigures::of(&confidences),
        by_level: levels
            .into_iter()
            .map(|level| {
                let of_level = gold.conflicts.iter().filter(|c| c.level == level);
                (level.to_owned(), Share::count(of_level, found))
            })
            .collect(),
        by_kind: kinds
            .into_iter()
            .map(|kind| {
                let conflicts = gold.conflicts.iter().filter(|c| first(c) == Some(kind));
                let of_kind = shown.iter().filter(|finding| finding.kind == kind);
                KindFigures {
                    kind,
                    conflicts: Share::count(conflicts, found),
                    shown: Share::count(of_kind, right),
                }
            })
            .collect(),
        shown: shown_share,
        other_kind: explained - shown_share.found.min(explained),
        unexplained: unexplained.len(),
        false_alarms_per_article: (articles > 0)
            .then(|| unexplained.len() as f64 / articles as f64),
        at: DEPTHS
            .into_iter()
            .filter(|&k| k <= shown.len())
            .map(|k| (k, Share::count(&shown[..k], right)))
            .collect(),
        negatives: Share { found: gold.violated(findings).len(), of: gold.negatives.len() },
        missed: gold.conflicts.iter().filter(|c| !found(c)).map(|c| c.id.clone()).collect(),
        wrong: gold.violated(findings).into_iter().map(|n| n.id.clone()).collect(),
        unexplained_findings: unexplained.into_iter().map(Unexplained::new).collect(),
        losses: None,
        shown_confidences: confidences,
    }
}

/// The figures of several corpora as those of one; none of no corpus.
pub fn pooled(all: &[CorpusFigures]) -> Option<CorpusFigures> {
    let (first, others) = all.split_first()?;
    let mut sum = first.clone();
    sum.corpus = format!("all {}", all.len());
    for next in others {
        sum.articles += next.articles;
        sum.claims += next.claims;
        sum.candidates += next.candidates;
        sum.conflicts = sum.conflicts.plus(next.conflicts);
        sum.retrieved = sum.retrieved.plus(next.retrieved);
        sum.noticed = sum.noticed.plus(next.noticed);
        sum.shown = sum.shown.plus(next.shown);
        sum.negatives = sum.negatives.plus(next.negatives);
        sum.other_kind += next.other_kind;
        sum.unexplained += next.unexplained;
        for (level, share) in &next.by_level {
            match sum.by_level.iter_mut().find(|(known, _)| known == level) {
                Some((_, known)) => *known = known.plus(*share),
                None => sum.by_level.push((level.clone(), *share)),
            }
        }
        for kind in &next.by_kind {
            match sum.by_kind.iter_mut().find(|known| known.kind == kind.kind) {
                Some(known) => {
                    known.conflicts = known.conflicts.plus(kind.conflicts);
                    known.shown = known.shown.plus(kind.shown);
                }
                None => sum.by_kind.push(*kind),
            }
        }
        sum.missed.extend(next.missed.iter().cloned());
        sum.wrong.extend(next.wrong.iter().cloned());
        sum.unexplained_findings.extend(next.unexplained_findings.iter().cloned());
        sum.shown_confidences.extend(&next.shown_confidences);
        if let (Some(known), Some(losses)) = (&mut sum.losses, &next.losses) {
            known.extend(losses);
        }
    }
    sum.by_level.sort_by(|x, y| x.0.cmp(&y.0));
    sum.by_kind.sort_by_key(|kind| kind.kind);
    sum.false_alarms_per_article =
        (sum.articles > 0).then(|| sum.unexplained as f64 / sum.articles as f64);
    sum.confidence = ConfidenceFigures::of(&sum.shown_confidences);
    // What stands first in one corpus does not stand first in all.
    sum.at = Vec::new();
    Some(sum)
}

impl Unexplained {
    fn new(finding: &Finding) -> Self {
        let side = |side: &crate::judge::Side| (side.article.clone(), side.sentence.clone());
        Unexplained {
            fingerprint: finding.fingerprint.clone(),
            kind: finding.kind,
            confidence: finding.confidence,
            a: side(&finding.a),
            b: side(&finding.b),
        }
    }
}

/// Whether the two sentences of a conflict were judged against each other.
fn is_candidate(stages: &Stages, conflict: &Conflict) -> bool {
    let claims = &stages.corpus.claims;
    stages.scored.iter().any(|scored| {
        let (x, y) = (&claims[scored.pair.a], &claims[scored.pair.b]);
        let on = |quote: &super::gold::Quote, claim: &crate::claim::Claim| {
            quote.is_in(&claim.article, &claim.text)
        };
        on(&conflict.a, x) && on(&conflict.b, y) || on(&conflict.a, y) && on(&conflict.b, x)
    })
}
