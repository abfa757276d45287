//! `crossclaim` finds where news articles contradict each other.
//!
//! A run is a row of stages, each one module with one public function on plain serde types:
//! [`article`] → [`claim`] → [`resolve`] → [`pair`] → [`nli`] → [`judge`] → [`dossier`] →
//! [`report`].

pub mod archive;
pub mod article;
pub mod calibrate;
pub mod check;
pub mod claim;
pub mod compare;
pub mod config;
mod database;
pub mod dossier;
pub mod error;
pub mod eval;
pub mod export;
pub mod hub;
pub mod judge;
pub mod language;
pub mod nli;
pub mod pair;
pub mod pipeline;
pub mod report;
pub mod resolve;
pub mod sample;
pub mod span;
pub mod syntax;
