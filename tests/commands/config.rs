//! `crossclaim.toml`: command line over file over default.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, starts_with};

use super::{crossclaim, repository, stdout, write};

#[test]
fn the_file_gives_options_that_the_command_line_does_not() {
    let folder = repository();
    write(&folder, "crossclaim.toml", "model = \"none\"\n[report]\nformat = \"jsonl\"\n");
    let mut command = crossclaim(folder.path());
    command.args(["report", "news"]).assert().success().stdout(starts_with("{\"fingerprint\""));
    let mut command = crossclaim(folder.path());
    command
        .args(["report", "news", "-f", "csv"])
        .assert()
        .success()
        .stdout(starts_with("fingerprint,dossier"));
}

#[test]
fn the_file_can_name_the_articles() {
    let folder = repository();
    write(&folder, "crossclaim.toml", "model = \"none\"\n[report]\npaths = [\"news\"]\n");
    let mut command = crossclaim(folder.path());
    command.arg("report").assert().success().stdout(contains("2 articles"));
    // Given ones take their place.
    let mut command = crossclaim(folder.path());
    command.args(["report", "news/herald.md"]).assert().success().stdout(contains("1 article,"));
}

#[test]
fn the_file_is_found_up_to_the_repository_s_root_and_its_paths_are_told_from_there() {
    let folder = repository();
    write(&folder, "crossclaim.toml", "model = \"none\"\n[report]\npaths = [\"news\"]\n");
    write(&folder, "deep/er/note.txt", "A note.");
    let mut command = crossclaim(&folder.path().join("deep/er"));
    command.arg("report").assert().success().stdout(contains("2 articles"));
}

#[test]
fn outside_of_a_repository_only_this_folder_is_looked_at() {
    let folder = tempfile::TempDir::new().unwrap();
    write(&folder, "crossclaim.toml", "nonsense = 1\n");
    write(&folder, "inner/a.txt", "A note on nothing at all, in plain words.");
    let mut command = crossclaim(&folder.path().join("inner"));
    command.args(["report", "a.txt", "--model", "none"]).assert().success();
}

#[test]
fn a_file_can_be_named_or_left_aside() {
    let folder = repository();
    write(&folder, "crossclaim.toml", "nonsense = 1\n");
    write(
        &folder,
        "ci/other.toml",
        "model = \"none\"\nformat = \"junit\"\n[report]\npaths = [\"../news\"]\n",
    );
    let mut command = crossclaim(folder.path());
    command
        .args(["report", "--config", "ci/other.toml"])
        .assert()
        .success()
        .stdout(contains("<testsuites"));
    let mut command = crossclaim(folder.path());
    command.args(["report", "news", "--no-config", "--model", "none"]).assert().success();
    let mut command = crossclaim(folder.path());
    command
        .args(["report", "news", "--config", "nowhere.toml"])
        .assert()
        .code(2)
        .stderr(contains("nowhere.toml: cannot read the configuration file"));
}

#[test]
fn what_the_file_switches_on_the_command_line_switches_off() {
    let folder = repository();
    write(&folder, "crossclaim.toml", "[report]\nwithin = true\nno-cache = true\n");
    let shown = |more: &[&str]| {
        let mut command = crossclaim(folder.path());
        command.args(["config", "--", "report", "news"]).args(more);
        stdout(&mut command)
    };
    assert!(shown(&[]).contains("within = true"));
    let off = shown(&["--within=false"]);
    assert!(off.contains("within = false") && off.contains("# command line"), "{off}");
    // An option that excludes one of the file's puts it out of force.
    let cached = shown(&["--cache", "scores"]);
    assert!(cached.contains("no-cache = false"), "{cached}");
}

#[test]
fn a_misspelt_key_is_an_error_with_its_line_and_the_nearest_key() {
    let folder = repository();
    write(&folder, "crossclaim.toml", "model = \"none\"\n\n[report]\nbudgt = 3\nlocal = \"fr\"\n");
    let mut command = crossclaim(folder.path());
    command.args(["report", "news"]).assert().code(2).stdout("").stderr(
        contains("crossclaim.toml:4: there is no option `budgt`; did you mean `budget`?")
            .and(contains("crossclaim.toml:5: there is no option `local`; did you mean `locale`?")),
    );
}

#[test]
fn a_value_that_its_option_does_not_take_is_an_error_with_its_line() {
    let folder = repository();
    write(&folder, "crossclaim.toml", "locale = \"fr\"\nformat = \"docx\"\n");
    let wanted = "crossclaim.toml:2: `format`: invalid value 'docx'";
    let mut command = crossclaim(folder.path());
    command.args(["report", "news"]).assert().code(2).stderr(contains(wanted));
    let mut command = crossclaim(folder.path());
    command.args(["config", "--check"]).assert().code(2).stderr(contains(wanted));
}

#[test]
fn the_check_of_a_file_says_how_many_settings_it_has() {
    let folder = repository();
    let mut command = crossclaim(folder.path());
    command.args(["config", "--check"]).assert().code(3).stderr(contains("no crossclaim.toml"));
    write(&folder, "crossclaim.toml", "locale = \"fr\"\n[report]\nbudget = 9\n");
    let mut command = crossclaim(folder.path());
    command.args(["config", "--check"]).assert().success().stderr(contains("2 settings"));
}

/// What `config` prints is a configuration file, and one that changes nothing.
#[test]
fn the_effective_configuration_has_every_option_with_its_origin() {
    let folder = repository();
    write(&folder, "crossclaim.toml", "locale = \"fr\"\noutlet = \"L'Écho \\\"du\\\" soir\"\n");
    let print = |folder: &std::path::Path| {
        let mut command = crossclaim(folder);
        command.args(["config", "--", "report", "news", "--budget", "7"]);
        stdout(&mut command)
    };
    let first = print(folder.path());
    for (setting, origin) in [
        ("locale = \"fr\"", "crossclaim.toml:1"),
        ("budget = 7", "command line"),
        ("max-size = 64", "default"),
        ("# dump", "not set"),
    ] {
        let line = first.lines().find(|line| line.starts_with(setting)).unwrap();
        assert!(line.ends_with(&format!("# {origin}")), "{line}");
    }
    let help = stdout(crossclaim(folder.path()).args(["report", "--help"]));
    for option in help.lines().filter_map(|line| line.trim_start().split_once("--")) {
        let (name, _) = option.1.split_once([' ', '=', '[']).unwrap_or((option.1, ""));
        if option.0.trim_end_matches(", ").len() <= 2
            && !["help", "config", "no-config"].contains(&name)
        {
            let there = |line: &str| line.trim_start_matches("# ").starts_with(name);
            assert!(first.lines().any(there), "{name} is missing in {first}");
        }
    }
    let second = tempfile::TempDir::new().unwrap();
    write(&second, "crossclaim.toml", &first);
    let mut command = crossclaim(second.path());
    let again = stdout(command.args(["config", "--", "report"]));
    let settings = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with('#') && line.contains(" = "));
        lines.map(|line| line.split("  #").next().unwrap().trim_end().to_owned()).collect()
    };
    assert_eq!(settings(&first), settings(&again));
}

/// The options of a check, and of what makes its baseline, from the same table.
#[test]
fn a_check_and_its_baseline_go_by_one_table() {
    let folder = repository();
    write(&folder, "archive/ledger.txt", "Tal Rifat fell to government troops on 5 March 2016.\n");
    write(
        &folder,
        "crossclaim.toml",
        "model = \"none\"\n[check]\nagainst = \"archive\"\nfail-on = \"low\"\nkinds = [\"time\", \"place\"]\npaths = [\"news/herald.md\"]\n",
    );
    let mut command = crossclaim(folder.path());
    command.arg("check").assert().code(1).stdout(contains("1 finding fails"));
    let mut command = crossclaim(folder.path());
    command
        .args(["baseline", "update", "accepted.toml", "news/herald.md", "--reason", "a test"])
        .assert()
        .success();
    let mut command = crossclaim(folder.path());
    command.args(["check", "--baseline", "accepted.toml"]).assert().success();
    // The command line wins.
    let mut command = crossclaim(folder.path());
    command.args(["check", "--kinds", "place"]).assert().success();
}
