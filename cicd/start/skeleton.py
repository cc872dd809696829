"""A new project: the skeleton with its names filled in, as the first commit of a git repository."""

from __future__ import annotations

import keyword
import re
import sys
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING

from cicd import config, git
from cicd.errors import UsageError
from cicd.files import file_errors
from cicd.start import callers
from cicd.start.project import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

LAYERS = {
    Kind.SERVICE: ("common", "model", "service"),
    Kind.BATCH: ("common", "model", "plain", "batch"),
    Kind.PACKAGE: ("common", "plain", "wheels", "package"),
}
"""The folders of the skeleton that make a project of each kind; `parts` holds what several Dockerfiles share.

`beside` holds what a kind adds to `ml-cicd.toml` and to the README, as one of several kinds.

A file of `parts` takes the place of its name. It may name parts that come later in the alphabet.
"""
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
EXECUTABLE = (".sh", "run.py", "run_tests.py")
FIRST_COMMIT = "Make the project"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
_HIDDEN = "dot_"
"""Stands for the dot of a file name: the kit's own git must not take the skeleton's `.gitignore` for its own."""


@dataclass(frozen=True)
class Choices:
    """What a new project is like."""

    name: str
    kind: Kind
    callers: callers.Choices
    python: str = PYTHONS[0]
    approve: bool = field(default=False)
    """Whether approvals are recorded by a workflow."""
    beside: tuple[Kind, ...] = ()
    """What it delivers besides, in the order of `Kind`."""

    @property
    def package(self) -> str:
        """The name by which Python imports the project."""
        return self.name.replace("-", "_")


def check_name(name: str) -> str:
    """Return a name that can be a project's, a package's, an image's and a container's.

    Raises:
        UsageError: it can't be; the message says why.

    """
    problem = ""
    if not _NAME.fullmatch(name) or "--" in name:
        problem = "use lower-case letters, digits and single hyphens; begin with a letter; 2 to 40 characters"
    elif keyword.iskeyword(name.replace("-", "_")) or keyword.issoftkeyword(name):
        problem = "Python uses that word itself"
    elif name.replace("-", "_") in (*sys.stdlib_module_names, "tests", "test", "run"):
        problem = "a module of Python has that name, and the project's package could not be imported"
    if not problem:
        return name
    near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")[:30].strip("-") or "my"
    near = f"{near}-project" if near == name or not _NAME.fullmatch(near) else near
    raise UsageError(f"'{name}' can't be the name of a project: {problem}.", f"For example: --name {near}")


def render(choices: Choices) -> dict[str, str]:
    """Return the files of a new project: path -> text."""
    values = {
        "PYTHON_PACKAGE": choices.package, "PROJECT_NAME": choices.name, "PYTHON_VERSION": choices.python,
        "KIT_REPOSITORY": choices.callers.repository, "INTEGRATION_BRANCH": choices.callers.branches.integration,
        "MAIN_BRANCH": choices.callers.branches.main,
        "JOB_NAME": "batch" if choices.name == "predict" else "predict",  # a package has the project's name
    }  # fmt: skip
    shared = dict(_files(files(__package__) / "template" / "parts"))
    values = {**{name: text.removesuffix("\n") for name, text in shared.items()}, **values}
    result: dict[str, str] = {}
    layers = [*LAYERS[choices.kind], *(("wheels",) if Kind.PACKAGE in choices.beside else ())]
    for layer in layers:
        for path, text in _files(files(__package__) / "template" / layer):
            result[_filled(path, values).replace(_HIDDEN, ".")] = _filled(text, values)
    for path, text in _beside(choices).items():
        result[path] += _filled(text, values)
    for name in callers.ALL if choices.approve else callers.USUAL:
        result[choices.callers.path(name)] = callers.render(name, choices.callers)
    branches = choices.callers.branches
    hooks = " ".join(f"--branch {name}" for name in dict.fromkeys((branches.main, branches.integration)))
    before_commit = ".pre-commit-config.yaml"
    result[before_commit] = result[before_commit].replace("--branch main --branch develop", hooks)
    if branches.trunk:
        result[before_commit] = result[before_commit].replace("main or develop, which pushes and merges move",
                                                              f"{branches.main}, which merges move")  # fmt: skip
    return result


def create(directory: Path, texts: Mapping[str, str], branches: callers.Branches) -> list[str]:
    """Write the files of a new project into `directory`, commit them on the main branch, and return their paths.

    Raises:
        UsageError: the folder is not empty, is in a git repository, or git does not know who commits; nothing was
            written.
        UnreachableError: the disk is full or read-only, or there is no git.

    """
    _check_place(directory)
    with file_errors(f"write {directory}"):
        for path, text in texts.items():
            file = directory / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
            if path.endswith(EXECUTABLE):
                file.chmod(0o755)
    git.output(directory, "init", "--quiet", f"--initial-branch={branches.main}")
    git.output(directory, "add", "--all")
    git.output(directory, "commit", "--quiet", "--no-verify", "--message", FIRST_COMMIT)
    if not branches.trunk:
        git.output(directory, "checkout", "--quiet", "-b", branches.integration)
    return sorted(texts)


def _beside(choices: Choices) -> dict[str, str]:
    """Return what several kinds add to files, by path."""
    folder, kinds = files(__package__) / "template" / "beside", choices.beside
    if choices.kind is Kind.PACKAGE:
        kinds = (Kind.PACKAGE,)
    parts = {config.FILE: "".join((folder / f"{kind}.toml").read_text("utf-8") for kind in kinds)}
    if choices.kind is Kind.SERVICE and kinds:  # the first table of a deliverable would be the release
        parts[config.FILE] = f"\n[service]\n{parts[config.FILE]}"
    if choices.beside:
        parts["README.md"] = "".join((folder / f"{kind}.md").read_text("utf-8") for kind in choices.beside)
    return parts


def _check_place(directory: Path) -> None:
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise UsageError(
            f"{directory} is not empty.",
            "Choose a new folder. To bring the project in it on the road: ml-cicd adopt",
        )
    above = next(folder for folder in (directory, *directory.parents) if folder.is_dir())
    if not git.completed(above, "rev-parse", "--show-toplevel").returncode:
        raise UsageError(
            f"{directory} is inside of a git repository.", "Choose a folder outside: a new project is a repository."
        )
    if git.completed(above, "var", "GIT_COMMITTER_IDENT").returncode:
        raise UsageError(
            "git does not know who commits.",
            "git config --global user.name 'Your Name' && git config --global user.email you@example.org",
        )


def _filled(text: str, values: dict[str, str]) -> str:
    for token, value in values.items():
        text = text.replace(token, value)
    return text


def _files(folder: Traversable, inside: str = "") -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        path = f"{inside}/{entry.name}".lstrip("/")
        if entry.is_dir():
            yield from _files(entry, path) if entry.name != "__pycache__" else ()
        else:
            yield path, entry.read_text("utf-8")
