"""The tables of the page "Bring your project" that say what the kit gives to a project."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "bring-your-project.md"
CONTRACT, EVALUATE = "## The contract", "## The command evaluate"


def sections() -> dict[str, list[str]]:
    """Return the lines of each part of the contract, by its heading, without examples of code."""
    text = re.sub(r"```.*?```\n", "", PAGE.read_text("utf-8"), flags=re.DOTALL)
    parts: dict[str, list[str]] = {}
    heading, inside = "", False
    for line in text.split("\n"):
        if line.startswith("#"):
            heading = line.lstrip("# ")
            inside = line in (CONTRACT, EVALUATE) or (inside and line.startswith("###"))
        elif inside:
            parts.setdefault(heading, []).append(line)
    return parts


def rows() -> dict[str, dict[str, list[str]]]:
    """Return the rows of all tables of the contract, by heading and first cell; the value is the whole row."""
    tables: dict[str, dict[str, list[str]]] = {}
    for heading, lines in sections().items():
        for line, after in pairwise(lines):
            if line.startswith("| ") and not after.startswith("|---"):
                cells = [cell.strip() for cell in line.strip("|").split(" | ")]
                tables.setdefault(heading, {})[cells[0].replace("`", "")] = cells
    return tables


def texts() -> dict[str, list[str]]:
    """Return the paragraphs and items of lists of the contract, by heading."""
    parts = {}
    for heading, lines in sections().items():
        text = "\n".join("" if line.startswith("|") else line for line in lines)
        blocks = re.split(r"\n\s*\n|\n(?=\* )", text)
        parts[heading] = [" ".join(block.split()) for block in blocks if block.strip()]
    return parts


def names(cell: str) -> set[str]:
    """Return the parts of a cell that lists something with commas."""
    return {name.strip() for name in cell.split(",")}
