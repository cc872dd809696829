"""What the model gate decided on a release, as the entry of integration holds it."""

from __future__ import annotations

import re
from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, get_args

from cicd.config.gate import Decision
from cicd.errors import RefusedError
from cicd.gate import budget
from cicd.gate import record as records
from cicd.gate.outcomes import Floor, Shown, Verdict
from cicd.oci.reference import PATTERN

if TYPE_CHECKING:
    from cicd.gate.record import Record

LONGEST = 2000
"""How many characters a text may have."""
MOST_ROWS = 10**15
"""The highest number of rows that a judgement asks for."""
MOST = 60
"""How many lines a judgement may have of metrics, and of checks."""


@dataclass(frozen=True)
class Line:
    """One metric on the whole set or on a slice; a value that is not known is None."""

    name: str
    slice: str
    """Empty for the whole set."""
    champion: float | None
    candidate: float | None
    low: float | None
    high: float | None
    """The bounds of the difference, candidate minus champion."""
    margin: float | None
    shown: str
    floor: str
    """What becomes of the metric's floor."""


@dataclass(frozen=True)
class Later:
    """What a judgement becomes if its look turns out to be this one, or one after it."""

    look: int
    verdict: str
    decision: Decision
    of_predictions: str
    """The verdict at that look, from the predictions alone."""
    rows_needed: int | None = None
    """How many rows would decide at that look; None if no number is known, or none is needed."""


@dataclass(frozen=True)
class Judgement:
    """The verdict on a release, and where it leads."""

    verdict: str
    """That of `record`, or a more cautious one for `reason`."""
    decision: Decision
    """`ask`: production needs an approval. `block`: the release goes no further."""
    rules: str
    """SHA-256 of what the commit's own `[gate]` asks. An approval counts for releases with the same."""
    reason: str = ""
    """Why the verdict is not that of the predictions alone; empty if it is."""
    champion: str = ""
    """The release that it was compared with, as `repository@sha256:...`; empty for none."""
    evaluation_set: str = ""
    """The image of the evaluation set; empty if nothing was evaluated."""
    record: Record | None = None
    """The look at the evaluation set; None if nothing was evaluated."""
    metrics: tuple[Line, ...] = ()
    checks: tuple[str, ...] = ()
    """The checks that failed, warn or are switched off, a line each."""
    later: tuple[Later, ...] = ()
    """What it becomes at a later look, in their order. The ledger does not hold it: an entry has its final look."""
    rows_needed: int | None = None
    """How many rows would decide, if these can't tell; None if no number is known, or none is needed."""

    def at(self, look: int) -> Judgement:
        """Return the judgement as it is if its look at the evaluation set has this number; 0 for none."""
        if self.record is None:
            return self
        record = replace(self.record, look=look, alpha=budget.pass_alpha(look) if look else 0.0)
        final = replace(self, record=record, later=())
        reached = [later for later in self.later if later.look <= look]
        if not reached:
            return final
        now = reached[-1]
        same = (now.verdict, now.of_predictions) == (self.verdict, self.record.verdict)
        why = "" if same else f"look {self.record.look} was taken by another release: this is look {look}"
        return replace(
            final, verdict=now.verdict, decision=now.decision,
            reason="; ".join(filter(None, (self.reason, why)))[:LONGEST],
            record=replace(record, verdict=now.of_predictions), rows_needed=now.rows_needed,
        )  # fmt: skip

    def covers(self, other: Judgement) -> bool:
        """Return whether an approval of a release with this judgement counts for a release with the other one."""
        if self.record is None or other.record is None:
            return False
        return (self.record.pair, self.rules) == (other.record.pair, other.rules)


def from_data(data: object) -> Judgement:
    """Return a validated judgement from decoded JSON.

    Raises:
        RefusedError: a field is missing, unknown or malformed.

    """
    names = {entry.name: entry.default is MISSING for entry in fields(Judgement)}
    if not isinstance(data, dict) or not {name for name in names if names[name]} <= set(data) <= set(names):
        raise _malformed(f"its fields are not {', '.join(names)}")
    data = {**asdict(Judgement("", "ask", "")), **data}
    for name, pattern in (
        ("verdict", "|".join(Verdict)),
        ("decision", "|".join(get_args(Decision))),
        ("rules", "sha256:[0-9a-f]{64}"),
        ("champion", f"({PATTERN.pattern})?"),
        ("evaluation_set", f"({PATTERN.pattern})?"),
    ):
        if not isinstance(data[name], str) or not re.fullmatch(pattern, data[name]):
            raise _malformed(f"its {name} is {str(data[name])[:100]!r}")
    if not _is_text(data["reason"]):
        raise _malformed("its reason is not a short line of text")
    checks, lines = data["checks"], data["metrics"]
    if not _is_list(checks) or not all(map(_is_text, checks)):
        raise _malformed("its checks are not short lines of text")
    if not _is_list(lines) or not all(map(_is_line, lines)):
        raise _malformed("its metrics are no metrics")
    if not _is_list(data["later"]) or not all(map(_is_later, data["later"])):
        raise _malformed("what it becomes later is malformed")
    if not _is_rows(data["rows_needed"]):
        raise _malformed(f"its rows_needed is {str(data['rows_needed'])[:100]!r}")
    record = records.from_data(data["record"]) if data["record"] is not None else None
    if data["decision"] != "block" and data["verdict"] in (Verdict.FAILED, Verdict.REGRESSED):
        raise _malformed(f"a release with the verdict {data['verdict']} goes no further")
    return Judgement(
        **{
            **data, "record": record, "metrics": tuple(Line(**line) for line in lines), "checks": tuple(checks),
            "later": tuple(Later(**later) for later in data["later"]),
        }
    )  # fmt: skip


def _is_list(value: object) -> bool:
    return isinstance(value, (list, tuple)) and len(value) <= MOST


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and value.isprintable()


def _is_line(value: object) -> bool:
    """Return whether a value is a metric."""
    if not isinstance(value, dict) or set(value) != {entry.name for entry in fields(Line)}:
        return False
    numbers = [value[name] for name in ("champion", "candidate", "low", "high", "margin")]
    known = value["shown"] in [*Shown] and value["floor"] in [*Floor]
    named = _is_text(value["name"]) and _is_text(value["slice"])
    return known and named and all(number is None or records.is_number(number) for number in numbers)


def _is_later(value: object) -> bool:
    """Return whether a value is what a judgement becomes at a later look."""
    if not isinstance(value, dict) or set(value) | {"rows_needed"} != {entry.name for entry in fields(Later)}:
        return False
    stops = value["verdict"] in (Verdict.FAILED, Verdict.REGRESSED)
    known = value["verdict"] in [*Verdict] and value["of_predictions"] in [*Verdict]
    leads = value["decision"] == "block" if stops else value["decision"] in get_args(Decision)
    return known and leads and type(value["look"]) is int and value["look"] > 0 and _is_rows(value.get("rows_needed"))


def _is_rows(value: object) -> bool:
    return value is None or (type(value) is int and 0 < value <= MOST_ROWS)


def _malformed(reason: str) -> RefusedError:
    return RefusedError(
        f"This is not a verdict of the model gate: {reason}.", "Pass the output `outcome` of `ml-cicd deploy` as it is."
    )
