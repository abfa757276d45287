"""Readers for the training data: NLI tables, parallel rows, treebank texts.

Everything is plain text in a data folder (see `models/builtin/README.md` for its layout). Nothing in
this module writes. Of `eval/`, training reads only those rows of XNLI dev whose premise is not held out
(`xnli_pairs`); everything else there is read by `eval_pairs`, which only `evaluate.py` calls.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

LABELS = ["entailment", "neutral", "contradiction"]
MT_LANGUAGES = ["en", "fr", "de", "es", "tr", "zh", "sw", "vi"]
MT_ROWS = 9000
TREEBANKS = ["fr", "en", "es", "de", "ru", "ar", "tr", "zh", "hi", "it", "pt"]
DICTIONARIES = ["de", "fr", "it", "ru", "tr"]


@dataclass(frozen=True)
class Pair:
    premise: str
    hypothesis: str
    label: int
    lang: str


def read_table(path: Path) -> list[list[str]]:
    """Rows of a TSV file without its header line; the files use no quoting."""
    with path.open(encoding="utf-8") as handle:
        next(handle)
        return [line.rstrip("\n").split("\t") for line in handle]


def nli_pairs(path: Path) -> list[Pair]:
    return [Pair(p, h, LABELS.index(label), lang) for p, h, label, lang in read_table(path)]


def mt_pairs(data: Path) -> dict[str, list[Pair]]:
    """The machine-translated MultiNLI rows by language; row i is the same pair in each language."""
    rows = nli_pairs(data / "train" / "mnli_mt9k.tsv")
    by_lang = {lang: [r for r in rows if r.lang == lang] for lang in MT_LANGUAGES}
    for lang, pairs in by_lang.items():
        assert len(pairs) == MT_ROWS, (lang, len(pairs))
        assert all(a.label == b.label for a, b in zip(pairs, by_lang["en"])), lang
    return by_lang


def xnli_pairs(data: Path, held_out: bool) -> dict[str, list[Pair]]:
    """XNLI dev by language: the rows that are trained on, or the quarter of the premises that is held out.

    Row i is the same pair in each language. A premise has three hypotheses, which stay together; the
    checksum of the English premise decides.
    """
    by_lang: dict[str, list[Pair]] = {}
    for pair in nli_pairs(data / "eval" / "xnli-dev.tsv"):
        by_lang.setdefault(pair.lang, []).append(pair)
    english = by_lang["en"]
    chosen = [i for i, p in enumerate(english) if (zlib.crc32(p.premise.encode()) % 4 == 0) == held_out]
    for lang, rows in by_lang.items():
        assert [r.label for r in rows] == [r.label for r in english], lang
        by_lang[lang] = [rows[i] for i in chosen]
    return by_lang


def treebank(data: Path, lang: str) -> dict[str, str]:
    """Training sentences of a treebank by sentence id; equal ids in two languages are translations."""
    sentences, sent_id = {}, None
    with (data / "ud" / f"{lang}-train.conllu").open(encoding="utf-8") as handle:
        for line in handle:
            if line.startswith("# sent_id = "):
                sent_id = line[12:].strip()
            elif line.startswith("# text = "):
                sentences[sent_id] = line[9:].strip()
    return sentences


def word_pairs(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8") as handle:
        rows = [line.rstrip("\n").split("\t") for line in handle]
    return [(r[0], r[1]) for r in rows if len(r) == 2]


def is_shared_id(sent_id: str) -> bool:
    """Ids such as n01001011 and w01001011 name the same sentence in every parallel treebank."""
    return len(sent_id) == 9 and sent_id[0] in "nw" and sent_id[1:].isdigit()


def parallel_sentences(data: Path) -> dict[str, list[tuple[str, str]]]:
    """(English, other language) sentence pairs, by the other language."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    by_lang = mt_pairs(data)
    for lang in MT_LANGUAGES[1:]:
        rows = pairs.setdefault(lang, [])
        for source, target in zip(by_lang["en"], by_lang[lang]):
            rows.append((source.premise, target.premise))
            rows.append((source.hypothesis, target.hypothesis))
    pairs["fr"] += read_parallel(data / "parallel" / "tatoeba-en-fr.tsv")
    xnli = xnli_pairs(data, held_out=False)
    for lang in xnli:
        if lang != "en":
            texts = {(e.premise, f.premise): None for e, f in zip(xnli["en"], xnli[lang])}
            texts |= {(e.hypothesis, f.hypothesis): None for e, f in zip(xnli["en"], xnli[lang])}
            pairs.setdefault(lang, []).extend(texts)
    english = treebank(data, "en")
    for lang in TREEBANKS:
        if lang != "en":
            other = treebank(data, lang)
            shared = [i for i in other if is_shared_id(i) and i in english]
            pairs.setdefault(lang, []).extend((english[i], other[i]) for i in shared)
    return {lang: [p for p in rows if p[0] and p[1]] for lang, rows in pairs.items()}


def read_parallel(path: Path) -> list[tuple[str, str]]:
    return [(a, b) for a, b in word_pairs(path)]


def parallel_words(data: Path) -> dict[str, list[tuple[str, str]]]:
    """(English word, other word) pairs of the dictionaries, by the other language."""
    folder = data / "parallel"
    pairs = {lang: word_pairs(folder / f"dictionary-en-{lang}.tsv") for lang in DICTIONARIES}
    pairs["fr"] += [(e, f) for f, e in word_pairs(folder / "dictionary-fr-en.tsv")]
    return pairs


def texts_by_language(data: Path) -> dict[str, list[str]]:
    """All training texts by language, for the vocabulary."""
    texts: dict[str, list[str]] = {}
    for path in sorted((data / "train").glob("*.tsv")):
        if path.name.startswith("curriculum"):
            continue  # long lists of first names: no help for a vocabulary
        for row in nli_pairs(path):
            texts.setdefault(row.lang, []).extend((row.premise, row.hypothesis))
    for rows in xnli_pairs(data, held_out=False).values():
        for row in rows:
            texts.setdefault(row.lang, []).extend((row.premise, row.hypothesis))
    for english, french in read_parallel(data / "parallel" / "tatoeba-en-fr.tsv"):
        texts["en"].append(english)
        texts["fr"].append(french)
    for lang in TREEBANKS:
        texts.setdefault(lang, []).extend(treebank(data, lang).values())
    for lang, words in parallel_words(data).items():
        texts[lang].extend(w for _, w in words for _ in range(2))
    return texts


def eval_pairs(data: Path, name: str) -> list[Pair]:
    """One evaluation set; `compatible` (DACCORD) becomes neutral, judged as "no contradiction"."""
    if name == "daccord-dev":
        rows = read_table(data / "eval" / "daccord-dev.tsv")
        return [Pair(r[1], r[2], 2 if r[3] == "contradiction" else 1, "fr") for r in rows]
    return nli_pairs(data / "eval" / f"{name}.tsv")
