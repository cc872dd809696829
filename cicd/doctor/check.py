"""One check of `ml-cicd doctor`, and its state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check ended. `unknown`: it could not be made, for example since a token may not read a setting."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """A check. `name` is its part and its subject, such as `machine/engine`."""

    name: str
    state: State
    what: str
    """What is there."""
    why: str = ""
    """What fails because of it; or why the state is unknown."""
    mend: str = ""
    """The command to run or the line to change."""


def ok(name: str, what: str) -> Check:
    """Return a check that passed."""
    return Check(name, State.OK, what)


def wrong(name: str, what: str, why: str, mend: str) -> Check:
    """Return a check that found something to mend."""
    return Check(name, State.WRONG, what, why, mend)


def unknown(name: str, what: str, why: str, mend: str = "") -> Check:
    """Return a check that could not be made."""
    return Check(name, State.UNKNOWN, what, why, mend)
