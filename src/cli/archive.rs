//! `crossclaim archive`: articles' claims and their index on disk, for `check --against`.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use crossclaim::archive::{AddOptions, Archive, ArchiveOptions, ArchiveSummary, ListedArticle};
use crossclaim::article::ingest::Ingested;
use crossclaim::language::Languages;
use crossclaim::report::visible::visible;
use indicatif::{ProgressBar, ProgressStyle};

use super::articles::ingest_telling;
use super::options::InputArgs;
use super::output::Output;
use super::{Outcome, tell};

#[derive(Debug, Args)]
pub(crate) struct ArchiveArgs {
    #[command(subcommand)]
    command: ArchiveCommand,
}

#[derive(Debug, Subcommand)]
enum ArchiveCommand {
    /// Add articles: new ones are annotated, changed ones replace their claims, others are left.
    Add(Box<AddArgs>),
    /// Take articles out.
    Remove {
        /// The archive's file.
        archive: PathBuf,
        /// Ids, as `list` shows them.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// List the articles.
    List {
        /// The archive's file.
        archive: PathBuf,
        /// How to write the list.
        #[arg(long, short, value_name = "FORMAT", default_value = "text")]
        format: ListFormat,
    },
    /// Say how many articles and claims there are, of which languages and dates.
    Stats {
        /// The archive's file.
        archive: PathBuf,
        /// How to write it.
        #[arg(long, short, value_name = "FORMAT", default_value = "text")]
        format: ListFormat,
    },
    /// Check every page, every record and the index.
    Verify {
        /// The archive's file.
        archive: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum ListFormat {
    /// A table.
    Text,
    /// One document.
    Json,
}

#[derive(Debug, Args)]
struct AddArgs {
    /// The archive's file, usually NAME.redb; it is made if it is not there.
    archive: PathBuf,
    #[command(flatten)]
    input: InputArgs,
    /// The article takes the place of the archived one with this id, which conflicts no more. Metadata say
    /// the same with a field `supersedes`.
    #[arg(long, value_name = "ID")]
    supersedes: Vec<String>,
    /// The article corrects the archived one with this id, which conflicts no more. Metadata say the
    /// same with a field `corrects`.
    #[arg(long, value_name = "ID")]
    corrects: Vec<String>,
    /// Articles of one commit: what a killed run loses at most.
    #[arg(long, value_name = "N", default_value_t = AddOptions::default().batch)]
    batch: usize,
}

pub(crate) fn run(args: &ArchiveArgs) -> anyhow::Result<Outcome> {
    match &args.command {
        ArchiveCommand::Add(args) => add(args),
        ArchiveCommand::Remove { archive, ids } => remove(archive, ids),
        ArchiveCommand::List { archive, format } => list(archive, *format),
        ArchiveCommand::Stats { archive, format } => stats(archive, *format),
        ArchiveCommand::Verify { archive } => verify(archive),
    }
}

/// The archive in a file, for a process that says who it is.
pub(crate) fn open(path: &Path, doing: &str) -> Archive {
    let since = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC");
    let holder = format!("process {}, `crossclaim {doing}`, since {since}", std::process::id());
    Archive::at(path, ArchiveOptions { holder, ..ArchiveOptions::default() })
}

/// A bar that counts articles, on a terminal only.
pub(crate) fn article_bar(doing: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = "{msg} {bar:30} {pos}/{len} articles, {eta} left";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style).with_message(doing)
}

fn add(args: &AddArgs) -> anyhow::Result<Outcome> {
    let Ingested { mut articles, problems, .. } = ingest_telling(&args.input)?;
    if articles.is_empty() {
        tell(format_args!("error: no article to add; the archive is as it was"));
        return Ok(if problems.is_empty() { Outcome::NoInput } else { Outcome::Problems });
    }
    if !(args.supersedes.is_empty() && args.corrects.is_empty()) {
        let [article] = articles.as_mut_slice() else {
            anyhow::bail!(
                "--supersedes and --corrects speak of one article, and {} were read; add it alone, or write the fields \
                 `supersedes` and `corrects` into each article's metadata",
                articles.len()
            );
        };
        article.editorial.supersedes.extend(args.supersedes.iter().cloned());
        article.editorial.corrects.extend(args.corrects.iter().cloned());
    }
    let archive = open(&args.archive, "archive add");
    let bar = article_bar("adding");
    let options = AddOptions { batch: args.batch };
    let added = archive.add(articles, &Languages::builtin()?, &options, &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let added = added?;
    for (from, to) in &added.renamed {
        tell(format_args!("note: the archive has another article {from}; this one is {to} there"));
    }
    for id in &added.unknown {
        tell(format_args!("note: an added article replaces {id}, which the archive does not have"));
    }
    let mut out = Output::standard();
    writeln!(
        out,
        "{}: {} added, {} changed, {} unchanged; {} articles in all",
        args.archive.display(),
        added.added,
        added.changed,
        added.unchanged,
        archive.len()?
    )?;
    out.finish()?;
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::Problems })
}

fn remove(path: &Path, ids: &[String]) -> anyhow::Result<Outcome> {
    let archive = open(path, "archive remove");
    let unknown = archive.remove(ids)?;
    for id in &unknown {
        tell(format_args!(
            "warning: {}: there is no article {id}; `crossclaim archive list` shows the ids",
            path.display()
        ));
    }
    let mut out = Output::standard();
    let removed = ids.len() - unknown.len();
    writeln!(out, "{}: {removed} removed; {} articles left", path.display(), archive.len()?)?;
    out.finish()?;
    Ok(if unknown.is_empty() { Outcome::Done } else { Outcome::Problems })
}

fn list(path: &Path, format: ListFormat) -> anyhow::Result<Outcome> {
    let articles = open(path, "archive list").list()?;
    let mut out = Output::standard();
    match format {
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &articles).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        ListFormat::Text => {
            for article in &articles {
                writeln!(out, "{}", line(article))?;
            }
        }
    }
    out.finish()?;
    Ok(Outcome::Done)
}

/// An article on one line; what an article says of itself cannot steer the terminal.
fn line(article: &ListedArticle) -> String {
    let date = article.date.map_or_else(|| "no date".to_owned(), |date| date.to_string());
    let named = article.title.as_deref().or(article.url.as_deref()).unwrap_or(&article.path);
    let outlet = article.outlet.as_deref().unwrap_or("-");
    let mut parts = vec![article.id.clone(), date, outlet.to_owned(), named.to_owned()];
    if !article.replaced_by.is_empty() {
        parts.push(format!("(replaced by {})", article.replaced_by.join(", ")));
    }
    parts.iter().map(|part| visible(part)).collect::<Vec<_>>().join("  ")
}

fn stats(path: &Path, format: ListFormat) -> anyhow::Result<Outcome> {
    let summary = open(path, "archive stats").summary(&Languages::builtin()?)?;
    let mut out = Output::standard();
    if format == ListFormat::Json {
        serde_json::to_writer_pretty(&mut out, &summary).map_err(std::io::Error::from)?;
        writeln!(out)?;
        out.finish()?;
        return Ok(Outcome::Done);
    }
    let ArchiveSummary {
        articles,
        claims,
        replaced,
        outdated,
        outlets,
        languages,
        published,
        undated,
        bytes,
    } = summary;
    writeln!(out, "file       {}", path.display())?;
    writeln!(out, "articles   {articles}")?;
    writeln!(out, "claims     {claims}")?;
    writeln!(out, "outlets    {outlets}")?;
    let languages: Vec<String> = languages.iter().map(|(code, n)| format!("{code} {n}")).collect();
    writeln!(out, "languages  {}", languages.join(", "))?;
    if let Some(days) = published {
        writeln!(out, "published  {} to {}", days.first, days.last)?;
    }
    writeln!(out, "undated    {undated}")?;
    writeln!(out, "replaced   {replaced}")?;
    writeln!(out, "outdated   {outdated}")?;
    writeln!(out, "size       {:.1} MiB", bytes as f64 / (1024.0 * 1024.0))?;
    out.finish()?;
    if outdated > 0 {
        tell(format_args!(
            "note: another version of crossclaim annotated {outdated} articles; a check annotates what it needs of them anew, \
             and `crossclaim archive add` with their files does it for good"
        ));
    }
    Ok(Outcome::Done)
}

fn verify(path: &Path) -> anyhow::Result<Outcome> {
    let archive = open(path, "archive verify");
    let bar = article_bar("verifying");
    let wrong = archive.verify(&Languages::builtin()?, &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let wrong = wrong?;
    for problem in &wrong {
        tell(format_args!("error: {}: {problem}", path.display()));
    }
    if !wrong.is_empty() {
        tell(format_args!(
            "error: {}: restore it from a backup, or move it away and add the articles again",
            path.display()
        ));
        return Ok(Outcome::Problems);
    }
    let mut out = Output::standard();
    writeln!(out, "{}: {} articles, all of them whole", path.display(), archive.len()?)?;
    out.finish()?;
    Ok(Outcome::Done)
}
