//! The built-in model.

use std::path::Path;

use super::NliModel;
use crate::error::Result;

/// The folder the built-in model is read from while it is not yet compiled in.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/builtin");

/// Opens the built-in model.
pub fn open() -> Result<NliModel> {
    NliModel::open(Path::new(FOLDER))
}
