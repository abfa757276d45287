//! `crossclaim models`: which NLI models there are, and getting them onto this machine.

use std::io::Write;

use anyhow::bail;
use clap::{Args, Subcommand};
use crossclaim::hub::{Cache, Manifest, ManifestModel, Pulled, ReceiptFile};
use serde::Serialize;

use super::hub::{self, ManifestArgs};
use super::output::Output;
use super::{Outcome, tell};

#[derive(Debug, Args)]
pub(crate) struct ModelsArgs {
    #[command(subcommand)]
    command: ModelsCommand,
    #[command(flatten)]
    manifest: ManifestArgs,
}

#[derive(Debug, Subcommand)]
enum ModelsCommand {
    /// Show the models that have a name, and those that were pulled.
    List {
        /// Write JSON.
        #[arg(long)]
        json: bool,
    },
    /// Download models and check every file against what the hub states of it.
    Pull(PullArgs),
    /// Check pulled models again, without a network.
    Verify {
        /// Names, or owner/name of a repository; all that were pulled if none is given.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Delete a pulled model.
    Remove {
        /// Name, or owner/name of a repository; with @REVISION that one only.
        name: String,
    },
    /// Print the folder of a pulled model.
    Path {
        /// Name, or owner/name of a repository.
        name: String,
    },
}

#[derive(Debug, Args)]
#[cfg_attr(not(feature = "download"), allow(dead_code, reason = "read by what downloads"))]
pub(crate) struct PullArgs {
    /// Names of `models list`, or owner/name of a repository, either with @REVISION.
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// Take the weights as safetensors even where there is an ONNX file.
    #[arg(long)]
    safetensors: bool,
    /// Seconds to wait for a connection, an answer, or the next bytes [default: 30].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,
    /// How often to try again when a connection breaks and nothing has come since.
    #[arg(long, value_name = "N", default_value_t = 4)]
    retries: u32,
}

pub(crate) fn run(args: &ModelsArgs) -> anyhow::Result<Outcome> {
    let manifest = args.manifest.read()?;
    match &args.command {
        ModelsCommand::List { json } => list(&manifest, *json),
        ModelsCommand::Pull(args) => pull(&manifest, args),
        ModelsCommand::Verify { names } => verify(&manifest, names),
        ModelsCommand::Remove { name } => remove(&manifest, name),
        ModelsCommand::Path { name } => path(&manifest, name),
    }
}

/// One line of the list.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    model: ManifestModel,
    pulled: Option<PulledRow>,
}

#[derive(Serialize)]
struct PulledRow {
    commit: String,
    folder: String,
    bytes: u64,
    /// Every file is there and has its length.
    complete: bool,
}

fn list(manifest: &Manifest, json: bool) -> anyhow::Result<Outcome> {
    let cache = hub::cache()?;
    let (rows, outcome) = rows(manifest, &cache)?;
    let mut out = Output::standard();
    if json {
        let whole = serde_json::json!({
            "version": 1,
            "cache": cache.root().to_string_lossy(),
            "models": rows,
        });
        writeln!(out, "{whole:#}")?;
    } else {
        print_table(&rows, &mut out)?;
    }
    out.finish()?;
    Ok(outcome)
}

/// All that was pulled; of what cannot be read, the user hears.
fn all_pulled(cache: &Cache) -> anyhow::Result<(Vec<Pulled>, Outcome)> {
    let (pulled, problems) = cache.all()?;
    for problem in &problems {
        tell(format_args!("warning: {problem}"));
    }
    Ok((pulled, if problems.is_empty() { Outcome::Done } else { Outcome::Problems }))
}

/// The manifest's models, then others that were pulled.
fn rows(manifest: &Manifest, cache: &Cache) -> anyhow::Result<(Vec<Row>, Outcome)> {
    let (mut others, outcome) = all_pulled(cache)?;
    let mut rows = Vec::new();
    for model in &manifest.models {
        let spec = hub::resolve(manifest, &model.name)?;
        let place = others.iter().position(|other| other.receipt.is(&spec));
        let pulled = place.map(|place| others.remove(place));
        rows.push(Row { model: model.clone(), pulled: pulled.map(pulled_row) });
    }
    for other in others {
        let receipt = &other.receipt;
        let known = manifest.of_repository(&receipt.repository);
        let revision = receipt.revisions.first().unwrap_or(&receipt.commit).clone();
        let model = ManifestModel {
            name: label(manifest, &other),
            repository: receipt.repository.clone(),
            revision,
            licence: known.and_then(|model| model.licence.clone()),
            languages: known.map(|model| model.languages.clone()).unwrap_or_default(),
            size_mb: None,
            xnli: Default::default(),
            about: None,
            files: None,
            sha256: Default::default(),
        };
        rows.push(Row { model, pulled: Some(pulled_row(other)) });
    }
    Ok((rows, outcome))
}

fn pulled_row(pulled: Pulled) -> PulledRow {
    PulledRow {
        complete: pulled.receipt.present(&pulled.folder).is_empty(),
        bytes: pulled.receipt.size(),
        folder: pulled.folder.to_string_lossy().into_owned(),
        commit: pulled.receipt.commit,
    }
}

fn print_table(rows: &[Row], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut lines =
        vec![["NAME", "SIZE", "XNLI FR", "LICENCE", "PULLED", "LANGUAGES"].map(String::from)];
    for Row { model, pulled } in rows {
        let unknown = || "-".to_owned();
        let about = model.size_mb.map(|mb| format!("~{}", size(mb * 1_000_000)));
        lines.push([
            model.name.clone(),
            pulled.as_ref().map(|p| size(p.bytes)).or(about).unwrap_or_else(unknown),
            model.xnli.get("fr").map_or_else(unknown, |accuracy| format!("{accuracy:.1}")),
            model.licence.clone().unwrap_or_else(unknown),
            match pulled {
                None => "no".to_owned(),
                Some(p) if p.complete => p.commit.chars().take(8).collect(),
                Some(_) => "damaged".to_owned(),
            },
            if model.languages.is_empty() { unknown() } else { model.languages.join(" ") },
        ]);
    }
    let width =
        |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    for line in &lines {
        let cells: Vec<String> =
            line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

#[cfg(not(feature = "download"))]
fn pull(_manifest: &Manifest, _args: &PullArgs) -> anyhow::Result<Outcome> {
    bail!(
        "this crossclaim was built without downloads; build it with `cargo build --features download`, or give the \
         folder of a model that is there already: --model FOLDER"
    )
}

#[cfg(feature = "download")]
fn pull(manifest: &Manifest, args: &PullArgs) -> anyhow::Result<Outcome> {
    use std::time::Duration;

    use crossclaim::hub::{Hub, Timeouts, Weights};

    let mut settings = hub::settings()?;
    if let Some(seconds) = args.timeout {
        settings.timeouts = Timeouts::all(Duration::from_secs(seconds));
    }
    settings.retries = args.retries;
    let weights = if args.safetensors { Weights::Safetensors } else { Weights::Best };
    let hub = Hub::new(settings)?;
    let mut outcome = Outcome::Done;
    for name in &args.names {
        let bar = super::progress::PullBar::new(name);
        let done = hub::resolve(manifest, name).and_then(|spec| {
            let entry = manifest.get(&spec.name);
            Ok(hub
                .pull(&spec, manifest.rules_for(&spec), entry, weights, &|event| bar.tell(event))?)
        });
        bar.finish();
        let done = match done {
            Ok(done) => done,
            Err(error) if args.names.len() > 1 => {
                tell(format_args!("error: {error:#}"));
                outcome = Outcome::Problems;
                continue;
            }
            Err(error) => return Err(error),
        };
        let (receipt, folder) = (&done.pulled.receipt, done.pulled.folder.display());
        let mut out = Output::standard();
        writeln!(
            out,
            "{name}: {} files, {}, {}, all checked; in {folder}",
            receipt.files.len(),
            size(receipt.size()),
            if done.fetched == 0 {
                "already there".to_owned()
            } else {
                format!("{} downloaded", done.fetched)
            },
        )?;
        out.finish()?;
        if done.safetensors && !args.safetensors {
            tell(format_args!(
                "note: {name} has no ONNX file, and its weights came as safetensors; convert them once with \
                 `python scripts/export_onnx.py {folder}`"
            ));
        }
    }
    Ok(outcome)
}

fn verify(manifest: &Manifest, names: &[String]) -> anyhow::Result<Outcome> {
    let cache = hub::cache()?;
    let mut outcome = Outcome::Done;
    let mut pulled = Vec::new();
    for name in names {
        pulled.push((name.clone(), pulled_model(manifest, &cache, name)?));
    }
    if names.is_empty() {
        let (all, readable) = all_pulled(&cache)?;
        outcome = readable;
        pulled.extend(all.into_iter().map(|pulled| (label(manifest, &pulled), pulled)));
        if pulled.is_empty() && outcome == Outcome::Done {
            tell(format_args!("error: no model was pulled into {}", cache.root().display()));
            return Ok(Outcome::NoInput);
        }
    }
    let mut out = Output::standard();
    for (name, Pulled { folder, receipt }) in pulled {
        let verification = receipt.verify(&folder);
        for (file, damage) in &verification.damaged {
            let ReceiptFile { path, size, sha256, .. } = file;
            writeln!(
                out,
                "{name}: {path} {damage} (checked when it was pulled: {size} bytes, SHA-256 {sha256})"
            )?;
        }
        if verification.damaged.is_empty() {
            let (files, bytes) = (receipt.files.len(), size(receipt.size()));
            writeln!(
                out,
                "{name}: {files} files, {bytes}, as they were when pulled from {}",
                receipt.endpoint
            )?;
        } else {
            outcome = Outcome::Problems;
            tell(format_args!(
                "error: {name} is damaged; `crossclaim models pull {name}` mends it"
            ));
        }
        for file in &verification.unknown {
            tell(format_args!(
                "note: {name}: {file} does not come from the hub, and cannot be checked"
            ));
        }
    }
    out.finish()?;
    Ok(outcome)
}

fn remove(manifest: &Manifest, name: &str) -> anyhow::Result<Outcome> {
    let cache = hub::cache()?;
    let spec = hub::resolve(manifest, name)?;
    let removed = cache.remove(&spec, name.contains('@'))?;
    if removed.files == 0 && removed.bytes == 0 {
        bail!("{name}: was not pulled into {}; nothing was removed", cache.root().display());
    }
    let mut out = Output::standard();
    writeln!(out, "{name}: {} files removed, {} freed", removed.files, size(removed.bytes))?;
    out.finish()?;
    if let Some(left) = removed.left {
        tell(format_args!("note: {} holds other things too, and was left", left.display()));
    }
    Ok(Outcome::Done)
}

fn path(manifest: &Manifest, name: &str) -> anyhow::Result<Outcome> {
    let pulled = pulled_model(manifest, &hub::cache()?, name)?;
    let mut out = Output::standard();
    writeln!(out, "{}", pulled.folder.display())?;
    out.finish()?;
    Ok(Outcome::Done)
}

fn pulled_model(manifest: &Manifest, cache: &Cache, name: &str) -> anyhow::Result<Pulled> {
    match cache.find(&hub::resolve(manifest, name)?)? {
        Some(pulled) => Ok(pulled),
        None => bail!("{name}: was not pulled; `crossclaim models pull {name}` downloads it"),
    }
}

/// What to call a pulled model: a word that means it.
fn label(manifest: &Manifest, pulled: &Pulled) -> String {
    let receipt = &pulled.receipt;
    let by_name = |model: &&ManifestModel| {
        model.repository == receipt.repository
            && (receipt.revisions.contains(&model.revision) || model.revision == receipt.commit)
    };
    if let Some(model) = manifest.models.iter().find(by_name) {
        return model.name.clone();
    }
    if receipt.revisions.iter().any(|revision| revision == "main") {
        return receipt.repository.to_string();
    }
    format!("{}@{}", receipt.repository, receipt.revisions.first().unwrap_or(&receipt.commit))
}

/// Bytes for people: `427 MB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
