"""Whether data meets the published JSON Schema, without the package jsonschema, whose import costs a command 0.05 s.

This knows the keywords that the schema uses, in the forms in which it uses them; a test holds every part of the schema
against jsonschema. What does not pass here goes to jsonschema, which says what is wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ANNOTATIONS = {"$defs", "$schema", "default", "description", "examples", "format", "patternErrorMessage", "title"}
TYPES: dict[str, Callable[[Any], bool]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}
SIMPLE: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "dependentRequired": (
        "object",
        lambda value, rule: all(set(rule[name]) <= value.keys() for name in rule if name in value),
    ),
    "exclusiveMaximum": ("number", lambda value, rule: value < rule),
    "exclusiveMinimum": ("number", lambda value, rule: value > rule),
    "maximum": ("number", lambda value, rule: value <= rule),
    "minItems": ("array", lambda value, rule: len(value) >= rule),
    "minLength": ("string", lambda value, rule: len(value) >= rule),
    "minProperties": ("object", lambda value, rule: len(value) >= rule),
    "minimum": ("number", lambda value, rule: value >= rule),
    "pattern": ("string", lambda value, rule: bool(re.search(rule, value))),
    "required": ("object", lambda value, rule: set(rule) <= value.keys()),
    "uniqueItems": ("array", lambda value, _: all(value.count(item) == 1 for item in value)),
}
"""Keyword -> the type of values that it judges, and whether such a value meets it."""
OTHERS = {
    "$ref", "additionalProperties", "allOf", "const", "enum", "if", "items", "properties", "propertyNames", "then",
    "type",
}  # fmt: skip
KNOWN = ANNOTATIONS | SIMPLE.keys() | OTHERS


def meets(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    """Return whether a value meets a schema, of which every keyword is known. `root` is the whole schema."""
    return schema.keys() <= KNOWN and _itself(value, schema) and _inside(value, schema, root)


def _itself(value: Any, schema: Mapping[str, Any]) -> bool:
    """Return whether a value meets those keywords of a schema that refer to no other schema."""
    if "type" in schema and not TYPES[schema["type"]](value):
        return False
    texts = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if texts is not None and not (isinstance(value, str) and value in texts):
        return False
    return all(
        met(value, schema[keyword])
        for keyword, (kind, met) in SIMPLE.items()
        if keyword in schema and TYPES[kind](value)
    )


def _inside(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    """Return whether a value and what is inside it meet the schemas that a schema names."""
    if "$ref" in schema and not meets(value, _referred(schema["$ref"], root), root):
        return False
    if not all(meets(value, part, root) for part in schema.get("allOf", ())):
        return False
    if "if" in schema and meets(value, schema["if"], root) and not meets(value, schema.get("then", {}), root):
        return False
    if isinstance(value, list):
        return all(meets(item, schema.get("items", {}), root) for item in value)
    if not isinstance(value, dict):
        return True
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    names = schema.get("propertyNames", {})
    return all(
        meets(name, names, root)
        and (meets(item, properties[name], root) if name in properties else _other(item, others, root))
        for name, item in value.items()
    )


def _other(value: Any, schema: Mapping[str, Any] | bool, root: Mapping[str, Any]) -> bool:
    """Return whether a value without a rule of its own meets `additionalProperties`."""
    return schema if isinstance(schema, bool) else meets(value, schema, root)


def _referred(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = root
    for name in reference.removeprefix("#/").split("/"):
        schema = schema[name]
    return schema
