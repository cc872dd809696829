"""The records of runs: `runs/N/` with `run.json`, `event.json`, `log.jsonl`, `log.txt` and `artifacts/`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cicd import files
from cicd.act.log import Parser
from cicd.errors import UsageError
from cicd.forge import state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cicd.act.log import Log
    from cicd.forge.state import Forge


@dataclass(frozen=True)
class Run:
    """One run of one workflow.

    `result` is running, success, failure, skipped, cancelled, or lost (the process that ran it was killed).
    """

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
    group: int = 0
    """The number of the first run of the same push or command."""
    rerun_of: int = 0
    """The number of the run that this one repeats; 0 for a first run."""

    @property
    def ref_name(self) -> str:
        """The branch or tag, without `refs/heads/` or `refs/tags/`."""
        return self.ref.split("/", 2)[-1]

    @property
    def passed(self) -> bool:
        """Whether the run succeeded, or every job was skipped."""
        return self.result in ("success", "skipped")


def create(forge: Forge, payload: Mapping[str, Any], **fields: str | int) -> Run:
    """Record a new run under the next number, with its event payload. `fields` are those of `Run`."""
    forge.runs.mkdir(parents=True, exist_ok=True)
    number = newest(forge) + 1
    folder(forge, number).mkdir()
    run = Run(number=number, **fields)  # type: ignore[arg-type]
    files.replace(folder(forge, number) / "event.json", json.dumps(payload, indent=2) + "\n")
    save(forge, run)
    return run


def newest(forge: Forge) -> int:
    """Return the number of the newest run; 0 if there is none."""
    return max(_numbers(forge), default=0)


def save(forge: Forge, run: Run) -> None:
    """Write the record of a run."""
    files.replace(folder(forge, run.number) / "run.json", json.dumps(asdict(run), indent=2) + "\n")


def folder(forge: Forge, number: int) -> Path:
    """Return the folder with the record of a run."""
    return forge.runs / str(number)


def artifacts(forge: Forge, number: int) -> Path:
    """Return the folder with the artifacts of a run: a folder for each that its jobs uploaded."""
    return folder(forge, number) / "artifacts"


def load(forge: Forge) -> list[Run]:
    """Return all runs, oldest first. A run recorded as running while no process holds the lock is `lost`."""
    runs = []
    for number in sorted(_numbers(forge)):
        path = folder(forge, number) / "run.json"
        if path.is_file():
            runs.append(Run(**state.read_json(path)))
    if any(run.result == "running" for run in runs):
        with forge.queue.lock(wait=False) as idle:
            if idle:
                return [replace(run, result="lost") if run.result == "running" else run for run in runs]
    return runs


def get(forge: Forge, number: int) -> Run:
    """Return a run by its number.

    Raises:
        UsageError: there is no such run.

    """
    for run in load(forge):
        if run.number == number:
            return run
    raise unknown(number)


def unknown(number: int) -> UsageError:
    """Return the error for a number that no run has."""
    return UsageError(f"There is no run {number}.", "List the runs with: ml-cicd local runs")


def cancel_mark(forge: Forge, number: int) -> Path:
    """Return the path of the file that asks a run to cancel itself."""
    return folder(forge, number) / "cancel"


def settle(forge: Forge) -> list[int]:
    """Record every run that is still recorded as running as lost. Returns their numbers. Call it with the lock held."""
    lost = []
    for number in _numbers(forge):
        path = folder(forge, number) / "run.json"
        run = Run(**state.read_json(path)) if path.is_file() else None
        if run and run.result == "running":
            save(forge, replace(run, result="lost"))
            lost.append(number)
    return lost


def payload(forge: Forge, number: int) -> dict[str, Any]:
    """Return the event of a run, as its workflow got it."""
    event: dict[str, Any] = state.read_json(folder(forge, number) / "event.json")
    return event


def log(forge: Forge, number: int) -> Log:
    """Return the log of a run; of a run in progress, the log so far.

    Raises:
        UsageError: there is no such run.

    """
    path = folder(forge, number) / "log.jsonl"
    if not folder(forge, number).is_dir():
        raise unknown(number)
    parser = Parser()
    if path.is_file():
        with path.open(encoding="utf-8", errors="replace", newline="\n") as stream:
            for line in stream:
                parser.feed(line.rstrip("\n"))
    return parser.log


def _numbers(forge: Forge) -> Iterator[int]:
    if forge.runs.is_dir():
        yield from (int(path.name) for path in forge.runs.iterdir() if path.name.isdigit())
