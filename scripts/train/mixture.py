"""The mixture of pairs that the `nli` stage trains on, as token ids.

Most human-written NLI data at hand is English. Four things carry it to the other languages: the
machine-translated rows and the human-translated ones of XNLI dev (three quarters of its premises), with
premise and hypothesis often in different languages; English pairs with words
replaced by their translations, up to all that the lexicon has; and translations of one sentence
(entailment) or of two unrelated ones (neutral).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

import claims
import corpora
from corpora import LABELS

ENTAILMENT, NEUTRAL, CONTRADICTION = range(len(LABELS))
MAX_TOKENS = 96
# Rows of each file in one round, and the share of them that gets foreign words.
FILES = {
    "lingnli_en": (45000, 0.45), "mnli_llmsknow_en": (10000, 0.45), "snli20k_cat_en": (14000, 0.45),
    "snli_cad_en": (8330, 0.45), "healthver_en": (3740, 0.5), "climate_fever_en": (5000, 0.5),
    "conjnli_en": (7000, 0.3), "curriculum_3way_en": (7000, 0.3), "sick_en": (3000, 0.3), "sick_fr": (4439, 0.0),
    "indonli_id": (3000, 0.0), "farstail_fa": (3000, 0.0), "ocnli_zh": (3000, 0.0), "klue_ko": (1500, 0.0),
    "jnli_ja": (1500, 0.0),
}
# Machine-translated rows in one round: one language, and two.
SINGLE = {"fr": 24000, "en": 8000, "de": 9000, "es": 9000, "tr": 4000, "zh": 4000, "sw": 2500, "vi": 3000}
CROSS = 26000
CROSS_WEIGHT = {"fr": 4, "en": 4, "de": 2, "es": 2, "tr": 0.7, "zh": 0.7, "sw": 0.4, "vi": 0.5}
# Human-translated rows of XNLI dev (those not held out) in one round: one language, and two.
XNLI_SINGLE = {"fr": 3800, "en": 1900, "ar": 3800, "ru": 3800} | dict.fromkeys(
    ["bg", "de", "el", "es", "hi", "sw", "th", "tr", "ur", "vi", "zh"], 1900)
XNLI_CROSS = 18000
XNLI_CROSS_WEIGHT = {"fr": 6, "en": 5, "es": 2, "de": 2, "ar": 3, "ru": 3} | dict.fromkeys(
    ["bg", "el", "hi", "sw", "th", "tr", "ur", "vi", "zh"], 0.7)
SWITCH_WEIGHT = {"fr": 6, "es": 2, "de": 2, "ru": 2, "ar": 1, "it": 1, "pt": 0.5, "tr": 0.5}
TRANSLATIONS = {"fr": 2500, "ru": 1200, "ar": 1200, "it": 500, "pt": 500, "hi": 500, "es": 500, "de": 500}
SAME = 1500
NEWS_SWITCHED = 0.25  # share of the English claims that get foreign words
# Share of the pairs of claims that a round has: groups hold half as many entailments as others.
NEWS_KEPT = {ENTAILMENT: 1.0, NEUTRAL: 0.75, CONTRADICTION: 0.75}
NEWS_GENERAL = 0.6  # general pairs for each pair of claims
NEWS_STRANGERS = 0.5  # pairs of claims of two groups that are alike, for each pair of a group
SWAP = 0.2  # contradictions read the other way round


@dataclass(frozen=True, slots=True)
class Example:
    premise: list[int]
    hypothesis: list[int]
    label: int

    @property
    def length(self) -> int:
        return len(self.premise) + len(self.hypothesis) + 3


class Lexicon:
    """Word-for-word replacement on token ids, from the counts of the `init` stage."""

    def __init__(self, path: Path, tokenizer: Tokenizer):
        self.joins = np.zeros(tokenizer.get_vocab_size(), dtype=bool)
        for piece, index in tokenizer.get_vocab().items():
            self.joins[index] = piece.startswith("##")
        stored = np.load(path)
        self.table: dict[str, dict[int, list[tuple[int, float]]]] = {}
        for lang in SWITCH_WEIGHT:
            words = self.table[lang] = {}
            for e, f, weight in zip(stored[f"{lang}_english"], stored[f"{lang}_foreign"], stored[f"{lang}_weight"]):
                words.setdefault(int(e), []).append((int(f), float(weight)))

    def switch(self, ids: list[int], lang: str, share: float, rng: random.Random) -> list[int]:
        words, result = self.table[lang], []
        for position, token in enumerate(ids):
            follows = position + 1 < len(ids) and self.joins[ids[position + 1]]
            choices = None if follows else words.get(token)
            if choices and rng.random() < share:
                token = rng.choices([c for c, _ in choices], [w for _, w in choices])[0]
            result.append(token)
        return result


class Mixture:
    def __init__(self, data: Path, work: Path, tokenizer: Tokenizer, seed: int, news: bool):
        self.tokenizer, self.seed = tokenizer, seed
        self.lexicon = Lexicon(work / "lexicon.npz", tokenizer)
        self.files = {name: self.encode(corpora.nli_pairs(data / "train" / f"{name}.tsv")) for name in FILES}
        self.translated = {lang: self.encode(pairs) for lang, pairs in corpora.mt_pairs(data).items()}
        self.xnli = {lang: self.encode(pairs) for lang, pairs in corpora.xnli_pairs(data, held_out=False).items()}
        written = claims.pairs(claims.FOLDER, held_out=False) if news else []
        self.claims = list(zip(self.encode([p for p, _ in written]), ((p.lang, other) for p, other in written)))
        self.strangers = self.encode([p for p, _ in claims.strangers(claims.FOLDER)]) if news else []
        sentences = corpora.parallel_sentences(data)
        rng = random.Random(f"sentences {seed}")
        self.sentences = {}
        for lang in TRANSLATIONS:
            rows = rng.sample(sentences[lang], min(len(sentences[lang]), 20000))
            self.sentences[lang] = [(e.ids, f.ids) for e, f in zip(self.batch([r[0] for r in rows]), self.batch([r[1] for r in rows]))]

    def batch(self, texts: list[str]):
        return self.tokenizer.encode_batch(texts, add_special_tokens=False)

    def encode(self, pairs: list[corpora.Pair]) -> list[Example]:
        premises, hypotheses = self.batch([p.premise for p in pairs]), self.batch([p.hypothesis for p in pairs])
        return [Example(a.ids, b.ids, p.label) for p, a, b in zip(pairs, premises, hypotheses)]

    def round(self, number: int) -> list[Example]:
        """All examples of one round, shuffled; the same for equal seed and number."""
        rng = random.Random(f"mixture {self.seed} {number}")
        examples = []
        for name, (count, share) in FILES.items():
            rows = [e for e in self.files[name] if e.length <= MAX_TOKENS]
            for example in draw(rows, count, rng):
                examples.append(self.switched(example, rng) if rng.random() < share else example)
        for lang, count in SINGLE.items():
            examples += draw(self.translated[lang], count, rng)
        for lang, count in XNLI_SINGLE.items():
            examples += draw(self.xnli[lang], count, rng)
        examples += [crossed(self.translated, CROSS_WEIGHT, rng) for _ in range(CROSS)]
        examples += [crossed(self.xnli, XNLI_CROSS_WEIGHT, rng) for _ in range(XNLI_CROSS)]
        for lang, count in TRANSLATIONS.items():
            examples += [self.translation(lang, rng) for _ in range(count)]
        examples += [self.repeated(rng) for _ in range(SAME)]
        examples = [swapped(e, rng) for e in examples if e.length <= MAX_TOKENS]
        rng.shuffle(examples)
        return examples

    def news_round(self, number: int) -> list[Example]:
        """The pairs of claims, none twice, with general ones and those of two groups between them."""
        rng = random.Random(f"news {self.seed} {number}")
        examples = []
        for example, langs in self.claims:
            if rng.random() >= NEWS_KEPT[example.label]:
                continue
            if langs == ("en", "en") and rng.random() < NEWS_SWITCHED:
                example = self.switched(example, rng)
            examples.append(example)
        examples += draw(self.strangers, int(NEWS_STRANGERS * len(examples)), rng)
        examples = [e for e in examples if e.length <= MAX_TOKENS]
        examples += draw(self.round(number), int(NEWS_GENERAL * len(examples)), rng)
        rng.shuffle(examples)
        return examples

    def switched(self, example: Example, rng: random.Random) -> Example:
        langs, weights = list(SWITCH_WEIGHT), list(SWITCH_WEIGHT.values())
        first = second = rng.choices(langs, weights)[0]
        if rng.random() < 0.3:
            second = rng.choices(langs, weights)[0]
        share = [rng.choice((0.4, 0.7, 1.0)) for _ in range(2)]
        if rng.random() < 0.25:
            share[rng.randrange(2)] = 0.0  # one side stays English
        return Example(self.lexicon.switch(example.premise, first, share[0], rng),
                       self.lexicon.switch(example.hypothesis, second, share[1], rng), example.label)

    def translation(self, lang: str, rng: random.Random) -> Example:
        rows = self.sentences[lang]
        english, foreign = rows[rng.randrange(len(rows))]
        label = ENTAILMENT
        if rng.random() < 0.4:
            label, foreign = NEUTRAL, rows[rng.randrange(len(rows))][1]
        return Example(english, foreign, label) if rng.random() < 0.5 else Example(foreign, english, label)

    def repeated(self, rng: random.Random) -> Example:
        rows = self.translated[rng.choice(corpora.MT_LANGUAGES)]
        example = rows[rng.randrange(len(rows))]
        text = rng.choice((example.premise, example.hypothesis))
        return Example(text, text, ENTAILMENT)


def crossed(by_lang: dict[str, list[Example]], weight: dict[str, float], rng: random.Random) -> Example:
    """A row with its premise in one language and its hypothesis in another; the tables are row-parallel."""
    langs, weights = list(weight), list(weight.values())
    first = second = rng.choices(langs, weights)[0]
    while second == first:
        second = rng.choices(langs, weights)[0]
    row = rng.randrange(len(by_lang[first]))
    premise, hypothesis = by_lang[first][row], by_lang[second][row]
    return Example(premise.premise, hypothesis.hypothesis, premise.label)


def draw(rows: list, count: int, rng: random.Random) -> list:
    whole, rest = divmod(count, len(rows))
    return rows * whole + rng.sample(rows, rest)


def swapped(example: Example, rng: random.Random) -> Example:
    if example.label == CONTRADICTION and rng.random() < SWAP:
        return Example(example.hypothesis, example.premise, example.label)
    return example
