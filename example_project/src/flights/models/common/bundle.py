"""The model bundle: a directory with the model and what is known about it. Equal inputs give equal bytes."""

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pandas as pd
import skops.io
from sklearn.pipeline import Pipeline

MODEL = "model.skops"
METADATA = "metadata.json"

# Beyond what skops itself trusts. Nothing else in a model file is ever imported or called.
TRUSTED = [
    "flights.features.build_features.build_features",
    "functools.partial",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
]


@dataclass(frozen=True)
class Bundle:
    """A loaded bundle. `digest` is the SHA-256 over the names and contents of its files."""

    model: Pipeline
    metadata: dict[str, Any]
    digest: str

    def predict(self, flights: pd.DataFrame) -> np.ndarray:
        """Minutes of arrival delay, one per flight (columns KNOWN)."""
        return np.asarray(self.model.predict(flights), "float64")


def write(directory: Path, model: Pipeline, metadata: dict[str, Any]) -> str:
    """Write the bundle and return its digest."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MODEL).write_bytes(_canonical(skops.io.dumps(model)))
    (directory / METADATA).write_text(json.dumps(metadata, indent=2) + "\n", "utf-8")
    return digest(directory)


def load(directory: Path) -> Bundle:
    """The bundle in `directory`.

    Raises:
        FileNotFoundError: there is none.
        skops.io.exceptions.UntrustedTypesFoundException: the model holds a type that is not in TRUSTED.

    """
    if not (directory / METADATA).is_file():
        raise FileNotFoundError(f"There is no model bundle in {directory}: train one, or name it with ML_CICD_BUNDLE.")
    metadata = json.loads((directory / METADATA).read_text("utf-8"))
    return Bundle(skops.io.load(directory / MODEL, trusted=TRUSTED), metadata, digest(directory))


def digest(directory: Path) -> str:
    """SHA-256, as `sha256:...`, over name and content of every file below `directory`."""
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(directory)}\n" for path in files]
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()


def _canonical(dumped: bytes) -> bytes:
    """The same model with addresses in memory replaced by counters, and without times."""
    ids: dict[int, int] = {}
    names: dict[str, str] = {}

    def renumber(node: dict[str, Any]) -> dict[str, Any]:
        if "__id__" in node:
            node["__id__"] = ids.setdefault(node["__id__"], len(ids))
        if "file" in node:
            node["file"] = names.setdefault(node["file"], f"{len(names)}.npy")
        return node

    output = io.BytesIO()
    with ZipFile(io.BytesIO(dumped)) as source, ZipFile(output, "w") as target:
        schema = json.loads(source.read("schema.json"), object_hook=renumber)
        members = {new: source.read(old) for old, new in names.items()}
        members["schema.json"] = json.dumps(schema, separators=(",", ":")).encode()
        for name, content in members.items():
            target.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return output.getvalue()
