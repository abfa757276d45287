//! Files that people write for the program: an error names a line that is there, and what is written back says what
//! was read.

use std::collections::BTreeSet;
use std::path::Path;

use crossclaim::check::baseline::Baseline;
use crossclaim::config::{Command, Known, Takes, parse};
use crossclaim::error::Error;

/// A baseline, TOML or JSON.
pub fn baseline(content: &[u8]) {
    let Ok(text) = std::str::from_utf8(content) else { return };
    for name in ["accepted.toml", "accepted.json"] {
        let path = Path::new(name);
        let read = |text: &str| Baseline::parse(path, text.to_owned());
        let baseline = match read(text) {
            Ok(baseline) => baseline,
            Err(error) => {
                line_is_there(&error, text);
                continue;
            }
        };
        let written = baseline.render().expect("what was read can be written");
        if name.ends_with("toml") && !text.is_empty() {
            assert_eq!(written, text, "comments stay");
        }
        let prints = fingerprints(name, &written);
        assert_eq!(prints.len(), baseline.len());
        for print in &prints {
            let mut rest = baseline.clone();
            assert_eq!(rest.prune(&BTreeSet::from([print.as_str()])), 1);
            let written = rest.render().expect("what was read can be written");
            let again = read(&written).expect("what was written can be read");
            assert_eq!(again.article_ids(), rest.article_ids());
            let left: Vec<&String> = prints.iter().filter(|other| *other != print).collect();
            assert_eq!(fingerprints(name, &written).iter().collect::<Vec<_>>(), left);
        }
    }
}

/// The entries' fingerprints, read by nothing of ours.
fn fingerprints(name: &str, text: &str) -> Vec<String> {
    let value: serde_json::Value = if name.ends_with("json") {
        serde_json::from_str(text).expect("JSON")
    } else {
        let table: toml::Table = toml::from_str(text).expect("TOML");
        serde_json::to_value(table).expect("TOML has a form in JSON")
    };
    let entries = value["entries"].as_array().cloned().unwrap_or_default();
    entries.iter().map(|entry| entry["fingerprint"].as_str().expect("a text").to_owned()).collect()
}

/// `crossclaim.toml`.
pub fn configuration(content: &[u8]) {
    let Ok(text) = std::str::from_utf8(content) else { return };
    let known = |name: &str, takes| Known { name: name.to_owned(), takes };
    let shared = || {
        vec![known("format", Takes::One), known("within", Takes::Flag), known("budget", Takes::One)]
    };
    let mut check = shared();
    check.extend([
        known("fail-on", Takes::One),
        known("kinds", Takes::Many),
        known("since", Takes::One),
    ]);
    let commands = [
        Command { name: "report".to_owned(), options: shared() },
        Command { name: "check".to_owned(), options: check },
    ];
    match parse(Path::new("crossclaim.toml"), text, &commands) {
        Ok(settings) => {
            assert!(settings.is_sorted_by_key(|setting| setting.line));
            for setting in settings {
                let line = text.split('\n').nth(setting.line - 1).expect("the line is there");
                // A key may be quoted, with escapes.
                assert!(
                    line.contains(&setting.key) || line.contains(['"', '\'']),
                    "{line:?}: {setting:?}"
                );
                let of_command = |command: &&Command| {
                    setting.command.as_ref().is_none_or(|name| *name == command.name)
                };
                let options =
                    commands.iter().filter(of_command).flat_map(|command| &command.options);
                let known = options
                    .into_iter()
                    .find(|option| option.name == setting.key)
                    .expect("the option is known");
                assert!(known.takes == Takes::Many || setting.values.len() == 1, "{setting:?}");
            }
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            errors.iter().for_each(|error| line_is_there(error, text));
        }
    }
}

fn line_is_there(error: &Error, text: &str) {
    let Error::Input { line, .. } = error else { panic!("{error} names no file") };
    let lines = text.split('\n').count();
    assert!(line.is_none_or(|line| (1..=lines).contains(&line)), "{error}, of {lines} lines");
}
