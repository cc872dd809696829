"""The commit of a release: made from its source alone, so that anybody gets the same commit again.

Its message names the version, the source, and the release before with its commit: so each release is recorded in the
next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import freeze, git, scratch
from cicd.errors import RefusedError
from cicd.kit import tree, versions
from cicd.repository import SNAPSHOT

if TYPE_CHECKING:
    from cicd.kit.versions import Version
    from cicd.repository import Repository

NOBODY = "ml-cicd"
ADDRESS = "release@ml-cicd.invalid"
"""The author of every release: the commit depends on nobody's name."""
_SUBJECT = re.compile(r"Release (v\S+)")
_PREVIOUS = re.compile(r"Previous: (v\S+) ([0-9a-f]{40,64})")


@dataclass(frozen=True)
class Release:
    """What the commit of a release says. `previous` is the release before it and its commit, if there is one."""

    commit: str
    version: Version
    parents: tuple[str, ...]
    previous: tuple[Version, str] | None = None


def parse(commit: str, content: str) -> Release | None:
    """Return the release in the content of a commit object; None if the commit is none."""
    head, _, message = content.partition("\n\n")
    subject, *body = message.split("\n")
    tag = _SUBJECT.fullmatch(subject)
    if not tag or not (named := versions.of_tags([tag[1]])):
        return None
    before = next((match for line in body if (match := _PREVIOUS.fullmatch(line))), None)
    previous = [(version, before[2]) for version in versions.of_tags([before[1]])] if before else []
    parents = tuple(line.removeprefix("parent ") for line in head.split("\n") if line.startswith("parent "))
    return Release(commit, named[0], parents, previous[0] if previous else None)


def tagged(repository: Repository) -> dict[Version, str]:
    """Return the commit that each version's tag names at the remote, the oldest version first."""
    prefix = f"{SNAPSHOT}/tags/"
    tags = repository.git("for-each-ref", "--format=%(refname)", f"{prefix}v*").split("\n")
    known = versions.of_tags(tag.removeprefix(prefix) for tag in tags)
    commits = ((version, repository.tag(str(version))) for version in known)
    return {version: commit for version, commit in commits if commit}


def read(repository: Repository, commit: str) -> Release | None:
    """Return the release that a commit is; None if it is none."""
    return parse(commit, repository.git("cat-file", "commit", commit))


def make(
    repository: Repository, source: str, version: Version, owner_and_name: str, previous: tuple[Version, str] | None
) -> str:
    """Write the release of a source commit into the clone, without a tag, and return its commit.

    Raises:
        RefusedError: a workflow of the source has no released form.

    """
    files = tree.read(repository, source)
    rewritten = {}
    for path, file in files.items():
        text = freeze.release_form(file.text, owner_and_name, source)
        if text != file.text:
            blob = repository.git("hash-object", "-w", "--stdin", stdin=text.encode(errors="surrogateescape"))
            rewritten[path] = tree.File(file.mode, blob, text)
    if found := tree.problems(files, {**files, **rewritten}, owner_and_name, source):
        raise RefusedError(
            f"The commit {source[:12]} can't be released:\n" + "\n".join(f"  {problem}" for problem in found),
            "Name a sibling as $/actions/NAME, any other action by its full commit SHA. Actions name no sibling.",
        )
    message = [f"Release {version}", "", f"Source: {source}"]
    message += [f"Previous: {previous[0]} {previous[1]}"] if previous else []
    with scratch.folder("index") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git.text(repository.path, "read-tree", source, environment=index)
        lines = "".join(f"{file.mode} {file.identity}\t{path}\n" for path, file in rewritten.items())
        git.text(repository.path, "update-index", "--index-info", stdin=lines.encode(), environment=index)
        # The blobs of a mirror without contents stay at the remote, which has them.
        root = git.text(repository.path, "write-tree", "--missing-ok", environment=index)
    date = repository.git("show", "--no-patch", "--format=%cI", source)
    person = {"NAME": NOBODY, "EMAIL": ADDRESS, "DATE": date}
    author = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()}
    words = ("-c", "i18n.commitEncoding=utf-8", "commit-tree", root, "-p", source)
    return git.text(repository.path, *words, stdin="\n".join([*message, ""]).encode(), environment=author)
