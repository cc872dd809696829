"""Production as people and workflows bring it about: with commands, from accepted commits in a real repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import cli, ledger

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.workspace import Workspace


@dataclass
class Typed:
    """A project with a repository, and production, to which releases are brought."""

    name: str
    workspace: Workspace
    outputs: Path
    """What commands put out for the jobs after theirs."""
    config: str
    """The text of `ml-cicd.toml`."""

    def accepted(self, image: str) -> str:
        """Return a new commit whose release integration and staging have accepted."""
        (self.workspace.clone / "ml-cicd.toml").write_text(self.config)
        self.workspace.git("add", "--all")
        commit, basis = self.workspace.commit(), None
        self.workspace.push("main")
        repository = self.workspace.repository()
        for environment in ("integration", "staging"):
            deployment = ledger.Deployment(
                self.name, environment, "deploy", "passed", commit, image, image, basis=basis
            )
            basis = ledger.append(repository, deployment).basis
        return commit

    def bring(self, image: str) -> int:
        """Deploy a new commit of that release and record it, as the workflow does. Returns the deployment's code."""
        words = ["--environment", "production", "--commit", self.accepted(image)]
        code = cli.main(["deploy", *words])
        assert cli.main(["record", "--outcome", self.outcome, *words]) == 0
        return code

    @property
    def outcome(self) -> str:
        """What the last deployment put out."""
        lines = self.outputs.read_text().splitlines()
        return [line for line in lines if line.startswith("outcome=")][-1].removeprefix("outcome=")

    def entries(self, environment: str = "production") -> list[ledger.Entry]:
        return ledger.read(self.workspace.repository(), self.name, environment)
