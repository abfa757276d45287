#!/usr/bin/env python3
"""What `crossclaim check` of ten new articles costs against archives of several sizes, and `archive add` against plain
annotation of the same articles. Prints the table of docs/archive.md.

    scripts/bench_archive.py target/release/crossclaim 1000 10000 [100000]

The articles are made here: towns, people, dates and figures vary, in sentences of a few kinds. An archive of n articles
spans n/10,000 years, as that of a newsroom with some 27 articles a day. Half of the batch contradicts an archived
article, so that there is something to find. No model is used (`--model none`): its cost is that of the pairs.
Times are those of the processor, in seconds, since others may use the machine; memory is the largest that was held.
"""

import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
from datetime import date, timedelta

LAST_DAY = date(2024, 12, 1)
ARTICLES_A_YEAR = 10_000
BATCH = 10
RUNS = 3
SYLLABLES = "ba be bo da de do fa ga ge ka ke ko la le lo ma me mo na ne no pa ra re ro sa se so ta te to va ve vo za zo".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
OUTLETS = ["Gazette", "Herald", "Courier", "Post", "Observer", "Tribune", "Record", "Star"]

# Each takes a town, a river, a person, a day, a figure and a weekday.
EVENTS = [
    "The {river} flooded {town} on {day}. The flood in {town} killed {count} people, the mayor of {town} said.",
    "Rebels captured {town} on {day}. At least {count} soldiers were killed in {town} before the army withdrew.",
    "An earthquake struck {town} on {day}. It killed {count} people and destroyed the old market of {town}.",
    "A fire broke out in a factory in {town} on {day}. It injured {count} workers, the fire service of {town} said.",
    "{person} was elected mayor of {town} on {day}, with a lead of {count} votes over the candidate of the left.",
    "Some {count} people protested in {town} on {day} against the closure of the hospital. {person} led the march.",
]
REST = [
    "{person}, who lives beside the {river}, said that nobody had expected it.",
    "Trains between {town} and {other} were late all day.",
    "The council of {town} meets again on {weekday}, and {person} wants an inquiry.",
    "Schools in {town} stayed closed, and so did the road to {other}.",
    "In {other} people collected blankets and food for their neighbours in {town}.",
    "Ten years ago {other} had seen something like it, older people remember.",
    "\"We need help, and we need it today,\" {person} told reporters in {town}.",
]


def name(rng, syllables):
    return "".join(rng.choice(SYLLABLES) for _ in range(syllables)).capitalize()


def day_in_words(day):
    return f"{day.day} {day:%B} {day.year}"


def article(rng, number, days):
    published = LAST_DAY - timedelta(days=rng.randrange(days))
    facts = {
        "event": rng.randrange(len(EVENTS)),
        "town": name(rng, 4),
        "other": name(rng, 4),
        "river": name(rng, 4),
        "person": f"{name(rng, 3)} {name(rng, 4)}",
        "day": published - timedelta(days=1 + rng.randrange(3)),
        "count": rng.randrange(3, 90),
        "published": published,
    }
    return facts, record(rng, number, facts)


def record(rng, number, facts):
    words = {**facts, "day": day_in_words(facts["day"]), "weekday": rng.choice(WEEKDAYS)}
    sentences = [EVENTS[facts["event"]]] + rng.sample(REST, 4)
    text = "\n\n".join(sentence.format(**words) for sentence in sentences)
    outlet = f"The {rng.choice(OUTLETS)} of {name(rng, 2)}"
    return {
        "id": str(number),
        "outlet": outlet,
        "title": f"{facts['town']}: what is known",
        "date": facts["published"].isoformat(),
        "language": "en",
        "text": text,
    }


def contradiction(rng, number, facts):
    """Another account of an archived event: a day that cannot be the same."""
    day = facts["day"] - timedelta(days=6)
    return record(rng, number, {**facts, "day": day, "river": name(rng, 4), "person": f"{name(rng, 2)} {name(rng, 3)}"})


def write(path, records):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(r) + "\n" for r in records)


def run(command, codes=(0,)):
    """Seconds of processor time, MiB of memory, standard output and error."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        stdout, stderr = out.read(), err.read().decode()
    if child.returncode not in codes:
        sys.exit(f"{' '.join(command)}: {child.returncode}\n{stderr}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, stdout, stderr


def make(size, articles, batch):
    rng = random.Random(size)
    days = max(1, size * 365 // ARTICLES_A_YEAR)
    made = [article(rng, n, days) for n in range(size)]
    write(articles, [r for _, r in made])
    new = [contradiction(rng, f"new-{n}", facts) for n, (facts, _) in enumerate(rng.sample(made, BATCH // 2))]
    new += [article(rng, f"new-{n}", min(days, 30))[1] for n in range(BATCH // 2, BATCH)]
    write(batch, new)


def measure(program, size, folder):
    articles, archive, batch = (os.path.join(folder, f"{size}.{e}") for e in ("jsonl", "redb", "batch.jsonl"))
    # In a process of its own: Linux counts the memory of who starts a program as that program's.
    maker = multiprocessing.Process(target=make, args=(size, articles, batch))
    maker.start()
    maker.join()

    annotation, *_ = run([program, "report", "--model", "none", "--dump", "claims", articles])
    adding, *_ = run([program, "archive", "add", archive, articles])
    again, *_ = run([program, "archive", "add", archive, articles])
    check = [program, "check", "--model", "none", "-f", "json", batch, "--against", archive]
    runs = [run(check, (0, 1)) for _ in range(RUNS)]
    seconds = statistics.median(r[0] for r in runs)
    summary = json.loads(runs[0][2])["check"]
    alone, *_ = run([program, "check", "--model", "none", batch], (0, 1))
    size_mib = os.path.getsize(archive) / 2**20
    print(
        f"| {size:,} | {annotation:.1f} | {adding:.1f} | {adding / annotation:.2f} | {again:.1f} | {size_mib:.0f} "
        f"| {alone:.2f} | {seconds:.2f} | {max(r[1] for r in runs):.0f} | {summary['compared']} | {len(summary['failing'])} |",
        flush=True,
    )


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, sizes = sys.argv[1], [int(size) for size in sys.argv[2:]]
    print(
        "| archived | annotation, s | `add`, s | ratio | `add` again, s | file, MiB | batch alone, s | `check`, s | memory, MiB "
        "| loaded | found |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            measure(program, size, folder)


if __name__ == "__main__":
    main()
