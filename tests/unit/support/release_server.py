"""A stand-in for GitHub's API that keeps the releases of one repository, answering as GitHub describes.

`tests/static/test_api_contract.py` compares what it answers with GitHub's own description.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "the token of the App"
REPOSITORY = "acme/ml-cicd"


@dataclass
class Releases:
    """What GitHub holds. `calls` has each request; `immutable` is the setting of the repository."""

    repository: str = REPOSITORY
    visibility: str = "public"
    immutable: bool = True
    refuses: str = ""
    """A method that the token may not use."""
    releases: dict[str, dict[str, Any]] = field(default_factory=dict)
    latest: str = ""
    """The release that GitHub shows as the latest one."""
    calls: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        """Return status and content of an answer."""
        self.calls.append(f"{method} {path}")
        if method == self.refuses:
            return 403, _refusal(403, "Resource not accessible by integration")
        if (method, path) == ("GET", ""):
            return 200, {"full_name": self.repository, "visibility": self.visibility}
        if (method, path) == ("POST", "/releases"):
            return self._create(body)
        if method == "GET" and path.startswith("/releases/tags/"):
            found = self.releases.get(path.removeprefix("/releases/tags/"))
            return (200, found) if found else (404, _refusal(404, "Not Found"))
        return 404, _refusal(404, "Not Found")

    def _create(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        tag = body["tag_name"]
        if body["make_latest"] == "true":
            self.latest = tag
        if tag in self.releases:
            return 422, _refusal(422, "Validation Failed")
        self.releases[tag] = {
            "tag_name": tag, "name": body["name"], "body": body["body"], "draft": False,
            "prerelease": body["prerelease"], "immutable": self.immutable,
            "html_url": f"https://github.com/{self.repository}/releases/tag/{tag}",
        }  # fmt: skip
        return 201, self.releases[tag]


def _refusal(status: int, message: str) -> dict[str, Any]:
    return {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _serve(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
        prefix = f"/repos/{self.server.github.repository}"
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            status, content = 401, _refusal(401, "Bad credentials")
        elif not self.path.startswith(prefix):
            status, content = 404, _refusal(404, "Not Found")
        else:
            status, content = self.server.github.answer(self.command, self.path.removeprefix(prefix), body)
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 -- the names that http.server asks for

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class names it
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    github: Releases


@contextmanager
def serving(github: Releases) -> Iterator[str]:
    """Yield the address of the API of `github`."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.github = github
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
