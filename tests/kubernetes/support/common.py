"""What the tests of the kubernetes target share."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from cicd.deploy import holder
from cicd.deploy.kubernetes.site import Site
from cicd.deploy.target import Order

if TYPE_CHECKING:
    from cicd.deploy.kubernetes.target import KubernetesTarget
    from cicd.deploy.target import Accept, Running

NAME = f"tiny-{uuid.uuid4().hex[:6]}"
CRASH = "raise SystemExit(3)\n"
SICK = "import os\nos.environ['ML_CICD_DIGEST'] = 'sha256:another'\n"
ERROR = "import json\njson.dumps = None\n"
MUTE = "import socket, time\ns = socket.create_server(('', 8000))\ntime.sleep(60)\n"
LATE = "import socket\nif not socket.gethostname().endswith('-candidate'): raise SystemExit(4)\n"
KEEPS = "import http.server\nhttp.server.BaseHTTPRequestHandler.protocol_version = 'HTTP/1.1'\n"


def order(image: str, commit: str = "1" * 40) -> Order:
    return Order(image, commit, "integration/1@abc", "staging/1@def", "somebody")


def accept(url: str, network: str) -> None:
    """Everything is accepted."""


def digest(image: str) -> str:
    return image.partition("@")[2]


def answer_of(running: Running | None) -> dict[str, object]:
    """Return a service's answer to a user; a node opens the port of a new Service a moment after its creation."""
    assert running is not None
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"{running.url}/health", timeout=60) as answer:
                body: dict[str, object] = json.load(answer)
                return body
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def hurried(target: KubernetesTarget) -> KubernetesTarget:
    """Return the target of the same environment, which gives a release, a bad one, eight seconds to be healthy."""
    environment = replace(target.site.environment, health_timeout=8)
    return replace(target, site=Site(target.site.config, environment, target.site.settings, target.site.kubectl))


def deploy(target: KubernetesTarget, order: Order, judge: Accept = accept) -> Running:
    """Apply an order under the lock."""
    with target.locked(holder.this_process("somebody"), 0):
        return target.apply(order, judge)


def pods(target: KubernetesTarget) -> dict[str, str]:
    """Return the pods that do not terminate: the name of each, and the digest of the image that its node runs."""
    items = json.loads(target.site.kubectl.run("get", "pods", "--output=json"))["items"]
    return {
        pod["metadata"]["name"]: pod["status"]["containerStatuses"][0]["imageID"].rpartition("@")[2]
        for pod in items
        if "deletionTimestamp" not in pod["metadata"]
    }
