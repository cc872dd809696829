"""Outputs on their way from a job with secrets to the caller: GitHub drops those in which a line of a secret occurs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd.act import workflows
from cicd.produce import checks, suites
from tests.unit.support.masks import masked

if TYPE_CHECKING:
    from collections.abc import Mapping

CI = Path(__file__).resolve().parents[2] / ".github" / "workflows" / "ci.yml"
SECRETS = {
    "a JSON object": json.dumps({"PIP_INDEX_URL": "https://u:p@example.org", "TOKEN": "abc"}, indent=2),
    "a JSON list": json.dumps([{"passed": 12}, "failed"], indent=2),
    "punctuation": "{\n}\n:\n,",
}
COUNTS, PASSED = {"passed": 12, "failed": 0, "skipped": 1}, {"lint": True, "types": False}


def _outputs(words: list[str], file: Path, patch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the outputs of the step that runs a command."""
    file.write_text("")
    patch.setenv("GITHUB_OUTPUT", str(file))
    cli.main(words)
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def _handed_on(job: str, sources: Mapping[str, Mapping[str, str]], secret: str) -> dict[str, str]:
    """Return the outputs that leave a job of `ci`, as GitHub hands them on: without those that hold a masked text.

    `sources` are the outputs of steps and of earlier jobs.
    """
    handed = {}
    for name, value in workflows.document(CI.name, CI.read_text("utf-8"))["jobs"][job]["outputs"].items():
        ((source, output),) = re.findall(r"(?:steps|needs)\.([\w-]+)\.outputs\.([\w-]+)", value)
        text = sources.get(source, {}).get(output, "")
        handed[name] = "" if any(part in text for part in masked(secret)) else text
    return handed


@pytest.mark.case("K3", "a pretty-printed JSON secret does not make GitHub drop the counts of tests and checks")
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_secret_of_several_lines_takes_nothing_from_ci(
    secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ml-cicd.toml").write_text('name = "app"\n[tests]\nunit = ["pytest"]\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setattr(suites, "run_unit", lambda *_: suites.UnitTests(COUNTS, "93"))
    monkeypatch.setattr(checks, "run", lambda *_: [checks.Outcome(name, ok, 1.0, "") for name, ok in PASSED.items()])
    file = tmp_path / "output"
    steps = {"tests": _outputs(["test", "--image", "x"], file, monkeypatch)}
    steps["checks"] = _outputs(["check", "--image", "x"], file, monkeypatch)
    assert (json.loads(steps["tests"]["tests"]), json.loads(steps["checks"]["checks"])) == (COUNTS, PASSED)

    handed = _handed_on("test", steps, secret)
    needs = json.dumps({"test": {"result": "failure", "outputs": handed}})
    concluded = _outputs(["conclude", "--needs", needs, "--stage", "ci"], file, monkeypatch)
    caller = _handed_on("ci-passed", {"conclude": concluded, "test": handed}, secret="")
    assert (json.loads(caller["tests"]), json.loads(caller["checks"])) == (COUNTS, PASSED)
    said = json.loads(Path(concluded["report"]).read_text())
    assert (said["tests"], said["checks"], said["coverage"]) == (COUNTS, PASSED, "93")


def test_output_that_no_job_handed_on_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    needs = {"test": {"result": "success", "outputs": {"encoded-tests": "no letters of it", "checks": ""}}}
    concluded = _outputs(["conclude", "--needs", json.dumps(needs)], tmp_path / "output", monkeypatch)
    assert (concluded["result"], concluded["tests"], concluded["checks"]) == ("passed", "", "")
