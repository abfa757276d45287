//! `crossclaim eval --names`: tables of pairs of names.

use crossclaim::eval::names;
use crossclaim::language::Languages;

use super::{EvalArgs, Outcome, tell};

pub(super) fn run(args: &EvalArgs) -> anyhow::Result<Outcome> {
    let mut tables = Vec::new();
    let mut outcome = Outcome::Done;
    for file in &args.names {
        match names::read(file) {
            Ok(pairs) => {
                let name = file.file_stem().unwrap_or(file.as_os_str());
                tables.push((name.to_string_lossy().into_owned(), pairs));
            }
            Err(error) => {
                tell(format_args!("error: {error}"));
                outcome = Outcome::Problems;
            }
        }
    }
    if tables.is_empty() {
        return Ok(Outcome::Problems);
    }
    let report = names::evaluate(&Languages::builtin()?, &tables);
    args.write("names", &report, names::sections(&report, args.misses))?;
    Ok(outcome)
}
