"""Requests for credentials, and what their refusals mean."""

from __future__ import annotations

import html
import json
import re
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from cicd import masking, web
from cicd.errors import RefusedError, UnreachableError
from cicd.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT = 1 << 20
"""The most bytes of an answer: tokens have a few thousand."""
WORDS = 400
"""The most characters of an answer that a message holds."""
ATTEMPTS = 3
PAUSE = 1.0
"""Seconds before the second attempt; twice as many before the third."""
TEMPORARY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Accept": "application/json"}
_SAYING = ("error_description", "message", "Message")
_XML_MESSAGE = re.compile(r"<Message>(.*?)</Message>", re.DOTALL)


@dataclass(frozen=True)
class Service:
    """Who gives credentials."""

    name: str
    """Who it is, as the subject of a sentence."""
    refused: str
    """What to do if it refuses."""
    unreachable: str = "Check the network of this runner, and run this again."

    def wrong(self, why: str) -> UnreachableError:
        """Return the error for an answer that is of no use."""
        return UnreachableError(f"{self.name} does not answer as expected: {why}", self.unreachable)

    def text(self, answer: Mapping[str, Any], name: str) -> str:
        """Return a text of an answer.

        Raises:
            UnreachableError: the answer does not have it.

        """
        value = answer.get(name)
        if not isinstance(value, str) or not value:
            raise self.wrong(f"there is no {name} in the answer")
        return value


@dataclass(frozen=True)
class Answer:
    """A service's answer."""

    service: Service
    response: web.Response

    @property
    def text(self) -> str:
        """The body."""
        return self.response.text

    def json(self) -> Mapping[str, Any]:
        """Return the JSON object of the body.

        Raises:
            UnreachableError: the body is none.

        """
        try:
            data = json.loads(self.response.content)
        except (ValueError, RecursionError) as error:
            raise self.service.wrong(f"no JSON ({error})") from error
        if not isinstance(data, dict):
            raise self.service.wrong("no JSON object")
        return data


def post_form(service: Service, url: str, form: Mapping[str, str], wanted: Mapping[str, str] = JSON) -> Answer:
    """Return the answer to a form; see `ask`. `wanted` are the headers that say in which format."""
    return ask(service, "POST", url, {**FORM, **wanted}, urlencode(form).encode())


def ask(
    service: Service, method: str, url: str, headers: Mapping[str, str], body: bytes = b"", *, authorization: str = ""
) -> Answer:
    """Return the answer of a service that gives credentials; a passing failure is tried again.

    A long deployment asks for new credentials on its way: one failure must not end it.

    Raises:
        RefusedError: it refuses; the message has its words.
        UnreachableError: it does not answer, limits the rate, fails, or is asked without TLS.

    """
    if not url.startswith("https://"):
        raise service.wrong("its address is not https")
    for attempt in range(1, ATTEMPTS):
        try:
            return _once(service, method, url, headers, body, authorization)
        except UnreachableError:
            time.sleep(PAUSE * attempt)
    return _once(service, method, url, headers, body, authorization)


def _once(  # noqa: PLR0917 -- those of `ask`
    service: Service, method: str, url: str, headers: Mapping[str, str], body: bytes, authorization: str
) -> Answer:
    try:
        response = web.call(method, url, headers, body, authorization=authorization, limit=LIMIT)
    except (OSError, ValueError) as error:
        raise UnreachableError(f"{service.name} does not answer: {error}", service.unreachable) from error
    if response.status == HTTPStatus.OK:
        return Answer(service, response)
    words = f"{response.status} {_words(response)}".strip()
    if response.status in TEMPORARY or not HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UnreachableError(f"{service.name} failed: {words}", service.unreachable)
    raise RefusedError(f"{service.name} refuses: {words}", service.refused)


def _words(response: web.Response) -> str:
    """Return why a service refuses, in its own words: one line, without anything secret."""
    try:
        said = _said(json.loads(response.content))
    except (ValueError, RecursionError):
        match = _XML_MESSAGE.search(response.text)
        said = html.unescape(match[1] if match else response.text)
    return masking.masked(plain(" ".join(said.split())))[:WORDS]


def _said(data: Any) -> str:
    """Return the sentence for people in an error of OAuth, Google, Amazon or a registry."""
    if isinstance(data, list):
        return "; ".join(filter(None, map(_said, data)))
    if not isinstance(data, dict):
        return str(data)
    said = next((data[name] for name in _SAYING if isinstance(data.get(name), str)), None)
    inner = data.get("error") or data.get("errors") or data.get("__type") or ""
    return said or _said(inner)
