"""What the thin training of a branch showed: numbers without a verdict, on the way from its job to the comment."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from cicd import encoding
from cicd.ledger.judgement import LONGEST, MOST

State = Literal["unchanged", "trained", "evaluated"]
_WHOLE = ("rows", "groups")


@dataclass(frozen=True)
class Row:
    """A metric on the whole development set or on a slice; a value that is not known is None."""

    name: str
    slice: str = ""
    """Empty for the whole set."""
    champion: float | None = None
    candidate: float | None = None
    low: float | None = None
    high: float | None = None
    """The bounds of the difference, candidate minus champion, at 92 %."""


@dataclass(frozen=True)
class Rehearsal:
    """How far the thin training of a branch got, and what its evaluation showed. It has no verdict."""

    state: State
    """`unchanged`: the branch does not change the model, and nothing was trained."""
    note: str = ""
    """What people should know, such as why the champion is not compared; empty for nothing."""
    champion: str = ""
    """The release that was compared; empty for none."""
    rows: int = 0
    groups: int = 0
    """0 if rows do not belong together."""
    metrics: tuple[Row, ...] = ()
    checks: tuple[str, ...] = ()
    """The checks of the model gate that failed, warn or are switched off, a line each."""


def encode(rehearsal: Rehearsal) -> str:
    """Return a rehearsal as the text of an output."""
    return encoding.encode(asdict(rehearsal))


def of_text(text: str) -> Rehearsal | None:
    """Return the rehearsal in an output that anybody may have written; None if it holds none."""
    try:
        return _of_data(encoding.decode(text)) if text else None
    except ValueError:
        return None


def _of_data(data: Any) -> Rehearsal | None:
    if not _has_fields(data, Rehearsal) or data["state"] not in get_args(State):
        return None
    texts = (data["note"], data["champion"], *_listed(data["checks"]))
    if not _is_list(data["checks"]) or not _is_list(data["metrics"]) or not all(map(_is_text, texts)):
        return None
    if any(type(data[name]) is not int or data[name] < 0 for name in _WHOLE):
        return None
    if not all(_is_row(row) for row in data["metrics"]):
        return None
    rows = tuple(Row(**row) for row in data["metrics"])
    return Rehearsal(**{**data, "metrics": rows, "checks": tuple(data["checks"])})


def _is_row(row: Any) -> bool:
    if not _has_fields(row, Row) or not _is_text(row["name"]) or not _is_text(row["slice"]):
        return False
    values = (row[name] for name in ("champion", "candidate", "low", "high"))
    return all(value is None or (type(value) in (int, float) and math.isfinite(value)) for value in values)


def _has_fields(data: Any, kind: type) -> bool:
    """Return whether `data` has the fields of a dataclass, and no others."""
    return isinstance(data, dict) and set(data) == {entry.name for entry in fields(kind)}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and (not value or value.isprintable())
