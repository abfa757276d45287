//! `crossclaim check`: what fails, what is shown, and what never passes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

mod accepted;
mod failures;
#[path = "../support/newsroom.rs"]
mod newsroom;
mod output;
mod retrieval;
mod thresholds;
