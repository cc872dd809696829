"""The service as the process that it is, on a port of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.service import FLIGHT, Service
from tests.unit.conftest import PROJECT, Trained

RELEASE = {"ML_CICD_DIGEST": "sha256:abc", "ML_CICD_COMMIT": "1234567", "ML_CICD_ENVIRONMENT": "staging"}


@pytest.fixture(scope="module")
def running(trained: Trained) -> Iterator[tuple[Service, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "flights.service",
            "--host=127.0.0.1",
            f"--port={port}",
            f"--bundle={trained.directory}",
        ],
        env={**os.environ, **RELEASE, "PYTHONPATH": str(PROJECT / "src")},
    )
    service = Service(f"http://127.0.0.1:{port}")
    deadline = time.monotonic() + 30
    while True:
        try:
            service.get("/health")
            break
        except OSError:
            assert process.poll() is None, "the service ended"
            assert time.monotonic() < deadline, "the service does not answer"
            time.sleep(0.05)
    yield service, process
    process.kill()
    process.wait()


def test_health_says_what_runs(running: tuple[Service, object], trained: Trained) -> None:
    assert running[0].get("/health") == (
        200,
        {
            "status": "ok",
            "digest": "sha256:abc",
            "commit": "1234567",
            "environment": "staging",
            "model": {
                "name": "flights",
                "digest": trained.bundle.digest,
                "lock": trained.metadata["lock"],
            },
        },
    )


def test_a_batch_is_answered_like_single_flights(running: tuple[Service, object]) -> None:
    status, body = running[0].post("/predict/batch", {"flights": [FLIGHT, FLIGHT | {"carrier": "DL"}]})
    assert status == 200
    assert [found["arrival_delay_minutes"] for found in body["predictions"]] == [
        running[0].delay(),
        running[0].delay(carrier="DL"),
    ]


def test_what_is_known_only_later_is_refused_by_name(running: tuple[Service, object]) -> None:
    status, body = running[0].post("/predict", FLIGHT | {"dep_delay": 30})
    assert (status, body["detail"][0]["loc"]) == (422, ["body", "dep_delay"])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "warm"])
def test_what_is_no_number_is_refused_by_name(running: tuple[Service, object], value: object) -> None:
    status, body = running[0].post("/predict", FLIGHT | {"temperature": value})
    assert (status, body["detail"][0]["loc"]) == (422, ["body", "temperature"])


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_batch_has_a_size(running: tuple[Service, object], count: int) -> None:
    status, body = running[0].post("/predict/batch", {"flights": [FLIGHT] * count})
    assert (status, body["detail"][0]["loc"]) == (422, ["body", "flights"])


def test_it_ends_when_told_to(running: tuple[Service, subprocess.Popen[bytes]]) -> None:
    running[1].send_signal(signal.SIGTERM)
    assert running[1].wait(10) in (0, -signal.SIGTERM)
