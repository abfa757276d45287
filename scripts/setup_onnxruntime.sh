#!/usr/bin/env bash
# Fetches the shared library of ONNX Runtime, which a program built with `--features onnxruntime` loads.
# Linux on x86-64 and 64-bit ARM, macOS on Apple chips.
#
#     scripts/setup_onnxruntime.sh [--cuda] [FOLDER]     # target/onnxruntime if no folder is given
#     . target/onnxruntime/env.sh                        # then run: crossclaim … --backend onnxruntime
#
# The library comes from a wheel on the Python package index, through pip, which checks the SHA-256 that
# scripts/requirements-onnxruntime.txt gives. --cuda takes the build for NVIDIA GPUs (Linux on x86-64), which needs
# CUDA 13 and cuDNN 9 on the machine. Needs Python with pip.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
package=onnxruntime
if [ "${1:-}" = "--cuda" ]; then
    package=onnxruntime-gpu
    shift
fi
case "${1:-}" in -*)
    echo "setup_onnxruntime.sh: unknown option $1; known is --cuda" >&2
    exit 2
    ;;
esac
mkdir -p "${1:-$root/target/onnxruntime}"
prefix=$(cd "${1:-$root/target/onnxruntime}" && pwd)

case "$(uname -s) $(uname -m)" in
"Linux x86_64") platforms="manylinux_2_28_x86_64 manylinux_2_27_x86_64" ;;
"Linux aarch64") platforms="manylinux_2_28_aarch64 manylinux_2_27_aarch64" ;;
"Darwin arm64") platforms="macosx_14_0_arm64" ;;
*)
    echo "setup_onnxruntime.sh: no wheel for $(uname -s) on $(uname -m); get the shared library of ONNX Runtime 1.17" >&2
    echo "or later from its release page and name it in ORT_DYLIB_PATH" >&2
    exit 1
    ;;
esac

requirement=$(grep "^$package==" "$root/scripts/requirements-onnxruntime.txt")
version=$(printf '%s' "$requirement" | sed 's/^[^=]*==\([^ ]*\).*/\1/')
if [ "$(cat "$prefix/build-version" 2>/dev/null)" != "$package $version" ]; then
    wheels=$(mktemp -d "$prefix/wheels.XXXXXX")
    trap 'rm -rf "$wheels"' EXIT
    printf '%s\n' "$requirement" > "$wheels/requirement.txt"
    # The wheel is that for Python 3.12, whichever Python runs pip: nothing of Python is taken from it.
    # shellcheck disable=SC2086,SC2046 # one option for each platform
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
        --python-version 3.12 $(printf -- '--platform %s ' $platforms) --dest "$wheels" \
        --requirement "$wheels/requirement.txt"
    python3 - "$wheels" "$prefix" <<'PYTHON'
import pathlib, re, shutil, sys, zipfile

wheels, prefix = map(pathlib.Path, sys.argv[1:])
[wheel] = wheels.glob("*.whl")
(prefix / "lib").mkdir(exist_ok=True)
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        file = re.fullmatch(r"onnxruntime/(?:capi/)?(libonnxruntime[^/]*\.(?:so|dylib)[.\d]*|LICENSE|ThirdPartyNotices\.txt)", name)
        if file:
            # libonnxruntime.so.1.2.3 and libonnxruntime.1.2.3.dylib, under a name without a version.
            plain = re.sub(r"\.so[.\d]+$", ".so", re.sub(r"[.\d]+\.dylib$", ".dylib", file[1]))
            target = prefix / ("lib" if plain.startswith("lib") else "") / plain
            with archive.open(name) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
PYTHON
    printf '%s %s\n' "$package" "$version" > "$prefix/build-version" # last: it says that all is there
fi

library=$prefix/lib/libonnxruntime.so
[ -f "$library" ] || library=$prefix/lib/libonnxruntime.dylib
printf 'export ORT_DYLIB_PATH=%q\n' "$library" > "$prefix/env.sh"
echo "ONNX Runtime $version is in $prefix; run with"
echo "    . $prefix/env.sh"
echo "    cargo run --release --features onnxruntime -- report … --backend onnxruntime"
echo "or copy the files of $prefix/lib beside the program."
