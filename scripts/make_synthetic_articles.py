#!/usr/bin/env python3
"""Writes articles that contradict each other, to measure how a large page behaves: TOWNS towns, each taken by the army on
another day by each of OUTLETS outlets. OUTLETS x (OUTLETS - 1) / 2 findings a town.

    scripts/make_synthetic_articles.py 92 11 > articles.jsonl     # 92 x 55 = 5,060 findings
    crossclaim compare articles.jsonl --model none --format html -o page.html
    MODULES=~/page-check/node_modules scripts/check_page.mjs page.html --time
"""

import itertools
import json
import sys

towns, outlets = int(sys.argv[1]), int(sys.argv[2])
names = ("".join(parts).capitalize() for parts in itertools.product(["ba", "ko", "mir", "tel", "sura", "dva"], ["ra", "lo", "ni", "ve"], ["dok", "grad", "bek", "pol"]))
for town, name in enumerate(itertools.islice(names, towns)):
    for outlet in range(outlets):
        text = f"Government troops captured {name} on {outlet + 1} November 2017."
        print(json.dumps({"id": f"t{town:03}-o{outlet:02}", "outlet": f"Outlet {outlet + 1:02}", "date": f"2017-11-{outlet + 12}", "language": "en", "text": text}))
