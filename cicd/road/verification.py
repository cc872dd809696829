"""Which release may go where: derived from the ledger and from git alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import github, ledger, stages
from cicd.errors import RefusedError, UnreachableError
from cicd.ledger import integrity
from cicd.oci import registry
from cicd.road import people

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cicd.config import Config
    from cicd.deploy.target import Running
    from cicd.ledger import Action, Basis, Entry
    from cicd.repository import Repository


class SupersededError(Exception):
    """The trigger tag has moved on to a newer commit, whose own run carries this one's change along."""


@dataclass(frozen=True)
class Candidate:
    """A release that may go to an environment, and the entry that says so."""

    environment: str
    commit: str
    release: str
    test: str
    basis: Basis | None
    action: Action
    after: str = ""
    """The name of the newest entry of the environment itself; empty when there is none."""
    reason: str = ""
    bundle: str = ""
    data: str = ""


def verify(
    repository: Repository,
    config: Config,
    environment: str,
    commit: str,
    *,
    tag: str | None = None,
    backwards: bool = False,
    release: str | None = None,
    running: Running | None = None,
    retained: Collection[str] | None = (),
) -> Candidate:
    """The release of `commit` that may go to `environment`; of several, the newest, or `release`.

    `tag` is the trigger tag that must still point to the commit. Only `backwards` lets a commit in that does not
    descend from the one running there. `running` is what the environment's target runs: the ledger must have the
    entries that it names. About the `retained`, which the target holds by their digest, no registry is asked. Where
    they are not known (None) and the registry is down, that is only said: who asks the target decides.

    Raises:
        RefusedError: it may not; the message names the reason.
        SupersededError: the tag is at a newer commit of main by now.
        UnreachableError: the registry does not answer.

    """
    short = commit[:12]
    main = check_on_main(repository, commit)
    if tag is not None and (found := repository.tag(tag)) != commit:
        if found and repository.is_ancestor(commit, found) and repository.is_ancestor(found, main):
            raise SupersededError(f"{tag} has moved on to {found[:12]}, which contains {short}: nothing is done here.")
        raise RefusedError(
            f"The tag {tag} moved meanwhile: it is at {(found or 'nothing')[:12]}, not at {short}.",
            f"Push the tag again on the commit that is meant: git tag -f {tag} COMMIT",
        )
    chains = ledger.read_all(repository, config.name)
    own = chains.get(environment, [])
    if running and (missing := integrity.cut_off(chains, running)):
        raise integrity.broken(environment, len(own) + 1, f"what runs names {missing}, which was cut off or altered")
    accepted = acceptance(chains, environment, commit, release)
    current = ledger.last_passed(own)
    action: Action = "deploy"
    if current is not None and not repository.is_ancestor(current.deployment.commit, commit):
        if not backwards:
            raise RefusedError(
                f"{short} does not descend from {current.deployment.commit[:12]}, which runs in {environment}.",
                "The way backwards is deploy.yml, by hand.",
            )
        action = "rollback"
    deployment, who = accepted.deployment, github.actor()
    people.check_promoter(config.environment(environment), who)
    if missing := people.missing_approval(config.environment(environment), deployment, own, who):
        raise RefusedError(f"{missing}.", f"ml-cicd approve {environment} {short} --reason TEXT")
    try:
        if deployment.release not in (retained or ()):
            registry.verify(deployment.release)
            registry.verify(deployment.test)
    except UnreachableError as error:
        if retained is not None:
            raise
        hint = f"Only a release that {environment} has retained can come back meanwhile."
        github.annotate("warning", f"{error.message} {hint}", title="The registry is down")
    after = own[-1].name if own else ""
    return Candidate(environment, commit, deployment.release, deployment.test, accepted.basis, action, after)


def check_on_main(repository: Repository, commit: str) -> str:
    """The newest commit of main, which contains `commit`."""
    main = repository.tip
    if main is None or not repository.is_ancestor(commit, main):
        raise RefusedError(
            f"{commit[:12]} is not on {repository.main}.",
            f"Only what passed integration is on {repository.main}; merge it first.",
        )
    return main


def _counted(entry: Entry) -> Entry:
    if entry.trust == "unsigned":
        raise RefusedError(
            f"Entry {entry.number} of {entry.deployment.environment} does not count: "
            "the ledger is signed, but neither this entry nor a later one is.",
            f"Run {entry.deployment.environment} for it once more: the new entry is signed.",
        )
    return entry


def acceptance(
    chains: Mapping[str, Sequence[Entry]], environment: str, commit: str | None = None, release: str | None = None
) -> Entry:
    """The entry by which the stage before has accepted a commit, or the newest that it has accepted, for `environment`.

    Raises:
        RefusedError: there is none, or the release has failed there since, or no signature vouches for it.

    """
    stage = stages.accepted_by(environment)
    entries = [entry for entry in chains.get(stage, []) if entry.deployment.action != "approve"]
    found = ledger.last_passed(entries, commit, release)
    if found is not None:
        newest = [entry for entry in entries if entry.deployment.release == found.deployment.release][-1]
        if newest.deployment.result == "passed":
            return _counted(newest)
        commit = found.deployment.commit
    if commit is None:
        raise RefusedError(f"Nothing has passed {stage} yet.", f"Bring a commit through {stage} first.")
    failed = any(entry.deployment.commit == commit for entry in entries)
    raise RefusedError(
        f"{commit[:12]} {'failed in' if failed else 'has no passed entry of'} {stage}: "
        f"it is not accepted for {environment}.",
        f"Bring it through {stage} first.",
    )
