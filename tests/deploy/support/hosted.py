"""A machine as a hosted runner starts each job: an engine without an image, and a registry that lasts between jobs.

The second engine runs in the network of a container of the first one, together with the registry: so it reaches the
package index, and changes no network of the machine.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.forge.machine import base_images
from cicd.oci import engine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    import docker

REGISTRY = "localhost:5000"
BASE = f"{REGISTRY}/base/python:3.11"
SECONDS_TO_ANSWER = 60


@dataclass
class HostedRunner:
    """Start it as a context; `fresh` empties the engine. Needs root and dockerd."""

    client: docker.DockerClient
    folder: Path
    """For the engine's data: on a disk that overlay2 works on."""
    sockets: Path
    """For the engine's sockets: a short path."""

    def __enter__(self) -> HostedRunner:
        base = base_images.python_image(self.client, print) or base_images.PYTHON
        image = base_images.registry_image(self.client, base, print)
        name = f"hosted-{uuid.uuid4().hex[:6]}"
        start: Any = self.client.containers.run
        self.network = start(image, ["infinity"], entrypoint=["sleep"], name=name, detach=True)
        self.registry = start(image, name=f"{name}-registry", network_mode=f"container:{name}", detach=True)
        self.network.reload()
        self.daemon: subprocess.Popen[bytes] | None = None
        self._start()
        self._copy(base)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        for container in (self.registry, self.network):
            container.remove(force=True, v=True)

    @property
    def address(self) -> str:
        """The second engine's address."""
        return f"unix://{self.sockets}/docker.sock"

    def docker(self, *words: str, **options: Any) -> None:
        """Run the docker command on the second engine."""
        subprocess.run(["docker", "--host", self.address, *words], check=True, stdout=subprocess.DEVNULL, **options)

    def words(self, *command: str) -> list[str]:
        """Return a command as it runs in the network of the engine and the registry."""
        return ["nsenter", f"--net=/proc/{self.network.attrs['State']['Pid']}/ns/net", *command]

    def environment(self) -> dict[str, str]:
        """Return the variables of a job on this machine."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "ML_CICD_"))}
        return {
            **inherited, "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "local/flights", "DOCKER_HOST": self.address,
            "ML_CICD_REGISTRY": REGISTRY, "ML_CICD_BASE": BASE,
        }  # fmt: skip

    def run(self, command: Sequence[str], directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command of a job."""
        return subprocess.run(
            self.words(*command), cwd=directory, env={**self.environment(), **variables}, check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def fresh(self) -> None:
        """Replace the engine by an empty one."""
        self._stop()
        self._start()

    def _start(self) -> None:
        data, state = f"--data-root={self.folder}/data", f"--pidfile={self.sockets}/docker.pid"
        command = ["unshare", "--mount", "dockerd", "--host", self.address, data, f"--exec-root={self.sockets}", state]
        with (self.folder / "dockerd.log").open("wb") as log:
            self.daemon = subprocess.Popen(self.words(*command), stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while problem := engine.problem(self.address):
            if self.daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the second engine does not answer: {problem}; see {self.folder}/dockerd.log")
            time.sleep(0.1)

    def _stop(self) -> None:
        if self.daemon:
            os.kill(self.daemon.pid, signal.SIGTERM)
            self.daemon.wait()
            subprocess.run(["rm", "-rf", f"{self.folder}/data"], check=True)
            self.daemon = None

    def _copy(self, base: str) -> None:
        """Push the base image into the registry, where hosted runners would have Docker Hub."""
        saved = subprocess.Popen(["docker", "save", base], stdout=subprocess.PIPE)
        self.docker("load", stdin=saved.stdout)
        saved.wait()
        self.docker("tag", base, BASE)
        self.docker("push", "--quiet", BASE)
