"""Hashes of the ids of rows that a model was trained on: a bundle holds these instead of the ids."""

from __future__ import annotations

import hashlib

PREFIX, DIGITS = "sha256:", 16
"""What a hashed id begins with, and how many hexadecimal digits follow."""
_DIGITS = frozenset("0123456789abcdef")


def hashed(name: str) -> str:
    """Return the hash of an id; one that is a hash already stays."""
    return name if is_hash(name) else PREFIX + hashlib.sha256(name.encode()).hexdigest()[:DIGITS]


def is_hash(name: str) -> bool:
    """Whether an id is a hash."""
    digits = name[len(PREFIX) :]
    return name.startswith(PREFIX) and len(digits) == DIGITS and _DIGITS.issuperset(digits)
