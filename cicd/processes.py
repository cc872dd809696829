"""Processes of this machine: a name that no other process ever has, and whether one has ended for sure."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
from pathlib import Path

PROC = Path("/proc")


def machine() -> str:
    """Return the name of this machine."""
    return socket.gethostname()


def this() -> str:
    """Return the name of this process: `<id>@<start time>@<PID namespace>`, since process ids are used again."""
    pid = os.getpid()
    return f"{pid}@{start_time(pid)}@{pid_namespace()}"


def is_dead(process: str, where: str) -> bool:
    """Return whether a process was one of this machine and has ended; False for another machine's process."""
    pid, started, namespace = [*process.split("@"), "", ""][:3]
    if where != machine() or namespace != pid_namespace() or not pid.isdecimal():
        return False
    return start_time(int(pid)) != started


def pid_namespace() -> str:
    """Identify this boot and PID namespace: only within both does a process id mean one process."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text()
        return hashlib.sha256((boot + str((PROC / "self/ns/pid").readlink())).encode()).hexdigest()[:12]
    except OSError:  # no Linux
        return "here"


def start_time(pid: int) -> str:
    """Return when the process started, as the system writes it; empty when there is no such process."""
    if PROC.is_dir():
        try:
            state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if state in "ZX" else fields[18]
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
