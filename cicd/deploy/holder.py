"""Who holds an environment's lock, and whether that process is dead for sure."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.deploy.target import Holder

if TYPE_CHECKING:
    from collections.abc import Mapping

PROC = Path("/proc")


def mine(who: str, run: str = "") -> Holder:
    """This process as a holder. Its id goes with its start time, since ids are used again."""
    pid = os.getpid()
    return Holder(who, socket.gethostname(), f"{pid}@{_started(pid)}@{_space()}", run)


def is_dead(holder: Holder) -> bool:
    """Whether the holder is a process of this machine that has ended. Of another machine's nothing can be said."""
    pid, started, space = [*holder.process.split("@"), "", ""][:3]
    if holder.where != socket.gethostname() or space != _space() or not pid.isdecimal():
        return False
    return _started(int(pid)) != started


def labels(holder: Holder) -> dict[str, str]:
    """The holder as labels of an engine's or a cluster's object."""
    return {f"ml-cicd.holder.{name}": getattr(holder, name) for name in ("who", "where", "process", "run")}


def of_labels(found: Mapping[str, str]) -> Holder:
    """The holder that `labels` wrote."""
    return Holder(*(found.get(f"ml-cicd.holder.{name}", "") for name in ("who", "where", "process", "run")))


def _space() -> str:
    """What distinguishes the process ids of this machine, since its start, from those of others and of containers."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text()
        return hashlib.sha256((boot + str((PROC / "self/ns/pid").readlink())).encode()).hexdigest()[:12]
    except OSError:  # no Linux
        return "here"


def _started(pid: int) -> str:
    """When the process started, in the system's own words; empty when there is no such process."""
    if PROC.is_dir():
        try:
            state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if state in "ZX" else fields[18]
    words = ["ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
