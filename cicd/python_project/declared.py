"""Reading the files in which Python projects declare themselves; a file that is not there declares nothing."""

from __future__ import annotations

import configparser
import posixpath
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.errors import UsageError
from cicd.files import utf8

if TYPE_CHECKING:
    from pathlib import Path

_ASKED = re.compile(r"^\s*(?:-r|--requirement)[ =]?\s*(\S+)")


@dataclass(frozen=True)
class Declared:
    """The tables of a project's `pyproject.toml`, `setup.cfg` and `Pipfile`."""

    directory: Path
    pyproject: dict[str, Any]
    setup_cfg: dict[str, dict[str, str]]
    pipfile: dict[str, Any]

    @property
    def project(self) -> dict[str, Any]:
        """The table `[project]` of `pyproject.toml`."""
        return _table(self.pyproject, "project")

    @property
    def poetry(self) -> dict[str, Any]:
        """The table `[tool.poetry]` of `pyproject.toml`."""
        return _table(self.tool, "poetry")

    @property
    def tool(self) -> dict[str, Any]:
        """The table `[tool]` of `pyproject.toml`."""
        return _table(self.pyproject, "tool")

    @property
    def backend(self) -> str:
        """The build backend; empty for a directory that is no package."""
        system = _table(self.pyproject, "build-system")
        if system:
            return str(system.get("build-backend", "setuptools.build_meta:__legacy__"))
        is_package = bool(self.project) or self.has("setup.py") or "metadata" in self.setup_cfg
        return "setuptools.build_meta:__legacy__" if is_package else ""

    def has(self, name: str) -> bool:
        """Return whether the project has a file of that name at its root."""
        return (self.directory / name).is_file()


def read(directory: Path) -> Declared:
    """Return what the project in `directory` declares.

    Raises:
        UsageError: one of its files can't be read; the message names it and the place.

    """
    return Declared(
        directory, _toml(directory / "pyproject.toml"), _ini(directory / "setup.cfg"), _toml(directory / "Pipfile")
    )


def requirement_files(directory: Path, name: str) -> list[str]:
    """Return a requirements file and those that it names with `-r`, each once, as paths below `directory`."""
    waiting, read_ones = [name], []
    while waiting:
        current = waiting.pop(0)
        file = directory / current
        if current in read_ones or not file.is_file():
            continue
        read_ones.append(current)
        folder = current.rpartition("/")[0]
        names = [match[1] for match in map(_ASKED.match, utf8(file.read_bytes(), current).split("\n")) if match]
        waiting += [posixpath.normpath(posixpath.join(folder, name)) for name in names]
    return read_ones


def _toml(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(utf8(file.read_bytes(), file.name))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file.name} is not valid TOML: {error}", "Correct that line.") from error


def _ini(file: Path) -> dict[str, dict[str, str]]:
    if not file.is_file():
        return {}
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(utf8(file.read_bytes(), file.name), file.name)
    except configparser.Error as error:
        raise UsageError(f"{file.name} can't be read: {error}", "Correct that line.") from error
    return {name: dict(section) for name, section in parser.items() if name != "DEFAULT"}


def _table(holder: dict[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}
