"""The health check: a service is healthy when its health path answers 200 and names the digest of the release.

Every function returns why the service is not healthy, and the empty string when it is.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request

TIMEOUT = 5
"""Seconds that one answer may take."""


def problem_at(url: str, digest: str) -> str:
    """Return why the service whose health path is `url` is not healthy as `digest`."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:  # noqa: S310 -- http to our own container
            return problem_of_body(response.read(), digest, url)
    except urllib.error.HTTPError as error:
        return f"{url} answers {error.code}"
    except OSError as error:
        return f"{url} does not answer: {error}"


def problem_of_response(response: bytes, digest: str) -> str:
    """Return why this raw HTTP response does not prove that the release with `digest` is healthy."""
    head, _, body = response.partition(b"\r\n\r\n")
    status = head.split(b"\r\n")[0].decode(errors="replace").split(" ")[1:2]
    if not status:
        return "it does not answer"
    if status != ["200"]:
        return f"it answers {status[0]}"
    return problem_of_body(body, digest, "it")


def problem_of_body(content: str | bytes, digest: str, service: str) -> str:
    """Return why this answer does not prove that the release with `digest` is healthy; `service` names who answered."""
    try:
        body = json.loads(content)
    except ValueError as error:
        return f"{service} answers no JSON: {error}"
    named = body.get("digest") if isinstance(body, dict) else None
    return "" if named == digest else f"{service} names the digest {named}, not {digest}"
