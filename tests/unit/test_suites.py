"""Test counts come from what the tests wrote, in each form that pytest and others write it."""

from __future__ import annotations

import pytest

from cicd.produce import suites

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
