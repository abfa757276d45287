"""Stage `evaluate`: the shipped int8 model on the evaluation sets; metrics.json and the README's table.

Nothing is chosen by these figures: they are computed once the model is exported. The model is asked in
one direction (premise, hypothesis), as the sets are annotated. Of XNLI dev it is measured on the quarter
of the premises that training left out; those rows are also written to the work folder, for `crossclaim eval`.
"""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

import claims
import corpora
from runtime import Model, softmax

CONTRADICTION = 2
# Cross-lingual XNLI: premise in one language, hypothesis in another, of the same row.
CROSS = [("fr", "en"), ("en", "fr"), ("fr", "de"), ("es", "fr"), ("ar", "fr"), ("ru", "en")]
AGREEMENT_ROWS = 600
BEGIN, END = "<!-- figures: written by the evaluate stage -->", "<!-- end of figures -->"


def figures(scores: np.ndarray, labels: np.ndarray) -> dict:
    guesses = scores.argmax(-1)
    return {
        "pairs": len(labels),
        "accuracy": round(float((guesses == labels).mean()), 4),
        "macro_f1": round(float(f1_score(labels, guesses, average="macro")), 4),
        "contradiction_auroc": round(float(roc_auc_score(labels == CONTRADICTION, scores[:, CONTRADICTION])), 4),
    }


def daccord(scores: np.ndarray, labels: np.ndarray) -> dict:
    """Two classes: contradiction or compatible."""
    truth, share = labels == CONTRADICTION, scores[:, CONTRADICTION]
    return {
        "pairs": len(labels),
        "contradiction_auroc": round(float(roc_auc_score(truth, share)), 4),
        "accuracy_argmax": round(float(((scores.argmax(-1) == CONTRADICTION) == truth).mean()), 4),
        "accuracy_half": round(float(((share > 0.5) == truth).mean()), 4),
        "majority": round(float(max(truth.mean(), 1 - truth.mean())), 4),
    }


def score(model: Model, pairs: list[corpora.Pair]) -> np.ndarray:
    return softmax(model.logits([(p.premise, p.hypothesis) for p in pairs]))


def labels_of(pairs: list[corpora.Pair]) -> np.ndarray:
    return np.array([p.label for p in pairs])


def run(args: Namespace) -> None:
    model = Model(args.out / "model.onnx", args.out / "tokenizer.json", args.threads)
    result: dict = {"model_bytes": (args.out / "model.onnx").stat().st_size, "sets": {}, "xnli_dev": {}, "xnli_dev_cross": {}}

    for stage in ("align", "nli", "news"):
        report = args.work / f"{stage}.json"
        if report.exists():
            result.setdefault("training", {})[stage] = json.loads(report.read_text(encoding="utf-8"))

    pairs = corpora.eval_pairs(args.data, "daccord-dev")
    result["sets"]["daccord-dev"] = daccord(score(model, pairs), labels_of(pairs))
    turned = [corpora.Pair(p.hypothesis, p.premise, p.label, p.lang) for p in pairs]
    both = (score(model, pairs) + score(model, turned)) / 2
    result["sets"]["daccord-dev, mean of both directions"] = daccord(both, labels_of(pairs))
    for name in ("rte3-fr-dev", "sick-fr-dev"):
        pairs = corpora.eval_pairs(args.data, name)
        result["sets"][name] = figures(score(model, pairs), labels_of(pairs))
    show(result["sets"])

    groups = claims.held_out_by_group(claims.FOLDER)
    write_rows(args.work / "news-held-out.tsv", news_rows(groups))
    news: dict[str, list[corpora.Pair]] = {}
    for pair, other in (row for rows in groups.values() for row in rows):
        news.setdefault(pair.lang if pair.lang == other else "mixed", []).append(pair)
    result["news"] = {lang: figures(score(model, rows), labels_of(rows)) for lang, rows in sorted(news.items())}
    show(result["news"])

    by_lang = corpora.xnli_pairs(args.data, held_out=True)
    write_rows(args.work / "xnli-held-out.tsv", xnli_rows(by_lang))
    first = ["fr", "en", "es", "de", "ar", "ru"]
    for lang in first + sorted(set(by_lang) - set(first)):
        rows = by_lang[lang]
        result["xnli_dev"][lang] = figures(score(model, rows), labels_of(rows))
        show({lang: result["xnli_dev"][lang]})
    for one, two in CROSS:
        mixed = [corpora.Pair(p.premise, h.hypothesis, p.label, one) for p, h in zip(by_lang[one], by_lang[two])]
        result["xnli_dev_cross"][f"{one}-{two}"] = figures(score(model, mixed), labels_of(mixed))
    show(result["xnli_dev_cross"])
    result["int8_agreement"] = agreement(args, model, by_lang)
    show({"agreement": result["int8_agreement"]})

    (args.out / "metrics.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    write_table(args.out / "README.md", result)


def agreement(args: Namespace, model: Model, by_lang: dict[str, list[corpora.Pair]]) -> dict:
    """How often int8 and fp32 decide alike."""
    full = Model(args.work / "model-fp32.onnx", args.out / "tokenizer.json", args.threads)
    pairs = by_lang["fr"][:AGREEMENT_ROWS // 2] + by_lang["en"][:AGREEMENT_ROWS // 2]
    small, large = score(model, pairs), score(full, pairs)
    return {"pairs": len(pairs), "same_label": round(float((small.argmax(-1) == large.argmax(-1)).mean()), 4),
            "largest_probability_difference": round(float(np.abs(small - large).max()), 4)}


def xnli_rows(by_lang: dict[str, list[corpora.Pair]]) -> list[tuple[str, ...]]:
    return [(p.premise, p.hypothesis, corpora.LABELS[p.label], p.lang) for rows in by_lang.values() for p in rows]


def news_rows(groups: dict[str, list[tuple[corpora.Pair, str]]]) -> list[tuple[str, ...]]:
    """With the group of each pair, so that intervals and folds keep groups together."""
    return [(p.premise, p.hypothesis, corpora.LABELS[p.label], p.lang if p.lang == other else f"{p.lang}-{other}", group)
            for group, rows in groups.items() for p, other in rows]


def write_rows(path: Path, rows: list[tuple[str, ...]]) -> None:
    """A table as `crossclaim eval` reads it."""
    header = ("premise", "hypothesis", "label", "lang", "group")[:len(rows[0])]
    with path.open("w", encoding="utf-8") as out:
        out.writelines("\t".join(row) + "\n" for row in [header, *rows])


def show(values: dict) -> None:
    for name, value in values.items():
        print(name, value, flush=True)


def write_table(readme: Path, result: dict) -> None:
    if not readme.exists():
        return
    text = readme.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        return
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    readme.write_text(f"{before}{BEGIN}\n\n{table(result)}\n{END}{after}", encoding="utf-8")


def table(result: dict) -> str:
    lines = ["| set | pairs | accuracy | AUROC of contradiction |", "|---|---|---|---|"]
    for name, value in result["sets"].items():
        accuracy = value.get("accuracy", value.get("accuracy_argmax"))
        lines.append(f"| {name} | {value['pairs']} | {accuracy:.3f} | {value['contradiction_auroc']:.3f} |")
    for group, title in (("news", "claims of news, held out,"), ("xnli_dev", "XNLI dev, held out,"), ("xnli_dev_cross", "XNLI dev, held out, mixed")):
        for name, value in result[group].items():
            lines.append(f"| {title} {name} | {value['pairs']} | {value['accuracy']:.3f} | {value['contradiction_auroc']:.3f} |")
    for stage in ("nli", "news"):
        if run := result.get("training", {}).get(stage):
            lines += ["", f"Stage `{stage}`: {run['pairs']} pairs ({run['steps']} steps) in {run['minutes']} minutes."]
    same = result["int8_agreement"]
    lines += ["", f"int8 and fp32 give the same label on {100 * same['same_label']:.1f} % of {same['pairs']} pairs "
              f"(XNLI dev fr, en). DACCORD has two classes, contradiction or compatible; always answering the "
              f"commoner one gives {result['sets']['daccord-dev']['majority']:.3f}.", ""]
    return "\n".join(lines)
