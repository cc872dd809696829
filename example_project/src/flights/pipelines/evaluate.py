"""Evaluate: a bundle and flights -> for each model its errors, the inputs that matter, and its predictions.

python -m flights.pipelines.evaluate --bundle DIRECTORY --output DIRECTORY

The model gate runs it in the release image, without options. Then it lets the release's models predict the evaluation
set, and writes nothing else.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing import DataFrame

from flights import config, datasets
from flights.columns import KNOWN
from flights.models.catalogue import MODELS
from flights.models.common import bundle
from flights.models.common.interpretation import importance, partial_dependence
from flights.models.common.judge import judge, report
from flights.models.common.model import NAIVE, Model, answers
from flights.models.common.predictions import Predictions
from flights.models.common.split import Split, split_by_time
from flights.pipelines import evaluation_set
from flights.pipelines.evaluation_files import DEPENDENCE, IMPORTANCE, METRICS, PLOTS, PREDICTIONS
from flights.pipelines.plots import partial_dependence_plots
from flights.targets import target
from flights.validation.use_cases import require


@dataclass(frozen=True)
class Evaluation:
    """The evaluation of one model."""

    judged: dict[str, Any]
    predictions: pd.DataFrame
    importance: pd.DataFrame
    dependence: pd.DataFrame


def evaluate(model: Model, fitted: Any, split: Split) -> Evaluation:
    """Return the errors in both periods, the predictions, and the inputs that matter in the later period."""
    naive = model.fit(NAIVE, split.train)
    return Evaluation(
        judge(model, fitted, naive, split),
        predictions(model, fitted, naive, split),
        importance(model, fitted, split.test),
        partial_dependence(model, fitted, split.test),
    )


@pa.check_types(lazy=True)
def predictions(model: Model, fitted: Any, naive: Any, split: Split) -> DataFrame[Predictions]:
    """Return what was known, what happened and what was predicted, for each flight of both periods."""
    rows: DataFrame[Predictions] = pd.concat(
        part[[*KNOWN]].assign(
            period=name,
            actual=model.actual(part),
            predicted=answers(fitted, part).round(4),
            naive=answers(naive, part).round(4),
        )
        for name, part in (("train", split.train), ("test", split.test))
    )
    return rows


def write(directory: Path, title: str, evaluation: Evaluation) -> None:
    """Write the files of one model."""
    directory.mkdir(parents=True, exist_ok=True)
    evaluation.predictions.to_csv(directory / PREDICTIONS, index=False)
    evaluation.importance.to_csv(directory / IMPORTANCE, index=False)
    evaluation.dependence.to_csv(directory / DEPENDENCE, index=False)
    (directory / PLOTS).write_text(partial_dependence_plots(evaluation.dependence, title), "utf-8")


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate, write the files, and return the exit code: 1 for data that is not good enough."""
    asked = config.ModelGate()
    if asked.evaluation_set and asked.predictions:
        options = config.read(config.Bundle, "evaluate", arguments)
        count = evaluation_set.predict(asked.evaluation_set, asked.predictions, options.bundle)
        print(f"{count} predictions for the model gate")
        return 0
    return measure(arguments)


def measure(arguments: Sequence[str] | None) -> int:
    """Measure the errors in both periods, write the files, and return 0."""
    options = config.read(config.Evaluate, "evaluate", arguments)
    flights = datasets.load(options.data, options.rows, options.query)
    require(flights, "evaluation")
    loaded = bundle.load(options.bundle)
    split = split_by_time(flights)
    judged = {}
    for model in MODELS:
        evaluation = evaluate(model, loaded.models[model.name], split)
        write(options.output / model.name, f"{model.output} by", evaluation)
        judged[model.name] = evaluation.judged
        print(report(model.name, evaluation.judged), end="\n\n")
    text = json.dumps({"bundle": loaded.digest, "models": judged}, indent=2)
    (options.output / METRICS).write_text(text + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
