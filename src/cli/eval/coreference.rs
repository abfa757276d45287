//! `crossclaim eval --events`: stories with gold event ids.

use crossclaim::eval::{coreference, stories};
use crossclaim::pipeline::Pipeline;

use super::{EvalArgs, Outcome, read_each};

pub(super) fn run(args: &EvalArgs) -> anyhow::Result<Outcome> {
    let (tables, outcome) = read_each(&args.events, stories::read);
    if tables.is_empty() {
        return Ok(Outcome::Problems);
    }
    let figures = coreference::evaluate(&Pipeline::builtin(None)?, &tables);
    args.write("events", &figures, vec![coreference::section(&figures, args.brief)])?;
    Ok(outcome)
}
