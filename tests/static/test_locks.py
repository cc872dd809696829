"""Lock files pin every package by version and hash, match their sources, and name no registry."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.static.support.kit import ROOT, tracked

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = tracked("requirements/*.in", "example_project/requirements/*.in")
NPM_LOCK = ROOT / "tests" / "static" / "node" / "package-lock.json"
PACKAGE = re.compile(r"^([A-Za-z0-9][\w.-]*)", re.MULTILINE)
LOCKED = re.compile(
    r"^([a-z0-9][a-z0-9-]*)(?:\[[a-z0-9, -]+\])?==[^\s;]+(?: ; [^\\]+)? \\$"
    r"((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+)",
    re.MULTILINE,
)


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(source: Path) -> set[str]:
    """Return the packages that a source file names, also through `-r`."""
    text = source.read_text()
    names = {normalized(name) for name in PACKAGE.findall(text)}
    return names.union(*(wanted(source.parent / other) for other in re.findall(r"^-r (\S+\.in)$", text, re.MULTILINE)))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_lock_holds_what_its_source_names(source: Path) -> None:
    text = source.with_suffix(".txt").read_text()
    locked = {match[0] for match in LOCKED.findall(text)}
    assert wanted(source) <= locked
    packages = {re.split(r"\[|==", line)[0] for line in text.splitlines() if line and not line.startswith((" ", "#"))}
    assert packages == locked, "a package without version or hash"
    assert "://" not in text


def test_npm_lock_is_in_sync() -> None:
    package, lock = (json.loads((NPM_LOCK.parent / name).read_text()) for name in ("package.json", "package-lock.json"))
    root, *others = lock["packages"].values()
    assert root["dependencies"] == package["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["dependencies"].values())
    assert all(other["integrity"].startswith("sha512-") and "resolved" not in other for other in others)


def test_no_file_names_a_machine_path() -> None:
    machine = re.compile(rb"/wor[k]/(?:main|shared)|/tmp/spik[e]|/Users/\w|/home/[a-z]+/(?!\.)")
    if len(ROOT.parts) > 2:
        machine = re.compile(machine.pattern + b"|" + re.escape(str(ROOT).encode()) + rb"\b")
    machine_paths = {
        str(path.relative_to(ROOT)): match[0] for path in tracked() if (match := machine.search(path.read_bytes()))
    }
    assert machine_paths == {}


def test_no_configuration_names_a_package_registry() -> None:
    registry = re.compile(r"--(extra-)?index-url|--find-links|^ *(index-url|registry) *=|\"resolved\":", re.MULTILINE)
    files = tracked(
        "*.txt", "*.in", "*.toml", "*.cfg", "*.ini", "*.sh", "*Dockerfile", "*.json", "*.yml", "Makefile", "*.npmrc"
    )
    assert [str(path.relative_to(ROOT)) for path in files if registry.search(path.read_text())] == []


def test_no_file_names_the_host_of_a_package_registry() -> None:
    """The ordinary clients know where to go, and a mirror may stand in."""
    host = re.compile(rb"\b(?:pyp[i]|debia[n]|npmj[s])\.(?:org|com)\b|\bpythonhoste[d]\.")
    hosts = {str(path.relative_to(ROOT)): match[0] for path in tracked() if (match := host.search(path.read_bytes()))}
    assert hosts == {}
