"""A BERT classifier as an ONNX graph of standard operators (opset 17), in fp32 or int8.

In int8 the word embeddings are stored as rows with a scale each, and the weights of the encoder as columns
with a scale each. Each token's activations get their own scale, so the result for a pair does not depend
on the pairs that share its batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

HIDDEN, HEADS, LAYERS = 384, 12, 6
EPSILON = 1e-12
SMOOTHING = 0.5
TABLE_LIMIT = 127.0
# Processors without VNNI add two products in 16 bits: 2 · (2 · 90) · 90 < 2^15, so none overflows.
WEIGHT_LIMIT, ACTIVATION_LIMIT = 90.0, 90.0


@dataclass(frozen=True)
class Operand:
    """A tensor as a linear layer takes it: plain, or int8 with a scale a token and factors a channel."""

    values: str
    scale: str | None = None
    factors: np.ndarray | None = None


def quantized_rows(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scale = np.maximum(np.abs(rows).max(1, keepdims=True), 1e-8) / TABLE_LIMIT
    return np.rint(rows / scale).astype(np.int8), scale.astype(np.float32)


class Builder:
    def __init__(self, quantized: bool):
        self.quantized = quantized
        self.nodes, self.constants, self.names = [], {}, 0

    def constant(self, array: np.ndarray, name: str) -> str:
        self.constants[name] = numpy_helper.from_array(np.asarray(array, order="C"), name)
        return name

    def scalar(self, value: float) -> str:
        return self.constant(np.array(value, dtype=np.float32), f"scalar_{value:g}")

    def shape(self, *sizes: int) -> str:
        return self.constant(np.array(sizes, dtype=np.int64), "shape_" + "_".join(map(str, sizes)))

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes):
        names = []
        for _ in range(outputs):
            self.names += 1
            names.append(f"{kind.lower()}_{self.names}")
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names[0] if outputs == 1 else names

    def table(self, rows: np.ndarray, ids: str, name: str) -> str:
        """Rows of an embedding table."""
        if not self.quantized:
            return self.op("Gather", self.constant(rows, name), ids)
        stored, scale = quantized_rows(rows)
        values = self.op("Gather", self.constant(stored, name), ids)
        scales = self.op("Gather", self.constant(scale, name + ".scale"), ids)
        return self.op("Mul", self.op("Cast", values, to=TensorProto.FLOAT), scales)

    def rows_from_start(self, rows: np.ndarray, count: str, name: str) -> str:
        """The first rows of a table, as many as `count` says."""
        bounds = self.shape(0), count, self.shape(0)
        if not self.quantized:
            return self.op("Slice", self.constant(rows, name), *bounds)
        stored, scale = quantized_rows(rows)
        values = self.op("Cast", self.op("Slice", self.constant(stored, name), *bounds), to=TensorProto.FLOAT)
        return self.op("Mul", values, self.op("Slice", self.constant(scale, name + ".scale"), *bounds))

    def quantize(self, x: str) -> tuple[str, str]:
        """int8 values and a scale for each token (the last axis but one)."""
        largest = self.op("ReduceMax", self.op("Abs", x), axes=[-1], keepdims=1)
        scale = self.op("Mul", self.op("Max", largest, self.scalar(1e-8)), self.scalar(1 / ACTIVATION_LIMIT))
        return self.op("Cast", self.op("Round", self.op("Div", x, scale)), to=TensorProto.INT8), scale

    def linear(self, x: Operand, weight: np.ndarray, bias: np.ndarray, name: str) -> str:
        """x · weightᵀ + bias"""
        matrix = weight.T.astype(np.float32)
        if x.scale is not None:
            matrix = matrix * x.factors[:, None]
            columns = np.maximum(np.abs(matrix).max(0), 1e-8) / WEIGHT_LIMIT
            stored = self.constant(np.rint(matrix / columns).astype(np.int8), name)
            product = self.op("Cast", self.op("MatMulInteger", x.values, stored), to=TensorProto.FLOAT)
            product = self.op("Mul", product, self.constant(columns.astype(np.float32), name + ".scale"))
            product = self.op("Mul", product, x.scale)
        else:
            product = self.op("MatMul", x.values, self.constant(matrix, name))
        return self.op("Add", product, self.constant(bias.astype(np.float32), name + ".bias"))

    def input(self, x: str, peaks: np.ndarray, weights: list[np.ndarray], name: str) -> Operand:
        """Prepares `x` for the linear layers with these weights.

        Some channels are far larger than the rest and would leave them few levels: each channel is
        divided by a factor, and the weights that meet it are multiplied by the same (SmoothQuant).
        """
        if not self.quantized:
            return Operand(x)
        columns = np.max([np.abs(w).max(0) for w in weights], axis=0)
        factors = (np.maximum(peaks, 1e-4) / np.maximum(columns, 1e-4)) ** SMOOTHING
        factors = (factors / np.exp(np.log(factors).mean())).astype(np.float32)
        values, scale = self.quantize(self.op("Mul", x, self.constant(1 / factors, name + ".smooth")))
        return Operand(values, scale, factors)

    def norm(self, x: str, state: dict, prefix: str) -> str:
        weight = self.constant(state[prefix + ".weight"], prefix + ".weight")
        bias = self.constant(state[prefix + ".bias"], prefix + ".bias")
        return self.op("LayerNormalization", x, weight, bias, axis=-1, epsilon=EPSILON)

    def gelu(self, x: str) -> str:
        erf = self.op("Erf", self.op("Div", x, self.scalar(float(np.sqrt(2.0)))))
        return self.op("Mul", self.op("Mul", x, self.op("Add", erf, self.scalar(1.0))), self.scalar(0.5))


def embeddings(g: Builder, state: dict) -> str:
    prefix = "bert.embeddings."
    words = g.table(state[prefix + "word_embeddings.weight"], "input_ids", "words")
    types = g.op("Gather", g.constant(state[prefix + "token_type_embeddings.weight"], "types"), "token_type_ids")
    sequence = g.op("Slice", g.op("Shape", "input_ids"), g.shape(1), g.shape(2))
    places = g.rows_from_start(state[prefix + "position_embeddings.weight"], sequence, "places")
    return g.norm(g.op("Add", g.op("Add", words, types), places), state, prefix + "LayerNorm")


def layer(g: Builder, x: str, mask: str, state: dict, peaks: dict, number: int) -> str:
    prefix = f"bert.encoder.layer.{number}."

    def parameters(name: str) -> tuple[np.ndarray, np.ndarray]:
        return state[prefix + name + ".weight"], state[prefix + name + ".bias"]

    def operand(tensor: str, name: str, weights: list[np.ndarray] | None = None) -> Operand:
        weights = weights or [parameters(name)[0]]
        return g.input(tensor, peaks[prefix + name], weights, f"{number}.{name}")

    size = HIDDEN // HEADS
    parts = [parameters("attention.self." + part) for part in ("query", "key", "value")]
    parts[0] = (parts[0][0] / np.sqrt(size), parts[0][1] / np.sqrt(size))
    source = operand(x, "attention.self.query", [w for w, _ in parts])
    query, key, value = (g.linear(source, w, b, f"{number}.{name}") for (w, b), name in zip(parts, "qkv"))

    def split(tensor: str, order: list[int]) -> str:
        return g.op("Transpose", g.op("Reshape", tensor, g.shape(0, 0, HEADS, size)), perm=order)

    scores = g.op("MatMul", split(query, [0, 2, 1, 3]), split(key, [0, 2, 3, 1]))
    shares = g.op("Softmax", g.op("Add", scores, mask), axis=-1)
    mixed = g.op("Transpose", g.op("MatMul", shares, split(value, [0, 2, 1, 3])), perm=[0, 2, 1, 3])
    mixed = g.op("Reshape", mixed, g.shape(0, 0, HIDDEN))
    attended = g.linear(operand(mixed, "attention.output.dense"), *parameters("attention.output.dense"), f"{number}.attended")
    x = g.norm(g.op("Add", attended, x), state, prefix + "attention.output.LayerNorm")
    inner = g.gelu(g.linear(operand(x, "intermediate.dense"), *parameters("intermediate.dense"), f"{number}.inner"))
    outer = g.linear(operand(inner, "output.dense"), *parameters("output.dense"), f"{number}.outer")
    return g.norm(g.op("Add", outer, x), state, prefix + "output.LayerNorm")


def build(state: dict[str, np.ndarray], peaks: dict[str, np.ndarray], quantized: bool):
    """The graph; `peaks` has the largest magnitude of each input channel, by linear layer."""
    g = Builder(quantized)
    floats = g.op("Cast", g.op("Unsqueeze", "attention_mask", g.shape(1, 2)), to=TensorProto.FLOAT)
    mask = g.op("Mul", g.op("Sub", g.scalar(1.0), floats), g.scalar(-10000.0))
    x = embeddings(g, state)
    for number in range(LAYERS):
        x = layer(g, x, mask, state, peaks, number)
    first = g.op("Gather", x, g.constant(np.array(0, dtype=np.int64), "first"), axis=1)
    # The head is small and decides: it stays in fp32.
    pooled = g.op("Tanh", g.linear(Operand(first), state["bert.pooler.dense.weight"], state["bert.pooler.dense.bias"], "pooler"))
    logits = g.linear(Operand(pooled), state["classifier.weight"], state["classifier.bias"], "classifier")
    g.nodes.append(helper.make_node("Identity", [logits], ["logits"], name="logits"))
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
              for name in ("input_ids", "attention_mask", "token_type_ids")]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 3])]
    graph = helper.make_graph(g.nodes, "crossclaim-nli", inputs, outputs, list(g.constants.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8,
                              producer_name="crossclaim scripts/train")
    checker.check_model(model, full_check=True)
    return model
