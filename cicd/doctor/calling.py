"""The jobs of a project's workflows that call the kit, as they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from cicd.files import utf8
from cicd.start import callers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_USES = re.compile(r"(?P<kit>[\w.-]+/[\w.-]+)/\.github/workflows/(?P<name>[\w-]+)\.ya?ml@(?P<ref>\S+)")
_EVERY = "*"
_SOME_KIT = callers.Choices("owner/kit", "v1", callers.Branches("main", "develop"))


@dataclass(frozen=True)
class Call:
    """A job that calls a workflow of the kit."""

    path: str
    """The file, below the repository's root."""
    name: str
    """The workflow that it calls, without `.yml`."""
    kit: str
    """The kit, as `owner/name`."""
    ref: str
    job: str
    """The name under which GitHub reports the job."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    permissions: Mapping[str, str] = field(default_factory=dict)
    """The level of each scope that it grants."""
    secrets: Mapping[str, str] | None = field(default_factory=dict)
    """The secrets that it passes on, by name; None for `secrets: inherit`."""
    branches: tuple[str, ...] = ()
    """The branches whose pushes start it, where the workflow names them."""
    events: tuple[str, ...] = ()
    """The events that start it."""

    @property
    def directory(self) -> str:
        """The project's folder in the repository; empty for the root."""
        folder = str(self.inputs.get("directory", "")).removeprefix("./").rstrip("/")
        return "" if folder == "." else folder

    def grants(self, scope: str) -> str:
        """Return the level that the job grants in a scope: `none`, `read` or `write`."""
        return self.permissions.get(scope, self.permissions.get(_EVERY, "none"))

    @property
    def on_own_runner(self) -> bool:
        """Whether the job that deploys runs on a runner that the caller names."""
        return bool(self.inputs.get("deploy-runs-on") or self.inputs.get("runs-on"))

    @property
    def training_environment(self) -> str:
        """The environment on GitHub in which branches train; empty for none, or if only an expression says."""
        name = str(self.inputs.get("training-environment") or "")
        return "" if "${{" in name else name.lower()  # GitHub takes `Training` for `training`


def read(root: Path) -> list[Call]:
    """Return the calls in the workflows of the repository at `root`.

    Raises:
        UsageError: a workflow is no YAML or no UTF-8; the message names file and line.

    """
    folder = root / callers.FOLDER
    files = sorted(folder.glob("*.y*ml")) if folder.is_dir() else []
    paths = [f"{callers.FOLDER}/{file.name}" for file in files]
    return [
        call for path, file in zip(paths, files, strict=True) for call in of_text(path, utf8(file.read_bytes(), path))
    ]


def of_text(path: str, text: str) -> list[Call]:
    """Return the calls in the text of a workflow."""
    from cicd.act import workflows  # noqa: PLC0415 -- PyYAML, which a command's --help need not have

    loaded = workflows.document(path, text)
    jobs, events = loaded.get("jobs"), loaded.get("on")
    push = events.get("push") if isinstance(events, dict) else None
    branches = push.get("branches", ()) if isinstance(push, dict) else ()
    calls = []
    for job_id, job in (jobs if isinstance(jobs, dict) else {}).items():
        match = _USES.fullmatch(str(job.get("uses", ""))) if isinstance(job, dict) else None
        if not match or match["name"] not in callers.ALL:
            continue
        inputs, secrets = job.get("with"), job.get("secrets") or {}
        calls.append(
            Call(
                path, match["name"], match["kit"], match["ref"], str(job.get("name", job_id)),
                inputs if isinstance(inputs, dict) else {}, _granted(job.get("permissions", loaded.get("permissions"))),
                secrets if isinstance(secrets, dict) else None,
                tuple(map(str, branches if isinstance(branches, list) else [branches])),
                tuple(map(str, [events] if isinstance(events, str) else events or ())),
            )
        )  # fmt: skip
    return calls


def _granted(permissions: object) -> Mapping[str, str]:
    """Return the level of each scope of a job's permissions; `read-all` and `write-all` stand for every scope."""
    if permissions in ("read-all", "write-all"):
        return {_EVERY: str(permissions).removesuffix("-all")}
    return permissions if isinstance(permissions, dict) else {}


@cache
def usual(name: str) -> Call:
    """Return the call as the kit writes it for a new project."""
    return of_text(name, callers.render(name, _SOME_KIT))[0]
