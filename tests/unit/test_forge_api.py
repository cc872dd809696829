"""The forge's REST API, called over HTTP."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from cicd.forge import api
from cicd.forge.events.payloads import HostedRepository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "a-token"
STAGING = """
name: Staging
on:
  workflow_dispatch:
    inputs:
      commit: {required: true}
      where: {type: choice, options: [here, there]}
      dry: {type: boolean, default: true}
jobs: {a: {runs-on: x, steps: [{run: 'true'}]}}
"""


MANY = {f"input-{number}": "x" for number in range(26)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[api.Server]:
    path: Path = tmp_path_factory.mktemp("api")
    folder = path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "staging.yml").write_text(STAGING)
    (folder / "push.yml").write_text(STAGING.replace("workflow_dispatch", "workflow_call"))
    (folder / "broken.yml").write_text("on: [\n")
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "x"], ["tag", "-am", "t", "v1"]):
        subprocess.run(["git", "-C", str(path), *identity, *words], check=True)
    (folder / "elsewhere.yml").write_text(STAGING)
    for words in (["checkout", "-q", "-b", "elsewhere"], ["add", "-A"], ["commit", "-qm", "y"]):
        subprocess.run(["git", "-C", str(path), *identity, *words], check=True)
    with api.serve(HostedRepository(path, "file:///srv", "acme/app"), TOKEN) as server:
        yield server


def call(server: api.Server, path: str, body: Any, token: str = TOKEN, method: str = "POST") -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(server.url + path, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def path_of(file: str, repository: str = "acme/app") -> str:
    return f"/repos/{repository}/actions/workflows/{file}/dispatches"


@pytest.mark.parametrize("ref", ["main", "refs/heads/main", "v1", "refs/tags/v1"])
def test_dispatch_is_queued_with_all_inputs(server: api.Server, ref: str) -> None:
    body = {"ref": ref, "inputs": {"commit": "abc", "where": "there"}}
    assert call(server, path_of("staging.yml"), body) == (204, None)
    queued = server.queue.pop()
    assert queued.inputs == {"commit": "abc", "where": "there", "dry": "true"}
    assert queued.ref == ("refs/tags/v1" if "v1" in ref else "refs/heads/main")
    assert (queued.workflow.file, len(queued.commit)) == ("staging.yml", 40)


@pytest.mark.parametrize(
    ("file", "body", "status", "message"),
    [
        ("none.yml", {"ref": "main"}, 404, "Not Found"),
        ("elsewhere.yml", {"ref": "main", "inputs": {"commit": "x"}}, 404, "Not Found"),
        ("elsewhere.yml", {"ref": "elsewhere", "inputs": {"commit": "x"}}, 404, "Not Found"),
        ("staging.yml", {"ref": "main", "inputs": ["commit"]}, 422, '["commit"] is not an object.'),
        (
            "staging.yml",
            {"ref": "main", "inputs": MANY},
            422,
            "No more than 25 properties are allowed; 26 were supplied.",
        ),
        ("staging.yml", {"ref": "main", "return_run_details": "yes"}, 422, '"yes" is not a boolean.'),
        ("push.yml", {"ref": "main"}, 422, "Workflow does not have 'workflow_dispatch' trigger"),
        ("broken.yml", {"ref": "main"}, 422, "Failed to parse workflow"),
        ("staging.yml", {"ref": "nowhere", "inputs": {"commit": "x"}}, 422, "No ref found for: nowhere"),
        ("staging.yml", {"ref": "--help", "inputs": {"commit": "x"}}, 422, "No ref found for: --help"),
        ("staging.yml", {}, 422, '"ref" wasn\'t supplied'),
        ("staging.yml", {"ref": "main"}, 422, "Required input 'commit' not provided"),
        ("staging.yml", {"ref": "main", "inputs": {"commit": "x", "y": "z"}}, 422, 'Unexpected inputs provided: ["y"]'),
        ("staging.yml", {"ref": "main", "inputs": {"commit": "x", "where": "moon"}}, 422, "not in the list of allowed"),
        ("staging.yml", b"{", 400, "Problems parsing JSON"),
    ],
)
def test_refusal_equals_githubs(server: api.Server, file: str, body: Any, status: int, message: str) -> None:
    code, answer = call(server, path_of(file), body)
    assert (code, answer["status"]) == (status, str(status))
    assert message in answer["message"]
    assert answer["documentation_url"] == api.DISPATCH_DOCUMENTATION
    assert not server.queue


def test_dispatch_can_return_its_run_number(server: api.Server) -> None:
    body = {"ref": "main", "inputs": {"commit": "abc"}, "return_run_details": True}
    server.last_planned = 7
    answers = [call(server, path_of("staging.yml"), body) for _ in range(2)]
    server.queue.clear()
    assert [(status, answer["workflow_run_id"]) for status, answer in answers] == [(200, 8), (200, 9)]
    assert answers[0][1]["run_url"] == f"{server.url}/repos/acme/app/actions/runs/8"
    assert answers[0][1]["html_url"] == "file:///srv/acme/app/actions/runs/8"
    assert call(server, path_of("staging.yml"), {**body, "return_run_details": False}) == (204, None)
    server.queue.clear()


def test_other_tokens_and_repositories_are_refused(server: api.Server) -> None:
    body = {"ref": "main", "inputs": {"commit": "x"}}
    assert call(server, path_of("staging.yml"), body, token="another")[0] == 401
    assert call(server, path_of("staging.yml", "other/app"), body)[0] == 404
    assert call(server, "/repos/acme/app/releases", body)[0] == 404
    assert call(server, path_of("../../x.yml"), body)[0] == 404
    assert not server.queue
