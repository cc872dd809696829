"""The hooks before a commit: a notebook loses its outputs, and what must not get into git does not."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
CELL = {
    "cell_type": "code",
    "execution_count": 1,
    "id": "0",
    "metadata": {},
    "outputs": [{"name": "stdout", "output_type": "stream", "text": ["a secret\n"]}],
    "source": ["print('a secret')"],
}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(folder / ".hooks"),
    }
    return subprocess.run(words, cwd=folder, env=environment, check=False, capture_output=True, text=True)


def staged(folder: Path, name: str, content: str) -> None:
    """A repository with this file about to be committed."""
    shutil.copy(PROJECT / ".pre-commit-config.yaml", folder)
    (folder / name).write_text(content)
    run(folder, "git", "init", "--quiet", "--initial-branch=feature")
    run(folder, "git", "add", name, ".pre-commit-config.yaml")


REFUSED = {
    "ruff-check": ("a.py", "import os\n", "1 fixed"),
    "ruff-format": ("a.py", "x  =  1\n", "1 file reformatted"),
    "hadolint": ("Dockerfile", "FROM debian:latest\n", "DL3007"),
    "large-files": ("a.csv", "1\n" * 300_000, "a.csv (586 KB) exceeds 500 KB"),
    "private-keys": ("a.txt", "-----BEGIN " + "RSA PRIVATE KEY-----\n", "Private key found: a.txt"),
}


@pytest.mark.parametrize("hook", REFUSED)
def test_what_must_not_get_into_git_is_refused_and_named(tmp_path: Path, hook: str) -> None:
    name, content, says = REFUSED[hook]
    staged(tmp_path, name, content)
    stopped = run(tmp_path, "pre-commit", "run", hook)
    assert (stopped.returncode, says in stopped.stdout) == (1, True), stopped.stdout


@pytest.mark.parametrize(("branch", "code"), [("main", 1), ("develop", 1), ("feature", 0)])
def test_commits_are_made_on_branches_of_their_own(tmp_path: Path, branch: str, code: int) -> None:
    staged(tmp_path, "a.py", "x = 1\n")
    run(tmp_path, "git", "checkout", "--quiet", "-B", branch)
    assert run(tmp_path, "pre-commit", "run", "branches").returncode == code


def test_a_good_file_passes_every_hook(tmp_path: Path) -> None:
    staged(tmp_path, "a.py", "x = 1\n")
    done = run(tmp_path, "pre-commit", "run", "--verbose")
    assert done.returncode == 0, done.stdout
    for hook in REFUSED:
        assert f"hook id: {hook}\n" in done.stdout


def test_a_notebook_with_outputs_does_not_get_into_a_commit(tmp_path: Path) -> None:
    notebook = tmp_path / "look.ipynb"
    staged(tmp_path, notebook.name, json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    hook = ("pre-commit", "run", "nbstripout")
    stopped = run(tmp_path, *hook)
    assert (stopped.returncode, "notebooks without outputs" in stopped.stdout) == (1, True), stopped.stdout
    (cell,) = json.loads(notebook.read_text())["cells"]
    assert (cell["outputs"], cell["source"]) == ([], CELL["source"])
    run(tmp_path, "git", "add", "look.ipynb")
    assert run(tmp_path, *hook).returncode == 0
