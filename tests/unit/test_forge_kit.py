"""The copy of the kit that a local run gets: `act` copies its real files for every step, and follows no link."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd.forge.running import kit
from cicd.forge.state import Forge

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    ".github/workflows/ci.yml": "on: workflow_call\njobs: {}\n",
    "actions/setup/action.yml": "runs: {using: composite, steps: []}\n",
    "cicd/bootstrap.py": "first\n",
    "requirements/engine.txt": "docker\n",
    "docs/page.md": "text\n",
    "README.md": "text\n",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    root = tmp_path / "source"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return root


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    (tmp_path / "forge").mkdir()
    return Forge(tmp_path / "forge")


def test_copy_has_workflows_and_actions_and_links_to_what_they_start(source: Path, forge: Forge) -> None:
    kit.refresh(forge, source)
    real = {
        str(path.relative_to(forge.kit)) for path in forge.kit.rglob("*") if path.is_file() and not path.is_symlink()
    }
    assert {name.partition("/")[0] for name in real - {"cicd", "requirements"}} == {".github", "actions"}
    assert {path.name for path in forge.kit.iterdir() if path.is_symlink()} == {"cicd", "requirements"}
    assert (forge.kit / "cicd" / "bootstrap.py").read_text() == "first\n"
    assert (forge.kit / "cicd").resolve().parent == (forge.kit / "requirements").resolve().parent


def test_changed_package_replaces_the_copy(source: Path, forge: Forge) -> None:
    kit.refresh(forge, source)
    (source / "cicd" / "bootstrap.py").write_text("the second\n")
    kit.refresh(forge, source)
    assert (forge.kit / "cicd" / "bootstrap.py").read_text() == "the second\n"


def test_unchanged_kit_is_copied_once(source: Path, forge: Forge) -> None:
    kit.refresh(forge, source)
    before = forge.kit.stat().st_ino
    kit.refresh(forge, source)
    assert forge.kit.stat().st_ino == before


def test_lost_package_is_copied_again(source: Path, forge: Forge) -> None:
    kit.refresh(forge, source)
    forge.package.rename(forge.path / "elsewhere")
    kit.refresh(forge, source)
    assert (forge.kit / "cicd" / "bootstrap.py").read_text() == "first\n"
