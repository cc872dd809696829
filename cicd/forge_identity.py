"""Identify a local forge: forges that share an engine must not touch each other's containers."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit


def of_data(folder: Path) -> str:
    """Return the name of the forge whose data lies in `folder`: 8 hexadecimal digits, unique on this machine."""
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]


def of_remote(address: str) -> str:
    """Return the name of the forge that serves a git remote; empty for a remote of any other kind."""
    remote = Path(unquote(urlsplit(address).path) if address.startswith("file://") else address)
    *_, forge = [*remote.parents][:3] or [remote]  # a forge keeps its remotes in git/owner/name
    return of_data(forge) if forge.parts[-2:] == (".ml-cicd", "local") else ""
