"""Commands in containers of the real engine: what they print arrives whole, and how they ended is said in words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicd.config import Service
from cicd.deploy.docker.target import DockerTarget
from cicd.errors import CheckFailedError, UsageError
from cicd.forge.machine import base_images
from cicd.oci import containers, engine, images
from tests.deploy.support.tiny import NAME, accept, digest, order, serves, serving
from tests.static.support.kit import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    import docker

    from cicd.forge.machine.services import Services
    from cicd.oci.endings import Ending

LABELS = {"ml-cicd.project": "containers"}
TEXT = 'import os; os.write(1, ("ä"*20000 + "€"*9000 + "\\n").encode()); os.write(1, b"\\xff\\xfe\\n")'
SHARED = (
    "import mmap; file = open('/dev/shm/a', 'wb+'); file.truncate(2 * 10**8); "
    "mmap.mmap(file.fileno(), 0).write(b'x' * 2 * 10**8)"
)
MEMORY = "x = bytearray(b'x' * 2 * 10**8)"
MUCH = "import os\nfor _ in range(2 * 2**10): os.write(1, b'x' * 2**16)"


@pytest.fixture(scope="module")
def base(client: docker.DockerClient) -> str:
    return base_images.python_image(client, print) or base_images.PYTHON


@pytest.fixture
def scripts(tmp_path: Path, base: str) -> Iterator[str]:
    """Return an image with scripts that can't start."""
    (tmp_path / "crlf.sh").write_bytes(b"#!/bin/sh\r\necho started\r\n")
    (tmp_path / "plain.sh").write_bytes(b"echo started\n")
    for file in tmp_path.glob("*.sh"):
        file.chmod(0o755)
    (tmp_path / "Dockerfile").write_text(f"FROM {base}\nCOPY *.sh /\n")
    tag = f"scripts-{uuid.uuid4().hex[:6]}"
    yield images.build(tmp_path, tmp_path / "Dockerfile", tag=tag)
    engine.connect().images.remove(tag)


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[str]:
    """Return an image for another processor, with a program for it."""
    machine = {"x86_64": b"\xb7\x00", "aarch64": b"\x3e\x00"}[os.uname().machine]
    platform = {"x86_64": "linux/arm64", "aarch64": "linux/amd64"}[os.uname().machine]
    program = bytearray(Path(shutil.which("true") or "").read_bytes())
    program[18:20] = machine
    (tmp_path / "true").write_bytes(program)
    (tmp_path / "true").chmod(0o755)
    (tmp_path / "Dockerfile").write_text('FROM scratch\nCOPY true /\nCMD ["/true"]\n')
    tag = f"foreign-{uuid.uuid4().hex[:6]}"
    command, environment = engine.build_command()
    words = [*command, "--platform", platform, "--tag", tag, str(tmp_path)]
    subprocess.run(words, env=environment, check=True)
    yield tag
    engine.connect().images.remove(tag)


def ended(client: docker.DockerClient, image: str, *command: str) -> Ending:
    return containers.run(client, image, command, labels=LABELS).ending


@pytest.mark.case("K11", "40 kB of umlauts in one line")
def test_text_of_a_container_arrives_whole(
    client: docker.DockerClient, base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(client, base, "python3", "-c", TEXT).exit_code == 0
    assert capsys.readouterr().out == "ä" * 20_000 + "€" * 9_000 + "\n\ufffd\ufffd\n"


@pytest.mark.case("K11", "128 MB without a line feed in a container")
def test_output_of_a_container_is_bounded(
    client: docker.DockerClient, base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(client, base, "python3", "-c", MUCH).exit_code == 0
    shown = capsys.readouterr().out
    assert len(shown) < 21 * 2**20
    assert f"... {(128 - 20) * 2**20} bytes left out ..." in shown


def test_both_streams_arrive_and_leave_nothing_on_the_engine(
    client: docker.DockerClient, base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with containers.created(client, base, command=["sh", "-c", "echo out; echo err >&2"], labels=LABELS) as container:
        assert containers.run_to_end(container, base, ["sh"]).exit_code == 0
        assert container.attrs["HostConfig"]["LogConfig"]["Type"] == "none"
    assert sorted(capsys.readouterr().out.splitlines()) == ["err", "out"]


@pytest.mark.case("K9", "200 MB of shared memory")
def test_full_shared_memory_is_named(client: docker.DockerClient, base: str) -> None:
    ending = ended(client, base, "python3", "-c", SHARED)
    assert "SIGBUS" in str(ending)
    assert "/dev/shm" in ending.hint("")


def test_memory_that_ran_out_is_named(client: docker.DockerClient, base: str) -> None:
    command = ["python3", "-c", MEMORY]
    with containers.created(client, base, command=command, labels=LABELS, mem_limit="64m") as container:
        assert "out of memory" in str(containers.run_to_end(container, base, command))


@pytest.mark.case("K9", "an entrypoint with Windows line ends")
def test_windows_line_ends_are_named(client: docker.DockerClient, scripts: str) -> None:
    assert "Windows line ends" in ended(client, scripts, "/crlf.sh").hint("")
    assert "#!/bin/sh" in ended(client, scripts, "/plain.sh").hint("")


@pytest.mark.case("K9", "an image of another platform")
def test_image_of_another_platform_is_refused(client: docker.DockerClient, foreign: str) -> None:
    with pytest.raises(UsageError, match=r"image linux/\w+, engine linux/\w+") as caught:
        ended(client, foreign, "/true")
    assert "docker build --platform" in caught.value.hint


@pytest.mark.case("K9", "an image of another platform")
def test_release_of_another_platform_is_refused_before_the_switch(
    client: docker.DockerClient, target: DockerTarget, own_services: Services, good: str, foreign: str
) -> None:
    running = target.apply(order(good), accept)
    release = images.push(client, foreign, f"{own_services.registry}/{NAME}", "foreign")
    with pytest.raises(
        CheckFailedError, match=r"image linux/\w+, engine linux/\w+; the old one still serves"
    ) as caught:
        target.apply(order(release), accept)
    assert "docker build --platform" in caught.value.hint
    assert serves(target.observe()) == digest(good)
    assert target.observe() == running
    assert not containers.find(client, target.site.releases.candidate)


@pytest.mark.case("K8", "proxies of the Docker configuration in containers")
def test_proxies_of_the_docker_configuration_stay_outside(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    proxies = {"default": {"httpProxy": "http://proxy.invalid:3128", "noProxy": "localhost"}}
    (tmp_path / "config.json").write_text(json.dumps({"proxies": proxies}))
    monkeypatch.setenv("DOCKER_HOST", engine.address())
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    assert ended(engine.connect(), base, "env").exit_code == 0
    assert "proxy" not in capsys.readouterr().out.lower()


@pytest.mark.case("K11", "PYTHONIOENCODING=ascii")
def test_output_that_the_terminal_lacks_decides_nothing(client: docker.DockerClient, base: str, tmp_path: Path) -> None:
    (tmp_path / "ml-cicd.toml").write_text('name = "app"\n[tests]\nunit = ["echo", "Größe ✓"]\n')
    done = subprocess.run(
        [sys.executable, "-m", "cicd.cli", "test", "--image", base],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Gr\\xf6\\xdfe \\u2713" in done.stdout


@pytest.mark.case("K9", "a test or a service that needs more shared memory, on Docker")
def test_shared_memory_is_as_large_as_configured(
    client: docker.DockerClient, base: str, target: DockerTarget, good: str
) -> None:
    config = replace(target.site.config, service=Service(shm_size="300m"), test_shm_size="300m")
    command = ["python3", "-c", SHARED]
    assert containers.run(client, base, command, labels=LABELS, shm_size="300m").exit_code == 0
    larger = DockerTarget(replace(target.site, config=config))
    larger.apply(order(good), accept)
    assert serving(larger).attrs["HostConfig"]["ShmSize"] == 300 << 20
    result = larger.runner(larger.site.network)(base, command, labels=LABELS, environment={}, collect=[])
    assert result.exit_code == 0
