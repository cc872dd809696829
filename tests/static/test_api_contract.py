"""The kit's REST calls, and the forge's answers to them, match GitHub's own description of its API."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from cicd import cli, github
from cicd.comment import data, document
from cicd.errors import RefusedError
from cicd.forge import api
from cicd.forge.events.payloads import HostedRepository
from tests.static.node import build
from tests.static.support.kit import ROOT
from tests.static.support.openapi import Call, Description, Exchange, calls
from tests.unit.support import github_server, kit_repository, release_server
from tests.unit.support.workspace import new_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.unit.support.workspace import Workspace

TOKEN = "a-token"
PROJECT = "acme/app"
STAGING = "on: {workflow_dispatch: {inputs: {commit: {required: true}}}}\njobs: {a: {runs-on: x, steps: [{run: x}]}}\n"
DISPATCHES = f"/repos/{PROJECT}/actions/workflows/staging.yml/dispatches"
# One good use of every function of the kit that calls the API.
USES: dict[str, Callable[[], object]] = {
    "dispatch_workflow": lambda: github.dispatch_workflow(PROJECT, "staging.yml", "main", {"commit": "abc"}),
}
SOURCES = {str(path.relative_to(ROOT)): path.read_text() for path in sorted((ROOT / "cicd").rglob("*.py"))}
CALLS = list(calls(SOURCES))
OF_PEOPLE = "cicd/doctor/"
"""Its calls no workflow makes, so that the forge need not serve them: `test_github_settings.py` holds them."""
OF_THE_COMMENT = "cicd/comment/"
"""Its calls ask for pull requests, which a forge has none of."""
OF_RELEASES = "cicd/kit/"
"""Its calls release the kit itself, which no project does."""


@pytest.fixture(scope="module")
def description() -> Description:
    return Description(json.loads(build.description().read_text()))


class _Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        """Follow no redirect: the kit must."""


_DIRECT = urllib.request.build_opener(_Unfollowed)


class Wire:
    """Passes requests on to `target`, and keeps every exchange."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.exchanges: list[Exchange] = []

    def exchange(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Exchange:
        """Pass a request on."""
        request = urllib.request.Request(self.target + url, method=method, data=body or None, headers=headers)
        try:
            with _DIRECT.open(request, timeout=60) as answer:
                status, answered, text = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            status, answered, text = error.code, error.headers, error.read()
        names = {name.lower(): value for name, value in headers.items()}
        answer_headers = {name.lower(): value for name, value in answered.items()}
        self.exchanges.append(Exchange(method, url, names, body, status, answer_headers, text))
        return self.exchanges[-1]


class _Handler(BaseHTTPRequestHandler):
    wire: Wire

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        exchange = self.wire.exchange(self.command, self.path, dict(self.headers), body)
        self.send_response(exchange.status)
        for name, value in exchange.answer_headers.items():
            if name.startswith(("content-", "location")):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(exchange.answer)

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 -- the names that http.server asks for

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class names it
        pass


@contextmanager
def listening(wire: Wire) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"wire": wire})) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[api.Server]:
    """Return the forge's API for a project."""
    path: Path = tmp_path_factory.mktemp("api")
    folder = path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "staging.yml").write_text(STAGING)
    (folder / "ci.yml").write_text(STAGING.replace("workflow_dispatch", "workflow_call"))
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(path), *identity, *words], check=True)
    with api.serve(HostedRepository(path, "file:///srv", PROJECT), TOKEN) as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return new_workspace(tmp_path)


@pytest.fixture
def wire(forge: api.Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Return what records the exchanges between the kit and the forge."""
    wire = Wire(forge.url)
    with listening(wire) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        yield wire


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_every_call_is_described(description: Description, call: Call) -> None:
    assert description.of_call(call), f"{call.place}: {call.method} {call.path} is no operation of GitHub's API"


def test_only_one_function_calls_the_api() -> None:
    address = re.compile(r"api\.github\.com|GITHUB_API_URL")
    serving_or_naming = ("cicd/forge/", "cicd/variables.py")
    spoken = [file for file, text in SOURCES.items() if address.search(text) and not file.startswith(serving_or_naming)]
    assert spoken == ["cicd/github.py"]


def test_the_forge_serves_every_call_of_the_kit_as_described(description: Description, wire: Wire) -> None:
    for use in USES.values():
        use()
    assert {exchange.status // 100 for exchange in wire.exchanges} == {2}
    assert [problem for exchange in wire.exchanges for problem in description.problems(exchange)] == []
    served = {str(description.of_request(exchange.method, exchange.url)) for exchange in wire.exchanges}
    of_others = (OF_PEOPLE, OF_THE_COMMENT, OF_RELEASES)
    assert served == {str(description.of_call(call)) for call in CALLS if not call.place.startswith(of_others)}, (
        "USES has one good use of every call"
    )


def test_stand_in_of_github_serves_every_call_of_the_comment_as_described(
    description: Description, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer has only properties that GitHub describes, of the types that it describes."""
    there = github_server.GitHub()
    there.pull()
    there.run(41, data.dump(data.Said("ci", "passed")))
    head = {"sha": github_server.SHA, "ref": "feature/x", "repo": {"full_name": github_server.REPOSITORY}}
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"head": head}}))
    monkeypatch.setenv("GITHUB_REPOSITORY", github_server.REPOSITORY)
    monkeypatch.setenv("GITHUB_TOKEN", github_server.TOKEN)
    with github_server.serving(there) as target, listening(wire := Wire(target)) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        there.other = [{"id": 1, "body": document.refreshed("", {"ci": "x"}), "user": {"login": github_server.BOT}}]
        assert cli.main(["comment", "--event", str(event)]) == 0
        there.refuses = "GET"
        assert cli.main(["comment", "--event", str(event)]) == 4
    found = [
        problem
        for exchange in wire.exchanges
        for problem in description.problems(exchange, partial=True)
        if not (exchange.status == 403 and problem.startswith("the answer"))
    ]
    assert found == []
    served = {str(description.of_request(exchange.method, exchange.url)) for exchange in wire.exchanges}
    asked = {str(description.of_call(call)) for call in CALLS if call.place.startswith(OF_THE_COMMENT)}
    assert served == asked
    assert len(asked) == len(github_server.ROUTES)


def test_stand_in_of_github_serves_every_call_of_a_release_as_described(
    description: Description, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = kit_repository.new_kit(workspace)
    kit.merge("v1.0.0")
    words = ["freeze", "--kit", str(workspace.clone), "--repository", kit_repository.NAME]
    monkeypatch.setenv("GITHUB_TOKEN", release_server.TOKEN)
    there = release_server.Releases()
    with release_server.serving(there) as target, listening(wire := Wire(target)) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        assert cli.main([*words, "--release", "v1.0.0", "--record", str(tmp_path / "record")]) == 0
        assert cli.main([*words, "--publish", "v1.0.0"]) == 0
        assert cli.main([*words, "--publish", "v1.0.0"]) == 0
        there.refuses = "GET"
        assert cli.main([*words, "--publish", "v1.0.0"]) == 4
    found = [
        problem
        for exchange in wire.exchanges
        for problem in description.problems(exchange, partial=True)
        if not (exchange.status == 403 and problem.startswith("the answer"))
    ]
    assert found == []
    served = {str(description.of_request(exchange.method, exchange.url)) for exchange in wire.exchanges}
    assert served == {str(description.of_call(call)) for call in CALLS if call.place.startswith(OF_RELEASES)}
    assert len(served) == 3


REFUSED = {
    "a wrong token": (401, "another", ("staging.yml", "main", {"commit": "abc"})),
    "another repository": (404, TOKEN, ("staging.yml", "main", {"commit": "abc"})),
    "an unknown workflow": (404, TOKEN, ("none.yml", "main", {"commit": "abc"})),
    "an unknown ref": (422, TOKEN, ("staging.yml", "nowhere", {"commit": "abc"})),
    "no trigger": (422, TOKEN, ("ci.yml", "main", {"commit": "abc"})),
    "a missing input": (422, TOKEN, ("staging.yml", "main", {})),
    "an unknown input": (422, TOKEN, ("staging.yml", "main", {"commit": "abc", "x": "y"})),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_matches_the_description(
    description: Description, wire: Wire, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, token, (file, ref, inputs) = REFUSED[name]
    monkeypatch.setenv("GITHUB_TOKEN", token)
    with pytest.raises(RefusedError) as refused:
        github.dispatch_workflow("other/app" if name == "another repository" else PROJECT, file, ref, inputs)
    (exchange,) = wire.exchanges
    assert (exchange.status, description.problems(exchange)) == (status, [])
    assert json.loads(exchange.answer)["message"] in json.loads(refused.value.message.partition(": ")[2])["message"]


def ask(forge: api.Server, body: Any, *, method: str = "POST", path: str = DISPATCHES, token: str = TOKEN) -> Exchange:
    """Return the forge's answer to a request that the kit does not make."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    return Wire(forge.url).exchange(method, path, headers, json.dumps(body).encode())


WRONG = {
    "no ref": {},
    "a ref that is no text": {"ref": 1},
    "text for inputs": {"ref": "main", "inputs": "commit"},
    "a list for inputs": {"ref": "main", "inputs": ["commit"]},
    "null for inputs": {"ref": "main", "inputs": None},
    "26 inputs": {"ref": "main", "inputs": dict.fromkeys(map(str, range(26)), "x")},
    "text for return_run_details": {"ref": "main", "return_run_details": "true"},
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_the_forge_refuses_what_the_description_refuses(
    description: Description, forge: api.Server, body: dict[str, Any]
) -> None:
    exchange = ask(forge, body)
    assert exchange.status == 422
    assert [problem.partition(":")[0] for problem in description.problems(exchange)] == ["the request"]


def test_workflow_judges_25_inputs(description: Description, forge: api.Server) -> None:
    exchange = ask(forge, {"ref": "main", "inputs": dict.fromkeys(map(str, range(25)), "x")})
    assert "Unexpected inputs provided" in json.loads(exchange.answer)["message"]
    assert description.problems(exchange) == []


@pytest.mark.parametrize(("details", "status"), [(True, 200), (False, 204)])
def test_run_details_match_the_description(
    description: Description, forge: api.Server, details: bool, status: int
) -> None:
    exchange = ask(forge, {"ref": "main", "inputs": {"commit": "abc"}, "return_run_details": details})
    forge.queue.clear()
    assert (exchange.status, description.problems(exchange)) == (status, [])


# Of several reasons to refuse, the one that GitHub names: who asks comes first, then what there is, then the body.
ORDER = {
    "nobody, for what is not there": (401, {"token": "", "path": "/nothing"}),
    "a stranger, for what is not there": (401, {"token": "another", "path": "/nothing"}),
    "a stranger, by a method that is not there": (401, {"token": "another", "method": "DELETE"}),
    "a path that is not there": (404, {"path": f"/repos/{PROJECT}/launch"}),
    "a method that is not there": (404, {"method": "PUT"}),
    "reading": (404, {"method": "GET"}),
    "another repository, with a bad body": (404, {"path": DISPATCHES.replace(PROJECT, "other/app")}),
    "a bad body": (422, {}),
}


@pytest.mark.parametrize(("status", "request_"), ORDER.values(), ids=ORDER)
def test_first_refusal_is_that_of_github(
    description: Description, forge: api.Server, status: int, request_: dict[str, str]
) -> None:
    exchange = ask(forge, {}, **request_)
    answer = json.loads(exchange.answer)
    assert (exchange.status, answer["status"]) == (status, str(status))
    operation = description.of_request(exchange.method, exchange.url) if status != 401 else None
    described = operation.data["externalDocs"]["url"] if operation else "https://docs.github.com/rest"
    assert answer["documentation_url"] == described


def test_github_describes_no_405(description: Description) -> None:
    operations = [one for path in description.document["paths"].values() for one in path.values()]
    described = [one["operationId"] for one in operations if "405" in one.get("responses", {})]
    assert all("pulls/" in one or "interaction" in one for one in described), described


GOOD = Exchange("POST", DISPATCHES, {"content-type": "application/json"}, b'{"ref": "main"}', 204, {}, b"")
NOT_FOUND = b'{"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}'
ANSWERED = {"content-type": "application/json; charset=utf-8"}
MISFITS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown path": ({"url": "/repos/acme/app/launch"}, "is not described"),
    "an unknown method": ({"method": "DELETE"}, "is not described"),
    "an unknown parameter": ({"url": f"{DISPATCHES}?force=1"}, "the parameter force is not described"),
    "a later version": ({"headers": {**GOOD.headers, "x-github-api-version": "2026-03-10"}}, "is described otherwise"),
    "no body": ({"body": b""}, "the request has no body"),
    "a body of another kind": (
        {"headers": {"content-type": "text/plain"}},
        "the request's body is no application/json",
    ),
    "a body that lacks something": ({"body": b"{}"}, "the request: $: 'ref' is a required property"),
    "a body with something else": ({"body": b'{"ref": "main", "sha": "x"}'}, "'sha' was unexpected"),
    "a value of another type": ({"body": b'{"ref": 1}'}, "the request: $.ref: 1 is not of type 'string'"),
    "an unknown status": ({"status": 201}, "the status 201 is not described"),
    "an answer where none belongs": ({"answer": b"{}"}, "an answer with status 204 has no body"),
    "an answer of another kind": ({"status": 404, "answer": NOT_FOUND}, "the answer is no application/json"),
    "a good answer that lacks something": (
        {"status": 200, "answer": b"{}", "answer_headers": ANSWERED},
        "the answer: $: 'workflow_run_id' is a required property",
    ),
    "an error that lacks something": (
        {"status": 422, "answer": b'{"message": "no", "status": "422"}', "answer_headers": ANSWERED},
        "the answer: $: 'documentation_url' is a required property",
    ),
    "an error with another status": (
        {"status": 401, "answer": NOT_FOUND, "answer_headers": ANSWERED},
        "the answer does not name the status 401",
    ),
}


def test_fitting_calls_pass(description: Description) -> None:
    assert description.problems(GOOD) == []
    not_found = {"status": 404, "answer": NOT_FOUND, "answer_headers": ANSWERED}
    assert description.problems(Exchange(**{**vars(GOOD), **not_found})) == []


@pytest.mark.parametrize(("change", "says"), MISFITS.values(), ids=MISFITS)
def test_misfit_is_found(description: Description, change: dict[str, Any], says: str) -> None:
    problems = description.problems(Exchange(**{**vars(GOOD), **change}))
    assert any(says in one for one in problems), problems


def test_calls_are_read_from_code(description: Description) -> None:
    lines = "github.api('GET', '/rate_limit')\ngithub.api('POST', f'/repos/{a}/issues/{b}/comment', {})\n"
    described, unknown = calls({"x.py": lines})
    assert (described, unknown.path) == (Call("x.py:1", "GET", "/rate_limit"), "/repos/{}/issues/{}/comment")
    assert description.of_call(described)
    assert description.of_call(unknown) is None
    with pytest.raises(ValueError, match=r"x\.py:1: method and path"):
        list(calls({"x.py": "github.api(method, path)"}))
