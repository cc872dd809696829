"""The bundle: the trained model and its metadata, as JSON files, which can't execute code."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PYTHON_PACKAGE.models import FAMILIES
from PYTHON_PACKAGE.models.common.model import Model

MODEL, METADATA = "model.json", "metadata.json"


@dataclass(frozen=True)
class Bundle:
    """A trained model with its family and metrics."""

    family: str
    model: Model
    metrics: dict[str, float]

    def write(self, folder: Path, lock: Path) -> None:
        """Write the bundle; `lock` is the lock file of the packages that trained the model."""
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / MODEL, {"family": self.family, "parameters": asdict(self.model)})  # type: ignore[call-overload]
        digest = hashlib.sha256(lock.read_bytes()).hexdigest()
        _write(folder / METADATA, {"family": self.family, "metrics": self.metrics, "lock": f"sha256:{digest}"})


def read(folder: Path) -> Bundle:
    """Return the bundle in a folder."""
    data, metadata = (json.loads((folder / name).read_text("utf-8")) for name in (MODEL, METADATA))
    model = FAMILIES[data["family"]](**data["parameters"])
    return Bundle(data["family"], model, metadata["metrics"])


def _write(file: Path, data: dict[str, Any]) -> None:
    file.write_text(json.dumps(data, indent=2, sort_keys=True) + "\n", "utf-8")
