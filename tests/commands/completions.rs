//! `crossclaim completions` and `crossclaim man`.

use std::fs;
use std::process::Command;

use super::{crossclaim, stdout};

#[test]
fn completions_know_every_command_and_format_option() {
    let folder = tempfile::TempDir::new().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(crossclaim(folder.path()).args(["completions", shell]));
        for word in ["report", "explain", "completions", "locale", "no-config"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

/// The shell itself reads the script and completes a word with it.
#[test]
fn bash_completes_a_command() {
    let folder = tempfile::TempDir::new().unwrap();
    let script = stdout(crossclaim(folder.path()).args(["completions", "bash"]));
    fs::write(folder.path().join("complete.sh"), script).unwrap();
    let ask = "source ./complete.sh; COMP_WORDS=(crossclaim expl); COMP_CWORD=1; _crossclaim crossclaim expl crossclaim; echo ${COMPREPLY[@]}";
    let Ok(answer) = Command::new("bash").args(["-c", ask]).current_dir(&folder).output() else {
        return; // no bash here
    };
    assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), "explain");
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let folder = tempfile::TempDir::new().unwrap();
    crossclaim(folder.path()).args(["man", "--out", "man"]).assert().success();
    for name in ["crossclaim", "crossclaim-report", "crossclaim-models-pull", "crossclaim-explain"]
    {
        let page = fs::read_to_string(folder.path().join(format!("man/{name}.1"))).unwrap();
        assert!(page.contains(&format!(".TH {name} 1")), "{page}");
    }
    let page = stdout(crossclaim(folder.path()).arg("man"));
    assert!(page.contains(".TH crossclaim 1"));
}
