#!/usr/bin/env bash
# Runs every command of docs/quality.md and writes the tables there, each under the command that made it.
#
#     scripts/quality.sh                 all tables
#     scripts/quality.sh daccord xnli    the tables of these names
#     scripts/quality.sh calibrate       fits models/*/calibration.json again; then build, and run the tables
#
# SHARED (default ../shared) holds the data sets, XNLI (default target/train/xnli-held-out.tsv) the rows of XNLI
# dev that the built-in model was not trained on, as `scripts/train/train.py --stage evaluate` writes them.
# A table whose data are not at hand stays as it is, and a note says so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

page=${PAGE:-docs/quality.md}
shared=${SHARED:-../shared}
data=$shared/data/eval
xnli=${XNLI:-target/train/xnli-held-out.tsv}
crossclaim=${CROSSCLAIM:-target/release/crossclaim}
wanted=" $* "

if [[ ! -x $crossclaim ]]; then
    cargo build --release
fi

# calibrate: the judge's weights for slots alone, then weights and temperature of the built-in model.
if [[ $wanted == *" calibrate "* ]]; then
    "$crossclaim" calibrate seeds/pairs.jsonl --model none --out models/without-nli/calibration.json
    "$crossclaim" calibrate seeds/pairs.jsonl "$xnli" --model models/builtin --out models/builtin/calibration.json \
        --plot docs/images/reliability.svg
    exit 0
fi

# Puts the text on standard input between the markers of a table.
put() {
    local name=$1 text
    text=$(mktemp)
    cat > "$text"
    awk -v begin="<!-- table: $name -->" -v end="<!-- end of table -->" -v text="$text" '
        $0 == begin { print; print ""; while ((getline line < text) > 0) print line; print ""; inside = 1; next }
        inside && $0 == end { inside = 0 }
        !inside { print }
    ' "$page" > "$page.new"
    mv "$page.new" "$page"
    rm "$text"
}

# table NAME FILE… -- COMMAND…: each command (separated by `+`) is run if the files are there.
table() {
    local name=$1 out
    shift
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
    local head="" argument
    : > "$out.body"
    for argument in "$@" +; do
        if [[ $argument != + ]]; then
            arguments+=("$argument")
            continue
        fi
        printf '    crossclaim %s\n' "${arguments[*]}" >> "$out"
        echo "== $name: crossclaim ${arguments[*]}" >&2
        "$crossclaim" "${arguments[@]}" --format markdown > "$out.one"
        # Runs of one shape share a table: the header once, then the rows. A file's name may stand before it.
        local first
        first=$(grep -n -m 1 '^|' "$out.one" | cut -d : -f 1)
        if [[ -n $head && $(sed -n "$first,$((first + 1))p" "$out.one") == "$head" ]]; then
            sed -n "$((first + 2)),/^\$/p" "$out.one" | sed '/^$/d' >> "$out.body"
        else
            head=$(sed -n "$first,$((first + 1))p" "$out.one")
            if [[ -s $out.body ]]; then echo >> "$out.body"; fi
            cat "$out.one" >> "$out.body"
        fi
        arguments=()
    done
    { cat "$out"; echo; cat "$out.body"; } | put "$name"
    rm -f "$out" "$out.body" "$out.one"
}

# NLI models on labelled pairs.
table xnli "$xnli" -- \
    eval "$xnli" --baseline lexical --baseline majority --brief
table daccord "$data/daccord-dev.tsv" -- \
    eval "$data/daccord-dev.tsv" --baseline lexical --baseline majority --by topic --brief
table directions "$data/daccord-dev.tsv" seeds/pairs.jsonl -- \
    eval "$data/daccord-dev.tsv" seeds/pairs.jsonl --direction forward --by none --brief \
    + eval "$data/daccord-dev.tsv" seeds/pairs.jsonl --direction reverse --by none --brief \
    + eval "$data/daccord-dev.tsv" seeds/pairs.jsonl --direction mean --by none --brief \
    + eval "$data/daccord-dev.tsv" seeds/pairs.jsonl --direction max --by none --brief \
    + eval "$data/daccord-dev.tsv" seeds/pairs.jsonl --direction min --by none --brief
table rte3 "$data/rte3-fr-dev.tsv" -- \
    eval "$data/rte3-fr-dev.tsv" --baseline lexical --baseline majority --brief
table sick "$data/sick-fr-dev.tsv" -- \
    eval "$data/sick-fr-dev.tsv" --baseline lexical --baseline majority --brief

# The whole tool on corpora.
table corpora -- \
    eval --articles seeds --gold seeds/gold.json --brief \
    + eval --articles seeds --gold seeds/gold.json --model none --brief \
    + eval --articles tests/corpus/quiet --no-conflicts --brief
table seeds -- \
    eval --articles seeds --gold seeds/gold.json
table shared "$shared/seeds" "$shared/gold/seeds.json" -- \
    eval --articles "$shared/seeds" --gold "$shared/gold/seeds.json" --brief \
    + eval --articles "$shared/seeds" --gold "$shared/gold/seeds.json" --assume-date 2017-11 --brief
# Written without looking at the code, and never fitted on.
runs=()
for corpus in valencia-flood kenya-vote quake-turkey rail-crash club-merger-football vaccine-recall; do
    for model in builtin none; do
        runs+=(eval --articles "tests/corpus/$corpus" --gold "tests/corpus/$corpus/gold.json" --model "$model" --brief +)
    done
done
table corpora-held -- \
    "${runs[@]}" \
    eval --articles tests/corpus/quiet-2 --no-conflicts --brief \
    + eval --articles tests/corpus/quiet-2 --no-conflicts --model none --brief
hard=tests/hard/pairs.jsonl
table hard -- \
    eval "$hard" --system judge --model none --by split
table hard-builtin -- \
    eval "$hard" --system judge --by split
table hard-parts -- \
    eval "$hard" --system judge --by case --by domain --by lang --brief \
    + eval "$hard" --system judge --model none --by case --by domain --by lang --brief
table pages "$data/daccord-dev.tsv" -- \
    eval --from-pairs "$data/daccord-dev.tsv" --language fr

# What is worth what.
claims=seeds/pairs.jsonl
table ablation-pairs -- \
    eval "$claims" --system judge --by split --brief \
    + eval "$claims" --system judge --by split --brief --ablate nli \
    + eval "$claims" --system judge --by split --brief --ablate slots
gates=(same-story pair-weight same-event identity put-forward recurrence second-event later crowding)
runs=()
for gate in "${gates[@]}"; do
    runs+=(+ eval --articles seeds --gold seeds/gold.json --model none --brief --ablate "gate:$gate")
done
table ablation-gates -- \
    eval --articles seeds --gold seeds/gold.json --model none --brief "${runs[@]}"
table ablation-system -- \
    eval --articles seeds --gold seeds/gold.json --brief \
    + eval --articles seeds --gold seeds/gold.json --brief --ablate nli \
    + eval --articles seeds --gold seeds/gold.json --brief --nli-alone \
    + eval --articles seeds --gold seeds/gold.json --brief --ablate slots
table ablation-quiet -- \
    eval --articles tests/corpus/quiet --no-conflicts --brief --nli-alone \
    + eval --articles tests/corpus/quiet --no-conflicts --brief --ablate slots

# Calibration: what the shipped weights come from.
table calibration "$xnli" -- \
    calibrate seeds/pairs.jsonl "$xnli" --model models/builtin
