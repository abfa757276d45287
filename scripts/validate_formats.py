"""Reads the reports that scripts/validate_formats.sh wrote with parsers and schemas that are not ours."""

import json
import os
import re
import sys
from pathlib import Path

import cmarkgfm
import html5lib
import jsonschema
import pandas
import xmlschema
from junitparser import JUnitXml

REPORTS, TOOLS = Path(sys.argv[1]), Path(sys.argv[2])
# What a terminal would obey and what turns or hides text.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def schema(path):
    schema = json.loads(Path(path).read_text())
    return jsonschema.validators.validator_for(schema)(schema)


def valid(name, validator, document):
    errors = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(document)]
    if errors:
        sys.exit(f"{name}:\n" + "\n".join(errors[:10]))


def main():
    sarif = schema(next((TOOLS / "node_modules/@microsoft/jest-sarif/lib/schemas").glob("sarif-2.1.0-*.json")))
    own = schema(Path(__file__).parent.parent / "docs/schema/report-v1.json")
    junit = xmlschema.XMLSchema(str(TOOLS / "junit-10.xsd"))
    gitlab = schema(os.environ["GITLAB_SCHEMA"]) if os.environ["GITLAB_SCHEMA"] else None
    for folder in sorted(path for path in REPORTS.iterdir() if path.is_dir()):
        name = folder.name
        texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file()}
        report = json.loads(texts["json"])
        valid(f"{name}: json", own, report)
        findings = report["findings"]
        prints = [finding["fingerprint"] for finding in findings]
        lines = [json.loads(line) for line in texts["jsonl"].splitlines()]
        assert [line["fingerprint"] for line in lines] == prints, f"{name}: jsonl"

        log = json.loads(texts["sarif"])
        valid(f"{name}: sarif", sarif, log)
        results = log["runs"][0]["results"]
        assert [r["partialFingerprints"]["crossclaim/v1"] for r in results] == prints, f"{name}: sarif"

        violations = json.loads(texts["gitlab"])
        for violation in violations:
            if gitlab:
                valid(f"{name}: gitlab", gitlab, violation)
            # The table of the documentation: five properties, five severities.
            assert violation["severity"] in ["info", "minor", "major", "critical", "blocker"], violation
            assert violation["description"] and violation["check_name"] and violation["fingerprint"], violation
            assert violation["location"]["path"] and violation["location"]["lines"]["begin"] >= 1, violation
        assert len({violation["fingerprint"] for violation in violations}) == len(findings), f"{name}: gitlab"

        junit.validate(texts["junit"])
        cases = [case for suite in JUnitXml.fromstring(texts["junit"].encode()) for case in suite]
        assert cases, f"{name}: junit has no cases"

        table = pandas.read_csv(folder / "csv", keep_default_na=False)
        assert list(table["fingerprint"]) == prints and table["fingerprint"].is_unique, f"{name}: csv"
        assert not table.map(lambda cell: str(cell)[:1] in list("=+-@")).any(axis=None), f"{name}: csv formula"

        html5lib.HTMLParser(strict=True).parse(texts["html"])
        page = cmarkgfm.github_flavored_markdown_to_html(texts["markdown"], options=cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)
        tags = set(re.findall(r"<([a-z0-9]+)", page))
        allowed = set("h1 h2 h3 h4 p strong em code blockquote ul li table thead tbody tr th td sub br a".split())
        assert tags <= allowed, f"{name}: markdown has {tags - allowed}"
        assert "evil.example\"" not in page, f"{name}: markdown has a link of an article"

        for format, text in texts.items():
            found = STEERING.findall(text)
            assert not found, f"{name}: {format} has {found[:5]}"
            for fingerprint in prints:
                assert fingerprint in text, f"{name}: {format} lacks {fingerprint}"
        print(f"{name}: {len(findings)} findings in {len(texts)} formats; {len(results)} SARIF results, "
              f"{len(cases)} JUnit cases, {len(violations)} violations"
              f"{'' if gitlab else ' (without GitLab’s schema)'}, {len(table)} rows")


main()
