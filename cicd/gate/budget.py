"""The error rates, and how the looks at an evaluation set share them."""

from __future__ import annotations

from dataclasses import dataclass

ALPHA = 0.04
"""The one-sided error rate of each side; intervals are shown at 1 - 2 * ALPHA."""


def pass_alpha(look: int | None) -> float:
    """Return the error rate that a look may spend on passing, so that all looks together stay below `ALPHA`.

    `look` counts from 1; None if nobody counts.
    """
    return ALPHA if look is None else ALPHA / (look * (look + 1))


def spent_alpha(look: int | None) -> float:
    """Return the sum of `pass_alpha` over this look and those before."""
    return ALPHA if look is None else ALPHA * look / (look + 1)


@dataclass(frozen=True)
class Allowance:
    """The error rates of one look. `look` is None if nobody counts the looks at this set."""

    look: int | None

    @property
    def block_alpha(self) -> float:
        """Return the error rate of all claims that block, together."""
        return ALPHA

    @property
    def pass_alpha(self) -> float:
        """Return the error rate that this look may spend on passing."""
        return pass_alpha(self.look)

    @property
    def spent(self) -> float:
        """Return the error rate that this look and those before have spent on passing."""
        return spent_alpha(self.look)
