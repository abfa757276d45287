"""Stage `init`: MiniLM's body, and an embedding for every piece of the new vocabulary.

English pieces are copied. The others are placed through word translation probabilities: IBM model 1 on
the parallel rows says which English pieces a foreign piece stands for, and the piece gets their mean.
A spelling shared by languages ("chat", "pour") gets the mean of its meanings, weighted by how common
each is. The same probabilities give the lexicon with which `nli.py` mixes languages in a sentence.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification, BertModel

import corpora

MAX_TOKENS = 48
ITERATIONS = 5
MEANINGS = 4


def new_model(vocabulary: int) -> BertForSequenceClassification:
    """The shape of all-MiniLM-L6-v2 with another vocabulary and three labels.

    Without dropout, which `common.set_dropout` adds in a cheaper form. Plain attention, since the fused kind trains slower on short rows.
    """
    config = BertConfig(
        vocab_size=vocabulary, hidden_size=384, num_hidden_layers=6, num_attention_heads=12,
        intermediate_size=1536, max_position_embeddings=512, num_labels=3, pad_token_id=0,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation="eager",
        id2label=dict(enumerate(corpora.LABELS)), label2id={l: i for i, l in enumerate(corpora.LABELS)},
    )
    return BertForSequenceClassification(config)


def cooccurrences(tokenizer: Tokenizer, pairs: list[tuple[str, str]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Token pairs of each sentence pair: sentence-and-English-token slot, English id, foreign id."""
    slots, english, foreign = [], [], []
    next_slot = 0
    for start in range(0, len(pairs), 5000):
        chunk = pairs[start:start + 5000]
        sources = tokenizer.encode_batch([p[0] for p in chunk], add_special_tokens=False)
        targets = tokenizer.encode_batch([p[1] for p in chunk], add_special_tokens=False)
        for source, target in zip(sources, targets):
            e, f = source.ids, target.ids
            if not e or not f or len(e) > MAX_TOKENS or len(f) > 2 * MAX_TOKENS:
                continue
            slots.append(np.repeat(np.arange(next_slot, next_slot + len(e), dtype=np.int32), len(f)))
            english.append(np.repeat(np.array(e, dtype=np.int32), len(f)))
            foreign.append(np.tile(np.array(f, dtype=np.int32), len(e)))
            next_slot += len(e)
    return np.concatenate(slots), np.concatenate(english), np.concatenate(foreign)


def alignment_counts(tokenizer: Tokenizer, pairs: list[tuple[str, str]], size: int):
    """Expected counts (English id, foreign id, count) by IBM model 1, P(English | foreign)."""
    slots, english, foreign = cooccurrences(tokenizer, pairs)
    keys, index = np.unique(english.astype(np.int64) * size + foreign, return_inverse=True)
    index = index.astype(np.int32)
    key_foreign = keys % size
    table = np.ones(len(keys), dtype=np.float32)
    for _ in range(ITERATIONS):
        weight = table[index]
        total = np.bincount(slots, weights=weight)
        weight = weight / total[slots]
        counts = np.bincount(index, weights=weight, minlength=len(keys))
        table = (counts / np.bincount(key_foreign, weights=counts, minlength=size)[key_foreign]).astype(np.float32)
    return keys // size, key_foreign, counts


def best_by(group: np.ndarray, counts: np.ndarray, keep: int) -> np.ndarray:
    """Indices of the `keep` largest counts of each group."""
    order = np.lexsort((-counts, group))
    sorted_group = group[order]
    starts = np.r_[0, np.flatnonzero(np.diff(sorted_group)) + 1]
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return order[rank < keep]


def frequencies(tokenizer: Tokenizer, texts: list[str], size: int) -> np.ndarray:
    counts = np.zeros(size)
    for start in range(0, len(texts), 5000):
        for encoding in tokenizer.encode_batch(texts[start:start + 5000], add_special_tokens=False):
            np.add.at(counts, encoding.ids, 1)
    return counts / max(1.0, counts.sum())


def fallback(tokenizer: Tokenizer, old: Tokenizer, old_table: np.ndarray) -> np.ndarray:
    """A first vector for every piece: the mean of the MiniLM pieces of its unaccented spelling."""
    rng = np.random.default_rng(0)
    mean, scale = old_table.mean(0), old_table.std(0)
    vectors = np.empty((tokenizer.get_vocab_size(), old_table.shape[1]), dtype=np.float32)
    old_vocabulary = old.get_vocab()
    for piece, index in tokenizer.get_vocab().items():
        if piece in old_vocabulary:
            vectors[index] = old_table[old_vocabulary[piece]]
            continue
        bare = piece.removeprefix("##")
        ids = [i for i in old.encode(bare, add_special_tokens=False).ids if i != old_vocabulary["[UNK]"]]
        latin = bare.isalpha() and max(bare) < "\u0250"
        if latin and ids:
            vectors[index] = old_table[ids].mean(0)
        else:
            vectors[index] = mean + 0.5 * scale * rng.standard_normal(len(mean))
    return vectors


def run(data: Path, work: Path, minilm: Path, seed: int) -> None:
    torch.manual_seed(seed)
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    size = tokenizer.get_vocab_size()
    old = Tokenizer.from_file(str(minilm / "tokenizer.json"))
    old.no_padding()
    old.no_truncation()
    body = BertModel.from_pretrained(minilm)
    vectors = fallback(tokenizer, old, body.embeddings.word_embeddings.weight.detach().numpy())
    whole = np.zeros(size, dtype=bool)
    for piece, index in tokenizer.get_vocab().items():
        whole[index] = not piece.startswith("##") and piece.isalpha() and len(piece) > 1

    texts = corpora.texts_by_language(data)
    share = {lang: frequencies(tokenizer, texts[lang], size) for lang in texts}
    known = set(old.get_vocab())
    trusted = np.zeros(size, dtype=bool)
    for piece, index in tokenizer.get_vocab().items():
        trusted[index] = piece in known
    # A MiniLM piece keeps its vector with the weight of its English use, never less than a small share.
    mass = np.where(trusted, np.maximum(share["en"], 1e-7), 0.0)
    total = vectors * mass[:, None]
    lexicon = {}
    sentences, words = corpora.parallel_sentences(data), corpora.parallel_words(data)
    for lang in sorted(set(sentences) | set(words)):
        pairs = sentences.get(lang, []) + 3 * words.get(lang, [])
        english, foreign, counts = alignment_counts(tokenizer, pairs, size)
        keep = best_by(foreign, counts, MEANINGS)
        keep = keep[counts[keep] > 0.2]
        seen = np.bincount(foreign[keep], weights=counts[keep], minlength=size)
        weight = counts[keep] / seen[foreign[keep]]
        meaning = np.zeros_like(vectors)
        np.add.at(meaning, foreign[keep], weight[:, None].astype(np.float32) * vectors[english[keep]])
        # Averages are shorter than their parts: give them back a usual length.
        length = np.linalg.norm(meaning, axis=1, keepdims=True)
        usual = np.median(np.linalg.norm(vectors[trusted], axis=1))
        meaning = np.where(length > 0, meaning * (usual / np.maximum(length, 1e-6)), 0.0)
        amount = np.where(seen > 0, share[lang], 0.0)
        total += meaning * amount[:, None]
        mass += amount
        lexicon[lang] = translations(english, foreign, counts, whole, size)
        print(f"{lang}: {len(pairs)} pairs, {int((seen > 0).sum())} pieces placed, {len(lexicon[lang][0])} words in the lexicon", flush=True)
    vectors = np.where(mass[:, None] > 0, total / np.maximum(mass, 1e-12)[:, None], vectors).astype(np.float32)

    model = new_model(size)
    state = {f"bert.{k}": v for k, v in body.state_dict().items()}
    state["bert.embeddings.word_embeddings.weight"] = torch.from_numpy(vectors)
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and set(missing) <= {"classifier.weight", "classifier.bias"}, (missing, unexpected)
    torch.save({"model": model.state_dict()}, work / "init.pt")
    np.savez_compressed(work / "lexicon.npz", **{f"{lang}_{part}": array for lang, value in lexicon.items()
                                                 for part, array in zip(("english", "foreign", "weight"), value)})
    show(tokenizer, lexicon)


def translations(english, foreign, counts, whole, size):
    """Whole-word translations: the two likeliest of each English word, where they are likely enough."""
    usable = whole[english] & whole[foreign] & (english != foreign)
    # words of Chinese and other unspaced scripts are pieces of one letter and stay out
    by_english = np.bincount(english, weights=counts, minlength=size)
    by_foreign = np.bincount(foreign, weights=counts, minlength=size)
    forward, backward = counts / by_english[english], counts / np.maximum(by_foreign[foreign], 1e-9)
    good = np.flatnonzero(usable & (counts > 0.9) & (forward > 0.15) & (backward > 0.15))
    good = good[best_by(english[good], counts[good], 2)]
    return english[good], foreign[good], forward[good].astype(np.float32)


def show(tokenizer: Tokenizer, lexicon) -> None:
    for lang, (english, foreign, _) in lexicon.items():
        picks = np.linspace(0, len(english) - 1, 8).astype(int) if len(english) else []
        print(lang, ", ".join(f"{tokenizer.id_to_token(int(english[i]))}={tokenizer.id_to_token(int(foreign[i]))}" for i in picks))
