//! The commands of docs/notebook.md run. What they and its Python print is compared by scripts/notebook.py --check: the
//! figures change with every rule.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_commands_of_the_notebook_run() {
    let page = fs::read_to_string(crate::support::in_repository("docs/notebook.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    copy(&crate::support::in_repository("seeds"), &folder.path().join("seeds"));
    let mut commands = 0;
    for block in page.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for shown in block.split("$ crossclaim ").skip(1) {
            let (command, _) = shown.split_once('\n').unwrap();
            let mut program = Command::cargo_bin("crossclaim").unwrap();
            let output =
                program.current_dir(folder.path()).args(command.split(' ')).output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{command}: {told}");
            commands += 1;
        }
    }
    assert!(commands >= 4);
}
