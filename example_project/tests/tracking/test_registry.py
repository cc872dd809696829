"""What was trained is a run with versions of the models; who is champion follows what Production serves."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.environment_variables import MLFLOW_HTTP_REQUEST_MAX_RETRIES, MLFLOW_HTTP_REQUEST_TIMEOUT

from flights import datasets
from flights.models.common import bundle
from flights.pipelines.train import train
from flights.tracking import __main__ as tracking
from flights.tracking import registry

PROJECT = Path(__file__).resolve().parents[2]
MODELS = ("flights.arrival_delay", "flights.late_arrival")
COMMIT, IMAGE = "1234567", "sha256:abc"


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two bundles, of different flights."""
    folder = tmp_path_factory.mktemp("bundles")
    flights = datasets.load(PROJECT / "dummy_data" / "flights.csv", None)
    found = [folder / "one", folder / "two"]
    for path, rows in zip(found, (flights, flights.iloc[1:]), strict=True):
        train(rows, PROJECT / "requirements" / "default.txt", path)
    return found


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An embedded MLflow; artifacts lie in the working directory."""
    monkeypatch.chdir(tmp_path)
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    return uri


@pytest.fixture
def serving() -> Iterator[Callable[[str], str]]:
    """A service whose /health names the bundle that it was told; its URL."""
    told = {}

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"model": {"digest": told["digest"]}}).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Health)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve(digest: str) -> str:
        told["digest"] = digest
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    server.shutdown()
    server.server_close()


def record(directory: Path) -> int:
    return tracking.main(["record", "--bundle", str(directory), f"--commit={COMMIT}", f"--image={IMAGE}"])


def aliases(uri: str) -> list[dict[str, str]]:
    client = MlflowClient(uri, uri)
    return [{alias: str(at) for alias, at in client.get_registered_model(name).aliases.items()} for name in MODELS]


@pytest.mark.usefixtures("uri")
def test_a_training_is_a_run_with_its_origin_its_errors_and_its_bundle(bundles: list[Path], uri: str) -> None:
    assert record(bundles[0]) == 0
    client = MlflowClient(uri, uri)
    experiment = client.get_experiment_by_name("flights")
    (run,) = client.search_runs([experiment.experiment_id])
    metadata = json.loads((bundles[0] / bundle.METADATA).read_text())
    assert run.info.status == "FINISHED"
    assert {name: run.data.tags[name] for name in ("bundle", "data", "lock", "commit", "image")} == {
        "bundle": bundle.digest(bundles[0]),
        "data": metadata["data"],
        "lock": metadata["lock"],
        "commit": COMMIT,
        "image": IMAGE,
    }
    errors = metadata["models"]["arrival_delay"]["metrics"]["model"]["test"]
    assert run.data.metrics["arrival_delay.mae.test"] == errors["mae"]
    assert "late_arrival.log_loss.against_naive.high" in run.data.metrics
    kept = Path(client.download_artifacts(run.info.run_id, "bundle"))
    assert bundle.digest(kept) == bundle.digest(bundles[0])
    (file,) = Path("runs").iterdir()
    assert json.loads(file.read_text())["commit"] == COMMIT


def test_what_was_recorded_is_not_recorded_again(bundles: list[Path], uri: str) -> None:
    assert [record(bundles[0]), record(bundles[0])] == [0, 0]
    assert aliases(uri) == [{"challenger": "1"}] * 2
    assert len(MlflowClient(uri, uri).search_model_versions()) == len(MODELS)


def test_the_champion_is_what_production_serves_also_after_a_rollback(
    bundles: list[Path], uri: str, serving: Callable[[str], str]
) -> None:
    first, second = (bundle.digest(path) for path in bundles)
    found = []
    for step in (
        lambda: record(bundles[0]),
        lambda: tracking.main(["promote", "--service", serving(first)]),
        lambda: record(bundles[1]),
        lambda: tracking.main(["promote", "--service", serving(second)]),
        lambda: tracking.main(["promote", "--service", serving(first)]),
    ):
        assert step() == 0
        assert aliases(uri)[0] == aliases(uri)[1]
        found.append(aliases(uri)[0])
    assert found == [
        {"challenger": "1"},
        {"champion": "1"},
        {"champion": "1", "challenger": "2"},
        {"champion": "2"},
        {"champion": "1"},
    ]


def test_a_released_bundle_becomes_champion_and_the_challenger_stays(bundles: list[Path], uri: str) -> None:
    assert record(bundles[1]) == 0
    assert tracking.main(["promote", "--bundle", str(bundles[0]), f"--commit={COMMIT}"]) == 0
    assert aliases(uri) == [{"champion": "2", "challenger": "1"}] * 2
    client = MlflowClient(uri, uri)
    version = client.get_model_version_by_alias(MODELS[0], "champion")
    assert (version.tags["bundle"], version.tags["commit"]) == (bundle.digest(bundles[0]), COMMIT)


@pytest.mark.usefixtures("uri")
def test_what_was_never_recorded_can_not_be_promoted(
    serving: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert tracking.main(["promote", "--service", serving("sha256:none")]) == 1
    assert "No registered model has the bundle sha256:none" in capsys.readouterr().err


@pytest.mark.usefixtures("uri")
def test_a_service_that_does_not_answer_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert tracking.main(["promote", "--service", "http://127.0.0.1:9"]) == 2
    assert "http://127.0.0.1:9 does not say which bundle it serves" in capsys.readouterr().err


@pytest.mark.usefixtures("uri")
def test_a_server_that_is_not_there_is_given_up_soon(
    bundles: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in registry.IMPATIENT:
        monkeypatch.delenv(name, raising=False)
    started = time.monotonic()
    assert tracking.main(["--uri", "http://127.0.0.1:9", "record", "--bundle", str(bundles[0])]) == 2
    assert time.monotonic() - started < 30
    assert "MLflow does not do what it is asked: " in capsys.readouterr().err


def test_whoever_asks_for_patience_gets_it(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "5")
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_TIMEOUT", raising=False)
    with registry.connected(uri):
        assert MLFLOW_HTTP_REQUEST_MAX_RETRIES.get() == 5
        assert MLFLOW_HTTP_REQUEST_TIMEOUT.get() == 10


@pytest.mark.usefixtures("uri")
@pytest.mark.parametrize("command", ["record", "promote"])
def test_what_is_no_mlflow_is_told(bundles: list[Path], command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert tracking.main(["--uri", "fly://high", command, "--bundle", str(bundles[0])]) == 2
    assert "MLflow does not do what it is asked: " in capsys.readouterr().err


@pytest.mark.usefixtures("uri")
@pytest.mark.parametrize("command", ["record", "promote"])
def test_a_bundle_that_is_not_there_is_told(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert tracking.main([command, "--bundle", "nowhere"]) == 2
    assert "There is no model bundle in nowhere" in capsys.readouterr().err
