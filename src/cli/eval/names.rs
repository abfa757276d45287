//! `crossclaim eval --names`: tables of pairs of names.

use crossclaim::eval::names;
use crossclaim::language::Languages;

use super::{EvalArgs, Outcome, read_each};

pub(super) fn run(args: &EvalArgs) -> anyhow::Result<Outcome> {
    let (tables, outcome) = read_each(&args.names, names::read);
    if tables.is_empty() {
        return Ok(Outcome::Problems);
    }
    let report = names::evaluate(&Languages::builtin()?, &tables);
    args.write("names", &report, names::sections(&report, args.misses))?;
    Ok(outcome)
}
