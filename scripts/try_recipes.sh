#!/usr/bin/env bash
# Runs the recipes of docs/ci.md on this machine: the steps of action.yml and ci/gitlab/crossclaim.yml as they stand
# in these files, and the pre-commit hook in a repository of its own, each on a batch that contradicts the archive
# and on one that does not. Needs Python, git, and PyPI for pyyaml, pre-commit and check-jsonschema.
#
#   scripts/try_recipes.sh [CROSSCLAIM]     the program to use; target/debug/crossclaim if not given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
binary=$(realpath "${1:-target/debug/crossclaim}")
venv=target/recipes
if [ ! -x "$venv/bin/pre-commit" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet pyyaml pre-commit check-jsonschema
fi
export PATH="$PWD/$venv/bin:$PATH"
# The schemas come with check-jsonschema: GitHub's of actions, GitLab's of pipelines, pre-commit's of hooks.
check-jsonschema --builtin-schema vendor.github-actions action.yml
check-jsonschema --builtin-schema vendor.gitlab-ci ci/gitlab/crossclaim.yml
pre-commit validate-manifest .pre-commit-hooks.yaml
"$venv/bin/python" scripts/try_recipes.py "$binary"
