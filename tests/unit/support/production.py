"""Production with two releases on a target in a folder, and a person who rolls back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd import cli, ledger
from cicd.ledger import pending
from cicd.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from cicd.config import Config, Environment
    from cicd.deploy.target import Target
    from cicd.ledger import Entry
    from tests.unit.support.folder_target import FolderTarget
    from tests.unit.support.road import Road

CONFIG = 'name = "app"\n'


class Production:
    """Production with two releases, of which the second runs, and a person in a clone."""

    def __init__(self, road: Road, target: FolderTarget) -> None:
        self.road, self.target = road, target
        self.first, self.second = "", ""

    def release(self) -> str:
        """Bring one more release to production, as its workflow does."""
        commit = self.lose()
        assert self.record(commit) == 0
        return commit

    def lose(self) -> str:
        """Bring one more release to production, and do not record it."""
        commit = self.road.accepted("integration", "staging")
        assert cli.main(["deploy", "--environment", "production", "--commit", commit]) == 0
        return commit

    def record(self, commit: str, outcome: str = "") -> int:
        words = ["--environment", "production", "--commit", commit]
        return cli.main(["record", "--outcome", outcome or self.outcome, *words])

    @property
    def outcome(self) -> str:
        """What the last deployment put out."""
        lines = (self.target.folder / "outputs").read_text().splitlines()
        return [line for line in lines if line.startswith("outcome=")][-1].removeprefix("outcome=")

    @property
    def runs(self) -> str:
        running = self.target.observe()
        return running.commit if running else ""

    def entries(self) -> list[Entry]:
        return ledger.read(self.road.workspace.repository(), "app", "production")

    def waiting(self) -> list[Path]:
        return pending.waiting(Repository(self.road.workspace.clone, "origin"))

    def back(self, *words: str, yes: bool = True) -> int:
        return cli.main(["rollback", "production", *words, "--reason", "it is slow", *(["--yes"] if yes else [])])

    def remote(self, *, up: bool) -> None:
        here, away = self.road.workspace.remote, self.road.workspace.remote.with_name("away.git")
        (away if up else here).rename(here if up else away)


def use(patch: pytest.MonkeyPatch, target: FolderTarget, clone: Path) -> None:
    """Be Ada, in the clone, with that target."""
    for name in ("GITHUB_ACTIONS", "GITHUB_TRIGGERING_ACTOR", "LEDGER_KEY", "REGISTRY_TOKEN", "GITHUB_TOKEN"):
        patch.delenv(name, raising=False)
    patch.setenv("GITHUB_ACTOR", "ada")
    patch.setenv("GITHUB_OUTPUT", str(target.folder / "outputs"))
    patch.setenv("DOCKER_CONFIG", str(target.folder))
    patch.chdir(clone)
    for module in ("cicd.road.deployment", "cicd.road.rollback", "cicd.road.status", "cicd.road.recording"):
        patch.setattr(f"{module}.target_for", always(target))


def always(target: Target) -> Callable[[Config, Environment, Repository], Target]:
    """Return a stand-in for `target_for` that takes what the real one takes, and returns this target."""

    def target_for(config: Config, environment: Environment, repository: Repository) -> Target:
        assert config.environments[environment.name] == environment
        assert isinstance(repository, Repository)
        return target

    return target_for
