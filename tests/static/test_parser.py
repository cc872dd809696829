"""GitHub's own parser accepts the workflow and action files, and finds planted faults."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd import freeze
from tests.static.node import build
from tests.static.support.kit import ROOT, tracked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.static.support.kit import Kit

    Parse = Callable[[Mapping[str, str]], dict[str, list[str]]]

INTEGRATION, RECORD = ".github/workflows/integration.yml", "actions/record/action.yml"
FAULTS = [
    (INTEGRATION, ("needs: [build]", "needs: [built]"), "depends on unknown job 'built'"),
    (INTEGRATION, ("${{ inputs.directory }}", "${{ inputs.directory ) }}"), "Unexpected symbol"),
    (INTEGRATION, ("${{ inputs.directory }}", "${{ github.nothing( }}"), "Unexpected"),
    (INTEGRATION, ("${{ inputs.directory }}", "${{ jobs.build }}"), "Unrecognized named-value: 'jobs'"),
    (INTEGRATION, ("    timeout-minutes: 10\n", "    time-out: 10\n"), "Unexpected value 'time-out'"),
    (
        INTEGRATION,
        ("runs-on: ${{ fromJSON(inputs.runs-on) }}", "permissions: {}"),
        "'permissions' is already defined",
    ),
    (INTEGRATION, ("type: string", "type: text"), "Unexpected value 'text'"),
    (RECORD, ("      shell: bash\n", ""), "shell"),
    (RECORD, ("  using: composite", "  using: composed"), "composed"),
    (RECORD, ("${{ inputs.outcome }}", "${{ secrets.TOKEN }}"), "Unrecognized named-value: 'secrets'"),
]
"""A file, an edit of it, and what the parser says then."""


@pytest.fixture(scope="module")
def parse() -> Parse:
    """Return the problems that GitHub's parser finds in each file."""
    script: Path = build.build()

    def run(files: Mapping[str, str]) -> dict[str, list[str]]:
        result = subprocess.run(
            [build.NODE, script], input=json.dumps(files), capture_output=True, text=True, timeout=60, check=True
        )
        problems: dict[str, list[str]] = json.loads(result.stdout)
        assert problems.keys() == files.keys()
        return problems

    return run


def test_parser_accepts_workflows_and_actions(kit: Kit, parse: Parse) -> None:
    callers = {str(path.relative_to(ROOT)): path.read_text() for path in tracked("example_project/.github/workflows/*")}
    problems = parse({**kit.files, **callers})
    assert {file: faults_found for file, faults_found in problems.items() if faults_found} == {}


def test_parser_accepts_the_released_form(kit: Kit, parse: Parse) -> None:
    released = {file: freeze.release_form(text, "org/ml-cicd", "0" * 40) for file, text in kit.files.items()}
    assert not any("$/" in text for text in released.values())
    assert {file: faults_found for file, faults_found in parse(released).items() if faults_found} == {}


@pytest.fixture(scope="module")
def faults(kit: Kit, parse: Parse) -> list[list[str]]:
    """Return the problems in each faulty file; one process parses all, since its start takes longest."""
    edited = enumerate(kit.edited(file, *edit).files[file] for file, edit, _ in FAULTS)
    return [*parse({f"{number}/{FAULTS[number][0]}": text for number, text in edited}).values()]


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=[says for _, _, says in FAULTS])
def test_parser_finds_fault(faults: list[list[str]], number: int) -> None:
    says = FAULTS[number][2]
    assert any(says in problem for problem in faults[number]), faults[number]
