"""Gets a machine without a Docker engine one, or says how. An engine that answers is used as it is.

`python -m cicd.forge.machine.engine_setup` does it from the command line; with `--stop` it stops what it started.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cicd.errors import CicdError, UnreachableError
from cicd.forge.machine import apt
from cicd.oci import engine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import docker

ENGINE_PACKAGES = ("docker.io", "iptables", "ca-certificates")
CLIENT_PACKAGES = ("docker-cli", "docker-buildx")  # parts of docker.io where the distribution does not split it up
STATE = Path("/run/ml-cicd")  # log and process id of an engine that was started here; a reboot clears it
SECONDS_TO_ANSWER = 30
SYSTEM = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def ensure_engine(say: Callable[[str], None]) -> None:
    """Return when an engine answers; install and start Debian's where none does and this process may.

    Raises:
        UnreachableError: none answers, and it can't be helped from here; the hint has the commands.

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
    if not shutil.which("dockerd"):
        say("no Docker engine on this machine")
        apt.update()
        apt.install([*ENGINE_PACKAGES, *filter(apt.known, CLIENT_PACKAGES)], say)
    start_engine(say)


def complete_path() -> None:
    """Have this process find the system's commands: root's PATH may be that of a user (`su`), without dockerd."""
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join([*path, *(folder for folder in SYSTEM if folder not in path)])


def ensure_build_client(say: Callable[[str], None]) -> None:
    """Return when a docker command here can build with BuildKit; install one where it is missing.

    Raises:
        UnreachableError: there is none, and it can't be helped from here.

    """
    try:
        engine.build_command()
    except UnreachableError:
        if not apt.usable():
            raise
        apt.update()
        buildx = next(filter(apt.known, ("docker-buildx-plugin", "docker-buildx")), None)
        apt.install([buildx] if buildx else ["docker.io"], say)
        engine.build_command()


def advice() -> str:
    """What a person does to have an engine answer on this machine."""
    if engine.SOCKET.exists() and not os.access(engine.SOCKET, os.W_OK):
        return "This account may not use it. Run: sudo usermod -aG docker $USER   (then log in again)"
    if shutil.which("dockerd"):
        return "Run: sudo systemctl start docker   (or, without systemd: sudo dockerd)"
    if shutil.which("apt-get"):
        install = apt.commands(ENGINE_PACKAGES)
        return "\n  ".join(["Run these, and log in again:", *install, "sudo usermod -aG docker $USER"])
    return "Install Docker (https://docs.docker.com/get-started/get-docker/), start it, and run this again."


def start_engine(say: Callable[[str], None]) -> None:
    """Start the installed engine, by the service manager if one runs, and return when it answers.

    Raises:
        UnreachableError: it does not answer in time; the message ends with its log.

    """
    address = f"unix://{engine.SOCKET}"
    if Path("/run/systemd/system").is_dir():
        say("starting the Docker engine: systemctl start docker")
        done = subprocess.run(["systemctl", "start", "docker"], capture_output=True, text=True, check=False)
        if done.returncode or not _answers(address, lambda: True):
            raise UnreachableError(
                f"systemctl start docker: no engine answers. {done.stderr}", "See: journalctl -u docker"
            )
    elif _is_dockerd(Path("/var/run/docker.pid")):  # the package's own start script was first
        if not _answers(address, lambda: True):
            raise UnreachableError("A dockerd runs here, but does not answer.", "See /var/log/docker.log")
    else:
        start_daemon(["dockerd"], address, STATE, say)


def start_daemon(command: Sequence[str], address: str, state: Path, say: Callable[[str], None]) -> None:
    """Start a dockerd that outlives this process, and return when it answers at `address`.

    Raises:
        UnreachableError: it ended, or did not answer in time and was stopped; the message has the end of its log.

    """
    state.mkdir(parents=True, exist_ok=True)
    log, pid_file = state / "dockerd.log", state / "dockerd.pid"
    say(f"starting the Docker engine: {command[0]} (log: {log})")
    with log.open("wb") as stream:
        daemon = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
        )
    pid_file.write_text(str(daemon.pid))
    if _answers(address, lambda: daemon.poll() is None):
        return
    daemon.terminate()
    daemon.wait()
    pid_file.unlink()
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise UnreachableError(
        f"The Docker engine was started, but does not answer at {address}. The end of its log:\n{tail}",
        f"Mend what the log names ({log}), and run it again.",
    )


def started_engine(state: Path) -> int | None:
    """The process id of the engine that was started here, while it runs."""
    pid_file = state / "dockerd.pid"
    return int(pid_file.read_text()) if _is_dockerd(pid_file) else None


def stop_engine(client: docker.DockerClient, state: Path, say: Callable[[str], None]) -> None:
    """Stop the engine that was started here, unless containers run in it."""
    if not (pid := started_engine(state)):
        return
    if running := client.containers.list(ignore_removed=True):
        names = ", ".join(str(container.name) for container in running)
        say(f"the Docker engine that was started here stays: {names} run in it")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while started_engine(state) and time.monotonic() < deadline:
        time.sleep(0.1)
    (state / "dockerd.pid").unlink()
    say("stopped the Docker engine that was started here")


def _is_dockerd(pid_file: Path) -> bool:
    """Whether the process that `pid_file` names is a dockerd that runs."""
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
    """Make sure that an engine answers here and can build; with --stop, stop the one that was started here."""
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
