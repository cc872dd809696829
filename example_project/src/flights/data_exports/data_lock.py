"""The flights that the first stage of dvc.yaml makes, and their lock as DVC would write it, without DVC.

DVC and what it needs are as large as a third of the build image, for the sums of four files; so training inside the
image makes the lock itself. A test holds it against DVC's own.
"""

import hashlib
import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pandera.typing import DataFrame

from flights import config, datasets
from flights.data_exports import csv_file
from flights.errors import UnreadableSourceError
from flights.feature_store.views import Flights

STAGE = "prepare"
NO_SOURCE = "__pycache__"


@dataclass(frozen=True)
class Prepared:
    """What the stage makes, and dvc.lock with the stage in it."""

    flights: DataFrame[Flights]
    lock: str


def prepare(stages: Path) -> Prepared:
    """The flights that the stage `prepare` of this dvc.yaml makes, which are not written anywhere.

    Raises:
        BadDataError: columns are missing, or rows are bad; says how many, and names the first.
        UnreadableSourceError: the stage runs something else.

    """
    stage = yaml.safe_load(stages.read_text("utf-8"))["stages"][STAGE]
    _, module, words = stage["cmd"].partition(f" -m {csv_file.__name__} ")
    if not module:
        raise UnreadableSourceError(
            f"{stages}: the stage {STAGE} must run python -m {csv_file.__name__}, and runs: {stage['cmd']}"
        )
    options = config.read(config.ExportCsv, "export-csv", shlex.split(words))
    flights = datasets.load(options.data, options.rows, options.query)
    content = csv_file.csv_bytes(flights)
    lock = {
        "cmd": stage["cmd"],
        "deps": [{"path": name, **sum_of(stages.parent / name)} for name in sorted(stage["deps"])],
        "outs": [{"path": str(options.output), "hash": "md5", "md5": _md5(content), "size": len(content)}],
    }
    return Prepared(flights, yaml.safe_dump({"schema": "2.0", "stages": {STAGE: lock}}, sort_keys=False))


def sum_of(path: Path) -> dict[str, Any]:
    """A file or folder as dvc.lock describes it."""
    if path.is_file():
        content = path.read_bytes()
        return {"hash": "md5", "md5": _md5(content), "size": len(content)}
    files = sorted(file for file in path.rglob("*") if file.is_file() and NO_SOURCE not in file.parts)
    listed = [{"md5": _md5(file.read_bytes()), "relpath": file.relative_to(path).as_posix()} for file in files]
    listed.sort(key=lambda one: one["relpath"])
    size = sum(file.stat().st_size for file in files)
    return {"hash": "md5", "md5": f"{_md5(json.dumps(listed).encode())}.dir", "size": size, "nfiles": len(files)}


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
