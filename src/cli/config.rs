//! `crossclaim.toml` on the command line: finding the file, putting its options where the user gave none, and
//! `crossclaim config`, which prints what holds and why.
//!
//! What the file sets becomes arguments, so that one parser decides about every value, wherever it comes from.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::builder::ValueHint;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches};
use crossclaim::config::{self, FILE_NAME, Known, Setting, Takes};

use super::output::Output;
use super::{Cli, Outcome};

/// Commands whose options the file can set.
const CONFIGURABLE: [&str; 2] = ["report", "check"];

/// Options that say where the file is, which it cannot do itself.
const OWN: [&str; 4] = ["config", "no-config", "help", "version"];

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

/// Adds `--config` and `--no-config` to the commands that the file is for.
pub(crate) fn with_config_options(mut command: clap::Command) -> clap::Command {
    for name in configurable(&command) {
        command = command.mut_subcommand(&name, |sub| {
            sub.arg(
                Arg::new("config")
                    .long("config")
                    .value_name("FILE")
                    .value_parser(clap::value_parser!(PathBuf))
                    .conflicts_with("no-config")
                    .help(
                        "Configuration file. If not given, crossclaim.toml is looked for in this folder and, within a repository, in those above",
                    ),
            )
            .arg(
                Arg::new("no-config")
                    .long("no-config")
                    .action(ArgAction::SetTrue)
                    .help("Read no configuration file"),
            )
        });
    }
    command
}

fn configurable(command: &clap::Command) -> Vec<String> {
    let there = CONFIGURABLE.iter().filter(|name| command.find_subcommand(name).is_some());
    there.map(|name| (*name).to_owned()).collect()
}

/// Parses the command line, with what the configuration file adds. Usage errors, help and version end the program,
/// as clap does it.
pub(crate) fn parse(given: Vec<OsString>) -> anyhow::Result<Cli> {
    let matches = first_parse(&given).unwrap_or_else(|error| error.exit());
    let Some((name, of_command)) = configured_command(&matches) else {
        return Ok(Cli::from_arg_matches(&matches)?);
    };
    let Some(file) = ConfigFile::of(of_command)? else {
        // Paths that the file could have given are missing: the first parse passed over that.
        let matches = relaxed(super::command(), false).try_get_matches_from(&given);
        return Ok(Cli::from_arg_matches(&matches.unwrap_or_else(|error| error.exit()))?);
    };
    let command = super::command();
    let added = file.arguments(&command, name, of_command);
    let all = with(&given, name, &added);
    match relaxed(super::command(), false).try_get_matches_from(&all) {
        Ok(matches) => Ok(Cli::from_arg_matches(&matches)?),
        Err(error) if added.is_empty() => error.exit(),
        Err(error) => match file.culprit(&given, name, &added) {
            Some(problem) => bail!(problem),
            None => error.exit(),
        },
    }
}

/// The command line alone. Flags take a value (`--within=false` undoes what the file says), paths may be missing.
fn first_parse(given: &[OsString]) -> Result<ArgMatches, clap::Error> {
    match super::command().try_get_matches_from(given) {
        Ok(matches) => Ok(matches),
        Err(error)
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) =>
        {
            Err(error)
        }
        // Its errors show the options as they are documented.
        Err(error) => {
            relaxed(super::command(), true).try_get_matches_from(given).map_err(|_| error)
        }
    }
}

/// The command if the file is for it.
fn configured_command(matches: &ArgMatches) -> Option<(&str, &ArgMatches)> {
    matches.subcommand().filter(|(name, _)| CONFIGURABLE.contains(name))
}

/// The commands with flags that take `=true` and `=false`; `optional`: and need nothing.
fn relaxed(mut command: clap::Command, optional: bool) -> clap::Command {
    for name in configurable(&command) {
        command = command.mut_subcommand(&name, |sub| {
            sub.mut_args(|arg| {
                let own = OWN.contains(&arg.get_id().as_str());
                let arg = match arg.get_action() {
                    ArgAction::SetTrue if !own => arg
                        .action(ArgAction::Set)
                        .value_parser(clap::value_parser!(bool))
                        .num_args(0..=1)
                        .require_equals(true)
                        .default_missing_value("true")
                        .default_value("false"),
                    _ => arg,
                };
                if optional { arg.required(false) } else { arg }
            })
        });
    }
    command
}

/// A command line with arguments put behind the command's name. Paths go to the end.
fn with(given: &[OsString], name: &str, added: &[Added]) -> Vec<OsString> {
    let at = given.iter().position(|word| word == name).map_or(given.len(), |at| at + 1);
    let mut all = given.get(..at).unwrap_or(given).to_vec();
    all.extend(added.iter().filter(|a| !a.positional).flat_map(|a| a.words.clone()));
    all.extend(given.iter().skip(at).cloned());
    if added.iter().any(|a| a.positional) {
        if !given.iter().any(|word| word == "--") {
            all.push("--".into());
        }
        all.extend(added.iter().filter(|a| a.positional).flat_map(|a| a.words.clone()));
    }
    all
}

/// What the file adds to a command line.
struct Added {
    positional: bool,
    words: Vec<OsString>,
    line: usize,
    key: String,
}

/// A configuration file that was read.
struct ConfigFile {
    path: PathBuf,
    /// What leads from here to the file's folder; paths in the file are told from there.
    folder: PathBuf,
    settings: Vec<Setting>,
}

impl ConfigFile {
    /// The file that a command's options name, or that is found.
    fn of(matches: &ArgMatches) -> anyhow::Result<Option<Self>> {
        if matches.get_flag("no-config") {
            return Ok(None);
        }
        Self::open(matches.get_one::<PathBuf>("config").map(PathBuf::as_path))
    }

    fn open(given: Option<&Path>) -> anyhow::Result<Option<Self>> {
        let Some(path) = given.map(Path::to_owned).or_else(find) else { return Ok(None) };
        let shown = path.display();
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{shown}: cannot read the configuration file"))?;
        let settings =
            config::parse(&path, &text, &known(&super::command())).map_err(|errors| {
                let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
                anyhow::anyhow!(lines.join("\nerror: "))
            })?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Some(ConfigFile { path, folder, settings }))
    }

    /// The setting that counts for a command's option: the command's own before the general one.
    fn setting(&self, command: &str, key: &str) -> Option<&Setting> {
        let of = |wanted: Option<&str>| {
            self.settings.iter().find(|s| s.key == key && s.command.as_deref() == wanted)
        };
        of(Some(command)).or_else(|| of(None))
    }

    /// What the file adds: what was not given, and does not exclude what was.
    fn arguments(&self, command: &clap::Command, name: &str, given: &ArgMatches) -> Vec<Added> {
        let mut command = command.clone();
        command.build();
        let Some(sub) = command.find_subcommand(name) else { return Vec::new() };
        let was_given = |arg: &Arg| {
            let id = arg.get_id().as_str();
            given.try_contains_id(id).unwrap_or(false)
                && given.value_source(id) == Some(ValueSource::CommandLine)
        };
        let mut added = Vec::new();
        for arg in options(sub) {
            let key = key_of(arg);
            let Some(setting) = self.setting(name, &key) else { continue };
            let excluded = || {
                let exclude = |other: &Arg| sub.get_arg_conflicts_with(other).into_iter();
                let excluding = exclude(arg).any(was_given);
                excluding
                    || options(sub)
                        .filter(|other| was_given(other))
                        .any(|other| exclude(other).any(|it| it.get_id() == arg.get_id()))
            };
            if was_given(arg) || excluded() {
                continue;
            }
            let words: Vec<OsString> = match takes(arg) {
                Takes::Flag if setting.values == ["true"] => vec![format!("--{key}").into()],
                Takes::Flag => continue,
                _ => {
                    let values = setting.values.iter().map(|value| self.value(arg, value));
                    values
                        .flat_map(|value| match arg.is_positional() {
                            true => vec![value],
                            false => {
                                let mut word = OsString::from(format!("--{key}="));
                                word.push(value);
                                vec![word]
                            }
                        })
                        .collect()
                }
            };
            added.push(Added { positional: arg.is_positional(), words, line: setting.line, key });
        }
        added
    }

    /// A value of the file; a path is told from the file's folder.
    fn value(&self, arg: &Arg, value: &str) -> OsString {
        let is_path = arg.get_value_parser().type_id() == std::any::TypeId::of::<PathBuf>();
        let hint = arg.get_value_hint();
        let may_be_path = [ValueHint::AnyPath, ValueHint::FilePath, ValueHint::DirPath];
        if value == "-" || !is_path && !may_be_path.contains(&hint) {
            return value.into();
        }
        let joined = self.folder.join(value);
        // What may be a path or a name is a path where there is one.
        if is_path || joined.exists() { joined.into() } else { value.into() }
    }

    /// Which line of the file the command line cannot take, and why.
    fn culprit(&self, given: &[OsString], name: &str, added: &[Added]) -> Option<String> {
        added.iter().find_map(|one| {
            let alone = with(given, name, std::slice::from_ref(one));
            let error = relaxed(super::command(), true).try_get_matches_from(alone).err()?;
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
            let path = self.path.display();
            Some(format!("{path}:{}: `{}`: {line}", one.line, one.key))
        })
    }
}

/// The file in this folder or, within a repository, in the nearest folder above that has one. Told from here, so
/// that what the file names is, too.
fn find() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let root = here.ancestors().find(|folder| folder.join(".git").exists());
    let mut up = PathBuf::new();
    for folder in here.ancestors() {
        if folder.join(FILE_NAME).is_file() {
            return Some(up.join(FILE_NAME));
        }
        if root.is_none_or(|root| root == folder) {
            return None;
        }
        up.push("..");
    }
    None
}

/// What the file may set.
fn known(command: &clap::Command) -> Vec<config::Command> {
    let mut command = command.clone();
    command.build();
    let names = configurable(&command);
    let of = |name: &String| {
        let sub = command.find_subcommand(name)?;
        let options = options(sub).map(|arg| Known { name: key_of(arg), takes: takes(arg) });
        Some(config::Command { name: name.clone(), options: options.collect() })
    };
    names.iter().filter_map(of).collect()
}

fn options(command: &clap::Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !OWN.contains(&key_of(arg).as_str()))
}

/// The key of an option: its long name; of paths, their name in the help.
fn key_of(arg: &Arg) -> String {
    arg.get_long().map_or_else(|| arg.get_id().as_str().replace('_', "-"), str::to_owned)
}

fn takes(arg: &Arg) -> Takes {
    let several = arg.get_num_args().is_some_and(|range| range.max_values() > 1);
    match arg.get_action() {
        ArgAction::SetTrue => Takes::Flag,
        ArgAction::Append => Takes::Many,
        _ if several || arg.get_value_delimiter().is_some() => Takes::Many,
        _ => Takes::One,
    }
}

pub(crate) fn run(args: &ConfigCommand) -> anyhow::Result<Outcome> {
    let file = ConfigFile::open(args.config.as_deref())?;
    let mut given: Vec<OsString> = vec!["crossclaim".into()];
    given.extend(args.command.iter().cloned());
    let command = super::command();
    let all = configurable(&command);
    let chosen = match args.command.first() {
        Some(name) => match all.iter().find(|known| *name == ***known) {
            Some(name) => vec![name.clone()],
            None => bail!(
                "{}: no command with a configuration; use one of {}",
                name.to_string_lossy(),
                all.join(", ")
            ),
        },
        None => all,
    };
    if args.check {
        let Some(file) = &file else {
            super::tell(format_args!("error: there is no {FILE_NAME} here"));
            return Ok(Outcome::NoInput);
        };
        for name in &chosen {
            effective(name, &given, Some(file))?;
        }
        let n = file.settings.len();
        super::tell(format_args!("{}: {n} settings, all of them good", file.path.display()));
        return Ok(Outcome::Done);
    }
    let mut out = Output::standard();
    match &file {
        Some(file) => writeln!(out, "# configuration file: {}", file.path.display())?,
        None => writeln!(out, "# no configuration file")?,
    }
    for name in &chosen {
        writeln!(out, "\n[{name}]")?;
        for line in effective(name, &given, file.as_ref())? {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out, "\n# environment")?;
    for (variable, meaning, shown) in ENVIRONMENT {
        let value = std::env::var(variable).ok().filter(|value| !value.is_empty());
        let value = match (value, shown) {
            (Some(value), true) => format!(" = {}", crossclaim::report::visible::visible(&value)),
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
    name: &str,
    given: &[OsString],
    file: Option<&ConfigFile>,
) -> anyhow::Result<Vec<String>> {
    let mut given = given.to_vec();
    if given.len() < 2 {
        given.push(name.into());
    }
    let first = relaxed(super::command(), true).try_get_matches_from(&given);
    let first = first.unwrap_or_else(|error| error.exit());
    let Some((_, of_command)) = first.subcommand() else { return Ok(Vec::new()) };
    let mut command = super::command();
    let added = file.map(|file| file.arguments(&command, name, of_command)).unwrap_or_default();
    let all = with(&given, name, &added);
    let matches = match relaxed(super::command(), true).try_get_matches_from(&all) {
        Ok(matches) => matches,
        Err(error) => match file.and_then(|file| file.culprit(&given, name, &added)) {
            Some(problem) => bail!(problem),
            None => error.exit(),
        },
    };
    command.build();
    let (Some(sub), Some((_, matches))) = (command.find_subcommand(name), matches.subcommand())
    else {
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
