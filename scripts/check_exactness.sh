#!/usr/bin/env bash
# Compares crossclaim's logits with those of `transformers` on checkpoints of the real shapes (random weights, made
# here) and 200 pairs of 15 languages: token ids must be equal, fp32 logits at most 1e-4 apart.
#
#     scripts/check_exactness.sh [SHAPE...]          # all shapes if none is named
#
# Needs Python with scripts/requirements-checkpoints.txt (PYTHON names it; python3 if not set), and 8 GB of disk.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-python3}
shapes=("$@")
[ ${#shapes[@]} -gt 0 ] || shapes=(minilmv2-l6 minilmv2-l12 xlm-roberta-base mdeberta-v3-base)
cd "$root"
cargo build --release --example nli_probe
folders=()
for shape in "${shapes[@]}"; do
    folders+=("target/shapes/$shape")
    # The int8 network is written last: where it is, all is.
    [ -f "target/shapes/$shape-int8/onnx/model_int8.onnx" ] ||
        "$python" scripts/make_shape_checkpoints.py target/shapes "$shape"
done
"$python" scripts/compare_logits.py --probe target/release/examples/nli_probe "${folders[@]}"
