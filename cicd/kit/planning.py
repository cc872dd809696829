"""Everything that is checked before a version is released, and its notes. Nothing is changed by it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.errors import RefusedError, UsageError
from cicd.kit import changelog, changes, commits, contract, proof, versions

if TYPE_CHECKING:
    from cicd.kit.changes import Change, Judgement
    from cicd.kit.versions import Version
    from cicd.repository import Repository

PACKAGE = {"cicd/__init__.py": r'^__version__ = "(.+)"', "pyproject.toml": r'^version = "(.+)"'}
"""Where the package names its version."""
PROJECT = "pyproject.toml"


@dataclass(frozen=True)
class Comparison:
    """What callers meet between the release `before` (None for the first one) and a version."""

    before: Version | None
    changes: tuple[Change, ...]
    judgement: Judgement


@dataclass(frozen=True)
class Plan:
    """A version that may be released from a source commit. `previous` is the newest release, and its commit."""

    version: Version
    source: str
    previous: tuple[Version, str] | None
    section: str
    comparison: Comparison
    missing: tuple[str, ...] = ()
    """What the kit is meant to do, and does not yet: only candidates are released meanwhile."""


def compare(repository: Repository, commit: str, version: Version | None = None) -> Comparison:
    """Compare the contract of a commit with that of the last release; with `version`, of the one that it follows.

    Raises:
        UsageError: a workflow or an action is no valid YAML.

    """
    tags = commits.tagged(repository)
    before = changes.base(version, tags) if version else versions.newest(tags)
    if before is None:
        return Comparison(None, (), changes.Judgement(allowed=True))
    found = changes.compare(contract.read(repository, tags[before]), contract.read(repository, commit))
    # Without a version: whether a minor or a patch release may bring them.
    following = version or versions.Version(before.major, before.minor, before.patch + before.final)
    return Comparison(before, found, changes.judge(following, before, found))


def plan(repository: Repository, tag: str, commit: str) -> Plan:
    """Return what is released as `tag`: a commit of the main branch, by any name; empty for the newest one.

    Raises:
        UsageError: the tag is no version, or the changelog has no section for it.
        RefusedError: the version is not the next one, the commit is not on the main branch, the release before it is
            no proven release, callers would break, or the version is final and the kit is not complete.

    """
    version = versions.parse(tag)
    source = repository.commit(commit or repository.main_branch)
    proof.check_source(repository, source)
    previous = _previous(repository, version, source)
    if previous:  # a fork may continue the releases of the kit under another name
        proof.prove(repository, str(previous[0]), "")
    text = repository.show(source, changelog.FILE)
    if text is None:
        raise UsageError(
            f"The commit {source[:12]} has no {changelog.FILE}.", "Add one with a section for the version."
        )
    section = changelog.section(text, version)
    _check_package(repository, source, version)
    comparison = compare(repository, source, version)
    if not comparison.judgement.allowed:
        listed = "\n".join(f"  {change}" for change in comparison.changes if change.breaking)
        raise RefusedError(
            f"{version} would break callers of {comparison.before}:\n{listed}",
            f"Undo these changes, or release the next major version: v{version.major + 1}.0.0",
        )
    return Plan(version, source, previous, section, comparison, _missing(repository, source, version))


def _missing(repository: Repository, source: str, version: Version) -> tuple[str, ...]:
    """Return what the kit lacks, as its `pyproject.toml` says under [tool.ml-cicd]."""
    data = tomllib.loads(repository.show(source, PROJECT) or "")
    missing = tuple(data.get("tool", {}).get("ml-cicd", {}).get("missing", ()))
    if missing and version.final:
        raise RefusedError(
            f"{version} would be final, and the kit is not complete. It lacks: {', '.join(missing)}.",
            f"Release a candidate, such as {version}-rc.1. What exists by now, take out of `missing` in {PROJECT}.",
        )
    return missing


def _check_package(repository: Repository, source: str, version: Version) -> None:
    """Compare the version with the package's, which `ml-cicd --version` prints."""
    for file, pattern in PACKAGE.items():
        named = re.search(pattern, repository.show(source, file) or "", re.MULTILINE)
        if not named or named[1] != version.package:
            raise UsageError(
                f"{file} of the commit {source[:12]} has the version {named[1] if named else '(none)'}, "
                f"and {version} needs {version.package}.",
                "Write this version there and merge it, together with the section of the changelog.",
            )


def _previous(repository: Repository, version: Version, source: str) -> tuple[Version, str] | None:
    """Return the newest release. One of the version itself counts only if it was made from another commit."""
    tags = commits.tagged(repository)
    if commit := tags.pop(version, None):
        release = commits.read(repository, commit)
        if not release or release.parents != (source,):
            raise RefusedError(
                f"{version} is released already, as {commit[:12]}, and not from the commit {source[:12]}.",
                "A version is released once. Choose the next one.",
            )
        return release.previous
    newest = versions.newest(tags)
    if newest and newest.order > version.order:
        raise RefusedError(f"{version} is not greater than the last release, {newest}.", f"Choose one above {newest}.")
    return (newest, tags[newest]) if newest else None
