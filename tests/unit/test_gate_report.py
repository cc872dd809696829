"""The README and the page of the model gate show what the gate says of the example today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tools import gate_report, screenshots
from tests.tools.gate_report import PAGE, README

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def pages() -> dict[Path, str]:
    return gate_report.pages()


@pytest.mark.parametrize("page", [PAGE, README], ids=lambda page: page.name)
def test_a_page_shows_the_report_on_the_example(page: Path, pages: dict[Path, str]) -> None:
    shown = page.read_text("utf-8")
    assert "```text\nnon-inferior: " in shown
    assert shown == pages[page], "run: python -m tests.tools.gate_report"


def test_the_readme_shows_the_whole_set_in_a_few_lines(pages: dict[Path, str]) -> None:
    _, _, rest = pages[README].partition(gate_report.BEGIN)
    lines = rest.partition(gate_report.END)[0].split("```")[1].splitlines()[1:]
    assert 8 <= len(lines) <= 12
    assert [line.split()[0] for line in lines[3:7]] == ["metric", "mae", "score", "..."]
    assert "carrier=" not in "".join(lines)


def test_pictures_are_of_the_report_the_summary_and_the_comment() -> None:
    """Summary and comment with their tables rendered, and what is folded in them unfolded."""
    pages = screenshots.pages(gate_report.judged(drawn=True))
    assert "<svg" in pages["report"]
    for name in ("summary", "comment"):
        assert pages[name].count("<table>") == 2
        assert "<details open>" in pages[name]
        assert ">within</td>" in pages[name]
    assert "integration passed" in pages["comment"]
