//! A look at an ONNX file before it is given to a backend: a model file is foreign input.
//!
//! A backend that meets a damaged or made-up file may run on without end, or ask for more memory than there is,
//! which ends the process and which no caught panic would stop. So this is checked first, over the whole file:
//!
//! - Its frame: every field of the model, of its graphs, and of their nodes, attributes and tensors has a known
//!   wire type and ends within what holds it. Graphs within graphs go eight deep at most.
//! - Tensors: a shape has as many elements as the file has data for. Weights in another file are in one that
//!   lies beside the network and that the model's digest covers.
//! - Operators: none that loops, which classifiers of sentences do not need. Where an operator makes a tensor
//!   of a size that the file itself gives ([`sizes`]), this is no more than the largest model needs.
//!
//! What an operator makes of sizes that depend on the input is not known before it runs. A file can still be
//! made that takes much memory then; load models from where you would load programs from, or limit the process
//! (`ulimit -v`).

use super::wire::{self, next_field};

mod sizes;

use sizes::Sizes;

/// Graphs within graphs; real ones go two deep.
const DEEPEST: usize = 8;

/// Operators that run a graph again and again.
const LOOPS: [&str; 3] = ["Loop", "Scan", "SequenceMap"];

/// Elements of a tensor whose data is in another file: more than any model has, and no overflow.
const MOST_ELEMENTS: u64 = 1 << 40;

/// Checks that these bytes are a whole ONNX model with a graph, safe to be loaded. `name` is the file's, whose
/// weights may be in `<name>_data` or `<name>.data` beside it.
///
/// # Errors
///
/// What is wrong, in words: the file is cut off, or is no such thing at all, or asks for what no model needs.
pub fn check(bytes: &[u8], name: &str) -> Result<(), String> {
    if bytes.is_empty() {
        return Err("the file is empty".into());
    }
    let mut rest = bytes;
    let mut found = false;
    while let Some((number, field)) = next_field(&mut rest)? {
        if number == 7 {
            found = true;
            check_graph(field.bytes(), name, 1)?;
        }
    }
    if found { Ok(()) } else { Err("it holds no graph".into()) }
}

fn check_graph(graph: &[u8], name: &str, depth: usize) -> Result<(), String> {
    if depth > DEEPEST {
        return Err(format!("it has graphs within graphs, more than {DEEPEST} deep"));
    }
    let mut sizes = Sizes::default();
    // Tensors come after the nodes that use them.
    let mut rest = graph;
    while let Some((number, field)) = next_field(&mut rest)? {
        match number {
            5 => {
                let tensor = Tensor::read(field.bytes(), name)?;
                sizes.know(tensor.name, &tensor);
            }
            // What goes in, comes out and lies between: only that they are whole.
            11..=13 => {
                let mut rest = field.bytes();
                while next_field(&mut rest)?.is_some() {}
            }
            _ => {}
        }
    }
    let mut rest = graph;
    while let Some((number, field)) = next_field(&mut rest)? {
        if number == 1 {
            let node = Node::read(field.bytes(), name, depth)?;
            if LOOPS.contains(&node.operator) {
                return Err(format!(
                    "it has an operator {}, which may run without end",
                    node.operator
                ));
            }
            sizes.pass(&node)?;
        }
    }
    Ok(())
}

/// An operator with the names of what it reads and makes.
struct Node<'b> {
    operator: &'b str,
    inputs: Vec<&'b str>,
    outputs: Vec<&'b str>,
    /// The value of a `Constant`.
    constant: Option<Tensor<'b>>,
}

impl<'b> Node<'b> {
    fn read(mut rest: &'b [u8], name: &str, depth: usize) -> Result<Node<'b>, String> {
        let mut node =
            Node { operator: "", inputs: Vec::new(), outputs: Vec::new(), constant: None };
        while let Some((number, field)) = next_field(&mut rest)? {
            match number {
                1 => node.inputs.push(field.text()),
                2 => node.outputs.push(field.text()),
                4 => node.operator = field.text(),
                5 => {
                    let constant = read_attribute(field.bytes(), name, depth)?;
                    node.constant = node.constant.or(constant);
                }
                _ => {}
            }
        }
        Ok(node)
    }
}

/// Checks an attribute, and returns the tensor or the whole numbers that it holds.
fn read_attribute<'b>(
    mut rest: &'b [u8],
    name: &str,
    depth: usize,
) -> Result<Option<Tensor<'b>>, String> {
    let mut tensor = None;
    let mut numbers = Vec::new();
    while let Some((number, field)) = next_field(&mut rest)? {
        match number {
            3 | 8 => field.numbers(&mut numbers)?,
            5 | 10 => tensor = Some(Tensor::read(field.bytes(), name)?),
            6 | 11 => check_graph(field.bytes(), name, depth + 1)?,
            _ => {}
        }
    }
    let of_numbers =
        || Tensor { name: "", dims: vec![numbers.len() as u64], numbers: numbers.clone() };
    Ok(tensor.or_else(|| (!numbers.is_empty()).then(of_numbers)))
}

/// A tensor's name and shape, and its elements if they are a few whole numbers.
#[derive(Clone)]
struct Tensor<'b> {
    name: &'b str,
    dims: Vec<u64>,
    numbers: Vec<i64>,
}

impl<'b> Tensor<'b> {
    fn read(bytes: &'b [u8], file: &str) -> Result<Tensor<'b>, String> {
        let mut tensor = Tensor { name: "", dims: Vec::new(), numbers: Vec::new() };
        let (mut dims, mut kind, mut raw) = (Vec::new(), 0, None);
        let mut external = false;
        let mut rest = bytes;
        while let Some((number, field)) = next_field(&mut rest)? {
            match (number, field) {
                (1, _) => field.numbers(&mut dims)?,
                (2, wire::Field::Number(number)) => kind = number,
                (5 | 7, _) if bytes.len() <= sizes::FEW => field.numbers(&mut tensor.numbers)?,
                (8, _) => tensor.name = field.text(),
                (9, _) => raw = Some(field.bytes()),
                (13, _) => {
                    external = true;
                    check_location(field.bytes(), file)?;
                }
                _ => {}
            }
        }
        tensor.dims = dims.iter().map(|dim| dim.cast_unsigned()).collect();
        // A shape that has a 0 has no elements, however large the others are; yet they overflow.
        let elements = tensor.dims.iter().try_fold(1, |all: u64, &dim| all.checked_mul(dim.max(1)));
        let empty = tensor.dims.contains(&0);
        // An element takes a byte or more; types of half a byte are in no model of these families.
        let limit = if external || empty { MOST_ELEMENTS } else { bytes.len() as u64 };
        if elements.is_none_or(|elements| elements > limit) {
            return Err(format!(
                "its tensor {:?} claims the shape {dims:?}, for which there is no data",
                tensor.name
            ));
        }
        if let Some(raw) = raw.filter(|raw| raw.len() <= sizes::FEW) {
            // INT32 and INT64.
            let number = |bytes: &[u8]| {
                let sign = if bytes.last().is_some_and(|&last| last >= 0x80) { -1 } else { 0 };
                bytes.iter().rev().fold(sign, |all, &byte| all << 8 | i64::from(byte))
            };
            match kind {
                6 => tensor.numbers = raw.chunks_exact(4).map(number).collect(),
                7 => tensor.numbers = raw.chunks_exact(8).map(number).collect(),
                _ => {}
            }
        }
        Ok(tensor)
    }
}

/// Checks where a tensor's data is said to be.
fn check_location(mut entry: &[u8], file: &str) -> Result<(), String> {
    let (mut key, mut value) = ("", "");
    while let Some((number, field)) = next_field(&mut entry)? {
        match number {
            1 => key = field.text(),
            2 => value = field.text(),
            _ => {}
        }
    }
    let beside = value.strip_prefix(file).is_some_and(|rest| rest == "_data" || rest == ".data");
    if key == "location" && !beside {
        return Err(format!(
            "its weights are in {value:?}; they are looked for in {file}_data and {file}.data only"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn only_whole_messages_with_a_graph_pass() {
        assert!(check(&[0x08, 0x07, 0x3a, 0x02, 0x0a, 0x00], "m").is_ok());
        for wrong in
            [&[][..], &[0x08, 0x07], &[0x3a, 0x02, 0x0a], &[0x3a, 0x02, 0x0a, 0x01], &[0xff; 50]]
        {
            assert!(check(wrong, "m").is_err(), "{wrong:?}");
        }
    }
}
