"""The proof that a release is what `ml-cicd freeze` makes of its source, and that its tag was not moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import git
from cicd.errors import RefusedError, UsageError
from cicd.kit import commits, tree, versions

if TYPE_CHECKING:
    from cicd.kit.commits import Release
    from cicd.kit.versions import Version
    from cicd.repository import Repository

TAMPERED = "Do not use this release. Take an earlier one, or ask those who release the kit."


@dataclass(frozen=True)
class Proof:
    """A proven release: its commit, the source that its workflows pin, and the files that differ between the two."""

    version: Version
    commit: str
    source: str
    repository: str
    rewritten: tuple[str, ...]


def prove(repository: Repository, name: str, owner_and_name: str) -> Proof:
    """Return the proof of a release, named by its tag, by a moving tag such as `v1`, or by its commit.

    `repository` must have been fetched just now. `owner_and_name` is the kit, as the release must name it; empty for
    the name that its workflows use.

    Raises:
        UsageError: there is no such tag or commit.
        RefusedError: the release is not what `freeze` makes of its source, or a tag was moved.

    """
    tags = commits.tagged(repository)
    _check_clone(repository, name)
    release = _release(repository, name)
    _check_tag(repository, name, release, tags)
    if len(release.parents) != 1:
        raise RefusedError(
            f"{release.version} has {len(release.parents)} parents, and the commit of a release has one: its source.",
            TAMPERED,
        )
    (source,) = release.parents
    check_source(repository, source)
    before, after = tree.read(repository, source), tree.read(repository, release.commit)
    kit = owner_and_name or tree.named(after)
    if found := tree.problems(before, after, kit, source):
        raise RefusedError(
            f"{release.version} is not what freeze makes of its source commit {source[:12]}:\n"
            + "\n".join(f"  {problem}" for problem in found),
            f"{TAMPERED} If the kit has another name than {kit}, name it: --repository OWNER/NAME",
        )
    rewritten = tuple(path for path in sorted(after) if after[path].identity != before[path].identity)
    return Proof(release.version, release.commit, source, kit, rewritten)


def check_source(repository: Repository, source: str) -> None:
    """Refuse a source that is not on the main branch.

    Raises:
        RefusedError: the main branch does not contain the commit, or there is no main branch.
        UsageError: the clone is shallow.

    """
    main = repository.main_commit
    if not main or not repository.is_ancestor(source, main):
        raise RefusedError(
            f"The source commit {source[:12]} is not on the branch {repository.main_branch}.",
            "A release is made of a commit that was merged. Release one of the main branch.",
        )


def _check_clone(repository: Repository, name: str) -> None:
    """Compare the tag of this clone, if it has one, with that of the remote: git does not move it by itself."""
    here = git.query(repository.path, "rev-parse", "--verify", "--quiet", f"refs/tags/{name}^{{commit}}")
    there = repository.tag(name)
    if not here or here == there or versions.MOVING.fullmatch(name):
        return
    if not there:
        raise RefusedError(f"The remote has no tag {name} any more; this clone knows it as {here[:12]}.", TAMPERED)
    raise RefusedError(
        f"The tag {name} was moved: the remote has {there[:12]}, and this clone knows it as {here[:12]}.", TAMPERED
    )


def _release(repository: Repository, name: str) -> Release:
    if versions.of_tags([name]) and not repository.tag(name):
        raise UsageError(
            f"The remote has no tag {name}.", "Name a release that exists: git ls-remote --tags origin 'v*'"
        )
    commit = repository.commit(name)
    if release := commits.read(repository, commit):
        return release
    raise RefusedError(
        f"{name} is no release: the message of the commit {commit[:12]} does not begin with 'Release vX.Y.Z'.",
        TAMPERED if versions.of_tags([name]) else "Name the tag of a release, such as v1.0.0.",
    )


def _check_tag(repository: Repository, name: str, release: Release, tags: dict[Version, str]) -> None:
    version = release.version
    if versions.MOVING.fullmatch(name):
        newest = versions.newest(tags, int(name.removeprefix("v")), final=True)
        if newest is None or tags[newest] != release.commit:
            raise RefusedError(
                f"The tag {name} names {release.commit[:12]}, and not the newest release {newest or f'{name}.Y.Z'}.",
                f"Pin the release itself. Who releases the kit: ml-cicd freeze --publish {newest or 'VERSION'}",
            )
    elif versions.of_tags([name]) and str(version) != name:
        raise RefusedError(f"The tag {name} was moved: it names the commit of {version}.", TAMPERED)
    if tags.get(version, release.commit) != release.commit:
        raise RefusedError(
            f"The commit {release.commit[:12]} says that it is {version}, whose tag names {tags[version][:12]}.",
            TAMPERED,
        )
    for later, commit in tags.items():
        record = commits.read(repository, commit)
        if record and record.previous and record.previous[0] == version and record.previous[1] != release.commit:
            raise RefusedError(
                f"The tag {version} was moved: {later} recorded {record.previous[1][:12]} for it, "
                f"and it names {release.commit[:12]}.",
                TAMPERED,
            )
