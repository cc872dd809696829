"""Names of Python packages."""

from __future__ import annotations

import re


def normalized(name: str) -> str:
    """Return a package's name as indexes spell it: `Flights_Core` is `flights-core`."""
    return re.sub(r"[-_.]+", "-", name).lower()
