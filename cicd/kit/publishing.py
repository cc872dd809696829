"""A version becomes visible: its tag, its release on GitHub, and the moving tag of its major version."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cicd import github, github_answers
from cicd.errors import RefusedError, UnreachableError
from cicd.kit import commits, proof, versions
from cicd.repository import LostRaceError

if TYPE_CHECKING:
    from cicd.kit.planning import Plan
    from cicd.kit.proof import Proof
    from cicd.kit.versions import Version
    from cicd.repository import Repository


@dataclass(frozen=True)
class Published:
    """A release on GitHub. `moved` is the moving tag that follows it now; empty for a candidate."""

    url: str
    immutable: bool
    moved: str


def tag(repository: Repository, plan: Plan, owner_and_name: str) -> Proof:
    """Make the commit of a planned release, prove it, and push its tag. A tag that is there already stays.

    Raises:
        RefusedError: the commit is no proven release, the remote has another one of this version, or declines.
        UnreachableError: the remote does not answer.

    """
    commit = commits.make(repository, plan.source, plan.version, owner_and_name, plan.previous)
    proven = proof.prove(repository, commit, owner_and_name)
    ref = f"refs/tags/{plan.version}"
    if repository.tag(str(plan.version)) != commit:
        try:
            repository.push(f"{commit}:{ref}", leases={ref: ""})
        except LostRaceError as error:
            raise RefusedError(
                f"The tag {plan.version} exists at the remote, with another commit than {commit[:12]}.",
                f"Somebody else released this version. To look at it: ml-cicd freeze --check {plan.version}",
            ) from error
        repository.fetch()
    return proven


def may_attest(owner_and_name: str) -> bool:
    """Return whether GitHub keeps attestations for the repository on every plan: only for public ones.

    See `github.api` for the errors.
    """
    with github_answers.as_described():
        return bool(github.api("GET", f"/repos/{owner_and_name}")["visibility"] == "public")


def publish(repository: Repository, version: Version, owner_and_name: str, notes: str) -> Published:
    """Create the release on GitHub unless it exists, then let the moving tag follow the newest final version.

    Raises:
        RefusedError: the tag is no proven release, GitHub refuses the call, or the remote declines the push.
        UnreachableError: GitHub does not answer, or somebody else moved the moving tag at the same time.

    """
    proof.prove(repository, str(version), owner_and_name)
    with github_answers.as_described():
        release = _existing(owner_and_name, version) or github.api(
            "POST",
            f"/repos/{owner_and_name}/releases",
            {
                "tag_name": str(version), "name": str(version), "body": notes, "prerelease": not version.final,
                "make_latest": "true" if version.final else "false",
            },
        )  # fmt: skip
        url, immutable = str(release["html_url"]), bool(release.get("immutable", False))
    return Published(url, immutable, _follow(repository, version))


def _existing(owner_and_name: str, version: Version) -> Any:
    try:
        return github.api("GET", f"/repos/{owner_and_name}/releases/tags/{quote(str(version))}")
    except github_answers.AnswerError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def _follow(repository: Repository, version: Version) -> str:
    """Move the tag of a major version to its newest final version; return the tag, empty for a candidate."""
    tags = commits.tagged(repository)
    newest = versions.newest(tags, version.major, final=True)
    if not version.final or newest is None:
        return ""
    ref = f"refs/tags/{version.moving}"
    there = repository.tag_object(version.moving)
    if there != tags[newest]:
        try:
            repository.push(f"{tags[newest]}:{ref}", leases={ref: there})
        except LostRaceError as error:
            raise UnreachableError(
                f"Somebody else moved the tag {version.moving} at the same time.",
                f"Run this again: ml-cicd freeze --publish {version}",
            ) from error
    return version.moving
