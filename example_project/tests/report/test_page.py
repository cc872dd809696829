"""The report shows the numbers of an evaluation, and says what is missing where there is none."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from flights.pipelines import evaluate, evaluation_files, train
from flights.report import EVALUATION
from flights.report.__main__ import PAGE

PROJECT = Path(__file__).resolve().parents[2]
FLIGHTS = PROJECT / "dummy_data" / "flights.csv"


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluation")
    lock = PROJECT / "requirements" / "default.txt"
    words = ["--data", str(FLIGHTS)]
    assert train.main([*words, "--output", str(folder / "bundle"), "--lock", str(lock)]) == 0
    assert evaluate.main([*words, "--bundle", str(folder / "bundle"), "--output", str(folder)]) == 0
    return folder


@pytest.fixture
def page(evaluation: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv(EVALUATION, str(evaluation))
    page = AppTest.from_file(str(PAGE), default_timeout=30).run()
    assert not page.exception
    return page


def test_it_shows_what_the_evaluation_found(page: AppTest, evaluation: Path) -> None:
    found = json.loads((evaluation / evaluation_files.METRICS).read_text())
    assert [tab.label for tab in page.tabs] == [*found["models"]]
    shown = {one.label: (one.value, one.delta) for one in page.metric}
    assert shown == {
        f"{name}: {metric} on later flights": (
            str(judged["metrics"]["model"]["test"][metric]),
            f"{against['value']:+} to naive",
        )
        for name, judged in found["models"].items()
        for metric, against in judged["against_naive"].items()
    }
    assert any(found["bundle"] in one.value for one in page.caption)
    assert (
        page.dataframe[0].value.loc[("naive", "test"), "rows"]
        == found["models"]["arrival_delay"]["metrics"]["naive"]["test"]["rows"]
    )


def test_another_input_can_be_chosen(page: AppTest, evaluation: Path) -> None:
    inputs = pd.read_csv(evaluation / "late_arrival" / evaluation_files.DEPENDENCE)["input"].unique().tolist()
    assert page.selectbox(key="late_arrival input").options == inputs
    assert not page.selectbox(key="late_arrival input").select("temperature").run().exception


def test_without_an_evaluation_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EVALUATION, str(tmp_path))
    page = AppTest.from_file(str(PAGE), default_timeout=30).run()
    assert [error.value for error in page.error] == [
        f"There is no evaluation in {tmp_path}: run evaluate, or name its folder with --evaluation."
    ]


def test_the_target_serves_it_until_it_is_ended(evaluation: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "flights.report", f"--evaluation={evaluation}", f"--port={port}"]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(PROJECT / "src")})
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health") as answer:
                    assert answer.read() == b"ok"
                break
            except OSError:
                assert process.poll() is None, "the report ended"
                assert time.monotonic() < deadline, "the report does not answer"
                time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()
