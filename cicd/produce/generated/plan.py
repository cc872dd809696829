"""What a generated build must know about a project, found from its files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import UsageError
from cicd.python_project import Packaging, Tool, declared, detect, indexes, layout

if TYPE_CHECKING:
    from cicd.python_project.declared import Declared
    from cicd.python_project.layout import Layout

TOOLS = Path(__file__).parent / "tools"
"""The locks of what builds: `<tool>.txt`, with hashes."""
LOCK_OF = {Tool.POETRY: "poetry", Tool.PDM: "pdm", Tool.PIPENV: "pipenv"}
DESCRIPTIONS = ("README", "LICENSE", "LICENCE", "COPYING", "NOTICE", "MANIFEST.in")
"""Beginnings of the names of files that a package's description may need."""


@dataclass(frozen=True)
class Plan:
    """Everything that the generated Dockerfiles depend on."""

    packaging: Packaging
    layout: Layout
    locked_from: tuple[str, ...]
    """The files from which the packages to install are worked out; `.` where only the whole project tells."""
    skeleton: tuple[str, ...]
    """The files that describe the package: what installs it in place needs no other."""
    secrets: tuple[str, ...] = ()
    """Names of the secrets that package indexes need."""
    indexes: tuple[str, ...] = ()
    """Options of the installer that name the project's package indexes."""

    @property
    def tools(self) -> Path:
        """The lock of the tools that build."""
        return tools_of(self.packaging.tool)

    @property
    def tools_hash(self) -> str:
        """SHA-256 of the tools' lock, in hexadecimal."""
        return hash_of(self.tools)


def tools_of(tool: Tool | None) -> Path:
    """Return the lock of the tools that build a project of a packaging tool."""
    return TOOLS / f"{LOCK_OF.get(tool, 'uv') if tool else 'uv'}.txt"


def hash_of(lock: Path) -> str:
    """Return the SHA-256 of a lock, in hexadecimal."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def plan(directory: Path, secrets: tuple[str, ...] = ()) -> Plan:
    """Return the plan of the project in `directory`; `secrets` are names of secrets that package indexes need.

    Raises:
        UsageError: no packaging tool's file is there, no code, or the kit makes no build for the tool.

    """
    packaging, code = detect(directory), layout.find(directory)
    if packaging is None:
        raise UsageError(
            f"There is no Dockerfile in {directory}, and no file that says which packages the project needs.",
            "Add requirements.txt or pyproject.toml, or write cicd/build/Dockerfile and cicd/release/Dockerfile.",
        )
    if not packaging.backend and not (code.packages or code.modules):
        raise UsageError(
            f"There is no Python code in {directory}.", "Move it to src, or to a folder with an __init__.py."
        )
    files = declared.read(directory)
    everything = packaging.tool is Tool.PYPROJECT and _is_dynamic(files)
    return Plan(
        packaging, code, (".",) if everything else packaging.files, _skeleton(directory, files, code), secrets,
        indexes.options(files, packaging.files, secrets),
    )  # fmt: skip


def _is_dynamic(files: Declared) -> bool:
    """Return whether only the build backend can tell the dependencies."""
    dynamic = files.project.get("dynamic", [])
    return not files.project or "dependencies" in dynamic or "optional-dependencies" in dynamic


def _skeleton(directory: Path, files: Declared, code: Layout) -> tuple[str, ...]:
    """Return the files that the build backend reads to describe the package."""
    described = [name for name in ("pyproject.toml", "setup.py", "setup.cfg") if files.has(name)]
    texts = sorted(file.name for file in directory.iterdir() if file.is_file() and file.name.startswith(DESCRIPTIONS))
    packages = [code.path(f"{name}/__init__.py") for name in code.packages]
    modules = [code.path(f"{name}.py") for name in code.modules]
    named = [*_files_named(files.pyproject)]
    return tuple(dict.fromkeys(
        name for name in (*described, *texts, *packages, *modules, *named) if (directory / name).is_file()
    ))  # fmt: skip


def _files_named(value: object) -> list[str]:
    """Return every text in `pyproject.toml` that may be the path of a file, such as a version file or a readme."""
    if isinstance(value, str):
        return [value] if 0 < len(value) < 200 and "\n" not in value and not value.startswith("/") else []  # noqa: PLR2004
    if isinstance(value, dict):
        return [name for item in value.values() for name in _files_named(item)]
    return [name for item in value for name in _files_named(item)] if isinstance(value, list) else []
