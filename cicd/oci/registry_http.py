"""HTTP calls to a registry, with the login or the token that the registry asks for."""

from __future__ import annotations

import base64
import json
import re
import urllib.parse
from http import HTTPStatus
from typing import TYPE_CHECKING

from cicd import web
from cicd.web import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.oci.logins import Login

__all__ = ["Response", "send"]


def send(method: str, url: str, headers: Mapping[str, str], body: bytes, login: Login | None) -> Response:
    """Call a registry; where it asks for a bearer token, fetch one with the login and call again.

    Raises:
        OSError: the registry or its token endpoint does not answer, or the connection broke.
        ValueError, KeyError: the token endpoint's answer, or its address, is not usable.

    """
    basic = _basic(login)
    response = web.call(method, url, headers, body, authorization=basic)
    challenge = response.headers.get("www-authenticate", "")
    if response.status == HTTPStatus.UNAUTHORIZED and challenge.lower().startswith("bearer "):
        parameters = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        if token := _token(parameters.pop("realm"), parameters, login):
            return web.call(method, url, headers, body, authorization=f"Bearer {token}")
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
        response = web.call("POST", realm, headers, f"{form}&{urllib.parse.urlencode(refresh)}".encode())
    else:
        response = web.call("GET", f"{realm}{'&' if '?' in realm else '?'}{form}", {}, authorization=_basic(login))
    if response.status != HTTPStatus.OK:
        return ""
    answer = json.loads(response.content)
    return str(answer.get("token") or answer["access_token"])
