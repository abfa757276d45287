//! `crossclaim eval --events`: stories with gold event ids.

use crossclaim::eval::{coreference, stories};
use crossclaim::pipeline::Pipeline;

use super::{EvalArgs, Outcome, tell};

pub(super) fn run(args: &EvalArgs) -> anyhow::Result<Outcome> {
    let mut files = Vec::new();
    let mut outcome = Outcome::Done;
    for file in &args.events {
        match stories::read(file) {
            Ok(stories) => {
                let name = file.file_stem().unwrap_or(file.as_os_str());
                files.push((name.to_string_lossy().into_owned(), stories));
            }
            Err(error) => {
                tell(format_args!("error: {error}"));
                outcome = Outcome::Problems;
            }
        }
    }
    if files.is_empty() {
        return Ok(Outcome::Problems);
    }
    let figures = coreference::evaluate(&Pipeline::builtin(None)?, &files);
    args.write("events", &figures, vec![coreference::section(&figures)])?;
    Ok(outcome)
}
