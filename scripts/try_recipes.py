"""Runs the recipes as a runner would; scripts/try_recipes.sh calls this.

Of a runner this knows what the recipes use: shell steps with variables, `${{ … }}` of inputs, outputs, the action's
folder and a condition, output files, artifacts. A step that uses another action is named and passed over.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(sys.argv[1])
# Slots alone: the same on every machine, and quick.
CONFIGURATION = 'model = "none"\n'


def main():
    for name, batch, expected in [("a conflict", "batch", 1), ("no conflict", "quiet", 0)]:
        for recipe in [github, gitlab, pre_commit]:
            with tempfile.TemporaryDirectory() as folder:
                folder = Path(folder)
                work = folder / "work"
                shutil.copytree(ROOT / "tests/recipes", work)
                (work / "crossclaim.toml").write_text(CONFIGURATION)
                status, seen = recipe(folder, work, batch)
            if status != expected:
                sys.exit(f"{recipe.__name__}, {name}: exit status {status} instead of {expected}\n{seen}")
            print(f"{recipe.__name__}, {name}: exit status {status}; {seen}")


def expect(condition, what):
    if not condition:
        sys.exit(f"expected {what}")


def github(folder, work, batch):
    """The steps of action.yml, with the files that GitHub's runner gives them."""
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    inputs = {name: str(spec.get("default", "")) for name, spec in action["inputs"].items()}
    inputs |= {"paths": f"{batch}\n", "against": "archive", "binary": str(BINARY)}
    inputs |= {"args": "--fail-on=medium\n--max-time=60\n"}
    summary = folder / "summary"
    environment = os.environ | {"RUNNER_TEMP": str(folder), "GITHUB_STEP_SUMMARY": str(summary)}
    outputs, log, passed_over, status = {}, "", [], 0

    def value(expression):
        expression = expression.strip()
        if match := re.fullmatch(r"inputs\.([\w-]+)", expression):
            return inputs[match[1]]
        if match := re.fullmatch(r"steps\.([\w-]+)\.outputs\.([\w-]+)", expression):
            return outputs.get(match[1], {}).get(match[2], "")
        if expression == "github.action_path":
            return str(ROOT)
        sys.exit(f"action.yml: this script does not know the expression {expression!r}")

    def filled(text):
        return re.sub(r"\$\{\{(.*?)\}\}", lambda match: value(match[1]), text)

    def holds(condition):
        inner = re.fullmatch(r"\$\{\{(.*)\}\}", condition.strip())[1]
        parts = [re.fullmatch(r"(.+?) (==|!=) '(.*)'", part.strip()) for part in inner.split("&&")]
        return all((value(left) == right) == (sign == "==") for _, left, sign, right in
                   [(p[0], p[1], p[2], p[3]) for p in parts])

    for step in action["runs"]["steps"]:
        if "if" in step and not holds(step["if"]):
            continue
        if "uses" in step:
            given = {key: filled(text) for key, text in step["with"].items()}
            expect(Path(given["sarif_file"]).is_file(), "a SARIF file to upload")
            log_of_sarif = json.loads(Path(given["sarif_file"]).read_text())
            passed_over.append(f"{step['uses']} ({len(log_of_sarif['runs'][0]['results'])} results)")
            continue
        output = folder / f"output-{step.get('id', 'last')}"
        variables = {name: filled(text) for name, text in step.get("env", {}).items()}
        expect(step["shell"] == "bash", "bash")
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=work, env=environment | variables | {"GITHUB_OUTPUT": str(output)},
            capture_output=True, text=True,
        )
        log += ran.stdout
        if output.exists() and "id" in step:
            lines = output.read_text().splitlines()
            outputs[step["id"]] = dict(line.split("=", 1) for line in lines)
        status = ran.returncode
        if status != 0:
            expect(step["name"] == "Verdict", f"no failure of “{step['name']}”: {ran.stderr}")
    annotations = [line for line in log.splitlines() if line.startswith("::")]
    expect(summary.is_file() and summary.stat().st_size > 0, "a summary")
    if batch == "batch":
        located = [line for line in annotations if "file=batch/herald.md,line=7," in line]
        expect(located, "an annotation of line 7 of batch/herald.md")
        expect("Tal Rifat" in summary.read_text(), "the question in the summary")
    return status, (f"{len(annotations)} annotations, {summary.stat().st_size} bytes of summary; "
                    f"passed over: {', '.join(passed_over)}")


def gitlab(folder, work, batch):
    """The job of ci/gitlab/crossclaim.yml; the program is on the path."""
    job = yaml.safe_load((ROOT / "ci/gitlab/crossclaim.yml").read_text())["crossclaim"]
    variables = job["variables"] | {"CROSSCLAIM_PATHS": batch, "CROSSCLAIM_ARGS": "--against=archive"}
    path = f"{program_folder(folder)}:{os.environ['PATH']}"
    script = "\n".join(job["before_script"] + job["script"])
    ran = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=work,
                         env=os.environ | variables | {"PATH": path}, capture_output=True, text=True)
    artifacts = job["artifacts"]["paths"] + list(job["artifacts"]["reports"].values())
    for artifact in artifacts:
        expect((work / artifact).is_file(), f"the artifact {artifact}: {ran.stderr}")
    violations = json.loads((work / job["artifacts"]["reports"]["codequality"]).read_text())
    return ran.returncode, f"{len(violations)} violations, artifacts {', '.join(artifacts)}"


def pre_commit(folder, work, batch):
    """The hook for an installed program, in a repository that commits the batch."""
    git = ["git", "-c", "user.name=recipe", "-c", "user.email=recipe@example.org", "-c", "init.defaultBranch=main"]

    def run(*command, cwd, **more):
        return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True, **more)

    # pre-commit takes hooks from a commit of a repository: one that holds the manifest alone.
    hooks = folder / "hooks"
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    for repository in [hooks, work]:
        run(*git, "init", "-q", cwd=repository)
    run(*git, "add", "-A", cwd=hooks)
    run(*git, "commit", "-qm", "hooks", cwd=hooks)
    revision = run(*git, "rev-parse", "HEAD", cwd=hooks).stdout.strip()
    configuration = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": [
        {"id": "crossclaim-installed", "files": f"^{batch}/", "args": ["--against=archive"]},
    ]}]}
    (work / ".pre-commit-config.yaml").write_text(yaml.safe_dump(configuration))
    run(*git, "add", "-A", cwd=work)
    environment = os.environ | {
        "PATH": f"{program_folder(folder)}:{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(folder / "cache"),
    }
    ran = subprocess.run(["pre-commit", "run", "crossclaim-installed"], cwd=work, env=environment,
                         capture_output=True, text=True)
    verdict = next((line for line in ran.stdout.splitlines() if line.startswith("crossclaim...")), "")
    if batch == "batch":
        expect("Tal Rifat" in ran.stdout, f"the question in the hook's output: {ran.stdout}{ran.stderr}")
    return ran.returncode, verdict.replace(".", " ").split()[-1]


def program_folder(folder):
    """A folder that holds the program under its own name."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    if not (programs / "crossclaim").exists():
        (programs / "crossclaim").symlink_to(BINARY)
    return programs


main()
