//! What the program's redb files share: the kinds of trouble, a lock beside the file, calls that cannot panic, and
//! checksums of values.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use redb::ReadableDatabase;

use crate::nli::contained::contained;

/// What is wrong, before it is known what to do about it.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Another process has it open.
    Busy,
    /// A newer version of redb wrote it.
    Newer,
    /// What is wrong with it.
    Damaged(String),
    /// What the system says.
    System(std::io::Error),
}

impl From<redb::Error> for Trouble {
    fn from(error: redb::Error) -> Trouble {
        match error {
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Trouble::Busy,
            redb::Error::Corrupted(what) if what.contains("file format version") => Trouble::Newer,
            redb::Error::Io(error)
                if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) =>
            {
                Trouble::Damaged(error.to_string())
            }
            redb::Error::Io(error) => Trouble::System(error),
            other => Trouble::Damaged(other.to_string()),
        }
    }
}

/// Results of redb's calls, whose errors are of a dozen types.
pub(crate) type Redb<T> = std::result::Result<T, redb::Error>;

/// What reads, be it open for writing or not.
pub(crate) trait Reading {
    fn begin_read(&self) -> Redb<redb::ReadTransaction>;
}

impl<D: ReadableDatabase> Reading for D {
    fn begin_read(&self) -> Redb<redb::ReadTransaction> {
        Ok(ReadableDatabase::begin_read(self)?)
    }
}

/// A call into redb. A panic, which a damaged file may cause, is damage.
pub(crate) fn redb_call<T>(call: impl FnOnce() -> Redb<T>) -> std::result::Result<T, Trouble> {
    contained("redb", || Ok(call())).map_err(Trouble::Damaged)?.map_err(Trouble::from)
}

/// Takes the lock beside a database (`NAME.lock`), waiting so long for another process. It is the system's, and
/// goes with the process that holds it, however that ends. The file itself stays.
pub(crate) fn lock(path: &Path, patience: Duration) -> std::result::Result<File, Trouble> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Trouble::System)?;
    }
    let file = File::options()
        .create(true)
        .write(true)
        .truncate(false)
        .open(beside(path, ".lock"))
        .map_err(Trouble::System)?;
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(Trouble::System(error)),
            Err(TryLockError::WouldBlock) if start.elapsed() >= patience => {
                return Err(Trouble::Busy);
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(pause),
        }
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// The path with something after its name.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// FNV-1a: against flipped bits, not against forgers.
pub(crate) fn checksum<'b>(bytes: impl IntoIterator<Item = &'b u8>) -> u32 {
    let step = |sum: u32, &byte: &u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    bytes.into_iter().fold(0x811c_9dc5, step)
}
