"""A small model, trained once for all tests, on a sample of the real flights; and once more, beside it."""

import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pandas as pd
import pytest
from pandera.typing import DataFrame

# As in the images: threads that wait for each other on busy cores turn seconds into minutes.
os.environ["OMP_NUM_THREADS"] = "1"

from flights import datasets
from flights.data_loaders.nycflights_data_loader import NycFlightsDataLoader
from flights.feature_store.views import Flights
from flights.models.common import bundle
from flights.pipelines.train import train

# A busy machine is no mistake of the code, and the image has no place for a database of examples.
hypothesis.settings.register_profile(
    "image", deadline=None, database=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("image")

PROJECT = Path(__file__).resolve().parents[2]
LOCK = PROJECT / "requirements" / "default.txt"
ROWS = 12_000

TRAIN_AGAIN = """
import sys
import zipfile
from flights.data_exports import data_lock  # what --stages imports
from flights.pipelines import train
train.main(sys.argv[1:])
print("modules", *(module.__file__ for name, module in sys.modules.items() if name.startswith("flights")))
"""

SERVE = """
import sys
from flights.service import __main__ as service
print(*sys.modules, flush=True)
service.main(sys.argv[1:])
"""
RELEASE = {"ML_CICD_DIGEST": "sha256:abc", "ML_CICD_COMMIT": "1234567", "ML_CICD_ENVIRONMENT": "staging"}


@dataclass(frozen=True)
class Trained:
    """A trained bundle, and the service that serves it: it starts while the first tests run."""

    directory: Path
    flights: pd.DataFrame
    metadata: dict[str, Any]
    bundle: bundle.Bundle
    serving: subprocess.Popen[str]
    url: str


@dataclass(frozen=True)
class Again:
    """A second training, in another process, which ends by printing the modules that it imported."""

    directory: Path
    process: subprocess.Popen[str]


@pytest.fixture(scope="session")
def all_flights() -> DataFrame[Flights]:
    return datasets.load(None, None)


@pytest.fixture(scope="session")
def some_flights(all_flights: DataFrame[Flights]) -> pd.DataFrame:
    return datasets.sample(all_flights, ROWS)


@pytest.fixture(scope="session")
def flights_csv(some_flights: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of these flights."""
    path = tmp_path_factory.mktemp("flights") / "flights.csv"
    some_flights.to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def again(tmp_path_factory: pytest.TempPathFactory, flights_csv: Path) -> Iterator[Again]:
    directory = tmp_path_factory.mktemp("again") / "bundle"
    # What this process does is covered by the tests in this one; following it would cost as much again.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    with subprocess.Popen(
        [sys.executable, "-c", TRAIN_AGAIN, f"--data={flights_csv}", f"--output={directory}", f"--lock={LOCK}"],
        env={**inherited, "PYTHONPATH": str(PROJECT / "src"), "PYTHONHASHSEED": "7"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Again(directory, process)


@pytest.fixture(scope="session")
def trained(
    tmp_path_factory: pytest.TempPathFactory,
    some_flights: pd.DataFrame,
    again: Again,  # noqa: ARG001 -- started now
) -> Iterator[Trained]:
    directory = tmp_path_factory.mktemp("trained") / "bundle"
    metadata = train(some_flights, LOCK, directory)
    loaded = bundle.load(directory)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, "--host=127.0.0.1", f"--port={port}", f"--bundle={directory}"],
        env={**os.environ, **RELEASE, "PYTHONPATH": str(PROJECT / "src")},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Trained(directory, some_flights, metadata, loaded, process, f"http://127.0.0.1:{port}")
        process.kill()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The first 3,000 flights of the package's data, to be changed."""
    folder = NycFlightsDataLoader().folder
    for name in ("weather.csv", "planes.csv", "airports.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    write(tmp_path, pd.read_csv(folder / "flights.csv.zip", nrows=3000))
    return tmp_path


def write(folder: Path, flights: pd.DataFrame) -> None:
    with zipfile.ZipFile(folder / "flights.csv.zip", "w") as archive:
        archive.writestr("flights.csv", flights.to_csv(index=False))


def load(folder: Path) -> pd.DataFrame:
    loader = NycFlightsDataLoader()
    loader.folder = folder
    return datasets.read(loader, Flights)
