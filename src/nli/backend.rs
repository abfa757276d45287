//! The libraries that run networks, one file each, and the choice among them.
//!
//! | backend | reads | where it runs | built in |
//! |---|---|---|---|
//! | [`BackendKind::Rten`] | ONNX | processor | always |
//! | [`BackendKind::OnnxRuntime`] | ONNX | processor, CUDA | with the Cargo feature `onnxruntime` |
//! | [`BackendKind::Libtorch`] | safetensors of [`LIBTORCH_FAMILIES`] | processor, CUDA | with the Cargo feature `libtorch` |

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use ndarray::Array2;

use super::Backend;
use super::checkpoint::{Checkpoint, problem};
use crate::error::Result;

#[cfg(feature = "libtorch")]
pub mod libtorch;
#[cfg(feature = "onnxruntime")]
pub mod onnxruntime;
pub mod rten;

/// `model_type`s that the libtorch backend takes.
pub const LIBTORCH_FAMILIES: [&str; 5] =
    ["bert", "camembert", "distilbert", "roberta", "xlm-roberta"];

/// A library that runs networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BackendKind {
    /// rten: pure Rust.
    Rten,
    /// ONNX Runtime, whose shared library is loaded when the first model is opened.
    OnnxRuntime,
    /// libtorch, with the networks of rust-bert.
    Libtorch,
}

impl BackendKind {
    /// All of them, in the order in which they are documented.
    pub const ALL: [BackendKind; 3] =
        [BackendKind::Rten, BackendKind::OnnxRuntime, BackendKind::Libtorch];

    /// Whether this program was built with it.
    pub fn is_built_in(self) -> bool {
        match self {
            BackendKind::Rten => true,
            BackendKind::OnnxRuntime => cfg!(feature = "onnxruntime"),
            BackendKind::Libtorch => cfg!(feature = "libtorch"),
        }
    }

    /// Whether it can use a GPU.
    pub fn knows_cuda(self) -> bool {
        self != BackendKind::Rten
    }

    /// `rten`, `onnxruntime` or `libtorch`: also the name of its Cargo feature.
    pub fn name(self) -> &'static str {
        match self {
            BackendKind::Rten => "rten",
            BackendKind::OnnxRuntime => "onnxruntime",
            BackendKind::Libtorch => "libtorch",
        }
    }
}

impl fmt::Display for BackendKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Where a network runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
    /// The NVIDIA GPU of this number, counted from 0.
    Cuda(u16),
}

impl FromStr for Device {
    type Err = String;

    /// Reads `cpu`, `cuda` (the first GPU) or `cuda:1`.
    fn from_str(text: &str) -> std::result::Result<Device, String> {
        let wrong =
            || "a device is cpu, cuda, or cuda and a number (cuda:0, cuda:1, …)".to_string();
        match text {
            "cpu" => Ok(Device::Cpu),
            "cuda" => Ok(Device::Cuda(0)),
            other => {
                let number = other.strip_prefix("cuda:").ok_or_else(wrong)?;
                number.parse().map(Device::Cuda).map_err(|_| wrong())
            }
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Device::Cpu => formatter.write_str("cpu"),
            Device::Cuda(number) => write!(formatter, "cuda:{number}"),
        }
    }
}

/// What runs a checkpoint, chosen when it was read.
#[derive(Debug, Clone)]
pub struct Runtime {
    /// The library.
    pub backend: BackendKind,
    /// Where it runs.
    pub device: Device,
    /// ONNX Runtime's shared library; if none, the one that the system's loader finds.
    pub onnxruntime_library: Option<PathBuf>,
}

/// Loads the checkpoint's network with the backend that was chosen for it.
///
/// # Errors
///
/// [`Error::Model`](crate::error::Error::Model) if this program was built without the backend, the device is not
/// there, or the network cannot be loaded.
pub fn load(checkpoint: &Checkpoint) -> Result<Box<dyn Backend>> {
    let Runtime { backend, device, .. } = checkpoint.runtime;
    if device != Device::Cpu && !backend.knows_cuda() {
        return Err(problem(
            &checkpoint.folder,
            format!("the {backend} backend runs on the processor only, not on {device}"),
            "use --backend onnxruntime or --backend libtorch, or --device cpu",
        ));
    }
    match backend {
        BackendKind::Rten => Ok(Box::new(rten::RtenBackend::load(checkpoint)?)),
        #[cfg(feature = "onnxruntime")]
        BackendKind::OnnxRuntime => {
            Ok(Box::new(onnxruntime::OnnxRuntimeBackend::load(checkpoint)?))
        }
        #[cfg(feature = "libtorch")]
        BackendKind::Libtorch => Ok(Box::new(libtorch::LibtorchBackend::load(checkpoint)?)),
        #[cfg(not(all(feature = "onnxruntime", feature = "libtorch")))]
        other => Err(problem(
            &checkpoint.folder,
            format!("this program was built without the {other} backend"),
            build_with(other),
        )),
    }
}

/// How to get a backend that this program was built without.
pub(super) fn build_with(backend: BackendKind) -> String {
    format!(
        "build it with `cargo build --release --features {backend}` (docs/backends.md), or use --backend rten on the processor"
    )
}

/// Logits as an array of (pairs × labels), if that is what the network gave.
fn as_logits(
    shape: &[usize],
    values: Vec<f32>,
    pairs: usize,
    labels: usize,
) -> std::result::Result<Array2<f32>, String> {
    if shape != [pairs, labels] {
        return Err(format!(
            "its output has the shape {shape:?}, not [{pairs}, {labels}]: pairs × labels"
        ));
    }
    Array2::from_shape_vec((pairs, labels), values).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::Device;

    #[test]
    fn a_device_is_read_as_it_is_written() {
        for (text, device) in
            [("cpu", Device::Cpu), ("cuda:0", Device::Cuda(0)), ("cuda:3", Device::Cuda(3))]
        {
            assert_eq!(text.parse(), Ok(device));
            assert_eq!(device.to_string(), text);
        }
        assert_eq!("cuda".parse(), Ok(Device::Cuda(0)));
        for wrong in ["", "gpu", "cuda:", "cuda:-1", "cuda:x", "CPU"] {
            assert!(wrong.parse::<Device>().is_err(), "{wrong:?}");
        }
    }
}
