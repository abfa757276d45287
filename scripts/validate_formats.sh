#!/usr/bin/env bash
# Has every format of a report read by programs that are not ours: the SARIF schema of OASIS (as @microsoft/jest-sarif
# carries it) and Microsoft's multitool, the JUnit schema of Jenkins' xunit plugin (as pytest's source carries it) and
# junitparser, GitHub's own @actions/core, GitLab's own schema, pandas, html5lib and GitHub's Markdown. Needs Python,
# Node, and the registries PyPI and npm.
#
#   scripts/validate_formats.sh [CROSSCLAIM]     the program to use; target/debug/crossclaim if not given
#
# GITLAB_SCHEMA: a file with GitLab's app/validators/json_schemas/codeclimate.json; fetched from gitlab.com if not set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
binary=$(realpath "${1:-target/debug/crossclaim}")
tools=target/validators
mkdir -p "$tools"
if [ ! -d "$tools/node_modules/@actions/core" ]; then
    npm install --silent --no-audit --no-fund --prefix "$tools" \
        @microsoft/jest-sarif@1.0.0-beta.0 @microsoft/sarif-multitool-linux@5.7.0 @actions/core@3.0.1
    chmod u+x "$tools/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
fi
if [ ! -x "$tools/python/bin/python" ]; then
    python3 -m venv "$tools/python"
    "$tools/python/bin/pip" install --quiet jsonschema xmlschema junitparser pandas html5lib cmarkgfm
    "$tools/python/bin/pip" download --quiet --no-deps --no-binary :all: --dest "$tools" pytest
    tar -xzf "$tools"/pytest-*.tar.gz -C "$tools" --wildcards --strip-components=3 '*/junit-10.xsd'
fi
if [ -z "${GITLAB_SCHEMA:-}" ]; then
    schema="$tools/codeclimate.json"
    address=https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/validators/json_schemas/codeclimate.json
    if [ -s "$schema" ] || curl -fsSL --max-time 20 -o "$schema" "$address"; then GITLAB_SCHEMA=$schema; fi
fi
export GITLAB_SCHEMA=${GITLAB_SCHEMA:-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The sample corpus, and two articles that disagree in words that would like to steer whatever shows them.
mkdir -p "$work/hostile" "$work/quiet"
printf -- '---\noutlet: "=HYPERLINK(1) ::error::x <script>alert(1)</script>"\ndate: 2016-03-07\nlanguage: en\n---\n\033[31mGovernment troops\033[0m took \342\200\256Tal Rifat\342\200\254 on 3 March 2016, ##[add-mask] ]]> & {0} [here](https://evil.example) said @octocat%%0A::warning::no.\n' > "$work/hostile/a, b:%25 c.md"
printf -- '---\noutlet: The Ledger\ndate: 2016-03-07\nlanguage: en\n---\nTal Rifat fell to government troops on 5 March 2016 | `code` **bold** \302\233 \a end.\n' > "$work/hostile/b.txt"
printf 'The choir sang in the new hall, and nobody left before the last song.\n' > "$work/quiet/a.txt"
formats=(text annotated markdown html json jsonl csv sarif github gitlab junit)
for corpus in seeds "$work/hostile" "$work/quiet"; do
    name=$(basename "$corpus")
    mkdir -p "$work/out/$name"
    for format in "${formats[@]}"; do
        "$binary" report --no-config --model none "$corpus" -f "$format" -o "$work/out/$name/$format" 2> /dev/null
    done
done
# The report of a check, with its verdict.
if "$binary" check --help > /dev/null 2>&1; then
    mkdir -p "$work/out/check"
    outputs=()
    for format in "${formats[@]}"; do outputs+=(-o "$format=$work/out/check/$format"); done
    status=0
    "$binary" check --no-config --model none tests/recipes/batch --against tests/recipes/archive \
        --fail-on low "${outputs[@]}" > /dev/null 2>&1 || status=$?
    test "$status" = 1 || { echo "the check ended with $status instead of 1"; exit 1; }
fi
"$tools/python/bin/python" scripts/validate_formats.py "$work/out" "$tools"
node scripts/validate_annotations.mjs "$tools" "$work"/out/*/github
# The multitool ends with 0 whatever it finds: its log says what. It needs a list of cultures that a bare machine lacks.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
multitool="$tools/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
for log in "$work"/out/*/sarif; do
    name=$(basename "$(dirname "$log")")
    cp "$log" "$work/$name.sarif"
    "$multitool" validate "$work/$name.sarif" --rule-kind "Sarif;Ghas" --level "Error;Warning" \
        --output "$work/$name.validated.sarif" --log ForceOverwrite > "$work/$name.log" 2>&1 ||
        { tail -20 "$work/$name.log"; exit 1; }
    "$tools/python/bin/python" - "$name" "$work/$name.validated.sarif" << 'END'
import json, sys
run = json.load(open(sys.argv[2]))["runs"][0]
# crossclaim has no address of its own to give as informationUri.
known = {"SARIF2005"}
found = [r for r in run["results"] if r["ruleId"] not in known]
if found or not run["tool"]["driver"].get("rules"):
    sys.exit(f"sarif-multitool, {sys.argv[1]}: " + json.dumps(found[:3])[:1000])
print(f"sarif: Microsoft's multitool finds no error and no warning in {sys.argv[1]}")
END
done
