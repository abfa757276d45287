"""Makes the tiny random-weight checkpoints of tests/golden/ and the logits `transformers` gives for them.

    python -m venv venv && venv/bin/pip install -r scripts/requirements-checkpoints.txt
    venv/bin/python scripts/make_tiny_checkpoints.py tests/golden              # all of them
    venv/bin/python scripts/make_tiny_checkpoints.py tests/golden tiny-bert    # some

One folder per family: `config.json`, `tokenizer.json`, `model.onnx`, `model.safetensors` where the libtorch backend
takes the family, and `golden.jsonl` with one pair a line: `premise`, `hypothesis`, `ids`, `logits`. The weights mean
nothing: what is tested is that the same numbers come out. Labels stand in another order in each folder, as they do
in the wild. Weights are the same each time; the tokenizers, and with them ids and logits, are not.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig, BertForSequenceClassification, CamembertConfig, CamembertForSequenceClassification,
    DebertaV2Config, DebertaV2ForSequenceClassification, DistilBertConfig,
    DistilBertForSequenceClassification, PreTrainedTokenizerFast, RobertaConfig,
    RobertaForSequenceClassification, XLMRobertaConfig, XLMRobertaForSequenceClassification,
)

from export_onnx import export, quantize

MAX_LENGTH = 64
PAIRS = [
    ("The bridge over the Ardon reopened on Tuesday.", "The bridge is still closed."),
    ("Twelve people were rescued from the mine.", "Nobody was rescued."),
    ("The minister didn't resign, her office said.", "The minister resigned."),
    ("Le barrage a cédé dans la nuit de lundi à mardi.", "Le barrage tient toujours."),
    ("L’armée n’a repris qu’un seul village, selon la préfète.", "L'armée a repris trois villages."),
    ("Les écoles rouvriront le 8 novembre 2017.", "Les écoles rouvriront en novembre."),
    ("El alcalde negó haber firmado el contrato.", "El alcalde firmó el contrato."),
    ("La inundación dejó 40 muertos en Ribera.", "La inundación dejó más de 150 muertos."),
    ("Der Streik bei der Bahn dauert über das Wochenende.", "Die Bahn fährt am Sonntag wie üblich."),
    ("Die Wähler lehnten das Gesetz mit 52,3 % ab.", "Das Gesetz wurde angenommen."),
    ("Мост через реку рухнул ночью.", "Мост через реку не пострадал."),
    ("По словам губернатора, ранены шесть человек.", "Раненых нет."),
    ("انهار الجسر فجر الجمعة.", "لم ينهر الجسر."),
    ("أعلن الوزير استقالته مساء الأحد.", "الوزير باقٍ في منصبه."),
    ("बाँध रविवार को टूट गया।", "बाँध नहीं टूटा।"),
    ("大桥于周二重新开放。", "大桥仍然关闭。"),
    ("地震造成十二人死亡。", "无人死亡。"),
    ("Le porte-parole russe a dit « нет » à Berlin 🙂.", "Berlin said الجسر is 开放."),
    ("", "The bridge reopened."),
    ("The council met " * 60, "The council did not meet " * 20),
    ("Short.", "The river rose and the river rose again, " * 30),
    ("  Double  spaces\tand\nlines ", "Double spaces and lines?"),
]
TEXTS = [t for pair in PAIRS for t in pair]


def wordpiece() -> tuple[Tokenizer, str]:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=500, special_tokens=specials, show_progress=False)
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(t, tokenizer.token_to_id(t)) for t in ("[CLS]", "[SEP]")])
    return tokenizer, "[PAD]"


def unigram(specials: list[str], unk: str, pair: str, begin: str, end: str) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("\n", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=500, special_tokens=specials, unk_token=unk, show_progress=False)
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", pair=pair,
        special_tokens=[(t, tokenizer.token_to_id(t)) for t in (begin, end)])
    return tokenizer


def roberta_unigram() -> tuple[Tokenizer, str]:
    return unigram(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<unk>", "<s> $A </s> </s> $B </s>", "<s>", "</s>"), "<pad>"


def deberta_unigram() -> tuple[Tokenizer, str]:
    return unigram(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"], "[UNK]",
                   "[CLS] $A [SEP] $B:1 [SEP]:1", "[CLS]", "[SEP]"), "[PAD]"


def bytelevel() -> tuple[Tokenizer, str]:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=specials, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer, "<pad>"


SMALL = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
POSITIONS = dict(max_position_embeddings=MAX_LENGTH)
# RoBERTa numbers positions from the padding id + 1 on: 2 are lost.
SHIFTED = dict(max_position_embeddings=MAX_LENGTH + 2, type_vocab_size=1, pad_token_id=1,
               bos_token_id=0, eos_token_id=2, layer_norm_eps=1e-5)
FAMILIES = {
    "tiny-bert": (wordpiece, BertConfig, BertForSequenceClassification, SMALL | POSITIONS,
                  ["entailment", "neutral", "contradiction"]),
    "tiny-two-labels": (wordpiece, BertConfig, BertForSequenceClassification,
                        dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32) | POSITIONS,
                        ["entailment", "not_entailment"]),
    "tiny-distilbert": (wordpiece, DistilBertConfig, DistilBertForSequenceClassification,
                        dict(dim=32, n_layers=2, n_heads=4, hidden_dim=64) | POSITIONS,
                        ["ENTAILMENT", "NEUTRAL", "CONTRADICTION"]),
    "tiny-roberta": (bytelevel, RobertaConfig, RobertaForSequenceClassification, SMALL | SHIFTED,
                     ["CONTRADICTION", "NEUTRAL", "ENTAILMENT"]),
    "tiny-camembert": (roberta_unigram, CamembertConfig, CamembertForSequenceClassification, SMALL | SHIFTED,
                       ["Entailment", "Neutral", "Contradiction"]),
    "tiny-xlm-roberta": (roberta_unigram, XLMRobertaConfig, XLMRobertaForSequenceClassification, SMALL | SHIFTED,
                         ["contradiction", "neutral", "entailment"]),
    "tiny-deberta-v2": (deberta_unigram, DebertaV2Config, DebertaV2ForSequenceClassification,
                        SMALL | POSITIONS | dict(
                            relative_attention=True, pos_att_type=["p2c", "c2p"], position_buckets=16,
                            share_att_key=True, norm_rel_ebd="layer_norm", position_biased_input=False,
                            max_relative_positions=-1, type_vocab_size=0, pooler_hidden_size=32,
                            pooler_hidden_act="gelu", pooler_dropout=0.0),
                        ["neutral", "entailment", "contradiction"]),
}


def make(name: str, target: Path) -> None:
    build_tokenizer, config_class, model_class, settings, labels = FAMILIES[name]
    torch.manual_seed(sum(map(ord, name)))
    raw, pad = build_tokenizer()
    folder = target / name
    folder.mkdir(parents=True, exist_ok=True)
    raw.save(str(folder / "tokenizer.json"))
    types = name in ("tiny-bert", "tiny-two-labels", "tiny-deberta-v2")
    inputs = ["input_ids", "attention_mask"] + (["token_type_ids"] if types else [])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, pad_token=pad, model_input_names=inputs)
    config = config_class(
        vocab_size=raw.get_vocab_size(), id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)}, **settings)
    config.architectures = [model_class.__name__]
    model = model_class(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():  # default weights are so small that all logits look alike
            if parameter.dim() > 1:
                parameter.normal_(0.0, 0.2)
            else:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    (folder / "config.json").write_text(json.dumps(config.to_dict() | {"dtype": "float32"}, indent=1, default=str) + "\n")
    export(model, inputs, folder / "model.onnx")
    if name != "tiny-deberta-v2":
        save_file(model.state_dict(), folder / "model.safetensors", metadata={"format": "pt"})
    with (folder / "golden.jsonl").open("w") as out:
        for premise, hypothesis in PAIRS:
            batch = tokenizer(premise, hypothesis, truncation="longest_first", max_length=MAX_LENGTH, return_tensors="pt")
            with torch.no_grad():
                logits = model(**batch).logits[0]
            row = {"premise": premise, "hypothesis": hypothesis, "ids": batch["input_ids"][0].tolist(),
                   "logits": [round(x, 7) for x in logits.tolist()]}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    size = sum(f.stat().st_size for f in folder.iterdir())
    print(f"{name}: {raw.get_vocab_size()} pieces, {size // 1024} kB")


def make_int8(target: Path) -> None:
    """The int8 copy of tiny-xlm-roberta, a folder of its own. Its activations get their range at run time, over
    all of a batch, as in most int8 files on the hub."""
    source, folder = target / "tiny-xlm-roberta", target / "tiny-int8"
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    for file in ("config.json", "tokenizer.json"):
        (folder / file).write_bytes((source / file).read_bytes())
    quantize(source / "model.onnx", folder / "onnx" / "model_int8.onnx")


if __name__ == "__main__":
    for family in sys.argv[2:] or FAMILIES:
        make(family, Path(sys.argv[1]))
    make_int8(Path(sys.argv[1]))
