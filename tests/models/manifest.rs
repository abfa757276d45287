//! Names of models: the built-in manifest, users' own, and what is no name.

use std::fs;

use crossclaim::hub::{Manifest, RepoId};
use crossclaim::nli::checkpoint::ONNX_FILES;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use serde_json::Value;

use super::{Home, SENTENCES};

#[test]
fn the_built_in_manifest_is_sound() {
    let manifest = Manifest::builtin().unwrap();
    assert!(manifest.models.len() >= 4);
    // What is pulled is what is looked for afterwards, in that order.
    assert_eq!(manifest.files.onnx, ONNX_FILES);
    for model in &manifest.models {
        let spec = manifest.resolve(&model.name).unwrap();
        assert_eq!((&spec.repository, &spec.revision), (&model.repository, &model.revision));
        assert!(model.languages.is_sorted() && !model.languages.is_empty(), "{}", model.name);
        assert!(model.licence.is_some() && model.size_mb.is_some(), "{}", model.name);
        assert!(model.xnli.values().all(|accuracy| (33.0..100.0).contains(accuracy)));
        assert!(manifest.rules_for(&spec).paths().all(|path| !path.ends_with(".bin")));
    }
}

#[test]
fn a_word_names_a_model_of_the_manifest_or_a_repository() {
    let manifest = Manifest::builtin().unwrap();
    let named = manifest.resolve("MDeBERTa-v3-base-mnli-xnli@v2").unwrap();
    assert_eq!(named.repository.as_str(), "MoritzLaurer/mDeBERTa-v3-base-mnli-xnli");
    assert_eq!(
        (named.revision.as_str(), named.to_string().as_str()),
        ("v2", "mdeberta-v3-base-mnli-xnli@v2")
    );
    let other = manifest.resolve("someone/some-model").unwrap();
    assert_eq!(
        (other.repository.as_str(), other.revision.as_str()),
        ("someone/some-model", "main")
    );
    let unknown = manifest.resolve("mdeberta").unwrap_err();
    assert!(unknown.contains("mdeberta-v3-base-mnli-xnli"), "{unknown}");
}

#[test]
fn names_that_lead_elsewhere_are_no_names() {
    let manifest = Manifest::builtin().unwrap();
    for name in [
        "../tiny",
        "lab/..",
        "lab/../../tiny",
        "./lab/tiny",
        "lab/",
        "/tiny",
        "lab/tiny/more",
        "lab\\x/tiny",
        "lab/ti--ny",
        "lab/tiny\n",
        "lab/tïny",
        "lab/.hidden",
        "lab/tiny?x=1",
        "lab/tiny#x",
        "C:/tiny",
        "lab/tiny@../main",
        "lab/tiny@",
        "lab/tiny@/main",
        "lab/tiny@a b",
        "lab/tiny@.git",
    ] {
        assert!(manifest.resolve(name).is_err(), "{name:?}");
    }
    for folder in [
        "models--lab--..",
        "models----tiny",
        "datasets--lab--tiny",
        "models--lab",
        "models--lab--a--b",
    ] {
        assert_eq!(RepoId::from_cache_folder(folder), None, "{folder:?}");
    }
}

#[test]
fn a_users_manifest_adds_to_the_built_in_one() {
    let home = Home::new("http://127.0.0.1:9");
    let own = "[[model]]\nname = \"ours\"\nrepository = \"lab/tiny\"\nlanguages = [\"sw\"]\n";
    fs::write(home.path("own.toml"), own).unwrap();
    let known = || contains("ours").and(contains("mdeberta-v3-base-mnli-xnli"));
    home.crossclaim(&["models", "--manifest", "own.toml", "list"])
        .assert()
        .success()
        .stdout(known());
    fs::create_dir_all(home.path(".config/crossclaim")).unwrap();
    fs::rename(home.path("own.toml"), home.path(".config/crossclaim/models.toml")).unwrap();
    home.crossclaim(&["models", "list"]).assert().success().stdout(known());
}

#[test]
fn a_bad_manifest_is_named_with_its_line() {
    let home = Home::new("http://127.0.0.1:9");
    for (text, line, problem) in [
        ("[[model]]\nname = \"ours\"\nrepository = \"lab\"\n", ":3", "no owner"),
        ("[[model]]\nname = \"ours\"\nrepo = \"lab/tiny\"\n", ":3", "repo"),
        ("[[model]]\nname = \"builtin\"\nrepository = \"lab/tiny\"\n", "", "cannot name a model"),
        (
            "[[model]]\nname = \"a\"\nrepository = \"lab/tiny\"\nsha256 = {\"../x\" = \"00\"}\n",
            "",
            "../x",
        ),
    ] {
        fs::write(home.path("own.toml"), text).unwrap();
        let message = home.complaint(&["models", "--manifest", "own.toml", "list"]);
        assert!(
            message.contains(&format!("own.toml{line}: ")) && message.contains(problem),
            "{message}"
        );
    }
    let message = home.complaint(&["models", "--manifest", "nowhere.toml", "list"]);
    assert!(message.contains("nowhere.toml: cannot read"), "{message}");
}

#[test]
fn the_list_says_what_is_known_of_each_model() {
    let home = Home::new("http://127.0.0.1:9");
    let table = home.output(&["models", "list"]);
    let line = table.lines().find(|line| line.starts_with("mdeberta")).unwrap();
    assert!(
        ["~1.1 GB", "83.4", "MIT", "no", " fr "].iter().all(|part| line.contains(part)),
        "{line}"
    );
    let json: Value = serde_json::from_str(&home.output(&["models", "list", "--json"])).unwrap();
    let first = &json["models"][0];
    assert_eq!(first["repository"], "MoritzLaurer/mDeBERTa-v3-base-mnli-xnli");
    assert_eq!((&first["pulled"], &first["xnli"]["fr"]), (&Value::Null, &83.4.into()));
}

#[test]
fn a_model_that_was_not_pulled_is_an_error_that_says_how() {
    let home = Home::new("http://127.0.0.1:9");
    for name in ["mdeberta-v3-base-mnli-xnli", "lab/tiny", "lab/tiny@v2"] {
        for arguments in
            [[&["pair", "--model", name], &SENTENCES[..]].concat(), vec!["models", "path", name]]
        {
            let message = home.complaint(&arguments);
            assert!(message.contains(&format!("`crossclaim models pull {name}`")), "{message}");
        }
    }
    let message =
        home.complaint(&["pair", "--model", "./nowhere/model", SENTENCES[0], SENTENCES[1]]);
    assert!(message.contains("model ./nowhere/model: no such folder"), "{message}");
}

#[test]
fn nothing_was_pulled_yet() {
    let home = Home::new("http://127.0.0.1:9");
    home.crossclaim(&["models", "verify"]).assert().code(3).stderr(contains("no model was pulled"));
    let message = home.complaint(&["models", "remove", "lab/tiny"]);
    assert!(message.contains("lab/tiny: was not pulled"), "{message}");
}

#[cfg(not(feature = "download"))]
#[test]
fn without_downloads_pull_says_how_to_get_them() {
    let home = Home::new("http://127.0.0.1:9");
    let message = home.complaint(&["models", "pull", "lab/tiny"]);
    assert!(message.contains("--features download"), "{message}");
}
