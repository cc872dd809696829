"""The model bundle: a directory with the models and what is known about them. Equal inputs give equal bytes."""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pandas as pd
import pandera.pandas as pa
import skops.io

from flights.errors import BadBundleError
from flights.feature_store.views import VIEWS
from flights.features.flight.processor import build_features, feature_columns
from flights.models.common.model import answers

METADATA = "metadata.json"
PACKAGE = Path(__file__).parents[2]
CODE = ("columns.py", "feature_store", "features", "models")
"""The modules on which both training and predicting rest."""

# The types that a model file may hold beyond those that skops trusts. No other is ever imported or called.
TRUSTED = [
    "flights.features.common.formula_transformer.FormulaTransformer",
    "flights.features.flight.processor.build_features",
    "flights.features.plane_model.processor.PlaneWords",
    "flights.models.common.encoding.CategoryMeans",
    "flights.models.common.encoding.Columns",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
]


@dataclass(frozen=True)
class Bundle:
    """A loaded bundle. `digest` is the SHA-256 over the names and contents of its files."""

    models: dict[str, Any]
    metadata: dict[str, Any]
    digest: str

    @property
    def outputs(self) -> list[str]:
        """The columns of `predict`."""
        return [self.metadata["models"][name]["output"] for name in self.models]

    @cached_property
    def views(self) -> list[str]:
        """The names of the views that at least one of the models reads."""
        read = {view for model in self.models.values() for view in model[0].kw_args["views"]}
        return [name for name in VIEWS if name in read]

    @cached_property
    def answer_schema(self) -> pa.DataFrameSchema:
        """The columns of `predict`, each with the limits of its model."""
        limits = {model["output"]: model["limits"] for model in self.metadata["models"].values()}
        columns = {name: pa.Column("float64", pa.Check.in_range(*limits[name])) for name in self.outputs}
        return pa.DataFrameSchema(columns, strict=True)

    def predict(self, flights: pd.DataFrame) -> pd.DataFrame:
        """Return one row per flight, a column for the answer of each model.

        Raises:
            pandera.errors.SchemaErrors: the flights are not as the views say, or an answer is outside its limits.

        """
        predictions = pd.DataFrame(self._answers(build_features(flights, self.views)))
        return self.answer_schema.validate(predictions, lazy=True)

    def predict_one(self, flight: Mapping[str, np.ndarray]) -> dict[str, float]:
        """Return the answer of each model for one flight, whose values pydantic has checked: no frame is built.

        For a single flight a frame takes as long as a model.
        """
        outputs = self._answers(feature_columns(flight, self.views))
        return {name: float(answer[0]) for name, answer in outputs.items()}

    def _answers(self, features: pd.DataFrame | Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        # Every model begins with the features (`write` checks it), so they are computed once for all models.
        results = [_after_features(model, features) for model in self.models.values()]
        return dict(zip(self.outputs, results, strict=True))


def _after_features(model: Any, features: pd.DataFrame | Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the pipeline's answer: its steps called one by one, without scikit-learn's checks between them."""
    given: Any = features
    for _, step in model.steps[1:-1]:
        given = step.transform(given)
    return answers(model[-1], given)


def write(directory: Path, models: dict[str, Any], metadata: dict[str, Any]) -> str:
    """Write the bundle and return its digest.

    Raises:
        ValueError: a model does not begin with the features, on which `Bundle.predict` relies.

    """
    for name, model in models.items():
        if getattr(model[0], "func", None) is not build_features:
            raise ValueError(f"{name} does not begin with the features.")
    directory.mkdir(parents=True, exist_ok=True)
    for name, model in models.items():
        (directory / file_of(name)).write_bytes(_canonical(skops.io.dumps(model)))
    (directory / METADATA).write_text(json.dumps(metadata, indent=2) + "\n", "utf-8")
    return digest(directory)


def load(directory: Path) -> Bundle:
    """Return the bundle in `directory`.

    Raises:
        FileNotFoundError: there is no bundle.
        BadBundleError: the bundle is broken, or a model holds a type that is not in TRUSTED.

    """
    described = metadata(directory)
    models = {name: _model(directory / file_of(name)) for name in described["models"]}
    return Bundle(models, described, digest(directory))


def metadata(directory: Path) -> dict[str, Any]:
    """Return the metadata of the bundle in `directory`; its models are not loaded.

    Raises:
        FileNotFoundError: there is no bundle.
        BadBundleError: the bundle is broken.

    """
    file = directory / METADATA
    if not file.is_file():
        raise FileNotFoundError(
            f"There is no model bundle in {directory}: train one, or name its folder with --bundle or FLIGHTS_BUNDLE."
        )
    try:
        match json.loads(file.read_bytes()):
            case {"name": str(), "data": str(), "lock": str(), "models": dict() as models} as described:
                if models and all(_is_described(model) for model in models.values()):
                    return dict(described)
        problem = "name, data, lock or models are not there"
    except ValueError as error:
        problem = str(error)
    raise BadBundleError(f"{file} does not describe a bundle: {problem}. Train again, or get the bundle again.")


def _is_described(model: Any) -> bool:
    match model:
        case {"output": str(), "limits": [_, _], "metrics": {"model": dict()}, "against_naive": dict()}:
            return True
    return False


def _model(file: Path) -> Any:
    try:
        return skops.io.load(file, trusted=TRUSTED)
    except Exception as error:  # of any kind: what is in a file that somebody else made is not known
        raise BadBundleError(f"{file} is no model that can be loaded: {type(error).__name__}: {error}") from error


def file_of(name: str) -> str:
    """Return the file name of a model."""
    return f"{name}.skops"


def digest(directory: Path) -> str:
    """Return the SHA-256, as `sha256:...`, over name and content of every file below `directory`."""
    return _digest(directory, (path for path in directory.rglob("*") if path.is_file()))


def code(package: Path = PACKAGE) -> str:
    """Return the same digest over the modules in CODE."""
    parts = (path for name in CODE for path in package.glob(name))
    return _digest(package, (file for part in parts for file in ([part] if part.is_file() else part.rglob("*.py"))))


def _digest(root: Path, files: Iterable[Path]) -> str:
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n" for path in sorted(files)]
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()


def _canonical(dumped: bytes) -> bytes:
    """Return the same model with counters for addresses in memory, and without times."""
    ids: dict[int, int] = {}
    names: dict[str, str] = {}

    def renumber(node: dict[str, Any]) -> dict[str, Any]:
        # Whether equal texts and numbers are one object depends on the source of the flights, not on the model.
        if node.get("is_json"):
            node.pop("__id__", None)
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
