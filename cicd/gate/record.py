"""What the gate decided on a release, as the ledger keeps it: enough to recompute the account of an evaluation set."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from cicd.errors import RefusedError
from cicd.gate import budget
from cicd.gate.outcomes import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

HASH = 12
"""How many hexadecimal digits of an id's hash a sketch holds."""
KEPT = 128
"""How many hashes a sketch holds at most: the smallest ones."""
_DIGEST = r"sha256:[0-9a-f]{64}"
_PATTERNS = {
    "verdict": "|".join(Verdict),
    "evaluation": _DIGEST,
    "candidate": _DIGEST,
    "champion": f"({_DIGEST})?",
    "sketch": f"([0-9a-f]{{{HASH}}}){{1,{KEPT}}}",
}


@dataclass(frozen=True)
class Record:
    """The verdict on a pair of predictions.

    Args:
        verdict: a `Verdict`.
        evaluation: SHA-256 of the evaluation set: ids, targets, groups and weights.
        candidate: SHA-256 of the candidate's predictions.
        champion: SHA-256 of the champion's predictions; empty without a champion.
        rows: of the evaluation set.
        look: which look at the set this was, from 1; 0 for equal predictions, which are none.
        alpha: the error rate that this look spent on passing.
        sketch: the smallest hashes of the ids, one after the other, to see which rows two sets share.
        differences: candidate minus champion for each metric on the whole set, where both values are known.

    """

    verdict: str
    evaluation: str
    candidate: str
    champion: str
    rows: int
    look: int
    alpha: float
    sketch: str
    differences: Mapping[str, float] = field(default_factory=dict)

    @property
    def pair(self) -> tuple[str, str, str]:
        """Return what a look is counted by: the set and both models' predictions."""
        return self.evaluation, self.candidate, self.champion

    def to_data(self) -> dict[str, Any]:
        """Return the record for JSON."""
        return asdict(self)


def from_data(data: object) -> Record:
    """Return a validated record from decoded JSON.

    Raises:
        RefusedError: a field is missing, unknown or malformed.

    """
    names = {entry.name for entry in fields(Record)}
    if not isinstance(data, dict) or set(data) != names:
        raise _malformed(f"its fields are not {', '.join(sorted(names))}")
    for name, pattern in _PATTERNS.items():
        if not isinstance(data[name], str) or not re.fullmatch(pattern, data[name]):
            raise _malformed(f"its {name} is {str(data[name])[:100]!r}")
    unchanged = data["verdict"] == Verdict.UNCHANGED
    for name, least in (("rows", 1), ("look", 0 if unchanged else 1)):
        if type(data[name]) is not int or data[name] < least:
            raise _malformed(f"its {name} is {data[name]!r}")
    if not is_number(data["alpha"]) or not 0 <= data["alpha"] <= budget.ALPHA:
        raise _malformed(f"its alpha is {data['alpha']!r}")
    differences = data["differences"]
    if not isinstance(differences, dict) or not all(
        isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) and is_number(value)
        for name, value in differences.items()
    ):
        raise _malformed("its differences are not numbers of metrics")
    return Record(**data)


def is_number(value: object) -> bool:
    """Return whether a decoded value is a finite number: a boolean, and an integer beyond any float, are none."""
    try:
        return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]
    except OverflowError:
        return False


def _malformed(reason: str) -> RefusedError:
    return RefusedError(
        f"This is not a record of the model gate: {reason}.", "Pass what `ml-cicd gate` recorded as it is."
    )
