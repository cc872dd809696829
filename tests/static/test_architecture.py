"""docs/architecture.md names what exists: every path, and every module, function and class of the package."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.static.support.kit import ROOT, tracked

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "architecture.md"
PACKAGE = ROOT / "cicd"
FENCE = re.compile(r"```.*?```", re.DOTALL)
NAMES = sorted(set(re.findall(r"`([^`\n]+)`", FENCE.sub("", PAGE.read_text("utf-8")))))
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
FILE = re.compile(r"(?:[\w.-]+/)+[\w.-]*|[\w.-]+\.(?:py|toml|yml|md|json|txt)")
FILE_NAMES = {path.name for path in tracked()} | {"metadata.json"}
"""`metadata.json` is in a bundle, which training writes."""


def defined(module: Path) -> set[str]:
    """Return what a module defines or imports at its top level, and `Class.attribute` of its classes."""
    names: set[str] = set()
    for node in ast.parse(module.read_text("utf-8")).body:
        names.update(_names(node))
        if isinstance(node, ast.ClassDef):
            names.update(f"{node.name}.{name}" for inner in node.body for name in _names(inner))
    return names


def _names(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=imported) | ast.ImportFrom(names=imported):
            return [alias.asname or alias.name for alias in imported]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def resolves(name: str) -> bool:
    """Whether a dotted name is a module of the package, or something that a module defines."""
    parts = name.split(".")
    place = PACKAGE
    while parts and (place / parts[0]).is_dir():
        place /= parts.pop(0)
    if parts and (place / f"{parts[0]}.py").is_file():
        place /= f"{parts.pop(0)}.py"
    elif place != PACKAGE:
        place /= "__init__.py"
    return not parts or (place.is_file() and ".".join(parts) in defined(place))


def exists(name: str) -> bool:
    """Whether a name of the page that is a path or a dotted name exists; other words always do."""
    if FILE.fullmatch(name):
        return (ROOT / name).exists() if "/" in name else name in FILE_NAMES
    return not DOTTED.fullmatch(name) or resolves(name)


@pytest.mark.parametrize("name", NAMES)
def test_names_on_the_page_exist(name: str) -> None:
    assert exists(name)


@pytest.mark.parametrize(
    "name",
    [
        "cicd/nowhere", "cicd/road/nowhere.py", "nowhere.py", "road.nowhere", "road.verification.nowhere",
        "nowhere.verify", "deploy.target.Target.nowhere", "ledger.nowhere", "cicd.road",
    ],
)  # fmt: skip
def test_missing_names_are_found(name: str) -> None:
    assert not exists(name)


def layers_of_the_page() -> list[set[str]]:
    """Return the modules of each layer, as the page's table shows them."""
    layers: list[set[str]] = []
    for number, name in re.findall(r"^\| (\d*) ?\| `cicd/(\w+)[`.]", PAGE.read_text("utf-8"), re.MULTILINE):
        if number:
            layers.append(set())
        layers[-1].add(name)
    return layers


def test_map_shows_the_held_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (contract,) = [contract for contract in contracts if contract["type"] == "layers"]
    assert layers_of_the_page() == [set(layer.split(" | ")) for layer in contract["layers"]]


def test_map_names_every_module() -> None:
    inside = {path.relative_to(PACKAGE).parts[0] for path in tracked("cicd/*.py")} - {"__init__.py"}
    assert {name for name in inside if f"cicd/{name}" not in NAMES} == set()


def test_map_names_every_folder() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in tracked() if len(path.relative_to(ROOT).parts) > 1}
    shown = {name.split("/")[0] for name in NAMES}
    assert folders - {".ci"} <= shown
