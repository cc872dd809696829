"""The sentence of docs/model-gate.md that sums the table up, written from the figures that are kept."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.static.support.kit import ROOT
from tests.tools import benchmarks
from tests.tools.error_rates.gates import KIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE = ROOT / "docs" / "model-gate.md"
BEGIN, END = "<!-- from here: python -m tests.tools.error_rates --write -->\n", "<!-- to here -->"
SMALL_SLICES = f"accuracy, 6,000 rows, worse in one of 30 slices alone: {KIT}"
OUTSIDE = {SMALL_SLICES, f"accuracy, 2,000 rows, 20 looks: {KIT}"}
"""What the gate does not promise: a loss in a slice that is too small, and looks that nobody counts."""
_SHARE = r"([\d.]+)% ± ([\d.]+)%"


@dataclass(frozen=True)
class Rates:
    """What the gate did on one kind of set, in percent, each share with its error.

    Args:
        name: the kind of set.
        blocked: the share of equal models that it blocked; None if they were not tried.
        passed: the share of worse ones that it passed.

    """

    name: str
    blocked: tuple[float, float] | None
    passed: tuple[float, float]


def rates(figures: Sequence[Mapping[str, str]]) -> list[Rates]:
    """Return what the kit's gate did, from the figures of the page of benchmarks."""
    result = []
    for figure in figures:
        if re.search(f": {KIT}( --look)?$", figure["what"]):
            blocked = re.search(f"blocks {_SHARE}", figure["measured"])
            passed = re.search(f"passes {_SHARE}", figure["measured"])
            assert passed, figure
            result.append(Rates(figure["what"], _numbers(blocked) if blocked else None, _numbers(passed)))
    return result


def _numbers(share: re.Match[str]) -> tuple[float, float]:
    return float(share[1]), float(share[2])


def promised(measured: Sequence[Rates]) -> list[Rates]:
    """Return the rates of what the gate promises."""
    return [one for one in measured if one.name not in OUTSIDE]


def sentence(measured: Sequence[Rates]) -> str:
    """Return the highest rates in words."""
    blocked = max(one.blocked for one in promised(measured) if one.blocked)
    passed = max(one.passed for one in promised(measured))
    words = (
        f"The highest rates there are {blocked[0]:g} % of equal models blocked and {passed[0]:g} % of worse ones "
        f"passed, each with an error of {max(blocked[1], passed[1]):g} points."
    )
    for one in measured:
        if one.name == SMALL_SLICES:
            words += (
                f" Outside of the promise: of models that are worse in one of 30 slices of 200 rows alone, "
                f"{one.passed[0]:g} % pass."
            )
    return textwrap.fill(words, 120)


def written(page: str, figures: Sequence[Mapping[str, str]]) -> str:
    """Return the page with the sentence of these figures."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{sentence(rates(figures))}\n\n{END}{rest.split(END, 1)[1]}"


def write() -> None:
    """Write the sentence into the page, from the figures that are kept."""
    results: dict[str, dict[str, Any]] = benchmarks.read()
    PAGE.write_text(written(PAGE.read_text("utf-8"), results["make error-rates"]["figures"]), "utf-8")
