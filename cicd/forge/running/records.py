"""The records of runs: `runs/N/` with `run.json`, `event.json`, `log.jsonl` and `log.txt`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cicd.act.log import Parser
from cicd.errors import UsageError
from cicd.forge import state as files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cicd.act.log import Log
    from cicd.forge.state import Data


@dataclass(frozen=True)
class Run:
    """One run of one workflow. `result`: running, success, failure, skipped, cancelled, or lost (it was killed)."""

    number: int
    workflow: str
    file: str
    event: str
    ref: str
    sha: str
    actor: str
    started: str
    seconds: float = 0.0
    result: str = "running"
    failed: str = ""
    """The job and the step that failed."""


def create(data: Data, payload: Mapping[str, Any], **fields: str) -> Run:
    """Record a new run under the next number."""
    data.runs.mkdir(parents=True, exist_ok=True)
    number = newest(data) + 1
    folder(data, number).mkdir()
    run = Run(number=number, **fields)  # type: ignore[arg-type]
    files.replace(folder(data, number) / "event.json", json.dumps(payload, indent=2) + "\n")
    save(data, run)
    return run


def newest(data: Data) -> int:
    """The number of the newest run; 0 when there is none."""
    return max(_numbers(data), default=0)


def save(data: Data, run: Run) -> None:
    """Keep the record as it is now."""
    files.replace(folder(data, run.number) / "run.json", json.dumps(asdict(run), indent=2) + "\n")


def folder(data: Data, number: int) -> Path:
    """Where a run's record lies."""
    return data.runs / str(number)


def load(data: Data) -> list[Run]:
    """All runs, oldest first. One that is said to be running while nothing runs was killed: it is `lost`."""
    found = []
    for number in sorted(_numbers(data)):
        path = folder(data, number) / "run.json"
        if path.is_file():
            found.append(Run(**files.read_json(path)))
    if any(run.result == "running" for run in found):
        with data.lock(wait=False) as idle:
            if idle:
                return [replace(run, result="lost") if run.result == "running" else run for run in found]
    return found


def get(data: Data, number: int) -> Run:
    """One run.

    Raises:
        UsageError: there is no such run.

    """
    for run in load(data):
        if run.number == number:
            return run
    raise unknown(number)


def unknown(number: int) -> UsageError:
    """The error for a number that no run has."""
    return UsageError(f"There is no run {number}.", "'ml-cicd local runs' lists them.")


def cancel_mark(data: Data, number: int) -> Path:
    """The file whose presence asks that the run be cancelled."""
    return folder(data, number) / "cancel"


def settle(data: Data) -> list[int]:
    """Write down which runs are lost, and return their numbers. Call it with the lock held."""
    lost = []
    for number in _numbers(data):
        path = folder(data, number) / "run.json"
        run = Run(**files.read_json(path)) if path.is_file() else None
        if run and run.result == "running":
            save(data, replace(run, result="lost"))
            lost.append(number)
    return lost


def log(data: Data, number: int) -> Log:
    """What a run said, as far as it is known.

    Raises:
        UsageError: there is no such run.

    """
    path = folder(data, number) / "log.jsonl"
    if not folder(data, number).is_dir():
        raise unknown(number)
    parser = Parser()
    if path.is_file():
        with path.open(encoding="utf-8", errors="replace") as stream:
            for line in stream:
                parser.feed(line.rstrip("\n"))
    return parser.log


def _numbers(data: Data) -> Iterator[int]:
    if data.runs.is_dir():
        yield from (int(path.name) for path in data.runs.iterdir() if path.name.isdigit())
