"""Promotion by a person: what it would bring, the push of the tag that starts it, and what the ledger says of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import failpoints, git, github, ledger
from cicd.errors import RefusedError
from cicd.ledger import anchors
from cicd.repository import LostRaceError
from cicd.road import people, rules, verdicts, verification

if TYPE_CHECKING:
    from cicd.config import Config
    from cicd.ledger import Entry
    from cicd.repository import Repository
    from cicd.stages import Stage


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
    """The approvals that are missing; empty for none."""
    rules: list[str]
    """The rules about people that the release changes once it has passed, a line each."""
    tagged: str
    """The object at which the tag is now; empty for none."""
    there: bool
    """Whether the tag is at the commit already."""
    wheels: list[str]
    """The files of the release's packages."""
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

    @property
    def unfinished(self) -> bool:
        """Whether the release was to be deployed and was not: nothing is recorded, or its deployment failed."""
        return self.entry is None or self.entry.deployment.result == "failed"


def plan(repository: Repository, config: Config, stage: Stage, name: str | None) -> Plan:
    """Return what the promotion of a commit would do; without a name, of the newest that the stage before accepted.

    Raises:
        RefusedError: the stage before has not accepted it.
        UsageError: there is no such commit, or the clone is shallow.

    """
    chains = anchors.compared(repository, config.name, ledger.read_all(repository, config.name))
    person = github.actor()
    commit = repository.commit(name) if name else None
    accepted = verification.acceptance(chains, stage.name, commit).deployment
    entries = chains.get(stage.name, [])
    governed = rules.governing(repository, config, chains, stage.name)
    present = ledger.last_passed(entries)
    runs = present.deployment.commit if present else ""
    log = repository.subjects(runs, accepted.commit)
    return Plan(
        environment=stage.name,
        tag=stage.tag,
        commit=accepted.commit,
        release=accepted.release,
        runs=runs,
        replaces=present.deployment.release if present else "",
        commits=["".join(filter(str.isprintable, line)) for line in log],
        who=person,
        missing=people.missing_approval(governed, accepted, entries, person)
        or verdicts.missing_approval(chains, governed, accepted, person),
        rules=rules.changes(repository, config, accepted.commit, governed),
        tagged=repository.tag_object(stage.tag),
        there=repository.tag(stage.tag) == accepted.commit,
        wheels=sorted(accepted.wheels),
        entries=len(entries),
    )


def check_push_starts(repository: Repository, planned: Plan) -> None:
    """Raise RefusedError if a push of the planned commit's tag would start no workflow."""
    if mark := github.skip_mark(repository.git("log", "-1", "--format=%B", planned.commit)):
        raise RefusedError(
            f"The message of {planned.commit[:12]} holds '{mark}', so a push of {planned.tag} would start nothing.",
            f"Start deploy.yml by hand, with the environment {planned.environment} and the commit {planned.commit}.",
        )


def push(repository: Repository, planned: Plan) -> None:
    """Move the tag to the commit, if it is still where the plan says; a tag that is at the commit starts its run again.

    Pushing a tag that does not move starts nothing. So the tag becomes an annotated tag on the same commit, a new one
    each time.

    Raises:
        RefusedError: it has moved meanwhile.
        UnreachableError: the remote does not answer.

    """
    ref = f"refs/tags/{planned.tag}"
    pushed = _new_tag(repository, planned) if planned.there else planned.commit
    try:
        with failpoints.change("promote.push"):
            repository.push(f"{pushed}:{ref}", leases={ref: planned.tagged}, show=True)
    except LostRaceError as error:
        raise RefusedError(
            f"The tag {planned.tag} moved meanwhile: somebody else is promoting, too.",
            "Run this again: it shows the new state first.",
        ) from error


def _new_tag(repository: Repository, planned: Plan) -> str:
    """Return a new annotated tag on the planned commit."""
    now = time.time_ns()
    tagger = f"tagger ml-cicd <ml-cicd@users.noreply.github.com> {now // 10**9} +0000"
    text = f"object {planned.commit}\ntype commit\ntag {planned.tag}\n{tagger}\n\nStarted again ({now})\n"
    return repository.git("mktag", stdin=text.encode())


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
    match = git.HOSTED.fullmatch(address)
    return f"https://{match['host']}/{match['path']}/actions" if match else "the runs of its workflow"
