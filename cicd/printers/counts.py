"""Counts of tests in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def in_words(counts: Mapping[str, int]) -> str:
    """Return test counts in a line."""
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "no counts"
