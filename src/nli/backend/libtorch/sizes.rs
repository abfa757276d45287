//! What `config.json` says of a network's sizes, and the network that rust-bert makes of it.

use std::collections::HashMap;

use rust_bert::Activation;
use rust_bert::bert::{BertConfig, BertForSequenceClassification};
use rust_bert::distilbert::{DistilBertConfig, DistilBertModelClassifier};
use rust_bert::roberta::RobertaForSequenceClassification;
use serde::Deserialize;
use tch::nn::VarStore;

use super::Classifier;

/// The sizes of a network.
pub(super) struct Sizes {
    family: Family,
    vocabulary: i64,
    positions: i64,
    /// Types of tokens; 0 in DistilBERT, which has none.
    types: i64,
    hidden: i64,
    /// Width of the layer between two hidden ones.
    intermediate: i64,
    heads: i64,
    layers: i64,
    activation: Activation,
    labels: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Bert,
    DistilBert,
    Roberta,
}

/// The keys of `config.json`; DistilBERT's names for them are aliases.
#[derive(Deserialize)]
struct Config {
    model_type: String,
    vocab_size: i64,
    max_position_embeddings: i64,
    #[serde(default)]
    type_vocab_size: i64,
    #[serde(alias = "dim")]
    hidden_size: i64,
    #[serde(alias = "hidden_dim")]
    intermediate_size: i64,
    #[serde(alias = "n_heads")]
    num_attention_heads: i64,
    #[serde(alias = "n_layers")]
    num_hidden_layers: i64,
    #[serde(alias = "activation")]
    hidden_act: Option<String>,
    position_embedding_type: Option<String>,
    pad_token_id: Option<i64>,
}

impl Sizes {
    /// Reads `config.json`.
    ///
    /// # Errors
    ///
    /// In words: what is missing, or what rust-bert has no network for.
    pub(super) fn read(config: &[u8], labels: usize) -> Result<Sizes, String> {
        let config: Config = serde_json::from_slice(config).map_err(|error| error.to_string())?;
        let family = match config.model_type.as_str() {
            "bert" => Family::Bert,
            "distilbert" => Family::DistilBert,
            _ => Family::Roberta,
        };
        let sizes = Sizes {
            family,
            vocabulary: config.vocab_size,
            positions: config.max_position_embeddings,
            types: config.type_vocab_size,
            hidden: config.hidden_size,
            intermediate: config.intermediate_size,
            heads: config.num_attention_heads,
            layers: config.num_hidden_layers,
            activation: activation(config.hidden_act.as_deref().unwrap_or("gelu"))?,
            labels: labels as i64,
        };
        if let Some(other) = config.position_embedding_type.filter(|kind| kind != "absolute") {
            return Err(format!(
                "position_embedding_type is {other:?}; rust-bert knows \"absolute\""
            ));
        }
        if family == Family::Roberta && config.pad_token_id.is_some_and(|id| id != 1) {
            return Err("pad_token_id is not 1, as it is in rust-bert's RoBERTa".into());
        }
        if sizes.layers < 1
            || sizes.heads < 1
            || sizes.hidden < 1
            || sizes.hidden % sizes.heads != 0
        {
            return Err(format!(
                "{} layers of {} numbers in {} attention heads are no network",
                sizes.layers, sizes.hidden, sizes.heads
            ));
        }
        Ok(sizes)
    }

    /// Tensors whose shapes tell every size that [`Sizes::build`] takes memory by, in an order in which the first
    /// one that is missing ends the search.
    pub(super) fn tensors(&self) -> impl Iterator<Item = (String, Vec<i64>)> {
        let (model, layer, wide, classifier) = match self.family {
            Family::Bert => ("bert", "encoder.layer", "intermediate.dense", "classifier"),
            Family::Roberta => {
                ("roberta", "encoder.layer", "intermediate.dense", "classifier.out_proj")
            }
            Family::DistilBert => ("distilbert", "transformer.layer", "ffn.lin1", "classifier"),
        };
        let (hidden, intermediate) = (self.hidden, self.intermediate);
        let embeddings = [
            ("word_embeddings", self.vocabulary),
            ("position_embeddings", self.positions),
            ("token_type_embeddings", self.types),
        ];
        let embeddings = embeddings
            .into_iter()
            .take(if self.family == Family::DistilBert { 2 } else { 3 })
            .map(move |(name, rows)| {
                (format!("{model}.embeddings.{name}.weight"), vec![rows, hidden])
            });
        let classifier = (format!("{classifier}.weight"), vec![self.labels, hidden]);
        let layers = (0..self.layers).map(move |i| {
            (format!("{model}.{layer}.{i}.{wide}.weight"), vec![intermediate, hidden])
        });
        embeddings.chain([classifier]).chain(layers)
    }

    /// Whether the network reads token types.
    pub(super) fn knows_token_types(&self) -> bool {
        self.family == Family::Bert && self.types > 1
    }

    /// Makes the network, its weights not yet read.
    ///
    /// # Errors
    ///
    /// In words, rust-bert's own.
    pub(super) fn build(&self, store: &VarStore) -> Result<Classifier, String> {
        // rust-bert takes the number of labels from their names.
        let id2label: HashMap<i64, String> = (0..self.labels).map(|i| (i, i.to_string())).collect();
        let root = store.root();
        if self.family == Family::DistilBert {
            let config = DistilBertConfig {
                activation: self.activation,
                dim: self.hidden,
                hidden_dim: self.intermediate,
                id2label: Some(id2label),
                max_position_embeddings: self.positions,
                n_heads: self.heads,
                n_layers: self.layers,
                // Sinusoids are in the file like other weights.
                sinusoidal_pos_embds: false,
                vocab_size: self.vocabulary,
                ..DistilBertConfig::default()
            };
            let network = DistilBertModelClassifier::new(&root, &config);
            return network.map(Classifier::DistilBert).map_err(|error| error.to_string());
        }
        let config = BertConfig {
            hidden_act: self.activation,
            hidden_size: self.hidden,
            id2label: Some(id2label),
            intermediate_size: self.intermediate,
            max_position_embeddings: self.positions,
            num_attention_heads: self.heads,
            num_hidden_layers: self.layers,
            type_vocab_size: self.types,
            vocab_size: self.vocabulary,
            ..BertConfig::default()
        };
        match self.family {
            Family::Roberta => {
                RobertaForSequenceClassification::new(&root, &config).map(Classifier::Roberta)
            }
            _ => BertForSequenceClassification::new(&root, &config).map(Classifier::Bert),
        }
        .map_err(|error| error.to_string())
    }
}

/// rust-bert's activation of this name.
fn activation(name: &str) -> Result<Activation, String> {
    match name {
        "gelu" => Ok(Activation::gelu),
        "gelu_new" | "gelu_pytorch_tanh" => Ok(Activation::gelu_new),
        "relu" => Ok(Activation::relu),
        "silu" | "swish" => Ok(Activation::swish),
        "tanh" => Ok(Activation::tanh),
        other => Err(format!("the activation {other:?} is none that rust-bert knows")),
    }
}
