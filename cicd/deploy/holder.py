"""The holder of an environment's lock: a process, and whether it is dead for sure."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import labels

if TYPE_CHECKING:
    from collections.abc import Mapping

PROC = Path("/proc")
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
    pid = os.getpid()
    return Holder(who, socket.gethostname(), f"{pid}@{_start_time(pid)}@{_pid_namespace()}", run)


def is_dead(holder: Holder) -> bool:
    """Return whether the holder is a process of this machine that has ended; False for another machine's process."""
    pid, started, namespace = [*holder.process.split("@"), "", ""][:3]
    if holder.where != socket.gethostname() or namespace != _pid_namespace() or not pid.isdecimal():
        return False
    return _start_time(int(pid)) != started


def to_labels(holder: Holder) -> dict[str, str]:
    """Return the holder as labels of an engine's or annotations of a cluster's object."""
    return {f"{labels.HOLDER}.{name}": getattr(holder, name) for name in FIELDS}


def from_labels(values: Mapping[str, str]) -> Holder:
    """Return the holder that `to_labels` wrote."""
    return Holder(*(values.get(f"{labels.HOLDER}.{name}", "") for name in FIELDS))


def _pid_namespace() -> str:
    """Identify this boot and PID namespace: only within both does a process id mean one process."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text()
        return hashlib.sha256((boot + str((PROC / "self/ns/pid").readlink())).encode()).hexdigest()[:12]
    except OSError:  # no Linux
        return "here"


def _start_time(pid: int) -> str:
    """Return when the process started, as the system writes it; empty when there is no such process."""
    if PROC.is_dir():
        try:
            state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if state in "ZX" else fields[18]
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
