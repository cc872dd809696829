"""Builds install from a package index that asks for a password, which no image, log or cache shows."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd import config as configuration
from cicd.errors import CheckFailedError
from cicd.produce import build_image, conventions, recipe, suites
from tests.deploy.support import leaks, private_index
from tests.deploy.support.bridge import gateway
from tests.deploy.support.printed import printed_by
from tests.deploy.support.private_index import MODULE, NAME, PASSWORD, USER, VERSION
from tests.deploy.test_packaging_builds import base  # noqa: F401 -- a fixture
from tests.static.test_linters import BIN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import docker

    from cicd.config import Config
    from tests.deploy.support.private_index import Index

CODE = f"import {MODULE}\n\n\ndef main() -> None:\n    print({MODULE}.VALUE)\n"
TEST = "import unittest\n\nimport app\n\n\nclass T(unittest.TestCase):\n    def test_it(self):\n        app.main()\n"
UNIT = '["python", "-m", "unittest", "discover", "--start-directory", "tests"]'
TOML = f'name = "private"\n[tests]\nunit = {UNIT}\n[service]\n'
COMMAND = 'command = ["python", "-c", "import app; app.main()"]\n'
PYPROJECT = """
[project]
name = "app"
version = "1"
requires-python = ">=3.11"
dependencies = ["{name}=={version}"]

[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
packages = ["app"]

[[tool.uv.index]]
name = "private"
url = "{url}"
"""


@pytest.fixture
def index(client: docker.DockerClient) -> Iterator[Index]:
    with private_index.serving(gateway(client)) as index:
        yield index


class Project:
    """A project that needs the package, in a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path, self.patch = folder / "private", monkeypatch
        self.write("app/__init__.py", CODE)
        self.write("tests/test_it.py", TEST)
        subprocess.run(["git", "init", "-q", self.path], check=True)

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    def secrets(self, **values: str) -> None:
        self.write("ml-cicd.toml", f"{TOML}{COMMAND}[build]\nsecrets = {json.dumps([*values])}\n")
        self.patch.setenv("BUILD_SECRETS", json.dumps(values))

    @property
    def config(self) -> Config:
        return configuration.load(self.path)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path, monkeypatch)


def with_pip_variable(project: Project, index: Index) -> None:
    project.write("requirements.txt", f"{NAME}=={VERSION}\n")
    project.secrets(PIP_EXTRA_INDEX_URL=index.url)


def with_pipenv(project: Project, index: Index) -> None:
    """Name the index in the lock, with variables in its URL, as Pipenv knows them."""
    url = f"http://${{INDEX_USER}}:${{INDEX_PASSWORD}}@{index.host}/simple"
    source = {"name": "private", "url": url, "verify_ssl": False}
    needed = {NAME: {"hashes": [f"sha256:{index.sha256}"], "index": "private", "version": f"=={VERSION}"}}
    project.write("Pipfile", f'[[source]]\nname = "private"\nurl = "{url}"\n[packages]\n{NAME} = "=={VERSION}"\n')
    lock = {"_meta": {"hash": {"sha256": "0"}, "sources": [source]}, "default": needed, "develop": {}}
    project.write("Pipfile.lock", json.dumps(lock))
    project.secrets(INDEX_USER=USER, INDEX_PASSWORD=PASSWORD)


def with_uv(project: Project, index: Index) -> None:
    project.write("pyproject.toml", PYPROJECT.format(name=NAME, version=VERSION, url=index.plain))
    credentials = {"UV_INDEX_PRIVATE_USERNAME": USER, "UV_INDEX_PRIVATE_PASSWORD": PASSWORD}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in credentials.items():
            patch.setenv(name, value)
        subprocess.run([BIN / "uv", "lock", "--quiet"], cwd=project.path, check=True)
    project.secrets(**credentials)


def with_netrc(project: Project, index: Index) -> None:
    project.write("requirements.txt", f"--extra-index-url {index.plain}\n{NAME}=={VERSION}\n")
    project.secrets(NETRC=f"machine {index.host.partition(':')[0]} login {USER} password {PASSWORD}\n")


def with_dockerfile(project: Project, index: Index) -> None:
    project.write("requirements.txt", f"{NAME}=={VERSION}\n")
    host = index.host.partition(":")[0]
    mount = "--mount=type=secret,id=PIP_INDEX_URL,required=true"
    install = 'PIP_INDEX_URL="$(cat /run/secrets/PIP_INDEX_URL)" pip install --no-cache-dir'
    project.write("Dockerfile", "\n".join([
        "ARG BASE=python:3.11-slim-bookworm", "FROM ${BASE}", "WORKDIR /app",
        "RUN python3 -m venv /venv", "ENV PATH=/venv/bin:$PATH", "COPY requirements.txt .",
        f"RUN {mount} {install} --trusted-host {host} --requirement requirements.txt",
        "COPY app app", 'CMD ["python", "-c", "import app; app.main()"]', "",
    ]))  # fmt: skip
    project.secrets(PIP_INDEX_URL=index.url)


KINDS = {
    "requirements with pip's variable": with_pip_variable,
    "Pipenv, with variables in the URL": with_pipenv,
    "uv": with_uv,
    "netrc": with_netrc,
    "a Dockerfile": with_dockerfile,
}


@pytest.mark.case("K3", "a private package index, with credentials that no image shows")
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_private_package_is_installed_and_the_password_is_nowhere(
    project: Project, index: Index, client: docker.DockerClient, kind: object, capfd: pytest.CaptureFixture[str]
) -> None:
    assert callable(kind)
    kind(project, index)
    image = build_image.build(project.config, project.path)
    assert suites.run_unit(project.config, image) == suites.UnitTests({})
    release = "ml-cicd-test/private:release"
    recipe.build(conventions.release(project.config, project.path), tag=release, labels={})
    assert printed_by(client, release).strip() == "private indeed"
    assert f"/files/{MODULE}-{VERSION}-py3-none-any.whl" in index.asked
    log = "".join(capfd.readouterr())
    for name in (image, release):
        assert leaks.places(client, name, PASSWORD) == []
    assert PASSWORD not in log


def test_wrong_password_fails_without_showing_it(
    project: Project, index: Index, capfd: pytest.CaptureFixture[str]
) -> None:
    project.write("requirements.txt", f"# no layer was made of this file\n{NAME}=={VERSION}\n")
    project.secrets(PIP_EXTRA_INDEX_URL=index.url.replace(PASSWORD, "wrong-password"))
    with pytest.raises(CheckFailedError):
        build_image.build(project.config, project.path)
    assert "wrong-password" not in "".join(capfd.readouterr())
