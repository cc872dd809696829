"""The machine's account that runs this process: its name and home, also where the system knows neither.

Containers often run as a number that no account has, and without HOME.
"""

from __future__ import annotations

import getpass
import os
from pathlib import Path


def name() -> str:
    """Return the account's name; `uid-1234` for an account that has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # KeyError before Python 3.13
        return f"uid-{os.getuid()}"


def home() -> Path | None:
    """Return the account's home folder; None for an account that has none."""
    try:
        return Path.home()
    except RuntimeError:
        return None
