"""Stages `nli` and `news`: fine-tuning on a stream of pairs, within the minutes given.

`nli` learns the relation from all the general data (`mixture.py`); `news` goes on from it, at a lower
rate, on the claims written for this project, with general pairs between them so that nothing is forgotten.
"""

from __future__ import annotations

import random
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

import common
from embeddings import new_model
from mixture import Example, Mixture

BATCH = 32
SMOOTHING = 0.05
MASKED = 0.06  # share of the tokens that a step hides, against learning rows by heart
DROPOUT = 0.1
WARMUP = 150


@dataclass(frozen=True)
class Schedule:
    stage: str
    start: str
    body_rate: float
    embedding_rate: float
    news: bool


NLI = Schedule("nli", "align.pt", 1.2e-4, 4e-4, news=False)
NEWS = Schedule("news", "nli.pt", 6e-5, 2e-4, news=True)


def tensors(batch: list[Example], cls: int, sep: int, mask_id: int):
    ids = common.pad([[cls, *e.premise, sep, *e.hypothesis, sep] for e in batch])
    special = (ids == cls) | (ids == sep) | (ids == 0)
    ids = ids.masked_fill((torch.rand(ids.shape) < MASKED) & ~special, mask_id)
    types = common.pad([[0] * (len(e.premise) + 2) + [1] * (len(e.hypothesis) + 1) for e in batch])
    lengths = torch.tensor([[e.length] for e in batch])
    mask = (torch.arange(ids.shape[1]) < lengths).long()
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}, torch.tensor([e.label for e in batch])


def batches(mixture: Mixture, schedule: Schedule, seed: int) -> Iterator[list[Example]]:
    number = 0
    while True:
        rng = random.Random(f"{schedule.stage} {seed} {number}")
        examples = mixture.news_round(number) if schedule.news else mixture.round(number)
        yield from common.bucketed(examples, lambda e: e.length, BATCH, rng)
        number += 1


def run(args: Namespace, schedule: Schedule, minutes: float) -> None:
    common.prepare(args.seed, args.threads)
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
    model = new_model(tokenizer.get_vocab_size())
    model.load_state_dict(torch.load(args.work / schedule.start, weights_only=True)["model"])
    common.set_dropout(model, DROPOUT)
    mixture = Mixture(args.data, args.work, tokenizer, args.seed, schedule.news)
    checkpoint: Path = args.work / f"{schedule.stage}.ckpt"
    trainer = common.Trainer(model, schedule.body_rate, schedule.embedding_rate, minutes, checkpoint, WARMUP, args.threads)
    if args.resume and checkpoint.exists():
        trainer.resume()
    model.train()
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    mask_id = tokenizer.token_to_id("[MASK]")
    right = seen = loss_sum = 0.0
    for number, batch in enumerate(batches(mixture, schedule, args.seed)):
        if number < trainer.step:
            continue
        inputs, labels = tensors(batch, cls, sep, mask_id)
        with trainer.autocast():
            logits = model(**inputs).logits
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=SMOOTHING)
        trainer.update(loss, inputs["input_ids"].numel())
        right += (logits.argmax(-1) == labels).sum().item()
        seen += len(labels)
        loss_sum += loss.item() * len(labels)
        if trainer.step % 50 == 0:
            print(f"{schedule.stage} step {trainer.step} {trainer.spent / 60:.1f} min loss {loss_sum / seen:.4f} "
                  f"accuracy {right / seen:.4f} pairs/s {trainer.step * BATCH / trainer.spent:.1f} "
                  f"threads {torch.get_num_threads()}", flush=True)
            right = seen = loss_sum = 0.0
        if trainer.progress >= 1:
            break
    trainer.finish(args.work / f"{schedule.stage}.pt", BATCH)
