"""The oldest pip that is supported installs every lock, on any day.

If a package asks for `other[extra]` and the lock has `other` alone, pip takes the newest version of `other[extra]`, and
refuses it once it is newer than that of the lock.
"""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.static.support.kit import ROOT, tracked

if TYPE_CHECKING:
    from pathlib import Path

OLDEST = "23.0"
"""The pip of Debian 12."""
HASH = re.compile(r"^ +--hash=sha256:", re.MULTILINE)
LOCKS = [str(path.relative_to(ROOT)) for path in tracked("*.txt") if HASH.search(path.read_text())]
INSTALLED = [
    *(f"requirements/{name}.txt" for name in ("bootstrap", "configuration", "signatures", "engine", "yaml")),
    "cicd/start/template/plain/requirements/dev.txt",
]
"""Locks that pip resolves with every package: those of a job's set-up, and one with extras."""
RESOLVE = "uv pip compile --quiet --no-strip-extras --universal --python-version 3.11 --no-annotate --no-header"
PARSE = """
import sys
from pip._internal.network.session import PipSession
from pip._internal.req.constructors import install_req_from_parsed_requirement
from pip._internal.req.req_file import parse_requirements

for lock in sys.argv[1:]:
    lines = [install_req_from_parsed_requirement(line) for line in parse_requirements(lock, PipSession())]
    loose = [line.name for line in lines if not line.is_pinned or not line.has_hash_options]
    print(len(lines), *loose)
"""
"""Print for each lock how many packages the oldest pip finds in it, and those without version or hash."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the oldest pip."""
    folder = tmp_path_factory.mktemp("pip")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), f"pip=={OLDEST}"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def pins(text: str) -> list[str]:
    """Return the lines of a lock that name a package, with its extras, version and condition."""
    return [line.rstrip(" \\") for line in text.splitlines() if line and not line.startswith((" ", "#"))]


@pytest.mark.case("K7", "the oldest pip installs every lock")
@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_every_package_and_extra_that_its_packages_ask_for(lock: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *RESOLVE.split(), lock], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert pins(done.stdout) == pins((ROOT / lock).read_text())


@pytest.mark.case("K7", "the oldest pip installs every lock")
def test_oldest_pip_reads_every_lock(folder: Path) -> None:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{PARSE}", *LOCKS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    counts = [str(len(pins((ROOT / lock).read_text()))) for lock in LOCKS]
    assert dict(zip(LOCKS, done.stdout.splitlines(), strict=True)) == dict(zip(LOCKS, counts, strict=True))


@pytest.mark.case("K7", "the oldest pip installs every lock")
@pytest.mark.parametrize("lock", INSTALLED)
def test_oldest_pip_installs_the_lock(folder: Path, lock: str, tmp_path: Path) -> None:
    options = ["--quiet", "--dry-run", "--ignore-installed", "--require-hashes", "-r", str(ROOT / lock)]
    done = subprocess.run(
        [sys.executable, folder / "pip", "install", *options], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
