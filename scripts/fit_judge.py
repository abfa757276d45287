#!/usr/bin/env python3
"""Fits the judge's weights on labelled pairs, and says how well they do on held-out ones.

    cargo run --release -- features seeds/pairs.jsonl > target/features.jsonl
    python3 scripts/fit_judge.py target/features.jsonl models/builtin/calibration.json

A logistic regression with an L2 penalty, by Newton's method. A row is a finding of one pair; it is
right (1) where the annotation gives the pair the finding's relation, wrong (0) otherwise. Rows of the
split `fit` are fitted, rows of `test` only measured. Only the standard library is used.
"""

import json
import math
import sys

L2 = 1.0


def rows(path):
    for line in open(path, encoding="utf-8"):
        pair = json.loads(line)
        for finding in pair["findings"]:
            right = finding["relation"] == pair["relation"]
            yield pair["split"], finding["features"], 1.0 if right else 0.0


def solve(matrix, vector):
    """Gaussian elimination with pivoting."""
    n = len(vector)
    m = [row[:] + [v] for row, v in zip(matrix, vector)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(m[r][i]))
        m[i], m[pivot] = m[pivot], m[i]
        for r in range(n):
            if r != i:
                factor = m[r][i] / m[i][i]
                m[r] = [a - factor * b for a, b in zip(m[r], m[i])]
    return [m[i][n] / m[i][i] for i in range(n)]


def sigmoid(x):
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))


def fit(x, y):
    n = len(x[0])
    weights = [0.0] * n
    for _ in range(50):
        gradient = [-(L2 * w if i else 0.0) for i, w in enumerate(weights)]
        hessian = [[L2 if i == j and i else 1e-9 if i == j else 0.0 for j in range(n)] for i in range(n)]
        for row, target in zip(x, y):
            p = sigmoid(sum(w * v for w, v in zip(weights, row)))
            for i in range(n):
                gradient[i] += (target - p) * row[i]
                for j in range(n):
                    hessian[i][j] += p * (1 - p) * row[i] * row[j]
        step = solve(hessian, gradient)
        weights = [w + s for w, s in zip(weights, step)]
        if max(map(abs, step)) < 1e-8:
            break
    return weights


def ece(predicted, y, bins=5):
    """Expected calibration error over equal-width bins."""
    total = 0.0
    for b in range(bins):
        inside = [(p, t) for p, t in zip(predicted, y) if b / bins <= p < (b + 1) / bins or b + 1 == bins and p == 1]
        if inside:
            mean_p = sum(p for p, _ in inside) / len(inside)
            mean_t = sum(t for _, t in inside) / len(inside)
            total += len(inside) / len(y) * abs(mean_p - mean_t)
    return total


def report_pairs(path):
    """Precision and recall of contradictions over pairs, by split."""
    for split in ("fit", "test"):
        pairs = [json.loads(line) for line in open(path, encoding="utf-8")]
        pairs = [p for p in pairs if p["split"] == split]
        flagged = [p for p in pairs if any(f["relation"] == "contradiction" for f in p["findings"])]
        gold = [p for p in pairs if p["relation"] == "contradiction"]
        hits = [p for p in flagged if p["relation"] == "contradiction"]
        precision = len(hits) / len(flagged) if flagged else float("nan")
        print(f"{split}: {len(pairs)} pairs, {len(gold)} contradictions, {len(flagged)} flagged, "
              f"precision {precision:.2f}, recall {len(hits) / len(gold):.2f}")


def main():
    source, target = sys.argv[1:3]
    data = list(rows(source))
    names = sorted({name for split, features, _ in data if split == "fit" for name in features})
    vector = lambda features: [1.0] + [features.get(name, 0.0) for name in names]
    parts = {
        split: ([vector(f) for s, f, _ in data if s == split], [t for s, _, t in data if s == split])
        for split in ("fit", "test")
    }
    weights = fit(*parts["fit"])
    report_pairs(source)
    for split, (x, y) in parts.items():
        predicted = [sigmoid(sum(w * v for w, v in zip(weights, row))) for row in x]
        print(f"{split}: {len(y)} findings, {sum(y):.0f} right, mean confidence {sum(predicted) / len(y):.2f}, "
              f"ECE {ece(predicted, y):.3f}")
    # Other keys of the file (the languages that the model was validated on) are left alone.
    try:
        with open(target, encoding="utf-8") as old:
            calibration = json.load(old)
    except FileNotFoundError:
        calibration = {}
    calibration |= {
        "intercept": round(weights[0], 4),
        "weights": {name: round(w, 4) for name, w in zip(names, weights[1:])},
        "fitted_on": f"{len(parts['fit'][1])} findings of the split fit of seeds/pairs.jsonl, by scripts/fit_judge.py",
    }
    with open(target, "w", encoding="utf-8") as out:
        json.dump(calibration, out, indent=2, sort_keys=True)
        out.write("\n")


if __name__ == "__main__":
    main()
