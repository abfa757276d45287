//! Measuring quality: labelled pairs, corpora with gold conflicts, and pair sets told as articles.
//!
//! [`metrics`] and [`bootstrap`] are pure functions. [`labelled`] and [`gold`] read annotations; [`pairs`],
//! [`corpus`] and [`pages`] compare a run with them; [`judged`] runs the judge on labelled pairs, and
//! [`rows`] says what became of each; [`vary`] runs the tool in variants, [`lost`] says where conflicts were
//! lost; [`names`] compares names; [`table`] writes figures for people. `docs/evaluation.md` says what each
//! figure means, and is the reference of the forms of input and of the JSON output.

pub mod bootstrap;
pub mod coreference;
pub mod corpus;
pub mod gold;
pub mod judged;
pub mod labelled;
pub mod lost;
pub mod metrics;
pub mod names;
pub mod pages;
pub mod pairs;
pub mod rows;
pub mod stories;
pub mod table;
pub mod vary;
