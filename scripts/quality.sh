#!/usr/bin/env bash
# Runs every command of docs/quality.md and writes the tables there, each under the command that made it.
#
#     scripts/quality.sh                 all tables, and the output that the README shows
#     scripts/quality.sh daccord xnli    the tables of these names; each says how long it took
#     scripts/quality.sh calibrate       fits models/*/calibration.json again; then build, and run the tables
#
# SHARED (default ../shared) holds the data sets; TRAIN (default target/train) what `scripts/train/train.py --stage
# evaluate` leaves there: xnli-held-out.tsv and news-held-out.tsv, the rows of XNLI dev and of the written claims of news
# that the built-in model was not trained on.
# A table whose data are not at hand stays as it is, and a note says so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

page=${PAGE:-docs/quality.md}
shared=${SHARED:-../shared}
data=$shared/data/eval
xnli=${TRAIN:-target/train}/xnli-held-out.tsv
news=${TRAIN:-target/train}/news-held-out.tsv
crossclaim=${CROSSCLAIM:-target/release/crossclaim}
wanted=" $* "

if [[ ! -x $crossclaim ]]; then
    cargo build --release
fi

# What the judge's weights are fitted on: labelled claims, corpora that may be read, and corpora without conflicts, where
# false alarms are counted.
claims=(seeds/pairs.jsonl tests/hard/pairs.jsonl tests/plain/pairs.jsonl)
fit=(--corpora seeds tests/corpus/valencia-flood tests/corpus/kenya-vote tests/corpus/club-merger-football --quiet tests/corpus/quiet tests/corpus/quiet-2)
fit_none=(calibrate "${claims[@]}" "${fit[@]}" --model none)
fit_builtin=(calibrate "${claims[@]}")
# The temperature is that of news, so rows of XNLI have no say in it.
if [[ -e $news ]]; then fit_builtin+=("$news"); fi
fit_builtin+=("${fit[@]}" --model models/builtin)
# calibrate: the judge's weights for slots alone, then weights and temperature of the built-in model.
if [[ $wanted == *" calibrate "* ]]; then
    "$crossclaim" "${fit_none[@]}" --out models/without-nli/calibration.json
    "$crossclaim" "${fit_builtin[@]}" --out models/builtin/calibration.json --plot docs/images/reliability.svg
    exit 0
fi

# Puts the text on standard input between two lines of a page.
put_between() {
    local page=$1 begin=$2 end=$3 text
    text=$(mktemp)
    cat > "$text"
    awk -v begin="$begin" -v end="$end" -v text="$text" '
        $0 == begin { print; while ((getline line < text) > 0) print line; inside = 1; next }
        inside && $0 == end { inside = 0 }
        !inside { print }
    ' "$page" > "$page.new"
    mv "$page.new" "$page"
    rm "$text"
}

# Puts the text on standard input between the markers of a table.
put() {
    { echo; cat; echo; } | put_between "$page" "<!-- table: $1 -->" "<!-- end of table -->"
}

# table NAME FILE… -- COMMAND…: each command (separated by `+`) is run if the files are there.
table() {
    local name=$1 out
    shift
    tables+=("$name")
    if [[ $wanted != "  " && $wanted != *" $name "* ]]; then return; fi
    grep -q -x "<!-- table: $name -->" "$page" || { echo "no table $name in $page" >&2; exit 1; }
    while [[ $1 != -- ]]; do
        if [[ ! -e $1 ]]; then
            echo "note: table $name is left as it is: $1 is not at hand" >&2
            return
        fi
        shift
    done
    shift
    out=$(mktemp)
    local -a arguments=()
    local head="" argument first begun=$SECONDS
    : > "$out.body"
    for argument in "$@" +; do
        if [[ $argument != + ]]; then
            arguments+=("$argument")
            continue
        fi
        printf '    crossclaim %s\n' "${arguments[*]}" >> "$out"
        echo "== $name: crossclaim ${arguments[*]}" >&2
        "$crossclaim" "${arguments[@]}" --format markdown > "$out.one"
        # Runs of one table each, of one shape, share a table: the header once, then the rows.
        first=$(grep -n -m 1 '^|' "$out.one" | cut -d : -f 1)
        if [[ $(grep -c '^| ---' "$out.one") == 1 && $(sed -n "$first,$((first + 1))p" "$out.one") == "$head" ]]; then
            sed -n "$((first + 2)),/^\$/p" "$out.one" | sed '/^$/d' >> "$out.body"
        else
            head=$(sed -n "$first,$((first + 1))p" "$out.one")
            if [[ $(grep -c '^| ---' "$out.one") != 1 ]]; then head=""; fi
            if [[ -s $out.body ]]; then echo >> "$out.body"; fi
            cat "$out.one" >> "$out.body"
        fi
        arguments=()
    done
    { cat "$out"; echo; cat "$out.body"; } | put "$name"
    rm -f "$out" "$out.body" "$out.one"
    echo "== $name: $((SECONDS - begun)) s" >&2
}
tables=()

# NLI models on labelled pairs.
table xnli "$xnli" -- \
    eval "$xnli" --baseline lexical --baseline majority --brief
table news "$news" -- \
    eval "$news" --baseline lexical --baseline majority --brief
table daccord "$data/daccord-dev.tsv" -- \
    eval "$data/daccord-dev.tsv" --baseline lexical --baseline majority --by topic --brief
table directions "$data/daccord-dev.tsv" seeds/pairs.jsonl -- \
    eval "$data/daccord-dev.tsv" seeds/pairs.jsonl --vary directions --by none --brief
table rte3 "$data/rte3-fr-dev.tsv" -- \
    eval "$data/rte3-fr-dev.tsv" --baseline lexical --baseline majority --brief
table sick "$data/sick-fr-dev.tsv" -- \
    eval "$data/sick-fr-dev.tsv" --baseline lexical --baseline majority --brief

# The whole tool on corpora. What it misses in those of `held` nobody looks at (tests/corpus/README.md).
corpora=(seeds tests/corpus/quiet)
for corpus in valencia-flood kenya-vote club-merger-football; do
    corpora+=("tests/corpus/$corpus")
done
if [[ -e $shared/gold/seeds.json ]]; then corpora+=("$shared/seeds=$shared/gold/seeds.json"); fi
held=()
for corpus in quake-turkey rail-crash vaccine-recall quiet-2; do
    held+=("tests/corpus/$corpus")
done
table corpora -- \
    eval --corpora "${corpora[@]}" --brief \
    + eval --corpora "${corpora[@]}" --model none --brief
table seeds -- \
    eval --articles seeds --gold seeds/gold.json
table shared "$shared/seeds" "$shared/gold/seeds.json" -- \
    eval --articles "$shared/seeds" --gold "$shared/gold/seeds.json" --brief \
    + eval --articles "$shared/seeds" --gold "$shared/gold/seeds.json" --assume-date 2017-11 --brief
table corpora-held -- \
    eval --corpora "${held[@]}" --brief \
    + eval --corpora "${held[@]}" --model none --brief
table lost -- \
    eval --corpora "${corpora[@]}" "${held[@]}" --model none --lost
hard=tests/hard/pairs.jsonl
table hard -- \
    eval "${claims[@]}" --system judge --model none --threshold 0.001 --by split --by kind --brief --lost
table hard-builtin -- \
    eval "$hard" --system judge --by split
table hard-parts -- \
    eval "$hard" --system judge --by case --by domain --by lang --brief \
    + eval "$hard" --system judge --model none --by case --by domain --by lang --brief
table pages "$data/daccord-dev.tsv" -- \
    eval --from-pairs "$data/daccord-dev.tsv" --language fr

# What is worth what.
table ablation-pairs -- \
    eval "${claims[@]}" --system judge --by split --brief --vary parts
table ablation-parts -- \
    eval --corpora "${corpora[@]}" "${held[@]}" --brief --vary parts
table ablation-directions -- \
    eval --corpora "${corpora[@]}" "${held[@]}" --brief --vary directions
table ablation-gates -- \
    eval --corpora "${corpora[@]}" "${held[@]}" --model none --brief --vary gates
table ablation-quiet -- \
    eval --corpora tests/corpus/quiet tests/corpus/quiet-2 --brief --vary parts

# Events apart from conflicts: which sentences of two articles speak of one.
table events -- \
    eval --events tests/events/*.txt --brief

# Calibration: what the shipped weights come from.
table calibration -- \
    "${fit_none[@]}" \
    + "${fit_builtin[@]}"

# The first two questions of the sample report, as the README shows them.
tables+=(readme)
if [[ $wanted == "  " || $wanted == *" readme "* ]]; then
    {
        echo '```text'
        "$crossclaim" report seeds/ | awk '/^3\. / { print "…"; rest = 1 } !rest'
        echo '```'
    } | put_between README.md "<!-- output -->" "<!-- end of output -->"
fi

for name in "$@"; do
    if [[ " ${tables[*]} " != *" $name "* ]]; then
        echo "no table is called $name; there are ${tables[*]}" >&2
        exit 1
    fi
done
