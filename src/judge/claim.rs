//! Kind `claim`: no slot explains it, but NLI says both ways that two sentences about the same
//! things cannot both hold. See `docs/rules/claim.md`.

use super::PairScores;

/// NLI contradiction that both directions must reach.
const MIN_CONTRADICTION: f32 = 0.9;

/// Whether NLI alone makes a finding of a pair. `shared` is the number of specific entities that
/// both sentences name.
pub fn conflicts(nli: &PairScores, shared: usize) -> bool {
    nli.validated
        && shared >= 2
        && nli.forward.contradiction >= MIN_CONTRADICTION
        && nli.backward.contradiction >= MIN_CONTRADICTION
}
