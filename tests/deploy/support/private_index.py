"""A package index that asks for a name and a password, and has one package that no other index has."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import threading
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME, VERSION = "only-in-this-index", f"1.{int.from_bytes(os.urandom(4))}"
"""Another version in each process, so that no engine has a layer with it."""
MODULE = "only_in_this_index"
USER, PASSWORD = "robot", "pa55word-of-the-index"
_WHEEL = f"{MODULE}-{VERSION}-py3-none-any.whl"


@dataclass
class Index:
    """A running index."""

    host: str
    """Address and port, as containers of the engine reach it."""
    wheel: bytes
    asked: list[str] = field(default_factory=list)
    """The paths that were asked for with the right password."""

    @property
    def plain(self) -> str:
        """The URL without credentials."""
        return f"http://{self.host}/simple"

    @property
    def url(self) -> str:
        """The URL with credentials."""
        return f"http://{USER}:{PASSWORD}@{self.host}/simple"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.wheel).hexdigest()


def _wheel() -> bytes:
    stream, info = io.BytesIO(), f"{MODULE}-{VERSION}.dist-info"
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(f"{MODULE}.py", "VALUE = 'private indeed'\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", f"{MODULE}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return stream.getvalue()


@contextmanager
def serving(address: str) -> Iterator[Index]:
    """Serve the index at an address of this machine until the end of the block."""
    wheel = _wheel()
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    index = Index("", wheel)
    link = f'<a href="/files/{_WHEEL}#sha256={index.sha256}">{_WHEEL}</a>'
    answers = {f"/simple/{NAME}/": link.encode(), f"/files/{_WHEEL}": wheel}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("Authorization") == expected
            content = answers.get(self.path) if known else b""
            status = HTTPStatus.UNAUTHORIZED if not known else HTTPStatus.OK if content else HTTPStatus.NOT_FOUND
            if known:
                index.asked.append(self.path)
            self.send_response(status)
            if not known:
                self.send_header("WWW-Authenticate", 'Basic realm="index"')
            self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/zip")
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content or b"")

        do_HEAD = do_GET  # noqa: N815 -- the name that the server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((address, 0), Handler) as server:
        index.host = f"{address}:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()
