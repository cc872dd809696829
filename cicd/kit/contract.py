"""What callers may rely on: inputs, outputs, secrets and permissions of each workflow and action of a commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cicd.act import workflows
from cicd.kit import tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.repository import Repository

LEVELS = ("none", "read", "write")
"""The levels of a permission, in the order of what they allow."""


@dataclass(frozen=True)
class Input:
    """An input. `default` is None where it has none."""

    type: str
    required: bool
    default: str | None


@dataclass(frozen=True)
class Interface:
    """What a workflow or an action takes and gives. `permissions` are those that a caller must grant."""

    inputs: Mapping[str, Input] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    secrets: Mapping[str, bool] = field(default_factory=dict)
    """Whether each secret is required."""
    permissions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Contract:
    """The interfaces of the workflows that projects call, by file name, and of the actions, by name."""

    workflows: Mapping[str, Interface]
    actions: Mapping[str, Interface]


def read(repository: Repository, commit: str) -> Contract:
    """Return the contract of a commit of the kit.

    Raises:
        UsageError: a workflow or an action is no valid YAML.

    """
    files = tree.read(repository, commit)
    return of_files({path: file.text for path, file in files.items() if file.text})


def of_files(texts: Mapping[str, str]) -> Contract:
    """Return the contract of the workflows and actions with these texts, by path.

    Raises:
        UsageError: a text is no valid YAML.

    """
    called: dict[str, Interface] = {}
    actions: dict[str, Interface] = {}
    for path, text in sorted(texts.items()):
        loaded = workflows.document(path, text)
        if path.startswith("actions/"):
            actions[path.split("/")[1]] = _action(loaded)
        elif "workflow_call" in (events := loaded.get("on") or {}):
            interface = events["workflow_call"] if isinstance(events, dict) else None
            called[path.rpartition("/")[2]] = _workflow(loaded, interface or {})
    return Contract(called, actions)


def _workflow(loaded: Mapping[str, Any], interface: Mapping[str, Any]) -> Interface:
    secrets = interface.get("secrets") or {}
    return Interface(
        _inputs(interface.get("inputs") or {}),
        tuple(sorted(interface.get("outputs") or {})),
        {name: bool((data or {}).get("required", False)) for name, data in sorted(secrets.items())},
        _permissions(loaded),
    )


def _action(loaded: Mapping[str, Any]) -> Interface:
    return Interface(_inputs(loaded.get("inputs") or {}), tuple(sorted(loaded.get("outputs") or {})))


def _inputs(declared: Mapping[str, Any]) -> dict[str, Input]:
    inputs = {}
    for name, data in sorted(declared.items()):
        given = data or {}
        default = given.get("default")
        shown = str(default).lower() if isinstance(default, bool) else default
        text = None if shown is None else str(shown)
        inputs[name] = Input(str(given.get("type", "string")), bool(given.get("required", False)), text)
    return inputs


def _permissions(loaded: Mapping[str, Any]) -> dict[str, str]:
    """Return the highest level that any job asks for, by scope: with less, GitHub starts none of the jobs."""
    needed: dict[str, str] = {}
    for job in (loaded.get("jobs") or {}).values():
        asked = job.get("permissions", loaded.get("permissions"))
        scopes = {"all": asked.removesuffix("-all")} if isinstance(asked, str) else dict(asked or {})
        for scope, level in scopes.items():
            needed[scope] = max(str(level), needed.get(scope, "none"), key=LEVELS.index)
    return {scope: level for scope, level in sorted(needed.items()) if level != "none"}
