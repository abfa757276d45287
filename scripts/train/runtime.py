"""The exported model in onnxruntime: what the evaluation and the golden logits are computed with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

MAX_TOKENS = 128
BATCH = 32


class Model:
    def __init__(self, onnx: Path, tokenizer: Path, threads: int = 2):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(onnx), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(tokenizer))
        self.tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")

    def encode(self, pairs: list[tuple[str, str]]):
        return self.tokenizer.encode_batch(pairs)

    def logits(self, pairs: list[tuple[str, str]]) -> np.ndarray:
        encodings = self.encode(pairs)
        order = sorted(range(len(pairs)), key=lambda i: len(encodings[i].ids))
        result = np.empty((len(pairs), 3), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            chosen = order[start:start + BATCH]
            result[chosen] = self.run([encodings[i] for i in chosen])
        return result

    def run(self, encodings) -> np.ndarray:
        width = max(len(e.ids) for e in encodings)

        def column(values) -> np.ndarray:
            return np.array([list(v) + [0] * (width - len(v)) for v in values], dtype=np.int64)

        return self.session.run(["logits"], {
            "input_ids": column(e.ids for e in encodings),
            "attention_mask": column(e.attention_mask for e in encodings),
            "token_type_ids": column(e.type_ids for e in encodings),
        })[0]


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True)
