//! `--names`: a user's own entities beside those that ship with the program.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use crossclaim::language::Languages;
use crossclaim::pipeline::Pipeline;

use super::options::PackArgs;

/// Names that the program does not know.
#[derive(Debug, Args)]
pub(crate) struct NamesArgs {
    /// Entities with their spellings, in the form of src/language/names/entities.toml. May be repeated.
    #[arg(long, value_name = "FILE")]
    names: Vec<PathBuf>,
}

impl NamesArgs {
    /// Adds the entities to what a pipeline knows, and the packs anew, as a pack compiles the names in.
    pub(crate) fn extend(&self, pipeline: &mut Pipeline, packs: &PackArgs) -> anyhow::Result<()> {
        if self.names.is_empty() {
            return Ok(());
        }
        let mut files = Vec::new();
        for path in &self.names {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("{name}: cannot read the names; check the path"))?;
            files.push((name, text));
        }
        let mut languages = Languages::with_entities(&files)?;
        packs.load(&mut languages)?;
        pipeline.languages = Arc::new(languages);
        Ok(())
    }
}
