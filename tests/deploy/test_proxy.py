"""The proxy as users and services see it: what it lets through, what it adds, and what a deployment cuts."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cicd.config import DockerSettings, ProxySettings, Service
from cicd.deploy.docker.target import DockerTarget
from tests.deploy.support.tiny import accept, digest, get, order, serving

if TYPE_CHECKING:
    from collections.abc import Callable

ECHO = """import http.server, json, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        headers = {name.lower(): self.headers.get_all(name) for name in self.headers}
        content = json.dumps({"digest": os.environ["ML_CICD_DIGEST"], "headers": headers}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
    do_POST = do_GET
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""
LONG = "import time, app.model\napp.model.predict = lambda *_: time.sleep(60)\n"


@pytest.fixture(scope="session")
def echo(release: Callable[[str, str], str]) -> str:
    """Return a release that answers with the headers it got."""
    return release("echo", ECHO)


@pytest.fixture(scope="session")
def long(release: Callable[[str, str], str]) -> str:
    """Return a release whose answers take a minute."""
    return release("long", LONG)


def proxied(target: DockerTarget, **settings: Any) -> DockerTarget:
    """Return the target with other settings of the proxy."""
    service = Service(proxy=ProxySettings(**settings))
    return DockerTarget(replace(target.site, config=replace(target.site.config, service=service)))


def headers(url: str, body: Any = None, /, **sent: str) -> dict[str, list[str]]:
    """Return the headers that the service got."""
    request = urllib.request.Request(url + "/x", body, {name.replace("_", "-"): text for name, text in sent.items()})
    with urllib.request.urlopen(request, timeout=60) as response:
        got: dict[str, list[str]] = json.load(response)["headers"]
        return got


def status(url: str, body: Any, **sent: str) -> int:
    """Return the status of an answer."""
    try:
        headers(url, body, **sent)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


@pytest.mark.case("K10", "a cookie of 16,000 bytes")
def test_large_heads_reach_the_service(target: DockerTarget, echo: str) -> None:
    url = target.apply(order(echo), accept).url
    for size in (16_000, 64_000):
        assert headers(url, Cookie="x" * size)["cookie"] == ["x" * size]
    many = {f"X-{number}": "y" for number in range(90)}  # the service itself takes 100
    assert len(headers(url, None, **many)) > 90


@pytest.mark.case("K10", "the service does not learn who asked")
def test_service_learns_who_asked_for_what(target: DockerTarget, echo: str) -> None:
    url = target.apply(order(echo), accept).url
    (gateway,) = {config["Gateway"] for config in serving(target).attrs["NetworkSettings"]["Networks"].values()}
    claimed = {"X_Forwarded_For": "6.6.6.6", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "evil", "Forwarded": "x"}
    for sent in ({}, claimed):
        got = headers(url, None, **sent)
        assert got["x-forwarded-for"] == [gateway]
        assert got["x-forwarded-proto"] == ["http"]
        assert got["x-forwarded-host"] == got["host"] == [url.removeprefix("http://")]
        assert "forwarded" not in got

    trusting = proxied(target, trusted_proxies=("10.0.0.0/8", f"{gateway}/32"))
    assert trusting.plan(order(echo))[0] == f"remove {target.site.proxy.name}, which has other settings"
    assert trusting.apply(order(echo), accept).url == url
    got = headers(url, None, **claimed)
    assert got["x-forwarded-for"] == [f"6.6.6.6, {gateway}"]
    assert (got["x-forwarded-proto"], got["x-forwarded-host"], got["forwarded"]) == (["https"], ["evil"], ["x"])
    assert headers(url)["x-forwarded-for"] == [gateway]
    assert trusting.plan(order(echo)) == []


def test_limits_are_those_of_the_configuration(target: DockerTarget, echo: str) -> None:
    few = proxied(target, header_bytes=8192, body_bytes=1000, headers=200, idle_timeout=60, connections=10)
    url = few.apply(order(echo), accept).url
    assert status(url, None, Cookie="x" * 60_000) == 400
    assert (status(url, b"x" * 1000), status(url, b"x" * 1001)) == (200, 413)
    assert status(url, iter([b"x"]), Transfer_Encoding="chunked") == 411


def test_changed_settings_keep_routing_and_url(target: DockerTarget, good: str, better: str) -> None:
    target.apply(order(good), accept)
    running = target.apply(order(better, "2" * 40), accept)
    changed = proxied(target, connections=100)
    assert replace(changed.apply(order(better, "2" * 40), accept), notice="") == running
    assert get(running.url, "/health")["digest"] == digest(better)


@pytest.mark.case("K10", "streams that a deployment cuts are not counted")
def test_cut_requests_are_counted(
    target: DockerTarget, long: str, better: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hasty = DockerTarget(replace(target.site, settings=DockerSettings(drain_timeout=0.5)))
    url = hasty.apply(order(long), accept).url
    failed: list[OSError] = []

    def ask() -> None:
        try:
            get(url)
        except OSError as error:
            failed.append(error)

    users = [threading.Thread(target=ask) for _ in range(2)]
    for user in users:
        user.start()
    time.sleep(0.5)
    hasty.apply(order(better, "2" * 40), accept)
    for user in users:
        user.join()
    assert len(failed) == 2
    assert "2 requests were cut in staging: still open 0.5 s after the switch" in capsys.readouterr().err
    hasty.apply(order(better, "3" * 40), accept)
    assert "cut" not in capsys.readouterr().err
