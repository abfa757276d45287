//! `crossclaim config`: what holds, and where each value comes from.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::builder::ValueHint;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args};
use crossclaim::config::{FILE_NAME, Takes};
use crossclaim::report::visible::visible;

use super::{Added, ConfigFile, TARGETS, Target, key_of, options, relaxed, takes, with};
use crate::cli::output::Output;
use crate::cli::{Outcome, command, tell};

/// Environment variables that the program reads, for `crossclaim config`; values are shown of the first ones only.
const ENVIRONMENT: [(&str, &str, bool); 11] = [
    ("NO_COLOR", "no colours, whatever the terminal", true),
    ("CLICOLOR_FORCE", "colours on a terminal that claims to have none", true),
    ("CROSSCLAIM_CACHE_DIR", "folder of the score cache, unless --cache is given", true),
    ("HF_HUB_CACHE", "folder of pulled models", true),
    ("HF_HOME", "folder above it", true),
    ("HF_ENDPOINT", "where models are pulled from", true),
    ("HF_HUB_OFFLINE", "nothing is downloaded", true),
    ("ORT_DYLIB_PATH", "ONNX Runtime's library", true),
    ("XDG_CACHE_HOME", "folder of caches", true),
    ("XDG_CONFIG_HOME", "folder of the user's configuration (models.toml)", true),
    ("HF_TOKEN", "token for the model hub", false),
];

#[derive(Debug, Args)]
pub(crate) struct ConfigCommand {
    /// The configuration file; the one that is found if not given.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    /// Only check the file: every key, and every value.
    #[arg(long)]
    check: bool,
    /// A command with its options, to see what holds with them: `crossclaim config -- report --budget 5`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(crate) fn run(args: &ConfigCommand) -> anyhow::Result<Outcome> {
    let file = ConfigFile::open(args.config.as_deref())?;
    let mut given: Vec<OsString> = vec!["crossclaim".into()];
    given.extend(args.command.iter().cloned());
    let all = TARGETS.into_iter().filter(Target::owns_table);
    let chosen: Vec<Target> = match args.command.first() {
        Some(name) => all.filter(|target| *name == *target.table).collect(),
        None => all.collect(),
    };
    if chosen.is_empty() {
        let name = args.command.first().map(|name| name.to_string_lossy()).unwrap_or_default();
        bail!("{name}: no command with a table of its own; use report or check");
    }
    if args.check {
        let Some(file) = &file else {
            tell(format_args!("error: there is no {FILE_NAME} here"));
            return Ok(Outcome::NoInput);
        };
        for target in chosen {
            effective(target, &given, Some(file))?;
        }
        let n = file.settings.len();
        tell(format_args!("{}: {n} settings, all of them good", file.path.display()));
        return Ok(Outcome::Done);
    }
    let mut out = Output::standard();
    match &file {
        Some(file) => writeln!(out, "# configuration file: {}", file.path.display())?,
        None => writeln!(out, "# no configuration file")?,
    }
    for target in chosen {
        writeln!(out, "\n[{}]", target.table)?;
        for line in effective(target, &given, file.as_ref())? {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out, "\n# environment")?;
    for (variable, meaning, shown) in ENVIRONMENT {
        let value = std::env::var(variable).ok().filter(|value| !value.is_empty());
        let value = match (value, shown) {
            (Some(value), true) => format!(" = {}", visible(&value)),
            (Some(_), false) => " is set".to_owned(),
            (None, _) => " is not set".to_owned(),
        };
        writeln!(out, "# {variable}{value}: {meaning}")?;
    }
    out.finish()?;
    Ok(Outcome::Done)
}

/// The options of a command as they are after the command line and the file, each with its origin.
fn effective(
    target: Target,
    given: &[OsString],
    file: Option<&ConfigFile>,
) -> anyhow::Result<Vec<String>> {
    let mut given = given.to_vec();
    if given.len() < 2 {
        given.push(target.table.into());
    }
    let first = relaxed(command(), true).try_get_matches_from(&given);
    let first = first.unwrap_or_else(|error| error.exit());
    let Some(of_command) = target.given(&first) else { return Ok(Vec::new()) };
    let mut definition = command();
    let added =
        file.map(|file| file.arguments(&definition, target, of_command)).unwrap_or_default();
    let all = with(&given, target, &added);
    let matches = match relaxed(command(), true).try_get_matches_from(&all) {
        Ok(matches) => matches,
        Err(error) => match file.and_then(|file| file.culprit(&given, target, &added)) {
            Some(problem) => bail!(problem),
            None => error.exit(),
        },
    };
    definition.build();
    let (Some(sub), Some(matches)) = (target.of(&definition), target.given(&matches)) else {
        return Ok(Vec::new());
    };
    let lines: Vec<(String, String)> =
        options(sub).map(|arg| shown(arg, matches, of_command, &added, file)).collect();
    let width = lines.iter().map(|(setting, _)| setting.chars().count()).max().unwrap_or(0).min(48);
    Ok(lines.iter().map(|(setting, origin)| format!("{setting:<width$}  # {origin}")).collect())
}

/// An option as TOML, and where its value comes from.
fn shown(
    arg: &Arg,
    matches: &ArgMatches,
    given: &ArgMatches,
    added: &[Added],
    file: Option<&ConfigFile>,
) -> (String, String) {
    let (id, key) = (arg.get_id().as_str(), key_of(arg));
    let origin = match added.iter().find(|added| added.key == key) {
        Some(added) => {
            let path = file.map(|file| file.path.display().to_string()).unwrap_or_default();
            format!("{path}:{}", added.line)
        }
        None if given.value_source(id) == Some(ValueSource::CommandLine) => {
            "command line".to_owned()
        }
        None => "default".to_owned(),
    };
    let raw = matches.try_get_raw(id).ok().flatten();
    let values: Vec<String> = raw
        .map(|values| values.map(|value| value.to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    if values.is_empty() {
        return (format!("# {key}"), "not set".to_owned());
    }
    let values: Vec<String> = values.iter().map(|value| toml_value(value, takes(arg))).collect();
    let value = match (takes(arg), values.as_slice()) {
        (Takes::Many, values) => format!("[{}]", values.join(", ")),
        (_, [one, ..]) => one.clone(),
        (_, []) => String::new(),
    };
    (format!("{key} = {value}"), origin)
}

/// Numbers and flags stand as such, everything else is a string.
fn toml_value(value: &str, takes: Takes) -> String {
    let is_number = value.parse::<i64>().is_ok_and(|number| number.to_string() == value)
        || value.parse::<f64>().is_ok_and(|n| n.is_finite() && format!("{n:?}") == value);
    if takes == Takes::Flag || is_number {
        return value.to_owned();
    }
    toml::Value::String(value.to_owned()).to_string()
}
