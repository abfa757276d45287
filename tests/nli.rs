//! The NLI engine: scores, damaged model folders, awkward input. What the backends give is in `backends.rs`.

#![allow(clippy::unwrap_used, clippy::panic)] // a test may fail

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Mutex;

use crossclaim::error::Error;
use crossclaim::nli::{self, Label, ModelOptions, NliModel, NliPair, NliScores, Scorer};

mod checkpoints;

use checkpoints::{Golden, copy_of, edit_config, far_apart, golden_folder, golden_rows, quiet};

fn tiny() -> NliModel {
    NliModel::open(&golden_folder("tiny-bert")).unwrap()
}

/// The message that opening the folder fails with.
fn refusal(folder: &Path) -> String {
    match nli::open(folder) {
        Err(error @ Error::Model { .. }) => error.to_string(),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("{} was opened", folder.display()),
    }
}

#[test]
fn scores_are_softmax_in_the_checkpoints_label_order() {
    // CONTRADICTION, NEUTRAL, ENTAILMENT: the reverse of ours, in capitals.
    let model = NliModel::open(&golden_folder("tiny-roberta")).unwrap();
    let expected = [Label::Contradiction, Label::Neutral, Label::Entailment];
    assert_eq!(model.checkpoint().labels, expected);
    let rows = golden_rows(&golden_folder("tiny-roberta").join("golden.jsonl"));
    let pairs: Vec<NliPair> = rows.iter().take(10).map(Golden::pair).collect();
    for (row, score) in rows.iter().zip(model.score(&pairs, &quiet).unwrap()) {
        let powers: Vec<f32> = row.logits.iter().map(|x| x.exp()).collect();
        let sum: f32 = powers.iter().sum();
        let expected = NliScores {
            contradiction: powers[0] / sum,
            neutral: powers[1] / sum,
            entailment: powers[2] / sum,
        };
        assert!(far_apart(&score, &expected) < 1e-4, "{score:?} not {expected:?}");
    }
}

#[test]
fn order_is_kept_and_duplicates_are_scored_once() {
    let model = tiny();
    let rows = golden_rows(&golden_folder("tiny-bert").join("golden.jsonl"));
    let pairs: Vec<NliPair> = rows.iter().map(Golden::pair).collect();
    let forward = model.score(&pairs, &quiet).unwrap();
    let before = model.stats();
    let mut twice: Vec<NliPair> = pairs.iter().rev().copied().collect();
    twice.extend(&pairs);
    let scores = model.score(&twice, &quiet).unwrap();
    let after = model.stats();
    assert_eq!(after.scored - before.scored, pairs.len() as u64);
    assert_eq!(after.asked - before.asked, twice.len() as u64);
    let n = pairs.len();
    for index in 0..n {
        // To the bit: batches do not depend on the order of the input.
        assert_eq!(scores[n - 1 - index], forward[index]);
        assert_eq!(scores[n + index], forward[index]);
        let alone = model.score(&pairs[index..=index], &quiet).unwrap();
        assert!(far_apart(&alone[0], &forward[index]) < 1e-5);
    }
}

/// Pairs of many lengths, several of each.
fn texts_of_many_lengths() -> Vec<(String, String)> {
    let words = ["the", "river", "rose", "again", "bridge", "on", "Tuesday", "closed"];
    let text = |start: usize, length: usize| {
        (start..start + length).map(|i| words[i * i % words.len()]).collect::<Vec<_>>().join(" ")
    };
    (0..60).map(|i| (text(i, 1 + i % 12), text(i + 3, 1 + i * 7 % 9))).collect()
}

fn pairs_of(texts: &[(String, String)]) -> Vec<NliPair<'_>> {
    texts.iter().map(|(premise, hypothesis)| NliPair { premise, hypothesis }).collect()
}

#[test]
fn scores_do_not_depend_on_the_number_of_threads() {
    let texts = texts_of_many_lengths();
    let pairs = pairs_of(&texts);
    for folder in ["tiny-deberta-v2", "tiny-int8"] {
        let with = |threads: usize| {
            let options =
                ModelOptions { threads: NonZeroUsize::new(threads), ..ModelOptions::default() };
            let model = NliModel::open_with(&golden_folder(folder), &options).unwrap();
            // Few pairs share all threads, many get a lane each.
            let few = model.score(&pairs[..2], &quiet).unwrap();
            (few, model.score(&pairs, &quiet).unwrap())
        };
        let one = with(1);
        for threads in [2, 5, 100] {
            assert_eq!(with(threads), one, "{folder}, {threads} threads");
        }
    }
}

#[test]
fn int8_scores_do_not_depend_on_the_company() {
    // Its ranges are taken over a whole batch: together with others a pair would get other scores.
    let model = NliModel::open(&golden_folder("tiny-int8")).unwrap();
    let texts = texts_of_many_lengths();
    let pairs = pairs_of(&texts);
    let together = model.score(&pairs, &quiet).unwrap();
    assert_eq!(model.stats().padding, 0);
    for (pair, score) in pairs.iter().zip(&together) {
        assert_eq!(model.score(&[*pair], &quiet).unwrap(), [*score]);
    }
    let mixed = model.logits(&pairs).unwrap();
    let alone = model.logits(&pairs[..1]).unwrap();
    assert_ne!(mixed.row(0), alone.row(0), "the model is not of the kind that this is about");
}

#[test]
fn int8_is_near_to_fp32() {
    let [full, small] =
        ["tiny-xlm-roberta", "tiny-int8"].map(|name| NliModel::open(&golden_folder(name)).unwrap());
    let rows = golden_rows(&golden_folder("tiny-xlm-roberta").join("golden.jsonl"));
    let pairs: Vec<NliPair> = rows.iter().map(Golden::pair).collect();
    let (full, small) = (full.score(&pairs, &quiet).unwrap(), small.score(&pairs, &quiet).unwrap());
    let equal = full.iter().zip(&small).filter(|(a, b)| a.label() == b.label()).count();
    assert!(equal * 100 >= pairs.len() * 90, "{equal} of {}", pairs.len());
}

#[test]
fn identical_texts_entail_each_other_without_the_model() {
    let model = tiny();
    let same = [
        ("The bridge fell.", "The bridge fell."),
        ("The bridge fell.", " The  bridge\u{a0}fell.\n"),
        ("Les ﬁlles", "Les filles"),
        ("café", "cafe\u{301}"),
        ("", ""),
    ];
    let pairs = same.map(|(premise, hypothesis)| NliPair { premise, hypothesis });
    assert_eq!(model.score(&pairs, &quiet).unwrap(), [NliScores::IDENTICAL; 5]);
    assert_eq!((model.stats().scored, model.stats().identical), (0, 5));
}

#[test]
fn progress_rises_and_ends_at_the_number_of_pairs() {
    let model = tiny();
    let texts: Vec<String> = (0..300).map(|i| format!("{} {i}", "word ".repeat(i % 40))).collect();
    let mut pairs: Vec<NliPair> =
        texts.windows(2).map(|w| NliPair { premise: &w[0], hypothesis: &w[1] }).collect();
    pairs.push(pairs[0]);
    pairs.push(NliPair { premise: &texts[0], hypothesis: &texts[0] });
    let seen = Mutex::new(Vec::new());
    model.score(&pairs, &|done| seen.lock().unwrap().push(done)).unwrap();
    let seen = seen.into_inner().unwrap();
    assert!(seen.len() > 3, "{seen:?}");
    assert!(seen.is_sorted(), "{seen:?}");
    assert_eq!(seen.last(), Some(&pairs.len()));

    let none = Mutex::new(Vec::new());
    assert!(model.score(&[], &|done| none.lock().unwrap().push(done)).unwrap().is_empty());
    assert_eq!(none.into_inner().unwrap(), [0]);
}

#[test]
fn awkward_texts_are_scored() {
    let model = tiny();
    let long = "The river rose again. ".repeat(20_000);
    let texts = [
        "",
        " ",
        "\u{0}",
        "🙂🙂🙂",
        "Le porte-parole a dit « нет » à الجسر 开放 बाँध",
        "\u{202e}\u{200d}\u{fffd}",
        "[SEP] [CLS] [PAD]",
        &long,
    ];
    let mut pairs = Vec::new();
    for premise in texts {
        for hypothesis in texts {
            pairs.push(NliPair { premise, hypothesis });
        }
    }
    for score in model.score(&pairs, &quiet).unwrap() {
        let sum = score.entailment + score.neutral + score.contradiction;
        assert!((sum - 1.0).abs() < 1e-5, "{score:?}");
    }
    assert!(model.stats().truncated >= 14);
    let encoded = model.encode(&pairs).unwrap();
    assert!(encoded.iter().all(|e| e.ids.len() <= model.checkpoint().max_length));
}

#[test]
fn the_longest_input_is_the_models_or_the_callers() {
    // 66 positions, of which RoBERTa leaves the first two unused.
    let roberta = NliModel::open(&golden_folder("tiny-xlm-roberta")).unwrap();
    assert_eq!(roberta.checkpoint().max_length, 64);
    let options = ModelOptions { max_length: Some(16), ..Default::default() };
    let short = NliModel::open_with(&golden_folder("tiny-bert"), &options).unwrap();
    let long = "one two three four five six seven eight nine ten";
    let encoded = short.encode(&[NliPair { premise: long, hypothesis: "one" }]).unwrap();
    assert_eq!((encoded[0].ids.len(), encoded[0].truncated), (16, true));
    let options = ModelOptions { max_length: Some(3), ..Default::default() };
    assert!(NliModel::open_with(&golden_folder("tiny-bert"), &options).is_err());
    assert_ne!(short.digest(), tiny().digest());
}

#[test]
fn a_tokenizer_set_to_less_than_the_model_takes_bounds_the_input() {
    let (_place, folder) = copy_of("tiny-bert");
    // What `transformers` writes where there is no limit.
    for (limit, expected) in [("1000000000000000019884624838656", 64), ("20", 20), ("null", 64)] {
        let config = format!("{{\"model_max_length\": {limit}}}");
        fs::write(folder.join("tokenizer_config.json"), config).unwrap();
        let model = NliModel::open(&folder).unwrap();
        assert_eq!(model.checkpoint().max_length, expected);
    }
}

#[test]
fn a_missing_folder_or_file_is_named() {
    let message = refusal(Path::new("/no/such/model"));
    assert!(message.contains("/no/such/model") && message.contains("no such folder"), "{message}");
    let message = refusal(&golden_folder("tiny-bert/config.json"));
    assert!(message.contains("is a file"), "{message}");
    for file in ["config.json", "tokenizer.json", "model.onnx"] {
        let (_place, folder) = copy_of("tiny-bert");
        fs::remove_file(folder.join("model.safetensors")).unwrap();
        fs::remove_file(folder.join(file)).unwrap();
        let message = refusal(&folder);
        assert!(message.contains(&format!("{file} is missing")), "{message}");
        assert!(message.contains("some-model"), "{message}");
    }
    let (_place, folder) = copy_of("tiny-bert");
    fs::remove_file(folder.join("model.safetensors")).unwrap();
    fs::rename(folder.join("model.onnx"), folder.join("pytorch_model.bin")).unwrap();
    assert!(refusal(&folder).contains("pickle"));
}

#[test]
fn the_network_is_found_in_each_of_its_places() {
    for place_in_folder in ["onnx/model.onnx", "onnx/model_quantized.onnx", "onnx/model_int8.onnx"]
    {
        let (_place, folder) = copy_of("tiny-bert");
        fs::create_dir(folder.join("onnx")).unwrap();
        fs::rename(folder.join("model.onnx"), folder.join(place_in_folder)).unwrap();
        let model = nli::open(&folder).unwrap();
        assert_eq!(model.name(), "some-model");
    }
}

#[test]
fn models_that_are_no_nli_classifiers_are_refused() {
    type Edit = fn(&mut serde_json::Value);
    let cases: [(Edit, &str); 8] = [
        (
            |c| c["id2label"] = serde_json::json!({"0": "POSITIVE", "1": "NEGATIVE"}),
            "POSITIVE, NEGATIVE",
        ),
        (
            |c| {
                c["id2label"] = serde_json::json!(
                    {"0": "entailment", "1": "not_entailment", "2": "contradiction"})
            },
            "entailment, not_entailment, contradiction",
        ),
        (
            |c| {
                c["id2label"] =
                    serde_json::json!({"0": "entailment", "1": "neutral", "2": "neutral"})
            },
            "entailment, neutral, neutral",
        ),
        (
            |c| c["id2label"] = serde_json::json!({"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}),
            "--labels",
        ),
        (|c| c["id2label"] = serde_json::Value::Null, "no id2label"),
        (|c| c["architectures"] = serde_json::json!(["BertForMaskedLM"]), "BertForMaskedLM"),
        (|c| c["model_type"] = "t5".into(), "\"t5\""),
        (|c| *c = serde_json::json!([1]), "config.json"),
    ];
    for (edit, expected) in cases {
        let (_place, folder) = copy_of("tiny-bert");
        edit_config(&folder, edit);
        let message = refusal(&folder);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn unnamed_labels_can_be_given_beside_the_model_or_by_the_caller() {
    let (_place, folder) = copy_of("tiny-bert");
    let named = NliModel::open(&folder).unwrap();
    edit_config(&folder, |c| {
        c["id2label"] = serde_json::json!({"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"});
    });
    let labels = vec![Label::Contradiction, Label::Entailment, Label::Neutral];
    let options = ModelOptions { labels: Some(labels.clone()), ..Default::default() };
    let model = NliModel::open_with(&folder, &options).unwrap();
    assert_eq!(model.checkpoint().labels, labels);
    assert_ne!(model.digest(), named.digest());
    fs::write(
        folder.join("crossclaim.json"),
        r#"{"labels": ["neutral", "CONTRADICTION", "entailment"]}"#,
    )
    .unwrap();
    let expected = [Label::Neutral, Label::Contradiction, Label::Entailment];
    assert_eq!(NliModel::open(&folder).unwrap().checkpoint().labels, expected);
}

#[test]
fn a_damaged_tokenizer_is_an_error() {
    let (_place, folder) = copy_of("tiny-bert");
    fs::write(folder.join("tokenizer.json"), "{\"version\": \"1.0\"}").unwrap();
    assert!(refusal(&folder).contains("tokenizer.json"));
}

#[test]
fn languages_come_from_the_sidecar_or_the_model_card() {
    let (_place, folder) = copy_of("tiny-bert");
    let unknown = nli::open(&folder).unwrap();
    assert!(!unknown.validated_for("en", "en"));

    fs::write(folder.join("README.md"), "---\nlanguage:\n- fr\ntags:\n- en\n---\nfrom: fr\n")
        .unwrap();
    let french = nli::open(&folder).unwrap();
    assert!(french.validated_for("fr", "fr-CA"));
    assert!(!french.validated_for("en", "en") && !french.validated_for("fr", "en"));
    assert_eq!(french.digest(), unknown.digest());

    fs::write(folder.join("README.md"), "---\nlanguage: [multilingual, \"fr\", en]\n---\n")
        .unwrap();
    let both = nli::open(&folder).unwrap();
    assert!(both.validated_for("FR", "en") && !both.validated_for("fr", "de"));

    let sidecar =
        r#"{"languages": ["de", "fr"], "multilingual": false, "temperature": 2.0, "weights": [1]}"#;
    fs::write(folder.join("calibration.json"), sidecar).unwrap();
    let model = nli::open(&folder).unwrap();
    assert!(model.validated_for("de", "de") && !model.validated_for("de", "fr"));
    let pair = NliPair { premise: "The bridge fell.", hypothesis: "Nobody was rescued." };
    let (hot, plain) =
        (model.score(&[pair], &quiet).unwrap()[0], unknown.score(&[pair], &quiet).unwrap()[0]);
    let ratio = |s: NliScores| (s.entailment / s.contradiction).ln();
    assert!((ratio(hot) * 2.0 - ratio(plain)).abs() < 1e-4);
    assert_ne!(model.digest(), unknown.digest());

    fs::write(folder.join("crossclaim.json"), r#"{"temperature": 0.0}"#).unwrap();
    assert!(refusal(&folder).contains("temperature"));
}

#[test]
fn the_digest_is_that_of_the_files() {
    let (_place, folder) = copy_of("tiny-bert");
    let first = nli::open(&folder).unwrap();
    assert_eq!(first.digest().len(), 64);
    assert_eq!(first.digest(), tiny().digest());
    edit_config(&folder, |c| c["extra"] = 1.into());
    assert_ne!(nli::open(&folder).unwrap().digest(), first.digest());
}
