//! The `onnxruntime` backend: ONNX Runtime through `ort`, ONNX in fp32 and int8, on the processor or with CUDA.
//!
//! The shared library is not linked: it is loaded when the first model is opened, so that a program built with
//! this backend starts without it. ONNX Runtime spreads each operator over its own threads, as many as there are
//! physical cores, so batches are handed to it one after the other.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ndarray::Array2;
use ort::environment::Environment;
use ort::ep::{CUDA, ExecutionProvider};
use ort::logging::LogLevel;
use ort::session::{Session, SessionInputValue};
use ort::value::{TensorElementType, TensorRef, ValueType};

use super::{Device, as_logits};
use crate::error::{Error, Result};
use crate::nli::checkpoint::{Checkpoint, Network, problem};
use crate::nli::contained::contained;
use crate::nli::onnx::{self, Input};
use crate::nli::{Backend, Batch};

/// A loaded ONNX network.
pub struct OnnxRuntimeBackend {
    session: Mutex<Session>,
    inputs: Vec<Slot>,
    output: String,
    labels: usize,
}

/// One input of the network.
struct Slot {
    name: String,
    input: Input,
    /// Whether it takes 64-bit numbers, as most exports do; else 32-bit ones.
    wide: bool,
}

impl OnnxRuntimeBackend {
    /// Loads the checkpoint's network and finds its inputs and output, as the rten backend does.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] if ONNX Runtime's library is not found, CUDA is asked for and not there, or the file is no
    /// ONNX model that ONNX Runtime can read or has other inputs and outputs.
    pub fn load(checkpoint: &Checkpoint) -> Result<OnnxRuntimeBackend> {
        let path = checkpoint.network_path();
        let wrong = |what: String| onnx::wrong(path, what);
        if let Network::File(path) = &checkpoint.network {
            onnx::check_file(path)?;
        }
        let library = library(checkpoint.runtime.onnxruntime_library.as_deref());
        let environment = contained("ONNX Runtime", || environment(&library))
            .map_err(|error| no_library(checkpoint, &library, &error))?;
        let session =
            contained("ONNX Runtime", || open(&environment, checkpoint)).map_err(|error| {
                match checkpoint.runtime.device {
                    Device::Cpu => wrong(format!("not an ONNX model that can be run: {error}")),
                    device => no_cuda(checkpoint, device, &error),
                }
            })?;

        let names = |outlets: &[ort::value::Outlet]| -> Vec<String> {
            outlets.iter().map(|outlet| outlet.name().to_string()).collect()
        };
        let input_names = names(session.inputs());
        let kinds = onnx::inputs(&input_names).map_err(wrong)?;
        let mut inputs = Vec::new();
        for ((name, input), outlet) in input_names.into_iter().zip(kinds).zip(session.inputs()) {
            let wide = match outlet.dtype() {
                ValueType::Tensor { ty: TensorElementType::Int64, .. } => true,
                ValueType::Tensor { ty: TensorElementType::Int32, .. } => false,
                other => {
                    return Err(wrong(format!(
                        "its input {name} is not of whole numbers: {other:?}"
                    )));
                }
            };
            inputs.push(Slot { name, input, wide });
        }
        let mut outputs = names(session.outputs());
        let output = onnx::output(&outputs).map_err(wrong)?;
        let output = outputs.swap_remove(output);
        let labels = checkpoint.labels.len();
        Ok(OnnxRuntimeBackend { session: Mutex::new(session), inputs, output, labels })
    }

    fn run(&self, batch: &Batch) -> std::result::Result<Array2<f32>, String> {
        let said = |error: ort::Error| error.to_string();
        let shape = batch.input_ids.dim();
        let wide: Vec<Vec<i64>> = self
            .inputs
            .iter()
            .map(|slot| match slot.wide {
                true => slot.input.of(batch).iter().map(|&id| i64::from(id)).collect(),
                false => Vec::new(),
            })
            .collect();
        let mut inputs: Vec<(&str, SessionInputValue<'_>)> = Vec::with_capacity(self.inputs.len());
        for (slot, wide) in self.inputs.iter().zip(&wide) {
            let shape = [shape.0, shape.1];
            let value = if slot.wide {
                TensorRef::from_array_view((shape, wide.as_slice())).map_err(said)?.into()
            } else {
                let narrow =
                    slot.input.of(batch).as_slice().ok_or("the batch is not contiguous")?;
                TensorRef::from_array_view((shape, narrow)).map_err(said)?.into()
            };
            inputs.push((&slot.name, value));
        }
        // A session is as good after a panic as before: running it changes nothing in it.
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(inputs).map_err(said)?;
        let logits = outputs.get(&self.output).ok_or("it gave no output")?;
        let (dimensions, values) = logits.try_extract_tensor::<f32>().map_err(said)?;
        let dimensions: Vec<usize> =
            dimensions.iter().map(|&n| usize::try_from(n).unwrap_or(usize::MAX)).collect();
        as_logits(&dimensions, values.to_vec(), shape.0, self.labels)
    }
}

impl Backend for OnnxRuntimeBackend {
    fn wants_token_types(&self) -> bool {
        self.inputs.iter().any(|slot| slot.input == Input::Types)
    }

    fn logits(&self, batch: &Batch) -> std::result::Result<Array2<f32>, String> {
        contained("ONNX Runtime", || self.run(batch))
    }
}

/// The library to load: the one named, or the one that the system's loader finds.
fn library(named: Option<&Path>) -> PathBuf {
    named.map_or_else(
        || format!("{DLL_PREFIX}onnxruntime{DLL_SUFFIX}").into(), // libonnxruntime.so on Linux
        Path::to_path_buf,
    )
}

/// ONNX Runtime's state, of which a process has one: the library named first is used from then on.
fn environment(library: &Path) -> std::result::Result<Environment, String> {
    static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);
    let mut environment = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*environment {
        return Ok(environment.clone());
    }
    let made = ort::init_from(library)
        .map_err(|error| error.to_string())?
        .with_name("crossclaim")
        .with_telemetry(false)
        .build()
        .map_err(|error| error.to_string())?;
    // What goes wrong comes back as an error; ONNX Runtime would write it to the terminal too.
    made.set_log_level(LogLevel::Fatal);
    Ok(environment.insert(made).clone())
}

fn open(
    environment: &Environment,
    checkpoint: &Checkpoint,
) -> std::result::Result<Session, String> {
    let said = |error: ort::Error| error.to_string();
    let mut builder = Session::builder(environment).map_err(said)?;
    if let Device::Cuda(number) = checkpoint.runtime.device {
        if !CUDA::is_available().map_err(said)? {
            return Err("this library of ONNX Runtime was built without CUDA".into());
        }
        // TF32 keeps 10 bits of each factor: not the fp32 that was asked for.
        let cuda = CUDA::default().with_device_id(i32::from(number)).with_tf32(false);
        builder = builder
            .with_execution_providers([cuda.build().error_on_failure()])
            .map_err(|error| error.to_string())?;
    }
    match &checkpoint.network {
        Network::File(path) => builder.commit_from_file(path).map_err(said),
        Network::Embedded(bytes) => builder.commit_from_memory(bytes).map_err(said),
        Network::Safetensors(_) => Err("ONNX Runtime reads ONNX files only".into()),
    }
}

fn no_library(checkpoint: &Checkpoint, library: &Path, error: &str) -> Error {
    problem(
        &checkpoint.folder,
        format!(
            "the onnxruntime backend has no ONNX Runtime: {} cannot be loaded ({error})",
            library.display()
        ),
        "run scripts/setup_onnxruntime.sh, which fetches it, and name the library in ORT_DYLIB_PATH or put it \
         beside the program; or use --backend rten",
    )
}

fn no_cuda(checkpoint: &Checkpoint, device: Device, error: &str) -> Error {
    problem(
        &checkpoint.folder,
        format!("cannot be run on {device}: {error}"),
        "CUDA needs an NVIDIA GPU with its driver, the libraries of CUDA and cuDNN, and the build of ONNX Runtime for \
         them (scripts/setup_onnxruntime.sh --cuda); or use --device cpu",
    )
}
