//! `crossclaim cache`, and the options that say where scores are kept.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use crossclaim::nli::cache::{ScoreStore, StoreOptions, StoreSummary};
use crossclaim::nli::{CachedScorer, Scorer};
use etcetera::BaseStrategy;
use jiff::Timestamp;

use super::{Outcome, tell};

const MIB: u64 = 1024 * 1024;

/// The file's name in its folder.
const FILE: &str = "scores.redb";

/// Where scores are kept.
#[derive(Debug, Args)]
pub(crate) struct CacheArgs {
    /// Where scores are kept from run to run: a folder, or a file whose name ends in .redb. If not
    /// given, the folder CROSSCLAIM_CACHE_DIR, or else crossclaim in the system's folder for caches.
    #[arg(long, value_name = "PATH", conflicts_with = "no_cache")]
    cache: Option<PathBuf>,
    /// Keep no scores, and score everything anew.
    #[arg(long)]
    no_cache: bool,
    /// Largest size of the cache, in MiB; above it, what was not used for longest is dropped.
    #[arg(long, value_name = "MIB", default_value_t = StoreOptions::default().max_bytes / MIB)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    cache_size: u64,
}

impl CacheArgs {
    /// Puts the cache before a scorer, unless it is switched off or there is no place for it.
    pub(crate) fn wrap(&self, scorer: Box<dyn Scorer>) -> Box<dyn Scorer> {
        if self.no_cache || scorer.identity().is_none() {
            return scorer;
        }
        let options = StoreOptions {
            max_bytes: self.cache_size.saturating_mul(MIB),
            ..StoreOptions::default()
        };
        match place(self.cache.as_deref()) {
            Ok(path) => {
                let note = Box::new(|note: &str| tell(format_args!("note: {note}")));
                Box::new(CachedScorer::new(scorer, ScoreStore::new(path, options), note))
            }
            Err(error) => {
                tell(format_args!("note: scores are not kept: {error}"));
                scorer
            }
        }
    }
}

/// The file that scores are kept in.
fn place(given: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(path) = given {
        let file = path.extension().is_some_and(|ending| ending == "redb") && !path.is_dir();
        return Ok(if file { path.to_owned() } else { path.join(FILE) });
    }
    if let Some(folder) = std::env::var_os("CROSSCLAIM_CACHE_DIR").filter(|f| !f.is_empty()) {
        return Ok(PathBuf::from(folder).join(FILE));
    }
    let system = etcetera::base_strategy::choose_native_strategy()
        .context("no home folder; name a place with --cache or CROSSCLAIM_CACHE_DIR")?;
    Ok(system.cache_dir().join("crossclaim").join(FILE))
}

#[derive(Debug, Args)]
pub(crate) struct CacheCommand {
    #[command(subcommand)]
    action: Action,
    /// The cache: a folder, or a file whose name ends in .redb; the usual one if not given.
    #[arg(long, value_name = "PATH", global = true)]
    cache: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the path of the file that scores are kept in.
    Path,
    /// Print how many pairs are kept, the size, and when they were used.
    Stats,
    /// Delete all scores.
    Clear,
    /// Drop what was not used for longest, and give free space back to the system.
    Prune {
        /// Size to come down to, in MiB.
        #[arg(long, value_name = "MIB", default_value_t = StoreOptions::default().max_bytes / MIB)]
        max_size: u64,
    },
}

pub(crate) fn run(args: &CacheCommand) -> anyhow::Result<Outcome> {
    use std::io::Write;
    let path = place(args.cache.as_deref())?;
    let store = ScoreStore::new(path.clone(), StoreOptions::default());
    let mut out = std::io::stdout().lock();
    match &args.action {
        Action::Path => writeln!(out, "{}", path.display())?,
        Action::Stats => {
            let StoreSummary { pairs, bytes, oldest_use, latest_use } = store.summary()?;
            writeln!(out, "file      {}", path.display())?;
            writeln!(out, "pairs     {pairs}")?;
            writeln!(out, "size      {}", size(bytes))?;
            if let (Some(oldest), Some(latest)) = (oldest_use, latest_use) {
                writeln!(out, "last used {} to {}", time(oldest), time(latest))?;
            }
        }
        Action::Clear => {
            let freed = store.clear()?;
            writeln!(out, "{}: {} freed", path.display(), size(freed))?;
        }
        Action::Prune { max_size } => {
            let before = store.summary()?.bytes;
            let dropped = store.prune(max_size.saturating_mul(MIB))?;
            let StoreSummary { pairs, bytes, .. } = store.summary()?;
            writeln!(
                out,
                "{}: {dropped} pairs dropped, {pairs} kept; {} before, {} now",
                path.display(),
                size(before),
                size(bytes)
            )?;
        }
    }
    Ok(Outcome::Done)
}

fn size(bytes: u64) -> String {
    if bytes < MIB {
        return format!("{} KiB", bytes.div_ceil(1024));
    }
    format!("{:.1} MiB", bytes as f64 / MIB as f64)
}

/// A time to the minute, in UTC.
fn time(seconds: u64) -> String {
    let stamp = i64::try_from(seconds).ok().and_then(|s| Timestamp::from_second(s).ok());
    stamp.map_or_else(|| "?".to_owned(), |stamp| stamp.strftime("%Y-%m-%d %H:%MZ").to_string())
}
