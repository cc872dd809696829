"""A person's approval of a release for an environment, as an entry of the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicd import github, ledger
from cicd.road import people, rules, verdicts, verification

if TYPE_CHECKING:
    from cicd.config import Config
    from cicd.ledger import Deployment, Entry, Judgement
    from cicd.repository import Repository
    from cicd.road.request import Request


@dataclass(frozen=True)
class Plan:
    """An approval that is not recorded yet."""

    approval: Deployment
    recorded: Entry | None = None
    """The entry with which the same person approved of the same release before; None for none."""


def verdict(repository: Repository, config: Config, request: Request) -> Judgement | None:
    """Return the verdict of the model gate on the release that would be approved; None if there is none."""
    judged = verdicts.of_commit(ledger.read_all(repository, config.name), request.commit)
    return judged.judgement if judged else None


def plan(repository: Repository, config: Config, request: Request) -> Plan:
    """Return the approval of the release of a resolved request by whoever runs this, not yet recorded.

    Raises:
        RefusedError: the release was not accepted by the stage before, the model gate has stopped it, or the person may
            not approve.

    """
    chains, person = ledger.read_all(repository, config.name), github.actor()
    environment = rules.governing(repository, config, chains, request.stage.name)
    people.check_approver(environment, person)
    verdicts.check_approvable(chains, request.commit)
    verification.check_on_main(repository, request.commit)
    accepted = verification.acceptance(chains, environment.name, request.commit)
    release, test = accepted.deployment.release, accepted.deployment.test
    approval = ledger.Deployment(
        config.name, environment.name, "approve", "approved", request.commit, release, test,
        reason=" ".join(request.reason.split()), basis=accepted.basis,
        actor=person, run=github.run_url(),
    )  # fmt: skip
    for entry in chains.get(environment.name, []):
        earlier = entry.deployment
        if (earlier.action, earlier.release, earlier.test, earlier.actor) == ("approve", release, test, person):
            return Plan(approval, entry)
    return Plan(approval)


def record(repository: Repository, planned: Plan) -> Entry:
    """Record an approval and return its entry; the first entry if the person has approved of the release before."""
    now = ledger.now()
    return planned.recorded or ledger.append(repository, replace(planned.approval, started=now, ended=now))
