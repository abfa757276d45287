//! Leaves out work whose results nobody reads, before a network is loaded.
//!
//! Networks are exported from training code, which computes more than a classifier needs. Two such places are
//! common enough, and cost enough, to be found in the graph and changed. The logits stay what they were.
//!
//! - **The last layer.** A classifier reads the first token only. After the last attention every token goes
//!   its own way (two matrix products, norms, GELU), so the others can be dropped there: [`keep_first_token`].
//! - **Relative positions.** DeBERTa multiplies each token with all 512 relative positions and then gathers
//!   the few that occur, which in a pair of 60 tokens are 119: [`keep_positions_that_occur`].
//!
//! - **Rounding.** Values that become 8-bit integers are rounded first. rten calls the C library for each number,
//!   which takes longer than the matrix product after it: [`round_by_adding`].
//!
//! Where a graph looks otherwise than expected it stays as it is.

use std::collections::{HashMap, HashSet};

use super::graph::{Graph, Node};

/// `Slice` takes its bounds as inputs from this version of ONNX's operators on.
const FIRST_OPSET: i64 = 11;

/// Makes these changes. Returns how many places were changed.
pub fn shorten(graph: &mut Graph<'_>) -> usize {
    if graph.opset < FIRST_OPSET || graph.nodes.iter().any(|node| node.nested) {
        return 0;
    }
    // The rounding last: it takes apart what the others look for.
    keep_positions_that_occur(graph) + keep_first_token(graph) + round_by_adding(graph)
}

/// Who makes and who reads each value, as indices of nodes.
struct Wiring {
    maker: HashMap<String, usize>,
    readers: HashMap<String, Vec<usize>>,
}

impl Wiring {
    fn of(graph: &Graph<'_>) -> Wiring {
        let mut wiring = Wiring { maker: HashMap::new(), readers: HashMap::new() };
        for (index, node) in graph.nodes.iter().enumerate() {
            for output in &node.outputs {
                wiring.maker.insert(output.clone(), index);
            }
            for input in &node.inputs {
                wiring.readers.entry(input.clone()).or_default().push(index);
            }
        }
        wiring
    }

    /// The node that makes a value, if it is of this operator and nobody else reads what it makes.
    fn only_for_one(&self, graph: &Graph<'_>, value: &str, operator: &str) -> Option<usize> {
        let index = *self.maker.get(value)?;
        let node = &graph.nodes[index];
        let readers = self.readers.get(value).map_or(0, Vec::len);
        (node.operator == operator && node.outputs.len() == 1 && readers == 1).then_some(index)
    }
}

/// Prefix of the names that are added.
const OWN: &str = "crossclaim.shorten";

/// `GatherElements(MatMul(a, b), i)` reads some columns of a product: those that never occur in `i` are cut off
/// `b` before the product is taken. Which occur is found as the network runs.
fn keep_positions_that_occur(graph: &mut Graph<'_>) -> usize {
    let wiring = Wiring::of(graph);
    let [list, one, axis] = ["list", "one", "axis"].map(|name| format!("{OWN}.{name}"));
    let mut changed = 0;
    for gather in 0..graph.nodes.len() {
        let Some(place) = gathered_product(graph, &wiring, gather) else { continue };
        let name = |what: &str| format!("{OWN}.positions.{changed}.{what}");
        let [low, high, start, last, end, shifted, kept] =
            ["low", "high", "start", "last", "end", "shifted", "kept"].map(name);
        let indices = &mut graph.nodes[place.indices].inputs[0];
        let all = std::mem::replace(indices, shifted.clone());
        let columns = &mut graph.nodes[place.columns].inputs[place.input];
        let columns = std::mem::replace(columns, kept.clone());
        let axis = format!("{axis}{}", place.axis);
        graph.nodes.extend([
            Node::new("ReduceMin", &[&all], &low).with_integer("keepdims", 0),
            Node::new("ReduceMax", &[&all], &high).with_integer("keepdims", 0),
            Node::new("Reshape", &[&low, &list], &start),
            Node::new("Reshape", &[&high, &list], &last),
            Node::new("Add", &[&last, &one], &end),
            Node::new("Sub", &[&all, &start], &shifted),
            Node::new("Slice", &[&columns, &start, &end, &axis], &kept),
        ]);
        changed += 1;
    }
    if changed > 0 {
        graph.add_integers(&list, &[1]); // the shape of a list of one number
        graph.add_integers(&one, &[1]);
        graph.add_integers(&format!("{axis}-1"), &[-1]);
        graph.add_integers(&format!("{axis}-2"), &[-2]);
    }
    changed
}

/// Where a gathered product is changed; nodes by index.
struct Gathered {
    /// Whose first input holds the indices.
    indices: usize,
    /// Which of whose inputs holds the columns, and along which axis.
    columns: usize,
    input: usize,
    axis: i64,
}

fn gathered_product(graph: &Graph<'_>, wiring: &Wiring, gather: usize) -> Option<Gathered> {
    let node = &graph.nodes[gather];
    if node.operator != "GatherElements" || node.integer("axis") != Some(-1) {
        return None;
    }
    let [data, indices] = node.inputs.as_slice() else { return None };
    // The indices are looked at before they are repeated for every head.
    let expand = wiring.only_for_one(graph, indices, "Expand")?;
    let product = wiring.only_for_one(graph, data, "MatMul")?;
    let (mut columns, mut input, mut axis) = (product, 1, -1);
    // The columns are cut before they are turned and repeated.
    while let Some(value) = graph.nodes[columns].inputs.get(input) {
        if axis == -1
            && let Some(turn) = wiring.only_for_one(graph, value, "Transpose")
            && let Some(order) = graph.nodes[turn].integers.get("perm")
            && let Ok(rank) = i64::try_from(order.len())
            && order.ends_with(&[rank - 1, rank - 2])
        {
            (columns, input, axis) = (turn, 0, -2);
        } else if let Some(tile) = wiring.only_for_one(graph, value, "Tile")
            && repeats_leading_axes_only(graph, wiring, graph.nodes[tile].inputs.get(1)?)
        {
            (columns, input) = (tile, 0);
        } else {
            break;
        }
    }
    Some(Gathered { indices: expand, columns, input, axis })
}

/// Whether a list of repetitions ends in 1, 1.
fn repeats_leading_axes_only(graph: &Graph<'_>, wiring: &Wiring, list: &str) -> bool {
    if let Some(constant) = graph.constants.get(list) {
        return constant.integers.ends_with(&[1, 1]);
    }
    let Some(&maker) = wiring.maker.get(list) else { return false };
    let node = &graph.nodes[maker];
    let ones = |name: &String| graph.constants.get(name).is_some_and(|c| c.integers == [1]);
    node.operator == "Concat"
        && node.inputs.len() > 2
        && node.inputs[node.inputs.len() - 2..].iter().all(ones)
}

/// Operators that treat each token by itself, given that inputs other than the tokens are constants of one axis.
const TOKEN_BY_TOKEN: [&str; 24] = [
    "Abs",
    "Add",
    "Cast",
    "Clip",
    "Div",
    "DynamicQuantizeLinear",
    "Erf",
    "Gelu",
    "Identity",
    "LayerNormalization",
    "MatMul",
    "MatMulInteger",
    "Max",
    "Min",
    "Mul",
    "Neg",
    "Pow",
    "ReduceMax",
    "ReduceMean",
    "Relu",
    "Round",
    "Sqrt",
    "Sub",
    "Tanh",
];

/// `Gather(x, 0)` along the axis of tokens reads the first token only: everything before it that treats tokens one
/// by one gets to see no other.
fn keep_first_token(graph: &mut Graph<'_>) -> usize {
    let wiring = Wiring::of(graph);
    let first = |node: &Node<'_>| {
        let index = node.inputs.get(1).and_then(|name| graph.constants.get(name));
        node.operator == "Gather"
            && node.integer("axis") == Some(1)
            && index.is_some_and(|c| c.integers == [0] && c.dimensions.is_empty())
    };
    let mut gathers = (0..graph.nodes.len()).filter(|&index| first(&graph.nodes[index]));
    let (Some(gather), None) = (gathers.next(), gathers.next()) else { return 0 };
    let kinds = Kinds { graph, wiring: &wiring };
    let region = kinds.region(gather);
    if region.is_empty() {
        return 0;
    }
    // Values of many tokens that nodes of the region read from outside it.
    let mut edge: Vec<String> = Vec::new();
    for &index in &region {
        for input in kinds.tokens(index) {
            let inside = wiring.maker.get(&input).is_some_and(|maker| region.contains(maker));
            if !inside && !edge.contains(&input) {
                edge.push(input);
            }
        }
    }
    edge.sort();
    let [start, end] = ["zero", "one"].map(|name| format!("{OWN}.first.{name}"));
    for (number, value) in edge.iter().enumerate() {
        let kept = format!("{OWN}.first.{number}");
        for &index in &region {
            for input in graph.nodes[index].inputs.iter_mut().filter(|input| *input == value) {
                input.clone_from(&kept);
            }
        }
        graph.nodes.push(Node::new("Slice", &[value, &start, &end, &end], &kept));
    }
    graph.add_integers(&start, &[0]);
    graph.add_integers(&end, &[1]); // the end, and the axis
    1
}

/// ONNX's numbers for the types of 8-bit integers.
const EIGHT_BITS: [i64; 2] = [2, 3];

/// A `Round` for a `Cast` to 8 bits becomes the addition and subtraction of 1.5 · 2²³, beside which a 32-bit float
/// has no room for a fraction: the processor rounds, half to even, as `Round` does.
fn round_by_adding(graph: &mut Graph<'_>) -> usize {
    const LARGE: f32 = 12_582_912.0;
    let wiring = Wiring::of(graph);
    let large = format!("{OWN}.large");
    let mut changed = 0;
    for cast in 0..graph.nodes.len() {
        let node = &graph.nodes[cast];
        let narrow = node.integer("to").is_some_and(|to| EIGHT_BITS.contains(&to));
        if node.operator != "Cast" || !narrow || node.inputs.len() != 1 {
            continue;
        }
        let Some(round) = wiring.only_for_one(graph, &node.inputs[0], "Round") else { continue };
        let Some(value) = graph.nodes[round].inputs.first().cloned() else { continue };
        let name = |what: &str| format!("{OWN}.round.{changed}.{what}");
        let [high, rounded] = ["high", "rounded"].map(name);
        graph.nodes.extend([
            Node::new("Add", &[&value, &large], &high),
            Node::new("Sub", &[&high, &large], &rounded),
        ]);
        graph.nodes[cast].inputs[0] = rounded;
        changed += 1;
    }
    if changed > 0 {
        graph.add_float(&large, LARGE);
    }
    changed
}

/// What kind of value each is: constant, of one number or one axis, or of many tokens.
struct Kinds<'a, 'b> {
    graph: &'a Graph<'b>,
    wiring: &'a Wiring,
}

impl Kinds<'_, '_> {
    /// The nodes before `gather` that treat tokens one by one and whose results nobody else reads.
    fn region(&self, gather: usize) -> HashSet<usize> {
        let mut region = HashSet::new();
        let mut next = vec![self.graph.nodes[gather].inputs[0].clone()];
        while let Some(value) = next.pop() {
            if let Some(&index) = self.wiring.maker.get(&value)
                && self.token_by_token(index)
                && region.insert(index)
            {
                next.extend(self.tokens(index));
            }
        }
        loop {
            let outside = |&index: &usize| {
                let outputs = &self.graph.nodes[index].outputs;
                let readers = outputs.iter().filter_map(|name| self.wiring.readers.get(name));
                readers.flatten().any(|reader| *reader != gather && !region.contains(reader))
            };
            let others: Vec<usize> = region.iter().copied().filter(outside).collect();
            if others.is_empty() {
                return region;
            }
            for index in others {
                region.remove(&index);
            }
        }
    }

    /// A number or a vector, whatever the number of tokens: a constant of at most one axis that counts, or what
    /// comes of such and of the scales of a quantisation.
    fn plain(&self, value: &str) -> bool {
        if value.is_empty() {
            return true;
        }
        if let Some(constant) = self.graph.constants.get(value) {
            let long = |n: &&i64| **n != 1;
            return constant.dimensions.iter().rev().skip(1).filter(long).count() == 0;
        }
        let Some(&maker) = self.wiring.maker.get(value) else { return false };
        let node = &self.graph.nodes[maker];
        match node.operator.as_str() {
            "DynamicQuantizeLinear" => node.outputs.first().is_none_or(|first| first != value),
            "Mul" | "Identity" | "Cast" => node.inputs.iter().all(|input| self.plain(input)),
            _ => false,
        }
    }

    /// Whether a value is known when the network is loaded, whatever its shape.
    fn constant(&self, value: &str) -> bool {
        if self.graph.constants.contains_key(value) {
            return true;
        }
        let Some(&maker) = self.wiring.maker.get(value) else { return false };
        let node = &self.graph.nodes[maker];
        let derives = ["Cast", "DequantizeLinear", "Identity", "Transpose"];
        derives.contains(&node.operator.as_str()) && node.inputs.iter().all(|i| self.constant(i))
    }

    /// The inputs of a node that hold many tokens.
    fn tokens(&self, index: usize) -> Vec<String> {
        let node = &self.graph.nodes[index];
        let among = match node.operator.as_str() {
            "Add" | "Div" | "Max" | "Min" | "Mul" | "Pow" | "Sub" => &node.inputs[..],
            _ => &node.inputs[..1],
        };
        among.iter().filter(|input| !self.plain(input)).cloned().collect()
    }

    fn token_by_token(&self, index: usize) -> bool {
        let node = &self.graph.nodes[index];
        let known = |value: &String| self.plain(value) || self.constant(value);
        let others = || node.inputs[1..].iter().all(known);
        let over_channels = || {
            let axes = match node.inputs.get(1) {
                Some(name) => self.graph.constants.get(name).map(|c| &c.integers),
                None => node.integers.get("axes"),
            };
            axes.is_some_and(|axes| axes == &[-1]) && node.integer("keepdims") != Some(0)
        };
        if !TOKEN_BY_TOKEN.contains(&node.operator.as_str()) || node.inputs.is_empty() {
            return false;
        }
        match node.operator.as_str() {
            "LayerNormalization" => matches!(node.integer("axis"), None | Some(-1)) && others(),
            "ReduceMax" | "ReduceMean" => over_channels(),
            "Add" | "Div" | "Max" | "Min" | "Mul" | "Pow" | "Sub" => {
                let matrix = |value: &String| self.constant(value) && !self.plain(value);
                !self.tokens(index).is_empty() && !node.inputs.iter().any(matrix)
            }
            _ => others(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::shorten;
    use crate::nli::onnx::file::read;
    use crate::nli::onnx::graph::Graph;

    /// The graph of a model of this project, its operators before and after, and how many places were changed.
    fn shortened(model: &str) -> (Vec<String>, Vec<String>, usize) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(model);
        let bytes = std::fs::read(path).unwrap();
        let parts = read(&*bytes, bytes.len() as u64).unwrap();
        let mut graph = Graph::read(&parts.network).unwrap();
        let operators = |graph: &Graph<'_>| -> Vec<String> {
            graph.nodes.iter().map(|node| node.operator.clone()).collect()
        };
        let before = operators(&graph);
        let changed = shorten(&mut graph);
        let written = graph.write().unwrap();
        let again = Graph::read(&written).unwrap();
        assert_eq!(operators(&again), operators(&graph));
        assert_eq!(
            again.nodes.iter().map(|node| &node.inputs).collect::<Vec<_>>(),
            graph.nodes.iter().map(|node| &node.inputs).collect::<Vec<_>>()
        );
        (before, operators(&graph), changed)
    }

    fn count(operators: &[String], operator: &str) -> usize {
        operators.iter().filter(|o| *o == operator).count()
    }

    /// That the logits stay what they were is tested in tests/nli.rs, on the same models.
    #[test]
    fn every_family_has_its_last_layer_shortened() {
        for family in ["bert", "camembert", "distilbert", "roberta", "xlm-roberta"] {
            let (before, after, changed) =
                shortened(&format!("tests/golden/tiny-{family}/model.onnx"));
            assert_eq!(changed, 1, "{family}");
            // What attention gives, and what it is added to.
            assert_eq!(count(&after, "Slice") - count(&before, "Slice"), 2, "{family}");
        }
    }

    #[test]
    fn deberta_keeps_the_positions_that_occur_in_each_layer_and_direction() {
        let (before, after, changed) = shortened("tests/golden/tiny-deberta-v2/model.onnx");
        assert_eq!(count(&before, "GatherElements"), 4);
        assert_eq!(changed, 4 + 1);
        assert_eq!(count(&after, "Slice") - count(&before, "Slice"), 4 + 2);
    }

    #[test]
    fn quantised_networks_are_shortened_too() {
        let (_, _, changed) = shortened("tests/golden/tiny-int8/onnx/model_int8.onnx");
        assert_eq!(changed, 1);
        let (before, after, changed) = shortened("models/builtin/model.onnx");
        assert_eq!(changed, 1 + count(&before, "Round"));
        assert_eq!(count(&after, "Sub") - count(&before, "Sub"), count(&before, "Round"));
    }
}
