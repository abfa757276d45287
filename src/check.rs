//! `crossclaim check`: does a batch of new articles contradict the archive, or itself?
//!
//! What a check found out beside its findings is a [`CheckSummary`] in the report. It is whole before anything is
//! rendered, and no format can change it: the exit code is the [`Verdict`]'s.

pub mod summary;

pub use summary::{
    Accepted, BaselineEntry, ChangedSide, CheckSummary, Persona, Reopened, Thresholds, Uncompared,
    Verdict,
};
