"""Another engine, which other tests do not notice: it may be restarted, filled and pruned."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import docker

from cicd.forge.machine import engine_setup
from cicd.forge.machine.registry import INNER_PORT
from cicd.oci import images
from tests.deploy.support.tiny import registry_of

if TYPE_CHECKING:
    from collections.abc import Callable


class Second:
    """An engine in namespaces of its own, which outlive its restarts."""

    def __init__(self, folder: Path, sockets: str) -> None:
        self.folder, self.sockets, self.address = folder, sockets, f"unix://{sockets}/docker.sock"
        self.data = folder / "data"
        self.namespaces = subprocess.Popen(["unshare", "--net", "--mount", "sleep", "600"])
        this, second = (Path(f"/proc/{process}/ns/mnt") for process in ("self", self.namespaces.pid))
        until(lambda: second.readlink() != this.readlink())
        self.inside = ["nsenter", "--target", str(self.namespaces.pid), "--net", "--mount", "--"]
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *command: str) -> None:
        """Run a command in the engine's namespaces."""
        subprocess.run([*self.inside, *command], check=True)

    def limit(self, megabytes: int) -> None:
        """Give the engine's data a disk of that size."""
        self.data.mkdir()
        self.run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(self.data))

    def fill(self) -> None:
        """Fill the engine's disk to the last byte."""
        self.run("sh", "-c", f"cat /dev/zero >>{self.data}/filler 2>&-; true")

    def empty(self) -> None:
        """Remove what `fill` has written."""
        self.run("rm", f"{self.data}/filler")

    def start(self) -> docker.DockerClient:
        folders = [f"--data-root={self.data}", f"--exec-root={self.sockets}", f"--pidfile={self.folder}/own.pid"]
        command = [*self.inside, "dockerd", "--host", self.address, *folders]
        engine_setup.start_daemon(command, self.address, self.folder, print)
        return docker.DockerClient(base_url=self.address)

    def end(self) -> None:
        process = int((self.folder / "dockerd.pid").read_text())
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)

    def health(self, url: str) -> str:
        """Return the digest that a user of that machine gets."""
        code = f"import json, urllib.request as r; print(json.load(r.urlopen('{url}/health', timeout=60))['digest'])"
        done = subprocess.run([*self.inside, sys.executable, "-c", code], capture_output=True, text=True, check=False)
        return done.stdout.strip()


def carry_over(client: docker.DockerClient, other: docker.DockerClient, releases: list[str]) -> list[str]:
    """Have releases, their proxy and a registry on another engine; the releases as they are called there."""
    registry = registry_of(client, releases[0])
    needed = [os.environ["ML_CICD_PROXY"], registry.attrs["Config"]["Image"]]
    for name in needed:
        other.images.load(b"".join(client.images.get(name).save(named=name)))
    other.containers.run(needed[1], detach=True, ports={INNER_PORT: ("127.0.0.1", 5000)})
    names = []
    for number, release in enumerate(releases):
        (image,) = other.images.load(b"".join(client.images.get(release).save()))
        image.tag(f"release-{number}")
        names.append(images.push(other, f"release-{number}", "localhost:5000/release", f"number-{number}"))
    return names


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so; what can't be asked yet is not so."""
    end = time.monotonic() + 60
    while True:
        try:
            if true():
                return
        except OSError:
            pass
        assert time.monotonic() < end, "it never was"
        time.sleep(0.1)
