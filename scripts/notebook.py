#!/usr/bin/env python3
"""Runs every block of docs/notebook.md and writes what comes out below it; with --check, says where that differs.

    cargo build
    ~/tables/bin/python scripts/notebook.py [--check]     # pandas and pyarrow, see scripts/check_tables.py

CROSSCLAIM names the program (target/debug/crossclaim if not set).
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "notebook.md"
PROGRAM = str((ROOT / os.environ.get("CROSSCLAIM", "target/debug/crossclaim")).resolve())
BLOCK = re.compile(r"^```(console|python|text)\n(.*?)^```$", re.M | re.S)

page = PAGE.read_text()
names = {}
printed = ""


def run(match):
    global printed
    kind, text = match.groups()
    if kind == "console":
        lines = []
        for line in text.splitlines():
            if line.startswith("$ crossclaim "):
                command = [PROGRAM, *shlex.split(line[2:])[1:]]
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
                lines += [line, *done.stdout.splitlines()]
        text = "\n".join(lines) + "\n"
    elif kind == "python":
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(text, "notebook.md", "exec"), names)
        printed = out.getvalue()
    else:
        text = printed
    return f"```{kind}\n{text}```"


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    os.symlink(ROOT / "seeds", "seeds")
    # The readers of one table must not hold the folder open.
    written = BLOCK.sub(run, page)
    os.chdir(ROOT)

if "--check" in sys.argv[1:]:
    sys.exit(0 if written == page else "docs/notebook.md says something else: run scripts/notebook.py")
PAGE.write_text(written)
