//! `crossclaim completions` and `crossclaim man`: made from the command line's own definition, so that they cannot
//! differ from it.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueHint};
use clap_complete::Shell;
use clap_mangen::Man;

use super::Outcome;
use super::output::Output;

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> anyhow::Result<Outcome> {
    let mut out = Output::standard();
    clap_complete::generate(args.shell, &mut super::command(), "crossclaim", &mut out);
    out.finish()?;
    Ok(Outcome::Done)
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder for the pages, one for each command; without it the page of crossclaim itself goes to standard
    /// output.
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
}

pub(crate) fn man(args: &ManArgs) -> anyhow::Result<Outcome> {
    let command = super::command();
    let Some(folder) = &args.out else {
        let mut out = Output::standard();
        // Builds what the page of subcommands names.
        Man::new(command).render(&mut out)?;
        out.finish()?;
        return Ok(Outcome::Done);
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{}: cannot make the folder", folder.display()))?;
    clap_mangen::generate_to(command, folder)
        .with_context(|| format!("{}: cannot write the pages", folder.display()))?;
    Ok(Outcome::Done)
}
