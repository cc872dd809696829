"""Install and start a Docker engine on a machine where none answers, or name the commands that do.

`python -m cicd.forge.machine.engine_setup` does it from the command line; with `--stop` it stops the engine that it
started. An engine that answers is never changed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import CicdError, UnreachableError
from cicd.forge.machine import apt, turns
from cicd.oci import engine
from cicd.text import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cicd.oci.engine import Client


ENGINE_PACKAGES = ("docker.io", "iptables", "ca-certificates")
CLIENT_PACKAGES = ("docker-cli", "docker-buildx")  # older distributions have them in docker.io
STATE = Path("/run/ml-cicd")  # log and process id of an engine that ml-cicd started; a reboot clears it
SECONDS_TO_ANSWER = 30
GARBAGE_COLLECTION = {"GOGC": "400"}
"""dockerd runs its own program again for each layer and container; with Go's default, each start collects garbage."""
SYSTEM = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def ensure_engine(say: Callable[[str], None]) -> None:
    """Wait for an engine that answers; as root on Linux with apt, install and start Debian's where none answers.

    Raises:
        UnreachableError: no engine answers, and this process can't start one; the hint has the commands.

    """
    complete_path()
    try:
        engine.address()
    except UnreachableError as error:
        if os.environ.get("DOCKER_HOST"):
            raise
        if not (apt.usable() and sys.platform == "linux"):
            raise UnreachableError(error.message, advice()) from error
    else:
        return
    with turns.turn(say):
        with suppress(UnreachableError):
            engine.address()
            return  # another command has started it meanwhile
        if not shutil.which("dockerd"):
            say("there is no Docker engine on this machine")
            apt.update()
            apt.install([*ENGINE_PACKAGES, *filter(apt.has_package, CLIENT_PACKAGES)], say)
        start_engine(say)


def complete_path() -> None:
    """Add the folders of system commands to PATH: after `su`, root has the PATH of a user, without dockerd."""
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join([*path, *(folder for folder in SYSTEM if folder not in path)])


def ensure_build_client(say: Callable[[str], None]) -> None:
    """Install a docker command that builds with BuildKit, unless there is one.

    Raises:
        UnreachableError: there is none, and this process can't install one.

    """
    try:
        engine.build_command()
    except UnreachableError:
        if not apt.usable():
            raise
        with turns.turn(say):
            with suppress(UnreachableError):
                engine.build_command()
                return  # another command has installed it meanwhile
            apt.update()
            buildx = next(filter(apt.has_package, ("docker-buildx-plugin", "docker-buildx")), None)
            apt.install([buildx] if buildx else ["docker.io"], say)
            engine.build_command()


def advice() -> str:
    """Return what a person must do so that an engine answers on this machine."""
    if engine.SOCKET.exists() and not os.access(engine.SOCKET, os.W_OK):
        return "This account may not use the engine. Run, and log in again: sudo usermod -aG docker $USER"
    if shutil.which("dockerd"):
        return "Start the engine: sudo systemctl start docker   (without systemd: sudo dockerd)"
    if shutil.which("apt-get"):
        install = apt.commands(ENGINE_PACKAGES)
        return "\n  ".join(["Run these, and log in again:", *install, "sudo usermod -aG docker $USER"])
    return "Install Docker (https://docs.docker.com/get-started/get-docker/), start it, then run this again."


def start_engine(say: Callable[[str], None]) -> None:
    """Start the installed engine, with systemd where it runs, and wait until the engine answers.

    Raises:
        UnreachableError: the engine does not answer in time.

    """
    address = f"unix://{engine.SOCKET}"
    if Path("/run/systemd/system").is_dir():
        say("starting the Docker engine: systemctl start docker")
        done = subprocess.run(
            ["systemctl", "start", "docker"], capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode or not _answers(address, lambda: True):
            raise UnreachableError(
                f"The Docker engine does not answer after 'systemctl start docker'. {done.stderr}".strip(),
                "Read its log: journalctl -u docker",
            )
    elif _is_dockerd(Path("/var/run/docker.pid")):  # the package's own start script has started it
        if not _answers(address, lambda: True):
            raise UnreachableError(
                "A Docker engine (dockerd) runs on this machine, but does not answer.",
                "Read its log: /var/log/docker.log",
            )
    else:
        start_daemon(["dockerd"], address, STATE, say)


def start_daemon(command: Sequence[str], address: str, state: Path, say: Callable[[str], None]) -> None:
    """Start a dockerd that outlives this process, and wait until it answers at `address`.

    Its log and its process id are kept in the folder `state`.

    Raises:
        UnreachableError: dockerd ended, or was stopped because it did not answer in time.

    """
    state.mkdir(parents=True, exist_ok=True)
    log, pid_file = state / "dockerd.log", state / "dockerd.pid"
    say(f"starting the Docker engine: {command[0]} (log: {log})")
    with log.open("wb") as stream:
        daemon = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True,
            env={**GARBAGE_COLLECTION, **os.environ},
        )  # fmt: skip
    pid_file.write_text(str(daemon.pid))
    if _answers(address, lambda: daemon.poll() is None):
        return
    daemon.terminate()
    daemon.wait()
    pid_file.unlink()
    tail = "\n".join(lines(log.read_text(errors="replace"))[-15:])
    raise UnreachableError(
        f"The Docker engine was started, but does not answer at {address}. The end of its log:\n{tail}",
        f"Fix what the log names ({log}), then run this again.",
    )


def started_engine(state: Path) -> int | None:
    """Return the process id of the engine that `start_daemon` started with `state`; None if it does not run."""
    pid_file = state / "dockerd.pid"
    return int(pid_file.read_text()) if _is_dockerd(pid_file) else None


def stop_engine(client: Client, state: Path, say: Callable[[str], None]) -> None:
    """Stop the engine that `start_daemon` started with `state`, unless containers run in it."""
    if not (pid := started_engine(state)):
        return
    if running := client.containers.list(ignore_removed=True):
        names = ", ".join(str(container.name) for container in running)
        say(f"the Docker engine that ml-cicd started keeps running, for its containers: {names}")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while started_engine(state) and time.monotonic() < deadline:
        time.sleep(0.1)
    (state / "dockerd.pid").unlink()
    say("stopped the Docker engine that ml-cicd started")


def _is_dockerd(pid_file: Path) -> bool:
    """Return whether the process whose id is in `pid_file` is a dockerd that runs."""
    try:
        status = (Path("/proc") / pid_file.read_text().strip() / "stat").read_text()
    except OSError:
        return False
    return "(dockerd) " in status and "(dockerd) Z" not in status


def _answers(address: str, alive: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while alive() and time.monotonic() < deadline:
        if not engine.problem(address):
            return True
        time.sleep(0.1)
    return False


def main() -> int:
    """Ensure that an engine answers and can build; with `--stop`, stop the engine that this command started."""
    try:
        if sys.argv[1:] == ["--stop"]:
            if started_engine(STATE):
                stop_engine(engine.connect(), STATE, print)
            return 0
        ensure_engine(print)
        ensure_build_client(print)
    except CicdError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
