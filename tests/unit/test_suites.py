"""Test counts come from what the tests wrote, in each form that pytest and others write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.config import Config
from cicd.errors import CheckFailedError
from cicd.oci import archives
from cicd.oci.containers import Finished
from cicd.produce import suites

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ONE = '<testsuite tests="5" failures="1" errors="1" skipped="1"/>'


@pytest.mark.parametrize(
    ("junit", "expected"),
    [
        (ONE, {"passed": 2, "failed": 2, "skipped": 1}),
        (f"<testsuites>{ONE}{ONE}</testsuites>", {"passed": 4, "failed": 4, "skipped": 2}),
        ('<testsuites><testsuite tests="3"/></testsuites>', {"passed": 3, "failed": 0, "skipped": 0}),
        ("<testsuites/>", {"passed": 0, "failed": 0, "skipped": 0}),
    ],
)
def test_counts_of_junit_file(junit: str, expected: dict[str, int]) -> None:
    assert suites.counts(junit.encode()) == expected


PASSED = '<testsuite tests="2"/>'


def run(exit_code: int, junit: str | None, *, old: str | None = None) -> dict[str, int]:
    """Run a suite whose command ends so and writes that file; the image may hold an `old` one."""

    def runner(
        image: str,
        command: Sequence[str],
        *,
        labels: Mapping[str, str],
        environment: Mapping[str, str],
        collect: Sequence[str],
    ) -> Finished:
        files = {"/tmp/results.xml": old, environment["ML_CICD_RESULTS"]: junit}
        assert environment["PYTEST_ADDOPTS"] == f"--junitxml={environment['ML_CICD_RESULTS']}"
        written = {path: archives.packed({path: text.encode()}) for path, text in files.items() if text is not None}
        return Finished(exit_code, {path: written[path] for path in collect if path in written})

    return suites.run(runner, Config("app", tests={"unit": ("pytest",)}), "unit", "image")


def test_passed_suite_is_counted() -> None:
    assert run(0, PASSED) == {"passed": 2, "failed": 0, "skipped": 0}


def test_a_command_without_results_counts_nothing() -> None:
    assert run(0, None) == {}


def test_old_results_in_the_image_do_not_count() -> None:
    assert run(0, None, old=PASSED) == {}


@pytest.mark.parametrize(
    ("exit_code", "junit", "message"),
    [
        (1, ONE, "2 of 5 failed"),
        (1, None, "exit code 1"),
        (5, "<testsuites/>", "has no test"),
        (5, None, "exit code 5"),
        (0, "<testsuites/>", "has no test"),
        (0, ONE, "although the exit code is 0"),
        (0, '<testsuite tests="3" skipped="3"/>', "3 were skipped"),
        (0, "<testsuites><tests", "can't be read"),
        (1, "<testsuites><tests", "can't be read"),
        (0, "", "can't be read"),
        (0, '<testsuite tests="many"/>', "can't be read"),
        (0, '<testsuite tests="1" failures="2"/>', "do not add up"),
    ],
)
def test_no_suite_passes_by_accident(exit_code: int, junit: str | None, message: str) -> None:
    with pytest.raises(CheckFailedError, match=message):
        run(exit_code, junit)


def test_each_run_writes_to_a_path_of_its_own() -> None:
    paths: set[str] = set()

    def runner(image: str, command: Sequence[str], *, collect: Sequence[str], **options: Mapping[str, str]) -> Finished:
        paths.update(collect)
        return Finished(0, {})

    for _ in range(2):
        suites.run(runner, Config("app", tests={"unit": ("pytest",)}), "unit", "image")
    assert len(paths) == 2
