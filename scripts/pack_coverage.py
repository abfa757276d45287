#!/usr/bin/env python3
"""Writes the table of what the language packs cover into docs/languages.md.

    python3 scripts/pack_coverage.py

Needs Python 3.11 and nothing else.
"""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKS = ROOT / "src/language/packs"
PAGE = ROOT / "docs/languages.md"
CODES = ["fr", "en", "es", "de", "ar", "ru"]
BEGIN = "<!-- coverage: from the packs; python3 scripts/pack_coverage.py -->"
END = "<!-- end of coverage -->"


def pack(code: str) -> dict:
    return tomllib.loads((PACKS / f"{code}.toml").read_text(encoding="utf-8"))


def filled(pack: dict, *keys: str) -> str:
    return "yes" if all(pack.get(key) for key in keys) else "–"


def templates(pack: dict) -> str:
    return str(sum(len(of) for of in pack.get("time", {}).get("templates", {}).values()) or "–")


def frames(pack: dict) -> str:
    return str(len([frame for frame in pack.get("events", {}) if frame != "none"]) or "–")


ROWS = [
    ("`time` (templates)", templates),
    ("prepositions, determiners, quantifiers", lambda p: filled(p, "prepositions", "determiners", "quantifiers")),
    ("`abbreviations`, `stop_words`", lambda p: filled(p, "abbreviations", "stop_words")),
    ("`names`", lambda p: filled(p, "names")),
    ("`events`, `voice` (frames)", frames),
    ("`cues` (roles, exclusion, repetition)", lambda p: filled(p, "cues")),
    ("`quantity`", lambda p: filled(p, "quantity")),
    ("`attribution`", lambda p: filled(p, "attribution")),
    ("`factuality`", lambda p: filled(p, "factuality")),
]


def main() -> int:
    packs = [pack(code) for code in CODES]
    lines = ["| section | " + " | ".join(CODES) + " |", "|---" * (len(CODES) + 1) + "|"]
    lines += [f"| {title} | " + " | ".join(cell(p) for p in packs) + " |" for title, cell in ROWS]
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    PAGE.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
