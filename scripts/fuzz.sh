#!/usr/bin/env bash
# Runs every fuzz target of fuzz/ (or those named) for so many seconds each, one after the other. docs/hostile-input.md.
#
#   scripts/fuzz.sh [SECONDS [TARGET …]]     default: 60 seconds, all targets
#   scripts/fuzz.sh minimise [TARGET …]      what is new goes into fuzz/corpus, as few and as small files as cover it
#
# libFuzzer without cargo-fuzz and without a sanitizer: our code has no unsafe block, and so any Rust will do, and a C++
# compiler. New inputs are collected in fuzz/target/found/, what breaks a property in fuzz/target/broken/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../fuzz"

seconds=${1:-60}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for file in fuzz_targets/*.rs; do
        name=${file##*/}
        targets+=("${name%.rs}")
    done
fi

export CARGO_TARGET_DIR="$PWD/target"
triple=$(rustc -vV | sed -n 's/^host: //p')
# The flags of cargo-fuzz. With --target they are not those of build scripts.
coverage=(-Cpasses=sancov-module
    -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares
    --cfg fuzzing)
RUSTFLAGS="${coverage[*]}" cargo build --release --locked --target "$triple" --bins
programs="target/$triple/release"

status=0
for target in "${targets[@]}"; do
    found="target/found/$target"
    mkdir -p "$found" target/broken
    if [ "$seconds" = minimise ]; then
        least="target/least/$target"
        rm -rf "$least"
        mkdir -p "$least"
        "$programs/$target" -merge=1 -set_cover_merge=1 -max_len=1024 -verbosity=0 \
            "$least" "corpus/$target" "$found" 2> "target/$target.log" || status=1
        continue
    fi
    printf '%s: ' "$target"
    if "$programs/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=4096 \
        -print_final_stats=1 -artifact_prefix="target/broken/$target-" \
        "$found" "corpus/$target" > "target/$target.log" 2>&1; then
        sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) second.*/\1 runs in \2 s, nothing found/p' "target/$target.log"
    else
        status=1
        echo "BROKEN; target/$target.log and target/broken/ say how"
        grep -m 3 -E 'panicked at|ERROR: libFuzzer' "target/$target.log" || true
    fi
done
exit $status
