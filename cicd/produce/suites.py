"""Run test suites as containers of the test image, and count their tests."""

from __future__ import annotations

import os
import tarfile
from functools import partial
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from cicd import labels, variables
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import archives, containers, engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config import Config
    from cicd.oci.containers import Runner

PYTEST_FOUND_NO_TEST = 5


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


def run_unit(config: Config, image: str) -> dict[str, int]:
    """Run the unit tests in the build image, without a network, and return their counts.

    Raises:
        UsageError: the project has no unit tests.
        CheckFailedError: a test failed, or none ran.
        UnreachableError: no engine answers.

    """
    return run(partial(containers.run, engine.connect(), network="none"), config, "unit", image)


def run(
    runner: Runner, config: Config, suite: str, image: str, environment: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Run a suite in `image` and return its counts, empty if its command writes no JUnit file.

    Raises:
        UsageError: the project has no such suite.
        CheckFailedError: a test failed, or none ran.

    """
    command = config.tests.get(suite)
    if command is None:
        raise UsageError(
            f"The project has no {suite} tests.", f'Add to ml-cicd.toml, under [tests]: {suite} = ["pytest", "..."]'
        )
    results = f"/tmp/ml-cicd-{os.urandom(8).hex()}.xml"  # noqa: S108 -- in the container; no image can hold it already
    finished = runner(
        image,
        command,
        labels={labels.PROJECT: config.name, labels.ROLE: f"tests-{suite}"},
        environment={
            "PYTEST_ADDOPTS": f"--junitxml={results}",
            variables.ML_CICD_RESULTS: results,
            **(environment or {}),
        },
        collect=[results],
    )
    return _judged(suite, finished.exit_code, finished.files.get(results))


def _judged(suite: str, exit_code: int, packed: bytes | None) -> dict[str, int]:
    """Return the counts of a suite that passed, from its exit code and the tar of its JUnit file."""
    try:
        numbers = counts(archives.single_file(packed)) if packed is not None else {}
    except (ValueError, tarfile.TarError) as error:
        raise CheckFailedError(
            f"The {suite} tests left results that can't be read ({error}), with exit code {exit_code}.",
            f"Let their command write a JUnit file to ${variables.ML_CICD_RESULTS}, or none.",
        ) from error
    total = sum(numbers.values())
    if numbers and not total and exit_code in (0, PYTEST_FOUND_NO_TEST):
        raise CheckFailedError(
            f"The {suite} suite has no test: its command found none.",
            "Check the command under [tests] in ml-cicd.toml.",
        )
    if exit_code:
        failed = f"{numbers['failed']} of {total} failed" if total else f"exit code {exit_code}"
        raise CheckFailedError(
            f"The {suite} tests failed: {failed}.",
            "The log above names the tests. If one failed by chance, run the job again.",
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
