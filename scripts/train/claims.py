"""Reader of `claims/*.txt`: groups of news claims written for this project, and the pairs they stand for.

A group is a block of lines; its first line is `# LANG | domain`, and `| sibling` after it says that the group
speaks of another event than the one before. What the letters mean is in `claims/README.md`. A key may
name a language (`A@en:`): then the group has each of its lines in two languages.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from corpora import LABELS, Pair

FOLDER = Path(__file__).parent / "claims"
HEAD = re.compile(r"# ([a-z]{2}) \| ([^|]+?)( \| sibling)?")
LINE = re.compile(r"([AEWR]|[CDN][1-4])(?:@([a-z]{2}))?: (\S.*)")
NEEDED = {"A", "E", "C1", "D1", "N1"}
ENTAILMENT, NEUTRAL, CONTRADICTION = range(len(LABELS))
SPOKEN = ("A", "E", "C1")  # the keys that every group has and that siblings are compared by
STRANGER_KEYS = ("A", "N1", "N2", "C1")
NEIGHBOURS, MOST_ALIKE = 3, 0.5  # groups that each is set beside, and the cosine of what is too much alike
HELD_OUT = 16  # one group of so many is kept from training


class Malformed(ValueError):
    """A file of claims that is not as it should be: names file and line."""


@dataclass(frozen=True)
class Group:
    lang: str
    domain: str
    sibling: bool
    lines: dict[str, dict[str, str]]  # language, key, sentence

    @property
    def held_out(self) -> bool:
        return zlib.crc32(self.lines[self.lang]["A"].encode()) % HELD_OUT == 0


def read(path: Path) -> list[Group]:
    groups: list[Group] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line:
            continue
        if line.startswith("#"):
            head = HEAD.fullmatch(line)
            if not head:
                raise Malformed(f"{path}:{number}: a group begins with '# LANG | domain': {line[:60]!r}")
            groups.append(Group(head[1], head[2], bool(head[3]), {head[1]: {}}))
        else:
            entry = LINE.fullmatch(line)
            if not entry or not groups:
                raise Malformed(f"{path}:{number}: a line is 'KEY: sentence': {line[:60]!r}")
            groups[-1].lines.setdefault(entry[2] or groups[-1].lang, {})[entry[1]] = entry[3]
    for group in groups:
        for lang, lines in group.lines.items():
            if missing := NEEDED - lines.keys():
                raise Malformed(f"{path}: group {next(iter(lines.values()), '')[:60]!r} ({lang}) lacks {sorted(missing)}")
    return groups


def relations(keys: set[str]) -> list[tuple[str, str, int]]:
    """Premise key, hypothesis key and label of every pair of a group whose label its letters settle."""
    same = [k for k in ("A", "E") if k in keys]
    firm = [k for k in ("A", "E", "R") if k in keys]
    against = sorted(k for k in keys if k[0] in "CD")
    beside = sorted(k for k in keys if k[0] == "N")
    found = [("A", "E", ENTAILMENT), ("E", "A", ENTAILMENT)]
    for c in against:
        if c[0] == "D" and "C" + c[1] in keys:
            found += [("C" + c[1], c, ENTAILMENT), (c, "C" + c[1], ENTAILMENT)]
    if "W" in keys:
        found += [(k, "W", ENTAILMENT) for k in firm] + [("W", k, NEUTRAL) for k in same]
    if "R" in keys:
        found += [("R", k, ENTAILMENT) for k in same] + [(k, "R", NEUTRAL) for k in same]
    for claim, other in product(firm, against):
        found += [(claim, other, CONTRADICTION), (other, claim, CONTRADICTION)]
    for claim, other in product([*same, *(["W"] if "W" in keys else [])], beside):
        found += [(claim, other, NEUTRAL), (other, claim, NEUTRAL)]
    found += [(one, other, NEUTRAL) for one, other in product(beside, beside) if one != other]
    return found


def pairs_of(group: Group) -> list[tuple[Pair, str]]:
    """The pairs of a group, each with the language of its hypothesis; across languages where it has two."""
    return [(Pair(group.lines[p][one], group.lines[h][two], label, p), h)
            for p, h in product(group.lines, repeat=2)
            for one, two, label in relations(group.lines[p].keys() & group.lines[h].keys())]


def pairs_between(group: Group, before: Group) -> list[tuple[Pair, str]]:
    """A sibling's lines are compatible with those of the group before it, and neither follows from the other."""
    return [(Pair(one.lines[p][k], two.lines[h][l], NEUTRAL, p), h)
            for one, two in ((group, before), (before, group))
            for p, h, k, l in product(one.lines, two.lines, SPOKEN, SPOKEN)]


def strangers(folder: Path) -> list[tuple[Pair, str]]:
    """Neutral pairs of sentences from the groups of a file that are most alike: what a corpus has most of, two
    sentences that share names or words and speak of two things. Groups that are too much alike are left out."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    found = []
    for path in sorted(folder.glob("*.txt")):
        groups = [group for group in read(path) if not group.held_out]
        texts = [" ".join(group.lines[group.lang].values()) for group in groups]
        vectors = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(texts)
        likeness = (vectors @ vectors.T).toarray()
        for number, group in enumerate(groups):
            order = [other for other in likeness[number].argsort()[::-1]
                     if other != number and likeness[number][other] < MOST_ALIKE]
            for other in order[:NEIGHBOURS]:
                for p, h in product(group.lines, groups[other].lines):
                    ones, twos = group.lines[p], groups[other].lines[h]
                    found += [(Pair(ones[a], twos[b], NEUTRAL, p), h)
                              for a, b in product(STRANGER_KEYS, repeat=2) if a in ones and b in twos]
    return found


def pairs(folder: Path, held_out: bool) -> list[tuple[Pair, str]]:
    found = []
    for path in sorted(folder.glob("*.txt")):
        groups = read(path)
        for before, group in zip([None, *groups], groups):
            if group.held_out == held_out:
                found += pairs_of(group)
                if group.sibling and before is not None and before.held_out == held_out:
                    found += pairs_between(group, before)
    return found


def held_out_by_group(folder: Path) -> dict[str, list[tuple[Pair, str]]]:
    """The pairs of each group that training leaves out, by a name of the group."""
    return {f"{path.stem}-{number}": pairs_of(group)
            for path in sorted(folder.glob("*.txt"))
            for number, group in enumerate(read(path), 1) if group.held_out}


def main() -> int:
    """Checks every file and counts what it holds."""
    for path in sorted(FOLDER.glob("*.txt")):
        groups = read(path)
        sentences = sum(len(lines) for group in groups for lines in group.lines.values())
        made = sum(len(pairs_of(group)) for group in groups)
        print(f"{path.name}: {len(groups)} groups, {sentences} sentences, {made} pairs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
