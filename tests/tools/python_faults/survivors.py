"""The faults that no test sees, and why: survivors.toml lists them, and the survey checks the list."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Survivor:
    """A fault that no test sees, by its name."""

    name: str
    reason: str
    equal: bool
    """Whether the fault changes nothing that matters; if not, a test is missing."""


def read() -> list[Survivor]:
    """Return the listed survivors.

    Raises:
        ValueError: a fault is listed twice.

    """
    data = tomllib.loads(FILE.read_text("utf-8"))
    listed = [
        Survivor(f"{module}: {function}: {what}", reason, equal)
        for equal, table in ((True, data["changes nothing"]), (False, data.get("no test yet", {})))
        for module, functions in table.items()
        for function, faults in functions.items()
        for what, reason in faults.items()
    ]
    if twice := {survivor.name for survivor in listed if sum(other.name == survivor.name for other in listed) > 1}:
        raise ValueError(f"{FILE.name} lists twice: {sorted(twice)}")
    return listed
