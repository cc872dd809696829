"""Text of programs and people: split at line feeds alone, and printed whatever the terminal can show."""

from __future__ import annotations

from pathlib import Path

import pytest

import cicd
from cicd import text

PACKAGE = Path(cicd.__file__).parent


@pytest.mark.parametrize(
    ("output", "lines"),
    [("", []), ("a", ["a"]), ("a\nb\n", ["a", "b"]), ("a\u2028b\x85c\x0bd\r\n\n", ["a\u2028b\x85c\x0bd\r", ""])],
)
def test_lines_end_at_line_feeds_alone(output: str, lines: list[str]) -> None:
    assert text.lines(output) == lines


def test_no_module_splits_lines_at_other_characters() -> None:
    files = [file for file in PACKAGE.rglob("*.py") if "splitlines()" in file.read_text("utf-8")]
    assert files == []
