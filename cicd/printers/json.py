"""Results as JSON, for programs."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, is_dataclass
from typing import Any


def line(value: object) -> str:
    """Return plain data as JSON on one line, for an output of a step; empty for None.

    A job that has secrets must not hand it on: see `encoding`.
    """
    return "" if value is None else json.dumps(value)


def show(value: Any) -> None:
    """Print a dataclass, or plain data, as indented JSON on the true stdout."""
    data = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    print(json.dumps(data, indent=2, default=asdict), file=sys.__stdout__)
