//! A study as JSON, in a versioned envelope; `docs/schema/compare-v1.json` describes it.

use std::io::{self, Write};

use serde::Serialize;

use crate::compare::Study;

/// Name of the published schema.
const SCHEMA: &str = "crossclaim-compare";
/// Raised when a field changes its meaning or goes; new fields do not raise it.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Envelope<'s> {
    schema: &'static str,
    version: u32,
    #[serde(flatten)]
    study: &'s Study,
}

pub(super) fn write(study: &Study, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Envelope { schema: SCHEMA, version: VERSION, study })?;
    out.write_all(b"\n")
}
