#!/usr/bin/env python3
"""Compares the time stage with dateparser on the tables of tests/rules/time.

    pip install dateparser
    cargo build && python3 scripts/compare_time.py [--program target/debug/crossclaim]

A row with a date counts as right if a date found in the sentence lies in an expected interval: generous to a library
that answers with points. A row without a date is right if none is found. Rows that count from a date spoken of
before are left out, since dateparser cannot be told one.
"""

import argparse
import datetime
import json
import subprocess
import tempfile
from pathlib import Path

from dateparser.search import search_dates

TABLES = Path(__file__).resolve().parent.parent / "tests/rules/time"
CODES = ["fr", "en", "es", "de", "ar", "ru", "bg", "el", "hi", "sw", "th", "tr", "ur", "vi", "zh"]
UNDATED = "2017-11-10"


def rows(code: str) -> list[dict]:
    found = []
    for line in (TABLES / f"{code}.tsv").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        sentence, wanted, published, _, intervals, discourse, _ = line.split("\t")
        if discourse != "-" or (wanted != "-" and intervals == "-") or len(published) not in (1, 10):
            continue
        pairs = [] if intervals == "-" else [i.split("/") for i in intervals.split(" ")]
        found.append({"sentence": sentence, "published": published, "intervals": [(p[0], p[-1]) for p in pairs]})
    return found


def right(row: dict, days: list[tuple[str, str]]) -> bool:
    """Whether what was found, as intervals, fits the row."""
    if not row["intervals"]:
        return not days
    return any(low <= first and last <= high for first, last in days for low, high in row["intervals"])


def by_dateparser(code: str, row: dict) -> list[tuple[str, str]]:
    base = row["published"] if row["published"] != "-" else UNDATED
    settings = {"RELATIVE_BASE": datetime.datetime.fromisoformat(base), "PREFER_DATES_FROM": "past"}
    try:
        found = search_dates(row["sentence"], languages=[code], settings=settings) or []
    except ValueError:  # a language that dateparser does not have
        return []
    return [(date.date().isoformat(),) * 2 for _, date in found]


def by_crossclaim(program: str, code: str, table: list[dict]) -> list[list[tuple[str, str]]]:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for number, row in enumerate(table):
            article = {"id": f"r{number}", "outlet": f"o{number}", "language": code, "text": row["sentence"]}
            if row["published"] != "-":
                article["date"] = row["published"]
            file.write(json.dumps(article, ensure_ascii=False) + "\n")
        file.flush()
        command = [program, "report", "--model", "none", "--dump", "claims", file.name]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: list[list[tuple[str, str]]] = [[] for _ in table]
    for line in out.splitlines():
        claim = json.loads(line)
        for time in claim["times"]:
            found[int(claim["article"][1:])].extend(tuple(i) for i in time["intervals"])
    return found


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--program", default="target/debug/crossclaim")
    program = options.parse_args().program
    print("| language | rows | crossclaim | dateparser |\n|---|---|---|---|")
    for code in CODES:
        table = rows(code)
        ours = sum(right(row, days) for row, days in zip(table, by_crossclaim(program, code, table)))
        theirs = sum(right(row, by_dateparser(code, row)) for row in table)
        print(f"| {code} | {len(table)} | {ours} | {theirs} |", flush=True)


if __name__ == "__main__":
    main()
