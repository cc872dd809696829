"""Client of a package index: look up a file (PEP 503 and PEP 691), upload a file (the upload API of PyPI)."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import urllib.parse
from dataclasses import dataclass
from html.parser import HTMLParser
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from cicd import masking
from cicd.errors import CheckFailedError, UnreachableError
from cicd.oci import registry_http
from cicd.oci.logins import Login

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SIMPLE = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
WORDS = 300
"""Characters of an index's answer that a message holds."""
EXISTS = ("already exist", "updating asset", "already been taken", "overwrite artifact")
"""What PyPI, Nexus, GitLab and Artifactory answer to an upload of a file that exists, with status 400 or 403."""
FIELDS = {"classifier": "classifiers", "project_url": "project_urls", "provides_extra": "provides_extras"}
"""Fields of an upload that have another name than the field of the metadata."""
MARKUP = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
Content = Literal["absent", "same", "other"]


@dataclass(frozen=True)
class PackageIndex:
    """A package index."""

    url: str
    """The simple index."""
    publish_url: str
    login: Login | None = None

    def content(self, package: str, file: str, sha256: str) -> Content:
        """Compare a file in the index with this SHA-256: `absent`, `same` content or `other` content.

        Raises:
            UnreachableError: the index does not answer, or refuses the login.

        """
        page = f"{self.url.rstrip('/')}/{package}/"
        response = self._send("GET", page, {"Accept": SIMPLE})
        if response.status == HTTPStatus.NOT_FOUND:
            return "absent"
        self._check(response, f"look up {package}")
        listed = _listed(response)
        if file not in listed:
            return "absent"
        address, hashes = listed[file]
        known = hashes.get("sha256") or self._sha256(urllib.parse.urljoin(page, address), file)
        return "same" if known == sha256 else "other"

    def upload(self, file: str, content: bytes, metadata: Sequence[tuple[str, str]], python: str) -> bool:
        """Upload a wheel; return False if the index already has a file with this name.

        `python` is the tag of the Python that the wheel is for, such as `py3`.

        Raises:
            CheckFailedError: the index refuses the file; the message has its words.
            UnreachableError: the index does not answer, or refuses the login.

        """
        fields = [
            (":action", "file_upload"), ("protocol_version", "1"), ("filetype", "bdist_wheel"), ("pyversion", python),
            ("sha256_digest", hashlib.sha256(content).hexdigest()),
            *((_field(name), value) for name, value in metadata),
        ]  # fmt: skip
        boundary = os.urandom(16).hex()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        body = _form(fields, file, content, boundary)
        response = self._send("POST", self.publish_url, headers, body)
        if _exists(response):
            return False
        if response.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.GONE):
            raise CheckFailedError(
                f"{self.publish_url} refuses {file} ({response.status}): {_words(response)}",
                "Correct what it names, raise the version of the package, and release again.",
            )
        self._check(response, f"upload {file}")
        return True

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> registry_http.Response:
        try:
            return registry_http.send(method, url, headers, body, self.login)
        except (OSError, ValueError, KeyError) as error:
            raise UnreachableError(
                f"The package index {url} does not answer: {error}",
                "Check the address in ml-cicd.toml (index-url, publish-url) and the network, then run this again.",
            ) from error

    def _check(self, response: registry_http.Response, action: str) -> None:
        """Raise unless the answer is a success."""
        if response.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise UnreachableError(
                f"The package index {self.url} refuses to {action} ({response.status}): {_words(response)}",
                "Check the secret that `secret` in ml-cicd.toml names: a token, or user:password.",
            )
        if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            raise UnreachableError(
                f"The package index {self.url} failed to {action} ({response.status}): {_words(response)}",
                "Run this again. If it fails again, check the status page or the log of the index.",
            )

    def _sha256(self, address: str, file: str) -> str:
        """Download a file and return its SHA-256, for a page that lists no SHA-256."""
        response = self._send("GET", address, {})
        self._check(response, f"read {file}")
        return hashlib.sha256(response.content).hexdigest()


def login(secret: str) -> Login | None:
    """Return the login in a secret: `user:password`, or a token alone; None for an empty one.

    Outputs hide the password.
    """
    user, colon, password = secret.strip().partition(":")
    masking.hide(password)
    return Login(*((user, password) if colon else ("__token__", user))) if user else None


def _exists(response: registry_http.Response) -> bool:
    """Return whether the index refused an upload because it already has a file with this name."""
    if response.status == HTTPStatus.CONFLICT:
        return True
    refused = response.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN)
    return refused and any(words in response.text.lower() for words in EXISTS)


def _field(name: str) -> str:
    field = name.lower().replace("-", "_")
    return FIELDS.get(field, field)


def _form(fields: Iterable[tuple[str, str]], file: str, content: bytes, boundary: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="content"; filename="{file}"\r\n'
    kind = "Content-Type: application/octet-stream\r\n\r\n"
    return "".join([*parts, head, kind]).encode() + content + f"\r\n--{boundary}--\r\n".encode()


def _words(response: registry_http.Response) -> str:
    """Return the first words of an answer, without the markup of HTML."""
    text = response.text
    if "html" in response.headers.get("content-type", ""):
        text = html.unescape(MARKUP.sub(" ", text))
    return " ".join(text.split())[:WORDS]


def _listed(response: registry_http.Response) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the address and the hashes of each file on a page of a simple index.

    Raises:
        UnreachableError: the answer is not a page of a simple index.

    """
    if "json" not in response.headers.get("content-type", ""):
        page = _Page()
        page.feed(response.text)
        return page.files
    try:
        entries = json.loads(response.content)["files"]
        return {entry["filename"]: (str(entry["url"]), dict(entry.get("hashes") or {})) for entry in entries}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreachableError(
            f"The package index answers with a page that can't be read: {error!r}", "Check index-url in ml-cicd.toml."
        ) from error


class _Page(HTMLParser):
    """A page of a simple index as HTML: links, whose fragments are hashes."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, tuple[str, dict[str, str]]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link."""
        address = dict(attrs).get("href") if tag == "a" else None
        if address:
            path, _, fragment = address.partition("#")
            name = urllib.parse.unquote(path.partition("?")[0].rpartition("/")[2])
            kind, _, value = fragment.partition("=")
            self.files[name] = (path, {kind: value} if value else {})
