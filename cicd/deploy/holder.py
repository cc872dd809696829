"""The holder of an environment's lock: a process, and whether it is dead for sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd import labels, processes

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = ("who", "where", "process", "run")


@dataclass(frozen=True)
class Holder:
    """Who holds the lock of an environment."""

    who: str
    where: str
    """The machine."""
    process: str
    """`<id>@<start time>@<PID namespace>`, since process ids are used again."""
    run: str = ""
    """The URL of the workflow run; empty outside of one."""

    def __str__(self) -> str:
        run = f" ({self.run})" if self.run else ""
        return f"{self.who} on {self.where}, process {self.process.partition('@')[0]}{run}"


def this_process(who: str, run: str = "") -> Holder:
    """Return this process as a holder, on behalf of `who` and of the workflow run with that URL."""
    return Holder(who, processes.machine(), processes.this(), run)


def is_dead(holder: Holder) -> bool:
    """Return whether the holder is a process of this machine that has ended; False for another machine's process."""
    return processes.is_dead(holder.process, holder.where)


def to_labels(holder: Holder) -> dict[str, str]:
    """Return the holder as labels of an engine's or annotations of a cluster's object."""
    return {f"{labels.HOLDER}.{name}": getattr(holder, name) for name in FIELDS}


def from_labels(values: Mapping[str, str]) -> Holder:
    """Return the holder that `to_labels` wrote."""
    return Holder(*(values.get(f"{labels.HOLDER}.{name}", "") for name in FIELDS))
