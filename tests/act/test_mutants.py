"""The cases can fail: a fault in the YAML turns the case red that is meant to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.errors import UsageError
from tests.act import parts, road
from tests.act.cases import Mutant

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicd.testing import Run

CASES = {case.name: case for case in (*road.CASES, *parts.CASES)}
OUTCOME = r"if: .*needs\.deploy\.outputs\.outcome != '' }}"


INTEGRATION_FAILS = "integration: the deployment fails, is recorded, and goes no further"


def _mutant(name: str, file: str, pattern: str, replacement: str, case: str) -> Mutant:
    path = f"{file}/action.yml" if file.startswith("actions/") else f".github/workflows/{file}.yml"
    return Mutant(name, path, pattern, replacement, CASES[case])


MUTANTS = [
    _mutant("a gate that needs nothing", "ci", r"needs: \[test\]", "needs: []", "ci: a check fails"),
    _mutant("a gate that is skipped", "ci", r"if: always\(\)", "if: success()", "ci: a check fails"),
    _mutant(
        "checks that wait for the tests",
        "ci",
        r"if: .*build\.outcome.*",
        "",
        "ci: a unit test fails, the checks still run",
    ),
    _mutant(
        "a failing test that is tolerated",
        "ci",
        r"(id: tests\n)",
        r"\1        continue-on-error: true\n",
        "ci: a unit test fails, the checks still run",
    ),
    _mutant(
        "a job on another runner",
        "ci",
        r"(name: ci-passed\n(?:.*\n){2}    runs-on: ).*",
        r"\1ubuntu-24.04",
        "ci: every input",
    ),
    _mutant("an action from elsewhere", "ci", r"actions/checkout@\w+", "someone/checkout@v1", "ci: passes"),
    _mutant("an output that is lost", "ci", r"tests: .*needs\.test\.outputs.*", "tests: ''", "ci: passes"),
    _mutant(
        "swapped digests",
        "integration",
        r"release: (.*needs\.build.*\n) +test: (.*\n)( +registry)",
        r"release: \2          test: \1\3",
        "integration: passes",
    ),
    _mutant("a failure that is not recorded", "integration", OUTCOME, "", INTEGRATION_FAILS),
    _mutant(
        "a record of nothing",
        "integration",
        OUTCOME,
        "if: always()",
        "integration: the deployment is refused before anything changed",
    ),
    _mutant("a failure that advances", "integration", r"if: .*deploy\.result == 'success' }}", "", INTEGRATION_FAILS),
    _mutant(
        "a gate that overlooks a job",
        "integration",
        r"needs: \[build, deploy, record\]",
        "needs: [build, deploy]",
        "integration: advancing is refused",
    ),
    _mutant(
        "a deployment that is not verified",
        "staging",
        r"(name: Deploy to staging\n)    needs: \[verify\]\n",
        r"\1",
        "staging: refused",
    ),
    _mutant(
        "another commit than the verified one",
        "production",
        r"commit: .*needs\.verify.*(\n          tag)",
        r"commit: ${{ inputs.commit }}\1",
        "production: passes",
    ),
    _mutant(
        "a way back that is closed",
        "deploy",
        r"(needs\.verify\.outputs\.commit }}\n          backwards: )'true'",
        r"\1'false'",
        "deploy: passes",
    ),
    _mutant(
        "an input that is not passed on",
        "actions/deploy",
        r"RELEASE: .*",
        "RELEASE: ''",
        "actions/deploy: every input",
    ),
    _mutant(
        "an input in shell code",
        "actions/verify",
        r'--commit "\$COMMIT"',
        "--commit '${{ inputs.commit }}'",
        "actions/verify: hostile inputs",
    ),
    _mutant(
        "an input that is split into words",
        "actions/advance",
        r'"\$COMMIT"',
        "$COMMIT",
        "actions/advance: hostile inputs",
    ),
    _mutant(
        "an option that does not exist",
        "actions/train",
        r"--image",
        "--picture",
        "actions/train: what must be given",
    ),
    _mutant(
        "a token where none is meant",
        "actions/run-tests",
        r"(IMAGE: .*\n)",
        r"\1        GITHUB_TOKEN: ${{ github.token }}\n",
        "actions/run-tests: what must be given",
    ),
    _mutant(
        "a command that is not there",
        "actions/record",
        r"run: python3 .*",
        "run: exit 0",
        "actions/record: what must be given",
    ),
]


@pytest.mark.parametrize("case", MUTANTS, ids=lambda mutant: mutant.name)
def test_fault_is_seen(case: Mutant, run_of: Callable[[Mutant], Run]) -> None:
    with pytest.raises((AssertionError, UsageError)) as fault:
        case.seen_by.check(run_of(case))
    assert "times:" not in str(fault.value), "the fault could not be made"
