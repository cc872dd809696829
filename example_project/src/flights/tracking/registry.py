"""Runs and registered models in MLflow. No other module imports MLflow."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Metric, RunTag
from mlflow.exceptions import MlflowException

from flights.errors import NotRecordedError, UnreadableSourceError
from flights.models.common import bundle
from flights.tracking.record import Record

EXPERIMENT = "flights"
CHAMPION = "champion"
CHALLENGER = "challenger"
# With MLflow's own defaults, a server that does not answer holds up a job for many minutes.
IMPATIENT = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}


@contextmanager
def connected(uri: str) -> "Iterator[Registry]":
    """Connect to MLflow at a URI; gives up after some seconds, unless MLflow's own variables say otherwise.

    Raises:
        UnreadableSourceError: MLflow does not answer, or refuses.

    """
    for name, value in IMPATIENT.items():
        os.environ.setdefault(name, value)
    try:
        yield Registry(uri)
    except (MlflowException, OSError) as error:
        raise UnreadableSourceError(f"MLflow does not do what it is asked: {error}") from error


class Registry:
    """MLflow at a URI: `sqlite:///FILE` is embedded, `http://...` a server. A model is registered as `flights.NAME`."""

    def __init__(self, uri: str) -> None:
        self.client = MlflowClient(uri, uri)

    def record(self, record: Record, directory: Path) -> dict[str, str]:
        """Record the bundle once, as a run and a version of each model; return the versions by model name."""
        versions = self._versions(record.bundle)
        if {*versions} == {_registered(name) for name in record.models}:
            return versions
        return self._new_versions(record, directory)

    def challenge(self, versions: Mapping[str, str]) -> None:
        """Give the versions the alias `challenger`, unless they are champions. They come by model name."""
        for name, version in versions.items():
            if self._aliased(name, CHAMPION) != version:
                self.client.set_registered_model_alias(name, CHALLENGER, version)

    def promote(self, digest: str) -> dict[str, str]:
        """Give the versions with this bundle the alias `champion`; return them by model name.

        Raises:
            NotRecordedError: no version has this bundle.

        """
        versions = self._versions(digest)
        if not versions:
            raise NotRecordedError(f"No registered model has the bundle {digest}: record it first, with --bundle.")
        for name, version in versions.items():
            self.client.set_registered_model_alias(name, CHAMPION, version)
            if self._aliased(name, CHALLENGER) == version:
                self.client.delete_registered_model_alias(name, CHALLENGER)
        return versions

    def _new_versions(self, record: Record, directory: Path) -> dict[str, str]:
        existing = self.client.get_experiment_by_name(EXPERIMENT)
        experiment = existing.experiment_id if existing else self.client.create_experiment(EXPERIMENT)
        run = self.client.create_run(experiment, run_name=record.bundle[:14]).info
        metrics = [Metric(name, value, run.start_time, 0) for name, value in record.metrics.items()]
        tags = [RunTag(name, value) for name, value in record.tags.items()]
        self.client.log_batch(run.run_id, metrics=metrics, tags=tags)
        self.client.log_artifacts(run.run_id, str(directory), "bundle")
        versions = {}
        for model in record.models:
            name, file = _registered(model), f"{run.artifact_uri}/bundle/{bundle.file_of(model)}"
            try:
                self.client.get_registered_model(name)
            except MlflowException:
                self.client.create_registered_model(name)
            version = self.client.create_model_version(name, file, run.run_id, tags=record.tags)
            versions[name] = str(version.version)
        self.client.set_terminated(run.run_id)
        return versions

    def _versions(self, digest: str) -> dict[str, str]:
        """Return the newest version of each model with this bundle."""
        versions = self.client.search_model_versions(f"tags.bundle = '{digest}'", order_by=["version_number ASC"])
        return {version.name: str(version.version) for version in versions}

    def _aliased(self, name: str, alias: str) -> str | None:
        version = self.client.get_registered_model(name).aliases.get(alias)
        return None if version is None else str(version)


def _registered(model: str) -> str:
    return f"flights.{model}"
