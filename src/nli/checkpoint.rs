//! A model folder in the Hugging Face layout, read and checked.
//!
//! | file | what is read of it |
//! |---|---|
//! | `config.json` | family (`model_type`), NLI labels (`id2label`, any order and case; see [`parse_labels`]), longest input |
//! | `tokenizer.json` | the tokenizer, as the `tokenizers` library writes it |
//! | `tokenizer_config.json` (optional) | longest input (`model_max_length`), if shorter |
//! | `model.onnx`, or in `onnx/`: `model.onnx`, `model_quantized.onnx`, `model_int8.onnx` | the network; the first that is there |
//! | `model.safetensors`, or `model.safetensors.index.json` and the files it names | the weights, for the libtorch backend |
//! | `crossclaim.json`, `calibration.json` (optional) | [`Sidecar`]: languages, temperature, labels; the first wins |
//! | `README.md` (optional) | the languages of its front matter, where no sidecar gives any |
//!
//! Every error names the file and what to do.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Label;
use super::backend::{self, BackendKind, Device, LIBTORCH_FAMILIES, Runtime};
use crate::error::Result;

mod files;
mod labels;

pub use files::{EmbeddedFiles, Network, ONNX_FILES};
use files::{Files, absorb, absorb_network, hexadecimal};
pub(super) use files::{problem, unreadable};
pub use labels::parse_labels;

/// Longest input in tokens unless the model or [`ModelOptions`] say less: two long news sentences.
pub const DEFAULT_MAX_LENGTH: usize = 256;

/// `model_type`s that the engine knows how to feed.
const FAMILIES: [&str; 7] =
    ["bert", "camembert", "deberta-v2", "distilbert", "minilm", "roberta", "xlm-roberta"];

/// A vocabulary this large is that of a multilingual model (mBERT 120k, XLM-R and mDeBERTa 250k).
const MULTILINGUAL_VOCABULARY: usize = 100_000;

/// What a caller may set against what the folder says.
#[derive(Debug, Clone, Default)]
pub struct ModelOptions {
    /// The labels of the model's outputs, two or three different ones, where `config.json` does not name them
    /// ([`parse_labels`]).
    pub labels: Option<Vec<Label>>,
    /// Longest input in tokens, special tokens included; the model's own limit still holds.
    pub max_length: Option<usize>,
    /// What runs the network. If none is given, it is chosen by what is in the folder: rten for an ONNX file
    /// (for CUDA: ONNX Runtime, else libtorch), libtorch for safetensors alone.
    pub backend: Option<BackendKind>,
    /// Where it runs.
    pub device: Device,
    /// ONNX Runtime's shared library; if none is given, the one that the system's loader finds. A process loads it
    /// once: the first one named is used by all models.
    pub onnxruntime_library: Option<PathBuf>,
    /// Threads that the model may use; as many as there are physical cores if none is given. Scores do not depend
    /// on it.
    pub threads: Option<NonZeroUsize>,
    /// What reports call the model; its folder's name if not given.
    pub name: Option<String>,
    /// Languages it was measured on (BCP 47), where its own files list none.
    pub languages: Vec<String>,
}

/// `crossclaim.json` or `calibration.json` beside a model: what its own files do not say. Keys that are not
/// listed here belong to others (the judge keeps its weights in `calibration.json`) and are left alone.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Sidecar {
    /// Languages the model was validated on (BCP 47).
    pub languages: Option<Vec<String>>,
    /// Whether pairs of two different languages were validated too; if absent, whether the vocabulary is
    /// larger than 100,000 or several languages are listed.
    pub multilingual: Option<bool>,
    /// Logits are divided by it before softmax: above 1 makes probabilities less extreme. 1 if absent.
    pub temperature: Option<f32>,
    /// Labels of the outputs, where `config.json` calls them `LABEL_0`, `LABEL_1`, `LABEL_2`.
    pub labels: Option<Vec<String>>,
}

/// The part of `config.json` that inference needs.
#[derive(Debug, Clone, Default, Deserialize)]
struct Config {
    #[serde(default)]
    architectures: Option<Vec<String>>,
    model_type: Option<String>,
    id2label: Option<BTreeMap<String, String>>,
    max_position_embeddings: Option<i64>,
    pad_token_id: Option<i64>,
    vocab_size: Option<usize>,
    type_vocab_size: Option<usize>,
}

impl Config {
    /// `model_type`, empty if there is none.
    fn family(&self) -> &str {
        self.model_type.as_deref().unwrap_or("")
    }
}

/// The part of `tokenizer_config.json` that inference needs.
#[derive(Debug, Default, Deserialize)]
struct TokenizerConfig {
    /// A huge number, often a fraction for JSON, where there is no limit.
    model_max_length: Option<f64>,
}

/// A model folder that was read and is an NLI classifier.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// The folder's name.
    pub name: String,
    /// The folder, for messages.
    pub folder: PathBuf,
    /// SHA-256, in hexadecimal, over all that scores depend on: `config.json`, `tokenizer.json`, the network with
    /// its external data, temperature, labels, longest input, and the backend with its kind of device, since
    /// backends differ in the last digits, by more for int8 and for libtorch. So equal digests mean equal scores,
    /// and a cache that goes by them never mixes backends.
    pub digest: String,
    /// The label of each output column: three different ones or two.
    pub labels: Vec<Label>,
    /// Longest input in tokens, special tokens included.
    pub max_length: usize,
    /// The id that fills up short rows.
    pub pad_id: u32,
    /// How many ids the network knows, if `config.json` says so.
    pub vocabulary: Option<usize>,
    /// Whether token type ids other than 0 exist in this model.
    pub token_types: bool,
    /// Logits are divided by it.
    pub temperature: f32,
    /// Languages the model was validated on, lower-case primary subtags, sorted; empty if none are known.
    pub languages: Vec<String>,
    /// Whether pairs of two languages may be scored.
    pub multilingual: bool,
    /// `config.json`.
    pub config: Cow<'static, [u8]>,
    /// Threads that the model may use.
    pub threads: Option<NonZeroUsize>,
    /// `tokenizer.json`.
    pub tokenizer: Cow<'static, [u8]>,
    /// The network.
    pub network: Network,
    /// What runs it.
    pub runtime: Runtime,
}

impl Checkpoint {
    /// Reads and checks a model folder.
    ///
    /// # Errors
    ///
    /// [`Error::Model`]: the folder or a file is missing, a file is not what it should be, the model is of a
    /// family that the engine or the backend does not take, or its labels are not those of NLI.
    pub fn read(folder: &Path, options: &ModelOptions) -> Result<Checkpoint> {
        let remedy = "give the path of a model folder in the Hugging Face layout";
        match std::fs::metadata(folder) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(problem(folder, "is a file, not a folder", remedy)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(problem(folder, "no such folder", remedy));
            }
            Err(error) => return Err(unreadable(folder, &error)),
        }
        Self::from_files(&Files::Folder(folder.to_path_buf()), options)
    }

    /// Reads and checks a model that is part of the program.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::read`].
    pub fn embedded(
        name: &str,
        files: EmbeddedFiles,
        options: &ModelOptions,
    ) -> Result<Checkpoint> {
        Self::from_files(&Files::Embedded(PathBuf::from(name), files), options)
    }

    fn from_files(files: &Files, options: &ModelOptions) -> Result<Checkpoint> {
        let folder = files.folder();
        let config_bytes = files.required("config.json")?;
        let config: Config = parse(&config_bytes, folder, "config.json")?;
        let sidecar = read_sidecar(files)?;
        check_family(&config, folder)?;
        let labels = labels::labels(
            options.labels.as_deref(),
            sidecar.labels.as_deref(),
            config.id2label.as_ref(),
            folder,
        )?;
        let tokenizer = files.required("tokenizer.json")?;
        let max_length = max_length(&config, &read_tokenizer_config(files)?, options);
        let (backend, network_name, network) = network(files, config.family(), options)?;
        let device = options.device;
        let temperature = sidecar.temperature.unwrap_or(1.0);
        if !(temperature.is_finite() && temperature > 0.0) {
            return Err(problem(
                folder,
                format!("the sidecar's temperature is {temperature}"),
                "it must be a number above 0; 1 leaves the model's probabilities as they are",
            ));
        }
        let mut languages = match sidecar.languages {
            Some(languages) => languages,
            None => listed_languages(&config_bytes, files.read("README.md")?.as_deref()),
        };
        if languages.is_empty() {
            languages.clone_from(&options.languages);
        }
        languages = languages.iter().map(|l| primary_subtag(l)).collect();
        languages.retain(|l| l != "multilingual");
        languages.sort();
        languages.dedup();
        let large = config.vocab_size.is_some_and(|n| n > MULTILINGUAL_VOCABULARY);
        let multilingual = sidecar.multilingual.unwrap_or(large || languages.len() > 1);

        let mut digest = Sha256::new();
        absorb(&mut digest, "config.json", &config_bytes);
        absorb(&mut digest, "tokenizer.json", &tokenizer);
        absorb_network(&mut digest, network_name, &network)?;
        absorb(&mut digest, "temperature", &temperature.to_le_bytes());
        absorb(&mut digest, "labels", &labels.iter().map(|&l| l as u8).collect::<Vec<_>>());
        absorb(&mut digest, "longest", &(max_length as u64).to_le_bytes());
        let device_kind = if device == Device::Cpu { "cpu" } else { "cuda" };
        absorb(&mut digest, "backend", format!("{backend} {device_kind}").as_bytes());

        let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        let folder_name = match files {
            Files::Folder(_) => absolute.file_name(),
            Files::Embedded(name, _) => name.file_name(),
        };
        let folder_name = folder_name.map_or_else(|| "model".into(), |n| n.to_string_lossy());
        Ok(Checkpoint {
            name: options.name.clone().unwrap_or_else(|| folder_name.into_owned()),
            folder: folder.to_path_buf(),
            digest: hexadecimal(&digest.finalize()),
            labels,
            max_length,
            pad_id: config.pad_token_id.and_then(|id| u32::try_from(id).ok()).unwrap_or(0),
            vocabulary: config.vocab_size,
            token_types: config.type_vocab_size.is_none_or(|n| n > 1),
            temperature,
            languages,
            multilingual,
            config: config_bytes,
            threads: options.threads,
            tokenizer,
            network,
            runtime: Runtime {
                backend,
                device,
                onnxruntime_library: options.onnxruntime_library.clone(),
            },
        })
    }

    /// The network's file, or the folder where it is none: for messages.
    pub fn network_path(&self) -> &Path {
        match &self.network {
            Network::File(path) => path,
            Network::Safetensors(paths) if paths.len() == 1 => &paths[0],
            Network::Safetensors(_) | Network::Embedded(_) => &self.folder,
        }
    }

    /// Whether the model was validated on pairs of these two languages (BCP 47; only the primary subtag
    /// counts). A model that lists no languages was validated for none; a pair of two languages needs a
    /// multilingual model: monolingual ones do worse than chance on them.
    pub fn validated_for(&self, premise: &str, hypothesis: &str) -> bool {
        let (premise, hypothesis) = (primary_subtag(premise), primary_subtag(hypothesis));
        let listed = |language: &String| self.languages.binary_search(language).is_ok();
        listed(&premise) && listed(&hypothesis) && (premise == hypothesis || self.multilingual)
    }
}

/// The sidecar; of a key that both files hold, the one in `crossclaim.json`.
fn read_sidecar(files: &Files) -> Result<Sidecar> {
    let mut sidecar = Sidecar::default();
    for name in ["crossclaim.json", "calibration.json"] {
        let Some(bytes) = files.read(name)? else { continue };
        let next: Sidecar = parse(&bytes, files.folder(), name)?;
        sidecar.languages = sidecar.languages.or(next.languages);
        sidecar.multilingual = sidecar.multilingual.or(next.multilingual);
        sidecar.temperature = sidecar.temperature.or(next.temperature);
        sidecar.labels = sidecar.labels.or(next.labels);
    }
    Ok(sidecar)
}

fn check_family(config: &Config, folder: &Path) -> Result<()> {
    let architectures = config.architectures.as_deref().unwrap_or_default();
    let classifier = |a: &String| a.ends_with("ForSequenceClassification");
    if !architectures.is_empty() && !architectures.iter().any(classifier) {
        return Err(problem(
            folder,
            format!(
                "not a sequence classifier: config.json's architectures are {}",
                labels::listed(architectures)
            ),
            "take a model that was fine-tuned for NLI (…ForSequenceClassification)",
        ));
    }
    let family = config.family();
    if !FAMILIES.contains(&family) {
        let what = if family.is_empty() {
            "no model_type".into()
        } else {
            format!("model_type {family:?}")
        };
        return Err(problem(
            folder,
            format!("config.json gives {what}"),
            format!("take a model of one of the families {}", FAMILIES.join(", ")),
        ));
    }
    Ok(())
}

fn read_tokenizer_config(files: &Files) -> Result<TokenizerConfig> {
    let name = "tokenizer_config.json";
    files.read(name)?.map_or(Ok(TokenizerConfig::default()), |b| parse(&b, files.folder(), name))
}

/// The backend, and the network that it reads with its name in the folder (of an ONNX file; else empty).
fn network(
    files: &Files,
    family: &str,
    options: &ModelOptions,
) -> Result<(BackendKind, &'static str, Network)> {
    use BackendKind::{Libtorch, OnnxRuntime, Rten};
    let folder = files.folder();
    let onnx = files.onnx();
    let of_libtorch = files.has_safetensors() && LIBTORCH_FAMILIES.contains(&family);
    let backend = options.backend.unwrap_or_else(|| match (&onnx, options.device) {
        (Some(_), Device::Cpu) => Rten,
        (Some(_), _) if OnnxRuntime.is_built_in() => OnnxRuntime,
        (_, _) if of_libtorch && Libtorch.is_built_in() => Libtorch,
        (Some(_), _) => OnnxRuntime, // is not built in, which the error below says
        (None, _) => Rten,           // as is that no ONNX file is there
    });
    if !backend.is_built_in() {
        return Err(problem(
            folder,
            format!("this program was built without the {backend} backend"),
            backend::build_with(backend),
        ));
    }
    if backend != Libtorch {
        let (name, network) = onnx.ok_or_else(|| files.no_onnx(family))?;
        return Ok((backend, name, network));
    }
    if !LIBTORCH_FAMILIES.contains(&family) {
        return Err(problem(
            folder,
            format!(
                "the libtorch backend does not take {family}: rust-bert 0.23 has no attention that equals the one the \
                 model was trained with, and its answers would be wrong"
            ),
            "use --backend rten or --backend onnxruntime, with the ONNX file that `python scripts/export_onnx.py` makes",
        ));
    }
    if !files.has_safetensors() {
        return Err(problem(
            folder,
            "model.safetensors is missing, which is what the libtorch backend reads",
            "download the file from the model's repository, or use --backend rten or --backend onnxruntime if there \
             is an ONNX file",
        ));
    }
    Ok((backend, "", Network::Safetensors(files.safetensors()?)))
}

/// Longest input: the caller's wish or the default, within what the model has positions for and what its tokenizer
/// was set to.
fn max_length(config: &Config, tokenizer: &TokenizerConfig, options: &ModelOptions) -> usize {
    // RoBERTa and its kin number positions from the padding id + 1 on, so the first ones are never used.
    let offset = match config.model_type.as_deref() {
        Some("roberta" | "camembert" | "xlm-roberta") => {
            config.pad_token_id.unwrap_or(1).saturating_add(1)
        }
        _ => 0,
    };
    let wanted = options.max_length.unwrap_or(DEFAULT_MAX_LENGTH);
    let positions = config.max_position_embeddings.map(|n| n.saturating_sub(offset));
    let positions = positions.and_then(|n| usize::try_from(n).ok());
    // A float becomes the nearest whole number that there is.
    let of_tokenizer = tokenizer.model_max_length.map(|n| n as usize);
    let limits = [positions, of_tokenizer].into_iter().flatten().filter(|&limit| limit > 0);
    limits.fold(wanted, usize::min)
}

/// Languages that `config.json` (`language`, `languages`) or the model card's front matter lists.
fn listed_languages(config: &[u8], readme: Option<&[u8]>) -> Vec<String> {
    let value: serde_json::Value = serde_json::from_slice(config).unwrap_or_default();
    for key in ["languages", "language"] {
        match &value[key] {
            serde_json::Value::String(language) => return vec![language.clone()],
            serde_json::Value::Array(list) => {
                return list.iter().filter_map(|l| l.as_str().map(String::from)).collect();
            }
            _ => {}
        }
    }
    readme.map_or_else(Vec::new, |r| card_languages(&String::from_utf8_lossy(r)))
}

/// `language:` of a model card's YAML front matter: a word, `[a, b]`, or lines `- a`.
fn card_languages(readme: &str) -> Vec<String> {
    let mut lines = readme.lines();
    if lines.next().map(str::trim_end) != Some("---") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut inside = false;
    for line in lines.take_while(|l| l.trim_end() != "---") {
        if let Some(rest) = line.strip_prefix("language:") {
            inside = true;
            found.extend(rest.trim_matches([' ', '[', ']']).split(',').map(str::to_string));
        } else if let Some(item) = line.trim_start().strip_prefix("- ").filter(|_| inside) {
            found.push(item.to_string());
        } else {
            inside = false;
        }
    }
    let bare = found.iter().map(|l| l.trim_matches([' ', '"', '\'']).to_string());
    bare.filter(|l| !l.is_empty()).collect()
}

/// `fr` of `fr-CA`.
fn primary_subtag(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().trim().to_lowercase()
}

fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8], folder: &Path, name: &str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        problem(
            &folder.join(name),
            format!("not as expected: {error}"),
            "download the file again from the model's repository",
        )
    })
}
