"""What the tests of the Docker target share: bad releases, and what a target has on the engine."""

from __future__ import annotations

import json
import shutil
import urllib.request
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cicd import labels as names
from cicd.config import DockerSettings
from cicd.deploy.docker.site import Site
from cicd.deploy.docker.target import DockerTarget
from cicd.deploy.target import Order
from cicd.oci import archives, images

if TYPE_CHECKING:
    from collections.abc import Mapping

    import docker
    from docker.models.containers import Container

    from cicd.config import Config
    from cicd.deploy.target import Running
    from cicd.forge.machine.services import Services

PROJECT = Path(__file__).parents[2] / "fixtures" / "tiny"
NAME = f"tiny-{uuid.uuid4().hex[:6]}"
CRASH = "raise SystemExit(3)\n"
HANG = "import time\ntime.sleep(60)\n"
SLOW = "import time\ntime.sleep(20)\n"
SICK = "import os\nos.environ['ML_CICD_DIGEST'] = 'sha256:another'\n"
ERROR = "import json\njson.dumps = None\n"
MUTE = "import socket, time\ns = socket.create_server(('', 8000))\ntime.sleep(60)\n"
SERVES = """import http.server, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        while True:
            %s
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""
STREAM = SERVES % "self.wfile.write(b'x' * 65_536)"
DRIP = SERVES % "self.wfile.write(b'x'), time.sleep(0.5)"
TEXT = "import json\njson.dumps = lambda *_: 'ok'\n"
HOST = """from http.server import BaseHTTPRequestHandler as Base
parse = Base.parse_request
allowed = lambda self: self.headers["Host"].partition(":")[0] == "flights.example.org"
Base.parse_request = lambda self: parse(self) and (allowed(self) or self.send_error(400))
"""
DEAF = "import signal as s\ns.signal = lambda *_: None\n"


def built(client: docker.DockerClient, up: Services, context: Path, label: str, first_lines: str) -> str:
    """Build and push a release whose service begins with other lines; returns it as `repository@sha256:...`."""
    shutil.copytree(PROJECT, context)
    service = context / "app" / "serve.py"
    service.write_text(first_lines + service.read_text())
    bundle = archives.packed({"bundle/metadata.json": b'{"name": "tiny", "offset": 1}'})
    client.api.import_image_from_data(bundle, repository=f"{NAME}-bundle", tag="latest")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ML_CICD_BASE", up.base)
        image = images.build(
            context,
            context / "cicd" / "release" / "Dockerfile",
            tag=f"{NAME}:{label}",
            arguments={"BUNDLE": f"{NAME}-bundle:latest"},
            labels={"made.for": label, names.TITLE: NAME},
        )
    return images.push(client, image, f"{up.registry}/{NAME}", label)


def docker_target(client: docker.DockerClient, config: Config, environment: str, instance: str = "") -> DockerTarget:
    """Return the target of an environment, which gives the old release five seconds for its last requests."""
    settings = DockerSettings(drain_timeout=5)
    return DockerTarget(Site(client, config, config.environments[environment], settings, instance))


def configured(target: DockerTarget, log: Mapping[str, str] | None = None, **values: Any) -> DockerTarget:
    """Return the target with other values in its environment."""
    site = target.site
    settings = replace(site.settings, log=log) if log else site.settings
    return DockerTarget(replace(site, environment=replace(site.environment, **values), settings=settings))


def order(image: str, commit: str = "1" * 40) -> Order:
    return Order(image, commit, "integration/1@abc", "staging/1@def", "somebody")


def accept(url: str, network: str) -> None:
    """Accept every release."""


def get(url: str, path: str = "/predict/2") -> dict[str, object]:
    with urllib.request.urlopen(url + path, timeout=60) as answer:
        body: dict[str, object] = json.load(answer)
        return body


def serves(running: Running | None) -> str:
    """Return the digest that answers a user."""
    assert running is not None
    return str(get(running.url, "/health")["digest"])


def digest(image: str) -> str:
    return image.partition("@")[2]


def serving(target: DockerTarget) -> Container:
    """Return the container that serves."""
    release = target.site.serving(target.site.releases.all(), target.site.routing())
    assert release is not None
    return release


def state(target: DockerTarget) -> tuple[list[str], list[str], set[str]]:
    """Return the running releases, the stopped ones (newest first), and the names of the other containers."""
    releases = target.site.releases.all()
    running = [release.labels["ml-cicd.release"] for release in releases if release.status == "running"]
    stopped = [release.labels["ml-cicd.release"] for release in releases if release.status != "running"]
    labels = [f"{names.PROJECT}={target.site.config.name}", f"{names.ENVIRONMENT}={target.site.environment.name}"]
    containers = target.site.client.containers.list(all=True, filters={"label": labels}, ignore_removed=True)
    accepted = {target.site.releases.accepted_name(release) for release in releases}
    return running, stopped, {str(container.name) for container in containers} - accepted - {target.site.proxy.name}


def everything(target: DockerTarget) -> list[str]:
    """Return all that the environment has on the engine, and the state of each container."""
    client = target.site.client
    marks: dict[str, Any] = {
        "label": [f"{names.PROJECT}={target.site.config.name}", f"{names.ENVIRONMENT}={target.site.environment.name}"]
    }
    found = client.containers.list(all=True, filters=marks, ignore_removed=True)
    states = [f"{container.name} {container.attrs['State']}" for container in found]
    others = [*client.networks.list(filters=marks), *client.volumes.list(filters=marks)]
    return sorted([*states, *(str(other.id) for other in others)])


def registry_of(client: docker.DockerClient, release: str) -> Container:
    """Return the registry that has a release; a process that ran tests of two tiers has two."""
    port = release.partition("/")[0].rpartition(":")[2]
    marks: dict[str, str | list[str] | bool] = {"label": f"{names.ROLE}={names.REGISTRY}"}
    (registry,) = [
        container
        for container in client.containers.list(filters=marks, ignore_removed=True)
        if f"'{port}'" in str(container.ports)
    ]
    return registry


def sweep(client: docker.DockerClient, name: str = NAME) -> None:
    """Remove what was deployed: every container, volume and network of the project but the registry's."""
    marks: dict[str, str | list[str] | bool] = {"label": f"{names.PROJECT}={name}"}
    for container in client.containers.list(all=True, filters=marks, ignore_removed=True):
        if container.labels[names.ROLE] != "registry":
            container.remove(force=True)
    for volume in client.volumes.list(filters=marks):
        if (volume.attrs["Labels"] or {}).get(names.ROLE) != "registry":
            volume.remove(force=True)
    for network in client.networks.list(filters=marks):
        network.remove()
