//! `crossclaim check`: does a batch of new articles contradict the archive, or itself?
//!
//! [`check`] annotates the batch, takes from the archive what can share a story with it, and runs the ordinary
//! stages on both, restricted to pairs with a new article. What it found out beside its findings is a
//! [`CheckSummary`] in the report. That is whole before anything is rendered, and no format can change it: the exit
//! code is the [`Verdict`]'s. `docs/check.md` is the reference.

pub mod baseline;
mod run;
mod stage;
pub mod summary;

pub use baseline::Acceptance;
pub use baseline::Baseline;
pub use run::{CheckInput, CheckOptions, check};
pub use summary::{
    Accepted, BaselineEntry, ChangedSide, CheckSummary, Persona, Reopened, Thresholds, Uncompared,
    Verdict,
};
