"""Makes random-weight checkpoints of the real shapes, to check exactness and measure speed without a download.

    python scripts/make_shape_checkpoints.py target/shapes                    # all
    python scripts/make_shape_checkpoints.py target/shapes mdeberta-v3-base   # one

Each becomes a folder in the Hugging Face layout with `model.safetensors`, `model.onnx` (fp32), and beside it
`NAME-int8` with the dynamically quantised network. The shapes are those of the models that they are named
after, the vocabulary of 250,000 pieces included; the tokenizer works as theirs do (sentencepiece's NFKC
rules, Unigram, Metaspace), with pieces learnt from the sentences of sample_pairs.py and made-up ones.

The weights mean nothing. They are drawn so wide that what a pair says reaches the logits, and the last layer
is scaled so that logits spread over pairs (standard deviation 2), as a trained model's do: with the usual
initial weights all pairs get nearly the same logits, and any comparison would hold.

Needs scripts/requirements-checkpoints.txt, 8 GB of disk and, for the largest, 6 GB of memory.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import random
from pathlib import Path

import sentencepiece
import torch
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import (
    DebertaV2Config, DebertaV2ForSequenceClassification, PreTrainedTokenizerFast, XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)

from export_onnx import export, input_names, quantize
from sample_pairs import LANGUAGES, SENTENCES, news_pairs, sentence

# Letters of the made-up pieces, by script.
ALPHABETS = ["abcdefghijklmnopqrstuvwxyzéèàçñöüß", "абвгдежзийклмнопрстуфхцчшщъыьэюя", "αβγδεζηθικλμνξοπρστυφχψω",
             "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "कखगघचछजझटठडढतथदधनपफबभमयरलवशसह", "กขคงจฉชซดตถทธนบปผพภมยรลวสห",
             "的一是在不了有和人这中大为上个国我以要他时来用们"]


def learnt_pieces() -> tuple[list[tuple[str, float]], bytes]:
    """Unigram pieces with scores, learnt from the sample sentences, and sentencepiece's NFKC rules."""
    chance = random.Random(3)
    texts = [text for language in LANGUAGES for text in SENTENCES[language]]
    texts += [sentence(chance, language, 20) for language in LANGUAGES for _ in range(200)]
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_writer=written, vocab_size=3000, model_type="unigram",
        normalization_rule_name="nmt_nfkc", character_coverage=1.0, hard_vocab_limit=False, num_threads=1,
        minloglevel=2)
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(written.getvalue())
    pieces = [(p.piece, p.score) for p in model.pieces if p.type == p.NORMAL]
    return pieces, model.normalizer_spec.precompiled_charsmap


def vocabulary(specials: list[str], last: list[str], size: int) -> tuple[list[tuple[str, float]], bytes]:
    """`size` pieces: special ones, learnt ones, then made-up ones, which are less likely than any learnt one."""
    learnt, rules = learnt_pieces()
    pieces = {piece: 0.0 for piece in specials} | dict(learnt)
    floor = min(score for _, score in learnt)
    chance = random.Random(4)
    while len(pieces) < size - len(last):
        letters = chance.choice(ALPHABETS)
        piece = ("▁" if chance.random() < 0.5 else "") + "".join(chance.choices(letters, k=chance.randint(2, 9)))
        pieces.setdefault(piece, floor - 4.0 * chance.random())
    pieces |= {piece: 0.0 for piece in last}
    return list(pieces.items()), rules


def xlm_roberta_tokenizer(size: int) -> Tokenizer:
    pieces, rules = vocabulary(["<s>", "<pad>", "</s>", "<unk>"], ["<mask>"], size)
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.normalizer = normalizers.Precompiled(rules)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def deberta_tokenizer(size: int) -> Tokenizer:
    pieces, rules = vocabulary(["[PAD]", "[CLS]", "[SEP]", "[UNK]"], ["[MASK]"], size)
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Strip(), normalizers.Precompiled(rules), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(prepend_scheme="always")])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    tokenizer.add_special_tokens(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"])
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def xlm_roberta(hidden: int, layers: int) -> dict:
    return dict(
        hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=12, intermediate_size=4 * hidden,
        vocab_size=250_002, max_position_embeddings=514, type_vocab_size=1, pad_token_id=1, bos_token_id=0,
        eos_token_id=2, layer_norm_eps=1e-5)


LABELS = ["entailment", "neutral", "contradiction"]
XLM_ROBERTA = (XLMRobertaConfig, XLMRobertaForSequenceClassification, xlm_roberta_tokenizer, "<pad>")
DEBERTA = (DebertaV2Config, DebertaV2ForSequenceClassification, deberta_tokenizer, "[PAD]")
SHAPES = {
    "minilmv2-l6": (*XLM_ROBERTA, xlm_roberta(384, 6)),
    "minilmv2-l12": (*XLM_ROBERTA, xlm_roberta(384, 12)),
    "xlm-roberta-base": (*XLM_ROBERTA, xlm_roberta(768, 12)),
    "mdeberta-v3-base": (*DEBERTA, dict(
        hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072, vocab_size=251_000,
        max_position_embeddings=512, type_vocab_size=0, pad_token_id=0, layer_norm_eps=1e-7, relative_attention=True,
        max_relative_positions=-1, position_buckets=256, norm_rel_ebd="layer_norm", share_att_key=True,
        pos_att_type=["p2c", "c2p"], position_biased_input=False, pooler_hidden_size=768, pooler_hidden_act="gelu",
        pooler_dropout=0.0)),
}
# Pieces in tokenizer.json; mDeBERTa's table has more rows than its tokenizer has pieces, as in the original.
PIECES = {"mdeberta-v3-base": 250_102}


def draw(model: torch.nn.Module) -> None:
    """Random weights under which what a text says reaches the logits."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() < 2:  # biases and layer norms
                parameter.add_(torch.randn_like(parameter) * 0.05)
            elif "embeddings" in name:
                parameter.normal_(0.0, 0.1)
            else:
                parameter.normal_(0.0, 1.0 / math.sqrt(parameter.shape[1]))


def spread_logits(model: torch.nn.Module, tokenizer: PreTrainedTokenizerFast) -> None:
    """Scales the last layer so that each logit has mean 0 and standard deviation 2 over 64 pairs."""
    rows = []
    for premise, hypothesis in news_pairs(64, seed=5):
        batch = tokenizer(premise, hypothesis, truncation="longest_first", max_length=256, return_tensors="pt")
        with torch.no_grad():
            rows.append(model(**batch).logits[0])
    logits = torch.stack(rows)
    last = model.classifier.out_proj if hasattr(model.classifier, "out_proj") else model.classifier
    scale = 2.0 / logits.std(0)
    with torch.no_grad():
        last.weight.mul_(scale[:, None])
        last.bias.copy_((last.bias - logits.mean(0)) * scale)
    print(f"  logits before scaling: standard deviation {logits.std(0).tolist()}")


def make(name: str, target: Path) -> None:
    config_class, model_class, build_tokenizer, pad, settings = SHAPES[name]
    print(name, flush=True)
    torch.manual_seed(sum(map(ord, name)))
    folder = target / name
    folder.mkdir(parents=True, exist_ok=True)
    raw = build_tokenizer(PIECES.get(name, settings["vocab_size"]))
    raw.save(str(folder / "tokenizer.json"), pretty=False)
    config = config_class(id2label=dict(enumerate(LABELS)), label2id={l: i for i, l in enumerate(LABELS)}, **settings)
    config._attn_implementation = "eager"
    model = model_class(config).eval()
    draw(model)
    inputs = input_names(config)
    spread_logits(model, PreTrainedTokenizerFast(tokenizer_object=raw, pad_token=pad, model_input_names=inputs))
    model.save_pretrained(folder, safe_serialization=True)
    # What a tokenizer is called differs from one version of transformers to the next; this one always works.
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "pad_token": pad, "model_input_names": inputs}) + "\n")
    export(model, inputs, folder / "model.onnx")
    del model
    small = target / f"{name}-int8"
    (small / "onnx").mkdir(parents=True, exist_ok=True)
    for file in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (small / file).write_bytes((folder / file).read_bytes())
    quantize(folder / "model.onnx", small / "onnx" / "model_int8.onnx")
    for path in (folder / "model.onnx", small / "onnx" / "model_int8.onnx"):
        print(f"  {path.name}: {path.stat().st_size / 1e6:.0f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path)
    parser.add_argument("names", nargs="*", help=f"some of {', '.join(SHAPES)}; all if none is given")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in SHAPES:
            parser.error(f"no shape {name!r}; there are {', '.join(SHAPES)}")
    for name in arguments.names or SHAPES:
        make(name, arguments.target)


if __name__ == "__main__":
    main()
