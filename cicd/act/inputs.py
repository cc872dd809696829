"""The inputs of `workflow_dispatch`: how a workflow declares them, and whether given ones fit, as GitHub judges it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicd.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_INPUTS = 25
TYPES = ("string", "boolean", "number", "choice", "environment")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|0x[0-9a-fA-F]+|0o[0-7]+")


@dataclass(frozen=True)
class Input:
    """An input of `workflow_dispatch`. `default` is None where the file has none."""

    type: str = "string"
    required: bool = False
    default: str | None = None
    options: tuple[str, ...] = ()


class NotStartedError(UsageError):
    """What is wrong with a request, in GitHub's words, with the status of GitHub's answer."""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.status = status


def declared(path: str, dispatch: Mapping[str, Any]) -> dict[str, Input]:
    """The inputs of the workflow in the file `path`, from what stands under `on.workflow_dispatch` there.

    Raises:
        UsageError: they are not valid; the message names file and input.

    """
    found = dispatch.get("inputs") or {}
    if len(found) > MAX_INPUTS:
        message = f"{path}: on.workflow_dispatch has {len(found)} inputs"
        raise UsageError(message, f"GitHub takes no more than {MAX_INPUTS}: merge some.")
    return {name: _input(f"{path}: on.workflow_dispatch.inputs.{name}", value or {}) for name, value in found.items()}


def _input(place: str, value: Mapping[str, Any]) -> Input:
    kind = value.get("type", "string")
    if kind not in TYPES:
        raise UsageError(f"{place}: there is no type '{kind}'", f"Use one of {', '.join(TYPES)}.")
    options = value.get("options")
    if (kind == "choice") != isinstance(options, list):
        raise UsageError(f"{place}: 'options' and 'type: choice' belong together", "Give both, options as a list.")
    default = value.get("default")
    return Input(
        type=kind,
        required=bool(value.get("required")),
        default=None if default is None else text_of(default),
        options=tuple(map(text_of, options or ())),
    )


def values(declared: Mapping[str, Input], given: Mapping[str, Any]) -> dict[str, str]:
    """All inputs as text: what was given, else the default.

    Raises:
        NotStartedError: an input is unknown, missing, or not of its type.

    """
    if unexpected := [name for name in given if name not in declared]:
        known = ", ".join(declared) or "none"
        raise NotStartedError(422, f"Unexpected inputs provided: {json.dumps(unexpected)}", f"Its inputs: {known}.")
    found = {}
    for name, one in declared.items():
        if given.get(name) is None:
            if one.required and not one.default:
                raise NotStartedError(422, f"Required input '{name}' not provided", f"Give it: --input {name}=...")
            found[name] = one.default if one.default is not None else "false" if one.type == "boolean" else ""
        else:
            found[name] = _checked(name, one, given[name])
    return found


def _checked(name: str, declared: Input, value: object) -> str:
    if not isinstance(value, str | bool | int | float):
        raise NotStartedError(422, f"Provided value for input '{name}' is not a string, a boolean or a number")
    text = text_of(value)
    if declared.required and not text:
        raise NotStartedError(422, f"Required input '{name}' not provided", f"Give it: --input {name}=...")
    allowed = {"boolean": ("true", "false"), "choice": declared.options}.get(declared.type)
    if allowed is not None and text not in allowed:
        message = f"Provided value '{text}' for input '{name}' not in the list of allowed values"
        raise NotStartedError(422, message, f"Allowed are: {', '.join(allowed)}.")
    if declared.type == "number" and not _NUMBER.fullmatch(text):
        raise NotStartedError(422, f"Provided value '{text}' for input '{name}' is not a number")
    return text


def text_of(value: object) -> str:
    """A scalar as GitHub writes it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)
