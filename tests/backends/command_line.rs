//! `--backend`, `--device` and `--labels`.

use std::path::Path;

use assert_cmd::Command;
use serde_json::json;

use super::checkpoints::{copy_of, edit_config, golden_folder};

fn pair_command(model: &Path) -> Command {
    let mut command = Command::cargo_bin("crossclaim").unwrap();
    command.args(["pair", "The bridge fell on 3 March 2016.", "The bridge fell on 5 March 2016."]);
    command.args(["--language", "en", "--model"]).arg(model);
    command.env_remove("ORT_DYLIB_PATH");
    command
}

#[test]
fn labels_are_taken_where_the_model_has_none() {
    let (_place, folder) = copy_of("tiny-bert");
    edit_config(&folder, |c| {
        c["id2label"] = json!({"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"});
    });
    let unnamed = pair_command(&folder).output().unwrap();
    assert_eq!(unnamed.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unnamed.stderr).contains("--labels"));
    let labels = ["--labels", "neutral,ENTAILMENT,contradiction"];
    assert!(pair_command(&folder).args(labels).output().unwrap().status.success());
    for wrong in ["entailment", "entailment,neutral", "entailment,entailment,neutral", "a,b,c"] {
        let output = pair_command(&folder).args(["--labels", wrong]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn unknown_values_are_told_what_backends_and_devices_there_are() {
    let folder = golden_folder("tiny-bert");
    for (option, value, expected) in [
        ("--backend", "pytorch", "rten, onnxruntime, libtorch"),
        ("--device", "gpu", "cuda:0"),
        ("--device", "cuda:x", "cuda:0"),
    ] {
        let output = pair_command(&folder).args([option, value]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains(expected), "{message}");
    }
    let rten = ["--backend", "rten", "--device", "cuda"];
    let output = pair_command(&folder).args(rten).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("--backend onnxruntime"));
}

#[cfg(feature = "onnxruntime")]
#[test]
fn onnx_runtime_is_found_or_it_says_how_to_get_it() {
    let folder = golden_folder("tiny-bert");
    let run = |library: &Path| {
        let mut command = pair_command(&folder);
        command.args(["--backend", "onnxruntime"]).env("ORT_DYLIB_PATH", library);
        command.output().unwrap()
    };
    assert!(run(&super::onnxruntime_library().unwrap()).status.success());
    let place = tempfile::TempDir::new().unwrap();
    let no_library = place.path().join("libonnxruntime.so");
    for _ in 0..2 {
        let output = run(&no_library);
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains("scripts/setup_onnxruntime.sh"), "{message}");
        assert!(message.contains("libonnxruntime.so"), "{message}");
        // Next a file that is no library.
        std::fs::write(&no_library, "no library").unwrap();
    }
}
