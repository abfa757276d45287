//! The `rten` backend: pure Rust, ONNX in fp32 and int8.
//!
//! A batch runs either on all threads, which share out each operator, or in a lane: one thread for the whole
//! batch, beside as many others as there are cores. Lanes are faster where there are batches enough, see
//! [`batches`](crate::nli::batches).

use std::fs::File;
use std::io::BufReader;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use ::rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, ValueOrView};
use ndarray::Array2;
use rten_tensor::NdTensorView;
use rten_tensor::prelude::*;

use super::as_logits;
use crate::error::Result;
use crate::nli::checkpoint::{Checkpoint, Network, unreadable};
use crate::nli::contained::contained;
use crate::nli::onnx::{self, Input, graph::Graph};
use crate::nli::{Backend, Batch, Batching};

/// A loaded ONNX network.
pub struct RtenBackend {
    model: Model,
    inputs: Vec<(Input, NodeId)>,
    output: NodeId,
    labels: usize,
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

impl RtenBackend {
    /// Loads the checkpoint's network and finds its inputs (`input_ids`, `attention_mask`,
    /// `token_type_ids`) and its output (`logits`, or the only one there is).
    ///
    /// # Errors
    ///
    /// [`Error::Model`](crate::error::Error::Model) if the file is no ONNX model that rten can read, or has
    /// other inputs and outputs.
    pub fn load(checkpoint: &Checkpoint) -> Result<RtenBackend> {
        let path = checkpoint.network_path();
        if let Network::File(path) = &checkpoint.network {
            onnx::check_file(path)?;
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
            Network::Safetensors(_) => Err("rten reads ONNX files only".into()),
        };
        let not_whole = |error| onnx::wrong(path, format!("not a whole ONNX file: {error}"));
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
        .map_err(|error| {
            onnx::wrong(path, format!("not an ONNX model that can be run: {error}"))
        })?;

        let names = |ids: &[NodeId]| -> Vec<String> {
            let name =
                |id: &NodeId| model.node_info(*id).and_then(|n| n.name()).unwrap_or("").into();
            ids.iter().map(name).collect()
        };
        let inputs = onnx::inputs(&names(model.input_ids()))
            .map_err(|what| onnx::wrong(path, what))?
            .into_iter()
            .zip(model.input_ids().iter().copied())
            .collect();
        let output =
            onnx::output(&names(model.output_ids())).map_err(|what| onnx::wrong(path, what))?;
        let output = model.output_ids()[output];
        let threads = checkpoint.threads.map_or_else(physical_cores, NonZeroUsize::get);
        Ok(RtenBackend {
            model,
            inputs,
            output,
            labels: checkpoint.labels.len(),
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
        let mut inputs: Vec<(NodeId, ValueOrView)> = Vec::with_capacity(3);
        for (input, id) in &self.inputs {
            let array = input.of(batch);
            let (height, width) = array.dim();
            let data = array.as_slice().ok_or("the batch is not contiguous")?;
            inputs.push((*id, NdTensorView::from_data([height, width], data).into()));
        }
        let options = RunOptions::default().with_thread_pool(Some(pool));
        let outputs = contained("rten", || {
            self.model.run(inputs, &[self.output], Some(options)).map_err(|error| error.to_string())
        })?;
        let logits = outputs.into_iter().next().ok_or("it gave no output")?;
        let logits = logits.into_tensor::<f32>().ok_or("its output is not of type float")?;
        as_logits(logits.shape(), logits.to_vec(), batch.input_ids.nrows(), self.labels)
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
