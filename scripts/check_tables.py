#!/usr/bin/env python3
"""Reads the tables of `crossclaim export` with pandas and polars, and compares them with each other and the codebook.

    python3 -m venv ~/tables && ~/tables/bin/pip install pandas polars pyarrow
    crossclaim export PATHS --out DIR/csv --format csv         # likewise parquet and jsonl
    ~/tables/bin/python scripts/check_tables.py DIR

DIR holds one folder for each format, of the same run. Exits 1 where something differs.
"""

import json
import sys
from pathlib import Path

import pandas
import polars

FOLDER = Path(sys.argv[1])
CODEBOOK = json.loads((FOLDER / "parquet" / "codebook.json").read_text())
POLARS = {"text": polars.String, "json": polars.String, "integer": polars.Int64, "number": polars.Float64, "flag": polars.Boolean, "date": polars.Date}
faults = []


def check(holds, what):
    if not holds:
        faults.append(what)
        print("FAULT", what)


for table in CODEBOOK["tables"]:
    name, columns = table["name"], table["columns"]
    names = [column["name"] for column in columns]
    wide = polars.read_parquet(FOLDER / "parquet" / f"{name}.parquet")
    tall = pandas.read_parquet(FOLDER / "parquet" / f"{name}.parquet")
    commas = polars.read_csv(FOLDER / "csv" / f"{name}.csv", schema={c["name"]: POLARS[c["type"]] for c in columns})
    lines = [json.loads(line) for line in (FOLDER / "jsonl" / f"{name}.jsonl").read_text().splitlines()]
    for kind, found in [("polars", wide.columns), ("pandas", list(tall.columns)), ("csv", commas.columns)]:
        check(found == names, f"{name}: {kind} has the columns {found}")
    check(len(wide) == len(tall) == len(commas) == len(lines), f"{name}: {len(wide)}, {len(tall)}, {len(commas)}, {len(lines)} rows")
    for column in columns:
        key, kind = column["name"], column["type"]
        check(wide.schema[key] == POLARS[kind], f"{name}.{key}: {wide.schema[key]} is no {kind}")
        if not column["nullable"]:
            check(wide[key].null_count() == 0, f"{name}.{key}: empty cells")
        check(tall[key].isna().sum() == wide[key].null_count(), f"{name}.{key}: pandas and polars count other nulls")
        # An empty cell is what CSV has for no value and for an empty text.
        blank = (lambda cells: cells.fill_null("")) if wide.schema[key] == polars.String else (lambda cells: cells)
        check(blank(wide[key]).equals(blank(commas[key])), f"{name}.{key}: CSV and Parquet differ")
        values = [json.dumps(line[key], ensure_ascii=False, separators=(",", ":")) if kind == "json" else line[key] for line in lines]
        expected = [value.isoformat() if kind == "date" and value else value for value in wide[key].to_list()]
        if kind == "json":
            expected = [json.dumps(json.loads(value), ensure_ascii=False, separators=(",", ":")) for value in expected]
        check(values == expected, f"{name}.{key}: JSON Lines and Parquet differ")
    print(f"{name}: {len(wide)} rows, {len(names)} columns")

print(f"pandas {pandas.__version__}, polars {polars.__version__}: {len(faults) or 'no'} faults")
sys.exit(bool(faults))
