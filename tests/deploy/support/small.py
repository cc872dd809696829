"""A second engine whose disk is as small as a test needs it, in namespaces of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import docker

from cicd.forge.machine import base_images, engine_setup

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


@dataclass
class SmallEngine:
    """Start it as a context. Its disk is a tmpfs of `megabytes`. Needs root and dockerd."""

    client: docker.DockerClient
    """The engine from which `load` takes the base image."""
    folder: Path
    sockets: str
    """For the engine's sockets: a short path."""
    megabytes: int = 600

    def __enter__(self) -> SmallEngine:
        (self.folder / "data").mkdir(parents=True)
        self.address = f"unix://{self.sockets}/docker.sock"
        folders = [f"--data-root={self.disk}", f"--exec-root={self.sockets}", f"--pidfile={self.folder}/own.pid"]
        script = 'mount -t tmpfs -o "size=$1m" tmpfs "$2" && ip link set lo up && shift 2 && exec "$@"'
        daemon = ["dockerd", "--host", self.address, *folders]
        words = ["unshare", "--net", "--mount", "sh", "-ec", script, "sh", str(self.megabytes), self.disk, *daemon]
        engine_setup.start_daemon(words, self.address, self.folder, print)
        self.process = int((self.folder / "dockerd.pid").read_text())
        self.engine = docker.DockerClient(base_url=self.address)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.process, signal.SIGTERM)
        os.waitpid(self.process, 0)

    @property
    def disk(self) -> str:
        """Where the disk is mounted, in the engine's namespace alone."""
        return f"{self.folder}/data"

    def load(self) -> str:
        """Give the engine the base image of builds, and return its name."""
        base = base_images.python_image(self.client, print) or base_images.PYTHON
        with subprocess.Popen(["docker", "save", base], stdout=subprocess.PIPE) as saved:
            subprocess.run(
                ["docker", "--host", self.address, "load"], stdin=saved.stdout, check=True, stdout=subprocess.DEVNULL
            )
        return base

    def fill(self) -> None:
        """Fill the disk to its last byte."""
        self._inside("dd", "if=/dev/zero", f"of={self.disk}/fill", "bs=1M", check=False)
        self._inside("dd", "if=/dev/zero", f"of={self.disk}/rest", "bs=1", "count=8192", check=False)

    def free(self) -> None:
        """Free what `fill` took."""
        self._inside("rm", f"{self.disk}/fill", f"{self.disk}/rest")

    def _inside(self, *command: str, check: bool = True) -> None:
        words = ["nsenter", "--target", str(self.process), "--mount", "--", *command]
        subprocess.run(words, check=check, stderr=subprocess.DEVNULL)
