"""A person's approval of a release for an environment, as an entry of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import github, ledger
from cicd.road import people, verification

if TYPE_CHECKING:
    from cicd.config import Config
    from cicd.ledger import Entry
    from cicd.repository import Repository


def approve(repository: Repository, config: Config, environment: str, commit: str, reason: str) -> Entry:
    """Record that who runs this approves of the release of `commit` for `environment`; once, however often it is said.

    Raises:
        RefusedError: the release was not accepted by the stage before, or the person may not approve.

    """
    who = github.actor()
    people.check_approver(config.environment(environment), who)
    verification.check_on_main(repository, commit)
    chains = ledger.read_all(repository, config.name)
    accepted = verification.acceptance(chains, environment, commit)
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
