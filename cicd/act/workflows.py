"""Parse workflow files: their names, and the events that trigger them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from cicd.act import inputs
from cicd.act.filters import PatternError, PushFilter, compiled
from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = ".github/workflows"
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


def document(path: str, text: str) -> dict[str, Any]:
    """Return the mapping in the text of a YAML file.

    Raises:
        UsageError: the text is not a YAML mapping; the message names file and line.

    """
    try:
        loaded = yaml.load(text, Loader=_Loader)  # noqa: S506 -- it is a safe loader
    except UnicodeEncodeError as error:  # bytes that are no text in UTF-8 were read as surrogates
        line = text.count("\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: this is no text in UTF-8", "Save that file as UTF-8.") from error
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
