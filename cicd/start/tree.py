"""The files of a project that git knows or would add: what adopting looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import git

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 1 << 20
"""Bytes of a file that are read; code and settings are smaller."""
ASIDE = frozenset((
    "docs", "doc", "examples", "example", "benchmarks", "node_modules", "site-packages", "vendor", "third_party",
    ".venv", "venv", "env",
))  # fmt: skip
"""Folders that do not say what a project delivers."""


@dataclass(frozen=True)
class Tree:
    """The files of the project in `directory`; paths are below it."""

    directory: Path
    paths: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    """Files that are there and that git ignores, without the contents of ignored folders."""

    def text(self, path: str) -> str:
        """Return the text of a file; empty if it is not there."""
        file = self.directory / path
        if not file.is_file():
            return ""
        with file.open("rb") as stream:
            return stream.read(LIMIT).decode("utf-8", "replace").replace("\r\n", "\n")

    def has(self, path: str) -> bool:
        """Return whether the project has a file of that path."""
        return path in self.paths

    def named(self, *endings: str) -> list[str]:
        """Return the paths that end so, without those that are put aside."""
        return [path for path in self.paths if path.endswith(endings) and not ASIDE & set(path.split("/")[:-1])]


def read(directory: Path) -> Tree:
    """Return the files of the project in `directory`.

    Raises:
        UsageError: it is in no git repository.

    """
    listed = git.output(directory, "ls-files", "-z", "--cached", "--others", "--exclude-standard").decode(
        "utf-8", "surrogateescape"
    )
    paths = sorted({path for path in listed.split("\0") if path and (directory / path).is_file()})
    ignored = git.output(
        directory, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"
    ).decode("utf-8", "surrogateescape")
    return Tree(directory, tuple(paths), tuple(sorted(path for path in ignored.split("\0") if path)))


def hidden(directory: Path, paths: list[str]) -> dict[str, str]:
    """Return which of these paths git ignores, and the rule that says so: path -> `file:line: pattern`.

    Paths that are in the index already count as not ignored.
    """
    process = git.completed(
        directory, "check-ignore", "-z", "--verbose", "--stdin", stdin="\0".join(paths).encode() if paths else b""
    )
    words = process.stdout.decode("utf-8", "replace").split("\0")
    rows = [words[start : start + 4] for start in range(0, len(words) - 3, 4)]
    return {path: f"{source}:{line}: {pattern}" for source, line, pattern, path in rows if not pattern.startswith("!")}
