"""The inputs of `workflow_dispatch`: parse their declarations, and check given values as GitHub does."""

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
    """A declared input of `workflow_dispatch`. `default` is None if the file has no default."""

    type: str = "string"
    required: bool = False
    default: str | None = None
    options: tuple[str, ...] = ()


class NotStartedError(UsageError):
    """A request to start a workflow that GitHub would refuse, with the message and the HTTP status of its answer."""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.status = status


def declared(path: str, dispatch: Mapping[str, Any]) -> dict[str, Input]:
    """Return the inputs that the workflow file `path` declares; `dispatch` is its mapping `on.workflow_dispatch`.

    Raises:
        UsageError: a declaration is not valid; the message names the file and the input.

    """
    mapping = dispatch.get("inputs") or {}
    if len(mapping) > MAX_INPUTS:
        message = f"{path}: on.workflow_dispatch has {len(mapping)} inputs"
        raise UsageError(message, f"GitHub accepts at most {MAX_INPUTS}: combine some of them.")
    return {name: _input(f"{path}: on.workflow_dispatch.inputs.{name}", value or {}) for name, value in mapping.items()}


def _input(place: str, value: Mapping[str, Any]) -> Input:
    kind = value.get("type", "string")
    if kind not in TYPES:
        raise UsageError(f"{place}: '{kind}' is not a type of inputs", f"Use one of {', '.join(TYPES)}.")
    options = value.get("options")
    if (kind == "choice") != isinstance(options, list):
        raise UsageError(
            f"{place}: 'type: choice' needs a list of 'options', and no other type has options",
            "Add or remove 'options'.",
        )
    default = value.get("default")
    return Input(
        type=kind,
        required=bool(value.get("required")),
        default=None if default is None else text_of(default),
        options=tuple(map(text_of, options or ())),
    )


def complete(declared: Mapping[str, Input], values: Mapping[str, Any]) -> dict[str, str]:
    """Return a value for every declared input, as text: the given value, or else the default.

    Raises:
        NotStartedError: a given input is not declared, a required one is missing, or a value does not fit its type.

    """
    if unexpected := [name for name in values if name not in declared]:
        names = ", ".join(declared) or "none"
        raise NotStartedError(
            422, f"Unexpected inputs provided: {json.dumps(unexpected)}", f"The workflow declares: {names}."
        )
    texts = {}
    for name, declaration in declared.items():
        if values.get(name) is None:
            if declaration.required and not declaration.default:
                raise NotStartedError(422, f"Required input '{name}' not provided", f"Add: --input {name}=VALUE")
            implicit = "false" if declaration.type == "boolean" else ""
            texts[name] = implicit if declaration.default is None else declaration.default
        else:
            texts[name] = _checked(name, declaration, values[name])
    return texts


def _checked(name: str, declared: Input, value: object) -> str:
    if not isinstance(value, str | bool | int | float):
        raise NotStartedError(
            422, f"Provided value for input '{name}' is not a string, a boolean or a number", "Send it as a string."
        )
    text = text_of(value)
    if declared.required and not text:
        raise NotStartedError(422, f"Required input '{name}' not provided", f"Add: --input {name}=VALUE")
    allowed = {"boolean": ("true", "false"), "choice": declared.options}.get(declared.type)
    if allowed is not None and text not in allowed:
        message = f"Provided value '{text}' for input '{name}' not in the list of allowed values"
        raise NotStartedError(422, message, f"Allowed values: {', '.join(allowed)}.")
    if declared.type == "number" and not _NUMBER.fullmatch(text):
        raise NotStartedError(
            422, f"Provided value '{text}' for input '{name}' is not a number", "Write it as 7 or 1.5."
        )
    return text


def text_of(value: object) -> str:
    """Return a scalar as GitHub writes it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)
