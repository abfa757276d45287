#!/usr/bin/env bash
# Trains the syntax models: models/syntax/<code>.bin, one language after the other on one core. The same data give
# the same bytes. A language whose file is there is left as it is: remove it to train it again.
#
#     scripts/train_syntax.sh            all languages
#     scripts/train_syntax.sh fr en      these
#
# SHARED (default ../shared) holds the treebanks: data/ud/LANG-train.conllu and LANG-dev.conllu.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

data=${SHARED:-../shared}/data/ud
# No derivatives are allowed of GUM's conversations, and its forum posts have no words.
leave_out=GUM_conversation,GUM_reddit
languages=("$@")
[[ $# -gt 0 ]] || languages=(ar de en es fr hi it pt ru tr zh)

cargo build --release --example train_syntax
for language in "${languages[@]}"; do
    model=models/syntax/$language.bin
    if [[ -e $model ]]; then
        echo "$model is there: left as it is" >&2
        continue
    fi
    # A file of another name until it is whole, so that an interrupted run leaves none behind.
    nice target/release/examples/train_syntax --data "$data" --leave-out "$leave_out" \
        train "$language" --out "$model.part"
    mv "$model.part" "$model"
done
