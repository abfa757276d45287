//! The archive's file: a redb database, opened for the moments of a look or a commit.
//!
//! One process writes at a time: it holds the lock on a file beside the archive for as long as it runs, and writes
//! into it who it is. Between its commits the database is closed, so readers wait for a moment only. A commit is
//! durable and whole, or not there at all, however the process ends.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use redb::{
    Builder, Database, MultimapTableDefinition, ReadTransaction, TableDefinition, WriteTransaction,
};

use super::ArchiveOptions;
use crate::database::{self, Reading, Redb, Trouble, beside, redb_call};
use crate::error::{Error, Result};

pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// [`Head`](super::record::Head) by number.
pub(super) const HEADS: TableDefinition<u32, &[u8]> = TableDefinition::new("heads");
/// [`Document`](super::record::Document) by number.
pub(super) const DOCUMENTS: TableDefinition<u32, &[u8]> = TableDefinition::new("documents");
/// Numbers by id.
pub(super) const IDS: TableDefinition<&str, u32> = TableDefinition::new("ids");
/// Numbers by handle.
pub(super) const HANDLES: MultimapTableDefinition<&str, u32> =
    MultimapTableDefinition::new("handles");
/// Numbers of articles that replace the one with this id, which need not be there.
pub(super) const REPLACED: MultimapTableDefinition<&str, u32> =
    MultimapTableDefinition::new("replaced");
/// The index: numbers by term and month.
pub(super) const POSTINGS: MultimapTableDefinition<(u64, u32), u32> =
    MultimapTableDefinition::new("postings");
/// Number of articles with a term.
pub(super) const FREQUENCIES: TableDefinition<u64, u32> = TableDefinition::new("frequencies");

/// The version of the tables above.
const FORMAT: u64 = 1;
/// In [`META`]: the version, and the number of the next article.
const FORMAT_KEY: &str = "archive-format";
pub(super) const NEXT_KEY: &str = "next";

/// Memory for pages of the database.
const PAGE_CACHE: usize = 64 * 1024 * 1024;

/// Where an archive is kept.
pub(super) enum Place {
    File(PathBuf),
    /// Of a folder that is read for one run.
    Memory(Box<Database>),
}

/// The place, and how to open it.
pub(super) struct Store {
    pub place: Place,
    pub options: ArchiveOptions,
}

/// A writer's right to write, until it is dropped.
pub(super) struct WriterLock(Option<File>);

impl Drop for WriterLock {
    fn drop(&mut self) {
        // The next holder writes its own name; an empty file says that nobody writes.
        if let Some(file) = &self.0 {
            let _ = file.set_len(0);
        }
    }
}

/// Results before it is known what to do about trouble.
pub(super) type Outcome<T> = std::result::Result<T, Trouble>;

impl Store {
    pub fn in_memory(options: ArchiveOptions) -> Result<Store> {
        let made = redb_call(|| {
            let db = Builder::new()
                .set_cache_size(PAGE_CACHE)
                .create_with_backend(redb::backends::InMemoryBackend::new())?;
            prepare(&db)?;
            Ok(db)
        });
        let store = |place| Store { place, options };
        match made {
            Ok(db) => Ok(store(Place::Memory(Box::new(db)))),
            Err(trouble) => Err(explain(Path::new("(in memory)"), trouble, None)),
        }
    }

    /// The name that messages use.
    pub fn path(&self) -> &Path {
        match &self.place {
            Place::File(path) => path,
            Place::Memory(_) => Path::new("(in memory)"),
        }
    }

    /// Takes the right to write.
    pub fn lock(&self) -> Result<WriterLock> {
        let Place::File(path) = &self.place else { return Ok(WriterLock(None)) };
        let mut file = database::lock(path, Duration::ZERO).map_err(|trouble| {
            let holder = std::fs::read_to_string(beside(path, ".lock")).unwrap_or_default();
            explain(path, trouble, Some(holder.trim()))
        })?;
        // Who holds it is told to others on a best-effort basis; the lock itself is the system's.
        let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", self.options.holder));
        Ok(WriterLock(Some(file)))
    }

    /// Runs `call` on a snapshot.
    pub fn read<T>(&self, call: impl FnOnce(&ReadTransaction) -> Outcome<T>) -> Result<T> {
        let inner = |reading: &dyn Reading| {
            let transaction = redb_call(|| reading.begin_read())?;
            check_format(&transaction)?;
            call(&transaction)
        };
        match &self.place {
            Place::Memory(db) => inner(db.as_ref()),
            Place::File(path) => match self.open_to_read(path) {
                Ok(db) => inner(&db),
                Err(trouble) => Err(trouble),
            },
        }
        .map_err(|trouble| explain(self.path(), trouble, None))
    }

    fn open_to_read(&self, path: &Path) -> Outcome<redb::ReadOnlyDatabase> {
        let data = std::fs::metadata(path).map_err(Trouble::System)?;
        if data.len() == 0 {
            // redb would take an empty file for a new database.
            return Err(Trouble::Damaged("the file is empty".to_owned()));
        }
        let start = Instant::now();
        loop {
            let opened =
                redb_call(|| Ok(Builder::new().set_cache_size(PAGE_CACHE).open_read_only(path)))?;
            let trouble = match opened {
                Ok(db) => return Ok(db),
                Err(redb::DatabaseError::RepairAborted) => match self.repair(path) {
                    Ok(()) => Trouble::Busy,
                    Err(trouble) => trouble,
                },
                Err(error) => Trouble::from(redb::Error::from(error)),
            };
            match trouble {
                // A writer commits; it takes a moment.
                Trouble::Busy if start.elapsed() < self.options.patience => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                trouble => return Err(trouble),
            }
        }
    }

    /// Opens what a killed process left behind for writing once, which restores the last commit.
    fn repair(&self, path: &Path) -> Outcome<()> {
        let _lock = database::lock(path, self.options.patience)?;
        redb_call(|| Ok(Builder::new().set_cache_size(PAGE_CACHE).open(path)?.close()?))
    }

    /// Runs `call` in a transaction and commits it. The caller holds the lock.
    pub fn write<T>(&self, call: impl FnOnce(&WriteTransaction) -> Outcome<T>) -> Result<T> {
        self.with_database(|db| {
            let mut transaction = redb_call(|| Ok(db.begin_write()?))?;
            // After a kill the next process opens the archive at once instead of walking through it.
            transaction.set_quick_repair(true);
            let done = call(&transaction)?;
            redb_call(|| Ok(transaction.commit()?))?;
            Ok(done)
        })
        .map_err(|trouble| explain(self.path(), trouble, None))
    }

    /// Verifies the checksum of every page.
    pub fn check_pages(&self) -> Result<()> {
        let Place::File(path) = &self.place else { return Ok(()) };
        let checked = redb_call(|| {
            let mut db = Builder::new().set_cache_size(PAGE_CACHE).open(path)?;
            let whole = db.check_integrity()?;
            db.close()?;
            Ok(whole)
        });
        match checked {
            Ok(true) => Ok(()),
            // Repaired from what was left of a killed process.
            Ok(false) => Ok(()),
            Err(trouble) => Err(explain(path, trouble, None)),
        }
    }

    fn with_database<T>(&self, call: impl FnOnce(&Database) -> Outcome<T>) -> Outcome<T> {
        let path = match &self.place {
            Place::Memory(db) => return call(db),
            Place::File(path) => path,
        };
        let start = Instant::now();
        let db = loop {
            let opened =
                redb_call(|| Ok(Builder::new().set_cache_size(PAGE_CACHE).create(path)?));
            match opened {
                // A reader looks at it; it takes a moment.
                Err(Trouble::Busy) if start.elapsed() < self.options.patience => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                opened => break opened?,
            }
        };
        redb_call(|| prepare(&db))?;
        let transaction = redb_call(|| Reading::begin_read(&db))?;
        check_format(&transaction)?;
        drop(transaction);
        let done = call(&db)?;
        redb_call(|| Ok(db.close()?))?;
        Ok(done)
    }
}

/// Makes the tables of a new archive.
fn prepare(db: &Database) -> Redb<()> {
    let begun = Reading::begin_read(db)?;
    let tables = begun.list_tables()?.count();
    drop(begun);
    if tables > 0 {
        return Ok(());
    }
    let transaction = db.begin_write()?;
    {
        let mut meta = transaction.open_table(META)?;
        meta.insert(FORMAT_KEY, FORMAT)?;
        meta.insert(NEXT_KEY, 0)?;
        transaction.open_table(HEADS)?;
        transaction.open_table(DOCUMENTS)?;
        transaction.open_table(IDS)?;
        transaction.open_table(FREQUENCIES)?;
        transaction.open_multimap_table(HANDLES)?;
        transaction.open_multimap_table(REPLACED)?;
        transaction.open_multimap_table(POSTINGS)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Refuses what is no archive, and what a newer version wrote.
fn check_format(transaction: &ReadTransaction) -> Outcome<()> {
    let found = redb_call(|| match transaction.open_table(META) {
        Ok(meta) => Ok(meta.get(FORMAT_KEY)?.map(|format| format.value())),
        Err(
            redb::TableError::TableDoesNotExist(_) | redb::TableError::TableTypeMismatch { .. },
        ) => Ok(None),
        Err(error) => Err(error.into()),
    })?;
    match found {
        Some(format) if format <= FORMAT => Ok(()),
        Some(_) => Err(Trouble::Newer),
        None => Err(Trouble::Damaged("it is a database, but no archive of crossclaim".to_owned())),
    }
}

/// Says what is wrong and what to do about it.
fn explain(path: &Path, trouble: Trouble, holder: Option<&str>) -> Error {
    let (problem, remedy) = match trouble {
        Trouble::Busy => {
            let who = holder.filter(|who| !who.is_empty()).map(|who| format!(" ({who})"));
            (
                format!("another process writes to it{}", who.unwrap_or_default()),
                "wait until it is done, then run this again".to_owned(),
            )
        }
        Trouble::Newer => (
            "it was written by a newer crossclaim".to_owned(),
            "update crossclaim; nothing was changed".to_owned(),
        ),
        Trouble::System(error) if error.kind() == std::io::ErrorKind::NotFound => (
            "there is no such file".to_owned(),
            format!("check the path, or begin one with `crossclaim archive add {} ARTICLES`", path.display()),
        ),
        Trouble::System(error) => (
            format!("cannot be used: {error}"),
            "check that the file and its folder can be read, and written by `archive add`".to_owned(),
        ),
        Trouble::Damaged(what) => (
            format!("it is damaged, or no archive ({what})"),
            "nothing was changed; restore it from a backup, or move it away and add the articles again".to_owned(),
        ),
    };
    Error::Archive { path: path.to_owned(), problem, remedy }
}
