"""A project without a Dockerfile is built from its packaging: its tests run, and its release holds only what runs."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from cicd import cli
from cicd import config as configuration
from cicd.forge.machine import base_images
from cicd.oci import images
from cicd.produce import build_image, conventions, recipe, suites
from tests.deploy.support.printed import printed_by
from tests.static.support.kit import ROOT
from tests.static.test_linters import BIN

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    import docker

    from cicd.config import Config

PACKAGING = ROOT / "tests" / "fixtures" / "packaging"
TOOLS = sorted(folder.name for folder in PACKAGING.iterdir())
LOOK = """
import importlib.util, os, shutil, sysconfig
from pathlib import Path
import app
folder = Path(app.__file__).parent
assert sysconfig.get_path("purelib") in app.__file__, app.__file__
assert not importlib.util.find_spec("pytest")
assert os.getuid() == 10001
assert [*folder.glob("__pycache__/__init__.*.pyc")]
assert not [*Path("/").glob("*/tests")] and not Path("/app").exists() and not [*Path("/opt/tools").glob("*")]
assert not [name for name in ("uv", "pip", "poetry", "pdm", "pipenv") if shutil.which(name, path="/opt/venv/bin")]
try:
    (folder / "new").touch()
except PermissionError:
    print("as promised")
"""


class Project:
    """A project of a packaging tool, in a folder of its own."""

    def __init__(self, tool: str, folder: Path) -> None:
        self.path = folder / tool
        shutil.copytree(PACKAGING / tool, self.path)
        if tool == "uv":  # its lock names the package index of the machine that wrote it
            subprocess.run([BIN / "uv", "lock", "--quiet"], cwd=self.path, check=True)
        subprocess.run(["git", "init", "-q", self.path], check=True)

    @property
    def config(self) -> Config:
        return configuration.load(self.path)

    def release(self, client: docker.DockerClient) -> str:
        tag = f"ml-cicd-test/{self.config.name}:release"
        recipe.build(conventions.release(self.config, self.path), tag=tag, labels={})
        return tag


@pytest.fixture(autouse=True)
def base(client: docker.DockerClient, monkeypatch: pytest.MonkeyPatch) -> None:
    if standin := base_images.python_image(client, print):
        monkeypatch.setenv("ML_CICD_BASE", standin)


@pytest.mark.parametrize("tool", TOOLS)
def test_tests_run_in_the_build_image_and_the_release_holds_only_what_runs(
    client: docker.DockerClient, tool: str, tmp_path: Path
) -> None:
    project = Project(tool, tmp_path)
    image = build_image.build(project.config, project.path)
    passed = suites.run_unit(project.config, image)
    assert passed == suites.UnitTests({"passed": 1, "failed": 0, "skipped": 0})
    release = project.release(client)
    assert printed_by(client, release).strip() == "XN--GRN-IOA"
    assert printed_by(client, release, "python", "-c", LOOK).strip() == "as promised"
    assert images.present(client, image)


def layers(client: docker.DockerClient, image: str) -> list[str]:
    return list(client.images.get(image).attrs["RootFS"]["Layers"])


@pytest.mark.parametrize("tool", ["requirements"])
def test_ejected_files_build_the_same_layers(client: docker.DockerClient, tool: str, tmp_path: Path) -> None:
    project = Project(tool, tmp_path)

    def built() -> list[list[str]]:
        image = layers(client, build_image.build(project.config, project.path))
        return [image[:-1], layers(client, project.release(client))]  # the last layer is the source, with the new files

    generated = built()
    assert cli.main(["build", "--eject", "--directory", str(project.path)]) == 0
    assert conventions.test_image(project.config, project.path).name == "cicd/build/Dockerfile"
    assert built() == generated
    assert cli.main(["build", "--eject", "--directory", str(project.path)]) == 2


DOCKERFILE = """ARG BASE=python:3.11-slim-bookworm
FROM ${BASE} AS compiled
RUN python3 -m venv /venv
FROM ${BASE}
COPY --from=compiled /venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /code
COPY requirements.txt .
RUN --mount=type=secret,id=ca PIP_CERT=/run/secrets/ca pip install -q --no-cache-dir -r requirements.txt
COPY app app
USER 1234
"""


def test_one_dockerfile_is_the_release_and_tests_come_on_top(client: docker.DockerClient, tmp_path: Path) -> None:
    project = Project("requirements", tmp_path)
    (project.path / "Dockerfile").write_text(DOCKERFILE)
    image = build_image.build(project.config, project.path)
    assert suites.run_unit(project.config, image) == suites.UnitTests({"passed": 1, "failed": 0, "skipped": 0})
    release = project.release(client)
    assert layers(client, image)[: len(layers(client, release))] == layers(client, release)
    assert client.images.get(image).attrs["Config"]["User"] == "1234"
    with pytest.raises(AssertionError, match="No module named pytest"):
        printed_by(client, release, "python", "-m", "pytest")


def test_test_image_is_on_its_own_release_while_another_branch_is_built(
    client: docker.DockerClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two jobs on one self-hosted machine, or two clones on a laptop, build at once; both projects have one name."""
    one, two = (Project("requirements", tmp_path / name) for name in ("one", "two"))
    for project in (one, two):
        (project.path / "Dockerfile").write_text(DOCKERFILE)
        (project.path / "app" / "branch.txt").write_text(project.path.parent.name)
    build = images.build

    def build_both(context: Path, *rest: Any, **options: Any) -> str:
        identity = build(context, *rest, **options)
        if context == one.path and "-release:" in options["tag"]:
            build_image.build(two.config, two.path)
        return identity

    monkeypatch.setattr(images, "build", build_both)
    image = build_image.build(one.config, one.path)
    assert printed_by(client, image, "cat", "app/branch.txt") == "one"
