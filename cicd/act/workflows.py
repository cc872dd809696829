"""Parse workflow files: the events that trigger them, and what they need to run on this machine."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from cicd.act import inputs, unsupported
from cicd.act.filters import PatternError, PushFilter, compiled
from cicd.errors import UsageError
from cicd.freeze import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FOLDER = ".github/workflows"
LABELS = ("ubuntu-latest", "ubuntu-24.04", "self-hosted")
"""The runner labels that this machine always has."""
STAND_INS = {"actions/checkout": Path(__file__).parent / "checkout"}
"""Actions of others that a local action replaces."""

_FIELD = r"(?:\*|[0-9A-Za-z]+(?:-[0-9A-Za-z]+)?)(?:/[0-9]+)?"
_CRON = re.compile(rf"{_FIELD}(?:,{_FIELD})*(?: +{_FIELD}(?:,{_FIELD})*){{4}}")

_Base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc,valid-type]
    """Reads scalars as YAML 1.2 and GitHub do: `on`, `yes` and dates are text."""

    yaml_implicit_resolvers: ClassVar = {
        first: [pair for pair in pairs if pair[0].rpartition(":")[2] not in ("bool", "timestamp")]
        for first, pairs in _Base.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|True|TRUE|false|False|FALSE"), list("tTfF"))


@dataclass(frozen=True)
class Workflow:
    """A workflow file. `push` and `dispatch` are None if that event does not trigger the workflow."""

    file: str
    name: str
    push: PushFilter | None = None
    dispatch: Mapping[str, inputs.Input] | None = None
    schedules: tuple[str, ...] = ()
    create: bool = False
    delete: bool = False
    problem: str = ""
    """Why the file is no valid workflow."""


@dataclass
class Needs:
    """What `act` must know to run a workflow: the folder of each repository `owner/name@ref`, and the runner labels."""

    repositories: dict[str, Path] = field(default_factory=dict)
    labels: set[str] = field(default_factory=lambda: set(LABELS))


def document(path: str, text: str) -> dict[str, Any]:
    """Return the mapping in the text of a YAML file.

    Raises:
        UsageError: the text is not a YAML mapping; the message names file and line.

    """
    try:
        loaded = yaml.load(text, Loader=_Loader)  # noqa: S506 -- it is a safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{path}:{line}: {error.problem}", "Correct the YAML in that line.") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: {error}", "Correct the YAML in that file.") from error
    if not isinstance(loaded, dict):
        raise UsageError(
            f"{path}:1: this is not a workflow or an action",
            "Write a YAML mapping: 'on' and 'jobs' for a workflow, 'runs' for an action.",
        )
    return loaded


def parse(path: str, text: str) -> Workflow:
    """Return the workflow in the text of a file.

    Raises:
        UsageError: the text is not a valid workflow; the message names the file.

    """
    loaded = document(path, text)
    events = loaded.get("on")
    if isinstance(events, str):
        events = {events: None}
    elif isinstance(events, list):
        events = dict.fromkeys(events)
    if not isinstance(events, dict) or not isinstance(loaded.get("jobs"), dict):
        missing = "jobs" if isinstance(events, dict) else "on"
        raise UsageError(
            f"{path}: the key '{missing}' is missing or wrong", "Write the events under 'on' and the jobs under 'jobs'."
        )
    file = path.rpartition("/")[2]
    return Workflow(
        file=file,
        name=str(loaded.get("name") or file),
        push=_push(path, events["push"] or {}) if "push" in events else None,
        dispatch=inputs.declared(path, events["workflow_dispatch"] or {}) if "workflow_dispatch" in events else None,
        schedules=_schedules(path, events["schedule"]) if "schedule" in events else (),
        create="create" in events,
        delete="delete" in events,
    )


def _push(path: str, filters: Mapping[str, Any]) -> PushFilter:
    values: dict[str, tuple[str, ...]] = {}
    for key, value in filters.items():
        if key in ("branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"):
            values[key.replace("-", "_")] = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
    for kind in ("branches", "tags", "paths"):
        if kind in values and f"{kind}_ignore" in values:
            raise UsageError(
                f"{path}: on.push has both '{kind}' and '{kind}-ignore'",
                f"Keep '{kind}', and add the ignored patterns to it with a leading '!'.",
            )
    push = PushFilter(**values)
    try:
        for pattern in push.patterns():
            compiled(pattern.removeprefix("!"))
    except PatternError as error:
        raise UsageError(
            f"{path}: on.push: {error}", "Correct the pattern. A backslash escapes a special character."
        ) from error
    return push


def _schedules(path: str, entries: Any) -> tuple[str, ...]:
    crons = [entry.get("cron") if isinstance(entry, dict) else None for entry in entries or ()]
    for cron in crons:
        if not isinstance(cron, str) or not _CRON.fullmatch(cron.strip()):
            raise UsageError(
                f"{path}: on.schedule: '{cron}' is not a schedule", "Write five fields, such as: - cron: '30 5 * * 1'"
            )
    return tuple(map(str, crons))


def needs(file: str, read: Callable[[str], str | None], kit: Path, *, on_host: bool = True) -> Needs:
    """Return what the workflow `file` needs, and what the workflows and actions need that it uses.

    `read` returns the text of a file of the project, `kit` is the folder of the frozen kit. `on_host` says whether
    steps run on this machine itself, rather than in containers.

    Raises:
        UsageError: the workflow uses something that can't run on this machine; the message names the file.

    """
    required = Needs()
    waiting: list[tuple[str, bool]] = [(f"{FOLDER}/{file}", False)]
    seen: set[tuple[str, bool]] = set()
    while waiting:
        path, of_kit = waiting.pop()
        if (path, of_kit) in seen:
            continue
        seen.add((path, of_kit))
        reader = _kit_reader(kit) if of_kit else read
        where, text = _open(path, reader, REPOSITORY if of_kit else "the project")
        shown = f"{REPOSITORY}/{where}" if of_kit else where
        labels, uses = _labels_and_uses(shown, text, on_host)
        required.labels |= labels
        for used in uses:
            repository, _, rest = used.partition("@")
            owner_and_name = "/".join(repository.split("/")[:2])
            inner = repository.removeprefix(owner_and_name).strip("/")
            if used.startswith("./") and not of_kit:
                waiting.append((used.removeprefix("./").rstrip("/"), False))
            elif owner_and_name == REPOSITORY and rest:
                required.repositories[f"{REPOSITORY}@{rest}"] = kit
                waiting.append((inner, True))
            elif owner_and_name in STAND_INS and rest:
                required.repositories[f"{owner_and_name}@{rest}"] = STAND_INS[owner_and_name]
            else:
                raise UsageError(
                    f"{shown}: 'uses: {used}' can't run locally.",
                    f"Local runs support {REPOSITORY}/...@REF, {', '.join(STAND_INS)}, and ./paths in the project.",
                )
    return required


@functools.lru_cache
def _labels_and_uses(path: str, text: str, on_host: bool) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the runner labels and the values of all `uses:` in a file, if everything else in it can run."""
    loaded = document(path, text)
    unsupported.check(path, loaded, _stand_in_inputs(), on_host=on_host)
    return frozenset(_labels(loaded)), tuple(_uses(loaded))


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


def _uses(loaded: Mapping[str, Any]) -> Iterator[str]:
    runs = loaded.get("runs")
    holders = [*_jobs(loaded), *([runs] if isinstance(runs, dict) else [])]
    for holder in holders:
        steps = [step for step in holder.get("steps") or () if isinstance(step, dict)]
        yield from (str(part["uses"]) for part in (holder, *steps) if part.get("uses"))


def _labels(loaded: Mapping[str, Any]) -> Iterator[str]:
    """Yield the literal runner labels: in `runs-on`, in inputs of that name, and in their defaults."""
    for job in _jobs(loaded):
        yield from _as_labels(job.get("runs-on"))
        yield from _as_labels((job.get("with") or {}).get("runs-on"))
    events = loaded.get("on")
    for event in events.values() if isinstance(events, dict) else ():
        declared = (event.get("inputs") or {}).get("runs-on") if isinstance(event, dict) else None
        yield from _as_labels((declared or {}).get("default"))


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
