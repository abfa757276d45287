//! The tiny checkpoints of `tests/golden/`, for the tests that read them.

#![allow(dead_code, clippy::unwrap_used)] // each test program uses a part of it; a test may fail

use std::fs;
use std::path::{Path, PathBuf};

use crossclaim::nli::{NliPair, NliScores};
use serde::Deserialize;
use tempfile::TempDir;

/// All of them, as `scripts/make_tiny_checkpoints.py` makes them.
pub const TINY: [&str; 7] = [
    "tiny-bert",
    "tiny-camembert",
    "tiny-deberta-v2",
    "tiny-distilbert",
    "tiny-roberta",
    "tiny-two-labels",
    "tiny-xlm-roberta",
];

/// One line of a golden file.
#[derive(Deserialize)]
pub struct Golden {
    pub premise: String,
    pub hypothesis: String,
    #[serde(alias = "input_ids")]
    pub ids: Vec<u32>,
    pub logits: Vec<f32>,
}

impl Golden {
    pub fn pair(&self) -> NliPair<'_> {
        NliPair { premise: &self.premise, hypothesis: &self.hypothesis }
    }
}

pub fn golden_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

pub fn golden_rows(path: &Path) -> Vec<Golden> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A copy of a tiny model that a test may damage.
pub fn copy_of(name: &str) -> (TempDir, PathBuf) {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("some-model");
    fs::create_dir(&folder).unwrap();
    for file in ["config.json", "tokenizer.json", "model.onnx", "model.safetensors"] {
        let path = golden_folder(name).join(file);
        if path.is_file() {
            fs::copy(path, folder.join(file)).unwrap();
        }
    }
    (place, folder)
}

/// Changes the folder's config.json.
pub fn edit_config(folder: &Path, edit: impl Fn(&mut serde_json::Value)) {
    let path = folder.join("config.json");
    let mut config = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    edit(&mut config);
    fs::write(path, config.to_string()).unwrap();
}

pub fn quiet(_done: usize) {}

/// The largest difference between two scores of one label.
pub fn far_apart(a: &NliScores, b: &NliScores) -> f32 {
    let differences =
        [a.entailment - b.entailment, a.neutral - b.neutral, a.contradiction - b.contradiction];
    differences.iter().map(|d| d.abs()).fold(0.0, f32::max)
}
