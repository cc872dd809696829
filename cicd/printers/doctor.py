"""The checks of `ml-cicd doctor`, in words and as data."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cicd.doctor.check import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicd.doctor.check import Check

_SHOWN = {State.OK: "ok", State.WRONG: "WRONG", State.UNKNOWN: "unknown"}


def text(checks: Sequence[Check]) -> str:
    """Return every check: its state, what is there, and for one that did not pass why, and what mends it."""
    lines, part = [], ""
    width = max((len(_subject(check)) for check in checks), default=0)
    for check in checks:
        if check.name.partition("/")[0] != part:
            part = check.name.partition("/")[0]
            lines.append(f"{part}:")
        lines.append(f"  {_SHOWN[check.state]:<7}  {_subject(check):<{width}}  {check.what}".rstrip())
        lines += [f"{' ' * (width + 13)}{line}" for line in _more(check)]
    return "\n".join([*lines, summary(checks)])


def brief(checks: Sequence[Check]) -> str:
    """Return one line if nothing is wrong, else a line for each check that found something."""
    faults = [check for check in checks if check.state is State.WRONG]
    if not faults:
        return f"This machine: {summary(checks)}"
    lines = [f"WRONG  {_subject(check)}: {' '.join([check.what, *_more(check)])}" for check in faults]
    return "\n".join(lines).removesuffix(".")


def summary(checks: Sequence[Check]) -> str:
    """Return how many checks ended how."""
    counts = Counter(check.state for check in checks)
    return ", ".join(f"{counts[state]} {state.value}" for state in State if counts[state] or state is State.OK)


def data(checks: Sequence[Check]) -> dict[str, Any]:
    """Return the checks and their counts."""
    counts = Counter(check.state for check in checks)
    return {"checks": [asdict(check) for check in checks], **{state.value: counts[state] for state in State}}


def _subject(check: Check) -> str:
    return check.name.partition("/")[2]


def _more(check: Check) -> list[str]:
    return [*([check.why] if check.why else []), *([f"mend: {check.mend}"] if check.mend else [])]
