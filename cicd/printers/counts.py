"""Counts of tests in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.ledger import Deployment


def of(deployment: Deployment) -> str:
    """Return in a line which tests judged a release."""
    if deployment.undeclared:
        return undeclared(deployment.undeclared)
    return in_words(deployment.tests)


def undeclared(suite: str) -> str:
    """Return in words that a project has no such tests."""
    return f"no {suite} tests declared"


def in_words(counts: Mapping[str, int]) -> str:
    """Return test counts in a line."""
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "no counts"
