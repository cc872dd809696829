"""Releases on their way: a repository with a registry and a ledger."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from cicd import ledger, stages
from cicd.config import Config, Environment
from cicd.repository import Repository
from cicd.road import approval, verification
from cicd.road.request import Request

if TYPE_CHECKING:
    from cicd.ledger import Entry
    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

CONFIG = Config("app", environments={name: Environment(name) for name in ("integration", "staging", "production")})


def approve(repository: Repository, config: Config, request: Request) -> Entry:
    """Record an approval of whoever runs this."""
    return approval.record(repository, approval.plan(repository, config, request))


class Road:
    """A repository with a registry, and releases brought some way along the road."""

    def __init__(self, workspace: Workspace, registry: Registry) -> None:
        self.workspace, self.registry = workspace, registry
        self.runs = itertools.count(1)

    def release(self, commit: str, build: str = "") -> tuple[str, str]:
        """Return the release and the test image of a commit; another `build` of it has other digests."""
        release = self.registry.add("acme/app", f"release {commit}{build}")
        return release, self.registry.add("acme/app/test", f"test {commit}{build}")

    def rebuild(self, commit: str) -> tuple[str, str]:
        """Build a commit once more, and bring that release to staging."""
        for environment in ("integration", "staging"):
            self.record(environment, commit, build="again")
        return self.release(commit, "again")

    def record(
        self, environment: str, commit: str, result: ledger.Result = "passed", action: ledger.Action = "deploy",
        *, ephemeral: bool = False, build: str = "",
    ) -> Entry:  # fmt: skip
        """Add an entry, as `ledger.append` would."""
        release, test = self.release(commit, build)
        chains = ledger.read_all(Repository(self.workspace.clone, "origin"), "app")
        accepted = ledger.last_passed(chains.get(stages.before(environment), []), release=release)
        basis = ledger.Basis(accepted.deployment.environment, accepted.number, accepted.sha256) if accepted else None
        deployment = ledger.Deployment(
            "app", environment, action, result, commit, release, test, basis=basis, started=f"run {next(self.runs)}",
            ephemeral=ephemeral,
        )  # fmt: skip
        deployment = self.deployment(deployment)
        own = chains.get(environment, [])
        content = ledger.envelope(deployment, len(own) + 1, own[-1].sha256 if own else "")
        self.workspace.put_entry(f"ledger/app/{environment}/{len(own) + 1}", content)
        return ledger.parse(content)

    def deployment(self, deployment: ledger.Deployment) -> ledger.Deployment:
        """Return a deployment as it is recorded."""
        return deployment

    def on_main(self) -> str:
        commit = self.workspace.commit()
        self.workspace.put("refs/heads/main", commit)
        return commit

    def accepted(self, *environments: str) -> str:
        commit = self.on_main()
        for environment in environments:
            self.record(environment, commit)
        return commit

    def verify(
        self, environment: str, commit: str, *, tag: str | None = None, backwards: bool = False
    ) -> verification.Candidate:
        repository = self.workspace.repository()
        return verification.verify(
            repository, CONFIG, Request(stages.named(environment), commit, tag=tag, backwards=backwards)
        )
