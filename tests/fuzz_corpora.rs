//! What fuzzing has kept, tried on every build: each file of `fuzz/corpus/` goes to the target that it is of. The
//! properties are those of the fuzz targets themselves; docs/hostile-input.md says how to run these.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use proptest::prelude::*;

#[path = "../fuzz/src/properties/mod.rs"]
mod properties;

use properties::{TARGETS, annotation};

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn what_fuzzing_has_kept_breaks_nothing() {
    let mut broken = Vec::new();
    for target in &TARGETS {
        let files = files(&corpora().join(target.name));
        assert!(!files.is_empty(), "{} has no corpus", target.name);
        for file in files {
            let content = std::fs::read(&file).unwrap();
            if catch_unwind(AssertUnwindSafe(|| (target.check)(&content))).is_err() {
                broken.push(file);
            }
        }
    }
    assert!(broken.is_empty(), "a property does not hold of {broken:#?}");
}

#[test]
fn every_corpus_has_a_target_and_every_target_a_program() {
    let of_targets: BTreeSet<String> =
        TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let stems = |folder: &str| -> BTreeSet<String> {
        let paths = files(&corpora().with_file_name(folder));
        paths.iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(stems("corpus"), of_targets);
    assert_eq!(stems("fuzz_targets"), of_targets);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn spans_of_every_annotation_point_into_the_source(
        text in any_unicode(),
        language in prop::sample::select(vec!["ar", "de", "en", "es", "fr", "ru", "tr", "zh", "hi", "und"]),
        date in prop::option::of(Just("2017-11")),
    ) {
        annotation::annotate_text(&text, language, date);
    }
}

/// Any characters at all, with words among them that the readers look for.
fn any_unicode() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "mardi",
        "8 novembre",
        "selon",
        "« ",
        " »",
        "the army",
        "Kabul",
        "was captured by",
        "at least 12",
        "killed",
        "не",
        "заявил",
        "قال",
        "الجيش",
        "не взят",
        "wurde",
        "İstanbul",
        "ﬁre",
        "１２ ３４",
        "\u{202e}",
        "\u{200b}",
        "e\u{301}",
        ". ",
        "? ",
        "\n\n",
        "50 %",
        "5.000",
        "auraient",
        "denied that",
        "🛰️",
    ]);
    prop::collection::vec(
        prop_oneof![3 => words.prop_map(str::to_owned), 2 => any::<String>()],
        0..30,
    )
    .prop_map(|parts| parts.join(" "))
}
