"""Workflows get names of their own before they run in containers, whatever form their YAML has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from cicd.forge.running import workflow_names

if TYPE_CHECKING:
    from pathlib import Path

JOBS = "on: push\njobs: {a: {runs-on: x}}\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"name: CI\n{JOBS}", "CI 1a.7"),
        (f"{JOBS}name: 'a: b'  # why\n", "a: b 1a.7"),
        (f"name: >\n  over\n  lines\n{JOBS}", "over lines 1a.7"),
        (f'name: "\\u00e9 ☃"\n{JOBS}', "é ☃ 1a.7"),
        (f"name:\n{JOBS}", "1a.7"),
        (JOBS, "ci.yml 1a.7"),
        (f"# first\n---\n{JOBS}", "ci.yml 1a.7"),
        ("{on: push, jobs: {a: {runs-on: x}}}\n", "ci.yml 1a.7"),
        ("{name: CI, on: push, jobs: {a: {runs-on: x}}}\n", "CI 1a.7"),
    ],
)
def test_suffix_changes_only_the_name(text: str, name: str) -> None:
    before, after = yaml.safe_load(text), yaml.safe_load(workflow_names.with_suffix(text, "ci.yml", "1a.7"))
    assert after.pop("name") == name
    before.pop("name", None)
    assert after == before


@pytest.mark.parametrize("text", ["on: [\n", "- a\n", ""])
def test_text_that_is_no_workflow_stays_unchanged(text: str) -> None:
    assert workflow_names.with_suffix(text, "ci.yml", "1a.7") == text


def test_file_that_is_no_utf_8_stays_unchanged(tmp_path: Path) -> None:
    (tmp_path / "latin.yml").write_bytes(b"name: Gr\xf6\xdfe\n")
    (tmp_path / "ci.yml").write_text(JOBS)
    workflow_names.add_suffix(tmp_path, "1a.7")
    assert (tmp_path / "latin.yml").read_bytes() == b"name: Gr\xf6\xdfe\n"
    assert yaml.safe_load((tmp_path / "ci.yml").read_text())["name"] == "ci.yml 1a.7"
