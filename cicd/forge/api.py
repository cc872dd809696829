"""The REST calls of GitHub that the kit makes, answered on this machine while runs happen."""

from __future__ import annotations

import hmac
import json
import re
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from cicd.forge import dispatch as dispatching
from cicd.forge.inputs import NotStartedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicd.forge.dispatch import Dispatch
    from cicd.forge.events import Repository

DOCUMENTATION = "https://docs.github.com/rest"
_DISPATCH = re.compile(r"/repos/([^/]+/[^/]+)/actions/workflows/([^/?]+)/dispatches")


class ApiError(Exception):
    """What GitHub would answer instead."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def dispatch(repository: Repository, file: str, body: Any) -> Dispatch:
    """What `POST .../workflows/FILE/dispatches` with `body` starts.

    Raises:
        ApiError: nothing, and why.

    """
    if not isinstance(body, dict) or not isinstance(body.get("ref"), str):
        raise ApiError(422, 'Invalid request.\n\n"ref" wasn\'t supplied.')
    inputs = body.get("inputs") or {}
    if not isinstance(inputs, dict):
        raise ApiError(422, "Invalid request.\n\nFor 'properties/inputs', the value is not an object.")
    try:
        return dispatching.dispatch(repository, file, body["ref"], inputs)
    except NotStartedError as error:
        raise ApiError(error.status, error.message) from error


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        """Answer the one call that there is."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            self._authorize()
            found = _DISPATCH.fullmatch(self.path)
            if not found or found[1].lower() != self.server.repository.full_name.lower():
                raise ApiError(404, "Not Found")  # noqa: TRY301 -- every answer but one is raised
            self.server.queue.append(dispatch(self.server.repository, found[2], _decoded(body)))
            self._answer(204)
        except ApiError as error:
            self._answer(error.status, error.message)

    def do_GET(self) -> None:
        """Nothing is there to be read."""
        self._answer(404, "Not Found")

    do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 -- the names that http.server asks for

    def _authorize(self) -> None:
        token = self.headers.get("Authorization", "").partition(" ")[2]
        if not hmac.compare_digest(token.encode(), self.server.token.encode()):
            raise ApiError(401, "Bad credentials")

    def _answer(self, status: int, message: str = "") -> None:
        self.send_response(status)
        answer = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
        text = json.dumps(answer).encode() if message else b""
        if text:
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class names it
        """Say nothing: the hook's output is for people."""


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise ApiError(400, "Problems parsing JSON") from error


class Server(ThreadingHTTPServer):
    """The API of one repository. `queue` holds what it was asked to start, oldest first."""

    daemon_threads = True

    def __init__(self, repository: Repository, token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repository = repository
        self.token = token
        self.queue: deque[Dispatch] = deque()

    @property
    def url(self) -> str:
        """What GITHUB_API_URL is."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serve(repository: Repository, token: str) -> Iterator[Server]:
    """The API for `repository`, for as long as the context lasts; callers must present `token`."""
    with Server(repository, token) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
