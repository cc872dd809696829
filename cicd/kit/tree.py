"""The files of a commit of the kit, and what distinguishes the tree of a release from the tree of its source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import freeze
from cicd.act import requirements, workflows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.repository import Repository

_PINNED = re.compile(r"[\w.-]+(?:/[\w.-]+)+@(?:[0-9a-f]{40}|[0-9a-f]{64})|docker://\S+@sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class File:
    """A file of a commit: its mode and its object; the text only of workflows and actions."""

    mode: str
    identity: str
    text: str = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a file of a release; `line` is 0 where the whole file is meant."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        """Return the place and the problem."""
        return f"{self.path}{f':{self.line}' if self.line else ''}: {self.text}"


def read(repository: Repository, commit: str) -> dict[str, File]:
    """Return the files of a commit by path."""
    listing = repository.git("ls-tree", "-r", "-z", "--full-tree", commit).split("\0")
    parts = [entry.partition("\t") for entry in listing if entry]
    entries = {path: (words.split()[0], words.split()[2]) for words, _, path in parts}
    formed = [path for path in entries if freeze.has_released_form(path)]
    contents = zip(formed, repository.read([entries[path][1] for path in formed]), strict=True)
    texts = {path: (content or b"").decode(errors="surrogateescape") for path, content in contents}
    return {path: File(mode, identity, texts.get(path, "")) for path, (mode, identity) in entries.items()}


def named(release: Mapping[str, File]) -> str:
    """Return the repository whose actions the workflows of a release use; empty if they use none of its actions."""
    used = (pair for file in release.values() for pair in freeze.released_names(file.text))
    return next((name for name, action in used if f"actions/{action}/action.yml" in release), "")


def problems(
    source: Mapping[str, File], release: Mapping[str, File], owner_and_name: str, ref: str
) -> tuple[Problem, ...]:
    """Return every way in which a release is not the released form of its source, and everything that floats.

    `owner_and_name` is the repository that the release must name, and `ref` the commit: that of the source.
    """
    found = [*_differences(source, release, owner_and_name, ref)]
    places = {(problem.path, problem.line) for problem in found}
    found += [problem for problem in _floating(release) if (problem.path, problem.line) not in places]
    return tuple(sorted(found, key=lambda problem: (problem.path, problem.line)))


def _differences(
    source: Mapping[str, File], release: Mapping[str, File], owner_and_name: str, ref: str
) -> Iterator[Problem]:
    for path in sorted(source.keys() | release.keys()):
        before, after = source.get(path), release.get(path)
        if after is None:
            yield Problem(path, 0, "is in the source commit, and not in the release")
        elif before is None:
            yield Problem(path, 0, "is in the release, and not in the source commit")
        elif before.mode != after.mode:
            yield Problem(path, 0, f"has the mode {after.mode}, and {before.mode} in the source commit")
        elif not freeze.has_released_form(path):
            if before.identity != after.identity:
                yield Problem(path, 0, "has another content than in the source commit")
        elif (expected := freeze.release_form(before.text, owner_and_name, ref)) != after.text:
            yield _first_difference(path, expected, after.text)
        elif path.startswith("actions/") and before.text != after.text:
            yield Problem(path, 0, "names a sibling; an action of a release is the same file as in its source commit")


def _first_difference(path: str, expected: str, text: str) -> Problem:
    wanted, given = expected.split("\n"), text.split("\n")
    for number, (want, got) in enumerate(zip(wanted, given, strict=False), 1):
        if want != got:
            return Problem(path, number, f"has '{got.strip()}', and freeze makes '{want.strip()}'")
    return Problem(path, min(len(wanted), len(given)) + 1, "ends elsewhere than what freeze makes")


def _floating(release: Mapping[str, File]) -> Iterator[Problem]:
    for path, file in release.items():
        if file.text:
            for used in requirements.uses(workflows.document(path, file.text)):
                if not _PINNED.fullmatch(used):
                    lines = file.text.split("\n")
                    number = next((number for number, line in enumerate(lines, 1) if used in line), 0)
                    yield Problem(path, number, f"'{used}' is not pinned to a full commit SHA")
