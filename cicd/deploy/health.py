"""The health check: a service is healthy when its health path answers 200 and names the digest that it should be."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

TIMEOUT = 5


def problem(url: str, digest: str) -> str:
    """Why the service at `url` (with its health path) is not healthy as `digest`; empty when it is."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:  # noqa: S310 -- http to our own container
            return named(response.read(), digest, url)
    except urllib.error.HTTPError as error:
        return f"{url} answers {error.code}"
    except OSError as error:
        return f"{url} does not answer: {error}"


def judged(answer: bytes, digest: str) -> str:
    """Why a raw HTTP answer of a health path is not that of `digest`; empty when it is."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b"\r\n")[0].decode(errors="replace").split(" ")[1:2]
    if not status:
        return "it does not answer"
    if status != ["200"]:
        return f"it answers {status[0]}"
    return named(body, digest, "it")


def named(content: str | bytes, digest: str, who: str) -> str:
    """Why what `who` answered is not the health of `digest`; empty when it is."""
    try:
        body = json.loads(content)
    except ValueError as error:
        return f"{who} answers no JSON: {error}"
    found = body.get("digest") if isinstance(body, dict) else None
    return "" if found == digest else f"{who} names the digest {found}, not {digest}"
