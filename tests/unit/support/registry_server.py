"""A registry as small as the package's use: manifests over the OCI distribution API, with or without a token.

The real registry stands in the tiers `deploy` and `road`; this one can be made to misbehave.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "application/vnd.oci.image.manifest.v1+json"


@dataclass
class Registry:
    """What the registry holds (`repository/reference` -> manifest), and how it behaves."""

    host: str = ""
    manifests: dict[str, bytes] = field(default_factory=dict)
    status: int = 0
    token: str = ""
    realm: str = ""
    """The token endpoint that it names; empty: its own."""
    identity_token: str = ""
    """What has to be posted to the token endpoint; empty: the endpoint is asked with GET."""
    storage: str = ""
    """The host that it redirects to for content."""
    logins: list[str] = field(default_factory=list)
    """The headers `Authorization` that it got, in order."""

    def add(self, repository: str, text: str, labels: dict[str, str] | None = None) -> str:
        """Add a manifest, with labels if given, and return it as `host/repository@digest`."""
        described: dict[str, object] = {"schemaVersion": 2, "mediaType": KIND, "text": text}
        if labels is not None:
            configuration = self._keep(repository, json.dumps({"config": {"Labels": labels}}).encode())
            described["config"] = {"digest": configuration}
        return f"{self.host}/{repository}@{self._keep(repository, json.dumps(described).encode())}"

    def _keep(self, repository: str, content: bytes) -> str:
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        self.manifests[f"{repository}/{digest}"] = content
        return digest


class Serving:
    """A server in a thread of its own, which can be stopped and started again at the same port."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self.handler, self.port = handler, 0
        self.start()

    def start(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        self.port = self.server.server_port
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


RUNNING: list[Serving] = []
"""The servers of this process. A fork takes no thread along: stop them before it, and start them after it."""


def serve() -> Iterator[Registry]:  # noqa: C901 -- the small methods of its handler are counted together
    """Run a registry on a free port of this machine."""
    registry = Registry()

    class Handler(BaseHTTPRequestHandler):
        def answer(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def admitted(self) -> bool:
            registry.logins.append(self.headers.get("Authorization", ""))
            if registry.status:
                self.answer(registry.status)
                return False
            if registry.token and self.headers.get("Authorization") != f"Bearer {registry.token}":
                realm = registry.realm or f"http://{registry.host}/token"
                challenge = f'Bearer realm="{realm}",service="registry",scope="repository:x:pull"'
                self.answer(401, headers={"WWW-Authenticate": challenge})
                return False
            return True

        def key(self) -> str:
            return self.path.removeprefix("/v2/").replace("/manifests/", "/").replace("/blobs/", "/")

        def do_GET(self) -> None:
            if self.path.startswith("/token"):
                asked_right = not registry.identity_token
                self.answer(200, json.dumps({"token": registry.token}).encode()) if asked_right else self.answer(405)
            elif registry.storage:
                registry.logins.append(self.headers.get("Authorization", ""))
                self.answer(307, headers={"Location": f"http://{registry.storage}{self.path}"})
            elif self.admitted():
                content = self.tags() if "/tags/list" in self.path else registry.manifests.get(self.key())
                self.answer(404) if content is None else self.answer(200, content, {"Content-Type": KIND})

        def tags(self) -> bytes:
            repository = self.path.removeprefix("/v2/").partition("/tags/")[0]
            names = [name.removeprefix(f"{repository}/") for name in registry.manifests if name.startswith(repository)]
            return json.dumps({"tags": sorted(name for name in names if "/" not in name and ":" not in name)}).encode()

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            wanted = {"grant_type": ["refresh_token"], "refresh_token": [registry.identity_token],
                      "service": ["registry"], "scope": ["repository:x:pull"]}  # fmt: skip
            if wanted.items() <= form.items():
                self.answer(200, json.dumps({"access_token": registry.token}).encode())
            else:
                self.answer(401)

        def do_PUT(self) -> None:
            if self.admitted():
                registry.manifests[self.key()] = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(201)

        def log_message(self, *_: object) -> None:
            pass

    serving = Serving(Handler)
    RUNNING.append(serving)
    registry.host = f"127.0.0.1:{serving.port}"
    yield registry
    RUNNING.remove(serving)
    serving.stop()
