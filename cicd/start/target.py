"""The kit to which a project is upgraded: this one, or a tag or commit of its clone."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import files, freeze, git, scratch
from cicd.errors import UnreachableError, UsageError
from cicd.kit import changelog, versions
from cicd.start import generated
from cicd.start.base import File, Version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.start.generated import Answers

SURROUNDINGS = ("HOME", "LD_LIBRARY_PATH", "PATH", "TMPDIR")
"""The variables that another version of the kit gets; a token is not among them."""
PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Kit:
    """A version of the kit: its number, its changelog and its files."""

    version: Version
    changes: str
    """The text of its changelog; empty where it has none."""
    folder: Path | None = None
    """Where its files are; None for the kit that runs this command."""

    def generate(self, answers: Answers) -> dict[str, File]:
        """Return the files that this version generates: path -> file.

        Raises:
            UsageError: this version can't generate files from answers.

        """
        if self.folder is None:
            return {path: File(generated.mode(path), text) for path, text in generated.texts(answers).items()}
        surroundings = {name: os.environ[name] for name in SURROUNDINGS if name in os.environ}
        surroundings |= {"PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
        process = subprocess.run(
            [sys.executable, "-m", "cicd.start.generated"], input=json.dumps(generated.to_data(answers)),
            cwd=self.folder, env=surroundings, capture_output=True, encoding="utf-8",
            check=False,
        )  # fmt: skip
        if process.returncode:
            words = process.stderr.strip().rpartition("\n")[2]
            raise UsageError(
                f"ml-cicd {self.version} can't generate the files of this project: {words}",
                f"Install it, then run its own upgrade: git -C {PACKAGE.parent} checkout {self.version}, then "
                "ml-cicd upgrade. Versions from before ml-cicd upgrade can't be upgraded to.",
            )
        return {path: File(*entry) for path, entry in json.loads(process.stdout).items()}


def installed() -> Version:
    """Return the version of the kit that this package is in."""
    root = PACKAGE.parent
    if not (root / ".git").exists() or not git.query(root, "rev-parse", "--verify", "--quiet", "HEAD"):
        return Version()
    return _version(root, "HEAD")


@contextlib.contextmanager
def at(ref: str = "") -> Iterator[Kit]:
    """Yield the kit at a tag or commit of its clone, fetched if the clone lacks it; this kit if `ref` is empty.

    Raises:
        UsageError: there is no such tag or commit, or this package is in no clone of the kit.
        UnreachableError: the clone lacks it, and its remote does not answer.

    """
    if not ref:
        file = PACKAGE.parent / changelog.FILE
        yield Kit(installed(), file.read_text("utf-8") if file.is_file() else "")
        return
    root = freeze.kit_root()
    commit = _commit(root, ref)
    with scratch.folder("upgrade") as place:
        folder = Path(place)
        files.unpack(git.output(root, "archive", "--format=tar", commit), folder)
        file = folder / changelog.FILE
        yield Kit(_version(root, commit), file.read_text("utf-8") if file.is_file() else "", folder)


def _commit(root: Path, ref: str) -> str:
    """Return the commit of a tag or commit of the kit, after fetching it where that is needed."""
    name = f"{ref}^{{commit}}"
    present = git.query(root, "rev-parse", "--verify", "--quiet", name)
    if present and not versions.MOVING.fullmatch(ref):
        return present
    tag = f"refs/tags/{ref}"
    try:
        if not git.completed(root, "fetch", "--quiet", "--no-tags", "origin", f"+{tag}:{tag}").returncode or present:
            return git.text(root, "rev-parse", "--verify", name)
        git.output(root, "fetch", "--quiet", "origin", ref)
        return git.text(root, "rev-parse", "--verify", name)
    except UsageError as error:
        raise UsageError(
            f"The clone of the kit in {root} has no tag and no commit {ref}, and its remote gave none.",
            f"To see the releases: git -C {root} ls-remote --tags origin 'v*'",
        ) from error
    except UnreachableError as error:
        raise UnreachableError(
            f"The clone of the kit in {root} has no tag and no commit {ref}. {error.message}", error.hint
        ) from error


def _version(root: Path, commit: str) -> Version:
    """Return the version of a commit of the kit: a release, or the source that one froze, which generates the same."""
    name = git.text(root, "rev-parse", f"{commit}^{{commit}}")
    form = "%(refname:short) %(objectname) %(*objectname)", "%(refname:short) %(parent) %(*parent)"
    for columns in form:
        rows = [row.split() for row in git.lines(root, "for-each-ref", f"--format={columns}", "refs/tags/v*")]
        if tag := versions.newest(versions.of_tags(row[0] for row in rows if name in row[1:])):
            return Version(str(tag), name)
    return Version("", name)
