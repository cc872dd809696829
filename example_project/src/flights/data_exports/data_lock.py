"""The stages of dvc.yaml without DVC: the flights of the first stage, and the dvc.lock that DVC would write.

DVC would make the build image a third larger, for the checksums of some files; so training inside the image writes the
lock itself. A test compares it with DVC's own.
"""

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pandera.typing import DataFrame

from flights import config, datasets
from flights.data_exports import csv_file
from flights.errors import UnreadableSourceError
from flights.feature_store.views import Flights

PREPARE, TRAIN = "prepare", "train"
TRAINING = "flights.pipelines.train"
NO_SOURCE = "__pycache__"

Options = TypeVar("Options", bound=config.Options)


@dataclass(frozen=True)
class Prepared:
    """What the stage `prepare` of a dvc.yaml makes; nothing is written to disk.

    `described` are the stages of the file, `lock` is that of the stage, `output` the file that the stage would write.
    """

    flights: DataFrame[Flights]
    root: Path
    described: Mapping[str, Any]
    output: str
    lock: dict[str, Any]

    def with_model(self, bundle: Path) -> str:
        """Return dvc.lock with this stage and, where there is one, the stage `train`, whose output lies in `bundle`.

        Raises:
            UnreadableSourceError: the stage `train` runs something else than training with these flights.

        """
        locked = {PREPARE: self.lock}
        if stage := self.described.get(TRAIN):
            options = _options(config.Train, TRAIN, TRAINING, stage["cmd"])
            if options != config.Train(data=self.output, output=options.output, lock=options.lock):
                raise UnreadableSourceError(
                    f"The stage {TRAIN} must train with {self.output}, and runs: {stage['cmd']}"
                )
            outs = [{"path": str(options.output), **sum_of(bundle)}]
            locked[TRAIN] = _locked(self.root, stage, outs, {out["path"]: out for out in self.lock["outs"]})
        return str(yaml.safe_dump({"schema": "2.0", "stages": locked}, sort_keys=False))


def prepare(stages: Path) -> Prepared:
    """Return what the stage `prepare` of this dvc.yaml makes.

    Raises:
        BadDataError: columns are missing, or rows are bad; says how many, and names the first.
        UnreadableSourceError: the stage runs something else.

    """
    described = yaml.safe_load(stages.read_text("utf-8"))["stages"]
    stage = described[PREPARE]
    options = _options(config.ExportCsv, PREPARE, csv_file.__name__, stage["cmd"])
    flights = datasets.load(options.data, options.rows, options.query)
    output = str(options.output)
    outs = [{"path": output, **_sum(csv_file.csv_bytes(flights))}]
    return Prepared(flights, stages.parent, described, output, _locked(stages.parent, stage, outs, {}))


def sum_of(path: Path) -> dict[str, Any]:
    """Return a file or folder as dvc.lock describes it."""
    if path.is_file():
        return _sum(path.read_bytes())
    files = sorted(file for file in path.rglob("*") if file.is_file() and NO_SOURCE not in file.parts)
    listed = [{"md5": _md5(file.read_bytes()), "relpath": file.relative_to(path).as_posix()} for file in files]
    listed.sort(key=lambda file: file["relpath"])
    size = sum(file.stat().st_size for file in files)
    return {"hash": "md5", "md5": f"{_md5(json.dumps(listed).encode())}.dir", "size": size, "nfiles": len(files)}


def _options(options: type[Options], stage: str, module: str, command: str) -> Options:
    """Return the options with which the command of a stage runs a module.

    Raises:
        UnreadableSourceError: it runs something else.

    """
    _, runs, words = command.partition(f" -m {module} ")
    if not runs:
        raise UnreadableSourceError(f"The stage {stage} must run python -m {module}, and runs: {command}")
    return config.read(options, stage, shlex.split(words))


def _locked(
    root: Path, stage: Mapping[str, Any], outs: list[dict[str, Any]], known: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return a stage as dvc.lock describes it; `known` are files that are not on disk, by their paths."""
    deps = [known.get(name) or {"path": name, **sum_of(root / name)} for name in sorted(stage["deps"])]
    return {"cmd": stage["cmd"], "deps": deps, "outs": outs}


def _sum(content: bytes) -> dict[str, Any]:
    return {"hash": "md5", "md5": _md5(content), "size": len(content)}


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
