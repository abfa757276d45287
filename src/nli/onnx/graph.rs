//! The nodes of an ONNX network, to look through and to change.

use std::collections::{BTreeMap, HashMap};

use super::wire::{Field, next_field, next_raw, number, put_bytes, put_number};

/// ONNX's numbers for the types of 32-bit floats and 64-bit integers.
const FLOAT: i64 = 1;
const INT64: i64 = 7;

/// Bytes of a tensor whose numbers are kept: shapes, axes, indices.
const FEW: usize = 64;

/// One operator.
#[derive(Debug, Clone, Default)]
pub struct Node<'b> {
    /// What it does, `MatMul` for instance; with its domain before it if that is not ONNX's own.
    pub operator: String,
    /// Names of the values it reads; an empty one for an optional input that is not given.
    pub inputs: Vec<String>,
    /// Names of the values it makes.
    pub outputs: Vec<String>,
    /// Its attributes that are whole numbers or lists of these.
    pub integers: BTreeMap<String, Vec<i64>>,
    /// Whether an attribute holds a graph of its own, whose nodes may read any value of this one.
    pub nested: bool,
    /// Everything but inputs, as it was read.
    rest: Vec<&'b [u8]>,
}

/// A value that is known when the network is loaded.
#[derive(Debug, Clone, Default)]
pub struct Constant {
    /// Its shape.
    pub dimensions: Vec<i64>,
    /// Its numbers, if they are 64-bit integers and few.
    pub integers: Vec<i64>,
}

/// A network's graph.
pub struct Graph<'b> {
    /// The operators. Those that are added come last, whatever reads them: rten finds the order by itself.
    pub nodes: Vec<Node<'b>>,
    /// Initializers and `Constant` nodes, by name.
    pub constants: HashMap<String, Constant>,
    /// Version of ONNX's own set of operators.
    pub opset: i64,
    model: &'b [u8],
    /// Tensors that were added, as they are written.
    added: Vec<Vec<u8>>,
}

impl<'b> Graph<'b> {
    /// Reads a network, of which large tensors may have been taken out.
    ///
    /// # Errors
    ///
    /// In words: these bytes are no network.
    pub fn read(model: &'b [u8]) -> Result<Graph<'b>, String> {
        let mut graph = Graph {
            nodes: Vec::new(),
            constants: HashMap::new(),
            opset: 0,
            model,
            added: Vec::new(),
        };
        let mut rest = model;
        while let Some((number, field)) = next_field(&mut rest)? {
            match number {
                number::MODEL_OPSET_IMPORT => graph.read_opset(field)?,
                number::MODEL_GRAPH => {
                    let mut rest = field.bytes();
                    while let Some((number, field)) = next_field(&mut rest)? {
                        graph.read_field(number, field)?;
                    }
                }
                _ => {}
            }
        }
        Ok(graph)
    }

    fn read_opset(&mut self, field: Field<'b>) -> Result<(), String> {
        let (mut domain, mut version) = ("", Vec::new());
        let mut rest = field.bytes();
        while let Some((number, field)) = next_field(&mut rest)? {
            match number {
                number::OPSET_DOMAIN => domain = field.text(),
                number::OPSET_VERSION => field.numbers(&mut version)?,
                _ => {}
            }
        }
        if domain.is_empty() || domain == "ai.onnx" {
            self.opset = version.first().copied().unwrap_or(0);
        }
        Ok(())
    }

    fn read_field(&mut self, number: u64, field: Field<'b>) -> Result<(), String> {
        match number {
            number::GRAPH_INITIALIZER => {
                let (name, constant) = constant(field.bytes())?;
                self.constants.insert(name, constant);
            }
            number::GRAPH_NODE => {
                let (node, tensor) = node(field.bytes())?;
                if node.operator == "Constant"
                    && let Some(output) = node.outputs.first()
                {
                    self.constants.insert(output.clone(), tensor.unwrap_or_default());
                }
                self.nodes.push(node);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the ranges of a quantisation are taken over a whole batch, so that the pairs in it move each
    /// other's logits.
    pub fn couples_pairs(&self) -> bool {
        self.nodes.iter().any(|node| node.operator == "DynamicQuantizeLinear")
    }

    /// Adds a constant list of 64-bit integers.
    pub fn add_integers(&mut self, name: &str, integers: &[i64]) {
        let bytes: Vec<u8> = integers.iter().flat_map(|i| i.to_le_bytes()).collect();
        self.add(name, INT64, &[integers.len()], &bytes);
    }

    /// Adds a constant number, without an axis.
    pub fn add_float(&mut self, name: &str, float: f32) {
        self.add(name, FLOAT, &[], &float.to_le_bytes());
    }

    fn add(&mut self, name: &str, data_type: i64, dimensions: &[usize], bytes: &[u8]) {
        let mut tensor = Vec::new();
        for &dimension in dimensions {
            put_number(&mut tensor, number::TENSOR_DIMS, dimension.try_into().unwrap_or(0));
        }
        put_number(&mut tensor, number::TENSOR_DATA_TYPE, data_type);
        put_bytes(&mut tensor, number::TENSOR_NAME, name.as_bytes());
        put_bytes(&mut tensor, number::TENSOR_RAW_DATA, bytes);
        self.added.push(tensor);
    }

    /// Writes the network as it is now.
    ///
    /// # Errors
    ///
    /// None that [`Graph::read`] would not have given.
    pub fn write(&self) -> Result<Vec<u8>, String> {
        let mut model = Vec::with_capacity(self.model.len());
        let mut rest = self.model;
        while let Some((number, field, raw)) = next_raw(&mut rest)? {
            if number != number::MODEL_GRAPH {
                model.extend_from_slice(raw);
                continue;
            }
            let mut graph = Vec::with_capacity(raw.len());
            for node in &self.nodes {
                put_bytes(&mut graph, number::GRAPH_NODE, &node.write());
            }
            let mut rest = field.bytes();
            while let Some((number, _, raw)) = next_raw(&mut rest)? {
                if number != number::GRAPH_NODE {
                    graph.extend_from_slice(raw);
                }
            }
            for tensor in &self.added {
                put_bytes(&mut graph, number::GRAPH_INITIALIZER, tensor);
            }
            put_bytes(&mut model, number::MODEL_GRAPH, &graph);
        }
        Ok(model)
    }
}

impl Node<'_> {
    /// An operator of ONNX's own set, without attributes.
    pub fn new(operator: &str, inputs: &[&str], output: &str) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
        Node {
            operator: operator.into(),
            inputs: owned(inputs),
            outputs: vec![output.into()],
            ..Node::default()
        }
    }

    /// The node with one more attribute.
    #[must_use]
    pub fn with_integer(mut self, attribute: &str, value: i64) -> Self {
        self.integers.insert(attribute.into(), vec![value]);
        self
    }

    /// A whole number among its attributes.
    pub fn integer(&self, attribute: &str) -> Option<i64> {
        self.integers.get(attribute).and_then(|list| list.first()).copied()
    }

    fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for input in &self.inputs {
            put_bytes(&mut out, number::NODE_INPUT, input.as_bytes());
        }
        if self.rest.is_empty() {
            for output in &self.outputs {
                put_bytes(&mut out, number::NODE_OUTPUT, output.as_bytes());
            }
            put_bytes(&mut out, number::NODE_OP_TYPE, self.operator.as_bytes());
            for (name, integers) in &self.integers {
                put_bytes(&mut out, number::NODE_ATTRIBUTE, &attribute(name, integers));
            }
        }
        for raw in &self.rest {
            out.extend_from_slice(raw);
        }
        out
    }
}

/// An attribute of one whole number.
fn attribute(name: &str, integers: &[i64]) -> Vec<u8> {
    const INT: i64 = 2;
    let mut out = Vec::new();
    put_bytes(&mut out, number::ATTRIBUTE_NAME, name.as_bytes());
    put_number(&mut out, number::ATTRIBUTE_INT, integers.first().copied().unwrap_or(0));
    put_number(&mut out, number::ATTRIBUTE_TYPE, INT);
    out
}

/// Reads a node, and the tensor among its attributes if it has one.
fn node(mut rest: &[u8]) -> Result<(Node<'_>, Option<Constant>), String> {
    let mut node = Node::default();
    let mut tensor = None;
    let mut domain = "";
    while let Some((number, field, raw)) = next_raw(&mut rest)? {
        match number {
            number::NODE_INPUT => {
                node.inputs.push(field.text().into());
                continue;
            }
            number::NODE_OUTPUT => node.outputs.push(field.text().into()),
            number::NODE_OP_TYPE => node.operator = field.text().into(),
            number::NODE_DOMAIN => domain = field.text(),
            number::NODE_ATTRIBUTE => {
                let (mut name, mut integers) = ("", Vec::new());
                let mut rest = field.bytes();
                while let Some((number, field)) = next_field(&mut rest)? {
                    match number {
                        number::ATTRIBUTE_NAME => name = field.text(),
                        number::ATTRIBUTE_INT | number::ATTRIBUTE_INTS => {
                            field.numbers(&mut integers)?;
                        }
                        number::ATTRIBUTE_TENSOR => tensor = Some(constant(field.bytes())?.1),
                        number::ATTRIBUTE_GRAPH => node.nested = true,
                        _ => {}
                    }
                }
                if !integers.is_empty() {
                    node.integers.insert(name.into(), integers);
                }
            }
            _ => {}
        }
        node.rest.push(raw);
    }
    if !domain.is_empty() && domain != "ai.onnx" {
        node.operator = format!("{domain}:{}", node.operator);
    }
    Ok((node, tensor))
}

/// Reads a tensor's name, and what is kept of it.
fn constant(mut rest: &[u8]) -> Result<(String, Constant), String> {
    let mut constant = Constant::default();
    let mut name = String::new();
    let mut raw: &[u8] = &[];
    let mut data_type = Vec::new();
    while let Some((number, field)) = next_field(&mut rest)? {
        match number {
            number::TENSOR_DIMS => field.numbers(&mut constant.dimensions)?,
            number::TENSOR_DATA_TYPE => field.numbers(&mut data_type)?,
            number::TENSOR_NAME => name = field.text().into(),
            number::TENSOR_INT64_DATA => field.numbers(&mut constant.integers)?,
            number::TENSOR_RAW_DATA if field.bytes().len() <= FEW => raw = field.bytes(),
            _ => {}
        }
    }
    if data_type == [INT64] {
        let whole = raw.as_chunks::<8>().0;
        constant.integers.extend(whole.iter().map(|&bytes| i64::from_le_bytes(bytes)));
    } else {
        constant.integers.clear();
    }
    Ok((name, constant))
}
