"""Promotion: which release may go where. Everything is derived from the ledger and from git, nothing from memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cicd import failpoints, github, ledger, stages
from cicd.errors import RefusedError, UnreachableError
from cicd.ledger import integrity
from cicd.oci import registry
from cicd.repository import LostRaceError
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
    main = _on_main(repository, commit)
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


def release_before(entries: Sequence[Entry], environment: str) -> Entry:
    """The entry of the release to which `environment` goes back: the one before; after a rollback, the present one.

    So the same way back, run again, leads no further. Further back, a release is named.

    Raises:
        RefusedError: there is none.

    """
    present = ledger.last_passed(entries)
    if present and present.deployment.action == "rollback":
        return present
    ran: list[Entry] = []
    for entry in entries:
        if entry.deployment.result == "passed":
            again = [place for place, one in enumerate(ran) if one.deployment.release == entry.deployment.release]
            del ran[again[0] if again else len(ran) :]
            ran.append(entry)
    if len(ran) < 2:  # noqa: PLR2004 -- the present one, and the one before
        raise RefusedError(
            f"There is no release before the one that runs in {environment}.",
            f"Name a commit that is to run there: ml-cicd history {environment}",
        )
    return ran[-2]


def approve(repository: Repository, config: Config, environment: str, commit: str, reason: str) -> Entry:
    """Record that who runs this approves of the release of `commit` for `environment`; once, however often it is said.

    Raises:
        RefusedError: the release was not accepted by the stage before, or the person may not approve.

    """
    who = github.actor()
    people.check_approver(config.environment(environment), who)
    _on_main(repository, commit)
    chains = ledger.read_all(repository, config.name)
    accepted = acceptance(chains, environment, commit)
    release, test, now = accepted.deployment.release, accepted.deployment.test, ledger.now()
    for entry in chains.get(environment, []):
        one = entry.deployment
        if (one.action, one.release, one.test, one.actor) == ("approve", release, test, who):
            return entry
    approval = ledger.Deployment(
        config.name, environment, "approve", "approved", commit, release, test,
        reason=" ".join(reason.split()), basis=accepted.basis, actor=who, run=github.run_url(), started=now, ended=now,
    )  # fmt: skip
    return ledger.append(repository, approval)


def _on_main(repository: Repository, commit: str) -> str:
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


@dataclass(frozen=True)
class Advance:
    """What became of main and of the Staging tag."""

    state: Literal["advanced", "superseded"]
    staging: bool


def advance(repository: Repository, config: Config, commit: str) -> Advance:
    """Fast-forward main to the commit that passed integration, and move the Staging tag to it, both or neither.

    Raises:
        RefusedError: there is no passed integration entry, or main has commits that integration never saw.

    """
    acceptance(ledger.read_all(repository, config.name), stages.INTEGRATION.name, commit)
    main = repository.tip
    if main is not None and main != commit and repository.is_ancestor(commit, main):
        return Advance("superseded", staging=False)
    if main is not None and not repository.is_ancestor(main, commit):
        raise RefusedError(
            f"{repository.main} has commits that {commit[:12]} does not contain, so it can't be fast-forwarded.",
            f"Merge {repository.main} into the integration branch and push that.",
        )
    refspecs, leases = [f"{commit}:refs/heads/{repository.main}"], {}
    if config.staging_auto:
        ref = f"refs/tags/{stages.STAGING.tag}"
        refspecs.append(f"{commit}:{ref}")
        leases[ref] = _remote_value(repository, ref)
    try:
        with failpoints.change("advance.push"):
            repository.push(*refspecs, leases=leases)
    except LostRaceError as error:
        raise RefusedError(
            f"{repository.main} or the Staging tag moved while this ran.", "Run the job again: it reads them anew."
        ) from error
    return Advance("advanced", staging=config.staging_auto)


def _remote_value(repository: Repository, ref: str) -> str:
    line = repository.git("ls-remote", repository.remote, ref)
    return line.split("\t")[0] if line else ""
