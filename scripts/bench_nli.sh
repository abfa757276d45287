#!/usr/bin/env bash
# Measures pairs per second, the time for one pair, load time and peak memory of crossclaim against PyTorch and ONNX
# Runtime in Python: same checkpoints, same pairs with the lengths of news, same run. docs/performance.md has a table
# and what was found.
#
#     scripts/bench_nli.sh [SHAPE...] [-- OPTION...]     # all shapes and the built-in model if none is named
#
# BACKENDS="rten onnxruntime libtorch" names the backends to build and measure (rten if not set; the others need
# what docs/backends.md says). Options are those of bench_nli.py: --threads 2, --pairs 200, --repetitions 5.
# Needs Python with scripts/requirements-checkpoints.txt (PYTHON names it; python3 if not set), and 8 GB of disk.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-python3}
read -ra backends <<< "${BACKENDS:-rten}"
shapes=()
while [ $# -gt 0 ] && [ "$1" != "--" ]; do
    shapes+=("$1")
    shift
done
[ $# -eq 0 ] || shift
[ ${#shapes[@]} -gt 0 ] || shapes=(builtin minilmv2-l6 minilmv2-l12 xlm-roberta-base mdeberta-v3-base)
cd "$root"
features=$(printf '%s\n' "${backends[@]}" | grep -v '^rten$' | paste -sd, - || true)
cargo build --release --example nli_probe ${features:+--features "$features"}
for shape in "${shapes[@]}"; do
    # The int8 network is written last: where it is, all is.
    [ "$shape" = builtin ] || [ -f "target/shapes/$shape-int8/onnx/model_int8.onnx" ] ||
        "$python" scripts/make_shape_checkpoints.py target/shapes "$shape"
done
"$python" scripts/bench_nli.py --probe target/release/examples/nli_probe --backends "${backends[@]}" "$@" -- "${shapes[@]}"
