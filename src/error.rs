//! The library's one error type. Each variant names the file and says what to do.

use std::path::PathBuf;

/// What can go wrong; the message names the file, the line where there is one, and a remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path given by the user does not exist.
    #[error(
        "{path}: no such file or folder; check the path, or quote a glob so that crossclaim expands it"
    )]
    NoSuchPath {
        /// The path as given.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error("{path}: cannot {action}: {source}; {remedy}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// "read", "write", …
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
        /// What the user can do.
        remedy: String,
    },
    /// A file was read but its content is not what it should be.
    #[error("{path}{}: {problem}; {remedy}", line.map(|l| format!(":{l}")).unwrap_or_default())]
    Input {
        /// The file.
        path: PathBuf,
        /// 1-based line, where one is to blame.
        line: Option<usize>,
        /// What is wrong.
        problem: String,
        /// What the user can do.
        remedy: String,
    },
    /// A model folder or its files cannot be used.
    #[error("model {path}: {problem}; {remedy}")]
    Model {
        /// The model folder or file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
        /// What the user can do.
        remedy: String,
    },
    /// The model hub did not give what was asked for.
    #[error("{what}: {problem}; {remedy}")]
    Hub {
        /// The model, file or address.
        what: String,
        /// What is wrong.
        problem: String,
        /// What the user can do.
        remedy: String,
    },
    /// The store of scores cannot be used.
    #[error("score cache {path}: {problem}; {remedy}")]
    Cache {
        /// The store's file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
        /// What the user can do, or what was done.
        remedy: String,
    },
    /// An archive of articles cannot be used.
    #[error("archive {path}: {problem}; {remedy}")]
    Archive {
        /// The archive's file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
        /// What the user can do.
        remedy: String,
    },
    /// A fault of crossclaim itself, caught so that nothing passes for checked.
    #[error(
        "internal error: {problem}; nothing is certain of this run. Please report it with the input that caused it"
    )]
    Internal {
        /// What the fault said.
        problem: String,
    },
    /// A data file that ships with the crate, or a user's extension of it, is wrong.
    #[error("language data {file}: {problem}; {remedy}")]
    LanguageData {
        /// The data file.
        file: String,
        /// What is wrong.
        problem: String,
        /// What the user can do.
        remedy: String,
    },
}

/// Shorthand for results with [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
