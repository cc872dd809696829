"""Deployments that wait to be recorded: files in a clone's git directory until the remote has the entries.

A person's rollback is written to a file first, so that neither a dead remote nor a killed process loses it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cicd import failpoints, files, git
from cicd.errors import UsageError
from cicd.ledger import anchors
from cicd.ledger.chain import append
from cicd.ledger.entry import deployment_from

if TYPE_CHECKING:
    from cicd.ledger.entry import Deployment, Entry
    from cicd.repository import Repository


def keep(repository: Repository, deployment: Deployment) -> Path:
    """Write a deployment to a file, whole or not at all, and return the file; its name is a hash of the content."""
    text = deployment.to_json()
    file = _folder(repository) / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
    with files.file_errors(f"make {file.parent}"):
        file.parent.mkdir(parents=True, exist_ok=True)
    with failpoints.change("pending.keep"):
        files.replace(file, text)
    return file


def waiting(repository: Repository) -> list[Path]:
    """Return the files of the deployments that wait, oldest first."""
    times: dict[Path, float] = {}
    for file in _folder(repository).glob("*.json"):
        with suppress(FileNotFoundError):  # another command has just handed it in
            times[file] = file.stat().st_mtime
    return sorted(times, key=times.__getitem__)


def hand_in(repository: Repository) -> list[Entry]:
    """Record the deployments that wait, and return their entries; one that the ledger has is not recorded twice.

    Raises:
        UsageError: a file does not hold a deployment, or the entry must be signed and this process has no key.
        UnreachableError: the remote does not answer; the files stay.

    """
    entries = []
    for file in waiting(repository):
        try:
            deployment = deployment_from(json.loads(file.read_text("utf-8")))
        except FileNotFoundError:  # another command has just handed it in
            continue
        except ValueError as error:
            raise UsageError(
                f"{file} should hold an outcome that waits to be recorded, but can't be read: {error}",
                "Correct the file. If you remove it, the ledger never shows that deployment.",
            ) from error
        entry = append(repository, deployment)
        anchors.write(repository, entry)
        entries.append(entry)
        with failpoints.change("pending.forget"):
            file.unlink(missing_ok=True)
    return entries


def drop(clone: Path, forge: str) -> None:
    """Remove the outcomes that wait to be recorded at a local forge which was taken down."""
    shutil.rmtree(_place(clone, forge), ignore_errors=True)


def _folder(repository: Repository) -> Path:
    return _place(repository.path, repository.forge) / repository.directory


def _place(clone: Path, forge: str) -> Path:
    """Return the folder of waiting outcomes: each local forge has one of its own, all other remotes share one."""
    common = git.text(clone, "rev-parse", "--path-format=absolute", "--git-common-dir")
    return Path(common) / "ml-cicd" / (f"pending-{forge}" if forge else "pending")
