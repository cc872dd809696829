"""A stand-in for GitHub's API that keeps pull requests, runs, artifacts and comments, answering as GitHub describes.

`tests/static/test_api_contract.py` compares what it answers with GitHub's own description.
"""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOKEN = "the token of the job"
REPOSITORY = "acme/app"
BOT = "github-actions[bot]"
SHA = "5" * 40
FORK = "mallory/app"


def packed(content: bytes | str, name: str = "comment.json") -> bytes:
    """Return a ZIP file with one file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@dataclass
class GitHub:
    """What GitHub holds. `calls` has each request to its API, and `headers` those of each download."""

    pulls: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    artifacts: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """The artifacts of each run, by its id."""
    zips: dict[int, bytes] = field(default_factory=dict)
    comments: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    downloads: list[dict[str, str]] = field(default_factory=list)
    refuses: str = ""
    """A method that the token may not use."""
    other: list[dict[str, Any]] = field(default_factory=list)
    """Comments that another run writes while the next one is created."""

    def pull(self, number: int = 7, *, sha: str = SHA, branch: str = "feature/x", repository: str = REPOSITORY) -> None:
        """Add an open pull request."""
        head = {"ref": branch, "sha": sha, "repo": {"full_name": repository}}
        self.pulls.append(
            {"number": number, "state": "open", "head": head, "base": {"ref": "develop"}, "merged_at": None,
             "merge_commit_sha": "9" * 40}
        )  # fmt: skip

    def run(
        self, number: int, said: bytes | str | None, *, workflow: int = 1, event: str = "push", sha: str = SHA,
        branch: str = "feature/x", repository: str = REPOSITORY, name: str = "ml-cicd-comment",
    ) -> None:  # fmt: skip
        """Add an ended run, with an artifact unless it said nothing."""
        self.runs.append(
            {"id": number, "run_number": number % 100, "run_attempt": 1, "workflow_id": workflow, "event": event,
             "head_sha": sha, "head_branch": branch, "head_repository": {"full_name": repository}}
        )  # fmt: skip
        self.artifacts.setdefault(number, [])
        if said is not None:
            self.leave(number, name, packed(said))

    def leave(self, run: int, name: str, content: bytes, *, expired: bool = False) -> None:
        """Add an artifact to a run."""
        number = 1000 + len(self.zips)
        self.zips[number] = content
        self.artifacts[run].append({"id": number, "name": name, "size_in_bytes": len(content), "expired": expired})

    def write(self, body: str, login: str = BOT) -> dict[str, Any]:
        """Add a comment."""
        number = 100 + len(self.comments) + len(self.calls)
        self.comments.append({"id": number, "body": body, "user": {"login": login}})
        return self.comments[-1]

    @property
    def written(self) -> list[str]:
        """The requests that change something."""
        return [call for call in self.calls if not call.startswith("GET")]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _serve(self) -> None:
        github, url = self.server.github, urlsplit(self.path)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
        if url.path.startswith("/blob/"):
            github.downloads.append(dict(self.headers))
            return self._send(200, github.zips[int(url.path.rpartition("/")[2])], "application/zip")
        github.calls.append(f"{self.command} {self.path}")
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._error(401, "Bad credentials")
        if self.command == github.refuses:
            return self._error(403, "Resource not accessible by integration")
        for method, pattern, answer in ROUTES:
            match = re.fullmatch(f"/repos/{REPOSITORY}{pattern}", url.path)
            if match and method == self.command:
                query = {name: values[-1] for name, values in parse_qs(url.query).items()}
                status, content = answer(github, query, body, *match.groups())
                if status == 302:
                    return self._redirect(str(content))
                return self._send(status, json.dumps(content).encode() if status != 204 else b"", "application/json")
        return self._error(404, "Not Found")

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 -- the names that http.server asks for

    def _error(self, status: int, message: str) -> None:
        content = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
        self._send(status, json.dumps(content).encode(), "application/json")

    def _redirect(self, path: str) -> None:
        self.send_response(302)
        self.send_header("Location", f"http://localhost:{self.server.server_address[1]}{path}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        if content:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class names it
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, github: GitHub) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.github = github


@contextmanager
def serving(github: GitHub) -> Iterator[str]:
    """Serve the API; yields its address."""
    with _Server(github) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _listed_pulls(github: GitHub, query: Mapping[str, str], _body: Any) -> tuple[int, Any]:
    owner, _, branch = query.get("head", "").partition(":")
    size, page = int(query["per_page"]), int(query.get("page", "1"))
    listed = [
        pull
        for pull in github.pulls
        if pull["state"] == query["state"]
        and (not branch or (pull["head"]["repo"] or {}).get("full_name", "").startswith(f"{owner}/"))
        and (not branch or pull["head"]["ref"] == branch)
    ]
    return 200, listed[(page - 1) * size : page * size]


def _listed_runs(github: GitHub, query: Mapping[str, str], _body: Any) -> tuple[int, Any]:
    runs = [run for run in github.runs if run["head_sha"] == query["head_sha"]]
    return 200, {"total_count": len(runs), "workflow_runs": runs}


def _listed_artifacts(github: GitHub, _query: Mapping[str, str], _body: Any, run: str) -> tuple[int, Any]:
    return 200, {"total_count": len(github.artifacts[int(run)]), "artifacts": github.artifacts[int(run)]}


def _located(_github: GitHub, _query: Mapping[str, str], _body: Any, number: str) -> tuple[int, Any]:
    return 302, f"/blob/{number}"


def _listed_comments(github: GitHub, query: Mapping[str, str], _body: Any, _pull: str) -> tuple[int, Any]:
    size, page = int(query["per_page"]), int(query["page"])
    return 200, github.comments[(page - 1) * size : page * size]


def _created(github: GitHub, _query: Mapping[str, str], body: Any, _pull: str) -> tuple[int, Any]:
    github.comments += github.other
    return 201, github.write(body["body"])


def _updated(github: GitHub, _query: Mapping[str, str], body: Any, number: str) -> tuple[int, Any]:
    (comment,) = [comment for comment in github.comments if comment["id"] == int(number)]
    comment["body"] = body["body"]
    return 200, comment


def _deleted(github: GitHub, _query: Mapping[str, str], _body: Any, number: str) -> tuple[int, Any]:
    github.comments = [comment for comment in github.comments if comment["id"] != int(number)]
    return 204, None


ROUTES = (
    ("GET", "/pulls", _listed_pulls),
    ("GET", "/actions/runs", _listed_runs),
    ("GET", r"/actions/runs/(\d+)/artifacts", _listed_artifacts),
    ("GET", r"/actions/artifacts/(\d+)/zip", _located),
    ("GET", r"/issues/(\d+)/comments", _listed_comments),
    ("POST", r"/issues/(\d+)/comments", _created),
    ("PATCH", r"/issues/comments/(\d+)", _updated),
    ("DELETE", r"/issues/comments/(\d+)", _deleted),
)
