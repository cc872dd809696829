"""Every lock that pip installs is installed by the oldest pip that is supported, on any day."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from pathlib import Path

OLDEST = "23.0"
"""The pip of Debian 12."""
LOCKS = [
    *(f"requirements/{name}.txt" for name in ("bootstrap", "configuration", "signatures", "engine", "yaml")),
    *(f"example_project/requirements/{name}.txt" for name in ("tools", "dev", "workbench", "tracking")),
]
WITH_EXTRAS = re.compile(r"^([A-Za-z0-9._-]+)\s*\[([^\]]+)\]")


@pytest.fixture(scope="module")
def pip(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the command of the oldest pip."""
    folder = tmp_path_factory.mktemp("pip")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), f"pip=={OLDEST}"]
    subprocess.run(command, check=True, capture_output=True)
    return [sys.executable, str(folder / "pip")]


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def extras(requirement: str) -> tuple[str, set[str]]:
    """Return the package of a requirement, and the extras that it asks for."""
    match = WITH_EXTRAS.match(requirement)
    return (normalized(match[1]), {extra.strip() for extra in match[2].split(",")}) if match else ("", set())


@pytest.mark.parametrize("lock", LOCKS)
def test_oldest_pip_installs_the_lock(pip: list[str], lock: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [
        *pip,
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--require-hashes",
        "--report",
        str(report),
    ]
    done = subprocess.run([*command, "-r", ROOT / lock], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    installed = [package["metadata"] for package in json.loads(report.read_text())["install"]]
    locked = dict(extras(line) for line in (ROOT / lock).read_text().splitlines())
    names = {normalized(package["name"]) for package in installed}
    for package in installed:
        for requirement in package.get("requires_dist", []):
            name, asked = extras(requirement)
            if name in names and "extra ==" not in requirement:
                assert asked <= locked.get(name, set()), f"{package['name']} asks for {requirement}"
