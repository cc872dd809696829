"""The REST calls of GitHub that the kit makes, answered on this machine while runs happen."""

from __future__ import annotations

import hmac
import json
import re
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from cicd.act.inputs import MAX_INPUTS, NotStartedError
from cicd.forge.events import dispatch as dispatching

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.forge.events.dispatch import Dispatch
    from cicd.forge.events.payloads import Repository

DOCUMENTATION = "https://docs.github.com/rest"
DISPATCH_DOCUMENTATION = f"{DOCUMENTATION}/actions/workflows#create-a-workflow-dispatch-event"
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
    inputs = body.get("inputs", {})
    if not isinstance(inputs, dict):
        raise ApiError(422, f"Invalid request.\n\nFor 'properties/inputs', {json.dumps(inputs)} is not an object.")
    if len(inputs) > MAX_INPUTS:
        raise ApiError(
            422, f"Invalid request.\n\nNo more than {MAX_INPUTS} properties are allowed; {len(inputs)} were supplied."
        )
    details = body.get("return_run_details", False)
    if not isinstance(details, bool):
        message = f"For 'properties/return_run_details', {json.dumps(details)} is not a boolean."
        raise ApiError(422, f"Invalid request.\n\n{message}")
    try:
        return dispatching.dispatch(repository, file, body["ref"], inputs)
    except NotStartedError as error:
        raise ApiError(error.status, error.message) from error


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        """Answer the one call that there is."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        documentation = DOCUMENTATION
        try:
            self._authorize()
            found = _DISPATCH.fullmatch(self.path)
            if not found or self.command != "POST":  # GitHub knows no 405 for a method that a path does not have
                raise ApiError(404, "Not Found")  # noqa: TRY301 -- every refusal is raised
            documentation = DISPATCH_DOCUMENTATION
            if found[1].lower() != self.server.repository.full_name.lower():
                raise ApiError(404, "Not Found")  # noqa: TRY301
            asked = _decoded(body)
            run = self.server.enqueue(dispatch(self.server.repository, found[2], asked))
            self._answer(*((200, run) if asked.get("return_run_details") else (204, None)))
        except ApiError as error:
            self._answer(
                error.status,
                {"message": error.message, "documentation_url": documentation, "status": str(error.status)},
            )

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 -- the names that http.server asks for

    def _authorize(self) -> None:
        presented = self.headers.get("Authorization", "")
        if not presented:
            raise ApiError(401, "Requires authentication")
        if not hmac.compare_digest(presented.partition(" ")[2].encode(), self.server.token.encode()):
            raise ApiError(401, "Bad credentials")

    def _answer(self, status: int, body: Mapping[str, Any] | None) -> None:
        self.send_response(status)
        text = json.dumps(body).encode() if body else b""
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
    """The API of one repository. `queue` holds what it was asked to start, oldest first.

    `before` is the number of the last run that comes before those in the queue.
    """

    daemon_threads = True

    def __init__(self, repository: Repository, token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repository = repository
        self.token = token
        self.queue: deque[Dispatch] = deque()
        self.before = 0
        self._one_by_one = Lock()

    def enqueue(self, asked: Dispatch) -> dict[str, Any]:
        """Have it started when its turn comes. Returns what GitHub says of its run."""
        with self._one_by_one:
            self.queue.append(asked)
            number = self.before + len(self.queue)
        path = f"{self.repository.full_name}/actions/runs/{number}"
        return {
            "workflow_run_id": number,
            "run_url": f"{self.url}/repos/{path}",
            "html_url": f"{self.repository.server}/{path}",
        }

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
