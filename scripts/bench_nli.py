"""Measures crossclaim against PyTorch and ONNX Runtime. `scripts/bench_nli.sh` prepares what it needs and runs it.

Every contender is a process of its own that opens the model once and answers requests. In each repetition all
contenders answer the same request one after the other, in an order that changes from one repetition to the next, and
while one answers the others wait: on a machine that others use too, what slows one down slows down the rest, and the
ratios hold where the figures by themselves do not. The figures are medians over the repetitions.

What each contender does:

- `crossclaim`: what the program does; batches and threads are its own choice.
- `PyTorch` (`transformers`, fp32, attention by SDPA where the model has it) and `ONNX Runtime` (Python, fp32 and int8),
  at their best: texts tokenized in one call, pairs sorted by length, batches of 16 that are padded to their longest
  pair, inference mode. Larger batches are slower on the processor.
- `PyTorch, naive`: the same in the order of the input, batches of 32, as in most examples.

All get the same number of threads. Times include tokenization.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sample_pairs import news_pairs

MAX_LENGTH = 256
SORTED_BATCH, NAIVE_BATCH = 16, 32
PYTORCH, NAIVE = "PyTorch", "PyTorch, naive"


# A contender, in its own process.


def serve(kind: str, folder: Path, threads: int) -> None:
    """Opens the model and answers requests from standard input, as `nli_probe serve` does."""
    start = time.perf_counter()
    tokenizer, run, labels = (open_torch if kind == "torch" else open_onnx)(folder, threads)
    answer({"load_s": time.perf_counter() - start})
    for line in sys.stdin:
        what, path = line.rstrip("\n").split(" ", 1)
        pairs = [tuple(json.loads(row)) for row in Path(path).read_text(encoding="utf-8").splitlines()]
        if what == "latency":
            answer({"seconds": [score(tokenizer, run, [pair], 1, True)[1] for pair in pairs]})
            continue
        naive = what == "naive"
        best, seconds = score(tokenizer, run, pairs, NAIVE_BATCH if naive else SORTED_BATCH, not naive)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answer({"seconds": seconds, "labels": [labels[i] for i in best], "peak_kib": peak})


def score(tokenizer, run, pairs, size: int, sort: bool) -> tuple[list[int], float]:
    """The best label of each pair, and the seconds that it took."""
    start = time.perf_counter()
    encoded = tokenizer(
        [p for p, _ in pairs], [h for _, h in pairs], truncation="longest_first", max_length=MAX_LENGTH)
    order = list(range(len(pairs)))
    if sort:
        order.sort(key=lambda i: len(encoded["input_ids"][i]))
    best = [0] * len(pairs)
    for at in range(0, len(order), size):
        rows = order[at : at + size]
        batch = tokenizer.pad({name: [values[i] for i in rows] for name, values in encoded.items()}, return_tensors="np")
        for row, label in zip(rows, run(batch).argmax(-1).tolist()):
            best[row] = label
    return best, time.perf_counter() - start


def answer(value: dict) -> None:
    print(json.dumps(value), flush=True)


def open_tokenizer(folder: Path, inputs: list[str]):
    from transformers import PreTrainedTokenizerFast

    pad = json.loads((folder / "tokenizer_config.json").read_text())["pad_token"]
    return PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), pad_token=pad, model_input_names=inputs)


def labels_of(folder: Path) -> list[str]:
    names = json.loads((folder / "config.json").read_text())["id2label"]
    return [names[str(i)].lower() for i in range(len(names))]


def open_torch(folder: Path, threads: int):
    import torch
    from transformers import AutoModelForSequenceClassification

    from export_onnx import input_names

    torch.set_num_threads(threads)
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, local_files_only=True, use_safetensors=True).eval()

    def run(batch):
        with torch.inference_mode():
            return model(**{name: torch.from_numpy(values) for name, values in batch.items()}).logits

    return open_tokenizer(folder, input_names(model.config)), run, labels_of(folder)


def open_onnx(folder: Path, threads: int):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    file = next(f for f in (folder / "model.onnx", folder / "onnx" / "model_int8.onnx") if f.is_file())
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    inputs = [i.name for i in session.get_inputs()]
    return open_tokenizer(folder, inputs), lambda batch: session.run(["logits"], dict(batch))[0], labels_of(folder)


# The comparison.


class Contender:
    """A process that answers requests."""

    def __init__(self, name: str, command: list, environment: dict | None = None):
        self.name = name
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=os.environ | (environment or {}))
        self.load = self.read()["load_s"]

    def read(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name}: stopped with status {self.process.wait()}; run it by itself: {self.process.args}")
        return json.loads(line)

    def ask(self, what: str, path: Path) -> dict:
        self.process.stdin.write(f"{what} {path}\n")
        self.process.stdin.flush()
        return self.read()

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def contenders(arguments, shape: str) -> list[tuple[str, list]]:
    """Names and commands; what takes part in a shape's table."""
    if shape == "builtin":
        return [("crossclaim built-in", [arguments.probe, "serve", "builtin", arguments.threads])]
    full, small = arguments.shapes / shape, arguments.shapes / f"{shape}-int8"
    peer = [sys.executable, __file__, "--threads", arguments.threads, "--serve"]
    found = [
        (PYTORCH, [*peer, "torch", full]),
        ("ONNX Runtime fp32", [*peer, "onnx", full]),
        ("ONNX Runtime int8", [*peer, "onnx", small]),
    ]
    for backend in arguments.backends:
        for precision, folder in (("fp32", full), ("int8", small)):
            # libtorch reads safetensors, of which there is no int8 kind, and no DeBERTa.
            if backend == "libtorch" and (precision == "int8" or shape.startswith("mdeberta")):
                continue
            command = [arguments.probe, "serve", folder, arguments.threads]
            found.append((f"crossclaim {backend} {precision}", command + ([backend] if backend != "rten" else [])))
    return found


def measure(arguments, shape: str, file: Path, few: Path, count: int) -> dict:
    """Medians of each contender: seconds for all pairs, for one pair, to load, peak memory, and its labels."""
    results: dict[str, dict] = {}
    running = [Contender(name, command) for name, command in contenders(arguments, shape)]
    requests = [(c, c.name, "score") for c in running] + [(c, NAIVE, "naive") for c in running if c.name == PYTORCH]
    times: dict[str, list[float]] = {name: [] for _, name, _ in requests}
    waits: dict[str, list[float]] = {c.name: [] for c in running}
    chance = random.Random(7)
    for contender in running:
        contender.ask("latency", few)  # the first run of a model is not what is measured
    for _ in range(arguments.repetitions):
        chance.shuffle(requests)
        for contender, name, what in requests:
            reply = contender.ask(what, file)
            times[name].append(reply["seconds"])
            results.setdefault(name, {}).update(labels=reply["labels"], peak_mib=reply["peak_kib"] / 1024)
            if "tokenize_s" in reply:
                results[name]["tokenize"] = reply["tokenize_s"] / reply["seconds"]
        for contender in chance.sample(running, len(running)):
            waits[contender.name] += contender.ask("latency", few)["seconds"]
    for contender in running:
        results[contender.name]["load_s"] = contender.load
        contender.close()
    for name, result in results.items():
        result["pairs_s"] = count / statistics.median(times[name])
        result["best_pairs_s"] = count / min(times[name])
        result["ratios"] = [a / b for a, b in zip(times.get(PYTORCH, []), times[name])]
        if name in waits:
            result["latency_ms"] = 1000 * statistics.median(waits[name])
    return results


def table(shape: str, results: dict) -> None:
    reference = results.get(PYTORCH)
    print(f"\n### {shape}\n")
    print("| | pairs/s | × PyTorch | one pair, ms | load, s | peak, MiB | decisions as in fp32 |")
    print("|---|---|---|---|---|---|---|")
    for name, result in results.items():
        ratio = f"{statistics.median(result['ratios']):.2f}" if reference else ""
        agree = ""
        if reference:
            equal = sum(a == b for a, b in zip(result["labels"], reference["labels"]))
            agree = f"{100 * equal / len(reference['labels']):.1f} %"
        wait, load = (f"{result[key]:.{digits}f}" if key in result else "" for key, digits in (("latency_ms", 1), ("load_s", 1)))
        print(f"| {name} | {result['pairs_s']:.1f} | {ratio} | {wait} | {load} | {result['peak_mib']:.0f} | {agree} |", flush=True)
    for name, result in results.items():
        if "tokenize" in result:
            print(f"\n{name}: tokenization by itself takes {100 * result['tokenize']:.1f} % of the time.", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="shapes, or `builtin`")
    parser.add_argument("--probe", type=Path)
    parser.add_argument("--shapes", type=Path, default=Path("target/shapes"))
    parser.add_argument("--backends", nargs="*", default=["rten"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument("--serve", nargs=2, metavar=("KIND", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve[0], Path(arguments.serve[1]), arguments.threads)
        return
    everything = {}
    with tempfile.TemporaryDirectory() as place:
        pairs = news_pairs(arguments.pairs)
        file, few = Path(place) / "pairs.jsonl", Path(place) / "few.jsonl"
        for path, rows in ((file, pairs), (few, pairs[:10])):
            path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        print(f"{len(pairs)} pairs, {arguments.threads} threads, medians of {arguments.repetitions} repetitions")
        for shape in arguments.names:
            everything[shape] = measure(arguments, shape, file, few, len(pairs))
            table(shape, everything[shape])
    if arguments.json:
        arguments.json.write_text(json.dumps(everything, indent=1) + "\n")


if __name__ == "__main__":
    main()
