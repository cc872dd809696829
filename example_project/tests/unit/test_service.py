"""The service as the process that it is, on a port of its own."""

import csv
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flights.columns import KNOWN
from flights.pipelines import predict
from tests.service import FLIGHT, Service
from tests.unit.conftest import Trained

CODES = st.text("ABCXYZ019", min_size=2, max_size=2)
FLIGHTS = st.fixed_dictionaries(
    {
        "carrier": st.sampled_from(["UA", "DL"]) | CODES,
        "origin": st.sampled_from(["EWR", "JFK", "LGA"]),
        "dest": st.sampled_from(["LAX", "BOS", "XXX"]),
        "scheduled_departure": st.datetimes().map(lambda at: at.isoformat()),
        "scheduled_minutes": st.integers(1, 1439),
        "distance": st.integers(1, 9999),
    },
    optional={
        "seats": st.integers(1, 999),
        "engines": st.integers(1, 9),
        "built": st.integers(1931, 2099),
        "model": st.sampled_from(["A320-232", "a320", "737-824", "DC-9-82(MD-82)", "é"]),
        "temperature": st.floats(-80, 140),
        "humidity": st.floats(0, 110),
        "precipitation": st.floats(0, 20),
        "pressure": st.floats(800, 1100),
    },
)


@pytest.fixture(scope="module")
def running(trained: Trained) -> tuple[Service, subprocess.Popen[str]]:
    """The service, when it answers."""
    service, process = Service(trained.url), trained.serving
    deadline = time.monotonic() + 30
    while True:
        try:
            service.get("/health")
        except OSError:
            assert process.poll() is None, "the service ended"
            assert time.monotonic() < deadline, "the service does not answer"
            time.sleep(0.05)
        else:
            return service, process


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


@settings(max_examples=8, derandomize=True)
@given(flights=st.lists(FLIGHTS, min_size=1, max_size=4))
def test_service_and_batch_pipeline_answer_alike(
    running: tuple[Service, object], trained: Trained, flights: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "flights.csv", Path(folder) / "predictions.csv"
        with asked.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*KNOWN])
            writer.writeheader()
            writer.writerows(flights)
        assert predict.predict(asked, answered, trained.bundle) == len(flights)
        rows = pd.read_csv(answered)[trained.bundle.outputs].to_dict("records")
    assert running[0].post("/predict/batch", {"flights": flights}) == (200, {"predictions": rows})
    assert running[0].post("/predict", flights[0]) == (200, rows[0])


def test_requests_and_predictions_are_counted_for_prometheus(running: tuple[Service, object], trained: Trained) -> None:
    def figures() -> dict[str, float]:
        with urllib.request.urlopen(f"{running[0].url}/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=")
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    before = figures()
    running[0].post("/predict/batch", {"flights": [FLIGHT] * 3})
    running[0].post("/predict", FLIGHT | {"seats": 0})
    running[0].get("/health")
    after = figures()
    assert after["flights_predictions_total"] - before["flights_predictions_total"] == 3
    for path, status in (("/predict/batch", 200), ("/predict", 422), ("/health", 200)):
        count = f'flights_request_seconds_count{{path="{path}",status="{status}"}}'
        assert after[count] - before.get(count, 0) == 1
    assert any(trained.bundle.digest in name for name in after if name.startswith("flights_bundle_info"))
    assert after["process_resident_memory_bytes"] > 0


def test_paths_that_do_not_exist_are_counted_as_one(running: tuple[Service, object]) -> None:
    for path in ("/nowhere", "/elsewhere"):
        assert running[0].get(path)[0] == 404
    with urllib.request.urlopen(f"{running[0].url}/metrics") as answer:
        said = answer.read().decode()
    assert 'flights_request_seconds_count{path="other",status="404"} 2.0' in said
    assert "nowhere" not in said


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


def test_it_starts_without_what_training_needs(running: tuple[Service, subprocess.Popen[str]]) -> None:
    assert running[1].stdout
    imported = {*running[1].stdout.readline().split()}
    assert "flights.service.app" in imported
    assert not {"flights.data_loaders", "flights.datasets", "sqlalchemy"} & imported


def test_it_ends_when_told_to(running: tuple[Service, subprocess.Popen[str]]) -> None:
    running[1].send_signal(signal.SIGTERM)
    assert running[1].wait(10) in (0, -signal.SIGTERM)
