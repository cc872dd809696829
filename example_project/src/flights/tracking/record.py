"""The record of a training: a file, and the tags and metrics for MLflow."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flights.models.common import bundle


@dataclass(frozen=True)
class Record:
    """What a bundle was made of, by which code in which image, and the errors of its models.

    `bundle`, `data` and `lock` are digests; `commit` and `image` are None if unknown.
    """

    bundle: str
    data: str
    lock: str
    commit: str | None
    image: str | None
    models: dict[str, Any]

    @property
    def tags(self) -> dict[str, str]:
        """The tags that identify this training."""
        tags = {"bundle": self.bundle, "data": self.data, "lock": self.lock, "commit": self.commit, "image": self.image}
        return {name: value for name, value in tags.items() if value}

    @property
    def metrics(self) -> dict[str, float]:
        """The errors by model, metric and period, and their differences from the naive model's."""
        metrics: dict[str, float] = {}
        for name, model in self.models.items():
            for period, errors in model["metrics"]["model"].items():
                metrics |= {f"{name}.{metric}.{period}": float(value) for metric, value in errors.items()}
            for metric, difference in model["against_naive"].items():
                metrics |= {f"{name}.{metric}.against_naive.{key}": float(value) for key, value in difference.items()}
        return metrics


def of(directory: Path, commit: str | None, image: str | None) -> Record:
    """Return the record of the bundle in `directory`; its models are not loaded.

    Raises:
        FileNotFoundError: there is none.
        BadBundleError: it is broken.

    """
    metadata = bundle.metadata(directory)
    data, lock, models = (metadata[name] for name in ("data", "lock", "models"))
    return Record(bundle.digest(directory), data, lock, commit or None, image or None, models)


def write(record: Record, folder: Path) -> Path:
    """Write the record into a file that is named after the bundle, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record.bundle.removeprefix('sha256:')[:16]}.json"
    path.write_text(json.dumps(asdict(record), indent=2) + "\n", "utf-8")
    return path
