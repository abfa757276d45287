//! Models from a model hub: which there are, where they lie on this machine, and how they get there.
//!
//! [`Manifest`] names models; [`ModelSpec`] is a name made into a repository and a revision. [`Cache`] is the
//! hub's own cache folder, laid out as Python's `huggingface_hub` lays it out, so that both share one copy. A
//! model counts as *pulled* when a [`Receipt`] says that every file of it was checked against the digest that the
//! hub states; only then may it be loaded. `Hub` (feature `download`) fetches.
//!
//! Nothing here reads the environment or the home folder: [`HubSettings`] holds what a caller read there.

mod cache;
#[cfg(feature = "download")]
mod client;
mod digest;
#[cfg(feature = "download")]
mod download;
mod files;
mod manifest;
#[cfg(feature = "download")]
mod pull;
mod receipt;
mod remove;
mod settings;
mod spec;
#[cfg(feature = "download")]
mod write;

pub use cache::{Cache, Pulled};
pub use digest::HubDigest;
pub use files::{FileRules, HubFile, Selection, Weights, select};
pub use manifest::{Manifest, ManifestModel};
#[cfg(feature = "download")]
pub use pull::{Hub, PullEvent, PullOutcome};
pub use receipt::{Damage, Receipt, ReceiptFile, Verification};
pub use remove::Removed;
pub use settings::{HubSettings, ProxySettings, Timeouts};
pub use spec::{ModelSpec, RepoId};

/// Where models are downloaded from unless the caller says otherwise.
pub const DEFAULT_ENDPOINT: &str = "https://huggingface.co";
