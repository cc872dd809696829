"""Credentials, and how long each is good."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MARGIN = 120
"""Seconds before its end from which a credential is used no more: a call that it begins must not outlive it."""


@dataclass(frozen=True)
class Credential:
    """User and password for a registry, or a bearer token as the password alone. `expires`: seconds since 1970."""

    user: str
    password: str = field(repr=False)
    expires: float

    @property
    def usable(self) -> bool:
        """Whether a call can begin with it."""
        return time.time() < self.expires - MARGIN


def ends_after(seconds: Any) -> float:
    """Return when a credential ends that lasts so many seconds from now; at once if that is no number."""
    lasting = isinstance(seconds, int | float) or (isinstance(seconds, str) and seconds.isdecimal())
    return time.time() + (float(seconds) if lasting else 0)


def ends_at(text: Any) -> float:
    """Return when a credential ends, from a time of RFC 3339; at once if it is none."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError):
        return time.time()
