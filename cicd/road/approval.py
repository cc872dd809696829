"""A person's approval of a release for an environment, as an entry of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import github, ledger
from cicd.road import people, verification

if TYPE_CHECKING:
    from cicd.config import Config
    from cicd.ledger import Entry
    from cicd.repository import Repository
    from cicd.road.request import Request


def approve(repository: Repository, config: Config, request: Request) -> Entry:
    """Record that whoever runs this approves of the release of a resolved request, and return the entry.

    A person who approves of the same release again gets the first entry.

    Raises:
        RefusedError: the release was not accepted by the stage before, or the person may not approve.

    """
    environment, person = config.environments[request.stage.name], github.actor()
    people.check_approver(environment, person)
    verification.check_on_main(repository, request.commit)
    chains = ledger.read_all(repository, config.name)
    accepted = verification.acceptance(chains, environment.name, request.commit)
    release, test, now = accepted.deployment.release, accepted.deployment.test, ledger.now()
    for entry in chains.get(environment.name, []):
        earlier = entry.deployment
        if (earlier.action, earlier.release, earlier.test, earlier.actor) == ("approve", release, test, person):
            return entry
    approval = ledger.Deployment(
        config.name, environment.name, "approve", "approved", request.commit, release, test,
        reason=" ".join(request.reason.split()), basis=accepted.basis,
        actor=person, run=github.run_url(), started=now, ended=now,
    )  # fmt: skip
    return ledger.append(repository, approval)
