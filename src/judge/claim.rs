//! Kind `claim`: no slot explains it, but the NLI model says that two sentences which share enough to speak of
//! one thing cannot both hold. See `docs/rules/claim.md`.

use super::anchor::specific;
use super::context::{Comparison, Context, Party};
use super::{Message, Relation};
use crate::claim::FactualityKind;
use crate::report::locale::SEPARATOR;
use crate::span::Span;

/// The probability of a conflict, at the base rate of what is compared, from which a finding is shown unasked: with the
/// built-in model it finds, with the slots, six in ten conflicts of the split `fit` of `tests/hard`.
pub const MIN_PROBABILITY: f64 = 0.8;
/// Mean probability of contradiction from which a pair is looked at.
const MIN_CONTRADICTION: f64 = 0.5;
/// What the sentences must share, and what of it in names.
const MIN_ANCHOR: f64 = 1.0;
const MIN_NAMES: f64 = 0.5;
/// Days between two articles within which a state is taken not to have changed.
const SAME_STATE_DAYS: i32 = 1;

/// Compares two sentences by NLI alone; `chosen` are those that somebody set side by side.
pub fn compare(context: &Context<'_>, chosen: bool) -> Option<Comparison> {
    let nli = context.nli.filter(|nli| nli.validated)?;
    let contradiction = f64::from(nli.forward.contradiction + nli.backward.contradiction) / 2.0;
    let anchor = &context.anchor;
    let shares_enough = anchor.score() >= MIN_ANCHOR && anchor.names >= MIN_NAMES;
    let one_thing = chosen || shares_enough && !anchor.apart();
    // A model does not see that the one may be a later state of what the other tells.
    let may_have_changed =
        context.publication_gap().is_some_and(|days| days > SAME_STATE_DAYS) && !anchor.day;
    if contradiction < MIN_CONTRADICTION || !one_thing || may_have_changed || !both_told(context) {
        return None;
    }
    let (in_a, in_b) = (specific(context.a.claim), specific(context.b.claim));
    let names: Vec<&str> = in_a.intersection(&in_b).map(|id| context.corpus.name_of(id)).collect();
    let topic = Message::new("claim.same-topic", [("names", names.join(SEPARATOR))]);
    let mut comparison = Comparison::new(Relation::Contradiction, contradiction, topic);
    if names.is_empty() {
        comparison.why.clear();
    }
    comparison.lowered.push(Message::new("claim.only-nli", []));
    let (of_a, of_b) = anchor.common.iter().cloned().unzip();
    comparison.evidence = Some([unshared(&context.a, of_a), unshared(&context.b, of_b)]);
    Some(comparison)
}

/// Whether neither sentence asks, and both or none tell of a plan. A denial is told like anything else.
fn both_told(context: &Context<'_>) -> bool {
    let kinds = [&context.a, &context.b].map(|side| side.value.factuality.kind);
    let planned = kinds.map(|kind| kind == FactualityKind::Planned);
    !kinds.contains(&FactualityKind::Question) && planned[0] == planned[1]
}

/// The content words of a sentence that the other does not have; the sentence itself where it has all.
fn unshared(side: &Party<'_>, shared: Vec<String>) -> Vec<Span> {
    let words = side.claim.content.iter().filter(|word| !shared.contains(&word.stem));
    let spans: Vec<Span> = words.map(|word| word.span).collect();
    if spans.is_empty() { vec![side.claim.span] } else { spans }
}
