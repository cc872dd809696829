"""The program that runs tests against another engine: it counts what it ran, or says why it ran nothing."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from tests.tools import engines


class Client:
    """An engine that tells its version."""

    def version(self) -> dict[str, str]:
        return {"Version": "26.1.5", "ApiVersion": "1.45"}


def test_unknown_engine_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert engines.main(["docker-27"]) == 2
    assert "docker-26, docker-26-containerd, rootless, podman" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["rootless", "podman"])
def test_engine_that_cannot_be_started_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert engines.main([name]) == 69
    assert f"engine {name}: not tested. This needs root and " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "code", "counts"),
    [
        ("8 passed in 80.1s\n", 0, "8 passed, 0 failed"),
        ("1 failed, 6 passed, 1 error in 80.1s\n", 1, "6 passed, 2 failed"),
        ("no tests ran in 0.1s\n", 5, "0 passed, 0 failed"),
    ],
)
def test_engine_is_named_and_its_tests_are_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], output: str, code: int, counts: str
) -> None:
    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        assert command[0] == "in-its-network"
        return subprocess.CompletedProcess(command, code, output)

    monkeypatch.setattr("subprocess.run", run)
    monkeypatch.setattr("cicd.oci.engine.connect", Client)
    assert engines.report("docker-26", ["in-its-network"]) == code
    assert capsys.readouterr().out.splitlines()[-1] == f"engine docker-26 26.1.5 (API 1.45): {counts}"
