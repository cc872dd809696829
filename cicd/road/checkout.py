"""A release brought back from the ledger into a folder: the code, the model, and the data that trained it.

The entry names the commit and, through the entry of integration on which it rests, the model bundle by its digest. In
the bundle lies the lock of the data, where the project has one: `dvc.lock`, of the stages that make the data.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from cicd import files, ledger
from cicd.errors import CheckFailedError, RefusedError, UsageError
from cicd.oci import containers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docker import DockerClient

    from cicd.ledger import Entry
    from cicd.repository import Repository

BUNDLE = "bundle"
LOCK = "dvc.lock"
Data = Literal["brought back", "locked", "not locked"]


@dataclass(frozen=True)
class Origin:
    """An entry, and what integration said of the release that it is about."""

    entry: Entry
    bundle: str
    data: str


@dataclass(frozen=True)
class Checkout:
    """What was brought back: `folder` is the project's; `data` says what became of the data, `stages` by what."""

    folder: str
    commit: str
    release: str
    bundle: str
    digest: str
    data: Data
    stages: tuple[str, ...]


def origin(chains: Mapping[str, Sequence[Entry]], environment: str, name: str | None) -> Origin:
    """The entry of that number, by default that of the release which passed last, and what it is made of.

    Raises:
        RefusedError: there is no such entry, or integration did not say which bundle is in the release.

    """
    entries, wanted = chains.get(environment, []), (name or "").removeprefix("#")
    asked = [entry for entry in entries if wanted == str(entry.number)]
    entry = asked[0] if asked else None if wanted else ledger.last_passed(entries)
    if entry is None:
        said = f"{environment} has no entry {wanted}." if wanted else f"Nothing has passed {environment} yet."
        raise RefusedError(said, f"ml-cicd history {environment} lists them.")
    made = entry
    while made.deployment.basis:
        basis = made.deployment.basis
        made = chains[basis.environment][basis.number - 1]
    if not made.deployment.bundle:
        raise RefusedError(f"Entry {entry.number} of {environment} rests on one that names no model bundle.")
    return Origin(entry, made.deployment.bundle, made.deployment.data)


def code(repository: Repository, commit: str, folder: Path) -> Path:
    """Make a worktree of the commit in `folder`, and return the folder of the project in it.

    Raises:
        UsageError: there is something in the folder already, or the clone has no such commit.

    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already.", "Name a folder that is not.")
    repository.git("worktree", "add", "--quiet", "--detach", str(folder.resolve()), commit)
    return folder.resolve() / repository.git("rev-parse", "--show-prefix")


def model(client: DockerClient, bundle: str, project: Path) -> None:
    """Put the files of a bundle that the engine has into the project's folder `bundle`, in place of what is there.

    Raises:
        CheckFailedError: the image holds no bundle.

    """
    with containers.created(client, bundle, command=["none"]) as container:
        packed = containers.archive(container, f"/{BUNDLE}")
    if packed is None:
        raise CheckFailedError(f"{bundle} holds no model bundle.")
    shutil.rmtree(project / BUNDLE, ignore_errors=True)
    files.unpack(packed, project)


def data(project: Path) -> tuple[Data, tuple[str, ...]]:
    """Bring back the data that the bundle's lock names: from DVC's remote, else by its stages; and which those are.

    Without the command `dvc` the lock is put in its place, no more.

    Raises:
        CheckFailedError: the stages fail, or make other data than they made then.

    """
    if not (project / BUNDLE / LOCK).is_file():
        return "not locked", ()
    lock = (project / BUNDLE / LOCK).replace(project / LOCK)
    locked = _read(lock)
    stages = tuple(locked["stages"])
    if shutil.which("dvc") is None:
        return "locked", stages
    # A remote only saves time, and there need not be one.
    subprocess.run(["dvc", "pull", "--quiet", *stages], cwd=project, check=False, capture_output=True)
    sys.stdout.flush()
    made = subprocess.run(
        ["dvc", "repro", "--single-item", *stages], cwd=project, check=False, stdout=sys.stdout, stderr=sys.stdout
    )
    if made.returncode:
        raise CheckFailedError("The data could not be brought back.", "DVC's own words above say why.")
    if _read(lock) != locked:
        raise CheckFailedError(
            f"The stages make other data than they made for this release: {LOCK} has changed.",
            "Install what its requirements lock, or add the DVC remote that keeps the data.",
        )
    return "brought back", stages


def _read(lock: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 -- only where there is a lock

    try:
        found = yaml.safe_load(lock.read_text("utf-8"))
        return {"stages": dict(found["stages"])}
    except (yaml.YAMLError, TypeError, KeyError, ValueError) as error:
        raise CheckFailedError(f"The bundle's {LOCK} is no lock of DVC: {error!r}") from error
