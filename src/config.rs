//! `crossclaim.toml`: options of the command line, kept in a file.
//!
//! The keys are the options' long names. Those above the first table are for every command that has them, those in
//! a command's table for that command, and win. What the options are, the caller says: it knows the command line.

use std::path::Path;

use rapidfuzz::distance::osa;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::Error;

/// The file's name.
pub const FILE_NAME: &str = "crossclaim.toml";

/// A command whose options the file can set.
#[derive(Debug, Clone)]
pub struct Command {
    /// Its name, and that of its table.
    pub name: String,
    /// Its options.
    pub options: Vec<Known>,
}

/// An option.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its long name, without dashes.
    pub name: String,
    /// What the file may give it.
    pub takes: Takes,
}

/// What an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// `true` or `false`.
    Flag,
    /// A string, a number or a date.
    One,
    /// Several of them, or one.
    Many,
}

/// An option that a file sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The command that it is for; none for all that have the option.
    pub command: Option<String>,
    /// The option.
    pub key: String,
    /// Its values as the command line would have them.
    pub values: Vec<String>,
    /// 1-based line of the key.
    pub line: usize,
}

/// Reads a file's text. `file` is named in errors.
///
/// # Errors
/// Everything that is wrong: no TOML, unknown keys and tables (with the nearest known one), values of the wrong
/// type. Whether a value is one that its option takes, the command line tells.
pub fn parse(file: &Path, text: &str, commands: &[Command]) -> Result<Vec<Setting>, Vec<Error>> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        vec![input(file, line, error.message().to_owned(), "see docs/configuration.md")]
    })?;
    let mut reader = Reader { file, text, commands, settings: Vec::new(), errors: Vec::new() };
    for (key, value) in table.get_ref() {
        let name: &str = key.get_ref();
        match (value.get_ref(), commands.iter().find(|command| command.name == name)) {
            (DeValue::Table(inner), Some(command)) => {
                for (key, value) in inner {
                    reader.setting(Some(command), key, value);
                }
            }
            (DeValue::Table(_), None) => reader.unknown_table(key),
            _ => reader.setting(None, key, value),
        }
    }
    let Reader { mut settings, mut errors, .. } = reader;
    settings.sort_by_key(|setting| setting.line);
    if errors.is_empty() {
        return Ok(settings);
    }
    errors.sort_by_key(|error| match error {
        Error::Input { line, .. } => *line,
        _ => None,
    });
    Err(errors)
}

struct Reader<'r> {
    file: &'r Path,
    text: &'r str,
    commands: &'r [Command],
    settings: Vec<Setting>,
    errors: Vec<Error>,
}

type Key<'t> = Spanned<std::borrow::Cow<'t, str>>;

impl Reader<'_> {
    fn setting(&mut self, command: Option<&Command>, key: &Key<'_>, value: &Spanned<DeValue<'_>>) {
        let name: &str = key.get_ref();
        let line = line_of(self.text, key.span().start);
        let options = |command: &Command| command.options.iter().find(|o| o.name == name).cloned();
        let known = match command {
            Some(command) => options(command),
            None => self.commands.iter().find_map(options),
        };
        let Some(known) = known else {
            self.unknown_key(command, name, line);
            return;
        };
        match values(value.get_ref(), known.takes) {
            Ok(values) => self.settings.push(Setting {
                command: command.map(|command| command.name.clone()),
                key: name.to_owned(),
                values,
                line,
            }),
            Err(wanted) => {
                let problem = format!("`{name}` is {}", in_words(value.get_ref().type_str()));
                self.errors.push(input(
                    self.file,
                    Some(line),
                    problem,
                    &format!("give it {wanted}"),
                ));
            }
        }
    }

    fn unknown_key(&mut self, command: Option<&Command>, name: &str, line: usize) {
        let of_another = self.commands.iter().find(|other| {
            command.is_some_and(|c| c.name != other.name)
                && other.options.iter().any(|option| option.name == name)
        });
        let (problem, remedy) = match (command, of_another) {
            (Some(command), Some(other)) => (
                format!("`{name}` is an option of `{}`, not of `{}`", other.name, command.name),
                format!("move it to the table [{}]", other.name),
            ),
            _ => {
                let commands: Vec<&Command> = match command {
                    Some(command) => vec![command],
                    None => self.commands.iter().collect(),
                };
                let all = commands.iter().flat_map(|c| &c.options).map(|o| o.name.as_str());
                let remedy = match nearest(name, all) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`crossclaim config` lists the options".to_owned(),
                };
                (format!("there is no option `{name}`"), remedy)
            }
        };
        self.errors.push(input(self.file, Some(line), problem, &remedy));
    }

    fn unknown_table(&mut self, key: &Key<'_>) {
        let name: &str = key.get_ref();
        let names: Vec<&str> = self.commands.iter().map(|command| command.name.as_str()).collect();
        let remedy = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean [{near}]?"),
            None => format!("tables are [{}]", names.join("], [")),
        };
        let line = line_of(self.text, key.span().start);
        let problem = format!("there is no table [{name}]");
        self.errors.push(input(self.file, Some(line), problem, &remedy));
    }
}

/// The values as the command line would have them, or what is wanted instead.
fn values(value: &DeValue<'_>, takes: Takes) -> Result<Vec<String>, &'static str> {
    match (value, takes) {
        (DeValue::Boolean(on), Takes::Flag) => Ok(vec![on.to_string()]),
        (_, Takes::Flag) => Err("true or false"),
        (DeValue::Array(items), Takes::Many) => items
            .iter()
            .map(|item| scalar(item.get_ref()))
            .collect::<Option<Vec<String>>>()
            .ok_or("strings, numbers or dates in the list"),
        (value, Takes::Many) => {
            scalar(value).map(|one| vec![one]).ok_or("a list of strings, numbers or dates")
        }
        (value, Takes::One) => {
            scalar(value).map(|one| vec![one]).ok_or("one string, number or date")
        }
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Datetime(date) => Some(date.to_string()),
        _ => None,
    }
}

fn in_words(kind: &str) -> String {
    match kind {
        "integer" | "array" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

/// The known name that a misspelt one is nearest to, if it is near: a third of its letters may be wrong.
fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let folded = name.to_lowercase().replace('_', "-");
    known
        .map(|candidate| (osa::distance(folded.chars(), candidate.chars()), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().div_ceil(3))
        .map(|(_, candidate)| candidate)
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|&&byte| byte == b'\n').count() + 1
}

fn input(file: &Path, line: Option<usize>, problem: String, remedy: &str) -> Error {
    Error::Input { path: file.to_owned(), line, problem, remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands() -> Vec<Command> {
        let known =
            |(name, takes): &(&str, Takes)| Known { name: (*name).to_owned(), takes: *takes };
        let command = |name: &str, options: &[(&str, Takes)]| Command {
            name: name.to_owned(),
            options: options.iter().map(known).collect(),
        };
        let shared = [("format", Takes::One), ("within", Takes::Flag), ("budget", Takes::One)];
        let own = [("fail-on", Takes::One), ("kinds", Takes::Many), ("since", Takes::One)];
        vec![command("report", &shared), command("check", &[&shared[..], &own].concat())]
    }

    fn read(text: &str) -> Result<Vec<Setting>, Vec<String>> {
        parse(Path::new("crossclaim.toml"), text, &commands())
            .map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    fn setting(command: Option<&str>, key: &str, values: &[&str], line: usize) -> Setting {
        Setting {
            command: command.map(str::to_owned),
            key: key.to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            line,
        }
    }

    #[test]
    fn options_are_read_with_their_lines() {
        let text = "budget = 30\n\n[check]\nfail-on = \"high\"\nkinds = [\"time\", \"place\"]\nsince = 2017-11-08\nwithin = true\n";
        assert_eq!(
            read(text),
            Ok(vec![
                setting(None, "budget", &["30"], 1),
                setting(Some("check"), "fail-on", &["high"], 4),
                setting(Some("check"), "kinds", &["time", "place"], 5),
                setting(Some("check"), "since", &["2017-11-08"], 6),
                setting(Some("check"), "within", &["true"], 7),
            ])
        );
        assert_eq!(read(""), Ok(Vec::new()));
    }

    #[test]
    fn unknown_keys_name_line_and_nearest_key() {
        assert_eq!(
            read("[check]\nfail_on = \"low\"\nzebra = 1\n[chek]\n"),
            Err(vec![
                "crossclaim.toml:2: there is no option `fail_on`; did you mean `fail-on`?".to_owned(),
                "crossclaim.toml:3: there is no option `zebra`; `crossclaim config` lists the options"
                    .to_owned(),
                "crossclaim.toml:4: there is no table [chek]; did you mean [check]?".to_owned(),
            ])
        );
    }

    #[test]
    fn an_option_of_another_command_is_told_so() {
        assert_eq!(
            read("[report]\nkinds = [\"time\"]"),
            Err(vec![
                "crossclaim.toml:2: `kinds` is an option of `check`, not of `report`; move it to the table [check]"
                    .to_owned()
            ])
        );
    }

    #[test]
    fn wrong_types_say_what_is_wanted() {
        let errors = read("within = \"yes\"\nformat = [\"text\"]\nbudget = { a = 1 }").unwrap_err();
        assert_eq!(errors[0], "crossclaim.toml:1: `within` is a string; give it true or false");
        assert_eq!(
            errors[1],
            "crossclaim.toml:2: `format` is an array; give it one string, number or date"
        );
        assert!(errors[2].contains("there is no table [budget]"), "{errors:?}");
    }

    #[test]
    fn broken_toml_is_named_with_its_line() {
        let errors = read("budget = 30\nformat = \"text\n").unwrap_err();
        assert!(errors[0].starts_with("crossclaim.toml:2: "), "{errors:?}");
    }
}
