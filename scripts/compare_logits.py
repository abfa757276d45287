"""Compares crossclaim's token ids and logits with those of `transformers`, pair by pair.

    python scripts/compare_logits.py --probe target/release/examples/nli_probe FOLDER...

Each folder is a checkpoint with `model.safetensors` and `model.onnx`. The pairs are the 200 of sample_pairs.py: 15
languages, within and across them, from nothing to far beyond the longest input. Prints a table row for each; exits
with 1 if ids differ or a logit is further off than --tolerance. `scripts/check_exactness.sh` runs it on all shapes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerFast

from export_onnx import input_names
from sample_pairs import exactness_pairs

MAX_LENGTH = 256  # crossclaim's default, where the model has positions for it


def expected(folder: Path, pairs: list[tuple[str, str]]) -> list[dict]:
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, local_files_only=True, use_safetensors=True, attn_implementation="eager").eval()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), pad_token=settings["pad_token"],
        model_input_names=input_names(model.config))
    rows = []
    for premise, hypothesis in pairs:
        # As lists: given as plain texts, an empty hypothesis would count as none at all.
        batch = tokenizer(
            [premise], [hypothesis], truncation="longest_first", max_length=MAX_LENGTH, return_tensors="pt")
        with torch.inference_mode():
            logits = model(**batch).logits[0]
        rows.append({"ids": batch["input_ids"][0].tolist(), "logits": logits.tolist()})
    return rows


def answered(probe: Path, folder: Path, pairs: list[tuple[str, str]]) -> list[dict]:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for pair in pairs:
            file.write(json.dumps(pair, ensure_ascii=False) + "\n")
        file.flush()
        out = subprocess.run([probe, "logits", folder, file.name], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--probe", type=Path, required=True, help="the built example nli_probe")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    arguments = parser.parse_args()
    pairs = exactness_pairs()
    print("| checkpoint | pairs | token ids equal | largest difference of a logit | standard deviation of the logits |")
    print("|---|---|---|---|---|")
    wrong = False
    for folder in arguments.folders:
        want, got = expected(folder, pairs), answered(arguments.probe, folder, pairs)
        assert len(want) == len(got) == len(pairs), (len(want), len(got))
        same = sum(w["ids"] == g["ids"] for w, g in zip(want, got))
        ours, theirs = (torch.tensor([row["logits"] for row in rows], dtype=torch.float64) for rows in (got, want))
        worst = (ours - theirs).abs().max().item()
        print(f"| {folder.name} | {len(pairs)} | {same} | {worst:.1e} | {theirs.std(0).mean():.2f} |", flush=True)
        # `not <=`: a difference that is no number is wrong too.
        wrong |= same != len(pairs) or not worst <= arguments.tolerance
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
