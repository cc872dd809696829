"""Outcomes that wait to be recorded: kept beside a clone's objects until the remote has them.

A person's rollback is written down here first, so that neither a dead remote nor a killed process loses it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import failpoints, files, ledger
from cicd.errors import UsageError

if TYPE_CHECKING:
    from cicd.ledger import Deployment, Entry
    from cicd.repository import Repository


def keep(repository: Repository, deployment: Deployment) -> Path:
    """Write an outcome down, whole or not at all; the same one is the same file."""
    text = deployment.to_json()
    file = _folder(repository) / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
    with files.file_errors(f"make {file.parent}"):
        file.parent.mkdir(parents=True, exist_ok=True)
    with failpoints.change("pending.keep"):
        files.replace(file, text)
    return file


def waiting(repository: Repository) -> list[Path]:
    """The outcomes that wait, the oldest first."""
    return sorted(_folder(repository).glob("*.json"), key=lambda file: file.stat().st_mtime)


def hand_in(repository: Repository) -> list[Entry]:
    """Record what waits. What is recorded already, because a process was killed in between, is not recorded twice.

    Raises:
        UsageError: a file does not hold an outcome, or the entry must be signed and there is no key.
        UnreachableError: the remote does not answer; what waits goes on waiting.

    """
    entries = []
    for file in waiting(repository):
        try:
            deployment = ledger.deployment_from(json.loads(file.read_text("utf-8")))
        except ValueError as error:
            raise UsageError(f"{file} is not an outcome: {error}", "Remove it, or correct it.") from error
        entries.append(ledger.append(repository, deployment))
        with failpoints.change("pending.forget"):
            file.unlink()
    return entries


def _folder(repository: Repository) -> Path:
    common = repository.git("rev-parse", "--path-format=absolute", "--git-common-dir")
    return Path(common) / "ml-cicd" / "pending"
