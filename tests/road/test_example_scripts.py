"""The example's scripts and Dockerfiles, run by hand as its cicd/README.md says, without the kit and its forge."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd import authorities
from cicd.forge.machine import base_images
from cicd.oci import engine
from tests.road.support.project import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCKS = EXAMPLE / "requirements"
EXECUTED = {
    "cicd/build/Dockerfile",
    "cicd/build/build.sh",
    "cicd/release/Dockerfile",
    "cicd/release/release.sh",
    "cicd/report/Dockerfile",
    "cicd/report/build.sh",
    "cicd/tracking/track.sh",  # in test_demo.py
    "requirements/lock.sh",
    "services/Dockerfile",
}
A_TEST_OF_EACH_KIND = "(both_images_begin and not report) or health_names_the_release or the_same_question"
SECONDS = 180


@dataclass
class Hand:
    """What a person at a terminal has: the scripts' variables, and a docker command."""

    tag: str
    docker: str
    environment: dict[str, str]
    containers: list[str] = field(default_factory=list)

    def script(self, name: str, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the example; what it prints is kept."""
        command = [str(EXAMPLE / "cicd" / name), *words]
        return subprocess.run(command, env={**self.environment, **changes}, check=False, capture_output=True, text=True)

    def call(self, *words: str) -> str:
        """Return what a docker command prints."""
        done = subprocess.run([self.docker, *words], env=self.environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def start(self, port: int, *words: str) -> str:
        """Start a container that serves on a port of this machine; its id."""
        container = self.call("run", "--detach", "--publish", f"127.0.0.1::{port}", *words)
        self.containers.append(container)
        return container

    def answer(self, container: str, path: str) -> bytes:
        """Return what a container that just started answers, once it does."""
        address = self.call("port", container).rpartition(" ")[2]
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://{address}{path}", timeout=60) as answer:
                    return bytes(answer.read())
            except OSError:
                running = self.call("inspect", "--format", "{{.State.Running}}", container)
                assert (running, time.monotonic() < deadline) == ("true", True), self.call("logs", container)
                time.sleep(0.2)


@pytest.fixture(scope="module")
def hand() -> Iterator[Hand]:
    (docker, *_), environment = engine.build_command()
    environment |= {"DOCKER": docker, "ML_CICD_BASE": base_images.python_image(engine.connect(), print)}
    if bundle := authorities.ca_bundle():
        environment["ML_CICD_CA"] = str(bundle)
    at_hand = Hand(f"flights-by-hand-{uuid.uuid4().hex[:8]}", docker, environment)
    yield at_hand
    for container in at_hand.containers:
        at_hand.call("rm", "--force", "--volumes", container)
    tags = at_hand.call("images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", f"reference={at_hand.tag}*")
    if tags:
        at_hand.call("rmi", *tags.split())


@pytest.fixture(scope="module")
def build_image(hand: Hand) -> str:
    tag = f"{hand.tag}-build"
    done = hand.script("build/build.sh", tag)
    assert done.returncode == 0, done.stderr
    return tag


@pytest.fixture(scope="module")
def bundle(hand: Hand, build_image: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bundle that the build image trained with few flights."""
    words = ("python", "-m", "flights.pipelines.train", "--data", "dummy_data/flights.csv", "--output", "/tmp/bundle")
    container = f"{hand.tag}-training"
    hand.containers.append(container)
    hand.call("run", "--name", container, "--network", "none", build_image, *words)
    folder = tmp_path_factory.mktemp("by-hand") / "bundle"
    hand.call("cp", f"{container}:/tmp/bundle", str(folder))
    (folder / "run").write_text(hand.tag)  # no layer from the cache: an engine may have lost one of an earlier run
    return folder


def test_every_script_and_dockerfile_has_a_test() -> None:
    listed = subprocess.run(["git", "ls-files", "*.sh", "*Dockerfile"], cwd=EXAMPLE, check=True, capture_output=True)
    assert {*listed.stdout.decode().split()} == EXECUTED


def test_example_tests_pass_against_handmade_release(hand: Hand, build_image: str, bundle: Path) -> None:
    done = hand.script("release/release.sh", str(bundle), hand.tag)
    assert done.returncode == 0, done.stderr
    digest = hand.call("image", "inspect", "--format", "{{.Id}}", hand.tag)
    service = hand.start(8000, "--env", f"ML_CICD_DIGEST={digest}", hand.tag)
    health = json.loads(hand.answer(service, "/health"))
    assert health["digest"] == digest
    assert health["model"]["lock"] == json.loads((bundle / "metadata.json").read_text())["lock"]
    variables = ("--env", "SERVICE_URL=http://localhost:8000", "--env", f"EXPECTED_DIGEST={digest}")
    chosen = ("-k", A_TEST_OF_EACH_KIND, "--no-cov", "--verbose")
    said = hand.call(
        "run", "--rm", "--network", f"container:{service}", *variables, build_image,
        "python", "tests/run_tests.py", "--test-type", "all", *chosen,
    )  # fmt: skip
    passed = re.findall(r"^tests/(\w+)/\S+ PASSED", said, re.MULTILINE)
    assert passed == ["unit", "integration", "acceptance"], said


def test_all_tests_need_a_service(hand: Hand, build_image: str) -> None:
    command = [hand.docker, "run", "--rm", build_image, "python", "tests/run_tests.py", "--test-type", "all"]
    done = subprocess.run(command, env=hand.environment, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Set SERVICE_URL and EXPECTED_DIGEST" in done.stderr


def test_release_refuses_bundle_of_another_lock(hand: Hand, bundle: Path, tmp_path: Path) -> None:
    other = shutil.copytree(bundle, tmp_path / "bundle")
    metadata = json.loads((other / "metadata.json").read_text())
    (other / "metadata.json").write_text(json.dumps(metadata | {"lock": "sha256:" + 64 * "0"}))
    done = hand.script("release/release.sh", str(other), f"{hand.tag}-refused", DOCKER="no-docker-is-asked")
    assert (done.returncode, done.stdout) == (4, "")
    assert "was trained for another lock than requirements/default.txt: train again." in done.stderr


def test_release_needs_a_bundle(hand: Hand) -> None:
    done = hand.script("release/release.sh", DOCKER="no-docker-is-asked")
    assert (done.returncode, done.stderr.split()[0]) == (2, "usage:")


def test_report_image_serves_the_report(hand: Hand) -> None:
    tag = f"{hand.tag}-report"
    done = hand.script("report/build.sh", tag)
    assert done.returncode == 0, done.stderr
    assert hand.answer(hand.start(8501, tag), "/_stcore/health") == b"ok"


def test_mlflow_server_runs_in_its_image(hand: Hand) -> None:
    tag = f"{hand.tag}-mlflow"
    base, dockerfile = hand.environment["ML_CICD_BASE"], EXAMPLE / "services" / "Dockerfile"
    words = [*(["--build-arg", f"BASE={base}"] if base else []), *engine.ca_secret(), str(EXAMPLE)]
    hand.call("build", "--quiet", "--file", str(dockerfile), "--tag", tag, *words)
    serve = ("server", "--host=0.0.0.0", "--port=5000", "--workers=1", "--backend-store-uri=sqlite:////tmp/mlflow.db")
    assert hand.answer(hand.start(5000, tag, *serve), "/health") == b"OK"


def test_locking_again_changes_no_version(tmp_path: Path) -> None:
    locks = shutil.copytree(LOCKS, tmp_path / "requirements")
    with_uv = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([locks / "lock.sh"], env=with_uv, check=True)
    again, before = ({lock.name: versions(lock) for lock in folder.glob("*.txt")} for folder in (locks, LOCKS))
    assert again == before, "run requirements/lock.sh"


def versions(lock: Path) -> list[str]:
    """Return a lock's packages with versions and markers. Hashes are left out: a new file of a version adds one."""
    return [line.removesuffix(" \\") for line in lock.read_text().splitlines() if not line.startswith("    --hash")]
