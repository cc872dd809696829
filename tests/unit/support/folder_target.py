"""A deploy target in a folder, as small as the protocol allows, for tests of commands.

The real targets stand in the tiers `deploy` and `kubernetes`.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from cicd import failpoints
from cicd.deploy.target import Running, nothing, running
from cicd.errors import CheckFailedError
from cicd.oci import containers

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cicd.deploy.holder import Holder
    from cicd.deploy.target import Accept, Finish, Order
    from tests.unit.support.fake_engine import Engine


@dataclass(frozen=True)
class FolderTarget:
    """A target whose folder holds the running and the retained releases; the release `bad` does not start.

    Tests of a release run on `engine`.
    """

    folder: Path
    bad: str = ""
    engine: Engine | None = None

    def runner(self, network: str) -> Any:
        assert self.engine, "this target runs no tests"
        return partial(containers.run, self.engine.client())

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
        return nullcontext(lambda: None)

    def observe(self) -> Running | None:
        file = self.folder / "running.json"
        return _running(json.loads(file.read_text())) if file.exists() else None

    def addresses(self) -> dict[str, str]:
        return {}

    def outputs(self) -> dict[str, str]:
        return {}

    def plan(self, order: Order) -> list[str]:
        serving = self.observe()
        return [] if serving and serving.release == order.release else [f"bring up {order.release}"]

    def apply(self, order: Order, accept: Accept, finish: Finish = nothing) -> Running:
        if order.release == self.bad:
            raise CheckFailedError("It does not come up.", "Read its log.")
        before = self.observe()
        if before and not self.plan(order):
            finish()
            return before
        new = running(order.release, order.commit, order.facts, url="http://localhost:1")
        accept(new.url, "")
        with failpoints.change("folder.switch"):
            (self.folder / "retained.json").write_text(json.dumps([asdict(release) for release in self._kept(before)]))
            new_file = self.folder / "new.json"
            new_file.write_text(json.dumps(asdict(new)))
            new_file.replace(self.folder / "running.json")
        try:
            finish()
        except BaseException:
            (self.folder / "running.json").unlink()
            if before:
                (self.folder / "running.json").write_text(json.dumps(asdict(before)))
            raise
        return new

    def _kept(self, before: Running | None) -> list[Running]:
        kept = [replace(before, healthy=False)] if before else []
        return kept + [release for release in self.retained() if not before or release.release != before.release]

    def retained(self) -> list[Running]:
        file = self.folder / "retained.json"
        return [_running(release) for release in json.loads(file.read_text())] if file.exists() else []

    def tidy(self, release: str, test: str) -> None:
        """See `Target.tidy`: note what it was told."""
        (self.folder / "tidied.json").write_text(json.dumps([release, test]))

    def unlock(self) -> Holder | None:
        return None


def _running(data: dict[str, Any]) -> Running:
    """Return the release that was written as JSON, with its other services."""
    return Running(**{**data, "others": {name: _running(other) for name, other in data["others"].items()}})
