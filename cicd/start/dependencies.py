"""The names of the packages that a project asks for, wherever it declares them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cicd.python_project import declared, packaging
from cicd.python_project.names import normalized

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicd.start.tree import Tree

_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")
_REQUIREMENTS = re.compile(r"(?:^|/)(?:[\w.-]*requirements[\w.-]*|requirements/[\w.-]+|constraints)\.(?:txt|in)$")
_QUOTED = re.compile(r"[\"']([A-Za-z][\w.-]*(?:\[[\w,]+\])?\s*(?:[<>=!~][^\"']*)?)[\"']")


def names(tree: Tree) -> set[str]:
    """Return the names of all packages that the project declares, normalised: lower case, with hyphens (PEP 503).

    Raises:
        UsageError: one of the project's files can't be read.

    """
    files = declared.read(tree.directory)
    return {normalized(match[1]) for text in _declared(tree, files) if (match := _NAME.match(text))}


def of_the_release(tree: Tree) -> set[str]:
    """Return the normalised names of what a release installs: no extras, tests or development dependencies.

    Every name in `setup.py` counts: without running the file, its extras can't be told from the rest.

    Raises:
        UsageError: one of the project's files can't be read.

    """
    files = declared.read(tree.directory)
    return {normalized(match[1]) for text in _installed(tree, files) if (match := _NAME.match(text))}


def _installed(tree: Tree, files: declared.Declared) -> Iterator[str]:
    yield from _requirements(tree, [path for path in tree.paths if not packaging.is_for_development(path)])
    yield from _texts(files.project.get("dependencies"))
    for table in (files.poetry.get("dependencies"), files.pipfile.get("packages")):
        yield from table if isinstance(table, dict) else ()
    yield from files.setup_cfg.get("options", {}).get("install_requires", "").split("\n")
    yield from _QUOTED.findall(tree.text("setup.py"))


def _declared(tree: Tree, files: declared.Declared) -> Iterator[str]:
    yield from _installed(tree, files)
    yield from _requirements(tree, tree.paths)
    for group in _tables(files.project.get("optional-dependencies")):
        yield from _texts(group)
    for group in _tables(files.pyproject.get("dependency-groups")):
        yield from _texts(group)
    pdm, uv = files.tool.get("pdm", {}), files.tool.get("uv", {})
    for group in _tables(pdm.get("dev-dependencies") if isinstance(pdm, dict) else None):
        yield from _texts(group)
    yield from _texts(uv.get("dev-dependencies") if isinstance(uv, dict) else None)
    groups = [files.poetry.get("dev-dependencies"), files.pipfile.get("dev-packages")]
    groups += [group.get("dependencies") for group in _tables(files.poetry.get("group")) if isinstance(group, dict)]
    for group in groups:
        yield from group if isinstance(group, dict) else ()
    for text in files.setup_cfg.get("options.extras_require", {}).values():
        yield from text.split("\n")


def _requirements(tree: Tree, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if _REQUIREMENTS.search(path):
            yield from (line for line in tree.text(path).split("\n") if not line.startswith((" ", "\t", "-", "#")))


def _texts(values: Any) -> Iterable[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _tables(holder: Any) -> list[Any]:
    return list(holder.values()) if isinstance(holder, dict) else []
