"""Tables of `ml-cicd.toml` as the fields of dataclasses."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


def values(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table's values by the names of the dataclasses' fields."""
    return {key.replace("-", "_"): tuple(value) if isinstance(value, list) else value for key, value in table.items()}


def of_class(kind: type, named: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the values that are fields of a dataclass."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in named.items() if name in names}


def optional(kind: type[T], table: Mapping[str, Any] | None) -> T | None:
    """Return a table as a dataclass; None for a table that is not there."""
    return kind(**values(table)) if table else None
