"""Where a Python project keeps its code, its tests and its notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOT_CODE = frozenset((
    "benchmark", "benchmarks", "bin", "build", "ci", "cicd", "conf", "config", "configs", "data", "deploy",
    "deployment", "dist", "doc", "docs", "dummy_data", "env", "example", "examples", "exploration", "infra", "models",
    "node_modules", "notebook", "notebooks", "reports", "requirements", "resources", "script", "scripts", "static",
    "templates", "test", "testing", "tests", "tools", "venv",
))  # fmt: skip
"""Folders at a project's root that are not packages of it unless they have an `__init__.py` and no other package is."""
NOT_MODULES = frozenset(("conftest", "fabfile", "noxfile", "setup", "tasks", "versioneer"))
TESTS = ("tests", "test")


@dataclass(frozen=True)
class Layout:
    """The code of a project; all paths are below its directory."""

    root: str
    """The folder with the packages: `src`, or empty for the project's own."""
    packages: tuple[str, ...]
    """Names of importable folders in it."""
    modules: tuple[str, ...]
    """Names of modules in it that stand alone."""

    def path(self, name: str) -> str:
        """Return the path of a package or a file in the folder with the packages."""
        return f"{self.root}/{name}" if self.root else name


def find(directory: Path) -> Layout:
    """Return where the project in `directory` keeps its code."""
    if packages := _packages(directory / "src"):
        return Layout("src", packages, _modules(directory / "src"))
    packages = tuple(name for name in _packages(directory) if name not in NOT_CODE)
    modules = tuple(name for name in _modules(directory) if name not in NOT_MODULES and not name.startswith("test_"))
    if not packages and not modules:  # `models` or `tools` may be all that there is
        packages = tuple(name for name in _packages(directory) if name not in (*TESTS, "docs", "notebooks"))
    return Layout("", packages, modules)


def tests(directory: Path) -> str:
    """Return the folder with the tests, below `directory`; empty where there is none."""
    candidates = (*TESTS, *(f"src/{name}" for name in TESTS))
    return next((name for name in candidates if any(_python_files(directory / name))), "")


def _packages(folder: Path) -> tuple[str, ...]:
    """Return the folders that can be imported: with an `__init__.py`, or with modules and a name that Python takes."""
    if not folder.is_dir():
        return ()
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and entry.name.isidentifier())
    regular = [name for name in names if (folder / name / "__init__.py").is_file()]
    loose = [name for name in names if name not in (*regular, *NOT_CODE) and any((folder / name).glob("*.py"))]
    return tuple(sorted((*regular, *loose)))


def _modules(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in folder.glob("*.py") if file.stem.isidentifier()))


def _python_files(folder: Path) -> Iterator[Path]:
    return folder.rglob("*.py") if folder.is_dir() else iter(())
