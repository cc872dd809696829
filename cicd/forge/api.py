"""Answer the calls of GitHub's REST API that the kit makes, on this machine, while workflows run."""

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
from cicd.forge.events import dispatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicd.forge.events.dispatch import Dispatch
    from cicd.forge.events.payloads import HostedRepository

DOCUMENTATION = "https://docs.github.com/rest"
DISPATCH_DOCUMENTATION = f"{DOCUMENTATION}/actions/workflows#create-a-workflow-dispatch-event"
_DISPATCH = re.compile(r"/repos/([^/]+/[^/]+)/actions/workflows/([^/?]+)/dispatches")


class ApiError(Exception):
    """A request that GitHub would refuse, with the status and the message of its answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def checked_dispatch(repository: HostedRepository, file: str, body: Any) -> Dispatch:
    """Return the accepted request of `POST .../workflows/FILE/dispatches` with the decoded `body`.

    Raises:
        ApiError: GitHub would refuse the request.

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
        return dispatch.check(repository, file, body["ref"], inputs)
    except NotStartedError as error:
        raise ApiError(error.status, error.message) from error


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        """Answer a request: only `POST .../dispatches` exists."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        documentation = DOCUMENTATION
        try:
            self._authorize()
            route = _DISPATCH.fullmatch(self.path)
            if not route or self.command != "POST":  # GitHub answers 404, not 405, for a wrong method
                raise ApiError(404, "Not Found")  # noqa: TRY301 -- every refusal is raised
            documentation = DISPATCH_DOCUMENTATION
            if route[1].lower() != self.server.repository.full_name.lower():
                raise ApiError(404, "Not Found")  # noqa: TRY301
            request = _decoded(body)
            run = self.server.enqueue(checked_dispatch(self.server.repository, route[2], request))
            self._answer(*((200, run) if request.get("return_run_details") else (204, None)))
        except ApiError as error:
            self._answer(
                error.status,
                {"message": error.message, "documentation_url": documentation, "status": str(error.status)},
            )

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 -- http.server calls these names

    def _authorize(self) -> None:
        authorization = self.headers.get("Authorization", "")
        if not authorization:
            raise ApiError(401, "Requires authentication")
        if not hmac.compare_digest(authorization.partition(" ")[2].encode(), self.server.token.encode()):
            raise ApiError(401, "Bad credentials")

    def _answer(self, status: int, body: Mapping[str, Any] | None) -> None:
        self.send_response(status)
        text = json.dumps(body).encode() if body else b""
        if text:
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name in the base class
        """Log nothing: the hook prints only what the person who pushed needs."""


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise ApiError(400, "Problems parsing JSON") from error


class Server(ThreadingHTTPServer):
    """The API of one repository. `queue` holds the accepted dispatches, oldest first.

    `last_planned` is the number of the last run that was planned before the queue: it predicts the queue's numbers.
    """

    daemon_threads = True

    def __init__(self, repository: HostedRepository, token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repository = repository
        self.token = token
        self.queue: deque[Dispatch] = deque()
        self.last_planned = 0
        self._lock = Lock()

    def enqueue(self, accepted: Dispatch) -> dict[str, Any]:
        """Add a dispatch to the queue. Returns GitHub's description of its run."""
        with self._lock:
            self.queue.append(accepted)
            number = self.last_planned + len(self.queue)
        path = f"{self.repository.full_name}/actions/runs/{number}"
        return {
            "workflow_run_id": number,
            "run_url": f"{self.url}/repos/{path}",
            "html_url": f"{self.repository.server}/{path}",
        }

    @property
    def url(self) -> str:
        """The value of GITHUB_API_URL for jobs."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serve(repository: HostedRepository, token: str) -> Iterator[Server]:
    """Serve the API of `repository` on a free port of localhost; callers must present `token`."""
    with Server(repository, token) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
