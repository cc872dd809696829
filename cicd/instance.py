"""The local forge that something belongs to: several share an engine, and none may meet another's containers."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

LABEL, RUN = "ml-cicd.instance", "ml-cicd.run"


def of_data(forge: Path) -> str:
    """The name of the forge whose data lies in `forge`; no other one on this machine has it."""
    return hashlib.sha256(os.fsencode(forge)).hexdigest()[:8]


def of_remote(address: str) -> str:
    """The name of the forge that serves a git remote; empty for a remote of any other kind."""
    remote = Path(unquote(urlsplit(address).path) if address.startswith("file://") else address)
    *_, forge = [*remote.parents][:3] or [remote]  # what lies in it is git/owner/name
    return of_data(forge) if forge.parts[-2:] == (".ml-cicd", "local") else ""


def labels() -> dict[str, str]:
    """The labels that say which run of which forge makes a container; none outside of such a run."""
    found = {LABEL: os.environ.get("ML_CICD_INSTANCE", ""), RUN: os.environ.get("ML_CICD_FORGE_RUN", "")}
    return {label: value for label, value in found.items() if value}
