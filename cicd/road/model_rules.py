"""Whose `[gate]` counts for the model of a commit: that of main.

A commit can't choose its judge: metrics, margins, floors and checks that are off are those of main. Of the commit's own
table only that counts by which its release is evaluated.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from cicd import stages
from cicd.road import rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config, GateSettings
    from cicd.ledger import Entry
    from cicd.repository import Repository

OF_THE_COMMIT = ("evaluate", "evaluation_set", "columns", "timeout", "memory", "cpus", "shm_size")
"""What the commit's own table says of how its release is evaluated."""
ASKED = ("metrics", "positive", "slices", "columns", "skip", "budget", "mixed", "inconclusive")
"""What a commit can't change for itself. New names of columns are taken, but count as a change."""


@dataclass(frozen=True)
class Governing:
    """What is asked of the model of a commit."""

    settings: GateSettings
    own: GateSettings | None
    """The commit's own `[gate]`; None if the commit removes it."""
    change: str = ""
    """What the commit changes of main's rules, such as `removes [gate]`; empty for nothing."""

    @property
    def digest(self) -> str:
        """Return the SHA-256 of what the commit's own table asks."""
        own = asdict(self.own) if self.own else {}
        asked = {name: own[name] for name in ASKED if name in own}
        return f"sha256:{hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()}"


def governing(
    repository: Repository, config: Config, chains: Mapping[str, Sequence[Entry]], commit: str
) -> Governing | None:
    """Return what is asked of the model of a commit whose configuration is `config`; None if nothing is.

    Where main has the commit already, the rules are those of the newest other commit that passed integration. A project
    without either is judged by its own rules.

    Raises:
        UsageError: that configuration can't be read.

    """
    before = _before(repository, chains, commit)
    own = active(config)
    accepted = active(rules.of_commit(repository, config, before)) if before else own
    if accepted is None:
        return Governing(own, own, "adds [gate]") if own else None
    if own is None:
        return Governing(accepted, None, "removes [gate]")
    changed = [name for name in ASKED if getattr(own, name) != getattr(accepted, name)]
    taken = {name: getattr(own, name) for name in OF_THE_COMMIT}
    return Governing(replace(accepted, **taken), own, f"changes [gate] {', '.join(changed)}" if changed else "")


def active(config: Config) -> GateSettings | None:
    """Return the settings of the model gate, if it judges the project's releases."""
    return config.gate if config.gate and config.gate.evaluate else None


def _before(repository: Repository, chains: Mapping[str, Sequence[Entry]], commit: str) -> str:
    """Return the commit whose rules count for another one; empty for none."""
    main = repository.main_commit
    if main is not None and not repository.is_ancestor(commit, main):
        return main
    others = [
        entry.deployment.commit
        for entry in chains.get(stages.INTEGRATION.name, [])
        if entry.deployment.result == "passed" and entry.deployment.commit != commit
    ]
    return others[-1] if others else ""
