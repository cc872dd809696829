"""Train: flights -> a model bundle.

python -m flights.pipelines.train --output DIRECTORY
"""

import hashlib
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing import DataFrame
from threadpoolctl import threadpool_limits

from flights import config, datasets
from flights.columns import KNOWN
from flights.errors import UnreadableSourceError, WrongImageError
from flights.feature_store.views import Flights, names_of
from flights.models.catalogue import MODELS
from flights.models.common import bundle, profile, training_rows
from flights.models.common.judge import judge, report
from flights.models.common.model import NAIVE, answers
from flights.models.common.split import period, split_by_time
from flights.targets import target
from flights.validation.use_cases import require

if TYPE_CHECKING:
    from flights.data_exports.data_lock import Prepared

DATA_LOCK = "dvc.lock"
WHERE = "training belongs into the build image, which has what requirements/dev.txt names."


@pa.check_types(lazy=True)
def train(flights: DataFrame[Flights], lock: Path, output: Path) -> dict[str, Any]:
    """Train on the earlier period, test on the later one, write the bundle, and return its metadata.

    Raises:
        pandera.errors.SchemaErrors: the flights are not as the schema says.

    """
    split = split_by_time(flights)
    trained, described = {}, {}
    for model in MODELS:
        # One thread adds up in one order, so that the same flights give the same model on any machine. More threads
        # are hardly faster, and several times slower on busy cores.
        with threadpool_limits(1, "openmp"):
            trained[model.name] = model.fit(model.chosen, split.train)
        described[model.name] = {
            "family": model.chosen,
            "output": model.output,
            "limits": [*model.limits],
            "views": names_of(model.views),
            "features": [*model.features],
            **judge(model, trained[model.name], model.fit(NAIVE, split.train), split),
        }
    metadata = {
        "name": "flights",
        "inputs": [*KNOWN],
        "models": described,
        "split": {"train": period(split.train), "test": period(split.test)},
        "code": bundle.code(),
        "data": data_digest(flights),
        "lock": "sha256:" + hashlib.sha256(lock.read_bytes()).hexdigest(),
        "versions": {
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            **{name: version(name) for name in ("numpy", "pandas", "scikit-learn", "skops")},
        },
    }
    bundle.write(output, trained, metadata)
    later = {model.output: answers(trained[model.name], split.test) for model in MODELS}
    profile.write(output, split.train, pd.DataFrame(later))
    training_rows.write(output, split.train)
    return metadata


def data_digest(flights: pd.DataFrame) -> str:
    """Return the SHA-256, as `sha256:...`, over the columns' names and all values in order."""
    values = pd.util.hash_pandas_object(flights, index=False).to_numpy("uint64")
    return "sha256:" + hashlib.sha256(",".join(flights.columns).encode() + values.tobytes()).hexdigest()


def prepared(stages: Path) -> "Prepared":
    """Return what the stage `prepare` of this dvc.yaml makes.

    Raises:
        BadDataError: columns are missing, or rows are bad; says how many, and names the first.
        UnreadableSourceError: the file has no such stage.
        WrongImageError: PyYAML is not installed.

    """
    try:
        import yaml  # noqa: PLC0415 -- not in the release image
    except ModuleNotFoundError as error:
        raise WrongImageError(f"PyYAML is not installed: {WHERE}") from error
    from flights.data_exports.data_lock import PREPARE, prepare  # noqa: PLC0415 -- imports YAML

    try:
        document = yaml.safe_load(stages.read_bytes())
    except yaml.YAMLError as error:
        raise UnreadableSourceError(f"{stages} is no YAML: {error}") from error
    match document:
        case {"stages": {"prepare": {"cmd": str(), "deps": list()}}}:
            return prepare(stages)
    raise UnreadableSourceError(f"{stages} has no stage {PREPARE} with cmd and deps: name a dvc.yaml that has.")


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Train the models, print the errors, and return the exit code: 1 for data that is not good enough."""
    options = config.read(config.Train, "train", arguments)
    if not options.lock.is_file():
        raise WrongImageError(f"There is no {options.lock} (--lock names another): {WHERE}")
    stage = prepared(options.stages) if options.stages else None
    flights = stage.flights if stage else datasets.load(options.data, options.rows, options.query)
    require(flights, "training")
    metadata = train(flights, options.lock, options.output)
    if stage:
        (options.output / DATA_LOCK).write_text(stage.with_model(options.output), "utf-8")
    print("\n\n".join(report(name, described) for name, described in metadata["models"].items()))
    print(f"bundle  {options.output}  {bundle.digest(options.output)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
