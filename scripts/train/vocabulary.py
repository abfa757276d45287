"""Stage `tokenizer`: a multilingual WordPiece vocabulary around the English one of MiniLM.

English words keep their MiniLM pieces (and so their trained embeddings: names of persons and places
are among them, in every Latin-script language); each other language adds pieces from a vocabulary
trained on its own texts, up to a quota. Every letter of the texts, and of the scripts listed below, is
a piece by itself, so that no word of those scripts becomes [UNK].
"""

from __future__ import annotations

from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

import corpora

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# Pieces asked for by language; duplicates with the pieces before them do not count twice.
QUOTA = {
    "fr": 12500, "es": 5500, "de": 6000, "ru": 5500, "ar": 4000, "it": 3000, "pt": 2000, "tr": 2500,
    "hi": 1500, "zh": 5000, "fa": 2200, "id": 2200, "ko": 2200, "ja": 1800, "vi": 1500, "sw": 1300,
    "bg": 2500, "el": 2500, "th": 500, "ur": 1500,
}
SCRIPTS = [(0x20, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x590, 0x5F4), (0x600, 0x6FF),
           (0x900, 0x97F), (0xE00, 0xE7F), (0x1E00, 0x1EFF), (0x3040, 0x30FF)]


def normalizer() -> normalizers.Normalizer:
    """NFKC and lower case; accents stay (a/à, mange/mangé differ), Arabic vowel signs do not."""
    return normalizers.Sequence([
        normalizers.NFKC(),
        normalizers.Replace("’", "'"),
        normalizers.Replace("‘", "'"),
        normalizers.Replace(Regex("[\u0640\u064B-\u0652]"), ""),
        normalizers.Replace("İ", "i"),
        normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=False, lowercase=True),
        normalizers.Replace("ё", "е"),
    ])


def build(vocabulary: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(SPECIALS)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
    )
    return tokenizer


def trained_pieces(texts: list[str], size: int) -> list[str]:
    """A WordPiece vocabulary of one language, most useful pieces first."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=size, min_frequency=2, special_tokens=["[UNK]"], show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    return [piece for piece, _ in pieces[1:]]


def letters(texts: dict[str, list[str]]) -> list[str]:
    norm = normalizer()
    counts: dict[str, int] = {}
    for lang in sorted(texts):
        for text in texts[lang]:
            for char in norm.normalize_str(text):
                counts[char] = counts.get(char, 0) + 1
    found = {c for c, n in counts.items() if n >= 2 and not c.isspace()}
    for low, high in SCRIPTS:
        for code in range(low, high + 1):
            lowered = norm.normalize_str(chr(code)).strip()
            if len(lowered) == 1 and lowered.isprintable():
                found.add(lowered)
    return sorted(found)


def run(data: Path, work: Path, minilm: Path) -> None:
    texts = corpora.texts_by_language(data)
    pieces: dict[str, None] = dict.fromkeys(SPECIALS)
    original = Tokenizer.from_file(str(minilm / "tokenizer.json")).get_vocab()
    for piece, _ in sorted(original.items(), key=lambda item: item[1]):
        if piece.isascii() and not piece.startswith("["):
            pieces.setdefault(piece)
    english = len(pieces)
    for char in letters(texts):
        pieces.setdefault(char)
        if not is_cjk(char):  # these always stand alone
            pieces.setdefault("##" + char)
    print(f"{english} English pieces, {len(pieces) - english} letters")
    for lang, quota in QUOTA.items():
        before = len(pieces)
        for piece in trained_pieces(texts[lang], quota):
            pieces.setdefault(piece)
        print(f"{lang}: {len(pieces) - before} pieces added")
    tokenizer = build({piece: index for index, piece in enumerate(pieces)})
    tokenizer.save(str(work / "tokenizer.json"))
    print(f"{tokenizer.get_vocab_size()} pieces in all")
    for lang in sorted(texts):
        sample = tokenizer.encode_batch(texts[lang][-400:], add_special_tokens=False)
        tokens = [t for s in sample for t in s.tokens]
        words = sum(1 for t in tokens if not t.startswith("##"))
        print(f"{lang}: {len(tokens) / words:.2f} pieces a word, [UNK] {tokens.count('[UNK]') / len(tokens):.4f}")


def is_cjk(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff"
