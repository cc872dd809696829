"""What a workflow needs to run on this machine: repositories, runner labels, environments.

The workflows and actions that it uses count too.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicd.act import unsupported
from cicd.act.workflows import FOLDER, document
from cicd.errors import UsageError
from cicd.freeze import NAME, is_kit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

LABELS = ("ubuntu-latest", "ubuntu-24.04", "self-hosted")
"""The runner labels that this machine always has."""
RUNNERS = ("runs-on", "deploy-runs-on")
"""The inputs of workflows that hold runner labels."""
ENVIRONMENT = "training-environment"
"""The input of a workflow that holds the name of an environment, or is empty for none."""
_HERE = Path(__file__).parent
STAND_INS = {"actions/checkout": _HERE / "checkout", "actions/upload-artifact": _HERE / "upload"}
"""Actions of others that a local action replaces."""


@dataclass
class Needs:
    """What `act` must know to run a workflow: the folder of each repository `owner/name@ref`, and the runner labels."""

    repositories: dict[str, Path] = field(default_factory=dict)
    labels: set[str] = field(default_factory=lambda: set(LABELS))
    environments: set[str] = field(default_factory=set)
    """The environments that jobs name, as written."""


def needs(
    file: str, read: Callable[[str], str | None], kit: Path, known: Collection[str] = (), *, on_host: bool = True
) -> Needs:
    """Return what the workflow `file` needs, and what the workflows and actions need that it uses.

    `read` returns the text of a file of the project, `kit` is the folder of the frozen kit, and `known` are names of
    its repository (see `freeze.is_kit`). `on_host` says whether steps run on this machine itself, rather than in
    containers.

    Raises:
        UsageError: the workflow uses something that can't run on this machine; the message names the file.

    """
    required = Needs()
    waiting: list[tuple[str, str]] = [(f"{FOLDER}/{file}", "")]  # a path, and the kit's name; "" for the project
    seen: set[tuple[str, bool]] = set()
    while waiting:
        path, of_kit = waiting.pop()
        if (path, bool(of_kit)) in seen:
            continue
        seen.add((path, bool(of_kit)))
        reader = _kit_reader(kit) if of_kit else read
        where, text = _open(path, reader, of_kit or "the project")
        shown = f"{of_kit}/{where}" if of_kit else where
        content = _content(shown, text, on_host)
        required.labels |= content.labels
        required.environments |= content.environments
        for used in content.uses:
            repository, _, rest = used.partition("@")
            owner_and_name = "/".join(repository.split("/")[:2])
            inner = repository.removeprefix(owner_and_name).strip("/")
            if used.startswith("./") and not of_kit:
                waiting.append((used.removeprefix("./").rstrip("/"), ""))
            elif is_kit(owner_and_name, known) and rest:
                required.repositories[f"{owner_and_name}@{rest}"] = kit
                waiting.append((inner, owner_and_name))
            elif owner_and_name in STAND_INS and rest:
                required.repositories[f"{owner_and_name}@{rest}"] = STAND_INS[owner_and_name]
            else:
                raise UsageError(
                    f"{shown}: 'uses: {used}' can't run locally.",
                    f"Local runs support OWNER/{NAME}/...@REF, {', '.join(STAND_INS)}, and ./paths in the project.",
                )
    return required


def uses_kit(file: str, read: Callable[[str], str | None], known: Collection[str] = ()) -> bool:
    """Return whether the workflow `file`, or a workflow or action of the project that it uses, uses the kit.

    `read` and `known` are those of `needs`. What can't be read uses nothing.
    """
    waiting, seen = [f"{FOLDER}/{file}"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        try:
            loaded = document(*_open(path, read, "the project"))
        except UsageError:
            continue
        for used in uses(loaded):
            if is_kit("/".join(used.partition("@")[0].split("/")[:2]), known):
                return True
            if used.startswith("./"):
                waiting.append(used.removeprefix("./").rstrip("/"))
    return False


@dataclass(frozen=True)
class _Content:
    """What a file of a workflow or an action names."""

    labels: frozenset[str]
    environments: frozenset[str]
    uses: tuple[str, ...]


@functools.lru_cache
def _content(path: str, text: str, on_host: bool) -> _Content:
    """Return what a file names, if everything else in it can run."""
    loaded = document(path, text)
    unsupported.check(path, loaded, _stand_in_inputs(), on_host=on_host)
    return _Content(frozenset(_labels(loaded)), frozenset(_environments(loaded)), tuple(uses(loaded)))


@functools.cache
def _stand_in_inputs() -> dict[str, frozenset[str]]:
    """Return the inputs of each action in `STAND_INS`, by `owner/name`."""
    files = {name: folder / "action.yml" for name, folder in STAND_INS.items()}
    return {name: frozenset(document(str(file), file.read_text("utf-8"))["inputs"]) for name, file in files.items()}


def _kit_reader(kit: Path) -> Callable[[str], str | None]:
    def read(path: str) -> str | None:
        file = kit / path
        return file.read_text("utf-8") if file.is_file() else None

    return read


def _open(path: str, read: Callable[[str], str | None], owner: str) -> tuple[str, str]:
    """Return the path and the text of the file of a workflow or an action."""
    candidates = (path,) if path.endswith((".yml", ".yaml")) else (f"{path}/action.yml", f"{path}/action.yaml")
    for candidate in candidates:
        text = read(candidate.lstrip("/"))
        if text is not None:
            return candidate.lstrip("/"), text
    raise UsageError(f"There is no {candidates[0]} in {owner}.", "Correct the 'uses:' line that names it.")


def _jobs(loaded: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    jobs = loaded.get("jobs")
    yield from (job for job in jobs.values() if isinstance(job, dict)) if isinstance(jobs, dict) else ()


def uses(loaded: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the jobs and steps of a workflow or an action use."""
    runs = loaded.get("runs")
    holders = [*_jobs(loaded), *([runs] if isinstance(runs, dict) else [])]
    for holder in holders:
        steps = [step for step in holder.get("steps") or () if isinstance(step, dict)]
        yield from (str(part["uses"]) for part in (holder, *steps) if part.get("uses"))


def _environments(loaded: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names in `environment`, and in the input that may hold one: what the caller passes, or its default."""
    for job in _jobs(loaded):
        environment = job.get("environment")
        name = environment.get("name") if isinstance(environment, dict) else environment
        passed = (job.get("with") or {}).get(ENVIRONMENT)
        yield from (str(name) for name in (name, passed) if name and not _is_input(name))


def _is_input(name: object) -> bool:
    """Return whether a name is that of the input with an environment, which its caller's file resolves."""
    return "".join(str(name).split()) == f"${{{{inputs.{ENVIRONMENT}}}}}"


def _labels(loaded: Mapping[str, Any]) -> Iterator[str]:
    """Yield the literal runner labels: in `runs-on`, in inputs of that name, and in their defaults."""
    for job in _jobs(loaded):
        yield from _as_labels(job.get("runs-on"))
        yield from (label for name in RUNNERS for label in _as_labels((job.get("with") or {}).get(name)))
    events = loaded.get("on")
    for event in events.values() if isinstance(events, dict) else ():
        inputs = (event.get("inputs") or {}) if isinstance(event, dict) else {}
        yield from (label for name in RUNNERS for label in _as_labels((inputs.get(name) or {}).get("default")))


def _as_labels(value: object) -> list[str]:
    if isinstance(value, dict):
        value = value.get("labels")
    if isinstance(value, str) and value.startswith(("[", '"')):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    values = value if isinstance(value, list) else [value]
    return [label for label in values if isinstance(label, str) and "${{" not in label]
