"""Errors of the JSON Schema in words: the key, what was found, and what is allowed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jsonschema.exceptions import ValidationError

TYPES = {
    "array": "a list of texts",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a table",
    "string": "a text in quotes",
}
ALLOWED = {
    "minimum": "Use {} or more.",
    "maximum": "Use {} or less.",
    "exclusiveMinimum": "Use more than {}.",
    "exclusiveMaximum": "Use less than {}.",
    "minProperties": "Give the table an entry, or leave it out.",
    "uniqueItems": "Write each entry once.",
    "minItems": "Give the list an entry, or leave the key out.",
    "minLength": "Write something, or leave the key out.",
}


def explain(error: ValidationError) -> str:
    """Return one line about an error; the schema's `patternErrorMessage` and `examples` say what a pattern allows."""
    key, rule = _key(error.path), _rule(error)
    instance: Any = error.instance
    match error.validator:
        case "additionalProperties":
            allowed = sorted(rule.get("properties", {}))
            unknown = sorted(set(instance) - set(allowed))
            return (
                f"{key}: unknown key {', '.join(unknown)}.{_guess(unknown[0], allowed)} Allowed: {', '.join(allowed)}."
            )
        case "required":
            missing = [name for name in rule["required"] if name not in instance]
            return f"{key}: missing: {', '.join(missing)}.{_example(_property(rule, missing[0]), missing[0])}"
        case "dependentRequired":
            pairs = [(name, other) for name, others in rule["dependentRequired"].items() for other in others]
            name, other = next((name, other) for name, other in pairs if name in instance and other not in instance)
            return f"{key}: {name} needs {other} too.{_example(_property(rule, other), other)}"
        case "pattern" if "propertyNames" in error.schema_path:
            return f"{key}: found the name {_shown(instance)}. {_allowed(error, rule)}{_example(rule)}"
        case _:
            last = error.path[-1] if error.path else ""
            example = _example(rule, last if isinstance(last, str) else "")
            return f"{key}: found {_shown(instance)}. {_allowed(error, rule)}{example}"


def _guess(unknown: str, allowed: list[str]) -> str:
    """Return a sentence with the allowed key that is most like the unknown one; empty when none is."""
    import difflib  # noqa: PLC0415 -- only for a slip

    near = difflib.get_close_matches(unknown, allowed, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _allowed(error: ValidationError, rule: Mapping[str, Any]) -> str:
    """Return a sentence about the values that the schema allows."""
    match error.validator:
        case "enum":
            *others, last = rule["enum"]
            return f"Use {', '.join(others)} or {last}."
        case "type":
            return f"Use {TYPES[rule['type']]}."
        case "pattern" if "patternErrorMessage" in rule:
            return str(rule["patternErrorMessage"])
        case other:
            return ALLOWED[other].format(rule[other]) if other in ALLOWED else f"{error.message}."


def _key(path: Iterable[str | int]) -> str:
    """Return the key at a path, such as `tests.unit, entry 1`."""
    parts = list(path)
    names = ".".join(part for part in parts if isinstance(part, str)) or "the top level"
    return names + "".join(f", entry {part + 1}" for part in parts if isinstance(part, int))


def _rule(error: ValidationError) -> Mapping[str, Any]:
    """Return the part of the schema that the value breaks."""
    return error.schema if isinstance(error.schema, dict) else {}


def _property(rule: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    described: Mapping[str, Any] = rule.get("properties", {}).get(name, {})
    return described


def _example(rule: Mapping[str, Any], key: str = "") -> str:
    """Return a sentence with an allowed value; empty when the schema has none."""
    examples = rule.get("examples") or ([rule["default"]] if "default" in rule else [])
    return f" Example: {f'{key} = ' if key else ''}{_shown(examples[0])}" if examples else ""


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
