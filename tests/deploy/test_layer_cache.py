"""Layers travel: a job on an empty engine takes from the registry what did not change, and builds the rest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.deploy.support.hosted import HostedRunner
from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    import docker

AUTHOR = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
DOCKERFILE = """ARG BASE
FROM ${BASE} AS system
RUN cat /proc/sys/kernel/random/uuid > /system
FROM system AS packages
RUN --mount=type=bind,source=lock.txt,target=/lock.txt cat /proc/sys/kernel/random/uuid > /packages
FROM packages
RUN cat /proc/sys/kernel/random/uuid > /tools
COPY source.py /
"""


@pytest.fixture
def runner(client: docker.DockerClient, tmp_path: Path, sockets: str) -> Iterator[HostedRunner]:
    with HostedRunner(client, tmp_path, Path(sockets)) as machine:
        yield machine


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project whose image has a layer of packages, a layer of tools, and the source."""
    folder = tmp_path / "project"
    for name, text in (("build", DOCKERFILE), ("release", "FROM scratch\nCOPY source.py /\n")):
        (folder / "cicd" / name).mkdir(parents=True)
        (folder / "cicd" / name / "Dockerfile").write_text(text)
    (folder / "ml-cicd.toml").write_text('name = "app"\n')
    for name in ("lock.txt", "source.py"):
        (folder / name).write_text("1\n")
    return folder


def build(runner: HostedRunner, project: Path, *options: str, **variables: str) -> tuple[dict[str, str], str]:
    """Build as a job of ci does, and return the layers' contents and the log."""
    command = [sys.executable, "-m", "cicd.cli", "build", "--json", *options]
    done = runner.run(command, project, PYTHONPATH=str(ROOT), **variables)
    assert done.returncode == 0, done.stdout
    image = json.loads(done.stdout[done.stdout.rindex("{") :])["image"]
    shown = runner.run(["docker", "run", "--rm", image, "cat", "/system", "/packages", "/tools", "/source.py"], project)
    assert shown.returncode == 0, shown.stdout
    return dict(zip(("system", "packages", "tools", "source"), shown.stdout.split(), strict=True)), done.stdout


def release(runner: HostedRunner, project: Path) -> None:
    """Release the image that was built last as integration does, which also writes the cache."""
    for words in (["init", "--quiet"], ["add", "--all"], [*AUTHOR, "commit", "--quiet", "--message", "first"]):
        subprocess.run(["git", *words], cwd=project, check=True)
    command = [sys.executable, "-m", "cicd.cli", "release", "--bundle", "", "--test-image", "ml-cicd/app-build:latest"]
    done = runner.run(command, project, PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stdout


def test_empty_engine_takes_unchanged_layers(runner: HostedRunner, project: Path) -> None:
    first, log = build(runner, project, "--use-cache")
    assert "Built without the layer cache" in log
    release(runner, project)
    runner.fresh()
    (project / "source.py").write_text("2\n")
    second, log = build(runner, project, "--use-cache")
    assert second == {**first, "source": "2"}
    assert "Built without" not in log

    runner.fresh()
    (project / "lock.txt").write_text("2\n")
    changed_lock, _ = build(runner, project, "--use-cache")
    assert changed_lock["packages"] != first["packages"]
    assert changed_lock["system"] == first["system"]

    runner.fresh()
    (project / "lock.txt").write_text("1\n")
    from_nothing, _ = build(runner, project)
    assert not set(from_nothing.values()) & {first["system"], first["packages"], first["tools"]}

    _, log = build(runner, project, "--use-cache", ML_CICD_REGISTRY="localhost:1")
    assert "Built without the layer cache" in log
    assert "does not answer" in log
