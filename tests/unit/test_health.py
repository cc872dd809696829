"""Health answers: what proves that a release is healthy, whatever else the answer holds."""

from __future__ import annotations

import itertools
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from cicd.deploy import health

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DIGEST = "sha256:" + "a" * 64


def answer(body: str, status: str = "200 OK", head: str = "") -> bytes:
    return f"HTTP/1.0 {status}\r\n{head}\r\n{body}".encode()


@pytest.mark.parametrize(
    "body",
    ["", "ok", '"ok"', "[1]", "null", "{", "[" * 60_000, '{"status": "up"}', json.dumps({"digest": DIGEST})],
    ids=["empty", "text", "string", "list", "null", "no JSON", "brackets", "other keys", "its digest"],
)
def test_answer_that_names_no_other_release_is_healthy(body: str) -> None:
    assert health.problem_of_response(answer(body), DIGEST, "app") == ""


@pytest.mark.case("K13", "a health answer names a digest with control characters")
def test_named_digest_is_shown_without_control_characters() -> None:
    problem = health.problem_of_response(answer(json.dumps({"digest": "\u202e\x1b[31m" + "x" * 500})), DIGEST, "app")
    assert problem == rf"it names the digest \u202e\x1b[31m{'x' * 194}..., not {DIGEST}"
    assert "names the digest" in health.problem_of_response(answer('{"digest": ""}'), DIGEST, "app")


@pytest.mark.case("K7", "a service checks the header Host")
def test_refusal_names_the_host_that_was_sent() -> None:
    problem = health.problem_of_response(answer("bad host", "400 Bad Request"), DIGEST, "172.18.0.3")
    assert problem == "it answers 400 to a request with 'Host: 172.18.0.3'"


def test_answer_that_did_not_end_is_no_proof() -> None:
    assert health.problem_of_response(b"", DIGEST, "app") == "it does not answer"
    assert health.problem_of_response(health.LATE, DIGEST, "app") == "it does not answer"
    assert health.problem_of_response(health.LATE + answer("ok"), DIGEST, "app") == "its answer did not end in time"
    assert (
        health.problem_of_response(health.LONG + answer("ok"), DIGEST, "app") == "its answer has more than 65,536 bytes"
    )
    assert (
        health.problem_of_response(answer("o", head="Content-Length: 2\r\n"), DIGEST, "app")
        == "its answer is incomplete"
    )
    assert health.problem_of_response(b"SSH-2.0-x\r\n", DIGEST, "app") == "it answers no HTTP"


@pytest.mark.parametrize("start", [b"H", b"HTTP/1.", b"HTTP/1.0 20"])
def test_head_that_the_deadline_cut_is_an_answer_that_did_not_end(start: bytes) -> None:
    assert health.problem_of_response(health.LATE + start, DIGEST, "app") == "its answer did not end in time"
    assert health.problem_of_response(start, DIGEST, "app") == "it answers no HTTP"
    assert health.problem_of_response(health.LATE + b"SSH-2.0-x\r\n", DIGEST, "app") == "it answers no HTTP"


def test_complete_answer_on_an_open_connection_counts() -> None:
    assert health.problem_of_response(health.LATE + answer("ok", head="Content-Length: 2\r\n"), DIGEST, "app") == ""


def test_only_a_complete_answer_in_time_may_be_late() -> None:
    late = health.LATE + answer("o", head="Content-Length: 2\r\n")
    assert health.problem_of_response(late, DIGEST, "app") == "its answer did not end in time"
    assert health.problem_of_response(b"HTTP/1.0 x y\r\n\r\n", DIGEST, "app") == "it answers no HTTP"
    broken = answer("zz\r\n", head="Transfer-Encoding: chunked\r\n").replace(b"HTTP/1.0", b"HTTP/1.1")
    assert health.problem_of_response(broken, DIGEST, "app") != ""


@pytest.mark.case("K13", "a health answer names a length beyond every number")
@pytest.mark.parametrize("head", [f"Content-Length: {10**30}\r\n", "Transfer-Encoding: chunked\r\n"])
def test_endless_length_is_no_answer(head: str) -> None:
    raw = answer(f"{'f' * 30}\r\nok\r\n0\r\n\r\n", head=head).replace(b"HTTP/1.0", b"HTTP/1.1")
    assert health.problem_of_response(raw, DIGEST, "app") == "it answers no HTTP"


def test_chunked_answer_is_decoded() -> None:
    chunks = '19\r\n{"digest": "sha256:other"\r\n1\r\n}\r\n0\r\n\r\n'
    raw = answer(chunks, head="Transfer-Encoding: chunked\r\n").replace(b"HTTP/1.0", b"HTTP/1.1")
    assert "names the digest sha256:other" in health.problem_of_response(raw, DIGEST, "app")


@contextmanager
def service(respond: Callable[[BaseHTTPRequestHandler], object]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            respond(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/health"
    finally:
        server.shutdown()
        server.server_close()


def test_own_tools_service_must_name_the_digest() -> None:
    def says_ok(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"ok")

    with service(says_ok) as url:
        assert health.problem_at(url, DIGEST) == f"{url} names no digest"


@pytest.mark.case("K7", "a service checks the header Host")
def test_configured_host_is_sent_to_an_url() -> None:
    def checks(handler: BaseHTTPRequestHandler) -> None:
        allowed = handler.headers["Host"] == "flights.example.org"
        handler.send_response(200 if allowed else 400)
        handler.end_headers()
        handler.wfile.write(json.dumps({"digest": DIGEST}).encode())

    with service(checks) as url:
        assert health.problem_at(url, DIGEST) == f"{url} answers 400"
        assert health.problem_at(url, DIGEST, "flights.example.org") == ""
        assert health.problem_at(url, DIGEST, "other.org") == f"{url} answers 400 to a request with 'Host: other.org'"


@pytest.mark.case("K13", "a health answer streams without end")
def test_endless_answer_of_an_url_is_cut() -> None:
    def streams(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65_536)

    with service(streams) as url:
        assert health.problem_at(url, DIGEST) == f"{url} does not answer: the answer has more than 65,536 bytes"


@pytest.mark.parametrize(
    ("length", "problem"), [(65_536, "names no digest"), (65_537, "does not answer: the answer has more than")]
)
def test_longest_answer_of_an_url(length: int, problem: str) -> None:
    def speaks(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(b"x" * length)

    with service(speaks) as url:
        assert problem in health.problem_at(url, DIGEST)


def test_answer_of_an_url_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over, seconds = threading.Event(), itertools.count(step=health.TIMEOUT + 1)

    def drips(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x")
        over.wait()

    with monkeypatch.context() as patch, service(drips) as url:
        patch.setattr(health, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
        problem = health.problem_at(url, DIGEST)
        over.set()
    assert problem == f"{url} does not answer: the answer did not end within {health.TIMEOUT} s"


def test_url_that_does_not_answer_at_all_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(health, "TIMEOUT", 0.2)
    with service(lambda _: over.wait()) as url:
        problem = health.problem_at(url, DIGEST)
        over.set()
    assert problem == f"{url} does not answer: timed out"


def test_url_that_nobody_serves_is_not_healthy() -> None:
    with service(lambda _: None) as url:
        assert health.problem_at(url, DIGEST).startswith(f"{url} does not answer: ")
    assert health.problem_at(url, DIGEST).startswith(f"{url} does not answer: ")


def test_url_that_answers_no_http_is_not_healthy() -> None:
    with service(lambda handler: handler.wfile.write(b"SSH-2.0-x\r\n")) as url:
        assert health.problem_at(url, DIGEST) == f"{url} does not answer: SSH-2.0-x\\r\\n"
