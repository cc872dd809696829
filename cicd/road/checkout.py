"""Bring a release of the ledger back into a folder: the code, the model, and the data that trained it.

The entry names the commit and, through the integration entry on which it rests, the digest of the model bundle. The
bundle holds the lock of the data, if the project has one: the `dvc.lock` of the stages that make the data.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cicd import files, ledger, scratch
from cicd.errors import CheckFailedError, UsageError
from cicd.oci import containers, engine, images
from cicd.road import entries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicd.config import Config
    from cicd.ledger import Entry
    from cicd.oci.engine import Client
    from cicd.repository import Repository
    from cicd.stages import Stage

BUNDLE = "bundle"
LOCK = "dvc.lock"
Data = Literal["brought back", "locked", "not locked"]


@dataclass(frozen=True)
class Origin:
    """An entry, and what integration recorded of its release."""

    entry: Entry
    bundle: str
    data: str


@dataclass(frozen=True)
class _Lock:
    """The stages of a `dvc.lock`; `models` names those whose output is the bundle."""

    stages: Mapping[str, Any]
    models: tuple[str, ...]


@dataclass(frozen=True)
class Checkout:
    """A release that was brought back."""

    folder: str
    """The project's folder in the new worktree."""
    commit: str
    release: str
    bundle: str
    digest: str
    """The digest of the data; empty if the bundle names none."""
    data: Data
    stages: tuple[str, ...]
    """The DVC stages that make the data."""
    project: str
    environment: str
    entry: int


def bring_back(
    repository: Repository, config: Config, stage: Stage, entry: str | None, folder: Path | None
) -> Checkout:
    """Make a worktree with the code, the model and the data of a release.

    `entry` is a number; None: the release that passed last. `folder` is by default beside the clone, named after the
    entry.

    Raises:
        RefusedError: the ledger has no such entry.
        UsageError: the folder is not empty.
        CheckFailedError: the data can't be made again, or differ from those of the release.
        UnreachableError: the engine or the registry does not answer.

    """
    release = origin(ledger.read_all(repository, config.name), stage.name, entry)
    number, deployment = release.entry.number, release.entry.deployment
    client = engine.connect() if release.bundle else None
    if client:
        images.pull(client, release.bundle)  # first: a registry that does not answer leaves no folder behind
    default = repository.path.parent / f"{config.name}-{stage.name}-{number}"
    project = code(repository, deployment.commit, folder or default)
    if client:
        model(client, release.bundle, project)
    result, dvc_stages = data(project)
    return Checkout(
        str(project), deployment.commit, deployment.release, release.bundle, release.data, result, dvc_stages,
        project=config.name, environment=stage.name, entry=number,
    )  # fmt: skip


def origin(chains: Mapping[str, Sequence[Entry]], environment: str, name: str | None) -> Origin:
    """Return the entry with a number, by default that of the release which passed last, and its model and data.

    Raises:
        RefusedError: there is no such entry.

    """
    chain = chains.get(environment, [])
    entry = entries.numbered(chain, environment, name) if name else entries.last_passed(chain, environment)
    first = entry
    while basis := first.deployment.basis:
        first = chains[basis.environment][basis.number - 1]
    return Origin(entry, first.deployment.bundle, first.deployment.data)


def code(repository: Repository, commit: str, folder: Path) -> Path:
    """Make a worktree of the commit in `folder`, and return the folder of the project in it.

    Raises:
        UsageError: the folder is not empty, or the clone has no such commit.

    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"The folder {folder} is not empty.", "Name another one: --folder FOLDER")
    repository.git("worktree", "add", "--quiet", "--detach", str(folder.resolve()), repository.commit(commit))
    return folder.resolve() / repository.directory


def model(client: Client, bundle: str, project: Path) -> None:
    """Replace the project's folder `bundle` by the files of a bundle that the engine has.

    Raises:
        CheckFailedError: the image holds no bundle.

    """
    with scratch.folder("bundle") as folder:
        packed = Path(folder) / "bundle.tar"
        with containers.created(client, bundle, command=["none"]) as container:
            present = containers.save(container, f"/{BUNDLE}", packed)
        if not present:
            raise CheckFailedError(
                f"The image {bundle} has no folder /{BUNDLE}, so it is no model bundle.",
                "Name another entry: ml-cicd history ENVIRONMENT",
            )
        shutil.rmtree(project / BUNDLE, ignore_errors=True)
        files.unpack(packed, project)


def data(project: Path) -> tuple[Data, tuple[str, ...]]:
    """Bring back the data that the bundle's lock names, from DVC's remote or else by its stages; return those stages.

    A stage whose output is the bundle is not run: the model is there, and DVC only puts it into its cache. Without the
    command `dvc` only the lock is put in its place.

    Raises:
        CheckFailedError: the stages fail, or make other data than for this release, or the lock names another model.

    """
    if not (project / BUNDLE / LOCK).is_file():
        return "not locked", ()
    lock = (project / BUNDLE / LOCK).replace(project / LOCK)
    locked = _read(lock)
    stages = tuple(name for name in locked.stages if name not in locked.models)
    if shutil.which("dvc") is None:
        return "locked", stages
    # A DVC remote only saves time, and a project needs none.
    subprocess.run(["dvc", "pull", "--quiet", *stages], cwd=project, check=False, capture_output=True)
    sys.stdout.flush()
    reproduced = subprocess.run(
        ["dvc", "repro", "--single-item", *stages], cwd=project, check=False, stdout=sys.stdout, stderr=sys.stdout
    )
    if reproduced.returncode:
        raise CheckFailedError(
            "DVC could not make the data again.",
            f"Code and model are in {project}. Correct what DVC's output above names, then run there: dvc repro",
        )
    for name in locked.models:
        subprocess.run(["dvc", "commit", "--quiet", "--force", name], cwd=project, check=False, stdout=sys.stdout)
    if _read(lock) != locked:
        raise CheckFailedError(
            f"The DVC stages made other data or another model than for this release: {LOCK} has changed.",
            "Install the locked requirements of that commit, or add the DVC remote that keeps the data.",
        )
    return "brought back", stages


def _read(lock: Path) -> _Lock:
    import yaml  # noqa: PLC0415 -- only for a bundle with a lock

    try:
        stages = dict(yaml.safe_load(lock.read_text("utf-8"))["stages"])
        outputs = {name: [output["path"] for output in stage.get("outs", [])] for name, stage in stages.items()}
    except (yaml.YAMLError, AttributeError, TypeError, KeyError, ValueError) as error:
        raise CheckFailedError(
            f"The {LOCK} of the bundle is not a lock file of DVC: {error!r}",
            "Name another entry: ml-cicd history ENVIRONMENT",
        ) from error
    return _Lock(stages, tuple(name for name, paths in outputs.items() if BUNDLE in paths))
