//! What only the libtorch backend reads: `config.json` for the network, and safetensors for its weights.

use std::fs;

use crossclaim::nli::BackendKind;
use serde_json::{Value, json};

use super::checkpoints::{copy_of, edit_config, golden_folder, golden_rows};
use super::{open, refusal, safetensors, with, worst_difference};

const LIBTORCH: BackendKind = BackendKind::Libtorch;

#[test]
fn deberta_is_refused_with_the_way_out() {
    let message = refusal(&golden_folder("tiny-deberta-v2"), &with(LIBTORCH));
    assert!(message.contains("does not take deberta-v2"), "{message}");
    for way in ["--backend rten", "--backend onnxruntime", "scripts/export_onnx.py"] {
        assert!(message.contains(way), "{message}");
    }
    let (_place, folder) = copy_of("tiny-bert");
    fs::remove_file(folder.join("model.safetensors")).unwrap();
    assert!(refusal(&folder, &with(LIBTORCH)).contains("model.safetensors is missing"));
}

#[test]
fn the_config_is_checked_against_the_weights() {
    type Edit = fn(&mut Value);
    let cases: [(Edit, &str); 12] = [
        // Sizes that would take all memory, if they were believed.
        (|c| c["hidden_size"] = json!(1_i64 << 40), "shape"),
        (|c| c["vocab_size"] = json!(1_i64 << 50), "shape"),
        (|c| c["intermediate_size"] = json!(i64::MAX), "shape"),
        (|c| c["num_hidden_layers"] = json!(i64::MAX), "has no tensor"),
        (|c| c["max_position_embeddings"] = json!(i64::MAX), "shape"),
        (|c| c["type_vocab_size"] = json!(3), "shape"),
        (|c| c["num_attention_heads"] = json!(5), "no network"),
        (|c| c["num_attention_heads"] = json!(0), "no network"),
        (|c| c["num_hidden_layers"] = json!(-1), "no network"),
        (|c| c["hidden_act"] = json!("xielu"), "xielu"),
        (|c| c["position_embedding_type"] = json!("relative_key"), "relative_key"),
        (|c| c["hidden_size"] = Value::Null, "config.json"),
    ];
    for (edit, expected) in cases {
        let (_place, folder) = copy_of("tiny-bert");
        edit_config(&folder, edit);
        let message = refusal(&folder, &with(LIBTORCH));
        assert!(message.contains(expected), "{message}");
        assert!(message.contains("scripts/export_onnx.py"), "{message}");
    }
}

#[test]
fn every_tensor_is_checked_before_it_is_used() {
    let (_place, folder) = copy_of("tiny-bert");
    let path = folder.join("model.safetensors");
    let whole = safetensors::parse(&fs::read(&path).unwrap());
    let name = "bert.encoder.layer.1.output.LayerNorm.bias";

    let mut without = whole.clone();
    without.remove(name);
    fs::write(&path, safetensors::serialize(&without)).unwrap();
    let message = refusal(&folder, &with(LIBTORCH));
    assert!(message.contains(&format!("has no tensor {name}")), "{message}");

    // One number, which libtorch by itself would spread over all.
    let mut other_shape = whole.clone();
    let tensor = other_shape.get_mut(name).unwrap();
    (tensor.shape, tensor.data) = (vec![1], vec![0; 4]);
    fs::write(&path, safetensors::serialize(&other_shape)).unwrap();
    let message = refusal(&folder, &with(LIBTORCH));
    assert!(message.contains(name) && message.contains("[1], not [32]"), "{message}");
}

#[test]
fn weights_may_be_in_parts() {
    let (_place, folder) = copy_of("tiny-bert");
    let mut first = safetensors::parse(&fs::read(folder.join("model.safetensors")).unwrap());
    fs::remove_file(folder.join("model.safetensors")).unwrap();
    let second = first.split_off("bert.encoder.layer.1.attention.output.dense.bias");
    let parts = [("model-1-of-2.safetensors", first), ("model-2-of-2.safetensors", second)];
    let mut index = serde_json::Map::new();
    for (file, tensors) in &parts {
        fs::write(folder.join(file), safetensors::serialize(tensors)).unwrap();
        index.extend(tensors.keys().map(|name| (name.clone(), json!(file))));
    }
    let index_path = folder.join("model.safetensors.index.json");
    fs::write(&index_path, json!({"metadata": {}, "weight_map": index}).to_string()).unwrap();
    let model = open(&folder, LIBTORCH).unwrap();
    let rows = golden_rows(&golden_folder("tiny-bert/golden.jsonl"));
    assert!(worst_difference(&model, &rows) < 1e-4);

    fs::remove_file(folder.join(parts[1].0)).unwrap();
    let message = refusal(&folder, &with(LIBTORCH));
    assert!(message.contains("model-2-of-2.safetensors, which is missing"), "{message}");
    for outside in ["../model.safetensors", "pytorch_model.bin", "/etc/passwd"] {
        fs::write(&index_path, json!({"weight_map": {"a": outside}}).to_string()).unwrap();
        let message = refusal(&folder, &with(LIBTORCH));
        assert!(message.contains("no safetensors file of this folder"), "{message}");
    }
}

#[test]
fn weights_of_less_precision_run_in_fp32() {
    let (_place, folder) = copy_of("tiny-bert");
    let path = folder.join("model.safetensors");
    let mut tensors = safetensors::parse(&fs::read(&path).unwrap());
    for tensor in tensors.values_mut() {
        // A bfloat16 is the upper half of a float.
        tensor.dtype = "BF16".into();
        tensor.data = tensor.data.chunks(4).flat_map(|float| [float[2], float[3]]).collect();
    }
    fs::write(&path, safetensors::serialize(&tensors)).unwrap();
    let model = open(&folder, LIBTORCH).unwrap();
    let rows = golden_rows(&golden_folder("tiny-bert/golden.jsonl"));
    let worst = worst_difference(&model, &rows);
    // Weights were cut to 8 bits: about 1 in 256 off.
    assert!(worst > 1e-4 && worst < 0.1, "{worst}");
}
