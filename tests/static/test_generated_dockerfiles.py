"""The Dockerfiles that the kit writes pass hadolint, for every packaging tool, and the locks of its tools are whole."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd import config
from cicd.produce import conventions, eject
from cicd.produce.generated.plan import TOOLS
from tests.static.support.kit import ROOT
from tests.static.test_linters import BIN, LINTERS

if TYPE_CHECKING:
    from pathlib import Path

PACKAGING = ROOT / "tests" / "fixtures" / "packaging"
LOCK = re.compile(r"^([a-z0-9-]+)(\[[a-z0-9,-]+\])?==", re.MULTILINE)


OF_THE_RELEASE = ("--ignore", "DL3003", "--ignore", "DL3045")
"""Rules about a working directory: an image made from the release has that of the release."""


def hadolint(*words: Path | str) -> str:
    command = [str(BIN / "hadolint"), *LINTERS["hadolint"].command.split()[1:], *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.fixture(autouse=True)
def no_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ML_CICD_BASE", raising=False)


@pytest.mark.parametrize("tool", sorted(folder.name for folder in PACKAGING.iterdir()))
def test_written_dockerfiles_pass_hadolint(tool: str, tmp_path: Path) -> None:
    project = tmp_path / tool
    shutil.copytree(PACKAGING / tool, project)
    if tool == "uv":  # a lock of uv names package indexes, so none is in the fixture
        (project / "uv.lock").touch()
    files = [project / name for name in eject.write(config.load(project), project) if name.endswith("Dockerfile")]
    assert [file.parent.name for file in files] == ["build", "release"]
    assert hadolint(*files) == ""
    shutil.rmtree(project / "cicd")
    (project / "Dockerfile").write_text("FROM python:3.11\n")
    (tmp_path / "Dockerfile").write_text(conventions.test_image(config.load(project), project).text)
    assert hadolint(*OF_THE_RELEASE, tmp_path / "Dockerfile") == ""


def test_written_dockerfiles_of_packages_pass_hadolint(tmp_path: Path) -> None:
    project = tmp_path / "hatch"
    shutil.copytree(PACKAGING / "hatch", project)
    packages = config.parse('name = "app"\n[deliverables.app]\nkind = "package"\n')
    (project / "Dockerfile.wheels").write_text(conventions.wheels(packages, project).text)
    (project / "Dockerfile.release").write_text(conventions.release(packages, project).text)
    assert hadolint(project / "Dockerfile.wheels", project / "Dockerfile.release") == ""
    ejected = [project / name for name in eject.write(packages, project) if name.endswith("Dockerfile")]
    assert hadolint(*ejected) == ""
    assert "FROM ${WHEELS}" in ejected[1].read_text()


def test_a_bad_dockerfile_is_found(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:latest\n")
    assert "DL3007" in hadolint(tmp_path / "Dockerfile")


@pytest.mark.parametrize("lock", sorted(TOOLS.glob("*.txt")), ids=lambda lock: lock.stem)
def test_lock_of_tools_has_all_that_is_asked_for(lock: Path) -> None:
    text = lock.read_text()
    asked = [re.split(r"[<>= ]", line)[0] for line in lock.with_suffix(".in").read_text().split("\n") if line]
    assert set(asked) <= {match[1] for match in LOCK.finditer(text)}
    assert len(LOCK.findall(text)) <= text.count("--hash=sha256:")
    assert "://" not in text
