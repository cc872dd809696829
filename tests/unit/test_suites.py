"""Test counts come from what the tests wrote, in each form that pytest and others write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.config import Config
from cicd.errors import CheckFailedError
from cicd.oci import archives
from cicd.oci.containers import Finished
from cicd.oci.endings import Ending
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


def run(exit_code: int, junit: str | None, *, old: str | None = None, last: str = "") -> dict[str, int]:
    """Run a suite whose command ends so, prints `last` and writes that file; the image may hold an `old` one."""

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
        return Finished(Ending(exit_code, last=last), {path: written[path] for path in collect if path in written})

    return suites.run(runner, Config("app", tests={"unit": ("pytest",)}), "unit", "image")


def test_passed_suite_is_counted() -> None:
    assert run(0, PASSED) == {"passed": 2, "failed": 0, "skipped": 0}


def test_a_command_without_results_counts_nothing() -> None:
    assert run(0, None) == {}


UNITTEST = "-----\nRan {} in 0.000s\n\n{}\n"


@pytest.mark.case("K3", "unittest finds no test and ends with 0")
@pytest.mark.parametrize(
    ("exit_code", "end"),
    [(0, "OK"), (5, "NO TESTS RAN"), (0, "OK\nDestroying test database for alias 'default'...")],
    ids=["3.11", "3.12", "Django"],
)
def test_unittest_without_a_test_fails(exit_code: int, end: str) -> None:
    with pytest.raises(CheckFailedError, match="The unit suite has no test"):
        run(exit_code, None, last=UNITTEST.format("0 tests", end))


@pytest.mark.parametrize(
    "last",
    ["", UNITTEST.format("1 test", "OK"), UNITTEST.format("10 tests", "OK"),
     UNITTEST.format("0 tests", "OK") + UNITTEST.format("3 tests", "OK")],
)  # fmt: skip
def test_unittest_with_a_test_passes(last: str) -> None:
    assert run(0, None, last=last) == {}


@pytest.mark.case("K3", "old results in the image")
def test_old_results_in_the_image_do_not_count() -> None:
    assert run(0, None, old=PASSED) == {}


@pytest.mark.case("K3", "no test was collected")
@pytest.mark.case("K1", "a results file that breaks off")
@pytest.mark.parametrize(
    ("exit_code", "junit", "message"),
    [
        (1, ONE, "2 of 5 failed"),
        (1, None, "exit code 1"),
        (3, "<testsuites/>", "failed: exit code 3"),
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


TABLE = """\
Name                    Stmts   Miss  Cover   Missing
-----------------------------------------------------
src/app/model.py           28      2    93%   14-15
-----------------------------------------------------
TOTAL                      28      2    93%
"""
COVERED = {
    "pytest-cov": (f"{TABLE}\n12 passed in 0.31s\n", "93"),
    "with branches and a decimal": ("TOTAL    28   2   8   1  92.86%\r\n", "92.86"),
    "a floor that it reached": (f"{TABLE}Required test coverage of 80% reached. Total coverage: 92.86%\n", "93"),
    "two reports": (f"{TABLE}\nTOTAL 10 0 100%\n", "100"),
    "no table": ("12 passed in 0.31s\n", ""),
    "other totals": ("TOTAL: 93%\nTOTAL 93%\n  TOTAL 1 2 93%\nTOTAL 1 2 193%\n", ""),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("output", "expected"), COVERED.values(), ids=COVERED)
def test_coverage_is_what_the_table_in_the_output_says(output: str, expected: str) -> None:
    assert suites.coverage(output) == expected


def test_results_that_are_no_tar_are_told() -> None:
    def runner(image: str, command: Sequence[str], *, collect: Sequence[str], **_: object) -> Finished:
        return Finished(Ending(0), dict.fromkeys(collect, b"x" * 1024))

    with pytest.raises(CheckFailedError, match="left results that can't be read"):
        suites.run(runner, Config("app", tests={"unit": ("pytest",)}), "unit", "image")


def test_command_gets_the_variables_of_its_stage() -> None:
    given: dict[str, str] = {}

    def runner(image: str, command: Sequence[str], *, environment: Mapping[str, str], **_: object) -> Finished:
        given.update(environment)
        return Finished(Ending(0), {})

    suites.run(runner, Config("app", tests={"smoke": ("pytest",)}), "smoke", "image", {"SERVICE_URL": "http://app"})
    assert given["SERVICE_URL"] == "http://app"


@pytest.mark.case("K3", "old results in the image")
def test_each_run_writes_to_a_path_of_its_own() -> None:
    paths: set[str] = set()

    def runner(image: str, command: Sequence[str], *, collect: Sequence[str], **options: Mapping[str, str]) -> Finished:
        paths.update(collect)
        return Finished(Ending(0), {})

    for _ in range(2):
        suites.run(runner, Config("app", tests={"unit": ("pytest",)}), "unit", "image")
    assert len(paths) == 2
