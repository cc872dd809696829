"""A real package index is asked which content it has, and takes exactly the bytes of a wheel."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cicd import masking
from cicd.errors import UnreachableError
from cicd.oci import registry_http
from cicd.produce import wheels
from cicd.publish.index import PackageIndex, login
from tests.unit.support import package_index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.support.package_index import Index

FILE = "flights-1.0-py3-none-any.whl"


@pytest.fixture(params=["sha256", "md5"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    with package_index.index(tmp_path, hashed_by=request.param) as running:
        yield running


def client(index: Index, secret: str = package_index.LOGIN) -> PackageIndex:
    return PackageIndex(index.simple, index.url, login(secret))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def upload(index: PackageIndex, path: Path) -> bool:
    return index.upload(path.name, path.read_bytes(), wheels.metadata(path), "py3")


def test_published_bytes_are_those_of_the_wheel_and_pip_installs_them(index: Index, tmp_path: Path) -> None:
    path = package_index.wheel(tmp_path)
    assert client(index).content("flights", FILE, sha256(path)) == "absent"
    assert upload(client(index), path)
    assert index.files() == {FILE: sha256(path)}
    words = ["install", "--quiet", "--index-url", index.simple, "--target", str(tmp_path / "here"), "flights==1.0"]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    assert (tmp_path / "here" / "flights" / "__init__.py").read_text() == "value = 1\n"


def test_a_file_that_exists_is_compared_by_its_content_and_never_replaced(index: Index, tmp_path: Path) -> None:
    path = package_index.wheel(tmp_path)
    upload(client(index), path)
    before = sha256(path)
    assert client(index).content("flights", FILE, before) == "same"
    assert client(index).content("flights", FILE, "0" * 64) == "other"
    assert client(index).content("flights", "flights-1.1-py3-none-any.whl", before) == "absent"
    other = package_index.wheel(tmp_path, text="value = 2\n")
    assert not upload(client(index), other)
    assert index.files() == {FILE: before}


@pytest.mark.parametrize("index", ["sha256"], indirect=True)
@pytest.mark.parametrize("secret", ["", "a-token-alone", "ada:wrong"])
def test_a_wrong_login_is_named_as_such_without_its_value(index: Index, secret: str, tmp_path: Path) -> None:
    path = package_index.wheel(tmp_path)
    with pytest.raises(UnreachableError, match="refuses to upload") as caught:
        upload(client(index, secret), path)
    assert "secret" in caught.value.hint
    assert "Error: 40" in caught.value.message
    assert not set("<>{}") & set(caught.value.message), "the words of the page alone, without its markup"
    assert not secret or secret not in caught.value.message
    assert index.files() == {}


def answering(monkeypatch: pytest.MonkeyPatch, status: int, body: str) -> PackageIndex:
    """Return an index whose only answer has this status and body."""
    response = registry_http.Response(status, {}, body.encode())
    monkeypatch.setattr(registry_http, "send", lambda *_: response)
    return PackageIndex("https://index.example/simple/", "https://index.example/", login(package_index.LOGIN))


def test_a_login_that_pypi_calls_non_existent_is_not_taken_for_an_existing_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pypi = answering(monkeypatch, 403, "403 Invalid or non-existent authentication information.")
    with pytest.raises(UnreachableError, match=r"non-existent authentication") as caught:
        upload(pypi, package_index.wheel(tmp_path))
    assert "secret" in caught.value.hint


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, "File already exists ('flights-1.0-py3-none-any.whl')."),
        (400, "Repository does not allow updating assets: pypi"),
        (400, '{"message":"Validation failed: File name has already been taken"}'),
        (403, "Not enough permissions to overwrite artifact"),
        (409, "Conflict"),
    ],
    ids=["pypi", "nexus", "gitlab", "artifactory", "status"],
)
def test_an_existing_file_is_known_by_the_words_of_each_index(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: int, body: str
) -> None:
    assert not upload(answering(monkeypatch, status, body), package_index.wheel(tmp_path))


def test_a_password_is_hidden_also_without_its_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    echo = answering(monkeypatch, 403, f"wrong password {package_index.PASSWORD}")
    with pytest.raises(UnreachableError, match="wrong password") as caught:
        upload(echo, package_index.wheel(tmp_path))
    assert package_index.PASSWORD not in masking.masked(caught.value.message)


@pytest.mark.parametrize("end", ["\n", "\r\n", " "])
def test_a_newline_at_the_end_of_a_secret_does_not_count(end: str) -> None:
    assert login(package_index.LOGIN + end) == login(package_index.LOGIN)


def test_an_index_that_does_not_answer(tmp_path: Path) -> None:
    dead = PackageIndex("http://127.0.0.1:9/simple/", "http://127.0.0.1:9/")
    with pytest.raises(UnreachableError, match="does not answer"):
        dead.content("flights", FILE, "0" * 64)
    with pytest.raises(UnreachableError, match="does not answer"):
        upload(dead, package_index.wheel(tmp_path))


def test_a_token_alone_is_the_password_of_the_user_token() -> None:
    alone, pair = login("pypi-abc"), login("ada:a:b")
    assert alone
    assert (alone.user, alone.password) == ("__token__", "pypi-abc")
    assert pair
    assert (pair.user, pair.password) == ("ada", "a:b")
    assert login(" ") is None
