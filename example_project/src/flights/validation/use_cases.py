"""The rules for flights as a whole, for each use case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from flights.columns import TARGET
from flights.errors import BadDataError


@dataclass(frozen=True)
class Rule:
    """A rule: `measure` returns a figure, which must lie within the limits."""

    name: str
    measure: Callable[[pd.DataFrame], float]
    at_least: float
    at_most: float = float("inf")


@dataclass(frozen=True)
class Finding:
    """The result of a rule."""

    rule: Rule
    value: float

    @property
    def passed(self) -> bool:
        """Whether the figure lies within the limits; a figure that can't be computed (NaN) does not."""
        return self.rule.at_least <= self.value <= self.rule.at_most

    def __str__(self) -> str:
        limit = f"at least {self.rule.at_least:g}"
        if self.rule.at_most != float("inf"):
            limit += f", at most {self.rule.at_most:g}"
        return f"{'passed' if self.passed else 'FAILED'}  {self.rule.name}: {self.value:.4g} ({limit})"


def _known(column: str) -> Callable[[pd.DataFrame], float]:
    return lambda flights: float(flights[column].notna().mean())


SCORING = (
    Rule("flights", len, 1),
    Rule("share with known weather", _known("temperature"), 0.9),
    Rule("share with a known aircraft", _known("seats"), 0.7),
)
JUDGED = (*SCORING, Rule("share with a known delay", _known(TARGET), 0.9))
USE_CASES: Mapping[str, tuple[Rule, ...]] = {
    "scoring": SCORING,
    "evaluation": JUDGED,
    "training": (
        *JUDGED,
        Rule("days", lambda flights: flights["scheduled_departure"].dt.normalize().nunique(), 28),
        Rule("median delay in minutes", lambda flights: float(flights[TARGET].median()), -30, 30),
    ),
}


def judge(flights: pd.DataFrame, use_case: str) -> list[Finding]:
    """Return the results of the rules of a use case, in their order."""
    return [Finding(rule, rule.measure(flights)) for rule in USE_CASES[use_case]]


def require(flights: pd.DataFrame, use_case: str) -> None:
    """Check that all rules of a use case hold.

    Raises:
        BadDataError: a rule does not hold; the message names each.

    """
    if failed := [str(finding) for finding in judge(flights, use_case) if not finding.passed]:
        raise BadDataError("\n".join([f"The data is not good enough for {use_case}.", *failed]))
