"""A real package index on this machine, and wheels to publish there."""

from __future__ import annotations

import base64
import hashlib
import wsgiref.simple_server
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING

import pypiserver  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USER, PASSWORD = "ada", "s3cret:with-colon"
LOGIN = f"{USER}:{PASSWORD}"


@dataclass(frozen=True)
class Index:
    """A running index; `packages` is the folder in which it keeps files."""

    url: str
    packages: Path

    @property
    def simple(self) -> str:
        return f"{self.url}simple/"

    def files(self) -> dict[str, str]:
        """Return the SHA-256 of each file that anybody can download, by name."""
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self.packages.iterdir()}

    def keys(self, secret: str = "INDEX_TOKEN") -> str:
        """Return the lines of `ml-cicd.toml` that name the index."""
        return f'index-url = "{self.simple}"\npublish-url = "{self.url}"\nsecret = "{secret}"\n'


class _Server(ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True


class _Handler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def index(folder: Path, *, hashed_by: str = "sha256") -> Iterator[Index]:
    """Yield an index that takes uploads with the login alone."""
    packages, accounts = folder / "packages", folder / "accounts"
    packages.mkdir(exist_ok=True)
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).digest()).decode()
    accounts.write_text(f"{USER}:{{SHA}}{digest}\n")
    app = pypiserver.app(
        roots=[packages], password_file=str(accounts), authenticate=["update"], hash_algo=hashed_by,
        disable_fallback=True,
    )  # fmt: skip
    with wsgiref.simple_server.make_server("127.0.0.1", 0, app, _Server, _Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield Index(f"http://127.0.0.1:{server.server_port}/", packages)
        finally:
            server.shutdown()


def wheel(folder: Path, name: str = "flights", version: str = "1.0", text: str = "") -> Path:
    """Write a wheel of a package with one module, and return its file."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    described = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: Über flights\n\nA text.\n"
    contents = {
        f"{name}/__init__.py": text or "value = 1\n",
        f"{info}/METADATA": described,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in contents.items():
            archive.writestr(zipfile.ZipInfo(file), content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
            lines.append(f"{file},sha256={digest},{len(content.encode())}\n")
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD"), "".join([*lines, f"{info}/RECORD,,\n"]))
    return path
