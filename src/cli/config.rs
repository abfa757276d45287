//! `crossclaim.toml` on the command line: finding the file, and putting its options where the user gave none.
//!
//! What the file sets becomes arguments, so that one parser decides about every value, wherever it comes from.

mod show;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::builder::ValueHint;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, FromArgMatches};
use crossclaim::config::{self, FILE_NAME, Known, Setting, Takes};

pub(crate) use show::{ConfigCommand, run};

use super::Cli;

/// A command whose options the file can set.
#[derive(Debug, Clone, Copy)]
struct Target {
    /// The words that lead to it.
    path: &'static [&'static str],
    /// The file's table for it.
    table: &'static str,
}

/// All of them. What makes a baseline compares as `check` does; it is told its files itself.
const TARGETS: [Target; 4] = [
    Target { path: &["report"], table: "report" },
    Target { path: &["check"], table: "check" },
    Target { path: &["baseline", "update"], table: "check" },
    Target { path: &["baseline", "prune"], table: "check" },
];

impl Target {
    /// It has the table of its name: its options are the ones that the table takes.
    fn owns_table(&self) -> bool {
        self.path == [self.table]
    }

    /// Its definition.
    fn of<'c>(&self, command: &'c clap::Command) -> Option<&'c clap::Command> {
        self.path.iter().try_fold(command, |command, word| command.find_subcommand(word))
    }

    /// What was given to it, if it was called.
    fn given<'m>(&self, matches: &'m ArgMatches) -> Option<&'m ArgMatches> {
        self.path.iter().try_fold(matches, |matches, word| matches.subcommand_matches(word))
    }
}

/// Changes every command that the file is for.
fn change(
    mut command: clap::Command,
    change: &dyn Fn(clap::Command) -> clap::Command,
) -> clap::Command {
    fn at(
        command: clap::Command,
        path: &[&str],
        change: &dyn Fn(clap::Command) -> clap::Command,
    ) -> clap::Command {
        match path {
            [] => change(command),
            [word, rest @ ..] => command.mut_subcommand(word, |sub| at(sub, rest, change)),
        }
    }
    for target in TARGETS {
        if target.of(&command).is_some() {
            command = at(command, target.path, change);
        }
    }
    command
}

/// Options that say where the file is, which it cannot do itself.
const OWN: [&str; 4] = ["config", "no-config", "help", "version"];

/// Adds `--config` and `--no-config` to the commands that the file is for.
pub(crate) fn with_config_options(command: clap::Command) -> clap::Command {
    change(command, &|sub| {
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
    })
}

/// Parses the command line, with what the configuration file adds. Usage errors, help and version end the program,
/// as clap does it.
pub(crate) fn parse(given: Vec<OsString>) -> anyhow::Result<Cli> {
    let matches = first_parse(&given).unwrap_or_else(|error| error.exit());
    let called = TARGETS.into_iter().find_map(|target| Some((target, target.given(&matches)?)));
    let Some((target, of_command)) = called else {
        return Ok(Cli::from_arg_matches(&matches)?);
    };
    let Some(file) = ConfigFile::of(of_command)? else {
        // Paths that the file could have given are missing: the first parse passed over that.
        let matches = relaxed(super::command(), false).try_get_matches_from(&given);
        return Ok(Cli::from_arg_matches(&matches.unwrap_or_else(|error| error.exit()))?);
    };
    let command = super::command();
    let added = file.arguments(&command, target, of_command);
    let all = with(&given, target, &added);
    match relaxed(super::command(), false).try_get_matches_from(&all) {
        Ok(matches) => Ok(Cli::from_arg_matches(&matches)?),
        Err(error) if added.is_empty() => error.exit(),
        Err(error) => match file.culprit(&given, target, &added) {
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

/// The commands with flags that take `=true` and `=false`; `optional`: and need nothing.
fn relaxed(command: clap::Command, optional: bool) -> clap::Command {
    change(command, &|sub| {
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
    })
}

/// A command line with arguments put behind the command's name. Paths go to the end.
fn with(given: &[OsString], target: Target, added: &[Added]) -> Vec<OsString> {
    let behind = |from: usize, word: &&str| {
        let rest = given.get(from..)?;
        Some(from + rest.iter().position(|given| given == word)? + 1)
    };
    let at = target.path.iter().try_fold(0, behind).unwrap_or(given.len());
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
    fn arguments(&self, command: &clap::Command, target: Target, given: &ArgMatches) -> Vec<Added> {
        let mut command = command.clone();
        command.build();
        let Some(sub) = target.of(&command) else { return Vec::new() };
        let was_given = |arg: &Arg| {
            let id = arg.get_id().as_str();
            given.try_contains_id(id).unwrap_or(false)
                && given.value_source(id) == Some(ValueSource::CommandLine)
        };
        let mut added = Vec::new();
        for arg in options(sub) {
            let key = key_of(arg);
            if arg.is_positional() && !target.owns_table() {
                continue;
            }
            let Some(setting) = self.setting(target.table, &key) else { continue };
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
    fn culprit(&self, given: &[OsString], target: Target, added: &[Added]) -> Option<String> {
        added.iter().find_map(|one| {
            let alone = with(given, target, std::slice::from_ref(one));
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
    let owners = TARGETS.into_iter().filter(Target::owns_table);
    let of = |target: Target| {
        let options = options(target.of(&command)?);
        let options = options.map(|arg| Known { name: key_of(arg), takes: takes(arg) });
        Some(config::Command { name: target.table.to_owned(), options: options.collect() })
    };
    owners.filter_map(of).collect()
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
