//! The file in which scores are kept: a redb database, opened only for the moments of a look-up or a commit.
//!
//! redb lets one process open a database for writing. So that several runs can share one store, each opens it
//! for some milliseconds under a lock on a file beside it (`scores.redb.lock`), and waits for its turn. The lock
//! is the system's and goes with the process that holds it, however that ends. A commit is durable and whole or
//! not there at all.
//!
//! The first opening in a process verifies the checksum of every page, and every entry has a checksum of its
//! own, so that a damaged file gives no score rather than a wrong one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redb::{Builder, Database, ReadableTable, ReadableTableMetadata, TableDefinition};

use super::super::NliScores;
use crate::database::{self, Reading, Redb, Trouble, beside, redb_call};
use crate::error::{Error, Result};

/// SHA-256 of what a score depends on.
pub(super) type Key = [u8; 32];

/// Entailment, neutral and contradiction as `f32`, the minute of the last use since 1970 as `u32`, and a checksum
/// of 4 bytes, all little-endian.
type Entry = [u8; 20];

const SCORES: TableDefinition<&Key, &Entry> = TableDefinition::new("scores");
const META: TableDefinition<&str, u64> = TableDefinition::new("meta");

/// The version of the tables above.
const FORMAT: u64 = 1;

/// Memory for pages of the database.
const PAGE_CACHE: usize = 32 * 1024 * 1024;

/// A last use is written down again when it is older than this, in minutes: a run of hits seldom writes.
const REFRESH: u32 = 60;

/// How a store behaves.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The largest size of the file in bytes. Above it, what was not used for longest is dropped until half
    /// of it is left: redb doubles a file that is full. A pair takes about 90 bytes.
    pub max_bytes: u64,
    /// How long to wait for another process.
    pub patience: Duration,
    /// The time, in seconds since 1970.
    pub now: fn() -> u64,
}

impl Default for StoreOptions {
    /// 512 MiB, ten seconds, the system's clock.
    fn default() -> Self {
        StoreOptions {
            max_bytes: 512 * 1024 * 1024,
            patience: Duration::from_secs(10),
            now: || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs()),
        }
    }
}

/// What a store holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreSummary {
    /// Pairs with scores.
    pub pairs: u64,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// When the pair that was unused for longest was used, in seconds since 1970, to the hour.
    pub oldest_use: Option<u64>,
    /// When a pair was last used.
    pub latest_use: Option<u64>,
}

/// A file of scores, shared by all processes that name it.
#[derive(Debug)]
pub struct ScoreStore {
    path: PathBuf,
    options: StoreOptions,
    /// Whether this process has verified the file.
    verified: AtomicBool,
}

/// Trouble with the store, and whether it can be used after it.
#[derive(Debug)]
pub(super) struct StoreError {
    pub(super) error: Error,
    pub(super) usable: bool,
}

impl ScoreStore {
    /// A store in this file, which need not exist. Nothing is opened before the first look-up.
    pub fn new(path: impl Into<PathBuf>, options: StoreOptions) -> ScoreStore {
        ScoreStore { path: path.into(), options, verified: AtomicBool::new(false) }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the store holds.
    ///
    /// # Errors
    ///
    /// [`Error::Cache`] if the file cannot be read, is damaged, or is of a newer version.
    pub fn summary(&self) -> Result<StoreSummary> {
        let summary = self.reading(StoreSummary::default(), |db| {
            let table = db.begin_read()?.open_table(SCORES)?;
            let mut summary = StoreSummary { pairs: table.len()?, ..StoreSummary::default() };
            for entry in table.iter()? {
                let used = u64::from(minute(entry?.1.value())) * 60;
                summary.oldest_use = Some(summary.oldest_use.map_or(used, |old| old.min(used)));
                summary.latest_use = summary.latest_use.max(Some(used));
            }
            Ok(summary)
        });
        let mut summary = summary.map_err(|trouble| trouble.error)?;
        summary.bytes = self.size();
        Ok(summary)
    }

    /// Deletes the store, and one that was set aside before. Returns how many bytes that freed.
    ///
    /// # Errors
    ///
    /// [`Error::Cache`] if the file is in use for long, or cannot be deleted.
    pub fn clear(&self) -> Result<u64> {
        let all = || -> std::result::Result<u64, Trouble> {
            if !self.path.exists() && !self.aside().exists() {
                return Ok(0);
            }
            let _lock = self.lock()?;
            let mut freed = 0;
            for path in [&self.path, &self.aside()] {
                let size = std::fs::metadata(path).map_or(0, |data| data.len());
                match std::fs::remove_file(path) {
                    Ok(()) => freed += size,
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(Trouble::System(error)),
                }
            }
            Ok(freed)
        };
        all().map_err(|trouble| self.explain(trouble).error)
    }

    /// Drops what was not used for longest until the file is no larger than `max_bytes`, and gives free space
    /// back. Returns how many pairs were dropped.
    ///
    /// # Errors
    ///
    /// As [`ScoreStore::summary`].
    pub fn prune(&self, max_bytes: u64) -> Result<u64> {
        if !self.path.exists() {
            return Ok(0);
        }
        let pruned = self.locked(|| self.shrink(max_bytes));
        pruned.map_err(|trouble| trouble.error)
    }

    /// The scores of these keys, where they are known.
    pub(super) fn get(
        &self,
        keys: &[Key],
    ) -> std::result::Result<Vec<Option<NliScores>>, StoreError> {
        let now = self.minute();
        let mut stale: Vec<usize> = Vec::new();
        let found = self.reading(vec![None; keys.len()], |db| {
            let table = db.begin_read()?.open_table(SCORES)?;
            let mut found = Vec::with_capacity(keys.len());
            for (index, key) in keys.iter().enumerate() {
                let entry = table.get(key)?;
                let scores = entry.as_ref().and_then(|entry| decode(key, entry.value()));
                let used = entry.map_or(now, |entry| minute(entry.value()));
                if scores.is_some() && now.saturating_sub(used) >= REFRESH {
                    stale.push(index);
                }
                found.push(scores);
            }
            Ok(found)
        })?;
        if !stale.is_empty() {
            let hits = stale.iter().filter_map(|&i| Some((keys[i], found[i]?)));
            // That the uses cannot be written down takes nothing from the hits.
            let _ = self.put(&hits.collect::<Vec<_>>());
        }
        Ok(found)
    }

    /// Keeps these scores, used now.
    pub(super) fn put(&self, entries: &[(Key, NliScores)]) -> std::result::Result<(), StoreError> {
        let now = self.minute();
        self.locked(|| {
            self.writing(|db| {
                let mut transaction = db.begin_write()?;
                // After a kill, the next process opens the store at once instead of walking through it.
                transaction.set_quick_repair(true);
                {
                    let mut table = transaction.open_table(SCORES)?;
                    for (key, scores) in entries {
                        table.insert(key, &encode(key, *scores, now))?;
                    }
                }
                transaction.commit()?;
                Ok(())
            })?;
            let max_bytes = self.options.max_bytes;
            if self.size() <= max_bytes { Ok(0) } else { self.shrink(max_bytes / 2) }
        })?;
        Ok(())
    }

    /// Gives free space back, and drops entries until the file is no larger than `target`. Returns how many
    /// were dropped. The lock is held.
    fn shrink(&self, target: u64) -> std::result::Result<u64, Trouble> {
        self.writing(|db| Ok(db.compact()?))?;
        let mut dropped = 0;
        // What an entry takes is estimated from the whole file, its fixed part included, so one round may not
        // be enough.
        for _ in 0..4 {
            let size = self.size();
            if size <= target {
                break;
            }
            let left = self.writing(|db| {
                let transaction = db.begin_write()?;
                let left = {
                    let mut table = transaction.open_table(SCORES)?;
                    let pairs = table.len()?;
                    let keep = u128::from(pairs) * u128::from(target) / u128::from(size);
                    keep_latest(&mut table, u64::try_from(keep).unwrap_or(pairs))?;
                    dropped += pairs - table.len()?;
                    table.len()?
                };
                transaction.commit()?;
                db.compact()?;
                Ok(left)
            })?;
            if left == 0 {
                break;
            }
        }
        Ok(dropped)
    }

    /// Runs `call` on the database, or gives `empty` where there is none.
    fn reading<T>(
        &self,
        empty: T,
        call: impl FnOnce(&dyn Reading) -> Redb<T>,
    ) -> std::result::Result<T, StoreError> {
        if !self.path.exists() {
            return Ok(empty);
        }
        self.locked(|| {
            if self.verified.load(Ordering::Relaxed) {
                // The quick way, without a write; not open to a store that a killed process left behind.
                let read_only = redb_call(|| {
                    Ok(Builder::new().set_cache_size(PAGE_CACHE).open_read_only(&self.path).ok())
                })?;
                if let Some(db) = read_only {
                    return redb_call(|| call(&db));
                }
            }
            self.writing(|db| call(db))
        })
    }

    /// Opens the database for writing, making it if need be, runs `call` and closes it. The lock is held.
    fn writing<T>(
        &self,
        call: impl FnOnce(&mut Database) -> Redb<T>,
    ) -> std::result::Result<T, Trouble> {
        let verify = !self.verified.load(Ordering::Relaxed);
        let first = verify || !self.path.exists();
        let mut format = FORMAT;
        let done = redb_call(|| {
            let mut db = Builder::new()
                .set_cache_size(PAGE_CACHE)
                .set_check_integrity_on_open(verify)
                .create(&self.path)?;
            if first {
                format = prepare(&db)?;
            }
            let done = if format > FORMAT { None } else { Some(call(&mut db)?) };
            db.close()?;
            Ok(done)
        })?;
        let Some(done) = done else { return Err(Trouble::Newer) };
        self.verified.store(true, Ordering::Relaxed);
        Ok(done)
    }

    /// Runs `call` while no other process touches the store, and says what to do about trouble. A damaged
    /// store is set aside, still under the lock.
    fn locked<T>(
        &self,
        call: impl FnOnce() -> std::result::Result<T, Trouble>,
    ) -> std::result::Result<T, StoreError> {
        let _lock = self.lock().map_err(|trouble| self.explain(trouble))?;
        call().map_err(|trouble| self.explain(trouble))
    }

    fn lock(&self) -> std::result::Result<File, Trouble> {
        database::lock(&self.path, self.options.patience)
    }

    fn explain(&self, trouble: Trouble) -> StoreError {
        let mut usable = false;
        let (problem, remedy) = match trouble {
            Trouble::Busy => (
                "another process holds it".to_owned(),
                "it is not used; wait for that process, or name another file with --cache".to_owned(),
            ),
            Trouble::Newer => (
                "it was written by a newer crossclaim".to_owned(),
                "it is not used; update crossclaim, name another file with --cache, or delete it with \
                 `crossclaim cache clear`"
                    .to_owned(),
            ),
            Trouble::System(error) => (
                format!("cannot be used: {error}"),
                "it is not used; name another place with --cache, or none with --no-cache".to_owned(),
            ),
            Trouble::Damaged(what) => {
                self.verified.store(false, Ordering::Relaxed);
                let remedy = match std::fs::rename(&self.path, self.aside()) {
                    Ok(()) => {
                        usable = true;
                        format!("set aside as {}, and a new one is begun", self.aside().display())
                    }
                    Err(error) => {
                        format!("it is not used; delete it: setting it aside failed: {error}")
                    }
                };
                (format!("it is damaged ({what})"), remedy)
            }
        };
        StoreError { error: Error::Cache { path: self.path.clone(), problem, remedy }, usable }
    }

    /// Where a damaged store is moved.
    fn aside(&self) -> PathBuf {
        beside(&self.path, ".damaged")
    }

    fn size(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |data| data.len())
    }

    /// Now, in minutes since 1970.
    fn minute(&self) -> u32 {
        u32::try_from((self.options.now)() / 60).unwrap_or(u32::MAX)
    }
}

/// Writes the version into a new store, and makes its tables; else returns its version.
fn prepare(db: &Database) -> Redb<u64> {
    let transaction = db.begin_write()?;
    let format = {
        let mut meta = transaction.open_table(META)?;
        let known = meta.get("format")?.map(|format| format.value());
        match known {
            Some(format) => format,
            None => {
                meta.insert("format", FORMAT)?;
                transaction.open_table(SCORES)?;
                FORMAT
            }
        }
    };
    transaction.commit()?;
    Ok(format)
}

/// Keeps the `keep` entries used last; of entries of one minute, those that come first by key.
fn keep_latest(table: &mut redb::Table<'_, &Key, &Entry>, keep: u64) -> Redb<()> {
    let mut per_minute: BTreeMap<u32, u64> = BTreeMap::new();
    for entry in table.iter()? {
        *per_minute.entry(minute(entry?.1.value())).or_default() += 1;
    }
    // The minute that is kept in part, and how many of its entries.
    let mut cut = (0, 0);
    let mut room = keep;
    for (&minute, &count) in per_minute.iter().rev() {
        if count >= room {
            cut = (minute, room);
            break;
        }
        room -= count;
    }
    table.retain(|_, entry| {
        let used = minute(entry);
        let within = used == cut.0 && cut.1 > 0;
        cut.1 -= u64::from(within);
        within || used > cut.0
    })?;
    Ok(())
}

fn encode(key: &Key, scores: NliScores, minute: u32) -> Entry {
    let mut entry = [0; 20];
    let scores = [scores.entailment, scores.neutral, scores.contradiction];
    for (place, score) in entry.chunks_exact_mut(4).zip(scores) {
        place.copy_from_slice(&score.to_le_bytes());
    }
    entry[12..16].copy_from_slice(&minute.to_le_bytes());
    let sum = checksum(key, &entry);
    entry[16..].copy_from_slice(&sum.to_le_bytes());
    entry
}

/// The scores of an entry; `None` if it is damaged.
fn decode(key: &Key, entry: &Entry) -> Option<NliScores> {
    if word(entry, 16) != checksum(key, entry) {
        return None;
    }
    let score = |at| f32::from_bits(word(entry, at));
    Some(NliScores { entailment: score(0), neutral: score(4), contradiction: score(8) })
}

/// The minute of the last use.
fn minute(entry: &Entry) -> u32 {
    word(entry, 12)
}

fn word(entry: &Entry, at: usize) -> u32 {
    u32::from_le_bytes([entry[at], entry[at + 1], entry[at + 2], entry[at + 3]])
}

/// Over the key and all of the entry that stands before the checksum.
fn checksum(key: &Key, entry: &Entry) -> u32 {
    database::checksum(key.iter().chain(&entry[..16]))
}
