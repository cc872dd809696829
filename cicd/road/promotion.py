"""Promotion by a person: what would happen, and the push of the tag that starts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import failpoints, github, ledger, stages
from cicd.errors import RefusedError
from cicd.repository import LostRaceError
from cicd.road import people, verification

if TYPE_CHECKING:
    from cicd.config import Config
    from cicd.repository import Repository


@dataclass(frozen=True)
class Plan:
    """What a promotion would do."""

    environment: str
    tag: str
    commit: str
    release: str
    runs: str
    """The commit that runs there now; empty for nothing."""
    replaces: str
    """Its release."""
    commits: list[str]
    """What comes with it, newest first, a line each."""
    who: str
    missing: str
    """The approval that is missing; empty for none."""
    tagged: str
    """The object at which the tag is now; empty for none."""
    there: bool
    """Whether the tag is at the commit already."""


def plan(repository: Repository, config: Config, environment: str, name: str | None) -> Plan:
    """What the promotion of a commit would do; without a name, of the newest that the stage before has accepted.

    Raises:
        RefusedError: the stage before has not accepted it.
        UsageError: there is no such commit.

    """
    chains, who = ledger.read_all(repository, config.name), github.actor()
    accepted = verification.acceptance(chains, environment, repository.commit(name) if name else None).deployment
    own = chains.get(environment, [])
    now = ledger.last_passed(own)
    runs, tag = now.deployment.commit if now else "", stages.named(environment).tag
    span = f"{runs}..{accepted.commit}" if runs else accepted.commit
    log = repository.git("log", "--format=%h %s", "--max-count=1000", span).splitlines()
    return Plan(
        environment=environment,
        tag=tag,
        commit=accepted.commit,
        release=accepted.release,
        runs=runs,
        replaces=now.deployment.release if now else "",
        commits=["".join(filter(str.isprintable, line)) for line in log],
        who=who,
        missing=people.missing_approval(config.environment(environment), accepted, own, who),
        tagged=repository.tag_object(tag),
        there=repository.tag(tag) == accepted.commit,
    )


def push(repository: Repository, planned: Plan) -> None:
    """Move the tag to the commit, if it is still where the plan says.

    Raises:
        RefusedError: it has moved meanwhile.
        UnreachableError: the remote does not answer.

    """
    ref = f"refs/tags/{planned.tag}"
    try:
        with failpoints.change("promote.push"):
            repository.push(f"{planned.commit}:{ref}", leases={ref: planned.tagged}, show=True)
    except LostRaceError as error:
        raise RefusedError(
            f"The tag {planned.tag} moved meanwhile: somebody else promotes, too.", "Run this again, and look anew."
        ) from error
