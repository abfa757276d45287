//! The `libtorch` backend: safetensors through tch, with the networks of rust-bert, on the processor or with CUDA.
//!
//! rust-bert 0.23 writes the eps of every LayerNorm as 1e-12. BERT and DistilBERT have been trained with that and
//! come out exactly; RoBERTa and its kin have 1e-5, which moves their logits by up to 5e-3. Its DeBERTa-v2 differs in
//! more than that, and is not taken ([`LIBTORCH_FAMILIES`](super::LIBTORCH_FAMILIES)).
//!
//! The sizes in `config.json` are compared with the tensors in the file before a network is made of them, so that
//! no made-up size can ask for more memory than the weights take. libtorch spreads each operator over its own
//! threads, so batches are handed to it one after the other.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ndarray::Array2;
use rust_bert::bert::BertForSequenceClassification;
use rust_bert::distilbert::DistilBertModelClassifier;
use rust_bert::roberta::RobertaForSequenceClassification;
use tch::nn::VarStore;
use tch::{Kind, Tensor};

use self::sizes::Sizes;
use self::tensors::Tensors;
use super::{Device, as_logits};
use crate::error::{Error, Result};
use crate::nli::checkpoint::{Checkpoint, Network, problem};
use crate::nli::contained::contained;
use crate::nli::{Backend, Batch};

mod sizes;
mod tensors;

/// Weights in the network that they belong to.
pub struct LibtorchBackend {
    classifier: Mutex<Classifier>,
    device: tch::Device,
    /// Whether the model knows a second type of token.
    types: bool,
    labels: usize,
}

/// The three networks that the families share.
enum Classifier {
    Bert(BertForSequenceClassification),
    DistilBert(DistilBertModelClassifier),
    Roberta(RobertaForSequenceClassification),
}

impl LibtorchBackend {
    /// Reads the checkpoint's weights into the network of its family.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] if CUDA is asked for and not there, a weights file is damaged, or `config.json` describes
    /// another network than the weights are of.
    pub fn load(checkpoint: &Checkpoint) -> Result<LibtorchBackend> {
        let Network::Safetensors(files) = &checkpoint.network else {
            return Err(wrong(checkpoint.network_path(), "libtorch reads safetensors only"));
        };
        let device = device(checkpoint)?;
        let config = checkpoint.folder.join("config.json");
        let sizes = Sizes::read(&checkpoint.config, checkpoint.labels.len())
            .map_err(|what| wrong(&config, what))?;
        let tensors = Tensors::read(files).map_err(|(path, what)| wrong(path, what))?;
        let path = checkpoint.network_path();
        for (name, shape) in sizes.tensors() {
            tensors.check(&name, &shape).map_err(|what| wrong(path, what))?;
        }
        let classifier = contained("libtorch", || {
            let mut store = VarStore::new(device);
            let classifier = sizes.build(&store)?;
            for (name, variable) in store.variables() {
                tensors.check(&name, &variable.size())?;
            }
            for file in files {
                store.load_partial(file).map_err(|error| error.to_string())?;
            }
            store.float(); // whatever precision the file has
            store.freeze();
            Ok(classifier)
        })
        .map_err(|what| wrong(path, what))?;
        let types = sizes.knows_token_types();
        let labels = checkpoint.labels.len();
        Ok(LibtorchBackend { classifier: Mutex::new(classifier), device, types, labels })
    }

    fn run(&self, batch: &Batch) -> std::result::Result<Array2<f32>, String> {
        let (pairs, _) = batch.input_ids.dim();
        let ids = self.tensor(&batch.input_ids)?;
        let mask = self.tensor(&batch.attention_mask)?;
        let types = self.types.then(|| self.tensor(&batch.token_type_ids)).transpose()?;
        let _no_gradients = tch::no_grad_guard();
        // A network is as good after a panic as before: running it changes nothing in it.
        let classifier = self.classifier.lock().unwrap_or_else(PoisonError::into_inner);
        let logits = match &*classifier {
            Classifier::Bert(network) => {
                network.forward_t(Some(&ids), Some(&mask), types.as_ref(), None, None, false).logits
            }
            Classifier::Roberta(network) => {
                network.forward_t(Some(&ids), Some(&mask), None, None, None, false).logits
            }
            Classifier::DistilBert(network) => {
                let output = network.forward_t(Some(&ids), Some(&mask), None, false);
                output.map_err(|error| error.to_string())?.logits
            }
        };
        let shape: Vec<usize> =
            logits.size().iter().map(|&n| usize::try_from(n).unwrap_or(usize::MAX)).collect();
        let logits = logits.to_device(tch::Device::Cpu).to_kind(Kind::Float).contiguous().view(-1);
        let values = Vec::<f32>::try_from(logits).map_err(|error| error.to_string())?;
        as_logits(&shape, values, pairs, self.labels)
    }

    fn tensor(&self, array: &Array2<i32>) -> std::result::Result<Tensor, String> {
        let (height, width) = array.dim();
        let data = array.as_slice().ok_or("the batch is not contiguous")?;
        Ok(Tensor::from_slice(data)
            .to_kind(Kind::Int64)
            .view([height as i64, width as i64])
            .to_device(self.device))
    }
}

impl Backend for LibtorchBackend {
    fn wants_token_types(&self) -> bool {
        self.types
    }

    fn logits(&self, batch: &Batch) -> std::result::Result<Array2<f32>, String> {
        contained("libtorch", || self.run(batch))
    }
}

/// libtorch's name for the device, if it is there.
fn device(checkpoint: &Checkpoint) -> Result<tch::Device> {
    let Device::Cuda(number) = checkpoint.runtime.device else { return Ok(tch::Device::Cpu) };
    let count = tch::Cuda::device_count();
    let missing = if !tch::utils::has_cuda() {
        "this libtorch was built without CUDA".to_string()
    } else if count <= 0 {
        "libtorch finds no NVIDIA GPU".to_string()
    } else if i64::from(number) >= count {
        format!("libtorch finds {count} NVIDIA GPUs, counted from 0")
    } else {
        return Ok(tch::Device::Cuda(usize::from(number)));
    };
    Err(problem(
        &checkpoint.folder,
        format!("cannot be run on {}: {missing}", checkpoint.runtime.device),
        "CUDA needs an NVIDIA GPU with its driver, and this program built with a libtorch for CUDA (docs/backends.md); \
         or use --device cpu",
    ))
}

/// The error for weights, or a description of them, that cannot be used.
fn wrong(path: &Path, what: impl Into<String>) -> Error {
    problem(
        path,
        what,
        "config.json and the weights do not fit together or are damaged: download both again, or convert the model \
         with `python scripts/export_onnx.py` and use --backend rten",
    )
}
