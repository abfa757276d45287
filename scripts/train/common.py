"""What the two training stages share: batches, the pair of optimisers, the clock, checkpoints."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import numpy as np
import torch

CHECKPOINT_SECONDS = 300
AVERAGE_EVERY, AVERAGE_DECAY = 10, 0.99  # steps between two states that the average takes in; what it keeps


class SharedDropout(torch.nn.Module):
    """Dropout of whole channels, the same for all tokens of a row: a random number a row and channel.

    Ordinary dropout draws one a token and channel, which on a processor costs half of a training step.
    """

    def __init__(self, share: float):
        super().__init__()
        self.share = share

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return values
        shape = (values.shape[0], *[1] * (values.dim() - 2), values.shape[-1])
        kept = (torch.rand(shape) >= self.share).to(values.dtype) / (1 - self.share)
        return values * kept


def set_dropout(model, share: float) -> None:
    """After each encoder layer's two parts, and before the classifier."""
    for layer in model.bert.encoder.layer:
        layer.attention.output.dropout = SharedDropout(share)
        layer.output.dropout = SharedDropout(share)
    model.dropout = SharedDropout(share)


class Trainer:
    """A model with Adam for its body, lazy (sparse) Adam for its word embeddings, and a time budget.

    What it hands on is the running average of its weights, over some thousand steps: as good as the last state
    or slightly better.

    The rate rises over the first `warmup` steps and then falls to zero in step with the clock, so a run
    fits its minutes on any machine. Matrix work is done in bfloat16 where the processor has it.
    """

    def __init__(self, model, body_rate: float, embedding_rate: float, minutes: float, path: Path, warmup: int, threads: int):
        self.model, self.path, self.warmup = model, path, warmup
        make_sparse(model)
        words = model.bert.embeddings.word_embeddings.weight
        self.body = [p for p in model.parameters() if p is not words]
        decay = [p for p in self.body if p.dim() > 1]
        plain = [p for p in self.body if p.dim() <= 1]
        groups = [{"params": decay, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
        self.optimizers = [torch.optim.AdamW(groups, lr=body_rate, fused=True), torch.optim.SparseAdam([words], lr=embedding_rate)]
        self.rates = [body_rate, embedding_rate]
        self.budget, self.spent, self.step = 60 * minutes, 0.0, 0
        self.threads = Threads(threads)
        self.average: dict[str, torch.Tensor] = {}
        self.last = self.saved = time.monotonic()

    def autocast(self):
        return torch.autocast("cpu", dtype=torch.bfloat16)

    def tick(self) -> None:
        now = time.monotonic()
        self.spent += min(now - self.last, 60.0)
        self.last = now

    @property
    def progress(self) -> float:
        return min(1.0, self.spent / self.budget)

    def update(self, loss: torch.Tensor, size: int) -> None:
        """One step; `size` says how much work the batch is (its tokens, padding included)."""
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.body, 1.0)
        factor = min(1.0, (self.step + 1) / self.warmup) * (1.0 - 0.98 * self.progress)
        for optimizer, rate in zip(self.optimizers, self.rates):
            for group in optimizer.param_groups:
                group["lr"] = rate * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        if self.step % AVERAGE_EVERY == 0:
            self.take_average()
        before = self.spent
        self.tick()
        self.threads.observe(size / max(1e-3, self.spent - before))
        if self.last - self.saved > CHECKPOINT_SECONDS:
            self.save()

    @torch.no_grad()
    def take_average(self) -> None:
        state = self.model.state_dict()
        if not self.average:
            self.average = {name: tensor.clone() for name, tensor in state.items()}
        for name, mean in self.average.items():
            mean.lerp_(state[name], 1 - AVERAGE_DECAY)

    def save(self) -> None:
        state = {
            "model": self.model.state_dict(), "average": self.average, "step": self.step, "spent": self.spent,
            "optimizers": [o.state_dict() for o in self.optimizers], "torch": torch.get_rng_state(),
        }
        partial = self.path.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, self.path)
        self.saved = time.monotonic()  # the clock runs on: saving costs time too

    def resume(self) -> None:
        state = torch.load(self.path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.average = state["average"]
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        self.step, self.spent = state["step"], state["spent"]
        torch.set_rng_state(state["torch"])
        print(f"resumed at step {self.step}, {self.spent / 60:.1f} minutes spent")

    def finish(self, target: Path, batch: int) -> None:
        torch.save({"model": self.average, "last": self.model.state_dict()}, target)
        report = {"steps": self.step, "pairs": self.step * batch, "minutes": round(self.spent / 60, 1)}
        target.with_suffix(".json").write_text(json.dumps(report) + "\n", encoding="utf-8")
        self.path.unlink(missing_ok=True)


class Threads:
    """Tries each number of threads now and then and keeps the fastest.

    On a machine that others use too, two threads in step with each other wait for the busier core, and
    one alone is faster; on a free machine it is the other way round.
    """

    PERIOD, TRIAL = 120, 5

    def __init__(self, most: int):
        self.choices, self.speeds, self.count = list(range(most, 0, -1)), {}, 0

    def observe(self, speed: float) -> None:
        trials = self.TRIAL * len(self.choices)
        position = self.count % self.PERIOD
        self.count += 1
        if position < trials:
            self.speeds.setdefault(torch.get_num_threads(), []).append(speed)
        if position + 1 < trials:
            torch.set_num_threads(self.choices[(position + 1) // self.TRIAL])
        elif position + 1 == trials:
            torch.set_num_threads(max(self.speeds, key=lambda n: sum(self.speeds[n])))
        elif position + 1 == self.PERIOD:
            self.speeds = {}
            torch.set_num_threads(self.choices[0])


def make_sparse(model) -> None:
    """A batch touches some hundreds of 70,000 rows: only those get gradients and updates."""
    model.bert.embeddings.word_embeddings.sparse = True


def prepare(seed: int, threads: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(threads)


def pad(rows: list[list[int]], value: int = 0) -> torch.Tensor:
    width = max(len(r) for r in rows)
    return torch.tensor([r + [value] * (width - len(r)) for r in rows])


def bucketed(items: list, length, size: int, rng: random.Random, pool: int = 40):
    """Batches of items of like length, in random order; `items` is shuffled already."""
    for start in range(0, len(items), size * pool):
        chunk = sorted(items[start:start + size * pool], key=length)
        batches = [chunk[i:i + size] for i in range(0, len(chunk), size)]
        rng.shuffle(batches)
        yield from batches
