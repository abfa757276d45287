//! `crossclaim baseline`: which findings are accepted, and why.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::bail;
use clap::{Args, Subcommand};
use crossclaim::check::{Acceptance, Baseline, CheckSummary, Persona};
use crossclaim::judge::Finding;
use crossclaim::report::Report;
use jiff::civil::Date;

use super::check::{CompareArgs, Shown, tell_summary};
use super::output::Output;
use super::{Outcome, tell};

#[derive(Debug, Args)]
pub(crate) struct BaselineArgs {
    #[command(subcommand)]
    command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
enum BaselineCommand {
    /// Accept what fails: run the check and write entries for it.
    Update(Box<UpdateArgs>),
    /// Run the check and take out the entries whose finding is gone or whose time is over.
    Prune(Box<PruneArgs>),
}

#[derive(Debug, Args)]
struct UpdateArgs {
    /// The baseline: JSON where its name ends in .json, else TOML; it is made if it is not there.
    baseline: PathBuf,
    #[command(flatten)]
    compare: CompareArgs,
    /// Why the findings are accepted.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who accepts them.
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// What else is to be said.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// The last day on which they are accepted: 2026-03-31.
    #[arg(long, value_name = "DATE")]
    expires: Option<Date>,
    /// Accept this finding only. May be given several times.
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Vec<String>,
}

#[derive(Debug, Args)]
struct PruneArgs {
    /// The baseline.
    baseline: PathBuf,
    #[command(flatten)]
    compare: CompareArgs,
}

pub(crate) fn run(args: &BaselineArgs) -> anyhow::Result<Outcome> {
    match &args.command {
        BaselineCommand::Update(args) => update(args),
        BaselineCommand::Prune(args) => prune(args),
    }
}

/// The check against a baseline. Nothing is written where something was not read or compared.
fn checked(
    compare: &CompareArgs,
    baseline: &Baseline,
) -> anyhow::Result<Option<(Report, CheckSummary)>> {
    let shown = Shown { persona: Persona::Auditor, allow_stale: true, names_in: "en" };
    let mut report = compare.run(Some(baseline), Vec::new(), shown, Instant::now())?;
    let Some(summary) = report.check.take() else {
        bail!("internal error: the check has no verdict")
    };
    if !summary.errors.is_empty() {
        tell_summary(&summary);
        tell(format_args!("error: {} is left as it was", baseline.path().display()));
        return Ok(None);
    }
    Ok(Some((report, summary)))
}

fn update(args: &UpdateArgs) -> anyhow::Result<Outcome> {
    if args.reason.trim().is_empty() {
        bail!("give a reason with --reason: who reads the baseline later has nothing else");
    }
    let mut baseline = match args.baseline.exists() {
        true => Baseline::read(&args.baseline)?,
        false => Baseline::empty(&args.baseline),
    };
    let Some((report, summary)) = checked(&args.compare, &baseline)? else {
        return Ok(Outcome::Problems);
    };
    let wanted: BTreeSet<&str> = args.fingerprint.iter().map(String::as_str).collect();
    let failing: BTreeSet<&str> = summary.failing.iter().map(String::as_str).collect();
    for unknown in wanted.difference(&failing) {
        tell(format_args!("warning: no finding {unknown} fails; nothing is accepted for it"));
    }
    let findings: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| {
            let print = finding.fingerprint.as_str();
            failing.contains(print) && (wanted.is_empty() || wanted.contains(print))
        })
        .collect();
    let acceptance = Acceptance {
        reason: args.reason.clone(),
        author: args.author.clone(),
        note: args.note.clone(),
        date: jiff::Zoned::now().date(),
        expires: args.expires,
    };
    let accepted = baseline.accept(&findings, &summary.reopened, &acceptance);
    write(&baseline, &format!("{accepted} accepted"))?;
    let all_known = wanted.iter().all(|print| failing.contains(print));
    Ok(if all_known { Outcome::Done } else { Outcome::Problems })
}

fn prune(args: &PruneArgs) -> anyhow::Result<Outcome> {
    let mut baseline = Baseline::read(&args.baseline)?;
    let Some((_, summary)) = checked(&args.compare, &baseline)? else {
        return Ok(Outcome::Problems);
    };
    let gone: BTreeSet<&str> = summary
        .stale
        .iter()
        .chain(&summary.expired)
        .map(|entry| entry.fingerprint.as_str())
        .collect();
    let pruned = baseline.prune(&gone);
    write(&baseline, &format!("{pruned} taken out"))?;
    Ok(Outcome::Done)
}

fn write(baseline: &Baseline, done: &str) -> anyhow::Result<()> {
    let path: &Path = baseline.path();
    let mut file = Output::open(Some(path))?;
    file.write_all(baseline.render()?.as_bytes())?;
    file.finish()?;
    let mut out = Output::standard();
    writeln!(out, "{}: {done}, {} entries", path.display(), baseline.len())?;
    out.finish()
}
