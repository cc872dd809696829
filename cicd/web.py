"""HTTP calls that trust this machine's certificate authorities, with limits on their time and on their answers."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from cicd import authorities

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

TIMEOUT = 20
"""Seconds without a byte after which a call fails."""
LONGEST = 20
"""Seconds after which an answer with a `limit` has to be complete."""
PIECE = 65536
"""Bytes that are read at once."""


@dataclass(frozen=True)
class Response:
    """An answer: the status, the headers with names in lower case, and the body."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="replace")


def call(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    *,
    authorization: str = "",
    limit: int | None = None,
) -> Response:
    """Return the answer to a call, whatever its status.

    `authorization` is the header of that name, which no other host gets after a redirect. `limit` is the most bytes of
    a body; None: as many as it has.

    Raises:
        OSError: nobody answers, the connection broke, or the answer is too long or takes too long.
        ValueError: it is not an HTTP address.

    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{url} is not an HTTP address")
    request = urllib.request.Request(url, body or None, dict(headers), method=method)  # noqa: S310 -- checked above
    if authorization:
        request.add_unredirected_header("Authorization", authorization)
    try:
        with _answer(request) as response:
            content = response.read() if limit is None else _limited(response, limit)
            return Response(response.status, _lower(response.headers.items()), content)
    except urllib.error.URLError as error:
        raise OSError(str(error.reason)) from error
    except (HTTPException, OverflowError) as error:
        raise OSError(f"the connection broke: {error!r}") from error


def _limited(response: Any, limit: int) -> bytes:
    content, end = b"", time.monotonic() + LONGEST
    while piece := response.read1(PIECE):
        content += piece
        if len(content) > limit:
            raise OSError(f"the answer has more than {limit} bytes")
        if time.monotonic() > end:
            raise OSError(f"the answer takes more than {LONGEST} s")
    return content


def _answer(request: urllib.request.Request) -> Any:
    try:
        return _opener().open(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        return error


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Keeps the login when the same host redirects, unless to plain HTTP.

    Storage on another host refuses a login that is not its own.
    """

    def redirect_request(self, req: urllib.request.Request, *rest: Any) -> urllib.request.Request | None:
        request = super().redirect_request(req, *rest)
        if request and request.host == req.host and request.type in (req.type, "https"):
            request.unredirected_hdrs.update(req.unredirected_hdrs)
        return request


def _opener() -> urllib.request.OpenerDirector:
    """Return an opener that trusts the certificate authorities of this machine."""
    handler = urllib.request.HTTPSHandler(context=_trust(authorities.ca_bundle()))
    return urllib.request.build_opener(handler, _Redirects)


@cache
def _trust(bundle: Path | None) -> ssl.SSLContext:
    """Return the TLS settings that trust these authorities: reading them takes longer than most calls."""
    return ssl.create_default_context(cafile=str(bundle) if bundle else None)
