//! Kind `claim`: no slot explains it, but NLI says both ways that two sentences about the same
//! things cannot both hold. Off by default: what the tool cannot explain from the text is not
//! shown unless asked for. See `docs/rules/claim.md`.

use std::collections::BTreeSet;

use super::context::{Comparison, Context};
use super::{Message, Relation};
use crate::claim::Claim;
use crate::report::locale::SEPARATOR;

/// NLI contradiction that both directions must reach.
const MIN_CONTRADICTION: f32 = 0.9;
/// Names that both sentences must share.
const MIN_SHARED: usize = 2;

/// Compares two sentences by NLI alone.
pub fn compare(context: &Context<'_>) -> Option<Comparison> {
    let nli = context.nli.filter(|nli| nli.validated)?;
    let lower = nli.forward.contradiction.min(nli.backward.contradiction);
    if lower < MIN_CONTRADICTION || !context.both_put_forward() {
        return None;
    }
    let names = |claim: &Claim| -> BTreeSet<String> {
        let specific = claim.mentions.iter().filter(|m| !m.entity.starts_with("group:"));
        specific.map(|m| context.corpus.name_of(&m.entity).to_owned()).collect()
    };
    let (a, b) = (names(context.a.claim), names(context.b.claim));
    let shared: Vec<&str> = a.intersection(&b).map(String::as_str).collect();
    if shared.len() < MIN_SHARED {
        return None;
    }
    let topic = Message::new("claim.same-topic", [("names", shared.join(SEPARATOR))]);
    let mut comparison = Comparison::new(Relation::Contradiction, f64::from(lower), topic);
    comparison.lowered.push(Message::new("claim.only-nli", []));
    Some(comparison)
}
