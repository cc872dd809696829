"""HTTP calls to a registry, with the login or the token that the registry asks for."""

from __future__ import annotations

import base64
import json
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from cicd.oci import authorities

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cicd.oci.logins import Login

TIMEOUT = 20


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


def send(method: str, url: str, headers: Mapping[str, str], body: bytes, login: Login | None) -> Response:
    """Call a registry; where it asks for a bearer token, fetch one with the login and call again.

    Raises:
        OSError: the registry or its token endpoint does not answer, or the connection broke.
        ValueError, KeyError: the token endpoint's answer, or its address, is not usable.

    """
    basic = _basic(login)
    response = _call(method, url, headers, body, basic)
    challenge = response.headers.get("www-authenticate", "")
    if response.status == HTTPStatus.UNAUTHORIZED and challenge.lower().startswith("bearer "):
        parameters = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        if token := _token(parameters.pop("realm"), parameters, login):
            return _call(method, url, headers, body, f"Bearer {token}")
    return response


def _basic(login: Login | None) -> str:
    if login is None or login.identity_token:
        return ""
    return "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode()


def _token(realm: str, parameters: Mapping[str, str], login: Login | None) -> str:
    """Return the bearer token of the endpoint that the registry named; empty if the endpoint refuses the login."""
    form = urllib.parse.urlencode(parameters)
    if login and login.identity_token:
        refresh = {"grant_type": "refresh_token", "client_id": "ml-cicd", "refresh_token": login.identity_token}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        response = _call("POST", realm, headers, f"{form}&{urllib.parse.urlencode(refresh)}".encode(), "")
    else:
        response = _call("GET", f"{realm}{'&' if '?' in realm else '?'}{form}", {}, b"", _basic(login))
    if response.status != HTTPStatus.OK:
        return ""
    answer = json.loads(response.content)
    return str(answer.get("token") or answer["access_token"])


def _call(method: str, url: str, headers: Mapping[str, str], body: bytes, authorization: str) -> Response:
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{url} is not an address of a registry")
    request = urllib.request.Request(url, body or None, dict(headers), method=method)  # noqa: S310 -- checked above
    if authorization:
        request.add_unredirected_header("Authorization", authorization)
    try:
        with _opener().open(request, timeout=TIMEOUT) as response:
            return Response(response.status, _lower(response.headers.items()), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Response(error.code, _lower(error.headers.items()), error.read())
    except urllib.error.URLError as error:
        raise OSError(str(error.reason)) from error
    except HTTPException as error:
        raise OSError(f"the connection broke: {error!r}") from error


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Keeps the login when the same host redirects; storage on another host refuses a login that is not its own."""

    def redirect_request(self, req: urllib.request.Request, *rest: Any) -> urllib.request.Request | None:
        request = super().redirect_request(req, *rest)
        if request and request.host == req.host:
            request.unredirected_hdrs.update(req.unredirected_hdrs)
        return request


def _opener() -> urllib.request.OpenerDirector:
    """Return an opener that trusts the certificate authorities of this machine."""
    bundle = authorities.ca_bundle()
    context = ssl.create_default_context(cafile=str(bundle) if bundle else None)
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _Redirects)
