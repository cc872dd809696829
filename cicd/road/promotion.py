"""Promotion by a person: what it would bring, the push of the tag that starts it, and what the ledger says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import failpoints, github, ledger
from cicd.errors import RefusedError
from cicd.repository import LostRaceError
from cicd.road import people, verification
from cicd.text import lines

if TYPE_CHECKING:
    from cicd.config import Config
    from cicd.ledger import Entry
    from cicd.repository import Repository
    from cicd.stages import Stage

_ADDRESS = re.compile(r"(?:\w+://)?(?:[^@/]+@)?(?P<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?[:/](?P<path>.+?)(?:\.git)?/?")


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
    """The release of that commit."""
    commits: list[str]
    """The commits that it brings, newest first, a line each."""
    who: str
    missing: str
    """The approval that is missing; empty for none."""
    tagged: str
    """The object at which the tag is now; empty for none."""
    there: bool
    """Whether the tag is at the commit already."""
    entries: int
    """How many entries the ledger of the environment has."""


@dataclass(frozen=True)
class Arrival:
    """What the ledger says of a release whose tag is at its commit."""

    entry: Entry | None
    """The entry of its last deployment; None while its run has recorded nothing."""
    replaced_by: Entry | None
    """The entry of the release that has replaced it since; None for none."""
    local: bool
    """Whether the remote is local, so that the push returned after the run."""
    runs: str
    """Where a person sees the run."""


def plan(repository: Repository, config: Config, stage: Stage, name: str | None) -> Plan:
    """Return what the promotion of a commit would do; without a name, of the newest that the stage before accepted.

    Raises:
        RefusedError: the stage before has not accepted it.
        UsageError: there is no such commit.

    """
    chains, person = ledger.read_all(repository, config.name), github.actor()
    commit = repository.commit(name) if name else None
    accepted = verification.acceptance(chains, stage.name, commit).deployment
    entries = chains.get(stage.name, [])
    present = ledger.last_passed(entries)
    runs = present.deployment.commit if present else ""
    span = f"{runs}..{accepted.commit}" if runs else accepted.commit
    log = lines(repository.git("log", "--format=%h %s", "--max-count=1000", span))
    return Plan(
        environment=stage.name,
        tag=stage.tag,
        commit=accepted.commit,
        release=accepted.release,
        runs=runs,
        replaces=present.deployment.release if present else "",
        commits=["".join(filter(str.isprintable, line)) for line in log],
        who=person,
        missing=people.missing_approval(config.environments[stage.name], accepted, entries, person),
        tagged=repository.tag_object(stage.tag),
        there=repository.tag(stage.tag) == accepted.commit,
        entries=len(entries),
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
            f"The tag {planned.tag} moved meanwhile: somebody else is promoting, too.",
            "Run this again: it shows the new state first.",
        ) from error


def arrival(repository: Repository, config: Config, planned: Plan, *, pushed: bool) -> Arrival:
    """Return what the ledger says of the planned release; if the tag was just pushed, only entries since then count."""
    local = bool(repository.forge)
    if pushed and local:
        repository.fetch()
    chain = ledger.read(repository, config.name, planned.environment)
    new = chain[planned.entries if pushed else 0 :]
    same = [
        entry for entry in new if entry.deployment.release == planned.release if entry.deployment.action != "approve"
    ]
    present = ledger.last_passed(chain)
    replaced = same and same[-1].deployment.result == "passed" and present not in (None, *same)
    return Arrival(
        entry=same[-1] if same else None,
        replaced_by=present if replaced else None,
        local=local,
        runs="ml-cicd local runs" if local else _runs_page(repository),
    )


def _runs_page(repository: Repository) -> str:
    """Return the web address of the repository's runs, as far as the remote's address tells it."""
    address = repository.git("ls-remote", "--get-url", repository.remote)
    match = _ADDRESS.fullmatch(address)
    return f"https://{match['host']}/{match['path']}/actions" if match else "the runs of its workflow"
