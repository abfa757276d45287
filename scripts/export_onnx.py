"""Converts a model folder that comes with `model.safetensors` to ONNX, which crossclaim reads.

    python scripts/export_onnx.py FOLDER            # writes FOLDER/model.onnx
    python scripts/export_onnx.py FOLDER --int8     # writes FOLDER/onnx/model_int8.onnx too: smaller, faster

Nothing is downloaded, no pickle is read. Needs scripts/requirements-checkpoints.txt.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

import torch


class Logits(torch.nn.Module):
    """The model with positional inputs and its logits as the only output."""

    def __init__(self, model, inputs: list[str]):
        super().__init__()
        self.model, self.inputs = model, inputs

    def forward(self, *values):
        return self.model(**dict(zip(self.inputs, values)), return_dict=True).logits


def export(model, inputs: list[str], path: Path) -> None:
    """Writes `model` with the given inputs, all of shape (batch × tokens), as one file."""
    model = model.float().eval()
    # The fused attention kernels have no stable ONNX form.
    model.config._attn_implementation = "eager"
    ids = torch.randint(5, 50, (2, 9))
    mask = torch.ones_like(ids)
    mask[1, 6:] = 0
    samples = {"input_ids": ids, "attention_mask": mask, "token_type_ids": torch.zeros_like(ids)}
    axes = {name: {0: "batch", 1: "tokens"} for name in inputs} | {"logits": {0: "batch"}}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Logits(model, inputs).eval(), tuple(samples[name] for name in inputs), str(path), input_names=inputs,
            output_names=["logits"], dynamic_axes=axes, opset_version=17, dynamo=False, do_constant_folding=True)


def input_names(config) -> list[str]:
    """The inputs of a model: token types only where it has more than one."""
    return ["input_ids", "attention_mask"] + (["token_type_ids"] if getattr(config, "type_vocab_size", 0) > 1 else [])


def quantize(source: Path, target: Path) -> None:
    """Writes an int8 copy: weights in 8 bits, products in integers, ranges of the inputs found as it runs."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, weight_type=QuantType.QInt8, extra_options={"MatMulConstBOnly": True})


def main() -> None:
    from transformers import AutoConfig, AutoModelForSequenceClassification

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--int8", action="store_true")
    arguments = parser.parse_args()
    config = AutoConfig.from_pretrained(arguments.folder, local_files_only=True)
    model = AutoModelForSequenceClassification.from_pretrained(
        arguments.folder, local_files_only=True, use_safetensors=True, attn_implementation="eager")
    inputs = ["input_ids", "attention_mask"]
    if getattr(config, "type_vocab_size", 0) > 1:
        inputs.append("token_type_ids")
    target = arguments.folder / "model.onnx"
    export(model, inputs, target)
    print(f"wrote {target}")
    if arguments.int8:
        from onnxruntime.quantization import QuantType, quantize_dynamic

        small = arguments.folder / "onnx" / "model_int8.onnx"
        small.parent.mkdir(exist_ok=True)
        quantize_dynamic(target, small, weight_type=QuantType.QInt8, extra_options={"MatMulConstBOnly": True})
        print(f"wrote {small}")


if __name__ == "__main__":
    main()
