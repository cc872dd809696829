"""Releases with a second service and packages, on a target in a folder."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from cicd import ledger, stages
from cicd.deploy.target import running
from cicd.road import verification
from cicd.road.request import Request
from tests.unit.support.folder_target import FolderTarget
from tests.unit.support.road import CONFIG, Road

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.support.registry_server import Registry
    from tests.unit.support.workspace import Workspace

WHEELS = {"app-1.0-py3-none-any.whl": "a" * 64}


class Wares(Road):
    """Releases that have a second service and packages, and a target in a folder."""

    def __init__(self, workspace: Workspace, registry: Registry, folder: Path) -> None:
        super().__init__(workspace, registry)
        self.target = FolderTarget(folder)
        self.wheels = WHEELS

    def part(self, name: str, commit: str) -> str:
        """Return the image of the second service, or that with the wheels."""
        return self.registry.add(f"acme/app/{name}", f"{name} of {commit}")

    def deployment(self, deployment: ledger.Deployment) -> ledger.Deployment:
        report, packages = (self.part(name, deployment.commit) for name in ("report", "packages"))
        return replace(deployment, others={"report": report}, packages=packages, wheels=self.wheels)

    def alter(self, part: str) -> None:
        """Let the registry serve other content for the images of one kind."""
        for name in self.registry.manifests:
            if name.startswith(f"acme/{part}/sha256"):
                self.registry.manifests[name] += b" "

    def bring(self, release: str, commit: str = "", **facts: object) -> None:
        """Let the target run a release."""
        content = {**asdict(running(release, commit, {})), **facts}
        (self.target.folder / "running.json").write_text(json.dumps(content))

    def retains(self, *images: str) -> None:
        kept = [asdict(running(image, "", {})) for image in images]
        (self.target.folder / "retained.json").write_text(json.dumps(kept))

    def ask(self, commit: str, *, target: bool = True, **asked: object) -> verification.Candidate:
        """Verify a commit for production."""
        request = Request(stages.PRODUCTION, commit, **asked)  # type: ignore[arg-type]
        repository = self.workspace.repository()
        return verification.verify(repository, CONFIG, request, self.target if target else None)

    def newest(self, environment: str) -> ledger.Entry:
        return ledger.read(self.workspace.repository(), "app", environment)[-1]
