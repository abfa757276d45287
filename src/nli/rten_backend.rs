//! The `rten` backend: pure Rust, ONNX in fp32 and int8.
//!
//! A batch runs either on all threads, which share out each operator, or in a lane: one thread for the whole
//! batch, beside as many others as there are cores. Lanes are faster where there are batches enough, see
//! [`batches`](super::batches).

use std::fs::File;
use std::io::{BufReader, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ndarray::Array2;
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, ValueOrView};
use rten_tensor::NdTensorView;
use rten_tensor::prelude::*;

use super::checkpoint::{Checkpoint, Network, problem, unreadable};
use super::contained::contained;
use super::onnx::{self, graph::Graph};
use super::{Backend, Batch, Batching};
use crate::error::Result;

/// A loaded ONNX network.
pub struct RtenBackend {
    model: Model,
    inputs: Vec<(Input, NodeId)>,
    output: NodeId,
    threads: usize,
    /// Whether the ranges of a quantisation are taken over a whole batch, so that pairs in it move each other's
    /// logits.
    alone: bool,
    /// All threads, for batches that run one after the other.
    together: Arc<ThreadPool>,
    /// Lanes that are free, each of one thread; as many as were ever needed at once.
    lanes: Mutex<Vec<Arc<ThreadPool>>>,
}

/// Tokens in a batch: more do not make the matrix products faster, and fewer layers' values stay in the cache.
const BATCH_TOKENS: usize = 256;

/// The inputs a sequence classifier may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Input {
    Ids,
    Mask,
    Types,
}

impl RtenBackend {
    /// Loads the checkpoint's network and finds its inputs (`input_ids`, `attention_mask`,
    /// `token_type_ids`) and its output (`logits`, or the only one there is).
    ///
    /// # Errors
    ///
    /// [`Error::Model`](crate::error::Error::Model) if the file is no ONNX model that rten can read, or has
    /// other inputs and outputs.
    pub fn load(checkpoint: &Checkpoint) -> Result<RtenBackend> {
        let path = match &checkpoint.network {
            Network::File(path) => path,
            Network::Embedded(_) => &checkpoint.folder,
        };
        let wrong = |what: String| {
            problem(
                path,
                what,
                "download the file again, or export it anew with `python scripts/export_onnx.py`",
            )
        };
        if let Network::File(path) = &checkpoint.network
            && is_git_lfs_pointer(path)
        {
            return Err(problem(
                path,
                "is a Git LFS pointer, not the network itself",
                "run `git lfs pull` in the model's folder, or download the file",
            ));
        }
        if let Network::File(path) = &checkpoint.network {
            let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            onnx::check(&bytes, &name)
                .map_err(|error| wrong(format!("not a whole ONNX file: {error}")))?;
        }
        let parts = match &checkpoint.network {
            Network::File(path) => {
                let open = || {
                    let file = File::open(path)?;
                    let length = file.metadata()?.len();
                    Ok((file, length))
                };
                let (file, length) = open().map_err(|error| unreadable(path, &error))?;
                onnx::file::read(BufReader::new(file), length)
            }
            Network::Embedded(bytes) => onnx::file::read(*bytes, bytes.len() as u64),
        };
        let not_whole = |error| wrong(format!("not a whole ONNX file: {error}"));
        let parts = parts.map_err(not_whole)?;
        let mut graph = Graph::read(&parts.network).map_err(not_whole)?;
        let alone = graph.nodes.iter().any(|node| node.operator == "DynamicQuantizeLinear");
        if !parts.external {
            onnx::shorten(&mut graph);
        }
        let network = graph.write().map_err(not_whole)?;
        drop(graph);
        let model = contained("rten", || {
            let mut options = ModelOptions::with_all_ops();
            // Copies the weights once into the layout that matrix products want, and saves that work in
            // every batch.
            options.prepack_weights(true);
            let loaded = match &checkpoint.network {
                Network::File(path) if parts.external => options.load_file(path),
                _ => {
                    for (name, bytes) in parts.weights {
                        options.external_data(&name, bytes);
                    }
                    options.load(network)
                }
            };
            loaded.map_err(|error| error.to_string())
        })
        .map_err(|error| wrong(format!("not an ONNX model that can be run: {error}")))?;

        let name_of =
            |id: &NodeId| model.node_info(*id).and_then(|n| n.name()).unwrap_or("").to_string();
        let mut inputs = Vec::new();
        for id in model.input_ids() {
            let input = match name_of(id).as_str() {
                "input_ids" => Input::Ids,
                "attention_mask" => Input::Mask,
                "token_type_ids" => Input::Types,
                other => {
                    return Err(wrong(format!(
                        "has an input {other:?}; known are input_ids, attention_mask and token_type_ids"
                    )));
                }
            };
            inputs.push((input, *id));
        }
        for (needed, name) in [(Input::Ids, "input_ids"), (Input::Mask, "attention_mask")] {
            if !inputs.iter().any(|(input, _)| *input == needed) {
                return Err(wrong(format!("has no input {name}")));
            }
        }
        let outputs = model.output_ids();
        let logits = outputs.iter().find(|id| name_of(id) == "logits");
        let output = match (logits, outputs) {
            (Some(id), _) | (None, [id]) => *id,
            _ => {
                let names: Vec<String> = outputs.iter().map(name_of).collect();
                return Err(wrong(format!("has no output logits, but {}", names.join(", "))));
            }
        };
        let threads = checkpoint.threads.map_or_else(physical_cores, NonZeroUsize::get);
        Ok(RtenBackend {
            model,
            inputs,
            output,
            threads,
            alone,
            together: Arc::new(ThreadPool::with_num_threads(threads)),
            lanes: Mutex::default(),
        })
    }

    fn run(
        &self,
        batch: &Batch,
        pool: Arc<ThreadPool>,
    ) -> std::result::Result<Array2<f32>, String> {
        let (rows, _) = batch.input_ids.dim();
        let mut inputs: Vec<(NodeId, ValueOrView)> = Vec::with_capacity(3);
        for (input, id) in &self.inputs {
            let array = match input {
                Input::Ids => &batch.input_ids,
                Input::Mask => &batch.attention_mask,
                Input::Types => &batch.token_type_ids,
            };
            let (height, width) = array.dim();
            let data = array.as_slice().ok_or("the batch is not contiguous")?;
            inputs.push((*id, NdTensorView::from_data([height, width], data).into()));
        }
        let options = RunOptions::default().with_thread_pool(Some(pool));
        let outputs = contained("rten", || {
            self.model.run(inputs, &[self.output], Some(options)).map_err(|error| error.to_string())
        })?;
        let logits = outputs.into_iter().next().ok_or("the model gave no output")?;
        let logits =
            logits.into_tensor::<f32>().ok_or("the model's output is not of type float")?;
        if logits.shape() != [rows, 3] {
            return Err(format!(
                "the model's output has the shape {:?}, not (pairs × 3)",
                logits.shape()
            ));
        }
        Array2::from_shape_vec((rows, 3), logits.to_vec()).map_err(|error| error.to_string())
    }
}

/// Cores to use unless the caller says otherwise: two threads of one core share what a matrix product needs.
fn physical_cores() -> usize {
    let allowed = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    num_cpus::get_physical().clamp(1, allowed)
}

impl Backend for RtenBackend {
    fn wants_token_types(&self) -> bool {
        self.inputs.iter().any(|(input, _)| *input == Input::Types)
    }

    fn logits(&self, batch: &Batch) -> std::result::Result<Array2<f32>, String> {
        self.run(batch, Arc::clone(&self.together))
    }

    fn batching(&self) -> Batching {
        Batching { lanes: self.threads, tokens: BATCH_TOKENS, alone: self.alone }
    }

    fn logits_in_lane(&self, batch: &Batch) -> std::result::Result<Array2<f32>, String> {
        let free = || self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = free().pop().unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)));
        let logits = self.run(batch, Arc::clone(&lane));
        free().push(lane);
        logits
    }
}

/// Whether a clone without Git LFS left its note in the file's place.
fn is_git_lfs_pointer(path: &Path) -> bool {
    const START: &[u8] = b"version https://git-lfs";
    let mut start = [0; START.len()];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == START
}
