"""Run test suites as containers of the test image, and count their tests."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from cicd import labels
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import archives, containers, engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.config import Config
    from cicd.oci.containers import Runner

RESULTS = "/tmp/results.xml"  # noqa: S108 -- inside the container


def counts(junit: bytes) -> dict[str, int]:
    """Return the numbers of passed, failed and skipped tests of a JUnit file."""
    root = ET.fromstring(junit)  # noqa: S314 -- expat resolves no external entities; the size is bounded by the tar
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    total, failed, skipped = (
        sum(sum(int(suite.get(name, "0")) for name in names) for suite in suites)
        for names in (("tests",), ("failures", "errors"), ("skipped",))
    )
    return {"passed": total - failed - skipped, "failed": failed, "skipped": skipped}


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
    finished = runner(
        image,
        command,
        labels={labels.PROJECT: config.name, labels.ROLE: f"tests-{suite}"},
        environment={"PYTEST_ADDOPTS": f"--junitxml={RESULTS}", **(environment or {})},
        collect=[RESULTS],
    )
    numbers = counts(archives.single_file(finished.files[RESULTS])) if RESULTS in finished.files else {}
    if finished.exit_code:
        total = sum(numbers.values())
        failed = f"{numbers['failed']} of {total} failed" if total else f"exit code {finished.exit_code}"
        raise CheckFailedError(f"The {suite} tests failed: {failed}.", "The log above names the tests.")
    if numbers and not numbers["passed"]:
        raise CheckFailedError(
            f"No {suite} test passed: {numbers['skipped']} were skipped.", "At least one test of the suite must run."
        )
    return numbers
