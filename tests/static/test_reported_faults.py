"""The page of reported faults is made from the markers of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tools import reported_cases, reported_faults
from tests.tools.reported_faults import ROOT, Case

if TYPE_CHECKING:
    from pathlib import Path

MARKED = """
import pytest

pytestmark = pytest.mark.case("K7", "of the file")

@pytest.mark.case("K2", "of the test")
def test_it() -> None: ...

class TestThem:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.case("K2", "of one parameter"))])
    def test_all(self, x: int) -> None: ...
"""


def write(folder: Path, text: str) -> Path:
    tests = folder / "tests"
    tests.mkdir()
    (tests / "test_some.py").write_text(text)
    return tests


@pytest.fixture(scope="module")
def marked() -> list[Case]:
    """Return the cases that the tests of this repository name."""
    return reported_faults.cases(ROOT / "tests")


def test_page_is_in_sync(marked: list[Case]) -> None:
    page = reported_faults.page(marked)
    assert reported_faults.PAGE.read_text("utf-8") == page, "run: make docs"


@pytest.mark.parametrize("kind", reported_cases.REPORTED)
def test_every_reported_case_has_a_test(marked: list[Case], kind: str) -> None:
    names = {case.name for case in marked if case.kind == kind}
    missing = [name for name in reported_cases.REPORTED[kind] if name not in names]
    assert not missing, "no test has a marker with these names"


def test_every_kind_has_cases_or_reports_and_every_report_a_kind() -> None:
    assert [*reported_cases.REPORTED, *reported_cases.ISSUES] == [*reported_faults.KINDS]


def test_every_marker_is_a_case(tmp_path: Path) -> None:
    assert reported_faults.cases(write(tmp_path, MARKED)) == [
        Case("K2", "of one parameter", "tests/test_some.py::test_all"),
        Case("K2", "of the test", "tests/test_some.py::test_it"),
        Case("K7", "of the file", "tests/test_some.py"),
    ]


@pytest.mark.parametrize("marker", ['case("K99", "unknown")', 'case("K1")', 'case("K1", 2)'])
def test_unreadable_marker_is_an_error(tmp_path: Path, marker: str) -> None:
    tests = write(tmp_path, f"import pytest\n\n@pytest.mark.{marker}\ndef test_it(): ...\n")
    with pytest.raises(ValueError, match=r"test_some.py::test_it: pytest.mark.case\("):
        reported_faults.cases(tests)
