"""Run a command on a cluster that a script starts and stops: `cluster.py [--optional] [SCRIPT] -- COMMAND...`.

The script knows `up DIR`, which prints `KUBECONFIG=FILE` in its last line, and `down DIR`. Without a script the cluster
is that of KUBECONFIG, and it stays.

With `--optional` the command runs also if the script starts no cluster; NO_CLUSTER then says why. On Debian, root has
the packages installed that a cluster of this machine's own needs, unless it has their programs.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import UnreachableError
from cicd.forge.machine import apt, engine_setup
from cicd.text import lines
from tests.tools import kubelet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

NO_CLUSTER = "NO_CLUSTER"
SECONDS_TO_END = 60
PROGRAMS = {
    "etcd": "etcd-server",
    "etcdctl": "etcd-client",
    "kubectl": "kubernetes-client",
    "conntrack": "conntrack",
    "ebtables": "ebtables",
    "busybox": "busybox-static",
    "openssl": "openssl",
    "xz": "xz-utils",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
}
"""What a script runs that starts Kubernetes' programs one by one -> the Debian package that has it."""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    end = list(arguments).index("--")
    options, command = list(arguments[:end]), list(arguments[end + 1 :])
    optional = "--optional" in options
    script = [option for option in options if option != "--optional"]
    if not script:
        return _run(command)
    # The runner of a cancelled job sends SIGTERM; the cluster must not outlive it.
    before = signal.signal(signal.SIGTERM, _interrupt)
    with tempfile.TemporaryDirectory(prefix="ml-cicd-cluster-", ignore_cleanup_errors=True) as place:
        folder = str(Path(place) / "cluster")
        try:
            file, problem = started(script, folder)
            if problem:
                sys.stderr.write(f"no cluster: {problem}\n")
                if not optional:
                    return 69
            elif kubelet.keep_images(Path(folder)):
                sys.stderr.write("the node keeps all images of the engine, which it shares with other tests\n")
            found = {NO_CLUSTER: problem} if problem else {"KUBECONFIG": file}
            return _run(command, **found)
        finally:
            try:
                subprocess.run([*script, "down", folder], check=False)
            finally:
                signal.signal(signal.SIGTERM, before)


def _run(command: Sequence[str], **variables: str) -> int:
    """Run a command and return its exit code; if this process is interrupted, let the command end as if it were."""
    with subprocess.Popen(command, env={**os.environ, **variables}) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS_TO_END)
            process.kill()  # a process that was started in the background ignores SIGINT
            raise


def started(script: Sequence[str], folder: str) -> tuple[str, str]:
    """Start the cluster. Return its kubeconfig, and why there is none: one of the two is empty."""
    engine_setup.complete_path()
    _install()
    try:
        up = subprocess.run([*script, "up", folder], capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        return "", f"{script[0]} can't be started: {error.strerror}"
    sys.stderr.write(up.stderr)
    last = (lines(up.stdout) or [""])[-1]
    if up.returncode or not last.startswith("KUBECONFIG="):
        return "", (lines(up.stderr) or [f"{script[0]} up ended with exit code {up.returncode}"])[-1]
    return last.removeprefix("KUBECONFIG="), ""


def _install() -> None:
    """Install what is missing for a cluster of this machine's own; where that fails, the script says what it lacks."""
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if not missing or shutil.which("kind") or not apt.usable():
        return
    try:
        apt.update()
        apt.install(missing, lambda text: print(text, file=sys.stderr, flush=True))
    except UnreachableError as error:
        sys.stderr.write(f"{error.message}\n")


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
