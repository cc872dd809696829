"""The health check: a service is healthy when its health path answers 200 and names no other release than its own.

The target itself proves which release serves. An answer that is no JSON, or that names no digest, is as good as any.
Every function returns why the service is not healthy, and the empty string when it is.
"""

from __future__ import annotations

import http.client
import io
import json
import time
import urllib.error
import urllib.request
from typing import Any

from cicd import text

TIMEOUT = 5
"""Seconds that one answer may take."""
LIMIT = 65_536
"""Bytes that an answer may have."""
LATE, LONG = b"late\n", b"long\n"
"""What `probe.sh` prints before an answer that did not end in time, or that is longer than `LIMIT`."""
PROTOCOL = b"HTTP/"
SILENT, ENDLESS = "it does not answer", "its answer did not end in time"
UNANSWERED = (SILENT, ENDLESS)
"""The problems of a service that gave no whole answer."""
DIGEST = "digest"
ASKED_WITH = "to a request with 'Host:"
HOST_HINT = (
    "Read the release's log above. If the service checks the header Host, set the name that it expects in "
    "ml-cicd.toml: [service] public-host."
)


def fetch(url: str, public_host: str = "") -> bytes:
    """Return what `url` answers; `public_host` is the header Host, and by default the host in the URL.

    Raises:
        OSError: it does not answer 200 in time, or the answer is too long.

    """
    end = time.monotonic() + TIMEOUT
    request = urllib.request.Request(url, headers={"Host": public_host} if public_host else {})  # noqa: S310
    content = b""
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 -- as configured
        while chunk := response.read1(LIMIT):
            content += chunk
            if len(content) > LIMIT:
                raise OSError(f"the answer has more than {LIMIT:,} bytes")
            if time.monotonic() > end:
                raise TimeoutError(f"the answer did not end within {TIMEOUT} s")
    return content


def problem_at(url: str, digest: str, public_host: str = "") -> str:
    """Return why the service whose health path is `url` is not healthy as `digest`, which it must name."""
    try:
        content = fetch(url, public_host)
    except urllib.error.HTTPError as error:
        return _refused(url, error.code, public_host)
    except (OSError, http.client.HTTPException) as error:
        return f"{url} does not answer: {text.visible(str(error))}"
    return problem_of_body(content, digest, url, must_name=True)


def problem_of_response(response: bytes, digest: str, host: str) -> str:
    """Return why this raw HTTP response does not prove that the release with `digest` is healthy.

    `host` is the header Host of the request.
    """
    if response.startswith(LONG):
        return f"its answer has more than {LIMIT:,} bytes"
    late = response.startswith(LATE)
    parsed = http.client.HTTPResponse(_Bytes(response.removeprefix(LATE)))  # type: ignore[arg-type]
    try:
        parsed.begin()
        if parsed.status != http.HTTPStatus.OK:
            return _refused("it", parsed.status, host)
        if late and parsed.length is None:
            return ENDLESS
        return problem_of_body(parsed.read(), digest, "it")
    except http.client.IncompleteRead:
        return ENDLESS if late else "its answer is incomplete"
    except (http.client.HTTPException, OverflowError):  # a length that no number of this machine holds
        return _unread(response.removeprefix(LATE), late=late)


def problem_of_body(content: str | bytes, digest: str, service: str, *, must_name: bool = False) -> str:
    """Return why this answer does not prove that the release with `digest` is healthy; `service` names who answered.

    With `must_name`, nothing else than the answer proves which release it is.
    """
    try:
        body: Any = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    named = body.get(DIGEST) if isinstance(body, dict) else None
    if named is None:
        return f"{service} names no digest" if must_name else ""
    return "" if named == digest else f"{service} names the digest {text.visible(str(named))}, not {digest}"


def _unread(response: bytes, *, late: bool) -> str:
    """Return the problem of a response whose head can't be read."""
    if not response:
        return SILENT
    return ENDLESS if late and PROTOCOL.startswith(response[: len(PROTOCOL)]) else "it answers no HTTP"


def _refused(service: str, status: int, host: str) -> str:
    asked = f" {ASKED_WITH} {host}'" if host else ""
    return f"{service} answers {status}{asked}"


class _Bytes:
    """What `http.client` takes for a socket."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._content)
