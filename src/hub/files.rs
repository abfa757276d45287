//! Which files of a repository are a model.

use serde::{Deserialize, Serialize};

use super::digest::HubDigest;
use super::spec;

/// A file of a repository, as the hub lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubFile {
    /// Path in the repository, with forward slashes.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// What the hub states of its content.
    pub digest: HubDigest,
}

/// Names of the files that make a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRules {
    /// Without these a model cannot be used.
    pub needed: Vec<String>,
    /// Taken where they are there.
    #[serde(default)]
    pub wanted: Vec<String>,
    /// Where the network may be; the first that is there is taken, with its external data.
    pub onnx: Vec<String>,
}

impl FileRules {
    /// All names.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.needed.iter().chain(&self.wanted).chain(&self.onnx).map(String::as_str)
    }
}

/// In which form the weights are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// ONNX where the repository has it, safetensors otherwise.
    Best,
    /// safetensors, for scripts that convert them and for backends that read them.
    Safetensors,
}

/// The files to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Smallest first, so that what is wrong shows early.
    pub files: Vec<HubFile>,
    /// The weights are safetensors, which have to be converted before the default backend can run them.
    pub safetensors: bool,
}

const SAFETENSORS: &str = "model.safetensors";
const SAFETENSORS_INDEX: &str = "model.safetensors.index.json";

/// Chooses a model's files from a repository's list.
///
/// # Errors
///
/// A problem and a remedy: a name leads out of the folder, a needed file is not there, or the weights come as a
/// pickle only, which is never taken.
pub fn select(
    listing: &[HubFile],
    rules: &FileRules,
    weights: Weights,
) -> Result<Selection, (String, String)> {
    for file in listing {
        spec::check_path(&file.path)
            .map_err(|problem| (problem, "take the model from another repository".to_owned()))?;
    }
    let find = |name: &str| listing.iter().find(|file| file.path == name);
    let mut files: Vec<HubFile> = Vec::new();
    for name in &rules.needed {
        let file = find(name).ok_or_else(|| {
            let remedy = "take a repository that has it; crossclaim reads the layout of Hugging Face's \
                          transformers with a fast tokenizer";
            (format!("the repository has no {name}"), remedy.to_owned())
        })?;
        files.push(file.clone());
    }
    files.extend(rules.wanted.iter().filter_map(|name| find(name).cloned()));

    let onnx = rules.onnx.iter().find_map(|name| find(name)).filter(|_| weights == Weights::Best);
    let safetensors = onnx.is_none();
    if let Some(network) = onnx {
        let data = [format!("{}_data", network.path), format!("{}.data", network.path)];
        let beside = |file: &&HubFile| data.iter().any(|name| file.path.starts_with(name));
        files.push(network.clone());
        files.extend(listing.iter().filter(beside).cloned());
    } else if let Some(whole) = find(SAFETENSORS) {
        files.push(whole.clone());
    } else if let Some(index) = find(SAFETENSORS_INDEX) {
        let shard = |file: &&HubFile| {
            file.path.starts_with("model-") && file.path.ends_with(".safetensors")
        };
        files.push(index.clone());
        files.extend(listing.iter().filter(shard).cloned());
    } else {
        return Err(no_weights(listing, weights));
    }
    files.sort_by(|a, b| (a.size, &a.path).cmp(&(b.size, &b.path)));
    files.dedup();
    Ok(Selection { files, safetensors })
}

fn no_weights(listing: &[HubFile], weights: Weights) -> (String, String) {
    let pickle =
        listing.iter().find(|file| file.path.ends_with(".bin") || file.path.ends_with(".pt"));
    if let Some(pickle) = pickle {
        return (
            format!(
                "its weights come only as {}, a pickle, which can run code and is never downloaded or loaded",
                pickle.path
            ),
            "take a repository with an ONNX file or with model.safetensors".to_owned(),
        );
    }
    let problem = match weights {
        Weights::Best => "the repository has neither an ONNX file nor model.safetensors",
        Weights::Safetensors => "the repository has no model.safetensors",
    };
    (problem.to_owned(), "take a repository that has it".to_owned())
}
