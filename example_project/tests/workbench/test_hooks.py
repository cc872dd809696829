"""The hooks before a commit: a notebook loses its outputs, and the commit waits until that has been added."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

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


def test_a_notebook_with_outputs_does_not_get_into_a_commit(tmp_path: Path) -> None:
    shutil.copy(PROJECT / ".pre-commit-config.yaml", tmp_path)
    notebook = tmp_path / "look.ipynb"
    notebook.write_text(json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    run(tmp_path, "git", "init", "--quiet")
    run(tmp_path, "git", "add", "look.ipynb", ".pre-commit-config.yaml")
    hook = ("pre-commit", "run", "nbstripout")
    stopped = run(tmp_path, *hook)
    assert (stopped.returncode, "notebooks without outputs" in stopped.stdout) == (1, True), stopped.stdout
    (cell,) = json.loads(notebook.read_text())["cells"]
    assert (cell["outputs"], cell["source"]) == ([], CELL["source"])
    run(tmp_path, "git", "add", "look.ipynb")
    assert run(tmp_path, *hook).returncode == 0
