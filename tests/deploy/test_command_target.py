"""The command target against a platform of its own: it is held to what the other targets promise."""

from __future__ import annotations

import json
import os
import urllib.request
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cicd.config import CommandSettings, Config, Environment, Service
from cicd.deploy import holder
from cicd.deploy.command import CommandTarget
from cicd.deploy.target import Order
from cicd.errors import CheckFailedError, RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import docker

    from cicd.deploy.target import Accept, Running

# It runs the release that it received last; digests that begin with "b" are sick, those with "c" are refused.
PLATFORM = """
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
class Platform(BaseHTTPRequestHandler):
    now, received = None, []
    def do_GET(self):
        if self.path == "/received":
            return self.answer(200, Platform.received)
        if Platform.now is None:
            return self.answer(503, {})
        self.answer(500 if Platform.now["ML_CICD_DIGEST"].startswith("sha256:b") else 200,
            {"digest": Platform.now["ML_CICD_DIGEST"], "commit": Platform.now["ML_CICD_COMMIT"]})
    def do_POST(self):
        received = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Platform.received.append(received)
        if received["ML_CICD_DIGEST"].startswith("sha256:c"):
            return self.answer(409, {})
        Platform.now = received
        self.answer(200, {})
    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
HTTPServer(("", 8000), Platform).serve_forever()
"""
TOOL = """
import json, os, pathlib, sys, urllib.request
received = {name: value for name, value in os.environ.items() if name.startswith(("ML_CICD_", "PLATFORM"))}
received["KEY"] = pathlib.Path("/run/secrets/KEY").read_text()
received["seen"] = sorted(os.environ)
urllib.request.urlopen(urllib.request.Request(os.environ["PLATFORM"], json.dumps(received).encode()), timeout=60)
"""
NAME = f"tiny-{uuid.uuid4().hex[:6]}"
A, B, C, D = (f"ghcr.io/acme/app@sha256:{letter * 64}" for letter in "abcd")


@pytest.fixture(scope="module")
def good(release: Callable[[str, str], str]) -> str:
    return release("good", "")


@pytest.fixture
def platform(client: docker.DockerClient, good: str) -> Iterator[str]:
    container = client.containers.run(
        good, ["python3", "-c", PLATFORM], detach=True, name=f"{NAME}-platform", labels={"ml-cicd.project": NAME}
    )
    container.reload()
    yield f"http://{container.attrs['NetworkSettings']['Networks']['bridge']['IPAddress']}:8000"
    container.remove(force=True)


@pytest.fixture
def command(client: docker.DockerClient, good: str, platform: str, monkeypatch: pytest.MonkeyPatch) -> CommandTarget:
    monkeypatch.setenv("APP_SECRETS", '{"KEY": "open sesame"}')
    settings = CommandSettings(image=good, command=("python3", "-c", TOOL), url=platform)
    environment = Environment(
        "production",
        settings,
        variables={"PLATFORM": f"{platform}/deploy"},
        secrets=("KEY",),
        health_timeout=3,
    )
    return CommandTarget(client, Config(NAME, service=Service()), environment, settings, "ghcr.io/acme/app")


def order(image: str) -> Order:
    return Order(image, "1" * 40, "staging/1@abc", "production/1@def", "somebody")


def deploy(target: CommandTarget, image: str, judge: Accept = lambda url, network: None) -> Running:
    with target.locked(holder.this_process("somebody"), 0):
        return target.apply(order(image), judge)


def test_tool_gets_the_order_and_nothing_else(
    command: CommandTarget, platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "must-not-be-seen")
    assert command.observe() is None
    running = deploy(command, A)
    assert (running.release, running.commit, running.url, running.healthy) == (A, "1" * 40, platform, True)
    deploy(command, D)
    first, second = received(command)
    assert (first["ML_CICD_RELEASE"], first["ML_CICD_PREVIOUS"], first["KEY"]) == (A, "", "open sesame")
    assert (second["ML_CICD_RELEASE"], second["ML_CICD_PREVIOUS"]) == (D, A)
    assert not {"GITHUB_TOKEN", "APP_SECRETS", "DOCKER_HOST"} & set(first["seen"])
    assert (first["ML_CICD_ENVIRONMENT"], first["ML_CICD_PROJECT"]) == ("production", NAME)


def received(target: CommandTarget) -> list[dict[str, str]]:
    with urllib.request.urlopen(f"{target.settings.url}/received", timeout=60) as answer:
        orders: list[dict[str, str]] = json.load(answer)
        return orders


@pytest.mark.parametrize(
    ("bad", "reason"), [(B, "not healthy within 3 s"), (C, "tool failed with exit code 1")], ids=["sick", "refused"]
)
def test_r3_bad_release_is_replaced_by_the_previous(command: CommandTarget, bad: str, reason: str) -> None:
    before = deploy(command, A)
    with pytest.raises(CheckFailedError, match=reason):
        deploy(command, bad)
    assert command.observe() == before
    assert [order["ML_CICD_RELEASE"] for order in received(command)] == [A, bad, A]


def test_release_that_fails_its_tests_is_replaced(command: CommandTarget) -> None:
    def judge(url: str, network: str) -> None:
        raise CheckFailedError("the tests failed")

    before = deploy(command, A)
    with pytest.raises(CheckFailedError, match="the tests failed"):
        deploy(command, D, judge)
    assert command.observe() == before


def test_r5_second_deployment_learns_the_holders_name(command: CommandTarget) -> None:
    with (
        command.locked(holder.this_process("somebody"), 0),
        pytest.raises(RefusedError, match=f"process {os.getpid()}"),
    ):
        deploy(command, A)
    assert command.unlock() is None


def test_r6_same_release_is_only_tested_again(command: CommandTarget) -> None:
    assert [line.split()[0] for line in command.plan(order(A))] == ["run", "wait", "if"]
    deploy(command, A)
    judged: list[str] = []
    assert command.plan(order(A)) == []
    deploy(command, A, lambda url, network: judged.append(url))
    assert (len(received(command)), judged) == (1, [command.settings.url])


def test_missing_command_is_named(command: CommandTarget) -> None:
    other = replace(command, settings=replace(command.settings, command=("no-such-tool",)))
    with pytest.raises(UsageError, match="Could not start 'no-such-tool'"):
        deploy(other, A)
