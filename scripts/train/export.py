"""Stage `export`: model.onnx (int8), tokenizer.json, config.json, and the golden logits of the tests."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import numpy as np
import onnx
import torch
from tokenizers import Tokenizer

import corpora
from embeddings import new_model
from golden_pairs import PAIRS
from graph import build
from runtime import Model


def config(vocabulary: int) -> dict:
    return {
        "architectures": ["BertForSequenceClassification"],
        "model_type": "bert",
        "vocab_size": vocabulary,
        "hidden_size": 384,
        "num_hidden_layers": 6,
        "num_attention_heads": 12,
        "intermediate_size": 1536,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": 512,
        "type_vocab_size": 2,
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
        "problem_type": "single_label_classification",
        "id2label": {str(i): label for i, label in enumerate(corpora.LABELS)},
        "label2id": {label: i for i, label in enumerate(corpora.LABELS)},
    }


def load_weights(args: Namespace) -> dict[str, torch.Tensor]:
    path = args.checkpoint or args.work / "news.pt"
    print(f"weights: {path.name}")
    return torch.load(path, weights_only=True)["model"]


@torch.no_grad()
def channel_peaks(model, tokenizer: Tokenizer) -> dict[str, np.ndarray]:
    """The largest input of each channel of the encoder's linear layers, over the golden pairs."""
    peaks: dict[str, np.ndarray] = {}

    def watch(name: str):
        def seen(_module, inputs, _output) -> None:
            values = inputs[0].abs().amax(dim=(0, 1)).numpy()
            peaks[name] = np.maximum(peaks.get(name, 0.0), values)

        return seen

    hooks = [module.register_forward_hook(watch(name)) for name, module in model.named_modules()
             if ".encoder." in name and isinstance(module, torch.nn.Linear)]
    for _, premise, hypothesis in PAIRS:
        encoding = tokenizer.encode(premise, hypothesis)
        model(input_ids=torch.tensor([encoding.ids]), token_type_ids=torch.tensor([encoding.type_ids]))
    for hook in hooks:
        hook.remove()
    return peaks


def write_golden(path: Path, model: Model) -> None:
    """Each pair alone in its batch, with its ids, so that a test can tell tokenizer from runtime faults."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for langs, premise, hypothesis in PAIRS:
            encoding = model.encode([(premise, hypothesis)])[0]
            logits = model.run([encoding])[0]
            row = {"lang": langs, "premise": premise, "hypothesis": hypothesis, "ids": encoding.ids,
                   "type_ids": encoding.type_ids, "logits": [round(float(v), 5) for v in logits]}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def run(args: Namespace) -> None:
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
    tokenizer.save(str(args.out / "tokenizer.json"), pretty=False)
    size = tokenizer.get_vocab_size()
    weights = load_weights(args)
    state = {name: tensor.float().numpy() for name, tensor in weights.items()}
    reference = new_model(size)
    reference.load_state_dict(weights)
    peaks = channel_peaks(reference.eval(), tokenizer)
    onnx.save(build(state, peaks, quantized=True), args.out / "model.onnx")
    onnx.save(build(state, peaks, quantized=False), args.work / "model-fp32.onnx")
    (args.out / "config.json").write_text(json.dumps(config(size), indent=2) + "\n", encoding="utf-8")

    compare(args, reference)
    write_golden(args.golden, Model(args.out / "model.onnx", args.out / "tokenizer.json", args.threads))
    print(f"model.onnx: {(args.out / 'model.onnx').stat().st_size / 1e6:.1f} MB")


def compare(args: Namespace, reference) -> None:
    """The graph must be the model: fp32 against PyTorch on the golden pairs."""
    exported = Model(args.work / "model-fp32.onnx", args.out / "tokenizer.json", args.threads)
    pairs = [(premise, hypothesis) for _, premise, hypothesis in PAIRS]
    worst = 0.0
    for encoding, logits in zip(exported.encode(pairs), exported.logits(pairs)):
        with torch.no_grad():
            expected = reference(input_ids=torch.tensor([encoding.ids]),
                                 token_type_ids=torch.tensor([encoding.type_ids])).logits[0].numpy()
        worst = max(worst, float(np.abs(expected - logits).max()))
    print(f"largest difference between PyTorch and the fp32 graph: {worst:.6f}")
    assert worst < 1e-3, worst
