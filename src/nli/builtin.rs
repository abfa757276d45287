//! The built-in model: `models/builtin/`, compiled into the program.

use super::checkpoint::{Checkpoint, EmbeddedFiles};
use super::{ModelOptions, NliModel};
use crate::error::Result;

const FILES: EmbeddedFiles = &[
    ("config.json", include_bytes!("../../models/builtin/config.json")),
    ("tokenizer.json", include_bytes!("../../models/builtin/tokenizer.json")),
    ("model.onnx", include_bytes!("../../models/builtin/model.onnx")),
    // Lists the languages that the model was validated on.
    ("calibration.json", include_bytes!("../../models/builtin/calibration.json")),
];

/// The content of one of its files; nothing for a name that is none.
pub(super) fn file(name: &str) -> &'static [u8] {
    FILES.iter().find(|(known, _)| *known == name).map_or(&[], |(_, bytes)| bytes)
}

/// Opens the built-in model.
pub fn open(options: &ModelOptions) -> Result<NliModel> {
    NliModel::from_checkpoint(Checkpoint::embedded("builtin", FILES, options)?)
}
