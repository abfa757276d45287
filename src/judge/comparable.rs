//! Comparable pairs: what rates of conflict are counted on, agreement as well as conflict.
//!
//! Two claims are comparable in a slot if
//!
//! 1. they stand in different articles and the pipeline looked at them (they are a candidate pair);
//! 2. both give a value to the same slot of the same thing (event cluster, course of events, or story);
//! 3. both put their value forward: no question, no plan; and a denial is compared with an affirmation or another
//!    denial only, since where nobody denies, whether it happened is not in question;
//! 4. the rule of the slot's kind takes the two events for one and the values for values of one whole.
//!
//! But for one thing none of this depends on whether the values agree, so that a rate of conflicts per comparable pair
//! means something: dates of a kind of event that recurs (attacks, meetings) tell two events apart where they lie more
//! than a few days from each other. `docs/compare.md` explains it to users.

use rayon::prelude::*;

use super::anchor::{Anchor, Familiarity};
use super::calibration::Calibration;
use super::context::{Context, Party};
use super::gates::Open;
use super::slot_test::Answers;
use super::slots::{Slot, SlotValue};
use super::{
    JudgeOptions, Kind, Message, Relation, ScoredPair, compare_pairs, fingerprint, question,
};
use crate::language::Languages;
use crate::language::frames::Frames;
use crate::resolve::Corpus;

/// Two values of one slot of one thing, and how they stand.
#[derive(Debug, Clone)]
pub struct Comparable<'c> {
    /// The value whose claim comes first in the corpus.
    pub a: &'c SlotValue,
    /// The other value.
    pub b: &'c SlotValue,
    /// The kind whose rule compared them.
    pub kind: Kind,
    /// How they stand; [`Relation::Compatible`] where they agree.
    pub relation: Relation,
    /// For anything but agreement: the probability, 0–1, that a careful reader agrees.
    pub confidence: f64,
    /// The fingerprint that a finding of these two claims and this kind has.
    pub fingerprint: String,
}

/// All comparable pairs of values among scored pairs, in the order of the pairs. Where two claims give several
/// values to one slot, each pair of values is one.
///
/// Pairs that the rules put down to another scope ([`Relation::Scope`]) are among them: whoever counts leaves
/// them out.
pub fn comparable<'c>(
    corpus: &'c Corpus,
    values: &'c [SlotValue],
    scored: &'c [ScoredPair],
    answers: &Answers,
    languages: &'c Languages,
    calibration: &Calibration,
    options: &'c JudgeOptions,
) -> Vec<Comparable<'c>> {
    // A whole sentence is no slot: no two sentences of one event would ever agree.
    let all = compare_pairs(corpus, values, scored, &languages.frames, options)
        .flatten_iter()
        .filter(|compared| compared.context.a.value.slot != Slot::Claim);
    all.filter(|compared| !options.without.contains(&compared.kind))
        .map(|compared| {
            let direction = calibration.direction;
            let slot_scores = compared.slot_scores(direction, languages, answers);
            let features = compared.features(direction, &slot_scores);
            let (a, b) = (&compared.context.a, &compared.context.b);
            Comparable {
                a: a.value,
                b: b.value,
                kind: compared.kind,
                relation: compared.comparison.relation,
                confidence: compared.confidence(&features, calibration),
                fingerprint: fingerprint::fingerprint(compared.kind, &a.claim.text, &b.claim.text),
            }
        })
        .collect()
}

/// The question that two values of one slot answer; none where a claim's article is not in the corpus. Whoever asks
/// for many has one `familiarity` made for all.
pub fn question_of<'c>(
    familiarity: &Familiarity<'c>,
    frames: &'c Frames,
    a: &'c SlotValue,
    b: &'c SlotValue,
) -> Option<Message> {
    let corpus = familiarity.corpus();
    let open = Open::default();
    let party = |value: &'c SlotValue| -> Option<Party<'c>> {
        let claim = corpus.claims.get(value.claim)?;
        Some(Party { article: corpus.article_of(claim)?, claim, value })
    };
    let (a, b) = (party(a)?, party(b)?);
    // What names the question is the event, or else the heaviest name that both sentences hold.
    let anchor = if a.event().is_some() {
        Anchor::default()
    } else {
        familiarity.anchor(frames, a.claim, b.claim)
    };
    let context = Context { corpus, frames, a, b, nli: None, open: &open, anchor, loose: false };
    Some(question(&context))
}
