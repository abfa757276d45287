//! Sizes of tensors that a network makes of numbers in the file itself.
//!
//! Networks have operators that make a tensor of any size (`Expand`, `Range`, …). In the models that this engine
//! runs, the size comes from the input's; in a hostile one it may stand in the file. So small whole numbers are
//! followed through the operators that shapes are computed with, and so are the shapes of constants.

use std::collections::HashMap;

use super::{Node, Tensor};

/// Bytes of a tensor whose numbers are followed: shapes and the like.
pub(super) const FEW: usize = 4096;

/// Elements that an operator may make of constants alone: 1 GiB as `f32`, more than the embeddings of any
/// model. Constants larger than that may come out as large as they went in.
const MOST: u64 = 1 << 28;

/// What is known of a graph's values.
#[derive(Default)]
pub(super) struct Sizes<'b> {
    /// Whole numbers.
    numbers: HashMap<&'b str, Vec<i64>>,
    /// Shapes of constants.
    shapes: HashMap<&'b str, Vec<u64>>,
}

impl<'b> Sizes<'b> {
    /// Takes note of a constant.
    pub(super) fn know(&mut self, name: &'b str, tensor: &Tensor<'b>) {
        if !tensor.numbers.is_empty() {
            self.numbers.insert(name, tensor.numbers.clone());
        }
        self.shapes.insert(name, tensor.dims.clone());
    }

    /// Passes a node on the way through the graph: checks the size of what it makes, and follows its numbers.
    pub(super) fn pass(&mut self, node: &Node<'b>) -> Result<(), String> {
        if self.made(node).is_none_or(|elements| elements > self.allowed(node)) {
            return Err(format!("its operator {} makes a tensor of absurd size", node.operator));
        }
        let Some(&output) = node.outputs.first() else { return Ok(()) };
        if let ("Constant", Some(tensor)) = (node.operator, &node.constant) {
            self.know(output, tensor);
        } else if let Some(numbers) = self.computed(node) {
            self.numbers.insert(output, numbers);
        }
        Ok(())
    }

    fn known(&self, node: &Node<'_>, input: usize) -> Option<&[i64]> {
        self.numbers.get(*node.inputs.get(input)?).map(Vec::as_slice)
    }

    /// Elements of what the node makes, as far as the file gives them; `None` beyond all bounds.
    fn made(&self, node: &Node<'_>) -> Option<u64> {
        let by_numbers = match node.operator {
            "ConstantOfShape" => self.known(node, 0),
            "Expand" | "Tile" | "Pad" | "OneHot" | "Upsample" => self.known(node, 1),
            "Resize" => self.known(node, 3),
            _ => None,
        };
        if let Some(numbers) = by_numbers {
            return product(numbers.iter().map(|number| number.unsigned_abs()));
        }
        if node.operator == "Range" {
            let bound = |input| Some(*self.known(node, input)?.first()?);
            let start = bound(0).unwrap_or(0);
            return Some(bound(1).map_or(0, |limit| limit.abs_diff(start)));
        }
        // Two constants are spread out to the larger of each dimension, counted from the last.
        let shapes: Vec<&Vec<u64>> =
            node.inputs.iter().filter_map(|input| self.shapes.get(*input)).collect();
        if shapes.len() < 2 {
            return Some(0);
        }
        let rank = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
        let dim = |back: usize| {
            let dims = shapes.iter().filter_map(|shape| shape.iter().rev().nth(back));
            dims.copied().max().unwrap_or(1)
        };
        product((0..rank).map(dim))
    }

    fn allowed(&self, node: &Node<'_>) -> u64 {
        let given = node.inputs.iter().filter_map(|input| self.shapes.get(*input));
        let given = given.filter_map(|shape| product(shape.iter().copied()));
        given.max().unwrap_or(0).max(MOST)
    }

    /// The numbers that the node makes of known ones.
    fn computed(&self, node: &Node<'_>) -> Option<Vec<i64>> {
        let both = |call: fn(i64, i64) -> i64| {
            let (a, b) = (self.known(node, 0)?, self.known(node, 1)?);
            let length = a.len().max(b.len());
            let at = |numbers: &[i64], i: usize| {
                numbers.get(if numbers.len() == 1 { 0 } else { i }).copied()
            };
            (0..length).map(|i| Some(call(at(a, i)?, at(b, i)?))).collect()
        };
        match node.operator {
            "Identity" | "Cast" | "Squeeze" | "Unsqueeze" | "Reshape" | "Flatten" => {
                self.known(node, 0).map(<[i64]>::to_vec)
            }
            "Add" => both(i64::saturating_add),
            "Sub" => both(i64::saturating_sub),
            "Mul" => both(i64::saturating_mul),
            "Concat" => {
                let parts = (0..node.inputs.len()).map(|input| self.known(node, input));
                let parts: Option<Vec<&[i64]>> = parts.collect();
                Some(parts?.concat()).filter(|numbers| numbers.len() <= FEW)
            }
            _ => None,
        }
    }
}

/// The product; a 0 counts as a 1, since what is beside it must be possible too.
fn product(numbers: impl Iterator<Item = u64>) -> Option<u64> {
    let mut all = 1_u64;
    for number in numbers {
        all = all.checked_mul(number.max(1))?;
    }
    Some(all)
}
