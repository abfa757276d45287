"""Stage `align`: the new pieces learn to mean what the English ones mean.

Knowledge distillation between languages: MiniLM's own sentence vector of an English sentence is the
target; the student reads the sentence, or its translation, with the new vocabulary. Word pairs of the
dictionaries count as short sentences.
"""

from __future__ import annotations

import random
from argparse import Namespace
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from transformers import BertModel

import common
import corpora
from embeddings import new_model

BATCH = 96
MAX_TOKENS = 48
# How many rows of each language a round has; small sets are repeated, large ones drawn from.
ROUND = {"fr": 56000, "de": 14000, "es": 14000, "ru": 8000, "ar": 8000, "it": 2600, "pt": 2600, "hi": 4000,
         "tr": 7000, "zh": 7000, "vi": 5000, "sw": 5000, "bg": 4000, "el": 4000, "th": 3000, "ur": 3000}
WORDS_ROUND = {"fr": 5000, "ru": 6000, "de": 3000, "it": 2500, "tr": 2000}
ENGLISH_ROUND = 24000


def draw(rows: list, count: int, rng: random.Random) -> list:
    whole, rest = divmod(count, len(rows))
    return rows * whole + rng.sample(rows, rest)


def one_round(sentences, words, rng: random.Random) -> list[tuple[str, str]]:
    rows = []
    for lang, count in ROUND.items():
        rows += draw(sentences[lang], count, rng)
    for lang, count in WORDS_ROUND.items():
        rows += draw(words[lang], count, rng)
    rows += [(english, english) for english, _ in rng.sample(rows, ENGLISH_ROUND)]
    rng.shuffle(rows)
    return rows


def mean_pool(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weight = mask.unsqueeze(-1).float()
    return (hidden.float() * weight).sum(1) / weight.sum(1).clamp(min=1)


def sentence_vectors(body, tokenizer: Tokenizer, texts: list[str]) -> torch.Tensor:
    ids = [e.ids[:MAX_TOKENS] for e in tokenizer.encode_batch(texts)]
    batch = common.pad(ids)
    mask = (torch.arange(batch.shape[1]) < torch.tensor([[len(r)] for r in ids])).long()
    return mean_pool(body(input_ids=batch, attention_mask=mask).last_hidden_state, mask)


def batches(sentences, words, seed: int):
    number = 0
    while True:
        rng = random.Random(f"align {seed} {number}")
        yield from common.bucketed(one_round(sentences, words, rng), lambda r: len(r[0]), BATCH, rng)
        number += 1


def run(args: Namespace, minilm: Path) -> None:
    common.prepare(args.seed, args.threads)
    tokenizer = Tokenizer.from_file(str(args.work / "tokenizer.json"))
    old = Tokenizer.from_file(str(minilm / "tokenizer.json"))
    old.no_padding()
    old.no_truncation()
    teacher = BertModel.from_pretrained(minilm).eval()
    model = new_model(tokenizer.get_vocab_size())
    model.load_state_dict(torch.load(args.work / "init.pt", weights_only=True)["model"])
    trainer = common.Trainer(model, 1e-4, 1e-3, args.align_minutes, args.work / "align.ckpt", 100, args.threads)
    if args.resume and trainer.path.exists():
        trainer.resume()
    model.train()
    stream = batches(corpora.parallel_sentences(args.data), corpora.parallel_words(args.data), args.seed)
    shown = 0.0
    for number, rows in enumerate(stream):
        if number < trainer.step:
            continue
        with torch.no_grad(), trainer.autocast():
            target = F.normalize(sentence_vectors(teacher, old, [r[0] for r in rows]), dim=-1)
        with trainer.autocast():
            output = F.normalize(sentence_vectors(model.bert, tokenizer, [r[1] for r in rows]), dim=-1)
        near = 1 - (output * target).sum(-1).mean()
        # The right English sentence must also be nearer than the others of the batch; equal ones do not count.
        same = torch.tensor([[a[0] == b[0] for b in rows] for a in rows]) & ~torch.eye(len(rows), dtype=torch.bool)
        scores = (output @ target.T / 0.05).masked_fill(same, -1e4)
        apart = F.cross_entropy(scores, torch.arange(len(rows)))
        trainer.update(4 * near + 0.25 * apart, sum(len(r[0]) + len(r[1]) for r in rows))
        shown = 0.97 * shown + 0.03 * near.item() if trainer.step > 1 else near.item()
        if trainer.step % 50 == 0:
            print(f"align step {trainer.step} {trainer.spent / 60:.1f} min distance {shown:.4f} apart {apart.item():.3f}", flush=True)
        if trainer.progress >= 1:
            break
    trainer.finish(args.work / "align.pt", BATCH)
