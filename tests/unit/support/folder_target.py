"""A deploy target in a folder, as small as the protocol allows, for tests of commands.

The real targets stand in the tiers `deploy` and `kubernetes`.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cicd import failpoints
from cicd.deploy.target import Running
from cicd.errors import CheckFailedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cicd.deploy.holder import Holder
    from cicd.deploy.target import Accept, Order


@dataclass(frozen=True)
class FolderTarget:
    """A target whose folder holds the running and the retained releases; the release `bad` does not start."""

    folder: Path
    bad: str = ""

    def runner(self, network: str) -> Any:
        raise NotImplementedError

    def locked(self, holder: Holder, wait: float) -> AbstractContextManager[Callable[[], None]]:
        return nullcontext(lambda: None)

    def observe(self) -> Running | None:
        file = self.folder / "running.json"
        return Running(**json.loads(file.read_text())) if file.exists() else None

    def plan(self, order: Order) -> list[str]:
        running = self.observe()
        return [] if running and running.release == order.release else [f"bring up {order.release}"]

    def apply(self, order: Order, accept: Accept) -> Running:
        if order.release == self.bad:
            raise CheckFailedError("It does not come up.", "Read its log.")
        before = self.observe()
        if before and not self.plan(order):
            return before
        new = Running(order.release, order.commit, order.entry, order.after, "http://localhost:1", healthy=True)
        accept(new.url, "")
        with failpoints.change("folder.switch"):
            (self.folder / "retained.json").write_text(json.dumps([asdict(release) for release in self._kept(before)]))
            new_file = self.folder / "new.json"
            new_file.write_text(json.dumps(asdict(new)))
            new_file.replace(self.folder / "running.json")
        return new

    def _kept(self, before: Running | None) -> list[Running]:
        kept = [replace(before, healthy=False)] if before else []
        return kept + [release for release in self.retained() if not before or release.release != before.release]

    def retained(self) -> list[Running]:
        file = self.folder / "retained.json"
        return [Running(**release) for release in json.loads(file.read_text())] if file.exists() else []

    def unlock(self) -> Holder | None:
        return None
