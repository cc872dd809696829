"""Which tool packages a Python project, and what it gives to the release and to the tests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cicd.errors import UsageError
from cicd.files import utf8
from cicd.python_project import declared, python_version

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cicd.python_project.declared import Declared
    from cicd.python_project.python_version import Asked

DEVELOPMENT = ("dev", "develop", "development", "test", "tests", "testing")
"""Names of dependency groups and extras whose packages the tests need."""
NOT_FROM_PYPI = {
    "conda": ("environment.yml", "environment.yaml", "conda-lock.yml"),
    "pixi": ("pixi.lock", "pixi.toml"),
}


class Tool(StrEnum):
    """A packaging tool, by the file that decides: its lock, else what the project declares."""

    UV = "uv"
    POETRY = "poetry"
    PDM = "pdm"
    PIPENV = "pipenv"
    PIP_TOOLS = "pip-tools"
    REQUIREMENTS = "requirements"
    PYPROJECT = "pyproject"
    """A package (setuptools, hatch, flit and other backends) whose dependencies nothing locks."""


@dataclass(frozen=True)
class Packaging:
    """How a project is packaged. Paths are below the project's directory."""

    tool: Tool
    lock: str
    """The file whose packages the release installs; empty where nothing locks them."""
    hashed: bool
    """Whether the lock holds the packages' hashes."""
    files: tuple[str, ...]
    """Every file that decides which packages are installed."""
    development_files: tuple[str, ...]
    """Requirements files that only the tests need."""
    groups: tuple[str, ...]
    """Dependency groups that the tests need."""
    extras: tuple[str, ...]
    """Extras of the package that the tests need; `*` where only the package's own code (`setup.py`) names them."""
    backend: str
    """The build backend; empty for a directory that is no package."""
    python: Asked
    left_aside: tuple[str, ...]
    """Files of other tools, which do not count."""


def detect(directory: Path) -> Packaging | None:
    """Return how the project in `directory` is packaged; None where no file of a packaging tool is there.

    A lock counts before what is only declared, and a tool's own lock before a requirements file.

    Raises:
        UsageError: a file can't be read, or a tool is used for which the kit makes no build.

    """
    files = declared.read(directory)
    locks = {
        Tool.UV: "uv.lock" if files.has("uv.lock") else "",
        Tool.POETRY: "poetry.lock" if files.has("poetry.lock") else "",
        Tool.PDM: "pdm.lock" if files.has("pdm.lock") else "",
        Tool.PIPENV: "Pipfile.lock" if files.has("Pipfile.lock") else "",
    }
    requirements = _requirements(directory)
    for tool, lock in locks.items():
        if lock:
            aside = [other for other in (*locks.values(), requirements) if other and other != lock]
            return _packaging(files, tool, lock, hashed=True, aside=aside)
    _refuse_other_tools(files, has_requirements=bool(requirements))
    if unlocked := _unlocked(files):
        raise UsageError(f"{unlocked[0]} is not locked.", f"Run '{unlocked[1]}' and commit {unlocked[2]}.")
    if requirements:
        text = utf8((directory / requirements).read_bytes(), requirements)
        compiled = (directory / requirements).with_suffix(".in").is_file() or "pip-compile" in text
        tool = Tool.PIP_TOOLS if compiled else Tool.REQUIREMENTS
        return _packaging(files, tool, requirements, hashed="--hash=" in text)
    return _packaging(files, Tool.PYPROJECT, "", hashed=False) if files.backend else None


def _packaging(files: Declared, tool: Tool, lock: str, *, hashed: bool, aside: Iterable[str] = ()) -> Packaging:
    by_requirements = tool in (Tool.REQUIREMENTS, Tool.PIP_TOOLS)
    development = _development_files(files.directory, lock) if tool in (*_BY_FILES, Tool.PYPROJECT) else ()
    chosen = declared.requirement_files(files.directory, lock) if by_requirements else [lock] if lock else []
    more = [name for file in development for name in declared.requirement_files(files.directory, file)]
    described = [name for name in ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile") if files.has(name)]
    return Packaging(
        tool, lock, hashed, tuple(dict.fromkeys((*described, *chosen, *more))), development,
        _groups(files, tool), _extras(files), files.backend, python_version.asked(files), tuple(aside),
    )  # fmt: skip


_BY_FILES = (Tool.REQUIREMENTS, Tool.PIP_TOOLS)
_PLACES = ("requirements.txt", "requirements/default.txt", "requirements/base.txt", "requirements/prod.txt",
           "requirements/production.txt", "requirements/main.txt", "requirements/requirements.txt")  # fmt: skip


def _requirements(directory: Path) -> str:
    """Return the requirements file of the release; empty where there is none at a usual place."""
    return next((name for name in _PLACES if (directory / name).is_file()), "")


def _development_files(directory: Path, lock: str) -> tuple[str, ...]:
    """Return the requirements files whose names say that the tests need them."""
    candidates = [*directory.glob("*requirements*.txt"), *directory.glob("requirements/*.txt")]
    names = sorted(file.relative_to(directory).as_posix() for file in candidates if file.is_file())
    return tuple(name for name in names if name != lock and is_for_development(name))


def is_for_development(path: str) -> bool:
    """Return whether the name of a requirements file says that only tests and development need it."""
    words = path.lower().replace("/", ".").replace("-", ".").replace("_", ".").split(".")
    return not {*words}.isdisjoint(DEVELOPMENT)


def _groups(files: Declared, tool: Tool) -> tuple[str, ...]:
    """Return the dependency groups that the tests need, in the order of the file."""
    standard = files.pyproject.get("dependency-groups", {})
    tables = {
        Tool.POETRY: files.poetry.get("group", {}),
        Tool.PDM: files.tool.get("pdm", {}).get("dev-dependencies", {}),
        Tool.UV: {"dev": ()} if files.tool.get("uv", {}).get("dev-dependencies") else {},
    }
    if tool is Tool.PIPENV:
        return ("dev",) if files.pipfile.get("dev-packages") else ()
    names = [*standard, *tables.get(tool, {})]
    if tool is Tool.POETRY and files.poetry.get("dev-dependencies"):
        names.append("dev")
    return tuple(dict.fromkeys(name for name in names if name.lower() in DEVELOPMENT))


def _extras(files: Declared) -> tuple[str, ...]:
    """Return the extras of the package that the tests need."""
    if files.has("setup.py") and not files.project and "options" not in files.setup_cfg:
        return ("*",)
    declared_extras = [
        *files.project.get("optional-dependencies", {}),
        *files.poetry.get("extras", {}),
        *files.setup_cfg.get("options.extras_require", {}),
    ]
    return tuple(dict.fromkeys(name for name in declared_extras if name.lower() in DEVELOPMENT))


def _unlocked(files: Declared) -> tuple[str, str, str] | None:
    """Return what is not locked, the command that locks it, and the lock; None where the tool needs no lock."""
    if files.has("Pipfile"):
        return "Pipfile", "pipenv lock", "Pipfile.lock"
    if files.poetry.get("dependencies") and not files.project.get("dependencies"):
        return "The table [tool.poetry] in pyproject.toml", "poetry lock", "poetry.lock"
    return None


def _refuse_other_tools(files: Declared, *, has_requirements: bool) -> None:
    """Raise for a project that only conda or pixi installs."""
    if has_requirements or files.backend:
        return
    for tool, names in NOT_FROM_PYPI.items():
        for name in filter(files.has, names):
            raise UsageError(
                f"The project is installed by {tool} ({name}), for which the kit makes no build.",
                "Write cicd/build/Dockerfile and cicd/release/Dockerfile with that tool, or list the packages from "
                "PyPI in requirements.txt.",
            )
