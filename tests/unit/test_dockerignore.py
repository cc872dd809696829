"""What the builder gets of a folder, by the patterns of a `.dockerignore` file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicd.produce import dockerignore

if TYPE_CHECKING:
    from pathlib import Path

RULES = [
    ("data", "data", True), ("data", "data/raw.csv", True), ("data", "src/data", False),
    ("/data", "data/raw.csv", True),
    ("data/", "data/raw.csv", True), ("./data", "data", True), ("*.csv", "raw.csv", True),
    ("*.csv", "a/raw.csv", False),
    ("*/*.csv", "a/raw.csv", True), ("**/*.csv", "raw.csv", True), ("**/*.csv", "a/b/raw.csv", True),
    ("a/**", "a/b/c", True), ("a/**/z", "a/z", True), ("a/**/z", "a/b/c/z", True), ("a?", "ab", True),
    ("a?", "a/b", False), ("[ab]c", "bc", True), ("[^ab]c", "bc", False), ("a\\*", "a*", True), ("a\\*", "ab", False),
    ("# data", "# data", False), ("", "x", False), (".", "x", False), ("a.b", "axb", False), ("**", "a/b", True),
    ("*\n!src", "src/a", False), ("*\n!src", "srcs/a", True), ("*\n!src\nsrc/x", "src/x/y", True),
    ("*\n!src\nsrc/x\n!src/x/y", "src/x/y", False), ("a b", "a b", True), ("data \r\n", "data", True),
    ("! src", "src", False), ("*\n! src", "src/a", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "left_out"), RULES)
def test_pattern_leaves_out(text: str, path: str, *, left_out: bool) -> None:
    assert dockerignore.parse(text).leaves_out(path) is left_out


@pytest.mark.parametrize(
    ("text", "folder", "all_of_it"),
    [
        ("data", "data", True), ("*\n!src", ".venv", True), ("*\n!src/app", "src", False),
        ("*\n!src/app", "src/b", True),
        ("*\n!**/*.py", ".venv", False), ("*\n!s*/app", "src", False), ("data\n!data/keep", "data", False),
        ("other", "data", False),
    ],
)  # fmt: skip
def test_folder_of_which_nothing_arrives_is_not_walked(text: str, folder: str, *, all_of_it: bool) -> None:
    assert dockerignore.parse(text).leaves_out_all_of(folder) is all_of_it


def test_file_named_after_the_dockerfile_comes_first(tmp_path: Path) -> None:
    dockerfile = tmp_path / "Dockerfile"
    assert dockerignore.file_for(tmp_path, dockerfile) == tmp_path / ".dockerignore"
    (tmp_path / "Dockerfile.dockerignore").write_text("")
    assert dockerignore.file_for(tmp_path, dockerfile) == tmp_path / "Dockerfile.dockerignore"
