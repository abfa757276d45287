//! The `rten` backend: pure Rust, ONNX in fp32 and int8.
//!
//! rten runs every operator on its own rayon pool, of as many threads as there are physical cores, so
//! batches are handed to it one after the other.

use ::rten::{Model, ModelOptions, NodeId, ValueOrView};
use ndarray::Array2;
use rten_tensor::NdTensorView;
use rten_tensor::prelude::*;

use super::as_logits;
use crate::error::Result;
use crate::nli::checkpoint::{Checkpoint, Network};
use crate::nli::contained::contained;
use crate::nli::onnx::{self, Input};
use crate::nli::{Backend, Batch};

/// A loaded ONNX network.
pub struct RtenBackend {
    model: Model,
    inputs: Vec<(Input, NodeId)>,
    output: NodeId,
    labels: usize,
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
        let path = checkpoint.network_path();
        if let Network::File(path) = &checkpoint.network {
            onnx::check_file(path)?;
        }
        let model = contained("rten", || {
            let mut options = ModelOptions::with_all_ops();
            // Copies the weights once into the layout that matrix products want, and saves that work in
            // every batch.
            options.prepack_weights(true);
            let loaded = match &checkpoint.network {
                Network::File(path) => options.load_file(path),
                Network::Embedded(bytes) => options.load_static_slice(bytes),
                Network::Safetensors(_) => return Err("rten reads ONNX files only".into()),
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
        Ok(RtenBackend { model, inputs, output, labels: checkpoint.labels.len() })
    }
}

impl Backend for RtenBackend {
    fn wants_token_types(&self) -> bool {
        self.inputs.iter().any(|(input, _)| *input == Input::Types)
    }

    fn logits(&self, batch: &Batch) -> std::result::Result<Array2<f32>, String> {
        let mut inputs: Vec<(NodeId, ValueOrView)> = Vec::with_capacity(3);
        for (input, id) in &self.inputs {
            let array = input.of(batch);
            let (height, width) = array.dim();
            let data = array.as_slice().ok_or("the batch is not contiguous")?;
            inputs.push((*id, NdTensorView::from_data([height, width], data).into()));
        }
        let outputs = contained("rten", || {
            self.model.run(inputs, &[self.output], None).map_err(|error| error.to_string())
        })?;
        let logits = outputs.into_iter().next().ok_or("it gave no output")?;
        let logits = logits.into_tensor::<f32>().ok_or("its output is not of type float")?;
        as_logits(logits.shape(), logits.to_vec(), batch.input_ids.nrows(), self.labels)
    }
}
