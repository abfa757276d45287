//! Model folders that were damaged or made to do harm: an error, never a crash, and within bounded memory.

#![allow(clippy::unwrap_used, clippy::panic)] // a test may fail

use std::fs;
use std::path::{Path, PathBuf};

use crossclaim::error::Error;
use crossclaim::nli::{NliModel, NliPair, Scorer};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A little writer of protocol buffers: ONNX files are edited and made with it.
mod proto {
    pub fn varint(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    pub fn number(field: u64, value: i64) -> Vec<u8> {
        [varint(field << 3), varint(value.cast_unsigned())].concat()
    }

    pub fn bytes(field: u64, content: impl AsRef<[u8]>) -> Vec<u8> {
        let content = content.as_ref();
        [varint(field << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
    }

    fn take_varint(rest: &mut &[u8]) -> u64 {
        let end = rest.iter().position(|byte| *byte < 0x80).unwrap();
        let value = rest[..=end].iter().rev().fold(0, |all, b| all << 7 | u64::from(b & 0x7f));
        *rest = &rest[end + 1..];
        value
    }

    /// Fields of a message: number, and the content of those that have some.
    pub fn fields(mut rest: &[u8]) -> Vec<(u64, Vec<u8>, Vec<u8>)> {
        let mut fields = Vec::new();
        while !rest.is_empty() {
            let start = rest;
            let tag = take_varint(&mut rest);
            let mut content = &[][..];
            match tag & 7 {
                0 => drop(take_varint(&mut rest)),
                1 => rest = &rest[8..],
                5 => rest = &rest[4..],
                _ => {
                    let length = take_varint(&mut rest) as usize;
                    (content, rest) = rest.split_at(length);
                }
            }
            let whole = start[..start.len() - rest.len()].to_vec();
            fields.push((tag >> 3, content.to_vec(), whole));
        }
        fields
    }
}

const GRAPH: u64 = 7;
const NODE: u64 = 1;
const INITIALIZER: u64 = 5;
const FLOAT: i64 = 1;
const INT64: i64 = 7;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn tiny_network() -> Vec<u8> {
    fs::read(golden("tiny-bert/model.onnx")).unwrap()
}

/// A copy of a tiny model that a test may damage.
struct Model {
    _place: TempDir,
    folder: PathBuf,
}

impl Model {
    fn new() -> Model {
        Model::copy_of("tiny-bert")
    }

    fn copy_of(name: &str) -> Model {
        let place = TempDir::new().unwrap();
        let folder = place.path().join("model");
        fs::create_dir(&folder).unwrap();
        for file in ["config.json", "tokenizer.json", "model.onnx"] {
            fs::copy(golden(name).join(file), folder.join(file)).unwrap();
        }
        Model { _place: place, folder }
    }

    fn write(&self, file: &str, content: impl AsRef<[u8]>) -> &Model {
        fs::write(self.folder.join(file), content).unwrap();
        self
    }

    fn edit(&self, file: &str, edit: impl FnOnce(&mut Value)) -> &Model {
        let path = self.folder.join(file);
        let mut value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        edit(&mut value);
        self.write(file, value.to_string())
    }

    /// Opens the model and scores pairs of several lengths: the error, if there is one.
    fn run(&self) -> Result<(), Error> {
        let model = NliModel::open(&self.folder)?;
        let long = "the bridge over the river fell ".repeat(60);
        let texts = ["a bridge", "Le pont n'est pas tombé.", "", &long, "12 [SEP] 🙂"];
        let pairs: Vec<NliPair<'_>> = texts
            .iter()
            .flat_map(|premise| texts.iter().map(|hypothesis| NliPair { premise, hypothesis }))
            .collect();
        let scores = model.score(&pairs, &|_| ())?;
        for score in scores {
            let sum = score.entailment + score.neutral + score.contradiction;
            assert!((sum - 1.0).abs() < 1e-4, "{score:?}");
        }
        Ok(())
    }

    /// The message of the error that there must be.
    fn refusal(&self) -> String {
        match self.run() {
            Err(error @ Error::Model { .. }) => {
                let message = error.to_string();
                assert!(message.contains(self.folder.to_str().unwrap()), "{message}");
                assert!(message.len() < 2000, "a message of {} bytes", message.len());
                message
            }
            other => panic!("{other:?}"),
        }
    }
}

/// The tiny network with its graph's fields changed: each is given with its number and content, and replaced.
fn edited(mut edit: impl FnMut(u64, &[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut network = Vec::new();
    for (number, content, whole) in proto::fields(&tiny_network()) {
        if number != GRAPH {
            network.extend(whole);
            continue;
        }
        let mut graph = Vec::new();
        for (number, content, whole) in proto::fields(&content) {
            graph.extend(edit(number, &content).unwrap_or(whole));
        }
        network.extend(proto::bytes(GRAPH, graph));
    }
    network
}

/// The tiny network with nodes and tensors put before its own.
fn with(added: &[u8]) -> Vec<u8> {
    let mut added = Some(added.to_vec());
    edited(|number, content| {
        let added = added.take()?;
        Some([added, proto::bytes(number, content)].concat())
    })
}

fn node(operator: &str, inputs: &[&str], output: &str) -> Vec<u8> {
    let mut node: Vec<u8> = inputs.iter().flat_map(|input| proto::bytes(1, input)).collect();
    node.extend(proto::bytes(2, output));
    node.extend(proto::bytes(3, format!("node {output}")));
    node.extend(proto::bytes(4, operator));
    proto::bytes(NODE, node)
}

fn tensor(name: &str, kind: i64, dims: &[i64], raw: &[u8]) -> Vec<u8> {
    let mut tensor: Vec<u8> = dims.iter().flat_map(|dim| proto::number(1, *dim)).collect();
    tensor.extend(proto::number(2, kind));
    tensor.extend(proto::bytes(8, name));
    tensor.extend(proto::bytes(9, raw));
    proto::bytes(INITIALIZER, tensor)
}

fn numbers(name: &str, numbers: &[i64]) -> Vec<u8> {
    let raw: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    tensor(name, INT64, &[numbers.len() as i64], &raw)
}

/// A network whose logits also hang on a value that these nodes make, so that it is computed.
fn logits_plus(nodes: &[u8], value: &str) -> Vec<u8> {
    let renamed = edited(|number, content| {
        if number != NODE {
            return None;
        }
        let mut node = Vec::new();
        for (number, content, whole) in proto::fields(content) {
            if number == 2 && content == b"logits" {
                node.extend(proto::bytes(2, "plain logits"));
            } else {
                node.extend(whole);
            }
        }
        Some(proto::bytes(NODE, node))
    });
    let mut network = Vec::new();
    for (number, content, whole) in proto::fields(&renamed) {
        if number == GRAPH {
            let sum = node("ReduceMax", &[value], "one number");
            let add = node("Add", &["plain logits", "one number"], "logits");
            network.extend(proto::bytes(GRAPH, [nodes.to_vec(), content, sum, add].concat()));
        } else {
            network.extend(whole);
        }
    }
    network
}

#[test]
fn the_edits_of_these_tests_leave_a_model_that_runs() {
    Model::new().run().unwrap();
    Model::new().write("model.onnx", edited(|_, _| None)).run().unwrap();
    let nodes = [numbers("shape", &[2, 3]), node("ConstantOfShape", &["shape"], "zeros")].concat();
    Model::new().write("model.onnx", logits_plus(&nodes, "zeros")).run().unwrap();
    Model::new().write("model.onnx", with(&numbers("unused", &[1]))).run().unwrap();
}

#[test]
fn every_file_cut_off_anywhere_is_an_error() {
    for file in ["config.json", "tokenizer.json", "model.onnx"] {
        let whole = fs::read(golden("tiny-bert").join(file)).unwrap();
        for part in 0..60 {
            let model = Model::new();
            model.write(file, &whole[..whole.len() * part / 60]).refusal();
        }
    }
}

#[test]
fn a_tensor_cannot_claim_more_than_the_file_holds() {
    let claims: [&[i64]; 6] = [
        &[1_000_000_000_000_000],
        &[1 << 32, 1 << 32],
        &[i64::MAX, 3],
        &[-1],
        &[0, i64::MAX, i64::MAX],
        &[100_000, 100_000],
    ];
    for dims in claims {
        let network = with(&tensor("huge", FLOAT, dims, &[0; 16]));
        let message = Model::new().write("model.onnx", network).refusal();
        assert!(message.contains("\"huge\" claims the shape"), "{message}");
    }
    // In a node's attribute as well.
    let value = proto::fields(&tensor("", FLOAT, &[1 << 50], &[0; 4]))[0].1.clone();
    let attribute = [proto::bytes(1, "value"), proto::bytes(5, value), proto::number(20, 4)];
    let constant = node("Constant", &[], "c");
    let constant = [proto::fields(&constant)[0].1.clone(), proto::bytes(5, attribute.concat())];
    let network = with(&proto::bytes(NODE, constant.concat()));
    assert!(Model::new().write("model.onnx", network).refusal().contains("claims the shape"));
}

#[test]
fn a_network_cannot_ask_for_enormous_memory_by_a_number_in_the_file() {
    let big = 2_000_000_000;
    let shape = numbers("shape", &[big, big]);
    let one = tensor("one", FLOAT, &[1, 1], &[0; 4]);
    let column = tensor("column", FLOAT, &[20_000, 1], &[0; 80_000]);
    let row = tensor("row", FLOAT, &[1, 20_000], &[0; 80_000]);
    let small = numbers("small", &[40_000]);
    let zero = tensor("zero", INT64, &[], &[0; 8]);
    let limit = tensor("limit", INT64, &[], &big.to_le_bytes());
    let step = tensor("step", INT64, &[], &1_i64.to_le_bytes());
    let cases = [
        [shape.clone(), node("ConstantOfShape", &["shape"], "out")].concat(),
        [shape.clone(), one.clone(), node("Expand", &["one", "shape"], "out")].concat(),
        [shape, one, node("Tile", &["one", "shape"], "out")].concat(),
        [zero, limit, step, node("Range", &["zero", "limit", "step"], "out")].concat(),
        [column.clone(), row.clone(), node("Mul", &["column", "row"], "out")].concat(),
        [column, row, node("MatMul", &["column", "row"], "out")].concat(),
        [
            small.clone(),
            node("Mul", &["small", "small"], "square"),
            node("ConstantOfShape", &["square"], "out"),
        ]
        .concat(),
        [
            small,
            node("Concat", &["small", "small"], "both"),
            node("Cast", &["both"], "cast"),
            node("ConstantOfShape", &["cast"], "out"),
        ]
        .concat(),
    ];
    for nodes in cases {
        let model = Model::new();
        let message = model.write("model.onnx", logits_plus(&nodes, "out")).refusal();
        assert!(message.contains("absurd size"), "{message}");
    }
}

#[test]
fn a_graph_that_goes_in_circles_is_an_error() {
    let circle = [node("Relu", &["b"], "a"), node("Relu", &["a"], "b")].concat();
    Model::new().write("model.onnx", logits_plus(&circle, "a")).refusal();
    let itself = node("Relu", &["a"], "a");
    Model::new().write("model.onnx", logits_plus(&itself, "a")).refusal();
    let nowhere = node("Relu", &["no such value"], "a");
    Model::new().write("model.onnx", logits_plus(&nowhere, "a")).refusal();
    // And one that leads nowhere, in a run of any length.
    let looping = node("Loop", &["", ""], "a");
    assert!(Model::new().write("model.onnx", with(&looping)).refusal().contains("Loop"));
}

#[test]
fn graphs_within_graphs_do_not_fill_the_stack() {
    let mut graph = Vec::new();
    // Some ten thousand, which would end any recursion.
    while graph.len() < 200_000 {
        let attribute = [proto::bytes(1, "then_branch"), proto::bytes(6, &graph)].concat();
        let inside = [proto::bytes(4, "If"), proto::bytes(5, attribute)].concat();
        graph = proto::bytes(NODE, inside);
    }
    let message = Model::new().write("model.onnx", with(&graph)).refusal();
    assert!(message.contains("graphs within graphs"), "{message}");
}

#[test]
fn weights_may_not_be_fetched_from_anywhere_else() {
    for place in ["../../secret", "/etc/passwd", "other.bin", "model.onnx_data/../x"] {
        let entry = [proto::bytes(1, "location"), proto::bytes(2, place)].concat();
        let tensor = [
            proto::number(1, 4),
            proto::number(2, FLOAT),
            proto::bytes(8, "far"),
            proto::bytes(13, entry),
            proto::number(14, 1),
        ];
        let network = with(&proto::bytes(INITIALIZER, tensor.concat()));
        let message = Model::new().write("model.onnx", network).refusal();
        assert!(message.contains("model.onnx_data and model.onnx.data only"), "{message}");
    }
}

#[test]
fn weights_that_are_no_numbers_are_an_error() {
    for bad in [f32::NAN, f32::INFINITY] {
        // All of them, and only those of the last layer.
        for all in [true, false] {
            let network = edited(|number, content| {
                if number != INITIALIZER {
                    return None;
                }
                let name = proto::fields(content).iter().find(|f| f.0 == 8)?.1.clone();
                let last = String::from_utf8_lossy(&name).contains("classifier");
                let mut tensor = Vec::new();
                for (number, content, whole) in proto::fields(content) {
                    let weights = number == 9 && content.len() > 64 && content.len() % 4 == 0;
                    if weights && (all || last) {
                        tensor.extend(proto::bytes(9, bad.to_le_bytes().repeat(content.len() / 4)));
                    } else {
                        tensor.extend(whole);
                    }
                }
                Some(proto::bytes(INITIALIZER, tensor))
            });
            let message = Model::new().write("model.onnx", network).refusal();
            assert!(!message.is_empty());
        }
    }
}

#[test]
fn weights_of_another_shape_are_an_error() {
    // Each initializer in turn gets one dimension more or less, with data to match its claim.
    let mut index = 0;
    loop {
        let (mut at, mut hit) = (0, false);
        let network = edited(|number, content| {
            if number != INITIALIZER {
                return None;
            }
            at += 1;
            if at != index + 1 {
                return None;
            }
            hit = true;
            let mut tensor = Vec::new();
            for (number, content, whole) in proto::fields(content) {
                match number {
                    9 => tensor.extend(proto::bytes(9, [content.clone(), content].concat())),
                    1 => {}
                    _ => tensor.extend(whole),
                }
            }
            tensor.extend(proto::number(1, 2));
            let size = proto::fields(content).iter().find(|f| f.0 == 9).map_or(0, |f| f.1.len());
            tensor.extend(proto::number(1, size as i64 / 4));
            Some(proto::bytes(INITIALIZER, tensor))
        });
        if !hit {
            break;
        }
        // Some broadcast, and then the model runs; none crashes.
        let _ = Model::new().write("model.onnx", network).run();
        index += 1;
    }
    assert!(index > 10);
}

#[test]
fn absurd_numbers_in_config_json_are_harmless() {
    type Edit = fn(&mut Value);
    let edits: [Edit; 9] = [
        |c| c["max_position_embeddings"] = json!(1_000_000_000_000_000_000_i64),
        |c| c["max_position_embeddings"] = json!(-5),
        |c| c["max_position_embeddings"] = json!(0),
        |c| c["pad_token_id"] = json!(4_000_000_000_i64),
        |c| c["pad_token_id"] = json!(i64::MIN),
        |c| c["vocab_size"] = json!(u64::MAX),
        |c| c["type_vocab_size"] = json!(0),
        |c| c["hidden_size"] = json!(1_000_000_000_000_i64),
        |c| c["max_position_embeddings"] = json!(1e300),
    ];
    for edit in edits {
        // Each is refused or has no effect.
        let _ = Model::new().edit("config.json", edit).run();
    }
    let roberta = Model::copy_of("tiny-roberta");
    for pad in [json!(i64::MAX), json!(i64::MIN)] {
        let _ = roberta.edit("config.json", |c| c["pad_token_id"] = pad.clone()).run();
    }
}

#[test]
fn a_million_labels_are_refused_in_few_words() {
    let labels: serde_json::Map<String, Value> =
        (0..1_000_000).map(|i| (i.to_string(), json!("entailment"))).collect();
    let model = Model::new();
    let message = model.edit("config.json", |c| c["id2label"] = labels.into()).refusal();
    assert!(message.contains("999990 more"), "{message}");
    let model = Model::new();
    let names: Vec<String> = (0..100_000).map(|i| format!("Bert{i}")).collect();
    let message = model.edit("config.json", |c| c["architectures"] = json!(names)).refusal();
    assert!(message.contains("99990 more"), "{message}");
}

#[test]
fn nested_json_does_not_fill_the_stack() {
    for file in ["config.json", "tokenizer.json", "crossclaim.json"] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = open.repeat(1_000_000) + &close.repeat(1_000_000);
            Model::new().write(file, &deep).refusal();
            // In a field of its own, which may be passed over.
            let _ = Model::new().write(file, format!("{{\"id2label\": {deep}}}")).run();
        }
    }
}

#[test]
fn a_tokenizer_of_another_vocabulary_is_an_error() {
    let model = Model::new();
    model.edit("tokenizer.json", |tokenizer| {
        let vocabulary = tokenizer["model"]["vocab"].as_object_mut().unwrap();
        for id in vocabulary.values_mut() {
            *id = json!(id.as_u64().unwrap() + 1_000_000);
        }
    });
    model.refusal();
    for id in [u32::MAX, i32::MAX as u32, 70_000] {
        let model = Model::new();
        model.edit("tokenizer.json", |tokenizer| {
            let vocabulary = tokenizer["model"]["vocab"].as_object_mut().unwrap();
            vocabulary.insert("a".into(), json!(id));
            vocabulary.insert("bridge".into(), json!(id));
        });
        model.refusal();
    }
}

#[test]
fn a_file_without_end_is_not_read_to_its_end() {
    if cfg!(unix) {
        for file in ["config.json", "tokenizer.json"] {
            let model = Model::new();
            fs::remove_file(model.folder.join(file)).unwrap();
            #[cfg(unix)]
            std::os::unix::fs::symlink("/dev/zero", model.folder.join(file)).unwrap();
            assert!(model.refusal().contains("is larger than 256 MiB"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn one_wrong_byte_anywhere_never_crashes(
        family in 0..3_usize,
        file in prop::sample::select(vec!["model.onnx", "model.onnx", "config.json", "tokenizer.json"]),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let model = Model::copy_of(["tiny-bert", "tiny-xlm-roberta", "tiny-deberta-v2"][family]);
        let mut bytes = fs::read(model.folder.join(file)).unwrap();
        // Structure is worth more than weights, of which a network mostly consists.
        let at = at.index(bytes.len());
        bytes[at] = byte;
        model.write(file, bytes);
        if let Err(error) = model.run() {
            let is_the_models = matches!(error, Error::Model { .. });
            prop_assert!(is_the_models, "{}", error);
        }
    }

    #[test]
    fn a_wrong_byte_in_the_networks_structure_never_crashes(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        // The nodes alone: the largest fields, weights, are left as they are.
        let mut nodes = 0;
        edited(|number, _| { nodes += usize::from(number == NODE); None });
        let mut target = at.index(nodes);
        let network = edited(|number, content| {
            if number != NODE {
                return None;
            }
            if target > 0 {
                target -= 1;
                return None;
            }
            target = usize::MAX;
            let mut content = content.to_vec();
            let at = at.index(content.len());
            content[at] = byte;
            Some(proto::bytes(NODE, content))
        });
        let model = Model::new();
        if let Err(error) = model.write("model.onnx", network).run() {
            let is_the_models = matches!(error, Error::Model { .. });
            prop_assert!(is_the_models, "{}", error);
        }
    }

    #[test]
    fn a_file_cut_off_anywhere_never_crashes(
        file in prop::sample::select(vec!["model.onnx", "config.json", "tokenizer.json"]),
        at in any::<prop::sample::Index>(),
    ) {
        let model = Model::new();
        let bytes = fs::read(model.folder.join(file)).unwrap();
        model.write(file, &bytes[..at.index(bytes.len())]);
        let refused = matches!(model.run(), Err(Error::Model { .. }));
        prop_assert!(refused);
    }
}
