"""Every notebook runs, and its page in the docs site shows what it answered."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = [path for place in ("notebooks", "docs", "src") for path in (PROJECT / place).rglob("*.ipynb")]
BROKEN = """{"cells": [{"cell_type": "code", "execution_count": null, "id": "0", "metadata": {}, "outputs": [],
 "source": ["1 / 0"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""


def build(project: Path, site: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=project, env=environment, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("site")
    done = build(PROJECT, site)
    assert done.returncode == 0, done.stderr
    return site


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_a_page_with_its_answers(site: Path, notebook: Path) -> None:
    name = notebook.relative_to(PROJECT).with_suffix("").as_posix().removeprefix("docs/")
    page = (site / name / "index.html").read_text()
    assert re.search(r"Out\[\d+\]", page)


def test_a_notebook_that_fails_fails_the_site(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copy(PROJECT / "docs" / "hooks.py", tmp_path / "docs" / "hooks.py")
    (tmp_path / "mkdocs.yml").write_text((PROJECT / "mkdocs.yml").read_text().partition("nav:")[0])
    (tmp_path / "docs" / "broken.ipynb").write_text(BROKEN)
    done = build(tmp_path, tmp_path / "site")
    assert done.returncode != 0
    assert "ZeroDivisionError" in done.stderr
