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
            body = json.loads(response.read())
    except urllib.error.HTTPError as error:
        return f"{url} answers {error.code}"
    except (OSError, ValueError) as error:
        return f"{url} does not answer: {error}"
    found = body.get("digest") if isinstance(body, dict) else None
    return "" if found == digest else f"{url} names the digest {found}, not {digest}"
