"""Run test suites as containers of the test image, and count their tests."""

from __future__ import annotations

import os
import re
import tarfile
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from cicd import labels, variables
from cicd.errors import CheckFailedError
from cicd.oci import archives, containers, engine, housekeeping, leftovers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config import Config
    from cicd.oci.containers import Runner
    from cicd.oci.endings import Ending

ALL = 100
"""Percent."""
FOUND_NO_TEST = 5
"""The exit code of pytest, and of unittest since Python 3.12. Django's runner ends with a line on its database."""
_COVERED = re.compile(r"^TOTAL(?: +\d+){2,4} +(\d{1,3}(?:\.\d{1,9})?)%\s*$", re.MULTILINE)
"""The last row of the table that coverage.py and pytest-cov print: statements, missed, branches, percent."""
_UNITTEST_FOUND_NONE = re.compile(r"^Ran 0 tests in \S+\s+(?:OK|NO TESTS RAN)\s*(?:^Destroying .*\s*)*\Z", re.MULTILINE)


@dataclass(frozen=True)
class UnitTests:
    """The unit tests of a project, which passed."""

    counts: Mapping[str, int]
    """Empty if their command writes no JUnit file."""
    coverage: str = ""
    """How much of the code they ran, in percent, such as `93` or `93.4`; empty if their output does not say."""


def counts(junit: bytes) -> dict[str, int]:
    """Return the numbers of passed, failed and skipped tests of a JUnit file.

    Raises:
        ValueError: it is not a JUnit file, or a number in it is none.

    """
    try:
        root = ET.fromstring(junit)  # noqa: S314 -- expat resolves no external entities, and bounds internal ones
    except ET.ParseError as error:
        raise ValueError(str(error)) from error
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    total, failed, skipped = (
        sum(sum(int(suite.get(name, "0")) for name in names) for suite in suites)
        for names in (("tests",), ("failures", "errors"), ("skipped",))
    )
    numbers = {"passed": total - failed - skipped, "failed": failed, "skipped": skipped}
    if min(numbers.values()) < 0:
        raise ValueError(f"its numbers do not add up: {total} tests, {failed} failed, {skipped} skipped")
    return numbers


def run_unit(config: Config, image: str) -> UnitTests | None:
    """Run the unit tests in the build image, without a network. Images of old builds go.

    Returns None for a project without unit tests.

    Raises:
        CheckFailedError: a test failed, or none ran.
        UnreachableError: no engine answers.

    """
    if "unit" not in config.tests:
        return None
    client = engine.connect()
    leftovers.remove(client)
    housekeeping.tidy(client, config.name)
    runner = partial(containers.run, client, network="none", shm_size=config.test_shm_size)
    numbers, ending = _run(runner, config, "unit", image, {})
    return UnitTests(numbers, coverage(ending.last))


def coverage(output: str) -> str:
    """Return the percentage in the coverage table at the end of a program's output; empty if it has no table."""
    shown = _COVERED.findall(output)
    return shown[-1] if shown and float(shown[-1]) <= ALL else ""


def run(
    runner: Runner, config: Config, suite: str, image: str, environment: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Run a declared suite in `image` and return its counts, empty if its command writes no JUnit file.

    Raises:
        CheckFailedError: a test failed, or none ran.

    """
    return _run(runner, config, suite, image, environment or {})[0]


def _run(
    runner: Runner, config: Config, suite: str, image: str, environment: Mapping[str, str]
) -> tuple[dict[str, int], Ending]:
    """Run a declared suite; return its counts and how it ended."""
    command = config.tests[suite]
    results = f"/tmp/ml-cicd-{os.urandom(8).hex()}.xml"  # noqa: S108 -- in the container; no image can hold it already
    finished = runner(
        image,
        command,
        labels={labels.PROJECT: config.name, labels.ROLE: f"tests-{suite}"},
        environment={
            "PYTEST_ADDOPTS": f"--junitxml={results}",
            variables.ML_CICD_RESULTS: results,
            **environment,
        },
        collect=[results],
    )
    return _judged(suite, finished.ending, finished.files.get(results)), finished.ending


def _judged(suite: str, ending: Ending, packed: bytes | None) -> dict[str, int]:
    """Return the counts of a suite that passed, from how it ended and the tar of its JUnit file."""
    exit_code = ending.exit_code
    try:
        numbers = counts(archives.single_file(packed)) if packed is not None else {}
    except (ValueError, tarfile.TarError) as error:
        raise CheckFailedError(
            f"The {suite} tests left results that can't be read ({error}), with {ending}.",
            ending.hint(f"Let their command write a JUnit file to ${variables.ML_CICD_RESULTS}, or none."),
        ) from error
    total = sum(numbers.values())
    none = not total if numbers else _UNITTEST_FOUND_NONE.search(ending.last)
    if none and exit_code in (0, FOUND_NO_TEST):
        raise CheckFailedError(
            f"The {suite} suite has no test: its command found none.",
            "Check the command under [tests] in ml-cicd.toml, and that the test image has the files with the tests.",
        )
    if exit_code:
        failed = f"{numbers['failed']} of {total} failed" if total else str(ending)
        raise CheckFailedError(
            f"The {suite} tests failed: {failed}.",
            ending.hint("The log above names the tests. If one failed by chance, run the job again."),
        )
    if numbers and numbers["failed"]:
        raise CheckFailedError(
            f"The {suite} tests failed: {numbers['failed']} of {total} failed, although the exit code is 0.",
            "Let the command under [tests] in ml-cicd.toml end with the exit code of its tests.",
        )
    if numbers and not numbers["passed"]:
        raise CheckFailedError(
            f"No {suite} test passed: {numbers['skipped']} were skipped.",
            "At least one test of the suite must run: correct the conditions that skip them.",
        )
    return numbers
